//! The example mapping, and the two exports that it reads.

use chrono::NaiveDate;
use overdose_risk::{Field, State, Unknown};
use overdose_risk_intake::{Column, Mapping, Problem, ProblemKind, Translated, read_person};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn example(extension: &str) -> String {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/data");
    fs::read_to_string(data.join(format!("example-cms.{extension}"))).unwrap()
}

fn mapping() -> Mapping {
    Mapping::from_toml(&example("toml")).unwrap_or_else(|error| panic!("{error}"))
}

/// A record as headers or paths, and the text at each.
type Row = Vec<(String, String)>;

/// Nothing in the example is in quotes.
fn csv() -> Vec<Row> {
    let text = example("csv");
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let header: Vec<String> = lines.next().unwrap().collect();
    let row = |cells| header.iter().cloned().zip(cells).collect();
    lines.map(row).collect()
}

fn ndjson() -> Vec<Row> {
    let flat = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let groups = record.as_object().unwrap().iter();
        let leaves = groups.flat_map(|(group, leaves)| {
            let leaves = leaves.as_object().unwrap().iter();
            leaves.map(move |(leaf, text)| {
                (format!("{group}.{leaf}"), text.as_str().unwrap_or_default().to_owned())
            })
        });
        leaves.collect()
    };
    example("ndjson").lines().map(flat).collect()
}

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn translate<'a>(mapping: &'a Mapping, row: &'a Row) -> Translated<'a> {
    let cell = |slot: usize| {
        let of_slot =
            |(header, _): &&(String, String)| mapping.slot_of(header.as_bytes()) == Some(slot);
        row.iter().find(of_slot).map(|(_, text)| text.as_bytes())
    };
    mapping.translate(&cell, as_of(), &mut |_| panic!("every date of birth is one"))
}

#[test]
fn every_column_and_path_of_the_example_is_read_or_ignored_and_every_source_is_in_one_of_them() {
    let mapping = mapping();
    let mut met = BTreeSet::new();
    for row in csv().iter().chain(&ndjson()) {
        for (header, _) in row {
            let slot = mapping.slot_of(header.as_bytes());
            assert_ne!(slot.is_some(), mapping.is_ignored(header.as_bytes()), "{header}");
            met.extend(slot);
        }
    }
    assert_eq!(met.len(), mapping.sources().len());
}

#[test]
fn the_two_exports_of_the_example_hold_the_same_rows_and_one_cell_that_cannot_be_read() {
    let mapping = mapping();
    let (csv, ndjson) = (csv(), ndjson());
    assert_eq!((csv.len(), ndjson.len()), (20, 20));
    let mut ids = Vec::new();
    let mut problems = Vec::new();
    for (one, other) in csv.iter().zip(&ndjson) {
        let (one, other) = (translate(&mapping, one), translate(&mapping, other));
        for column in Column::all() {
            assert_eq!(one.get(column), other.get(column), "{column}");
        }
        let person = read_person(|column| one.get(column), as_of(), &mut |problem| {
            problems.push(problem);
        });
        ids.push(person.unwrap().id.as_str().to_owned());
    }
    let column = Column::Fact(Field::PrisonRelease);
    assert_eq!(problems, [Problem { column, kind: ProblemKind::Unreadable }]);
    let people: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(people.len(), 17);
}

/// So that nobody copies a mapping whose values were never met.
#[test]
fn every_field_of_the_example_is_known_of_somebody_and_its_unknowns_are_shown() {
    let mapping = mapping();
    let rows = csv();
    let mut known = BTreeSet::new();
    let mut unknown = Vec::new();
    for row in &rows {
        let told = translate(&mapping, row);
        assert!(told.get(Column::RecordedOn).is_some_and(|day| day.len() == 10));
        let record = read_person(|column| told.get(column), as_of(), &mut |_| {})
            .unwrap()
            .facts
            .record(&mut |_| {});
        for field in Field::ALL {
            match record.state(field) {
                State::Known => drop(known.insert(field)),
                State::Unknown(why) => unknown.push(why),
                State::NoneRecorded => {}
                State::NotCollected => panic!("{field} is not mapped"),
            }
        }
    }
    for why in [Unknown::NotRecorded, Unknown::Declined, Unknown::Unreadable] {
        assert!(unknown.contains(&why), "{why:?}");
    }
    assert_eq!(known.len(), Field::ALL.len(), "{known:?}");
}
