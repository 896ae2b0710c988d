//! Dates by a mapping: their forms and orders, times of day behind them, and ages from dates of birth.

use chrono::{Datelike, Days, NaiveDate};
use overdose_risk::{Age, Event, Field, Record, Status, Unknown};
use overdose_risk_intake::{Column, Mapping, Problem, ProblemKind, read_person};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A mapping of an event and of a date in each order.
fn mapping() -> Mapping {
    let text = "name = \"cms\"\n[fields]\nid = \"Ref\"\noverdose = \"A\"\n\
                prison_release = { from = \"A\", dates = \"month-first\" }\n\
                naloxone_expiry = \"A\"\nrecorded_on = \"A\"\n";
    Mapping::from_toml(text).unwrap()
}

/// What a cell is day first and month first, where the first is read in every kind of column alike.
fn read(mapping: &Mapping, cell: &str) -> [Option<NaiveDate>; 2] {
    let as_of = day(2101, 1, 1);
    let cells = |slot: usize| Some(if slot == 0 { b"p-1".as_slice() } else { cell.as_bytes() });
    let told = mapping.translate(&cells, as_of, &mut |_| panic!("nothing to tell"));
    let person = read_person(|column| told.get(column), as_of, &mut |_| {}).unwrap();
    let Record { overdose, prison_release, naloxone_expiry, .. } = person.facts.record(&mut |_| {});
    assert_eq!(overdose.latest(), naloxone_expiry.known(), "{cell}");
    let recorded = std::str::from_utf8(told.get(Column::RecordedOn).unwrap()).unwrap();
    assert_eq!(overdose.latest(), recorded.parse().ok(), "{cell}");
    if overdose.latest().is_none() {
        assert_eq!(overdose, Event::unknown(Unknown::Unreadable), "{cell}");
    }
    [overdose.latest(), prison_release.latest()]
}

#[test]
fn a_date_is_read_in_the_order_of_its_mapping_and_in_no_other() {
    let mapping = mapping();
    let (april, march) = (Some(day(2026, 4, 3)), Some(day(2026, 3, 4)));
    let last = Some(day(2026, 3, 31));
    for (cell, expected) in [
        ("2026-04-03", [april, april]),
        ("20260403", [april, april]),
        ("03/04/2026", [april, march]),
        ("3/4/2026", [april, march]),
        ("03-04-2026", [april, march]),
        ("3.4.2026", [april, march]),
        ("3.04.2026", [april, march]),
        ("31/03/2026", [last, None]),
        ("03/31/2026", [None, last]),
        ("3-31-2026", [None, last]),
        ("3-Apr-2026", [april, april]),
        ("03 April 2026", [april, april]),
        ("03/APR/2026", [april, april]),
        ("\u{a0}3 apr 2026\u{a0}", [april, april]),
        // Two of the three could be the year, the month or the day; or it is not a date at all.
        ("03/04/26", [None, None]),
        ("3-Apr-26", [None, None]),
        ("2026/04/03", [None, None]),
        ("2026-4-3", [None, None]),
        ("2026-04-3", [None, None]),
        ("2026-4-03", [None, None]),
        ("2026043", [None, None]),
        ("2026.04.03", [None, None]),
        ("2026-Apr-03", [None, None]),
        ("April 3 2026", [None, None]),
        ("Apr-03-2026", [None, None]),
        ("3 4 2026", [None, None]),
        ("03/04-2026", [None, None]),
        ("3-Ap-2026", [None, None]),
        ("3-Aprl-2026", [None, None]),
        ("3  April 2026", [None, None]),
        ("3rd April 2026", [None, None]),
        ("003/04/2026", [None, None]),
        ("03/04/2026/1", [None, None]),
        ("03/04", [None, None]),
        ("04/2026", [None, None]),
        ("+3/04/2026", [None, None]),
        ("03042026", [None, None]),
        ("2026040", [None, None]),
        ("202604031", [None, None]),
        ("0/4/2026", [None, None]),
        ("30 February 2026", [None, None]),
        ("29/02/2025", [None, None]),
        ("46115", [None, None]),
        ("soon", [None, None]),
        ("٣/٤/2026", [None, None]),
        (":", [None, None]),
    ] {
        assert_eq!(read(&mapping, cell), expected, "{cell:?}");
    }
}

