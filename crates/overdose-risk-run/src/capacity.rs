//! How many people each threshold would put into each tier.

use crate::trial::{Load, within};
use overdose_risk::policy::TierSettings;
use overdose_risk::{Exposure, Policy, Record, Urgency, assess};
use std::collections::BTreeMap;

mod file;
mod told;

/// How many people the thresholds of a policy put into each tier, and how many others would.
///
/// A floor leads to a tier whatever the points, and neither floors nor points depend on the thresholds. So
/// one assessment of each person says where every threshold would place them, and all that is kept is how
/// many people have which points and which floor.
///
/// `Display` is a table for a terminal of 80 columns.
///
/// ```
/// use overdose_risk::{OpioidUse, Ost, Policy, Record};
/// use overdose_risk_run::Capacity;
///
/// let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let mut capacity = Capacity::new(Policy::practice_principles(), as_of);
/// let (opioid_use, ost) = (OpioidUse::Current.into(), Ost::NotPrescribed.into());
/// capacity.add(&Record { opioid_use, ost, ..Record::default() });
/// // 12 points, and 4 for naloxone that is not known to be held.
/// assert_eq!(capacity.at(16, 10).act_now_by_points, 1);
/// assert_eq!(capacity.at(17, 10).prioritise_by_points, 1);
/// ```
#[derive(Debug)]
pub struct Capacity<'p> {
    policy: &'p Policy,
    as_of: chrono::NaiveDate,
    /// People with opioid exposure by their points and their highest floor.
    known: BTreeMap<(u16, Urgency), u64>,
    /// The same of those of whom exposure is not known.
    exposure_unknown: BTreeMap<(u16, Urgency), u64>,
    out_of_scope: u64,
}

/// How many people stand in each tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// People in `act-now` because of a floor, whatever the threshold.
    pub act_now_by_floor: u64,
    /// People in `act-now` by their points alone.
    pub act_now_by_points: u64,
    /// People in `prioritise` because of a floor, whatever its threshold.
    pub prioritise_by_floor: u64,
    /// People in `prioritise` by their points alone.
    pub prioritise_by_points: u64,
    /// Everybody else with opioid exposure.
    pub standard: u64,
    /// People of whom exposure is not known, and whom the known facts would place in `act-now`.
    pub unknown_act_now: u64,
    /// People of whom exposure is not known, and whom the known facts would place in `prioritise`.
    pub unknown_prioritise: u64,
    /// Everybody else of whom exposure is not known.
    pub unknown_standard: u64,
}

impl Placed {
    /// People in `act-now`.
    pub fn act_now(&self) -> u64 {
        self.act_now_by_floor + self.act_now_by_points
    }

    /// People in `prioritise`.
    pub fn prioritise(&self) -> u64 {
        self.prioritise_by_floor + self.prioritise_by_points
    }

    /// People in a tier because of a floor, and by their points alone.
    fn by_floor_and_points(&self, tier: Urgency) -> (u64, u64) {
        match tier {
            Urgency::ActNow => (self.act_now_by_floor, self.act_now_by_points),
            Urgency::Prioritise => (self.prioritise_by_floor, self.prioritise_by_points),
            // Everybody else, whatever led there.
            Urgency::Standard => (0, self.standard),
        }
    }
}

/// One threshold, and where it would place everybody while the other one stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The tier: [`Urgency::ActNow`] or [`Urgency::Prioritise`].
    pub tier: Urgency,
    /// The points from which somebody would be in it.
    pub points: u16,
    /// Whether that is so by the policy in force.
    pub in_force: bool,
    /// How many people would stand where.
    pub placed: Placed,
}

impl<'p> Capacity<'p> {
    /// Nobody yet, to be assessed under a policy as of a day.
    pub fn new(policy: &'p Policy, as_of: chrono::NaiveDate) -> Self {
        let nobody = BTreeMap::new;
        Self { policy, as_of, known: nobody(), exposure_unknown: nobody(), out_of_scope: 0 }
    }

