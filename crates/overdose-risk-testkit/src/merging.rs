//! What the rows of one person come to, by the rules of `Facts` applied here row by row, and what is
//! needed to say it: for properties and the fuzz targets alike.

use crate::strategies::{days_before, put};
use chrono::NaiveDate;
use overdose_risk::{
    Age, CaseStatus, Event, Fact, FactMut, Field, OpioidUse, Record, State, Status, Unknown,
};
use overdose_risk_intake::{Column, Facts, Problem, ProblemKind};
use std::collections::HashSet;

/// What a row says, and the day on which it was recorded, where it has one.
pub type Row = (Record, Option<NaiveDate>);

/// What rows say together, joined in this order.
pub fn joined(rows: &[Row], as_of: NaiveDate) -> Facts {
    let mut facts = Facts::without_consent(as_of);
    for (record, recorded_on) in rows {
        facts.join(&Facts::new(record, *recorded_on, as_of));
    }
    facts
}

/// What two say together.
pub fn both(mut one: Facts, other: &Facts) -> Facts {
    one.join(other);
    one
}

/// The record that facts come to, and what is told on the way.
///
/// # Panics
///
/// When a column is told of that is no fact.
pub fn settled(facts: &Facts) -> (Record, Vec<(Field, ProblemKind)>) {
    let mut problems = Vec::new();
    let record = facts.record(&mut |Problem { column, kind }| match column {
        Column::Fact(field) => problems.push((field, kind)),
        other => panic!("{other} is no fact"),
    });
    (record, problems)
}

/// What a source says that has no place for any fact.
pub fn nothing() -> Record {
    let mut record = Record::default();
    for field in Field::ALL {
        record.fact_mut(field).set_not_collected();
    }
    record
}

/// What a source says whose every cell is blank.
pub fn blank() -> Record {
    let mut record = Record::default();
    for field in Field::ALL {
        if let FactMut::Event(event) = record.fact_mut(field) {
            *event = Event::NoneRecorded;
        }
    }
    record
}

/// The rows that know a status, without those of which another that knows it is later.
pub fn latest_rows(rows: &[Row], field: Field, as_of: NaiveDate) -> Vec<Row> {
    let read = |(record, day): &Row| (record.each_as_read_on(as_of, |_| {}), *day);
    let is_known = |(row, _): &Row| row.state(field) == State::Known;
    let known: Vec<Row> = rows.iter().map(read).filter(is_known).collect();
    let is_latest = |(_, day): &Row| day.is_none() || known.iter().all(|(_, other)| *other <= *day);
    known.iter().filter(|row| is_latest(row)).copied().collect()
}

/// The record that some rows come to, and the facts on which they disagree.
pub fn by_the_rules(rows: &[Row], as_of: NaiveDate) -> (Record, Vec<Field>) {
    let mut merged = nothing();
    let mut apart = Vec::new();
    let read: Vec<Record> =
        rows.iter().map(|(record, _)| record.each_as_read_on(as_of, |_| {})).collect();
    for field in Field::ALL {
        let all: Vec<Fact> = read.iter().map(|row| row.fact(field)).collect();
        let latest: Vec<Fact> =
            latest_rows(rows, field, as_of).iter().map(|(row, _)| row.fact(field)).collect();
        let contradictory = Unknown::Contradictory;
        let released = merged.prison_release.latest();
        match merged.fact_mut(field) {
            FactMut::Event(place) if field == Field::PrisonReleaseDue => {
                *place = plan(&all, released, as_of);
            }
            FactMut::Event(place) => *place = event(&all, Iterator::max),
            FactMut::Age(place) => match age(&all, as_of) {
                Ok(age) => *place = age,
                Err(()) => {
                    apart.push(field);
                    *place = Status::Unknown(contradictory);
                }
            },
            place => match latest.split_first() {
                Some((first, others)) if others.iter().all(|other| other == first) => {
                    put(*first, place);
                }
                Some(_) => {
                    apart.push(field);
                    place.set_unknown(contradictory);
                }
                None => match why_unknown(&all) {
                    Some(why) => place.set_unknown(why),
                    None => place.set_not_collected(),
                },
            },
        }
    }
    // The expiry is that of the kits that count, or of any where no row knows of one.
    let all_read = read.clone();
    let kits = latest_rows(rows, Field::Naloxone, as_of);
    let kits: Vec<Record> =
        if kits.is_empty() { read } else { kits.into_iter().map(|(row, _)| row).collect() };
    let expiry = |row: &Record| row.fact(Field::NaloxoneExpiry);
    let mut expiries: Vec<Fact> = kits.iter().map(expiry).collect();
    if expiries.iter().all(|expiry| expiry.state() == State::NotCollected) {
        expiries =
            all_read.iter().filter(|row| row.naloxone.known().is_none()).map(expiry).collect();
    }
    let known = expiries.iter().copied().filter(|expiry| expiry.date().is_some());
    let known: HashSet<Fact> = known.collect();
    apart.retain(|field| *field != Field::NaloxoneExpiry);
    let place = merged.fact_mut(Field::NaloxoneExpiry);
    match (known.into_iter().collect::<Vec<_>>().as_slice(), why_unknown(&expiries)) {
        // Whose expiry it would be is not told a second time.
        _ if apart.contains(&Field::Naloxone) => place.set_unknown(Unknown::Contradictory),
        ([], Some(why)) => place.set_unknown(why),
        ([], None) => place.set_not_collected(),
        ([expiry], _) => put(*expiry, place),
        (_, _) => {
            place.set_unknown(Unknown::Contradictory);
            apart.push(Field::NaloxoneExpiry);
        }
    }
    if rows.iter().any(|(row, _)| row.has_died()) {
        if merged.case_status.known().is_some_and(|case| case != CaseStatus::Died) {
            apart.push(Field::CaseStatus);
        }
        merged.case_status = CaseStatus::Died.into();
    }
    if apart.contains(&Field::Injecting) && merged.opioid_use.is(OpioidUse::None) {
        apart.push(Field::OpioidUse);
        merged.opioid_use = Status::Unknown(Unknown::Contradictory);
    }
    apart.sort();
    (merged.as_read_on(as_of, |_| {}), apart)
}

