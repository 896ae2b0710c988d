//! Whether an output folder holds whole runs and nothing else, found out without the publisher.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The run that `LATEST` names. Every visible entry beside it is a run that is whole.
pub(crate) fn latest(out: &Path) -> String {
    let named = fs::read_to_string(out.join("LATEST")).unwrap();
    let named = named.strip_suffix('\n').unwrap().to_owned();
    let runs: BTreeSet<String> =
        names(out).into_iter().filter(|name| !name.starts_with('.') && name != "LATEST").collect();
    for run in &runs {
        is_whole(&out.join(run), run);
    }
    assert!(runs.contains(&named), "LATEST names {named}, of {runs:?}");
    named
}

/// What is hidden in an output folder.
pub(crate) fn hidden(out: &Path) -> Vec<String> {
    names(out).into_iter().filter(|name| name.starts_with('.')).collect()
}

pub(crate) fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn is_whole(folder: &Path, name: &str) {
    let receipt = fs::read(folder.join("run.json")).unwrap();
    let receipt: serde_json::Value = serde_json::from_slice(&receipt).unwrap();
    assert_eq!(receipt["as_of"], name.split('.').next().unwrap());
    let mut expected = BTreeSet::from(["run.json".to_owned()]);
    for output in receipt["outputs"].as_array().unwrap() {
        let file = output["name"].as_str().unwrap();
        let bytes = fs::read(folder.join(file)).unwrap();
        assert_eq!(output["bytes"], bytes.len(), "{name}/{file}");
        let mut hex = String::new();
        for byte in Sha256::digest(&bytes) {
            write!(hex, "{byte:02x}").unwrap();
        }
        assert_eq!(output["sha256"], hex, "{name}/{file}");
        expected.insert(file.to_owned());
    }
    assert!(expected.len() > 4, "{expected:?}");
    assert_eq!(names(folder), expected, "{name}");
}
