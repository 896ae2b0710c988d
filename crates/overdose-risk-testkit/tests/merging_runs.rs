//! Runs over exports in which people have several rows.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::{PseudonymKey, Zeroizing};
use overdose_risk_run::{Error, ErrorKind, Job, Program, Published, Tolerated, run};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::sync::Arc;
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone,case_status,recorded_on";

fn run_over(files: &[(&str, String)], change: impl FnOnce(&mut Job)) -> Result<Outputs, Error> {
    let folder = TempDir::new().unwrap();
    let write = |(name, export): &(&str, String)| {
        fs::write(folder.path().join(name), export).unwrap();
        folder.path().join(name)
    };
    let exports = files.iter().map(write).collect();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut job = Job::new(program, exports, as_of, folder.path().join("out"));
    // Of a few records, one is many per cent; and many cells are there to be no value.
    (job.max_quarantine, job.tolerate) = (100, vec![Tolerated::Unreadable]);
    change(&mut job);
    let published = run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()));
    let left = fs::read_dir(folder.path().join("out")).into_iter().flatten();
    let left: BTreeSet<String> =
        left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!left.iter().any(|name| name.starts_with('.') && name != ".lock"), "{left:?}");
    published.map(|published| Outputs::of(&published))
}

struct Outputs {
    flags: String,
    quarantine: String,
    problems: String,
    receipt: Value,
}

impl Outputs {
    fn of(published: &Published) -> Self {
        let read = |name: &str| fs::read_to_string(published.folder().join(name)).unwrap();
        Self {
            flags: read("flags.csv"),
            quarantine: read("quarantine.csv"),
            problems: read("problems.csv"),
            receipt: serde_json::from_str(&read("run.json")).unwrap(),
        }
    }

    fn ids(&self) -> Vec<&str> {
        self.flags.lines().skip(1).map(|row| row.split(',').next().unwrap()).collect()
    }

    /// What the flags say of somebody.
    fn of_person(&self, id: &str) -> &str {
        self.flags.lines().find_map(|row| row.strip_prefix(id)?.strip_prefix(',')).unwrap()
    }
}

fn csv(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn over(rows: &[&str]) -> Outputs {
    run_over(&[("export.csv", csv(rows))], |_| {}).unwrap()
}

#[test]
fn everybody_has_one_row_where_their_first_was_and_every_row_is_accounted_for() {
    let outputs = over(&[
        "p-2,44,current,,held,open,",
        "p-1,44,current,,not_held,open,2026-03-01",
        "p-2,44,current,,held,open,",
        "p-3,44,current,,held,died,",
        "p-1,,,2026-03-28,held,open,2026-03-02",
        "p-3,44,soon,2026-03-30,held,open,",
        "p 4,44,current,,held,open,",
        "p-2,44,soon,2025-03-28,held,open,",
    ]);
    assert_eq!(outputs.ids(), ["p-2", "p-1"]);
    assert!(outputs.of_person("p-1").starts_with("act-now,"));
    assert!(outputs.of_person("p-1").contains(",false,"), "held is the later word");
    assert_eq!(
        outputs.receipt["records"],
        json!({ "read": 8, "assessed": 2, "died": 1, "merged": 4, "without_consent": 0,
            "quarantined": 1, "blank": 0 })
    );
    assert_eq!(outputs.receipt["people"]["act-now"], 1);
    assert_eq!(outputs.receipt["merged_saying_nothing_new"], 1);
    assert_eq!(
        outputs.problems,
        "source,line,id,field,kind\nexport.csv,5,p-3,case_status,rows-disagree\n\
         export.csv,9,p-2,opioid_use,unreadable\n"
    );
    assert_eq!(outputs.quarantine, "source,line,id,kind\nexport.csv,8,,id-invalid\n");
}

#[test]
fn what_rows_disagree_on_is_told_once_and_on_the_first_row() {
    let outputs = over(&[
        "p-1,44,current,,held,open,",
        "p-2,44,current,,held,open,",
        "p-1,30,past,,held,open,2026-03-01",
        "p-1,44,none,,held,open,2026-03-02",
    ]);
    assert_eq!(
        outputs.problems,
        "source,line,id,field,kind\n\
         export.csv,2,p-1,age,rows-disagree\n\
         export.csv,2,p-1,opioid_use,rows-disagree\n"
    );
    assert!(outputs.of_person("p-1").starts_with("not-enough-information,"));
}

#[test]
fn rows_of_one_person_meet_across_files_and_formats() {
    let one = csv(&["p-1,44,current,,held,open,", "p-2,44,current,,held,open,"]);
    let two = json!([
        { "id": "p-2", "age": 44, "opioid_use": "current", "naloxone": "held",
            "prison_release": "2026-03-28" },
        { "id": "p-3", "age": 44, "opioid_use": "current", "naloxone": "held",
            "prison_release": null },
    ]);
    let outputs = run_over(&[("one.csv", one), ("two.json", two.to_string())], |_| {}).unwrap();
    assert_eq!(outputs.ids(), ["p-1", "p-2", "p-3"]);
    assert!(outputs.of_person("p-2").starts_with("act-now,"));
    assert_eq!(outputs.receipt["inputs"][1]["records"]["merged"], 1);
}

#[test]
fn a_file_with_nothing_but_further_rows_is_no_empty_one() {
    let one = csv(&["p-1,44,current,,held,open,", "p-2,44,current,,held,open,"]);
    let two = csv(&["p-2,44,current,2026-03-28,held,open,"]);
    let outputs = run_over(&[("one.csv", one), ("two.csv", two)], |_| {});
    let outputs = outputs.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(outputs.ids(), ["p-1", "p-2"]);
    assert!(outputs.of_person("p-2").starts_with("act-now,"));
}

#[test]
fn rows_before_a_break_are_put_together_and_those_behind_it_are_nobodys() {
    let export = r#"[{"id":"p-1","age":44,"opioid_use":"current","naloxone":"held","prison_release":null},
{"id":"p-1","prison_release":"2026-03-28"},{"id":"p-2","age":44} {"id":"p-1","opioid_use":"none"}]"#;
    let files = [("export.json", export.to_owned())];
    let error = run_over(&files, |_| {}).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("the records before that (3) are whole"), "{error}");

    let outputs = run_over(&files, |job| job.allow_partial = true).unwrap();
    assert_eq!(outputs.ids(), ["p-1", "p-2"]);
    assert!(outputs.of_person("p-1").starts_with("act-now,"));
    assert_eq!(outputs.receipt["complete"], false);
    assert_eq!(outputs.quarantine, "source,line,id,kind\nexport.json,2,,breaks-off\n");
}

