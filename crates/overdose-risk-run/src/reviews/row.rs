//! One row of a file of reviews.

use super::file::Cells;
use chrono::{NaiveDate, TimeDelta};
use overdose_risk_intake::{Id, Quarantine, read_day};
use overdose_risk_report::unguarded;
use std::fmt;

/// A review as it was filled in.
pub(super) struct Row {
    pub(super) reviewed_on: NaiveDate,
    pub(super) until: NaiveDate,
    pub(super) outcome: String,
}

/// The outcomes that end the carrying of somebody whom no run assesses any more.
const ENDINGS: [&str; 3] = ["died", "moved away", "asked not to be contacted"];

impl Row {
    /// Whether the outcome is one of those, whatever its case.
    pub(super) fn ends_carrying(&self) -> bool {
        ENDINGS.iter().any(|ending| self.outcome.trim().eq_ignore_ascii_case(ending))
    }
}

/// Why a row that was filled in could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RowFault {
    /// Its id is blank, or says `unknown` or the like.
    IdMissing,
    /// Its id breaks the id rule.
    IdInvalid,
    /// It does not say when.
    ReviewedOnMissing,
    /// It says when in a way that cannot be read.
    ReviewedOnUnreadable,
    /// The review is of a day after the as-of date.
    ReviewedInFuture,
    /// It does not say until when it holds.
    UntilMissing,
    /// It says until when in a way that cannot be read.
    UntilUnreadable,
    /// It ends before it begins.
    UntilBeforeReviewedOn,
    /// It would hold for more than 366 days.
    UntilTooFar,
    /// The outcome has more than 500 characters.
    OutcomeTooLong,
    /// It has more fields than the header.
    FieldCount,
    /// A quote in it takes in other rows, or the rest of the file.
    QuoteNotClosed,
}

impl RowFault {
    /// The name in outputs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::IdMissing => "id-missing",
            Self::IdInvalid => "id-invalid",
            Self::ReviewedOnMissing => "reviewed-on-missing",
            Self::ReviewedOnUnreadable => "reviewed-on-unreadable",
            Self::ReviewedInFuture => "reviewed-in-future",
            Self::UntilMissing => "until-missing",
            Self::UntilUnreadable => "until-unreadable",
            Self::UntilBeforeReviewedOn => "until-before-reviewed-on",
            Self::UntilTooFar => "until-too-far",
            Self::OutcomeTooLong => "outcome-too-long",
            Self::FieldCount => "field-count",
            Self::QuoteNotClosed => "quote-not-closed",
        }
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The most days for which a review holds.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// The longest outcome, in characters.
const LONGEST_OUTCOME: usize = 500;

/// Reads a row; `None` where it was not filled in.
pub(super) fn read<'c>(
    cells: &Cells<'c>,
    as_of: NaiveDate,
) -> Result<Option<(Id<'c>, Row)>, RowFault> {
    if [cells.reviewed_on, cells.until, cells.outcome].iter().all(|cell| is_blank(cell)) {
        return Ok(None);
    }
    let id = Id::read(cells.id.as_bytes()).map_err(|fault| {
        let is_missing = fault == Quarantine::IdMissing;
        if is_missing { RowFault::IdMissing } else { RowFault::IdInvalid }
    })?;
    let reviewed_on =
        day(cells.reviewed_on, RowFault::ReviewedOnMissing, RowFault::ReviewedOnUnreadable)?;
    let until = day(cells.until, RowFault::UntilMissing, RowFault::UntilUnreadable)?;
    if reviewed_on > as_of {
        return Err(RowFault::ReviewedInFuture);
    }
    if until < reviewed_on {
        return Err(RowFault::UntilBeforeReviewedOn);
    }
    if until - reviewed_on > LONGEST {
        return Err(RowFault::UntilTooFar);
    }
    let outcome = unguarded(cells.outcome);
    // Cut off, it might say something else.
    if outcome.chars().count() > LONGEST_OUTCOME {
        return Err(RowFault::OutcomeTooLong);
    }
    Ok(Some((id, Row { reviewed_on, until, outcome: outcome.to_owned() })))
}

fn day(cell: &str, missing: RowFault, unreadable: RowFault) -> Result<NaiveDate, RowFault> {
    if is_blank(cell) { Err(missing) } else { read_day(cell.as_bytes()).ok_or(unreadable) }
}

fn is_blank(cell: &str) -> bool {
    cell.trim().is_empty()
}
