//! Which key is which field, and which has been there before.

use crate::value::Within;
use overdose_risk_intake::{Identifier, Intake, Key};
use std::collections::{HashMap, HashSet};

/// How many spellings are remembered. An export has a few dozen.
const MOST: usize = 4096;
/// How long a spelling may be to be remembered, in bytes.
const LONGEST: usize = 64;

/// The keys met so far, each with a place of its own; all spellings of a column share one. Beyond the
/// first 4,096, and beyond 64 bytes, a key that names no column is known for its record alone.
/// As many more are looked at for whether they name a direct identifier: that takes microseconds, and a
/// record can have 100,000 keys.
#[derive(Default)]
pub(crate) struct Keys {
    met: Vec<Met>,
    spelt: HashMap<Box<str>, usize>,
    /// How many that are not remembered were looked at for what they name.
    looked_at: usize,
    /// The keys within others, by their paths.
    within: HashMap<Box<str>, Within>,
    /// The current record's keys, by their places.
    current: Vec<usize>,
    /// Those that are not remembered.
    others: HashSet<String>,
    record: u64,
    usable: u64,
    /// The first key of the current record that names a direct identifier, or has one under it, from 1.
    identifying: Option<(usize, Identifier)>,
}

struct Met {
    name: Box<str>,
    slot: Option<usize>,
    identifier: Option<Identifier>,
    /// The record that had it last.
    seen_in: u64,
    /// How many records had it that could be used.
    usable: u64,
}

/// What a key of a record turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The slot that it names, if any.
    pub(crate) slot: Option<usize>,
    /// Whether the record had it before, or another one that names the same column.
    pub(crate) is_repeated: bool,
    /// The direct identifier that it names, if any.
    pub(crate) identifier: Option<Identifier>,
}

impl Keys {
    /// Begins a record.
    pub(crate) fn begin(&mut self) {
        self.record += 1;
        self.current.clear();
        self.others.clear();
        self.identifying = None;
    }

    /// What the next key of the record is.
    pub(crate) fn next(&mut self, key: &str, intake: &Intake) -> Named {
        let place = self.place(key, intake);
        let Some((place, met)) = place.and_then(|place| Some((place, self.met.get_mut(place)?)))
        else {
            let is_looked_at = self.looked_at < MOST;
            self.looked_at += usize::from(is_looked_at);
            let identifier = if is_looked_at { intake.identifier(key.as_bytes()) } else { None };
            let is_repeated = !self.others.insert(key.to_owned());
            return Named { slot: None, is_repeated, identifier };
        };
        let before = std::mem::replace(&mut met.seen_in, self.record);
        let (slot, identifier) = (met.slot, met.identifier);
        let is_repeated = before == self.record;
        if !is_repeated {
            self.current.push(place);
        }
        Named { slot, is_repeated, identifier }
    }

    /// What a key within another is, given by its path.
    pub(crate) fn within(&mut self, path: &str, intake: &Intake) -> Within {
        if let Some(within) = self.within.get(path) {
            return *within;
        }
        let is_read = intake.slot_within(path).is_some();
        if self.within.len() == MOST {
            return Within { is_read, identifier: None, is_around: false };
        }
        let identifier = intake.identifier_within(path);
        let is_around = identifier.is_some_and(|identifier| intake.is_around(path, identifier));
        let within = Within { is_read, identifier, is_around };
        self.within.insert(path.into(), within);
        within
    }

    /// Keeps that a key of the record, or something under it, names a direct identifier.
    pub(crate) fn identify_as(&mut self, key: &str, identifier: Identifier) {
        let place = self.spelt.get(key).copied().unwrap_or(self.met.len());
        self.identifying.get_or_insert((place + 1, identifier));
    }

    /// The first key of the current record that names a direct identifier, or has one under it, from 1.
    pub(crate) fn identifying(&self) -> Option<(usize, Identifier)> {
        self.identifying
    }

    /// Counts the record as one that could be used.
    pub(crate) fn count(&mut self) {
        self.usable += 1;
        for place in &self.current {
            if let Some(met) = self.met.get_mut(*place) {
                met.usable += 1;
            }
        }
    }

    fn place(&mut self, key: &str, intake: &Intake) -> Option<usize> {
        if let Some(place) = self.spelt.get(key) {
            return Some(*place);
        }
        let slot = intake.slot_of(key.as_bytes());
        let is_remembered = key.len() <= LONGEST && self.spelt.len() < MOST;
        let shared = match slot {
            Some(_) => self.met.iter().position(|met| met.slot == slot),
            None => None,
        };
        let place = match shared {
            Some(place) => place,
            None if slot.is_some() || is_remembered => {
                let identifier = intake.identifier(key.as_bytes());
                self.met.push(Met { name: key.into(), slot, identifier, seen_in: 0, usable: 0 });
                self.met.len() - 1
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
        self.met.iter().map(|met| Key { slot: met.slot, name: &met.name, records: met.usable })
    }

    /// How many records could be used.
    pub(crate) fn usable(&self) -> u64 {
        self.usable
    }
}
