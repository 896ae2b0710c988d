//! The pages of the sample's run, opened in a browser.

mod program;

use overdose_risk_testkit::browser::{Page, hold_in_a_browser};
use program::program;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

#[test]
fn the_pages_of_the_sample_run_hold_in_a_browser() {
    let place = TempDir::new().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/export.csv");
    let sample = fs::read_to_string(sample).unwrap();
    let out = place.path().join("overdose-flags");
    let nights =
        [("2026-03-31", &*sample), ("2026-04-03", sample.split_at(sample.len() / 100 * 95).0)];
    for (as_of, export) in nights {
        // The second night lacks some people, so that somebody is carried.
        let whole_rows = &export[..=export.rfind('\n').unwrap()];
        fs::write(place.path().join("export.csv"), whole_rows).unwrap();
        let mut nightly = program("nightly");
        let nightly = nightly.current_dir(&place).args(["export.csv", "--as-of", as_of]);
        assert_eq!(nightly.output().unwrap().status.code(), Some(0));
    }
    let run = out.join("2026-04-03");
    let first = fs::read_to_string(run.join("worklist.csv")).unwrap();
    let first = first.lines().nth(1).unwrap().split(',').next().unwrap();
    let sheet = place.path().join("sheet.html");
    let mut explain = program("explain");
    let explain = explain.args([first, "--in"]).arg(&run).arg("--page").arg(&sheet);
    assert_eq!(explain.output().unwrap().status.code(), Some(0));
    hold_in_a_browser(&[
        (Page::Worklist, run.join("worklist.html")),
        (Page::Worklist, run.join("worklist-team-S1-T1.html")),
        (Page::Sheet, sheet),
    ]);
}
