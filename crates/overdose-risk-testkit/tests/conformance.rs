//! The conformance pack: the frozen results are what this workspace gives, its files agree with one
//! another, and nothing that the policy can say is missing from it.

use chrono::NaiveDate;
use overdose_risk::{FACTORS, Fact, Field, Policy, Record, Tier, assess};
use overdose_risk_csv::{self as csv, FlagsWriter};
use overdose_risk_intake::{Column, Entry, Intake, Problem, ProblemKind, Row};
use overdose_risk_json as json;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Debug;

/// An export and what it leads to, in both formats.
struct Pack {
    records: &'static str,
    records_ndjson: &'static str,
    expected: &'static str,
    expected_ndjson: &'static str,
    problems: &'static str,
}

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../conformance/practice-principles-1/", $name))
    };
}

const RECORDS: Pack = Pack {
    records: file!("records.csv"),
    records_ndjson: file!("records.ndjson"),
    expected: file!("expected.csv"),
    expected_ndjson: file!("expected.ndjson"),
    problems: file!("problems.csv"),
};
const MINIMAL: Pack = Pack {
    records: file!("minimal.csv"),
    records_ndjson: file!("minimal.ndjson"),
    expected: file!("minimal.expected.csv"),
    expected_ndjson: file!("minimal.expected.ndjson"),
    problems: file!("minimal.problems.csv"),
};
const MINIMAL_OST: Pack = Pack {
    records: file!("minimal-ost.csv"),
    records_ndjson: file!("minimal-ost.ndjson"),
    expected: file!("minimal-ost.expected.csv"),
    expected_ndjson: file!("minimal-ost.expected.ndjson"),
    problems: file!("minimal-ost.problems.csv"),
};
const PACKS: [Pack; 3] = [RECORDS, MINIMAL, MINIMAL_OST];

/// Cells, row by row; the first row is the header.
type Table = Vec<Vec<String>>;

