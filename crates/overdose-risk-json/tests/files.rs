//! Whole files: what stands around the records, how it is recognised, and what it costs.

use chrono::NaiveDate;
use overdose_risk_intake::{Intake, Principal};
use overdose_risk_json::{Entry, Error, ErrorKind, Export, Format, Reader};
use std::io::{self, Read};

const A: &str =
    r#"{"id": "a", "age": 44, "ost": "prescribed", "prison_release": "", "naloxone": "held"}"#;
const B: &str =
    r#"{"id": "b", "age": 45, "ost": "prescribed", "prison_release": "", "naloxone": "held"}"#;

/// Every record as text: its line, its id or what became of it.
fn entries(source: impl Read, format: Option<Format>) -> Result<Vec<String>, (Vec<String>, Error)> {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut entries = Vec::new();
    let mut export = Export::open(source, as_of, format, &Intake::default())
        .map_err(|error| (Vec::new(), error))?;
    loop {
        let row = match export.read(&mut |_| {}) {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                assert!(export.read(&mut |_| {}).unwrap().is_none(), "nothing after an error");
                return Err((entries, error));
            }
        };
        entries.push(match row.entry {
            Entry::Person(person) => format!("{} {}", row.line, person.id),
            Entry::Quarantined { id: None, kind } => format!("{} {kind}", row.line),
            Entry::Quarantined { id: Some(id), kind } => format!("{} {id} {kind}", row.line),
            Entry::Blank => panic!("no record of a JSON export is blank"),
        });
    }
    export.layout().map(|_| ()).map_err(|error| (entries.clone(), error))?;
    Ok(entries)
}

/// Reads one byte at a time, and is interrupted before each.
struct Trickle<'a>(&'a [u8], bool);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = buffer.len().min(1);
        self.0.read(&mut buffer[..most])
    }
}

fn reads(export: impl AsRef<[u8]>, expected: &[&str]) {
    let export = export.as_ref();
    let shown = String::from_utf8_lossy(export);
    assert_eq!(entries(export, None).unwrap(), expected, "{shown}");
    assert_eq!(entries(Trickle(export, false), None).unwrap(), expected, "{shown}");
}

fn fails(export: impl AsRef<[u8]>, format: Option<Format>, kind: ErrorKind, says: &str) {
    let export = export.as_ref();
    let shown = String::from_utf8_lossy(export);
    for (_, error) in [
        entries(export, format).expect_err(&shown),
        entries(Trickle(export, false), format).expect_err(&shown),
    ] {
        assert_eq!(error.kind(), kind, "{shown}: {error}");
        assert!(error.to_string().contains(says), "{shown}: {error}");
    }
}

#[test]
fn each_format_is_recognised_by_its_content() {
    reads(format!("{A}\n{B}\n"), &["1 a", "2 b"]);
    reads(format!("[{A},{B}]"), &["1 a", "1 b"]);
    reads(format!("{{\"records\": [{A},\n{B}]}}"), &["1 a", "2 b"]);
    reads(format!("{{\"people\":\n\n[\n{A},\n\n{B}\n]\n}}\n\n"), &["4 a", "6 b"]);
    reads(A, &["1 a"]);
}

#[test]
fn marks_line_ends_and_blank_lines_change_nothing() {
    reads(format!("\u{feff}{A}\n{B}\n"), &["1 a", "2 b"]);
    reads(format!("\u{feff}[{A},{B}]"), &["1 a", "1 b"]);
    reads(format!("\u{feff}{{\"records\":[{A},{B}]}}"), &["1 a", "1 b"]);
    reads(format!("{A}\r\n{B}\r\n"), &["1 a", "2 b"]);
    reads(format!("[\r\n{A},\r\n{B}\r\n]\r\n"), &["2 a", "3 b"]);
    reads(format!("\n\n{A}\n\n \t\r\n{B}\n\n"), &["3 a", "6 b"]);
    reads(format!(" \n [ {A} \n , {B} ] \n "), &["2 a", "3 b"]);
}

