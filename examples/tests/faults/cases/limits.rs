//! What the system allows a program: the size of a file, descriptors, memory, standard output.

use super::night::{Night, TONIGHT, YESTERDAY, ended, key, said, wait};
use super::promise::{NEW, kept, kept_though_ended};
use super::whole;
use crate::table::{Form, Row};
use std::fs::{self, OpenOptions};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Tonight's run in a shell that has done something before.
fn after(night: &Night, shell: &str) -> Output {
    let shell = format!("{shell}; exec \"$0\" \"$@\"");
    ended(&mut night.tonight_behind(&["bash", "-c", &shell]))
}

pub(crate) fn a_file_that_may_not_grow_further_is_said_and_ends_nothing_by_a_signal(row: &mut Row) {
    let step = if row.form == Form::Long { 1 } else { 8 };
    let more =
        ["trap '' XFSZ; ulimit -f 1".to_owned(), "ulimit -c unlimited; ulimit -f 4".to_owned()];
    let each = (0..1_000).step_by(step).map(|blocks| format!("ulimit -f {blocks}"));
    for limit in more.into_iter().chain(each) {
        row.tries(&limit);
        let night = Night::new();
        let output = after(&night, &limit);
        let is_enough = output.status.success();
        assert!(is_enough || output.status.code() == Some(74), "{}", said(&output));
        assert!(is_enough || said(&output).contains("file too large"), "{}", said(&output));
        kept(row, &night, &output);
        if is_enough {
            break;
        }
    }
    assert!(row.faults() > 5 && row.count(NEW) == 1);
}

pub(crate) fn without_descriptors_nothing_is_torn(row: &mut Row) {
    for most in 3..20 {
        row.tries(format!("ulimit -n {most}"));
        let night = Night::new();
        let output = after(&night, row.fault());
        match output.status.code() {
            // Below the first, the loader ends before the program begins.
            Some(127) => kept_though_ended(row, &night),
            _ => kept(row, &night, &output),
        }
    }
    assert!(row.count(NEW) > 0);
}

/// An allocation that fails ends a program at once, as does a stack that cannot grow: as a kill does.
pub(crate) fn without_memory_nothing_is_torn(row: &mut Row) {
    const ENDED_BY: [Option<i32>; 2] = [Some(6), Some(11)];
    let step = if row.form == Form::Long { 16 } else { 256 };
    for kib in (6_144..200_000).step_by(step) {
        row.tries(format!("ulimit -v {kib}"));
        let night = Night::new();
        let output = after(&night, row.fault());
        match output.status.code() {
            Some(126 | 127) => kept_though_ended(row, &night),
            None => {
                assert!(ENDED_BY.contains(&output.status.signal()), "{}", output.status);
                kept_though_ended(row, &night);
            }
            Some(_) => kept(row, &night, &output),
        }
        if row.count(NEW) == 3 {
            break;
        }
    }
    assert_eq!(row.count(NEW), 3);
}

pub(crate) fn no_program_that_reads_records_leaves_a_core_dump(row: &mut Row) {
    let night = Night::new().with("key", key());
    for (name, arguments) in [
        ("filter", &[][..]),
        ("mapping", &["-"]),
        ("nightly", &["-"]),
        ("pseudonyms", &["--pseudonym-key", "key"]),
    ] {
        row.tries(name);
        let mut command = night.behind(&[], name, arguments);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = piped.spawn().unwrap();
        let limits = format!("/proc/{}/limits", child.id());
        let deadline = Instant::now() + Duration::from_secs(20);
        let is_limited = loop {
            let limits = fs::read_to_string(&limits).unwrap();
            let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
            let core: Vec<&str> = core.split_whitespace().skip(4).collect();
            if core == ["0", "0", "bytes"] || Instant::now() > deadline {
                break core == ["0", "0", "bytes"];
            }
            thread::sleep(Duration::from_millis(2));
        };
        drop(child.stdin.take());
        wait(child);
        assert!(is_limited);
        row.ended("no core dump");
    }
}

pub(crate) fn a_device_is_no_output_folder(row: &mut Row) {
    let night = Night::new();
    row.tries("--out /dev/full");
    let arguments = ["absent.csv", "--as-of", TONIGHT, "--out", "/dev/full"];
    let output = ended(&mut night.behind(&[], "nightly", &arguments));
    assert_eq!(output.status.code(), Some(74), "{}", said(&output));
    assert!(!whole::names(&night.out()).contains(TONIGHT));
    assert_eq!(night.latest(), YESTERDAY);
    kept(row, &night, &output);
}

pub(crate) fn a_full_standard_output_is_said_and_the_run_stands(row: &mut Row) {
    for arguments in [&[][..], &["--json"]] {
        row.tries(format!("{arguments:?} > /dev/full"));
        let night = Night::new();
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = night.tonight();
        let child = command.args(arguments).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let output = wait(child);
        assert_eq!(output.status.code(), Some(74));
        assert!(said(&output).contains("but the run was published"), "{}", said(&output));
        kept(row, &night, &output);
    }
}
