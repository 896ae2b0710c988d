//! A run says the same whatever the threads: every output, to the byte.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::Principal;
use overdose_risk_run::{Job, Program, run};
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
    job.max_quarantine = 100;
    change(&mut job);
    let mut told = Vec::new();
    let published = run(&job, Policy::practice_principles(), &mut |progress| {
        told.push(progress);
        ControlFlow::Continue(())
    });
    let published = published
        .map_err(|error| error.to_string().replace(folder.path().to_str().unwrap(), ""))?;
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

    let damaged = damaged(&whole);
    let published = check(&[("export.csv", damaged.as_bytes())], |_| {}).unwrap();
    assert!(published["quarantine.csv"].len() > 1_000);
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
    check(&[("export.ndjson", &lines)], |_| {}).unwrap();
    check(&[("export.json", &array)], |_| {}).unwrap();
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
