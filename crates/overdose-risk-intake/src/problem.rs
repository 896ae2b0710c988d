//! What could not be used, in closed vocabularies. None of them has room for a value.

use crate::column::Column;
use std::fmt;

/// A fact that could not be used. The person is assessed all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The column.
    pub column: Column,
    /// What was wrong with it.
    pub kind: ProblemKind,
}

/// Why a fact could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The cell says nothing that this column can say.
    Unreadable,
    /// The cell can be read, and cannot be true as of this day or beside the other facts.
    Contradictory,
}

impl ProblemKind {
    /// The name in `problems.csv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Contradictory => "contradictory",
        }
    }
}

/// Why a record could not be assessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quarantine {
    /// The id is blank or says `unknown`: whose record it is, nobody can say.
    IdMissing,
    /// The id breaks the id rule, so it cannot be repeated in an output either.
    IdInvalid,
    /// The id stood in an earlier record.
    IdRepeated,
    /// The record has more or fewer fields than the header, so any of them may be in the wrong
    /// column.
    FieldCount,
    /// A quote that opens in the record and is not closed there has taken in the lines that follow,
    /// so its cells may be another person's.
    QuoteNotClosed,
    /// The line stands within the quotes that a record before has not closed.
    WithinQuotes,
}

impl Quarantine {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::IdMissing, Self::IdInvalid, Self::IdRepeated, Self::FieldCount, Self::WithinQuotes];

    /// The name in `quarantine.csv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdMissing => "id-missing",
            Self::IdInvalid => "id-invalid",
            Self::IdRepeated => "id-repeated",
            Self::FieldCount => "field-count",
            Self::QuoteNotClosed => "quote-not-closed",
            Self::WithinQuotes => "within-quotes",
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::IdMissing => "give every record its id",
            Self::IdInvalid => {
                "use 1 to 64 letters, digits, hyphens and underscores, a letter or digit first"
            }
            Self::IdRepeated => "export one row for each person",
            Self::FieldCount => "check quotes and delimiters on that line",
            Self::QuoteNotClosed => "close or double the stray quote on that line",
            Self::WithinQuotes => "mend the line that is quarantined as quote-not-closed before it",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Quarantine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
