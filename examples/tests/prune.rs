//! The program that removes what is no longer kept.

mod program;

use program::program;
use std::fs::{self, File};
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

const RUNS: [&str; 4] = ["2026-03-01", "2026-03-30", "2026-03-31", "2026-03-31.2"];

fn output() -> TempDir {
    let out = TempDir::new().unwrap();
    for run in RUNS {
        fs::create_dir(out.path().join(run)).unwrap();
        fs::write(out.path().join(run).join("run.json"), "{}").unwrap();
    }
    fs::write(out.path().join("LATEST"), "2026-03-31.2\n").unwrap();
    out
}

fn prune(out: &Path, arguments: &[&str]) -> Output {
    program("prune").arg("--out").arg(out).args(arguments).output().unwrap()
}

/// What it prints, complains and answers.
fn said(output: &Output) -> (&str, &str, Option<i32>) {
    let text = |bytes| std::str::from_utf8(bytes).unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn it_lists_and_changes_nothing_until_it_is_told_to_remove() {
    let out = output();
    let before = names(out.path());
    let two = "2026-03-01 would be removed\n2026-03-30 would be removed\n";
    let how = "prune: 2 runs would be removed; --remove removes them\n";
    assert_eq!(said(&prune(out.path(), &["--keep", "2"])), (two, how, Some(0)));
    assert_eq!(names(out.path()), before);
    let removed = prune(out.path(), &["--keep", "2", "--remove"]);
    let two = "2026-03-01 removed\n2026-03-30 removed\n";
    assert_eq!(said(&removed), (two, "prune: 2 runs removed\n", Some(0)));
    assert_eq!(names(out.path()), [".lock", "2026-03-31", "2026-03-31.2", "LATEST"]);
    let removed = prune(out.path(), &["--keep", "2", "--remove"]);
    assert_eq!(said(&removed), ("", "prune: 0 runs removed\n", Some(0)));
}

#[test]
fn days_are_counted_back_from_today() {
    let out = output();
    for (days, runs) in [("0", 2), ("1", 1), ("30", 0), ("29", 1), ("4294967295", 0)] {
        let listed = prune(out.path(), &["--older-than", days, "--today", "2026-03-31"]);
        assert_eq!(said(&listed).0.lines().count(), runs, "{days}");
    }
    // Today is long past those.
    let listed = prune(out.path(), &["--older-than", "1"]);
    assert_eq!(said(&listed).0.lines().count(), 3);
}

#[test]
fn what_is_no_usage_gets_2_and_removes_nothing() {
    let out = output();
    let before = names(out.path());
    for arguments in [
        &["--remove"][..],
        &["--keep", "0", "--older-than", "0", "--remove"],
        &["--keep", "-1", "--remove"],
        &["--keep", "0", "--today", "2026-03-31", "--remove"],
        &["--older-than", "0", "--today", "31/03/2026", "--remove"],
    ] {
        assert_eq!(prune(out.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(names(out.path()), before);
}

#[test]
fn it_says_why_it_removes_nothing() {
    let out = output();
    let lock = File::create(out.path().join(".lock")).unwrap();
    lock.lock().unwrap();
    let busy = prune(out.path(), &["--keep", "0", "--remove"]);
    assert_eq!(busy.status.code(), Some(75));
    let folder = out.path().display();
    let expected = format!("prune: another run is under way in the output folder {folder};");
    assert!(said(&busy).1.starts_with(&expected));
    drop(lock);
    fs::remove_file(out.path().join("LATEST")).unwrap();
    for arguments in [&["--keep", "0"][..], &["--keep", "0", "--remove"]] {
        let lost = prune(out.path(), arguments);
        assert_eq!(lost.status.code(), Some(66));
        let expected = format!("prune: {folder}/LATEST cannot be read: there is no such file");
        assert!(said(&lost).1.starts_with(&expected));
    }
    assert!(RUNS.iter().all(|run| out.path().join(run).join("run.json").exists()));
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_said() {
    let out = output();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = program("prune");
    let output =
        command.arg("--out").arg(out.path()).args(["--keep", "0"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert_eq!(said(&output).1, "prune: standard output cannot be written\n");
}
