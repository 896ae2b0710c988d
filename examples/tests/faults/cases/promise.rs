//! What has to be so after every fault.

use super::night::{CANARY, Night, TONIGHT, YESTERDAY, ended, said};
use super::whole;
use crate::table::Row;
use std::fs;
use std::path::Path;
use std::process::Output;

pub(crate) const NEW: &str = "new";
pub(crate) const OLD: &str = "old";

/// The calls with which a folder is removed. Where one of them fails while a run throws away what it has
/// begun, the run goes on, and the next removes what is left.
const REMOVES: [&str; 7] = ["fcntl", "fstat", "getdents", "newfstatat", "open", "statx", "unlink"];

/// Holds that a run that ended kept every promise and that the next one does all that is left to do, and
/// counts it.
pub(crate) fn kept(row: &mut Row, night: &Night, output: &Output) {
    let outcome = outcome(night, output);
    says_nothing_of_anybody(night, output);
    let removes = if output.status.success() { &REMOVES[..] } else { &["unlink", "ulimit -n"] };
    if !removes.iter().any(|call| row.fault().starts_with(call)) {
        assert_eq!(whole::hidden(&night.out()), [".lock"], "{}", said(output));
    }
    recovers(night);
    row.ended(outcome);
}

/// The same of a run that something ended.
pub(crate) fn kept_though_ended(row: &mut Row, night: &Night) {
    let latest = night.latest();
    assert!([YESTERDAY, TONIGHT].contains(&&*latest), "{latest}");
    recovers(night);
    row.ended(if latest == TONIGHT { NEW } else { OLD });
}

/// Runs once more without a fault: it succeeds, whatever was before, says the same of everybody, and
/// leaves nothing hidden.
pub(crate) fn recovers(night: &Night) {
    let was = whole::named(&night.out());
    let output = ended(&mut night.tonight());
    assert_eq!(output.status.code(), Some(0), "the next run: {}", said(&output));
    let latest = night.latest();
    assert!(latest.starts_with(TONIGHT) && latest != was, "the next run");
    if was == TONIGHT {
        for name in ["flags.csv", "flags.ndjson"] {
            assert!(night.output(&was, name) == night.output(&latest, name), "{name} is another");
        }
    }
    assert_eq!(whole::hidden(&night.out()), [".lock"], "after the next run");
    says_nothing_of_anybody(night, &output);
}

/// Which run `LATEST` names, which is what the exit code says and what was said.
fn outcome(night: &Night, output: &Output) -> String {
    let (said, latest) = (said(output), night.latest());
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {said}", output.status));
    let runs = whole::names(&night.out());
    match code {
        0 => {
            assert_eq!(latest, TONIGHT, "{said}");
            return NEW.to_owned();
        }
        74 if said.contains("the run is complete in the folder ")
            && said.contains("/2026-03-31") =>
        {
            assert!(runs.contains(TONIGHT));
            let is_moved = !said.contains("LATEST was not moved to it");
            assert_eq!(latest, if is_moved { TONIGHT } else { YESTERDAY }, "{said}");
        }
        74 if said.contains("but the run was published") => assert_eq!(latest, TONIGHT, "{said}"),
        65 | 66 | 74 | 77 | 78 => {
            assert_eq!(latest, YESTERDAY, "{said}");
            assert!(!runs.contains(TONIGHT), "{said}");
            // What is wrong with these is said before there is a run.
            let is_begun =
                !["policy file", "mapping file", "key file"].iter().any(|f| said.contains(f));
            assert!(!is_begun || said.ends_with("nothing was published\n"), "{said}");
        }
        code => panic!("exit code {code}: {said}"),
    }
    assert!(said.starts_with("nightly: "), "{said}");
    format!("{} ({code})", if runs.contains(TONIGHT) { NEW } else { OLD })
}

/// Holds that nothing that stands in an export is in a message or in an output.
pub(crate) fn says_nothing_of_anybody(night: &Night, output: &Output) {
    for said in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(said).contains(CANARY), "an input value was repeated");
    }
    has_no_canary(&night.out());
}

fn has_no_canary(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            has_no_canary(&path);
        } else {
            let text = fs::read(&path).unwrap();
            let is_there = String::from_utf8_lossy(&text).contains(CANARY);
            assert!(!is_there, "{} holds an input value", path.display());
        }
    }
}
