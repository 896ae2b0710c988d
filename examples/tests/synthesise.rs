//! The synthesise program as its users run it: formats, exit codes, standard output.

mod program;

use program::program;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const FORMATS: [&str; 3] = ["csv", "ndjson", "json"];

fn synthesise(arguments: &[&str]) -> Command {
    let mut command = program("synthesise");
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    synthesise(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn sample(format: &str) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    fs::read_to_string(data.join(format!("export.{format}"))).unwrap()
}

#[test]
fn each_format_writes_the_sample_export() {
    for format in FORMATS {
        let output = run(&["500", "--format", format]);
        assert_eq!(code(&output), 0, "{format}");
        assert!(output.stderr.is_empty(), "{format}");
        assert!(text(&output.stdout) == sample(format), "{format}");
    }
}

#[test]
fn without_a_format_it_is_csv_with_all_defaults_as_documented() {
    let defaults = run(&["500"]).stdout;
    assert!(text(&defaults) == sample("csv"));
    assert!(defaults == run(&["500", "--seed", "1", "--as-of", "2026-03-31"]).stdout);
}

#[test]
fn the_seed_and_the_day_count_in_every_format() {
    for format in FORMATS {
        let people = |others: [&str; 2]| {
            let output = run(&["20", "--format", format, others[0], others[1]]);
            assert_eq!(code(&output), 0, "{format}");
            output.stdout
        };
        let other_seed = people(["--seed", "2"]);
        assert!(text(&other_seed).contains("S2-0000020"), "{format}");
        assert!(people(["--as-of", "2026-04-01"]) != people(["--as-of", "2026-03-31"]), "{format}");
    }
}

#[test]
fn what_cannot_be_understood_is_a_usage_error_and_writes_nothing() {
    for (arguments, says) in [
        (&["5", "--format", "xml"][..], "[possible values: csv, ndjson, json]"),
        (&["5", "--format", "CSV"], "csv"),
        (&["5", "--format"], "csv, ndjson, json"),
        (&[], "Usage"),
        (&["many"], "<PEOPLE>"),
        (&["5", "--seed", "-1"], "'-1'"),
        (&["5", "--as-of", "31/03/2026"], "a date like 2026-03-31"),
    ] {
        let output = run(arguments);
        let said = text(&output.stderr);
        assert_eq!(code(&output), 2, "{said}");
        assert!(said.contains(says), "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_reader_that_had_enough_is_success() {
    for format in FORMATS {
        // More than fits into a pipe, so that the program cannot end before it notices.
        let mut command = synthesise(&["20000", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 0, "{format}");
        assert!(output.stderr.is_empty(), "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_said() {
    for format in FORMATS {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = synthesise(&["5", "--format", format]).stdout(full).output().unwrap();
        assert_eq!(code(&output), 74, "{format}");
        assert!(text(&output.stderr).contains("the output could not be written"), "{format}");
    }
}
