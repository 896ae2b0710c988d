//! What a run makes of the one before it: what changed and why, what cannot be compared with, and who
//! is carried.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::{PseudonymKey, Zeroizing};
use overdose_risk_run::{Error, ErrorKind, Job, Previous, Program, Published, Tolerated, run};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const HEADER: &str = "id,birth_year,opioid_use,ost,prison_release,overdose,naloxone,case_status,prison_release_due\n";
const RELEASED: &str = "p-1,1960,current,prescribed,2026-03-28,,held,open,\n";
const NOBODY: &str = "p-9,1960,current,prescribed,,,held,open,\n";
const ACT_NOW: &str = "p-1,1960,current,not_prescribed,2026-03-28,2026-03-20,not_held,open,\n";
const CHANGES: &str = "id,change,from,to,because,as_of,policy";

/// A folder with an export in it, and a place for runs.
struct Service(TempDir);

impl Service {
    /// After one run of these rows as of 31 March.
    fn after(rows: &str) -> Self {
        let service = Self(TempDir::new().unwrap());
        service.publish("2026-03-31", rows, |_| {}).unwrap();
        service
    }

    fn out(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn first(&self) -> PathBuf {
        self.out().join("2026-03-31")
    }

    fn publish(
        &self,
        as_of: &str,
        rows: &str,
        change: impl FnOnce(&mut Job),
    ) -> Result<Published, Error> {
        let export = self.0.path().join("export.csv");
        fs::write(&export, format!("{HEADER}{rows}")).unwrap();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of: NaiveDate = as_of.parse().unwrap();
        let mut job = Job::new(program, vec![export], as_of, self.out());
        (job.max_drop, job.max_quarantine) = (100, 100);
        job.tolerate = vec![Tolerated::Unchanged, Tolerated::LostColumn, Tolerated::LostValues];
        change(&mut job);
        run(&job, Policy::practice_principles(), &mut |_| std::ops::ControlFlow::Continue(()))
    }

    /// Writes an output of the first run anew, its receipt with it.
    fn rewrite(&self, name: &str, edit: impl FnOnce(String) -> String) {
        let path = self.first().join(name);
        let text = edit(fs::read_to_string(&path).unwrap());
        let sha256: String =
            Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(path, text).unwrap();
        self.rewrite_receipt(|receipt| {
            let outputs = receipt["outputs"].as_array_mut().unwrap();
            let output = outputs.iter_mut().find(|output| output["name"] == name).unwrap();
            output["sha256"] = json!(sha256);
        });
    }

    fn rewrite_receipt(&self, edit: impl FnOnce(&mut Value)) {
        let path = self.first().join("run.json");
        let mut receipt = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        edit(&mut receipt);
        fs::write(path, receipt.to_string()).unwrap();
    }
}

fn read(published: &Published, name: &str) -> String {
    fs::read_to_string(published.folder().join(name)).unwrap()
}

/// The rows of `changes.csv` without the day and the policy of the run, which stand in each.
fn changes(published: &Published) -> String {
    let receipt = published.receipt();
    let of_run = format!(",{},{}", receipt.as_of(), receipt.policy().label());
    let text = read(published, "changes.csv");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(CHANGES));
    lines.map(|line| format!("{}\n", line.strip_suffix(&*of_run).unwrap())).collect()
}

fn carried(published: &Published) -> Vec<String> {
    let lines = read(published, "carried.ndjson");
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].to_string();
    lines.lines().map(id).collect()
}

