//! What a run leaves behind, and that it is all or nothing.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::Principal;
use overdose_risk_run::{Error, ErrorKind, Job, Previous, Program, Published, Tolerated, run};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use tempfile::TempDir;

const EXPORT: &str = "\
id,age,opioid_use,ost,prison_release,naloxone,case_status
p-1,44,current,not_prescribed,2026-03-28,not_held,open
p-2,30,none,not_prescribed,,held,open
,30,none,not_prescribed,,held,open
p-1,31,current,prescribed,,held,open
p-3,31,sometimes,,,,died
,,,,,,
p-4,31,sometimes,,,,open
";

/// A folder with one export in it, and a place for runs.
struct Service {
    folder: TempDir,
}

impl Service {
    fn with(export: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("export.csv"), export).unwrap();
        Self { folder }
    }

    fn out(&self) -> std::path::PathBuf {
        self.folder.path().join("flags")
    }

    fn job(&self, as_of: &str) -> Job {
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let export = self.folder.path().join("export.csv");
        let as_of = as_of.parse::<NaiveDate>().unwrap();
        let mut job = Job::new(program, vec![export], as_of, self.out());
        // Of a few records, one is many per cent; and the same export stands for several nights.
        (job.max_quarantine, job.max_drop) = (100, 100);
        job.tolerate = vec![Tolerated::Unchanged];
        job
    }

    fn run(&self, as_of: &str) -> Result<Published, Error> {
        run(&self.job(as_of), Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
    }

    fn latest(&self) -> String {
        fs::read_to_string(self.out().join("LATEST")).unwrap()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn receipt(published: &Published) -> serde_json::Value {
    let json = fs::read(published.folder().join("run.json")).unwrap();
    serde_json::from_slice(&json).unwrap()
}

#[test]
fn every_record_is_accounted_for_and_the_receipt_adds_up() {
    let service = Service::with(EXPORT);
    let published = service.run("2026-03-31").unwrap();
    let receipt = receipt(&published);
    let records = &receipt["records"];
    assert_eq!(
        records,
        &serde_json::json!({ "read": 7, "assessed": 3, "died": 1, "merged": 1, "without_consent": 0,
            "quarantined": 1, "blank": 1 })
    );
    let tiers = receipt["people"].as_object().unwrap();
    assert_eq!(tiers.values().map(|count| count.as_u64().unwrap()).sum::<u64>(), 3);
    let summary = published.to_string();
    assert!(summary.contains("id-missing                      1   give every record its id"));
    assert_eq!(receipt["quarantined"], serde_json::json!({ "id-missing": 1 }));
    let problems = serde_json::json!({ "age:rows-disagree": 1, "naloxone:rows-disagree": 1,
        "opioid_use:unreadable": 1, "ost:rows-disagree": 1 });
    assert_eq!(receipt["problems"], problems);
    assert_eq!(receipt["exit_code"], 3);
}

#[test]
fn every_output_says_what_it_should() {
    let service = Service::with(EXPORT);
    let folder = service.run("2026-03-31").unwrap().folder().to_owned();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("quarantine.csv"), "source,line,id,kind\nexport.csv,4,,id-missing\n");
    assert_eq!(
        read("problems.csv"),
        "source,line,id,field,kind\nexport.csv,2,p-1,age,rows-disagree\nexport.csv,2,p-1,ost,rows-disagree\n\
         export.csv,2,p-1,naloxone,rows-disagree\nexport.csv,8,p-4,opioid_use,unreadable\n"
    );
    let flags = read("flags.csv");
    let ids: Vec<&str> = flags.lines().map(|row| row.split(',').next().unwrap()).collect();
    assert_eq!(ids, ["id", "p-1", "p-2", "p-4"]);

    let words = read("flags.ndjson");
    for (line, row) in words.lines().zip(flags.lines().skip(1)) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let cells: Vec<&str> = row.split(',').collect();
        assert_eq!(line["id"], cells[0]);
        assert_eq!(line["tier"], cells[1]);
        assert_eq!(line["points"].to_string(), cells[2]);
        assert_eq!(line["could_reach"], cells[3]);
        assert_eq!(line["could_points"].to_string(), cells[4]);
        assert_eq!(line["naloxone_gap"].to_string(), cells[7]);
        assert_eq!(line["valid_until"].as_str().unwrap_or_default(), cells[8]);
        let reasons: Vec<String> = line["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reason| {
                let text = |key: &str| reason[key].as_str().unwrap().to_owned();
                format!("{}:{}:{}", text("factor"), text("level"), reason["points"])
            })
            .collect();
        assert_eq!(reasons.join(";"), cells[5]);
    }
}

