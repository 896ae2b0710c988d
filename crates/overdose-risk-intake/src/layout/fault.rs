//! Why a header, or the keys of an export, cannot be used.

use super::NearMiss;
use crate::column::{Column, Principal};
use crate::identifier::Identifier;

/// What is wrong with a header, or with the keys of JSON. Positions count from 1; what stands there
/// is not repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderFault {
    /// Nobody could be named.
    NoId {
        /// Where a header stands that is almost right.
        near: Option<NearMiss>,
    },
    /// Which of the two counts, nobody can say.
    Twice {
        /// The column.
        column: Column,
        /// The first position.
        first: usize,
        /// The second position.
        second: usize,
    },
    /// The profile reads a field from columns that are not there.
    Unmapped {
        /// What it would be read for.
        column: Column,
    },
    /// It names a direct identifier, which nobody should have exported.
    Identifying {
        /// Where it stands.
        position: usize,
        /// What it names.
        identifier: Identifier,
    },
    /// It names a direct identifier, and ids would be made of it.
    IdentifyingId {
        /// Where it stands.
        position: usize,
        /// What it names.
        identifier: Identifier,
    },
    /// A principal field is missing and not waived.
    Missing {
        /// The field.
        principal: Principal,
        /// Where a header stands that is almost right.
        near: Option<NearMiss>,
    },
    /// A header has a line end in it.
    QuoteNotClosed,
    /// No column is one of ours, so this is hardly a header.
    NothingKnown {
        /// How many columns there are.
        columns: usize,
    },
    /// It was to be read as an NDTMS extract, and no column is one of those.
    NothingOfNdtms {
        /// How many columns there are.
        columns: usize,
    },
    /// It was to be read by a mapping file, and no column is one that the file names.
    NothingMapped {
        /// How many columns there are.
        columns: usize,
    },
}

impl HeaderFault {
    /// The fault and what to do, where what the names stand on is called this.
    fn in_words(&self, what: &str) -> String {
        let rename = |near: &Option<NearMiss>, or_else: String| match near {
            Some(NearMiss { position, column }) => {
                format!("{what} {position} is almost named {column}, rename it")
            }
            None => or_else,
        };
        match self {
            Self::NoId { near } => {
                let every = format!(
                    "every record needs the pseudonym of its person; rename the {what} that holds it to \
                     id, or name it in a mapping file (--profile FILE)"
                );
                format!("no {what} is named id: {}", rename(near, every))
            }
            Self::Twice { column, first, second } => {
                format!("{what}s {first} and {second} both name {column}: keep one")
            }
            Self::Missing { principal, near } => {
                let names: Vec<_> =
                    principal.columns().iter().map(|column| column.name()).collect();
                let waive = format!(
                    "add it, or pass --without {principal} if the service does not record it"
                );
                format!("no {what} for {}: {}", names.join(" or "), rename(near, waive))
            }
            Self::Unmapped { column } => format!(
                "the columns that the profile reads for {column} are not there: correct the mapping, or the \
                 export"
            ),
            Self::Identifying { position, identifier } => format!(
                "{what} {position} names a direct identifier ({identifier}): export without it, or pass \
                 --drop-identifiers to read on without looking into it"
            ),
            Self::IdentifyingId { position, identifier } => format!(
                "{what} {position} should be the id and names a direct identifier ({identifier}): export \
                 pseudonyms, or make them with --pseudonym-key"
            ),
            Self::QuoteNotClosed => {
                "a name has a line end in it: close the quote before it, or take it out".to_owned()
            }
            Self::NothingOfNdtms { columns } => format!(
                "no {what}, of {columns}, is one of an NDTMS extract: is it one? --profile auto chooses by \
                 the header"
            ),
            Self::NothingMapped { columns } => format!(
                "no {what}, of {columns}, is one that the mapping file names: is it the one for this \
                 export, is there a title line above the header, and is the delimiter a comma, \
                 semicolon, tab or bar?"
            ),
            Self::NothingKnown { columns } => format!(
                "no {what} is known, of {columns}: is there a header, is there a title line above it, and \
                 is the delimiter a comma, semicolon, tab or bar?"
            ),
        }
    }
}

/// An export whose header, or whose keys, cannot be used, with everything that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .faults.iter().map(|fault| fault.in_words(.what)).collect::<Vec<_>>().join("\n  "))]
pub struct Refused {
    /// Every fault, in the order of the columns.
    pub faults: Vec<HeaderFault>,
    /// What the names stand on: columns or keys.
    pub(super) what: &'static str,
}

impl Refused {
    /// A key that names a direct identifier, or has one under it.
    pub fn identifying_key(position: usize, identifier: Identifier) -> Self {
        Self { faults: vec![HeaderFault::Identifying { position, identifier }], what: "key" }
    }

    /// Whether it has direct identifiers in it.
    pub fn is_identifying(&self) -> bool {
        self.faults.iter().any(|fault| {
            matches!(fault, HeaderFault::Identifying { .. } | HeaderFault::IdentifyingId { .. })
        })
    }
}
