//! How an assessment ages.

use chrono::{Datelike, Days, NaiveDate};
use overdose_risk::factor::Case;
use overdose_risk::{
    Age, Assessment, Event, Exposure, FACTORS, FactMut, Field, Injecting, OpioidUse, Policy,
    Record, Status, assess,
};
use overdose_risk_testkit::strategies::{days_before, read_record_and_date, record_and_date};
use proptest::prelude::*;

fn assessed(record: &Record, as_of: NaiveDate) -> Assessment<'static> {
    assess(record, as_of, Policy::practice_principles())
}

type Levels = [Option<&'static str>; FACTORS.len()];

fn known_levels(record: &Record, day: NaiveDate) -> Levels {
    let assessment = assessed(record, day);
    let mut levels = assessment.findings().map(|(_, low, _)| low.map(|level| level.name));
    std::array::from_fn(|_| levels.next().unwrap())
}

fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap()
}

/// A record that no later day contradicts: nobody in it turns 121 within the years looked at.
fn ages_within_reach(mut record: Record, as_of: NaiveDate) -> Record {
    let born = record.age.known().and_then(Age::birth_year);
    if born.is_some_and(|year| as_of.year() - year > 50) {
        record.age = Age::years(50).unwrap().into();
    }
    record
}

/// Every day of the first two years and more, then each 1 January, 31 December and every 37th day,
/// and all days around the end.
fn days_to_look_at(as_of: NaiveDate, until: Option<NaiveDate>) -> impl Iterator<Item = NaiveDate> {
    let last = until.unwrap_or_else(|| after(as_of, 25_000));
    let near_the_end = last - Days::new(30);
    as_of.iter_days().enumerate().take_while(move |(_, day)| *day <= last).filter_map(
        move |(since, day)| {
            let turn_of_the_year = day.ordinal() == 1;
            let looked_at =
                since <= 800 || turn_of_the_year || since % 37 == 0 || day >= near_the_end;
            looked_at.then_some(day)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn valid_until_is_the_last_day_with_the_same_known_levels((record, as_of) in read_record_and_date()) {
        let record = ages_within_reach(record, as_of);
        let assessment = assessed(&record, as_of);
        if assessment.exposure() == Exposure::No {
            return Ok(());
        }
        let until = assessment.valid_until();
        let today = known_levels(&record, as_of);
        for day in days_to_look_at(as_of, until) {
            let levels = known_levels(assessment.record(), day);
            prop_assert!(levels == today, "changed on {} already, not after {:?}", day, until);
        }
        if let Some(until) = until {
            let next = known_levels(assessment.record(), after(until, 1));
            prop_assert!(next != today, "nothing changes after {}", until);
        }
    }
}

proptest! {
    #[test]
    fn each_reason_holds_until_its_own_level_changes((record, as_of) in read_record_and_date()) {
        let mut record = ages_within_reach(record, as_of);
        // Current use keeps the person in scope on every day.
        record.opioid_use = OpioidUse::Current.into();
        let assessment = assessed(&record, as_of);
        let explained = assessment.explain();
        let place = |name: &str| FACTORS.iter().position(|factor| factor.name == name).unwrap();
        for reason in &explained.reasons {
            let index = place(reason.factor);
            let until = reason.holds_until;
            prop_assert!(until.is_none_or(|until| Some(until) >= explained.valid_until));
            if let Some(until) = until {
                prop_assert_eq!(known_levels(&record, until)[index], Some(reason.level));
                prop_assert_ne!(known_levels(&record, after(until, 1))[index], Some(reason.level));
            }
        }
    }

    #[test]
    fn moving_every_date_by_as_many_days_changes_nothing_else(
        (record, as_of) in record_and_date(),
        days in 1..2_000_u64,
    ) {
        let record = within_reach_of_both(record.as_read_on(as_of, |_| {}), as_of);
        let (moved, moved_as_of) = (moved(&record, days), after(as_of, days));
        let (here, there) = (assessed(&record, as_of), assessed(&moved, moved_as_of));
        prop_assert_eq!(here.tier(), there.tier());
        prop_assert_eq!(here.could_reach(), there.could_reach());
        prop_assert_eq!(here.could_points(), there.could_points());
        prop_assert_eq!(here.unknowns().to_vec(), there.unknowns().to_vec());
        prop_assert_eq!(here.priority(), there.priority());
        let levels = |assessment: &Assessment<'_>| -> Vec<_> {
            let found = assessment.findings();
            found.map(|(_, low, high)| [low, high].map(|level| level.map(|l| l.name))).collect()
        };
        prop_assert_eq!(levels(&here), levels(&there));
        prop_assert_eq!(here.valid_until().map(|until| after(until, days)), there.valid_until());
    }
}

/// No year of birth, and no planned date at the limit of 50 years, which has leap days.
fn within_reach_of_both(mut record: Record, as_of: NaiveDate) -> Record {
    if record.age.known().and_then(Age::birth_year).is_some() {
        record.age = Status::NotCollected;
    }
    let limit = after(as_of, 18_200);
    for field in [Field::PrisonReleaseDue, Field::NaloxoneExpiry] {
        if record.fact(field).date().is_some_and(|date| date > limit) {
            record.fact_mut(field).set_not_collected();
        }
    }
    record
}

fn moved(record: &Record, days: u64) -> Record {
    let mut moved = *record;
    for field in Field::ALL {
        match moved.fact_mut(field) {
            FactMut::Event(Event::On(date) | Event::Unknown { latest: Some(date), .. }) => {
                *date = after(*date, days);
            }
            FactMut::Date(Status::Known(date)) => *date = after(*date, days),
            _ => {}
        }
    }
    moved
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The last day of a record's known levels, as of 31 March 2026.
fn check(put: impl Fn(&mut Record), expected: Option<&str>) {
    let as_of = day("2026-03-31");
    let mut record = Case::plain(as_of);
    record.naloxone_expiry = Status::NotCollected;
    put(&mut record);
    assert_eq!(assessed(&record, as_of).valid_until(), expected.map(day), "{record:?}");
}

#[test]
fn each_kind_of_date_has_its_last_day() {
    let as_of = day("2026-03-31");
    let back = |days| Event::On(days_before(as_of, days));
    check(|_| {}, None);
    check(|record| record.prison_release = back(0), Some("2026-04-14"));
    check(|record| record.prison_release = back(14), Some("2026-03-31"));
    check(|record| record.prison_release = back(84), Some("2026-03-31"));
    check(|record| record.prison_release = back(85), None);
    check(|record| record.prison_release_due = back(-15), Some("2026-03-31"));
    check(|record| record.prison_release_due = back(-14), Some("2026-04-14"));
    check(|record| record.prison_release_due = back(-100), Some("2026-06-24"));
    check(|record| record.naloxone_expiry = as_of.into(), Some("2026-03-31"));
    check(|record| record.naloxone_expiry = day("2030-01-01").into(), Some("2030-01-01"));
    check(|record| record.naloxone_expiry = day("2026-03-30").into(), None);
    check(|record| record.overdose = back(365), Some("2026-03-31"));
}

#[test]
fn ages_from_a_year_of_birth_rise_on_1_january_and_others_never() {
    let born = |year| move |record: &mut Record| record.age = Age::born_in(year).into();
    check(born(1996), Some("2031-12-31"));
    check(born(1991), Some("2026-12-31"));
    check(born(1990), Some("2035-12-31"));
    check(born(1981), Some("2026-12-31"));
    check(born(1980), None);
    check(|record| record.age = Age::years(34).unwrap().into(), None);
    check(|record| record.age = Age::between(30, 34).unwrap().into(), None);
}

#[test]
fn nobody_leaves_the_last_age_level_by_growing_very_old() {
    // Read as of 31 March 2026, the person is 120; the facts "as read" stay what they are.
    check(|record| record.age = Age::born_in(1905).into(), None);
}

#[test]
fn an_overdose_that_stops_speaking_against_none_ends_the_assessment_that_day() {
    let as_of = day("2026-03-31");
    let record = Record {
        opioid_use: OpioidUse::None.into(),
        ost: overdose_risk::Ost::NotPrescribed.into(),
        overdose: days_before(as_of, 300).into(),
        injecting: Injecting::Previous.into(),
        ..Case::plain(as_of)
    };
    let assessment = assessed(&Record { naloxone_expiry: Status::NotCollected, ..record }, as_of);
    assert_eq!(assessment.exposure(), Exposure::Unknown);
    let until = assessment.valid_until().unwrap();
    assert_eq!(until, after(as_of, 65));
    assert_eq!(assessed(&record, until).exposure(), Exposure::Unknown);
    assert_eq!(assessed(&record, after(until, 1)).exposure(), Exposure::No);
}
