//! What whoever reads a worklist has to know first.

use crate::error::Error;
use crate::guards::{Doubt, is_more_than};
use crate::receipt::{Receipt, ReviewsRecord};
use crate::{Job, MAX_QUARANTINE};
use chrono::NaiveDate;
use overdose_risk::Field;
use overdose_risk_intake::ProblemKind;

mod before;
mod fields;
mod policy;

/// One in so many people whose rows have no age in common makes it likely that ids are not unique.
const MANY: u64 = 20;

/// An export whose newest date is more than so many days old may be an old one.
const STALE_AFTER_DAYS: i64 = 7;

/// The notices of a run, in the order in which they are to be read.
///
/// # Errors
///
/// When nobody can say which run `LATEST` names.
pub(crate) fn of(receipt: &Receipt, job: &Job, tolerated: &[Doubt]) -> Result<Vec<String>, Error> {
    let as_of = job.as_of;
    let mut notices = not_assessed(receipt);
    notices.extend(fields::case_status(receipt));
    notices.extend(policy::of(receipt.policy(), as_of));
    notices.extend(tolerated.iter().filter_map(Doubt::notice));
    notices.extend(fields::not_in_every_file(receipt));
    notices.extend(old_export(receipt, as_of));
    notices.extend(before::of(receipt, job)?);
    notices.extend(policy::no_longer_warned(receipt, as_of));
    notices.extend(no_longer_carried(receipt));
    notices.extend(ended_by_review(receipt));
    notices.extend(receipt.reviews.as_ref().and_then(not_used));
    notices.extend(of_different_people(receipt));
    notices.extend(experimental(receipt));
    notices.extend(fields::unreadable(receipt));
    notices.extend(fields::under_18(receipt));
    Ok(notices)
}

/// Who was not assessed, or not for everything, of those in the export.
fn not_assessed(receipt: &Receipt) -> Vec<String> {
    let mut notices = Vec::new();
    for input in &receipt.inputs {
        if let Some(place) = &input.breaks_off {
            let name = &input.file.name;
            notices.push(format!("INCOMPLETE: nobody in {name} was assessed after this: {place}."));
        }
    }
    let (quarantined, records) = (receipt.records.quarantined, receipt.records.not_blank());
    if quarantined > 0 {
        let is_unusual = is_more_than(quarantined, records, MAX_QUARANTINE);
        let more =
            if is_unusual { format!(", more than {MAX_QUARANTINE} %") } else { String::new() };
        notices.push(format!(
            "NOT ASSESSED: {quarantined} of {records} records could not be read{more}; see \
             quarantine.csv."
        ));
    }
    if receipt.partly_read > 0 {
        notices.push(format!(
            "PARTLY READ: {} assessed without a row of theirs that was quarantined; quarantine.csv has \
             their ids.",
            counted(receipt.partly_read, "person was", "people were")
        ));
    }
    for field in &receipt.waived {
        notices.push(format!("WAIVED: nobody could be assessed for {field}."));
    }
    notices
}

fn old_export(receipt: &Receipt, as_of: NaiveDate) -> Option<String> {
    let newest = receipt.newest_date?;
    let days = (as_of - newest).num_days();
    (days > STALE_AFTER_DAYS).then(|| {
        format!("AN OLD EXPORT? The newest date in it is {newest}, {days} days before {as_of}.")
    })
}

fn of_different_people(receipt: &Receipt) -> Option<String> {
    let ages_apart = format!("{}:{}", Field::Age, ProblemKind::RowsDisagree);
    let apart = receipt.problems.get(&ages_apart).copied().unwrap_or(0);
    (apart * MANY > receipt.tally.people()).then(|| {
        format!(
            "ROWS OF DIFFERENT PEOPLE? Those with one id have no age in common for {apart} people. Do \
             several services number theirs alike? Then run each by itself."
        )
    })
}

fn experimental(receipt: &Receipt) -> impl Iterator<Item = String> {
    let extracts = receipt.inputs.iter().filter(|input| input.profile == "ndtms");
    extracts.map(|input| {
        format!(
            "{} was read as an extract for NDTMS. THAT IS EXPERIMENTAL: the current code lists could \
             not be read, so codes may be missing or mean something else.",
            input.file.name
        )
    })
}

/// Which rows of the file of reviews could not be used.
fn not_used(reviews: &ReviewsRecord) -> Option<String> {
    let first = reviews.not_used.first()?;
    Some(format!(
        "REVIEWS NOT USED: {} of {} cannot be read, nor, where a quote is left open, what follows; those \
         people count as not reviewed. The first is on line {}, {}; run.json has the lines, and the page \
         of kinds (docs/kinds.md) what to do.",
        counted(reviews.rows_not_used, "row", "rows"),
        reviews.file.as_ref().map_or("the file", |file| &file.name),
        first.line,
        first.kind
    ))
}

/// Whom the worklist has no longer.
fn no_longer_carried(receipt: &Receipt) -> Option<String> {
    let people = Some(receipt.no_longer_carried).filter(|people| *people > 0)?;
    Some(format!(
        "NO LONGER CARRIED: {} to be contacted, and no run has assessed them for 28 days; changes.csv \
         names them.",
        counted(people, "person was", "people were")
    ))
}

fn ended_by_review(receipt: &Receipt) -> Option<String> {
    let people = Some(receipt.carrying_ended_by_review).filter(|people| *people > 0)?;
    Some(format!(
        "NO LONGER CARRIED BY A REVIEW: {} that they died, moved away or asked not to be contacted; \
         changes.csv names them.",
        counted(people, "person, of whom a review says", "people, of whom reviews say")
    ))
}

/// A number of things.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
