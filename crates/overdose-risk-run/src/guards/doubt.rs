//! The doubts in words.

use super::Over;
use super::field::{HardlyRead, LostValues};
use crate::notices::counted;
use crate::{Job, Tolerated};
use std::fmt;

/// Something that makes a night look like a fault, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    Quarantined { records: u64, of: u64, most: u8, kinds: String },
    Fewer { people: u64, before: u64, over: Over },
    Gone { people: u64, before: u64, over: Over },
    SameBytes { before: String },
    LostColumn { name: &'static str },
    PartOfColumn { name: &'static str, without: Share, before: Share, over: Over },
    LostValues(LostValues),
    Unreadable(HardlyRead),
}

/// So many people of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) people: u64,
    pub(crate) of: u64,
}

impl Doubt {
    /// Whether the job publishes all the same.
    pub(crate) fn is_tolerated(&self, job: &Job) -> bool {
        let tolerates = |what: Tolerated| job.tolerate.contains(&what);
        match self {
            Self::Quarantined { .. } => false,
            Self::Fewer { over, .. } | Self::Gone { over, .. } => over.is_let_through,
            Self::SameBytes { .. } => tolerates(Tolerated::Unchanged),
            Self::LostColumn { .. } => tolerates(Tolerated::LostColumn),
            Self::PartOfColumn { over, .. } => {
                over.is_let_through || tolerates(Tolerated::LostColumn)
            }
            Self::LostValues(_) => tolerates(Tolerated::LostValues),
            Self::Unreadable(_) => tolerates(Tolerated::Unreadable),
        }
    }

    /// The notice of a night that is published all the same. Of a field that can hardly be read there is
    /// one whether it is a doubt or not.
    pub(crate) fn notice(&self) -> Option<String> {
        match self {
            Self::Unreadable(_) => None,
            Self::Quarantined { .. }
            | Self::Fewer { .. }
            | Self::Gone { .. }
            | Self::SameBytes { .. }
            | Self::LostColumn { .. }
            | Self::PartOfColumn { .. }
            | Self::LostValues(_) => Some(format!("PUBLISHED ALTHOUGH {}.", self.fact())),
        }
    }

    /// What was found.
    fn fact(&self) -> String {
        match self {
            Self::Quarantined { records, of, most, kinds } => {
                format!(
                    "{records} of {of} records could not be assessed, more than {most} % ({kinds})"
                )
            }
            Self::Fewer { people, before, over: Over { most, .. } } => format!(
                "{} assessed and {before} in the run before, more than {most} % fewer",
                counted(*people, "person was", "people were")
            ),
            Self::Gone { people, before, over: Over { most, .. } } => {
                format!(
                    "{people} of the {before} people in the run before are gone, more than {most} %"
                )
            }
            Self::SameBytes { before } => format!(
                "the export is the same to the byte as on {before}, so it may not have been made anew"
            ),
            Self::LostColumn { name } => {
                format!("{name} was in the export of the run before and is not in this one")
            }
            Self::PartOfColumn { name, without, before, over: Over { most, .. } } => format!(
                "{name} is not in the export for {} of {} people, and for {} of {} in the run before, \
                 more than {most} % more",
                without.people, without.of, before.people, before.of
            ),
            Self::LostValues(lost) => lost.to_string(),
            Self::Unreadable(cells) => format!("{}: {cells}", cells.field),
        }
    }
}

/// What was found, and which option publishes all the same.
impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let otherwise = match self {
            Self::Quarantined { .. } => "--max-quarantine sets another limit",
            Self::Fewer { .. } | Self::Gone { .. } => "--max-drop sets another limit",
            Self::SameBytes { .. } => "--allow-unchanged publishes it as of the later day",
            Self::LostColumn { .. } => "--allow-lost-column publishes without it",
            Self::PartOfColumn { .. } => "--allow-lost-column publishes without it for them",
            Self::LostValues(_) => "--allow-lost-values publishes without them",
            Self::Unreadable(_) => "--allow-unreadable publishes without them",
        };
        write!(f, "{}; {otherwise}", self.fact())
    }
}
