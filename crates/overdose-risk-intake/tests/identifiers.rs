//! Which headers name an identifier, and which must not be taken for one.

use overdose_risk_intake::{Column, Identifier, Intake, Mapping, Profile};
use proptest::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;

/// Headers of real exports that identify nobody, one a line.
const INNOCENT: &str = include_str!("innocent-headers.txt");

/// Headers that name an identifier: its kind, a tab, the header.
const IDENTIFYING: &str = include_str!("identifying-headers.txt");

fn identifying() -> impl Iterator<Item = (&'static str, &'static str)> {
    IDENTIFYING.lines().map(|line| line.split_once('\t').unwrap())
}

#[test]
fn no_innocent_header_is_refused() {
    let refused: Vec<_> = INNOCENT
        .lines()
        .filter_map(|header| Some((header, Identifier::named(header.as_bytes())?)))
        .collect();
    assert_eq!(refused, []);
    assert!(INNOCENT.lines().collect::<HashSet<_>>().len() >= 600);
}

#[test]
fn no_innocent_header_is_refused_in_other_cases_and_joined_otherwise() {
    let ways: [fn(&str) -> String; 5] = [
        |header| header.to_uppercase(),
        |header| header.to_lowercase(),
        |header| header.replace(['_', ' '], "-"),
        |header| header.replace(['_', ' '], "."),
        |header| format!("\u{feff}\"{header}\" "),
    ];
    for header in INNOCENT.lines() {
        // A hump is a word only while it is one.
        let has_humps = header.bytes().any(|byte| byte.is_ascii_uppercase());
        for (place, way) in ways.into_iter().enumerate() {
            if has_humps && place < 2 {
                continue;
            }
            let header = way(header);
            assert_eq!(Identifier::named(header.as_bytes()), None, "{header}");
        }
    }
}

#[test]
fn no_column_of_the_native_export_is_refused() {
    for column in Column::all() {
        let name = column.name();
        for header in [name.to_owned(), name.replace('_', " "), name.replace('_', "")] {
            assert_eq!(Identifier::named(header.as_bytes()), None, "{header}");
            assert_eq!(Identifier::named(header.to_uppercase().as_bytes()), None, "{header}");
        }
    }
}

#[test]
fn every_identifying_header_is_found_with_its_kind() {
    let wrong: Vec<_> = identifying()
        .map(|(kind, header)| (kind, header, Identifier::named(header.as_bytes())))
        .filter(|(kind, _, named)| named.map(Identifier::name) != Some(kind))
        .collect();
    assert_eq!(wrong, []);
}

#[test]
fn every_identifying_header_is_found_in_other_cases_with_other_joints_and_in_a_path() {
    for (kind, header) in identifying() {
        let spaced = header.replace(['_', ' '], "-");
        let nested = format!("records[12].{header}");
        let mut ways = vec![spaced, format!(" {header}\t"), format!("\"{header}\"")];
        // Only what is found beside anything is found in a path of things that nobody knows.
        ways.extend(["surname", "dob", "nhs_number"].contains(&header).then_some(nested));
        if !header.bytes().any(|byte| byte.is_ascii_uppercase()) {
            ways.push(header.to_uppercase());
        }
        for header in ways {
            let named = Identifier::named(header.as_bytes());
            assert_eq!(named.map(Identifier::name), Some(kind), "{header}");
        }
    }
}

#[test]
fn every_kind_has_a_name_of_its_own_and_at_least_eight_spellings() {
    let names: HashSet<_> = Identifier::ALL.map(Identifier::name).into();
    assert_eq!(names.len(), Identifier::ALL.len());
    for kind in Identifier::ALL {
        assert_eq!(kind.to_string(), kind.name());
        let is_kebab = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        assert!(kind.name().bytes().all(is_kebab), "{kind}");
        assert!(kind.meaning().ends_with('.') && !kind.remedy().ends_with('.'), "{kind}");
        let spellings = identifying().filter(|(name, _)| *name == kind.name()).count();
        assert!(spellings >= 8, "{kind}: {spellings}");
    }
}

/// A word beside an identifier takes its meaning away, on one side or on both.
#[test]
fn words_that_take_the_meaning_away_do_so_only_where_they_can() {
    let both = ["consent", "status", "type", "flag", "hash", "quality", "encrypted"];
    let before = ["no", "has", "is", "without"];
    let behind = ["known", "recorded", "verified", "given", "provided", "checked", "held"];
    for phrase in ["surname", "dob", "nhs_number", "postcode", "phone_number", "email_address"] {
        let named = |header: String| Identifier::named(header.as_bytes()).is_some();
        assert!(named(phrase.to_owned()), "{phrase}");
        for word in both {
            assert!(!named(format!("{word}_{phrase}")), "{word} {phrase}");
            assert!(!named(format!("{phrase}_{word}")), "{phrase} {word}");
        }
        for word in before {
            assert!(!named(format!("{word}_{phrase}")), "{word} {phrase}");
            assert!(named(format!("{phrase}_{word}")), "{phrase} {word}");
        }
        for word in behind {
            assert!(named(format!("{word}_{phrase}")), "{word} {phrase}");
            assert!(!named(format!("{phrase}_{word}")), "{phrase} {word}");
        }
    }
}

