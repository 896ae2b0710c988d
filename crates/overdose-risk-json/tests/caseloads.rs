//! Codes of caseloads in JSON: a string is one, and the keys around records are none.

use chrono::NaiveDate;
use overdose_risk_intake::{Caseload, Intake, Profile};
use overdose_risk_json::{Entry, ErrorKind, Export, Format, Reader};
use std::sync::Arc;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// What a record is read as, and its problems.
fn read(intake: Intake, record: &str) -> (Option<String>, Vec<String>) {
    let mut problems = Vec::new();
    let mut reader = Reader::new(intake);
    let mut hear = |problem: overdose_risk_intake::Problem| {
        problems.push(format!("{}:{}", problem.column, problem.kind))
    };
    let person = reader.read(record.as_bytes(), as_of(), &mut hear).unwrap();
    let code = person.caseloads.code(Caseload::Team).map(|code| code.to_string());
    (code, problems)
}

#[test]
fn a_code_is_a_string_as_an_id_is() {
    let mapping = "name = \"n\"\n[fields]\nid = \"id\"\nteam = \"unit.code\"";
    let mapping = overdose_risk_intake::Mapping::from_toml(mapping).unwrap();
    let mapped = Intake { profile: Profile::Mapped(Arc::new(mapping)), ..Intake::default() };
    for (value, code) in [
        (r#""T1""#, Ok(Some("T1"))),
        (r#""0042""#, Ok(Some("0042"))),
        (r#""\u0054 ""#, Ok(Some("T"))),
        (r#""""#, Ok(None)),
        ("null", Ok(None)),
        (r#""unknown""#, Ok(None)),
        ("42", Err(())),
        ("true", Err(())),
        ("4.5", Err(())),
        ("-1", Err(())),
        (r#"["T1"]"#, Err(())),
        (r#"{"number": 3}"#, Err(())),
        (r#""T 1""#, Err(())),
    ] {
        let expected = match code {
            Ok(code) => (code.map(str::to_owned), Vec::new()),
            Err(()) => (None, vec!["team:unreadable".to_owned()]),
        };
        let record = format!(r#"{{"team": {value}, "id": "p-1"}}"#);
        assert_eq!(read(Intake::default(), &record), expected, "{value}");
        let within = format!(r#"{{"id": "p-1", "unit": {{"code": {value}}}}}"#);
        assert_eq!(read(mapped.clone(), &within), expected, "{value}");
    }
}

#[test]
fn a_record_without_the_keys_has_no_caseloads_of_the_record_before() {
    let lines = "{\"id\": \"a\", \"worker\": \"W1\", \"ost\": \"prescribed\"}\n{\"id\": \"b\"}\n";
    let intake =
        Intake { waive: overdose_risk_intake::Principal::ALL.to_vec(), ..Intake::default() };
    let mut export =
        Export::open(lines.as_bytes(), as_of(), Some(Format::Ndjson), &intake).unwrap();
    let mut codes: Vec<Vec<String>> = Vec::new();
    while let Some(row) = export.read(&mut |_| {}).unwrap() {
        let Entry::Person(person) = row.entry else { panic!("line {}", row.line) };
        codes.push(person.caseloads.codes().map(|(of, code)| format!("{of}={code}")).collect());
    }
    assert_eq!(codes, [vec!["worker=W1".to_owned()], vec![]]);
}

#[test]
fn a_service_beside_the_array_of_records_makes_no_record_of_what_is_around_it() {
    let around = r#"{"service": "S1", "team": null, "records": [{"id": "a"}]}"#;
    let opened = Export::open(around.as_bytes(), as_of(), None, &Intake::default());
    let error = opened.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("other keys"), "{error}");
    // With a fact or an id beside the array, it is a record.
    for own in ["id", "age"] {
        let record = around.replace("\"team\"", &format!("\"{own}\""));
        let opened = Export::open(record.as_bytes(), as_of(), None, &Intake::default()).unwrap();
        assert_eq!(opened.format(), Format::Ndjson);
    }
}
