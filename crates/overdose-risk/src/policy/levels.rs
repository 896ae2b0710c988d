//! The level of each factor, in one number.

use crate::factor::{MOST_LEVELS, Place};
use crate::factors::FACTORS;
use std::{array, iter};

/// The level that each factor shows, in the order of [`FACTORS`].
///
/// Each has three bits, those of the first factor being the lowest. So which factors show a level, and
/// of which two sets have another one, is found without a look at each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Levels(u64);

/// How many bits a level takes. None of them is set where there is no level.
const WIDTH: usize = 3;
const MASK: u64 = (1 << WIDTH) - 1;

const _: () = assert!(MOST_LEVELS < 1 << WIDTH && FACTORS.len() * WIDTH <= u64::BITS as usize);

impl Levels {
    /// How many [numbers](Place::number) its bits have room for.
    pub(super) const NUMBERS: usize = 1 << WIDTH;

    /// No factor shows a level.
    pub(crate) const NONE: Self = Self(0);

    /// The level of one factor.
    pub(crate) fn get(self, factor: usize) -> Option<Place> {
        Place::numbered(self.number(factor))
    }

    /// Gives one factor this level.
    pub(crate) fn set(&mut self, factor: usize, level: Option<Place>) {
        let number = Place::number(level) as u64;
        self.0 = self.0 & !(MASK << (factor * WIDTH)) | number << (factor * WIDTH);
    }

    /// The [number](Place::number) of the level of each factor.
    pub(super) fn numbers(self) -> impl Iterator<Item = usize> {
        (0..FACTORS.len()).map(move |factor| self.number(factor))
    }

    fn number(self, factor: usize) -> usize {
        (self.0 >> (factor * WIDTH) & MASK) as usize
    }

    /// The places of the factors that show a level.
    pub(crate) fn shown(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        iter::from_fn(move || {
            let factor = (rest != 0).then(|| rest.trailing_zeros() as usize / WIDTH)?;
            rest &= !(MASK << (factor * WIDTH));
            Some(factor)
        })
    }

    /// The places of the factors of which the other has another level.
    pub(crate) fn differing(self, other: Self) -> impl Iterator<Item = usize> {
        Self(self.0 ^ other.0).shown()
    }
}

impl From<[Option<Place>; FACTORS.len()]> for Levels {
    fn from(levels: [Option<Place>; FACTORS.len()]) -> Self {
        let numbers = levels.into_iter().rev().map(|level| Place::number(level) as u64);
        Self(numbers.fold(0, |levels, number| levels << WIDTH | number))
    }
}

/// The level of each factor.
impl IntoIterator for Levels {
    type Item = Option<Place>;
    type IntoIter = array::IntoIter<Option<Place>, { FACTORS.len() }>;

    fn into_iter(self) -> Self::IntoIter {
        array::from_fn(|factor| self.get(factor)).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Levels;
    use crate::factor::Place;
    use crate::factors::FACTORS;

    fn every_level() -> impl Iterator<Item = Option<Place>> {
        Place::ALL.into_iter().map(Some).chain([None])
    }

    #[test]
    fn each_factor_keeps_its_own_level_among_any_others() {
        for others in every_level() {
            for level in every_level() {
                for factor in 0..FACTORS.len() {
                    let mut expected = [others; FACTORS.len()];
                    let mut levels = Levels::from(expected);
                    let before = levels;
                    expected[factor] = level;
                    levels.set(factor, level);
                    assert_eq!(levels.into_iter().collect::<Vec<_>>(), expected);
                    assert_eq!(levels, expected.into());
                    let places = |is_one: &dyn Fn(usize) -> bool| -> Vec<usize> {
                        (0..FACTORS.len()).filter(|place| is_one(*place)).collect()
                    };
                    let shown = places(&|place| expected[place].is_some());
                    assert_eq!(levels.shown().collect::<Vec<_>>(), shown);
                    let differing = places(&|place| place == factor && level != others);
                    assert_eq!(levels.differing(before).collect::<Vec<_>>(), differing);
                }
            }
        }
        assert_eq!(Levels::NONE, [None; FACTORS.len()].into());
    }
}
