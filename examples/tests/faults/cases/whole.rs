//! Whether an output folder holds whole runs and nothing else, found out without the publisher.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The run that `LATEST` names. Every visible entry beside it is a run that is whole.
pub(crate) fn latest(out: &Path) -> String {
    let named = named(out);
    let runs: BTreeSet<String> =
        names(out).into_iter().filter(|name| !name.starts_with('.') && name != "LATEST").collect();
    for run in &runs {
        let altered = altered(&out.join(run));
        assert!(altered.as_ref().is_some_and(Vec::is_empty), "{run} is not whole: {altered:?}");
    }
    assert!(runs.contains(&named), "LATEST names {named}, of {runs:?}");
    named
}

/// The name that stands in `LATEST`.
pub(crate) fn named(out: &Path) -> String {
    let named = fs::read_to_string(out.join("LATEST")).unwrap();
    named.strip_suffix('\n').unwrap().to_owned()
}

/// What is hidden in an output folder.
pub(crate) fn hidden(out: &Path) -> Vec<String> {
    names(out).into_iter().filter(|name| name.starts_with('.')).collect()
}

pub(crate) fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The files of a run that are not what its receipt says, too many and too few; `None` where its receipt
/// is none.
pub(crate) fn altered(folder: &Path) -> Option<Vec<String>> {
    let receipt = fs::read(folder.join("run.json")).ok()?;
    let receipt: serde_json::Value = serde_json::from_slice(&receipt).ok()?;
    let name = folder.file_name()?.to_str()?;
    assert_eq!(receipt["as_of"], name.split('.').next()?);
    let mut there = names(folder);
    assert!(there.remove("run.json") && there.len() > 4, "{there:?}");
    let mut altered = Vec::new();
    for output in receipt["outputs"].as_array()? {
        let file = output["name"].as_str()?;
        let bytes = fs::read(folder.join(file)).unwrap_or_default();
        let mut hex = String::new();
        for byte in Sha256::digest(&bytes) {
            write!(hex, "{byte:02x}").unwrap();
        }
        let is_same = output["bytes"] == bytes.len() && output["sha256"] == *hex;
        if !there.remove(file) || !is_same {
            altered.push(file.to_owned());
        }
    }
    altered.extend(there);
    Some(altered)
}
