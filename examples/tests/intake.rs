//! The nightly program over exports of other systems, ones that say who people are, and ones with
//! several rows of a person.

mod program;
mod service;

use service::{Service, ended, ids};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

const CANARY: &str = "Kanarienvogel9434765919";
const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone";
const MAPPING: &str = "\
name = \"example\"
[fields]
id = \"Ref\"
naloxone = \"Kit\"
";

/// Runs it with that on standard input.
fn run_on(service: &Service, export: &str, arguments: &[&str]) -> Output {
    let mut command = service.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(export.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn data(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)).unwrap()
}

#[test]
fn the_example_mapping_says_the_same_of_the_same_people_in_csv_and_in_json() {
    let night = |export: &str| {
        let mapping = data("example-cms.toml");
        let service = Service::with(&[(export, &data(export)), ("mapping.toml", &mapping)]);
        let said = ended(&service.run(&[export, "--profile", "mapping.toml"]), 0);
        assert!(said.contains(" 17 assessed, 0 died, 3 merged, 0 quarantined"), "{said}");
        let flags = service.published("flags.csv");
        let flags: BTreeSet<String> = flags.lines().map(str::to_owned).collect();
        let problems = service.published("problems.csv");
        let problems = problems.lines().map(|line| line.splitn(3, ',').last().unwrap().to_owned());
        let receipt: serde_json::Value =
            serde_json::from_str(&service.published("run.json")).unwrap();
        assert_eq!(receipt["inputs"][0]["profile"], "example-cms");
        (flags, problems.collect::<BTreeSet<_>>(), receipt["fields"].clone())
    };
    let [csv, json] = ["example-cms.csv", "example-cms.ndjson"].map(night);
    assert_eq!(csv.0.len(), 18);
    assert_eq!(csv.1.len(), 2);
    assert_eq!(csv, json);
}

#[test]
fn a_mapping_that_is_not_valid_ends_the_program_before_anything_is_read() {
    for (broken, code, says) in [
        (MAPPING.replace("Kit\"", "Kit"), 78, "\nline 4: this is not valid TOML"),
        (MAPPING.replace("naloxone", "naloxon"), 78, "\nline 4: no such field, naloxone may be"),
        (MAPPING.replace("[fields]", "colour = 1\n[fields]"), 78, "\nline 2: no such key"),
        (format!("{MAPPING}housing = \"Kit\"\nost_started = 7\n"), 78, "\nline 6: "),
    ] {
        let service = Service::with(&[("mapping.toml", &broken)]);
        let said = ended(&service.run(&["absent.csv", "--profile", "mapping.toml"]), code);
        assert!(said.contains(says), "{said}");
        assert!(!service.path("overdose-flags").exists());
    }
    let service = Service::with(&[("export.csv", HEADER)]);
    ended(&service.run(&["export.csv", "--profile", "absent.toml"]), 66);
}

#[test]
fn an_export_that_says_who_people_are_is_refused_and_one_without_those_columns_is_not() {
    let row = format!("p-1,44,current,prescribed,,held,{CANARY}");
    let csv = format!("{HEADER},Client Surname\n{row}\n{row}\n");
    let json = format!(
        r#"[{{"id": "p-1", "age": 44, "ost": null, "prison_release": null, "naloxone": "held",
        "opioid_use": "current", "patient": {{"name": [{{"family": "{CANARY}"}}]}}}}]"#
    );
    for export in [csv, json] {
        let service = Service::with(&[("export", &export)]);
        let said = ended(&service.run(&["export"]), 77);
        assert!(said.contains(" 7 names a direct identifier (name)"), "{said}");
        assert!(!said.contains(CANARY) && service.written().is_empty());
        let said = ended(&service.run(&["export", "--drop-identifiers"]), 0);
        assert_eq!(ids(&service.published("flags.csv")), ["p-1"]);
        assert_eq!(service.written().len(), 9);
        for said in service.written().iter().chain([&said]) {
            assert!(!said.contains(CANARY), "{said}");
        }
    }
}

