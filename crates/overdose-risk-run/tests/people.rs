//! People with several rows, over files in different formats: what is said of them, what is counted.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_run::{Error, ErrorKind, Job, Program, Progress, Published, run};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tempfile::TempDir;

const COLUMNS: [&str; 9] = [
    "id",
    "age",
    "opioid_use",
    "ost",
    "prison_release",
    "naloxone",
    "overdose",
    "case_status",
    "recorded_on",
];

type Row = [&'static str; 9];

/// Of three people: one with rows that complete, follow and contradict each other, one with two
/// rows, one with one.
const ROWS: [Row; 6] = [
    ["p-1", "44", "current", "prescribed", "", "held", "", "open", "2026-03-01"],
    [
        "p-1",
        "44",
        "past",
        "not_prescribed",
        "2026-03-28",
        "held",
        "2025-11-02",
        "open",
        "2026-03-20",
    ],
    ["p-1", "44", "unknown", "prescribed", "", "", "", "closed", ""],
    ["p-2", "31", "current", "not_prescribed", "", "not_held", "", "open", "2026-02-01"],
    ["p-2", "31", "", "prescribed", "2026-01-02", "", "2026-03-01", "open", "2026-03-01"],
    ["p-3", "28", "none", "not_prescribed", "", "not_held", "", "open", ""],
];

/// A folder with the files of an export, and a place for runs.
struct Service(TempDir);

impl Service {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, export: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, export).unwrap();
        path
    }

    fn run(
        &self,
        exports: Vec<PathBuf>,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Published, Error> {
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let mut job = Job::new(program, exports, as_of, self.0.path().join("out"));
        // Of a few records, one is many per cent.
        job.max_quarantine = 100;
        run(&job, Policy::practice_principles(), progress)
    }
}

fn csv(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| row.join(",") + "\n");
    std::iter::once(COLUMNS.join(",") + "\n").chain(lines).collect()
}

fn ndjson(rows: &[Row]) -> String {
    let record = |row: &Row| {
        let keys = COLUMNS.into_iter().zip(row).map(|(key, cell)| (key.to_owned(), json!(cell)));
        format!("{}\n", Value::Object(keys.collect()))
    };
    rows.iter().map(record).collect()
}

/// What was published of some rows.
struct Night {
    flags: Vec<String>,
    problems: Vec<String>,
    receipt: Value,
    summary: String,
}

/// Runs over these rows, the first of them in a CSV file and the others in one of NDJSON.
fn night(rows: &[Row], in_csv: usize) -> Night {
    let service = Service::new();
    let (first, then) = rows.split_at(in_csv);
    let mut exports = Vec::new();
    if !first.is_empty() {
        exports.push(service.write("export.csv", csv(first)));
    }
    if !then.is_empty() {
        exports.push(service.write("export.ndjson", ndjson(then)));
    }
    let published = service.run(exports, &mut |_| ControlFlow::Continue(())).unwrap();
    let read = |name: &str| fs::read_to_string(published.folder().join(name)).unwrap();
    let lines = |name: &str| read(name).lines().skip(1).map(str::to_owned).collect();
    let receipt: Value = serde_json::from_str(&read("run.json")).unwrap();
    for counted in receipt["inputs"].as_array().unwrap().iter().chain([&receipt]) {
        adds_up(&counted["records"]);
    }
    let (flags, problems) = (lines("flags.csv"), lines("problems.csv"));
    Night { flags, problems, receipt, summary: published.to_string() }
}

fn adds_up(records: &Value) {
    let count = |key: &str| records[key].as_u64().unwrap();
    let parts = ["assessed", "died", "merged", "without_consent", "quarantined", "blank"];
    assert_eq!(count("read"), parts.map(count).iter().sum::<u64>(), "{records}");
}

fn id(line: &str) -> &str {
    line.split(',').next().unwrap()
}

/// Every order of so many things, by Heap's algorithm.
fn orders(length: usize) -> Vec<Vec<usize>> {
    fn permute(order: &mut Vec<usize>, first: usize, all: &mut Vec<Vec<usize>>) {
        if first <= 1 {
            all.push(order.clone());
        }
        for place in 0..first * usize::from(first > 1) {
            permute(order, first - 1, all);
            order.swap(if first.is_multiple_of(2) { place } else { 0 }, first - 1);
        }
    }
    let mut all = Vec::new();
    permute(&mut (0..length).collect(), length, &mut all);
    all
}

