//! The synthetic population: the same for ever, worded so that it reads back, and shaped as its
//! assumptions say.

use chrono::NaiveDate;
use expect_test::expect_file;
use overdose_risk::{Age, CaseStatus, Event, Fact, Field, Naloxone, Ost, Status, Unknown};
use overdose_risk_intake::{Caseload, Id};
use overdose_risk_testkit::population::assumptions::{self, ByGroup};
use overdose_risk_testkit::population::{COLUMNS, Group, Person, Population};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt::Write;
use std::io;
use std::ops::Range;

#[path = "population/shares.rs"]
mod shares;

const PEOPLE: u64 = 20_000;

fn population() -> Population {
    Population::new(1, NaiveDate::from_ymd_opt(2026, 3, 31).unwrap_or_default())
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory takes everything");
    String::from_utf8(out).expect("an export is text")
}

fn csv(population: Population, places: Range<u64>) -> String {
    written(|out| population.write_csv(places, out))
}

fn ndjson(population: Population, places: Range<u64>) -> String {
    written(|out| population.write_ndjson(places, out))
}

fn json(population: Population, places: Range<u64>) -> String {
    written(|out| population.write_json(places, out))
}

#[test]
fn the_example_exports_are_what_the_population_gives() {
    expect_file!["../../../examples/data/export.csv"].assert_eq(&csv(population(), 0..500));
    expect_file!["../../../examples/data/export.ndjson"].assert_eq(&ndjson(population(), 0..500));
    expect_file!["../../../examples/data/export.json"].assert_eq(&json(population(), 0..500));
}

#[test]
fn the_example_readme_states_every_assumption() {
    const BEGIN: &str = "<!-- assumptions: written by the test that checks them -->\n\n";
    let readme = include_str!("../../../examples/data/README.md");
    let (before, _) = readme.split_once(BEGIN).expect("the readme marks where the table begins");
    let mut wanted = format!(
        "{before}{BEGIN}| what | opiate | non-opiate | alcohol only | basis |\n|---|---|---|---|---|\n"
    );
    for line in assumptions::ALL {
        let ByGroup { opiate, non_opiate, alcohol_only } = line.shares;
        let (what, basis) = (line.what, line.basis);
        writeln!(wanted, "| {what} | {opiate} | {non_opiate} | {alcohol_only} | {basis} |")
            .expect("memory takes everything");
    }
    expect_file!["../../../examples/data/README.md"].assert_eq(&wanted);
}

#[test]
fn the_example_readme_states_the_shares_beside_the_table() {
    use assumptions::*;
    let readme = include_str!("../../../examples/data/README.md");
    for (share, of) in [
        (DAY_FIRST, "of dates are written DD/MM/YYYY"),
        (SAYS_NEVER, "of events that are not recorded say \"never\""),
        (MISSING_IS_BLANK, "of missing statuses are blank"),
        (NUMBER_AS_TEXT, "of ages and years of birth are strings"),
        (ANSWER_AS_BOOLEAN, "of answers of yes and no are booleans"),
        (BLANK_AS_TEXT, "of blanks are `\"\"`"),
    ] {
        let stated = format!("{} % {of}", f64::from(share) / 10.0);
        assert!(readme.contains(&stated), "{stated}");
    }
}

#[test]
fn the_columns_are_those_of_the_native_export() {
    let vectors = include_str!("../fixtures/vectors/clean.csv");
    let facts = COLUMNS.len() - Caseload::ALL.len();
    assert_eq!(vectors.lines().next(), Some(COLUMNS[..facts].join(",").as_str()));
    assert_eq!(COLUMNS[facts..], Caseload::ALL.map(Caseload::name));
}

#[test]
fn a_longer_population_begins_with_the_shorter_one() {
    let (short, long) = (csv(population(), 0..100), csv(population(), 0..300));
    assert!(long.starts_with(&short));
    let (short, long) = (ndjson(population(), 0..100), ndjson(population(), 0..300));
    assert!(long.starts_with(&short));
}

#[test]
fn any_slice_is_the_same_as_in_the_whole() {
    let whole: Vec<Person> = population().people(0..300).collect();
    for first in [0, 1, 17, 299] {
        assert!(population().people(first..300).eq(whole.iter().copied().skip(first as usize)));
    }
    assert_eq!(population().person(299), *whole.last().unwrap());
}

#[test]
fn another_seed_gives_other_people_with_other_ids() {
    let facts = |seed| {
        let people = Population::new(seed, population().as_of()).people(0..100);
        people.map(|person| *person.record()).collect::<Vec<_>>()
    };
    assert_ne!(facts(1), facts(2));
    assert_ne!(facts(1), facts(1 << 40));
    assert_ne!(
        Population::new(2, population().as_of()).person(0).id(),
        population().person(0).id()
    );
}

#[test]
fn ids_are_unique_valid_and_unlike_an_nhs_number() {
    let far = [u64::MAX - 1, u64::MAX / 2, 9_999_999, 10_000_000].map(|at| population().person(at));
    let largest_seed = Population::new(u64::MAX, population().as_of()).person(u64::MAX - 1);
    let mut ids = HashSet::new();
    for person in population().people(0..PEOPLE).chain(far).chain([largest_seed]) {
        let id = person.id();
        assert!((1..=64).contains(&id.len()), "{id}");
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{id}");
        assert!(id.starts_with('S'), "{id}");
        assert!(ids.insert(id));
    }
}

