//! What ids look like, one at a time.

use IdShape::{Attributor, DateOfBirth, Email, Name, NhsNumber, Telephone};
use chrono::NaiveDate;
use overdose_risk_intake::{IdGuard, IdShape};
use std::collections::HashSet;

fn look_at(id: &str) -> IdGuard {
    let mut guard = IdGuard::new(NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
    guard.look(id.as_bytes());
    guard
}

/// What one id looks like.
fn shape(id: &str) -> Option<IdShape> {
    let guard = look_at(id);
    let found: Vec<_> = IdShape::ALL.into_iter().filter(|shape| guard.found(*shape) == 1).collect();
    assert!(found.len() <= 1, "{id}");
    found.first().copied()
}

#[test]
fn ids_have_the_shapes_that_the_documentation_says() {
    for (expected, ids) in [
        (
            Some(NhsNumber),
            &["9990000018", "999 000 0018", "999-000-0018", "\t9990000018 "] as &[&str],
        ),
        (Some(Email), &["a@b.uk", "some.one+x@mail.example.org"]),
        (
            Some(DateOfBirth),
            &["19800203", "1980-02-03", "03/02/1980", "03-02-1980", "20261231", "19000101"],
        ),
        (
            Some(Attributor),
            &["JS19800203M", "js19800203f", "JS03021980F", "JS19800203MZ00B", "JS19800203F-1"],
        ),
        (
            Some(Telephone),
            &[
                "07700900123",
                "07700 900123",
                "07700-900-123",
                "0113 496 0123",
                "(0113) 496 0123",
                "+447700900123",
                "+44 (0)113 496 0123",
                "00447700900123",
            ],
        ),
        (
            Some(Name),
            &[
                "John Smith",
                "SMITH, John",
                "smith,john",
                "john.smith",
                "JOHN SMITH",
                "John A Smith",
                "O'Brien",
                "Mary O'Brien",
                "o'brien",
                "John-Smith",
                "John_Smith",
                "Anne-Marie Smith",
                "Smith",
                "Zoë",
                "José García",
            ],
        ),
        (
            None,
            &[
                "",
                " ",
                "unknown",
                "Unknown",
                "not recorded",
                "p-1",
                "p-123456",
                "9990000017",
                "999 0000018",
                "999-000 0018",
                "999.000.0018",
                "99900000180",
                "999000001",
                "1111111111",
                "0000000000",
                "999 999 9999",
                "@",
                "a@b",
                "@b.uk",
                "a@.uk",
                "a@b.",
                "a@b.uk@c.uk",
                "a b@c.uk",
                "18991231",
                "20270101",
                "1980-02-30",
                "02/13/1980",
                "1980-2-3",
                "03-02/1980",
                "19800203T",
                "JS19801303M",
                "JS19800203X",
                "J119800203M",
                "JSX19800203M",
                "JS19800203",
                "07700",
                "077009001234",
                "01134960123",
                "02000000123",
                "01-0000-00123",
                "99 000 000 123",
                "+1",
                "004400000",
                "0044000000012",
                "+4477009/00123",
                "0113 496/0123",
                "07700/900123",
                "brave-otter",
                "brave_otter",
                "QXJTV",
                "AB-CD",
                "QXJTV-ABCDE",
                "aBc",
                "Al",
                "A-B",
                "Smith-J",
                "Client A",
                "A. B",
                "Client 17",
                "John Smith 2",
                "deadbeef",
                "SMITH",
                "smith",
                "brave-Otter",
                "Brave-otter",
                "'",
                "---",
                "a/b",
                "AB/CD EF",
            ],
        ),
    ] {
        for id in ids {
            assert_eq!(shape(id), expected, "{id}");
        }
    }
}

#[test]
fn ten_digits_are_an_nhs_number_if_the_last_checks_the_others() {
    for ten in (9_990_000_000_u64..).step_by(7).take(20_000).map(|ten| ten.to_string()) {
        assert_eq!(shape(&ten) == Some(NhsNumber), passes(&ten), "{ten}");
    }
    for digit in '0'..='9' {
        let ten = String::from_iter([digit; 10]);
        assert!(passes(&ten) && shape(&ten).is_none(), "{ten}");
    }
}

#[test]
fn every_day_until_the_end_of_the_as_of_year_is_a_date_in_every_form() {
    for year in [1899, 1900, 1979, 1980, 2026, 2027] {
        for month in 0..=13 {
            for day in 0..=32 {
                let is_one = (1900..=2026).contains(&year)
                    && NaiveDate::from_ymd_opt(year, month, day).is_some();
                for id in [
                    format!("{year}{month:02}{day:02}"),
                    format!("{year}-{month:02}-{day:02}"),
                    format!("{day:02}/{month:02}/{year}"),
                    format!("{day:02}-{month:02}-{year}"),
                ] {
                    assert_eq!(shape(&id), is_one.then_some(DateOfBirth), "{id}");
                }
            }
        }
    }
}

#[test]
fn cells_that_say_nothing_are_no_ids() {
    for cell in ["", "  ", "unknown", "NULL", "n/a", "-", "not known", "prefer not to say"] {
        assert_eq!(look_at(cell).ids(), 0, "{cell}");
    }
    assert_eq!(look_at("p-1").ids(), 1);
}

#[test]
fn every_shape_has_a_name_of_its_own() {
    let names: HashSet<_> = IdShape::ALL.map(IdShape::name).into();
    assert_eq!(names.len(), IdShape::ALL.len());
    for shape in IdShape::ALL {
        assert_eq!(shape.to_string(), shape.name());
        assert!(!shape.meaning().is_empty());
    }
}

/// Whether ten digits pass the check, said in another way: with a weight of 1 for the last one, the
/// sum is a multiple of eleven.
fn passes(ten: &str) -> bool {
    let weighted =
        (1..=10).rev().zip(ten.bytes()).map(|(weight, digit)| weight * (digit - b'0') as u32);
    weighted.sum::<u32>().is_multiple_of(11)
}
