//! What the rows of one person come to together, against the rules applied row by row.

use chrono::NaiveDate;
use overdose_risk::factor::Urgency;
use overdose_risk::{Assessment, Exposure, Fact, Field, Policy, Record, State, assess};
use overdose_risk_intake::{Facts, ProblemKind};
use overdose_risk_testkit::merging::{
    Row, blank, both, by_the_rules, joined, latest_rows, nothing, settled,
};
use overdose_risk_testkit::strategies::{as_of, days_before, put, record, record_and_date};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

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
