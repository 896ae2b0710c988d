//! What is looked up of each factor for every person, and adding it up.
//!
//! The settings and the catalogue have all of it. Here it lies side by side, so that one pass over a
//! record goes through one table.

use super::{FactorSettings, LevelSettings, Levels};
use crate::factor::{
    Day, Factor, Finding, Level, MOST_LEVELS, Mechanism, Place, Seen, Urgency, When, Window,
};
use crate::factors::FACTORS;
use crate::record::Record;

/// What one level is worth, and when it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) points: u8,
    /// The standard where there is none, which is as much.
    pub(crate) floor: Urgency,
    pub(crate) window: Window,
    pub(crate) from_age: Option<u8>,
}

impl Rule {
    /// What no level is worth.
    const NOTHING: Self =
        Self { points: 0, floor: Urgency::Standard, window: Window::NONE, from_age: None };

    fn of(level: &Level, set: &LevelSettings) -> Self {
        let (window, from_age) = match level.when {
            When::Recorded => (Window::NONE, None),
            When::Since(_, days) => (Window::of(days), None),
            When::Aged(years) => (Window::NONE, Some(years)),
        };
        let floor = set.floor.unwrap_or(Urgency::Standard);
        Self { points: set.points, floor, window, from_age }
    }
}

/// One factor in a policy.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// The factor's function; `None` where it is switched off.
    find: Option<fn(&Seen<'_>) -> Finding>,
    pub(crate) mechanism: Option<Mechanism>,
    /// The first one is what no level is worth.
    levels: [Rule; MOST_LEVELS + 1],
}

impl Rules {
    /// A factor that is switched off.
    pub(super) const NOTHING: Self =
        Self { find: None, mechanism: None, levels: [Rule::NOTHING; MOST_LEVELS + 1] };

    pub(super) fn of(factor: &Factor, set: &FactorSettings) -> Self {
        if set.off.is_some() {
            return Self::NOTHING;
        }
        let mut rules =
            Self { find: Some(factor.find), mechanism: factor.mechanism, ..Self::NOTHING };
        let levels = factor.levels.iter().zip(set.levels());
        for ((level, set), rule) in levels.zip(rules.levels.iter_mut().skip(1)) {
            *rule = Rule::of(level, set);
        }
        rules
    }

    /// What each level adds to a sum, by its number.
    pub(super) fn sums(&self) -> [Sum; Levels::NUMBERS] {
        let mut sums = [Sum::NOTHING; Levels::NUMBERS];
        for (rule, sum) in self.levels.iter().zip(&mut sums) {
            *sum = Sum::of(rule.points, rule.floor, self.mechanism);
        }
        sums
    }

    /// What the factor finds in a record on a day.
    pub(crate) fn find(&self, record: &Record, on: Day) -> Finding {
        self.find.map_or(Finding::NOTHING, |find| find(&Seen::new(record, on, self)))
    }

    /// Whether the factor is switched off.
    pub(super) fn is_off(&self) -> bool {
        self.find.is_none()
    }

    /// What is found, unless the factor is switched off.
    pub(crate) fn unless_off(&self, find: impl FnOnce() -> Finding) -> Finding {
        if self.is_off() { Finding::NOTHING } else { find() }
    }

    /// Each level that the factor can have, with its place.
    pub(crate) fn levels(&self) -> impl DoubleEndedIterator<Item = (Place, &Rule)> {
        let [_, levels @ ..] = &self.levels;
        Place::ALL.into_iter().zip(levels)
    }

    /// What one level is worth; no level is worth nothing.
    pub(crate) fn rule(&self, level: Option<Place>) -> &Rule {
        self.levels.get(Place::number(level)).unwrap_or(&Rule::NOTHING)
    }
}

/// What a set of levels comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weighed {
    /// The points counted.
    pub(crate) points: u16,
    /// Where points and floors lead.
    pub(crate) urgency: Urgency,
    /// The highest floor; the standard where there is none.
    pub(crate) floor: Urgency,
}

impl Weighed {
    /// Where these rules do not apply.
    pub(crate) const NOTHING: Self =
        Self { points: 0, urgency: Urgency::Standard, floor: Urgency::Standard };
}

/// Levels added up, before the limits: several sums in one number, so that a level is added at once.
///
/// The points that share nothing and those of each mechanism have 16 bits each, from the lowest; then
/// come, with 8 bits each, how many levels have the floor `prioritise` and how many `act-now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum(u64);

// No sum reaches into the next.
const _: () = assert!(Mechanism::ALL.len() == 2);
const _: () = assert!(FACTORS.len() * (u8::MAX as usize) < 1 << 16 && FACTORS.len() < 1 << 8);

impl Sum {
    pub(super) const NOTHING: Self = Self(0);

    fn of(points: u8, floor: Urgency, mechanism: Option<Mechanism>) -> Self {
        let floor = match floor {
            Urgency::Standard => 0,
            Urgency::Prioritise => 1 << 48,
            Urgency::ActNow => 1 << 56,
        };
        Self(floor | u64::from(points) << Self::place(mechanism))
    }

    fn place(mechanism: Option<Mechanism>) -> u32 {
        match mechanism {
            None => 0,
            Some(Mechanism::LostTolerance) => 16,
            Some(Mechanism::Depressants) => 32,
        }
    }

    pub(super) fn add(&mut self, level: Self) {
        self.0 += level.0;
    }

    /// The points that share this.
    pub(super) fn points(self, mechanism: Option<Mechanism>) -> u16 {
        (self.0 >> Self::place(mechanism)) as u16
    }

    /// The highest floor.
    pub(super) fn floor(self) -> Urgency {
        match self.0 >> 48 {
            0 => Urgency::Standard,
            1..256 => Urgency::Prioritise,
            _ => Urgency::ActNow,
        }
    }
}