/// Rows before and now, the day now, and what the factor shows to have moved.
const CAUSES: [(&str, &str, &str, &str); 10] = [
    (RELEASED, RELEASED, "2026-04-01", ""),
    (RELEASED, RELEASED, "2026-04-11", ""),
    (RELEASED, RELEASED, "2026-04-12", "prison-release:days-0-14:days-15-28:window-passed"),
    // Corrected by a day, which would have shown the same on 31 March.
    (
        RELEASED,
        "p-1,1960,current,prescribed,2026-03-27,,held,open,\n",
        "2026-04-11",
        "prison-release:days-0-14:days-15-28:window-passed",
    ),
    (
        RELEASED,
        "p-1,1960,current,prescribed,2026-03-17,,held,open,\n",
        "2026-04-01",
        "prison-release:days-0-14:days-15-28:window-passed",
    ),
    (
        RELEASED,
        "p-1,1960,current,prescribed,2026-03-16,,held,open,\n",
        "2026-04-01",
        "prison-release:days-0-14:days-15-28:fact-changed",
    ),
    // On 31 March they showed nothing, and would have without knowing what was to come.
    (
        "p-1,1960,current,prescribed,,,held,open,\n",
        "p-1,1960,current,prescribed,2026-04-01,,held,open,\n",
        "2026-04-01",
        "prison-release:none:days-0-14:fact-changed",
    ),
    // The day of the run before is no day after it.
    (
        "p-1,1960,current,prescribed,2026-03-31,,held,open,\n",
        "p-1,1960,current,prescribed,2026-03-31,,held,open,\n",
        "2026-04-15",
        "prison-release:days-0-14:days-15-28:window-passed",
    ),
    (
        "p-1,1990,none,,,,held,open,\n",
        "p-1,1990,none,,,2026-04-01,held,open,\n",
        "2026-04-01",
        "exposure:no:unknown:fact-changed",
    ),
    // A planned release was a fact before its day.
    (
        "p-1,1960,current,prescribed,,,held,open,2026-04-20\n",
        "p-1,1960,current,prescribed,,,held,open,2026-04-20\n",
        "2026-04-06",
        "prison-release:none:due-within-14-days:window-passed",
    ),
];

#[test]
fn a_window_passed_where_todays_facts_would_have_shown_the_same_then() {
    for (before, now, as_of, because) in CAUSES {
        for (version, other) in [("0", "fact-changed"), ("1", "fact-or-policy-changed")] {
            let service = Service::after(before);
            let published = service
                .publish(as_of, &format!("{now}{NOBODY}"), |job| {
                    job.program.version = version.into()
                })
                .unwrap();
            let changes = changes(&published);
            let row = changes.lines().find(|row| row.starts_with("p-1,"));
            let items = row.map_or("", |row| row.rsplit(',').next().unwrap());
            assert_eq!(items, because.replace("fact-changed", other), "{before}{now}{as_of}");
        }
    }
}

#[test]
fn another_policy_is_a_cause_and_is_said() {
    let service = Service::after(RELEASED);
    service.rewrite_receipt(|receipt| receipt["policy"]["version"] = json!(0));
    let moved = RELEASED.replace("prescribed", "not_prescribed");
    let published = service.publish("2026-04-01", &moved, |_| {}).unwrap();
    let because = "opioid-use:on-top-of-treatment:off-treatment:fact-or-policy-changed";
    assert_eq!(changes(&published), format!("p-1,same-tier,act-now,act-now,{because}\n"));
    let notices = &published.receipt().notices;
    assert!(notices.iter().any(|one| one.starts_with("OTHER POLICY: practice-principles@0#")));

    let service = Service::after(RELEASED);
    service.rewrite("flags.csv", |flags| flags.replace("act-now", "standard"));
    let published = service.publish("2026-04-01", RELEASED, |_| {}).unwrap();
    assert_eq!(changes(&published), "p-1,raised,standard,act-now,policy-changed\n");
}

#[test]
fn a_receipt_of_before_policies_had_fingerprints_is_compared_with() {
    let service = Service::after(RELEASED);
    service.rewrite_receipt(|receipt| {
        receipt["policy"] = json!({"name": "practice-principles", "version": 1});
    });
    let published = service.publish("2026-04-01", NOBODY, |_| {}).unwrap();
    assert_eq!(published.receipt().worklist.carried, 1, "nobody is lost for that");
}

