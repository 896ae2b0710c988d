//! What an assessment says.

use crate::codes::CaseStatus;
use crate::exposure::Exposure;
use crate::factor::{Day, Factor, Level, Place, Urgency};
use crate::factors::{FACTORS, NALOXONE};
use crate::policy::{Alert, LevelSettings, Levels, Policy, Rules, Weighed};
use crate::record::{Field, Record};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::fmt;

/// What a service does for a person, and how soon.
///
/// Not ordered: [`NotEnoughInformation`](Tier::NotEnoughInformation) has no place between the
/// others. What the known facts alone call for is [`Assessment::known_urgency`], and the order of a
/// worklist is [`Assessment::priority`]. No tier says that anybody is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// A short window of much greater danger, or many factors together.
    ActNow,
    /// A time of greater danger, or several factors together.
    Prioritise,
    /// Everybody else with opioid exposure.
    Standard,
    /// Opioid exposure is not recorded.
    NotEnoughInformation,
    /// No opioid exposure is recorded: these rules do not apply.
    OutOfScope,
}

impl Tier {
    /// Every tier.
    pub const ALL: [Self; 5] = [
        Self::ActNow,
        Self::Prioritise,
        Self::Standard,
        Self::NotEnoughInformation,
        Self::OutOfScope,
    ];

    /// The name in outputs, for instance `act-now`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActNow => "act-now",
            Self::Prioritise => "prioritise",
            Self::Standard => "standard",
            Self::NotEnoughInformation => "not-enough-information",
            Self::OutOfScope => "out-of-scope",
        }
    }
}

impl From<Urgency> for Tier {
    fn from(urgency: Urgency) -> Self {
        match urgency {
            Urgency::Standard => Self::Standard,
            Urgency::Prioritise => Self::Prioritise,
            Urgency::ActNow => Self::ActNow,
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A factor that the known facts show.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reason<'p> {
    /// The factor.
    pub factor: &'static Factor,
    /// Its level.
    pub level: &'static Level,
    /// The points counted, after the limits of its mechanism.
    pub counted: u8,
    /// What the policy has set for the level: the points that it is worth alone, its floor, what a
    /// worker can offer.
    pub set: &'p LevelSettings,
}

/// The place of a person in a worklist: the smaller comes first. On a tie, the id decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority {
    /// What the known facts call for, the most urgent first.
    pub urgency: Reverse<Urgency>,
    /// Those of whom opioid exposure is not known come after the others.
    pub exposure_unknown: bool,
    /// Those whom no single reason makes `act-now` come after the others.
    pub by_points_alone: bool,
    /// The points, the most first.
    pub points: Reverse<u16>,
    /// The points that the unknown facts could lead to, the most first.
    pub could_points: Reverse<u16>,
}

/// The result for one person: a small value, made by [`assess`](crate::assess) and never changed.
///
/// It keeps the facts as they were read and the policy that it was made with, so that reasons,
/// sentences and dates are looked up in the right ones, and only when somebody reads them.
#[derive(Clone, Copy, Debug)]
pub struct Assessment<'p> {
    record: Record,
    as_of: NaiveDate,
    policy: &'p Policy,
    exposure: Exposure,
    low: Levels,
    high: Levels,
    known: Weighed,
    at_worst: Weighed,
}

impl<'p> Assessment<'p> {
    pub(crate) fn new(
        record: Record,
        as_of: NaiveDate,
        policy: &'p Policy,
        exposure: Exposure,
        low: Levels,
        high: Levels,
    ) -> Self {
        let (known, at_worst) = match exposure {
            Exposure::Yes | Exposure::Unknown => (policy.weigh(low), policy.weigh(high)),
            Exposure::No => (Weighed::NOTHING, Weighed::NOTHING),
        };
        Self { record, as_of, policy, exposure, low, high, known, at_worst }
    }

    /// The tier.
    pub fn tier(&self) -> Tier {
        match self.exposure {
            Exposure::Yes => self.known.urgency.into(),
            Exposure::No => Tier::OutOfScope,
            Exposure::Unknown => Tier::NotEnoughInformation,
        }
    }

    /// The tier that the unknown facts could lead to at worst.
    pub fn could_reach(&self) -> Tier {
        match self.exposure {
            Exposure::Yes | Exposure::Unknown => self.at_worst.urgency.into(),
            Exposure::No => Tier::OutOfScope,
        }
    }

    /// What the known facts call for, whether or not opioid exposure is recorded; `None` where
    /// these rules do not apply.
    pub fn known_urgency(&self) -> Option<Urgency> {
        (self.exposure != Exposure::No).then_some(self.known.urgency)
    }

    /// The points of the known facts.
    pub fn points(&self) -> u16 {
        self.known.points
    }

    /// The points that the unknown facts could lead to at worst. The high side bounds every way of
    /// settling them and need not be reachable.
    pub fn could_points(&self) -> u16 {
        self.at_worst.points
    }

    /// Whether a kit should be offered or asked about. Shown in every tier.
    pub fn naloxone_gap(&self) -> bool {
        self.low.get(NALOXONE).is_some()
    }

    /// Whether opioid exposure is recorded.
    pub fn exposure(&self) -> Exposure {
        self.exposure
    }

    /// Whether the person is in custody, which is shown and changes nothing else.
    pub fn in_custody(&self) -> bool {
        self.record.case_status.is(CaseStatus::InCustody)
    }

    /// Whether the person is under 18 for certain: the oldest age that they can have is. It is shown and
    /// changes nothing else.
    pub fn under_18(&self) -> bool {
        let age = self.record.age.known().and_then(|age| age.range_on(self.as_of));
        age.is_some_and(|(_, oldest)| oldest < 18)
    }

