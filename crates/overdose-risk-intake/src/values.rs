//! How many different values there are, of which none is kept.

use crate::column::Column;
use std::collections::{BTreeMap, HashSet};

/// How many different values are told apart, at most.
const MOST: usize = 1000;

/// Different texts. Of each no more is kept than a number that nobody can turn back, since the hash is
/// keyed and the key is the reader's.
#[derive(Debug, Default)]
pub(crate) struct Different(HashSet<u64>);

impl Different {
    /// Whether a text with this hash is another one than those before; beyond the first thousand, none
    /// is.
    pub(crate) fn is_new(&mut self, hash: u64) -> bool {
        self.0.len() < MOST && self.0.insert(hash)
    }
}

/// Different values that could not be read, by column.
#[derive(Debug, Default)]
pub struct UnreadValues(BTreeMap<usize, Different>);

impl UnreadValues {
    /// Adds a value by its hash.
    pub(crate) fn add(&mut self, column: Column, hash: u64) {
        self.0.entry(column.index()).or_default().is_new(hash);
    }

    /// Adds what others of the same hash key are.
    pub(crate) fn add_all(&mut self, others: Self) {
        for (column, others) in others.0 {
            let different = self.0.entry(column).or_default();
            for hash in others.0 {
                different.is_new(hash);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many different values there were of a column; 1,000 means as many or more.
    pub fn of(&self, column: Column) -> usize {
        self.0.get(&column.index()).map_or(0, |different| different.0.len())
    }
}
