//! Policy files beside the rest of the workspace: the default as a file gives the results of the one
//! that is built in, and the example is a policy.

use chrono::NaiveDate;
use overdose_risk::{Policy, assess};
use overdose_risk_csv::{Export, FlagsWriter};
use overdose_risk_intake::{Entry, Intake};
use overdose_risk_policy::read_policy;

macro_rules! pack {
    ($($name:literal),*) => {
        [$(include_str!(concat!("../conformance/practice-principles-1/", $name))),*]
    };
}

const PACK: [&str; 3] = pack!("records.csv", "minimal.csv", "minimal-ost.csv");
const VECTORS: [&str; 2] =
    [include_str!("../fixtures/vectors/clean.csv"), include_str!("../fixtures/vectors/messy.csv")];
const EXAMPLE: &str = include_str!("../../../examples/data/example-policy.toml");

/// `flags.csv` for an export.
fn flags(export: &str, policy: &Policy) -> String {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut flags = FlagsWriter::new(Vec::new(), &[]).unwrap();
    let mut export = Export::open(export.as_bytes(), as_of, &Intake::default()).unwrap();
    while let Some(row) = export.read(&mut |_| {}).unwrap() {
        let Entry::Person(person) = row.entry else { panic!("line {}", row.line) };
        let record = person.facts.record(&mut |_| {});
        flags.write(person.id, &assess(&record, as_of, policy)).unwrap();
    }
    String::from_utf8(flags.finish().unwrap()).unwrap()
}

#[test]
fn the_default_as_a_file_gives_the_results_of_the_default() {
    let default = Policy::practice_principles();
    let base = "based_on = \"practice-principles\"\nbased_on_version = 1\n";
    for file in [base, &default.canonical(), &default.with_sources()] {
        let policy = read_policy(file).unwrap();
        for export in PACK.into_iter().chain(VECTORS) {
            assert_eq!(flags(export, &policy), flags(export, default));
        }
    }
}

#[test]
fn the_example_is_a_policy_that_changes_what_it_names() {
    let policy = read_policy(EXAMPLE).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((policy.name(), policy.version()), ("example-service", 3));
    let [records, ..] = PACK;
    assert_ne!(flags(records, &policy), flags(records, Policy::practice_principles()));
    // Each of its tables changes something: none is left out of what differs.
    let tables = |text: &str| {
        let mut tables: Vec<String> =
            text.lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect();
        tables.sort();
        tables
    };
    assert_eq!(tables(EXAMPLE), tables(&policy.changes()));
}
