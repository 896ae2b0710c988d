//! What a person's reasons were when they were reviewed.

use overdose_risk::FACTORS;
use overdose_risk::factor::{Factor, Level};
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

    fn outweighs(self, other: Self) -> bool {
        self.level.points > other.level.points || self.level.floor > other.level.floor
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

    /// Whether a reason is a new one: of another factor, worth more points, or with a higher floor.
    pub(super) fn is_exceeded_by(&self, names: (&str, &str)) -> bool {
        Reason::named(names).is_none_or(|reason| {
            self.of_factor(reason.factor).is_none_or(|known| reason.outweighs(known))
        })
    }

    /// The same where none of today's reasons is new; what has gone or weighs less today is so
    /// afterwards, and a new reason is not taken in.
    pub(super) fn come_down_to<'n>(&self, today: impl Iterator<Item = (&'n str, &'n str)>) -> Self {
        let lower = |reason: Reason| {
            let known = self.of_factor(reason.factor)?;
            Some(if reason.outweighs(known) { known } else { reason })
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
