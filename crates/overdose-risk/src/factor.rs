//! What a risk factor is: a value that says everything about it, and one function.
//!
//! A struct literal that leaves a field out does not compile, which a trait with default methods
//! would allow; and what else can be wrong with one is refused while compiling.

use crate::evidence::{Basis, Source};
use crate::record::{Field, Record};
use std::fmt;

mod case;
#[cfg(test)]
mod malformed;
mod seen;
mod turns;
pub use case::{Case, Given};
pub(crate) use seen::{Day, Seen, Window, days_between};
pub(crate) use turns::Turns;

/// How soon a service acts for a person, by the known facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Urgency {
    /// The standard harm-reduction offer at the next contact.
    Standard,
    /// Contact within seven days.
    Prioritise,
    /// Contact within one working day.
    ActNow,
}

impl Urgency {
    /// Every urgency, the most urgent first.
    pub const ALL: [Self; 3] = [Self::ActNow, Self::Prioritise, Self::Standard];
}

/// Something that several factors share, so that their points do not simply add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mechanism {
    /// Tolerance lost while away from opioids. Leaving prison and leaving treatment on one day is
    /// one loss.
    LostTolerance,
    /// Drugs that slow breathing beside an opioid.
    Depressants,
}

impl Mechanism {
    /// Every mechanism.
    pub const ALL: [Self; 2] = [Self::LostTolerance, Self::Depressants];

    /// The name in documentation, in the middle of a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LostTolerance => "lost tolerance",
            Self::Depressants => "depressants",
        }
    }
}

/// A run of days since an event; both ends are included and day 0 is the day of the event. Days
/// before a planned event are negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Days {
    /// The first day.
    pub first: i64,
    /// The last day; `None` where there is none.
    pub last: Option<i64>,
}

impl Days {
    /// From the first to the last day, both included.
    pub const fn between(first: i64, last: i64) -> Self {
        Self { first, last: Some(last) }
    }

    /// From the first day on.
    pub const fn from(first: i64) -> Self {
        Self { first, last: None }
    }

    /// Whether a day lies within.
    pub fn contains(self, day: i64) -> bool {
        day >= self.first && self.last.is_none_or(|last| day <= last)
    }
}

/// When a level shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// When the record says so, whatever the day.
    Recorded,
    /// So many days after a date in one of these fields.
    Since(&'static [Field], Days),
    /// From this age in years on, until the next level's.
    Aged(u8),
}

/// One level of a factor: what was found, what it is worth, and what to do about it.
#[derive(Debug)]
pub struct Level {
    /// The name in outputs, for instance `days-0-14`.
    pub name: &'static str,
    /// When it shows.
    pub when: When,
    /// Points in the default policy.
    pub points: u8,
    /// The least urgency that it leads to, whatever the points.
    pub floor: Option<Urgency>,
    /// What the points rest on.
    pub basis: Basis,
    /// What was found, as a sentence; `{when}` becomes "3 days ago" and `{date}` "28 March 2026".
    pub sentence: &'static str,
    /// What a worker can offer.
    pub action: &'static str,
}

/// The place of a level among the levels of its factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    First = 1,
    Second,
    Third,
    Fourth,
    Fifth,
}

impl Place {
    /// Every place that a level can have.
    pub(crate) const ALL: [Self; MOST_LEVELS] =
        [Self::First, Self::Second, Self::Third, Self::Fourth, Self::Fifth];

    /// The place of the level with this name. In a `const`, a name that no level has does not
    /// compile.
    pub(crate) const fn of(levels: &[Level], name: &str) -> Self {
        let mut place = 0;
        while place < levels.len() && place < MOST_LEVELS {
            // The loop's condition keeps the index inside both.
            #[allow(clippy::indexing_slicing)]
            if same(levels[place].name.as_bytes(), name.as_bytes()) {
                return Self::ALL[place];
            }
            place += 1;
        }
        malformed("no level has this name")
    }

    pub(crate) const fn index(self) -> usize {
        self as usize - 1
    }