fn table(csv: &str) -> Table {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The cells of one column, without its header.
fn column(table: &Table, name: &str) -> Vec<String> {
    let (header, rows) = table.split_first().unwrap();
    let at = header.iter().position(|column| column == name).unwrap();
    rows.iter().map(|row| row[at].clone()).collect()
}

/// The items of every list in one column, each once.
fn items(table: &Table, name: &str) -> BTreeSet<String> {
    let cells = column(table, name);
    let items = cells.iter().flat_map(|cell| cell.split(';')).filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

fn names<T: ToString>(named: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    named.into_iter().map(|name| name.to_string()).collect()
}

/// `flags.csv` for an export, and its problems with the columns of the pack. Nobody who died has a
/// row in either; one person's problems stand in the order of the columns.
struct Results {
    flags: FlagsWriter<Vec<u8>>,
    problems: String,
}

impl Results {
    fn of_csv(export: &str) -> [String; 2] {
        let mut results = Self::new();
        let mut export = csv::Export::open(export.as_bytes(), as_of(), &Intake::default()).unwrap();
        let mut problems = Vec::new();
        while let Some(row) = export.read(&mut |problem| problems.push(problem)).unwrap() {
            results.take(row, problems.drain(..));
        }
        results.finish()
    }

    fn of_ndjson(export: &str) -> [String; 2] {
        let mut results = Self::new();
        let mut export =
            json::Export::open(export.as_bytes(), as_of(), None, &Intake::default()).unwrap();
        let mut problems = Vec::new();
        while let Some(row) = export.read(&mut |problem| problems.push(problem)).unwrap() {
            results.take(row, problems.drain(..));
        }
        results.finish()
    }

    fn new() -> Self {
        let flags = FlagsWriter::new(Vec::new(), &[]).unwrap();
        Self { flags, problems: String::from("id,field,kind\n") }
    }

    fn take(&mut self, row: Row<'_>, problems: impl Iterator<Item = Problem>) {
        let Entry::Person(person) = row.entry else { panic!("line {}", row.line) };
        if person.facts.has_died() {
            return;
        }
        let mut problems: Vec<Problem> = problems.collect();
        let record = person.facts.record(&mut |problem| problems.push(problem));
        problems.sort_by_key(|problem| problem.column.index());
        for problem in problems {
            self.problems += &format!("{},{},{}\n", person.id, problem.column, problem.kind);
        }
        let assessment = assess(&record, as_of(), Policy::practice_principles());
        self.flags.write(person.id, &assessment).unwrap();
    }

    fn finish(self) -> [String; 2] {
        [String::from_utf8(self.flags.finish().unwrap()).unwrap(), self.problems]
    }
}

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// Every byte of a text, line by line.
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

/// Row by row, so that a difference shows one person and not all of them.
fn assert_same<T: PartialEq + Debug>(ours: &[T], frozen: &[T]) {
    for (ours, frozen) in ours.iter().zip(frozen) {
        assert_eq!(ours, frozen);
    }
    assert_eq!(ours.len(), frozen.len());
}

#[test]
fn the_results_are_the_frozen_ones_to_the_byte() {
    for pack in PACKS {
        for [flags, problems] in
            [Results::of_csv(pack.records), Results::of_ndjson(pack.records_ndjson)]
        {
            // The pack was frozen when no label had a fingerprint, which names the words as well.
            let fingerprint = format!("#{:.12}", Policy::practice_principles().fingerprint());
            let flags = flags.replace(&fingerprint, "");
            assert_same(&lines(&flags), &lines(pack.expected));
            assert_same(&lines(&problems), &lines(pack.problems));
        }
    }
}

fn objects(ndjson: &str) -> Vec<serde_json::Map<String, Value>> {
    ndjson.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Objects as the CSV that holds the same, in the order of `header`. They have these keys and no
/// others.
fn as_table(ndjson: &str, header: &[String], cell: fn(&str, &Value) -> String) -> Table {
    let mut table = vec![header.to_vec()];
    for object in objects(ndjson) {
        assert_eq!(names(object.keys()), names(header), "{}", object["id"]);
        table.push(header.iter().map(|key| cell(key, &object[key])).collect());
    }
    table
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A result as its cell in `expected.csv`, if it has the type that the key should have.
fn result_cell(key: &str, value: &Value) -> String {
    let list = |item: fn(&Value) -> String| {
        value.as_array().unwrap().iter().map(item).collect::<Vec<_>>().join(";")
    };
    match key {
        "points" | "could_points" => value.as_u64().unwrap().to_string(),
        "naloxone_gap" => value.as_bool().unwrap().to_string(),
        "reasons" => list(reason),
        "unknowns" => list(|field| text(field).to_owned()),
        "valid_until" if value.is_null() => String::new(),
        _ => {
            assert_ne!(text(value), "");
            text(value).to_owned()
        }
    }
}

fn reason(reason: &Value) -> String {
    let reason = reason.as_object().unwrap();
    assert_eq!(names(reason.keys()), names(["factor", "level", "points"]));
    let points = reason["points"].as_u64().unwrap();
    format!("{}:{}:{points}", text(&reason["factor"]), text(&reason["level"]))
}

#[test]
fn typed_results_say_the_same_as_the_rows() {
    for pack in PACKS {
        let expected = table(pack.expected);
        assert_same(&as_table(pack.expected_ndjson, &expected[0], result_cell), &expected);
    }
}

#[test]
fn every_level_of_every_factor_is_somebodys_reason() {
    let levels = |factor: &'static overdose_risk::factor::Factor| {
        factor.levels.iter().map(move |level| format!("{}:{}", factor.name, level.name))
    };
    let every: BTreeSet<String> = FACTORS.iter().flat_map(|factor| levels(factor)).collect();
    let reasons = items(&table(RECORDS.expected), "reasons");
    let shown = reasons.iter().map(|reason| reason.rsplit_once(':').unwrap().0);
    assert_eq!(names(shown), every);
}

#[test]
fn every_tier_is_somebodys_tier_and_every_bound_somebodys_bound() {
    let expected = table(RECORDS.expected);
    assert_eq!(items(&expected, "tier"), names(Tier::ALL));
    let bounds = Tier::ALL.into_iter().filter(|tier| *tier != Tier::NotEnoughInformation);
    assert_eq!(items(&expected, "could_reach"), names(bounds));
}

/// Nothing follows from not knowing these.
const NEVER_ASKED: [Field; 2] = [Field::PrisonReleaseDue, Field::CaseStatus];

#[test]
fn every_field_that_can_be_asked_about_is_asked_about() {
    let asked = Field::ALL.into_iter().filter(|field| !NEVER_ASKED.contains(field));
    assert_eq!(items(&table(RECORDS.expected), "unknowns"), names(asked));
}

/// Dates can lie where they cannot be true, a year of birth can make nobody, and treatment can be
/// prescribed and ended.
fn can_be_contradictory(column: Column) -> bool {
    match column {
        Column::BirthYear | Column::Fact(Field::Ost) => true,
        Column::Fact(field) => {
            matches!(Record::default().fact(field), Fact::Event(_) | Fact::Date(_))
        }
        Column::Id | Column::AgeBand | Column::RecordedOn | Column::Caseload(_) => false,
    }
}

/// The columns of which an assessment is made; when a row was recorded matters to other rows alone.
fn facts() -> impl Iterator<Item = Column> {
    let is_other =
        |column: &Column| matches!(column, Column::Id | Column::RecordedOn | Column::Caseload(_));
    Column::all().filter(move |column| !is_other(column))
}

#[test]
fn every_column_has_every_kind_of_problem_that_it_can_have() {
    let contradictory = facts().filter(|column| can_be_contradictory(*column));
    let every = facts()
        .map(|column| (column, ProblemKind::Unreadable))
        .chain(contradictory.map(|column| (column, ProblemKind::Contradictory)))
        .map(|(column, kind)| format!("{column},{kind}"));
    let problems = table(RECORDS.problems);
    assert_eq!(names(problems[1..].iter().map(|row| row[1..].join(","))), names(every));
}

#[test]
fn every_column_says_that_it_is_blank_unknown_and_declined() {
    let records = table(RECORDS.records);
    for fact in facts() {
        let cells = column(&records, fact.name());
        for unknown in ["", "unknown", "declined"] {
            assert!(cells.iter().any(|cell| cell == unknown), "{fact}: {unknown:?}");
        }
    }
}

#[test]
fn every_value_of_every_vocabulary_is_in_somebodys_record() {
    let records = table(RECORDS.records);
    for field in Field::ALL {
        let cells = column(&records, field.name());
        for value in Record::default().fact(field).vocabulary().into_iter().flatten() {
            assert!(cells.iter().any(|cell| cell == value), "{field}: {value}");
        }
    }
}

#[test]
fn the_readme_counts_the_people() {
    let readme = include_str!("../conformance/README.md");
    let people = |csv| table(csv).len() - 1;
    for pack in PACKS {
        assert!(readme.contains(&format!("{} invented people", people(pack.records))));
    }
    assert!(readme.contains(&format!("the {} people", people(RECORDS.expected))));
    let all: usize = PACKS.iter().map(|pack| people(pack.records)).sum();
    assert!(include_str!("../../../README.md").contains(&format!("{all} frozen records")));
}

/// A fact as its cell in the CSV that holds the same facts.
fn fact_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.as_u64().unwrap().to_string(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => panic!("a fact is no list and no object"),
    }
}

#[test]
fn both_formats_hold_the_same_facts() {
    for pack in PACKS {
        let records = table(pack.records);
        let cells = as_table(pack.records_ndjson, &records[0], |_, fact| fact_cell(fact));
        assert_same(&cells, &records);
    }
}

#[test]
fn the_json_uses_every_type_that_a_fact_can_have() {
    let type_of = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "number",
        Value::String(text) if text.is_empty() => "empty string",
        Value::String(_) => "string",
        Value::Array(_) | Value::Object(_) => "none of a fact",
    };
    let records = objects(RECORDS.records_ndjson);
    let types: BTreeSet<_> =
        records.iter().flat_map(|record| record.values()).map(type_of).collect();
    let every = ["null", "true or false", "number", "empty string", "string"];
    assert_eq!(names(types), names(every));
}