#[test]
fn ids_that_differ_in_case_are_different_people_and_those_that_differ_in_space_are_not() {
    let outputs = over(&[
        "p-1,44,current,,held,open,",
        "P-1,44,current,,held,open,",
        " p-1 ,44,current,,held,open,",
    ]);
    assert_eq!(outputs.ids(), ["p-1", "P-1"]);
}

#[test]
fn with_a_key_an_nhs_number_is_one_person_however_it_is_written() {
    let key = b"982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1".to_vec();
    let key = Arc::new(PseudonymKey::new(Zeroizing::new(key)).unwrap());
    let written = ["999 000 0018", "9990000026", "999-000-0018", " 9990000018 ", "--", "unknown"];
    let rows = written.map(|id| format!("{id},44,current,,held,open,"));
    let export = csv(&rows.each_ref().map(String::as_str));
    let outputs = run_over(&[("export.csv", export)], |job| job.key = Some(key.clone())).unwrap();
    let of = |id: &str| key.pseudonym(id.as_bytes()).unwrap().to_string();
    assert_eq!(outputs.ids(), [of("9990000018"), of("9990000026")]);
    assert_eq!(outputs.receipt["records"]["merged"], 2);
    assert_eq!(
        outputs.quarantine,
        "source,line,id,kind\nexport.csv,6,,id-invalid\nexport.csv,7,,id-missing\n"
    );
}

#[test]
fn a_day_of_recording_that_cannot_be_counts_for_nothing() {
    for (day, kind) in [("2026-04-01", "contradictory"), ("soon", "unreadable")] {
        let later = format!("p-1,44,current,,held,open,{day}");
        let outputs = over(&["p-1,44,current,,not_held,open,2026-03-30", &later]);
        assert!(outputs.problems.contains(&format!("3,p-1,recorded_on,{kind}")));
        assert!(outputs.problems.contains("2,p-1,naloxone,rows-disagree"), "{day}");
    }
}

#[test]
fn a_person_with_many_rows_is_one_when_ids_are_looked_at() {
    let outputs = over(&[
        "9990000018,44,current,,held,open,",
        "9990000018,44,current,,held,open,",
        "9990000018,44,current,,held,open,",
    ]);
    assert_eq!(outputs.ids(), ["9990000018"]);
}

