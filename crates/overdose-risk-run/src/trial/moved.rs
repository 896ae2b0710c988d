//! Somebody whom a policy moves, and why.

use overdose_risk::policy::About;
use overdose_risk::{Tier, Urgency};
use std::fmt;

/// Somebody whose urgency by the known facts is another under the new policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub(super) id: String,
    pub(super) exposure_unknown: bool,
    /// Under the old and under the new policy, as are the points.
    pub(super) urgency: [Urgency; 2],
    pub(super) points: [u16; 2],
    pub(super) because: Found,
}

/// Which of a trial's mixed policies say why somebody moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Undone(Vec<usize>),
    Done(Vec<usize>),
    Neither,
}

impl Move {
    /// The pseudonym.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The urgency by the known facts under the old policy.
    pub fn from(&self) -> Urgency {
        let [from, _] = self.urgency;
        from
    }

    /// The urgency by the known facts under the new policy.
    pub fn to(&self) -> Urgency {
        let [_, to] = self.urgency;
        to
    }

    /// Whether the new policy is less urgent for the person.
    pub fn is_a_loss(&self) -> bool {
        self.to() < self.from()
    }

    /// The tier for an urgency of this person, which is the same for all where exposure is not known.
    pub(super) fn tier(&self, urgency: Urgency) -> Tier {
        if self.exposure_unknown { Tier::NotEnoughInformation } else { urgency.into() }
    }
}

/// What made somebody's urgency another. `Display` is the cell of the CSV file.
///
/// It is found by assessing the person again with one setting as in the other policy. Where that is no
/// policy that can be used, the settings that it does not go with are taken from the other one beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because<'t> {
    /// With any one of these as in the old policy, the new one gives the urgency that the old one does:
    /// each is needed. Separated by `;`, those that go together joined by `+`.
    Needed(Vec<&'t [About]>),
    /// There is no such setting, but with any one of these as in the new policy, the old one gives the
    /// urgency that the new one does: each is enough. `enough:` and these, separated by `|`.
    Enough(Vec<&'t [About]>),
    /// Neither: no setting does it or undoes it by itself. `several-together`.
    Together,
}

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |sets: &[&[About]]| sets.iter().map(|set| joined(set)).collect::<Vec<_>>();
        match self {
            Self::Needed(sets) => f.write_str(&all(sets).join(";")),
            Self::Enough(sets) => write!(f, "enough:{}", all(sets).join("|")),
            Self::Together => f.write_str("several-together"),
        }
    }
}

/// Settings that go together.
pub(super) fn joined(settings: &[About]) -> String {
    settings.iter().map(About::to_string).collect::<Vec<_>>().join("+")
}
