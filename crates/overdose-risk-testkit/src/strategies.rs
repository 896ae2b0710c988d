//! Strategies for records, dates and policies.
//!
//! Dates crowd around the edges of the policy's windows, where an off-by-one error would show.

use chrono::{Datelike, NaiveDate, TimeDelta};
use overdose_risk::{Age, Code, Event, Fact, FactMut, Field, NotAnAge, Record, Status, Unknown};
use proptest::array::{uniform7, uniform8};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

mod policies;
pub use policies::{accepted, policies, settings};

/// The first and last days of every window in the policy, and their neighbours.
pub const EDGES: [i64; 25] = [
    -15, -14, -13, -1, 0, 1, 2, 3, 4, 13, 14, 15, 16, 27, 28, 29, 30, 84, 85, 183, 184, 185, 364,
    365, 366,
];

/// Days beyond which a planned date is not believed: 50 years have at least so many.
const DAYS_IN_50_YEARS: i64 = 18_262;

/// Every reason for which a fact can be unknown.
pub const WHY_UNKNOWN: [Unknown; 4] =
    [Unknown::NotRecorded, Unknown::Declined, Unknown::Unreadable, Unknown::Contradictory];

/// As-of dates from 1950 to 2090, with leap days and the ends of years more often.
pub fn as_of() -> impl Strategy<Value = NaiveDate> {
    let on = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
    prop_oneof![
        4 => (1950..=2090, 1_u32..=366).prop_filter_map("not a day of that year", |(year, day)| {
            NaiveDate::from_yo_opt(year, day)
        }),
        1 => (488..=522).prop_filter_map("no leap day", move |fourth| on(fourth * 4, 2, 29)),
        1 => (1950..=2090).prop_filter_map("no such day", move |year| on(year, 12, 31)),
        1 => (1950..=2090).prop_filter_map("no such day", move |year| on(year, 1, 1)),
    ]
}

/// The day so many days before another; after it, when negative.
pub fn days_before(as_of: NaiveDate, days: i64) -> NaiveDate {
    as_of.checked_sub_signed(TimeDelta::days(days)).unwrap_or(as_of)
}

/// Days before the as-of date: mostly at and around the edges of windows, some far away or in the
/// future, a few that no record can mean.
pub fn days_ago() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => select(EDGES.as_slice()),
        6 => -15..=370_i64,
        1 => 371..=6_000_i64,
        1 => -DAYS_IN_50_YEARS - 40..=-16_i64,
        1 => 18_000..=75_000_i64,
    ]
}

/// Dates seen from an as-of date.
pub fn date(as_of: NaiveDate) -> impl Strategy<Value = NaiveDate> {
    days_ago().prop_map(move |days| days_before(as_of, days))
}

/// One of the reasons for which a fact can be unknown.
pub fn why_unknown() -> impl Strategy<Value = Unknown> {
    select(WHY_UNKNOWN.as_slice())
}

/// A status in any state.
pub fn status<T: Copy + std::fmt::Debug>(
    known: impl Strategy<Value = T>,
) -> impl Strategy<Value = Status<T>> {
    prop_oneof![
        5 => known.prop_map(Status::Known),
        2 => why_unknown().prop_map(Status::Unknown),
        1 => Just(Status::NotCollected),
    ]
}

/// A status of a closed vocabulary, in any state.
pub fn code<T: Code>() -> impl Strategy<Value = Status<T>> {
    status(select(T::ALL))
}

/// An event in any state.
pub fn event(as_of: NaiveDate) -> impl Strategy<Value = Event> {
    prop_oneof![
        5 => date(as_of).prop_map(Event::On),
        2 => Just(Event::NoneRecorded),
        1 => why_unknown().prop_map(Event::unknown),
        2 => (why_unknown(), date(as_of))
            .prop_map(|(why, latest)| Event::Unknown { why, latest: Some(latest) }),
        1 => Just(Event::NotCollected),
    ]
}