#[test]
fn less_than_a_full_date_or_postcode_is_none_and_a_day_makes_a_date_full_again() {
    for (header, full) in [
        ("dob", true),
        ("dob_year", false),
        ("dob_month", false),
        ("dob_mm_yyyy", false),
        ("dob_day", true),
        ("dob_dd_mm_yyyy", true),
        ("dob_yyyy_mm_dd", true),
        ("postcode", true),
        ("postcode_district", false),
        ("postcode_sector", false),
        ("postcode_current", true),
    ] {
        assert_eq!(Identifier::named(header.as_bytes()).is_some(), full, "{header}");
    }
}

#[test]
fn where_it_is_decides_whether_a_postcode_or_number_is_a_persons() {
    for phrase in ["address", "postcode", "phone number", "telephone", "email address"] {
        for place in ["pharmacy", "service", "prison", "GP practice", "clinic"] {
            let header = format!("{place} {phrase}");
            assert_eq!(Identifier::named(header.as_bytes()), None, "{header}");
        }
        for person in ["client", "service user", "mother", "next of kin", "keyworker", "carer's"] {
            let header = format!("{person} {phrase}");
            assert!(Identifier::named(header.as_bytes()).is_some(), "{header}");
        }
    }
}

#[test]
fn within_others_a_key_names_what_it_does_unless_they_say_of_something_else() {
    use Identifier::{Email, Name, NhsNumber, Telephone};
    for (path, named) in [
        ("name", Some(Name)),
        ("demographics.name", Some(Name)),
        ("record.current_client.name", Some(Name)),
        ("service_user.name", Some(Name)),
        ("drug.name", None),
        ("client.drug.name", None),
        ("pharmacy.name", None),
        ("demographics.email", Some(Email)),
        ("prescription.email", Some(Email)),
        ("service_user.email", Some(Email)),
        ("codes.service_user.email", Some(Email)),
        ("codes.service.email", None),
        ("pharmacy.email", None),
        ("service.telephone", None),
        ("client.telephone", Some(Telephone)),
        ("consent.email", None),
        ("email_preference.email", None),
        ("hashed.nhs_number", None),
        ("codes.nhs_number", Some(NhsNumber)),
        ("pharmacy.postcode_district", None),
    ] {
        assert_eq!(Identifier::within(path), named, "{path}");
        assert_eq!(Intake::default().identifier_within(path), named, "{path}");
    }
}

#[test]
fn what_only_stands_around_others_is_no_identifier() {
    use Identifier::{Attributor, Name};
    let mapping = "name = \"cms\"\n[fields]\nid = \"client.name.ref\"\nage = \"a.bc\"\n";
    let profile = Profile::Mapped(Arc::new(Mapping::from_toml(mapping).unwrap()));
    let mapped = Intake { profile, ..Intake::default() };
    for (intake, path, identifier, is_around) in [
        (&Intake::default(), "client", Attributor, true),
        (&Intake::default(), "client.name", Name, false),
        (&Intake::default(), "id", Name, true),
        (&mapped, "client", Attributor, true),
        (&mapped, "Client.Name", Name, true),
        (&mapped, "client.name.ref", Name, true),
        (&mapped, "client.name.ref.x", Name, false),
        (&mapped, "client.nam", Name, false),
        (&mapped, "x", Name, false),
        (&mapped, "client.address", Name, false),
    ] {
        assert_eq!(intake.is_around(path, identifier), is_around, "{path}");
    }
}

#[test]
fn a_header_is_looked_at_up_to_its_limit_and_no_further() {
    let header = |spaces: usize| [" ".repeat(spaces), "dob".to_owned()].concat();
    let named = |spaces| Identifier::named(header(spaces).as_bytes());
    assert_eq!(named(Identifier::LONGEST_HEADER - 3), Some(Identifier::DateOfBirth));
    assert_eq!(named(Identifier::LONGEST_HEADER - 2), None);
    assert_eq!(Identifier::named(b""), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(header in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Identifier::named(&header);
    }

    /// What is neither a letter nor a digit only separates, be it UTF-8 or not.
    #[test]
    fn bytes_around_a_header_change_nothing(
        before in "[^a-zA-Z0-9]{0,20}",
        behind in proptest::collection::vec(128_u8.., 0..20),
        place in 0..IDENTIFYING.lines().count(),
    ) {
        let (kind, header) = identifying().nth(place).unwrap();
        let header = [before.as_bytes(), header.as_bytes(), &behind].concat();
        prop_assert_eq!(Identifier::named(&header).map(Identifier::name), Some(kind));
    }
}
