//! Which key is which field, and which has been there before.

use crate::value::Within;
use overdose_risk_intake::{Identifier, Intake, Key};
use std::collections::{HashMap, HashSet};

/// How many spellings are remembered. An export has a few dozen.
const MOST: usize = 4096;
/// How long a spelling may be to be remembered, in bytes.
const LONGEST: usize = 64;

/// The keys met so far, each with a place of its own; all spellings of a column share one. Beyond the
/// first 4,096, and beyond 64 bytes, a key that names no column is known for its record alone, and is
/// looked at anew for whether it names a direct identifier. That takes a microsecond, as a record can
/// have 100,000 keys within its values; of 256 bytes made of nothing but words for identifiers, it
/// takes a thousand.
#[derive(Default)]
pub(crate) struct Keys {
    met: Vec<Met>,
    spelt: HashMap<Box<str>, usize>,
    /// The spellings that made or share a place, with that, in the order in which they first appeared.
    in_order: Vec<(Box<str>, usize)>,
    /// What keys are that were handed over.
    known: HashMap<Box<str>, Known>,
    /// The keys within others, by their paths.
    within: HashMap<Box<str>, Within>,
    /// The current record's keys, by their places.
    current: Vec<usize>,
    /// Those that are not remembered.
    others: HashSet<String>,
    record: u64,
    usable: u64,
    /// The first key of the current record that names a direct identifier, or has one under it.
    identifying: Option<Identifying>,
}

/// A key of a record that names a direct identifier, or has one under it.
pub(crate) struct Identifying {
    key: Box<str>,
    identifier: Identifier,
    /// Its position among the keys met, from 1.
    position: usize,
    /// How many spellings had appeared.
    spellings: usize,
}

#[derive(Clone, Copy)]
struct Known {
    slot: Option<usize>,
    identifier: Option<Identifier>,
}

/// A spelling of a key.
struct Spelling {
    name: Box<str>,
    known: Known,
    /// How many records could be used and had the key, counted under the spelling that made its place.
    records: u64,
}

/// The keys of some records, by their spellings in the order in which they first appeared. Each has the
/// number of records that could be used and had it, in whichever spelling that has the same place.
#[derive(Default)]
pub(crate) struct LearntKeys {
    spellings: Vec<Spelling>,
    usable: u64,
    /// The key at which reading stopped.
    identifying: Option<Identifying>,
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

impl LearntKeys {
    pub(crate) fn is_empty(&self) -> bool {
        self.spellings.is_empty() && self.usable == 0
    }

    /// Adds the keys of the records behind these.
    pub(crate) fn add(&mut self, later: Self) {
        let before = self.spellings.len();
        self.spellings.extend(later.spellings);
        self.usable += later.usable;
        self.identifying =
            later.identifying.map(|it| Identifying { spellings: before + it.spellings, ..it });
    }
}

impl Keys {
    /// The keys met since the last time; no record has had any yet.
    pub(crate) fn hand_over(&mut self) -> LearntKeys {
        let Self { met, spelt, in_order, known: known_before, .. } = self;
        spelt.clear();
        let spellings = in_order.drain(..).filter_map(|(name, place)| {
            let met = met.get_mut(place)?;
            let known = Known { slot: met.slot, identifier: met.identifier };
            if name.len() <= LONGEST && known_before.len() < MOST {
                known_before.entry(name.clone()).or_insert(known);
            }
            Some(Spelling { name, known, records: std::mem::take(&mut met.usable) })
        });
        let spellings = spellings.collect();
        met.clear();
        let usable = std::mem::take(&mut self.usable);
        LearntKeys { spellings, usable, identifying: self.identifying.take() }
    }

