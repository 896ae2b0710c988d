//! Every input that is kept for the fuzz targets, held to the same.

use overdose_risk_testkit::fuzz;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn replay(target: &str, check: fn(&[u8])) {
    let folder = fuzz_folder().join("corpus").join(target);
    let mut inputs: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!inputs.is_empty(), "nothing in {}", folder.display());
    inputs.sort();
    for input in inputs {
        eprintln!("{}", input.display());
        check(&fs::read(&input).unwrap());
    }
}

#[test]
fn every_kept_csv_export_is_read_as_it_must_be() {
    replay("csv", fuzz::csv);
}

#[test]
fn every_kept_json_export_is_read_as_it_must_be() {
    replay("json", fuzz::json);
}

#[test]
fn every_kept_json_export_is_read_in_pieces_as_record_by_record() {
    replay("json", fuzz::json_pieces);
}

#[test]
fn every_kept_record_is_assessed_as_it_must_be() {
    replay("assess", fuzz::assess);
}

#[test]
fn every_kept_csv_export_is_read_in_pieces_as_record_by_record() {
    replay("csv", fuzz::csv_pieces);
}

#[test]
fn every_kept_export_is_cut_into_rows_as_it_must_be() {
    replay("framing", fuzz::framing);
}

#[test]
fn every_kept_row_of_cells_says_the_same_in_each_format() {
    replay("formats", fuzz::formats);
}

#[test]
fn every_kept_mapping_is_read_and_reads_as_it_must() {
    replay("mapping", fuzz::mapping);
}

#[test]
fn every_kept_policy_is_read_and_assesses_as_it_must() {
    replay("policy", fuzz::policy);
}

#[test]
fn every_kept_set_of_rows_comes_to_what_it_must() {
    replay("merging", fuzz::merging);
}

#[test]
fn every_kept_export_goes_through_a_run_as_it_must() {
    replay("run", fuzz::run);
}

/// A target that is in pieces has the inputs of the one that is not.
#[test]
fn every_target_has_inputs_that_are_kept_and_are_replayed_here() {
    let manifest = fs::read_to_string(fuzz_folder().join("Cargo.toml")).unwrap();
    let (_, targets) = manifest.split_once("[[bin]]").unwrap();
    let names = targets.lines().filter_map(|line| line.strip_prefix("name = "));
    let names: BTreeSet<&str> = names.map(|name| name.trim_matches('"')).collect();
    let here = include_str!("corpus.rs");
    for name in &names {
        assert!(here.contains(&format!(", fuzz::{name});")), "{name} is not replayed");
        let page = fs::read_to_string(fuzz_folder().join("README.md")).unwrap();
        assert!(page.contains(&format!("\n| `{name}` |")), "{name} is not in the README");
    }
    let kept = fs::read_dir(fuzz_folder().join("corpus")).unwrap();
    let kept = kept.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    let wanted = names.iter().map(|name| name.strip_suffix("_pieces").unwrap_or(name).to_owned());
    assert_eq!(kept.collect::<BTreeSet<_>>(), wanted.collect());
}
