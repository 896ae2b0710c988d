//! What there is to say of the runs that are there.

use super::counted;
use crate::before::fault;
use crate::error::{Error, PreviousFault};
use crate::receipt::{PreviousRecord, Receipt};
use crate::{Job, Previous, publish, run_name};
use chrono::NaiveDate;

/// How many days may lie between two runs. It is a judgement: over a weekend nobody may work.
const NO_RUN_FOR_DAYS: i64 = 3;

/// How far today's run continues those that are there.
pub(super) fn of(receipt: &Receipt, job: &Job) -> Result<Vec<String>, Error> {
    let mut notices = Vec::from_iter(latest_stays(job)?);
    let Some(previous) = &receipt.previous else {
        let has_runs = run_name::complete(&job.out).is_ok_and(|runs| !runs.is_empty());
        let not_compared = "NOT COMPARED with any of the runs that are there: whoever is missing today is \
                            on no worklist.";
        notices.extend(has_runs.then(|| not_compared.to_owned()));
        return Ok(notices);
    };
    notices.extend(no_run_for(previous, job.as_of));
    if previous.other_pseudonyms {
        notices.push(format!(
            "OTHER PSEUDONYMS: the run of {} had another pseudonym key, or none, so nobody has the \
             same id in both and nobody was compared. Look at its worklist for whom it names.",
            previous.as_of
        ));
        return Ok(notices);
    }
    notices.extend(other_policy(previous, receipt));
    notices.extend(other_program(previous, receipt));
    notices.extend(lowered(previous, receipt));
    Ok(notices)
}

/// That `LATEST` will go on naming a later day.
fn latest_stays(job: &Job) -> Result<Option<String>, Error> {
    let latest = match publish::latest(&job.out) {
        Ok(latest) => latest,
        Err(_) if job.previous == Previous::Latest => {
            return Err(fault(&job.out, PreviousFault::Latest));
        }
        // Nothing was taken from it, and the run is published beside it, which says so.
        Err(_) => return Ok(None),
    };
    let later = latest.map(|run| run.as_of).filter(|later| *later > job.as_of);
    let as_of = job.as_of;
    Ok(later.map(|later| {
        format!(
            "LATEST NAMES A LATER DAY: it stays at a run for {later}, and who looks there does not see \
             this one for {as_of}. If {later} was a mistake, remove its folder and LATEST, and run again."
        )
    }))
}

fn no_run_for(previous: &PreviousRecord, as_of: NaiveDate) -> Option<String> {
    let before: NaiveDate = previous.as_of.parse().ok()?;
    let days = (as_of - before).num_days();
    (days > NO_RUN_FOR_DAYS).then(|| {
        format!(
            "NO RUN FOR {days} DAYS: the run before is of {before}; windows may have opened and closed \
             unseen since."
        )
    })
}

fn other_policy(previous: &PreviousRecord, receipt: &Receipt) -> Option<String> {
    let (then, now) = (&*previous.policy, receipt.policy().label());
    let not_raised =
        if version(then) == version(now) { " THE VERSION WAS NOT RAISED." } else { "" };
    previous.other_policy.then(|| {
        format!(
            "OTHER POLICY: {then} on {}, now {now}; tiers can differ for that.{not_raised}",
            previous.as_of
        )
    })
}

/// The name and version in a label.
fn version(label: &str) -> Option<&str> {
    label.split('#').next()
}

fn other_program(previous: &PreviousRecord, receipt: &Receipt) -> Option<String> {
    let (then, now) = (&previous.program_version, &receipt.program().version);
    previous.other_program.then(|| {
        format!(
            "OTHER PROGRAM: version {then} on {}, now {now}; tiers can differ for that.",
            previous.as_of
        )
    })
}

/// How many people a changed fact took out of `act-now`.
fn lowered(previous: &PreviousRecord, receipt: &Receipt) -> Option<String> {
    let people = Some(receipt.aside.lowered_by_facts).filter(|people| *people > 0)?;
    Some(format!(
        "LOWERED BY A CHANGED FACT: {} act-now on {} and not today, and not for time alone: a fact on \
         the record is another, or gone. changes.csv names them.",
        counted(people, "person was", "people were"),
        previous.as_of
    ))
}
