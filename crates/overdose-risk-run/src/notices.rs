//! What whoever reads a worklist has to know first.

use crate::guards::Doubt;
use crate::receipt::{PolicyRecord, Receipt, ReviewsRecord};
use crate::{Job, run_name};
use chrono::NaiveDate;
use overdose_risk::{Field, Policy};
use overdose_risk_intake::ProblemKind;

/// One in so many people whose rows have no age in common makes it likely that ids are not unique.
const MANY: u64 = 20;

/// How many settings a notice names; `policy diff` names them all.
const SETTINGS: usize = 6;

/// An export whose newest date is more than so many days old may be an old one.
const STALE_AFTER_DAYS: i64 = 7;

/// The notices of a run, in the order in which they are to be read.
pub(crate) fn of(receipt: &Receipt, job: &Job, tolerated: &[Doubt]) -> Vec<String> {
    let as_of = job.as_of;
    let has_runs = run_name::complete(&job.out).is_ok_and(|runs| !runs.is_empty());
    let mut notices = Vec::new();
    for input in &receipt.inputs {
        if let Some(place) = &input.breaks_off {
            let name = &input.file.name;
            notices.push(format!("INCOMPLETE: nobody in {name} was assessed after this: {place}."));
        }
    }
    if receipt.records.quarantined > 0 {
        notices.push(format!(
            "NOT ASSESSED: {} of {} records could not be read; see quarantine.csv.",
            receipt.records.quarantined,
            receipt.records.read - receipt.records.blank
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
    notices.extend(of_policy(receipt.policy(), as_of));
    notices.extend(tolerated.iter().map(|doubt| format!("PUBLISHED ALTHOUGH {}.", doubt.fact())));
    let age = receipt.newest_date.map(|newest| (newest, (as_of - newest).num_days()));
    if let Some((newest, days)) = age.filter(|(_, days)| *days > STALE_AFTER_DAYS) {
        notices.push(format!(
            "AN OLD EXPORT? The newest date in it is {newest}, {days} days before {as_of}."
        ));
    }
    notices.extend(compared(receipt, has_runs));
    notices.extend(no_longer_warned(receipt, as_of));
    notices.extend(no_longer_carried(receipt));
    notices.extend(ended_by_review(receipt));
    notices.extend(receipt.reviews.as_ref().and_then(not_used));
    let ages_apart = format!("{}:{}", Field::Age, ProblemKind::RowsDisagree);
    let apart = receipt.problems.get(&ages_apart).copied().unwrap_or(0);
    if apart * MANY > receipt.tally.people() {
        notices.push(format!(
            "ROWS OF DIFFERENT PEOPLE? Those with one id have no age in common for {apart} people. Do \
             several services number theirs alike? Then run each by itself."
        ));
    }
    for input in receipt.inputs.iter().filter(|input| input.profile == "ndtms") {
        notices.push(format!(
            "{} was read as an extract for NDTMS. THAT IS EXPERIMENTAL: the current code lists could \
             not be read, so codes may be missing or mean something else.",
            input.file.name
        ));
    }
    for (field, counts) in receipt.tally.completeness() {
        let kind = format!("{field}:{}", ProblemKind::Unreadable);
        let unreadable = receipt.problems.get(&kind).copied().unwrap_or(0);
        let filled = unreadable + counts.known;
        if unreadable * 2 > filled {
            notices.push(format!(
                "{field} CAN HARDLY BE READ: {unreadable} of {filled} filled cells say nothing that it \
                 can say; few people could be assessed for it."
            ));
        }
    }
    notices
}

/// By what of the policy people can be missed, and whether somebody answers for it.
fn of_policy(policy: &PolicyRecord, as_of: NaiveDate) -> Vec<String> {
    let mut notices = Vec::new();
    let label = policy.label();
    if let Some(day) = policy.review_by.filter(|day| *day < as_of) {
        notices.push(format!(
            "POLICY REVIEW OVERDUE: {label} was to be looked at again by {day}. Until somebody has, its \
             numbers may be out of date."
        ));
    }
    notices.extend(less_cautious(policy));
    let what = match (&policy.approved_by, policy.review_by) {
        (None, None) => ("NOT APPROVED", "names nobody in approved_by and no day in review_by"),
        (None, Some(_)) => ("NOT APPROVED", "names nobody in approved_by"),
        (Some(_), None) => ("WITHOUT A REVIEW", "names no day in review_by"),
        (Some(_), Some(_)) => return notices,
    };
    if policy.is_own() {
        let (heading, names) = what;
        notices.push(format!("POLICY {heading}: {label} is the service's own, and {names}."));
    }
    notices
}

fn less_cautious(policy: &PolicyRecord) -> Option<String> {
    let settings = &policy.less_cautious;
    if settings.is_empty() {
        return None;
    }
    let named: Vec<&str> = settings.iter().take(SETTINGS).map(String::as_str).collect();
    let more = match settings.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more; policy diff says all"),
    };
    Some(format!(
        "LESS CAUTIOUS THAN THE DEFAULT: {}{more}. People may be contacted later than by {}.",
        named.join("; "),
        Policy::practice_principles().name()
    ))
}

/// Which rows of the file of reviews could not be used.
fn not_used(reviews: &ReviewsRecord) -> Option<String> {
    let first = reviews.not_used.first()?;
    Some(format!(
        "REVIEWS NOT USED: {} of {} cannot be read, nor, where a quote is left open, what follows; those \
         people count as not reviewed. The first is on line {}, {}; run.json has the lines.",
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

/// Which local warning somebody has taken back before its last day.
fn no_longer_warned(receipt: &Receipt, as_of: NaiveDate) -> Option<String> {
    let previous = receipt.previous.as_ref()?;
    let until = previous.alert_until.filter(|until| *until >= as_of)?;
    let by = &previous.policy;
    let is_gone = receipt.policy().alert.is_none();
    is_gone.then(|| format!("LOCAL WARNING NO LONGER GIVEN: until {until} by {by}."))
}

/// The name and version in a label.
fn version(label: &str) -> Option<&str> {
    label.split('#').next()
}

/// A number of things.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How far the run before can be compared with.
fn compared(receipt: &Receipt, has_runs: bool) -> Vec<String> {
    let Some(previous) = &receipt.previous else {
        let not_compared = "NOT COMPARED with any of the runs that are there: whoever is missing today is \
                            on no worklist.";
        return has_runs.then(|| not_compared.to_owned()).into_iter().collect();
    };
    let as_of = &previous.as_of;
    if previous.other_pseudonyms {
        return vec![format!(
            "OTHER PSEUDONYMS: the run of {as_of} had another pseudonym key, or none, so nobody has the \
             same id in both and nobody was compared. Look at its worklist for whom it names."
        )];
    }
    let mut notices = Vec::new();
    if previous.other_policy {
        let (then, now) = (&*previous.policy, receipt.policy().label());
        let not_raised =
            if version(then) == version(now) { " THE VERSION WAS NOT RAISED." } else { "" };
        notices.push(format!(
            "OTHER POLICY: {then} on {as_of}, now {now}; tiers can differ for that.{not_raised}"
        ));
    }
    if previous.other_program {
        let (then, now) = (&previous.program_version, &receipt.program().version);
        notices.push(format!(
            "OTHER PROGRAM: version {then} on {as_of}, now {now}; tiers can differ for that."
        ));
    }
    notices
}
