//! Every input that is kept for the fuzz targets, held to the same.

use overdose_risk_testkit::fuzz;
use std::fs;
use std::path::Path;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
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
