//! The documents say what is so: hazards and threats name tests that exist, the README shows what the
//! program prints.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Every Rust file under the folders that hold tests, by its stem.
fn rust_files() -> Vec<(String, String)> {
    let mut folders = vec![root().join("crates"), root().join("examples")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
                files.push((stem, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

/// Whether a file with this stem has a test with this name: a function that `#[test]` stands above, or that
/// is one of the cases of faults.
fn exists(files: &[(String, String)], stem: &str, test: &str) -> bool {
    let case = format!(": {stem}::{test},\n");
    let is_case = files.iter().any(|(found, text)| found == "cases" && text.contains(&case));
    files.iter().filter(|(found, _)| found == stem).any(|(_, text)| {
        text.match_indices(&format!("fn {test}(")).any(|(at, _)| {
            let above = text[..at].trim_end();
            let is_test = above.ends_with("#[test]") || above.ends_with("#[cfg(unix)]\n#[test]");
            is_test || is_case
        })
    })
}

/// What stands in each cell of the rows of the tables under a heading, but for their own headings.
fn rows<'a>(document: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let log = document.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let rows = log.lines().filter(|line| line.starts_with('|'));
    let rows = rows.filter(|row| !row.ends_with("| held by |") && !row.starts_with("|---"));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// Holds that the last of so many cells names tests, and that they exist.
#[track_caller]
fn check_row(row: &[&str], cells: usize, files: &[(String, String)]) {
    assert_eq!(row.len(), cells, "{row:?}");
    assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    let tests: Vec<(&str, &str)> = row[cells - 1]
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|name| name.split_once("::").unwrap_or_else(|| panic!("{name}")))
        .collect();
    assert!(!tests.is_empty(), "{row:?}");
    for (stem, test) in tests {
        assert!(exists(files, stem, test), "{stem}::{test} does not exist");
    }
}

#[test]
fn every_hazard_names_tests_and_every_test_that_is_named_exists() {
    let files = rust_files();
    let safety = read("SAFETY.md");
    let hazards = rows(&safety, "Hazards\n");
    assert!(hazards.len() >= 37);
    for hazard in &hazards {
        // Id, hazard, how it could happen, who is harmed, control, residual risk, the tests.
        check_row(hazard, 7, &files);
    }
    let mut ids: Vec<&str> = hazards.iter().map(|hazard| hazard[0]).collect();
    let number = |id: &str| id.strip_prefix('H').and_then(|number| number.parse::<usize>().ok());
    ids.sort_by_key(|id| number(id));
    let expected: Vec<String> = (1..=ids.len()).map(|number| format!("H{number}")).collect();
    assert_eq!(ids, expected, "each number once, and none that is gone is given to another");
    // Other sections speak of hazards by their numbers.
    for word in safety.split(|char: char| !char.is_ascii_alphanumeric()) {
        assert!(number(word).is_none_or(|_| ids.contains(&word)), "{word}");
    }
}

#[test]
fn every_threat_names_tests_and_every_test_that_is_named_exists() {
    let files = rust_files();
    let security = read("SECURITY.md");
    let threats = rows(&security, "Threats\n");
    assert!(threats.len() >= 5);
    for threat in &threats {
        // Threat, what somebody could try, what holds, what does not, the tests.
        check_row(threat, 5, &files);
    }
}

#[test]
fn a_test_that_does_not_exist_is_noticed() {
    let files = rust_files();
    assert!(exists(&files, "documents", "a_test_that_does_not_exist_is_noticed"));
    assert!(!exists(&files, "documents", "rust_files"));
    assert!(!exists(&files, "documents", "no_such_test"));
    assert!(!exists(&files, "vectors", "a_test_that_does_not_exist_is_noticed"));
}

/// Links between documents, and from them to folders.
#[test]
fn every_relative_link_leads_somewhere() {
    let pages = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "SAFETY.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "crates/overdose-risk-run/docs/outputs.md",
        "crates/overdose-risk-testkit/conformance/README.md",
        "examples/filter.md",
        "examples/data/README.md",
        "fuzz/README.md",
    ];
    for page in pages {
        let text = read(page);
        let folder = root().join(page).parent().unwrap().to_owned();
        let inline = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        let below = text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
        for target in inline.chain(below.map(|(_, target)| target)) {
            let file = target.split('#').next().unwrap();
            if !file.starts_with("http") {
                assert!(folder.join(file).exists(), "{page}: {target}");
            }
        }
    }
}
