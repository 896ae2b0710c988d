//! A run that is killed.

use super::night::{Night, ended};
use super::promise::{NEW, OLD, kept_though_ended};
use super::trace::{Call, calls_of};
use crate::table::{Form, Row};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

const SIGKILL: i32 = 9;

pub(crate) fn a_run_that_is_killed_while_it_is_published_leaves_the_old_or_the_new(row: &mut Row) {
    let Some(calls) = calls_of(row, &Night::new()) else { return };
    let receipt = calls.iter().position(|call| call.text.contains("run.json\"")).unwrap();
    let is_tried = |(place, call): &(usize, &Call)| match row.form {
        Form::Short => *place >= receipt && call.text.contains("overdose-flags"),
        Form::Long => call.name != "exit_group",
    };
    let moments: Vec<String> = calls
        .iter()
        .enumerate()
        .filter(is_tried)
        .map(|(_, call)| format!("{}:signal=SIGKILL:when={}", call.name, call.ordinal))
        .collect();
    assert!(moments.iter().any(|moment| moment.starts_with("rename")), "{moments:?}");
    for moment in &moments {
        row.tries(moment);
        let night = Night::new();
        let inject = format!("inject={moment}");
        let strace = ["strace", "-f", "-e", "quiet=all", "-o", "/dev/null", "-e", &inject];
        let output = ended(&mut night.tonight_behind(&strace));
        assert_eq!(output.status.signal(), Some(SIGKILL));
        kept_though_ended(row, &night);
    }
    assert!(row.count(OLD) > 0 && row.count(NEW) > 0);
}

pub(crate) fn a_run_that_is_killed_at_any_moment_leaves_the_old_or_the_new(row: &mut Row) {
    let night = || Night::new().on_threads("2");
    let whole = night();
    let begun = Instant::now();
    assert!(ended(&mut whole.tonight()).status.success());
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let kills = if row.form == Form::Long { 2_000 } else { 150 };
    for _ in 0..kills * 7 {
        let moment = Duration::from_micros(row.draw(micros));
        row.tries(format!("SIGKILL {moment:?} after it began, of {micros} us"));
        let night = night();
        let mut child = night.tonight().stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(moment);
        child.kill().unwrap();
        if child.wait().unwrap().signal() != Some(SIGKILL) {
            continue;
        }
        kept_though_ended(row, &night);
        if row.faults() == kills {
            break;
        }
    }
    assert_eq!(row.faults(), kills);
    assert!(row.count(OLD) > 0);
}
