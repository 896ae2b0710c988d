//! Which header names which column, and which exports are refused.

use overdose_risk::Field;
use overdose_risk_intake::ndtms::NdtmsColumn;
use overdose_risk_intake::{Column, HeaderFault, Intake, Layout, NearMiss, Principal, Profile};

/// The least that an export can have.
const LEAST: [&str; 5] = ["id", "age", "opioid_use", "prison_release", "naloxone"];

fn resolve(headers: &[&str], waive: &[Principal]) -> Result<Layout, Vec<HeaderFault>> {
    Layout::resolve(headers, &Intake { waive: waive.to_vec(), ..Intake::default() })
        .map_err(|refused| refused.faults)
}

/// The least that an export can have, one header put in place of another.
fn with(old: &str, new: &'static str) -> Vec<&'static str> {
    LEAST.map(|header| if header == old { new } else { header }).to_vec()
}

#[test]
fn every_column_is_found_whatever_its_case_spaces_hyphens_and_underscores() {
    let ways: [fn(&str) -> String; 5] = [
        |name| name.to_owned(),
        |name| name.to_uppercase(),
        |name| name.replace('_', " "),
        |name| name.replace('_', "-"),
        |name| format!(" {} ", name.replace('_', "")),
    ];
    for way in ways {
        let headers: Vec<String> = Column::all().map(|column| way(column.name())).collect();
        let layout = Layout::resolve(&headers, &Intake::default()).unwrap();
        for (place, column) in Column::all().enumerate() {
            assert_eq!(layout.place(column), Some(place), "{column}");
        }
        assert_eq!(layout.near_misses(), []);
    }
}

#[test]
fn columns_count_themselves_in_the_order_of_the_native_export() {
    let columns: Vec<Column> = Column::all().collect();
    assert_eq!(columns.len(), Column::COUNT);
    for (place, column) in columns.iter().enumerate() {
        assert_eq!(column.index(), place);
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
    assert_eq!(names[..5], ["id", "age", "age_band", "birth_year", "opioid_use"]);
}

#[test]
fn columns_that_name_no_field_are_not_read_and_may_stand_anywhere() {
    let layout =
        resolve(&["notes", "naloxone", "id", "x", "prison_release", "ost", "birth_year"], &[])
            .unwrap();
    assert_eq!(layout.place(Column::Id), Some(2));
    assert_eq!(layout.place(Column::Fact(Field::Naloxone)), Some(1));
    assert_eq!(layout.place(Column::Fact(Field::Housing)), None);
    assert_eq!(layout.unread(), [1, 4]);
    let read = [
        (1, Column::Fact(Field::Naloxone)),
        (2, Column::Id),
        (4, Column::Fact(Field::PrisonRelease)),
        (5, Column::Fact(Field::Ost)),
        (6, Column::BirthYear),
    ];
    assert_eq!(layout.read(), read);
}

#[test]
fn what_groups_people_belong_to_is_read_for_no_fact() {
    let groups = [
        "sex",
        "gender",
        "sex at birth",
        "ethnicity",
        "ethnic_group",
        "race",
        "nationality",
        "country of birth",
        "language",
        "religion",
        "sexual_orientation",
        "disability",
        "deprivation",
    ];
    let headers = [LEAST.as_slice(), &groups].concat();
    let layout = resolve(&headers, &[]).unwrap();
    assert_eq!(layout.unread(), (LEAST.len() + 1..=headers.len()).collect::<Vec<_>>());
    // Nor does anybody suggest to rename one, so that it would be.
    assert_eq!(layout.near_misses(), []);
}

#[test]
fn one_column_of_each_principal_field_is_enough() {
    for principal in Principal::ALL {
        for column in principal.columns() {
            let headers = with(principal.name(), column.name());
            assert!(resolve(&headers, &[]).is_ok(), "{column}");
        }
    }
}

#[test]
fn an_export_without_a_principal_field_is_refused_unless_that_field_is_waived_by_name() {
    for missing in Principal::ALL {
        let headers = with(missing.name(), "something");
        assert_eq!(
            resolve(&headers, &[]).unwrap_err(),
            [HeaderFault::Missing { principal: missing, near: None }]
        );
        for waived in Principal::ALL {
            match resolve(&headers, &[waived]) {
                Ok(layout) => {
                    assert_eq!(waived, missing);
                    assert_eq!(layout.waived(), [missing]);
                }
                Err(_) => assert_ne!(waived, missing),
            }
        }
    }
}

#[test]
fn a_waiver_for_a_field_that_is_there_waives_nothing() {
    let layout = resolve(&LEAST, &Principal::ALL).unwrap();
    assert_eq!(layout.waived(), []);
}

#[test]
fn an_id_cannot_be_waived_and_no_header_may_stand_twice() {
    assert_eq!(
        resolve(&with("id", "something"), &Principal::ALL).unwrap_err(),
        [HeaderFault::NoId { near: None }]
    );
    assert_eq!(
        resolve(&["id", "age", "OST", "prison_release", "naloxone", "ost "], &[]).unwrap_err(),
        [HeaderFault::Twice { column: Column::Fact(Field::Ost), first: 3, second: 6 }]
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let faults = resolve(&["overdose", "else"], &[]).unwrap_err();
    assert_eq!(faults.len(), 5);
}

#[test]
fn what_is_no_header_is_called_none_and_no_waiver_is_offered() {
    for headers in [&["id;age;ost"] as &[&str], &["Export of 31 March", "", ""]] {
        let faults = resolve(headers, &[]).unwrap_err();
        assert_eq!(faults, [HeaderFault::NothingKnown { columns: headers.len() }]);
        let refused = Layout::resolve(headers, &Intake::default()).unwrap_err().to_string();
        assert!(!refused.contains("--without"), "{refused}");
    }
    let quoted = resolve(&["id", "age\np-1,44", "ost"], &[]).unwrap_err();
    assert_eq!(quoted, [HeaderFault::QuoteNotClosed]);
}

#[test]
fn a_header_that_is_almost_right_is_named_by_position() {
    for (almost, principal) in [
        ("prison_relase", Principal::PrisonRelease),
        ("prison release date", Principal::PrisonRelease),
        ("naloxon", Principal::Naloxone),
        ("opiod_use", Principal::OpioidUse),
        ("birthyear_", Principal::Age),
    ] {
        let headers = with(principal.name(), almost);
        let position = headers.iter().position(|header| *header == almost).unwrap() + 1;
        match resolve(&headers, &[]) {
            Ok(layout) => assert!(layout.place(Column::BirthYear).is_some()),
            Err(faults) => assert_eq!(
                faults,
                [HeaderFault::Missing {
                    principal,
                    near: Some(NearMiss { position, column: principal.columns()[0] })
                }],
                "{almost}"
            ),
        }
    }
}

#[test]
fn a_modifier_that_is_almost_named_is_a_near_miss_and_a_stranger_is_none() {
    let headers = [LEAST.as_slice(), &["benzodiazepine", "postcode_area", "notes"]].concat();
    let layout = resolve(&headers, &[]).unwrap();
    let near = NearMiss { position: 6, column: Column::Fact(Field::Benzodiazepines) };
    assert_eq!(layout.near_misses(), [near]);
}

/// The columns of an extract that make it one, and those that are waived.
const OF_EXTRACT: [&str; 4] = ["AGNCY", "CLIENTID", "DRUG1", "RFLS"];
const NOT_IN_IT: [Principal; 3] = [Principal::Age, Principal::PrisonRelease, Principal::Naloxone];

fn of_extract(more: &[&str]) -> Result<Layout, Vec<HeaderFault>> {
    let intake = Intake { profile: Profile::Ndtms, waive: NOT_IN_IT.into(), ..Intake::default() };
    let headers = [OF_EXTRACT.as_slice(), more].concat();
    Layout::resolve(headers, &intake).map_err(|refused| refused.faults)
}

#[test]
fn of_columns_with_one_stem_in_an_extract_all_are_read() {
    let layout = of_extract(&["PHMETHWTH", "PHBUPREN", "PHMETHSUP", "PHBUPRENX"]).unwrap();
    let cells: [&[u8]; 8] = [b"", b"", b"", b"", b"N", b"N", b"Y", b""];
    let cell = |column: NdtmsColumn| layout.cell(column.index(), |at| cells.get(at).copied());
    assert_eq!(cell(NdtmsColumn::PhMeth), Some(b"Y".as_slice()));
    assert_eq!(cell(NdtmsColumn::PhBupren), Some(b"".as_slice()));
    assert_eq!(cell(NdtmsColumn::PhBudi), None);
    assert_eq!(layout.place_of_slot(NdtmsColumn::PhMeth.index()), Some(4));
}

#[test]
fn no_other_column_of_an_extract_may_stand_twice() {
    let faults = of_extract(&["DRUG1"]).unwrap_err();
    let column = Column::Fact(Field::OpioidUse);
    assert_eq!(faults, [HeaderFault::Twice { column, first: 3, second: 5 }]);
}

#[test]
fn no_message_repeats_what_a_header_says() {
    let canary = "CANARY9434765919";
    let headers = [canary.to_owned(), format!("id{canary}"), "age".to_owned(), "Age".to_owned()];
    let refused = Layout::resolve(&headers, &Intake::default()).unwrap_err();
    for text in [refused.to_string(), format!("{refused:?}")] {
        assert!(!text.to_lowercase().contains(&canary.to_lowercase()), "{text}");
    }
    assert!(refused.to_string().contains("columns 3 and 4 both name age"));
}
