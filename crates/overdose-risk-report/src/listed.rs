//! A person on a worklist.

use crate::change::Change;
use chrono::NaiveDate;
use overdose_risk::Priority;
use overdose_risk_json::Flagged;

/// A person on a worklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What the run says of the person; of somebody who is carried, what the last run said that
    /// assessed them, on its day.
    pub flagged: Flagged,
    /// Whether this run assessed the person.
    pub standing: Standing,
    /// What changed since the run before, if anything did.
    pub change: Option<Change>,
    /// The latest review, if there is one.
    pub review: Option<Review>,
}

/// Whether a run assessed a person on its worklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It did.
    Assessed,
    /// It did not: no row of the export is theirs.
    Gone,
    /// It did not: what it has of them could not be read.
    Quarantined,
    /// It did not: there is no consent to this use of their record.
    WithoutConsent,
}

/// That somebody reviewed a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// When.
    pub reviewed_on: NaiveDate,
    /// The last day for which it holds.
    pub until: NaiveDate,
    /// What came of it, as whoever reviewed wrote it.
    pub outcome: String,
    /// Whether it still holds.
    pub state: ReviewState,
}

/// Whether a review still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// It does.
    Holds,
    /// Its time is over.
    Lapsed,
    /// There is a reason now that there was not then.
    NewReason,
}

impl Listed {
    /// Whether the person is on the list by an earlier run.
    pub(crate) fn is_carried(&self) -> bool {
        self.standing != Standing::Assessed
    }

    /// The place on the worklist, the smaller first: the urgency, then those of whom opioid exposure is
    /// known, then the unreviewed, then as in [`Priority`], and at last the id.
    pub fn place(&self) -> Option<impl Ord + use<'_>> {
        let priority = self.flagged.priority()?;
        let Priority { urgency, exposure_unknown, .. } = priority;
        let holds = |review: &Review| review.state == ReviewState::Holds;
        let is_reviewed = self.review.as_ref().is_some_and(holds);
        Some((urgency, exposure_unknown, is_reviewed, priority, self.flagged.id.as_str()))
    }
}
