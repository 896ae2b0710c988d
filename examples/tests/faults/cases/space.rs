//! Disks that are full, and folders that cannot be written. What is mounted for that is seen by the
//! program alone.

use super::night::{INPUT, Night, YESTERDAY, ended, export, said};
use super::promise::{NEW, kept};
use crate::table::{Form, Row};
use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

/// Whether a program may mount here what others do not see.
fn may_mount(row: &mut Row) -> bool {
    let is = ended(Command::new("sh").args(["-c", "unshare -m true"])).status.success();
    if !is {
        row.skip("nothing can be mounted without being root");
    }
    is
}

/// Tonight's run with its output folder on a disk of its own, which has yesterday's run; `None` where
/// not even that has room. What is on it afterwards is put into the folder.
fn on_a_disk(night: &Night, options: &str) -> Option<Output> {
    const NO_ROOM: i32 = 98;
    let script = format!(
        r#"mount -t tmpfs -o {options} tmpfs "$1" || exit 99
        cp -a "$0"/. "$1" 2>/dev/null || exit {NO_ROOM}
        "${{@:3}}"; code=$?; cp -a "$1"/. "$2"; exit $code"#
    );
    let [before, after] = ["before", "after"].map(|name| night.path(name));
    fs::rename(night.out(), &before).unwrap();
    fs::create_dir(night.out()).unwrap();
    fs::create_dir(&after).unwrap();
    let out = night.out();
    let folders = [&before, &out, &after].map(|path| path.to_str().unwrap());
    let shell = [&["unshare", "-m", "bash", "-c", &script][..], &folders].concat();
    let output = ended(&mut night.tonight_behind(&shell));
    if output.status.code() == Some(NO_ROOM) {
        return None;
    }
    fs::remove_dir(night.out()).unwrap();
    fs::rename(after, night.out()).unwrap();
    Some(output)
}

/// Disks of growing size, up to the first on which there is room for tonight's run.
fn until_there_is_room(
    row: &mut Row,
    sizes: impl Iterator<Item = String>,
    night: impl Fn() -> Night,
) {
    let before = row.count(NEW);
    for size in sizes {
        row.tries(format!("mount -t tmpfs -o {size}"));
        let night = night();
        let Some(output) = on_a_disk(&night, &size) else { continue };
        let is_enough = output.status.success();
        assert!(is_enough || output.status.code() == Some(74), "{}", said(&output));
        assert!(is_enough || said(&output).contains("the disk is full"), "{}", said(&output));
        kept(row, &night, &output);
        if is_enough {
            break;
        }
    }
    assert_eq!(row.count(NEW), before + 1, "there was never room");
}

pub(crate) fn a_full_disk_is_said_and_nothing_is_left_of_the_run(row: &mut Row) {
    if !may_mount(row) {
        return;
    }
    let step = if row.form == Form::Long { 4 } else { 48 };
    let sizes = || (32..4_096).step_by(step).map(|kib| format!("size={kib}k"));
    until_there_is_room(row, sizes(), Night::new);
    until_there_is_room(row, sizes(), || Night::new().with(INPUT, export(2..300)).told(&["-"]));
    assert!(row.faults() > 10, "{}", row.faults());
}

pub(crate) fn a_disk_without_room_for_a_file_is_said_and_nothing_is_left_of_the_run(row: &mut Row) {
    if !may_mount(row) {
        return;
    }
    let sizes = || (4..200).map(|files| format!("nr_inodes={files}"));
    until_there_is_room(row, sizes(), Night::new);
    until_there_is_room(row, sizes(), || Night::new().with(INPUT, export(2..30)).told(&["-"]));
    assert!(row.faults() > 10, "{}", row.faults());
}

pub(crate) fn standard_input_that_fills_the_disk_is_not_taken_for_an_export_that_cannot_be_read(
    row: &mut Row,
) {
    if !may_mount(row) {
        return;
    }
    // Rows of nobody, so that nothing fills it but the copy.
    let blank = format!("{}{}", export(1..2), ",,,,,,\n".repeat(50_000));
    let night = Night::new().with(INPUT, blank).told(&["-"]);
    row.tries("mount -t tmpfs -o size=256k");
    let output = on_a_disk(&night, "size=256k").unwrap();
    assert_eq!(output.status.code(), Some(74), "{}", said(&output));
    let copy = "nightly: the copy of standard input in the output folder ";
    assert!(said(&output).starts_with(copy), "{}", said(&output));
    assert!(said(&output).contains(" cannot be written: the disk is full"), "{}", said(&output));
    kept(row, &night.told(&["export.csv"]), &output);
}

pub(crate) fn a_folder_that_cannot_be_written_is_said_before_the_export_is_read(row: &mut Row) {
    let night = Night::new().told(&["absent.csv"]);
    let is_root = OpenOptions::new().write(true).open("/proc/1/oom_score_adj").is_ok();
    let output = if is_root {
        if !may_mount(row) {
            return;
        }
        row.tries("mount -o remount,ro,bind");
        let script = r#"mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@""#;
        let out = night.out();
        let shell = ["unshare", "-m", "bash", "-c", script, out.to_str().unwrap()];
        ended(&mut night.tonight_behind(&shell))
    } else {
        row.tries("chmod 500");
        fs::set_permissions(night.out(), Permissions::from_mode(0o500)).unwrap();
        let output = ended(&mut night.tonight());
        fs::set_permissions(night.out(), Permissions::from_mode(0o700)).unwrap();
        output
    };
    assert_eq!(output.status.code(), Some(74), "{}", said(&output));
    assert!(!said(&output).contains("absent.csv"), "{}", said(&output));
    assert_eq!(night.latest(), YESTERDAY);
    kept(row, &night.told(&["export.csv"]), &output);
}
