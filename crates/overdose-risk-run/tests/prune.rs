//! Which runs are removed, and that nothing else is.

use chrono::{Days, NaiveDate};
use overdose_risk_run::{Keep, prunable, prune};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use tempfile::TempDir;

/// An output folder with these runs, of which `LATEST` names one.
fn output(runs: &[&str], latest: &str) -> TempDir {
    let out = TempDir::new().unwrap();
    for run in runs {
        add_run(&out.path().join(run));
    }
    fs::write(out.path().join("LATEST"), format!("{latest}\n")).unwrap();
    out
}

fn add_run(folder: &Path) {
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("flags.csv"), "id\n").unwrap();
    fs::write(folder.join("run.json"), "{}\n").unwrap();
}

fn names(folder: &Path) -> BTreeSet<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| name(entry).into_string().unwrap()).collect()
}

fn removed(out: &Path, keep: Keep) -> Vec<String> {
    let mut removed = Vec::new();
    prune(out, keep, &mut |run| removed.push(run.to_owned())).unwrap();
    removed
}

fn since(day: &str) -> Keep {
    Keep::Since(day.parse().unwrap())
}

const RUNS: [&str; 5] = ["2026-03-29", "2026-03-30", "2026-03-30.2", "2026-03-30.10", "2026-03-31"];

#[test]
fn the_oldest_go_first_and_what_would_be_removed_is_removed() {
    for (keep, latest, expected) in [
        (Keep::Newest(5), "2026-03-31", &[][..]),
        (Keep::Newest(9), "2026-03-31", &[]),
        (Keep::Newest(3), "2026-03-31", &["2026-03-29", "2026-03-30"]),
        (
            Keep::Newest(1),
            "2026-03-31",
            &["2026-03-29", "2026-03-30", "2026-03-30.2", "2026-03-30.10"],
        ),
        (
            Keep::Newest(0),
            "2026-03-31",
            &["2026-03-29", "2026-03-30", "2026-03-30.2", "2026-03-30.10"],
        ),
        (Keep::Newest(1), "2026-03-29", &["2026-03-30", "2026-03-30.2", "2026-03-30.10"]),
        (since("2026-03-29"), "2026-03-31", &[]),
        (since("2026-03-30"), "2026-03-31", &["2026-03-29"]),
        (since("2026-03-31"), "2026-03-30.2", &["2026-03-29", "2026-03-30", "2026-03-30.10"]),
        (
            since("2027-01-01"),
            "2026-03-31",
            &["2026-03-29", "2026-03-30", "2026-03-30.2", "2026-03-30.10"],
        ),
    ] {
        let out = output(&RUNS, latest);
        assert_eq!(prunable(out.path(), keep).unwrap(), expected, "{keep:?}");
        assert_eq!(names(out.path()).len(), RUNS.len() + 1);
        assert_eq!(removed(out.path(), keep), expected);
        let mut left: BTreeSet<String> = RUNS.map(str::to_owned).into();
        left.retain(|run| !expected.contains(&run.as_str()));
        left.extend(["LATEST", ".lock"].map(str::to_owned));
        assert_eq!(names(out.path()), left);
    }
}

#[test]
fn nothing_but_a_complete_run_is_removed() {
    let out = output(&["2026-03-31"], "2026-03-31");
    let others =
        ["2026-03-01.1", "2026-3-01", "2026-03-01.bak", ".draft-x", ".draft-2026-03-01", "notes"];
    for other in others {
        add_run(&out.path().join(other));
    }
    // A run without a receipt, a file, and a receipt that is a folder.
    fs::create_dir(out.path().join("2026-03-02")).unwrap();
    fs::write(out.path().join("2026-03-03"), "").unwrap();
    fs::create_dir_all(out.path().join("2026-03-04/run.json")).unwrap();
    let before = names(out.path());
    assert_eq!(removed(out.path(), Keep::Newest(0)), [""; 0]);
    assert!(before.is_subset(&names(out.path())));
}

