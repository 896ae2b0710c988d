//! Who was reviewed, until when, and whether that still holds.
//!
//! A review says of a person that somebody looked at their reasons. It moves the person below the
//! unreviewed of their tier, hides nobody, and ends by itself: after its last day, or when there is a
//! reason that was not there before. Whatever cannot be read of a review makes the person count as not
//! reviewed, so that they stand higher.
//!
//! What the reasons were is the review's baseline. It is kept from run to run in `reviewed.csv`, and
//! comes down with the reasons: one that has gone, or weighs less by now, is a new one when it comes
//! back. Somebody who is released from prison a second time would else stay reviewed.

use crate::error::{Cause, Error};
use crate::receipt::{FileRecord, NotUsed, ReviewsRecord};
use crate::source::{name_of, shown};
use baseline::Baseline;
use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_report::{Review, ReviewState};
use row::Row;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

mod baseline;
mod file;
mod kept;
mod row;
#[cfg(test)]
mod tests;

pub(crate) use file::FileFault;
pub(crate) use row::RowFault;

/// The latest review of everybody who has one.
pub(crate) struct Reviews {
    file: Option<FileRecord>,
    as_of: NaiveDate,
    by_id: BTreeMap<String, Kept>,
    unusable: Vec<(u64, RowFault)>,
}

/// A review, what the run before kept of it, and what this run says.
struct Kept {
    row: Row,
    remembered: Option<Remembered>,
    judged: Option<(ReviewState, Baseline)>,
}

/// What the run before kept of a review.
struct Remembered {
    baseline: Option<Baseline>,
    had_new_reason: bool,
}

/// The reasons of a person in the run before, where nothing was kept of the review yet.
pub(crate) enum Then<I> {
    /// There is no run before whose ids are those of this one.
    NoRun,
    /// That run knows no reasons of the person: it did not assess them.
    NotAssessed,
    /// These are the reasons: factors and levels by their names.
    Reasons(I),
}

/// How many of the rows that cannot be used a receipt lists.
const MOST_LISTED: usize = 1000;

/// The largest file of reviews, in bytes.
const LARGEST: u64 = 1 << 28;

