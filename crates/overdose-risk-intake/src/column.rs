//! The columns of the native export, and which of them an export must have.

use crate::caseload::Caseload;
use overdose_risk::{Field, Record, State};
use std::fmt;

/// A column of the native export. Most are one fact; age has three, of which one is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The pseudonym.
    Id,
    /// A fact under its own name; `Fact(Field::Age)` is the age in whole years.
    Fact(Field),
    /// The age as a band.
    AgeBand,
    /// The age by year of birth.
    BirthYear,
    /// The day on which the row was recorded: of two that disagree, the later one counts.
    RecordedOn,
    /// On whose caseload the person is, by a code.
    Caseload(Caseload),
}

impl Column {
    /// How many columns there are: the id, every fact, two more for age, the day of recording, and
    /// the caseloads.
    pub const COUNT: usize = Field::ALL.len() + 4 + Caseload::ALL.len();

    /// Every column, in the order of the native export, in which age comes first of all facts.
    pub fn all() -> impl Iterator<Item = Self> {
        let (age, rest) = Field::ALL.split_at(1);
        std::iter::once(Self::Id)
            .chain(age.iter().map(|field| Self::Fact(*field)))
            .chain([Self::AgeBand, Self::BirthYear])
            .chain(rest.iter().map(|field| Self::Fact(*field)))
            .chain([Self::RecordedOn])
            .chain(Caseload::ALL.map(Self::Caseload))
    }

    /// The column's place in [`Column::all`], from 0.
    pub const fn index(self) -> usize {
        match self {
            Self::Id => 0,
            Self::Fact(Field::Age) => 1,
            Self::AgeBand => 2,
            Self::BirthYear => 3,
            Self::Fact(field) => field as usize + 3,
            Self::RecordedOn => Field::ALL.len() + 3,
            Self::Caseload(caseload) => Field::ALL.len() + 4 + caseload as usize,
        }
    }

    /// The column with this [index](Self::index).
    pub(crate) fn at(index: usize) -> Option<Self> {
        let (facts, caseloads) = (Field::ALL.len() + 3, Self::COUNT - Caseload::ALL.len());
        match index {
            0 => Some(Self::Id),
            1 => Some(Self::Fact(Field::Age)),
            2 => Some(Self::AgeBand),
            3 => Some(Self::BirthYear),
            _ if index < facts => Field::ALL.get(index - 3).copied().map(Self::Fact),
            _ if index == facts => Some(Self::RecordedOn),
            _ => Caseload::ALL.get(index - caseloads).copied().map(Self::Caseload),
        }
    }

    /// The column that a header or a key names, if any: without regard to case, to space around it,
    /// and to spaces, hyphens and underscores within.
    pub fn named(header: &[u8]) -> Option<Self> {
        Self::all().find(|column| column.is_named(header))
    }

    /// Whether a header or a key names this column.
    pub fn is_named(self, header: &[u8]) -> bool {
        plain(self.name().as_bytes()).eq(plain(header))
    }

    /// The header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Fact(field) => field.name(),
            Self::AgeBand => "age_band",
            Self::BirthYear => "birth_year",
            Self::RecordedOn => "recorded_on",
            Self::Caseload(caseload) => caseload.name(),
        }
    }
}

/// The bytes of a name without the space around it, case, spaces, hyphens and underscores.
pub(crate) fn plain(name: &[u8]) -> impl Iterator<Item = u8> {
    let kept = name.trim_ascii().iter().filter(|byte| !matches!(byte, b' ' | b'-' | b'_'));
    kept.map(u8::to_ascii_lowercase)
}

/// The same as text, for comparison with names that it may be meant to be.
pub(crate) fn simplified(name: &[u8]) -> String {
    String::from_utf8_lossy(&plain(name).collect::<Vec<u8>>()).into_owned()
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One of the four principal fields. An export without one is refused,
/// unless the user waives the field by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Age.
    Age,
    /// Opioid use, or treatment for it.
    OpioidUse,
    /// Release from prison.
    PrisonRelease,
    /// Take-home naloxone.
    Naloxone,
}

impl Principal {
    /// The four.
    pub const ALL: [Self; 4] = [Self::Age, Self::OpioidUse, Self::PrisonRelease, Self::Naloxone];

    /// The name by which it is waived.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::OpioidUse => "opioid_use",
            Self::PrisonRelease => "prison_release",
            Self::Naloxone => "naloxone",
        }
    }

    /// The columns of which one is enough.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Age => &[Column::Fact(Field::Age), Column::AgeBand, Column::BirthYear],
            Self::OpioidUse => &[Column::Fact(Field::OpioidUse), Column::Fact(Field::Ost)],
            Self::PrisonRelease => &[Column::Fact(Field::PrisonRelease)],
            Self::Naloxone => &[Column::Fact(Field::Naloxone)],
        }
    }

    /// Whether a record has no place for the field, so that its person could not be assessed for it.
    pub fn is_missing_from(self, record: &Record) -> bool {
        self.columns().iter().all(|column| match column {
            Column::Id | Column::RecordedOn | Column::Caseload(_) => false,
            Column::AgeBand | Column::BirthYear => record.state(Field::Age) == State::NotCollected,
            Column::Fact(field) => record.state(*field) == State::NotCollected,
        })
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_is_found_at_its_index_and_none_behind() {
        let columns: Vec<_> = (0..).map_while(Column::at).collect();
        assert!(columns.iter().copied().eq(Column::all()));
        assert!(columns.iter().map(|column| column.index()).eq(0..Column::COUNT));
    }

    #[test]
    fn a_principal_field_is_missing_from_a_record_that_has_no_place_for_it() {
        let mut nothing = Record::default();
        for field in Field::ALL {
            nothing.fact_mut(field).set_not_collected();
        }
        for principal in Principal::ALL {
            assert_eq!(principal.to_string(), principal.name());
            assert!(principal.is_missing_from(&nothing), "{principal}");
            assert!(!principal.is_missing_from(&Record::default()), "{principal}");
            for column in principal.columns() {
                let Column::Fact(field) = *column else { continue };
                let mut without = Record::default();
                without.fact_mut(field).set_not_collected();
                let is_alone = principal != Principal::OpioidUse;
                assert_eq!(principal.is_missing_from(&without), is_alone, "{field}");
            }
        }
    }
}
