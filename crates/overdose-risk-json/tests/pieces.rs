//! An export that is read in pieces tells what it tells record by record.

#[path = "compare/in_pieces.rs"]
mod in_pieces;

use chrono::NaiveDate;
use in_pieces::assert_same;
use overdose_risk_intake::{Identifiers, Intake, Mapping, Principal, Profile};
use overdose_risk_json::{Entry, ErrorKind, Export, Format, Piece};
use std::io::{self, Read};
use std::sync::Arc;

const A: &str =
    r#"{"id": "a", "age": 44, "ost": "prescribed", "prison_release": "", "naloxone": "held"}"#;
const B: &str = r#"{"id":"b","AGE":"x","ost":"perhaps","prison_release":null,"naloxone":"held"}"#;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn same(export: impl AsRef<[u8]>) {
    for format in [None, Some(Format::Json), Some(Format::Ndjson)] {
        assert_same(export.as_ref(), format, &Intake::default());
    }
}

/// An export with so many keys is read in no time, since most have no word of an identifier in them.
#[test]
fn a_direct_identifier_is_found_behind_any_number_of_other_keys() {
    let keys = |from: u32, to: u32| -> String {
        (from..to).map(|number| format!("\"e{number}\":0,")).collect()
    };
    let within = format!("{{\"events\":{{{}\"nhs_number\":1}}}}", keys(0, 80_000));
    let of_records: String =
        (0..10).map(|at| format!("{{{}\"age\":1}},", keys(at * 1000, at * 1000 + 1000))).collect();
    for export in [format!("[{A},{within}]"), format!("[{A},{of_records}{{\"nhs_number\":1}}]")] {
        let mut judge = Export::open(export.as_bytes(), as_of(), None, &Intake::default()).unwrap();
        let error = loop {
            match judge.read(&mut |_| {}) {
                Ok(row) => assert!(row.is_some()),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::Identifying);
        assert_same(export.as_bytes(), None, &Intake::default());
    }
}

#[test]
fn what_stands_between_records_changes_nothing() {
    for space in ["", " ", "\n", "\r\n", "\n\n \t\r\n", "\u{c}"] {
        same(format!("{space}{A}{space}\n{B}\n{space}{A}{space}\n{space}"));
        same(format!("[{space}{A}{space},{space}{B}{space},{A}{space}]{space}"));
        same(format!("{{\"r\":{space}[{A},{space}{B}{space}]{space}}}{space}"));
    }
    same("[]");
    same("[ null, {}, 7, \"}{\", [{}, {}], {}, -1 ]");
}

#[test]
fn braces_quotes_and_escapes_in_text_end_no_element() {
    let texts = [
        "}",
        "{",
        "}, {",
        "\\\"}",
        "\\\\",
        "\\\\\\\"",
        "\\u007d",
        "],[",
        "\\\"},{\\\"id\\\":1",
        "é}",
        "'",
    ];
    for text in texts {
        for other in texts {
            let record =
                format!("{{\"id\":\"c\",\"x\":\"{text}\",\"{other}\":{{\"y\":\"{other}\"}}}}");
            let flat = format!("{{\"id\":\"d\",\"x\":\"{text}\",\"{other}\":\"{text}\"}}");
            same(format!("[{A},{record},{flat},{B},{record},{flat}]"));
            same(format!("{A}\n{record}\n{flat}\n{B}\n"));
        }
    }
}

#[test]
fn an_array_ends_where_it_is_broken_and_not_before() {
    let breaks = [
        "{\"id\":}",
        "{\"id\":\"c\",}",
        "{]}",
        "{\"a\":[}",
        "{\"a\":[}]}",
        "{\"a\" 1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{a}",
        "{,}",
        "{\"a\":tru}",
        "{\"a\":1}}",
        "{\"a\":1]",
        "{\"a\":\"}",
        "{\"a\":1e999}",
        "{\"a\":\"\u{7f}\"}",
        "{\"a\":\"\\ud800\"}",
        "{\n\n\"a\":\n1 2}",
        "{\"a\":-}",
        "{\"a\":1e}",
    ];
    for broken in breaks {
        for around in ["", "\n", " \n\n "] {
            same(format!("[{A},{around}{broken},{around}{B},{A}]"));
            same(format!("[{A},{B},{around}{broken}"));
            same(format!("{{\"r\":[{A},{around}{broken}]}}"));
            same(format!("{A}\n{around}{broken}\n{B}"));
        }
    }
    let not_text =
        [b"[".as_slice(), A.as_bytes(), b",{\"a\":\"\xff\"},", A.as_bytes(), b"]"].concat();
    same(&not_text);
    same([&not_text[..], b"]"].concat());
}

#[test]
fn an_export_cut_anywhere_tells_the_same() {
    for export in [
        format!("[{A},\n{B} ,{A}]\n"),
        format!("{{\"r\":[{A},{B}]}}"),
        format!("{A}\r\n\n{B}\n{A}"),
    ] {
        for end in 0..=export.len() {
            same(&export[..end]);
        }
    }
}

/// Every other value is like one of the record before, so that only this one is looked at anew.
#[test]
fn each_value_is_what_it_is_where_the_text_around_it_is_known() {
    let controls = (0..0x20_u8).flat_map(|byte| [0, 20].map(|at| (byte, at)));
    let with_controls =
        controls.map(|(byte, at)| format!("\"{}{}\"", "x".repeat(at), byte as char));
    let words =
        ["null", "0", "1", "44", "-1", "01", "1.5", "1e2", "true", "false", "\"\"", "\"7\""];
    let numbers = ["9999999999999999999", "18446744073709551616", "99999999999999999999999"];
    let values = words.into_iter().chain(numbers).map(str::to_owned).chain(with_controls);
    let not_ascii = (0..40).flat_map(|at| {
        [&b"\xc3\xa9"[..], b"\xff", b"\xc3"]
            .map(|bytes| [b"\"", &*vec![b'x'; at], bytes, &*vec![b'x'; 40 - at], b"\""].concat())
    });
    for value in values.map(String::into_bytes).chain(not_ascii) {
        for key in ["id", "age", "ost", "overdose", "prison_release_due", "team", "notes"] {
            let record = |this: &[u8]| {
                let mut record = b"{".to_vec();
                for other in ["id", "age", "ost", "overdose", "prison_release_due", "team", "notes"]
                {
                    let plain = if other == "age" { &b"44"[..] } else { b"\"\"" };
                    let plain = if other == "id" { b"\"p-1\"" } else { plain };
                    let value = if other == key { this } else { plain };
                    let name = format!("\"{other}\":");
                    record.extend([name.as_bytes(), value, b","].concat());
                }
                record.extend(b"\"naloxone\":\"\",\"prison_release\":\"\"}");
                record
            };
            let (plain, other) = (record(b"\"p-2\""), record(&value));
            let lines = [&*plain, &plain, &other, &other, &plain].join(&b"\n"[..]);
            assert_same(&lines, Some(Format::Ndjson), &Intake::default());
        }
    }
}

#[test]
fn many_pieces_are_one_export() {
    let lines: String = (0..9000)
        .map(|n| match n % 900 {
            7 => format!("{{\"id\":{n},\"k{n}\":1}}\n"),
            8 => format!("{{\"id\":\"Jane {n}\",\"age\":\"x{}\"}}\n \n", n / 2000),
            9 => format!("{{\"id\":\"p{n}\",\"k{}\":1,\"k{n}\":2}}\n", n - 2),
            10 => "{\"id\":\"a\",\"id\":\"b\"}\r\n".to_owned(),
            11 => format!("{{\"id\":\"p{n}\",\"notes\":\"{}\"}}\n", "x".repeat(n * 200)),
            _ => {
                A.replace("\"a\"", &format!("\"p{n}\""))
                    .replace("age", if n % 7 == 0 { "AGE" } else { "age" })
                    + "\n"
            }
        })
        .collect();
    same(&lines);
    same(format!("[{}null]", lines.replace("}\n", "},").replace("}\r\n", "},\n")));
    // More keys than are remembered, and more spellings of one.
    let keys: String = (0..5000)
        .map(|n| {
            format!(
                "{{\"id\":\"p{n}\",\"k{n}\":1,\"{}age\":3,\"{n}{}\":1}}\n",
                "-".repeat(n % 90),
                "k".repeat(70)
            )
        })
        .collect();
    same(keys);
}

#[test]
fn a_key_that_names_a_direct_identifier_has_the_same_position() {
    let filler: String =
        (0..4000).map(|n| A.replace("\"a\"", &format!("\"p{n}\"")) + "\n").collect();
    let within = "{\"id\":\"c\",\"x\":1,\"AGE\":{\"nhs_number\":1},\"z\":1}";
    let long = format!("{{\"id\":\"c\",\"x\":1,\"{}surname\":1,\"z\":1}}", "_".repeat(70));
    for record in ["{\"y\":1,\"surname\":\"Jane\",\"z\":2}", within, &long] {
        for before in ["", &filler] {
            let lines = format!("{before}{B}\n{record}\n{A}\n{record}\n");
            same(&lines);
            same(format!("[{}]", lines.trim_end().replace("}\n", "},\n")));
            let drop = Intake { identifiers: Identifiers::Drop, ..Intake::default() };
            assert_same(lines.as_bytes(), None, &drop);
        }
    }
}

#[test]
fn a_mapping_reads_paths_in_pieces_too() {
    let mapping = "name = \"n\"\n[fields]\nid = \"p.id\"\nage = \"p.age\"\nteam = \"unit\"";
    let profile = Profile::Mapped(Arc::new(Mapping::from_toml(mapping).unwrap()));
    let intake = Intake { profile, waive: Principal::ALL.to_vec(), ..Intake::default() };
    let record = "{\"p\":{\"id\":\"a\",\"age\":44,\"x\":1},\"unit\":\"T1\"}";
    assert_same(format!("{record}\n{A}\n{record}\n").as_bytes(), None, &intake);
    assert_same(format!("[{record},{A},{record}]").as_bytes(), None, &intake);
}

/// A source that fails at its end.
struct Fails<'a>(&'a [u8]);