impl Reviews {
    /// Reads a file of reviews as of a day.
    pub(crate) fn read(path: &Path, as_of: NaiveDate) -> Result<Self, Error> {
        let unreadable = |error| Cause::Open { path: shown(path), error };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        let refused = |fault| Cause::Reviews { path: shown(path), fault };
        if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
            return Err(refused(FileFault::TooLarge).into());
        }
        let mut reviews = Self::of(&bytes, as_of).map_err(refused)?;
        reviews.file = Some(FileRecord::of(&name_of(path), &bytes));
        Ok(reviews)
    }

    /// No reviews as of a day.
    pub(crate) fn none(as_of: NaiveDate) -> Self {
        Self { file: None, as_of, by_id: BTreeMap::new(), unusable: Vec::new() }
    }

    fn of(bytes: &[u8], as_of: NaiveDate) -> Result<Self, FileFault> {
        let mut reviews = Self::none(as_of);
        file::read(
            bytes,
            &mut |line, cells| match cells.and_then(|cells| row::read(&cells, as_of)) {
                Ok(Some((id, row))) => reviews.add(id.as_str(), row),
                Ok(None) => {}
                Err(fault) => reviews.unusable.push((line, fault)),
            },
        )?;
        Ok(reviews)
    }

    /// Of several reviews of a person the latest counts, and of several of one day the last.
    fn add(&mut self, id: &str, row: Row) {
        let kept = Kept { row, remembered: None, judged: None };
        match self.by_id.entry(id.to_owned()) {
            Entry::Vacant(place) => {
                place.insert(kept);
            }
            Entry::Occupied(mut place) if place.get().row.reviewed_on <= kept.row.reviewed_on => {
                place.insert(kept);
            }
            Entry::Occupied(_) => {}
        }
    }

    /// Whether somebody who is carried stands on the worklist no longer, since a review that holds and is
    /// no older than the last assessment of them says so. Whoever is assessed again is on it again.
    pub(crate) fn ends_carrying(&self, id: &str, assessed_on: NaiveDate) -> bool {
        self.by_id.get(id).is_some_and(|Kept { row, .. }| {
            row.ends_carrying() && row.reviewed_on >= assessed_on && row.until >= self.as_of
        })
    }

    /// How many hold, and which rows could not be used.
    pub(crate) fn record(&self) -> ReviewsRecord {
        let count = |state| {
            let states =
                self.by_id.values().map(|kept| kept.judged.as_ref().map(|(state, _)| *state));
            states.filter(|judged| *judged == state).count() as u64
        };
        let not_used = self.unusable.iter();
        ReviewsRecord {
            file: self.file.clone(),
            holds: count(Some(ReviewState::Holds)),
            lapsed: count(Some(ReviewState::Lapsed)),
            new_reason: count(Some(ReviewState::NewReason)),
            not_listed: count(None),
            rows_not_used: self.unusable.len() as u64,
            not_used: not_used
                .take(MOST_LISTED)
                .map(|(line, why)| NotUsed { line: *line, kind: why.name() })
                .collect(),
        }
    }

    /// Takes over what the run before kept in its `reviewed.csv`: reviews whose last day is not over,
    /// where there is none of that day or a later one. Whatever cannot be read there is as if it had
    /// not been kept.
    pub(crate) fn remember(&mut self, previous: impl Read) {
        let as_of = self.as_of;
        kept::read(previous, as_of, &mut |id, reviewed_on, row, remembered| {
            let known = self.by_id.get_mut(id).filter(|kept| kept.row.reviewed_on >= reviewed_on);
            match (known, row) {
                (Some(kept), _) if kept.row.reviewed_on == reviewed_on => {
                    kept.remembered = Some(remembered);
                }
                (None, Some(row)) if row.until >= as_of => {
                    let kept = Kept { row, remembered: Some(remembered), judged: None };
                    self.by_id.insert(id.to_owned(), kept);
                }
                (Some(_), _) | (None, _) => {}
            }
        });
    }

    /// The review of a person with these reasons today, factors and levels by their names, of which the
    /// newest event was on this day. A second overdose is a new reason although its level is that of the
    /// first.
    ///
    /// A review that nothing was kept of is held against the run before, which is the last list that
    /// whoever reviewed can have seen, and against today where there is none. What a reason weighs, then
    /// and today, is what the policy of this run says.
    pub(crate) fn judge<'n>(
        &mut self,
        id: &str,
        today: impl Iterator<Item = (&'n str, &'n str)> + Clone,
        newest: Option<NaiveDate>,
        before: Then<impl Iterator<Item = (&'n str, &'n str)>>,
        policy: &Policy,
    ) -> Option<Review> {
        let Kept { row, remembered, judged } = self.by_id.get_mut(id)?;
        let found;
        let baseline = match remembered.as_ref().and_then(|kept| kept.baseline.as_ref()) {
            Some(baseline) => baseline,
            None => {
                found = match before {
                    Then::NoRun => Baseline::of(today.clone()),
                    Then::NotAssessed => Baseline::default(),
                    Then::Reasons(reasons) => Baseline::of(reasons),
                };
                &found
            }
        };
        let had_new_reason = remembered.as_ref().is_some_and(|kept| kept.had_new_reason);
        let state = if self.as_of > row.until {
            ReviewState::Lapsed
        } else if had_new_reason
            || newest.is_some_and(|day| day > row.reviewed_on)
            || today.clone().any(|reason| baseline.is_exceeded_by(reason, policy))
        {
            ReviewState::NewReason
        } else {
            ReviewState::Holds
        };
        *judged = Some((state, baseline.come_down_to(today, policy)));
        let Row { reviewed_on, until, outcome } = row;
        Some(Review { reviewed_on: *reviewed_on, until: *until, outcome: outcome.clone(), state })
    }

    /// Writes `reviewed.csv`: every review in the order of the ids, whether it holds, and its baseline.
    pub(crate) fn write(&self, output: impl io::Write) -> io::Result<()> {
        kept::write(self.by_id.iter(), output)
    }
}