#[test]
fn a_bad_first_record_does_not_hide_the_format() {
    reads(format!("{{\n{A}\n"), &["1 not-json", "2 a"]);
    reads(format!("{{}}\n{A}\n"), &["1 id-missing", "2 a"]);
    reads(format!("[null,{A}]"), &["1 not-an-object", "1 a"]);
    reads(format!("{{\"tags\": [1], \"id\": \"c\"}}\n{A}\n"), &["1 c", "2 a"]);
    reads(format!("{{\"tags\": [{{}}], \"n\": 1}}\n{A}\n"), &["1 id-missing", "2 a"]);
    reads(format!("{{\"n\": 1, \"tags\": [1]}}\n{A}\n"), &["1 id-missing", "2 a"]);
    let long = format!("{{\"notes\": \"{}\"}}", "x".repeat(2 << 20));
    reads(format!("{long}\n{A}\n"), &["1 too-large", "2 a"]);
}

#[test]
fn an_array_among_other_keys_may_be_one_page_of_several_and_is_refused() {
    for envelope in [
        format!("{{\"records\": [{A}], \"next\": \"page 2\"}}"),
        format!("{{\"count\": 2, \"records\": [{A}]}}"),
        format!("{{\"count\": 2, \"records\": [{A}"),
        format!("{{\n \"records\": [{A}],\n \"more\": [{B}]\n}}"),
    ] {
        fails(&envelope, None, ErrorKind::Refused, "may be one page of several");
        fails(&envelope, Some(Format::Json), ErrorKind::Refused, "may be one page of several");
    }
    let many = format!("{A},").repeat(30_000);
    let envelope = format!("{{\"records\": [{many}{B}], \"next\": 2}}");
    fails(&envelope, None, ErrorKind::Refused, "may be one page of several");
    let envelope = format!("{{\"count\": 2, \"records\": [{many}{B}]}}");
    fails(&envelope, None, ErrorKind::Refused, "may be one page of several");
}

#[test]
fn what_is_no_export_is_refused() {
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0];
    let wide: Vec<u8> = format!("[{A}]").bytes().flat_map(|byte| [byte, 0]).collect();
    let marked = [&[0xff, 0xfe], &wide[..]].concat();
    for format in [None, Some(Format::Json), Some(Format::Ndjson)] {
        for empty in ["", "\u{feff}", " \n\r\n\t"] {
            fails(empty, format, ErrorKind::Refused, "is empty");
        }
        fails(&wide, format, ErrorKind::Refused, "UTF-16");
        fails(&marked, format, ErrorKind::Refused, "UTF-16");
        fails(&gzip[..], format, ErrorKind::Refused, "gzip");
        fails("PK\u{3}\u{4}...", format, ErrorKind::Refused, "zip archive");
        fails("\u{feff}[\0", format, ErrorKind::Refused, "UTF-16");
    }
    for other in ["id,age\np-1,44\n", "<html>", "\u{1e}{}", "null", "\"a\""] {
        fails(other, None, ErrorKind::Refused, "neither an array of records nor an object");
        fails(other, Some(Format::Json), ErrorKind::Refused, "neither an array of records");
    }
    fails(format!("{A}\n{B}\n"), Some(Format::Json), ErrorKind::Refused, "neither an array");
    fails("[{\"a\": 1}, {\"b\": 2}]", None, ErrorKind::Refused, "none of its keys is known");
}

#[test]
fn a_broken_array_says_where_and_keeps_what_came_before() {
    let broken = |export: &str, before: &[&str], says: &str| {
        let (read, error) = entries(export.as_bytes(), None).expect_err(export);
        assert_eq!(read, before, "{export}");
        assert_eq!(error.kind(), ErrorKind::Broken, "{export}");
        assert!(error.to_string().starts_with(says), "{export}: {error}");
    };
    let a = A.len();
    broken("[", &[], "the file breaks off on line 1 (byte 1)");
    broken(
        &format!("[\n{A}"),
        &["2 a"],
        &format!("the file breaks off on line 2 (byte {})", a + 2),
    );
    broken(&format!("[{A},"), &["1 a"], "the file breaks off on line 1");
    broken(
        &format!("[{A},\n{}", &B[..40]),
        &["1 a"],
        "the file breaks off in the record that begins on line 2",
    );
    broken(&format!("[{A} {B}]"), &["1 a"], "the JSON is broken between two records on line 1");
    broken(&format!("[{A},]"), &["1 a"], "the JSON is broken between two records on line 1");
    broken(&format!("[,{A}]"), &[], "the JSON is broken in a record on line 1 (byte 1)");
    broken(&format!("[{A}}},{B}]"), &["1 a"], "the JSON is broken between two records on line 1");
    broken(&format!("[{A},\n{{]}},{B}]"), &["1 a"], "the JSON is broken in a record on line 2");
    broken(&format!("[{A}][{B}]"), &["1 a"], "something follows the end of the JSON on line 1");
    broken(&format!("[{A}]\n{B}"), &["1 a"], "something follows the end of the JSON on line 2");
    broken(&format!("{{\"records\":[{A}]"), &["1 a"], "the file breaks off on line 1");
    broken(&format!("{{\"records\":[{A}]}}}}"), &["1 a"], "something follows the end");
    broken(&format!("{{\"records\":[{A}]]"), &["1 a"], "something follows the end");
    broken(
        &format!("[{A},{}", "[".repeat(17 << 20)),
        &["1 a"],
        "a record of 16 MiB or more begins on line 1",
    );
    broken("[tru", &[], "the file breaks off in the record");
    for cut in ["-", "1.", "1e", "1E+", "{\"a\":-"] {
        broken(&format!("[{cut}"), &[], "the file breaks off in the record");
    }
    broken("[--", &[], "the JSON is broken in a record");
    broken("[1.e", &[], "the JSON is broken in a record");
}