#[test]
fn factors_and_levels_that_this_version_lacks_are_named_by_their_words() {
    let service = Service::after(RELEASED);
    service.rewrite("flags.csv", |flags| {
        flags.replace("prison-release:days-0-14:20", "prison-release:days-0-9:20;cold:night:3")
    });
    let published = service.publish("2026-04-01", RELEASED, |job| job.program.version = "1".into());
    let published = published.unwrap();
    assert_eq!(
        changes(&published),
        "p-1,same-tier,act-now,act-now,prison-release:days-0-9:days-0-14:fact-or-policy-changed;\
         cold:night:none:fact-or-policy-changed\n"
    );
    assert!(published.receipt().notices.iter().any(|one| one.starts_with("OTHER PROGRAM: ")));
}

/// Holds that nothing is published after this damage, that the message says so much and nothing of what
/// lies there, and that a run can do without it.
fn is_refused(service: &Service, says: &str) {
    let error = service.publish("2026-04-01", NOBODY, |_| {}).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable, "{error}");
    assert!(error.to_string().contains(says), "{error}");
    for said in [error.to_string(), format!("{error:?}")] {
        assert!(!said.contains("p-1") && !said.contains("Kanarie"), "{said}");
    }
    assert!(!service.out().join("2026-04-01").exists());
    let left = fs::read_dir(service.out()).unwrap();
    assert!(
        left.map(|one| one.unwrap().file_name())
            .all(|name| name == ".lock" || !name.to_string_lossy().starts_with('.'))
    );
    service.publish("2026-04-01", NOBODY, |job| job.previous = Previous::Nothing).unwrap();
}

