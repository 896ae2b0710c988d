//! An assessment allocates nothing, nor does reading its tier, points and reasons.

use chrono::NaiveDate;
use overdose_risk::{Policy, Record, assess};
use overdose_risk_testkit::population::Population;

/// What is read of everybody in a nightly run.
fn read(record: &Record, as_of: NaiveDate) -> usize {
    let assessment = assess(record, as_of, Policy::practice_principles());
    let points = assessment.points() + assessment.could_points();
    let until = usize::from(assessment.valid_until().is_some());
    let shown = assessment.reasons().count() + assessment.unknowns().len();
    usize::from(points) + shown + until + usize::from(assessment.naloxone_gap())
}

#[test]
fn an_assessment_allocates_nothing() {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let people: Vec<Record> =
        Population::new(1, as_of).people(0..1000).map(|person| *person.record()).collect();
    // Made at its first use.
    let _ = Policy::practice_principles();
    let mut read_of_all = 0;
    let counted = allocation_counter::measure(|| {
        read_of_all = people.iter().map(|record| read(record, as_of)).sum();
    });
    assert!(read_of_all > 0);
    assert_eq!(counted.count_total, 0);

    let explained = allocation_counter::measure(|| {
        for record in &people {
            assess(record, as_of, Policy::practice_principles()).explain();
        }
    });
    assert!(explained.count_total > 0, "the counter counts");
}
