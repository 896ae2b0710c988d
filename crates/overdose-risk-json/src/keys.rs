//! Which key is which field, and which has been there before.

use overdose_risk_intake::{Column, Key};
use std::collections::{HashMap, HashSet};

/// How many spellings are remembered. An export has a few dozen.
const MOST: usize = 4096;
/// How long a spelling may be to be remembered, in bytes.
const LONGEST: usize = 64;

/// The keys met so far, each with a slot of its own; all spellings of a column share one. Beyond the
/// first 4,096, and beyond 64 bytes, a key that names no column is known for its record alone.
#[derive(Default)]
pub(crate) struct Keys {
    slots: Vec<Slot>,
    spelt: HashMap<Box<str>, usize>,
    /// The current record's keys, by their slots.
    current: Vec<usize>,
    /// Those that are not remembered.
    others: HashSet<String>,
    record: u64,
    usable: u64,
}

struct Slot {
    name: Box<str>,
    column: Option<Column>,
    /// The record that had it last.
    seen_in: u64,
    /// How many records had it that could be used.
    usable: u64,
}

/// What a key of a record turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The column that it names, if any.
    pub(crate) column: Option<Column>,
    /// Whether the record had it before, or another one that names the same column.
    pub(crate) is_repeated: bool,
}

impl Keys {
    /// Begins a record.
    pub(crate) fn begin(&mut self) {
        self.record += 1;
        self.current.clear();
        self.others.clear();
    }

    /// What the next key of the record is.
    pub(crate) fn next(&mut self, key: &str) -> Named {
        let place = self.place(key);
        match place.and_then(|place| Some((place, self.slots.get_mut(place)?))) {
            Some((place, slot)) => {
                let before = std::mem::replace(&mut slot.seen_in, self.record);
                let is_repeated = before == self.record;
                if !is_repeated {
                    self.current.push(place);
                }
                Named { column: slot.column, is_repeated }
            }
            None => Named { column: None, is_repeated: !self.others.insert(key.to_owned()) },
        }
    }

    /// Counts the record as one that could be used.
    pub(crate) fn count(&mut self) {
        self.usable += 1;
        for place in &self.current {
            if let Some(slot) = self.slots.get_mut(*place) {
                slot.usable += 1;
            }
        }
    }

    fn place(&mut self, key: &str) -> Option<usize> {
        if let Some(place) = self.spelt.get(key) {
            return Some(*place);
        }
        let column = Column::named(key.as_bytes());
        let is_remembered = key.len() <= LONGEST && self.spelt.len() < MOST;
        let shared = match column {
            Some(_) => self.slots.iter().position(|slot| slot.column == column),
            None => None,
        };
        let place = match shared {
            Some(place) => place,
            None if column.is_some() || is_remembered => {
                self.slots.push(Slot { name: key.into(), column, seen_in: 0, usable: 0 });
                self.slots.len() - 1
            }
            None => return None,
        };
        if is_remembered {
            self.spelt.insert(key.into(), place);
        }
        Some(place)
    }

    /// The keys in the order of first appearance.
    pub(crate) fn all(&self) -> impl Iterator<Item = Key<'_>> {
        self.slots.iter().map(|slot| Key {
            column: slot.column,
            name: &slot.name,
            records: slot.usable,
        })
    }

    /// How many records could be used.
    pub(crate) fn usable(&self) -> u64 {
        self.usable
    }
}