/// An age as years, as a band, or as a year of birth, which may be absurd.
pub fn age(as_of: NaiveDate) -> impl Strategy<Value = Age> {
    let year = as_of.year();
    prop_oneof![
        4 => (0..=Age::OLDEST).prop_filter_map("not an age", |years| ok(Age::years(years))),
        4 => (0..=Age::OLDEST, 0..=Age::OLDEST).prop_filter_map("not a band", |(one, other)| {
            ok(Age::between(one.min(other), one.max(other)))
        }),
        4 => born(year - 60..=year - 30),
        2 => born(year - 130..=year + 3),
    ]
}

fn born(years: std::ops::RangeInclusive<i32>) -> impl Strategy<Value = Age> {
    years.prop_filter_map("not a year of birth", |year| i16::try_from(year).ok().map(Age::born_in))
}

fn ok(age: Result<Age, NotAnAge>) -> Option<Age> {
    age.ok()
}

/// Records in which every fact is in any of its states, contradictory ones included.
pub fn record(as_of: NaiveDate) -> BoxedStrategy<Record> {
    let statuses =
        (status(age(as_of)), code(), code(), code(), status(date(as_of)), code(), code(), code());
    (statuses, uniform8(event(as_of)), uniform7(code()))
        .prop_map(|(statuses, events, answers)| {
            let (age, opioid_use, ost, naloxone, naloxone_expiry, injecting, housing, case_status) =
                statuses;
            let [
                ost_started,
                ost_ended,
                prison_release,
                prison_release_due,
                detox_exit,
                hospital_discharge,
                treatment_exit,
                overdose,
            ] = events;
            let [
                benzodiazepines,
                gabapentinoids,
                z_drugs,
                alcohol,
                suicidality,
                respiratory_disease,
                uses_alone,
            ] = answers;
            Record {
                age,
                opioid_use,
                ost,
                ost_started,
                ost_ended,
                prison_release,
                prison_release_due,
                detox_exit,
                hospital_discharge,
                treatment_exit,
                overdose,
                naloxone,
                naloxone_expiry,
                injecting,
                benzodiazepines,
                gabapentinoids,
                z_drugs,
                alcohol,
                suicidality,
                respiratory_disease,
                housing,
                uses_alone,
                case_status,
            }
        })
        // Boxed, because a tree of so many choices is too large for the stack of a test.
        .boxed()
}

/// Records that stay as they are when read on the as-of date.
pub fn record_without_contradictions(as_of: NaiveDate) -> impl Strategy<Value = Record> {
    record(as_of).prop_map(move |record| record.as_read_on(as_of, |_| {}))
}

/// An as-of date and a record seen from it.
pub fn record_and_date() -> impl Strategy<Value = (Record, NaiveDate)> {
    as_of().prop_flat_map(|as_of| (record(as_of), Just(as_of)))
}

/// An as-of date and a record that stays as it is when read on it.
pub fn read_record_and_date() -> impl Strategy<Value = (Record, NaiveDate)> {
    as_of().prop_flat_map(|as_of| (record_without_contradictions(as_of), Just(as_of)))
}

/// The record with each known answer to one question in turn: every value of a vocabulary, events
/// and dates on the edges of the windows or not at all, ages on the edges of the levels.
///
/// An event with a latest known date stays there or moves to a later day, up to the as-of date.
pub fn settled(record: &Record, field: Field, as_of: NaiveDate) -> Vec<Record> {
    let with = |fact: Answer| {
        let mut settled = *record;
        fact.put(settled.fact_mut(field));
        settled
    };
    let days = || EDGES.into_iter().map(|days| days_before(as_of, days));
    match record.fact(field) {
        Fact::Age(_) => [0, 30, 34, 35, 44, 45, 64, 65, Age::OLDEST]
            .into_iter()
            .filter_map(|years| ok(Age::years(years)))
            .map(|age| with(Answer::Age(age)))
            .collect(),
        Fact::Event(event) => {
            let known = event.latest();
            let since = |day: &NaiveDate| *day <= as_of && known.is_none_or(|known| known <= *day);
            let never = known.is_none().then_some(Event::NoneRecorded);
            let dates = days().chain(known).filter(since).map(Event::On);
            dates.chain(never).map(|event| with(Answer::Event(event))).collect()
        }
        Fact::Date(_) => days().map(|day| with(Answer::Date(day))).collect(),
        Fact::OpioidUse(_)
        | Fact::Ost(_)
        | Fact::Naloxone(_)
        | Fact::Injecting(_)
        | Fact::YesNo(_)
        | Fact::Housing(_)
        | Fact::CaseStatus(_) => {
            let names = record.fact(field).vocabulary().unwrap_or_default();
            names.into_iter().map(|name| with(Answer::Named(name))).collect()
        }
    }
}

