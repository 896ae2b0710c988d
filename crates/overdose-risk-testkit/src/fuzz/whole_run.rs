//! Bytes as an export that goes through a whole run, from the file to the published folder.

use super::{as_of, canary};
use crate::accounts::assert_add_up;
use crate::merging::both;
use overdose_risk::{Policy, assess};
use overdose_risk_csv::{Export, FlagsWriter};
use overdose_risk_intake::{Entry, Facts, Id, Intake};
use overdose_risk_run as night;
use overdose_risk_run::{ErrorKind, Job, Program};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use tempfile::TempDir;

const HEADER: &str = "\
id,age,opioid_use,ost,prison_release,naloxone,overdose,case_status,recorded_on,team,notes
";

/// Rows that stand before those of the bytes, so that a piece ends among these.
const BEFORE: usize = 1020;

/// Somebody of whom the bytes make a row, between two others.
const PLANTED: &str = "\
id,age,opioid_use,prison_release,naloxone,recorded_on,team,@~
p-1,44,current,2026-03-28,held,,,@
p-2,~@,~,@~,@,@,@,~@~
p-2,44,current,,held,,,@
p-3,44,current,,held,,,@
";

/// Panics where a run over an export of these bytes breaks what must hold. The first of them says whether
/// they are all of it, or rows behind a header, or behind a thousand others.
pub fn run(data: &[u8]) {
    let Some((shape, rows)) = data.split_first() else { return };
    match shape % 4 {
        0 => {
            let before = |place| format!("d-{place},,,,,,,died,,,\n");
            let before: String = (0..BEFORE).map(before).collect();
            check(&[HEADER.as_bytes(), before.as_bytes(), rows].concat());
        }
        1 => drop(same_on_threads(rows)),
        2 => check(&[HEADER.as_bytes(), rows].concat()),
        _ => {
            let Some(export) = canary::planted(PLANTED, rows) else { return };
            match same_on_threads(&export) {
                Ok(files) => files.values().for_each(|file| canary::assert_not_in(file)),
                Err((_, error)) => canary::assert_not_in(&error),
            }
        }
    }
}

/// What is published, by the names of the files, or why nothing is.
type Outcome = Result<BTreeMap<String, String>, (ErrorKind, String)>;

fn check(export: &[u8]) {
    let expected = flags_by_hand(export);
    match same_on_threads(export) {
        Ok(files) => {
            let receipt: Value = serde_json::from_str(&files["run.json"]).unwrap();
            assert_add_up(export, &receipt, &files["quarantine.csv"], &files["flags.csv"]);
            assert_eq!(Some(files["flags.csv"].as_str()), expected.as_deref());
        }
        // Of an export that can be read, one that has nobody, or the wrong ids.
        Err((kind, error)) => {
            let has_people = expected.is_some_and(|flags| !ids(&flags).is_empty());
            assert!(!has_people || kind == ErrorKind::Identifying, "{error}");
        }
    }
}

fn same_on_threads(export: &[u8]) -> Outcome {
    let alone = outcome(export, 1);
    assert_eq!(outcome(export, 3), alone);
    alone
}

fn outcome(export: &[u8], threads: usize) -> Outcome {
    let folder = TempDir::new().unwrap();
    let (file, out) = (folder.path().join("export"), folder.path().join("out"));
    fs::write(&file, export).unwrap();
    let program = Program { name: "fuzz".to_owned(), version: "0".to_owned() };
    let mut job = Job::new(program, vec![file], as_of(), out.clone());
    job.threads = NonZeroUsize::new(threads).unwrap();
    // Of a few records, one is many per cent.
    (job.max_quarantine, job.allow_empty) = (100, true);
    let go_on = &mut |_| ControlFlow::Continue(());
    let published = match night::run(&job, Policy::practice_principles(), go_on) {
        Ok(published) => published,
        Err(error) => {
            assert!(!out.join("LATEST").exists());
            assert!(matches!(error.kind(), ErrorKind::Refused | ErrorKind::Identifying), "{error}");
            let said = format!("{error}\n{error:?}").replace(folder.path().to_str().unwrap(), "");
            return Err((error.kind(), said));
        }
    };
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(published.folder()).unwrap() {
        let entry = entry.unwrap();
        let mut content = fs::read_to_string(entry.path()).unwrap();
        if entry.file_name() == "run.json" {
            let mut receipt: Value = serde_json::from_str(&content).unwrap();
            receipt.as_object_mut().unwrap().remove("run").unwrap();
            content = receipt.to_string();
        }
        files.insert(entry.file_name().into_string().unwrap(), content);
    }
    assert_eq!(ids(&files["flags.csv"]), people(&job));
    Ok(files)
}

fn ids(flags: &str) -> Vec<String> {
    let id = |row: &str| row.split(',').next().unwrap_or_default().to_owned();
    flags.lines().skip(1).map(id).collect()
}

/// Whoever is handed over where nothing is published.
fn people(job: &Job) -> Vec<String> {
    let take = |ids: &mut Vec<String>, id: Id<'_>, _: &_| ids.push(id.to_string());
    let go_on = &mut |_| ControlFlow::Continue(());
    night::people(job, |_| Vec::new(), take, go_on).unwrap().0
}

/// `flags.csv` of an export that is read record by record, the rows of each person joined from the last
/// to the first; `None` where it cannot be read.
fn flags_by_hand(export: &[u8]) -> Option<String> {
    let mut export = Export::open(export, as_of(), &Intake::default()).ok()?;
    let mut rows: Vec<(String, Facts)> = Vec::new();
    while let Some(row) = export.read(&mut |_| {}).ok()? {
        if let Entry::Person(person) = row.entry {
            rows.push((person.id.to_string(), person.facts));
        }
    }
    let mut people: HashMap<&str, Facts> = HashMap::new();
    for (id, facts) in rows.iter().rev() {
        let joined = people.get(id.as_str()).map_or(*facts, |later| both(*later, facts));
        people.insert(id, joined);
    }
    let mut flags = FlagsWriter::new(Vec::new(), &[]).unwrap();
    for (id, _) in &rows {
        // Everybody stands where their first row was.
        let Some(facts) = people.remove(id.as_str()) else { continue };
        if !facts.has_died() && !facts.is_without_consent() {
            let record = facts.record(&mut |_| {});
            let assessment = assess(&record, as_of(), Policy::practice_principles());
            flags.write(Id::read(id.as_bytes()).unwrap(), &assessment).unwrap();
        }
    }
    Some(String::from_utf8(flags.finish().unwrap()).unwrap())
}
