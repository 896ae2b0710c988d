//! What a policy would do to the people of an export, as two whole runs have it: `trial/trial.py`
//! compares those, and where a threshold would place them, as a run under it does.

#[path = "trial/because.rs"]
mod because;
#[path = "trial/policies.rs"]
mod policies;

use chrono::NaiveDate;
use overdose_risk::{Policy, Record, Tier, Urgency};
use overdose_risk_intake::Id;
use overdose_risk_run::{Capacity, Job, Placed, Previous, Program, Tolerated, Trial, people, run};
use overdose_risk_testkit::population::Population;
use overdose_risk_testkit::python;
use policies::policies;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/trial/trial.py");

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// An export, and the runs of it.
struct Service {
    folder: TempDir,
    job: Job,
}

impl Service {
    fn of(exports: Vec<PathBuf>) -> Self {
        let folder = TempDir::new().unwrap();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let mut job = Job::new(program, exports, as_of(), folder.path().join("out"));
        (job.max_quarantine, job.previous) = (100, Previous::Nothing);
        job.tolerate = vec![Tolerated::Unchanged];
        Self { folder, job }
    }

    /// One with everything that can become of a row: people who have died, rows of one person apart
    /// from each other, rows that cannot be read, blank lines.
    fn of_people(seed: u64, people: u64) -> Self {
        let mut service = Self::of(Vec::new());
        let mut export = Vec::new();
        let population = Population::new(seed, as_of());
        population.write_csv(0..people, &mut export).unwrap();
        let mut export = String::from_utf8(export).unwrap();
        let again: Vec<String> = export.lines().skip(1).take(9).map(str::to_owned).collect();
        for (place, line) in again.iter().enumerate() {
            match place % 3 {
                0 => writeln!(export, "{line}").unwrap(),
                1 => writeln!(export, "{line},x").unwrap(),
                _ => writeln!(export).unwrap(),
            }
        }
        service.job.exports = vec![service.folder.path().join("export.csv")];
        fs::write(&service.job.exports[0], export).unwrap();
        service
    }

    /// The folder of a run under a policy.
    fn run(&self, policy: &Policy, name: &str) -> PathBuf {
        let mut job = self.job.clone();
        job.out = self.folder.path().join(name);
        let go_on = &mut |_| ControlFlow::Continue(());
        run(&job, policy, go_on).unwrap().folder().to_owned()
    }

    fn trial<'p>(&self, old: &'p Policy, new: &'p Policy) -> Trial<'p> {
        let begin = |_: &_| Trial::new(old, new, self.job.as_of);
        let add = |trial: &mut Trial<'p>, id: Id<'_>, record: &Record| trial.add(id, record);
        people(&self.job, begin, add, &mut |_| ControlFlow::Continue(())).unwrap().0
    }

    fn capacity<'p>(&self, policy: &'p Policy) -> Capacity<'p> {
        let begin = |_: &_| Capacity::new(policy, self.job.as_of);
        let add = |capacity: &mut Capacity<'p>, _: Id<'_>, record: &Record| capacity.add(record);
        people(&self.job, begin, add, &mut |_| ControlFlow::Continue(())).unwrap().0
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data").join(name)
}

/// What the script counts in two runs that the trial of their policies agrees with.
fn compared(service: &Service, runs: [&Path; 2], policies: [&Policy; 2]) -> Value {
    let trial = service.trial(policies[0], policies[1]);
    let table = service.folder.path().join("table.txt");
    let file = service.folder.path().join("moves.csv");
    let told = trial.to_string();
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    fs::write(&table, told).unwrap();
    fs::write(&file, trial.write_csv(Vec::new()).unwrap()).unwrap();
    let within = policies.map(Policy::settings).map(|of| [of.act_now.within, of.prioritise.within]);
    let output = Command::new("python3")
        .arg(SCRIPT)
        .args(runs)
        .args([&table, &file])
        .args(within.as_flattened().iter().map(u8::to_string))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}\n{policies:?}");
    serde_json::from_str(&said).unwrap()
}

#[test]
fn a_trial_has_the_numbers_of_two_whole_runs() {
    if !python::is_here() {
        return;
    }
    let policies = policies();
    let mut services: Vec<Service> = (0..3).map(|seed| Service::of_people(seed, 400)).collect();
    services.push(Service::of(vec![data("ndtms.csv")]));
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for service in &services {
        let runs: Vec<PathBuf> = policies
            .iter()
            .enumerate()
            .map(|(place, policy)| service.run(policy, &place.to_string()))
            .collect();
        let all = 0..policies.len();
        let pairs = all.clone().flat_map(|old| all.clone().map(move |new| (old, new)));
        for (old, new) in pairs.filter(|(old, new)| *old == 0 || *new == 0 || old + 1 == *new) {
            let counts =
                compared(service, [&runs[old], &runs[new]], [&policies[old], &policies[new]]);
            for (what, count) in counts.as_object().unwrap() {
                let count = count.as_u64().unwrap();
                assert!(old != new || count == 0, "{what}");
                *found.entry(what.clone()).or_default() += count;
            }
        }
    }
    for (what, least) in
        [("moves", 500), ("losses", 200), ("counted", 1000), ("offered", 500), ("unknown", 20)]
    {
        assert!(found[what] >= least, "{what}: {found:?}");
    }
}

