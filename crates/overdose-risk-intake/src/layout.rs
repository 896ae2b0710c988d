//! Which column of an export is which field.

use crate::column::{Column, Principal, simplified};
use crate::identifier::Identifier;
use crate::intake::{Identifiers, Intake};
use crate::ndtms;

/// Where each column stands in an export, resolved once from its header.
///
/// A header matches without regard to case, spaces, hyphens and underscores: `Prison Release` is
/// `prison_release`. Columns that name no field are not read.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// By slot; more than one where several columns may be one.
    places: Vec<Vec<usize>>,
    /// What is read from which place, in the order of the places.
    read: Vec<(usize, Column)>,
    waived: Vec<Principal>,
    near_misses: Vec<NearMiss>,
    unread: Vec<usize>,
}

/// A header that is not read and almost names a column that the export lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The position of the header, from 1.
    pub position: usize,
    /// The column that it may be meant to be.
    pub column: Column,
}

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
    /// A mapping names a source of a field, and there is none.
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
                let every = "every record needs the pseudonym of its person".to_owned();
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
                "no {what} that the mapping names for {column} is there: correct the mapping, or take \
                 that field out of it"
            ),
            Self::Identifying { position, identifier } => format!(
                "{what} {position} names a direct identifier ({identifier}): export without it, or pass \
                 --drop-identifiers to read on without looking into it"
            ),
            Self::QuoteNotClosed => {
                "a name has a line end in it: close the quote before it, or take it out".to_owned()
            }
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
    what: &'static str,
}

impl Refused {
    /// A key that names a direct identifier, or has one under it.
    pub fn identifying_key(position: usize, identifier: Identifier) -> Self {
        Self { faults: vec![HeaderFault::Identifying { position, identifier }], what: "key" }
    }

    /// Whether it has direct identifiers in it.
    pub fn is_identifying(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, HeaderFault::Identifying { .. }))
    }
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
        if intake.identifiers == Identifiers::Refuse {
            let identifying = (1..).zip(names).filter_map(|(position, name)| {
                let identifier = name.identifier?;
                Some(HeaderFault::Identifying { position, identifier })
            });
            let identifying: Vec<HeaderFault> = identifying.collect();
            if !identifying.is_empty() {
                return Err(identifying);
            }
        }

        let profile = &intake.profile;
        let mut faults = Vec::new();
        let mut read = Vec::new();
        let mut places = vec![Vec::new(); profile.slots()];
        for (slot, of_slot) in places.iter_mut().enumerate() {
            let columns = profile.columns_of(slot);
            let is_it = |name: &Name| name.slot == Some(slot) && name.is_somewhere;
            let found = (0..).zip(names).filter(|(_, name)| is_it(name));
            of_slot.extend(found.map(|(place, _)| place));
            for column in &columns {
                read.extend(of_slot.iter().map(|place| (*place, *column)));
            }
            if let ([first, second, ..], Some(column)) = (&of_slot[..], columns.first())
                && !profile.may_repeat(slot)
            {
                let (first, second) = (first + 1, second + 1);
                faults.push(HeaderFault::Twice { column: *column, first, second });
            }
        }
        if read.is_empty() {
            return Err(vec![HeaderFault::NothingKnown { columns: names.len() }]);
        }
        read.sort_by_key(|(place, _)| *place);

        let has = |column: &Column| read.iter().any(|(_, read)| read == column);
        let is_whole =
            |slot: usize| names.iter().any(|name| name.slot == Some(slot) && name.is_everywhere);
        let is_unread = |name: &Name| name.slot.is_none() && !name.is_ignored;
        let unread: Vec<(usize, &Name)> =
            (1..).zip(names).filter(|(_, name)| is_unread(name)).collect();
        let lacking: Vec<(Column, String)> = (0..places.len())
            .filter(|slot| !is_whole(*slot))
            .filter_map(|slot| {
                let column = profile.columns_of(slot).first().copied()?;
                Some((column, profile.simplified_name_of(slot)?))
            })
            .collect();
        let near_misses = near_misses(&unread, &lacking);
        let near = |columns: &[Column]| {
            near_misses.iter().find(|miss| columns.contains(&miss.column)).copied()
        };

        let is_there = |slot: &usize| places.get(*slot).is_some_and(|places| !places.is_empty());
        let mut of_id = profile.id_slots().into_iter();
        let has_id = if profile.joins_ids() {
            of_id.all(|at| is_there(&at))
        } else {
            of_id.any(|at| is_there(&at))
        };
        if !has_id {
            faults.insert(0, HeaderFault::NoId { near: near(&[Column::Id]) });
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
            Ok(Self { places, read, waived, near_misses, unread })
        } else {
            Err(faults)
        }
    }

    /// The first place of a slot of the profile, from 0; `None` when the export lacks its column.
    pub fn place_of_slot(&self, slot: usize) -> Option<usize> {
        self.places.get(slot)?.first().copied()
    }

    /// The cell in a slot of the profile, of a row with these cells.
    pub fn cell<'c>(
        &self,
        slot: usize,
        at: impl Fn(usize) -> Option<&'c [u8]>,
    ) -> Option<&'c [u8]> {
        match self.places.get(slot)?.as_slice() {
            [place] => at(*place),
            [] => None,
            several => ndtms::of_one_stem(several.iter().filter_map(|place| at(*place))),
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

/// How like a name a header must be, at least.
pub(crate) const ALIKE: f64 = 0.75;

/// Names this short are in too many others to be looked for there.
const TELLING: usize = 5;

/// For each of these columns the header that is most like it, of those that are like no other column
/// more.
fn near_misses(unread: &[(usize, &Name)], lacking: &[(Column, String)]) -> Vec<NearMiss> {
    let mut nearest: Vec<(NearMiss, f64)> = Vec::new();
    for (position, name) in unread {
        let mut best = None;
        for (column, lacking) in lacking {
            let alike = alike(lacking, &name.simplified);
            if alike >= ALIKE && best.is_none_or(|(_, most)| alike > most) {
                best = Some((*column, alike));
            }
        }
        let Some((column, alike)) = best else { continue };
        let miss = NearMiss { position: *position, column };
        match nearest.iter_mut().find(|(other, _)| other.column == column) {
            Some(other) if alike > other.1 => *other = (miss, alike),
            Some(_) => {}
            None => nearest.push((miss, alike)),
        }
    }
    nearest.sort_by_key(|(miss, _)| miss.column.index());
    nearest.into_iter().map(|(miss, _)| miss).collect()
}

/// How like a name a header is, from 0 to 1. One that has the whole name in it is more like it than
/// one that is misspelt, and the longer the name the more.
pub(crate) fn alike(name: &str, header: &str) -> f64 {
    if name.len() >= TELLING && header.contains(name) {
        return 0.9 + 0.1 * name.len() as f64 / header.len() as f64;
    }
    strsim::normalized_damerau_levenshtein(name, header)
}
