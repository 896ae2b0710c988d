//! What is wrong with a mapping file, by line. No text of the file is repeated.

use super::target::{Kind, Target};

/// A mapping file that cannot be used, with everything that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .faults.iter().map(MappingFault::to_string).collect::<Vec<_>>().join("\n"))]
pub struct MappingError {
    pub(crate) faults: Vec<MappingFault>,
}

impl MappingError {
    /// Every fault, by line. Where the file is not TOML, the first one only.
    pub fn faults(&self) -> &[MappingFault] {
        &self.faults
    }
}

/// One thing that is wrong with a mapping file. `Display` says what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct MappingFault {
    /// The line, from 1.
    pub line: usize,
    pub(crate) cause: Cause,
}

/// Why a mapping file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Cause {
    #[error("this is not valid TOML: check quotes, brackets, commas and equals signs there")]
    NotToml,
    #[error("a key stands here for the second time: write each key once")]
    KeyTwice,
    #[error("there is no {key}: {}", missing(.key))]
    Missing { key: &'static str },
    #[error("no such key{}: a mapping has name, dates, ignore and [fields]", meant(.near))]
    UnknownKey { near: Option<&'static str> },
    #[error("no such key of {}{}: it has {}", .target.name(), meant(.near), keys(.target.kind()).join(", "))]
    UnknownFieldKey { target: Target, near: Option<&'static str> },
    #[error(
        "no such field{}: a field is a column of the native export, or date_of_birth",
        meant(.near)
    )]
    UnknownField { near: Option<&'static str> },
    #[error("{key} must be {wanted}")]
    WrongType { key: &'static str, wanted: &'static str },
    #[error("this is the name of a profile that is no mapping: name it after the system")]
    NameReserved,
    #[error(
        "name must have 1 to 64 letters, digits, hyphens and underscores, a letter or digit first"
    )]
    NameBreaksRule,
    #[error("dates must be day-first or month-first")]
    UnknownDateOrder,
    #[error(
        "a blank never means an answer, and here it cannot mean that: write {}",
        blanks(.kind)
    )]
    BlankMeansNoAnswer { kind: Kind },
    #[error("{} has no source: write from = followed by a column or a list of columns", .target.name())]
    NoSource { target: Target },
    #[error("an id is either joined or the first of several columns: keep from or join")]
    FromAndJoin,
    #[error("join needs at least two columns: write from for one")]
    JoinOfOne,
    #[error("a column without a name cannot be found: write its header, or its path in JSON")]
    SourceWithoutName,
    #[error("this column stands in the list twice: keep one")]
    SourceTwice,
    #[error("this column is in ignore and is read for a field: keep one of the two")]
    IgnoredAndRead,
    #[error(
        "this column holds the date of birth, which gives the age and is kept nowhere: \
         read it for no other field"
    )]
    BirthIsKept,
    #[error(
        "this column holds the id of a person, which is no code of a service, a team or a worker: \
         read another one for that"
    )]
    CodeOfPerson,
    #[error("a blank text is no value: say what it means with blank = unknown or declined")]
    BlankValue,
    #[error("this text is the same as an earlier one, case, spaces and dashes apart: keep one")]
    ValueTwice,
    #[error("this is no word of {}: write {}", .target.name(), .target.words())]
    UnknownWord { target: Target },
    #[error(
        "this text means that nobody knows, so no answer can be made of it: write unknown or declined"
    )]
    AnswerFromUnknown,
}

fn missing(key: &str) -> &'static str {
    match key {
        "name" => "name the mapping, for the receipt",
        "id" => "every record needs the pseudonym of its person",
        _ => "write [fields], and below it which column is which field",
    }
}

fn meant(near: &Option<&'static str>) -> String {
    near.map_or(String::new(), |near| format!(", {near} may be meant"))
}

fn blanks(kind: &Kind) -> &'static str {
    match kind {
        Kind::Event => "none-recorded, unknown or declined",
        Kind::Id | Kind::Code | Kind::Status | Kind::Date => "unknown or declined",
    }
}

/// The keys of a field.
pub(crate) fn keys(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Id => &["from", "join"],
        Kind::Code | Kind::Status => &["from", "blank", "values"],
        Kind::Event | Kind::Date => &["from", "dates", "blank", "values"],
    }
}
