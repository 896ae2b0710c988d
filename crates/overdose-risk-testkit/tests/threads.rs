//! A run says the same whatever the threads, every output to the byte; and what it says of each row is what
//! reading record by record says.

use chrono::NaiveDate;
use overdose_risk::{Policy, Record, assess};
use overdose_risk_csv::{self as csv, FlagsWriter};
use overdose_risk_intake::{Caseload, Entry, Id, Intake, Principal, Problem, Row};
use overdose_risk_json::{self as json, Flag};
use overdose_risk_run::{Job, Program, Tolerated, run};
use overdose_risk_testkit::population::Population;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use tempfile::TempDir;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// What was published, or why it was not.
type Outcome = Result<BTreeMap<String, Vec<u8>>, String>;

fn outcome(files: &[(&str, &[u8])], threads: usize, change: &impl Fn(&mut Job)) -> Outcome {
    let folder = TempDir::new().unwrap();
    let exports = files.iter().map(|(name, export)| {
        let path = folder.path().join(name);
        fs::write(&path, export).unwrap();
        path
    });
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let out = folder.path().join("out");
    let mut job = Job::new(program, exports.collect(), as_of(), out);
    job.threads = NonZeroUsize::new(threads).unwrap();
    (job.max_quarantine, job.tolerate) = (100, vec![Tolerated::Unreadable]);
    change(&mut job);
    let mut told = Vec::new();
    let published = run(&job, Policy::practice_principles(), &mut |progress| {
        told.push(progress);
        ControlFlow::Continue(())
    });
    let published = published
        .map_err(|error| error.to_string().replace(folder.path().to_str().unwrap(), ""))?;
    // Where rows are put together, it is read three times.
    let falls = told.windows(2).filter(|pair| pair[1].records < pair[0].records).count();
    assert!(falls <= 2, "{falls}");
    let size: usize = files.iter().map(|(_, export)| export.len()).sum();
    assert_eq!(told.last().map(|told| told.bytes), Some(size as u64));
    let told = told.iter().map(|told| format!("{told:?}\n")).collect::<String>();
    let mut files = BTreeMap::from([("told".to_owned(), told.into_bytes())]);
    for entry in fs::read_dir(published.folder()).unwrap() {
        let entry = entry.unwrap();
        let mut content = fs::read(entry.path()).unwrap();
        if entry.file_name() == "run.json" {
            let mut receipt: Value = serde_json::from_slice(&content).unwrap();
            let run = receipt.as_object_mut().unwrap().remove("run").unwrap();
            assert_eq!(run["threads"], threads);
            content = serde_json::to_vec(&receipt).unwrap();
        }
        files.insert(entry.file_name().into_string().unwrap(), content);
    }
    Ok(files)
}

fn check(files: &[(&str, &[u8])], change: impl Fn(&mut Job)) -> Outcome {
    let alone = outcome(files, 1, &change);
    for threads in [2, 3, 8] {
        let together = outcome(files, threads, &change);
        match (&alone, &together) {
            (Ok(alone), Ok(together)) => {
                assert!(alone.keys().eq(together.keys()));
                for (name, content) in alone {
                    assert!(*content == together[name], "{name} with {threads} threads");
                }
            }
            (alone, together) => assert_eq!(alone.is_err(), together.is_err()),
        }
        if alone.is_err() {
            assert_eq!(alone, together);
        }
    }
    alone
}

fn csv(people: Range<u64>) -> String {
    let mut csv = Vec::new();
    Population::new(7, as_of()).write_csv(people, &mut csv).unwrap();
    String::from_utf8(csv).unwrap()
}

/// What the outputs say of an export in which everybody has one row, read record by record.
#[derive(Default)]
struct ByHand {
    flags: Vec<(String, Record)>,
    words: Vec<u8>,
    problems: Vec<String>,
    quarantine: Vec<String>,
}

impl ByHand {
    fn row(&mut self, source: &str, row: Row<'_>, mut problems: Vec<Problem>) {
        let line = row.line;
        let person = match row.entry {
            Entry::Blank => return,
            Entry::Quarantined { id, kind } => {
                let id = id.map_or(String::new(), |id| id.to_string());
                return self.quarantine.push(format!("{source},{line},{id},{}", kind.name()));
            }
            Entry::Person(person) => person,
        };
        if person.facts.has_died() {
            return;
        }
        let record = person.facts.record(&mut |problem| problems.push(problem));
        for Problem { column, kind } in problems {
            self.problems.push(format!("{source},{line},{},{column},{kind}", person.id));
        }
        let assessment = assess(&record, as_of(), Policy::practice_principles());
        let codes = Caseload::ALL.map(|of| Vec::from_iter(person.caseloads.code(of)));
        let flag = Flag::new(person.id, &assessment, &[]);
        let flag = Caseload::ALL
            .into_iter()
            .zip(&codes)
            .fold(flag, |flag, (of, codes)| flag.on(of, codes));
        serde_json::to_writer(&mut self.words, &flag).unwrap();
        self.words.push(b'\n');
        self.flags.push((person.id.to_string(), record));
    }

