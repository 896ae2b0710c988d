//! A day and a record made from bytes: four for each, in the order of the fields, so that a change
//! of one byte changes one fact. Bytes that are not there are 0, and a fact of zeros is unknown.

use crate::strategies::{EDGES, WHY_UNKNOWN, days_before};
use chrono::{Datelike, NaiveDate, TimeDelta};
use overdose_risk::{Age, Code, Event, FactMut, Field, Record, Status, Unknown};

/// The bytes of one fact: what is known of it, what kind of value it has, and which.
pub(super) type Four = [u8; 4];

/// Takes four bytes at a time.
pub(super) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(super) fn are_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn four(&mut self) -> Four {
        let (taken, rest) = self.0.split_at(self.0.len().min(4));
        self.0 = rest;
        let mut four = [0; 4];
        four[..taken.len()].copy_from_slice(taken);
        four
    }
}

/// Mostly a day that somebody might ask about, sometimes any day that there is.
pub(super) fn as_of([how, a, b, c]: Four) -> NaiveDate {
    let any = i32::from_be_bytes([a, b, c, 0]) / 24;
    let near = i64::from(i16::from_be_bytes([b, c]));
    let day = match how % 4 {
        0 | 1 => super::as_of().checked_add_signed(TimeDelta::days(near)),
        2 => NaiveDate::from_num_days_from_ce_opt(any),
        _ if c % 2 == 0 => Some(NaiveDate::MIN),
        _ => Some(NaiveDate::MAX),
    };
    day.unwrap_or(NaiveDate::MAX)
}

/// A record in which every fact can be in any of its states, contradictory ones included.
pub(super) fn record(bytes: &mut Bytes<'_>, as_of: NaiveDate) -> Record {
    let mut record = Record::default();
    for field in Field::ALL {
        put(record.fact_mut(field), bytes.four(), as_of);
    }
    record
}

fn put(fact: FactMut<'_>, four: Four, as_of: NaiveDate) {
    match fact {
        FactMut::Age(fact) => *fact = status(four, |four| age(four, as_of)),
        FactMut::Event(fact) => *fact = event(four, as_of),
        FactMut::Date(fact) => *fact = status(four, |four| date(four, as_of)),
        FactMut::OpioidUse(fact) => *fact = status(four, code),
        FactMut::Ost(fact) => *fact = status(four, code),
        FactMut::Naloxone(fact) => *fact = status(four, code),
        FactMut::Injecting(fact) => *fact = status(four, code),
        FactMut::YesNo(fact) => *fact = status(four, code),
        FactMut::Housing(fact) => *fact = status(four, code),
        FactMut::CaseStatus(fact) => *fact = status(four, code),
    }
}

fn status<T>(four: Four, known: impl Fn(Four) -> T) -> Status<T> {
    match four[0] % 8 {
        0 => Status::Unknown(why(four)),
        1 => Status::NotCollected,
        _ => Status::Known(known(four)),
    }
}

fn event(four: Four, as_of: NaiveDate) -> Event {
    match four[0] % 8 {
        0 => Event::unknown(why(four)),
        1 => Event::NotCollected,
        2 => Event::NoneRecorded,
        3 => Event::Unknown { why: why(four), latest: Some(date(four, as_of)) },
        _ => Event::On(date(four, as_of)),
    }
}

fn why([_, how, ..]: Four) -> Unknown {
    WHY_UNKNOWN[usize::from(how) % WHY_UNKNOWN.len()]
}

pub(super) fn code<T: Code>([.., which]: Four) -> T {
    T::ALL[usize::from(which) % T::ALL.len()]
}

/// A day, mostly at the edge of a window.
pub(super) fn date([_, how, a, b]: Four, as_of: NaiveDate) -> NaiveDate {
    let days = i64::from(i16::from_be_bytes([a, b]));
    let days_ago = match how / 4 % 4 {
        0 => EDGES[usize::from(b) % EDGES.len()],
        1 => days.rem_euclid(386) - 15,
        2 => days,
        _ => days * 250,
    };
    days_before(as_of, days_ago)
}

/// An age in any of its forms; as a year of birth it may be absurd.
pub(super) fn age([_, how, a, b]: Four, as_of: NaiveDate) -> Age {
    let [one, other] = [a, b].map(|years| years % (Age::OLDEST + 1));
    let age = match how % 3 {
        0 => Age::years(other),
        1 => Age::between(one.min(other), one.max(other)),
        _ => {
            let year = as_of.year() - i32::from(b % 140) + 5;
            i16::try_from(year).map_or(Age::years(other), |year| Ok(Age::born_in(year)))
        }
    };
    age.unwrap()
}