#[test]
fn a_time_of_day_behind_any_date_is_cut_off_and_an_impossible_one_is_not() {
    let mapping = mapping();
    let expected = Some(day(2026, 4, 13));
    for date in ["2026-04-13", "20260413", "13/04/2026", "13-Apr-2026", "13 April 2026"] {
        for time in [
            " 00:00",
            " 0:00",
            " 23:59",
            "  09:30",
            " 00:00:00",
            "T09:30:00",
            "T09:30",
            "T09:30Z",
            "T09:30:00Z",
            "T09:30:00.123",
            "T09:30:00,5Z",
            " 09:30:00.0000000",
            "T09:30:00+01:00",
            "T09:30:00-0500",
            "T09:30:00+01",
            " 09:30:00 +00:00",
            " 12:00:00 AM",
            " 1:05pm",
        ] {
            assert_eq!(read(&mapping, &format!("{date}{time}"))[0], expected, "{date}{time}");
        }
        for time in [
            "T",
            " ",
            " 24:00",
            " 09:60",
            " 09:30:60",
            " 9",
            " 09:3",
            " 009:30",
            "T09:30:00.",
            "T09:30:00+1",
            "T09:30:00+24:00",
            "T09:30:00+01:60",
            "T09:30:00x",
            " 13:00 PM",
            " 0:30 AM",
            " 09:30:",
            " :30",
            " 09:30 BST",
            "09:30",
            "-09:30",
            " 09:30:00:00",
            "T09:30:00+01:",
        ] {
            let read = read(&mapping, &format!("{date}{time}"))[0];
            // Space at the end of a cell is no part of it.
            assert_eq!(read, expected.filter(|_| time == " "), "{date}{time}");
        }
    }
}

#[test]
fn every_day_of_two_centuries_is_read_in_every_form_and_no_day_that_is_not() {
    let mapping = mapping();
    let names =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let long = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    for year in (1900..=2100).step_by(4).chain([2025, 2100]) {
        for month in 0..=13_u32 {
            for number in 0..=32_u32 {
                let date = NaiveDate::from_ymd_opt(year, month, number);
                for cell in [
                    format!("{year}-{month:02}-{number:02}"),
                    format!("{number}.{month}.{year}"),
                    format!("{number:02}-{month:02}-{year}"),
                ] {
                    assert_eq!(read(&mapping, &cell)[0], date, "{cell}");
                }
                let american = format!("{month}/{number}/{year}");
                assert_eq!(read(&mapping, &american)[1], date, "{american}");
                if let Some(at) = month.checked_sub(1).filter(|at| *at < 12) {
                    let (name, long) = (names[at as usize], long[at as usize]);
                    for cell in
                        [format!("{number}-{name}-{year}"), format!("{number:02} {long} {year}")]
                    {
                        assert_eq!(read(&mapping, &cell), [date; 2], "{cell}");
                    }
                }
            }
        }
    }
}

#[test]
fn words_in_a_column_of_dates_are_read_as_in_a_native_one() {
    let text = "name = \"cms\"\ndates = \"month-first\"\n[fields]\nid = \"Ref\"\n\
                overdose = { from = \"A\", values = { \"Not had one\" = \"never\", \"01/01/1900\" = \"unknown\" } }\n\
                naloxone_expiry = { from = \"A\", dates = \"day-first\" }\n";
    let mapping = Mapping::from_toml(text).unwrap();
    let unknown = |why| (Event::unknown(why), Status::Unknown(why));
    let unreadable = Status::Unknown(Unknown::Unreadable);
    for (cell, expected) in [
        ("never", (Event::NoneRecorded, unreadable)),
        (" NOT had  one", (Event::NoneRecorded, unreadable)),
        ("none", unknown(Unknown::Unreadable)),
        ("declined", unknown(Unknown::Declined)),
        ("n/a", unknown(Unknown::NotRecorded)),
        // A form that a native export has, and that this order does not.
        ("13/01/2026", (Event::unknown(Unknown::Unreadable), Status::Known(day(2026, 1, 13)))),
        ("01/13/2026", (Event::On(day(2026, 1, 13)), unreadable)),
    ] {
        let cells = |slot: usize| Some(if slot == 0 { b"p-1".as_slice() } else { cell.as_bytes() });
        let as_of = day(2026, 3, 31);
        let told = mapping.translate(&cells, as_of, &mut |_| {});
        let record = read_person(|column| told.get(column), as_of, &mut |_| {})
            .unwrap()
            .facts
            .record(&mut |_| {});
        assert_eq!((record.overdose, record.naloxone_expiry), expected, "{cell}");
    }
}

