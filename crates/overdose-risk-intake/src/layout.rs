//! Which column of an export is which field.

mod fault;
mod near;

use crate::column::{Column, Principal, simplified};
use crate::identifier::Identifier;
use crate::intake::{Identifiers, Intake};
use crate::ndtms;
use crate::profile::Profile;
use near::near_misses;

pub use fault::{HeaderFault, Refused};
pub(crate) use near::{ALIKE, alike};

/// Where each column stands in an export, resolved once from its header.
///
/// A header matches without regard to case, spaces, hyphens and underscores: `Prison Release` is
/// `prison_release`. Columns that name no field are not read.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// By slot.
    places: Vec<Place>,
    /// The places of columns that are one.
    of_several: Vec<Vec<usize>>,
    /// What is read from which place, in the order of the places.
    read: Vec<(usize, Column)>,
    waived: Vec<Principal>,
    near_misses: Vec<NearMiss>,
    unread: Vec<usize>,
}

/// Where the column of a slot stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Nowhere,
    At(usize),
    /// Several columns that are one: those with this index.
    AtAllOf(usize),
}

/// A header that is not read and almost names a column that the export lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The position of the header, from 1.
    pub position: usize,
    /// The column that it may be meant to be.
    pub column: Column,
}

/// A key of JSON records, as it first appeared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'k> {
    /// The slot that it names, if any.
    pub slot: Option<usize>,
    /// The key itself, or the path to it.
    pub name: &'k str,
    /// How many records had it that could be used.
    pub records: u64,
}

/// A header or a key, as it is looked at here.
struct Name {
    slot: Option<usize>,
    identifier: Option<Identifier>,
    /// Whether ids would be made of it.
    is_id: bool,
    /// Whether it is known not to be read, or leads to what is.
    is_ignored: bool,
    simplified: String,
    /// Whether some record has it that can be used, and whether all of them have.
    is_somewhere: bool,
    is_everywhere: bool,
}

impl Name {
    /// What a header or a key is by itself.
    fn of(header: &[u8], intake: &Intake) -> Self {
        Self {
            slot: intake.slot_of(header),
            identifier: intake.identifier(header),
            is_id: intake.makes_ids_of(header),
            is_ignored: intake.profile.ignores(header)
                || std::str::from_utf8(header).is_ok_and(|key| intake.profile.leads_to(key)),
            simplified: simplified(header),
            is_somewhere: false,
            is_everywhere: false,
        }
    }
}

impl Layout {
    /// Finds the columns in a header.
    ///
    /// # Errors
    ///
    /// When a header names a direct identifier, when there is no id, when two headers name the same
    /// column, or when a principal field is missing and not waived.
    pub fn resolve<H: AsRef<[u8]>>(
        headers: impl IntoIterator<Item = H>,
        intake: &Intake,
    ) -> Result<Self, Refused> {
        let name = |header: H| Name {
            is_somewhere: true,
            is_everywhere: true,
            ..Name::of(header.as_ref(), intake)
        };
        let names: Vec<Name> = headers.into_iter().map(name).collect();
        let what = "column";
        if names.iter().any(|name| name.simplified.contains(['\n', '\r'])) {
            return Err(Refused { faults: vec![HeaderFault::QuoteNotClosed], what });
        }
        let layout = Self::of(&names, intake).and_then(|layout| {
            let is_unmapped = |column: &Column| {
                intake.profile.promises(*column) && layout.place(*column).is_none()
            };
            let faults: Vec<HeaderFault> = Column::all()
                .filter(is_unmapped)
                .map(|column| HeaderFault::Unmapped { column })
                .collect();
            if faults.is_empty() { Ok(layout) } else { Err(faults) }
        });
        layout.map_err(|faults| Refused { faults, what })
    }

