//! Exports with a few slips in them: whoever's row was not touched is assessed as if nothing had
//! happened, or their line is named.

use chrono::NaiveDate;
use overdose_risk::Record;
use overdose_risk_csv::{Entry, Export};
use overdose_risk_intake::Intake;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The notes of a row stand in its last column, in its first, or in between.
const HEADERS: [[&str; 7]; 3] = [
    ["id", "age", "opioid_use", "ost", "prison_release", "naloxone", "notes"],
    ["notes", "id", "age", "opioid_use", "ost", "prison_release", "naloxone"],
    ["naloxone", "notes", "id", "age", "opioid_use", "ost", "prison_release"],
];

/// What one slip does at a place of a row.
#[derive(Clone, Copy, Debug)]
enum Slip {
    Insert(&'static str),
    Delete,
    /// Writes this over what stands there.
    Replace(&'static str),
}

fn slip() -> impl Strategy<Value = Slip> {
    let texts = vec!["\"", "\"\"", ",", "\n", "\r\n", "\0", ",\"", "\",", "\"\n"];
    prop_oneof![
        4 => prop::sample::select(texts.clone()).prop_map(Slip::Insert),
        1 => Just(Slip::Delete),
        2 => prop::sample::select(texts).prop_map(Slip::Replace),
    ]
}

fn row(columns: &[&str; 7], person: usize, note: &str) -> String {
    let cell = |column: &&str| match *column {
        "id" => format!("p-{person}"),
        "age" => (20 + person).to_string(),
        "opioid_use" => ["current", "past", "none", ""][person % 4].to_owned(),
        "ost" => ["prescribed", "not_prescribed", ""][person % 3].to_owned(),
        "prison_release" => ["2026-03-28", "never", "", "unknown"][person % 4].to_owned(),
        "naloxone" => ["held", "not_held", ""][person % 3].to_owned(),
        _ => note.to_owned(),
    };
    columns.iter().map(cell).collect::<Vec<_>>().join(",")
}

fn damaged(row: &str, place: prop::sample::Index, slip: Slip) -> String {
    let at = place.index(row.len());
    let (before, after) = row.split_at(at);
    match slip {
        Slip::Insert(text) => format!("{before}{text}{after}"),
        Slip::Delete => format!("{before}{}", &after[1..]),
        Slip::Replace(text) => format!("{before}{text}{}", &after[1..]),
    }
}

/// Every person by line, and the lines that are quarantined.
fn read(export: &str) -> (BTreeMap<u64, (String, Record)>, Vec<u64>) {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut export = Export::open(export.as_bytes(), as_of, &Intake::default()).unwrap();
    let mut people = BTreeMap::new();
    let mut quarantined = Vec::new();
    while let Some(row) = export.read(&mut |_| {}).unwrap() {
        match row.entry {
            Entry::Person(person) => {
                people.insert(row.line, (person.id.to_string(), person.facts.record(&mut |_| {})));
            }
            Entry::Quarantined { .. } => quarantined.push(row.line),
            Entry::Blank => {}
        }
    }
    (people, quarantined)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn whoever_is_not_touched_is_assessed_all_the_same_or_named_by_line(
        columns in prop::sample::select(HEADERS.to_vec()),
        notes in prop::collection::vec(
            prop::sample::select(vec!["", "well", "\"well, again\"", "\"on\ntwo lines\"",
                "\"says \"\"no\"\"\"", "\"a, b\r\nc, d\r\n\""]),
            3..9,
        ),
        slips in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), slip()), 1..4),
    ) {
        let header = columns.join(",");
        let clean: Vec<String> =
            notes.iter().enumerate().map(|(person, note)| row(&columns, person, note)).collect();
        let mut rows = clean.clone();
        for (which, place, slip) in slips {
            let which = which.index(rows.len());
            if !rows[which].is_empty() && rows[which].is_ascii() {
                rows[which] = damaged(&rows[which], place, slip);
            }
        }
        let (people, quarantined) = read(&format!("{header}\n{}\n", rows.join("\n")));
        let mut line = 2;
        for (person, (row, before)) in rows.iter().zip(&clean).enumerate() {
            let id = format!("p-{person}");
            if row == before {
                let (alone, _) = read(&format!("{header}\n{row}\n"));
                let is_there = people.get(&line) == alone.get(&2);
                prop_assert!(is_there || quarantined.contains(&line), "{id} on line {line}: {rows:#?}");
                let elsewhere = |(at, (other, _)): (&u64, &(String, Record))| *at != line && *other == id;
                prop_assert!(!people.iter().any(elsewhere), "{id} on another line: {rows:#?}");
            }
            // A return at the end of a row is one with the line feed behind it.
            let ended = format!("{row}\n").replace("\r\n", "\n");
            line += ended.matches(['\r', '\n']).count() as u64;
        }
    }
}
