//! The output folder: who may read it, whose turn it is, and what is left in it.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_run::{Error, ErrorKind, Job, Previous, Program, Published, Tolerated, run};
use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone";

/// A folder with one export in it, and a place for runs.
struct Service(TempDir);

impl Service {
    fn with(people: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let rows = (0..people).map(|person| format!("p-{person},44,current,,held\n"));
        let export: String = std::iter::once(format!("{HEADER}\n")).chain(rows).collect();
        fs::write(folder.path().join("export.csv"), export).unwrap();
        Self(folder)
    }

    fn out(&self) -> PathBuf {
        self.0.path().join("flags")
    }

    fn job(&self, as_of: &str) -> Job {
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let export = self.0.path().join("export.csv");
        let as_of = as_of.parse::<NaiveDate>().unwrap();
        let mut job = Job::new(program, vec![export], as_of, self.out());
        // Of a few records, one is many per cent; and the same export stands for several nights.
        (job.max_quarantine, job.max_drop) = (100, 100);
        job.tolerate = vec![Tolerated::Unchanged];
        job
    }

    fn run(&self, as_of: &str) -> Result<Published, Error> {
        go(&self.job(as_of))
    }

    fn latest(&self) -> String {
        fs::read_to_string(self.out().join("LATEST")).unwrap()
    }
}

fn go(job: &Job) -> Result<Published, Error> {
    run(job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn only_the_readers_of_a_job_can_read_what_is_published() {
    use overdose_risk_run::Readers;
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for (readers, folder_mode, file_mode) in
        [(Readers::Owner, 0o700, 0o600), (Readers::Group, 0o750, 0o640)]
    {
        let service = Service::with(1);
        let mut job = service.job("2026-03-31");
        job.readers = readers;
        let published = go(&job).unwrap();
        for folder in [&service.out(), published.folder()] {
            assert_eq!(mode(folder), folder_mode);
        }
        for name in names(published.folder()) {
            assert_eq!(mode(&published.folder().join(&name)), file_mode, "{name}");
        }
        for name in ["LATEST", ".lock"] {
            assert_eq!(mode(&service.out().join(name)), file_mode, "{name}");
        }
    }
}

#[test]
fn what_a_killed_run_left_is_removed_and_nothing_else() {
    let service = Service::with(1);
    let out = service.out();
    let elsewhere = service.0.path().join("elsewhere");
    for folder in [".draft-aB3xY9", ".draft-short", ".drafts", "2026-03-29", ".latest-folder"] {
        fs::create_dir_all(out.join(folder)).unwrap();
    }
    fs::create_dir(&elsewhere).unwrap();
    for file in [
        out.join(".draft-aB3xY9/flags.csv"),
        out.join("2026-03-29/flags.csv"),
        out.join(".draft-aFile9"),
        out.join(".latest-aB3xY9"),
        out.join(".spool-aB3xY9"),
        out.join(".latest-aB3xY9.old"),
        out.join("notes"),
        elsewhere.join("kept"),
    ] {
        fs::write(file, "x").unwrap();
    }
    #[cfg(unix)]
    for link in [".draft-linked", ".latest-linked"] {
        std::os::unix::fs::symlink(&elsewhere, out.join(link)).unwrap();
    }
    service.run("2026-03-31").unwrap();
    let left: Vec<String> =
        names(&out).into_iter().filter(|name| !name.ends_with("-linked")).collect();
    assert_eq!(
        left,
        [
            ".draft-aFile9",
            ".draft-short",
            ".drafts",
            ".latest-aB3xY9.old",
            ".latest-folder",
            ".lock",
            "2026-03-29",
            "2026-03-31",
            "LATEST",
            "notes"
        ]
    );
    #[cfg(unix)]
    assert!(out.join(".draft-linked").exists() && out.join(".latest-linked").exists());
    assert!(out.join("2026-03-29/flags.csv").exists());
    assert_eq!(names(&elsewhere), ["kept"]);
}

#[test]
fn a_second_run_at_once_is_told_so_and_changes_nothing() {
    let service = Service::with(1);
    let mut second = None;
    let first = run(&service.job("2026-03-31"), Policy::practice_principles(), &mut |_| {
        second.get_or_insert_with(|| service.run("2026-03-31").unwrap_err());
        ControlFlow::Continue(())
    });
    let second = second.unwrap();
    assert_eq!((second.kind(), second.kind().exit_code()), (ErrorKind::Locked, 75));
    assert!(second.to_string().ends_with("\nnothing was published"), "{second}");
    first.unwrap();
    assert_eq!(names(&service.out()), [".lock", "2026-03-31", "LATEST"]);
    service.run("2026-04-01").unwrap();
}

#[test]
fn a_run_that_is_stopped_publishes_nothing_whenever_that_is() {
    // Enough people for each reading to tell of its progress.
    let service = Service::with(5_000);
    service.run("2026-03-30").unwrap();
    let export = service.0.path().join("export.csv");
    let once = fs::read_to_string(&export).unwrap();
    let twice = format!("{once}p-0,44,current,,held\n");
    // While it is read, at its end, and right before it is published; where an id repeats, also while
    // the rows of each person are put together and while they are written.
    for (text, times) in [(once, 3), (twice, 5)] {
        fs::write(&export, text).unwrap();
        for stop in 1..=times {
            let mut told = 0;
            let ended = run(&service.job("2026-03-31"), Policy::practice_principles(), &mut |_| {
                told += 1;
                if told == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            let error = ended.unwrap_err();
            assert_eq!((error.kind(), told), (ErrorKind::Stopped, stop));
            assert_eq!(service.latest(), "2026-03-30\n");
            assert_eq!(names(&service.out()), [".lock", "2026-03-30", "LATEST"]);
        }
    }
    let mut told = 0;
    let ended = run(&service.job("2026-03-31"), Policy::practice_principles(), &mut |_| {
        told += 1;
        ControlFlow::Continue(())
    });
    ended.unwrap();
    assert_eq!(told, 5);
}

#[test]
fn latest_that_cannot_be_read_is_not_replaced() {
    // For all that is known, it names a later day.
    let service = Service::with(1);
    fs::create_dir_all(service.out().join("LATEST")).unwrap();
    let mut job = service.job("2026-03-31");
    job.previous = Previous::Nothing;
    let said = go(&job).unwrap_err().to_string();
    assert!(said.contains("LATEST was not moved to it"), "{said}");
    assert_eq!(names(&service.out().join("LATEST")), [""; 0]);
    assert!(service.out().join("2026-03-31/run.json").exists());
}

#[test]
fn however_many_threads_are_asked_for_there_are_64_at_the_most() {
    for (asked, used) in [(1, 1), (64, 64), (65, 64), (usize::MAX, 64)] {
        let service = Service::with(3);
        let mut job = service.job("2026-03-31");
        job.threads = NonZeroUsize::new(asked).unwrap();
        let published = go(&job).unwrap();
        let receipt = fs::read(published.folder().join("run.json")).unwrap();
        let receipt: serde_json::Value = serde_json::from_slice(&receipt).unwrap();
        assert_eq!(receipt["run"]["threads"], used);
    }
}