#[test]
fn whoever_has_a_row_that_cannot_be_read_beside_one_that_can_is_told_of() {
    const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone\n";
    const WHOLE: &str = "p-1,44,current,prescribed,,held\n";
    const BROKEN: &str = "p-1,44,current,prescribed,2026-03-28\n";
    const OTHER: &str = "p-2,44,current,prescribed,,held\n";
    for (rows, people) in [
        ([WHOLE, BROKEN, OTHER, ""].concat(), 1),
        ([BROKEN, WHOLE, OTHER, BROKEN].concat(), 1),
        ([WHOLE, WHOLE, BROKEN, OTHER].concat(), 1),
        ([BROKEN, OTHER, OTHER, ""].concat(), 0),
        ([WHOLE, OTHER, "", ""].concat(), 0),
    ] {
        let service = Service::new();
        let export = service.write("export.csv", format!("{HEADER}{rows}"));
        let published = service.run(vec![export], &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(published.receipt().partly_read, people, "{rows}");
        assert_eq!(published.to_string().contains("PARTLY READ"), people > 0);
    }
}

#[test]
fn rows_in_whatever_order_and_file_say_the_same_of_each_person() {
    let expected: BTreeSet<String> = night(&ROWS, ROWS.len()).flags.into_iter().collect();
    assert_eq!(expected.len(), 3);
    let orders = orders(ROWS.len());
    assert_eq!(orders.iter().collect::<BTreeSet<_>>().len(), 720);
    // A sixth of them, with each number of rows in the first file.
    for (number, order) in orders.iter().enumerate().step_by(6) {
        let rows: Vec<Row> = order.iter().map(|row| ROWS[*row]).collect();
        let in_csv = number / 6 % (ROWS.len() + 1);
        let Night { flags, receipt, .. } = night(&rows, in_csv);
        let mut first_rows: Vec<&str> = Vec::new();
        for row in &rows {
            if !first_rows.contains(&row[0]) {
                first_rows.push(row[0]);
            }
        }
        assert_eq!(flags.iter().map(|flag| id(flag)).collect::<Vec<_>>(), first_rows);
        assert_eq!(flags.into_iter().collect::<BTreeSet<_>>(), expected, "{order:?} {in_csv}");
        let counts = json!({ "read": 6, "assessed": 3, "died": 0, "merged": 3,
            "without_consent": 0, "quarantined": 0, "blank": 0 });
        assert_eq!(receipt["records"], counts);
        assert_eq!(receipt["exit_code"], 0);
        let problems = json!({ "case_status:rows-disagree": 1, "ost:rows-disagree": 1 });
        assert_eq!(receipt["problems"], problems, "{order:?}");
    }
}

#[test]
fn every_row_counts_and_not_the_first_alone() {
    let alone: Vec<Night> = ROWS.iter().map(|row| night(std::slice::from_ref(row), 1)).collect();
    let together = night(&ROWS, ROWS.len());
    let flag = |night: &Night, of: &str| {
        let flag = night.flags.iter().find(|flag| id(flag) == of);
        flag.cloned().unwrap()
    };
    for (row, alone) in ROWS.iter().zip(&alone).take(5) {
        assert_ne!(flag(alone, row[0]), flag(&together, row[0]), "{row:?}");
    }
    let facts = flag(&together, "p-1");
    for said in ["prison-release:", "overdose:"] {
        assert!(facts.contains(said), "{facts}");
    }
}

/// Of two people with several rows and one with one: the service, the team and the worker.
const CASELOADS: [[&str; 4]; 6] = [
    ["p-1", "S1", "T2", "W10"],
    ["p-1", "S1", "T1", "W9"],
    ["p-1", "", "T2", "unknown"],
    ["p-2", "S2", "", "Jo Canary"],
    ["p-2", "S1", "", "W9"],
    ["p-3", "", "T 3", ""],
];

/// The caseloads in `flags.ndjson`, and everything that was published.
fn caseloads(rows: &[[&str; 4]], in_csv: usize) -> (BTreeMap<String, Value>, String) {
    let facts = |id: &str| format!("{id},44,current,,held");
    let (csv, ndjson) = rows.split_at(in_csv);
    let header = "id,age,opioid_use,prison_release,naloxone,service,team,worker";
    let mut export = format!("{header}\n");
    for [id, codes @ ..] in csv {
        export += &format!("{},{}\n", facts(id), codes.join(","));
    }
    let record = |[id, codes @ ..]: &[&str; 4]| {
        let cells = facts(id).split(',').map(str::to_owned).collect::<Vec<_>>();
        let cells = cells.into_iter().chain(codes.iter().map(|code| (*code).to_owned()));
        let keys = header.split(',').map(str::to_owned).zip(cells.map(Value::String));
        format!("{}\n", Value::Object(keys.collect()))
    };
    let service = Service::new();
    let mut exports = Vec::new();
    if !csv.is_empty() {
        exports.push(service.write("export.csv", export));
    }
    if !ndjson.is_empty() {
        exports.push(service.write("export.ndjson", ndjson.iter().map(record).collect::<String>()));
    }
    let published = service.run(exports, &mut |_| ControlFlow::Continue(())).unwrap();
    let files = fs::read_dir(published.folder()).unwrap();
    let all = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let all = all.collect::<String>() + &published.to_string();
    let flags = fs::read_to_string(published.folder().join("flags.ndjson")).unwrap();
    let caseloads = flags.lines().map(|line| {
        let flag: Value = serde_json::from_str(line).unwrap();
        let id = flag["id"].as_str().unwrap().to_owned();
        (id, json!([flag["service"], flag["team"], flag["worker"]]))
    });
    (caseloads.collect(), all)
}

#[test]
fn a_person_is_on_the_caseloads_of_all_rows_in_whatever_order_and_file() {
    let expected = BTreeMap::from([
        ("p-1".to_owned(), json!([["S1"], ["T1", "T2"], ["W10", "W9"]])),
        ("p-2".to_owned(), json!([["S1", "S2"], null, ["W9"]])),
        ("p-3".to_owned(), json!([null, null, null])),
    ]);
    for (number, order) in orders(CASELOADS.len()).iter().enumerate().step_by(24) {
        let rows: Vec<_> = order.iter().map(|row| CASELOADS[*row]).collect();
        let (caseloads, all) = caseloads(&rows, number / 24 % (rows.len() + 1));
        assert_eq!(caseloads, expected, "{order:?}");
        assert!(!all.contains("Canary") && !all.contains("T 3"), "{order:?}");
        assert!(all.contains(",p-2,worker,unreadable") && all.contains(",p-3,team,unreadable"));
    }
}

#[test]
fn a_person_with_one_row_is_on_its_caseloads() {
    for row in CASELOADS {
        let (caseloads, all) = caseloads(&[row], 1);
        let [id, codes @ ..] = row;
        let is_code = |code: &&str| !code.is_empty() && !code.contains(' ') && *code != "unknown";
        let list = |code: &str| if is_code(&code) { json!([code]) } else { Value::Null };
        assert_eq!(caseloads, BTreeMap::from([(id.to_owned(), json!(codes.map(list)))]));
        assert!(!all.contains("Canary"));
    }
}

#[test]
fn a_row_that_names_another_caseload_says_something_new() {
    for (second, nothing_new) in [
        (["p-1", "S1", "T2", "W10"], 1),
        (["p-1", "", "", ""], 1),
        (["p-1", "S1", "T2", "W11"], 0),
        (["p-1", "S2", "", ""], 0),
    ] {
        let (_, all) = caseloads(&[CASELOADS[0], second], 2);
        assert!(
            all.contains(&format!("\"merged_saying_nothing_new\": {nothing_new}")),
            "{second:?}"
        );
    }
}

#[test]
fn who_died_on_any_row_is_counted_once_and_in_no_list() {
    let rows = |died: usize| {
        let mut rows = ROWS;
        rows[died][7] = "died";
        // Something that would be a problem of somebody who is assessed.
        rows[0][2] = "sometimes";
        rows
    };
    for died in 0..3 {
        for in_csv in [0, 1, 2, 3, 6] {
            let Night { flags, problems, receipt, .. } = night(&rows(died), in_csv);
            assert_eq!(flags.iter().map(|flag| id(flag)).collect::<Vec<_>>(), ["p-2", "p-3"]);
            // Others of the person's rows say otherwise, and nothing else is told of who is not assessed.
            let is_doubt = |line: &String| line.ends_with(",p-1,case_status,rows-disagree");
            assert!(problems.len() <= 1 && problems.iter().all(is_doubt), "{problems:?}");
            let counts = json!({ "read": 6, "assessed": 2, "died": 1, "merged": 3,
                "without_consent": 0, "quarantined": 0, "blank": 0 });
            assert_eq!(receipt["records"], counts);
        }
    }
}

#[test]
fn a_file_with_nothing_but_later_rows_is_no_empty_one() {
    let [one, two, three, ..] = ROWS;
    for rows in [[one, two, three], [three, one, two]] {
        let Night { flags, receipt, .. } = night(&rows, 1);
        assert_eq!(flags.len(), 1);
        assert_eq!(receipt["inputs"][1]["records"]["merged"], 2);
        assert_eq!(receipt["inputs"][1]["records"]["assessed"], 0);
    }
}

#[test]
fn rows_that_say_nothing_new_are_counted() {
    let [one, two, _, four, _, six] = ROWS;
    let silent = ["p-3", "", "", "", "", "", "", "", ""];
    for (rows, merged, nothing_new) in [
        (vec![one, four], 0, 0),
        (vec![one, two], 1, 0),
        (vec![one, one], 1, 1),
        (vec![one, four, one, four, one], 3, 3),
        (vec![one, two, one, two], 3, 2),
        (vec![six, silent], 1, 1),
        (vec![silent, six], 1, 0),
    ] {
        for in_csv in 0..=rows.len() {
            let Night { receipt, summary, .. } = night(&rows, in_csv);
            assert_eq!(receipt["records"]["merged"], merged);
            assert_eq!(receipt["merged_saying_nothing_new"], nothing_new, "{rows:?} {in_csv}");
            let says = format!("merged: {merged}, of which {nothing_new} said nothing new.");
            assert_eq!(summary.contains(&says), merged > 0, "{summary}");
        }
    }
}

#[test]
fn a_problem_stands_on_the_line_of_its_row_and_a_disagreement_on_that_of_the_first() {
    let mut rows = ROWS;
    rows[0][2] = "sometimes";
    rows[2][4] = "31/02/2026";
    rows[4][6] = "2027-03-01";
    // Line 1 of CSV is the header.
    let expected = |first: (&str, usize), rows: [(&str, usize); 3]| {
        let line = |(file, line): (&str, usize), rest: &str| format!("{file},{line},{rest}");
        let mut problems = vec![
            line(rows[0], "p-1,opioid_use,unreadable"),
            line(rows[1], "p-1,prison_release,unreadable"),
            line(rows[2], "p-2,overdose,contradictory"),
            line(first, "p-1,ost,rows-disagree"),
            line(first, "p-1,case_status,rows-disagree"),
        ];
        problems.sort();
        problems
    };
    let sorted = |mut problems: Vec<String>| {
        problems.sort();
        problems
    };
    let (csv, ndjson) = ("export.csv", "export.ndjson");
    assert_eq!(
        sorted(night(&rows, 6).problems),
        expected((csv, 2), [(csv, 2), (csv, 4), (csv, 6)])
    );
    assert_eq!(
        sorted(night(&rows, 1).problems),
        expected((csv, 2), [(csv, 2), (ndjson, 2), (ndjson, 4)])
    );
    rows.reverse();
    assert_eq!(
        sorted(night(&rows, 2).problems),
        expected((ndjson, 2), [(ndjson, 4), (ndjson, 2), (csv, 3)])
    );
}

#[test]
fn somebody_whose_first_row_is_quarantined_is_assessed_from_the_others() {
    let service = Service::new();
    let [one, two, _, four, ..] = ROWS;
    let whole = csv(&[one, two, four]);
    let broken = whole.replacen("p-1,44,current", "p-1,44,cur,rent", 1);
    let exports = vec![service.write("export.csv", broken + "p-1,44,past,,,held,,open,\n")];
    let published = service.run(exports, &mut |_| ControlFlow::Continue(())).unwrap();
    let read = |name: &str| fs::read_to_string(published.folder().join(name)).unwrap();
    assert_eq!(read("flags.csv").lines().skip(1).map(id).collect::<Vec<_>>(), ["p-1", "p-2"]);
    assert_eq!(read("quarantine.csv").lines().nth(1), Some("export.csv,2,p-1,field-count"));
    let receipt: BTreeMap<String, Value> = serde_json::from_str(&read("run.json")).unwrap();
    adds_up(&receipt["records"]);
    assert_eq!(receipt["records"]["merged"], 1);
    assert_eq!(receipt["exit_code"], 3);
}

#[test]
fn an_export_that_changes_between_its_two_readings_is_refused() {
    let row = |id: usize| format!("p-{id},44,current,,,held,,open,\n");
    let header = COLUMNS.join(",") + "\n";
    let first = format!("{header}{}{}{}", row(1), row(1), row(2));
    // Progress is told while it is read for the first time, when the first file has been.
    let second: String = std::iter::once(header.clone()).chain((3..5_000).map(row)).collect();
    let changes = [
        first.replace("p-2", "p-0"),
        first.replace("p-2,44", "p-2,45"),
        format!("{header}{}{}", row(1), row(1)),
        format!("{first}{}", row(2)),
        format!("{header}{}", row(2)),
        header.clone(),
    ];
    for changed in changes {
        let service = Service::new();
        let file = service.write("first.csv", &first);
        let exports = vec![file.clone(), service.write("second.csv", &second)];
        let mut told = 0;
        let mut progress = |_| {
            told += 1;
            if told == 1 {
                fs::write(&file, &changed).unwrap();
            }
            ControlFlow::Continue(())
        };
        let error = service.run(exports, &mut progress).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert!(error.to_string().contains("first.csv is refused: it "), "{error}");
        assert!(error.to_string().ends_with("\nnothing was published"), "{error}");
        let out = service.0.path().join("out");
        let left: Vec<_> =
            fs::read_dir(out).unwrap().map(|left| left.unwrap().file_name()).collect();
        assert_eq!(left, [".lock"]);
    }
}
