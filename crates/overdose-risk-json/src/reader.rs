//! One record, whatever it stands in.

use crate::keys::{Keys, LearntKeys, Named};
use crate::pattern::Patterns;
use crate::records::Found;
use crate::shape::ends_too_soon;
use crate::value::{self, Cell, Entries, Value};
use chrono::NaiveDate;
use overdose_risk_intake::{
    self as intake, Caseload, Column, Entry, Facts, Id, Identifier, Identifiers, Intake, Person,
    Problem, Quarantine, RowReader,
};
use serde::de::DeserializeSeed as _;
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
/// use overdose_risk_intake::Intake;
/// use overdose_risk_json::Reader;
///
/// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let record = br#"{"id": "p-17", "age": 44, "opioid_use": "current", "prison_release": "2026-03-28"}"#;
/// let mut reader = Reader::new(Intake::default());
/// let person = reader.read(record, as_of, &mut |_problem| {}).expect("a whole record");
///
/// assert_eq!(person.id.as_str(), "p-17");
/// let record = person.facts.record(&mut |_problem| {});
/// assert_eq!(assess(&record, as_of, Policy::practice_principles()).tier(), Tier::ActNow);
/// ```
pub struct Reader {
    rows: RowReader,
    id_slots: Vec<usize>,
    /// The slots of ids and of codes.
    text_slots: Vec<usize>,
    keys: Keys,
    /// The id of a record that has it, and cannot be read.
    broken_id: String,
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
    pub fn new(intake: Intake) -> Self {
        // Records that came one by one have no header to be looked at.
        let profile = intake.profile.of_header(std::iter::empty());
        let intake = Intake { profile, ..intake };
        let id_slots = intake.profile.id_slots();
        let slots_of = |of| intake.profile.slots_of(Column::Caseload(of));
        let codes = Caseload::ALL.into_iter().flat_map(slots_of);
        let text_slots = id_slots.iter().copied().chain(codes).collect();
        let rows = RowReader::new(intake);
        Self { rows, id_slots, text_slots, keys: Keys::default(), broken_id: String::new() }
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
        let facts = self.facts(json, as_of, problem);
        self.person(facts)
    }

    /// A reader of pieces of the same export.
    pub(crate) fn another(&self) -> Self {
        Self {
            rows: self.rows.another(),
            id_slots: self.id_slots.clone(),
            text_slots: self.text_slots.clone(),
            keys: Keys::default(),
            broken_id: String::new(),
        }
    }

    /// What it learnt of the records since the last time, and knows no longer.
    pub(crate) fn hand_over(&mut self, patterns: &mut Patterns) -> (LearntKeys, intake::Learnt) {
        patterns.hand_over(&mut self.keys);
        (self.keys.hand_over(), self.rows.hand_over())
    }

    /// Takes in what was learnt of the records behind those of which it knows.
    pub(crate) fn learn(&mut self, keys: LearntKeys, rows: intake::Learnt) {
        self.keys.learn(keys, self.rows.intake());
        self.rows.learn(rows);
    }

    /// The person of whom a record said this, or why there is none.
    pub(crate) fn person(
        &self,
        facts: Result<Facts, Quarantine>,
    ) -> Result<Person<'_>, Rejected<'_>> {
        match facts {
            Ok(facts) => match self.rows.id() {
                Some(id) => Ok(Person { id, facts, caseloads: self.rows.caseloads() }),
                None => Err(Rejected { id: None, kind: Quarantine::IdMissing }),
            },
            Err(kind) => Err(Rejected { id: Id::read(self.broken_id.as_bytes()).ok(), kind }),
        }
    }

