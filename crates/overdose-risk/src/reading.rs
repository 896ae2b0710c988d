//! Which of the recorded facts cannot be true on the as-of date.
//!
//! The rules stand here, beside the record, and not in a reader of files: a record that a vendor
//! fills in by hand is held to them too, and [`assess`](crate::assess) needs no second answer for
//! a release that lies in the future.

use crate::codes::Ost;
use crate::fact::{Event, FactMut, Status, Unknown};
use crate::factor::days_between;
use crate::record::{Field, Record};
use chrono::{Datelike, Months, NaiveDate};

/// No date before this year is believed.
const FIRST_YEAR: i32 = 1900;

/// A planned date may lie this many months ahead: 50 years, 29 February becoming the 28th.
const PLANNED_AHEAD: Months = Months::new(50 * 12);

/// An end of treatment this many days back speaks against treatment now, unless it began again.
const OST_ENDED_RECENTLY: std::ops::RangeInclusive<i32> = 0..=28;

impl Record {
    /// The record as it is read on the as-of date: every contradictory fact made unknown.
    ///
    /// `contradicted` hears of each. Reading twice changes nothing more.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use overdose_risk::{Event, Field, Record, Unknown};
    ///
    /// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
    /// let record = Record { prison_release: day(20).into(), ..Record::default() };
    ///
    /// let mut contradicted = Vec::new();
    /// let read = record.as_read_on(day(19), |field| contradicted.push(field));
    /// assert_eq!(contradicted, [Field::PrisonRelease]);
    /// assert_eq!(read.prison_release, Event::unknown(Unknown::Contradictory));
    /// ```
    #[must_use]
    pub fn as_read_on(mut self, as_of: NaiveDate, mut contradicted: impl FnMut(Field)) -> Self {
        self.read_on(as_of, &mut contradicted);
        self
    }

    /// The same in place.
    #[inline]
    pub(crate) fn read_on(&mut self, as_of: NaiveDate, contradicted: &mut impl FnMut(Field)) {
        self.read_each_on(as_of, contradicted);
        self.read_together_on(as_of, contradicted);
    }

    /// The same of a record whose facts have been [read each by itself](Self::each_as_read_on) on that
    /// day: what is left is to hold one against another.
    #[must_use]
    #[inline]
    pub fn together_as_read_on(
        mut self,
        as_of: NaiveDate,
        mut contradicted: impl FnMut(Field),
    ) -> Self {
        self.read_together_on(as_of, &mut contradicted);
        self
    }

    /// The same for each fact by itself, without holding one against another: what a row says of a
    /// person who has several, before they are put together.
    #[must_use]
    #[inline]
    pub fn each_as_read_on(
        mut self,
        as_of: NaiveDate,
        mut contradicted: impl FnMut(Field),
    ) -> Self {
        self.read_each_on(as_of, &mut contradicted);
        self
    }

    #[inline]
    fn read_each_on(&mut self, as_of: NaiveDate, contradicted: &mut impl FnMut(Field)) {
        self.each_fact_mut(|field, fact| {
            if make_contradictory_unknown(field, fact, as_of) {
                contradicted(field);
            }
        });
    }

    #[inline]
    fn read_together_on(&mut self, as_of: NaiveDate, contradicted: &mut impl FnMut(Field)) {
        if self.ost_ended_without_a_new_start(as_of) {
            self.ost = Status::Unknown(Unknown::Contradictory);
            contradicted(Field::Ost);
        }
    }

    /// "Prescribed", although it ended within 28 days and no start on or after that is known. One
    /// of the two is wrong, and believing the first would hide a time of much greater danger.
    fn ost_ended_without_a_new_start(&self, as_of: NaiveDate) -> bool {
        let Some(ended) = self.ost_ended.latest() else { return false };
        self.ost.is(Ost::Prescribed)
            && OST_ENDED_RECENTLY.contains(&days_between(ended, as_of))
            && self.ost_started.latest().is_none_or(|started| started < ended)
    }
}

/// Whether it was contradictory.
#[inline]
fn make_contradictory_unknown(field: Field, fact: FactMut<'_>, as_of: NaiveDate) -> bool {
    match fact {
        FactMut::Age(age) => {
            let nobody = age.known().is_some_and(|age| age.range_on(as_of).is_none());
            if nobody {
                *age = Status::Unknown(Unknown::Contradictory);
            }
            nobody
        }
        FactMut::Event(event) => {
            let impossible = event.latest().is_some_and(|date| !is_believable(date, field, as_of));
            if impossible {
                *event = Event::unknown(Unknown::Contradictory);
            }
            impossible
        }
        FactMut::Date(date) => {
            let impossible = date.known().is_some_and(|date| !is_believable(date, field, as_of));
            if impossible {
                *date = Status::Unknown(Unknown::Contradictory);
            }
            impossible
        }
        FactMut::OpioidUse(_)
        | FactMut::Ost(_)
        | FactMut::Naloxone(_)
        | FactMut::Injecting(_)
        | FactMut::YesNo(_)
        | FactMut::Housing(_)
        | FactMut::CaseStatus(_) => false,
    }
}

fn is_believable(date: NaiveDate, field: Field, as_of: NaiveDate) -> bool {
    let planned = matches!(field, Field::PrisonReleaseDue | Field::NaloxoneExpiry);
    date.year() >= FIRST_YEAR && (date <= as_of || planned && !is_too_far_ahead(date, as_of))
}

fn is_too_far_ahead(date: NaiveDate, as_of: NaiveDate) -> bool {
    // Nearly every kit expires within these, which are no sum of months and years.
    const SURELY_WITHIN: i32 = 49;
    if date.year() - as_of.year() <= SURELY_WITHIN {
        return false;
    }
    as_of.checked_add_months(PLANNED_AHEAD).is_some_and(|last| date > last)
}
