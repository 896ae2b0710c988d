//! The other programs: what they write, and to whom.

use super::night::{
    CANARY, INPUT, Night, TONIGHT, YESTERDAY, as_ndjson, ended, export, key, said, wait,
};
use super::trace::{calls, first_of_each, inject, is_traceable};
use super::{promise, whole};
use crate::table::{Form, Row};
use std::fs;
use std::io::{self, Read as _};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

/// A program, and what it is asked for.
struct Asked {
    name: &'static str,
    arguments: &'static [&'static str],
    /// What its first call has that is no longer the loader's.
    begins: &'static str,
    /// The exit codes that a call that fails may lead to.
    codes: &'static [i32],
}

/// The file that each of them makes, if it makes one.
const MADE: &str = "made";

const PROGRAMS: [Asked; 7] = [
    Asked { name: "filter", arguments: &["--as-of", TONIGHT], begins: "read(0", codes: &[66, 74] },
    Asked {
        name: "pseudonyms",
        arguments: &["--pseudonym-key", "key"],
        begins: "\"key\"",
        codes: &[66, 74],
    },
    Asked {
        name: "throughput",
        arguments: &["export.csv", "--as-of", TONIGHT, "--threads", "1", "--out", MADE],
        begins: "\"export.csv\"",
        codes: &[1],
    },
    Asked {
        name: "explain",
        arguments: &["p-3", "--in", "overdose-flags", "--page", MADE],
        begins: "overdose-flags",
        codes: &[66, 74],
    },
    Asked {
        name: "replay",
        arguments: &[
            "yesterday.csv",
            "--receipt",
            "overdose-flags/2026-03-30/run.json",
            "--out",
            MADE,
        ],
        begins: "run.json\"",
        codes: &[65, 66, 74],
    },
    Asked {
        name: "policy",
        arguments: &["capacity", "export.csv", "--as-of", TONIGHT, "--threads", "1", "--csv", MADE],
        begins: "\"export.csv\"",
        codes: &[66, 74],
    },
    Asked {
        name: "prune",
        arguments: &["--keep", "1", "--remove"],
        begins: "\"overdose-flags",
        codes: &[66, 74],
    },
];

impl Asked {
    fn night(&self) -> Night {
        let night = Night::new()
            .with("key", key())
            .with("yesterday.csv", export(0..28))
            .with(INPUT, as_ndjson(&export(2..30)));
        if self.name == "prune" {
            assert!(ended(&mut night.tonight()).status.success());
        }
        night
    }

    fn command(&self, night: &Night, before: &[&str]) -> Command {
        night.behind(before, self.name, self.arguments)
    }

    /// What it gives where nothing fails.
    fn answer(&self) -> (Vec<u8>, Option<Vec<u8>>) {
        let night = self.night();
        let output = ended(&mut self.command(&night, &[]));
        assert_eq!(output.status.code(), Some(0), "{}: {}", self.name, said(&output));
        (output.stdout, fs::read(night.path(MADE)).ok())
    }
}

pub(crate) fn whichever_call_fails_no_answer_is_half_given(row: &mut Row) {
    let others: &[&str] = if row.form == Form::Long { &["EACCES", "ENOSPC", "EINTR"] } else { &[] };
    for asked in &PROGRAMS {
        let night = asked.night();
        let program = |before: &[&str]| asked.command(&night, before);
        let Some(calls) = calls(row, &night, program, asked.begins) else { return };
        let answer = asked.answer();
        for (name, first) in first_of_each(&calls) {
            for error in ["EIO"].iter().chain(others) {
                for k in first.. {
                    let fault = format!("{name}:error={error}:when={k}");
                    row.tries(format!("{fault} of {}", asked.name));
                    let night = asked.night();
                    let program = |before: &[&str]| asked.command(&night, before);
                    let Some(output) = inject(&night, &fault, None, program) else { break };
                    check(row, asked, &night, &answer, &output);
                }
            }
        }
    }
}

fn check(
    row: &mut Row,
    asked: &Asked,
    night: &Night,
    answer: &(Vec<u8>, Option<Vec<u8>>),
    output: &Output,
) {
    let made = fs::read(night.path(MADE)).ok();
    let complaint = said(output);
    assert!(!complaint.contains(CANARY), "an input value was repeated");
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {complaint}", output.status));
    if asked.name == "prune" {
        // Whatever it has removed, it has removed wholly.
        assert_eq!(night.latest(), TONIGHT);
        promise::recovers(night);
    }
    if code == 0 {
        let is_listed = asked.name == "prune" || output.stdout == answer.0;
        assert!(is_listed && made == answer.1, "{} gave another answer: {complaint}", asked.name);
    } else {
        let is_foreseen = complaint.contains("signals cannot be watched");
        assert!(is_foreseen || asked.codes.contains(&code), "exit code {code}: {complaint}");
        let is_whole = made.is_none() || made == answer.1;
        assert!(is_whole || asked.name == "throughput", "{} left half a file", asked.name);
    }
    row.ended(if code == 0 { "the same answer".to_owned() } else { format!("said ({code})") });
}

pub(crate) fn a_closed_standard_output_is_an_end_that_was_foreseen(row: &mut Row) {
    for asked in &PROGRAMS {
        row.tries(format!("{} | true", asked.name));
        let night = asked.night();
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = asked.command(&night, &[]);
        let output = wait(command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap());
        // Whoever holds a filter open waits for every answer.
        let expected = if asked.name == "filter" { 74 } else { 0 };
        assert_eq!(output.status.code(), Some(expected), "{}", said(&output));
        assert!(!said(&output).contains(CANARY) && !said(&output).contains("defect"));
        assert!(whole::names(&night.out()).contains(if asked.name == "prune" {
            TONIGHT
        } else {
            YESTERDAY
        }));
        row.ended(format!("ended ({expected})"));
    }
}

/// Short writes: of what does not fit into a pipe, a signal lets the system take a part.
pub(crate) fn what_is_written_in_pieces_is_written_whole(row: &mut Row) {
    if !is_traceable(row) {
        return;
    }
    let ids: String = (0..20_000).map(|person| format!("p-{person}\n")).collect();
    let night = || PROGRAMS[1].night().with(INPUT, &ids);
    let expected = ended(&mut PROGRAMS[1].command(&night(), &[])).stdout;
    let night = night();
    row.tries("SIGXFSZ while a pipe is full");
    let trace = night.path("trace");
    let strace = ["strace", "-f", "-o", trace.to_str().unwrap(), "-e", "trace=write"];
    let mut command = PROGRAMS[1].command(&night, &strace);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let (mut page, mut answer) = ([0; 4096], Vec::new());
    for _ in 0..100 {
        pipe.read_exact(&mut page).unwrap();
        answer.extend(page);
        thread::sleep(Duration::from_millis(2));
        let trace = fs::read_to_string(&trace).unwrap();
        let id = trace.split(' ').next().unwrap();
        let _ = Command::new("kill").args(["-s", "XFSZ", id]).status();
    }
    pipe.read_to_end(&mut answer).unwrap();
    let output = wait(child);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(answer == expected, "the answer is another");
    let is_short = |line: &str| {
        let (call, taken) = line.rsplit_once(") = ")?;
        let asked: usize = call.rsplit_once(", ")?.1.parse().ok()?;
        taken.parse::<usize>().ok().filter(|taken| *taken < asked)
    };
    for _ in fs::read_to_string(trace).unwrap().lines().filter_map(is_short) {
        row.ended("written whole");
    }
    assert!(row.faults() > 3, "no write was cut short");
}
