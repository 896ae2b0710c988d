//! Two runs at once, and a run that is asked to end.

use crate::night::{HEADER, Night, TONIGHT, YESTERDAY, said};
use crate::whole;
use std::io::Write as _;
use std::process::{Child, ChildStdin, Command, Stdio};
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
        std::thread::sleep(Duration::from_millis(2));
    }
    (child, input)
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Feeds people until nobody reads any more.
fn feed(mut input: ChildStdin) {
    for person in 0_u64.. {
        let row = format!("p-{person},44,current,not_prescribed,,held\n");
        if input.write_all(row.as_bytes()).is_err() {
            break;
        }
    }
}

#[test]
fn a_second_run_at_once_is_refused_and_the_first_completes() {
    let night = Night::new();
    let (first, mut input) = begin(&night);
    let second = night.tonight().output().unwrap();
    assert_eq!(second.status.code(), Some(75), "{}", said(&second));
    assert!(said(&second).contains("another run is under way"), "{}", said(&second));
    assert_eq!(night.latest(), YESTERDAY);
    input.write_all(b"p-1,44,current,not_prescribed,,held\n").unwrap();
    drop(input);
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    assert_eq!(night.latest(), TONIGHT);
    assert_eq!(whole::hidden(&night.out()), [".lock"]);
}

#[test]
fn a_run_that_is_asked_to_end_publishes_nothing_and_leaves_nothing() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let night = Night::new();
        let (child, input) = begin(&night);
        let fed = std::thread::spawn(|| feed(input));
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        fed.join().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert_eq!(said(&output), "nightly: interrupted; nothing was published\n");
        assert_eq!(night.latest(), YESTERDAY);
        assert_eq!(whole::hidden(&night.out()), [".lock"]);
    }
}

#[test]
fn the_second_signal_ends_a_run_that_waits_for_its_export() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let night = Night::new();
        let (mut child, input) = begin(&night);
        signal(&child, "INT");
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(child.try_wait().unwrap(), None);
        signal(&child, name);
        let deadline = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(2));
        };
        assert_eq!(status.code(), Some(code));
        drop(input);
        assert_eq!(night.latest(), YESTERDAY);
        night.recovers("two signals");
    }
}