#[test]
fn a_column_that_is_dropped_is_read_for_no_field() {
    let mapping = "name = \"example\"\n[fields]\nid = \"Ref\"\nage = \"Age\"\nprison_release = \"Prison\"\n\
        naloxone = \"Kit\"\nopioid_use = [\"Client Name\", \"Opioids\"]\n";
    let csv = "Ref,Age,Prison,Kit,Client Name,Opioids\np-1,44,,held,none,current\n";
    let json = "{\"Ref\": \"p-1\", \"Age\": 44, \"Prison\": null, \"Kit\": \"held\", \
        \"Client Name\": \"none\", \"Opioids\": \"current\"}";
    for export in [csv, json] {
        let service = Service::with(&[("export", export), ("mapping.toml", mapping)]);
        let arguments = ["export", "--profile", "mapping.toml"];
        ended(&service.run(&arguments), 77);
        ended(&service.run(&[&arguments[..], &["--drop-identifiers"]].concat()), 0);
        let flags = service.published("flags.csv");
        assert!(flags.contains(";opioid-use:"), "{flags}");
    }
}

/// Several thousand people, each with a row at the beginning and one at the end.
fn repeated() -> String {
    let rows =
        |facts: &str| -> String { (0..3_000).map(|id| format!("p-{id},44,{facts}\n")).collect() };
    let [before, after] =
        ["current,prescribed,,held", "current,prescribed,2026-03-28,not_held"].map(rows);
    format!("{HEADER}\n{before}{after}")
}

#[test]
fn people_with_several_rows_are_the_same_on_standard_input() {
    let export = repeated();
    let service = Service::with(&[("export.csv", &export)]);
    let said = ended(&service.run(&["export.csv"]), 0);
    assert!(said.contains("6000 records: 3000 assessed, 0 died, 3000 merged"), "{said}");
    ended(&run_on(&service, &export, &["-"]), 0);
    for name in ["flags.csv", "flags.ndjson"] {
        assert_eq!(service.read("2026-03-31.2", name), service.published(name));
    }
    let problems = service.published("problems.csv").replace("export.csv,", "-,");
    assert_eq!(service.read("2026-03-31.2", "problems.csv"), problems);
    // Nothing is left of the copy that was read again: two runs, `LATEST` and the lock.
    assert_eq!(fs::read_dir(service.path("overdose-flags")).unwrap().count(), 4);
}

#[cfg(unix)]
#[test]
fn people_with_several_rows_are_the_same_through_a_pipe_with_a_name() {
    let export = repeated();
    let service = Service::with(&[("export.csv", &export)]);
    ended(&service.run(&["export.csv"]), 0);
    let pipe = service.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn(move || fs::write(pipe, export).unwrap());
    ended(&service.run(&["pipe"]), 0);
    writer.join().unwrap();
    assert_eq!(service.read("2026-03-31.2", "flags.csv"), service.published("flags.csv"));
}

#[test]
fn a_field_can_be_waived_of_json_on_standard_input() {
    let records = r#"[{"id": "p-1", "age": 44, "opioid_use": "current", "naloxone": "held"},
        {"id": "p-2", "age": 31, "opioid_use": "current", "naloxone": null},
        {"id": "p-1", "age": 44, "naloxone": "not_held"}]"#;
    let service = Service::with(&[]);
    ended(&run_on(&service, records, &["-"]), 65);
    let said = ended(&run_on(&service, records, &["-", "--without", "prison_release"]), 0);
    assert!(said.contains("WAIVED: nobody could be assessed for prison_release."), "{said}");
    let flags = service.published("flags.csv");
    assert_eq!(ids(&flags), ["p-1", "p-2"]);
    assert!(flags.lines().skip(1).all(|row| row.ends_with(",prison_release")), "{flags}");
    assert!(service.published("problems.csv").contains("-,1,p-1,naloxone,rows-disagree"));
}
