//! Runs at once, and a run that is asked to end.

use super::night::{HEADER, Night, TONIGHT, YESTERDAY, ended, row as row_of, said, wait};
use super::promise::{kept_though_ended, recovers, says_nothing_of_anybody};
use super::whole;
use crate::table::{Form, Row};
use std::io::Write as _;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Tonight's run on a pipe that stays open, when it has begun.
fn begin(night: &Night) -> (Child, ChildStdin) {
    let mut command = night.nightly(&["-", "--as-of", TONIGHT, "--previous", "none"]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(HEADER.as_bytes()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !whole::hidden(&night.out()).iter().any(|name| name.starts_with(".draft-")) {
        assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none());
        thread::sleep(Duration::from_millis(2));
    }
    (child, input)
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Feeds people until nobody reads any more.
fn feed(mut input: ChildStdin) {
    for person in 0.. {
        if input.write_all(row_of(person).as_bytes()).is_err() {
            break;
        }
    }
}

pub(crate) fn a_second_run_at_once_is_refused_and_the_first_completes(row: &mut Row) {
    let night = Night::new();
    let (first, mut input) = begin(&night);
    for (name, mut second) in [
        ("nightly", night.tonight()),
        ("prune", night.behind(&[], "prune", &["--keep", "0", "--remove"])),
    ] {
        row.tries(format!("{name} while a run is under way"));
        let output = ended(&mut second);
        // There is nothing to remove but the run that stays.
        let is_idle = name == "prune" && output.status.success();
        assert!(is_idle || output.status.code() == Some(75), "{}", said(&output));
        let says = "another run is under way";
        assert!(is_idle || said(&output).contains(says), "{}", said(&output));
        assert_eq!(night.latest(), YESTERDAY);
        row.ended("refused (75)");
    }
    input.write_all(row_of(1).as_bytes()).unwrap();
    drop(input);
    let first = wait(first);
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    assert_eq!(night.latest(), TONIGHT);
    assert_eq!(whole::hidden(&night.out()), [".lock"]);
}

pub(crate) fn of_runs_at_once_each_is_published_whole_or_refused(row: &mut Row) {
    let rounds = if row.form == Form::Long { 200 } else { 10 };
    for _ in 0..rounds {
        row.tries("four runs at once");
        let night = Night::new().on_threads("2");
        let spawn = |_| {
            let mut command = night.tonight();
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<Child> = (0..4).map(spawn).collect();
        let mut published = 0;
        for child in children {
            let output = wait(child);
            says_nothing_of_anybody(&night, &output);
            match output.status.code() {
                Some(0) => {
                    published += 1;
                    row.ended("published");
                }
                Some(75) => row.ended("refused (75)"),
                code => panic!("{code:?}: {}", said(&output)),
            }
        }
        let runs = whole::names(&night.out());
        assert_eq!(runs.iter().filter(|run| run.starts_with(TONIGHT)).count(), published);
        assert!(night.latest().starts_with(TONIGHT));
        recovers(&night);
    }
}

pub(crate) fn a_run_that_is_asked_to_end_publishes_nothing_and_leaves_nothing(row: &mut Row) {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        row.tries(format!("SIG{name}"));
        let night = Night::new();
        let (child, input) = begin(&night);
        let fed = thread::spawn(|| feed(input));
        signal(&child, name);
        let output = wait(child);
        fed.join().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert_eq!(said(&output), "nightly: interrupted; nothing was published\n");
        assert_eq!(night.latest(), YESTERDAY);
        assert_eq!(whole::hidden(&night.out()), [".lock"]);
        kept_though_ended(row, &night);
    }
}

pub(crate) fn the_second_signal_ends_a_run_that_waits_for_its_export(row: &mut Row) {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        row.tries(format!("SIGINT, then SIG{name}"));
        let night = Night::new();
        let (mut child, input) = begin(&night);
        signal(&child, "INT");
        thread::sleep(Duration::from_millis(300));
        assert_eq!(child.try_wait().unwrap(), None);
        signal(&child, name);
        assert_eq!(wait(child).status.code(), Some(code));
        drop(input);
        assert_eq!(night.latest(), YESTERDAY);
        kept_though_ended(row, &night);
    }
}
