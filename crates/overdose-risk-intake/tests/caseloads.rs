//! On whose caseloads a person is: what a cell says, what it must not say, and where it may stand.

use chrono::NaiveDate;
use overdose_risk_intake::{
    Caseload, Column, Facts, HeaderFault, Identifier, Intake, Layout, Mapping, Principal, Problem,
    ProblemKind, Profile, PseudonymKey, RowReader, Zeroizing, ndtms::NdtmsColumn, read_person,
};
use proptest::prelude::*;
use std::sync::Arc;

const CANARY: &str = "jane.canary";

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// The codes that a row with these cells names, its facts, and its problems.
fn read(
    id: &str,
    cells: &[(Caseload, &[u8])],
) -> (Vec<(Caseload, String)>, Option<Facts>, Vec<Problem>) {
    let cell = |column| match column {
        Column::Id => Some(id.as_bytes()),
        Column::Caseload(of) => cells.iter().find(|(other, _)| *other == of).map(|(_, cell)| *cell),
        _ => None,
    };
    let mut problems = Vec::new();
    let person = read_person(cell, as_of(), &mut |problem| problems.push(problem));
    let mut reader = RowReader::new(Intake::default());
    let by_slot = |slot| cell(Column::all().find(|column| column.index() == slot).unwrap());
    let mut by_reader = Vec::new();
    let facts = reader.read(&by_slot, as_of(), &mut |problem| by_reader.push(problem));
    assert_eq!(facts, person.map(|person| person.facts));
    assert_eq!(by_reader, problems);
    if let Ok(person) = person {
        assert_eq!(reader.caseloads(), person.caseloads);
    }
    let codes = reader.caseloads().codes().map(|(of, code)| (of, code.to_string())).collect();
    (codes, facts.ok(), problems)
}

#[test]
fn a_cell_is_a_code_or_none_or_a_problem_of_its_column() {
    let long = "x".repeat(64);
    let too_long = "x".repeat(65);
    for caseload in Caseload::ALL {
        for code in ["T1", " north_2 ", "S1-T1", "0042", "7", "no", "none", long.as_str()] {
            let (codes, _, problems) = read("p-1", &[(caseload, code.as_bytes())]);
            assert_eq!(codes, [(caseload, code.trim().to_owned())]);
            assert_eq!(problems, []);
        }
        for none in ["", "  ", "unknown", "NA", "n/a", "-", "null", "Declined", "prefer not to say"]
        {
            let (codes, _, problems) = read("p-1", &[(caseload, none.as_bytes())]);
            assert_eq!((codes.len(), problems.len()), (0, 0), "{none}");
        }
        let broken =
            ["North Team", "a@b.org", "=1+1", "_x", "-1", "Zoë", "<b>", "a\u{202e}b", "{}"];
        for cell in
            broken.iter().map(|cell| cell.as_bytes()).chain([&b"\xff"[..], too_long.as_bytes()])
        {
            let (codes, _, problems) = read("p-1", &[(caseload, cell)]);
            assert_eq!(codes, []);
            let problem =
                Problem { column: Column::Caseload(caseload), kind: ProblemKind::Unreadable };
            assert_eq!(problems, [problem]);
        }
    }
}

#[test]
fn every_kind_is_read_from_its_own_column() {
    let [service, team, worker] = Caseload::ALL;
    let (codes, _, problems) = read("p-1", &[(worker, b"W1"), (service, b"S 1"), (team, b"T1")]);
    assert_eq!(codes, [(team, "T1".to_owned()), (worker, "W1".to_owned())]);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].column.name(), "service");
}

#[test]
fn a_row_without_an_id_has_no_caseloads_and_the_next_keeps_none_of_the_last() {
    let mut reader = RowReader::new(Intake::default());
    let mut read = |id: &'static [u8], team: &'static [u8]| {
        let cells = |slot| match slot {
            slot if slot == Column::Id.index() => Some(id),
            slot if slot == Column::Caseload(Caseload::Team).index() => Some(team),
            _ => None,
        };
        let _ = reader.read(&cells, as_of(), &mut |_| {});
        reader.caseloads().code(Caseload::Team).map(|code| code.to_string())
    };
    assert_eq!(read(b"p-1", b"T1").as_deref(), Some("T1"));
    assert_eq!(read(b"p-2", b""), None);
    assert_eq!(read(b"p-1", b"T1").as_deref(), Some("T1"));
    assert_eq!(read(b"", b"T1"), None);
    assert_eq!(read(b"p-1", b"T2").as_deref(), Some("T2"));
}

