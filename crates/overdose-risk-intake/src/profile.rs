//! What the columns of an export are called, and what they say.

use crate::caseload::Caseload;
use crate::column::{Column, simplified};
use crate::mapping::Mapping;
use crate::ndtms::{self, NdtmsColumn};
use std::sync::Arc;

/// What the columns of an export are called, and what they say. A column that a profile reads has a
/// slot in it, from 0.
#[derive(Clone, Debug, Default)]
pub enum Profile {
    /// As the header says: NDTMS where it has the columns of that, and native otherwise.
    #[default]
    Auto,
    /// The native columns.
    Native,
    /// The columns of another system, by a mapping file.
    Mapped(Arc<Mapping>),
    /// The columns of an NDTMS extract. Experimental.
    Ndtms,
}

impl Profile {
    /// The name in a receipt.
    pub fn name(&self) -> &str {
        match self {
            Self::Auto => "auto",
            Self::Native => "native",
            Self::Mapped(mapping) => mapping.name(),
            Self::Ndtms => "ndtms",
        }
    }

    /// The profile of an export with these columns.
    pub fn of_header<'h>(&self, headers: impl Iterator<Item = &'h [u8]> + Clone) -> Self {
        match self {
            Self::Auto if ndtms::looks_like_ndtms(headers) => Self::Ndtms,
            Self::Auto => Self::Native,
            Self::Native | Self::Mapped(_) | Self::Ndtms => self.clone(),
        }
    }

    /// Whether a header names a column that may be read.
    pub fn knows(&self, header: &[u8]) -> bool {
        let knows = |profile: &Self| profile.slot_of(header).is_some();
        match self {
            Self::Auto => knows(&Self::Native) || knows(&Self::Ndtms),
            Self::Native | Self::Mapped(_) | Self::Ndtms => knows(self),
        }
    }

    /// The slot of the column that a header, a key or a dotted path names, if it is read.
    pub fn slot_of(&self, header: &[u8]) -> Option<usize> {
        match self {
            Self::Auto | Self::Native => Column::named(header).map(Column::index),
            Self::Mapped(mapping) => mapping.slot_of(header),
            Self::Ndtms => NdtmsColumn::named(header).map(NdtmsColumn::index),
        }
    }

    /// Whether a key is read, or something under it.
    pub fn leads_to(&self, key: &str) -> bool {
        let is_within = |source: &String| {
            let (first, rest) = source.split_at_checked(key.len()).unwrap_or_default();
            first.eq_ignore_ascii_case(key) && rest.starts_with('.')
        };
        self.slot_of(key.as_bytes()).is_some()
            || matches!(self, Self::Mapped(mapping) if mapping.sources().iter().any(is_within))
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        match self {
            Self::Auto | Self::Native => Column::COUNT,
            Self::Mapped(mapping) => mapping.sources().len(),
            Self::Ndtms => NdtmsColumn::COUNT,
        }
    }

    /// The slots that an id is made of.
    pub fn id_slots(&self) -> Vec<usize> {
        match self {
            Self::Auto | Self::Native | Self::Mapped(_) => self.slots_of(Column::Id),
            Self::Ndtms => vec![NdtmsColumn::Agncy.index(), NdtmsColumn::ClientId.index()],
        }
    }

    /// Whether the ids are made of what a header, a key or a dotted path names.
    pub fn makes_ids_of(&self, header: &[u8]) -> bool {
        match self {
            // No other column is asked for its name.
            Self::Auto | Self::Native => Column::Id.is_named(header),
            Self::Mapped(_) | Self::Ndtms => {
                self.slot_of(header).is_some_and(|slot| self.id_slots().contains(&slot))
            }
        }
    }

    /// Whether several columns may be one, and what they then say is settled row by row.
    pub(crate) fn may_repeat(&self, slot: usize) -> bool {
        let is_stem = |column: &NdtmsColumn| column.index() == slot && column.is_stem();
        matches!(self, Self::Ndtms) && NdtmsColumn::ALL.iter().any(is_stem)
    }

    /// Whether an id is made of all its slots, and not of the first that has one.
    pub fn joins_ids(&self) -> bool {
        match self {
            Self::Auto | Self::Native => false,
            Self::Mapped(mapping) => mapping.joins_ids(),
            Self::Ndtms => true,
        }
    }

    /// The slots that a native column is made of, the first to count first.
    pub fn slots_of(&self, column: Column) -> Vec<usize> {
        match self {
            Self::Auto | Self::Native => vec![column.index()],
            Self::Mapped(mapping) => mapping.slots_of(column).to_vec(),
            Self::Ndtms => {
                let gives = |from: &NdtmsColumn| match column {
                    Column::Caseload(of) => of == Caseload::Service && *from == NdtmsColumn::Agncy,
                    Column::Id
                    | Column::Fact(_)
                    | Column::AgeBand
                    | Column::BirthYear
                    | Column::RecordedOn => from.gives() == column,
                };
                NdtmsColumn::ALL.into_iter().filter(gives).map(NdtmsColumn::index).collect()
            }
        }
    }

    /// The native columns that a slot is read for.
    pub fn columns_of(&self, slot: usize) -> Vec<Column> {
        Column::all().filter(|column| self.slots_of(*column).contains(&slot)).collect()
    }

    /// Whether a header names a column that is read for a caseload.
    pub(crate) fn names_caseload(&self, header: &[u8]) -> bool {
        self.slot_of(header).is_some_and(|slot| self.columns_of(slot).iter().any(is_caseload))
    }

    /// Whether a key is read for caseloads alone. Such a one can stand around records as well as in
    /// them.
    pub fn names_caseload_alone(&self, key: &str) -> bool {
        let slot = self.slot_of(key.as_bytes());
        slot.is_some_and(|slot| self.columns_of(slot).iter().all(is_caseload))
    }

    /// Whether a header names a direct identifier that is there by the profile's leave: it is of the
    /// format, or is read for the age alone.
    pub(crate) fn bears(&self, header: &[u8]) -> bool {
        match self {
            Self::Auto | Self::Native => false,
            Self::Mapped(mapping) => {
                mapping.slot_of(header).is_some_and(|slot| mapping.dates_of_birth().contains(&slot))
            }
            Self::Ndtms => ndtms::is_identifier_of_the_format(header),
        }
    }

    /// Whether a header is known not to be read.
    pub(crate) fn ignores(&self, header: &[u8]) -> bool {
        match self {
            Self::Auto | Self::Native | Self::Ndtms => false,
            Self::Mapped(mapping) => mapping.is_ignored(header),
        }
    }

    /// Whether a native column is read from what a mapping names, so that it must be there.
    pub(crate) fn promises(&self, column: Column) -> bool {
        match self {
            Self::Auto | Self::Native | Self::Ndtms => false,
            Self::Mapped(mapping) => !mapping.slots_of(column).is_empty(),
        }
    }

    /// What the column of a slot is called, for comparison with headers that may be meant to be it.
    pub(crate) fn simplified_name_of(&self, slot: usize) -> Option<String> {
        match self {
            Self::Auto | Self::Native => {
                // Nobody misses the day of recording or a caseload who does not know of it.
                let column = Column::all().find(|column| column.index() == slot)?;
                let is_missed = column != Column::RecordedOn && !is_caseload(&column);
                is_missed.then(|| simplified(column.name().as_bytes()))
            }
            Self::Mapped(mapping) => {
                mapping.sources().get(slot).map(|name| simplified(name.as_bytes()))
            }
            Self::Ndtms => None,
        }
    }
}

fn is_caseload(column: &Column) -> bool {
    matches!(column, Column::Caseload(_))
}