#[test]
fn no_cell_needs_quotes_or_escapes() {
    for line in csv(population(), 0..PEOPLE).lines() {
        assert_eq!(line.split(',').count(), COLUMNS.len(), "{line}");
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
        assert!(!line.contains(['"', '\\']), "{line}");
        assert!(line.split(',').all(|cell| cell.trim() == cell), "{line}");
    }
}

#[test]
fn a_json_object_says_what_the_csv_line_says() {
    let (seeds, people) = ([1, 7, u64::MAX], 5_000);
    for population in seeds.map(|seed| Population::new(seed, population().as_of())) {
        let lines = ndjson(population, 0..people);
        assert_eq!(lines.matches('\n').count() as u64, people);
        for (person, line) in population.people(0..people).zip(lines.lines()) {
            assert_eq!(keys(line), COLUMNS);
            let object: Map<String, Value> = serde_json::from_str(line).unwrap();
            for (column, cell) in COLUMNS.into_iter().zip(person.cells()) {
                assert_eq!(as_cell(&object[column]), cell, "{column}: {line}");
            }
        }
    }
}

/// The keys as they stand; a parsed object would forget their order, and those that come twice.
fn keys(object: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = object.split("\":").collect();
    parts.pop();
    parts.iter().map(|part| part.rsplit('"').next().unwrap()).collect()
}

/// What a CSV cell says in place of a JSON value.
fn as_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => panic!("{value} is not a cell"),
    }
}

#[test]
fn the_array_is_the_lines_with_commas_and_brackets() {
    for places in [0..1, 0..2, 0..300, 17..20] {
        let lines = ndjson(population(), places.clone());
        let array = json(population(), places.clone());
        assert_eq!(array, format!("[\n{}\n]\n", lines.trim_end().replace('\n', ",\n")));
        let people: Vec<Map<String, Value>> = serde_json::from_str(&array).unwrap();
        assert_eq!(people.len() as u64, places.end - places.start);
    }
}

#[test]
fn nobody_is_an_empty_array_no_line_or_a_header() {
    for nobody in [0..0, 17..17] {
        assert_eq!(json(population(), nobody.clone()), "[]\n");
        assert_eq!(ndjson(population(), nobody.clone()), "");
        assert_eq!(csv(population(), nobody), COLUMNS.join(",") + "\n");
    }
}

#[test]
fn every_column_is_written_in_every_way_that_is_meant_for_it_and_in_no_other() {
    let mut ways = HashSet::new();
    for line in ndjson(population(), 0..PEOPLE).lines() {
        let object: Map<String, Value> = serde_json::from_str(line).unwrap();
        ways.extend(COLUMNS.map(|column| match &object[column] {
            Value::Null => (column, "null"),
            Value::String(text) if text.is_empty() => (column, "empty string"),
            Value::String(_) => (column, "string"),
            Value::Number(_) => (column, "number"),
            Value::Bool(_) => (column, "boolean"),
            Value::Array(_) | Value::Object(_) => (column, "more than a cell"),
        }));
    }
    let answers = Field::ALL
        .into_iter()
        .filter(|field| matches!(population().person(0).record().fact(*field), Fact::YesNo(_)));
    let mut wanted = HashSet::from([("age", "number"), ("birth_year", "number"), ("id", "string")]);
    wanted.extend(answers.map(|field| (field.name(), "boolean")));
    for way in ["null", "empty string", "string"] {
        wanted.extend(COLUMNS.into_iter().skip(1).map(|column| (column, way)));
    }
    // Everybody has a service and a team, and not yet a worker.
    let is_blank =
        |(column, way): &(&str, &str)| matches!(*column, "service" | "team") && *way != "string";
    wanted.retain(|way| !is_blank(way));
    assert_eq!(ways, wanted);
}

#[test]
fn writing_many_people_takes_no_more_than_a_few_allocations() {
    for write in [Population::write_csv, Population::write_ndjson, Population::write_json] {
        let counted = allocation_counter::measure(|| {
            write(&population(), 0..2_000, &mut io::sink()).expect("a sink takes everything");
        });
        // The one line in memory grows to the longest in steps; a header takes a few more.
        assert!((1..20).contains(&counted.count_total), "{}", counted.count_total);
    }
}

#[test]
fn every_cell_says_what_the_record_holds() {
    for person in population().people(0..PEOPLE) {
        let cells = person.cells();
        let [id, age, band, born, rest @ ..] = &cells;
        assert_eq!(*id, person.id());
        assert_eq!(read_age([age, band, born]), person.record().age, "{cells:?}");
        let (facts, caseloads) = rest.split_at(Field::ALL.len() - 1);
        for (field, cell) in Field::ALL.into_iter().skip(1).zip(facts) {
            assert!(says(person.record().fact(field), cell), "{field}: {cell}");
        }
        for cell in caseloads {
            assert!(cell.is_empty() || Id::read(cell.as_bytes()).is_ok(), "{cell}");
        }
    }
}

