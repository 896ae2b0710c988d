//! What a service does with what the factors find: points, floors, limits, thresholds.

use crate::factor::{MOST_LEVELS, Mechanism, Place, Urgency};
use crate::factors::FACTORS;
use std::cmp::Reverse;
use std::fmt;

/// What one level is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) points: u8,
    pub(crate) floor: Option<Urgency>,
}

/// How many points a mechanism can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// As many as the largest of its factors.
    Largest,
    /// So many for all its factors together.
    Together(u8),
}

/// The level that each factor shows, in the order of [`FACTORS`].
pub(crate) type Levels = [Option<Place>; FACTORS.len()];

/// What a set of levels comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weighed {
    /// The points counted for each factor.
    pub(crate) counted: [u8; FACTORS.len()],
    /// Their sum.
    pub(crate) points: u16,
    /// Where points and floors lead.
    pub(crate) urgency: Urgency,
    /// The highest floor.
    pub(crate) floor: Option<Urgency>,
}

/// A named, versioned set of points, floors, limits and thresholds.
///
/// An assessment keeps hold of the policy that it was made with, so that its points can never be
/// explained by another one.
#[derive(Debug, PartialEq, Eq)]
pub struct Policy {
    name: &'static str,
    version: u32,
    prioritise_from: u16,
    act_now_from: u16,
    depressants_together: u8,
    rules: [[Rule; MOST_LEVELS]; FACTORS.len()],
}

static PRACTICE_PRINCIPLES: Policy = Policy {
    name: "practice-principles",
    version: 1,
    prioritise_from: 20,
    act_now_from: 50,
    depressants_together: 15,
    rules: catalogue_rules(),
};

/// The points and floors that stand in the catalogue.
const fn catalogue_rules() -> [[Rule; MOST_LEVELS]; FACTORS.len()] {
    let mut rules = [[Rule { points: 0, floor: None }; MOST_LEVELS]; FACTORS.len()];
    let mut factor = 0;
    // The loops' conditions keep every index inside; a factor has no more than MOST_LEVELS levels.
    #[allow(clippy::indexing_slicing)]
    while factor < FACTORS.len() {
        let levels = FACTORS[factor].levels;
        let mut place = 0;
        while place < levels.len() {
            rules[factor][place] =
                Rule { points: levels[place].points, floor: levels[place].floor };
            place += 1;
        }
        factor += 1;
    }
    rules
}

impl Policy {
    /// The default policy. It is named for the Statement of Practice Principles, announced in 2017 by
    /// Collective Voice and NHS providers with Public Health England; what counts, and how much, is
    /// this project's choice.
    pub fn practice_principles() -> &'static Self {
        &PRACTICE_PRINCIPLES
    }

    /// The name, for instance `practice-principles`.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The version, which rises with every change to an assessment of an unchanged record.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The points from which a person is in [`Urgency::Prioritise`].
    pub fn prioritise_from(&self) -> u16 {
        self.prioritise_from
    }

    /// The points from which a person is in [`Urgency::ActNow`].
    pub fn act_now_from(&self) -> u16 {
        self.act_now_from
    }

    /// How many points a mechanism can count.
    pub fn limit(&self, mechanism: Mechanism) -> Limit {
        match mechanism {
            Mechanism::LostTolerance => Limit::Largest,
            Mechanism::Depressants => Limit::Together(self.depressants_together),
        }
    }

    /// What the levels of one factor are worth.
    pub(crate) fn rules_of(&self, factor: usize) -> &[Rule] {
        self.rules.get(factor).map_or(&[], |rules| rules.as_slice())
    }

    /// What one level of a factor is worth; no level is worth nothing.
    pub(crate) fn rule(&self, factor: usize, level: Option<Place>) -> Rule {
        level
            .and_then(|place| self.rules_of(factor).get(place.index()).copied())
            .unwrap_or(Rule { points: 0, floor: None })
    }

    /// Adds up a set of levels, with the limits of the mechanisms.
    pub(crate) fn weigh(&self, levels: &Levels) -> Weighed {
        let mut worth = [0_u8; FACTORS.len()];
        let mut floor = None;
        for ((factor, level), worth) in levels.iter().enumerate().zip(&mut worth) {
            let rule = self.rule(factor, *level);
            *worth = rule.points;
            floor = floor.max(rule.floor);
        }

        let mut counted = worth;
        for (factor, counted) in counted.iter_mut().enumerate() {
            *counted = self.counted(factor, &worth);
        }
        let points = counted.iter().copied().map(u16::from).sum();
        let by_points = self.urgency_of(points);
        let urgency = floor.map_or(by_points, |floor| floor.max(by_points));
        Weighed { counted, points, urgency, floor }
    }

    /// The points that one factor counts. Those of a mechanism are given out largest first, ties in
    /// the order of the factors, until its limit is used up.
    fn counted(&self, factor: usize, worth: &[u8; FACTORS.len()]) -> u8 {
        let mechanism_of = |factor: usize| FACTORS.get(factor).and_then(|known| known.mechanism);
        let own = worth.get(factor).copied().unwrap_or(0);
        let Some(mechanism) = mechanism_of(factor).filter(|_| own > 0) else { return own };

        let members =
            || (0..).zip(worth).filter(|(other, _)| mechanism_of(*other) == Some(mechanism));
        let limit = match self.limit(mechanism) {
            Limit::Largest => members().map(|(_, worth)| *worth).max().unwrap_or(0),
            Limit::Together(limit) => limit,
        };
        let goes_first = |other: usize, worth: u8| (Reverse(worth), other) < (Reverse(own), factor);
        let given = members()
            .filter(|(other, worth)| goes_first(*other, **worth))
            .fold(0_u8, |given, (_, worth)| given.saturating_add(*worth));
        own.min(limit.saturating_sub(given))
    }

    fn urgency_of(&self, points: u16) -> Urgency {
        if points >= self.act_now_from {
            Urgency::ActNow
        } else if points >= self.prioritise_from {
            Urgency::Prioritise
        } else {
            Urgency::Standard
        }
    }
}

/// `name@version`, as in every output.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.version)
    }
}