#[test]
fn a_record_is_whole_wherever_the_window_ends() {
    // The first window is 128 KiB: each filler puts another byte of the records at its end.
    for filler in (0..450).map(|more| (1 << 17) - 300 + more) {
        let space = " ".repeat(filler);
        let array = format!("[{space}{A},{B}, -1.5e3,\"\\u00e9\"]");
        let read = ["1 a", "1 b", "1 not-an-object", "1 not-an-object"];
        assert_eq!(entries(array.as_bytes(), None).unwrap(), read, "{filler}");
        let lines = format!("{space}\n{A}\r\n{B}");
        assert_eq!(entries(lines.as_bytes(), None).unwrap(), ["2 a", "3 b"], "{filler}");
    }
}

#[test]
fn a_principal_field_in_no_record_at_all_refuses_the_export() {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let check = |export: &str, waive: &[Principal]| {
        let mut export = Export::open(
            export.as_bytes(),
            as_of,
            None,
            &Intake { waive: waive.to_vec(), ..Intake::default() },
        )
        .unwrap();
        while export.read(&mut |_| {}).unwrap().is_some() {}
        export.layout().map(|layout| layout.waived().to_vec()).map_err(|e| e.to_string())
    };
    let without = |key: &str| A.replace(&format!("\"{key}\""), "\"other\"");
    for (key, field) in [
        ("age", Principal::Age),
        ("ost", Principal::OpioidUse),
        ("prison_release", Principal::PrisonRelease),
        ("naloxone", Principal::Naloxone),
    ] {
        let lacking = without(key);
        let error = check(&lacking, &[]).unwrap_err();
        assert!(error.contains(&format!("--without {field}")), "{error}");
        assert_eq!(check(&lacking, &[field]).unwrap(), [field]);
        // One record that has it is enough, and then there is nothing to waive.
        let one = format!("{lacking}\n{B}\n");
        assert!(check(&one, &[]).unwrap().is_empty());
        assert!(check(&one, &[field]).unwrap().is_empty());
    }
    let error = check(&A.replace("naloxone", "nalaxone"), &[]).unwrap_err();
    assert!(error.contains("key 5 is almost named naloxone, rename it"), "{error}");
    assert!(!error.contains("nalaxone"), "{error}");
    let error = check(&without("id"), &[]).unwrap_err();
    assert!(error.contains("no key is named id"), "{error}");
    // Where no record has any key there is nothing to say of keys.
    assert!(check("{}\n[]\n", &[]).is_ok());
    // Of a record that cannot be used, a field counts for nobody.
    let (lacking, numbered) = (without("naloxone"), B.replace("\"b\"", "7"));
    assert!(check(&format!("{lacking}\n{numbered}\n"), &[]).is_err());
    // Where none can be used, each says why, and the keys are there.
    assert!(check(&numbered, &[]).is_ok());
}

