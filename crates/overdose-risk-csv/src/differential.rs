//! Whenever the framer accepts a file, other strict readers see the same fields; and what it says of
//! a record does not depend on how much of the text is there. Byte order marks before a record are left
//! out: to the others they are text.

use crate::decoded::Decoded;
use crate::frame::{ENOUGH, Flaw, Follows, Framer};
use crate::records::Records;
use crate::split::Splitter;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

type Rows = Vec<Vec<Vec<u8>>>;

const DELIMITERS: [u8; 4] = *b",;\t|";

/// The rows of a file that has no blank lines, unless one of them is broken.
fn accepted(text: &[u8], delimiter: u8) -> Option<Rows> {
    let framer = Framer::new(delimiter);
    let mut splitter = Splitter::new(delimiter);
    let mut records = Records::new(Decoded::open(text).unwrap().ok()?);
    let mut rows = Rows::new();
    while let Some(framed) = records.frame(&framer).unwrap() {
        let extent = framed.ok()?;
        if extent.end > 0 {
            let row = splitter.split(records.text_of(extent)).unwrap();
            assert_eq!(row.len(), extent.fields);
            rows.push(row.iter().map(<[u8]>::to_vec).collect());
        }
        records.take(extent);
    }
    assert_eq!(records.taken(), text.len() as u64);
    Some(rows)
}

fn by_the_csv_crate(text: &[u8], delimiter: u8) -> Rows {
    let mut builder = csv::ReaderBuilder::new();
    let reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let cells = |record: csv::ByteRecord| record.iter().map(<[u8]>::to_vec).collect();
    reader.into_byte_records().map(|record| cells(record.unwrap())).collect()
}

/// Each line of the input is a delimiter and a file, each of the output its rows; all in hexadecimal.
const PYTHON: &str = r#"
import csv, io, sys
for line in sys.stdin:
    delimiter, text = (bytes.fromhex(part).decode("latin-1") for part in line.split("/"))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    print(*(",".join(cell.encode("latin-1").hex() for cell in row) + ";" for row in rows if row), sep="")
"#;

/// What Python's strict reader makes of each file; `None` where there is no Python.
fn by_python(files: &[(u8, Vec<u8>)]) -> Option<Vec<String>> {
    let mut python = Command::new("python3")
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let lines: String =
        files.iter().map(|(delimiter, text)| format!("{delimiter:02x}/{}\n", hex(text))).collect();
    let mut stdin = python.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "Python calls something broken");
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn in_hex(rows: &Rows) -> String {
    let row =
        |row: &Vec<Vec<u8>>| row.iter().map(|cell| hex(cell)).collect::<Vec<_>>().join(",") + ";";
    rows.iter().map(row).collect()
}

/// Files with many quotes.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "\"", "\"\"", ",", ";", "\t", "|", "\n", "\r", "\r\n", " ", "a", "\"a\"", ",\"", "\",",
            "\"\n", "\"\r\n", "\"a,\nb\"", "é", "\u{b}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn delimiter() -> impl Strategy<Value = u8> {
    prop::sample::select(DELIMITERS.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn a_record_is_what_it_is_however_much_of_the_text_is_there(
        text in file(),
        delimiter in delimiter(),
    ) {
        let framer = Framer::new(delimiter);
        let whole = framer.frame(&text, Follows::Nothing);
        prop_assert!(!matches!(whole, Err(Flaw::Cut(_))));
        for end in 0..=text.len() {
            let framed = framer.frame(&text[..end], Follows::MaybeMore);
            prop_assert!(matches!(framed, Err(Flaw::Cut(_))) || framed == whole, "{framed:?} {whole:?}");
        }
    }
}

#[test]
fn a_record_at_a_limit_is_what_it_is_however_much_of_the_text_is_there() {
    let framer = Framer::new(b',');
    let field = "x".repeat(64 << 10);
    for before in ["", "\""] {
        for after in ["", "\"", "\"\"", "\"\n", "\r\n", "x,", "\r", "\"x", "\0"] {
            for fields in [1, 4] {
                for more in [-5_isize, -4, -3, -2, -1, 0, 1, 2, 3] {
                    let last = field.len().saturating_add_signed(more - 3);
                    let first = format!("{field},").repeat(fields - 1);
                    let text = format!("{first}{before}{}{after}", &field.repeat(2)[..last]);
                    let whole = framer.frame(text.as_bytes(), Follows::Nothing);
                    for end in text.len().saturating_sub(9)..=text.len() {
                        let framed = framer.frame(&text.as_bytes()[..end], Follows::MaybeMore);
                        let is_same = matches!(framed, Err(Flaw::Cut(_))) || framed == whole;
                        assert!(
                            is_same && !matches!(whole, Err(Flaw::Cut(_))),
                            "{framed:?} {whole:?}"
                        );
                    }
                    let longer = [text.as_bytes(), &vec![b'x'; ENOUGH]].concat();
                    let framed = framer.frame(&longer, Follows::MaybeMore);
                    assert!(!matches!(framed, Err(Flaw::Cut(_))));
                }
            }
        }
    }
}

#[test]
fn whatever_is_accepted_has_the_same_fields_for_other_strict_readers() {
    let mut runner = proptest::test_runner::TestRunner::default();
    let files = (file(), delimiter());
    let mut taken = Vec::new();
    while taken.len() < 4000 {
        let (text, delimiter) = files.new_tree(&mut runner).unwrap().current();
        // Behind a first row, as a header is: there a byte order mark is text to everybody.
        let text = [b"x\n".as_slice(), &text].concat();
        let Some(rows) = accepted(&text, delimiter) else { continue };
        assert_eq!(by_the_csv_crate(&text, delimiter), rows, "{text:?}");
        taken.push(((delimiter, text), in_hex(&rows)));
    }
    let has_line_end = |(_, rows): &&(_, String)| rows.contains("0a") || rows.contains("0d");
    assert!(taken.iter().filter(has_line_end).count() > 400);
    let (files, rows): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
    match by_python(&files) {
        Some(by_python) => assert_eq!(by_python, rows),
        None => eprintln!("no Python here to compare with"),
    }
}
