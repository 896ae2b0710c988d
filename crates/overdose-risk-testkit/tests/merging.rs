//! What the rows of one person come to together, against the rules applied here row by row.

use chrono::NaiveDate;
use overdose_risk::factor::Urgency;
use overdose_risk::{
    Age, Assessment, CaseStatus, Event, Exposure, Fact, FactMut, Field, OpioidUse, Policy, Record,
    State, Status, Unknown, assess,
};
use overdose_risk_intake::{Column, Facts, Problem, ProblemKind};
use overdose_risk_testkit::strategies::{as_of, days_before, put, record, record_and_date};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::HashSet;

/// What a row says, and the day on which it was recorded, where it has one.
type Row = (Record, Option<NaiveDate>);

/// Rows that agree on some facts and not on others: each says of every fact what one of two people
/// would, or nothing.
fn rows(as_of: NaiveDate, most: usize) -> impl Strategy<Value = Vec<Row>> {
    let sides = vec(select(vec![0, 0, 0, 1, 1, 2, 3]), Field::ALL.len());
    let recorded = prop_oneof![Just(None), (0..3_i64).prop_map(Some)];
    (record(as_of), record(as_of), vec((sides, recorded), 1..=most)).prop_map(
        move |(one, other, rows)| {
            let sides_of = [one, other, blank(), nothing()];
            let row = |(sides, days): (Vec<usize>, Option<i64>)| {
                let mut row = nothing();
                for (field, side) in Field::ALL.into_iter().zip(sides) {
                    put(sides_of[side].fact(field), row.fact_mut(field));
                }
                (row, days.map(|days| days_before(as_of, days)))
            };
            rows.into_iter().map(row).collect()
        },
    )
}

fn rows_and_date(most: usize) -> impl Strategy<Value = (Vec<Row>, NaiveDate)> {
    as_of().prop_flat_map(move |as_of| (rows(as_of, most), Just(as_of)))
}

/// What a source says that has no place for any fact.
fn nothing() -> Record {
    let mut record = Record::default();
    for field in Field::ALL {
        record.fact_mut(field).set_not_collected();
    }
    record
}

/// What a source says whose every cell is blank.
fn blank() -> Record {
    let mut record = Record::default();
    for field in Field::ALL {
        if let FactMut::Event(event) = record.fact_mut(field) {
            *event = Event::NoneRecorded;
        }
    }
    record
}

fn joined(rows: &[Row], as_of: NaiveDate) -> Facts {
    let mut facts = Facts::without_consent(as_of);
    for (record, recorded_on) in rows {
        facts.join(&Facts::new(record, *recorded_on, as_of));
    }
    facts
}

fn both(mut one: Facts, other: &Facts) -> Facts {
    one.join(other);
    one
}