    /// The alert in force on the as-of date, for everybody of whom opioid exposure is known or not
    /// known.
    pub fn alert(&self) -> Option<&'p Alert> {
        self.policy.alert_on(self.as_of).filter(|_| self.exposure != Exposure::No)
    }

    /// The facts as they were read on the as-of date.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The day of the assessment.
    pub fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The policy that it was made with.
    pub fn policy(&self) -> &'p Policy {
        self.policy
    }

    /// The level that the known facts show of each factor.
    pub(crate) fn known_levels(&self) -> Levels {
        self.low
    }

    /// What each factor finds, in the order of the catalogue: the level that the known facts show,
    /// and the worst level that the unknown ones allow.
    pub fn findings(
        &self,
    ) -> impl Iterator<Item = (&'static Factor, Option<&'static Level>, Option<&'static Level>)>
    {
        FACTORS.iter().copied().zip(self.low).zip(self.high).map(|((factor, low), high)| {
            let level = |place: Option<Place>| factor.level(place?);
            (factor, level(low), level(high))
        })
    }

    /// The factors that the known facts show, in the order of the catalogue, those that count no
    /// points included.
    pub fn reasons(&self) -> impl Iterator<Item = Reason<'p>> + use<'_, 'p> {
        self.low.shown().filter_map(|index| {
            let (factor, level) = (FACTORS.get(index)?, self.low.get(index)?);
            let set = self.policy.level(index, level)?;
            let counted = self.policy.counted(index, self.low);
            Some(Reason { factor, level: factor.level(level)?, counted, set })
        })
    }

    /// The facts that would settle a factor whose known and worst levels differ: the largest
    /// difference first, and `opioid_use` before all when exposure is unknown.
    pub fn unknowns(&self) -> Unknowns {
        if self.exposure == Exposure::No {
            return Unknowns::NONE;
        }
        let mut unknowns = Unknowns::NONE;
        if self.exposure == Exposure::Unknown {
            unknowns.add(Field::OpioidUse);
        }
        // The largest difference in its own points first, ties in the order of the catalogue.
        let mut differences = [(Reverse(0), 0); FACTORS.len()];
        let mut len = 0;
        for index in self.low.differing(self.high) {
            if let Some(rules) = self.policy.rules().get(index)
                && let Some(difference) = differences.get_mut(len)
            {
                let worth = |levels: Levels| i16::from(rules.rule(levels.get(index)).points);
                *difference = (Reverse(worth(self.high) - worth(self.low)), index);
                len += 1;
            }
        }
        let differences = differences.get_mut(..len).unwrap_or_default();
        differences.sort_unstable();
        for (_, index) in differences {
            if let Some(factor) = FACTORS.get(*index) {
                factor.asks.each_field(&self.record, |field| unknowns.add(field));
            }
        }
        unknowns
    }

    /// What the known facts would call for if the answer to one question were the worst.
    pub(crate) fn if_at_worst(&self, field: Field) -> Weighed {
        let mut levels = self.low;
        for index in self.low.differing(self.high) {
            let mut is_asked = false;
            if let Some(factor) = FACTORS.get(index) {
                factor.asks.each_field(&self.record, |asked| is_asked |= asked == field);
            }
            if is_asked {
                levels.set(index, self.high.get(index));
            }
        }
        self.policy.weigh(levels)
    }

    /// The last date through which the same facts, as read on the as-of date, give the same known
    /// levels on every date from the as-of date on; `None` when they never change, and where these
    /// rules do not apply. What the unknown facts could lead to may change sooner.
    pub fn valid_until(&self) -> Option<NaiveDate> {
        if self.exposure == Exposure::No {
            return None;
        }
        self.first_otherwise(|_| true)?.pred_opt()
    }

    /// The last date through which one factor shows the same known level; `None` when it never
    /// changes.
    pub(crate) fn holds_until(&self, factor: &Factor) -> Option<NaiveDate> {
        let index = FACTORS.iter().position(|known| std::ptr::eq(*known, factor))?;
        self.first_otherwise(|turning| turning == index)?.pred_opt()
    }

    /// The first day after the as-of date on which the same facts show another level of one of these
    /// factors.
    fn first_otherwise(&self, is_of_these: impl Fn(usize) -> bool) -> Option<NaiveDate> {
        let today = Day::of(self.as_of);
        self.policy.turns().first_after(today, &self.record, |index, day| {
            let shows = |rules: &Rules| rules.find(&self.record, day).low;
            is_of_these(index)
                && self.policy.rules().get(index).map(shows) != Some(self.low.get(index))
        })
    }

    /// The person's place in a worklist; `None` where these rules do not apply. Leave those out
    /// before you sort: `None` comes before every place. Between equals the id decides.
    pub fn priority(&self) -> Option<Priority> {
        let urgency = self.known_urgency()?;
        Some(Priority {
            urgency: Reverse(urgency),
            exposure_unknown: self.exposure == Exposure::Unknown,
            by_points_alone: self.known.floor != Urgency::ActNow,
            points: Reverse(self.points()),
            could_points: Reverse(self.could_points()),
        })
    }
}

/// Fields to ask for, most telling first, each once. Read it as a slice.
#[derive(Clone, Copy, Debug)]
pub struct Unknowns {
    fields: [Field; Field::ALL.len()],
    len: usize,
}

impl Unknowns {
    const NONE: Self = Self { fields: [Field::Age; Field::ALL.len()], len: 0 };

    fn add(&mut self, field: Field) {
        if !self.contains(&field)
            && let Some(place) = self.fields.get_mut(self.len)
        {
            *place = field;
            self.len += 1;
        }
    }
}

impl std::ops::Deref for Unknowns {
    type Target = [Field];

    fn deref(&self) -> &[Field] {
        self.fields.get(..self.len).unwrap_or(&[])
    }
}
