//! One JSON value, checked to its last byte and held against the limits of a record.
//!
//! What nobody reads is visited like the rest: `serde_json` checks neither text nor numbers in what
//! it is told to ignore.

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use std::borrow::Cow;
use std::fmt;

/// How deep a record may be; the record itself is the first level.
const DEEPEST: u32 = 32;
/// How many keys a record may have.
const MOST_KEYS: usize = 1024;

/// What stands where a record should.
pub(crate) enum Value<'j> {
    Record(Vec<(Cow<'j, str>, Cell<'j>)>),
    NotAnObject,
    TooDeep,
    TooManyKeys,
}

/// What stands under a key.
pub(crate) enum Cell<'j> {
    Null,
    Text(Cow<'j, str>),
    Whole(u64),
    Bool(bool),
    /// A number that is negative or no whole number, an array, or an object.
    Other,
    TooDeep,
}

impl<'j> Deserialize<'j> for Value<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Record)
    }
}

struct Record;

impl<'j> Visitor<'j> for Record {
    type Value = Value<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<M: MapAccess<'j>>(self, mut map: M) -> Result<Value<'j>, M::Error> {
        let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(32));
        let mut too_deep = false;
        while let Some(key) = map.next_key_seed(Text)? {
            if entries.len() == MOST_KEYS {
                map.next_value::<IgnoredAny>()?;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(Value::TooManyKeys);
            }
            let cell = map.next_value_seed(Within(2))?;
            too_deep |= matches!(cell, Cell::TooDeep);
            entries.push((key, cell));
        }
        Ok(if too_deep { Value::TooDeep } else { Value::Record(entries) })
    }

    fn visit_seq<S: SeqAccess<'j>>(self, seq: S) -> Result<Value<'j>, S::Error> {
        Within(1).visit_seq(seq).map(|cell| match cell {
            Cell::TooDeep => Value::TooDeep,
            Cell::Null | Cell::Text(_) | Cell::Whole(_) | Cell::Bool(_) | Cell::Other => {
                Value::NotAnObject
            }
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

/// A value at this depth, if it is an array or an object.
#[derive(Clone, Copy)]
struct Within(u32);

impl Within {
    fn inside(self) -> Self {
        Self(self.0 + 1)
    }

    fn is_too_deep(self) -> bool {
        self.0 > DEEPEST
    }
}

impl<'j> DeserializeSeed<'j> for Within {
    type Value = Cell<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Cell<'j>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for Within {
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
        let mut found = Cell::Other;
        while let Some(cell) = seq.next_element_seed(self.inside())? {
            if matches!(cell, Cell::TooDeep) {
                found = cell;
            }
        }
        Ok(found)
    }

    fn visit_map<M: MapAccess<'j>>(self, mut map: M) -> Result<Cell<'j>, M::Error> {
        if self.is_too_deep() {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Cell::TooDeep);
        }
        let mut found = Cell::Other;
        while let Some((_, cell)) = map.next_entry_seed(Text, self.inside())? {
            if matches!(cell, Cell::TooDeep) {
                found = cell;
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