impl Read for Fails<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            read => Ok(read),
        }
    }
}

#[test]
fn a_source_that_fails_fails_as_it_does_record_by_record() {
    for export in [
        format!("{A}\n{B}\n{A}"),
        format!("[{A},{B},"),
        format!("[{A},{{\"a\":}},{B},{A},"),
        format!("[{A},{{\"a\":}},{B},{A}{}", " ".repeat(17 << 20)),
    ] {
        let format = if export.starts_with('[') { Format::Json } else { Format::Ndjson };
        let open = || {
            let source = Fails(export.as_bytes());
            Export::open(source, as_of(), Some(format), &Intake::default()).unwrap()
        };
        let mut judge = open();
        let error = loop {
            match judge.read(&mut |_| {}) {
                Ok(row) => assert!(row.is_some()),
                Err(error) => break error,
            }
        };
        let (mut export, mut piece) = (open(), Piece::default());
        let mut reader = export.piece_reader();
        let found = loop {
            let learnt = match export.cut(&mut piece) {
                Ok(_) => export.learn(reader.read(&piece, &mut |_, _, _| {})),
                Err(error) => Err(error),
            };
            if let Err(error) = learnt {
                break error;
            }
        };
        assert_eq!(found.to_string(), error.to_string());
    }
}

/// Gives the text a line at a time, and panics when asked for more than was needed.
struct Lines<'a>(&'a [u8]);

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.0.iter().position(|byte| *byte == b'\n').expect("nobody waits for this");
        let most = buffer.len().min(end + 1);
        self.0.read(&mut buffer[..most])
    }
}