    /// Takes in the keys of the records behind those that it knows. If one names a direct identifier,
    /// reading stopped there.
    pub(crate) fn learn(&mut self, learnt: LearntKeys, intake: &Intake) {
        let LearntKeys { spellings, usable, identifying } = learnt;
        self.usable += usable;
        let until = identifying.as_ref().map_or(spellings.len(), |it| it.spellings);
        for Spelling { name, known, records } in spellings.into_iter().take(until) {
            let place = self.place_of(&name, Some(known), intake);
            if let Some(met) = place.and_then(|place| self.met.get_mut(place)) {
                met.usable += records;
            }
        }
        self.identifying = None;
        if let Some(Identifying { key, identifier, .. }) = identifying {
            self.identify_as(&key, identifier);
        }
    }

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
            let identifier = intake.identifier(key.as_bytes());
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
        let identifier = intake.identifier_within(path);
        let is_around = identifier.is_some_and(|identifier| intake.is_around(path, identifier));
        let within = Within { is_read, identifier, is_around };
        if self.within.len() < MOST {
            self.within.insert(path.into(), within);
        }
        within
    }

    /// Keeps that a key of the record, or something under it, names a direct identifier.
    pub(crate) fn identify_as(&mut self, key: &str, identifier: Identifier) {
        let place = self.spelt.get(key).copied().unwrap_or(self.met.len());
        self.identifying.get_or_insert_with(|| Identifying {
            key: key.into(),
            identifier,
            position: place + 1,
            spellings: self.in_order.len(),
        });
    }

    /// The first key of the current record that names a direct identifier, or has one under it, from 1.
    pub(crate) fn identifying(&self) -> Option<(usize, Identifier)> {
        self.identifying.as_ref().map(|it| (it.position, it.identifier))
    }

    /// Meets the keys of a record, and says at which places they are.
    pub(crate) fn meet(&mut self, keys: &[String], intake: &Intake) -> Vec<usize> {
        self.begin();
        for key in keys {
            self.next(key, intake);
        }
        self.current.clone()
    }

    /// Counts so many records more that could be used and had the keys at these places.
    pub(crate) fn count_more(&mut self, places: &[usize], records: u64) {
        self.usable += records;
        for place in places {
            if let Some(met) = self.met.get_mut(*place) {
                met.usable += records;
            }
        }
    }

    /// The slot of a key that was met.
    pub(crate) fn slot_of(&self, key: &str, intake: &Intake) -> Option<usize> {
        match self.spelt.get(key).and_then(|place| self.met.get(*place)) {
            Some(met) => met.slot,
            None => intake.slot_of(key.as_bytes()),
        }
    }

    /// Counts the record as one that could be used.
    pub(crate) fn count(&mut self) {
        let current = std::mem::take(&mut self.current);
        self.count_more(&current, 1);
        self.current = current;
    }

    fn place(&mut self, key: &str, intake: &Intake) -> Option<usize> {
        let place = self.spelt.get(key).copied();
        place.or_else(|| self.place_of(key, self.known.get(key).copied(), intake))
    }

    /// The place of a key, of which this may be known.
    fn place_of(&mut self, key: &str, known: Option<Known>, intake: &Intake) -> Option<usize> {
        if let Some(place) = self.spelt.get(key) {
            return Some(*place);
        }
        let slot = known.map_or_else(|| intake.slot_of(key.as_bytes()), |known| known.slot);
        let is_remembered = key.len() <= LONGEST && self.spelt.len() < MOST;
        let shared = match slot {
            Some(_) => self.met.iter().position(|met| met.slot == slot),
            None => None,
        };
        let place = match shared {
            Some(place) => place,
            None if slot.is_some() || is_remembered => {
                let identifier = match known {
                    Some(known) => known.identifier,
                    // A column that is read is none.
                    None if slot.is_some() => None,
                    None => intake.identifier(key.as_bytes()),
                };
                self.met.push(Met { name: key.into(), slot, identifier, seen_in: 0, usable: 0 });
                self.met.len() - 1
            }
            None => return None,
        };
        if is_remembered {
            self.spelt.insert(key.into(), place);
        }
        if is_remembered || shared.is_none() {
            self.in_order.push((key.into(), place));
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
