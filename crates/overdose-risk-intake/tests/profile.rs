//! What a profile knows of the columns that it reads.

use overdose_risk::Field;
use overdose_risk_intake::{Column, HeaderFault, Intake, Key, Layout, Mapping, Principal, Profile};
use std::sync::Arc;

fn mapped() -> Profile {
    let mapping = "name = \"cms\"\nignore = [\"Notes\"]\n[fields]\nid = \"Ref\"\nage = \"person.age\"\n\
        opioid_use = \"Use\"\n";
    Profile::Mapped(Arc::new(Mapping::from_toml(mapping).unwrap()))
}

/// The columns that it finds, and the positions of those that are not read.
fn layout(profile: Profile, headers: &[&str]) -> Result<Layout, Vec<HeaderFault>> {
    let intake = Intake { profile, waive: Principal::ALL.into(), ..Intake::default() };
    Layout::resolve(headers, &intake).map_err(|refused| refused.faults)
}

#[test]
fn each_has_its_name_and_knows_its_columns_and_those_of_its_id() {
    for (profile, name, known, of_id) in [
        (Profile::Auto, "auto", ["age", "DRUG1", "id", "agncy"].as_slice(), ["id"].as_slice()),
        (Profile::Native, "native", &["age", "id"], &["id"]),
        (Profile::Ndtms, "ndtms", &["DRUG1", "agncy"], &["AGNCY", "CLIENTID"]),
        (mapped(), "cms", &["ref", "person.age", "Use"], &["Ref"]),
    ] {
        assert_eq!(profile.name(), name);
        for column in ["age", "DRUG1", "id", "agncy", "ref", "person.age", "Use", "colour"] {
            let is_known = known.contains(&column);
            assert_eq!(profile.knows(column.as_bytes()), is_known, "{name} {column}");
        }
        let intake = Intake { profile, ..Intake::default() };
        for column in ["id", "AGNCY", "CLIENTID", "Ref", "age", "DRUG1", "Use"] {
            let is_of_id = of_id.contains(&column);
            assert_eq!(intake.makes_ids_of(column.as_bytes()), is_of_id, "{name} {column}");
        }
    }
}

#[test]
fn what_is_ignored_or_only_around_is_not_missed() {
    let headers = ["Ref", "notes", "person", "person.age", "Use", "colour"];
    assert_eq!(layout(mapped(), &headers).unwrap().unread(), [6]);
    assert_eq!(layout(Profile::Native, &["id", "notes", "age"]).unwrap().unread(), [2]);
}

#[test]
fn a_column_that_a_mapping_reads_must_be_there_and_no_other() {
    let faults = layout(mapped(), &["Ref", "person.age"]).unwrap_err();
    assert_eq!(faults, [HeaderFault::Unmapped { column: Column::Fact(Field::OpioidUse) }]);
    assert!(layout(Profile::Native, &["id", "age"]).is_ok());
}

#[test]
fn a_header_is_near_no_column_that_is_there() {
    let near = |headers: &[&str]| layout(Profile::Native, headers).unwrap().near_misses().len();
    assert_eq!(near(&["id", "naloxone_kit_no"]), 1);
    assert_eq!(near(&["id", "naloxone", "naloxone_expiry", "naloxone_kit_no"]), 0);
}

#[test]
fn of_keys_those_are_read_that_have_a_slot_and_those_are_near_that_may_be_what_some_lack() {
    let naloxone = Column::Fact(Field::Naloxone);
    let of_keys = |slot, records| {
        let id = Key { name: "id", slot: Some(Column::Id.index()), records: 2 };
        let like = Key { name: "naloxone_kit_no", slot: None, records: 2 };
        let intake = Intake { waive: Principal::ALL.into(), ..Intake::default() };
        Layout::of_keys([id, Key { name: "naloxone", slot, records }, like], 2, &intake).unwrap()
    };
    let read = Some(naloxone.index());
    for (slot, records, place, near) in
        [(read, 2, Some(1), 0), (read, 1, Some(1), 1), (read, 0, None, 1), (None, 2, None, 1)]
    {
        let layout = of_keys(slot, records);
        assert_eq!(layout.place(naloxone), place, "{slot:?} {records}");
        assert_eq!(layout.near_misses().len(), near, "{slot:?} {records}");
    }
}
