//! One JSON value, checked to its last byte and held against the limits of a record.
//!
//! What nobody reads is visited like the rest: `serde_json` checks neither text nor numbers in what
//! it is told to ignore.

use overdose_risk_intake::Identifier;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// How deep a record may be; the record itself is the first level.
const DEEPEST: u32 = 32;
/// How many keys a record may have.
const MOST_KEYS: usize = 1024;

/// How long a path is, in bytes, at most; what stands deeper is looked at by its key alone.
const LONGEST_PATH: usize = 256;

/// What stands where a record should.
pub(crate) enum Value<'j> {
    Record(Entries<'j>),
    NotAnObject,
    TooDeep,
    TooManyKeys,
}

/// The keys of a record and, by their paths, those within that are read.
pub(crate) struct Entries<'j> {
    pub(crate) cells: Vec<(Cow<'j, str>, Cell<'j>)>,
    /// The first key under which something names a direct identifier.
    pub(crate) identifying: Option<(String, Identifier)>,
}

/// What a key within a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Within {
    pub(crate) is_read: bool,
    /// The direct identifier that it names.
    pub(crate) identifier: Option<Identifier>,
    /// Whether it names none where an object stands under it.
    pub(crate) is_around: bool,
}

/// Says of a path, or of a key alone, what it is.
pub(crate) type Look<'l> = dyn FnMut(&str) -> Within + 'l;

/// What stands under a key.
pub(crate) enum Cell<'j> {
    Null,
    Text(Cow<'j, str>),
    Whole(u64),
    Bool(bool),
    /// A number that is negative or no whole number, or an array.
    Other,
    Object,
    TooDeep,
}

/// A record, with something that says what the keys within it are.
pub(crate) struct Record<'l, 'f>(pub(crate) &'l mut Look<'f>);

impl<'j> DeserializeSeed<'j> for Record<'_, '_> {
    type Value = Value<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Value<'j>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for Record<'_, '_> {
    type Value = Value<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<M: MapAccess<'j>>(self, mut map: M) -> Result<Value<'j>, M::Error> {
        let mut cells = Vec::with_capacity(map.size_hint().unwrap_or(32));
        let mut inner = Inner::new(self.0);
        let mut identifying = None;
        let mut too_deep = false;
        while let Some(key) = map.next_key_seed(Text)? {
            if cells.len() == MOST_KEYS {
                map.next_value::<IgnoredAny>()?;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(Value::TooManyKeys);
            }
            inner.begin(&key);
            let cell = map.next_value_seed(Part { depth: 2, inner: &mut inner })?;
            if let Some(identifier) = inner.identifier.take() {
                identifying.get_or_insert_with(|| (key.clone().into_owned(), identifier));
            }
            too_deep |= matches!(cell, Cell::TooDeep);
            cells.push((key, cell));
        }
        cells.append(&mut inner.cells);
        Ok(if too_deep { Value::TooDeep } else { Value::Record(Entries { cells, identifying }) })
    }

    fn visit_seq<S: SeqAccess<'j>>(self, seq: S) -> Result<Value<'j>, S::Error> {
        let mut inner = Inner::new(self.0);
        Part { depth: 1, inner: &mut inner }.visit_seq(seq).map(|cell| match cell {
            Cell::TooDeep => Value::TooDeep,
            Cell::Null
            | Cell::Text(_)
            | Cell::Whole(_)
            | Cell::Bool(_)
            | Cell::Other
            | Cell::Object => Value::NotAnObject,
        })
    }

    fn visit_unit<E>(self) -> Result<Value<'j>, E> {
        Ok(Value::NotAnObject)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value<'j>, E> {
        Ok(Value::NotAnObject)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value<'j>, E> {
        Ok(Value::NotAnObject)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value<'j>, E> {
        Ok(Value::NotAnObject)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value<'j>, E> {
        Ok(Value::NotAnObject)
    }

    fn visit_str<E>(self, _: &str) -> Result<Value<'j>, E> {
        Ok(Value::NotAnObject)
    }
}