    /// Holds what was published to it.
    fn check(&self, published: &BTreeMap<String, Vec<u8>>) {
        let mut flags = FlagsWriter::new(Vec::new(), &[]).unwrap();
        for (id, record) in &self.flags {
            let assessment = assess(record, as_of(), Policy::practice_principles());
            flags.write(Id::read(id.as_bytes()).unwrap(), &assessment).unwrap();
        }
        assert!(flags.finish().unwrap() == published["flags.csv"], "flags.csv");
        assert!(self.words == published["flags.ndjson"], "flags.ndjson");
        let rows = |name: &str| -> Vec<String> {
            let text = String::from_utf8(published[name].clone()).unwrap();
            text.lines().skip(1).map(str::to_owned).collect()
        };
        assert_eq!(rows("problems.csv"), self.problems);
        assert_eq!(rows("quarantine.csv"), self.quarantine);
        assert!(!self.problems.is_empty());
    }
}

fn csv_by_hand(source: &str, export: &[u8]) -> ByHand {
    let mut by_hand = ByHand::default();
    let mut export = csv::Export::open(export, as_of(), &Intake::default()).unwrap();
    let mut problems = Vec::new();
    while let Some(row) = export.read(&mut |problem| problems.push(problem)).unwrap() {
        by_hand.row(source, row, std::mem::take(&mut problems));
    }
    by_hand
}

fn json_by_hand(source: &str, export: &[u8]) -> ByHand {
    let mut by_hand = ByHand::default();
    let mut export = json::Export::open(export, as_of(), None, &Intake::default()).unwrap();
    let mut problems = Vec::new();
    while let Some(row) = export.read(&mut |problem| problems.push(problem)).unwrap() {
        by_hand.row(source, row, std::mem::take(&mut problems));
    }
    by_hand
}

/// The same with broken rows among the others.
fn damaged(csv: &str) -> String {
    let lines = csv.lines().enumerate().map(|(at, line)| match at % 997 {
        400 => line.replacen(',', ",\"", 1) + "\n",
        401 => format!("{line},one field more\n"),
        402 => "\n".to_owned(),
        403 => format!("{line}\n{}\n", csv.lines().next().unwrap()),
        404 => line.replacen('-', " ", 1) + "\n",
        405 => line.replacen(',', ",\"4\n4\"", 1) + "\n",
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn a_csv_export_gives_the_same() {
    let whole = csv(0..9_000);
    let published = check(&[("export.csv", whole.as_bytes())], |_| {}).unwrap();
    let flags = String::from_utf8(published["flags.csv"].clone()).unwrap();
    assert!(flags.lines().count() > 8_900);
    csv_by_hand("export.csv", whole.as_bytes()).check(&published);

    let damaged = damaged(&whole);
    let published = check(&[("export.csv", damaged.as_bytes())], |_| {}).unwrap();
    assert!(published["quarantine.csv"].len() > 1_000);
    csv_by_hand("export.csv", damaged.as_bytes()).check(&published);
}

#[test]
fn wide_text_and_several_files_give_the_same() {
    let (one, other) = (csv(0..3_000), csv(3_000..6_000));
    let wide: Vec<u8> =
        format!("\u{feff}{one}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&[("wide.csv", &wide), ("other.csv", other.as_bytes())], |_| {}).unwrap();
}

#[test]
fn rows_that_are_put_together_give_the_same() {
    let (one, other) = (csv(0..3_000), csv(2_000..5_000));
    let published =
        check(&[("one.csv", one.as_bytes()), ("other.csv", other.as_bytes())], |_| {}).unwrap();
    let receipt: Value = serde_json::from_slice(&published["run.json"]).unwrap();
    assert!(receipt["records"]["merged"].as_u64() > Some(900));
}

#[test]
fn json_gives_the_same_broken_or_not() {
    let population = Population::new(7, as_of());
    let (mut lines, mut array) = (Vec::new(), Vec::new());
    population.write_ndjson(0..4_000, &mut lines).unwrap();
    population.write_json(0..4_000, &mut array).unwrap();
    let published = check(&[("export.ndjson", &lines)], |_| {}).unwrap();
    json_by_hand("export.ndjson", &lines).check(&published);
    let published = check(&[("export.json", &array)], |_| {}).unwrap();
    json_by_hand("export.json", &array).check(&published);
    let cut = &array[..array.len() * 3 / 4];
    check(&[("export.json", cut)], |_| {}).unwrap_err();
    check(&[("export.json", cut)], |job| job.allow_partial = true).unwrap();
    let keyless = String::from_utf8(lines).unwrap().replace("\"naloxone\":", "\"kit\":");
    check(&[("export.ndjson", keyless.as_bytes())], |_| {}).unwrap_err();
    let waived = |job: &mut Job| job.without = vec![Principal::Naloxone];
    check(&[("export.ndjson", keyless.as_bytes())], waived).unwrap();
}

#[test]
fn a_refusal_is_the_same() {
    let whole = csv(0..6_000);
    let header = whole.lines().next().unwrap();
    let other = header.replacen("age,", "", 1) + ",age";
    let mut lines: Vec<&str> = whole.lines().collect();
    lines.insert(4000, &other);
    let two_headers = lines.join("\n");
    let error = check(&[("export.csv", two_headers.as_bytes())], |_| {}).unwrap_err();
    assert!(error.contains("4001"), "{error}");
}
