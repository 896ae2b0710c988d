//! The k-th call of each kind fails.

use super::night::{Night, TONIGHT, as_ndjson, ended, export, row as row_of, said};
use super::promise::{NEW, kept};
use super::trace::{calls_of, first_of_each, inject};
use super::whole;
use crate::table::{Form, Row};
use std::collections::BTreeSet;
use std::fs;

/// How the names of the calls begin without which nobody knows that a run is whole, for us alone, and
/// on the disk.
const TO_BE_SAID: [&str; 6] = ["fchmod", "flock", "fsync", "mkdir", "rename", "write"];

/// How a call can fail, by how its name begins.
const ERRORS: [(&str, &[&str]); 6] = [
    ("write", &["EIO", "ENOSPC", "EDQUOT", "EFBIG"]),
    ("fsync", &["EIO", "ENOSPC", "EDQUOT"]),
    ("open", &["EACCES", "EMFILE", "ENFILE", "ENOSPC", "EIO"]),
    ("mkdir", &["EACCES", "ENOSPC", "EDQUOT", "EROFS"]),
    ("rename", &["EACCES", "ENOSPC", "EDQUOT", "EXDEV"]),
    ("", &["EIO", "EACCES", "ENOMEM"]),
];

pub(crate) fn whichever_call_fails_latest_names_a_run_that_is_whole(row: &mut Row) {
    // It is read again, and what was written of it is thrown away: that need not have been written.
    let twice = export(2..30) + &row_of(7);
    let mut nights: Vec<(fn(Night, &str) -> Night, bool)> =
        vec![(|night, _| night, true), (|night, twice| night.with("export.csv", twice), false)];
    if row.form == Form::Long {
        nights.push((|night, _| night.on_threads("2"), true));
        nights.push((|night, twice| night.with("input", as_ndjson(twice)).told(&["-"]), false));
    }
    for (night_of, is_read_once) in nights {
        let night = || night_of(Night::new(), &twice);
        let Some(calls) = calls_of(row, &night()) else { return };
        let mut injected = BTreeSet::new();
        for (name, first) in first_of_each(&calls) {
            for error in errors(row.form, name) {
                for k in first.. {
                    let error = error.unwrap_or(if k % 2 == 0 { "EIO" } else { "ENOSPC" });
                    let fault = format!("{name}:error={error}:when={k}");
                    row.tries(&fault);
                    let night = night();
                    let tonight = |before: &[&str]| night.tonight_behind(before);
                    let Some(output) = inject(&night, &fault, None, tonight) else { break };
                    // A lock that cannot be given back is free when the process ends.
                    let is_given_back = name == "flock" && k > first;
                    let is_to_be_said =
                        !is_given_back && TO_BE_SAID.iter().any(|call| name.starts_with(call));
                    let is_success = output.status.success();
                    assert!(!(is_to_be_said && is_read_once && is_success), "it was not said");
                    kept(row, &night, &output);
                    injected.insert(name);
                }
            }
        }
        for name in TO_BE_SAID.iter().chain(&["openat"]) {
            assert!(injected.iter().any(|found| found.starts_with(name)), "{name}: {injected:?}");
        }
    }
    assert!(row.faults() > 120, "{}", row.faults());
}

/// How this call fails, one after the other; in the short form in one way or another.
fn errors(form: Form, name: &str) -> Vec<Option<&'static str>> {
    let (_, errors) = ERRORS.iter().find(|(begins, _)| name.starts_with(begins)).unwrap();
    match form {
        Form::Short => vec![None],
        Form::Long => errors.iter().copied().map(Some).collect(),
    }
}

pub(crate) fn without_more_threads_one_does_it_all(row: &mut Row) {
    let night = || Night::new().on_threads("3");
    let Some(calls) = calls_of(row, &night()) else { return };
    let name = calls.iter().map(|call| &*call.name).find(|name| name.starts_with("clone")).unwrap();
    for when in ["1", "2", "1+"] {
        let night = night();
        let fault = format!("{name}:error=EAGAIN:when={when}");
        row.tries(&fault);
        let output = inject(&night, &fault, None, |before| night.tonight_behind(before)).unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        kept(row, &night, &output);
    }
}

pub(crate) fn a_call_that_was_interrupted_is_made_again(row: &mut Row) {
    let Some(calls) = calls_of(row, &Night::new()) else { return };
    let first = first_of_each(&calls);
    for name in ["read", "write", "fsync"] {
        for k in first[name].. {
            let fault = format!("{name}:error=EINTR:when={k}");
            row.tries(&fault);
            let night = Night::new();
            let tonight = |before: &[&str]| night.tonight_behind(before);
            let Some(output) = inject(&night, &fault, None, tonight) else { break };
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            kept(row, &night, &output);
        }
    }
}

pub(crate) fn a_leftover_that_cannot_be_removed_is_named(row: &mut Row) {
    if calls_of(row, &Night::new()).is_none() {
        return;
    }
    for (left, call) in [(".draft-aB3xY9/flags.csv", "unlinkat"), (".latest-aB3xY9", "unlink")] {
        let night = Night::new();
        let left = night.out().join(left);
        fs::create_dir_all(left.parent().unwrap()).unwrap();
        fs::write(&left, "x").unwrap();
        let fault = format!("{call}:error=EIO:when=1");
        row.tries(&fault);
        let output = inject(&night, &fault, None, |before| night.tonight_behind(before)).unwrap();
        assert_eq!(output.status.code(), Some(74));
        let named = if call == "unlink" { ".latest-aB3xY9" } else { ".draft-aB3xY9" };
        let begins = format!("nightly: {}, which", night.out().join(named).display());
        assert!(said(&output).starts_with(&begins), "{}", said(&output));
        kept(row, &night, &output);
    }
}

/// A write of which the system says that it took one byte, and it took none. Nobody can know it before
/// the file is read again.
pub(crate) fn what_the_disk_lost_is_named_by_whoever_looks(row: &mut Row) {
    let Some(calls) = calls_of(row, &Night::new()) else { return };
    for call in calls.iter().filter(|call| call.name == "write" && call.text.contains("/.draft-")) {
        let fault = format!("write:retval=1:when={}", call.ordinal);
        row.tries(&fault);
        let night = Night::new();
        let output = inject(&night, &fault, None, |before| night.tonight_behind(before)).unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let altered = whole::altered(&night.out().join(TONIGHT));
        let receipt = format!("overdose-flags/{TONIGHT}/run.json");
        let arguments = ["export.csv", "--receipt", &receipt];
        let replayed = ended(&mut night.behind(&[], "replay", &arguments));
        let answer = format!("{}{}", String::from_utf8_lossy(&replayed.stdout), said(&replayed));
        match altered {
            Some(altered) => {
                assert_eq!(replayed.status.code(), Some(65), "{answer}");
                assert_eq!(altered.len(), 1, "{altered:?}");
                assert!(answer.contains(&altered[0]), "{altered:?}: {answer}");
            }
            None => assert_eq!(replayed.status.code(), Some(66), "{answer}"),
        }
        row.ended("named");
    }
    assert!(row.count("named") > 9 && row.count(NEW) == 0);
}
