//! What changed since the run before, as another program finds it: `changes/changes.py`, which was
//! written from the pages alone. And that nobody who was to be contacted is lost from one night to the
//! next.

#[path = "changes/nights.rs"]
mod nights;

use chrono::{Days, NaiveDate};
use nights::{Numbers, Service};
use overdose_risk::Policy;
use overdose_risk_run::{Job, Program, Tolerated, run};
use overdose_risk_testkit::python;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/changes/changes.py");

/// One night: its day, its export and its published folder.
struct Night {
    as_of: NaiveDate,
    export: PathBuf,
    folder: PathBuf,
}

impl Night {
    /// Publishes tonight's export of a service, whatever a guard would say of so wild a one.
    fn publish(service: &Service, as_of: NaiveDate, place: &TempDir) -> Self {
        let exports = fs::read_dir(place.path()).unwrap().count();
        let export = place.path().join(format!("export-{exports}.csv"));
        fs::write(&export, service.export()).unwrap();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let mut job = Job::new(program, vec![export.clone()], as_of, place.path().join("out"));
        (job.max_quarantine, job.max_drop) = (100, 100);
        job.tolerate = vec![Tolerated::Unchanged, Tolerated::LostColumn, Tolerated::LostValues];
        let published =
            run(&job, Policy::practice_principles(), &mut |_| std::ops::ControlFlow::Continue(()))
                .unwrap();
        Self { as_of, export, folder: published.folder().to_owned() }
    }

    fn rows(&self, name: &str) -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(self.folder.join(name)).unwrap();
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn ids(&self, name: &str) -> Vec<String> {
        self.rows(name).into_iter().map(|mut row| row.swap_remove(0)).collect()
    }

    /// The ids of those who are carried, in order.
    fn carried(&self) -> Vec<String> {
        fs::read_to_string(self.folder.join("carried.ndjson")).unwrap().lines().map(id).collect()
    }

    /// The lines of a file of flags by the id.
    fn lines(&self, name: &str) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.folder.join(name)).unwrap();
        let lines: BTreeMap<_, _> = text.lines().map(|line| (id(line), line.to_owned())).collect();
        assert_eq!(lines.len(), text.lines().count(), "somebody twice in {name}");
        lines
    }
}