#[test]
fn a_piece_waits_for_no_more_than_one_record() {
    let text = format!("{A}\n{A}\n");
    let source = Lines(text.as_bytes());
    let mut export =
        Export::open(source, as_of(), Some(Format::Ndjson), &Intake::default()).unwrap();
    let (mut reader, mut piece) = (export.piece_reader(), Piece::default());
    for line in 1..=2 {
        let mut rows = Vec::new();
        assert!(export.cut(&mut piece).unwrap());
        let learnt = reader.read(&piece, &mut |row, _, _| {
            assert!(matches!(row.entry, Entry::Person(_)));
            rows.push(row.line);
        });
        export.learn(learnt).unwrap();
        assert_eq!(rows, [line]);
    }
}

#[test]
fn what_was_learnt_can_be_put_together_before_the_export_learns_it() {
    let broken = format!("[{A},{B},{}{A},{{\"a\":}}]", format!("{A},").repeat(8000));
    let lines = broken.replace("},", "}\n").replace('[', "");
    for export in [lines, broken] {
        let open = || Export::open(export.as_bytes(), as_of(), None, &Intake::default()).unwrap();
        let [mut one, mut other] = [open(), open()];
        let (mut piece, mut all) = (Piece::default(), overdose_risk_json::Learnt::default());
        let mut reader = one.piece_reader();
        let mut errors = Vec::new();
        while one.cut(&mut piece).unwrap() {
            errors.extend(one.learn(reader.read(&piece, &mut |_, _, _| {})).err());
        }
        let mut reader = other.piece_reader();
        while other.cut(&mut piece).unwrap() {
            all.add(reader.read(&piece, &mut |_, _, _| {}));
        }
        let learnt = other.learn(all).map_err(|error| error.to_string());
        assert_eq!(learnt.err(), errors.first().map(ToString::to_string));
        assert!(errors.iter().all(|error| error.kind() == ErrorKind::Broken));
        assert_eq!(format!("{:?}", one.layout().ok()), format!("{:?}", other.layout().ok()));
        assert_eq!(one.bytes_read(), other.bytes_read());
    }
}

