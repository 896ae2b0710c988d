//! A run once more from its receipt: what is asked of the library beside what the program asks.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::{Id, Principal, Profile, PseudonymKey, Zeroizing};
use overdose_risk_run::{
    Difference, ErrorKind, Job, LookedUp, Program, Progress, Readers, ReceiptBefore, Replayed,
    Wanted, replay, run,
};
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

const CANARY: &str = "Kanarienvogel9434765919";
const HEADER: &str = "id,age,opioid_use,ost,prison_release\n";
const ROWS: &str = "p-1,44,current,prescribed,\np-2,31,past,,2026-03-28\np-3,31,past,,\n";

/// A run without the fields that its export lacks, and its receipt.
struct Night {
    folder: TempDir,
    job: Job,
    receipt: ReceiptBefore,
}

fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

impl Night {
    fn of(rows: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("export.csv");
        fs::write(&path, format!("{HEADER}{rows}")).unwrap();
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let mut job = Job::new(program("1"), vec![path], as_of, folder.path().join("out"));
        job.without = vec![Principal::Naloxone];
        // A file is private whoever may read the run.
        job.readers = Readers::Group;
        run(&job, Policy::practice_principles(), &mut on).unwrap();
        let receipt = folder.path().join("out/2026-03-31/run.json");
        let receipt = ReceiptBefore::open(&receipt).unwrap();
        let job = receipt.job(program("1"), job.exports);
        Self { folder, job, receipt }
    }

    fn replay(&self, job: &Job, id: Option<&str>) -> Replayed {
        let person = id.map(|id| Id::read(id.as_bytes()).unwrap());
        let wanted = Wanted { out: None, person };
        replay(job, Policy::practice_principles(), &self.receipt, wanted, &mut on).unwrap()
    }

    fn with(&self, change: impl FnOnce(&mut Job)) -> Replayed {
        let mut job = self.job.clone();
        change(&mut job);
        self.replay(&job, None)
    }
}

fn program(version: &str) -> Program {
    Program { name: "test".to_owned(), version: version.to_owned() }
}

#[test]
fn each_setting_that_is_another_is_the_one_difference() {
    let night = Night::of(ROWS);
    assert_eq!(night.with(|_| {}).differences(), []);
    let key = "3f1a9c07d5b2846e0f7c1d93a8b65e42906d7f3b1c8ea254";
    let key = Arc::new(PseudonymKey::new(Zeroizing::new(key.into())).unwrap());
    let text = str::to_owned;
    let (was, now) = (text("2026-03-31"), text("2026-04-01"));
    let day = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    let other = Difference::AsOf { was, now };
    assert_eq!(night.with(|job| job.as_of = day).differences(), [other]);
    assert_eq!(night.with(|job| job.key = Some(key)).differences(), [Difference::NewKey]);
    let waived = Difference::Waived { was: vec![text("naloxone")], now: vec![text("age")] };
    assert_eq!(night.with(|job| job.without = vec![Principal::Age]).differences(), [waived]);
    let (input, was, now) = (text("export.csv"), text("native"), text("ndtms"));
    let profile = Difference::Profile { input, was, now };
    assert_eq!(night.with(|job| job.profile = Profile::Ndtms).differences(), [profile]);
    let replayed = night.with(|job| job.exports.push(job.exports[0].clone()));
    assert_eq!(replayed.differences(), [Difference::Files { was: 1, now: 2 }]);
    assert_eq!(replayed.flags_sha256(), None);
    assert_eq!(replayed.exit_code(), 65);
}

#[test]
fn settings_that_are_another_get_78_and_nobody_is_assessed() {
    let night = Night::of(ROWS);
    let day = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    let replayed = night.with(|job| job.as_of = day);
    assert!(!replayed.is_identical() && replayed.reading().is_none());
    assert_eq!(replayed.exit_code(), 78);
    let replayed = night.with(|job| job.program.version = "2".to_owned());
    assert_eq!(replayed.differences().len(), 1);
    assert!(replayed.is_identical() && replayed.exit_code() == 0);
    // What is waived and there is no difference: it counts for nobody.
    let replayed = night.with(|job| job.without = Principal::ALL.to_vec());
    assert!(replayed.is_identical() && replayed.differences().is_empty());
    let replayed = night.with(|job| job.profile = Profile::Auto);
    assert!(replayed.is_identical() && replayed.differences().is_empty());
}

