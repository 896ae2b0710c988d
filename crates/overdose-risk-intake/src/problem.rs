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

/// One line a kind: what it means, its name in `quarantine.csv`, and what to do about it.
macro_rules! quarantine {
    ($($(#[doc = $means:literal])+ $Kind:ident, $name:literal, $remedy:literal;)+) => {
        /// Why a record could not be assessed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Quarantine { $($(#[doc = $means])+ $Kind,)+ }

        impl Quarantine {
            /// Every kind.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$Kind),+];

            /// The name in `quarantine.csv`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Kind => $name,)+ }
            }

            /// What to do about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$Kind => $remedy,)+ }
            }
        }
    };
}

quarantine! {
    /// The id is blank or says `unknown`: whose record it is, nobody can say.
    IdMissing, "id-missing", "give every record its id";
    /// The id breaks the id rule, so it cannot be repeated in an output either. In JSON, an id that
    /// is not a string breaks it: a number may have lost its leading zeros.
    IdInvalid, "id-invalid",
        "use 1 to 64 letters, digits, hyphens and underscores, a letter or digit first; in JSON as \
         a string";
    /// The id stood in an earlier record.
    IdRepeated, "id-repeated", "export one record for each person";
    /// The record has more or fewer fields than the header, so any of them may be in the wrong
    /// column.
    FieldCount, "field-count", "check quotes and delimiters on that line";
    /// A quote that opens in the record and is not closed there has taken in the lines that follow,
    /// so its cells may be another person's.
    QuoteNotClosed, "quote-not-closed", "close or double the stray quote on that line";
    /// The line stands within the quotes that a record before has not closed.
    WithinQuotes, "within-quotes",
        "mend the line that is quarantined as quote-not-closed before it";
    /// The line or the element is not one valid JSON value and nothing else.
    NotJson, "not-json",
        "check brackets, quotes, escapes, numbers and line ends there; each line holds one object";
    /// The file breaks off here, or is broken in a way that ends it: nobody after this was read.
    BreaksOff, "breaks-off", "the export is not whole, so export it again";
    /// The JSON value is no object, so it has no fields.
    NotAnObject, "not-an-object", "export every record as an object";
    /// The record has a key twice, or two keys that name the same field: which counts, nobody can say.
    KeyRepeated, "key-repeated", "write each key once";
    /// Some of the record's bytes are not UTF-8.
    NotUtf8, "not-utf-8", "export in UTF-8";
    /// The record is larger than 1 MiB.
    TooLarge, "too-large", "leave out what is not needed; a record is at most 1 MiB";
    /// The record has objects or arrays within each other more than 32 deep.
    TooDeep, "too-deep", "leave out what is not needed; a record is at most 32 deep";
    /// The record has more than 1,024 keys.
    TooManyKeys, "too-many-keys", "leave out what is not needed; a record has at most 1,024 keys";
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