#[test]
fn the_receipt_holds_the_hash_of_every_file() {
    use sha2::{Digest as _, Sha256};
    let service = Service::with(EXPORT);
    let published = service.run("2026-03-31").unwrap();
    let receipt = receipt(&published);
    let mut hashed = Vec::new();
    for (files, folder) in [("inputs", service.folder.path()), ("outputs", published.folder())] {
        for file in receipt[files].as_array().unwrap() {
            let name = file["name"].as_str().unwrap();
            let bytes = fs::read(folder.join(name)).unwrap();
            let hex: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(file["sha256"], hex, "{name}");
            assert_eq!(file["bytes"], bytes.len());
            hashed.push(name.to_owned());
        }
    }
    hashed.push("run.json".to_owned());
    hashed.retain(|name| name != "export.csv");
    hashed.sort();
    assert_eq!(hashed, names(published.folder()));
}

#[test]
fn a_second_run_for_a_day_stands_beside_the_first_and_latest_names_it() {
    let service = Service::with(EXPORT);
    for expected in ["2026-03-31", "2026-03-31.2", "2026-03-31.3"] {
        let published = service.run("2026-03-31").unwrap();
        assert_eq!(published.folder(), service.out().join(expected));
        assert_eq!(service.latest(), format!("{expected}\n"));
    }
    assert_eq!(
        names(&service.out()),
        [".lock", "2026-03-31", "2026-03-31.2", "2026-03-31.3", "LATEST"]
    );
}

#[test]
fn latest_never_moves_to_an_earlier_day() {
    let service = Service::with(EXPORT);
    assert!(!service.run("2026-03-31").unwrap().to_string().contains("LATEST"));
    let earlier = service.run("2026-03-30").unwrap().to_string();
    assert!(earlier.contains("LATEST STILL NAMES A RUN FOR 2026-03-31"), "{earlier}");
    assert_eq!(service.latest(), "2026-03-31\n");
    service.run("2026-04-01").unwrap();
    assert_eq!(service.latest(), "2026-04-01\n");
}

#[test]
fn two_runs_of_the_same_input_differ_only_in_the_run_block() {
    let service = Service::with(EXPORT);
    let mut job = service.job("2026-03-31");
    job.previous = Previous::Nothing;
    let [one, other] = ["one", "other"].map(|out| {
        job.out = service.folder.path().join(out);
        let policy = Policy::practice_principles();
        let published = run(&job, policy, &mut |_| ControlFlow::Continue(())).unwrap();
        let mut receipt = receipt(&published);
        assert!(receipt.as_object_mut().unwrap().remove("run").is_some());
        let files = names(published.folder()).into_iter().filter(|name| name != "run.json");
        let files: Vec<Vec<u8>> =
            files.map(|name| fs::read(published.folder().join(name)).unwrap()).collect();
        (receipt, files)
    });
    assert_eq!(one, other);
}

#[test]
fn what_is_refused_or_cannot_be_read_publishes_nothing_and_leaves_the_last_run() {
    let service = Service::with(EXPORT);
    service.run("2026-03-31").unwrap();
    let export = service.folder.path().join("export.csv");
    for (text, kind) in [
        (Some(""), ErrorKind::Refused),
        (Some("id,age,opioid_use,prison_release,naloxone\n"), ErrorKind::Refused),
        (Some("id,age,opioid_use,prison_release,naloxone\n,,,,\n"), ErrorKind::Refused),
        (Some("id,age,opioid_use,prison_release,naloxone\n,44,,,\n"), ErrorKind::Refused),
        (Some("id,age\np,1\n"), ErrorKind::Refused),
        (None, ErrorKind::Unreadable),
    ] {
        match text {
            Some(text) => fs::write(&export, text).unwrap(),
            None => fs::remove_file(&export).unwrap(),
        }
        let error = service.run("2026-04-01").unwrap_err();
        assert_eq!(error.kind(), kind, "{text:?}: {error}");
        assert_eq!(service.latest(), "2026-03-31\n");
        assert_eq!(names(&service.out()), [".lock", "2026-03-31", "LATEST"]);
    }
}

#[test]
fn an_output_folder_that_cannot_be_made_is_an_output_error() {
    let service = Service::with(EXPORT);
    fs::write(service.out(), "a file").unwrap();
    let error = service.run("2026-03-31").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Output);
}

