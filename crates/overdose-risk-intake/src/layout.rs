//! Which column of an export is which field.

use crate::column::{Column, Principal, simplified};

/// Where each column stands in an export, resolved once from its header.
///
/// A header matches without regard to case, spaces, hyphens and underscores: `Prison Release` is
/// `prison_release`. Columns that name no field are not read.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    places: [Option<usize>; Column::COUNT],
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

/// A key of JSON records, as it first appeared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'k> {
    /// The column that it names, if any.
    pub column: Option<Column>,
    /// The key itself.
    pub name: &'k str,
    /// How many records had it that could be used.
    pub records: u64,
}

/// A header or a key, as it is looked at here.
struct Name {
    column: Option<Column>,
    simplified: String,
    /// Whether some record has it that can be used, and whether all of them have.
    is_somewhere: bool,
    is_everywhere: bool,
}

impl Layout {
    /// Finds the columns in a header.
    ///
    /// # Errors
    ///
    /// When there is no id, when two headers name the same column, or when a principal field is
    /// missing and not waived.
    pub fn resolve<H: AsRef<[u8]>>(
        headers: impl IntoIterator<Item = H>,
        waive: &[Principal],
    ) -> Result<Self, Refused> {
        let names: Vec<Name> = headers
            .into_iter()
            .map(|header| Name {
                column: Column::named(header.as_ref()),
                simplified: simplified(header.as_ref()),
                is_somewhere: true,
                is_everywhere: true,
            })
            .collect();
        let what = "column";
        if names.iter().any(|name| name.simplified.contains(['\n', '\r'])) {
            return Err(Refused { faults: vec![HeaderFault::QuoteNotClosed], what });
        }
        Self::of(&names, waive).map_err(|faults| Refused { faults, what })
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
        waive: &[Principal],
    ) -> Result<Self, Refused> {
        let names: Vec<Name> = keys
            .into_iter()
            .map(|key| Name {
                column: key.column,
                simplified: simplified(key.name.as_bytes()),
                is_somewhere: key.records > 0,
                is_everywhere: key.records == records,
            })
            .collect();
        Self::of(&names, waive).map_err(|faults| Refused { faults, what: "key" })
    }

    fn of(names: &[Name], waive: &[Principal]) -> Result<Self, Vec<HeaderFault>> {
        let mut faults = Vec::new();
        let mut places = [None; Column::COUNT];
        for (column, place) in Column::all().zip(&mut places) {
            let mut found = (0..)
                .zip(names)
                .filter(|(_, name)| name.column == Some(column) && name.is_somewhere);
            *place = found.next().map(|(place, _)| place);
            if let (Some(first), Some((second, _))) = (*place, found.next()) {
                let (first, second) = (first + 1, second + 1);
                faults.push(HeaderFault::Twice { column, first, second });
            }
        }
        if places.iter().all(Option::is_none) {
            return Err(vec![HeaderFault::NothingKnown { columns: names.len() }]);
        }

        let has = |column: &Column| places.get(column.index()).is_some_and(Option::is_some);
        let is_whole = |column: &Column| {
            names.iter().any(|name| name.column == Some(*column) && name.is_everywhere)
        };
        let unread: Vec<(usize, &Name)> =
            (1..).zip(names).filter(|(_, name)| name.column.is_none()).collect();
        // Nobody misses the day of recording who does not know of it.
        let is_lacking = |column: &Column| !is_whole(column) && *column != Column::RecordedOn;
        let lacking: Vec<Column> = Column::all().filter(is_lacking).collect();
        let near_misses = near_misses(&unread, &lacking);
        let near = |columns: &[Column]| {
            near_misses.iter().find(|miss| columns.contains(&miss.column)).copied()
        };

        if !has(&Column::Id) {
            faults.insert(0, HeaderFault::NoId { near: near(&[Column::Id]) });
        }
        let mut waived = Vec::new();
        for principal in Principal::ALL {
            if principal.columns().iter().any(has) {
                continue;
            }
            if waive.contains(&principal) {
                waived.push(principal);
            } else {
                let near = near(principal.columns());
                faults.push(HeaderFault::Missing { principal, near });
            }
        }
        if faults.is_empty() {
            let unread = unread.into_iter().map(|(position, _)| position).collect();
            Ok(Self { places, waived, near_misses, unread })
        } else {
            Err(faults)
        }
    }

    /// The place of a column, from 0; `None` when the export lacks it.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places.get(column.index()).copied().flatten()
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
const ALIKE: f64 = 0.75;

/// Names this short are in too many others to be looked for there.
const TELLING: usize = 5;

/// For each of these columns the header that is most like it, of those that are like no other column
/// more.
fn near_misses(unread: &[(usize, &Name)], lacking: &[Column]) -> Vec<NearMiss> {
    let mut nearest: Vec<(NearMiss, f64)> = Vec::new();
    for (position, name) in unread {
        let mut best = None;
        for column in lacking {
            let alike = alike(&simplified(column.name().as_bytes()), &name.simplified);
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
fn alike(name: &str, header: &str) -> f64 {
    if name.len() >= TELLING && header.contains(name) {
        return 0.9 + 0.1 * name.len() as f64 / header.len() as f64;
    }
    strsim::normalized_damerau_levenshtein(name, header)
}
