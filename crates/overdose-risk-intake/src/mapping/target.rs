//! What the fields of a mapping are, and the words that each takes.

use crate::column::Column;
use crate::person::{Id, none_word, state_of};
use chrono::NaiveDate;
use overdose_risk::{Fact, Field, Record, State, Unknown};

/// What a field of a mapping gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A native column.
    Column(Column),
    /// The age, from a date that goes no further.
    DateOfBirth,
}

/// What kinds of text a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A pseudonym.
    Id,
    /// A code that obeys the id rule.
    Code,
    /// Words, or numbers of years.
    Status,
    /// A date, or a word for "none".
    Event,
    /// A date.
    Date,
}

impl Target {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Column::all().map(Self::Column).chain([Self::DateOfBirth])
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().find(|target| target.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Column(column) => column.name(),
            Self::DateOfBirth => "date_of_birth",
        }
    }

    /// The native column that is filled in.
    pub(crate) fn column(self) -> Column {
        match self {
            Self::Column(column) => column,
            Self::DateOfBirth => Column::Fact(Field::Age),
        }
    }

    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Column(Column::Id) => Kind::Id,
            Self::Column(Column::Caseload(_)) => Kind::Code,
            Self::Column(Column::Fact(field)) => match Record::default().fact(field) {
                Fact::Event(_) => Kind::Event,
                Fact::Date(_) => Kind::Date,
                Fact::Age(_)
                | Fact::OpioidUse(_)
                | Fact::Ost(_)
                | Fact::Naloxone(_)
                | Fact::Injecting(_)
                | Fact::YesNo(_)
                | Fact::Housing(_)
                | Fact::CaseStatus(_) => Kind::Status,
            },
            Self::Column(Column::AgeBand | Column::BirthYear) => Kind::Status,
            Self::Column(Column::RecordedOn) | Self::DateOfBirth => Kind::Date,
        }
    }

    /// Whether a text may be mapped to this word, `unknown` and `declined` apart.
    pub(crate) fn takes(self, word: &str) -> bool {
        let state = || state_of(self.column(), word.as_bytes(), NaiveDate::MAX);
        match self.kind() {
            Kind::Id | Kind::Date => false,
            Kind::Code => Id::read(word.as_bytes()).is_ok_and(|code| code.as_str() == word),
            Kind::Event => !word.trim_ascii().is_empty() && state() == State::NoneRecorded,
            // A year of birth is held against the as-of date, which nobody knows yet.
            Kind::Status => {
                matches!(state(), State::Known | State::Unknown(Unknown::Contradictory))
            }
        }
    }

    /// The words that a text can be mapped to, for a message.
    pub(crate) fn words(self) -> String {
        let own = match self {
            Self::Column(Column::Fact(field)) => match self.kind() {
                Kind::Event => none_word(field).to_owned(),
                Kind::Status => Record::default()
                    .fact(field)
                    .vocabulary()
                    .map_or("a whole number of years".to_owned(), |words| words.join(", ")),
                Kind::Id | Kind::Code | Kind::Date => return "unknown or declined".to_owned(),
            },
            Self::Column(Column::AgeBand) => "a band such as 35-44, <35 or 45+".to_owned(),
            Self::Column(Column::BirthYear) => "a year such as 1979".to_owned(),
            Self::Column(Column::Caseload(_)) => {
                "a code of letters, digits, hyphens and underscores".to_owned()
            }
            Self::Column(Column::Id | Column::RecordedOn) | Self::DateOfBirth => {
                return "unknown or declined".to_owned();
            }
        };
        format!("{own}, unknown or declined")
    }
}

/// What a blank means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blank {
    Unknown,
    NoneRecorded,
    Declined,
}

impl Blank {
    pub(crate) const ALL: [Self; 3] = [Self::Unknown, Self::NoneRecorded, Self::Declined];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NoneRecorded => "none-recorded",
            Self::Declined => "declined",
        }
    }

    /// What the native columns say for it. To them a blank event is none recorded.
    pub(crate) const fn text(self) -> &'static [u8] {
        match self {
            Self::Unknown => b"unknown",
            Self::NoneRecorded => b"",
            Self::Declined => b"declined",
        }
    }

    /// What a blank means where the mapping does not say.
    pub(crate) const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Event => Self::NoneRecorded,
            Kind::Id | Kind::Code | Kind::Status | Kind::Date => Self::Unknown,
        }
    }
}
