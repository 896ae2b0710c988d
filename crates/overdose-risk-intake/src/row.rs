//! What a reader of any format gives: one record after the other.

use crate::person::{Id, Person};
use crate::problem::Quarantine;

/// One record, and where it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'r> {
    /// The physical line on which the record starts, from 1.
    pub line: u64,
    /// What became of it.
    pub entry: Entry<'r>,
}

/// What a record turned out to be.
// Nearly every one is of a person, and each is handed on at once.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'r> {
    /// A person, to be assessed or, having died, counted.
    Person(Person<'r>),
    /// A record that cannot be assessed.
    Quarantined {
        /// The id, where it obeys the id rule and is surely the id.
        id: Option<Id<'r>>,
        /// Why.
        kind: Quarantine,
    },
    /// A record in which every cell is blank, as spreadsheets leave them behind.
    Blank,
}
