//! Bytes as a JSON export, and as a piece of one.

use super::json_record::{assert_agrees_with_serde_json, is_json};
use super::pass::{Became, Kept, Pass};
use super::{Trickle, after_mark, as_of, canary, lines_with_something};
use overdose_risk_intake::{Entry, Intake, Quarantine, Row};
use overdose_risk_json::{Error, Export, Format, Reader, Rejected};
use serde_json::Value;
use std::io::Read;

const BEFORE: &str = r#"{"id": "p-1", "age": 44, "opioid_use": "current", "prison_release": "2026-03-28", "naloxone": "held"}"#;
const AFTER: &str = r#"{"id": "p-3", "age": 44, "opioid_use": "current", "prison_release": "", "naloxone": "held"}"#;

/// A record that the bytes break.
const BROKEN: &str = r#"{"id": "p-2", "~@~": 1, "age": "~@~", "notes": ["~@~"]}"#;

/// How many lines of an input are put into an array each. All that a fuzzer learns from more is to
/// be slow.
const IN_ARRAYS: usize = 4;

/// Panics where reading these bytes as a JSON export, or as a piece of one, breaks what must hold.
pub fn json(data: &[u8]) {
    for format in [None, Some(Format::Json), Some(Format::Ndjson)] {
        check(data, format);
    }
    for (_, line) in records(data).take(IN_ARRAYS) {
        assert_array_agrees(line);
    }
    if let Some(broken) = canary::planted(BROKEN, data) {
        let lines = [BEFORE.as_bytes(), &broken, AFTER.as_bytes()].join(&b'\n');
        let pass = check(&lines, Some(Format::Ndjson));
        canary::assert_not_in(&pass.said);
        let [first, .., last] = pass.rows.as_slice() else { panic!("a row is lost") };
        assert!(first.is_person("p-1") && last.is_person("p-3"));

        let pass = check(&array(&broken), None);
        canary::assert_not_in(&pass.said);
        assert!(pass.rows[0].is_person("p-1"));
    }
}

/// An array with the record between two others, the first of which has a line for each key.
fn array(record: &[u8]) -> Vec<u8> {
    let before = BEFORE.replace(", ", ",\n");
    let records = [before.as_bytes(), record, AFTER.as_bytes()];
    [b"[\n\n", &*records.join(&b",\n"[..]), b"]"].concat()
}

fn check(export: &[u8], format: Option<Format>) -> Pass {
    let (mut pass, found) = read(export, format);
    let (slow_pass, slow_found) = read(Trickle::new(export), format);
    assert_eq!((&slow_pass, slow_found), (&pass, found), "a byte at a time");
    pass.write();
    match found {
        Some(Format::Ndjson) => assert_is_one_row_a_line(export, &pass),
        Some(Format::Json) => assert_is_one_row_an_element(export, &pass),
        None => assert!(pass.rows.is_empty()),
    }
    pass
}

fn read(source: impl Read, format: Option<Format>) -> (Pass, Option<Format>) {
    let (mut pass, mut found) = (Pass::default(), None);
    if let Err(error) = read_into(&mut pass, &mut found, source, format) {
        pass.fails(&error);
    }
    (pass, found)
}

