//! `reviewed.csv`: what a run keeps of the reviews for the next one.

use super::baseline::Baseline;
use super::file::Cells;
use super::row::{self, Row};
use super::{Kept, Remembered};
use chrono::NaiveDate;
use overdose_risk_intake::read_day;
use overdose_risk_report::{ReviewState, guarded};
use std::io::{self, Read};

const HEADER: [&str; 6] = ["id", "reviewed_on", "until", "outcome", "state", "reasons"];

/// The state of a review of somebody who is not on today's list.
const NOT_LISTED: &str = "not-listed";

/// The name of a state in outputs.
const fn name(state: ReviewState) -> &'static str {
    match state {
        ReviewState::Holds => "holds",
        ReviewState::Lapsed => "lapsed",
        ReviewState::NewReason => "new-reason",
    }
}

pub(super) fn write<'r>(
    reviews: impl Iterator<Item = (&'r String, &'r Kept)>,
    output: impl io::Write,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(output);
    writer.write_record(HEADER)?;
    for (id, Kept { row, remembered, judged }) in reviews {
        let (state, baseline) = match judged {
            Some((state, baseline)) => (name(*state), Some(baseline)),
            None => (NOT_LISTED, remembered.as_ref().and_then(|kept| kept.baseline.as_ref())),
        };
        writer.write_record([
            id.as_str(),
            &row.reviewed_on.to_string(),
            &row.until.to_string(),
            &guarded(&row.outcome),
            state,
            &baseline.map_or(String::new(), Baseline::to_string),
        ])?;
    }
    writer.flush()
}

/// Reads what the run before kept: of whom, of which day, the review itself where all of it can be
/// read, and what to hold it against. What cannot be read is passed over.
pub(super) fn read(
    previous: impl Read,
    as_of: NaiveDate,
    found: &mut impl FnMut(&str, NaiveDate, Option<Row>, Remembered),
) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(previous);
    let Ok(header) = reader.headers().cloned() else { return };
    let place = |name: &str| header.iter().position(|column| column == name);
    let (Some(id), Some(reviewed_on), Some(state), Some(reasons)) =
        (place("id"), place("reviewed_on"), place("state"), place("reasons"))
    else {
        return;
    };
    let (until, outcome) = (place("until"), place("outcome"));
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).is_ok_and(|is_one| is_one) {
        let cell = |place| record.get(place).and_then(|cell| std::str::from_utf8(cell).ok());
        let cell_if = |place: Option<usize>| place.and_then(cell).unwrap_or_default();
        if let (Some(id), Some(text), Some(state), Some(reasons)) =
            (cell(id), cell(reviewed_on), cell(state), cell(reasons))
            && let Some(day) = read_day(text.as_bytes())
        {
            let cells =
                Cells { id, reviewed_on: text, until: cell_if(until), outcome: cell_if(outcome) };
            let row = row::read(&cells, as_of).ok().flatten().map(|(_, row)| row);
            let baseline = Baseline::read(reasons);
            // Of somebody who was never listed nobody knows the reasons, which is not to have none.
            let is_unknown = state == NOT_LISTED && baseline.is_empty();
            let remembered = Remembered {
                baseline: (!is_unknown).then_some(baseline),
                had_new_reason: state == name(ReviewState::NewReason),
            };
            found(id, day, row, remembered);
        }
    }
}
