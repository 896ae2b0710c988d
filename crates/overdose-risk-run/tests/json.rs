//! Runs over JSON exports: what refuses them, what is published in part, what a waiver does.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::Principal;
use overdose_risk_run::{Error, ErrorKind, Format, Job, Program, Published, run};
use serde_json::{Value, json};
use std::fs;
use std::ops::ControlFlow;
use tempfile::TempDir;

struct Service(TempDir);

impl Service {
    fn with(export: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("export.json"), export).unwrap();
        Self(folder)
    }

    fn job(&self) -> Job {
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let exports = vec![self.0.path().join("export.json")];
        let mut job = Job::new(program, exports, as_of, self.0.path().join("out"));
        // Of a few records, one is many per cent.
        job.max_quarantine = 100;
        job
    }

    fn run_with(&self, change: impl FnOnce(&mut Job)) -> Result<Published, Error> {
        let mut job = self.job();
        change(&mut job);
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
    }

    fn run(&self) -> Result<Published, Error> {
        self.run_with(|_| {})
    }
}

fn read(published: &Published, name: &str) -> String {
    fs::read_to_string(published.folder().join(name)).unwrap()
}

fn receipt(published: &Published) -> Value {
    serde_json::from_str(&read(published, "run.json")).unwrap()
}

fn person(id: &str) -> Value {
    json!({
        "id": id, "age": 44, "opioid_use": "current", "ost": null, "prison_release": "2026-03-28",
        "naloxone": "held", "case_status": "open"
    })
}

fn refused(error: &Error, says: &str) {
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(error.to_string().contains(says), "{error}");
    assert!(error.to_string().ends_with("\nnothing was published"), "{error}");
}

#[test]
fn a_broken_array_publishes_nothing_unless_a_part_is_asked_for() {
    let whole = format!("[{},\n{}]", person("p-1"), person("p-2"));
    for broken in [
        whole[..whole.len() - 20].to_owned(),
        whole.replacen("\"ost\":null", "\"ost\":nil", 2).replacen("nil", "null", 1),
        format!("{whole} and more"),
        whole.replacen("}]", "}}]", 1),
    ] {
        let service = Service::with(&broken);
        let error = service.run().unwrap_err();
        refused(&error, "--allow-partial publishes those alone");
        assert!(!service.job().out.join("LATEST").exists());

        let published = service.run_with(|job| job.allow_partial = true).unwrap();
        let receipt = receipt(&published);
        assert_eq!(receipt["complete"], false, "{broken}");
        assert_eq!(receipt["exit_code"], 3);
        assert!(
            receipt["inputs"][0]["breaks_off"].as_str().unwrap().contains("on line 2"),
            "{receipt}"
        );
        assert!(read(&published, "flags.csv").contains("\np-1,act-now"));
        assert!(published.to_string().contains("\nINCOMPLETE: "), "{published}");
        assert_eq!(
            read(&published, "quarantine.csv").lines().last().unwrap(),
            "export.json,2,,breaks-off"
        );
        // The whole file is in the receipt, and not only the part that was read.
        assert_eq!(receipt["inputs"][0]["bytes"], broken.len());
    }
    // Where nobody is before the break, or a field that is missing may stand behind it, that is said.
    for cut in [
        whole[..40].to_owned(),
        "[".to_owned(),
        format!("[{{\"id\":\"p-1\",\"age\":44}},{}", &whole[..40]),
    ] {
        for allow_partial in [false, true] {
            let service = Service::with(&cut);
            let error = service.run_with(|job| job.allow_partial = allow_partial).unwrap_err();
            refused(&error, "breaks off");
        }
    }
    let receipt = receipt(&Service::with(&whole).run_with(|job| job.allow_partial = true).unwrap());
    assert_eq!((&receipt["complete"], &receipt["exit_code"]), (&json!(true), &json!(0)));
    assert!(receipt["inputs"][0].get("breaks_off").is_none());
}

#[test]
fn a_broken_line_of_ndjson_costs_itself_alone() {
    let export = format!("{}\n{{oops}}\n{}\n", person("p-1"), person("p-2"));
    let service = Service::with(&export);
    let published = service.run().unwrap();
    let receipt = receipt(&published);
    assert_eq!(
        receipt["records"],
        json!({ "read": 3, "assessed": 2, "died": 0, "merged": 0, "without_consent": 0, "quarantined": 1,
            "blank": 0 })
    );
    assert_eq!(
        (&receipt["exit_code"], &receipt["inputs"][0]["format"]),
        (&json!(3), &json!("ndjson"))
    );
    assert_eq!(
        read(&published, "quarantine.csv"),
        "source,line,id,kind\nexport.json,2,,not-json\n"
    );
}

