//! Everything that is known to go wrong with JSON, one record or one file at a time: what becomes of
//! it, and that nobody else's row changes by a byte.

#[path = "compare/in_pieces.rs"]
mod in_pieces;

use chrono::NaiveDate;
use overdose_risk::{Policy, assess};
use overdose_risk_csv::FlagsWriter;
use overdose_risk_intake::{Intake, Problem, ProblemKind, Quarantine};
use overdose_risk_json::{Entry, Error, ErrorKind, Export, Format};

/// What comes out of an export.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    flags: Vec<String>,
    quarantined: Vec<(u64, Quarantine)>,
    problems: Vec<Problem>,
}

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn read(export: &[u8], format: Option<Format>) -> (Outcome, Result<(), Error>) {
    in_pieces::assert_same(export, format, &Intake::default());
    let mut outcome = Outcome::default();
    let result = read_into(&mut outcome, export, format);
    (outcome, result)
}

fn read_into(out: &mut Outcome, export: &[u8], format: Option<Format>) -> Result<(), Error> {
    let as_of = as_of();
    let mut export = Export::open(export, as_of, format, &Intake::default())?;
    while let Some(row) = export.read(&mut |problem| out.problems.push(problem))? {
        match row.entry {
            Entry::Person(person) => {
                let assessment =
                    assess(&person.facts.record(&mut |_| {}), as_of, Policy::practice_principles());
                let mut flags = FlagsWriter::new(Vec::new(), &[]).unwrap();
                flags.write(person.id, &assessment).unwrap();
                let flags = String::from_utf8(flags.finish().unwrap()).unwrap();
                out.flags.push(flags.lines().nth(1).unwrap().to_owned());
            }
            Entry::Quarantined { kind, .. } => out.quarantined.push((row.line, kind)),
            Entry::Blank => panic!("no record of a JSON export is blank"),
        }
    }
    export.layout().map(|_| ())
}

fn person(id: &str) -> String {
    format!(
        r#"{{"id": "{id}", "age": 44, "opioid_use": "current", "ost": "not_prescribed", "prison_release": "2026-03-28", "naloxone": null, "alcohol": true, "notes": "a, b"}}"#
    )
}

/// The person of a case when nothing is wrong, with this written over one of their keys.
fn with(key: &str, value: &str) -> Vec<u8> {
    let person = person("case");
    let from = person.find(&format!("\"{key}\": ")).unwrap() + key.len() + 4;
    let rest = &person[from..];
    let to = from + rest.find(", \"").unwrap_or(rest.len() - 1);
    format!("{}{value}{}", &person[..from], &person[to..]).into_bytes()
}

/// Two people before and two after, with the record between them.
fn export(record: &[u8], format: Format) -> Vec<u8> {
    let people = ["p-1", "p-2", "p-4", "p-5"].map(|id| person(id).into_bytes());
    let [a, b, d, e] = &people;
    let records: [&[u8]; 5] = [a, b, record, d, e];
    match format {
        Format::Ndjson => records.join(b"\n".as_slice()),
        Format::Json => {
            [b"[".as_slice(), &records.join(b",\n".as_slice()), b"]".as_slice()].concat()
        }
    }
}

