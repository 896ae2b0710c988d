//! The page of kinds: each with an example that a run reads before the page shows it.
//! `UPDATE_EXPECT=1 cargo test -p overdose-risk-testkit --test kinds` writes it anew.

use chrono::NaiveDate;
use expect_test::expect_file;
use overdose_risk::Policy;
use overdose_risk_intake::{Intake, ProblemKind, Quarantine};
use overdose_risk_json::Reader;
use overdose_risk_run::{Format, Job, Program, run};
use serde_json::{Value, json};
use std::fs;
use std::ops::ControlFlow;
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone,notes";

/// The line on which an example begins, in either format.
const LINE: u64 = 3;

/// A record as a run reads it, and as the page shows it.
struct Example {
    format: Format,
    bytes: Vec<u8>,
    shown: String,
}

fn csv(text: &str) -> Example {
    // In the bytes, what a reader of the page could not see.
    let bytes = text.replace('␀', "\0").into_bytes();
    Example { format: Format::Csv, bytes, shown: format!("```text\n{text}\n```") }
}

fn json(text: &str) -> Example {
    let bytes = text.as_bytes().to_vec();
    Example { format: Format::Ndjson, bytes, shown: format!("```json\n{text}\n```") }
}

/// A record that is too long to be shown.
fn in_words(format: Format, words: &str, bytes: String) -> Example {
    Example { format, bytes: bytes.into_bytes(), shown: words.to_owned() }
}