#[test]
fn what_lies_beside_a_receipt_is_held_against_it() {
    let night = Night::of(ROWS);
    let folder = night.folder.path().join("out/2026-03-31");
    let beside = night.receipt.beside().unwrap();
    let wrote = fs::read_dir(&folder).unwrap().count() - 1;
    assert_eq!((beside.wrote, beside.there, beside.altered), (wrote, wrote, Vec::new()));
    assert_eq!(night.receipt.carried().as_deref(), Some(&[][..]));
    fs::copy(folder.join("flags.ndjson"), folder.join("carried.ndjson")).unwrap();
    fs::remove_file(folder.join("flags.csv")).unwrap();
    let beside = night.receipt.beside().unwrap();
    assert_eq!((beside.there, beside.altered), (wrote - 1, vec!["carried.ndjson".to_owned()]));
    assert_eq!(night.receipt.carried(), None);
    // A name that leads out of the folder is not followed, and shown without commands to a terminal.
    let receipt = fs::read_to_string(folder.join("run.json")).unwrap();
    let receipt = receipt.replace("\"flags.csv\"", "\"../../export.csv\\u001b\"");
    fs::write(folder.join("run.json"), receipt).unwrap();
    let beside = ReceiptBefore::open(&folder.join("run.json")).unwrap().beside().unwrap();
    assert_eq!(beside.altered, ["../../export.csv\u{fffd}", "carried.ndjson"]);
    assert_eq!(beside.there, wrote - 1);
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(night.receipt.beside().unwrap().there, 0);
}

#[test]
fn counts_of_files_are_said_as_they_are() {
    for (was, now, says) in [
        (1, 2, "the run read 1 file and 2 are given"),
        (2, 1, "the run read 2 files and 1 is given"),
    ] {
        assert!(Difference::Files { was, now }.to_string().starts_with(says));
    }
}

#[test]
fn limits_of_a_night_and_its_output_folder_count_for_nothing() {
    let night = Night::of(ROWS);
    fs::remove_dir_all(night.folder.path().join("out")).unwrap();
    assert!(night.with(|job| job.max_quarantine = 0).is_identical());
    assert_eq!(fs::read_dir(night.folder.path()).unwrap().count(), 1);
}

#[test]
fn what_reads_as_a_run_did_publishes_nothing() {
    let night = Night::of(ROWS);
    let mut job = night.receipt.job(program("1"), night.job.exports.clone());
    job.without.clone_from(&night.job.without);
    let error = run(&job, Policy::practice_principles(), &mut on).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Output, "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_copied_where_no_run_is_published() {
    let night = Night::of(ROWS);
    let pipe = night.folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (into, text) = (pipe.clone(), format!("{HEADER}{ROWS}"));
    let writer = std::thread::spawn(move || fs::write(into, text).unwrap());
    let out = night.folder.path().join("absent");
    let replayed = night.with(|job| (job.exports, job.out) = (vec![pipe], out.clone()));
    writer.join().unwrap();
    assert!(replayed.is_identical() && !out.exists());
}

#[test]
fn where_an_id_repeats_the_file_begins_anew() {
    // So many that what was written before the last row has long gone to the file.
    let rows: String =
        (0..2000).map(|person| format!("p-{person},44,current,prescribed,\n")).collect();
    let night = Night::of(&format!("{rows}p-0,,,,2026-03-28\n"));
    let out = night.folder.path().join("again.csv");
    let wanted = Wanted { out: Some(&out), person: Some(Id::read(b"p-0").unwrap()) };
    let policy = Policy::practice_principles();
    let replayed = replay(&night.job, policy, &night.receipt, wanted, &mut on).unwrap();
    assert!(replayed.is_identical());
    let flags = fs::read(night.folder.path().join("out/2026-03-31/flags.csv")).unwrap();
    assert!(fs::read(&out).unwrap() == flags);
    let LookedUp::Assessed { record, flagged } = &replayed.person().unwrap().became else {
        panic!("not assessed")
    };
    assert!(record.prison_release.latest().is_some());
    assert_eq!(flagged.waived, ["naloxone"]);
}

#[test]
fn whoever_stops_it_finds_no_file() {
    let night = Night::of(ROWS);
    for stop_at in 0..4 {
        let out = night.folder.path().join("again.csv");
        let wanted = Wanted { out: Some(&out), person: None };
        let mut told = 0;
        let policy = Policy::practice_principles();
        let stopped = replay(&night.job, policy, &night.receipt, wanted, &mut |_| {
            told += 1;
            if told > stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match stopped {
            Ok(replayed) => {
                assert!(replayed.is_identical() && stop_at == 3 && out.exists());
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Stopped);
                assert!(!out.exists(), "{stop_at}");
            }
        }
    }
}

#[test]
fn nothing_of_a_person_is_in_what_is_shown_for_debugging() {
    let night = Night::of(&ROWS.replace("p-2", CANARY));
    let replayed = night.replay(&night.job, Some(CANARY));
    let person = replayed.person().unwrap();
    assert!(matches!(person.became, LookedUp::Assessed { .. }));
    for said in [format!("{replayed:?}"), format!("{person:?}")] {
        assert!(!said.contains(CANARY) && !said.contains("2026-03-28"), "{said}");
    }
}

#[test]
fn what_is_no_receipt_is_said_without_a_word_of_it() {
    let folder = TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("run.json");
    for (text, says) in [
        (None, "cannot be read: there is no such file"),
        (Some(String::new()), "is no receipt that can be used: it is not what a run writes"),
        (
            Some(format!("{{\"schema_version\": 1, \"as_of\": \"{CANARY}\"}}")),
            "it is not what a run writes",
        ),
    ] {
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        let error = ReceiptBefore::open(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable);
        assert!(error.to_string().contains(says), "{error}");
        assert!(!format!("{error} {error:?}").contains(CANARY));
    }
}