    /// A level in a number: 0 is none, and the places follow from 1.
    pub(crate) fn number(level: Option<Self>) -> usize {
        level.map_or(0, |place| place as usize)
    }

    /// The level with this [number](Place::number).
    pub(crate) fn numbered(number: usize) -> Option<Self> {
        Self::ALL.get(number.checked_sub(1)?).copied()
    }
}

/// What a factor's function found: the level that the known facts show, and the worst level that
/// the unknown ones allow. With everything known they are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The level that the known facts show.
    pub(crate) low: Option<Place>,
    /// The worst level that the unknown facts allow.
    pub(crate) high: Option<Place>,
}

impl Finding {
    /// Nothing found, and nothing to be found.
    pub(crate) const NOTHING: Self = Self { low: None, high: None };

    /// A level that is certain.
    pub(crate) const fn certain(level: Place) -> Self {
        Self { low: Some(level), high: Some(level) }
    }

    /// Nothing known, and at worst this level.
    pub(crate) const fn at_worst(level: Place) -> Self {
        Self { low: None, high: Some(level) }
    }

    /// At least the first and at worst the second level.
    pub(crate) const fn between(low: Place, high: Place) -> Self {
        Self { low: Some(low), high: Some(high) }
    }
}

/// Which question settles a factor whose low and high level differ.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asks {
    /// This field.
    For(Field),
    /// The first of these that is unknown.
    FirstUnknown(&'static [Field]),
    /// Each of these that is unknown.
    EachUnknown(&'static [Field]),
}

impl Asks {
    /// Goes through the fields to ask for, in order.
    #[inline]
    pub(crate) fn each_field(self, record: &Record, ask: impl FnMut(Field)) {
        let unknown = |field: &Field| record.is_open(*field);
        match self {
            Self::For(field) => [field].into_iter().for_each(ask),
            Self::FirstUnknown(fields) => {
                fields.iter().copied().find(unknown).into_iter().for_each(ask);
            }
            Self::EachUnknown(fields) => fields.iter().copied().filter(unknown).for_each(ask),
        }
    }
}

/// A risk factor: everything about it, and the function that finds it. The catalogue is the only
/// place where one is made.
#[derive(Debug)]
pub struct Factor {
    /// The name in outputs, for instance `prison-release`: what is found, not the remedy.
    pub name: &'static str,
    /// A heading.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// Every fact that the function looks at, and no other.
    pub reads: &'static [Field],
    /// Which question settles it.
    pub(crate) asks: Asks,
    /// What it shares with other factors.
    pub mechanism: Option<Mechanism>,
    /// Its levels, in the order of the policy.
    pub levels: &'static [Level],
    /// Names of levels of which the first is worth no less than the second in any policy, beside what
    /// windows and ages say.
    pub(crate) never_less: &'static [(&'static str, &'static str)],
    /// What is said in place of a level's sentence, where a record says more than the level does.
    pub sharper: Option<Sharper>,
    /// What does a record show?
    pub(crate) find: fn(&Seen<'_>) -> Finding,
    /// Worked cases: tests and documentation at once.
    pub cases: &'static [Case],
}

/// A sentence for a level of which the record leaves no doubt.
#[derive(Debug)]
pub struct Sharper {
    /// What was found, as a sentence with the same placeholders as a level's.
    pub sentence: &'static str,
    /// When it is said, in words.
    pub when: &'static str,
    /// Whether a record is such a one.
    pub(crate) holds: fn(&Record) -> bool,
}

impl Factor {
    /// The factor itself, if it is well formed; otherwise the build fails and says why.
    ///
    /// Levels with days must be worth less, or the same, the later they are: otherwise waiting
    /// would raise somebody's points.
    #[must_use]
    pub(crate) const fn checked(self) -> Self {
        if !is_kebab(self.name.as_bytes()) {
            malformed("a factor's name is lower-case words joined by hyphens");
        }
        if self.title.is_empty() || self.why.is_empty() {
            malformed("a factor has a title and says why it matters");
        }
        if self.reads.is_empty() || self.cases.is_empty() {
            malformed("a factor reads a fact and has worked cases");
        }
        if self.levels.is_empty() || self.levels.len() > MOST_LEVELS {
            malformed("a factor has a level, and not more than the policy has room for");
        }
        let mut place = 0;
        // The loop's condition keeps every index inside the slice.
        #[allow(clippy::indexing_slicing)]
        while place < self.levels.len() {
            let level = &self.levels[place];
            if !is_kebab(level.name.as_bytes()) {
                malformed("a level's name is lower-case words joined by hyphens");
            }
            if level.sentence.is_empty() || level.action.is_empty() {
                malformed("a level has a sentence and an action");
            }
            if let When::Since(_, days) = level.when {
                if let Some(last) = days.last
                    && last < days.first
                {
                    malformed("a window ends before it begins");
                }
                if place > 0
                    && let When::Since(_, earlier) = self.levels[place - 1].when
                    && days.first > earlier.first
                    && level.points > self.levels[place - 1].points
                {
                    malformed("a later window is worth more than an earlier one");
                }
            }
            place += 1;
        }
        let mut pair = 0;
        // The loop's condition keeps the index inside the slice.
        #[allow(clippy::indexing_slicing)]
        while pair < self.never_less.len() {
            let (more, less) = self.never_less[pair];
            Place::of(self.levels, more);
            Place::of(self.levels, less);
            pair += 1;
        }
        self
    }

    /// Whether it is one of the four that the Statement of Practice Principles names, which no policy
    /// can switch off.
    pub fn is_principal(&self) -> bool {
        matches!(self.name, "age" | "opioid-use" | "prison-release" | "naloxone")
    }

    /// Pairs of levels of which the first is worth no less than the second, in points and in floor: a
    /// risk that becomes known can take somebody from the second to the first. Later windows and
    /// younger ages are the second.
    pub(crate) fn never_less(&self) -> impl Iterator<Item = (&'static Level, &'static Level)> {
        let level = |name: &str| self.levels.iter().find(|level| level.name == name);
        let named = self.never_less.iter().map(move |(more, less)| (level(more), level(less)));
        let neighbours = self.levels.iter().zip(self.levels.iter().skip(1));
        let by_when = neighbours.filter_map(|(one, next)| match (one.when, next.when) {
            (When::Since(of_one, days), When::Since(of_next, later))
                if of_one == of_next && later.first > days.first =>
            {
                Some((Some(one), Some(next)))
            }
            (When::Aged(_), When::Aged(_)) => Some((Some(next), Some(one))),
            (When::Recorded | When::Since(..) | When::Aged(_), _) => None,
        });
        named.chain(by_when).filter_map(|(more, less)| more.zip(less))
    }

    /// The level at a place.
    pub(crate) fn level(&self, place: Place) -> Option<&'static Level> {
        self.levels.get(place.index())
    }

    /// The sources behind any of its levels, each once, in the order of the levels.
    pub fn sources(&self) -> Vec<&'static Source> {
        let mut sources: Vec<&'static Source> = Vec::new();
        for source in self.levels.iter().flat_map(|level| level.basis.sources()) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The most levels that a factor can have.
pub(crate) const MOST_LEVELS: usize = 5;

const fn is_kebab(name: &[u8]) -> bool {
    let mut at = 0;
    let mut after_hyphen = true;
    // The loop's condition keeps the index inside the slice.
    #[allow(clippy::indexing_slicing)]
    while at < name.len() {
        match name[at] {
            b'a'..=b'z' | b'0'..=b'9' => after_hyphen = false,
            b'-' if !after_hyphen => after_hyphen = true,
            _ => return false,
        }
        at += 1;
    }
    !after_hyphen
}

pub(crate) const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    // The loop's condition keeps the index inside both slices.
    #[allow(clippy::indexing_slicing)]
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Stops the build: every use lies in a constant.
#[allow(clippy::panic)]
const fn malformed(why: &str) -> ! {
    panic!("{}", why)
}