proptest! {
    #[test]
    fn whatever_stands_there_changes_no_fact_and_obeys_the_id_rule(
        cells in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 3)
    ) {
        let named: Vec<(Caseload, &[u8])> =
            Caseload::ALL.into_iter().zip(cells.iter().map(Vec::as_slice)).collect();
        let (codes, facts, problems) = read("p-1", &named);
        let (_, without, _) = read("p-1", &[]);
        prop_assert_eq!(facts, without);
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        for (_, code) in &codes {
            prop_assert!((1..=64).contains(&code.len()) && code.bytes().all(is_code));
        }
        prop_assert!(codes.len() + problems.len() <= 3);
    }
}

#[test]
fn no_debug_text_repeats_what_cannot_be_a_code() {
    for caseload in Caseload::ALL {
        let cell = CANARY.as_bytes();
        let (codes, facts, problems) = read("p-1", &[(caseload, cell)]);
        let said = format!("{codes:?} {facts:?} {problems:?}");
        assert!(!said.contains(CANARY), "{said}");
        assert_eq!(problems.len(), 1);
    }
}

#[test]
fn headers_of_caseloads_identify_nobody_unless_they_say_whose_name_or_address() {
    for header in ["service", "team", "worker", "Service", "TEAM", " Worker ", "wor-ker", "t_eam"] {
        assert_eq!(Identifier::named(header.as_bytes()), None, "{header}");
        assert!(matches!(Column::named(header.as_bytes()), Some(Column::Caseload(_))), "{header}");
    }
    for header in ["worker_name", "Name of worker", "worker email", "worker phone"] {
        assert!(Identifier::named(header.as_bytes()).is_some(), "{header}");
    }
    for header in ["services", "team_name", "keyworker", "worker_code", "service_user", "worker 2"]
    {
        assert_eq!(Column::named(header.as_bytes()), None, "{header}");
    }
}

const HEADERS: [&str; 5] = ["id", "age", "opioid_use", "prison_release", "naloxone"];

#[test]
fn an_export_without_caseloads_lacks_nothing_and_another_column_is_not_taken_for_one() {
    let others = ["keyworker", "worker_code", "services", "teams", "service_type", "Recovery team"];
    let headers = HEADERS.iter().chain(&others);
    let layout = Layout::resolve(headers, &Intake::default()).unwrap();
    assert_eq!(layout.near_misses(), []);
    assert_eq!(layout.waived(), []);
    assert_eq!(layout.unread(), [6, 7, 8, 9, 10, 11]);
    for principal in Principal::ALL {
        assert!(!principal.columns().iter().any(|one| matches!(one, Column::Caseload(_))));
    }
}

fn mapping(fields: &str) -> Result<Mapping, String> {
    let file = format!("name = \"n\"\n[fields]\n{fields}\n");
    Mapping::from_toml(&file).map_err(|error| error.to_string())
}

#[test]
fn a_mapping_gives_codes_to_what_is_none() {
    let mapping = mapping(
        "id = \"Ref\"\nservice = \"Site\"\nworker = [\"Worker\", \"Duty\"]\n\
         team = { from = \"Team\", values = { \"North Team\" = \"N-1\", \"not yet\" = \"unknown\" } }",
    );
    let mapping = Arc::new(mapping.unwrap());
    let profile = Profile::Mapped(Arc::clone(&mapping));
    let mut reader = RowReader::new(Intake { profile, ..Intake::default() });
    let slot = |name: &str| mapping.slot_of(name.as_bytes()).unwrap();
    for (cells, codes, unreadable) in [
        (["S1", "W1", "W2", "North Team"], "service=S1 team=N-1 worker=W1", ""),
        (["s-1", "", "W2", "NORTH  TEAM"], "service=s-1 team=N-1 worker=W2", ""),
        (["S1", "unknown", "W2", "not yet"], "service=S1 worker=W2", ""),
        (["S 1", "J Doe", "W2", "T7"], "team=T7 worker=W2", "worker service"),
        (["S1", "J Doe", "", "South Team"], "service=S1", "team worker"),
        (["", "", "", ""], "", ""),
    ] {
        let named = ["Site", "Worker", "Duty", "Team"].map(slot);
        let cell = |at: usize| match named.iter().position(|slot| *slot == at) {
            Some(place) => Some(cells[place].as_bytes()),
            None => Some(b"p-1".as_slice()),
        };
        let mut told = Vec::new();
        reader.read(&cell, as_of(), &mut |problem| told.push(problem.column.name())).unwrap();
        let read = reader.caseloads().codes().map(|(of, code)| format!("{of}={code}"));
        assert_eq!(read.collect::<Vec<_>>().join(" "), codes, "{cells:?}");
        assert_eq!(told.join(" "), unreadable, "{cells:?}");
    }
}