fn read_age(cells: [&str; 3]) -> Status<Age> {
    let number = |text: &str| text.parse::<u8>().ok();
    let known = match cells {
        ["", "", ""] => return Status::default(),
        [years, "", ""] => number(years).and_then(|years| Age::years(years).ok()),
        ["", band, ""] => band
            .strip_suffix('+')
            .map(|from| (from, "120"))
            .or_else(|| band.split_once('-'))
            .and_then(|(from, to)| Age::between(number(from)?, number(to)?).ok()),
        ["", "", born] => born.parse().ok().map(Age::born_in),
        _ => None,
    };
    known.map_or_else(|| gap(cells[0]).map_or(Status::NotCollected, Status::Unknown), Status::Known)
}

fn gap(cell: &str) -> Option<Unknown> {
    match cell {
        "" | "unknown" | "not recorded" | "NA" => Some(Unknown::NotRecorded),
        "declined" | "refused" | "prefer not to say" => Some(Unknown::Declined),
        "?" | "tbc" | "x" => Some(Unknown::Unreadable),
        _ => None,
    }
}

fn date(cell: &str) -> Option<NaiveDate> {
    let form = if cell.contains('/') { "%d/%m/%Y" } else { "%Y-%m-%d" };
    NaiveDate::parse_from_str(cell, form).ok().filter(|_| cell.len() == 10)
}

fn says(fact: Fact, cell: &str) -> bool {
    fn status<T>(status: Status<T>, known: impl FnOnce(T) -> bool, cell: &str) -> bool {
        match status {
            Status::Known(value) => known(value),
            Status::Unknown(why) => gap(cell) == Some(why),
            Status::NotCollected => false,
        }
    }
    use overdose_risk::Code;
    match fact {
        Fact::Age(_) => true,
        Fact::Event(Event::On(day)) => date(cell) == Some(day),
        Fact::Event(Event::NoneRecorded) => matches!(cell, "" | "never" | "none"),
        Fact::Event(Event::Unknown { why, latest }) => {
            latest.is_none() && !cell.is_empty() && gap(cell) == Some(why)
        }
        Fact::Event(Event::NotCollected) => false,
        Fact::Date(it) => status(it, |day| date(cell) == Some(day), cell),
        Fact::OpioidUse(it) => status(it, |code| code.name() == cell, cell),
        Fact::Ost(it) => status(it, |code| code.name() == cell, cell),
        Fact::Naloxone(it) => status(it, |code| code.name() == cell, cell),
        Fact::Injecting(it) => status(it, |code| code.name() == cell, cell),
        Fact::YesNo(it) => status(it, |code| code.name() == cell, cell),
        Fact::Housing(it) => status(it, |code| code.name() == cell, cell),
        Fact::CaseStatus(it) => status(it, |code| code.name() == cell, cell),
    }
}

#[test]
fn a_planned_release_that_is_none_and_an_event_that_never_was_use_their_own_words() {
    let words = |column: &str| -> HashSet<String> {
        let place = COLUMNS.iter().position(|name| *name == column).unwrap();
        population().people(0..2_000).map(|person| person.cells()[place].clone()).collect()
    };
    assert!(words("prison_release_due").contains("none"));
    assert!(!words("prison_release_due").contains("never"));
    assert!(words("prison_release").contains("never"));
    assert!(!words("prison_release").contains("none"));
}

#[test]
fn facts_are_coherent() {
    let as_of = population().as_of();
    for person in population().people(0..PEOPLE) {
        let record = person.record();
        if record.ost.is(Ost::Prescribed) {
            assert_eq!(person.group(), Group::Opiate);
            assert!(!record.case_status.is(CaseStatus::Closed));
            let pair = (record.ost_started.latest(), record.ost_ended.latest());
            assert!(!matches!(pair, (Some(started), Some(ended)) if ended >= started));
        }
        if record.naloxone_expiry.known().is_some() {
            assert!(!record.naloxone.is(Naloxone::NotHeld));
        }
        if record.prison_release_due.latest().is_some_and(|due| due > as_of) {
            assert!(!record.case_status.is(CaseStatus::Open), "only people in custody");
        }
        let mut contradicted = Vec::new();
        let _ = record.as_read_on(as_of, |field| contradicted.push(field));
        assert!(contradicted.is_empty() || contradicted == [Field::Ost], "{contradicted:?}");
    }
}

#[test]
fn an_unusual_day_of_export_is_no_trouble() {
    let extremes = [(2000, 2, 29), (2024, 2, 29), (2999, 12, 31)];
    for (year, month, day) in extremes {
        let as_of = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        for person in Population::new(3, as_of).people(0..500) {
            let mut contradicted = Vec::new();
            let _ = person.record().as_read_on(as_of, |field| contradicted.push(field));
            assert!(contradicted.is_empty() || contradicted == [Field::Ost], "{contradicted:?}");
        }
    }
    let _ = csv(Population::new(3, NaiveDate::MIN), 0..500);
    let _ = csv(Population::new(3, NaiveDate::MAX), 0..500);
}