fn example(kind: Quarantine) -> Example {
    let person = r#"{"id": "p-2", "age": 44, "notes": "#;
    match kind {
        Quarantine::IdMissing => csv(",44,current,,held,"),
        Quarantine::IdInvalid => csv("p 2,44,current,,held,"),
        Quarantine::FieldCount => csv("p-2,44,current,,held,was away, is back"),
        Quarantine::QuoteNotClosed => csv("p-2,44,current,,held,\"was away"),
        Quarantine::TextAfterQuote => csv("p-2,44,current,,held,\"says \"fine\" today\""),
        Quarantine::RecordWithinQuotes => {
            csv("p-2,44,current,,\"held,was away\np-3,31,current,,held\",")
        }
        Quarantine::ControlByte => csv("p-2,44,current,,held,was ␀␀␀␀"),
        Quarantine::HeaderRepeated => csv(HEADER),
        Quarantine::NotJson => json(r#"{"id": "p-2", "age": 44,}"#),
        Quarantine::BreaksOff => json(r#"{"id": "p-2", "age""#),
        Quarantine::NotAnObject => json(r#"["p-2", 44]"#),
        Quarantine::KeyRepeated => json(r#"{"id": "p-2", "age": 44, "Age": 31}"#),
        Quarantine::NotUtf8 => Example {
            format: Format::Ndjson,
            bytes: [person.as_bytes(), b"\"caf\xe9\"}"].concat(),
            shown: "A note in Windows-1252 with an `é` in it.".to_owned(),
        },
        Quarantine::TooLarge => in_words(
            Format::Csv,
            "A note of 70,000 letters.",
            format!("p-2,44,current,,held,{}", "x".repeat(70_000)),
        ),
        Quarantine::TooDeep => json(&format!("{person}{}{}}}", "[".repeat(32), "]".repeat(32))),
        Quarantine::TooManyKeys => in_words(
            Format::Ndjson,
            "A record with a key for each of 1,100 visits.",
            format!(
                "{person}\"\"{}}}",
                (0..1100).map(|visit| format!(", \"visit_{visit}\": 1")).collect::<String>()
            ),
        ),
        _ => panic!("no example of {kind}"),
    }
}

/// An export with the example on its third line, among people whom it may not touch.
fn export(example: &Example) -> Vec<u8> {
    let (before, after) = match example.format {
        Format::Csv => (
            format!("{HEADER}\np-1,44,current,,held,\n"),
            (4..100).map(|person| format!("p-{person},44,current,,held,\n")).collect(),
        ),
        _ => {
            let person = |id| {
                format!(
                    r#"{{"id": "{id}", "age": 44, "ost": null, "prison_release": "", "naloxone": ""}}"#
                )
            };
            (format!("{}\n{}\n", person("p-0"), person("p-1")), String::new())
        }
    };
    let end: &[u8] = if after.is_empty() { b"" } else { b"\n" };
    [before.as_bytes(), &example.bytes, end, after.as_bytes()].concat()
}

/// An NDTMS extract with somebody who was referred from prison.
const EXTRACT: &str = "\
AGNCY,CLIENTID,DOB,DRUG1,RFLS,REFLD,NALOXISS
N0001,1000,19810214,1105,13,20260320,Yes";

/// The lines of an output of a run over the example, without its header.
fn output(example: &Example, name: &str) -> Vec<String> {
    published(&export(example), example.format, name)
}

/// The lines of an output of a run over an export, without its header.
fn published(export: &[u8], format: Format, name: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("export");
    fs::write(&file, export).unwrap();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let mut job = Job::new(program, vec![file], as_of(), folder.path().join("out"));
    // Of a few records, one is many per cent.
    job.max_quarantine = 100;
    job.format = format;
    let published =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap();
    let text = fs::read_to_string(published.folder().join(name)).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// Why a row of reviews cannot be used: the kind, what it means, a row, and what to do.
const REVIEWS: [[&str; 4]; 12] = [
    [
        "id-missing",
        "The id is blank or says `unknown`.",
        ",2026-03-30,2026-04-13,spoke",
        "write the id as it stands in worklist.csv",
    ],
    [
        "id-invalid",
        "The id breaks the id rule.",
        "1.23E+10,2026-03-30,2026-04-13,spoke",
        "write the id as it stands in worklist.csv; a spreadsheet may have made a number of it",
    ],
    [
        "reviewed-on-missing",
        "Something was filled in, and not on which day the review was.",
        "p-1,,2026-04-13,spoke",
        "fill in reviewed_on",
    ],
    [
        "reviewed-on-unreadable",
        "The day of the review cannot be read.",
        "p-1,30 March,2026-04-13,spoke",
        "write it like 2026-03-31 or 31/03/2026",
    ],
    [
        "reviewed-in-future",
        "The day of the review is after that of the run.",
        "p-1,2026-04-01,2026-04-13,spoke",
        "correct reviewed_on, or hand the file in on that day",
    ],
    [
        "until-missing",
        "Something was filled in, and not until when the review holds.",
        "p-1,2026-03-30,,spoke",
        "fill in until",
    ],
    [
        "until-unreadable",
        "The last day of the review cannot be read.",
        "p-1,2026-03-30,two weeks,spoke",
        "write it like 2026-03-31 or 31/03/2026",
    ],
    [
        "until-before-reviewed-on",
        "The last day of the review is before its first.",
        "p-1,2026-03-30,2026-03-29,spoke",
        "look whether the two were exchanged",
    ],
    [
        "until-too-far",
        "The review would hold for more than 366 days.",
        "p-1,2026-03-30,2036-03-30,spoke",
        "correct until",
    ],
    [
        "outcome-too-long",
        "The outcome has more than 500 characters. Cut off, it might say something else.",
        "p-1,2026-03-30,2026-04-13,",
        "shorten it",
    ],
    [
        "field-count",
        "The row has more fields than the header, so any of them may be in the wrong column.",
        "p-1,2026-03-30,2026-04-13,spoke,twice",
        "put an outcome with a comma in quotes",
    ],
    [
        "quote-not-closed",
        "A quote in the row takes in other rows, or the rest of the file, none of which is used.",
        "p-1,2026-03-30,2026-04-13,\"spoke",
        "close or double the stray quote",
    ],
];

/// What a run says of the rows of a file of reviews that it cannot use.
fn not_used(row: &str) -> Value {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: String| {
        fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name)
    };
    let export = write("export", format!("{HEADER}\np-1,44,current,,held,\n"));
    let reviews = write("reviews", format!("id,reviewed_on,until,outcome\n{row}\n"));
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let mut job = Job::new(program, vec![export], as_of(), folder.path().join("out"));
    job.reviewed = Some(reviews);
    let published =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap();
    let receipt = fs::read_to_string(published.folder().join("run.json")).unwrap();
    serde_json::from_str::<Value>(&receipt).unwrap()["reviews"]["not_used"].take()
}

/// The rows of reviews that cannot be used, for the page.
fn of_reviews() -> String {
    let mut page = "\n## Reviews\n\nA row of the file of `--reviewed` that was filled in and could not \
                    be used. Its person counts as not reviewed. `run.json` has the line and the kind, \
                    under `reviews`. The header of the examples is `id,reviewed_on,until,outcome`, and \
                    the run is as of 2026-03-31.\n"
        .to_owned();
    for [kind, meaning, row, remedy] in REVIEWS {
        let (text, shown) = match kind {
            "outcome-too-long" => {
                (format!("{row}{}", "x".repeat(501)), "An outcome of 501 letters.".to_owned())
            }
            _ => (row.to_owned(), format!("```text\n{row}\n```")),
        };
        assert_eq!(not_used(&text), json!([{ "line": 2, "kind": kind }]), "{kind}");
        let example = Example { format: Format::Csv, bytes: text.into_bytes(), shown };
        page += &section(kind, meaning, &example, remedy);
    }
    page
}

#[test]
fn every_kind_of_review_that_the_schema_names_is_on_the_page() {
    let schema = include_str!("../../overdose-risk-run/schemas/run.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let kinds = "/properties/reviews/properties/not_used/items/properties/kind/enum";
    assert_eq!(schema.pointer(kinds), Some(&json!(REVIEWS.map(|[kind, ..]| kind))));
}

fn section(name: &str, meaning: &str, example: &Example, remedy: &str) -> String {
    format!("\n### `{name}`\n\n{meaning}\n\n{}\n\nWhat to do: {remedy}.\n", example.shown)
}

#[test]
fn the_page_of_kinds_is_up_to_date_and_every_example_is_one() {
    let mut page = format!(
        "<!-- Generated by tests/kinds.rs of overdose-risk-testkit. Do not edit: \
         `UPDATE_EXPECT=1 cargo test -p overdose-risk-testkit --test kinds` writes it anew. -->\n\n\
         # Kinds\n\n\
         What `quarantine.csv`, `problems.csv` and, of reviews, `run.json` can say, each with an example \
         that a test reads. In CSV, the header of the examples is `{HEADER}`, and the person before is \
         `p-1`.\n\n\
         ## Quarantine\n\n\
         A record, or a line, of which nobody was assessed. `id` is given where it is surely the \
         record's own and obeys the rule.\n"
    );
    for kind in Quarantine::ALL {
        if kind == Quarantine::Identifying {
            // A run refuses the whole export; only a reader of single records goes on behind it.
            let example = json(r#"{"id": "p-2", "age": 44, "surname": "..."}"#);
            let mut reader = Reader::new(Intake::default());
            let rejected = reader.read(&example.bytes, as_of(), &mut |_| {}).unwrap_err();
            assert_eq!(rejected.kind, kind);
            page += &section(kind.name(), kind.meaning(), &example, kind.remedy());
            continue;
        }
        let example = example(kind);
        let quarantined = output(&example, "quarantine.csv");
        let [line] = &quarantined[..] else { panic!("{kind}: {quarantined:?}") };
        let is_it = line.starts_with(&format!("export,{LINE},")) && line.ends_with(kind.name());
        assert!(is_it, "{kind}: {line}");
        page += &section(kind.name(), kind.meaning(), &example, kind.remedy());
    }
    page += "\n## Problems\n\nA fact that could not be used, or that is not sure. The person was assessed.\n";
    for (kind, record) in [
        (ProblemKind::Unreadable, "p-2,44,sometimes,,held,"),
        (ProblemKind::Contradictory, "p-2,44,current,2027-03-28,held,"),
        (ProblemKind::RowsDisagree, "p-2,44,current,,held,\np-2,44,current,,not_held,"),
    ] {
        let example = csv(record);
        let problems = output(&example, "problems.csv");
        let [line] = &problems[..] else { panic!("{kind}: {problems:?}") };
        assert!(line.starts_with(&format!("export,{LINE},p-2,")), "{kind}: {line}");
        assert!(line.ends_with(kind.name()), "{kind}: {line}");
        page += &section(kind.name(), kind.meaning(), &example, kind.remedy());
    }
    let inferred = csv(EXTRACT);
    let [line] = &published(&inferred.bytes, Format::Csv, "problems.csv")[..] else { panic!() };
    assert_eq!(line, "export,2,N0001-1000,prison_release,inferred");
    let kind = ProblemKind::Inferred;
    page += &section(kind.name(), kind.meaning(), &inferred, kind.remedy());
    page += &of_reviews();
    expect_file!["../../overdose-risk-run/docs/kinds.md"].assert_eq(&page);
}
