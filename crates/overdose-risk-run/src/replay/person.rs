//! What was known and flagged of one person.

use crate::before::Today;
use crate::reading::Place;
use overdose_risk::Record;
use overdose_risk_intake::{Problem, Quarantine};
use overdose_risk_json::Flagged;
use std::fmt;

/// What the export of a run said of one person, and what the run said.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PersonThen {
    /// What became of the person.
    pub became: LookedUp,
    /// Facts that could not be used.
    pub problems: Vec<InRow<Problem>>,
    /// Rows with the person's id that were quarantined: nothing in them was read.
    pub quarantined: Vec<InRow<Quarantine>>,
    /// How many more rows were quarantined of which nobody knows whose they are.
    pub of_nobody_known: u64,
}

/// What became of a person in a run. Its `Debug` says nothing of what was known or flagged.
#[derive(Clone, Default)]
pub enum LookedUp {
    /// The person is in no row of which it is known whose it is.
    #[default]
    Absent,
    /// Every row was quarantined.
    Quarantined,
    /// There was no consent to this use of the person's record, and they were not assessed.
    WithoutConsent,
    /// The person had died, and was not assessed.
    Died,
    /// The person was assessed.
    Assessed {
        /// What was known.
        record: Box<Record>,
        /// What was flagged, as `flags.ndjson` has it.
        flagged: Box<Flagged>,
    },
}

/// Something that could not be used, and the row that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InRow<T> {
    /// The name of the file.
    pub source: String,
    /// The physical line on which the record begins, from 1.
    pub line: u64,
    /// What it is.
    pub what: T,
}

impl<T> InRow<T> {
    fn at(place: Place<'_>, what: T) -> Self {
        Self { source: place.source.to_owned(), line: place.line, what }
    }
}

impl fmt::Debug for LookedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Quarantined => "Quarantined",
            Self::WithoutConsent => "WithoutConsent",
            Self::Died => "Died",
            Self::Assessed { .. } => "Assessed",
        })
    }
}

impl PersonThen {
    /// That this became of a row. What counts for more stays.
    pub(super) fn saw(&mut self, today: Today) {
        self.became = match (today, std::mem::take(&mut self.became)) {
            (_, became @ LookedUp::Assessed { .. }) => became,
            (Today::Died, _) | (_, LookedUp::Died) => LookedUp::Died,
            (Today::WithoutConsent, _) | (_, LookedUp::WithoutConsent) => LookedUp::WithoutConsent,
            (Today::Quarantined, _) | (_, LookedUp::Quarantined) => LookedUp::Quarantined,
            (Today::Absent | Today::Assessed, LookedUp::Absent) => LookedUp::Absent,
        };
    }

    pub(super) fn set_aside(&mut self, place: Place<'_>, kind: Quarantine) {
        self.quarantined.push(InRow::at(place, kind));
    }

    pub(super) fn note(&mut self, place: Place<'_>, problem: Problem) {
        self.problems.push(InRow::at(place, problem));
    }
}
