//! Worked cases: one record, and what a factor finds in it.

use crate::codes::{Code, OpioidUse, Ost};
use crate::fact::{Age, Event, FactMut, Status, Unknown};
use crate::record::{Field, Record};
use chrono::{Datelike, NaiveDate, TimeDelta};
use std::fmt;

/// A worked case: what differs from [a record in which nothing is found](Case::plain), and the
/// levels that the factor then finds. It is a test and a line of documentation at once.
#[derive(Debug)]
pub struct Case {
    /// What differs.
    pub given: &'static [Given],
    /// The level that the known facts show.
    pub low: Option<&'static str>,
    /// The worst level that the unknown facts allow.
    pub high: Option<&'static str>,
}

/// One fact of a worked case.
#[derive(Clone, Copy, Debug)]
pub enum Given {
    /// A status is known to be the value with this name.
    Is(Field, &'static str),
    /// A date lies so many days before the as-of date; after it, when negative.
    DaysAgo(Field, i64),
    /// An event has this latest known date, so many days ago, and a later one may be missing.
    DaysAgoAtLeast(Field, i64),
    /// The person is between so many and so many years old.
    Aged(u8, u8),
    /// The year of birth lies so many years before the year of the as-of date.
    BornYearsAgo(i32),
    /// Not known.
    Unknown(Field),
    /// The source has no place for it.
    NotCollected(Field),
}

impl Case {
    /// A case in which the known and the unknown facts lead to the same level.
    pub const fn certain(given: &'static [Given], level: &'static str) -> Self {
        Self { given, low: Some(level), high: Some(level) }
    }

    /// A case in which nothing is found, and nothing unknown could change that.
    pub const fn nothing(given: &'static [Given]) -> Self {
        Self { given, low: None, high: None }
    }

    /// A case in which nothing is known, and at worst it is this level.
    pub const fn at_worst(given: &'static [Given], level: &'static str) -> Self {
        Self { given, low: None, high: Some(level) }
    }

    /// A case that shows at least one level and at worst another.
    pub const fn between(given: &'static [Given], low: &'static str, high: &'static str) -> Self {
        Self { given, low: Some(low), high: Some(high) }
    }

    /// A record with opioid exposure in which everything is known and no factor finds anything: 30
    /// years old, past use, in treatment, holding an in-date kit, no event recorded.
    pub fn plain(as_of: NaiveDate) -> Record {
        let mut record = Record {
            opioid_use: OpioidUse::Past.into(),
            ost: Ost::Prescribed.into(),
            ..Record::default()
        };
        for field in Field::ALL {
            match record.fact_mut(field) {
                FactMut::Age(age) => *age = Age::years(30).map_or(Status::NotCollected, From::from),
                FactMut::Event(event) => *event = Event::NoneRecorded,
                FactMut::Date(date) => *date = as_of.into(),
                FactMut::OpioidUse(_) | FactMut::Ost(_) => {}
                FactMut::Naloxone(fact) => *fact = least(),
                FactMut::Injecting(fact) => *fact = Status::Known(crate::Injecting::Never),
                FactMut::YesNo(fact) => *fact = Status::Known(crate::YesNo::No),
                FactMut::Housing(fact) => *fact = least(),
                FactMut::CaseStatus(fact) => *fact = least(),
            }
        }
        record
    }

    /// The record of this case.
    pub fn record(&self, as_of: NaiveDate) -> Record {
        let mut record = Self::plain(as_of);
        for given in self.given {
            given.put(&mut record, as_of);
        }
        record
    }
}

/// The value that a vocabulary lists first, where that is the one that adds nothing.
fn least<T: Code>() -> Status<T> {
    T::ALL.first().copied().map_or(Status::NotCollected, Status::Known)
}

impl Given {
    fn put(self, record: &mut Record, as_of: NaiveDate) {
        let days_ago = |days| as_of.checked_sub_signed(TimeDelta::try_days(days)?);
        match self {
            Self::Is(field, name) => record.fact_mut(field).set_named(name),
            Self::DaysAgo(field, days) => match (record.fact_mut(field), days_ago(days)) {
                (FactMut::Event(event), Some(date)) => *event = date.into(),
                (FactMut::Date(fact), Some(date)) => *fact = date.into(),
                _ => {}
            },
            Self::DaysAgoAtLeast(field, days) => {
                if let FactMut::Event(event) = record.fact_mut(field) {
                    *event = Event::Unknown { why: Unknown::NotRecorded, latest: days_ago(days) };
                }
            }
            Self::Aged(youngest, oldest) => {
                record.age = Age::between(youngest, oldest).map_or_else(unreadable, From::from);
            }
            Self::BornYearsAgo(years) => {
                record.age = i16::try_from(as_of.year().saturating_sub(years))
                    .map_or_else(unreadable, |year| Age::born_in(year).into());
            }
            Self::Unknown(field) => record.fact_mut(field).set_unknown(Unknown::NotRecorded),
            Self::NotCollected(field) => record.fact_mut(field).set_not_collected(),
        }
    }
}

fn unreadable<E, T>(_: E) -> Status<T> {
    Status::Unknown(Unknown::Unreadable)
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(field, name) => write!(f, "`{field}` is `{name}`"),
            Self::DaysAgo(field, days) if *days < 0 => {
                write!(f, "`{field}` in {} days", days.unsigned_abs())
            }
            Self::DaysAgo(field, 1) => write!(f, "`{field}` yesterday"),
            Self::DaysAgo(field, days) => write!(f, "`{field}` {days} days ago"),
            Self::DaysAgoAtLeast(field, days) => {
                write!(f, "`{field}` {days} days ago, a later one unknown")
            }
            Self::Aged(youngest, oldest) if youngest == oldest => write!(f, "`age` {youngest}"),
            Self::Aged(youngest, oldest) => write!(f, "`age` {youngest} to {oldest}"),
            Self::BornYearsAgo(years) => write!(f, "`age` by a year of birth {years} years back"),
            Self::Unknown(field) => write!(f, "`{field}` unknown"),
            Self::NotCollected(field) => write!(f, "`{field}` not collected"),
        }
    }
}