#[test]
fn a_key_is_what_it_was_read_as_when_the_export_is_judged() {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    for space in ["\\n", "\\r", "\\t", "\u{a0}", "\u{200b}"] {
        for at in 1.."prison_release".len() {
            let (start, end) = "prison_release".split_at(at);
            let record = A.replace("prison_release", &format!("{start}{space}{end}"));
            let mut export =
                Export::open(record.as_bytes(), as_of, None, &Intake::default()).unwrap();
            let Entry::Person(person) = export.read(&mut |_| {}).unwrap().unwrap().entry else {
                panic!("{record}")
            };
            assert!(
                Principal::PrisonRelease.is_missing_from(&person.facts.record(&mut |_| {})),
                "{record}"
            );
            assert!(export.read(&mut |_| {}).unwrap().is_none());
            assert!(export.layout().is_err(), "{record}");
        }
    }
}

#[test]
fn a_key_that_only_some_records_misspell_is_a_near_miss() {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let lines = format!("{A}\n{}\n", B.replace("prison_release", "prison_relase"));
    let mut export = Export::open(lines.as_bytes(), as_of, None, &Intake::default()).unwrap();
    while export.read(&mut |_| {}).unwrap().is_some() {}
    let layout = export.layout().unwrap();
    let [miss] = layout.near_misses() else { panic!("{:?}", layout.near_misses()) };
    assert_eq!((miss.position, miss.column.name()), (6, "prison_release"));
}

#[test]
fn keys_beyond_those_that_are_remembered_are_told_apart_within_their_record() {
    let many: String = (0..5000).map(|n| format!("{{\"id\":\"r{n}\",\"k{n}\":1}}\n")).collect();
    let long = "k".repeat(65);
    let rest = [
        format!("{{\"id\":\"a\",\"{long}\":1,\"x\":1}}"),
        format!("{{\"id\":\"b\",\"{long}\":1,\"x\":1}}"),
        format!("{{\"id\":\"c\",\"{long}\":1,\"{long}\":1}}"),
        "{\"id\":\"d\",\"x\":1,\"x\":1}".to_owned(),
        "{\"id\":\"e\",\"a-g-e\":1,\"AGE\":2}".to_owned(),
        "{\"I-D\":\"f\"}".to_owned(),
    ];
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let export = many + &rest.join("\n");
    let mut export = Export::open(export.as_bytes(), as_of, None, &Intake::default()).unwrap();
    let mut found = Vec::new();
    while let Some(row) = export.read(&mut |_| {}).unwrap() {
        found.push(match row.entry {
            Entry::Person(person) => person.id.to_string(),
            Entry::Quarantined { kind, .. } => kind.to_string(),
            Entry::Blank => panic!("no record of a JSON export is blank"),
        });
    }
    let last = ["a", "b", "key-repeated", "key-repeated", "key-repeated", "f"];
    assert_eq!(found[5000..], last);
}

#[test]
fn one_object_over_several_lines_is_neither_an_export_nor_ndjson() {
    let pretty = A.replace(", ", ",\n");
    for export in [
        pretty.clone(),
        format!("{pretty}\n{pretty}"),
        format!("{{\"data\": {{\"records\": [\n{A},\n{B}]}}}}"),
        format!("{{\"overdose\": [\n{A},\n{B}]}}"),
        format!("{{\"overdose\": [\n{A},\n{B}"),
    ] {
        fails(&export, None, ErrorKind::Refused, "one object over several lines");
    }
}

#[test]
fn a_last_line_that_is_cut_says_that_the_file_breaks_off() {
    reads(format!("{A}\n{}", &B[..40]), &["1 a", "2 breaks-off"]);
    reads(format!("{A}\n{{\"age\":4."), &["1 a", "2 breaks-off"]);
    reads(format!("{A}\n{{\"age\":.4."), &["1 a", "2 not-json"]);
    reads(format!("{A}\n{}\n", &B[..40]), &["1 a", "2 not-json"]);
    reads(format!("{A}\n{B}}}"), &["1 a", "2 not-json"]);
    reads(format!("{A}\n\u{c}\n{B}\u{c}\n"), &["1 a", "2 not-json", "3 not-json"]);
}

#[test]
fn a_source_that_failed_once_is_not_read_on() {
    struct Once<'a>(&'a [u8], usize);
    impl Read for Once<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1 == 4 { Err(io::ErrorKind::WouldBlock.into()) } else { self.0.read(buffer) }
        }
    }
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let long = format!("{{\"notes\": \"{}\"}}{A}\n{B}\n", "x".repeat(1 << 17));
    let mut export =
        Export::open(Once(long.as_bytes(), 0), as_of, Some(Format::Ndjson), &Intake::default())
            .unwrap();
    assert_eq!(export.read(&mut |_| {}).unwrap_err().kind(), ErrorKind::Io);
    assert!(export.read(&mut |_| {}).unwrap().is_none());
}

