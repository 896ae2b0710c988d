//! The vectors: what an independent implementation of the policy page gives for 1,200 invented
//! people, and that the order of rows and columns changes nothing.

use chrono::NaiveDate;
use overdose_risk::{Policy, assess};
use overdose_risk_csv::{Entry, Export, FlagsWriter};
use overdose_risk_intake::Intake;
use proptest::prelude::*;
use std::collections::BTreeMap;

const CLEAN: [&str; 2] = [
    include_str!("../fixtures/vectors/clean.csv"),
    include_str!("../fixtures/vectors/clean.expected.csv"),
];
const MESSY: [&str; 2] = [
    include_str!("../fixtures/vectors/messy.csv"),
    include_str!("../fixtures/vectors/messy.expected.csv"),
];

/// An export or its flags, as rows of cells; the first row is the header.
type Table = Vec<Vec<String>>;

fn table(csv: &str) -> Table {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn text(table: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    table.iter().for_each(|row| writer.write_record(row).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The flags of everybody in an export who has not died.
fn flags(export: &str) -> Table {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut export = Export::open(export.as_bytes(), as_of, &Intake::default()).unwrap();
    let mut flags = FlagsWriter::new(Vec::new(), export.layout().waived()).unwrap();
    while let Some(row) = export.read(&mut |_| {}).unwrap() {
        let Entry::Person(person) = row.entry else { panic!("line {}", row.line) };
        if !person.facts.has_died() {
            let assessment =
                assess(&person.facts.record(&mut |_| {}), as_of, Policy::practice_principles());
            flags.write(person.id, &assessment).unwrap();
        }
    }
    table(&String::from_utf8(flags.finish().unwrap()).unwrap())
}

/// Every row by its id, as pairs of column and cell.
fn by_id(table: &Table) -> BTreeMap<String, BTreeMap<String, String>> {
    let (header, rows) = table.split_first().unwrap();
    rows.iter()
        .map(|row| (row[0].clone(), header.iter().cloned().zip(row.iter().cloned()).collect()))
        .collect()
}

fn check([export, expected]: [&str; 2], people: usize) {
    let (ours, theirs) = (by_id(&flags(export)), by_id(&table(expected)));
    assert_eq!(theirs.len(), people);
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (id, theirs) in &theirs {
        assert_eq!(theirs.len(), 9);
        for (column, cell) in theirs {
            assert_eq!(&ours[id][column], cell, "{id}: {column}");
        }
    }
}

#[test]
fn clean_people_come_out_as_in_the_independent_implementation() {
    check(CLEAN, 569);
}

#[test]
fn messy_people_come_out_as_in_the_independent_implementation() {
    check(MESSY, 578);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_order_of_rows_and_columns_changes_no_persons_flags(
        columns in Just((0..22_usize).collect::<Vec<_>>()).prop_shuffle(),
        rows in Just((1..=600_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let export = table(MESSY[0]);
        let pick = |row: &Vec<String>| columns.iter().map(|at| row[*at].clone()).collect();
        let shuffled: Table =
            std::iter::once(0).chain(rows).map(|at| pick(&export[at])).collect();
        prop_assert_eq!(by_id(&flags(&text(&shuffled))), by_id(&flags(MESSY[0])));
    }
}
