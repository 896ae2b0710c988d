//! What a policy says, before it is checked.

use super::Limit;
use crate::factor::{Factor, Level, Mechanism, Urgency};
use crate::factors::FACTORS;
use chrono::NaiveDate;

/// Everything that a policy says. The default is `practice-principles`; change what is to be
/// different, and give it to [`Policy::new`](super::Policy::new), which checks it.
///
/// What a factor looks for, its levels and their windows are no settings: the numbers rest on studies of
/// just these windows.
///
/// ```
/// use overdose_risk::policy::{Policy, Settings};
///
/// let mut settings = Settings::default();
/// settings.name = "example-service".to_owned();
/// let act_now = &mut settings.act_now;
/// act_now.points = 45;
/// act_now.why = Some("Two workers more for calls, agreed by clinical governance.".to_owned());
/// let policy = Policy::new(settings)?;
/// assert_eq!(policy.settings().act_now.points, 45);
/// # Ok::<(), overdose_risk::policy::NotAccepted>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name: 1 to 64 letters, digits, hyphens and underscores, a letter or digit first.
    pub name: String,
    /// The version, from 1.
    pub version: u32,
    /// Who in the service has approved it.
    pub approved_by: Option<String>,
    /// When it is to be looked at again; past this day every run says so.
    pub review_by: Option<NaiveDate>,
    /// When somebody is `act-now`, and what that promises.
    pub act_now: TierSettings,
    /// When somebody is `prioritise`, and what that promises.
    pub prioritise: TierSettings,
    /// What a local warning adds.
    pub alert: Option<Alert>,
    limits: [LimitSettings; Mechanism::ALL.len()],
    factors: Vec<FactorSettings>,
}

/// When points lead to a tier, and within what time somebody in it is contacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierSettings {
    /// The points from which somebody is in it.
    pub points: u16,
    /// The time within which somebody in it is contacted: working days for `act-now`, days for
    /// `prioritise`.
    pub within: u8,
    /// Why this is not as in the default, where it is not.
    pub why: Option<String>,
}

/// How many points a mechanism can count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// The limit.
    pub limit: Limit,
    /// Why this is not as in the default, where it is not.
    pub why: Option<String>,
}

/// One factor: whether it counts, and what its levels are worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorSettings {
    /// Why it is switched off, where it is: then nobody is assessed for it.
    pub off: Option<String>,
    levels: Vec<LevelSettings>,
}

/// One level of a factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelSettings {
    /// Its points.
    pub points: u8,
    /// The least urgency that it leads to, whatever the points.
    pub floor: Option<Urgency>,
    /// Why points or floor are not as in the default, where they are not.
    pub why: Option<String>,
    /// What a worker can offer.
    pub action: String,
}

/// A local warning, for instance of potent opioids: an action for everybody with opioid exposure,
/// known or not known, from its first day to its last. No points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What the warning is.
    pub text: String,
    /// What to offer.
    pub offer: String,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
}

impl Alert {
    /// Whether it is in force on a day.
    pub fn is_on(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.until
    }
}

impl Settings {
    /// How many points a mechanism can count.
    pub fn limit(&self, mechanism: Mechanism) -> &LimitSettings {
        let [lost_tolerance, depressants] = &self.limits;
        match mechanism {
            Mechanism::LostTolerance => lost_tolerance,
            Mechanism::Depressants => depressants,
        }
    }

    /// The same, to be changed.
    pub fn limit_mut(&mut self, mechanism: Mechanism) -> &mut LimitSettings {
        let [lost_tolerance, depressants] = &mut self.limits;
        match mechanism {
            Mechanism::LostTolerance => lost_tolerance,
            Mechanism::Depressants => depressants,
        }
    }

    /// Each factor with what is set for it, in the order of the catalogue.
    pub fn factors(&self) -> impl Iterator<Item = (&'static Factor, &FactorSettings)> {
        FACTORS.iter().copied().zip(&self.factors)
    }

    /// What is set for the factor of this name, to be changed.
    pub fn factor_mut(&mut self, name: &str) -> Option<&mut FactorSettings> {
        let mut factors = FACTORS.iter().zip(&mut self.factors);
        factors.find(|(factor, _)| factor.name == name).map(|(_, settings)| settings)
    }

    /// What is set for a level of a factor, to be changed.
    pub fn level_mut(&mut self, factor: &str, level: &str) -> Option<&mut LevelSettings> {
        let known = FACTORS.iter().find(|known| known.name == factor)?;
        let place = known.levels.iter().position(|known| known.name == level)?;
        self.factor_mut(factor)?.levels.get_mut(place)
    }

    /// The default's.
    pub(super) fn practice_principles() -> Self {
        Self {
            name: super::PRACTICE_PRINCIPLES.to_owned(),
            version: 1,
            approved_by: None,
            review_by: None,
            act_now: TierSettings { points: 50, within: 1, why: None },
            prioritise: TierSettings { points: 20, within: 7, why: None },
            alert: None,
            limits: [Limit::Largest, Limit::Together(15)]
                .map(|limit| LimitSettings { limit, why: None }),
            factors: FACTORS.iter().map(|factor| FactorSettings::of(factor)).collect(),
        }
    }

    /// The levels of a factor by its place in the catalogue, with what is set for each.
    pub(super) fn levels(&self, factor: usize) -> &[LevelSettings] {
        self.factors.get(factor).map_or(&[], |settings| settings.levels.as_slice())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::practice_principles()
    }
}

impl FactorSettings {
    fn of(factor: &Factor) -> Self {
        Self { off: None, levels: factor.levels.iter().map(LevelSettings::of).collect() }
    }

    /// Sets its levels as the default has them.
    pub(super) fn restore(&mut self, factor: &Factor) {
        self.levels = factor.levels.iter().map(LevelSettings::of).collect();
    }

    /// What is set for each level, in the order of the catalogue.
    pub fn levels(&self) -> &[LevelSettings] {
        &self.levels
    }
}

impl LevelSettings {
    fn of(level: &Level) -> Self {
        let Level { points, floor, action, .. } = *level;
        Self { points, floor, why: None, action: action.to_owned() }
    }
}
