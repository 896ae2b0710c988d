//! What a service does with what the factors find: points, floors, limits, thresholds, words.
//!
//! [`Settings`] are what a service can change, and [`Policy::new`] is the only way from them to a
//! [`Policy`].

use crate::assessment::Tier;
use crate::factor::{Mechanism, Place, Turns, Urgency};
use crate::factors::FACTORS;
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::fmt;
use std::sync::LazyLock;

mod accept;
mod fingerprint;
mod levels;
mod refused;
mod rules;
mod settings;
mod written;

pub use accept::is_hidden;
pub use fingerprint::Fingerprint;
pub(crate) use levels::Levels;
pub use refused::{About, NotAccepted, Refusal, Refused};
use rules::Sum;
pub(crate) use rules::{Rule, Rules, Weighed};
pub use settings::{Alert, FactorSettings, LevelSettings, LimitSettings, Settings, TierSettings};
use written::{Form, written};

/// How many points a mechanism can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// As many as the largest of its factors.
    Largest,
    /// So many for all its factors together.
    Together(u8),
}

/// A named, versioned set of points, floors, limits, thresholds and words, which has been
/// [checked](Policy::new).
///
/// An assessment keeps hold of the policy that it was made with, so that its points can never be
/// explained by another one.
#[derive(Clone)]
pub struct Policy {
    settings: Settings,
    fingerprint: Fingerprint,
    label: String,
    promises: [String; 2],
    /// What is looked up for every person; the settings and the catalogue have it too.
    rules: [Rules; FACTORS.len()],
    /// What each level of each factor adds to a sum, by its number.
    sums: [[Sum; Levels::NUMBERS]; FACTORS.len()],
    turns: Turns,
}

pub(crate) const PRACTICE_PRINCIPLES: &str = "practice-principles";
pub(crate) const PRACTICE_PRINCIPLES_VERSION: u32 = 1;

static DEFAULT: LazyLock<Policy> = LazyLock::new(|| Policy::of(Settings::practice_principles()));

/// The same settings: everything else follows from them.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings
    }
}

impl Eq for Policy {}

