//! On whose caseloads a person is.

use crate::column::Column;
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
        let codes = Caseload::ALL.map(|caseload| {
            let column = Column::Caseload(caseload);
            match Id::read(cells(column)?) {
                Ok(code) => Some(code),
                Err(Quarantine::IdMissing) => None,
                Err(_) => {
                    problem(Problem { column, kind: ProblemKind::Unreadable });
                    None
                }
            }
        });
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

    /// Every code with what it is of.
    pub fn codes(self) -> impl Iterator<Item = (Caseload, Id<'a>)> {
        Caseload::ALL.into_iter().zip(self.codes).filter_map(|(of, code)| Some((of, code?)))
    }
}

/// The codes of the row that was read last, in texts that are used again.
#[derive(Default)]
pub(crate) struct KeptCodes([String; Caseload::ALL.len()]);

impl KeptCodes {
    pub(crate) fn clear(&mut self) {
        self.0.iter_mut().for_each(String::clear);
    }

    pub(crate) fn keep(&mut self, caseloads: Caseloads<'_>) {
        for (kept, code) in self.0.iter_mut().zip(caseloads.codes) {
            kept.clear();
            if let Some(code) = code {
                kept.push_str(code.as_str());
            }
        }
    }

    pub(crate) fn caseloads(&self) -> Caseloads<'_> {
        Caseloads { codes: self.0.each_ref().map(|kept| Id::kept(kept)) }
    }
}