/// What a case comes to.
#[derive(Clone, Copy, Debug)]
enum Is {
    /// The person comes out as if nothing were wrong.
    Same,
    /// The person is assessed, and this column could not be used.
    Unreadable(&'static str),
    Contradictory(&'static str),
    Quarantined(Quarantine),
    /// The file ends here: the people before it were read.
    Broken,
}

fn check(name: &str, record: &[u8], format: Format, is: Is) {
    let (clean, _) = read(&export(person("case").as_bytes(), format), None);
    let (outcome, result) = read(&export(record, format), None);
    let others = |flags: &[String]| -> Vec<String> {
        flags.iter().filter(|row| !row.starts_with("case,")).cloned().collect()
    };
    let name = format!("{name}, {format:?}: {:?} {:?}", outcome.quarantined, outcome.problems);
    if let Is::Broken = is {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Broken, "{name}");
        // The case itself was read where it is whole and what is broken comes after it.
        assert!((2..=3).contains(&outcome.flags.len()), "{name}");
        assert!(clean.flags.starts_with(&outcome.flags), "{name}");
        return;
    }
    result.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(others(&outcome.flags), others(&clean.flags), "{name}");
    match is {
        Is::Same => {
            assert_eq!(outcome, clean, "{name}");
        }
        Is::Unreadable(column) => one_problem(&outcome, column, ProblemKind::Unreadable, &name),
        Is::Contradictory(column) => {
            one_problem(&outcome, column, ProblemKind::Contradictory, &name);
        }
        Is::Quarantined(kind) => {
            assert_eq!(outcome.quarantined, [(3, kind)], "{name}");
            assert_eq!(outcome.flags.len(), 4, "{name}");
        }
        Is::Broken => {}
    }
}

fn one_problem(outcome: &Outcome, column: &str, kind: ProblemKind, name: &str) {
    assert_eq!(outcome.flags.len(), 5, "{name}");
    assert!(outcome.quarantined.is_empty(), "{name}");
    let [problem] = outcome.problems[..] else { panic!("{name}") };
    assert_eq!((problem.column.name(), problem.kind), (column, kind), "{name}");
}

fn check_both(name: &str, record: &[u8], is: Is) {
    check(name, record, Format::Ndjson, is);
    check(name, record, Format::Json, is);
}

use Is::{Broken, Contradictory, Same, Unreadable};
use Quarantine::{
    IdInvalid, IdMissing, KeyRepeated, NotAnObject, NotJson, NotUtf8, TooDeep, TooLarge,
    TooManyKeys,
};

/// J1. A line of NDJSON costs itself alone; in an array, nobody can say where the next record
/// begins.
#[test]
fn broken_syntax_costs_a_line_or_ends_an_array() {
    let whole = person("case");
    let cut = &whole[..whole.len() - 1];
    let cases: [(&str, String); 17] = [
        ("cut at the end", cut.to_owned()),
        ("cut within text", whole[..30].to_owned()),
        ("an extra brace", format!("{whole}}}")),
        ("a trailing comma", format!("{cut},}}")),
        ("a comma too many", whole.replacen(", ", ",, ", 1)),
        ("a missing comma", whole.replacen("44, ", "44 ", 1)),
        ("a missing colon", whole.replacen("\"age\":", "\"age\"", 1)),
        ("a comment", format!("{cut} /* no */}}")),
        ("a line comment", whole.replacen(", ", ", // no ", 1)),
        ("single quotes", whole.replace('"', "'")),
        ("a bare key", whole.replacen("\"age\"", "age", 1)),
        ("NaN", whole.replacen("44", "NaN", 1)),
        ("Infinity", whole.replacen("44", "-Infinity", 1)),
        ("a leading zero", whole.replacen("44", "044", 1)),
        ("hexadecimal", whole.replacen("44", "0x2c", 1)),
        ("a raw control character", whole.replacen("a, b", "a,\tb", 1)),
        ("a bad escape", whole.replacen("a, b", "C:\\Users", 1)),
    ];
    for (name, record) in cases {
        check(name, record.as_bytes(), Format::Ndjson, Is::Quarantined(NotJson));
        // A cut record takes in what follows it, and is then broken where it should have ended.
        check(name, record.as_bytes(), Format::Json, Broken);
    }
    let two = format!("{whole} {whole}");
    check("two on a line", two.as_bytes(), Format::Ndjson, Is::Quarantined(NotJson));
    check("two without a comma", two.as_bytes(), Format::Json, Broken);
}

#[test]
fn a_record_over_several_lines_is_one_in_an_array_and_none_in_ndjson() {
    let record = person("case").replace(", ", ",\n  ");
    check("pretty", record.replace("a,\n  b", "a, b").as_bytes(), Format::Json, Same);
    let (outcome, result) = read(&export(record.as_bytes(), Format::Ndjson), None);
    result.unwrap();
    assert_eq!(outcome.flags.len(), 4);
    assert_eq!(outcome.quarantined.len(), 9);
    assert!(outcome.quarantined.iter().all(|(_, kind)| *kind == NotJson || *kind == NotAnObject));
}

/// J2 and N1: shapes and numbers.
#[test]
fn a_value_of_the_wrong_shape_costs_a_fact_and_a_record_of_the_wrong_shape_itself() {
    for record in ["null", "7", "-1.5", "true", "\"p-3\"", "[]", "[{\"id\": \"case\"}]"] {
        check_both(record, record.as_bytes(), Is::Quarantined(NotAnObject));
    }
    check_both("empty", b"{}", Is::Quarantined(IdMissing));
    check_both("no id", b"{\"age\": 44}", Is::Quarantined(IdMissing));

    let ages = [
        "-1",
        "44.5",
        "44.0",
        "4.4e1",
        "1e3",
        "-0",
        "121",
        "9223372036854775808",
        "1e-400",
        "\"NaN\"",
        "\"inf\"",
        "\"1e999\"",
        "\"+5\"",
        "\"1,5\"",
        "\"1_000\"",
        "\"0x10\"",
        "\"forty\"",
        "\"50%\"",
        "\"\u{664}\u{664}\"",
        "\"44\\u0000\"",
        "true",
        "false",
        "[44]",
        "{\"years\": 44}",
        "[]",
        "{}",
    ];
    for age in ages {
        check_both(age, &with("age", age), Unreadable("age"));
    }
    let digits = "4".repeat(400);
    check_both("400 digits", &with("age", &digits), Is::Quarantined(NotJson));
    check_both("400 digits in text", &with("age", &format!("\"{digits}\"")), Unreadable("age"));
    for number in ["1e999", "-1e999"] {
        check_both(number, &with("age", number), Is::Quarantined(NotJson));
        check_both(number, &with("notes", number), Is::Quarantined(NotJson));
        check_both(number, &with("notes", &format!("[[{number}]]")), Is::Quarantined(NotJson));
    }

    check_both("a number in text", &with("age", "\" 44 \""), Same);
    check_both("one for yes", &with("alcohol", "1"), Same);
    check_both("yes", &with("alcohol", "\"YES\""), Same);
    check_both("an empty text for null", &with("naloxone", "\"\""), Same);
    check_both("a date in digits", &with("prison_release", "20260328"), Same);
    check_both("two for yes", &with("alcohol", "2"), Unreadable("alcohol"));
    check_both("true where it says nothing", &with("naloxone", "true"), Unreadable("naloxone"));
    check_both("a wrong type nobody reads", &with("notes", "[1, {\"a\": null}]"), Same);
}

#[test]
fn an_id_is_a_string_that_obeys_the_id_rule() {
    for id in ["17", "0", "1.23457E+11", "true", "false", "[\"case\"]", "{\"id\": \"case\"}"] {
        check_both(id, &with("id", id), Is::Quarantined(IdInvalid));
    }
    for id in ["null", "\"\"", "\"  \"", "\"unknown\""] {
        check_both(id, &with("id", id), Is::Quarantined(IdMissing));
    }
    check_both("escaped", &with("id", "\"c\\u0061se\""), Same);
    check_both("with space around it", &with("id", "\" case \""), Same);
}

/// X1: none of it can stand in an output.
#[test]
fn an_id_that_does_something_elsewhere_is_quarantined() {
    let ids = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "i\\td",
        "i\\rd",
        "\u{ff1d}1",
        "\\u001b[31m",
        "\\u001b]8;;http://a.test\\u0007",
        "\u{202e}case",
        "<script>",
        "[a](b)",
        "../../etc",
        "a\\nb",
        "\\u0085",
        "ca\u{200b}se",
        "a b",
        "a,b",
        "a\\\"b",
        "a\\\\b",
        "\\u0000",
        "ｃase",
        "p.1",
        "p/1",
        "caſe",
    ];
    for id in ids {
        check_both(id, &with("id", &format!("\"{id}\"")), Is::Quarantined(IdInvalid));
    }
    check_both("long", &with("id", &format!("\"{}\"", "a".repeat(65))), Is::Quarantined(IdInvalid));
}

