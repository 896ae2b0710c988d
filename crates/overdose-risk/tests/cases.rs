//! The worked cases of the catalogue, run; and what no factor may leave out of them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm
)]

use chrono::NaiveDate;
use overdose_risk::factor::{Case, Factor, Given, Level, When};
use overdose_risk::{Assessment, FACTORS, FactMut, Field, Policy, Record, assess};
use overdose_risk_testkit::strategies::days_before;
use std::collections::BTreeSet;

fn days() -> [NaiveDate; 4] {
    [(2026, 3, 31), (2024, 2, 29), (2025, 12, 31), (2027, 1, 1)]
        .map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap())
}

fn found(factor: &Factor, assessment: &Assessment<'_>) -> [Option<&'static str>; 2] {
    let (_, low, high) =
        assessment.findings().find(|(known, ..)| std::ptr::eq(*known, factor)).unwrap();
    [low, high].map(|level| level.map(|level| level.name))
}

#[test]
fn every_worked_case_gives_its_levels() {
    for factor in FACTORS {
        for case in factor.cases {
            for as_of in days() {
                let record = in_scope(case.record(as_of));
                let assessment = assess(&record, as_of, Policy::practice_principles());
                assert_eq!(
                    found(factor, &assessment),
                    [case.low, case.high],
                    "{factor}: {:?} as of {as_of}",
                    case.given
                );
            }
        }
    }
}

/// An explicit "none" would put the person out of scope, where nothing is found at all.
fn in_scope(mut record: Record) -> Record {
    if record.opioid_use.is(overdose_risk::OpioidUse::None) {
        record.injecting = overdose_risk::Injecting::Current.into();
    }
    record
}

#[test]
fn no_worked_case_is_read_otherwise_than_it_is_written() {
    for factor in FACTORS {
        for case in factor.cases {
            for as_of in days() {
                let record = case.record(as_of);
                assert_eq!(record, record.as_read_on(as_of, |_| {}), "{factor}: {:?}", case.given);
            }
        }
    }
}

#[test]
fn in_the_plain_record_nothing_is_found_and_nothing_is_asked() {
    for as_of in days() {
        let assessment = assess(&Case::plain(as_of), as_of, Policy::practice_principles());
        for (factor, low, high) in assessment.findings() {
            assert!(low.is_none() && high.is_none(), "{factor}");
        }
        assert!(assessment.unknowns().is_empty());
        for field in Field::ALL {
            assert!(!assessment.record().is_open(field), "{field}");
        }
    }
}

#[test]
fn every_level_is_named_by_a_case() {
    for factor in FACTORS {
        let named: BTreeSet<_> =
            factor.cases.iter().flat_map(|case| [case.low, case.high]).flatten().collect();
        let levels: BTreeSet<_> = factor.levels.iter().map(|level| level.name).collect();
        assert_eq!(named, levels, "{factor}");
    }
}

#[test]
fn every_factor_has_a_case_with_an_unknown_and_one_with_a_fact_not_collected() {
    for factor in FACTORS {
        let given = || factor.cases.iter().flat_map(|case| case.given);
        let unknown = |given: &Given| matches!(given, Given::Unknown(_));
        let not_collected = |given: &Given| matches!(given, Given::NotCollected(_));
        assert!(given().any(unknown), "{factor}");
        assert!(given().any(not_collected), "{factor}");
    }
}

#[test]
fn cases_speak_only_of_the_fields_that_the_factor_reads() {
    for factor in FACTORS {
        for given in factor.cases.iter().flat_map(|case| case.given) {
            let field = match given {
                Given::Is(field, _)
                | Given::DaysAgo(field, _)
                | Given::DaysAgoAtLeast(field, _)
                | Given::Unknown(field)
                | Given::NotCollected(field) => *field,
                Given::Aged(..) | Given::BornYearsAgo(_) => Field::Age,
            };
            assert!(factor.reads.contains(&field), "{factor} does not read {field}");
        }
    }
}

/// The field whose date puts the factor at this level.
fn dated_by(factor: &Factor, level: &Level) -> Field {
    match (factor.name, level.name) {
        ("naloxone", _) => Field::NaloxoneExpiry,
        ("prison-release", "release-overdue" | "due-within-14-days") => Field::PrisonReleaseDue,
        _ => factor.reads[0],
    }
}

/// A record in which only this date could put the factor at a level.
fn dated(factor: &Factor, level: &Level, as_of: NaiveDate, days: i64) -> Record {
    let mut record = Case::plain(as_of);
    if matches!(factor.name, "ost-stopped" | "treatment-exit") {
        record.ost = overdose_risk::Ost::NotPrescribed.into();
    }
    let date = days_before(as_of, days);
    match record.fact_mut(dated_by(factor, level)) {
        FactMut::Event(event) => *event = date.into(),
        FactMut::Date(fact) => *fact = date.into(),
        other => panic!("{other:?} has no date"),
    }
    record
}

#[test]
fn windows_include_both_ends_and_no_day_more() {
    for factor in FACTORS {
        for level in factor.levels {
            let When::Since(_, window) = level.when else { continue };
            let last = window.last.unwrap_or(4_000);
            for as_of in days() {
                let shows = |days| {
                    let record = dated(factor, level, as_of, days);
                    let assessment = assess(&record, as_of, Policy::practice_principles());
                    found(factor, &assessment)[0] == Some(level.name)
                };
                for day in [window.first, window.first + 1, last - 1, last] {
                    assert!(shows(day), "{factor}:{} on day {day}", level.name);
                }
                for day in [window.first - 1].into_iter().chain(window.last.map(|last| last + 1)) {
                    assert!(!shows(day), "{factor}:{} on day {day}", level.name);
                }
            }
        }
    }
}
