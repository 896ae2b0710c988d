//! Where each part of a policy stands in a file, and what is wrong there.

use crate::fault::{Cause, PolicyFault, PolicyFileError};
use overdose_risk::Urgency;
use overdose_risk::policy::{About, Refusal, Refused};

/// The faults of a file, as they are found, and what it mentions.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) found: Vec<(usize, Cause)>,
    mentioned: Vec<Place>,
}

/// Where a file mentions a part of a policy, in bytes.
struct Place {
    about: About,
    at: usize,
    keys: Vec<(&'static str, usize)>,
    is_spoilt: bool,
}

impl Faults {
    pub(crate) fn add(&mut self, at: usize, cause: Cause) {
        self.found.push((at, cause));
    }

    /// Remembers that the file mentions this there; what `read` finds wrong spoils it.
    pub(crate) fn mention(
        &mut self,
        about: About,
        at: usize,
        keys: Vec<(&'static str, usize)>,
        read: impl FnOnce(&mut Self),
    ) {
        let before = self.found.len();
        read(self);
        let is_spoilt = self.found.len() > before;
        self.mentioned.push(Place { about, at, keys, is_spoilt });
    }

    fn place(&self, about: About) -> Option<&Place> {
        self.mentioned.iter().find(|place| place.about == about)
    }

    /// Whether something of it could not be read.
    pub(crate) fn is_spoilt(&self, about: About) -> bool {
        self.place(about).is_some_and(|place| place.is_spoilt)
    }

    /// Where to say that something is refused: the key, or the table, or those of what it does not go
    /// together with, or the beginning of the file.
    pub(crate) fn of(&self, refusal: &Refusal) -> usize {
        let place = self.place(refusal.about).or_else(|| self.place(refusal.beside?));
        let Some(Place { about, at, keys, .. }) = place else { return 0 };
        let wanted = key_of(refusal.why, *about);
        let key = keys.iter().find(|(key, _)| Some(*key) == wanted);
        key.map_or(*at, |(_, at)| *at)
    }

    /// Everything that is wrong, in the order of the file.
    pub(crate) fn error(mut self, text: &str) -> PolicyFileError {
        self.found.sort_by_key(|(at, _)| *at);
        let line_ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let line = |at| 1 + line_ends.partition_point(|end| *end < at);
        let faults = self.found.into_iter();
        let faults = faults.map(|(at, cause)| PolicyFault { line: line(at), cause }).collect();
        PolicyFileError { faults }
    }
}

/// The key of this table that has what is refused; `None` where it is the table as a whole.
fn key_of(why: Refused, about: About) -> Option<&'static str> {
    match why {
        Refused::Text { what } => Some(what),
        Refused::TooManyPoints
        | Refused::ThresholdZero
        | Refused::ThresholdsOutOfOrder
        | Refused::Unreachable { .. }
        | Refused::LimitZero => Some("points"),
        Refused::Within { .. } | Refused::PromisesOutOfOrder => {
            Some(if about == About::Tier(Urgency::ActNow) {
                "within_working_days"
            } else {
                "within_days"
            })
        }
        Refused::PrincipalOff => Some("off"),
        Refused::AlertOutOfOrder | Refused::AlertTooLong => Some("until"),
        Refused::NameBreaksRule
        | Refused::NameOfTheDefault
        | Refused::VersionZero
        | Refused::NoWhy
        | Refused::Outweighed { .. }
        | Refused::PrincipalWorthNothing
        | Refused::StartWithoutStop
        | _ => None,
    }
}