/// The record that facts come to, and what is told on the way.
fn settled(facts: &Facts) -> (Record, Vec<(Field, ProblemKind)>) {
    let mut problems = Vec::new();
    let record = facts.record(&mut |Problem { column, kind }| match column {
        Column::Fact(field) => problems.push((field, kind)),
        other => panic!("{other} is no fact"),
    });
    (record, problems)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn joining_is_the_same_in_every_order_and_grouping_and_however_often(
        (as_of, [a, b, c]) in as_of().prop_flat_map(|as_of| {
            let rows = || rows(as_of, 3);
            (Just(as_of), [rows(), rows(), rows()])
        })
    ) {
        let [a, b, c] = [a, b, c].map(|rows| joined(&rows, as_of));
        prop_assert_eq!(both(a, &b), both(b, &a));
        prop_assert_eq!(both(both(a, &b), &c), both(a, &both(b, &c)));
        prop_assert_eq!(both(a, &a), a);
        prop_assert_eq!(both(both(a, &b), &b), both(a, &b));
        prop_assert_eq!(both(Facts::without_consent(as_of), &a), a);
    }

    #[test]
    fn one_row_says_of_every_fact_what_its_record_does(
        ((record, as_of), days) in (record_and_date(), prop::option::of(0..3_i64))
    ) {
        let facts = Facts::new(&record, days.map(|days| days_before(as_of, days)), as_of);
        let mut contradicted = Vec::new();
        let read = record.each_as_read_on(as_of, |_| {});
        let read = read.as_read_on(as_of, |field| contradicted.push((field, ProblemKind::Contradictory)));
        let (merged, problems) = settled(&facts);
        for field in Field::ALL {
            prop_assert_eq!(merged.fact(field), read.fact(field), "{}", field);
        }
        prop_assert_eq!(problems, contradicted);
        prop_assert_eq!(facts.has_died(), record.has_died());
        prop_assert!(!facts.is_without_consent());
    }

    #[test]
    fn facts_that_stand_in_several_rows_make_the_record_that_they_would_make_in_one(
        ((record, as_of), places, recorded, again) in (
            record_and_date(),
            vec((any::<Index>(), any::<[bool; 4]>()), Field::ALL.len()),
            vec(prop::option::of(0..3_i64), 1..=4),
            vec(any::<Index>(), 0..4),
        )
    ) {
        let mut parts = vec![nothing(); recorded.len()];
        for (field, (_, is_blank)) in Field::ALL.into_iter().zip(&places) {
            // A kit and its expiry stand in one row.
            let at = if field == Field::NaloxoneExpiry { Field::Naloxone } else { field };
            let place = &places[Field::ALL.iter().position(|other| *other == at).unwrap()].0;
            let is_collected = record.fact(field).state() != State::NotCollected;
            for (part, is_blank) in parts.iter_mut().zip(is_blank) {
                if *is_blank && is_collected {
                    put(blank().fact(field), part.fact_mut(field));
                }
            }
            put(record.fact(field), parts[place.index(recorded.len())].fact_mut(field));
        }
        let days = recorded.iter().map(|days| days.map(|days| days_before(as_of, days)));
        let mut rows: Vec<Row> = parts.into_iter().zip(days).collect();
        let once = joined(&rows, as_of);
        prop_assert_eq!(settled(&once).0, record.as_read_on(as_of, |_| {}));

        rows.extend(again.iter().map(|place| *place.get(&rows.clone())).collect::<Vec<_>>());
        prop_assert_eq!(joined(&rows, as_of), once);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn rows_come_to_what_the_rules_say_of_them((rows, as_of) in rows_and_date(5)) {
        let facts = joined(&rows, as_of);
        let (merged, problems) = settled(&facts);
        let (by_rules, apart) = by_the_rules(&rows, as_of);
        for field in Field::ALL {
            prop_assert_eq!(merged.fact(field), by_rules.fact(field), "{}", field);
        }
        let told = problems.iter().filter(|(_, kind)| *kind == ProblemKind::RowsDisagree);
        let mut told: Vec<Field> = told.map(|(field, _)| *field).collect();
        told.sort();
        prop_assert_eq!(told, apart);
        prop_assert_eq!(facts.has_died(), rows.iter().any(|(row, _)| row.has_died()));
        prop_assert!(!facts.is_without_consent());
    }

    #[test]
    fn no_reading_of_the_latest_rows_exceeds_what_they_could_come_to_together(
        ((rows, as_of), choices) in
            (rows_and_date(4), vec(any::<Index>(), Field::ALL.len()))
    ) {
        let merged = settled(&joined(&rows, as_of)).0;
        let mut reading = merged;
        for (field, choice) in Field::ALL.into_iter().zip(choices) {
            let latest = latest_rows(&rows, field, as_of);
            if !matches!(merged.fact(field), Fact::Event(_) | Fact::Date(_)) && !latest.is_empty() {
                let (row, _) = choice.get(&latest);
                put(row.fact(field), reading.fact_mut(field));
                if field == Field::Naloxone {
                    reading.naloxone_expiry = row.naloxone_expiry;
                }
            }
        }
        let assessed = |record: &Record| assess(record, as_of, Policy::practice_principles());
        let (reading, merged) = (assessed(&reading), assessed(&merged));
        if merged.exposure() == Exposure::No {
            prop_assert_eq!(reading.exposure(), Exposure::No);
            return Ok(());
        }
        prop_assert!(reading.points() <= merged.could_points());
        prop_assert!(reading.known_urgency() <= could_urgency(&merged));
    }
}

fn could_urgency(assessment: &Assessment<'_>) -> Option<Urgency> {
    [Urgency::Standard, Urgency::Prioritise, Urgency::ActNow]
        .into_iter()
        .find(|urgency| assessment.could_reach() == (*urgency).into())
}

/// The rows that know a status, without those of which another that knows it is later.
fn latest_rows(rows: &[Row], field: Field, as_of: NaiveDate) -> Vec<Row> {
    let read = |(record, day): &Row| (record.each_as_read_on(as_of, |_| {}), *day);
    let is_known = |(row, _): &Row| row.state(field) == State::Known;
    let known: Vec<Row> = rows.iter().map(read).filter(is_known).collect();
    let is_latest = |(_, day): &Row| day.is_none() || known.iter().all(|(_, other)| *other <= *day);
    known.iter().filter(|row| is_latest(row)).copied().collect()
}

/// The record that some rows come to, and the facts on which they disagree.
fn by_the_rules(rows: &[Row], as_of: NaiveDate) -> (Record, Vec<Field>) {
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
