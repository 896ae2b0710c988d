//! Exports that say who people are end the run before anything is published.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::{IdShape, Identifier, Identifiers};
use overdose_risk_run::{Error, ErrorKind, Job, Program, Published, run};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use tempfile::TempDir;

const CANARY: &str = "Kanarienvogel9434765919";

/// A header of each kind.
const HEADERS: [(Identifier, &str); 14] = [
    (Identifier::Name, "Service User Surname"),
    (Identifier::Initials, "Client Initials"),
    (Identifier::NhsNumber, "NHSNumber"),
    (Identifier::DateOfBirth, "DOB (dd/mm/yyyy)"),
    (Identifier::Address, "ADDRESS_LINE_1"),
    (Identifier::Postcode, "home_post_code"),
    (Identifier::Telephone, "Mobile No."),
    (Identifier::Email, "emailAddress"),
    (Identifier::NationalInsuranceNumber, "NI Number"),
    (Identifier::PrisonNumber, "NOMIS ref"),
    (Identifier::PoliceOrProbationNumber, "PNC ID"),
    (Identifier::HospitalNumber, "MRN"),
    (Identifier::DocumentNumber, "Passport No"),
    (Identifier::Attributor, "ATTRIBUTOR"),
];

/// A folder with one export in it, and a place for runs.
struct Service(TempDir);

impl Service {
    fn with(export: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("export"), export).unwrap();
        Self(folder)
    }

    fn run(&self, identifiers: Identifiers) -> Result<Published, Error> {
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let export = self.0.path().join("export");
        let mut job = Job::new(program, vec![export], as_of, self.0.path().join("out"));
        // Of a few records, one is many per cent.
        job.max_quarantine = 100;
        job.identifiers = identifiers;
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
    }

    /// What the message says, of an export that is refused for what it tells of people.
    fn refused(&self) -> String {
        let error = self.run(Identifiers::Refuse).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Identifying, "{error}");
        assert_eq!(error.kind().exit_code(), 77);
        for said in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
            assert!(!said.contains(CANARY), "{said}");
        }
        assert!(error.to_string().ends_with("\nnothing was published"), "{error}");
        assert_eq!(left(self.0.path()), [".lock"]);
        error.to_string()
    }

    /// Everything that comes out where those columns are not looked into.
    fn dropped(&self) -> Vec<String> {
        let published = self.run(Identifiers::Drop).unwrap();
        let files = fs::read_dir(published.folder()).unwrap();
        let files = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let mut said: Vec<String> = files.collect();
        assert_eq!(said.len(), 9);
        said.extend([published.to_string(), format!("{published:?}")]);
        said
    }
}

fn csv(header: &str, cell: &str) -> String {
    format!(
        "id,age,opioid_use,{header},prison_release,naloxone\np-1,44,current,{cell},,held\n\
         p-2,31,current,,,held\n"
    )
}

fn record(number: usize) -> Value {
    json!({ "id": format!("p-{number}"), "age": 44, "opioid_use": "current",
        "prison_release": null, "naloxone": "held" })
}

#[test]
fn a_header_of_each_kind_refuses_a_csv_export() {
    let kinds: BTreeSet<&str> = HEADERS.iter().map(|(kind, _)| kind.name()).collect();
    assert_eq!(kinds, Identifier::ALL.iter().map(|kind| kind.name()).collect());
    for (kind, header) in HEADERS {
        let export = csv(header, CANARY);
        let service = Service::with(&export);
        let said = service.refused();
        let says = format!("column 4 names a direct identifier ({kind})");
        assert!(said.contains(&says) && !said.contains(header), "{said}");
        for said in service.dropped() {
            assert!(!said.contains(CANARY) && !said.contains(header), "{said}");
        }
    }
}

#[test]
fn every_column_that_names_one_is_told_of_at_once() {
    let service = Service::with("Surname,id,age,DOB,postcode\nSmith,p-1,44,,\n");
    let said = service.refused();
    for says in ["column 1 ", "column 4 ", "column 5 "] {
        assert!(said.contains(says), "{said}");
    }
    assert_eq!(said.matches("direct identifier").count(), 3);
}