fn read_into(
    pass: &mut Pass,
    found: &mut Option<Format>,
    source: impl Read,
    format: Option<Format>,
) -> Result<(), Error> {
    let mut export = Export::open(source, as_of(), format, &Intake::default())?;
    *found = Some(export.format());
    pass.says(&export);
    let mut problems = Vec::new();
    let end = loop {
        match export.read(&mut |problem| problems.push(problem)) {
            Ok(Some(row)) => {
                pass.rows.push(Kept::new(&row, &problems));
                pass.says(&row);
                pass.says(&problems);
                problems.clear();
                pass.says(&export);
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    assert!(export.read(&mut |_| {})?.is_none(), "something follows the end");
    assert!(pass.rows.is_sorted_by_key(|row| row.line));
    assert!(pass.rows.iter().all(|row| row.line >= 1 && row.became != Became::Blank));
    pass.says(&export);
    match export.layout() {
        Ok(layout) => pass.says(&layout),
        Err(error) => pass.said += &format!("{error}\n{error:?}\n"),
    }
    end
}

/// The records of NDJSON, each with its line. On a line of white space there is none, and a CR that
/// no LF follows ends no line.
fn records(export: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let is_space = |byte: &u8| b" \t\r".contains(byte);
    let without_end = |line: &'_ [u8]| match line {
        [text @ .., b'\r', b'\n'] | [text @ .., b'\n'] => text.len(),
        cut => cut.len(),
    };
    let lines = after_mark(export).split_inclusive(|byte| *byte == b'\n');
    lines_with_something(lines.map(move |line| &line[..without_end(line)]))
        .filter(move |(_, line)| !line.iter().all(is_space))
}

fn assert_is_one_row_a_line(export: &[u8], pass: &Pass) {
    assert_eq!(pass.error, None);
    assert!(records(export).map(|(line, _)| line).eq(pass.rows.iter().map(|row| row.line)));
    let cut = records(export).last().filter(|(_, json)| export.ends_with(json));
    for ((line, json), row) in records(export).zip(&pass.rows) {
        let alone = alone(line, json);
        assert_agrees_with_serde_json(json, &alone.became);
        let is_cut = cut == Some((line, json)) && alone.is_quarantined_as(Quarantine::NotJson);
        if row.is_quarantined_as(Quarantine::BreaksOff) {
            assert!(is_cut);
        } else {
            assert_eq!(alone, *row, "a record depends on those before it");
            assert!(!is_cut || !ends_too_soon(json));
        }
    }
}

/// Whether JSON ends before its value does, as far as `serde_json` says so.
fn ends_too_soon(json: &[u8]) -> bool {
    serde_json::from_slice::<Value>(json).is_err_and(|error| error.is_eof())
}

/// What becomes of one record, whatever stands around it.
fn alone(line: u64, json: &[u8]) -> Kept {
    let (mut reader, mut problems) = (Reader::new(Intake::default()), Vec::new());
    let read = reader.read(json, as_of(), &mut |problem| problems.push(problem));
    let entry = match read {
        Ok(person) => Entry::Person(person),
        Err(Rejected { id, kind }) => Entry::Quarantined { id, kind },
    };
    Kept::new(&Row { line, entry }, &problems)
}

/// Where the whole file is JSON, it has as many rows as elements; where it is not, something says so.
fn assert_is_one_row_an_element(export: &[u8], pass: &Pass) {
    let Ok(whole) = serde_json::from_slice::<Value>(after_mark(export)) else {
        let says_so = |row: &Kept| matches!(&row.became, Became::Quarantined { kind, .. } if is_broken(*kind));
        assert!(pass.error.is_some() || pass.rows.iter().any(says_so));
        return;
    };
    let elements = match &whole {
        Value::Array(elements) => elements,
        Value::Object(around) if pass.error.is_none() => {
            assert_eq!(around.len(), 1);
            around.values().next().and_then(Value::as_array).unwrap()
        }
        _ => return assert!(pass.error.is_some()),
    };
    assert_eq!(pass.error, None);
    assert_eq!(pass.rows.len(), elements.len());
    for (row, element) in pass.rows.iter().zip(elements) {
        assert!(element.is_object() || !matches!(row.became, Became::Person { .. }));
    }
}

fn is_broken(kind: Quarantine) -> bool {
    use Quarantine::{NotJson, NotUtf8, TooDeep, TooManyKeys};
    matches!(kind, NotJson | NotUtf8 | TooDeep | TooManyKeys)
}

/// What a record becomes does not depend on whether it stands on a line or in an array.
fn assert_array_agrees(record: &[u8]) {
    let on_a_line = alone(3 + BEFORE.matches(", ").count() as u64 + 1, record);
    let (pass, _) = read(array(record).as_slice(), None);
    assert!(pass.rows[0].is_person("p-1"));
    match pass.rows.as_slice() {
        [_, row, last] if last.is_person("p-3") && is_json(record) => {
            assert_eq!(*row, on_a_line);
            assert_eq!(last.line, row.line + 1);
        }
        _ => assert!(!is_json(record), "an element is lost"),
    }
}
