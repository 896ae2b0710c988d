//! One way of settling what is not known of a record, made from bytes.

use super::facts::{Bytes, Four, age, code, date};
use crate::strategies::days_before;
use chrono::NaiveDate;
use overdose_risk::{Age, Code, Event, FactMut, Field, Record, Status};

/// The record with answers to some or all of its open questions.
///
/// A planned release that is not known stays so: it adds nothing, and bounds nothing.
pub(super) fn settled(record: &Record, as_of: NaiveDate, bytes: &mut Bytes<'_>) -> Record {
    let mut settled = *record;
    for field in Field::ALL {
        let four = bytes.four();
        let is_left = four[0] % 4 == 3 || field == Field::PrisonReleaseDue;
        let is_range = field == Field::Age && is_range(record, as_of);
        if !is_left && (record.is_open(field) || is_range) {
            answer(settled.fact_mut(field), four, as_of);
        }
    }
    settled
}

/// Whether the age is known as one of several.
fn is_range(record: &Record, as_of: NaiveDate) -> bool {
    let range = record.age.known().and_then(|age| age.range_on(as_of));
    range.is_some_and(|(youngest, oldest)| youngest < oldest)
}

fn answer(fact: FactMut<'_>, four: Four, as_of: NaiveDate) {
    match fact {
        FactMut::Age(fact) => *fact = an_age(*fact, four, as_of).into(),
        FactMut::Event(fact) => *fact = an_event(*fact, four, as_of),
        FactMut::Date(fact) => *fact = date(four, as_of).into(),
        FactMut::OpioidUse(fact) => a_code(fact, four),
        FactMut::Ost(fact) => a_code(fact, four),
        FactMut::Naloxone(fact) => a_code(fact, four),
        FactMut::Injecting(fact) => a_code(fact, four),
        FactMut::YesNo(fact) => a_code(fact, four),
        FactMut::Housing(fact) => a_code(fact, four),
        FactMut::CaseStatus(fact) => a_code(fact, four),
    }
}

fn a_code<T: Code>(fact: &mut Status<T>, four: Four) {
    *fact = code::<T>(four).into();
}

/// Any age, or any within the range that is known.
fn an_age(known: Status<Age>, four: Four, as_of: NaiveDate) -> Age {
    match known.known().and_then(|age| age.range_on(as_of)) {
        Some((youngest, oldest)) => {
            Age::years(youngest + four[3] % (oldest - youngest + 1)).unwrap()
        }
        None => age(four, as_of),
    }
}

/// Never, or a day that is no later than the as-of date and no earlier than the one that is known.
fn an_event(known: Event, four: Four, as_of: NaiveDate) -> Event {
    match known.latest() {
        None if four[0] % 4 == 2 => Event::NoneRecorded,
        None => Event::On(date(four, as_of).min(as_of)),
        Some(latest) => Event::On(date(four, as_of).clamp(latest, as_of.max(latest))),
    }
}

/// A day after the as-of date, up to the last through which something holds.
pub(super) fn day_within(as_of: NaiveDate, last: Option<NaiveDate>, four: Four) -> NaiveDate {
    let days = i64::from(u16::from_be_bytes([four[2], four[3]]));
    let day = days_before(as_of, -days);
    last.map_or(day, |last| day.min(last))
}