#[test]
fn a_key_of_each_kind_refuses_a_json_export_wherever_it_stands() {
    for (kind, key) in HEADERS {
        let places = [
            json!({ key: CANARY }),
            json!({ key: null }),
            json!({ key: { "is": CANARY } }),
            json!({ "patient": { key: CANARY } }),
            json!({ "patients": [1, { "by": "bus" }, { key: [CANARY] }] }),
            json!({ "people": [[[{ "person": { key: CANARY } }]]] }),
        ];
        for place in places {
            let mut last = record(2);
            last.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
            for export in [json!([record(1), last]).to_string(), format!("{}\n{last}", record(1))] {
                let service = Service::with(&export);
                let said = service.refused();
                let says = format!("names a direct identifier ({kind})");
                assert!(said.contains(&says), "{place}: {said}");
                assert!(said.contains("key 6 ") && !said.contains(key), "{said}");
                for said in service.dropped() {
                    assert!(!said.contains(CANARY) && !said.contains(key), "{said}");
                }
            }
        }
    }
}

#[test]
fn a_key_that_first_appears_in_a_late_record_leaves_nothing_of_those_before() {
    let mut records: Vec<Value> = (0..600).map(record).collect();
    records[499]["contact"] = json!([{ "telephone": CANARY }]);
    let lines = records.iter().map(|record| format!("{record}\n")).collect();
    for export in [Value::from(records).to_string(), lines] {
        let service = Service::with(&export);
        assert!(service.refused().contains("key 6 names a direct identifier (telephone)"));
        for said in service.dropped() {
            assert!(!said.contains(CANARY), "{said}");
        }
    }
}

#[test]
fn a_key_within_another_names_by_itself_what_it_names() {
    for key in ["name", "address", "email", "telephone", "mobile", "Home Telephone", "MRN"] {
        for around in ["demographics", "contacts", "details", "registration"] {
            let mut record = record(1);
            record[around] = json!({ key: CANARY });
            let service = Service::with(&json!([record]).to_string());
            let published = service.run(Identifiers::Refuse);
            assert!(published.is_err(), "{around}.{key} is not refused");
            service.refused();
        }
    }
}

/// An export of these ids, in the third column.
fn of_ids<I: AsRef<str>>(ids: impl IntoIterator<Item = I>) -> String {
    let row = |id: I| format!("44,current,\"{}\",,held\n", id.as_ref());
    let rows = ids.into_iter().map(row);
    std::iter::once("age,opioid_use,id,prison_release,naloxone\n".to_owned()).chain(rows).collect()
}

fn ids_look_like(export: &str, shape: IdShape) {
    let said = Service::with(export).refused();
    let says = format!("its ids (column 3) look like {}", shape.meaning());
    assert!(said.contains(&says), "{said}");
}

/// Four ids of each shape. None is anybody's: no NHS number begins with 999 000, and the telephone
/// numbers are of ranges that are kept for drama.
const LIKE: [(IdShape, [&str; 4]); 9] = [
    (IdShape::NhsNumber, ["9990000018", "9990000026", "9990000034", "9990000042"]),
    (IdShape::NhsNumber, ["999 000 0018", "999 000 0026", "999 000 0034", "999 000 0042"]),
    (IdShape::Email, ["a@example.org", "b@example.org", "c@example.org", "d@example.org"]),
    (IdShape::DateOfBirth, ["19800201", "19810302", "19820403", "19830504"]),
    (IdShape::DateOfBirth, ["01/02/1980", "02/03/1981", "03/04/1982", "04/05/1983"]),
    (IdShape::Attributor, ["JS01021980M", "AB02031981F", "CD03041982M", "EF04051983F"]),
    (IdShape::Telephone, ["07700900001", "07700900002", "07700900003", "07700900004"]),
    (IdShape::Name, ["Invented Person", "Nobody, Jane", "O'Nobody", "Made-Up"]),
    (IdShape::Name, ["Aaaa-Bbbb", "Cccc-Dddd", "Eeee-Ffff", "Gggg_Hhhh"]),
];