#[test]
fn no_mapping_makes_a_code_of_an_id_or_a_date_of_birth_or_of_what_breaks_the_rule() {
    let is_told = |fields: &str, message: &str| {
        let error = mapping(fields).unwrap_err();
        assert!(error.contains(message), "{error}");
    };
    let of_person = "which is no code of a service, a team or a worker";
    is_told("id = \"Ref\"\nworker = \"ref\"", of_person);
    is_told("id = { from = [\"Ref\", \"Old\"] }\nteam = [\"Team\", \"OLD\"]", of_person);
    is_told("id = \"Ref\"\ndate_of_birth = \"DOB\"\nteam = \"dob\"", "read it for no other field");
    let word = "a code of letters, digits, hyphens and underscores";
    for code in ["North Team", "", "n/a", " N1", "a@b"] {
        is_told(
            &format!("id = \"Ref\"\nteam = {{ from = \"T\", values = {{ \"x\" = \"{code}\" }} }}"),
            word,
        );
    }
    is_told("id = \"Ref\"\nteam = { from = \"T\", values = { \"n/a\" = \"T1\" } }", "nobody knows");
    is_told("id = \"Ref\"\nteam = { join = [\"A\", \"B\"] }", "team has no source");
    // Of an id that is joined, a part may be the service.
    assert!(mapping("id = { join = [\"Agency\", \"Client\"] }\nservice = \"Agency\"").is_ok());
}

/// With a key, an id may be made of what identifies people; a code is written as it stands.
#[test]
fn a_column_that_is_let_through_for_its_key_is_read_for_no_caseload() {
    let key = Zeroizing::new((0..32_u8).map(|byte| byte.wrapping_mul(byte)).collect());
    let key = Some(Arc::new(PseudonymKey::new(key).unwrap()));
    let resolve = |fields: &str| {
        let profile = Profile::Mapped(Arc::new(mapping(fields).unwrap()));
        let waive = Principal::ALL.to_vec();
        let intake = Intake { profile, waive, key: key.clone(), ..Intake::default() };
        Layout::resolve(["NHS Number", "Site"], &intake)
    };
    let id = "id = { join = [\"Site\", \"NHS Number\"] }";
    assert!(resolve(id).is_ok());
    assert!(resolve(&format!("{id}\nservice = \"Site\"")).is_ok());
    let refused = resolve(&format!("{id}\nworker = \"NHS Number\"")).unwrap_err();
    let is_it = |fault: &HeaderFault| {
        matches!(fault, HeaderFault::IdentifyingId { identifier: Identifier::NhsNumber, .. })
    };
    assert!(refused.faults.iter().any(is_it), "{refused:?}");
}

#[test]
fn the_agency_of_an_extract_is_the_service_of_those_who_consent() {
    let mut reader = RowReader::new(Intake { profile: Profile::Ndtms, ..Intake::default() });
    for (agency, consent, service) in
        [("N0001", "Y", Some("N0001")), (" N0002 ", "", Some("N0002")), ("N0001", "N", None)]
    {
        let cells = |slot| match NdtmsColumn::ALL[slot] {
            NdtmsColumn::Agncy => Some(agency.as_bytes()),
            NdtmsColumn::ClientId => Some(b"7".as_slice()),
            NdtmsColumn::Consent => Some(consent.as_bytes()),
            _ => None,
        };
        reader.read(&cells, as_of(), &mut |problem| panic!("{problem:?}")).unwrap();
        let codes: Vec<_> =
            reader.caseloads().codes().map(|(of, code)| (of, code.as_str())).collect();
        assert_eq!(
            codes,
            service.map(|code| (Caseload::Service, code)).into_iter().collect::<Vec<_>>()
        );
    }
    let service = Column::Caseload(Caseload::Service);
    assert_eq!(Profile::Ndtms.slots_of(service), [NdtmsColumn::Agncy.index()]);
    assert_eq!(Profile::Ndtms.columns_of(NdtmsColumn::Agncy.index()), [Column::Id, service]);
}