/// What stands within the values of a record.
struct Inner<'l, 'f, 'j> {
    look: &'l mut Look<'f>,
    /// The keys on the way to where we are; none where they are longer than a path is.
    path: Option<String>,
    /// How many of the values around it are arrays: a path leads into none.
    arrays: u32,
    cells: Vec<(Cow<'j, str>, Cell<'j>)>,
    identifier: Option<Identifier>,
}

impl<'l, 'f> Inner<'l, 'f, '_> {
    fn new(look: &'l mut Look<'f>) -> Self {
        Self { look, path: None, arrays: 0, cells: Vec::new(), identifier: None }
    }

    /// Goes to a key of the record.
    fn begin(&mut self, key: &str) {
        self.path = (key.len() <= LONGEST_PATH).then(|| key.to_owned());
    }

    /// Goes on to a key, and says what it is.
    fn enter(&mut self, key: &str) -> Within {
        self.path = self.path.take().filter(|path| path.len() + key.len() < LONGEST_PATH);
        if let Some(path) = &mut self.path {
            path.push('.');
            path.push_str(key);
        }
        let within = (self.look)(self.path.as_deref().unwrap_or(key));
        let is_read = within.is_read && self.arrays == 0 && self.path.is_some();
        Within { is_read, ..within }
    }
}

/// A value at this depth, if it is an array or an object.
struct Part<'p, 'l, 'f, 'j> {
    depth: u32,
    inner: &'p mut Inner<'l, 'f, 'j>,
}

impl Part<'_, '_, '_, '_> {
    fn is_too_deep(&self) -> bool {
        self.depth > DEEPEST
    }
}

impl<'j> DeserializeSeed<'j> for Part<'_, '_, '_, 'j> {
    type Value = Cell<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Cell<'j>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for Part<'_, '_, '_, 'j> {
    type Value = Cell<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Cell<'j>, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Cell<'j>, E> {
        Ok(Cell::Bool(yes))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell<'j>, E> {
        Ok(Cell::Whole(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Cell<'j>, E> {
        Ok(Cell::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Cell<'j>, E> {
        Ok(Cell::Other)
    }

    fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Cell<'j>, E> {
        Ok(Cell::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell<'j>, E> {
        Ok(Cell::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<S: SeqAccess<'j>>(self, mut seq: S) -> Result<Cell<'j>, S::Error> {
        // Below the limit nothing is visited, so the stack never grows beyond it.
        if self.is_too_deep() {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Cell::TooDeep);
        }
        let Self { depth, inner } = self;
        let mut found = Cell::Other;
        inner.arrays += 1;
        while let Some(cell) = seq.next_element_seed(Part { depth: depth + 1, inner })? {
            if matches!(cell, Cell::TooDeep) {
                found = cell;
            }
        }
        inner.arrays -= 1;
        Ok(found)
    }

    fn visit_map<M: MapAccess<'j>>(self, mut map: M) -> Result<Cell<'j>, M::Error> {
        if self.is_too_deep() {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Cell::TooDeep);
        }
        let Self { depth, inner } = self;
        let mut found = Cell::Object;
        let above = inner.path.clone();
        while let Some(key) = map.next_key_seed(Text)? {
            let Within { is_read, identifier, is_around } = inner.enter(&key);
            let cell = map.next_value_seed(Part { depth: depth + 1, inner })?;
            if matches!(cell, Cell::TooDeep) {
                found = Cell::TooDeep;
            }
            if !(is_around && matches!(cell, Cell::Object)) {
                inner.identifier = inner.identifier.or(identifier);
            }
            let path = std::mem::replace(&mut inner.path, above.clone());
            if let Some(path) = path.filter(|_| is_read) {
                inner.cells.push((Cow::Owned(path), cell));
            }
        }
        Ok(found)
    }
}

/// A key.
struct Text;

impl<'j> DeserializeSeed<'j> for Text {
    type Value = Cow<'j, str>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Cow<'j, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'j> Visitor<'j> for Text {
    type Value = Cow<'j, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Cow<'j, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'j, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
