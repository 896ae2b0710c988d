//! Which ids have been seen: 1.5 MB, and for large exports 12 to 16 bytes a person.

use overdose_risk_intake::Id;
use std::hash::{BuildHasher, RandomState};

/// An index of ids by fingerprint: 16 bits choose a shard, 96 are kept there in order.
///
/// Two ids with the same 112 bits would be taken for one person; among ten million people the odds
/// are below 1 in 10^19. The hash is keyed with random numbers, so that nobody can write an export
/// that makes it happen.
#[derive(Debug)]
pub(crate) struct IdIndex {
    keys: [RandomState; 2],
    shards: Vec<Vec<Fingerprint>>,
}

type Fingerprint = [u8; 12];

const SHARDS: usize = 1 << 16;

impl IdIndex {
    pub(crate) fn new() -> Self {
        Self { keys: [RandomState::new(), RandomState::new()], shards: vec![Vec::new(); SHARDS] }
    }

    /// Whether this id is new; it no longer is afterwards.
    pub(crate) fn insert(&mut self, id: Id<'_>) -> bool {
        let [one, other] = self.keys.each_ref().map(|key| key.hash_one(id.as_str()).to_le_bytes());
        let [a, b, c, d, e, f, g, h] = one;
        let [i, j, k, l, m, n, ..] = other;
        let fingerprint = [c, d, e, f, g, h, i, j, k, l, m, n];
        let Some(shard) = self.shards.get_mut(usize::from(u16::from_le_bytes([a, b]))) else {
            return true;
        };
        let Err(place) = shard.binary_search(&fingerprint) else { return false };
        if shard.len() == shard.capacity() {
            // A quarter at a time: doubling would leave up to half of the memory unused.
            shard.reserve_exact(shard.len() / 4 + 1);
        }
        shard.insert(place, fingerprint);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(index: &IdIndex) -> usize {
        let kept: usize = index.shards.iter().map(|shard| shard.capacity() * 12).sum();
        kept + SHARDS * size_of::<Vec<Fingerprint>>()
    }

    #[test]
    fn every_id_is_new_once_and_costs_at_most_16_bytes() {
        let mut index = IdIndex::new();
        let fixed = bytes(&index);
        let people = 400_000;
        for round in [true, false] {
            for person in 0..people {
                let id = format!("p-{person}");
                assert_eq!(index.insert(Id::read(id.as_bytes()).unwrap()), round);
            }
        }
        let each = (bytes(&index) - fixed) as f64 / f64::from(people);
        assert!(each <= 16.0, "{each} bytes a person");
    }
}
