//! The facts as text, in the columns of the native export.

use super::Person;
use super::assumptions::{DAY_FIRST, MISSING_IS_BLANK, SAYS_NEVER};
use super::draw::pick;
use chrono::{Datelike, NaiveDate};
use overdose_risk::{Age, Code, Event, Fact, Field, Status, Unknown};

/// The columns of the native export, in order.
pub const COLUMNS: [&str; 26] = [
    "id",
    "age",
    "age_band",
    "birth_year",
    "opioid_use",
    "ost",
    "ost_started",
    "ost_ended",
    "prison_release",
    "prison_release_due",
    "detox_exit",
    "hospital_discharge",
    "treatment_exit",
    "overdose",
    "naloxone",
    "naloxone_expiry",
    "injecting",
    "benzodiazepines",
    "gabapentinoids",
    "z_drugs",
    "alcohol",
    "suicidality",
    "respiratory_disease",
    "housing",
    "uses_alone",
    "case_status",
];

/// Appends the person's line: every cell, commas between, a line feed at the end.
pub(super) fn push_row(person: &Person, row: &mut Vec<u8>) {
    push_id(person, row);
    for (field, wording) in Field::ALL.into_iter().zip(person.wording) {
        row.push(b',');
        push_fact(person.record.fact(field), field, wording, row);
    }
    row.push(b'\n');
}

/// Appends the pseudonym.
pub(super) fn push_id(person: &Person, row: &mut Vec<u8>) {
    row.push(b'S');
    push_number(person.seed, 1, row);
    row.push(b'-');
    push_number(person.index.saturating_add(1), 7, row);
}

fn push_fact(fact: Fact, field: Field, wording: u32, row: &mut Vec<u8>) {
    match fact {
        Fact::Age(age) => push_age(age, wording, row),
        Fact::Event(event) => push_event(event, field, wording, row),
        Fact::Date(Status::Known(day)) => push_date(day, wording, row),
        Fact::Date(Status::Unknown(why)) => push(status_gap(why, wording), row),
        Fact::Date(Status::NotCollected) => {}
        Fact::OpioidUse(status) => push_status(status, wording, row),
        Fact::Ost(status) => push_status(status, wording, row),
        Fact::Naloxone(status) => push_status(status, wording, row),
        Fact::Injecting(status) => push_status(status, wording, row),
        Fact::YesNo(status) => push_status(status, wording, row),
        Fact::Housing(status) => push_status(status, wording, row),
        Fact::CaseStatus(status) => push_status(status, wording, row),
    }
}

fn push_status<T: Code>(status: Status<T>, wording: u32, row: &mut Vec<u8>) {
    match status {
        Status::Known(code) => push(code.name(), row),
        Status::Unknown(why) => push(status_gap(why, wording), row),
        Status::NotCollected => {}
    }
}

fn push_event(event: Event, field: Field, wording: u32, row: &mut Vec<u8>) {
    match event {
        Event::On(day) => push_date(day, wording, row),
        Event::NoneRecorded if wording < SAYS_NEVER && field == Field::PrisonReleaseDue => {
            push("none", row);
        }
        Event::NoneRecorded if wording < SAYS_NEVER => push("never", row),
        Event::NoneRecorded | Event::NotCollected => {}
        Event::Unknown { why, .. } => push(gap(why, wording), row),
    }
}

/// Three cells, of which one is filled.
fn push_age(age: Status<Age>, wording: u32, row: &mut Vec<u8>) {
    let age = match age {
        Status::Known(age) => age,
        Status::Unknown(why) => {
            push(status_gap(why, wording), row);
            return push(",,", row);
        }
        Status::NotCollected => return push(",,", row),
    };
    if let Some(year) = age.birth_year() {
        push(",,", row);
        return push_number(year.unsigned_abs().into(), 4, row);
    }
    // Only ages by birth year depend on the day.
    match age.range_on(NaiveDate::default()) {
        Some((youngest, oldest)) if youngest == oldest => {
            push_number(youngest.into(), 1, row);
            push(",,", row);
        }
        Some((youngest, oldest)) => {
            row.push(b',');
            push_number(youngest.into(), 1, row);
            if oldest == Age::OLDEST {
                row.push(b'+');
            } else {
                row.push(b'-');
                push_number(oldest.into(), 1, row);
            }
            row.push(b',');
        }
        None => push(",,", row),
    }
}

fn status_gap(why: Unknown, wording: u32) -> &'static str {
    match why {
        Unknown::NotRecorded if wording < MISSING_IS_BLANK => "",
        Unknown::NotRecorded | Unknown::Declined | Unknown::Unreadable | Unknown::Contradictory => {
            gap(why, wording)
        }
    }
}

/// The words for a fact that is not known. The last digits of the number choose, as the first ones
/// may have chosen a blank.
fn gap(why: Unknown, wording: u32) -> &'static str {
    let at = wording % 10 * 100;
    match why {
        Unknown::NotRecorded => pick(at, [(400, "unknown"), (300, "not recorded")], "NA"),
        Unknown::Declined => pick(at, [(700, "declined"), (200, "refused")], "prefer not to say"),
        Unknown::Unreadable | Unknown::Contradictory => pick(at, [(500, "?"), (300, "tbc")], "x"),
    }
}

fn push_date(day: NaiveDate, wording: u32, row: &mut Vec<u8>) {
    let year = day.year().unsigned_abs().into();
    if wording < DAY_FIRST {
        push_number(day.day().into(), 2, row);
        row.push(b'/');
        push_number(day.month().into(), 2, row);
        row.push(b'/');
        push_number(year, 4, row);
    } else {
        push_number(year, 4, row);
        row.push(b'-');
        push_number(day.month().into(), 2, row);
        row.push(b'-');
        push_number(day.day().into(), 2, row);
    }
}

fn push(text: &str, row: &mut Vec<u8>) {
    row.extend_from_slice(text.as_bytes());
}

/// Appends a number in decimal, with zeros in front up to `width` digits.
fn push_number(mut number: u64, width: usize, row: &mut Vec<u8>) {
    let first = row.len();
    while number > 0 || row.len() < first + width {
        row.push(b'0' + u8::try_from(number % 10).unwrap_or_default());
        number /= 10;
    }
    if let Some(digits) = row.get_mut(first..) {
        digits.reverse();
    }
}