/// Where a run places everybody, by the tier and what the known facts call for.
fn placed(run: &Path) -> Placed {
    let mut placed = Placed::default();
    let flags = fs::read_to_string(run.join("flags.ndjson")).unwrap();
    for line in flags.lines() {
        let flag: Value = serde_json::from_str(line).unwrap();
        let reasons = flag["reasons"].as_array().unwrap();
        let is_held_by_a_floor = reasons.iter().any(|one| one["floor"] == flag["tier"]);
        let place = match (flag["tier"].as_str().unwrap(), flag["by_known_facts"].as_str().unwrap())
        {
            ("act-now", _) if is_held_by_a_floor => &mut placed.act_now_by_floor,
            ("act-now", _) => &mut placed.act_now_by_points,
            ("prioritise", _) if is_held_by_a_floor => &mut placed.prioritise_by_floor,
            ("prioritise", _) => &mut placed.prioritise_by_points,
            ("standard", _) => &mut placed.standard,
            ("not-enough-information", "act-now") => &mut placed.unknown_act_now,
            ("not-enough-information", "prioritise") => &mut placed.unknown_prioritise,
            ("not-enough-information", "standard") => &mut placed.unknown_standard,
            _ => continue,
        };
        *place += 1;
    }
    placed
}

/// What `write_csv` says of each threshold, by the tier and the points.
fn rows_of(capacity: &Capacity<'_>) -> BTreeMap<(String, String), BTreeMap<String, String>> {
    let csv = capacity.write_csv(Vec::new()).unwrap();
    let rows = csv::Reader::from_reader(&*csv).into_deserialize::<BTreeMap<String, String>>();
    let in_place = |mut row: BTreeMap<String, String>| {
        row.remove("in_force");
        ((row.remove("tier").unwrap(), row.remove("points").unwrap()), row)
    };
    rows.map(|row| in_place(row.unwrap())).collect()
}

/// What a row of the file should say of people who stand like this.
fn cells_of(placed: &Placed, policy: &Policy) -> BTreeMap<String, String> {
    let act_now = placed.act_now_by_floor + placed.act_now_by_points;
    let prioritise = placed.prioritise_by_floor + placed.prioritise_by_points;
    let settings = policy.settings();
    let days = [settings.act_now.within, settings.prioritise.within].map(f64::from);
    let a_day = |people: u64, days: f64| (people as f64 / days).ceil() as u64;
    let cells = [
        ("act_now", act_now),
        ("act_now_by_floor", placed.act_now_by_floor),
        ("act_now_by_points", placed.act_now_by_points),
        ("prioritise", prioritise),
        ("prioritise_by_floor", placed.prioritise_by_floor),
        ("prioritise_by_points", placed.prioritise_by_points),
        ("standard", placed.standard),
        ("unknown_act_now", placed.unknown_act_now),
        ("unknown_prioritise", placed.unknown_prioritise),
        ("unknown_standard", placed.unknown_standard),
        ("act_now_a_working_day", a_day(act_now, days[0])),
        ("prioritise_a_day", a_day(prioritise, days[1])),
        ("act_now_a_working_day_with_unknown", a_day(act_now + placed.unknown_act_now, days[0])),
        ("prioritise_a_day_with_unknown", a_day(prioritise + placed.unknown_prioritise, days[1])),
    ];
    cells.into_iter().map(|(name, number)| (name.to_owned(), number.to_string())).collect()
}

/// Holds the tables on the terminal against the file.
fn is_told(capacity: &Capacity<'_>, csv: &BTreeMap<(String, String), BTreeMap<String, String>>) {
    let (told, mut tier, mut rows) = (capacity.to_string(), "", 0);
    for line in told.lines() {
        assert!(line.chars().count() <= 80, "{line}");
        if let Some((name, _)) = line.split_once(" from so many points") {
            tier = name;
        }
        let cells: Vec<&str> = line.trim_start_matches("* ").split_whitespace().collect();
        let [points, numbers @ ..] = &*cells else { continue };
        if numbers.len() != 8 || points.parse::<u16>().is_err() {
            continue;
        }
        let row = &csv[&(tier.to_owned(), (*points).to_owned())];
        let [by_floor, by_points, unknown] = if tier == "act-now" {
            ["act_now_by_floor", "act_now_by_points", "unknown_act_now"]
        } else {
            ["prioritise_by_floor", "prioritise_by_points", "unknown_prioritise"]
        };
        let columns = [
            by_floor,
            by_points,
            "act_now",
            "act_now_a_working_day",
            "prioritise",
            "prioritise_a_day",
            unknown,
            "standard",
        ];
        assert_eq!(numbers, columns.map(|column| &*row[column]), "{tier} from {points}\n{told}");
        rows += 1;
    }
    assert!((10..=32).contains(&rows), "{rows} rows\n{told}");
}

#[test]
fn each_threshold_places_people_as_a_whole_run_under_it_does() {
    for (seed, policy) in (10..).zip(policies()) {
        let service = Service::of_people(seed, 300);
        let capacity = service.capacity(&policy);
        let csv = rows_of(&capacity);
        is_told(&capacity, &csv);
        for tier in [Urgency::ActNow, Urgency::Prioritise] {
            let candidates = capacity.candidates(tier);
            assert_eq!(candidates.iter().filter(|one| one.in_force).count(), 1);
            let several = candidates.iter().step_by(candidates.len().div_ceil(6));
            for one in several.chain(candidates.iter().filter(|one| one.in_force)) {
                let mut settings = policy.settings().clone();
                settings.name = "candidate".to_owned();
                let of = match tier {
                    Urgency::ActNow => &mut settings.act_now,
                    _ => &mut settings.prioritise,
                };
                (of.points, of.why) = (one.points, Some("an example".to_owned()));
                let run = service.run(&Policy::new(settings).unwrap(), "candidate");
                let cells = csv.get(&(Tier::from(tier).to_string(), one.points.to_string()));
                assert_eq!(cells.unwrap(), &cells_of(&placed(&run), &policy), "{}", one.points);
                assert_eq!(placed(&run), one.placed, "{} from {}", Tier::from(tier), one.points);
            }
        }
    }
}