/// What is dropped here may be the only word of a direct identifier, or of JSON that is broken.
#[test]
fn what_was_learnt_of_a_piece_is_dropped_with_a_warning_and_leaves_no_layout() {
    let identifying = A.replace("\"age\"", "\"nhs_number\"");
    for export in [format!("[{A},{B}]"), format!("[{A},{identifying},{B}]")] {
        let mut export =
            Export::open(export.as_bytes(), as_of(), None, &Intake::default()).unwrap();
        let (mut reader, mut piece) = (export.piece_reader(), Piece::default());
        while export.cut(&mut piece).unwrap() {
            #[deny(unfulfilled_lint_expectations)]
            #[expect(unused_must_use)]
            reader.read(&piece, &mut |_, _, _| {});
        }
        assert_eq!(export.layout().unwrap_err().kind(), ErrorKind::Unlearnt);
    }
}

#[test]
fn debug_texts_say_nothing_of_the_records() {
    let lines = format!("{}\n", A.replace("\"a\"", "\"Jane\"").replace("ost", "Jane"));
    let mut export = Export::open(lines.as_bytes(), as_of(), None, &Intake::default()).unwrap();
    let (mut reader, mut piece) = (export.piece_reader(), Piece::default());
    assert!(export.cut(&mut piece).unwrap());
    let learnt = reader.read(&piece, &mut |_, _, _| {});
    assert!(!format!("{export:?} {reader:?} {piece:?} {learnt:?}").contains("Jane"));
}

#[test]
fn everything_that_goes_to_a_thread_can() {
    fn goes<T: Send + 'static>() {}
    goes::<Piece>();
    goes::<overdose_risk_json::PieceReader>();
    goes::<overdose_risk_json::Learnt>();
}
