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

/// What is wrong with a header. Positions count from 1; what the header says is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderFault {
    /// Nobody could be named.
    #[error("no column is named id{}", rename(.near, "every record needs the pseudonym of its person"))]
    NoId {
        /// Where a header stands that is almost right.
        near: Option<NearMiss>,
    },
    /// Which of the two counts, nobody can say.
    #[error("columns {first} and {second} both name {column}: keep one")]
    Twice {
        /// The column.
        column: Column,
        /// The first position.
        first: usize,
        /// The second position.
        second: usize,
    },
    /// A principal field is missing and not waived.
    #[error("no column for {}{}", names(.principal.columns()), rename(.near, &waiver(*.principal)))]
    Missing {
        /// The field.
        principal: Principal,
        /// Where a header stands that is almost right.
        near: Option<NearMiss>,
    },
    /// A header has a line end in it.
    #[error("a quote that opens in it is not closed on the same line")]
    QuoteNotClosed,
    /// No column is one of ours, so this is hardly a header.
    #[error(
        "none of its {columns} columns is known: is the delimiter a comma, is there a title line \
         above, is it CSV at all?"
    )]
    NothingKnown {
        /// How many columns there are.
        columns: usize,
    },
}

/// What to do: rename the column that is almost right, or else this.
fn rename(near: &Option<NearMiss>, or_else: &str) -> String {
    match near {
        Some(NearMiss { position, column }) => {
            format!(": column {position} is almost named {column}, rename it")
        }
        None => format!(": {or_else}"),
    }
}

fn waiver(principal: Principal) -> String {
    format!("add it, or pass --without {principal} if the service does not record it")
}

fn names(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
    names.join(" or ")
}

/// An export whose header cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "))]
pub struct Refused {
    /// Every fault, in the order of the columns.
    pub faults: Vec<HeaderFault>,
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
        let headers: Vec<String> =
            headers.into_iter().map(|header| simplified(header.as_ref())).collect();
        if headers.iter().any(|header| header.contains(['\n', '\r'])) {
            return Err(Refused { faults: vec![HeaderFault::QuoteNotClosed] });
        }
        let columns: Vec<(Column, String)> =
            Column::all().map(|column| (column, simplified(column.name().as_bytes()))).collect();

        let mut faults = Vec::new();
        let mut places = [None; Column::COUNT];
        for ((column, name), place) in columns.iter().zip(&mut places) {
            let mut found = (0..).zip(&headers).filter(|(_, header)| *header == name);
            *place = found.next().map(|(place, _)| place);
            if let (Some(first), Some((second, _))) = (*place, found.next()) {
                let (first, second) = (first + 1, second + 1);
                faults.push(HeaderFault::Twice { column: *column, first, second });
            }
        }

        if places.iter().all(Option::is_none) {
            let columns = headers.len();
            return Err(Refused { faults: vec![HeaderFault::NothingKnown { columns }] });
        }

        let has = |column: &Column| places.get(column.index()).is_some_and(Option::is_some);
        let unread =
            (1..).zip(&headers).filter(|(position, _)| !places.contains(&Some(position - 1)));
        let missing = columns.iter().filter(|(column, _)| !has(column));
        let near_misses: Vec<NearMiss> = missing
            .filter_map(|(column, name)| {
                let position = nearest(name, unread.clone())?;
                Some(NearMiss { position, column: *column })
            })
            .collect();
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
            let unread = unread.map(|(position, _)| position).collect();
            Ok(Self { places, waived, near_misses, unread })
        } else {
            Err(Refused { faults })
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

/// The position of the header that is most like a name, if any is like it at all.
fn nearest<'a>(name: &str, headers: impl Iterator<Item = (usize, &'a String)>) -> Option<usize> {
    headers
        .map(|(position, header)| {
            let within = name.len() >= TELLING && header.contains(name);
            let alike = strsim::normalized_damerau_levenshtein(name, header);
            (position, if within { alike.max(ALIKE) } else { alike })
        })
        .filter(|(_, alike)| *alike >= ALIKE)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(position, _)| position)
}
