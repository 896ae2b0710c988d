//! What is wrong with a policy that cannot be used, and what to do.

use super::PRACTICE_PRINCIPLES;
use super::accept::{LONGEST_ALERT, LONGEST_TEXT, MOST_POINTS, WEEKEND};
use crate::factor::{Mechanism, Urgency};

/// A policy that cannot be used, with everything that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .refusals.iter().map(Refusal::to_string).collect::<Vec<_>>().join("\n"))]
pub struct NotAccepted {
    pub(super) refusals: Vec<Refusal>,
}

impl NotAccepted {
    /// Everything that is wrong; there is something.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }
}

/// One thing for which a policy cannot be used. `Display` says what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{about}: {why}")]
pub struct Refusal {
    /// What it is about.
    pub about: About,
    /// What else it is about, where two settings do not go together.
    pub beside: Option<About>,
    /// Why.
    pub why: Refused,
}

/// A part of a policy, as it is named in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum About {
    /// The name.
    #[error("name")]
    Name,
    /// The version.
    #[error("version")]
    Version,
    /// Who has approved it.
    #[error("approved_by")]
    ApprovedBy,
    /// When it is to be looked at again.
    #[error("review_by")]
    ReviewBy,
    /// The threshold and the promise of `act-now` or `prioritise`.
    #[error("tiers.{}", crate::Tier::from(*.0))]
    Tier(Urgency),
    /// The limit of a mechanism.
    #[error("limits.{}", super::written::key(*.0))]
    Limit(Mechanism),
    /// A factor.
    #[error("factors.{0}")]
    Factor(&'static str),
    /// A level of a factor.
    #[error("factors.{0}.{1}")]
    Level(&'static str, &'static str),
    /// The alert.
    #[error("alert")]
    Alert,
}

/// Why a policy cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The name breaks the rule.
    #[error("write 1 to 64 letters, digits, hyphens and underscores, a letter or digit first")]
    NameBreaksRule,
    /// It is not the default any more, and has its name.
    #[error("this policy is not {PRACTICE_PRINCIPLES} any more: give it a name of its own")]
    NameOfTheDefault,
    /// Versions begin with 1.
    #[error("write 1 or more")]
    VersionZero,
    /// A text is empty, too long, or has a [hidden](super::is_hidden) character.
    #[error(
        "write {what} as one line of 1 to {LONGEST_TEXT} characters that can be seen, without tabs"
    )]
    Text {
        /// Which text.
        what: &'static str,
    },
    /// A number is not the default's, and nothing says why.
    #[error("this is not as in the default: say why, why = \"...\", or remove it")]
    NoWhy,
    /// More points than a level can be worth.
    #[error("a level is worth {MOST_POINTS} points at the most: write fewer")]
    TooManyPoints,
    /// A threshold of 0.
    #[error("0 points put everybody there: write 1 or more")]
    ThresholdZero,
    /// The thresholds are out of order.
    #[error(
        "prioritise must begin at fewer points than act-now: lower prioritise, or raise act-now"
    )]
    ThresholdsOutOfOrder,
    /// A threshold that nobody can reach.
    #[error("nobody can have more than {most} points by this policy: begin there or below")]
    Unreachable {
        /// The most points that anybody can have.
        most: u16,
    },
    /// A promise that is none.
    #[error("promise contact within 1 to {most} {unit}")]
    Within {
        /// What is counted.
        unit: &'static str,
        /// The most of them.
        most: u8,
    },
    /// `act-now` would be contacted later than `prioritise`.
    #[error(
        "working days run over a weekend, so within_days must be {WEEKEND} more at the least than \
         within_working_days: change one of the two"
    )]
    PromisesOutOfOrder,
    /// A mechanism that counts nothing.
    #[error("a limit of 0 counts nothing: write 1 or more, or \"largest\"")]
    LimitZero,
    /// A level weighs less than one from which a risk that becomes known leads to it.
    #[error(
        "must be worth no less than {level}, in points and in floor: otherwise somebody at {level} would \
         become less urgent as more is known; raise the first or lower the second"
    )]
    Outweighed {
        /// The other level.
        level: &'static str,
    },
    /// A principal factor cannot be switched off.
    #[error("is one of the four principal factors, which are always on: remove off")]
    PrincipalOff,
    /// A level of a principal factor is worth nothing.
    #[error("every level of a principal factor counts: give it points or a floor")]
    PrincipalWorthNothing,
    /// Starting treatment counts more than having stopped it.
    #[error(
        "the start of treatment counts only where ost-stopped is on, and its level of the same days has the \
         floor act-now: otherwise somebody would become less urgent when it is known that treatment has \
         stopped again; restore that level, or give this one 0 points and the floor none"
    )]
    StartWithoutStop,
    /// A date that no service has.
    #[error("write a date of the years 2000 to 9999")]
    Year,
    /// An alert that ends before it begins.
    #[error("it ends before it begins: change from or until")]
    AlertOutOfOrder,
    /// An alert that goes on for too long.
    #[error("it lasts {LONGEST_ALERT} days at the most: end it earlier, and renew it then")]
    AlertTooLong,
}
