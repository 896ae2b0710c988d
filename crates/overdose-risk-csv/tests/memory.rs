//! No file makes memory grow with it, and none is read for ever without a word.

use chrono::NaiveDate;
use overdose_risk_csv::{Entry, Error, Export};
use overdose_risk_intake::Intake;
use std::io::{self, Read};

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone,notes\n";
const PERSON: &str = "p-1,44,current,,held,x\n";
const LAST: &str = "p-2,44,current,,held,x\n";

/// How much an export may hold at once, in bytes: three windows.
const MOST: u64 = 3 << 18;

/// A file that is never held: each text so many times.
struct Pieces<'a> {
    pieces: Vec<(&'a [u8], usize)>,
    at: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.pieces.first().is_some_and(|(_, times)| *times == 0) {
            self.pieces.remove(0);
        }
        let Some((text, times)) = self.pieces.first_mut() else { return Ok(0) };
        let read = (&text[self.at..]).read(buffer)?;
        self.at = (self.at + read) % text.len();
        *times -= usize::from(self.at == 0);
        Ok(read)
    }
}

/// Every row of an export as text, but for lines in number.
fn rows(source: impl Read) -> Result<Vec<String>, Error> {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut export = Export::open(source, as_of, &Intake::default())?;
    let mut rows: Vec<String> = Vec::new();
    while let Some(row) = export.read(&mut |_| {})? {
        let text = match row.entry {
            Entry::Person(person) => person.id.to_string(),
            Entry::Quarantined { id, kind } => {
                format!("{} {kind}", id.map_or("?", |id| id.as_str()))
            }
            Entry::Blank => "blank".to_owned(),
        };
        if rows.last() != Some(&text) {
            rows.push(text);
        }
    }
    Ok(rows)
}

fn flat(pieces: &[(&[u8], usize)]) -> Result<Vec<String>, Error> {
    let mut read = Ok(Vec::new());
    let source = Pieces { pieces: pieces.to_vec(), at: 0 };
    let memory = allocation_counter::measure(|| read = rows(source));
    assert!(memory.bytes_max < MOST, "{} bytes", memory.bytes_max);
    read
}

fn between(broken: &[(&[u8], usize)]) -> Vec<String> {
    let before = [(HEADER.as_bytes(), 1), (PERSON.as_bytes(), 1)];
    flat(&[&before, broken, &[(LAST.as_bytes(), 1)]].concat()).unwrap()
}

#[test]
fn a_field_of_512_mib_costs_its_record_and_no_memory() {
    let (letters, times) = ("x".repeat(1 << 16), 512 << 4);
    let letters = letters.as_bytes();
    let start: &[u8] = b"p-9,44,current,,held,";
    let long = between(&[(start, 1), (letters, times), (b"\n", 1)]);
    assert_eq!(long, ["p-1", "p-9 too-large", "p-2"]);
    let quoted = between(&[(start, 1), (b"\"", 1), (letters, times), (b"\"\n", 1)]);
    assert_eq!(quoted, ["p-1", "p-9 quote-not-closed", "p-2"]);
    let zeros = [0; 1 << 16];
    let torn = between(&[(start, 1), (&zeros, times), (b"\r\n", 1)]);
    assert_eq!(torn, ["p-1", "p-9 control-byte", "p-2"]);
}

#[test]
fn many_lines_of_any_kind_cost_no_memory() {
    let lines = between(&[(b"\"a line in a note\n", 200_000)]);
    assert_eq!(lines, ["p-1", "? quote-not-closed", "p-2"]);
    let lines = between(&[(b"\"a note\n", 1), (b"and a line in it\n", 200_000)]);
    assert_eq!(lines, ["p-1", "? quote-not-closed", "? field-count", "p-2"]);
    assert_eq!(between(&[(b"\r\n", 1 << 20)]), ["p-1", "blank", "p-2"]);
    assert_eq!(between(&[(b",", 1 << 24), (b"\n", 1)]), ["p-1", "? field-count", "p-2"]);
}

#[test]
fn an_endless_start_is_refused() {
    let endless = usize::MAX;
    for (start, says) in [
        (b"\0".as_slice(), "zero bytes"),
        (b"x", "too-large"),
        (b"\"x", "text-after-quote"),
        (b"\"\n", "no column is known, of 1"),
        (b"x,", "1,024 columns"),
        (b"<", "HTML"),
    ] {
        let error = flat(&[(start, endless)]).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
