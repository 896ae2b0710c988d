//! Which key is which field, and which has been there before.

use overdose_risk_intake::Column;
use std::collections::{HashMap, HashSet};

/// How many spellings are remembered. An export has a few dozen.
const MOST: usize = 4096;
/// How long a spelling may be to be remembered, in bytes.
const LONGEST: usize = 64;

/// Every key met so far, each with a slot of its own; all spellings of a column share one.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    slots: Vec<Slot>,
    spelt: HashMap<Box<str>, usize>,
    /// The keys of the current record that are not remembered.
    others: HashSet<String>,
    record: u64,
}

#[derive(Debug)]
struct Slot {
    name: Box<str>,
    column: Option<Column>,
    /// The record that had it last.
    seen_in: u64,
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
        self.others.clear();
    }

    /// What the next key of the record is.
    pub(crate) fn next(&mut self, key: &str) -> Named {
        let place = self.place(key);
        match place.and_then(|place| self.slots.get_mut(place)) {
            Some(slot) => {
                let before = std::mem::replace(&mut slot.seen_in, self.record);
                Named { column: slot.column, is_repeated: before == self.record }
            }
            None => Named { column: None, is_repeated: !self.others.insert(key.to_owned()) },
        }
    }

    fn place(&mut self, key: &str) -> Option<usize> {
        if let Some(place) = self.spelt.get(key) {
            return Some(*place);
        }
        let column = Column::named(key.as_bytes());
        let shared = self.slots.iter().position(|slot| column.is_some() && slot.column == column);
        let is_remembered = key.len() <= LONGEST && self.spelt.len() < MOST;
        let place = match shared {
            Some(place) => place,
            None if column.is_some() || is_remembered => {
                self.slots.push(Slot { name: key.into(), column, seen_in: 0 });
                self.slots.len() - 1
            }
            None => return None,
        };
        if is_remembered {
            self.spelt.insert(key.into(), place);
        }
        Some(place)
    }

    /// Every key in the order of first appearance, columns under their own names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| match slot.column {
            Some(column) => column.name(),
            None => &*slot.name,
        })
    }
}
