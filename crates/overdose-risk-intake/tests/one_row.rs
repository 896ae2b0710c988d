//! What one row says by itself is what it says joined to itself, and to rows that say nothing.

use chrono::{Days, NaiveDate};
use overdose_risk::{
    Age, CaseStatus, Code, Event, FactMut, Field, Housing, Injecting, Naloxone, OpioidUse, Ost,
    Record, Status, Unknown, YesNo,
};
use overdose_risk_intake::{Facts, Problem};
use proptest::prelude::*;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// Days of which some are not believed, and many are near the ends of what matters.
fn day() -> impl Strategy<Value = NaiveDate> {
    let near = -100..100_i64;
    prop_oneof![4 => near, 1 => -50_000..50_000_i64].prop_map(|days| {
        let by = Days::new(days.unsigned_abs());
        if days < 0 { as_of() - by } else { as_of() + by }
    })
}

fn why() -> impl Strategy<Value = Unknown> {
    prop_oneof![
        Just(Unknown::NotRecorded),
        Just(Unknown::Declined),
        Just(Unknown::Unreadable),
        Just(Unknown::Contradictory),
    ]
}

fn status<T: Copy + std::fmt::Debug>(
    known: impl Strategy<Value = T>,
) -> impl Strategy<Value = Status<T>> {
    prop_oneof![
        3 => known.prop_map(Status::Known),
        1 => why().prop_map(Status::Unknown),
        1 => Just(Status::NotCollected),
    ]
}

fn code<T: Code>() -> impl Strategy<Value = Status<T>> {
    status(prop::sample::select(T::ALL))
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => day().prop_map(Event::On),
        1 => Just(Event::NoneRecorded),
        2 => (why(), prop::option::of(day())).prop_map(|(why, latest)| Event::Unknown { why, latest }),
        1 => Just(Event::NotCollected),
    ]
}

fn age() -> impl Strategy<Value = Age> {
    let between = (0..=120_u8, 0..=120_u8)
        .prop_map(|(one, other)| Age::between(one.min(other), one.max(other)).unwrap());
    let born = (1850..2050_i16).prop_map(Age::born_in);
    prop_oneof![
        between,
        born,
        prop::sample::select(vec![1904, 1905, 1906, 2025, 2026, 2027]).prop_map(Age::born_in)
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let statuses = (
        code::<OpioidUse>(),
        code::<Ost>(),
        code::<Naloxone>(),
        code::<Injecting>(),
        code::<Housing>(),
        code::<CaseStatus>(),
        prop::collection::vec(code::<YesNo>(), Field::ALL.len()),
    );
    let dates = prop::collection::vec((event(), status(day())), Field::ALL.len());
    (status(age()), statuses, dates).prop_map(|(age, statuses, dates)| {
        let (opioid_use, ost, naloxone, injecting, housing, case_status, yes_no) = statuses;
        let mut record = Record::default();
        for (n, field) in Field::ALL.into_iter().enumerate() {
            match record.fact_mut(field) {
                FactMut::Age(place) => *place = age,
                FactMut::Event(place) => *place = dates[n].0,
                FactMut::Date(place) => *place = dates[n].1,
                FactMut::OpioidUse(place) => *place = opioid_use,
                FactMut::Ost(place) => *place = ost,
                FactMut::Naloxone(place) => *place = naloxone,
                FactMut::Injecting(place) => *place = injecting,
                FactMut::YesNo(place) => *place = yes_no[n],
                FactMut::Housing(place) => *place = housing,
                FactMut::CaseStatus(place) => *place = case_status,
            }
        }
        record
    })
}

/// The record that facts come to, with what is told on the way.
fn told(facts: &Facts) -> (Record, Vec<Problem>) {
    let mut problems = Vec::new();
    let record = facts.record(&mut |problem| problems.push(problem));
    (record, problems)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn one_row_says_by_itself_what_it_says_joined(
        record in record(),
        recorded_on in prop::option::of(day()),
        doubted in any::<bool>(),
    ) {
        let new = Facts::new(&record, recorded_on, as_of());
        let alone = if doubted { new.doubted() } else { new };
        let mut twice = alone;
        twice.join(&alone);
        let mut beside = Facts::without_consent(as_of());
        beside.join(&alone);
        for joined in [twice, beside] {
            prop_assert_eq!(told(&alone), told(&joined));
            prop_assert_eq!(alone.has_died(), joined.has_died());
            prop_assert_eq!(alone.is_without_consent(), joined.is_without_consent());
            prop_assert_eq!(alone, joined);
        }
        prop_assert_eq!(alone == new, !doubted || !alone.has_died());
    }
}

#[test]
fn a_row_that_is_joined_to_itself_is_doubted_no_less() {
    let died = Record { case_status: CaseStatus::Died.into(), ..Record::default() };
    let open = Record { case_status: CaseStatus::Open.into(), ..Record::default() };
    let day = |day| NaiveDate::from_ymd_opt(2026, 3, day);
    let doubted = Facts::new(&died, day(1), as_of()).doubted();
    let mut twice = doubted;
    twice.join(&doubted);
    for mut facts in [doubted, twice, twice.doubted()] {
        assert!(facts.has_died());
        // Another row knows better, and later.
        facts.join(&Facts::new(&open, day(2), as_of()));
        assert!(!facts.has_died());
    }
}

#[test]
fn rows_that_are_doubted_together_say_of_nobody_who_is_seen_to_live_that_they_died() {
    let said = |status: CaseStatus| {
        Facts::new(&Record { case_status: status.into(), ..Record::default() }, None, as_of())
    };
    let mut died = said(CaseStatus::Died);
    died.join(&said(CaseStatus::Died));
    for (mut facts, has_died) in [(died, true), (died.doubted(), false)] {
        facts.join(&said(CaseStatus::Open));
        assert_eq!(facts.has_died(), has_died);
    }
}

#[test]
fn facts_are_small() {
    assert!(size_of::<Facts>() <= 250, "{}", size_of::<Facts>());
}
