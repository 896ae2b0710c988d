//! The people of an export without a run: those whom a run assesses, and no others.

use chrono::NaiveDate;
use overdose_risk::{Policy, Record, assess};
use overdose_risk_csv::FlagsWriter;
use overdose_risk_intake::{Id, Mapping, Principal, Profile};
use overdose_risk_run::{Error, ErrorKind, Job, Previous, Program, Reading, people, run};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const CANARY: &str = "Kanarienvogel9434765919";

const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone,case_status\n";

/// A folder with an export in it, and a job for it whose output folder is never to be there.
struct Service {
    folder: TempDir,
    job: Job,
}

impl Service {
    fn of(exports: Vec<PathBuf>) -> Self {
        let folder = TempDir::new().unwrap();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let mut job = Job::new(program, exports, as_of, folder.path().join("out"));
        // Of a few records, one is many per cent.
        job.max_quarantine = 100;
        Self { folder, job }
    }

    fn with(export: impl AsRef<[u8]>) -> Self {
        let mut service = Self::of(Vec::new());
        service.job.exports = vec![service.folder.path().join("export.csv")];
        fs::write(&service.job.exports[0], export).unwrap();
        service
    }

    /// `flags.csv` of those people, and what was read.
    fn flags(&self) -> Result<(Vec<u8>, Reading), Error> {
        let begin = |waived: &[Principal]| FlagsWriter::new(Vec::new(), waived).unwrap();
        let take = |flags: &mut FlagsWriter<Vec<u8>>, id: Id<'_>, record: &Record| {
            let policy = Policy::practice_principles();
            flags.write(id, &assess(record, self.job.as_of, policy)).unwrap();
        };
        let read = people(&self.job, begin, take, &mut |_| ControlFlow::Continue(()));
        assert!(!self.job.out.exists());
        read.map(|(flags, reading)| (flags.finish().unwrap(), reading))
    }

    fn ids(&self) -> Vec<String> {
        let take = |ids: &mut Vec<String>, id: Id<'_>, _: &Record| ids.push(id.to_string());
        people(&self.job, |_| Vec::new(), take, &mut |_| ControlFlow::Continue(())).unwrap().0
    }

    /// What is refused the same way by both.
    fn refused(&self) -> Error {
        let error = self.flags().unwrap_err();
        let of_run = self.run().unwrap_err();
        assert_eq!(error.kind(), of_run.kind(), "{error}\n{of_run}");
        for said in [error.to_string(), format!("{error:?}")] {
            assert!(!said.contains(CANARY), "{said}");
        }
        error
    }

    /// `flags.csv` of a run and its receipt.
    fn run(&self) -> Result<(Vec<u8>, Value), Error> {
        let job = &self.job;
        let published =
            run(job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))?;
        let read = |name| fs::read(published.folder().join(name)).unwrap();
        let (flags, receipt) = (read("flags.csv"), read("run.json"));
        fs::remove_dir_all(&job.out).unwrap();
        Ok((flags, serde_json::from_slice(&receipt).unwrap()))
    }

    /// Holds what is handed over and what is said against a run.
    fn is_as_a_run(&self) -> Value {
        let (flags, reading) = self.flags().unwrap();
        let (of_run, receipt) = self.run().unwrap();
        // Not in the message: it would be everything.
        assert!(flags == of_run);
        let said = json!({
            "complete": reading.is_complete(),
            "inputs": reading.inputs,
            "records": reading.records,
            "merged_saying_nothing_new": reading.merged_saying_nothing_new,
            "quarantined": reading.quarantined,
            "partly_read": reading.partly_read,
            "problems": reading.problems,
            "caseloads": reading.caseloads,
            "waived": reading.waived,
        });
        for (key, said) in said.as_object().unwrap() {
            assert_eq!(*said, receipt[key], "{key}");
        }
        said
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data").join(name)
}