/// Why a fact is unknown, where some row says that it is: the reason that is furthest from a blank.
fn why_unknown(facts: &[Fact]) -> Option<Unknown> {
    [Unknown::Contradictory, Unknown::Unreadable, Unknown::Declined, Unknown::NotRecorded]
        .into_iter()
        .find(|why| facts.iter().any(|fact| fact.state() == State::Unknown(*why)))
}

/// One of the dates, and unknown where any row says so.
fn event(facts: &[Fact], pick: fn(std::vec::IntoIter<NaiveDate>) -> Option<NaiveDate>) -> Event {
    let dates: Vec<NaiveDate> = facts.iter().filter_map(|fact| fact.date()).collect();
    of_date(facts, pick(dates.into_iter()))
}

fn of_date(facts: &[Fact], date: Option<NaiveDate>) -> Event {
    match (why_unknown(facts), date) {
        (Some(why), latest) => Event::Unknown { why, latest },
        (None, Some(date)) => Event::On(date),
        (None, None) if facts.iter().any(|fact| fact.state() == State::NoneRecorded) => {
            Event::NoneRecorded
        }
        (None, None) => Event::NotCollected,
    }
}

/// The latest plan that is overdue and has not come about, else the next, else the latest.
fn plan(facts: &[Fact], released: Option<NaiveDate>, as_of: NaiveDate) -> Event {
    let mut plans: Vec<NaiveDate> = facts.iter().filter_map(|fact| fact.date()).collect();
    plans.sort();
    let passed = plans.iter().rfind(|plan| **plan < as_of);
    let is_overdue = |plan: &&NaiveDate| {
        let came_about = released.is_some_and(|on| on >= days_before(**plan, 28));
        **plan >= days_before(as_of, 84) && !came_about
    };
    let next = plans.iter().find(|plan| **plan >= as_of);
    of_date(facts, passed.filter(is_overdue).or(next).or(passed).copied())
}

/// The ages that all rows allow, if there are any; as a year of birth where one says just that.
fn age(facts: &[Fact], as_of: NaiveDate) -> Result<Status<Age>, ()> {
    let ages = facts.iter().filter_map(|fact| match fact {
        Fact::Age(age) => age.known(),
        _ => None,
    });
    let ages: Vec<Age> = ages.collect();
    let allow = |years: &u8| {
        ages.iter().all(|age| {
            let (youngest, oldest) = age.range_on(as_of).unwrap();
            (youngest..=oldest).contains(years)
        })
    };
    if ages.is_empty() {
        return Ok(why_unknown(facts).map_or(Status::NotCollected, Status::Unknown));
    }
    let years: Vec<u8> = (0..=Age::OLDEST).filter(allow).collect();
    let (Some(youngest), Some(oldest)) = (years.first(), years.last()) else { return Err(()) };
    let born: HashSet<Age> =
        ages.iter().copied().filter(|age| age.birth_year().is_some()).collect();
    let exact = born.iter().find(|age| age.range_on(as_of) == Some((*youngest, *oldest)));
    let age = if born.len() == 1 { exact.copied() } else { None };
    Ok(age.unwrap_or_else(|| Age::between(*youngest, *oldest).unwrap()).into())
}
