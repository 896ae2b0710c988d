//! Inputs that change while they are read. The program is stopped at a call on the input, by a signal
//! that `strace` sends there, and goes on when the change is made.

use super::inputs::exports;
use super::night::{
    HEADER, Night, TONIGHT, YESTERDAY, as_ndjson, ended, row as row_of, said, wait,
};
use super::promise::kept;
use super::trace::is_traceable;
use crate::table::{Form, Row};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

/// How a file changes.
type Change = (&'static str, fn(&Path));

const CHANGES: [Change; 5] = [
    ("appended to", |path| {
        let mut file = File::options().append(true).open(path).unwrap();
        let is_json = fs::read(path).unwrap().starts_with(b"{");
        let row = row_of(60);
        let text = if is_json { as_ndjson(&(HEADER.to_owned() + &row)) } else { row };
        file.write_all(text.as_bytes()).unwrap();
    }),
    ("cut in half", |path| {
        let file = File::options().write(true).open(path).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    }),
    ("written over", |path| {
        let other = other(path);
        File::options().write(true).open(path).unwrap().write_all(other.as_bytes()).unwrap();
    }),
    ("replaced", |path| {
        let beside = path.with_extension("next");
        fs::write(&beside, other(path)).unwrap();
        fs::rename(beside, path).unwrap();
    }),
    ("removed", |path| fs::remove_file(path).unwrap()),
];

/// A file of the same length about other people.
fn other(path: &Path) -> String {
    fs::read_to_string(path).unwrap().replace("p-", "q-")
}

/// Tonight's run, on a file that changes at the k-th call of this name on it; `None` where there is none.
fn changed(night: &Night, call: &str, k: usize, name: &str, change: Change) -> Option<Output> {
    let (trace, path) = (night.path("trace"), night.path(name));
    let _ = fs::remove_file(&trace);
    let (only, stop) = (format!("trace={call}"), format!("inject={call}:signal=SIGSTOP:when={k}"));
    let strace = [
        "strace",
        "-f",
        "-e",
        "quiet=all",
        "-o",
        trace.to_str().unwrap(),
        "-e",
        &only,
        "-e",
        &stop,
    ];
    let on = ["-P", name, "-P", path.to_str().unwrap()];
    let mut command = night.tonight_behind(&[&strace[..], &on].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stopped = loop {
        let trace = fs::read_to_string(&trace).unwrap_or_default();
        let stopped = trace.lines().find(|line| line.contains("stopped by SIGSTOP"));
        if let Some(line) = stopped {
            break Some(line.split(' ').next().unwrap().to_owned());
        }
        // What it says fits into a pipe.
        if child.try_wait().unwrap().is_some() {
            break None;
        }
        thread::sleep(Duration::from_millis(1));
    };
    let Some(id) = stopped else {
        wait(child);
        return None;
    };
    change.1(&path);
    assert!(Command::new("kill").args(["-s", "CONT", &id]).status().unwrap().success());
    Some(wait(child))
}

pub(crate) fn an_export_that_changes_is_read_as_it_was_or_as_it_is_or_refused(row: &mut Row) {
    if !is_traceable(row) {
        return;
    }
    let form = row.form;
    // The first is standard input, which is open before the program is.
    for place in 1..exports(form).len() {
        let night = || exports(form).swap_remove(place).told_more(&["--max-drop", "100"]);
        for (number, change) in CHANGES.into_iter().enumerate() {
            let whole = [flags(&night(), |_| {}), flags(&night(), change.1)];
            for call in ["openat", "statx", "read"] {
                for k in 1.. {
                    // In the short form, one change at each call, each in turn.
                    if form == Form::Short && call == "read" && k % CHANGES.len() != number {
                        if k > 60 { break } else { continue }
                    }
                    row.tries(format!("{place}: {} at {call} {k}", change.0));
                    let night = night();
                    let before = fs::read(night.path("export.csv")).unwrap();
                    let Some(output) = changed(&night, call, k, "export.csv", change) else {
                        break;
                    };
                    let published = night.output(TONIGHT, "flags.csv");
                    if output.status.success() {
                        assert!(
                            whole.contains(&Some(published.clone())),
                            "a mixture was published"
                        );
                    }
                    // The next run reads what this one has read.
                    if !output.status.success() || whole[0].as_ref() == Some(&published) {
                        fs::write(night.path("export.csv"), before).unwrap();
                    }
                    kept(row, &night, &output);
                }
            }
        }
    }
}

/// What a run says of an export that was changed before.
fn flags(night: &Night, change: fn(&Path)) -> Option<Vec<u8>> {
    change(&night.path("export.csv"));
    let published = ended(&mut night.tonight()).status.success();
    published.then(|| night.output(TONIGHT, "flags.csv"))
}

pub(crate) fn a_run_before_that_changes_loses_nobody(row: &mut Row) {
    if !is_traceable(row) {
        return;
    }
    let plain = Night::new();
    assert!(ended(&mut plain.tonight()).status.success());
    let [_, cut, over, ..] = CHANGES;
    for name in ["run.json", "flags.csv", "flags.ndjson", "carried.ndjson", "reviewed.csv"] {
        let path = format!("overdose-flags/{YESTERDAY}/{name}");
        for change in [cut, over] {
            for call in ["openat", "read"] {
                for k in 1.. {
                    row.tries(format!("{path} {} at {call} {k}", change.0));
                    let night = Night::new();
                    let before = fs::read(night.path(&path)).unwrap();
                    let Some(output) = changed(&night, call, k, &path, change) else { break };
                    fs::write(night.path(&path), before).unwrap();
                    if output.status.success() {
                        for name in ["flags.csv", "carried.ndjson", "changes.csv", "reviewed.csv"] {
                            let is = night.output(TONIGHT, name);
                            let is_same = is == plain.output(TONIGHT, name);
                            assert!(is_same, "{name} is another: {}", said(&output));
                        }
                    }
                    kept(row, &night, &output);
                }
            }
        }
    }
}