fn id(line: &str) -> String {
    serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Whether a line of `flags.ndjson` is of somebody to be contacted within seven days.
fn is_urgent(line: &str) -> bool {
    let line: Value = serde_json::from_str(line).unwrap();
    line["by_known_facts"] == "act-now" || line["by_known_facts"] == "prioritise"
}

/// The rows that the script expects after the earlier nights, sorted.
fn expected(nights: &[Night]) -> Vec<Vec<String>> {
    let [earlier @ .., yesterday, today] = nights else { panic!("one night is no comparison") };
    let exports = [today, yesterday].into_iter().chain(earlier.iter().rev());
    let output = Command::new("python3")
        .arg(SCRIPT)
        .args([&yesterday.folder, &today.folder])
        .args(exports.map(|night| &night.export))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*output.stdout);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Whether an item that the script expects, of which the cause may be one of several, is this one.
fn allows(expected: &str, item: &str) -> bool {
    let (what, causes) = expected.rsplit_once(':').unwrap_or(("", expected));
    let (which, cause) = item.rsplit_once(':').unwrap_or(("", item));
    what == which && causes.split('|').any(|one| one == cause)
}

/// How often each thing was found, to be sure that it was.
#[derive(Default)]
struct Found(BTreeMap<String, usize>);

impl Found {
    fn add(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_default() += 1;
    }

    fn times(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// Holds `changes.csv` of the last night against the script, row by row and item by item.
    fn compare(&mut self, nights: &[Night]) {
        let [.., yesterday, today] = nights else { return };
        let mut rows = today.rows("changes.csv");
        let in_order: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
        rows.sort();
        let expected = expected(nights);
        let but_why = |rows: &[Vec<String>]| rows.iter().map(|row| row[..4].to_vec()).collect();
        let (ours, theirs): (Vec<_>, Vec<_>) = (but_why(&rows), but_why(&expected));
        assert_eq!(ours, theirs);
        for (row, expected) in rows.iter().zip(&expected) {
            let mut items: Vec<&str> = row[4].split(';').collect();
            items.sort_unstable();
            let allowed: Vec<&str> = expected[4].split(';').collect();
            let agree = items.len() == allowed.len()
                && items.iter().zip(&allowed).all(|(item, allowed)| allows(allowed, item));
            assert!(agree, "{row:?}, expected {expected:?}");
            self.add(&row[1]);
            for (item, allowed) in items.iter().zip(allowed) {
                self.add("items");
                self.add(item.rsplit(':').next().unwrap());
                self.add(item.split(':').next().unwrap());
                if allowed.contains('|') {
                    self.add("either");
                }
            }
        }
        let mut places = BTreeMap::new();
        let in_turn = [today.ids("flags.csv"), yesterday.ids("flags.csv"), yesterday.carried()];
        for (place, id) in in_turn.into_iter().flatten().enumerate() {
            places.entry(id).or_insert(place);
        }
        assert!(in_order.is_sorted_by_key(|id| places[id]), "{in_order:?}");
    }
}

/// Two nights of a service, so many days apart.
fn pair(seed: u64, days: u64, place: &TempDir) -> [Night; 2] {
    let first = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
    let mut service = Service::new(seed, 300, first);
    let yesterday = Night::publish(&service, first, place);
    service.later(first, days);
    [yesterday, Night::publish(&service, first + Days::new(days), place)]
}

#[test]
fn changes_are_those_that_another_program_finds() {
    if !python::is_here() {
        return;
    }
    let mut found = Found::default();
    for seed in 0..24 {
        let (place, days) = (TempDir::new().unwrap(), [1, 20, 3, 20, 0, 20][seed as usize % 6]);
        found.compare(&pair(seed, days, &place));
    }
    for (what, least) in [
        ("new", 50),
        ("raised", 100),
        ("lowered", 100),
        ("same-tier", 100),
        ("not-assessed", 100),
        ("gone", 100),
        ("died", 10),
        ("quarantined", 100),
        ("absent", 100),
        ("exposure", 100),
        ("prison-release", 50),
        ("naloxone", 10),
        ("ost-stopped", 20),
        ("age", 5),
        ("window-passed", 100),
        ("fact-changed", 500),
    ] {
        assert!(found.times(what) >= least, "{what}: {:?}", found.0);
    }
    // Where the script knows no better than that it is one of two, it holds little.
    assert!(found.times("either") * 4 < found.times("items"), "{:?}", found.0);
}

/// What is carried, worked out naively: of each person the last line of `flags.ndjson` and its day, as
/// long as they stand on worklists without a break.
#[derive(Default)]
struct Model(BTreeMap<String, (NaiveDate, String)>);

impl Model {
    /// What the night should carry.
    fn carried(
        &mut self,
        night: &Night,
        dead: &BTreeSet<String>,
        last: NaiveDate,
    ) -> BTreeMap<String, String> {
        let assessed = night.lines("flags.ndjson");
        self.0.retain(|id, (day, line)| {
            let is_fresh = *day == last || (night.as_of - *day).num_days() <= 28;
            is_fresh && is_urgent(line) && !assessed.contains_key(id) && !dead.contains(id)
        });
        let carried = self.0.iter().map(|(id, (_, line))| (id.clone(), line.clone())).collect();
        self.0.extend(assessed.into_iter().map(|(id, line)| (id, (night.as_of, line))));
        carried
    }
}

#[test]
fn nobody_who_was_to_be_contacted_is_lost_in_six_nights() {
    let has_python = python::is_here();
    let (mut found, mut carried_for) = (Found::default(), 0);
    for seed in 100..112 {
        let (place, mut numbers) = (TempDir::new().unwrap(), Numbers::from_seed(seed));
        let mut as_of = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
        let mut service = Service::new(seed, 150, as_of);
        let mut nights: Vec<Night> = Vec::new();
        let mut model = Model::default();
        for _ in 0..6 {
            if let Some(last) = nights.last() {
                let days = [1, 1, 7, 14, 27, 30][numbers.below(6)];
                service.later(last.as_of, days);
                as_of = last.as_of + Days::new(days);
            }
            let last = nights.last().map_or(as_of, |night| night.as_of);
            nights.push(Night::publish(&service, as_of, &place));
            let night = &nights[nights.len() - 1];
            let carried = night.lines("carried.ndjson");
            assert_eq!(
                carried,
                model.carried(night, &service.dead(), last),
                "seed {seed}, {as_of}"
            );
            carried_for = carried_for
                .max(carried.values().map(|line| days_since(line, as_of)).max().unwrap_or(0));
            if has_python && nights.len() > 1 {
                found.compare(&nights);
            }
        }
    }
    assert!(carried_for >= 28, "nobody was carried for longer than {carried_for} days");
    assert!(!has_python || found.times("no-longer-carried") >= 10, "{:?}", found.0);
}

/// How long ago the line of somebody was written.
fn days_since(line: &str, as_of: NaiveDate) -> i64 {
    let line: Value = serde_json::from_str(line).unwrap();
    (as_of - line["as_of"].as_str().unwrap().parse::<NaiveDate>().unwrap()).num_days()
}
