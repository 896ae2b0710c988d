//! Inputs that cannot be read, or not in one piece.

use super::night::{
    INPUT, Night, TONIGHT, YESTERDAY, as_ndjson, ended, export, key, row as row_of, said, wait,
};
use super::promise::kept;
use super::trace::{inject, is_traceable};
use crate::table::{Form, Row};
use std::io::Write as _;
use std::process::Stdio;

const MAPPING: &str = r#"name = "faults"
[fields]
id = "id"
age = "age"
opioid_use = "opioid_use"
ost = "ost"
prison_release = "prison_release"
naloxone = "naloxone"
"#;
const REVIEWS: &str = "id,reviewed_on,until,outcome\np-9,2026-03-29,2026-04-20,seen\n";
const POLICY: &str = include_str!("../../../data/example-policy.toml");

/// Nights by the ways in which an export is read: once, three times, from standard input, and in the long form
/// in each format.
pub(crate) fn exports(form: Form) -> Vec<Night> {
    let twice = export(2..30) + &row_of(7);
    let without = export(2..30).replace(",naloxone", ",other");
    let array = format!("[{}]", as_ndjson(&export(2..30)).trim_end().replace('\n', ","));
    let mut nights = vec![
        Night::new().with(INPUT, &twice).told(&["-"]),
        Night::new(),
        Night::new().with("export.csv", &twice),
    ];
    if form == Form::Short {
        return nights;
    }
    nights.extend([
        Night::new().with("export.csv", as_ndjson(&export(2..30))),
        Night::new().with("export.csv", array),
        // Whether the waived field is there is known at the end.
        Night::new().with("export.csv", as_ndjson(&without)).told(&[
            "export.csv",
            "--without",
            "naloxone",
            "--allow-lost-column",
        ]),
    ]);
    nights
}

pub(crate) fn an_export_that_cannot_be_read_to_its_end_is_not_published(row: &mut Row) {
    let form = row.form;
    for place in 0..exports(form).len() {
        let name = if place == 0 { INPUT } else { "export.csv" };
        each_reading_fails(row, name, || exports(form).swap_remove(place));
    }
}

pub(crate) fn a_run_before_that_cannot_be_read_is_not_taken_for_one_that_said_less(row: &mut Row) {
    each_reading_fails(row, "overdose-flags/LATEST", Night::new);
    for name in ["run.json", "flags.csv", "flags.ndjson", "carried.ndjson", "reviewed.csv"] {
        let name = format!("overdose-flags/{YESTERDAY}/{name}");
        each_reading_fails(row, &name, Night::new);
    }
}

pub(crate) fn a_setting_that_cannot_be_read_is_no_setting_left_out(row: &mut Row) {
    let key = key();
    for (name, content, option) in [
        ("policy.toml", POLICY.as_bytes(), "--policy"),
        ("mapping.toml", MAPPING.as_bytes(), "--profile"),
        ("reviews.csv", REVIEWS.as_bytes(), "--reviewed"),
        ("key", key.as_ref(), "--pseudonym-key"),
    ] {
        each_reading_fails(row, name, || {
            Night::new().with(name, content).told(&["export.csv", option, name])
        });
    }
}

/// Opens this file and reads it, with a failure at each call in turn, and with an interruption.
fn each_reading_fails(row: &mut Row, name: &str, night: impl Fn() -> Night) {
    if !is_traceable(row) {
        return;
    }
    let before = row.faults();
    let others: &[&str] =
        if row.form == Form::Long { &["ESTALE", "ENOMEM", "EACCES"] } else { &[] };
    for call in ["openat", "read", "statx", "fstat", "lseek"] {
        for error in ["EIO", "EINTR"].iter().chain(others) {
            for k in 1.. {
                let fault = format!("{call}:error={error}:when={k}");
                row.tries(format!("{fault} on {name}"));
                let night = night();
                let tonight = |before: &[&str]| night.tonight_behind(before);
                let Some(output) = inject(&night, &fault, Some(name), tonight) else { break };
                let is_success = output.status.success();
                match (call, *error) {
                    ("openat" | "read", "EINTR") => assert!(is_success, "{}", said(&output)),
                    ("openat" | "read", _) => assert!(!is_success, "it was not said"),
                    // Of a file whose size is not known beforehand all is read that there is.
                    _ => {}
                }
                kept(row, &night, &output);
            }
        }
    }
    assert!(row.faults() > before + 3, "{name} is not read");
}

/// A reading from which on the system says that there is no more, as a server does that has lost a part
/// of a file.
pub(crate) fn an_end_before_the_end_is_no_end(row: &mut Row) {
    if !is_traceable(row) {
        return;
    }
    let carried = |night: &Night, run: &str| night.output(run, "carried.ndjson");
    let plain = Night::new();
    assert!(ended(&mut plain.tonight()).status.success());
    for name in ["export.csv", "flags.csv", "flags.ndjson", "carried.ndjson", "reviewed.csv"] {
        let on = match name {
            "export.csv" => name.to_owned(),
            name => format!("overdose-flags/{YESTERDAY}/{name}"),
        };
        for k in 1.. {
            let fault = format!("read:retval=0:when={k}+");
            row.tries(format!("{fault} on {on}"));
            let night = Night::new().told_more(&["--max-drop", "100", "--max-quarantine", "100"]);
            let tonight = |before: &[&str]| night.tonight_behind(before);
            let Some(output) = inject(&night, &fault, Some(&on), tonight) else { break };
            if output.status.success() {
                // It was the end.
                for name in ["flags.csv", "carried.ndjson", "changes.csv", "reviewed.csv"] {
                    let (is, was) = (night.output(TONIGHT, name), plain.output(TONIGHT, name));
                    assert!(is == was, "{name} is another");
                }
                assert_eq!(carried(&night, TONIGHT), carried(&plain, TONIGHT));
            }
            kept(row, &night, &output);
        }
    }
}

/// Short reads: a pipe gives as many bytes as there are.
pub(crate) fn what_comes_in_small_pieces_is_read_as_a_whole(row: &mut Row) {
    let export = export(2..30) + &row_of(7);
    for pieces in [1, 3, 17, 255] {
        row.tries(format!("standard input in pieces of {pieces} bytes"));
        let night = Night::new().with("export.csv", &export).told(&["-"]);
        let mut command = night.tonight();
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        for piece in export.as_bytes().chunks(pieces) {
            input.write_all(piece).unwrap();
        }
        drop(input);
        let output = wait(child);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let night = night.told(&["export.csv"]);
        kept(row, &night, &output);
    }
}
