//! Which ids have been seen: 1.5 MB, and for large exports 12 to 16 bytes a person, and a quarter more
//! than what is kept of each.

use overdose_risk_intake::Id;
use std::hash::{BuildHasher, RandomState};

/// An index of ids by fingerprint: 16 bits choose a shard, 96 are kept there in order, and something
/// with each.
///
/// Two ids with the same 112 bits would be taken for one person; among ten million people the odds
/// are below 1 in 10^19. The hash is keyed with random numbers, so that nobody can write an export
/// that makes it happen.
#[derive(Debug)]
pub(crate) struct IdIndex<T> {
    keys: [RandomState; 2],
    shards: Vec<Vec<(Fingerprint, T)>>,
}

type Fingerprint = [u8; 12];

const SHARDS: usize = 1 << 16;

impl<T: Copy> IdIndex<T> {
    pub(crate) fn new() -> Self {
        let shards = std::iter::repeat_with(Vec::new).take(SHARDS).collect();
        Self { keys: [RandomState::new(), RandomState::new()], shards }
    }

    /// What is kept with this id; where it is new, this is from now on.
    pub(crate) fn insert(&mut self, id: Id<'_>, kept: T) -> Option<T> {
        let (shard, fingerprint) = self.fingerprint(id);
        let shard = self.shards.get_mut(shard)?;
        match shard.binary_search_by_key(&fingerprint, |(fingerprint, _)| *fingerprint) {
            Ok(place) => shard.get(place).map(|(_, kept)| *kept),
            Err(place) => {
                if shard.len() == shard.capacity() {
                    // A quarter at a time: doubling would leave up to half of the memory unused.
                    shard.reserve_exact(shard.len() / 4 + 1);
                }
                shard.insert(place, (fingerprint, kept));
                None
            }
        }
    }

    /// What is kept with this id.
    pub(crate) fn get(&self, id: Id<'_>) -> Option<T> {
        let (shard, fingerprint) = self.fingerprint(id);
        let shard = self.shards.get(shard)?;
        let place = shard.binary_search_by_key(&fingerprint, |(fingerprint, _)| *fingerprint);
        place.ok().and_then(|place| shard.get(place)).map(|(_, kept)| *kept)
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, id: Id<'_>) -> Option<&mut T> {
        let (shard, fingerprint) = self.fingerprint(id);
        let shard = self.shards.get_mut(shard)?;
        let place =
            shard.binary_search_by_key(&fingerprint, |(fingerprint, _)| *fingerprint).ok()?;
        shard.get_mut(place).map(|(_, kept)| kept)
    }

    /// The shard and the fingerprint of an id.
    fn fingerprint(&self, id: Id<'_>) -> (usize, Fingerprint) {
        let [one, other] = self.keys.each_ref().map(|key| key.hash_one(id.as_str()).to_le_bytes());
        let [a, b, c, d, e, f, g, h] = one;
        let [i, j, k, l, m, n, ..] = other;
        (usize::from(u16::from_le_bytes([a, b])), [c, d, e, f, g, h, i, j, k, l, m, n])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<T>(index: &IdIndex<T>) -> usize {
        let each = size_of::<(Fingerprint, T)>();
        let kept: usize = index.shards.iter().map(|shard| shard.capacity() * each).sum();
        kept + SHARDS * size_of::<Vec<(Fingerprint, T)>>()
    }

    #[test]
    fn every_id_is_new_once_and_costs_at_most_16_bytes() {
        let mut index = IdIndex::new();
        let fixed = bytes(&index);
        let people = 400_000;
        for found in [None, Some(())] {
            for person in 0..people {
                let id = format!("p-{person}");
                let id = Id::read(id.as_bytes()).unwrap();
                assert_eq!(index.get(id), found);
                assert_eq!(index.insert(id, ()), found);
            }
        }
        let each = (bytes(&index) - fixed) as f64 / f64::from(people);
        assert!(each <= 16.0, "{each} bytes a person");
    }
}