#[test]
fn a_field_that_no_record_has_is_waived_on_every_row_and_one_that_some_record_has_is_not() {
    let without_naloxone = |id: &str| {
        let mut person = person(id);
        person.as_object_mut().unwrap().remove("naloxone");
        person
    };
    let service =
        Service::with(&format!("[{},{}]", without_naloxone("p-1"), without_naloxone("p-2")));
    refused(&service.run().unwrap_err(), "pass --without naloxone");
    let waive = |job: &mut Job| job.without = vec![Principal::Naloxone];
    let published = service.run_with(waive).unwrap();
    assert_eq!(receipt(&published)["waived"], json!(["naloxone"]));
    let flags = read(&published, "flags.csv");
    assert!(flags.lines().skip(1).all(|row| row.ends_with(",naloxone")), "{flags}");
    assert!(
        read(&published, "flags.ndjson").lines().all(|l| l.contains(r#""waived":["naloxone"]"#))
    );

    let service = Service::with(&format!("[{},{}]", without_naloxone("p-1"), person("p-2")));
    let published = service.run_with(waive).unwrap();
    assert_eq!(receipt(&published)["waived"], json!([]));
    assert!(read(&published, "flags.csv").starts_with("id,tier,points,could_reach,could_points,"));
    assert!(!read(&published, "flags.csv").contains("waived"));
    assert_eq!(read(&published, "flags.csv"), read(&service.run().unwrap(), "flags.csv"));
}

#[test]
fn an_export_that_gets_a_waived_field_while_it_is_read_is_refused() {
    let mut bare = person("p");
    bare.as_object_mut().unwrap().remove("naloxone");
    // More than is looked at before the first record.
    let lines: String = (0..20_000)
        .map(|n| {
            bare["id"] = json!(format!("p-{n}"));
            format!("{bare}\n")
        })
        .collect();
    let service = Service::with(&lines);
    let mut job = service.job();
    job.without = vec![Principal::Naloxone];
    let mut grow = |_| {
        fs::write(&job.exports[0], format!("{lines}{}\n", person("late"))).unwrap();
        ControlFlow::Continue(())
    };
    let error = run(&job, Policy::practice_principles(), &mut grow).unwrap_err();
    refused(&error, "it changed while it was read");
}

#[test]
fn what_some_records_leave_out_is_said_and_so_is_what_none_has() {
    let mut bare = person("p-2");
    bare.as_object_mut().unwrap().remove("case_status");
    let said = Service::with(&format!("[{},{bare}]", person("p-1"))).run().unwrap().to_string();
    assert!(said.contains("not asked about there: case_status (1). Write null"), "{said}");
    assert!(said.contains("\nNot in this export: ost_started, "), "{said}");
    assert!(!said.contains("nobody is recognised as having died"), "{said}");
    let said = Service::with(&bare.to_string()).run().unwrap().to_string();
    assert!(said.contains("nobody is recognised as having died"), "{said}");
    assert!(!said.contains("LEFT OUT"), "{said}");
}

#[test]
fn keys_that_are_not_read_are_counted_in_the_order_in_which_they_first_appear() {
    let mut other = person("p-1");
    other["notes"] = json!("a");
    other["housng"] = json!("settled");
    let service = Service::with(&other.to_string());
    let published = service.run().unwrap();
    let keys: Vec<&String> = other.as_object().unwrap().keys().collect();
    let place = |key: &str| keys.iter().position(|other| *other == key).unwrap() + 1;
    let receipt = receipt(&published);
    let (notes, housing) = (place("notes"), place("housng"));
    let mut unread = [notes, housing];
    unread.sort_unstable();
    assert_eq!(receipt["inputs"][0]["unread_columns"], json!(unread));
    assert_eq!(
        receipt["inputs"][0]["near_misses"],
        json!([{ "position": housing, "column": "housing" }])
    );
    let said = published.to_string();
    assert!(
        said.contains(&format!("Key {housing} is not read; it is almost named housing.")),
        "{said}"
    );
    assert!(
        said.contains("Keys that are not read, in the order in which they first appear: "),
        "{said}"
    );
}

#[test]
fn the_format_that_is_asked_for_is_the_one_that_is_read() {
    let line = person("p-1").to_string();
    let formats = |export: &str, format| {
        let service = Service::with(export);
        service
            .run_with(|job| job.format = format)
            .map(|published| receipt(&published)["inputs"][0]["format"].clone())
    };
    assert_eq!(formats(&line, Format::Auto).unwrap(), "ndjson");
    assert_eq!(formats(&format!("[{line}]"), Format::Auto).unwrap(), "json");
    assert_eq!(formats(&format!("[{line}]"), Format::Json).unwrap(), "json");
    refused(&formats(&line, Format::Json).unwrap_err(), "neither an array of records");
    refused(&formats(&format!("[{line}]"), Format::Ndjson).unwrap_err(), "line 1, not-an-object");
    refused(&formats(&line, Format::Csv).unwrap_err(), "it is JSON and not CSV");
    refused(&formats("[]", Format::Auto).unwrap_err(), "it has no records");
    refused(&formats("{\"records\": []}", Format::Auto).unwrap_err(), "it has no records");
    refused(&formats("{}", Format::Auto).unwrap_err(), "line 1, id-missing");
}