impl Policy {
    /// The default policy. It is named for the Statement of Practice Principles, announced in 2017 by
    /// Collective Voice and NHS providers with Public Health England; what counts, and how much, is
    /// this project's choice.
    pub fn practice_principles() -> &'static Self {
        &DEFAULT
    }

    /// The policy of settings that were checked.
    fn of(settings: Settings) -> Self {
        let fingerprint = Fingerprint::of(&written(&settings, Form::Canonical));
        let mut rules = [const { Rules::NOTHING }; FACTORS.len()];
        for ((factor, set), rules) in settings.factors().zip(&mut rules) {
            *rules = Rules::of(factor, set);
        }
        let in_force =
            (0..).zip(FACTORS.iter().zip(&rules)).filter(|(_, (_, rules))| !rules.is_off());
        let turns = Turns::of(in_force.map(|(place, (factor, _))| (place, factor.levels)));
        Self {
            label: format!("{}@{}#{fingerprint:.12}", settings.name, settings.version),
            promises: [
                within(settings.act_now.within, "working day", "working days"),
                within(settings.prioritise.within, "day", "days"),
            ],
            fingerprint,
            sums: rules.each_ref().map(Rules::sums),
            rules,
            turns,
            settings,
        }
    }

    /// Everything that it says.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The name, for instance `practice-principles`.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The version, which rises with every change to an assessment of an unchanged record.
    pub fn version(&self) -> u32 {
        self.settings.version
    }

    /// `name@version#fingerprint` with the first 12 digits of the fingerprint, as in every output.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The SHA-256 of its [canonical form](Policy::canonical).
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The canonical form: everything that it says as TOML, in one order and one way of writing, so
    /// that two policies have the same one when they say the same.
    pub fn canonical(&self) -> String {
        written(&self.settings, Form::Canonical)
    }

    /// The same, with what each number rests on as comments.
    pub fn with_sources(&self) -> String {
        written(&self.settings, Form::WithSources)
    }

    /// What of it is not as in the default, as TOML.
    pub fn changes(&self) -> String {
        written(&self.settings, Form::Changes)
    }

    /// What a service does for somebody in a tier.
    pub fn promise(&self, tier: Tier) -> &str {
        let [act_now, prioritise] = &self.promises;
        match tier {
            Tier::ActNow => act_now,
            Tier::Prioritise => prioritise,
            Tier::Standard => "the standard harm-reduction offer at the next contact",
            Tier::NotEnoughInformation => "ask about opioid use",
            Tier::OutOfScope => "no opioid exposure recorded; these rules do not apply",
        }
    }

    /// The points from which a person is in [`Urgency::Prioritise`].
    pub fn prioritise_from(&self) -> u16 {
        self.settings.prioritise.points
    }

    /// The points from which a person is in [`Urgency::ActNow`].
    pub fn act_now_from(&self) -> u16 {
        self.settings.act_now.points
    }

    /// The alert that is in force on a day, if there is one.
    pub fn alert_on(&self, day: NaiveDate) -> Option<&Alert> {
        self.settings.alert.as_ref().filter(|alert| alert.is_on(day))
    }

    /// How many points a mechanism can count.
    pub fn limit(&self, mechanism: Mechanism) -> Limit {
        self.settings.limit(mechanism).limit
    }

    /// What is looked up for every person, of each factor in the order of [`FACTORS`].
    pub(crate) fn rules(&self) -> &[Rules; FACTORS.len()] {
        &self.rules
    }

    /// When the levels of the factors begin and end.
    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// What a level of a factor is set to.
    pub(crate) fn level(&self, factor: usize, level: Place) -> Option<&LevelSettings> {
        self.settings.levels(factor).get(level.index())
    }

    /// Adds up a set of levels, with the limits of the mechanisms.
    pub(crate) fn weigh(&self, levels: Levels) -> Weighed {
        let mut sum = Sum::NOTHING;
        for (sums, number) in self.sums.iter().zip(levels.numbers()) {
            sum.add(sums.get(number).copied().unwrap_or(Sum::NOTHING));
        }
        let mut points = sum.points(None);
        for mechanism in Mechanism::ALL {
            let together = sum.points(Some(mechanism));
            if together > 0 {
                points += together.min(self.most(mechanism, levels).into());
            }
        }
        let urgency = self.urgency_of(points).max(sum.floor());
        Weighed { points, urgency, floor: sum.floor() }
    }

    /// The points that one factor counts. Those of a mechanism are given out largest first, ties in
    /// the order of the factors, until its limit is used up.
    pub(crate) fn counted(&self, factor: usize, levels: Levels) -> u8 {
        let Some(rules) = self.rules.get(factor) else { return 0 };
        let own = rules.rule(levels.get(factor)).points;
        let Some(mechanism) = rules.mechanism else { return own };

        let goes_first = |other: usize, worth: u8| (Reverse(worth), other) < (Reverse(own), factor);
        let given = self
            .members(mechanism, levels)
            .filter(|(other, worth)| goes_first(*other, *worth))
            .fold(0_u8, |given, (_, worth)| given.saturating_add(worth));
        own.min(self.most(mechanism, levels).saturating_sub(given))
    }

    /// The most points that a mechanism can count.
    fn most(&self, mechanism: Mechanism, levels: Levels) -> u8 {
        match self.limit(mechanism) {
            Limit::Largest => {
                self.members(mechanism, levels).map(|(_, worth)| worth).max().unwrap_or(0)
            }
            Limit::Together(limit) => limit,
        }
    }

    /// The factors of a mechanism, with the points that each is worth alone.
    fn members(&self, of: Mechanism, levels: Levels) -> impl Iterator<Item = (usize, u8)> {
        let shown = levels.shown().filter_map(|factor| Some((factor, self.rules.get(factor)?)));
        let members = shown.filter(move |(_, rules)| rules.mechanism == Some(of));
        members.map(move |(factor, rules)| (factor, rules.rule(levels.get(factor)).points))
    }

    fn urgency_of(&self, points: u16) -> Urgency {
        if points >= self.act_now_from() {
            Urgency::ActNow
        } else if points >= self.prioritise_from() {
            Urgency::Prioritise
        } else {
            Urgency::Standard
        }
    }
}

/// What it has otherwise than the default, which is enough to make it again.
impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.label).field(&self.changes()).finish()
    }
}

/// Its [label](Policy::label).
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

/// A promise, its number in words where it is small.
fn within(number: u8, one: &str, many: &str) -> String {
    const WORDS: [&str; 9] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let unit = if number == 1 { one } else { many };
    match usize::from(number).checked_sub(1).and_then(|place| WORDS.get(place)) {
        Some(word) => format!("contact within {word} {unit}"),
        None => format!("contact within {number} {unit}"),
    }
}