#[cfg(unix)]
#[test]
fn no_symbolic_link_is_followed() {
    use std::os::unix::fs::symlink;
    let elsewhere = TempDir::new().unwrap();
    add_run(&elsewhere.path().join("run"));
    let out = output(&["2026-03-01", "2026-03-31"], "2026-03-31");
    let link = |name: &str| out.path().join(name);
    symlink(elsewhere.path().join("run"), link("2026-03-02")).unwrap();
    fs::create_dir(link("2026-03-03")).unwrap();
    symlink(elsewhere.path().join("run/run.json"), link("2026-03-03/run.json")).unwrap();
    symlink(elsewhere.path(), link("2026-03-01/link")).unwrap();
    assert_eq!(removed(out.path(), Keep::Newest(0)), ["2026-03-01"]);
    assert_eq!(names(&elsewhere.path().join("run")).len(), 2);
    assert!(names(out.path()).contains("2026-03-02"));
    // Nor is LATEST, or a run that it names.
    for (name, leads_to) in [("LATEST", "2026-03-31"), ("2026-03-31", "elsewhere")] {
        fs::rename(link(name), link("moved")).unwrap();
        symlink(link("moved"), link(name)).unwrap();
        assert_eq!(
            prune(out.path(), Keep::Newest(0), &mut |_| {}).unwrap_err().exit_code(),
            66,
            "{leads_to}"
        );
        fs::remove_file(link(name)).unwrap();
        fs::rename(link("moved"), link(name)).unwrap();
    }
}

#[test]
fn nothing_is_removed_or_made_where_nobody_can_say_which_run_is_the_latest() {
    let is_refused = |out: &Path| {
        let before = names(out);
        let error = prunable(out, Keep::Newest(0)).unwrap_err();
        assert_eq!(error.exit_code(), 66);
        assert!(
            error.to_string().contains("LATEST")
                && error.to_string().contains("nothing was removed")
        );
        assert_eq!(prune(out, Keep::Newest(0), &mut |_| {}).unwrap_err().exit_code(), 66);
        assert_eq!(names(out), before);
        !error.to_string().contains("canary")
    };
    for latest in
        ["", "canary", "2026-04-01", "2026-03-31.2", "2026-03-31\n2026-03-30", "../2026-03-31"]
    {
        assert!(is_refused(output(&["2026-03-30", "2026-03-31"], latest).path()), "{latest}");
    }
    let out = output(&["2026-03-30", "2026-03-31"], "2026-03-31");
    fs::remove_file(out.path().join("2026-03-31/run.json")).unwrap();
    assert!(is_refused(out.path()));
    fs::remove_file(out.path().join("LATEST")).unwrap();
    assert!(is_refused(out.path()));
    fs::create_dir(out.path().join("LATEST")).unwrap();
    assert!(is_refused(out.path()));
    let missing = out.path().join("missing");
    assert_eq!(prune(&missing, Keep::Newest(0), &mut |_| {}).unwrap_err().exit_code(), 66);
    assert!(!missing.exists());
}

#[test]
fn nothing_is_removed_while_a_run_is_under_way() {
    let out = output(&RUNS, "2026-03-31");
    let lock = File::create(out.path().join(".lock")).unwrap();
    lock.lock().unwrap();
    let before = names(out.path());
    assert_eq!(prune(out.path(), Keep::Newest(1), &mut |_| {}).unwrap_err().exit_code(), 75);
    assert_eq!(names(out.path()), before);
    assert_eq!(prunable(out.path(), Keep::Newest(1)).unwrap().len(), 4);
    drop(lock);
    assert_eq!(removed(out.path(), Keep::Newest(1)).len(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_latest_names_and_the_newest_stay_whatever_is_kept(
        runs in prop::collection::btree_set((0..20_u64, 1..13_u32), 1..20),
        latest in any::<prop::sample::Index>(),
        keep in 0..25_usize,
        days in 0..25_u64,
    ) {
        let first: NaiveDate = "2025-12-25".parse().unwrap();
        let day = |days| first + Days::new(days);
        let runs: Vec<(u64, u32)> = runs.into_iter().collect();
        let name = |(days, times): (u64, u32)| match times {
            1 => day(days).to_string(),
            _ => format!("{}.{times}", day(days)),
        };
        let all: Vec<String> = runs.iter().copied().map(name).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let latest = *latest.get(&all);
        let older = runs.iter().filter(|run| run.0 < days).count();
        for (keep, gone) in [(Keep::Newest(keep), runs.len().saturating_sub(keep)), (Keep::Since(day(days)), older)] {
            let out = output(&all, latest);
            let expected: Vec<&str> = all[..gone].iter().copied().filter(|run| *run != latest).collect();
            prop_assert_eq!(removed(out.path(), keep), expected);
            prop_assert!(out.path().join(latest).join("run.json").exists());
            // Nothing is left to remove.
            prop_assert_eq!(removed(out.path(), keep), [""; 0]);
        }
    }
}
