//! The calls that a program makes, and those that fail.

use super::night::{Night, ended, said};
use crate::table::Row;
use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};

/// A call to the system.
pub(crate) struct Call {
    pub(crate) name: String,
    /// The how manyth of this name it is, from 1.
    pub(crate) ordinal: usize,
    /// It, with the paths of its files.
    pub(crate) text: String,
}

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

/// The calls of tonight's run, from the first that has to do with the output folder.
pub(crate) fn calls_of(row: &mut Row, night: &Night) -> Option<Vec<Call>> {
    calls(row, night, |before| night.tonight_behind(before), "overdose-flags\"")
}

/// The calls of a program without a fault, from the first in which this stands. None, where there is no
/// `strace` that can look into it.
pub(crate) fn calls(
    row: &mut Row,
    night: &Night,
    program: impl Fn(&[&str]) -> Command,
    begins: &str,
) -> Option<Vec<Call>> {
    if !is_traceable(row) {
        return None;
    }
    let trace = night.path("trace");
    let strace =
        ["strace", "-f", "-e", "quiet=all", "-y", "-s", "64", "-o", trace.to_str().unwrap()];
    let output = ended(&mut program(&strace));
    assert_eq!(output.status.code(), Some(0), "without a fault: {}", said(&output));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let trace = fs::read_to_string(trace).unwrap();
    let calls = trace.lines().filter_map(|line| {
        let text = line.split_once(' ')?.1.trim_start();
        // Of a call during which another thread made one, the second half is none.
        let name = text.split_once('(').filter(|(name, _)| !name.starts_with('<'))?.0.to_owned();
        let ordinal = counts.entry(name.clone()).or_default();
        *ordinal += 1;
        Some(Call { name, ordinal: *ordinal, text: text.to_owned() })
    });
    // The very first call has all of them among the program's arguments.
    let calls: Vec<Call> =
        calls.skip_while(|call| call.name == "execve" || !call.text.contains(begins)).collect();
    assert!(!calls.is_empty(), "no call with {begins}");
    Some(calls)
}

/// Whether there is a `strace` here that may look into a program.
pub(crate) fn is_traceable(row: &mut Row) -> bool {
    let is = ended(Command::new("sh").args(["-c", "strace -o /dev/null true"])).status.success();
    if !is {
        row.skip("there is no strace here that may look into a program");
    }
    is
}

/// The first call of each kind, by its number.
pub(crate) fn first_of_each(calls: &[Call]) -> BTreeMap<&str, usize> {
    let mut first = BTreeMap::new();
    for call in calls.iter().filter(|call| !NOT_OURS.contains(&call.name.as_str())) {
        first.entry(call.name.as_str()).or_insert(call.ordinal);
    }
    first
}

/// A program with a fault, as `strace` writes it, in the calls on this file, or in all; `None` where it
/// was over before the fault had its turn.
pub(crate) fn inject(
    night: &Night,
    fault: &str,
    on: Option<&str>,
    program: impl Fn(&[&str]) -> Command,
) -> Option<Output> {
    let trace = night.path("trace");
    let (name, inject) = (fault.split_once(':').unwrap().0, format!("inject={fault}"));
    let trace_only = format!("trace={name}");
    let mut strace = vec!["strace", "-f", "-e", "quiet=all", "-o", trace.to_str().unwrap()];
    strace.extend(["-e", &trace_only, "-e", &inject]);
    let path = on.map(|on| night.path(on));
    if let (Some(on), Some(path)) = (on, &path) {
        strace.extend(["-P", on, "-P", path.to_str().unwrap()]);
    }
    let output = ended(&mut program(&strace));
    fs::read_to_string(&trace).unwrap().contains("(INJECTED)").then_some(output)
}