#[test]
fn a_folder_is_no_export() {
    let service = Service::with(EXPORT);
    let mut job = service.job("2026-03-31");
    job.exports = vec![service.folder.path().to_owned()];
    let error =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[test]
fn a_waived_field_is_named_in_every_output() {
    let service = Service::with("id,age,opioid_use,naloxone\np-1,44,current,held\n");
    let mut job = service.job("2026-03-31");
    job.without = vec![Principal::PrisonRelease];
    let published =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap();
    let read = |name: &str| fs::read_to_string(published.folder().join(name)).unwrap();
    let flags = read("flags.csv");
    assert!(flags.lines().next().unwrap().ends_with(",waived"));
    assert!(flags.lines().nth(1).unwrap().ends_with(",prison_release"));
    let line: serde_json::Value = serde_json::from_str(read("flags.ndjson").trim()).unwrap();
    assert_eq!(line["waived"], serde_json::json!(["prison_release"]));
    assert_eq!(receipt(&published)["waived"], serde_json::json!(["prison_release"]));
    let said = "nobody could be assessed for prison_release";
    assert!(published.to_string().contains(said));
    assert_eq!(read("worklist.html").matches(said).count(), 1);
}

#[test]
fn a_run_that_stands_while_latest_cannot_be_replaced_is_said_to_stand() {
    let service = Service::with(EXPORT);
    fs::create_dir_all(service.out().join("LATEST/in-the-way")).unwrap();
    let mut job = service.job("2026-03-31");
    job.previous = Previous::Nothing;
    let policy = Policy::practice_principles();
    let error = run(&job, policy, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Output);
    let said = error.to_string();
    let run = service.out().join("2026-03-31");
    let expected = format!("the run is complete in the folder {}, but LATEST", run.display());
    assert!(said.starts_with(&expected), "{said}");
    assert!(!said.contains("nothing was published"));
    assert!(service.out().join("2026-03-31/run.json").exists());
}

#[test]
fn an_export_that_cannot_be_opened_leaves_nothing_to_be_seen() {
    let service = Service::with(EXPORT);
    fs::remove_file(service.folder.path().join("export.csv")).unwrap();
    let error = service.run("2026-03-31").unwrap_err();
    assert!(error.to_string().ends_with("\nnothing was published"), "{error}");
    assert_eq!(names(&service.out()), [".lock"]);
}

#[test]
fn the_page_of_outputs_names_every_column_and_key() {
    let page = include_str!("../docs/outputs.md");
    let service = Service::with(EXPORT);
    let folder = service.run("2026-03-31").unwrap().folder().to_owned();
    let mut words: Vec<String> = names(&folder);
    for file in ["flags.csv", "quarantine.csv", "problems.csv"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        words.extend(text.lines().next().unwrap().split(',').map(str::to_owned));
    }
    let line = fs::read_to_string(folder.join("flags.ndjson")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    let reason = line["reasons"][0].as_object().unwrap().keys();
    words.extend(line.as_object().unwrap().keys().chain(reason).cloned());
    words.retain(|word| !matches!(word.as_str(), "factor" | "level"));
    for word in words {
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
}

#[test]
fn a_column_that_can_hardly_be_read_is_said_loudly_and_one_bad_cell_is_not() {
    let header = "id,age,opioid_use,ost,prison_release,naloxone,case_status";
    let rows = |release: &str| -> String {
        (0..9).map(|person| format!("\np-{person},44,current,,{release},held,open")).collect()
    };
    let said = |rows: String| {
        let service = Service::with(&format!("{header}{rows}\n"));
        service.run("2026-03-31").unwrap().to_string()
    };
    let loud = said(rows("46097"));
    assert!(loud.contains("prison_release CAN HARDLY BE READ: 9 of 9 filled cells"), "{loud}");
    let quiet = said(rows("2026-03-28") + "\np-x,44,current,,soon,held,open");
    assert!(!quiet.contains("CAN HARDLY BE READ"), "{quiet}");
}

#[test]
fn the_summary_says_what_it_did_not_look_at() {
    let export = "id,notes,age,opioid_use,prison_release,naloxone\np-1,,44,,2026-03-30,held\n";
    let said = Service::with(export).run("2026-03-31").unwrap().to_string();
    assert!(said.contains("Columns that are not read: 2"), "{said}");
    assert!(said.contains("nobody is recognised as having died"), "{said}");
    assert!(said.contains("ask about opioid use; by the known facts 1 act-now"), "{said}");
}
