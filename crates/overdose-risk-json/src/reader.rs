//! One record, whatever it stands in.

use crate::keys::{Keys, Named};
use crate::value::{Cell, Value};
use chrono::NaiveDate;
use overdose_risk_intake::{Column, Facts, Id, Person, Problem, Quarantine, read_person};
use std::borrow::Cow;
use std::fmt;

/// Reads records, one JSON object each.
///
/// Keys match as the headers of a CSV export do. `null` and `""` are a blank cell; a key that a
/// record lacks is a fact that its source does not collect.
///
/// ```
/// use chrono::NaiveDate;
/// use overdose_risk::{Tier, Policy, assess};
/// use overdose_risk_json::Reader;
///
/// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let record = br#"{"id": "p-17", "age": 44, "opioid_use": "current", "prison_release": "2026-03-28"}"#;
/// let mut reader = Reader::new();
/// let person = reader.read(record, as_of, &mut |_problem| {}).expect("a whole record");
///
/// assert_eq!(person.id.as_str(), "p-17");
/// let record = person.facts.record(&mut |_problem| {});
/// assert_eq!(assess(&record, as_of, Policy::practice_principles()).tier(), Tier::ActNow);
/// ```
#[derive(Default)]
pub struct Reader {
    keys: Keys,
    id: String,
}

/// A record that cannot be assessed. Its text says what to do, and nothing of the record.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {}", .kind.remedy())]
pub struct Rejected<'r> {
    /// The id, where it obeys the id rule and is surely the id.
    pub id: Option<Id<'r>>,
    /// Why.
    pub kind: Quarantine,
}

impl fmt::Debug for Rejected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Says nothing of the record that was read last.
impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Reader {
    /// The largest record, in bytes.
    pub const LARGEST: usize = 1 << 20;

    /// A reader that has met no keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one record: a JSON object and nothing else but white space. `problem` hears of facts
    /// that could not be used.
    ///
    /// # Errors
    ///
    /// When it is no such object, or it cannot be said whose record it is.
    pub fn read(
        &mut self,
        json: &[u8],
        as_of: NaiveDate,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Person<'_>, Rejected<'_>> {
        self.id.clear();
        let facts = self.facts(json, as_of, problem);
        let id = Id::read(self.id.as_bytes());
        match (facts, id) {
            (Ok(facts), Ok(id)) => Ok(Person { id, facts }),
            (Err(kind), id) => Err(Rejected { id: id.ok(), kind }),
            (Ok(_), Err(kind)) => Err(Rejected { id: None, kind }),
        }
    }

    /// The keys met so far.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What some JSON says. Where its id is known, it is kept.
    fn facts(
        &mut self,
        json: &[u8],
        as_of: NaiveDate,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Facts, Quarantine> {
        let mut cells = [const { None }; Column::COUNT];
        let repeated = self.place(parse(json)?, &mut cells);
        let cell = |column: Column| cells.get(column.index())?.as_deref();
        if repeated > 0 {
            let id = cell(Column::Id).and_then(|id| Id::read(id).ok());
            self.id.push_str(id.map_or("", Id::as_str));
            return Err(Quarantine::KeyRepeated);
        }
        let person = read_person(cell, as_of, problem)?;
        self.id.push_str(person.id.as_str());
        self.keys.count();
        Ok(person.facts)
    }

    /// Puts what stands under each key into the place of its column, and says how many keys were
    /// there before: of those nothing counts.
    fn place<'j>(
        &mut self,
        entries: Vec<(Cow<'j, str>, Cell<'j>)>,
        cells: &mut [Option<Cow<'j, [u8]>>; Column::COUNT],
    ) -> usize {
        self.keys.begin();
        let mut repeated = 0;
        for (key, cell) in entries {
            let Named { column, is_repeated } = self.keys.next(&key);
            repeated += usize::from(is_repeated);
            if let Some(column) = column
                && let Some(place) = cells.get_mut(column.index())
            {
                *place = (!is_repeated).then(|| text(column, cell));
            }
        }
        repeated
    }
}

/// The entries of one record.
fn parse(json: &[u8]) -> Result<Vec<(Cow<'_, str>, Cell<'_>)>, Quarantine> {
    if json.len() > Reader::LARGEST {
        return Err(Quarantine::TooLarge);
    }
    // What serde_json says of an error repeats what stands there, so it goes no further than here.
    let json = std::str::from_utf8(json).map_err(|_| Quarantine::NotUtf8)?;
    match serde_json::from_str(json).map_err(|_| Quarantine::NotJson)? {
        Value::Record(entries) => Ok(entries),
        Value::NotAnObject => Err(Quarantine::NotAnObject),
        Value::TooDeep => Err(Quarantine::TooDeep),
        Value::TooManyKeys => Err(Quarantine::TooManyKeys),
    }
}

/// What no column can say, and what is no id.
const UNREADABLE: Cow<'static, [u8]> = Cow::Borrowed(b"{}");

/// What a CSV export would have in the cell. An id is a string or it is none: a number has no
/// leading zeros, and `true` would obey the id rule.
fn text<'j>(column: Column, cell: Cell<'j>) -> Cow<'j, [u8]> {
    match cell {
        Cell::Null => Cow::Borrowed(b""),
        Cell::Text(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
        Cell::Text(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
        Cell::Whole(_) | Cell::Bool(_) if column == Column::Id => UNREADABLE,
        Cell::Whole(number) => Cow::Owned(number.to_string().into_bytes()),
        Cell::Bool(true) => Cow::Borrowed(b"true"),
        Cell::Bool(false) => Cow::Borrowed(b"false"),
        Cell::Other | Cell::TooDeep => UNREADABLE,
    }
}
