//! Outputs that cannot be written for what the system allows.

use crate::night::{Night, TONIGHT, YESTERDAY, export, said};
use crate::program::program;
use crate::whole;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{}: {}", output.status, said(output)))
}

/// Tonight's run in a shell that has done something before.
fn after(night: &Night, shell: &str) -> Output {
    let shell = format!("{shell}; exec \"$0\" \"$@\"");
    night.tonight_under("bash", &["-c", &shell]).output().unwrap()
}

#[test]
fn a_file_that_may_not_grow_further_is_said_and_ends_nothing_by_a_signal() {
    for limit in ["ulimit -f 1", "trap '' XFSZ; ulimit -f 1", "ulimit -c unlimited; ulimit -f 4"] {
        let night = Night::new();
        let output = after(&night, limit);
        assert_eq!(code(&output), 74, "{}", said(&output));
        assert!(said(&output).contains("file too large"), "{}", said(&output));
        assert_eq!(night.latest(), YESTERDAY);
        assert_eq!(whole::hidden(&night.out()), [".lock"]);
        night.recovers(limit);
    }
}

#[test]
fn no_program_that_reads_records_leaves_a_core_dump() {
    let night = Night::new();
    fs::write(night.path("key"), [7, 91, 33, 250].repeat(8)).unwrap();
    fs::set_permissions(night.path("key"), fs::Permissions::from_mode(0o600)).unwrap();
    for (name, arguments) in [
        ("filter", &[][..]),
        ("mapping", &["-"]),
        ("nightly", &["-"]),
        ("pseudonyms", &["--pseudonym-key", "key"]),
    ] {
        let mut command = program(name);
        let piped = command.args(arguments).current_dir(night.path("")).stdin(Stdio::piped());
        let mut child = piped.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let limits = format!("/proc/{}/limits", child.id());
        let deadline = Instant::now() + Duration::from_secs(20);
        let is_limited = loop {
            let limits = fs::read_to_string(&limits).unwrap();
            let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
            let core: Vec<&str> = core.split_whitespace().skip(4).collect();
            if core == ["0", "0", "bytes"] || Instant::now() > deadline {
                break core == ["0", "0", "bytes"];
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(is_limited, "{name}");
    }
}

#[test]
fn without_descriptors_nothing_is_torn() {
    for most in 3..14 {
        let night = Night::new();
        let output = after(&night, &format!("ulimit -n {most}"));
        match code(&output) {
            0 => assert_eq!(night.latest(), TONIGHT),
            // Below the first, the loader ends before the program begins.
            66 | 74 | 127 => assert_eq!(night.latest(), YESTERDAY),
            code => panic!("{most}: {code}: {}", said(&output)),
        }
        night.recovers("too few descriptors");
    }
}

#[test]
fn a_device_is_no_output_folder() {
    let night = Night::new();
    let arguments = ["absent.csv", "--as-of", TONIGHT, "--out", "/dev/full"];
    let output = program("nightly").args(arguments).output().unwrap();
    assert_eq!(code(&output), 74, "{}", said(&output));
    assert_eq!(night.latest(), YESTERDAY);
}

#[test]
fn a_full_standard_output_is_said_and_the_run_stands() {
    for arguments in [&[][..], &["--json"]] {
        let night = Night::new();
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = night.tonight().args(arguments).stdout(full).output().unwrap();
        assert_eq!(code(&output), 74);
        assert!(said(&output).contains("but the run was published"), "{}", said(&output));
        assert_eq!(night.latest(), TONIGHT);
    }
}

/// Runs a script as in a world of its own, in which it may mount; `None` where it may not.
fn mounted(night: &Night, script: &str, arguments: &[&str]) -> Option<Command> {
    let may_mount = Command::new("unshare").args(["-m", "true"]).output();
    if !may_mount.is_ok_and(|output| output.status.success()) {
        let _ = writeln!(std::io::stderr(), "SKIPPED: nothing can be mounted without being root");
        return None;
    }
    let nightly = night.nightly(arguments);
    let mut command = Command::new("unshare");
    command.args(["-m", "bash", "-c", script]).arg(night.out());
    command.arg(nightly.get_program()).args(nightly.get_args());
    command.current_dir(night.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(command)
}

#[test]
fn a_folder_that_cannot_be_written_is_said_before_the_export_is_read() {
    let arguments = ["absent.csv", "--as-of", TONIGHT];
    let read_only = |night: &Night| {
        let script = r#"mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@""#;
        Some(mounted(night, script, &arguments)?.output().unwrap())
    };
    let locked_up = |night: &Night| {
        fs::set_permissions(night.out(), fs::Permissions::from_mode(0o500)).unwrap();
        let output = night.nightly(&arguments).output().unwrap();
        fs::set_permissions(night.out(), fs::Permissions::from_mode(0o700)).unwrap();
        output
    };
    let night = Night::new();
    let is_root = OpenOptions::new().write(true).open("/proc/1/oom_score_adj").is_ok();
    let output = if is_root { read_only(&night) } else { Some(locked_up(&night)) };
    let Some(output) = output else { return };
    assert_eq!(code(&output), 74, "{}", said(&output));
    assert!(!said(&output).contains("absent.csv"), "{}", said(&output));
    assert_eq!(night.latest(), YESTERDAY);
    night.recovers("a read-only folder");
}

#[test]
fn a_full_disk_is_said_and_nothing_is_left_of_the_run() {
    let script = r#"mount -t tmpfs -o size=32k tmpfs "$0" || exit 99
        "$@"; code=$?; ls -A "$0"; exit $code"#;
    let large = export(600);
    for export in ["export.csv", "-"] {
        let night = Night::new();
        fs::write(night.path("export.csv"), &large).unwrap();
        let arguments = [export, "--as-of", TONIGHT];
        let Some(mut command) = mounted(&night, script, &arguments) else { return };
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        if export == "-" {
            // Whether all of it is read is not the matter.
            let _ = input.write_all(large.as_bytes());
        }
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 74, "{}", said(&output));
        assert!(said(&output).contains("the disk is full"), "{}", said(&output));
        assert_eq!(String::from_utf8_lossy(&output.stdout), ".lock\n");
    }
}

#[test]
fn standard_input_that_fills_the_disk_is_not_taken_for_an_export_that_cannot_be_read() {
    // Rows of nobody, so that nothing fills it but the copy.
    let script = r#"mount -t tmpfs -o size=32k tmpfs "$0" && exec "$@""#;
    let night = Night::new();
    let arguments = ["-", "--as-of", TONIGHT];
    let Some(mut command) = mounted(&night, script, &arguments) else { return };
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let blank = format!("{}{}", export(1), ",,,,,\n".repeat(20_000));
    let _ = child.stdin.take().unwrap().write_all(blank.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 74, "{}", said(&output));
    let expected =
        "nightly: the copy of - in the output folder cannot be written: the disk is full";
    assert!(said(&output).starts_with(expected), "{}", said(&output));
}
