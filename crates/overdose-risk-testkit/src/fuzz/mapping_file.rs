//! Bytes as a mapping file, and as changes of one, and what an export says that it reads.

use super::in_pieces::{Said, said};
use super::pass::Became;
use super::{as_of, canary, filled, settings_file};
use overdose_risk::{Field, State};
use overdose_risk_csv as csv_export;
use overdose_risk_intake::{Column, Entry, Intake, Mapping, Principal, Profile, read_person};
use overdose_risk_json as json_export;
use serde_json::{Map, Value};
use std::sync::Arc;

/// A mapping that is accepted, before the bytes change it.
const ACCEPTED: &str = include_str!("../../../../examples/data/example-cms.toml");

/// Values that are of the right kind, more often than not.
const VALUES: [&str; 2] = [
    r#"
name = "a~"
ignore = ["~"]
[fields]
id = { from = ["Ref", "~"] }
opioid_use = { from = ["Use", "b~"], values = { "~" = "current", "c~" = "none" }, blank = "~" }
prison_release = { from = "Out", values = { "~" = "never" } }
naloxone = ["Kit", "~"]
"#,
    r#"
name = "a"
dates = "month-first"
[fields]
id = { join = ["Site", "a~"] }
date_of_birth = "~"
overdose = { from = ["Last", "~"], dates = "day-first" }
~
"#,
];

/// Where the canary stands, among bytes.
const PLANTED: &str = r#"
name = "@~"
~@ = "@"
dates = "@"
[fields]
@~ = "@"
id = "~@"
opioid_use = { from = "@", @~ = "~", values = { "@" = "~@", "~" = "@" }, blank = "@~" }
"#;

/// Texts that mean that nobody knows.
const NOBODY_KNOWS: [&str; 6] = ["unknown", " N/A", "not asked", "?", "Declined", "not known"];

/// What the native columns take.
const NATIVE: [&str; 6] = ["yes", "current", "2026-03-28", "44", "held", "03/04/2026"];

/// Panics where reading these bytes as a mapping file, or an export by what they make of one, breaks what
/// must hold.
pub fn mapping(data: &[u8]) {
    check(&String::from_utf8_lossy(data), data);
    let [at, removed, rest @ ..] = data else { return };
    check(&settings_file::spliced(ACCEPTED, [*at, *removed], rest), data);
    for values in VALUES {
        check(&String::from_utf8_lossy(&filled(values, data)), data);
    }
    if let Some(planted) = canary::planted(PLANTED, data) {
        let error = Mapping::from_toml(&String::from_utf8_lossy(&planted)).unwrap_err();
        canary::assert_not_in(&format!("{error}\n{error:?}"));
    }
}

fn check(text: &str, data: &[u8]) {
    match Mapping::from_toml(text) {
        Ok(mapping) => assert_reads(mapping, data),
        Err(error) => {
            settings_file::assert_has_lines(text, error.faults().iter().map(|fault| fault.line));
        }
    }
}

/// A row by the slots of a mapping.
type Cells = Vec<String>;

fn assert_reads(mapping: Mapping, data: &[u8]) {
    for (slot, source) in mapping.sources().iter().enumerate() {
        assert_eq!(mapping.slot_of(source.as_bytes()), Some(slot));
        assert!(!mapping.is_ignored(source.as_bytes()));
    }
    let rows = rows(&mapping, data);
    let expected: Vec<Said> = rows.iter().map(|cells| by_hand(&mapping, cells)).collect();
    assert_nothing_is_made_of_nothing(&mapping, &expected);

    let intake = Intake {
        profile: Profile::Mapped(Arc::new(mapping.clone())),
        waive: Principal::ALL.to_vec(),
        ..Intake::default()
    };
    let csv = in_csv(&mapping, &rows);
    // Names that a header or a record cannot have are refused there.
    if let Ok(export) = csv_export::Export::open(csv.as_slice(), as_of(), &intake) {
        assert_eq!(said(export), expected);
        // A dot in the name of a key is a path.
        if !mapping.sources().iter().any(|source| source.contains('.')) {
            let (json, format) = (in_json(&mapping, &rows), Some(json_export::Format::Ndjson));
            let export = json_export::Export::open(json.as_bytes(), as_of(), format, &intake);
            assert_eq!(said(export.unwrap()), expected);
        }
    }
}

/// Rows of which one is blank but for its id, some say that nobody knows, one is native, and two have what
/// stands between quotes in the bytes.
fn rows(mapping: &Mapping, data: &[u8]) -> Vec<Cells> {
    let text = String::from_utf8_lossy(data);
    let mut quoted: Vec<&str> = text.split(['"', '\n']).filter(|text| is_a_cell(text)).collect();
    quoted.push("");
    let mut rows: Vec<&[&str]> = vec![&[""]];
    rows.extend(NOBODY_KNOWS.iter().map(std::slice::from_ref));
    rows.extend([&NATIVE[..], &quoted, &quoted[1..]]);
    let row = |(place, others): (usize, &[&str])| {
        let mut others = others.iter().cycle();
        let cell = |slot| {
            let other = others.next().copied().unwrap_or_default();
            // What no column is called.
            let id = || format!("zq-{place}");
            if mapping.id_slots().contains(&slot) { id() } else { other.to_owned() }
        };
        (0..mapping.sources().len()).map(cell).collect()
    };
    rows.into_iter().enumerate().map(row).collect()
}

/// Of a control character the formats have their own rules.
fn is_a_cell(text: &str) -> bool {
    !text.contains(|letter: char| letter.is_ascii_control())
}

/// What the mapping says of a row.
fn by_hand(mapping: &Mapping, cells: &Cells) -> Said {
    let mut problems = Vec::new();
    let cell = |slot: usize| cells.get(slot).map(String::as_bytes);
    let told = mapping.translate(&cell, as_of(), &mut |problem| problems.push(problem));
    let person =
        read_person(|column| told.get(column), as_of(), &mut |problem| problems.push(problem));
    let entry = person.map_or_else(|kind| Entry::Quarantined { id: None, kind }, Entry::Person);
    (Became::from(&entry), problems)
}

/// No blank is an answer, no text that means that nobody knows, and no column that is not there.
fn assert_nothing_is_made_of_nothing(mapping: &Mapping, said: &[Said]) {
    for field in Field::ALL {
        let columns = match field {
            Field::Age => vec![Column::Fact(field), Column::AgeBand, Column::BirthYear],
            _ => vec![Column::Fact(field)],
        };
        let slots: Vec<usize> =
            columns.iter().flat_map(|column| mapping.slots_of(*column)).copied().collect();
        let is_of_id = slots.iter().any(|slot| mapping.id_slots().contains(slot));
        for (row, (became, _)) in said.iter().enumerate() {
            let Became::Person { record, .. } = became else { continue };
            let state = record.state(field);
            if slots.is_empty() {
                assert_eq!(state, State::NotCollected, "{field}");
            } else if !is_of_id && row <= NOBODY_KNOWS.len() {
                assert_ne!(state, State::Known, "{field}");
                assert!(row == 0 || state != State::NoneRecorded, "{field}");
            }
        }
    }
}

fn in_csv(mapping: &Mapping, rows: &[Cells]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(mapping.sources()).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

fn in_json(mapping: &Mapping, rows: &[Cells]) -> String {
    let record = |row: &Cells| {
        let pairs = mapping.sources().iter().cloned().zip(row.iter().cloned().map(Value::from));
        format!("{}\n", Value::Object(pairs.collect::<Map<_, _>>()))
    };
    rows.iter().map(record).collect()
}