#[test]
fn they_are_those_whom_a_run_of_each_sample_export_assesses() {
    let mapping = Mapping::from_toml(&fs::read_to_string(data("example-cms.toml")).unwrap());
    let example = Profile::Mapped(Arc::new(mapping.unwrap()));
    for (exports, profile, merged) in [
        (&["export.csv"][..], Profile::Auto, 0),
        (&["export.json"], Profile::Auto, 0),
        (&["export.ndjson"], Profile::Auto, 0),
        (&["export.csv", "export.ndjson"], Profile::Native, 500),
        (&["ndtms.csv"], Profile::Auto, 96),
        (&["example-cms.csv"], example.clone(), 3),
        (&["example-cms.ndjson", "example-cms.csv"], example, 23),
    ] {
        let mut service = Service::of(exports.iter().map(|name| data(name)).collect());
        service.job.profile = profile;
        let said = service.is_as_a_run();
        assert_eq!(said["records"]["merged"], merged, "{exports:?}");
        assert!(said["records"]["assessed"].as_u64().unwrap() > 10, "{exports:?}");
    }
}

#[test]
fn what_was_handed_over_before_an_id_repeated_is_void() {
    let first = "p-1,44,current,prescribed,,held,open\np-2,31,past,,,held,open\n";
    let last = "p-1,44,current,prescribed,2026-03-28,held,open\n";
    let service = Service::with(format!("{HEADER}{first}{last}"));
    assert_eq!(service.ids(), ["p-1", "p-2"]);
    let mut begun = 0;
    let begin = |_: &[Principal]| {
        begun += 1;
        Vec::new()
    };
    let take = |records: &mut Vec<Record>, _: Id<'_>, record: &Record| records.push(*record);
    let progress = &mut |_| ControlFlow::Continue(());
    let (records, reading) = people(&service.job, begin, take, progress).unwrap();
    assert_eq!((begun, records.len()), (2, 2));
    let released = NaiveDate::from_ymd_opt(2026, 3, 28).unwrap();
    let expected = overdose_risk::Event::On(released);
    assert_eq!(records[0].prison_release, expected);
    assert_eq!((reading.records.assessed, reading.records.merged), (2, 1));
    service.is_as_a_run();
}

#[test]
fn nobody_who_died_or_cannot_be_read_is_handed_over() {
    let rows = "p-1,44,current,,,held,died\np-3,28,past\n\
                p-4,28,past,,,held,open\n\n p 5,28,past,,,held,open\n";
    let service = Service::with(format!("{HEADER}{rows}"));
    assert_eq!(service.ids(), ["p-4"]);
    let said = service.is_as_a_run();
    assert_eq!(said["quarantined"], json!({ "field-count": 1, "id-invalid": 1 }));
}

#[test]
fn waived_fields_are_said_before_anybody_is_handed_over() {
    let mut service = Service::with("id,age,ost,prison_release\np-1,44,prescribed,\n");
    service.job.without = Principal::ALL.to_vec();
    assert_eq!(service.is_as_a_run()["waived"], json!(["naloxone"]));
    let flags = String::from_utf8(service.flags().unwrap().0).unwrap();
    assert!(flags.lines().all(|line| line.ends_with(",waived") || line.ends_with(",naloxone")));
}

#[test]
fn it_refuses_what_a_run_refuses_before_it_compares() {
    let row = |id: &str| format!("{id},44,current,prescribed,,held,open\n");
    let nhs_numbers = ["9990000018", "9990000026", "9990000034", "9990000042"];
    for (export, kind, says) in [
        (String::new(), ErrorKind::Refused, "empty"),
        (HEADER.to_owned(), ErrorKind::Refused, "no records"),
        (format!("{HEADER}{CANARY}\n"), ErrorKind::Refused, "field-count"),
        (format!("id,age\n{CANARY},44\n"), ErrorKind::Refused, "prison_release"),
        (
            format!("{HEADER}{}", nhs_numbers.map(row).concat()),
            ErrorKind::Identifying,
            "NHS numbers",
        ),
        (
            format!("surname,{HEADER}{CANARY},{}", row("p-1")),
            ErrorKind::Identifying,
            "column 1 names",
        ),
        (format!("[{{\"id\": \"{CANARY}\""), ErrorKind::Refused, "not whole"),
    ] {
        let error = Service::with(export).refused();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(says), "{says}: {error}");
    }
    for (exports, kind) in
        [(vec!["absent.csv".into()], ErrorKind::Unreadable), (Vec::new(), ErrorKind::Refused)]
    {
        assert_eq!(Service::of(exports).refused().kind(), kind);
    }
}

