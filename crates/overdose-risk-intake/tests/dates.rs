//! Every day from 1900 to 2100 in each form in which a date can be written, and nothing else.

use chrono::{Datelike, NaiveDate};
use overdose_risk::{Event, Field, Record, Status};
use overdose_risk_intake::{Column, read_person};

/// What a cell says in a column of events and in one of dates, before it is asked whether that can be
/// true: as of the last day there is, everything lies in the past.
fn read(cell: &str) -> (Event, Status<NaiveDate>) {
    let cells = |column| match column {
        Column::Id => Some(b"p-1".as_slice()),
        Column::Fact(Field::PrisonRelease | Field::NaloxoneExpiry) => Some(cell.as_bytes()),
        _ => None,
    };
    let as_of = NaiveDate::from_ymd_opt(2101, 1, 1).unwrap();
    let Record { prison_release, naloxone_expiry, .. } =
        read_person(cells, as_of, &mut |_| {}).unwrap().facts.record(&mut |_| {});
    (prison_release, naloxone_expiry)
}

#[test]
fn every_day_is_read_in_every_form_and_every_other_number_in_none() {
    let mut days = 0;
    for year in 1900..=2100 {
        for month in 0..=13 {
            for day in 0..=32 {
                let date = NaiveDate::from_ymd_opt(year, month, day);
                days += usize::from(date.is_some());
                for cell in [
                    format!("{year}-{month:02}-{day:02}"),
                    format!("{year}{month:02}{day:02}"),
                    format!("{day:02}/{month:02}/{year}"),
                ] {
                    let (event, expiry) = read(&cell);
                    assert_eq!(event.latest(), date, "{cell}");
                    assert_eq!(expiry.known(), date, "{cell}");
                }
            }
        }
    }
    assert_eq!(days, 73_414);
}

#[test]
fn a_date_with_one_character_more_or_less_or_another_is_none() {
    let characters: Vec<char> =
        (' '..='~').chain(['\0', '\u{a0}', '\u{663}', '\u{ff13}']).collect();
    for date in ["2026-03-08", "20260308", "08/03/2026"] {
        let text: Vec<char> = date.chars().collect();
        for at in 0..=text.len() {
            let (before, after) = text.split_at(at);
            let rest = after.get(1..).unwrap_or_default();
            let mut others = vec![[before, rest].concat()];
            for character in &characters {
                others.push([before, &[*character], after].concat());
                others.push([before, &[*character], rest].concat());
            }
            for other in others {
                let cell: String = other.iter().collect();
                let expected = by_shape(cell.trim_matches(' '));
                assert_eq!(read(&cell).0.latest(), expected, "{cell:?}");
            }
        }
    }
}

/// The day that a text says, if it has the shape of a date to the letter and is one from 1900 to the
/// end of 2100.
fn by_shape(text: &str) -> Option<NaiveDate> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    let form = match shape.as_str() {
        "9999-99-99" => "%Y-%m-%d",
        "99999999" => "%Y%m%d",
        "99/99/9999" => "%d/%m/%Y",
        _ => return None,
    };
    let date = NaiveDate::parse_from_str(text, form).ok()?;
    (1900..=2100).contains(&date.year()).then_some(date)
}
