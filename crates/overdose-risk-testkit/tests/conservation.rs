//! Every byte of a CSV export has its place, whatever the bytes.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_run::{Format, Job, Program, Tolerated, run};
use overdose_risk_testkit::accounts::assert_add_up;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use tempfile::TempDir;

/// Runs over an export, and says whether it was published.
fn adds_up(export: &[u8]) -> bool {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("export.csv");
    fs::write(&file, export).unwrap();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut job = Job::new(program, vec![file], as_of, folder.path().join("out"));
    // Of a few records, one is many per cent; and many cells are there to be no value.
    (job.max_quarantine, job.tolerate) = (100, vec![Tolerated::Unreadable]);
    job.format = Format::Csv;
    job.allow_empty = true;
    let Ok(published) =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
    else {
        assert!(!folder.path().join("out/LATEST").exists());
        return false;
    };
    let read = |name: &str| fs::read_to_string(published.folder().join(name)).unwrap();
    let receipt: Value = serde_json::from_str(&read("run.json")).unwrap();
    assert_add_up(export, &receipt, &read("quarantine.csv"), &read("flags.csv"));
    true
}

#[test]
fn every_byte_of_every_export_that_is_kept_here_has_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut published = 0;
    for folder in [
        "examples/data",
        "crates/overdose-risk-testkit/fixtures/vectors",
        "crates/overdose-risk-testkit/conformance/practice-principles-1",
        "fuzz/corpus/csv",
    ] {
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let export = fs::read(file.unwrap().path()).unwrap();
            published += usize::from(adds_up(&export));
        }
    }
    assert!(published > 20, "{published}");
}

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone,notes";

/// Pieces of exports, whole and broken.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = prop::sample::select(vec![
        "p-1,44,current,,held,x\n",
        "p-2,44,current,,held,\"a\r\nnote\"\r\n",
        "p-3,44,,,,\"p-4,44,,,held,\"\n",
        "p-5,44,current,,held,\"says \"\"no\"\"\"\r",
        "id,age,opioid_use,prison_release,naloxone,notes\n",
        ",,,,,\n",
        ",",
        "\n",
        "\r",
        "\r\n",
        "\"",
        "\"\"",
        "\u{feff}",
        "\0",
        " ",
        "p-6",
        "44",
    ]);
    prop_oneof![
        8 => text.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_byte_of_any_export_belongs_to_one_kind(
        opening in prop::sample::select(vec!["", "\u{feff}", "sep=,\n", "\u{feff}SEP=,\r\n", "\r\n\n"]),
        pieces in prop::collection::vec(piece(), 0..40),
        wide in prop::option::of(any::<bool>()),
    ) {
        let text = [opening, HEADER, "\np-0,44,current,,held,x\n"].concat();
        let export = [text.as_bytes(), &pieces.concat()].concat();
        let export = match wide {
            None => export,
            Some(is_little) => utf_16(&export, is_little),
        };
        // In UTF-16, a header that is cut off may be another one.
        prop_assert!(adds_up(&export) || wide.is_some(), "refused");
    }
}

/// The bytes as UTF-16, cut at an odd byte where their number is odd.
fn utf_16(bytes: &[u8], is_little: bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let unit = |unit: u16| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    let mut wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect();
    wide.truncate(wide.len() - bytes.len() % 2);
    wide
}
