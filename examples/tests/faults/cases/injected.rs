//! The k-th call of each kind fails.

use crate::night::{Night, TONIGHT, YESTERDAY, export, said};
use crate::trace::{Call, calls, calls_of};
use crate::whole;
use std::collections::BTreeMap;
use std::fs;
use std::process::Output;

/// Calls that have to do with no file of ours; and `close`, whose failure the standard library hides
/// from a file and takes for a defect in a folder. What was written is synced before.
const NOT_OURS: [&str; 10] = [
    "brk",
    "close",
    "exit_group",
    "futex",
    "getrandom",
    "madvise",
    "mmap",
    "mremap",
    "munmap",
    "sched_yield",
];

/// How the names of the calls begin without which nobody knows that a run is whole, for us alone, and
/// on the disk.
const TO_BE_SAID: [&str; 6] = ["fchmod", "flock", "fsync", "mkdir", "rename", "write"];

#[test]
fn whichever_call_fails_latest_names_a_run_that_is_whole() {
    let once = export(30);
    // It is read again, and what was written of it is thrown away: that need not have been written.
    let twice = format!("{once}p-1,21,current,not_prescribed,2026-03-02,not_held\n");
    for (export, is_read_once) in [(once, true), (twice, false)] {
        let Some(calls) = calls_of(&Night::with(&export)) else { return };
        let mut faults = BTreeMap::new();
        for (name, first) in first_of_each(&calls) {
            for k in first.. {
                let error = if k % 2 == 0 { "EIO" } else { "ENOSPC" };
                let fault = format!("{name}:error={error}:when={k}");
                let night = Night::with(&export);
                let Some(output) = inject(&night, &fault) else { break };
                check(&night, &fault, &output);
                // A lock that cannot be given back is free when the process ends.
                let is_given_back = name == "flock" && k > first;
                let is_to_be_said =
                    !is_given_back && TO_BE_SAID.iter().any(|call| name.starts_with(call));
                assert!(
                    !(is_to_be_said && is_read_once && output.status.success()),
                    "{fault}: not said"
                );
                night.recovers(&fault);
                *faults.entry(name).or_insert(0) += 1;
            }
        }
        for name in TO_BE_SAID.iter().chain(&["openat"]) {
            assert!(faults.keys().any(|injected| injected.starts_with(name)), "{name}: {faults:?}");
        }
        assert!(faults.values().sum::<u32>() > 60, "{faults:?}");
    }
}

#[test]
fn a_call_that_was_interrupted_is_made_again() {
    let Some(calls) = calls() else { return };
    let first = first_of_each(&calls);
    for name in ["read", "write", "fsync"] {
        for k in first[name].. {
            let fault = format!("{name}:error=EINTR:when={k}");
            let night = Night::new();
            let Some(output) = inject(&night, &fault) else { break };
            assert_eq!(output.status.code(), Some(0), "{fault}: {}", said(&output));
            assert_eq!(night.latest(), TONIGHT, "{fault}");
        }
    }
}

#[test]
fn a_leftover_that_cannot_be_removed_is_named() {
    if calls().is_none() {
        return;
    }
    for (left, call) in [(".draft-aB3xY9/flags.csv", "unlinkat"), (".latest-aB3xY9", "unlink")] {
        let night = Night::new();
        let left = night.out().join(left);
        fs::create_dir_all(left.parent().unwrap()).unwrap();
        fs::write(&left, "x").unwrap();
        let fault = format!("{call}:error=EIO:when=1");
        let output = inject(&night, &fault).unwrap();
        check(&night, &fault, &output);
        assert_eq!(output.status.code(), Some(74));
        let named = if call == "unlink" { ".latest-aB3xY9" } else { ".draft-aB3xY9" };
        assert!(
            said(&output).starts_with(&format!("nightly: {named}, which")),
            "{}",
            said(&output)
        );
        night.recovers(&fault);
    }
}

/// The first call of each kind, by its number, that has to do with the output folder or comes after.
fn first_of_each(calls: &[Call]) -> BTreeMap<&str, usize> {
    let mut first = BTreeMap::new();
    for call in calls.iter().filter(|call| !NOT_OURS.contains(&call.name.as_str())) {
        first.entry(call.name.as_str()).or_insert(call.ordinal);
    }
    first
}

/// Tonight's run with a fault; `None` where it was over before the fault had its turn.
fn inject(night: &Night, fault: &str) -> Option<Output> {
    let trace = night.path("trace");
    let (name, inject) = (fault.split_once(':').unwrap().0, format!("inject={fault}"));
    let trace_only = format!("trace={name}");
    let arguments = ["-f", "-qq", "-o", trace.to_str().unwrap(), "-e", &trace_only, "-e", &inject];
    let output = night.tonight_under("strace", &arguments).output().unwrap();
    let trace = fs::read_to_string(trace).unwrap();
    trace.contains("(INJECTED)").then_some(output)
}

fn check(night: &Night, fault: &str, output: &Output) {
    let said = said(output);
    let latest = night.latest();
    let code = output.status.code().unwrap_or_else(|| panic!("{fault}: {}", output.status));
    let runs = whole::names(&night.out());
    match code {
        0 => assert_eq!(latest, TONIGHT, "{fault}"),
        74 if said.contains("the run is complete in the folder 2026-03-31") => {
            assert!(runs.contains(TONIGHT), "{fault}");
            let is_moved = !said.contains("LATEST was not moved to it");
            assert_eq!(latest, if is_moved { TONIGHT } else { YESTERDAY }, "{fault}: {said}");
        }
        74 if said.contains("but the run was published") => assert_eq!(latest, TONIGHT, "{fault}"),
        65 | 66 | 74 => {
            assert_eq!(latest, YESTERDAY, "{fault}: {said}");
            assert!(!runs.contains(TONIGHT), "{fault}: {said}");
            assert!(said.ends_with("nothing was published\n"), "{fault}: {said}");
        }
        code => panic!("{fault}: exit code {code}: {said}"),
    }
}
