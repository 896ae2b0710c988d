//! The cells of one row, and who hears of what could not be used.

use super::codes::{self, Listed};
use super::column::NdtmsColumn;
use crate::column::Column;
use crate::problem::{Problem, ProblemKind};
use crate::text;
use chrono::{Datelike, NaiveDate};
use overdose_risk::{Status, Unknown, YesNo};

/// No date before this year is believed.
const FIRST_YEAR: i32 = 1900;

/// How many days a review looks back.
const REVIEWED_DAYS: u8 = 28;

/// One row. What cannot be used is reported under the native column that its own column feeds, once
/// each time that it is read.
pub(super) struct Row<'r, 'a> {
    pub(super) cells: &'r dyn Fn(NdtmsColumn) -> Option<&'a [u8]>,
    pub(super) as_of: NaiveDate,
    pub(super) problem: &'r mut dyn FnMut(Problem),
}

impl<'a> Row<'_, 'a> {
    /// The cell, where the extract has the column.
    pub(super) fn cell(&self, column: NdtmsColumn) -> Option<&'a [u8]> {
        (self.cells)(column)
    }

    pub(super) fn has(&self, column: NdtmsColumn) -> bool {
        self.cell(column).is_some()
    }

    pub(super) fn report(&mut self, column: Column, kind: ProblemKind) {
        (self.problem)(Problem { column, kind });
    }

    fn read<T>(&mut self, column: NdtmsColumn, read: fn(&[u8]) -> Status<T>) -> Status<T> {
        let status = self.cell(column).map_or(Status::NotCollected, read);
        if matches!(status, Status::Unknown(Unknown::Unreadable)) {
            self.report(column.gives(), ProblemKind::Unreadable);
        }
        status
    }

    /// What a code or a label says.
    pub(super) fn code<T: Listed>(&mut self, column: NdtmsColumn) -> Status<T> {
        self.read(column, codes::read)
    }

    pub(super) fn yes_no(&mut self, column: NdtmsColumn) -> Status<YesNo> {
        self.read(column, text::yes_no)
    }

    /// Days out of the last 28 before a review.
    pub(super) fn days(&mut self, column: NdtmsColumn) -> Status<u8> {
        self.read(column, |cell| {
            text::status(cell, |text| {
                let days = (text.len() <= 2).then(|| text::digits(text))??;
                u8::try_from(days).ok().filter(|days| *days <= REVIEWED_DAYS)
            })
        })
    }

    /// A date that may lie ahead.
    pub(super) fn date(&mut self, column: NdtmsColumn) -> Status<NaiveDate> {
        self.believable(column, |date, _| date.year() >= FIRST_YEAR)
    }

    /// The date of something that has happened.
    pub(super) fn past(&mut self, column: NdtmsColumn) -> Status<NaiveDate> {
        self.believable(column, |date, as_of| date.year() >= FIRST_YEAR && date <= as_of)
    }

    fn believable(
        &mut self,
        column: NdtmsColumn,
        can_be: fn(NaiveDate, NaiveDate) -> bool,
    ) -> Status<NaiveDate> {
        let date = self.read(column, text::date);
        if date.known().is_none_or(|date| can_be(date, self.as_of)) {
            return date;
        }
        self.report(column.gives(), ProblemKind::Contradictory);
        Status::Unknown(Unknown::Contradictory)
    }
}

/// The first reason that somebody did write, of several for which a fact is unknown.
pub(super) fn said(reasons: impl IntoIterator<Item = Option<Unknown>>) -> Unknown {
    let mut reasons = reasons.into_iter().flatten();
    reasons.find(|why| *why != Unknown::NotRecorded).unwrap_or(Unknown::NotRecorded)
}