#[test]
fn what_an_error_says_of_a_record_is_its_kind() {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut reader = Reader::new(Intake::default());
    let record = br#"{"id": "Jane", "x": "Jane", "x": "Jane"}"#;
    let error = reader.read(record, as_of, &mut |_| {}).unwrap_err();
    assert_eq!(error.id.unwrap().as_str(), "Jane");
    assert_eq!(error.to_string(), "key-repeated: write each key once");
    assert!(!format!("{error:?}").contains("Jane"));
    assert!(!format!("{reader:?}").contains("Jane"));
}

#[test]
fn a_source_that_fails_is_not_taken_for_the_end_of_the_file() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("Jane Smith"))
        }
    }
    for start in [format!("{A}\n"), format!("[{A},"), format!("{{\"records\":[{A},")] {
        let (_, error) = entries(start.as_bytes().chain(Fails), None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(!format!("{error} {error:?}").contains("Jane"), "{error:?}");
        assert!(std::error::Error::source(&error).is_none());
    }
}

/// A file that is never held: each text so many times.
struct Pieces(Vec<(String, usize)>, usize);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Self(pieces, at) = self;
        while pieces.first().is_some_and(|(_, times)| *times == 0) {
            pieces.remove(0);
        }
        let Some((text, times)) = pieces.first_mut() else { return Ok(0) };
        let read = (&text.as_bytes()[*at..]).read(buffer)?;
        *at = (*at + read) % text.len();
        *times -= usize::from(*at == 0);
        Ok(read)
    }
}

#[test]
fn nothing_in_a_file_makes_memory_grow_with_it() {
    const MOST: u64 = 64 << 20;
    let flat = |pieces: &[(&str, usize)]| {
        let pieces = pieces.iter().map(|(text, times)| ((*text).to_owned(), *times)).collect();
        let mut source = Pieces(pieces, 0);
        let mut read = Ok(Vec::new());
        let memory = allocation_counter::measure(|| read = entries(&mut source, None));
        assert!(memory.bytes_max < MOST, "{} bytes", memory.bytes_max);
        read.map_err(|(read, error)| (read, error.kind()))
    };
    let start = "{\"id\":\"c\",\"notes\":";
    let (a, b) = (&format!("{A}\n"), &format!("\n{B}"));
    let (array_a, array_b) = (&format!("[{A},"), &format!(",{B}]"));

    // A text of 512 MiB: a line like any other, and in an array more than can be followed.
    let (chunk, times) = (&"x".repeat(1 << 16), 512 << 4);
    let text = [(start, 1), ("\"", 1), (chunk, times), ("\"}", 1)];
    let lines = flat(&[&[(a.as_str(), 1)], &text[..], &[(b, 1)]].concat());
    assert_eq!(lines.unwrap(), ["1 a", "2 too-large", "3 b"]);
    let array = flat(&[&[(array_a.as_str(), 1)], &text[..], &[(array_b, 1)]].concat());
    assert_eq!(array.unwrap_err(), (vec!["1 a".to_owned()], ErrorKind::Broken));

    let (open, shut) = (&"[".repeat(1000), &"]".repeat(1000));
    let deep = [(start, 1), (open, 5000), (shut, 5000), ("}", 1)];
    let lines = flat(&[&[(a.as_str(), 1)], &deep[..], &[(b, 1)]].concat());
    assert_eq!(lines.unwrap(), ["1 a", "2 too-large", "3 b"]);
    let array = flat(&[&[(array_a.as_str(), 1)], &deep[..], &[(array_b, 1)]].concat());
    assert_eq!(array.unwrap(), ["1 a", "1 too-large", "1 b"]);

    // No text, and so deep that the way back to the start has to be remembered.
    let open = &"[".repeat(1 << 16);
    let array = flat(&[(array_a, 1), (open, 60 << 4)]);
    assert_eq!(array.unwrap_err(), (vec!["1 a".to_owned()], ErrorKind::Broken));

    let many = flat(&[("[", 1), (&format!("{A},"), 300_000), (B, 1), ("]", 1)]);
    assert_eq!(many.unwrap().len(), 300_001);
}
