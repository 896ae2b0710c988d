//! Which facts are read as unknown because they cannot be true.

use chrono::NaiveDate;
use overdose_risk::factor::Case;
use overdose_risk::{Age, Event, FactMut, Field, Ost, Record, State, Status, Unknown};
use overdose_risk_testkit::strategies::{days_before, record_and_date};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The fields that are contradictory, and the record as it is then read.
fn read(record: &Record, as_of: NaiveDate) -> (Vec<Field>, Record) {
    let mut contradicted = Vec::new();
    let read = record.as_read_on(as_of, |field| contradicted.push(field));
    (contradicted, read)
}

fn dated(record: &Record, field: Field, date: NaiveDate) -> Option<Record> {
    let mut record = *record;
    match record.fact_mut(field) {
        FactMut::Event(event) => *event = date.into(),
        FactMut::Date(fact) => *fact = date.into(),
        _ => return None,
    }
    Some(record)
}

/// Whether this date is believed, in each field that holds a date.
fn check(as_of: &str, date: &str, believed: impl Fn(Field) -> bool) {
    for field in Field::ALL {
        let plain = Record { ost: Ost::NotPrescribed.into(), ..Case::plain(day(as_of)) };
        let Some(record) = dated(&plain, field, day(date)) else { continue };
        let (contradicted, read) = read(&record, day(as_of));
        if believed(field) {
            assert_eq!((contradicted, read), (vec![], record), "{field} {date} as of {as_of}");
        } else {
            assert_eq!(contradicted, [field], "{field} {date} as of {as_of}");
            assert_eq!(read.state(field), State::Unknown(Unknown::Contradictory));
            assert_eq!(read.fact(field).date(), None);
        }
    }
}

fn planned(field: Field) -> bool {
    matches!(field, Field::PrisonReleaseDue | Field::NaloxoneExpiry)
}

#[test]
fn no_date_before_1900_is_believed() {
    check("2026-03-31", "1899-12-31", |_| false);
    check("2026-03-31", "1900-01-01", |_| true);
}

#[test]
fn events_lie_no_later_than_the_as_of_date() {
    check("2026-03-31", "2026-03-31", |_| true);
    check("2026-03-31", "2026-04-01", planned);
}

#[test]
fn planned_dates_lie_no_more_than_fifty_years_ahead() {
    check("2026-03-31", "2076-03-31", planned);
    check("2026-03-31", "2076-04-01", |_| false);
    check("2027-02-28", "2077-02-28", planned);
    check("2027-02-28", "2077-03-01", |_| false);
}

#[test]
fn fifty_years_after_a_leap_day_is_28_february() {
    check("2024-02-29", "2074-02-28", planned);
    check("2024-02-29", "2074-03-01", |_| false);
    check("2026-02-28", "2076-02-28", planned);
    check("2026-02-28", "2076-02-29", |_| false);
}

#[test]
fn a_later_date_that_may_be_missing_does_not_save_one_that_cannot_be() {
    let as_of = day("2026-03-31");
    let overdose = Event::Unknown { why: Unknown::Declined, latest: Some(day("2026-04-01")) };
    let record = Record { overdose, ..Case::plain(as_of) };
    let (contradicted, read) = read(&record, as_of);
    assert_eq!(contradicted, [Field::Overdose]);
    assert_eq!(read.overdose, Event::unknown(Unknown::Contradictory));
}

#[test]
fn a_year_of_birth_makes_somebody_between_0_and_120() {
    let as_of = day("2026-03-31");
    for year in 1880..=2040_i16 {
        let record = Record { age: Age::born_in(year).into(), ..Case::plain(as_of) };
        let (contradicted, read) = read(&record, as_of);
        // Turning 121 in the year of the as-of date, the person may still be 120; born in it, 0.
        if (1905..=2026).contains(&year) {
            assert_eq!((contradicted, read), (vec![], record), "born in {year}");
        } else {
            assert_eq!(contradicted, [Field::Age], "born in {year}");
            assert_eq!(read.age, Status::Unknown(Unknown::Contradictory));
        }
    }
    for year in [i16::MIN, i16::MAX] {
        let record = Record { age: Age::born_in(year).into(), ..Case::plain(as_of) };
        assert_eq!(read(&record, as_of).0, [Field::Age]);
    }
}

#[test]
fn prescribed_contradicts_a_recent_end_without_a_new_start() {
    let as_of = day("2026-03-31");
    let back = |days| days_before(as_of, days);
    let starts = |ended: i64| {
        let on = [0, 1, 5, 27, 28, 29, 30, 400].map(|days| (Some(days), Event::On(back(days))));
        let unknown = |days| Event::Unknown { why: Unknown::Unreadable, latest: Some(back(days)) };
        let none = [Event::NoneRecorded, Event::NotCollected, Event::unknown(Unknown::Declined)];
        on.into_iter()
            .chain([ended - 1, ended, ended + 1].map(|days| (Some(days), unknown(days))))
            .chain(none.map(|event| (None, event)))
            // A start that is still to come cannot be right, and so is none.
            .chain([(None, Event::On(back(-1)))])
    };
    for ended in 0..=31 {
        for (started, ost_started) in starts(ended) {
            for later_unknown in [false, true] {
                let latest = back(ended);
                let ost_ended = if later_unknown {
                    Event::Unknown { why: Unknown::NotRecorded, latest: Some(latest) }
                } else {
                    Event::On(latest)
                };
                let record = Record { ost_ended, ost_started, ..Case::plain(as_of) };
                let began_again = started.is_some_and(|days| (0..=ended).contains(&days));
                let expected = ended <= 28 && !began_again;
                let (contradicted, read) = read(&record, as_of);
                let message = format!("ended {ended}, {ost_started:?}");
                assert_eq!(contradicted.contains(&Field::Ost), expected, "{message}");
                let ost = if expected {
                    Status::Unknown(Unknown::Contradictory)
                } else {
                    Ost::Prescribed.into()
                };
                assert_eq!(read.ost, ost, "{message}");
                assert_eq!(read.ost_ended, ost_ended, "{message}");
                let not_prescribed = Record { ost: Ost::NotPrescribed.into(), ..record };
                assert!(!self::read(&not_prescribed, as_of).0.contains(&Field::Ost), "{message}");
            }
        }
    }
}

proptest! {
    #[test]
    fn reading_twice_changes_nothing_more((record, as_of) in record_and_date()) {
        let (_, once) = read(&record, as_of);
        let (contradicted, twice) = read(&once, as_of);
        prop_assert_eq!(contradicted, vec![]);
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn what_is_contradictory_becomes_unknown_and_nothing_else_changes(
        (record, as_of) in record_and_date()
    ) {
        let (contradicted, read) = read(&record, as_of);
        for field in Field::ALL {
            if contradicted.contains(&field) {
                prop_assert_eq!(read.state(field), State::Unknown(Unknown::Contradictory));
            } else {
                prop_assert_eq!(read.fact(field), record.fact(field));
            }
        }
        let mut named = contradicted.clone();
        named.dedup();
        prop_assert_eq!(named, contradicted);
    }
}
