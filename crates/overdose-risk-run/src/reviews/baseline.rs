//! What a person's reasons were when they were reviewed.

use overdose_risk::factor::{Factor, Level, Urgency};
use overdose_risk::{FACTORS, Policy};
use std::fmt;

/// The reasons that a review knows of. Its `Display` is the cell in `reviewed.csv`.
///
/// They are held as what the catalogue says of them, so that no text of a file can come out again.
#[derive(Clone, Debug, Default)]
pub(super) struct Baseline(Vec<Reason>);

/// A level of a factor.
#[derive(Clone, Copy, Debug)]
struct Reason {
    factor: &'static Factor,
    level: &'static Level,
}

impl Reason {
    /// `None` where the catalogue has no such factor, or the factor no such level.
    fn named((factor, level): (&str, &str)) -> Option<Self> {
        let factor = FACTORS.iter().copied().find(|one| one.name == factor)?;
        let level = factor.levels.iter().find(|one| one.name == level)?;
        Some(Self { factor, level })
    }

    /// Whether a policy gives it more points than another reason, or a higher floor.
    fn outweighs(self, other: Self, policy: &Policy) -> bool {
        let ((points, floor), (other_points, other_floor)) =
            (self.weight(policy), other.weight(policy));
        points > other_points || floor > other_floor
    }

    fn weight(self, policy: &Policy) -> (u8, Option<Urgency>) {
        let mut factors = policy.settings().factors();
        let set = factors.find(|(factor, _)| factor.name == self.factor.name);
        let levels =
            set.into_iter().flat_map(|(factor, set)| factor.levels.iter().zip(set.levels()));
        let mut levels = levels.filter(|(level, _)| level.name == self.level.name);
        levels.next().map_or((0, None), |(_, set)| (set.points, set.floor))
    }
}

impl Baseline {
    /// These reasons; those that the catalogue does not know are left out, and so are new whenever
    /// they show.
    pub(super) fn of<'n>(names: impl Iterator<Item = (&'n str, &'n str)>) -> Self {
        Self(names.filter_map(Reason::named).collect())
    }

    /// The reasons in a cell of `reviewed.csv`.
    pub(super) fn read(cell: &str) -> Self {
        Self::of(cell.split(';').filter_map(|reason| reason.split_once(':')))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a reason is a new one: of another factor, worth more points by the policy, or with a
    /// higher floor.
    pub(super) fn is_exceeded_by(&self, names: (&str, &str), policy: &Policy) -> bool {
        Reason::named(names).is_none_or(|reason| {
            self.of_factor(reason.factor).is_none_or(|known| reason.outweighs(known, policy))
        })
    }

    /// The same where none of today's reasons is new; what has gone or weighs less today is so
    /// afterwards, and a new reason is not taken in.
    pub(super) fn come_down_to<'n>(
        &self,
        today: impl Iterator<Item = (&'n str, &'n str)>,
        policy: &Policy,
    ) -> Self {
        let lower = |reason: Reason| {
            let known = self.of_factor(reason.factor)?;
            Some(if reason.outweighs(known, policy) { known } else { reason })
        };
        Self(today.filter_map(Reason::named).filter_map(lower).collect())
    }

    fn of_factor(&self, factor: &Factor) -> Option<Reason> {
        self.0.iter().copied().find(|reason| reason.factor.name == factor.name)
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Reason { factor, level }) in self.0.iter().enumerate() {
            let separator = if place > 0 { ";" } else { "" };
            write!(f, "{separator}{}:{}", factor.name, level.name)?;
        }
        Ok(())
    }
}
