//! The calls that a run without faults makes.

use crate::night::{Night, said};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::Command;

/// A call to the system.
pub(crate) struct Call {
    pub(crate) name: String,
    /// The how manyth of this name it is, from 1.
    pub(crate) ordinal: usize,
    /// It, with the paths of its files.
    pub(crate) text: String,
}

/// The calls of tonight's run, from the first that has to do with the output folder. None, where there
/// is no `strace` that can look into the program, and nothing says that there has to be.
pub(crate) fn calls() -> Option<Vec<Call>> {
    calls_of(&Night::new())
}

/// The calls of the run of this night.
pub(crate) fn calls_of(night: &Night) -> Option<Vec<Call>> {
    let traced = trace(night).unwrap_or_default();
    // The very first call has the folder among the program's arguments.
    let begins = traced
        .iter()
        .position(|call| call.name != "execve" && call.text.contains("overdose-flags\""));
    let Some(begins) = begins else {
        let is_required = std::env::var_os("OVERDOSE_RISK_FAULTS").is_some_and(|v| v == "required");
        assert!(!is_required, "OVERDOSE_RISK_FAULTS=required: strace is missing or may not trace");
        // Past the harness, which shows nothing of tests that pass.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no strace that may trace the program");
        return None;
    };
    Some(traced.into_iter().skip(begins).collect())
}

fn trace(night: &Night) -> Option<Vec<Call>> {
    Command::new("strace").arg("-V").output().ok()?;
    let trace = night.path("trace");
    let strace = ["-f", "-qq", "-y", "-s", "64", "-o", trace.to_str().unwrap()];
    let output = night.tonight_under("strace", &strace).output().unwrap();
    if output.status.code() != Some(0) {
        let _ = writeln!(std::io::stderr(), "{}", said(&output));
        return None;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let trace = fs::read_to_string(trace).unwrap();
    let calls = trace.lines().filter_map(|line| {
        let text = line.split_once(' ')?.1.trim_start();
        let name = text.split_once('(')?.0.to_owned();
        let ordinal = counts.entry(name.clone()).or_default();
        *ordinal += 1;
        Some(Call { name, ordinal: *ordinal, text: text.to_owned() })
    });
    Some(calls.collect())
}
