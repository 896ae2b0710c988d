//! `throughput` writes the `flags.csv` that a run publishes, in every format and on any number of threads.

mod program;

use overdose_risk::Policy;
use overdose_risk_run::{Job, Program, run};
use program::program;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

#[test]
fn it_writes_what_a_run_publishes() {
    let folder = TempDir::new().unwrap();
    let as_of = "2026-03-31".parse().unwrap();
    let name = Program { name: "test".to_owned(), version: "0".to_owned() };
    let job = Job::new(name, vec![sample("export.csv")], as_of, folder.path().join("runs"));
    let published =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap();
    let expected = fs::read_to_string(published.folder().join("flags.csv")).unwrap();
    for format in ["csv", "json", "ndjson"] {
        for threads in ["1", "2", "5"] {
            let flags = folder.path().join(format!("{format}-{threads}.csv"));
            let mut command = program("throughput");
            command.arg(sample(&format!("export.{format}"))).arg("--out").arg(&flags);
            command.args(["--as-of", "2026-03-31", "--threads", threads]);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(
                fs::read_to_string(&flags).unwrap(),
                expected,
                "{format}, {threads} threads"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_an_error_and_repeats_nothing() {
    let folder = TempDir::new().unwrap();
    let export = folder.path().join("export.csv");
    let header = "id,age,opioid_use,prison_release,naloxone\n";
    let other = "id,naloxone,opioid_use,prison_release,age\n";
    fs::write(&export, format!("{header}CANARY-1,44,current,,held\n{other}")).unwrap();
    let mut command = program("throughput");
    command.arg(&export).arg("--out").arg(folder.path().join("flags.csv"));
    let output = command.args(["--as-of", "2026-03-31"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("line 3") && !said.contains("CANARY"), "{said}");
    assert!(said.contains("export.csv: "), "{said}");
}

#[test]
fn what_is_in_the_way_of_the_output_is_named_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("there.csv"), "mine").unwrap();
    for (out, says) in [
        (
            "there.csv",
            "there.csv cannot be written: there is such a file already; remove it or name",
        ),
        (
            "absent/flags.csv",
            "flags.csv cannot be written: there is no such folder; make it or name",
        ),
    ] {
        let mut command = program("throughput");
        command.arg(sample("export.csv")).arg("--out").arg(folder.path().join(out));
        let output = command.args(["--as-of", "2026-03-31"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.starts_with("throughput: ") && said.contains(says), "{said}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("there.csv")).unwrap(), "mine");
    let mut command = program("throughput");
    command.arg("absent.csv").arg("--out").arg(folder.path().join("flags.csv"));
    let output = command.args(["--as-of", "2026-03-31"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("absent.csv cannot be read: there is no such file"), "{said}");
    assert!(!folder.path().join("flags.csv").exists());
}

#[test]
fn an_export_that_is_refused_leaves_no_output_behind() {
    let folder = TempDir::new().unwrap();
    let export = folder.path().join("export.csv");
    fs::write(&export, "colour,size\nred,1\n").unwrap();
    let mut command = program("throughput");
    command.arg(&export).arg("--out").arg(folder.path().join("flags.csv"));
    let output = command.args(["--as-of", "2026-03-31"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!folder.path().join("flags.csv").exists());
}
