//! How many different values there are, of which none is kept.

use crate::column::Column;
use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// How many different values are told apart, at most.
const MOST: usize = 1000;

/// Different texts. Of each no more is kept than a number that nobody can turn back, since the hash is
/// keyed and the key is dropped with it.
#[derive(Debug, Default)]
pub(crate) struct Different {
    hash: RandomState,
    seen: HashSet<u64>,
}

impl Different {
    /// Whether a text is another one than those before; beyond the first thousand, none is.
    pub(crate) fn is_new(&mut self, text: &[u8]) -> bool {
        self.seen.len() < MOST && self.seen.insert(self.hash.hash_one(text))
    }
}

/// Different values that could not be read, by column.
#[derive(Debug, Default)]
pub struct UnreadValues(BTreeMap<usize, Different>);

impl UnreadValues {
    pub(crate) fn add(&mut self, column: Column, text: &[u8]) {
        self.0.entry(column.index()).or_default().is_new(text);
    }

    /// How many different values there were of a column; 1,000 means as many or more.
    pub fn of(&self, column: Column) -> usize {
        self.0.get(&column.index()).map_or(0, |different| different.seen.len())
    }
}