#[test]
fn an_export_that_changes_between_its_readings_is_refused() {
    let rows: String = (0..5000).map(|id| format!("p-{id},44,current,,held,open,\n")).collect();
    let export = format!("{HEADER}\np-0,44,current,,held,open,\n{rows}");
    let other_fact = export.replacen("current,,held", "current,2026-03-28,held", 1);
    let other_person = export.replacen("p-0", "p-x", 1);
    for changed in [other_fact, other_person] {
        let folder = TempDir::new().unwrap();
        let [file, other] = ["export.csv", "other"].map(|name| folder.path().join(name));
        fs::write(&file, &export).unwrap();
        fs::write(&other, changed).unwrap();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let job = Job::new(program, vec![file.clone()], as_of, folder.path().join("out"));
        // The first that is told of is of the reading that puts rows together.
        let mut replace = |_| {
            let _ = fs::rename(&other, &file);
            ControlFlow::Continue(())
        };
        let error = run(&job, Policy::practice_principles(), &mut replace).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("changed while it was read"), "{error}");
        let left = fs::read_dir(folder.path().join("out")).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [".lock"]);
    }
}

#[test]
fn thousands_of_people_keep_what_is_theirs() {
    let people = 3000;
    let first = |person: u32| format!("p-{person},44,current,,held,open,");
    let later = |person: u32| match person % 2 {
        0 => format!("p-{person},,,2026-03-28,,,"),
        _ => format!("p-{person},,,,,,"),
    };
    let rows: Vec<String> = (0..people).map(first).chain((0..people).rev().map(later)).collect();
    let outputs = over(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    for (row, person) in outputs.flags.lines().skip(1).zip(0..people) {
        let tier = if person % 2 == 0 { "act-now" } else { "standard" };
        assert!(row.starts_with(&format!("p-{person},{tier},")), "{row}");
    }
    assert_eq!(outputs.receipt["records"]["assessed"], people);
}

fn row() -> impl Strategy<Value = String> {
    let one_of = |texts: &'static [&str]| prop::sample::select(texts);
    (
        0..6_u8,
        one_of(&["", "44", "30", "soon"]),
        one_of(&["", "current", "past", "none", "soon"]),
        one_of(&["", "2026-03-28", "2026-03-01", "unknown", "2027-01-01"]),
        one_of(&["", "held", "not_held"]),
        one_of(&["", "open", "open", "open", "died"]),
        one_of(&["", "2026-03-01", "2026-03-02", "2027-01-01"]),
    )
        .prop_map(|(id, age, use_, release, naloxone, case, on)| {
            format!("p-{id},{age},{use_},{release},{naloxone},{case},{on}")
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn neither_the_order_of_rows_nor_their_number_nor_the_files_they_stand_in_change_an_assessment(
        (rows, shuffled, cut) in prop::collection::vec(row(), 1..16).prop_flat_map(|rows| {
            let again = [rows.clone(), rows.clone()].concat();
            (Just(rows), Just(again).prop_shuffle(), any::<prop::sample::Index>())
        })
    ) {
        let text = |rows: &[String]| format!("{HEADER}\np-0,44,current,,held,open,\n{}\n", rows.join("\n"));
        let whole = run_over(&[("one.csv", text(&rows))], |job| job.allow_empty = true).unwrap();
        let (one, two) = shuffled.split_at(cut.index(shuffled.len()));
        let files = [("one.csv", text(one)), ("two.csv", text(two))];
        let Ok(parts) = run_over(&files, |job| job.allow_empty = true) else {
            return Err(TestCaseError::reject("a file of later rows alone"));
        };
        let sorted = |flags: &str| flags.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        prop_assert_eq!(sorted(&whole.flags), sorted(&parts.flags));
        for of in ["people", "naloxone_gaps", "levels"] {
            prop_assert_eq!(&whole.receipt[of], &parts.receipt[of]);
        }
        for outputs in [&whole, &parts] {
            let ids: BTreeSet<&str> = outputs.ids().into_iter().collect();
            prop_assert_eq!(ids.len(), outputs.ids().len(), "somebody stands there twice");
            let records = &outputs.receipt["records"];
            let died = records["died"].as_u64().unwrap() as usize;
            let all: BTreeSet<&str> =
                rows.iter().map(|row| row.split(',').next().unwrap()).chain(["p-0"]).collect();
            prop_assert_eq!(ids.len() + died, all.len(), "somebody is lost");
        }
        let first: Vec<&str> = {
            let mut met = BTreeSet::new();
            let ids = rows.iter().map(|row| row.split(',').next().unwrap());
            let first = std::iter::once("p-0").chain(ids).filter(|id| met.insert(*id));
            first.filter(|id| whole.ids().contains(id)).collect()
        };
        prop_assert_eq!(whole.ids(), first);
    }
}