    /// Adds a person. Whoever has died is not for it, as for [`assess`].
    pub fn add(&mut self, record: &Record) {
        let assessment = assess(record, self.as_of, self.policy);
        let floors = assessment.reasons().filter_map(|reason| reason.set.floor);
        let floor = floors.max().unwrap_or(Urgency::Standard);
        let people = match assessment.exposure() {
            Exposure::Yes => &mut self.known,
            Exposure::Unknown => &mut self.exposure_unknown,
            Exposure::No => {
                self.out_of_scope += 1;
                return;
            }
        };
        *people.entry((assessment.points(), floor)).or_default() += 1;
    }

    /// How many people would stand where if `act-now` and `prioritise` began at these points.
    pub fn at(&self, act_now: u16, prioritise: u16) -> Placed {
        let urgency = |points: u16, floor: Urgency| {
            let by_points = if points >= act_now {
                Urgency::ActNow
            } else if points >= prioritise {
                Urgency::Prioritise
            } else {
                Urgency::Standard
            };
            by_points.max(floor)
        };
        let mut placed = Placed::default();
        for (&(points, floor), people) in &self.known {
            let place = match urgency(points, floor) {
                Urgency::ActNow if floor == Urgency::ActNow => &mut placed.act_now_by_floor,
                Urgency::ActNow => &mut placed.act_now_by_points,
                Urgency::Prioritise if floor == Urgency::Prioritise => {
                    &mut placed.prioritise_by_floor
                }
                Urgency::Prioritise => &mut placed.prioritise_by_points,
                Urgency::Standard => &mut placed.standard,
            };
            *place += people;
        }
        for (&(points, floor), people) in &self.exposure_unknown {
            let place = match urgency(points, floor) {
                Urgency::ActNow => &mut placed.unknown_act_now,
                Urgency::Prioritise => &mut placed.unknown_prioritise,
                Urgency::Standard => &mut placed.unknown_standard,
            };
            *place += people;
        }
        placed
    }

    /// Each threshold for a tier that makes a policy that can be used, the other one staying as it is:
    /// from the lowest to one above the most points that anybody has, and the one in force.
    pub fn candidates(&self, tier: Urgency) -> Vec<Candidate> {
        let (act_now, prioritise) = (self.policy.act_now_from(), self.policy.prioritise_from());
        let in_force = match tier {
            Urgency::ActNow => act_now,
            Urgency::Prioritise => prioritise,
            // Nobody needs points for it.
            Urgency::Standard => return Vec::new(),
        };
        let most = self.most_points().saturating_add(1).max(in_force);
        let acceptable = (1..=most).filter(|points| self.accepts(tier, *points));
        let candidate = |points| {
            let placed = match tier {
                Urgency::ActNow => self.at(points, prioritise),
                Urgency::Prioritise | Urgency::Standard => self.at(act_now, points),
            };
            Candidate { tier, points, in_force: points == in_force, placed }
        };
        acceptable.map(candidate).collect()
    }

    /// What a tier asks a service to do when people stand like this; `None` for one without a time.
    pub fn load(&self, tier: Urgency, placed: &Placed) -> Option<Load> {
        let within = within(self.policy, tier)?;
        let (people, exposure_unknown) = match tier {
            Urgency::ActNow => (placed.act_now(), placed.unknown_act_now),
            Urgency::Prioritise => (placed.prioritise(), placed.unknown_prioritise),
            Urgency::Standard => (placed.standard, placed.unknown_standard),
        };
        Some(Load { people, exposure_unknown, within })
    }

    /// How many people these rules do not apply to, whatever the thresholds.
    pub fn out_of_scope(&self) -> u64 {
        self.out_of_scope
    }

    fn most_points(&self) -> u16 {
        let of = |people: &BTreeMap<(u16, Urgency), u64>| {
            people.last_key_value().map_or(0, |((points, _), _)| *points)
        };
        of(&self.known).max(of(&self.exposure_unknown))
    }

    /// Whether there can be such a policy.
    fn accepts(&self, tier: Urgency, points: u16) -> bool {
        let mut settings = self.policy.settings().clone();
        "candidate".clone_into(&mut settings.name);
        let set = |of: &mut TierSettings| {
            of.points = points;
            of.why.get_or_insert_with(|| "a candidate".to_owned());
        };
        match tier {
            Urgency::ActNow => set(&mut settings.act_now),
            Urgency::Prioritise => set(&mut settings.prioritise),
            Urgency::Standard => {}
        }
        Policy::new(settings).is_ok()
    }
}
