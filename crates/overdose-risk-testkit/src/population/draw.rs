//! Chance, reproducible: integers from ChaCha8.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The stream of numbers of one person.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// The key is the seed (little-endian, then zeros) and the stream is the place: nothing here
    /// rests on how a version of `rand` expands a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        for (byte, of_seed) in key.iter_mut().zip(seed.to_le_bytes()) {
            *byte = of_seed;
        }
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(stream);
        Self(rng)
    }

    /// A number from 0 to `end - 1`; 0 when there is none.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let scaled = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(scaled >> 32).unwrap_or_default()
    }

    /// A number from `first` to `last`.
    pub(crate) fn between(&mut self, first: u32, last: u32) -> u32 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// Whether something with a share of this many in a thousand is so.
    pub(crate) fn happens(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of several, each with its share in a thousand, or else the last.
    pub(crate) fn one_of<T, const N: usize>(&mut self, shares: [(u32, T); N], otherwise: T) -> T {
        pick(self.below(1000), shares, otherwise)
    }
}

/// The alternative into whose share a number below 1,000 falls.
pub(crate) fn pick<T, const N: usize>(mut at: u32, shares: [(u32, T); N], otherwise: T) -> T {
    for (per_mille, alternative) in shares {
        match at.checked_sub(per_mille) {
            Some(rest) => at = rest,
            None => return alternative,
        }
    }
    otherwise
}