/// The age that dates of birth make, after an age in a column of its own, and the problems.
fn age(cells: [Option<&str>; 3], as_of: NaiveDate) -> (Status<Age>, Vec<ProblemKind>) {
    let text = "name = \"cms\"\n[fields]\nid = \"Ref\"\nage = \"Age\"\n\
                date_of_birth = { from = [\"DOB\", \"Born\"], blank = \"declined\" }\n";
    let mapping = Mapping::from_toml(text).unwrap();
    let mut problems: Vec<Problem> = Vec::new();
    let cell = |slot: usize| match slot {
        0 => Some(b"p-1".as_slice()),
        _ => cells[slot - 1].map(str::as_bytes),
    };
    let told = mapping.translate(&cell, as_of, &mut |problem| problems.push(problem));
    let person =
        read_person(|column| told.get(column), as_of, &mut |problem| problems.push(problem));
    assert!(problems.iter().all(|problem| problem.column == Column::Fact(Field::Age)));
    (
        person.unwrap().facts.record(&mut |_| {}).age,
        problems.iter().map(|problem| problem.kind).collect(),
    )
}

#[test]
fn a_date_of_birth_gives_the_age_where_no_age_is_known() {
    use ProblemKind::{Contradictory, Unreadable};
    let years = |years| Status::Known(Age::years(years).unwrap());
    let not_recorded = Status::Unknown(Unknown::NotRecorded);
    for (cells, expected, problems) in [
        ([Some("44"), Some("01/01/2000"), None], years(44), vec![]),
        ([Some(""), Some("01/04/2000"), None], years(25), vec![]),
        ([None, Some("31/03/2000"), None], years(26), vec![]),
        ([None, Some("2000-03-31T00:00:00"), None], years(26), vec![]),
        ([None, Some("31/03/2026"), None], years(0), vec![]),
        ([None, Some("01/04/1905"), None], years(120), vec![]),
        ([None, None, Some("1 May 1980")], years(45), vec![]),
        ([None, Some("unknown"), Some("1 May 1980")], years(45), vec![]),
        ([Some("old"), Some("01/04/2000"), None], years(25), vec![Unreadable]),
        ([None, Some("31/03/1905"), None], not_recorded, vec![Contradictory]),
        ([None, Some("01/04/2026"), None], not_recorded, vec![Contradictory]),
        ([None, Some("01/04/2026"), Some("1 May 1980")], years(45), vec![Contradictory]),
        ([Some("44"), Some("01/04/2026"), None], years(44), vec![]),
        ([None, Some("1980"), None], Status::Unknown(Unknown::Unreadable), vec![Unreadable]),
        ([None, Some("44"), None], Status::Unknown(Unknown::Unreadable), vec![Unreadable]),
        ([None, Some("29/02/1981"), None], Status::Unknown(Unknown::Unreadable), vec![Unreadable]),
        ([None, Some(""), Some("")], Status::Unknown(Unknown::Declined), vec![]),
        ([Some(""), Some(""), Some("")], not_recorded, vec![]),
        ([None, Some("unknown"), None], not_recorded, vec![]),
        ([None, None, None], Status::NotCollected, vec![]),
    ] {
        assert_eq!(age(cells, day(2026, 3, 31)), (expected, problems), "{cells:?}");
    }
}

/// Birthdays are counted one by one: the day of birth in each year, or 1 March where there is none.
#[test]
fn the_age_is_the_number_of_birthdays_on_every_day_for_every_date_of_birth() {
    let text = "name = \"cms\"\n[fields]\nid = \"Ref\"\ndate_of_birth = \"DOB\"\n";
    let mapping = Mapping::from_toml(text).unwrap();
    let first = day(2019, 1, 1);
    for born in first.iter_days().take_while(|born| born.year() < 2022) {
        let cell = format!("{:02}/{:02}/{}", born.day(), born.month(), born.year());
        let mut birthdays = 0_u32;
        for as_of in born.iter_days().take_while(|as_of| as_of.year() < 2026) {
            let (month, number) = (as_of.month(), as_of.day());
            let is_leap = NaiveDate::from_ymd_opt(as_of.year(), 2, 29).is_some();
            let is_birthday = match (born.month(), born.day()) {
                (2, 29) if !is_leap => (month, number) == (3, 1),
                birthday => (month, number) == birthday,
            };
            birthdays += u32::from(is_birthday && as_of > born);
            let cells =
                |slot: usize| Some(if slot == 0 { b"p".as_slice() } else { cell.as_bytes() });
            let told = mapping.translate(&cells, as_of, &mut |_| panic!("{born} {as_of}"));
            let expected = birthdays.to_string();
            assert_eq!(
                told.get(Column::Fact(Field::Age)),
                Some(expected.as_bytes()),
                "{born} {as_of}"
            );
            assert_eq!(as_of.years_since(born), Some(birthdays));
        }
        let before = born - Days::new(1);
        let mut problems = 0;
        let cells = |_: usize| Some(cell.as_bytes());
        mapping.translate(&cells, before, &mut |_| problems += 1);
        assert_eq!(problems, 1, "{born}");
    }
}