/// The record with some or all of the answers that it lacks, one way of settling it.
///
/// A planned release that is not known stays so: it adds nothing, and bounds nothing.
pub fn some_settled(record: Record, as_of: NaiveDate) -> impl Strategy<Value = Record> {
    vec(any::<Index>(), Field::ALL.len()).prop_map(move |choices| {
        let open = |field: &Field| record.is_open(*field) && *field != Field::PrisonReleaseDue;
        let questions = Field::ALL.into_iter().zip(choices).filter(|(field, _)| open(field));
        questions.fold(record, |record, (field, choice)| {
            let mut ways = settled(&record, field, as_of);
            ways.push(record);
            *choice.get(&ways)
        })
    })
}

enum Answer {
    Age(Age),
    Event(Event),
    Date(NaiveDate),
    Named(&'static str),
}

impl Answer {
    fn put(self, fact: FactMut<'_>) {
        match (self, fact) {
            (Self::Age(age), FactMut::Age(fact)) => *fact = age.into(),
            (Self::Event(event), FactMut::Event(fact)) => *fact = event,
            (Self::Date(date), FactMut::Date(fact)) => *fact = date.into(),
            (Self::Named(name), FactMut::OpioidUse(fact)) => put_named(name, fact),
            (Self::Named(name), FactMut::Ost(fact)) => put_named(name, fact),
            (Self::Named(name), FactMut::Naloxone(fact)) => put_named(name, fact),
            (Self::Named(name), FactMut::Injecting(fact)) => put_named(name, fact),
            (Self::Named(name), FactMut::YesNo(fact)) => put_named(name, fact),
            (Self::Named(name), FactMut::Housing(fact)) => put_named(name, fact),
            (Self::Named(name), FactMut::CaseStatus(fact)) => put_named(name, fact),
            _ => {}
        }
    }
}

fn put_named<T: Code>(name: &str, fact: &mut Status<T>) {
    if let Some(value) = T::from_name(name) {
        *fact = value.into();
    }
}

/// Puts one fact of a record in place of another's.
///
/// # Panics
///
/// When it is of another kind.
pub fn put(fact: Fact, place: FactMut<'_>) {
    match (fact, place) {
        (Fact::Age(fact), FactMut::Age(place)) => *place = fact,
        (Fact::Event(fact), FactMut::Event(place)) => *place = fact,
        (Fact::Date(fact), FactMut::Date(place)) => *place = fact,
        (Fact::OpioidUse(fact), FactMut::OpioidUse(place)) => *place = fact,
        (Fact::Ost(fact), FactMut::Ost(place)) => *place = fact,
        (Fact::Naloxone(fact), FactMut::Naloxone(place)) => *place = fact,
        (Fact::Injecting(fact), FactMut::Injecting(place)) => *place = fact,
        (Fact::YesNo(fact), FactMut::YesNo(place)) => *place = fact,
        (Fact::Housing(fact), FactMut::Housing(place)) => *place = fact,
        (Fact::CaseStatus(fact), FactMut::CaseStatus(place)) => *place = fact,
        (fact, place) => panic!("{fact:?} does not go into {place:?}"),
    }
}
