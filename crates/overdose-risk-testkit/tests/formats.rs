//! The same facts give the same bytes of flags in whatever format they come.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_run::{Format, Job, Program, Tolerated, run};
use overdose_risk_testkit::population::Population;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tempfile::TempDir;

const CLEAN: &str = include_str!("../fixtures/vectors/clean.csv");
const MESSY: &str = include_str!("../fixtures/vectors/messy.csv");

/// Everything that a run publishes of an export, apart from what names the file or its lines.
#[derive(Debug, PartialEq)]
struct Published {
    flags: String,
    words: String,
    /// Without `source` and `line`.
    problems: Vec<String>,
    tally: Vec<Value>,
}

fn publish(export: &[u8], format: Format) -> Published {
    let folder = TempDir::new().unwrap();
    let file: PathBuf = folder.path().join("export");
    fs::write(&file, export).unwrap();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut job = Job::new(program, vec![file], as_of, folder.path().join("out"));
    // Of a few records, one is many per cent; and many cells are there to be no value.
    (job.max_quarantine, job.tolerate) = (100, vec![Tolerated::Unreadable]);
    job.format = format;
    let published =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap();
    let read = |name: &str| fs::read_to_string(published.folder().join(name)).unwrap();
    let receipt: Value = serde_json::from_str(&read("run.json")).unwrap();
    let tally = ["people", "records", "fields", "levels", "questions", "problems", "waived"];
    Published {
        flags: read("flags.csv"),
        words: read("flags.ndjson"),
        problems: read("problems.csv")
            .lines()
            .map(|line| line.splitn(3, ',').nth(2).unwrap().to_owned())
            .collect(),
        tally: tally.map(|key| receipt[key].clone()).to_vec(),
    }
}

/// The same records in every shape in which JSON can hold them.
fn shapes(records: &[String]) -> Vec<String> {
    let (lines, list) = (records.join("\n"), records.join(","));
    vec![
        lines.clone(),
        format!("\u{feff}{}\r\n", lines.replace('\n', "\r\n\r\n")),
        format!("[{list}]"),
        format!("\n[\n{}\n]\n", records.join(",\n")),
        format!("{{\"records\":[{list}]}}"),
        format!("{{ \"People\" :\r\n [ {list} ]\r\n}}\r\n"),
    ]
}

fn check(csv: &str, records: &[String]) {
    let expected = publish(csv.as_bytes(), Format::Auto);
    assert_eq!(publish(csv.as_bytes(), Format::Csv), expected);
    for shape in shapes(records) {
        assert_eq!(publish(shape.as_bytes(), Format::Auto), expected);
    }
    assert_eq!(publish(records.join("\n").as_bytes(), Format::Ndjson), expected);
    assert_eq!(publish(format!("[{}]", records.join(",")).as_bytes(), Format::Json), expected);
}

/// Each row of a CSV export as an object, every cell as the text that it is.
fn as_text(csv: &str) -> Vec<Map<String, Value>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let object = |row: csv::StringRecord| {
        header.iter().zip(&row).map(|(key, cell)| (key.to_owned(), json!(cell))).collect()
    };
    reader.records().map(|row| object(row.unwrap())).collect()
}

/// The value in another form that means the same: this number chooses.
fn reworded(key: &str, value: &Value, choice: u8) -> Value {
    let text = value.as_str().unwrap();
    let number = || text.parse::<u64>().ok().filter(|number| number.to_string() == text);
    match (text, choice % 3) {
        ("", 0) => Value::Null,
        ("yes", 0) => Value::Bool(true),
        ("no", 0) => Value::Bool(false),
        (_, 1) if key != "id" => number().map_or_else(|| value.clone(), |number| json!(number)),
        _ => value.clone(),
    }
}

/// An object as text, with its keys in this order and every other character of its strings escaped.
fn written(object: &Map<String, Value>, order: usize, escape: bool) -> String {
    let text = |text: &str| -> String {
        let escaped = |(at, c): (usize, char)| {
            let quoted = json!(c.to_string()).to_string();
            match u32::from(c) {
                code @ ..=0xffff if escape && at % 2 == 0 => format!("\\u{code:04x}"),
                _ => quoted[1..quoted.len() - 1].to_owned(),
            }
        };
        format!("\"{}\"", text.chars().enumerate().map(escaped).collect::<String>())
    };
    let mut entries: Vec<_> = object.iter().collect();
    let by = order % entries.len();
    entries.rotate_left(by);
    let entry = |(key, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), text);
        format!("{}:{value}", text(key))
    };
    format!("{{{}}}", entries.into_iter().map(entry).collect::<Vec<_>>().join(","))
}

#[test]
fn the_vectors_give_the_same_flags_in_every_format() {
    for export in [CLEAN, MESSY] {
        let records: Vec<String> =
            as_text(export).iter().map(|record| json!(record).to_string()).collect();
        check(export, &records);
    }
}

#[test]
fn the_sample_export_gives_the_same_flags_in_every_format() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/data");
    let [csv, json, ndjson] = ["csv", "json", "ndjson"].map(|format| {
        publish(&fs::read(data.join(format!("export.{format}"))).unwrap(), Format::Auto)
    });
    assert!(csv.flags.lines().count() > 450);
    assert_eq!(json, csv);
    assert_eq!(ndjson, csv);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn generated_people_give_the_same_flags_in_every_format(
        seed in 0_u64..1_000_000,
        people in 1_u64..40,
        choices in prop::collection::vec(any::<u8>(), 64),
        order in 0_usize..26,
        escape in any::<bool>(),
    ) {
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let mut csv = Vec::new();
        Population::new(seed, as_of).write_csv(0..people, &mut csv).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        let mut choice = choices.iter().cycle();
        let records: Vec<String> = as_text(&csv)
            .iter()
            .map(|record| {
                let record = record
                    .iter()
                    .map(|(key, value)| {
                        (key.clone(), reworded(key, value, *choice.next().unwrap()))
                    })
                    .collect();
                written(&record, order, escape)
            })
            .collect();
        check(&csv, &records);
    }
}
