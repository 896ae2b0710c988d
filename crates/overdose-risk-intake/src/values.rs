//! How many different values of a column say nothing that it can say.

use crate::column::Column;
use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// How many different values of a column are counted, at most.
const MOST: usize = 1000;

/// Different values that could not be read, by column. Of each no more is kept than a number that
/// nobody can turn back, since the hash is keyed and the key is dropped with it.
#[derive(Debug, Default)]
pub struct UnreadValues {
    hash: RandomState,
    seen: BTreeMap<usize, HashSet<u64>>,
}

impl UnreadValues {
    /// Counts a value, given as the cells that it stands in.
    pub(crate) fn add<'c>(
        &mut self,
        column: Column,
        cells: impl Iterator<Item = Option<&'c [u8]>>,
    ) {
        let cells: Vec<_> = cells.map(|cell| cell.map(<[u8]>::trim_ascii)).collect();
        let seen = self.seen.entry(column.index()).or_default();
        if seen.len() < MOST {
            seen.insert(self.hash.hash_one(cells));
        }
    }

    /// How many different values there were of a column; 1,000 means as many or more.
    pub fn of(&self, column: Column) -> usize {
        self.seen.get(&column.index()).map_or(0, HashSet::len)
    }
}