#[test]
fn a_run_whose_outputs_are_not_what_it_wrote_is_not_compared_with() {
    let flip = |path: &Path, at: usize| {
        let mut bytes = fs::read(path).unwrap();
        let last = bytes.len() - 1;
        bytes[at.min(last)] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    for (name, says) in [
        ("flags.csv", "its flags.csv is missing, or not what that run wrote"),
        ("flags.ndjson", "its flags.ndjson is missing, or not"),
        ("carried.ndjson", "its carried.ndjson is missing, or not"),
        ("reviewed.csv", "its reviewed.csv is missing, or not"),
    ] {
        for damage in 0..7 {
            let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
            let reviews = service.0.path().join("reviews.csv");
            let review = "id,reviewed_on,until,outcome\np-9,2026-03-31,2026-04-30,called\n";
            fs::write(&reviews, review.repeat(10)).unwrap();
            service.publish("2026-03-31", NOBODY, |job| job.reviewed = Some(reviews)).unwrap();
            let folder = service.out().join("2026-03-31.2");
            // What nobody is carried from need not be read, and the first had no reviews.
            let is_second = ["carried.ndjson", "reviewed.csv"].contains(&name);
            let folder = if is_second { folder } else { service.first() };
            let name_of_run = folder.file_name().unwrap().to_string_lossy().into_owned();
            fs::write(service.out().join("LATEST"), name_of_run).unwrap();
            let path = folder.join(name);
            match damage {
                0 => fs::remove_file(path).unwrap(),
                1 => fs::write(path, "").unwrap(),
                2 => fs::write(path, "Kanarie\n").unwrap(),
                3 => flip(&path, 0),
                4 => flip(&path, 200),
                5 => {
                    let more = "p-1,2026-03-31,2026-04-30,called,holds,overdose:days-0-28\n";
                    fs::write(&path, fs::read_to_string(&path).unwrap() + more).unwrap();
                }
                _ => flip(&path, usize::MAX),
            }
            is_refused(&service, says);
        }
    }
}

#[test]
fn a_run_that_changes_while_it_is_compared_with_loses_nobody() {
    let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
    let flags = service.first().join("flags.csv");
    let whole = fs::read_to_string(&flags).unwrap();
    let header = whole.split_inclusive('\n').next().unwrap();
    fs::write(service.0.path().join("export.csv"), format!("{HEADER}{NOBODY}")).unwrap();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let exports = vec![service.0.path().join("export.csv")];
    let mut job = Job::new(program, exports, "2026-04-01".parse().unwrap(), service.out());
    job.max_drop = 100;
    job.tolerate = vec![Tolerated::LostValues];
    let policy = Policy::practice_principles();
    // Progress is told when that run was read once, and before it is read again for who is missing.
    let error = run(&job, policy, &mut |_| {
        fs::write(&flags, header).unwrap();
        std::ops::ControlFlow::Continue(())
    });
    assert!(error.unwrap_err().to_string().contains("its flags.csv is missing, or not"));
    fs::write(&flags, whole).unwrap();
    let published = run(&job, policy, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    assert_eq!(carried(&published), ["\"p-1\""]);
}

#[test]
fn a_latest_that_names_no_whole_run_is_refused() {
    for latest in [
        "Kanarie",
        "../x",
        "",
        "2026-3-31",
        "2026-03-31.1",
        "2026-03-31/",
        "/",
        "2026-03-31\n2026-03-30",
    ] {
        let service = Service::after(RELEASED);
        fs::write(service.out().join("LATEST"), latest).unwrap();
        is_refused(&service, "LATEST there names no run");
    }
    let service = Service::after(RELEASED);
    fs::write(service.out().join("LATEST"), "2026-03-30").unwrap();
    is_refused(&service, "there is no such folder");
    let service = Service::after(RELEASED);
    fs::remove_file(service.first().join("run.json")).unwrap();
    is_refused(&service, "it holds no run.json");
    let service = Service::after(RELEASED);
    fs::write(service.first().join("run.json"), "{\"Kanarie\": 1}").unwrap();
    is_refused(&service, "its run.json is missing, or not what that run wrote");
    let service = Service::after(RELEASED);
    service.rewrite_receipt(|receipt| receipt["schema_version"] = json!(2));
    is_refused(&service, "its run.json is of another version of this program");
    let service = Service::after(RELEASED);
    service.rewrite_receipt(|receipt| {
        let most = u64::MAX;
        receipt["people"] = json!({ "act-now": most, "prioritise": most, "standard": 2 });
    });
    is_refused(&service, "its run.json is missing, or not what that run wrote");
}

#[test]
fn a_run_for_an_earlier_day_than_latest_is_compared_with_nothing() {
    let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
    let published = service.publish("2026-03-30", NOBODY, |_| {}).unwrap();
    assert_eq!(changes(&published), "");
    assert!(carried(&published).is_empty() && published.receipt().previous.is_none());
    assert!(published.receipt().changes.is_empty());
    // The same day is no earlier one.
    let published = service.publish("2026-03-31", NOBODY, |_| {}).unwrap();
    assert_eq!(changes(&published), "p-1,gone,act-now,,absent\n");
}

#[test]
fn where_latest_names_no_run_for_this_day_or_before_the_newest_such_run_is_compared_with() {
    let both = format!("{ACT_NOW}{NOBODY}");
    for spoil in [
        // A slip of the year, whose folder was removed again with LATEST or without it, or stands.
        (|service: &Service| service.publish("2027-04-01", NOBODY, |_| {}).map(drop).unwrap())
            as fn(&Service),
        |service| fs::remove_file(service.out().join("LATEST")).unwrap(),
        |service| fs::write(service.out().join("LATEST"), "2027-04-01\n").unwrap(),
    ] {
        let service = Service::after(&both);
        service.publish("2026-03-30", NOBODY, |_| {}).unwrap();
        spoil(&service);
        let published = service.publish("2026-04-01", NOBODY, |_| {}).unwrap();
        assert_eq!(published.receipt().previous.as_ref().unwrap().folder, "2026-03-31");
        assert_eq!(carried(&published), ["\"p-1\""]);
        assert!(!published.receipt().notices.iter().any(|one| one.starts_with("NOT COMPARED")));
    }
    let service = Service::after(&both);
    let alone = service.publish("2026-04-01", NOBODY, |job| job.previous = Previous::Nothing);
    assert!(alone.unwrap().to_string().contains("NOT COMPARED"));
}

#[test]
fn a_run_elsewhere_can_be_compared_with() {
    let (there, here) = (Service::after(&format!("{ACT_NOW}{NOBODY}")), Service::after(NOBODY));
    let published =
        here.publish("2026-04-01", NOBODY, |job| job.previous = Previous::Run(there.first()));
    let published = published.unwrap();
    assert_eq!(changes(&published), "p-1,gone,act-now,,absent\n");
    assert_eq!(carried(&published), ["\"p-1\""]);
}

#[test]
fn a_run_of_the_program_before_it_carried_anybody_can_be_compared_with() {
    let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
    for name in ["carried.ndjson", "changes.csv"] {
        fs::remove_file(service.first().join(name)).unwrap();
    }
    service.rewrite_receipt(|receipt| {
        for key in ["previous", "changes", "worklist", "caseloads", "newest_date", "notices"] {
            receipt.as_object_mut().unwrap().remove(key);
        }
        let outputs = receipt["outputs"].as_array_mut().unwrap();
        outputs
            .retain(|output| output["name"] != "carried.ndjson" && output["name"] != "changes.csv");
    });
    let published = service.publish("2026-04-01", NOBODY, |_| {}).unwrap();
    assert_eq!(changes(&published), "p-1,gone,act-now,,absent\n");
    assert_eq!(carried(&published), ["\"p-1\""]);
}

#[test]
fn nobody_is_compared_where_pseudonyms_were_made_otherwise() {
    let key = |seed: u8| {
        // A key must not look regular.
        let bytes = Zeroizing::new(Sha256::digest([seed]).to_vec());
        Some(Arc::new(PseudonymKey::new(bytes).unwrap()))
    };
    for (then, now, is_other) in
        [(0, 0, false), (0, 1, true), (1, 0, true), (1, 2, true), (1, 1, false)]
    {
        let keyed = |byte: u8| if byte == 0 { None } else { key(byte) };
        let service = Service(TempDir::new().unwrap());
        service.publish("2026-03-31", ACT_NOW, |job| job.key = keyed(then)).unwrap();
        let published = service.publish("2026-04-01", NOBODY, |job| job.key = keyed(now)).unwrap();
        let notices = &published.receipt().notices;
        let says = notices.iter().any(|one| one.starts_with("OTHER PSEUDONYMS: "));
        assert_eq!(says, is_other, "{then} {now}: {notices:?}");
        assert_eq!(changes(&published).is_empty(), is_other);
        assert_eq!(published.receipt().changes.is_empty(), is_other);
        assert_eq!(carried(&published).is_empty(), is_other);
    }
}

#[test]
fn who_comes_back_is_held_against_the_day_on_which_they_were_assessed() {
    let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
    let published = service.publish("2026-04-14", NOBODY, |_| {}).unwrap();
    assert_eq!(carried(&published), ["\"p-1\""]);
    let published = service.publish("2026-04-15", ACT_NOW, |_| {}).unwrap();
    let because = "prison-release:days-0-14:days-15-28:window-passed";
    let changes = changes(&published);
    assert!(
        changes.starts_with(&format!("p-1,same-tier,act-now,act-now,{because}\n")),
        "{changes}"
    );
    assert!(carried(&published).is_empty());
}

#[test]
fn who_comes_back_is_held_against_the_policy_by_which_they_were_assessed() {
    let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
    service.rewrite_receipt(|receipt| receipt["policy"]["version"] = json!(0));
    service.rewrite("flags.ndjson", |flags| flags.replace("principles@1", "principles@0"));
    service.publish("2026-04-01", NOBODY, |_| {}).unwrap();
    let changed = ACT_NOW.replace("not_held", "held");
    let published = service.publish("2026-04-02", &format!("{changed}{NOBODY}"), |_| {}).unwrap();
    let because = "naloxone:not-held:none:fact-or-policy-changed";
    assert_eq!(changes(&published), format!("p-1,same-tier,act-now,act-now,{because}\n"));
}

#[test]
fn who_was_to_be_contacted_by_the_known_facts_is_carried_unless_they_died() {
    let died = ACT_NOW.replace("open", "died");
    let broken = ACT_NOW.replace("open", "open,");
    // One row that can be read is enough, wherever it stands.
    let twice = [format!("{ACT_NOW}{broken}"), format!("{broken}{ACT_NOW}")];
    for (row, today, is_carried) in [
        (ACT_NOW, &*twice[0], false),
        (ACT_NOW, &*twice[1], false),
        (ACT_NOW, "", true),
        (ACT_NOW, &*broken, true),
        (ACT_NOW, &*died, false),
        (ACT_NOW, ACT_NOW, false),
        // Prioritised by points.
        ("p-1,1960,current,not_prescribed,,,not_held,open,\n", "", true),
        ("p-1,1990,current,prescribed,,,held,open,\n", "", false),
        // Exposure is not recorded: urgent by the known facts, and not.
        ("p-1,1960,,,2026-03-28,,held,open,\n", "", true),
        ("p-1,1990,,,,,held,open,\n", "", false),
        ("p-1,1990,none,,,,held,open,\n", "", false),
    ] {
        let service = Service::after(&format!("{row}{NOBODY}"));
        let published = service.publish("2026-04-01", &format!("{today}{NOBODY}"), |_| {}).unwrap();
        assert_eq!(!carried(&published).is_empty(), is_carried, "{row}{today}");
        let listed = published.receipt().worklist.carried;
        assert_eq!(listed, u64::from(is_carried), "{row}{today}");
        // Those who are carried go on to be, until they die.
        let published = service.publish("2026-04-02", &format!("{today}{NOBODY}"), |_| {}).unwrap();
        assert_eq!(!carried(&published).is_empty(), is_carried, "{row}{today}");
        let published = service.publish("2026-04-03", &format!("{died}{NOBODY}"), |_| {}).unwrap();
        assert!(carried(&published).is_empty());
    }
}

#[test]
fn nobody_is_carried_for_longer_than_28_days_after_one_more_worklist() {
    for (days, is_carried) in [("2026-04-28", true), ("2026-04-29", false)] {
        let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
        service.publish("2026-04-01", NOBODY, |_| {}).unwrap();
        let published = service.publish(days, NOBODY, |_| {}).unwrap();
        assert_eq!(!carried(&published).is_empty(), is_carried);
        let row = if is_carried { "" } else { "p-1,gone,act-now,,no-longer-carried\n" };
        assert_eq!(changes(&published), row);
        let said = "NO LONGER CARRIED: 1 person was to be contacted";
        assert_eq!(published.to_string().contains(said), !is_carried);
        // However late the next night is, they stand on its worklist.
        let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
        assert_eq!(carried(&service.publish("2026-06-30", NOBODY, |_| {}).unwrap()), ["\"p-1\""]);
    }
}

#[test]
fn who_turns_out_to_have_died_when_rows_are_put_together_is_said_to_have() {
    let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
    // Read for the first time, the first row is of somebody who lives; then an id repeats.
    let died = ACT_NOW.replace("open", "died");
    let published =
        service.publish("2026-04-01", &format!("{ACT_NOW}{NOBODY}{NOBODY}{died}"), |_| {});
    assert_eq!(changes(&published.unwrap()), "p-1,not-assessed,act-now,,died\n");
}

#[test]
fn the_worklist_says_why_somebody_is_carried() {
    let broken = ACT_NOW.replace("open", "open,");
    for (today, standing) in [("", "gone"), (&*broken, "quarantined")] {
        let service = Service::after(&format!("{ACT_NOW}{NOBODY}"));
        for as_of in ["2026-04-01", "2026-04-02"] {
            let published = service.publish(as_of, &format!("{NOBODY}{today}"), |_| {}).unwrap();
            let table = read(&published, "worklist.csv");
            let row = table.lines().find(|row| row.starts_with("p-1,")).unwrap();
            assert!(row.contains(&format!(",{standing},")), "{row}");
        }
    }
}