/// J2: a key that stands twice.
#[test]
fn a_repeated_key_quarantines_the_record_however_it_is_spelt() {
    let whole = person("case");
    let cut = &whole[..whole.len() - 1];
    let again = [
        "\"age\": 44",
        "\"age\": 45",
        "\"AGE\": 44",
        "\" a-g_e \": 44",
        "\"\\u0061ge\": 44",
        "\"notes\": 1",
        "\"note\\u0073\": \"a, b\"",
        "\"id\": \"case\"",
        "\"id\": \"other\"",
        "\"x\": 1, \"x\": 1",
        "\"\": 1, \"\": 1",
    ];
    for key in again {
        let record = format!("{cut}, {key}}}");
        check_both(key, record.as_bytes(), Is::Quarantined(KeyRepeated));
    }
    let long = "k".repeat(100);
    let record = format!("{cut}, \"{long}\": 1, \"{long}\": 2}}");
    check_both("a long key", record.as_bytes(), Is::Quarantined(KeyRepeated));
    let record = format!("{cut}, \"{long}\": 1, \"{long}x\": 2, \"Notes\": 3}}");
    check_both("different keys that nobody reads", record.as_bytes(), Same);
    check_both("within what nobody reads", &with("notes", "{\"a\": 1, \"a\": 2}"), Same);
}

#[test]
fn keys_match_as_headers_do() {
    let record = person("case").replace("opioid_use", " Opioid-Use ").replace("age", "AGE");
    check_both("case and spaces", record.as_bytes(), Same);
    let record = person("case").replace("\"age\"", "\"\\u0061ge\"");
    check_both("escaped", record.as_bytes(), Same);
}