/// How many others there may be beside four ids of a shape before they are let through.
fn most_others(shape: IdShape) -> usize {
    match shape {
        IdShape::DateOfBirth | IdShape::Telephone => 3,
        IdShape::Email | IdShape::Attributor | IdShape::Name => 16,
        // Of NHS numbers, those with ten digits are counted alone.
        _ => 1_000,
    }
}

#[test]
fn ids_that_are_no_pseudonyms_are_refused_up_to_their_threshold() {
    for (shape, ids) in LIKE {
        let most = most_others(shape);
        let others = |count: usize| (0..count).map(|other| format!("p-{other}"));
        let ids = ids.map(str::to_owned);
        ids_look_like(&of_ids(ids.clone()), shape);
        ids_look_like(&of_ids(ids.iter().take(2).cloned()), shape);
        ids_look_like(&of_ids(others(most).chain(ids.clone())), shape);
        let published = |export: String| {
            let published = Service::with(&export).run(Identifiers::Refuse);
            assert!(published.is_ok(), "{shape}: {}", published.unwrap_err());
        };
        if shape != IdShape::NhsNumber {
            published(of_ids(others(most + 1).chain(ids.clone())));
        }
        // One alone proves nothing.
        published(of_ids(others(1).chain(ids.into_iter().take(1))));
    }
}

#[test]
fn nhs_numbers_are_held_against_other_ids_of_ten_digits() {
    let ids = ["9990000018", "999-000-0026", "9990000034"];
    let others = ["9990000010", "9990000011", "9990000012"];
    ids_look_like(&of_ids(ids.iter().chain(&others[..2])), IdShape::NhsNumber);
    let even = of_ids(ids.iter().chain(&others));
    assert!(Service::with(&even).run(Identifiers::Refuse).is_ok());
}

#[test]
fn a_person_on_many_rows_weighs_no_more_than_one_on_one() {
    let few = ["Aaaa-Bbbb", "Cccc-Dddd"];
    let others = |count: usize| (0..count).map(|other| format!("p-{other}"));
    let often = |id: String| std::iter::repeat_n(id, 50);
    let many_rows = of_ids(others(9).chain(few.map(str::to_owned).into_iter().flat_map(often)));
    assert!(Service::with(&many_rows).run(Identifiers::Refuse).is_ok());
    let hidden = of_ids(few.map(str::to_owned).into_iter().chain(others(8).flat_map(often)));
    ids_look_like(&hidden, IdShape::Name);
}

#[test]
fn an_id_that_breaks_the_rule_weighs_no_more_on_many_rows() {
    let others = (0..100).map(|other| format!("p-{other}"));
    let test_person = std::iter::repeat_n("Test Person".to_owned(), 50);
    let published = Service::with(&of_ids(others.chain(test_person))).run(Identifiers::Refuse);
    assert!(published.is_ok(), "{}", published.unwrap_err());
}

#[test]
fn ids_of_json_are_refused_like_those_of_csv() {
    for (shape, ids) in LIKE {
        let records = ids.into_iter().map(|id| {
            let mut record = record(0);
            record["id"] = id.into();
            record
        });
        let said = Service::with(&Value::from_iter(records).to_string()).refused();
        assert!(said.contains(&format!("look like {}", shape.meaning())), "{said}");
        assert!(ids.iter().all(|id| !said.contains(id)), "{said}");
    }
}

#[test]
fn ids_are_looked_at_over_all_files_of_an_export() {
    let folder = TempDir::new().unwrap();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let files = ["9990000018", "9990000026"].map(|id| {
        let path = folder.path().join(&id[8..]);
        fs::write(&path, of_ids([id])).unwrap();
        path
    });
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let job = Job::new(program, files.to_vec(), as_of, folder.path().join("out"));
    let error =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Identifying, "{error}");
    assert_eq!(left(folder.path()), [".lock"]);
}

/// What a run left that published nothing.
fn left(folder: &Path) -> Vec<OsString> {
    let left = fs::read_dir(folder.join("out")).unwrap();
    left.map(|entry| entry.unwrap().file_name()).collect()
}