#[test]
fn it_refuses_an_export_with_more_quarantined_records_than_the_job_allows() {
    let row = "p-1,44,current,prescribed,,held,open\n";
    let mut service = Service::with(format!("{HEADER}{row},44,,,,,\n"));
    for (most, is_refused) in [(50, false), (49, true)] {
        service.job.max_quarantine = most;
        assert_eq!(service.flags().is_err(), is_refused);
    }
    let error = service.refused().to_string();
    let says = "the export is refused: 1 of 2 records could not be assessed, more than 49 % \
                (id-missing 1, first on line 3 of export.csv: give every record its id)";
    assert!(error.starts_with(says), "{error}");
}

#[test]
fn neither_the_run_before_nor_a_lost_column_counts() {
    let service = Service::with(format!("{HEADER}p-1,44,current,prescribed,,held,open\n"));
    let ids = service.ids();
    let mut job = service.job.clone();
    job.previous = Previous::Run(service.folder.path().join("absent"));
    job.reviewed = Some(service.folder.path().join("absent.csv"));
    job.capacity = 0;
    let service = Service { job, ..service };
    assert_eq!(service.ids(), ids);
    assert!(service.run().is_err());
}

#[test]
fn whoever_hears_of_the_progress_can_stop_it() {
    for export in ["export.csv", "ndtms.csv"] {
        let service = Service::of(vec![data(export)]);
        let stop = &mut |_| ControlFlow::Break(());
        let error = people(&service.job, |_| (), |(), _, _| {}, stop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stopped);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_copied_where_no_run_is_published_and_nothing_is_left_of_it() {
    let export = fs::read(data("ndtms.csv")).unwrap();
    let file = Service::with(&export);
    let mut service = Service::of(Vec::new());
    let pipe = service.folder.path().join("export.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    service.job.exports = vec![pipe.clone()];
    let writer = std::thread::spawn(move || fs::write(pipe, export).unwrap());
    let (flags, reading) = service.flags().unwrap();
    writer.join().unwrap();
    assert!(flags == file.flags().unwrap().0 && reading.records.merged == 96);
    assert_eq!(fs::read_dir(service.folder.path()).unwrap().count(), 1);
}

/// Rows of a few people, so that some repeat; some cannot be read, and some leave out who they are of.
fn rows() -> impl Strategy<Value = String> {
    let id = prop_oneof![8 => "p-[0-9]", 1 => Just(" ".to_owned()), 1 => Just("=1".to_owned())];
    let row = (
        id,
        prop_oneof![Just(""), Just("44"), Just("x")],
        prop_oneof![Just(""), Just("current"), Just("none"), Just("x")],
        prop_oneof![Just(""), Just("prescribed"), Just("not_prescribed")],
        prop_oneof![Just(""), Just("2026-03-28"), Just("2027-01-01"), Just("2025-01-02")],
        prop_oneof![Just(""), Just("held"), Just("not_held")],
        prop_oneof![6 => Just("open"), 1 => Just("died"), 1 => Just("open,more")],
    );
    let row = row.prop_map(|(id, age, use_now, ost, release, naloxone, status)| {
        [&id, age, use_now, ost, release, naloxone, status].join(",") + "\n"
    });
    prop::collection::vec(row, 0..12).prop_map(|rows| rows.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn of_any_export_they_are_those_whom_a_run_assesses(rows in rows()) {
        let service = Service::with(format!("{HEADER}{rows}"));
        match service.flags() {
            Ok(_) => { service.is_as_a_run(); }
            Err(error) => prop_assert_eq!(error.kind(), service.run().unwrap_err().kind()),
        }
    }
}