    /// The same as an entry of an export.
    pub(crate) fn entry(&self, facts: Result<Facts, Quarantine>) -> Entry<'_> {
        match self.person(facts) {
            Ok(person) => Entry::Person(person),
            Err(Rejected { id, kind }) => Entry::Quarantined { id, kind },
        }
    }

    /// The keys met so far.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What reads the rows.
    pub(crate) fn rows(&self) -> &RowReader {
        &self.rows
    }

    /// Keeps the pattern of the record that was read last and could be used.
    pub(crate) fn keep(&mut self, patterns: &mut Patterns, json: &[u8]) {
        patterns.keep(json, &mut self.keys, self.rows.intake(), &self.text_slots);
    }

    /// What a record says that fits a pattern, with these cells.
    pub(crate) fn facts_in(
        &mut self,
        patterns: &mut Patterns,
        cells: &[Option<intake::Cell<'_>>],
        as_of: NaiveDate,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Facts, Quarantine> {
        self.broken_id.clear();
        patterns.meet(&mut self.keys, self.rows.intake());
        let cell = |slot: usize| cells.get(slot).copied().flatten();
        let facts = self.rows.read(&cell, as_of, problem)?;
        patterns.count();
        Ok(facts)
    }

    /// What a record says that was found in an export.
    pub(crate) fn facts_of(
        &mut self,
        found: Found,
        json: &[u8],
        as_of: NaiveDate,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Facts, Quarantine> {
        if found == Found::TooLarge {
            self.broken_id.clear();
            return Err(Quarantine::TooLarge);
        }
        match self.facts(json, as_of, problem) {
            Err(Quarantine::NotJson)
                if matches!(found, Found::CutLine(_)) && ends_too_soon(json) =>
            {
                Err(Quarantine::BreaksOff)
            }
            facts => facts,
        }
    }

    /// What some JSON says of whomever it is about.
    pub(crate) fn facts(
        &mut self,
        json: &[u8],
        as_of: NaiveDate,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Facts, Quarantine> {
        self.broken_id.clear();
        let Entries { cells: entries, identifying } = self.parse(json)?;
        let mut cells = vec![None; self.rows.intake().profile.slots()];
        let repeated = self.place(entries, &mut cells);
        if let Some((key, identifier)) = identifying {
            self.identify_as(&key, identifier);
        }
        if self.keys.identifying().is_some() {
            return Err(Quarantine::Identifying);
        }
        let cell = |slot: usize| cells.get(slot)?.as_deref();
        if repeated > 0 {
            if self.rows.reads_ids_as_they_are() {
                let mut ids = self.id_slots.iter().filter_map(|slot| cell(*slot));
                let id = ids.next().and_then(|id| Id::read(id).ok());
                self.broken_id.push_str(id.map_or("", Id::as_str));
            }
            return Err(Quarantine::KeyRepeated);
        }
        let facts = self.rows.read_with_care(&cell, as_of, problem)?;
        self.keys.count();
        Ok(facts)
    }

    /// Puts what stands under each key into the place of its slot, and says how many keys were there
    /// before: of those nothing counts.
    fn place<'j>(
        &mut self,
        entries: Vec<(Cow<'j, str>, Cell<'j>)>,
        cells: &mut [Option<Cow<'j, [u8]>>],
    ) -> usize {
        self.keys.begin();
        let mut repeated = 0;
        for (key, cell) in entries {
            let Named { slot, is_repeated, identifier } = self.keys.next(&key, self.rows.intake());
            if let Some(identifier) = identifier {
                let is_around = self.rows.intake().is_around(&key, identifier);
                if !(is_around && matches!(cell, Cell::Object)) {
                    self.identify_as(&key, identifier);
                }
            }
            repeated += usize::from(is_repeated);
            if let Some(slot) = slot
                && let Some(place) = cells.get_mut(slot)
            {
                *place = (!is_repeated).then(|| text(self.text_slots.contains(&slot), cell));
            }
        }
        repeated
    }

    /// Keeps that a key, or something under it, names a direct identifier, if that is refused.
    fn identify_as(&mut self, key: &str, identifier: Identifier) {
        if self.rows.intake().identifiers == Identifiers::Refuse {
            self.keys.identify_as(key, identifier);
        }
    }

    /// The entries of one record.
    fn parse<'j>(&mut self, json: &'j [u8]) -> Result<Entries<'j>, Quarantine> {
        if json.len() > Reader::LARGEST {
            return Err(Quarantine::TooLarge);
        }
        // What serde_json says of an error repeats what stands there, so it goes no further than here.
        let json = std::str::from_utf8(json).map_err(|_| Quarantine::NotUtf8)?;
        let Self { keys, rows, .. } = self;
        let mut look = |path: &str| keys.within(path, rows.intake());
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let value = value::Record(&mut look)
            .deserialize(&mut deserializer)
            .and_then(|value| deserializer.end().map(|()| value))
            .map_err(|_| Quarantine::NotJson)?;
        match value {
            Value::Record(entries) => Ok(entries),
            Value::NotAnObject => Err(Quarantine::NotAnObject),
            Value::TooDeep => Err(Quarantine::TooDeep),
            Value::TooManyKeys => Err(Quarantine::TooManyKeys),
        }
    }
}

/// What no column can say, and what is neither an id nor a code.
pub(crate) const UNREADABLE: &[u8] = b"{}";

/// What a CSV export would have in the cell. An id is a string or it is none, and so is a code: a
/// number has no leading zeros, and `true` would obey the id rule.
fn text(is_code: bool, cell: Cell<'_>) -> Cow<'_, [u8]> {
    match cell {
        Cell::Null => Cow::Borrowed(b""),
        Cell::Text(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
        Cell::Text(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
        Cell::Whole(_) | Cell::Bool(_) if is_code => Cow::Borrowed(UNREADABLE),
        Cell::Whole(number) => Cow::Owned(number.to_string().into_bytes()),
        Cell::Bool(true) => Cow::Borrowed(b"true"),
        Cell::Bool(false) => Cow::Borrowed(b"false"),
        Cell::Other | Cell::Object | Cell::TooDeep => Cow::Borrowed(UNREADABLE),
    }
}
