//! On whose caseloads a person is.

use crate::cell::Cell;
use crate::column::Column;
use crate::exact::{self, NO_KEY};
use crate::person::Id;
use crate::problem::{Problem, ProblemKind, Quarantine};
use std::fmt;

/// What has a caseload. An export may say by a code on whose a person is; nothing in an assessment
/// follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caseload {
    /// A service.
    Service,
    /// A team.
    Team,
    /// A worker, by a code and never by a name.
    Worker,
}

impl Caseload {
    /// The three.
    pub const ALL: [Self; 3] = [Self::Service, Self::Team, Self::Worker];

    /// The name of the column, and of the key in `flags.ndjson`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Team => "team",
            Self::Worker => "worker",
        }
    }
}

impl fmt::Display for Caseload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The caseloads that a row names: of each kind at most one, by a code that obeys the id rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caseloads<'a> {
    codes: [Option<Id<'a>>; Caseload::ALL.len()],
}

impl<'a> Caseloads<'a> {
    /// Reads the codes of a row. A code that breaks the id rule is none, and `problem` hears of it.
    pub(crate) fn read(
        cells: &impl Fn(Column) -> Option<&'a [u8]>,
        problem: &mut impl FnMut(Problem),
    ) -> Self {
        let codes = Caseload::ALL
            .map(|caseload| code(caseload, cells(Column::Caseload(caseload))?, problem));
        Self { codes }
    }

    /// The code of the one that the row names.
    pub fn code(self, of: Caseload) -> Option<Id<'a>> {
        let [service, team, worker] = self.codes;
        match of {
            Caseload::Service => service,
            Caseload::Team => team,
            Caseload::Worker => worker,
        }
    }

    /// The same as a list of one or none.
    pub fn of(&self, of: Caseload) -> &[Id<'a>] {
        self.codes.get(of as usize).map_or(&[], Option::as_slice)
    }

    /// Every code with what it is of.
    pub fn codes(self) -> impl Iterator<Item = (Caseload, Id<'a>)> {
        Caseload::ALL.into_iter().zip(self.codes).filter_map(|(of, code)| Some((of, code?)))
    }
}

/// Of several codes of a kind, the last.
impl<'a> FromIterator<(Caseload, Id<'a>)> for Caseloads<'a> {
    fn from_iter<I: IntoIterator<Item = (Caseload, Id<'a>)>>(codes: I) -> Self {
        let mut caseloads = Self::default();
        for (of, code) in codes {
            if let Some(place) = caseloads.codes.get_mut(of as usize) {
                *place = Some(code);
            }
        }
        caseloads
    }
}

fn code<'a>(
    caseload: Caseload,
    cell: &'a [u8],
    problem: &mut (impl FnMut(Problem) + ?Sized),
) -> Option<Id<'a>> {
    match Id::read(cell) {
        Ok(code) => Some(code),
        Err(Quarantine::IdMissing) => None,
        Err(_) => {
            let column = Column::Caseload(caseload);
            problem(Problem { column, kind: ProblemKind::Unreadable });
            None
        }
    }
}

/// The codes of the row that was read last.
#[derive(Default)]
pub(crate) struct KeptCodes([KeptCode; Caseload::ALL.len()]);

impl KeptCodes {
    pub(crate) fn clear(&mut self) {
        self.0.iter_mut().for_each(|kept| kept.now = None);
    }

    pub(crate) fn read<'a>(
        &mut self,
        cells: &impl Fn(Column) -> Option<Cell<'a>>,
        problem: &mut (impl FnMut(Problem) + ?Sized),
    ) {
        for (caseload, kept) in Caseload::ALL.into_iter().zip(&mut self.0) {
            let cell = cells(Column::Caseload(caseload)).unwrap_or_default();
            kept.read(cell, |cell| code(caseload, cell, problem));
        }
    }

    pub(crate) fn caseloads(&self) -> Caseloads<'_> {
        Caseloads { codes: self.0.each_ref().map(KeptCode::get) }
    }
}

/// The code of one caseload and, since rows repeat them, some of those before it.
#[derive(Default)]
struct KeptCode {
    /// Each by the key of its cell, in the place that follows from it.
    texts: Vec<(u128, String)>,
    now: Option<usize>,
}

impl KeptCode {
    #[inline]
    fn read<'a>(&mut self, cell: Cell<'a>, code: impl FnOnce(&'a [u8]) -> Option<Id<'a>>) {
        let key = exact::key(cell).unwrap_or(NO_KEY);
        let place = exact::place(key, exact::SPREAD);
        self.now = match self.texts.get(place) {
            _ if key == 0 => None,
            Some((known, _)) if *known == key && key != NO_KEY => Some(place),
            _ => code(cell.text()).map(|code| self.keep(key, place, code)),
        };
    }

    #[cold]
    fn keep(&mut self, key: u128, place: usize, code: Id<'_>) -> usize {
        self.texts.resize_with(exact::PLACES, || (NO_KEY, String::new()));
        if let Some((known, text)) = self.texts.get_mut(place) {
            *known = key;
            text.clear();
            text.push_str(code.as_str());
        }
        place
    }

    fn get(&self) -> Option<Id<'_>> {
        Id::kept(&self.texts.get(self.now?)?.1)
    }
}