/// J3: text.
#[test]
fn text_that_is_not_text_quarantines_the_record_also_where_nobody_reads_it() {
    for surrogate in ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud83d x"] {
        for key in ["naloxone", "notes", "id"] {
            let record = with(key, &format!("\"{surrogate}\""));
            check_both(surrogate, &record, Is::Quarantined(NotJson));
        }
    }
    check_both("a pair", &with("notes", "\"\\ud83d\\ude00\""), Same);
    check_both("a zero nobody reads", &with("notes", "\"\\u0000\""), Same);
    check_both("a zero", &with("naloxone", "\"\\u0000\""), Unreadable("naloxone"));
    for bytes in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"caf\xe9"] {
        for key in ["naloxone", "notes", "id"] {
            let record = with(key, "\"HERE\"");
            let at = record.windows(4).position(|four| four == b"HERE").unwrap();
            let record = [&record[..at], bytes, &record[at + 4..]].concat();
            check_both("not UTF-8", &record, Is::Quarantined(NotUtf8));
        }
    }
    let record = with("notes", "[{\"HERE\": 1}]");
    let at = record.windows(4).position(|four| four == b"HERE").unwrap();
    let record = [&record[..at], b"\xff", &record[at + 4..]].concat();
    check_both("a key that is not UTF-8", &record, Is::Quarantined(NotUtf8));
}

/// J4: size.
#[test]
fn a_record_beyond_the_limits_is_quarantined() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    check_both("31 deep within the record", &with("notes", &nested(31)), Same);
    for depth in [32, 127, 128, 129, 10_000, 100_000] {
        let record = with("notes", &nested(depth));
        check_both("deep", &record, Is::Quarantined(TooDeep));
        let objects = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        check_both("deep objects", &with("notes", &objects), Is::Quarantined(TooDeep));
    }
    check_both("32 deep in an array", nested(32).as_bytes(), Is::Quarantined(NotAnObject));
    check_both("33 deep in an array", nested(33).as_bytes(), Is::Quarantined(TooDeep));
    check_both("too deep in a fact", &with("naloxone", &nested(32)), Is::Quarantined(TooDeep));
    check_both("a million deep", &with("notes", &nested(1_000_000)), Is::Quarantined(TooLarge));

    let keys = |count: usize| -> String { (0..count).map(|n| format!(", \"k{n}\": 1")).collect() };
    let whole = person("case");
    let cut = &whole[..whole.len() - 1];
    check_both("1,024 keys", format!("{cut}{}}}", keys(1024 - 8)).as_bytes(), Same);
    for count in [1024 - 7, 50_000] {
        let record = format!("{cut}{}}}", keys(count));
        check_both("many keys", record.as_bytes(), Is::Quarantined(TooManyKeys));
    }
    let record = format!("{cut}{}}}", keys(100_000));
    check_both("100,000 keys", record.as_bytes(), Is::Quarantined(TooLarge));

    let base = with("notes", "\"\"").len();
    let filled = |size: usize| with("notes", &format!("\"{}\"", "x".repeat(size - base)));
    check_both("1 MiB", &filled(1 << 20), Same);
    check_both("a byte more", &filled((1 << 20) + 1), Is::Quarantined(TooLarge));
    check_both("8 MiB", &filled(8 << 20), Is::Quarantined(TooLarge));
}

/// D1: dates. None is guessed, and none costs more than itself.
#[test]
fn a_date_in_any_other_form_is_unreadable() {
    let dates = [
        "2023-02-29",
        "2026-02-30",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "26-03-28",
        "1-Mar-26",
        "28 March 2026",
        "46109",
        "1774656000",
        "2026-W13-6",
        "2026-087",
        "2026",
        "2026-03",
        "--03-28",
        "2026-03-28T00:00:00",
        "2026-03-28T00:00:00Z",
        "2026-03-28 00:00",
        "2026-03-28+01:00",
        "2026-03-28[Europe/London]",
        "03/28/2026",
        "8/3/2026",
        "2026/03/28",
        "28.03.2026",
        "２０２６-03-28",
        "\u{662}026-03-28",
        "2026- 3-28",
        "-009999-01-01",
        "NaN",
        "0",
        "-1",
        "2026-03-28-",
        "+2026-03-28",
        "2026\u{2010}03\u{2010}28",
    ];
    for date in dates {
        let record = with("prison_release", &format!("\"{date}\""));
        check_both(date, &record, Unreadable("prison_release"));
    }
    for number in ["46109", "1774656000", "20260230", "2026.0", "-20260328", "0", "true", "{}"] {
        check_both(number, &with("prison_release", number), Unreadable("prison_release"));
    }
    // These can be read, and cannot be true.
    for date in ["9999-12-31", "0000-01-01", "1899-12-31", "2026-04-01"] {
        let record = with("prison_release", &format!("\"{date}\""));
        check_both(date, &record, Contradictory("prison_release"));
    }
    for date in ["28/03/2026", "20260328", " 2026-03-28\\t"] {
        check_both(date, &with("prison_release", &format!("\"{date}\"")), Same);
    }
}