    /// Finds the columns among the keys of so many records that could be used. A column that no such
    /// record has is not there; one that some lack may be meant by a key that is almost named so.
    ///
    /// # Errors
    ///
    /// When there is no id, or when a principal field is missing and not waived.
    pub fn of_keys<'k>(
        keys: impl IntoIterator<Item = Key<'k>>,
        records: u64,
        intake: &Intake,
    ) -> Result<Self, Refused> {
        let name = |key: Key<'_>| Name {
            slot: key.slot,
            // Whoever read the records has looked at that, and knows what stands under each key.
            identifier: None,
            is_somewhere: key.records > 0,
            is_everywhere: key.records == records,
            ..Name::of(key.name.as_bytes(), intake)
        };
        let names: Vec<Name> = keys.into_iter().map(name).collect();
        Self::of(&names, intake).map_err(|faults| Refused { faults, what: "key" })
    }

    fn of(names: &[Name], intake: &Intake) -> Result<Self, Vec<HeaderFault>> {
        let identifying = (1..).zip(names).filter_map(|(position, name)| {
            let identifier = name.identifier?;
            if name.is_id {
                return Some(HeaderFault::IdentifyingId { position, identifier });
            }
            let is_refused = intake.identifiers == Identifiers::Refuse;
            is_refused.then_some(HeaderFault::Identifying { position, identifier })
        });
        let identifying: Vec<HeaderFault> = identifying.collect();
        if !identifying.is_empty() {
            return Err(identifying);
        }

        let profile = &intake.profile;
        let mut faults = Vec::new();
        let mut read = Vec::new();
        let mut places = Vec::with_capacity(profile.slots());
        let mut of_several = Vec::new();
        for slot in 0..profile.slots() {
            let columns = profile.columns_of(slot);
            let is_it = |name: &Name| name.slot == Some(slot) && name.is_somewhere;
            let found = (0..).zip(names).filter(|(_, name)| is_it(name));
            let found: Vec<usize> = found.map(|(place, _)| place).collect();
            for column in &columns {
                read.extend(found.iter().map(|place| (*place, *column)));
            }
            if let ([first, second, ..], Some(column)) = (&found[..], columns.first())
                && !profile.may_repeat(slot)
            {
                let (first, second) = (first + 1, second + 1);
                faults.push(HeaderFault::Twice { column: *column, first, second });
            }
            places.push(match found[..] {
                [] => Place::Nowhere,
                [place] => Place::At(place),
                [..] => {
                    of_several.push(found);
                    Place::AtAllOf(of_several.len() - 1)
                }
            });
        }
        if read.is_empty() {
            let columns = names.len();
            return Err(vec![match profile {
                Profile::Auto | Profile::Native => HeaderFault::NothingKnown { columns },
                Profile::Ndtms => HeaderFault::NothingOfNdtms { columns },
                Profile::Mapped(_) => HeaderFault::NothingMapped { columns },
            }]);
        }
        read.sort_by_key(|(place, _)| *place);

        let has = |column: &Column| read.iter().any(|(_, read)| read == column);
        let is_whole =
            |slot: usize| names.iter().any(|name| name.slot == Some(slot) && name.is_everywhere);
        let is_unread = |name: &Name| name.slot.is_none() && !name.is_ignored;
        let unread: Vec<(usize, &Name)> =
            (1..).zip(names).filter(|(_, name)| is_unread(name)).collect();
        // Nobody is to give such a column another name.
        let harmless: Vec<(usize, &Name)> =
            unread.iter().copied().filter(|(_, name)| name.identifier.is_none()).collect();
        let lacking: Vec<(Column, String)> = (0..places.len())
            .filter(|slot| !is_whole(*slot))
            .filter_map(|slot| {
                let column = profile.columns_of(slot).first().copied()?;
                Some((column, profile.simplified_name_of(slot)?))
            })
            .collect();
        let near_misses = near_misses(&harmless, &lacking);
        let near = |columns: &[Column]| {
            near_misses.iter().find(|miss| columns.contains(&miss.column)).copied()
        };

        let is_there =
            |slot: &usize| places.get(*slot).is_some_and(|place| !matches!(place, Place::Nowhere));
        let mut of_id = profile.id_slots().into_iter();
        let has_id = if profile.joins_ids() {
            of_id.all(|at| is_there(&at))
        } else {
            of_id.any(|at| is_there(&at))
        };
        if !has_id {
            faults.insert(
                0,
                match profile {
                    Profile::Auto | Profile::Native => {
                        HeaderFault::NoId { near: near(&[Column::Id]) }
                    }
                    Profile::Mapped(_) | Profile::Ndtms => {
                        HeaderFault::Unmapped { column: Column::Id }
                    }
                },
            );
        }
        let mut waived = Vec::new();
        for principal in Principal::ALL {
            if principal.columns().iter().any(has) {
                continue;
            }
            if intake.waive.contains(&principal) {
                waived.push(principal);
            } else {
                let near = near(principal.columns());
                faults.push(HeaderFault::Missing { principal, near });
            }
        }
        if faults.is_empty() {
            let unread = unread.into_iter().map(|(position, _)| position).collect();
            Ok(Self { places, of_several, read, waived, near_misses, unread })
        } else {
            Err(faults)
        }
    }

    /// The first place of a slot of the profile, from 0; `None` when the export lacks its column.
    pub fn place_of_slot(&self, slot: usize) -> Option<usize> {
        match *self.places.get(slot)? {
            Place::Nowhere => None,
            Place::At(place) => Some(place),
            Place::AtAllOf(index) => self.of_several.get(index)?.first().copied(),
        }
    }

    /// The cell in a slot of the profile, of a row with these cells.
    pub fn cell<'c>(
        &self,
        slot: usize,
        at: impl Fn(usize) -> Option<&'c [u8]>,
    ) -> Option<&'c [u8]> {
        match *self.places.get(slot)? {
            Place::Nowhere => None,
            Place::At(place) => at(place),
            Place::AtAllOf(index) => ndtms::of_one_stem(
                self.of_several.get(index)?.iter().filter_map(|place| at(*place)),
            ),
        }
    }

    /// What is read from which place, from 0, in the order of the places.
    pub fn read(&self) -> &[(usize, Column)] {
        &self.read
    }

    /// The first place of what is read for a native column, from 0; `None` when the export lacks it.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.read.iter().find(|(_, read)| *read == column).map(|(place, _)| *place)
    }

    /// The principal fields that the export lacks and the user waived: nobody could be assessed for
    /// them.
    pub fn waived(&self) -> &[Principal] {
        &self.waived
    }

    /// The positions of the columns that are not read, from 1.
    pub fn unread(&self) -> &[usize] {
        &self.unread
    }

    /// Headers that almost name a column that the export lacks.
    pub fn near_misses(&self) -> &[NearMiss] {
        &self.near_misses
    }
}
