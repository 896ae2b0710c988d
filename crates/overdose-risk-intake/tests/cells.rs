//! What a cell says in each column, every word and form of it.

use chrono::{Datelike, NaiveDate};
use overdose_risk::{Age, Event, Fact, Field, Record, State, Status, Unknown, YesNo};
use overdose_risk_intake::{Column, Id, Problem, ProblemKind, Quarantine, read_person};

const UNKNOWN: [&str; 7] = ["unknown", "not recorded", "not known", "n/a", "na", "null", "-"];
const DECLINED: [&str; 3] = ["declined", "refused", "prefer not to say"];

fn as_of() -> NaiveDate {
    day(2026, 3, 31)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// The record of an export with these cells and no other column.
fn read(cells: &[(Column, &[u8])]) -> (Record, Vec<Problem>) {
    let mut problems = Vec::new();
    let person = read_person(
        |column| match column {
            Column::Id => Some(b"p-1".as_slice()),
            _ => cells.iter().find(|(at, _)| *at == column).map(|(_, cell)| *cell),
        },
        as_of(),
        &mut |problem| problems.push(problem),
    );
    let record = person.unwrap().facts.record(&mut |problem| problems.push(problem));
    (record, problems)
}

/// One cell in its column: the fact, and the kinds of problem.
fn fact(field: Field, cell: &[u8]) -> (Fact, Vec<ProblemKind>) {
    let (record, problems) = read(&[(Column::Fact(field), cell)]);
    assert!(problems.iter().all(|problem| problem.column == Column::Fact(field)));
    (record.fact(field), problems.iter().map(|problem| problem.kind).collect())
}

/// The ways in which one word is written.
fn written(word: &str) -> [String; 4] {
    let capital = word[..1].to_uppercase() + &word[1..];
    [word.to_owned(), word.to_uppercase(), capital, format!("\t {word}\r\n\u{c}")]
}

#[test]
fn every_word_of_every_vocabulary_is_read_whatever_its_case_and_the_space_around_it() {
    let mut words = 0;
    for field in Field::ALL {
        let vocabulary = Record::default().fact(field).vocabulary().unwrap_or_default();
        for word in vocabulary {
            for cell in written(word) {
                let (fact, problems) = fact(field, cell.as_bytes());
                assert_eq!(fact.state(), State::Known, "{field}: {cell:?}");
                assert_eq!(problems, []);
                words += 1;
            }
            let (known, _) = fact(field, word.as_bytes());
            assert!(format!("{known:?}").to_lowercase().contains(&word.replace('_', "")));
        }
    }
    assert_eq!(words, 4 * (3 + 2 + 2 + 3 + 2 * 7 + 3 + 4));
}

#[test]
fn the_words_for_unknown_and_declined_mean_it_in_every_column_and_are_no_problem() {
    for field in Field::ALL {
        for (words, why) in
            [(UNKNOWN.as_slice(), Unknown::NotRecorded), (DECLINED.as_slice(), Unknown::Declined)]
        {
            for cell in words.iter().flat_map(|word| written(word)) {
                let (fact, problems) = fact(field, cell.as_bytes());
                assert_eq!(fact.state(), State::Unknown(why), "{field}: {cell:?}");
                assert_eq!(problems, []);
            }
        }
    }
}

#[test]
fn a_blank_is_none_recorded_for_an_event_and_unknown_for_everything_else() {
    for field in Field::ALL {
        for blank in ["", " ", "\t\r\n"] {
            let (fact, problems) = fact(field, blank.as_bytes());
            let expected = match fact {
                Fact::Event(_) => State::NoneRecorded,
                _ => State::Unknown(Unknown::NotRecorded),
            };
            assert_eq!(fact.state(), expected, "{field}");
            assert_eq!(problems, []);
        }
    }
}

#[test]
fn a_column_that_the_export_lacks_is_not_collected() {
    let (record, problems) = read(&[]);
    for field in Field::ALL {
        assert_eq!(record.state(field), State::NotCollected, "{field}");
    }
    assert_eq!(problems, []);
}

#[test]
fn anything_else_is_unreadable_in_every_column_and_the_person_stays() {
    let cells: [&[u8]; 14] = [
        b"?",
        b"not_known",
        b"none recorded",
        b"yess",
        b"currently",
        b"2026-02-30",
        b"03/31/2026",
        b"31-03-2026",
        b"1 Mar 26",
        b"45383",
        b"2026-03-31T00:00:00",
        b"\xff\xfe",
        "\u{a0}held".as_bytes(),
        "２０２６-03-01".as_bytes(),
    ];
    for field in Field::ALL {
        for cell in cells {
            let (fact, problems) = fact(field, cell);
            assert_eq!(fact.state(), State::Unknown(Unknown::Unreadable), "{field}: {cell:?}");
            assert_eq!(problems, [ProblemKind::Unreadable]);
        }
    }
}

#[test]
fn a_column_takes_the_word_for_none_that_is_its_own_and_no_other() {
    for field in Field::ALL {
        if !matches!(Record::default().fact(field), Fact::Event(_)) {
            continue;
        }
        let (own, other) =
            if field == Field::PrisonReleaseDue { ("none", "never") } else { ("never", "none") };
        assert_eq!(fact(field, own.as_bytes()).0.state(), State::NoneRecorded, "{field}");
        let unreadable = State::Unknown(Unknown::Unreadable);
        assert_eq!(fact(field, other.as_bytes()).0.state(), unreadable, "{field}");
    }
}

#[test]
fn yes_and_no_are_taken_in_five_forms_each() {
    for (words, answer) in [
        (["yes", "y", "true", "1", "YES"], YesNo::Yes),
        (["no", "n", "false", "0", "No"], YesNo::No),
    ] {
        for word in words {
            let (fact, _) = fact(Field::Alcohol, word.as_bytes());
            assert_eq!(fact, Fact::YesNo(Status::Known(answer)), "{word}");
        }
    }
    for word in ["2", "01", "yes please", "ye", "t", "f"] {
        let (fact, _) = fact(Field::Alcohol, word.as_bytes());
        assert_eq!(fact.state(), State::Unknown(Unknown::Unreadable), "{word}");
    }
}

#[test]
fn every_day_of_two_centuries_is_read_in_three_forms_and_to_the_same_day() {
    let (from, to) = (day(1900, 1, 1), day(2100, 12, 31));
    let mut days = 0;
    for date in from.iter_days().take_while(|date| *date <= to) {
        let (year, month, day) = (date.year(), date.month(), date.day());
        for cell in [
            format!("{year:04}-{month:02}-{day:02}"),
            format!("{year:04}{month:02}{day:02}"),
            format!("{day:02}/{month:02}/{year:04}"),
        ] {
            let mut contradicted = false;
            let cells = |column| match column {
                Column::Id => Some(b"p-1".as_slice()),
                Column::Fact(Field::Overdose) => Some(cell.as_bytes()),
                _ => None,
            };
            let person = read_person(cells, to, &mut |_| contradicted = true).unwrap();
            let record = person.facts.record(&mut |_| contradicted = true);
            assert_eq!(record.overdose, Event::On(date), "{cell}");
            assert!(!contradicted);
        }
        days += 1;
    }
    assert_eq!(days, 73_414);
}

#[test]
fn no_day_that_does_not_exist_is_read() {
    for year in [1900, 1999, 2000, 2023, 2024] {
        for month in 0..=13_u32 {
            for number in 0..=32_u32 {
                if NaiveDate::from_ymd_opt(year, month, number).is_some() {
                    continue;
                }
                for cell in [
                    format!("{year:04}-{month:02}-{number:02}"),
                    format!("{year:04}{month:02}{number:02}"),
                    format!("{number:02}/{month:02}/{year:04}"),
                ] {
                    let (fact, _) = fact(Field::Overdose, cell.as_bytes());
                    assert_eq!(fact.state(), State::Unknown(Unknown::Unreadable), "{cell}");
                }
            }
        }
    }
}

#[test]
fn dates_that_cannot_be_true_are_contradictory() {
    for (field, cell, contradictory) in [
        (Field::Overdose, "2026-03-31", false),
        (Field::Overdose, "2026-04-01", true),
        (Field::Overdose, "1900-01-01", false),
        (Field::Overdose, "31/12/1899", true),
        (Field::Overdose, "9999-12-31", true),
        (Field::PrisonReleaseDue, "2076-03-31", false),
        (Field::PrisonReleaseDue, "20760401", true),
        (Field::NaloxoneExpiry, "2076-03-31", false),
        (Field::NaloxoneExpiry, "2076-04-01", true),
        (Field::NaloxoneExpiry, "0000-01-01", true),
    ] {
        let (fact, problems) = fact(field, cell.as_bytes());
        let expected =
            if contradictory { State::Unknown(Unknown::Contradictory) } else { State::Known };
        assert_eq!(fact.state(), expected, "{field}: {cell}");
        assert_eq!(problems.is_empty(), !contradictory);
    }
}

#[test]
fn no_day_of_recording_is_believed_that_cannot_be_true() {
    for (day, why_not) in [
        ("2026-03-31", None),
        ("2026-04-01", Some(ProblemKind::Contradictory)),
        ("1900-01-01", None),
        ("1900-12-31", None),
        ("1899-12-31", Some(ProblemKind::Contradictory)),
        ("lately", Some(ProblemKind::Unreadable)),
        ("", None),
    ] {
        let (_, problems) = read(&[(Column::RecordedOn, day.as_bytes())]);
        let kinds: Vec<ProblemKind> = problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, Vec::from_iter(why_not), "{day}");
    }
}

/// The ages between which an age, a band or a year of birth puts a person.
fn ages(column: Column, cell: &str) -> Result<(u8, u8), Unknown> {
    let (record, problems) = read(&[(column, cell.as_bytes())]);
    match record.age {
        Status::Known(age) => Ok(age.range_on(as_of()).unwrap()),
        Status::Unknown(why) => {
            let reported = !matches!(why, Unknown::NotRecorded | Unknown::Declined);
            assert_eq!(problems.len(), usize::from(reported), "{cell}");
            assert!(problems.iter().all(|problem| problem.column == column));
            Err(why)
        }
        Status::NotCollected => panic!("the column is there"),
    }
}

#[test]
fn ages_are_read_as_years_bands_or_years_of_birth() {
    use Unknown::{Contradictory, NotRecorded, Unreadable};
    let age = Column::Fact(Field::Age);
    for (column, cell, expected) in [
        (age, "0", Ok((0, 0))),
        (age, "044", Ok((44, 44))),
        (age, "120", Ok((120, 120))),
        (age, "121", Err(Unreadable)),
        (age, "0044", Err(Unreadable)),
        (age, "-3", Err(Unreadable)),
        (age, "44.5", Err(Unreadable)),
        (age, "+5", Err(Unreadable)),
        (age, "1e1", Err(Unreadable)),
        (age, "999", Err(Unreadable)),
        (Column::AgeBand, "35-44", Ok((35, 44))),
        (Column::AgeBand, "35-35", Ok((35, 35))),
        (Column::AgeBand, "<35", Ok((0, 34))),
        (Column::AgeBand, "<1", Ok((0, 0))),
        (Column::AgeBand, "<0", Err(Unreadable)),
        (Column::AgeBand, "45+", Ok((45, 120))),
        (Column::AgeBand, "120+", Ok((120, 120))),
        (Column::AgeBand, "121+", Err(Unreadable)),
        (Column::AgeBand, "44-35", Err(Unreadable)),
        (Column::AgeBand, "35-121", Err(Unreadable)),
        (Column::AgeBand, "35 - 44", Err(Unreadable)),
        (Column::AgeBand, "35-44-50", Err(Unreadable)),
        (Column::AgeBand, "35-", Err(Unreadable)),
        (Column::AgeBand, "-", Err(NotRecorded)),
        (Column::AgeBand, "+", Err(Unreadable)),
        (Column::AgeBand, "<", Err(Unreadable)),
        (Column::AgeBand, "44", Err(Unreadable)),
        (Column::BirthYear, "1979", Ok((46, 47))),
        (Column::BirthYear, "2026", Ok((0, 0))),
        (Column::BirthYear, "2027", Err(Contradictory)),
        (Column::BirthYear, "1905", Ok((120, 120))),
        (Column::BirthYear, "1904", Err(Contradictory)),
        (Column::BirthYear, "79", Err(Unreadable)),
        (Column::BirthYear, "01979", Err(Unreadable)),
        (Column::BirthYear, "19 9", Err(Unreadable)),
    ] {
        assert_eq!(ages(column, cell), expected, "{column}: {cell}");
    }
}

#[test]
fn the_first_known_of_age_band_and_birth_year_counts() {
    let cells = ["", "unknown", "declined", "soon", "40"];
    let bands = ["", "unknown", "declined", "soon", "30-39"];
    let years = ["", "unknown", "declined", "soon", "2000", "1850"];
    for cell in cells {
        for band in bands {
            for year in years {
                let (record, _) = read(&[
                    (Column::Fact(Field::Age), cell.as_bytes()),
                    (Column::AgeBand, band.as_bytes()),
                    (Column::BirthYear, year.as_bytes()),
                ]);
                let expected = match (cell, band, year) {
                    ("40", _, _) => Age::years(40).ok(),
                    (_, "30-39", _) => Age::between(30, 39).ok(),
                    (_, _, "2000") => Some(Age::born_in(2000)),
                    _ => None,
                };
                assert_eq!(record.age.known(), expected, "{cell:?} {band:?} {year:?}");
                assert_ne!(record.age, Status::NotCollected);
            }
        }
    }
}

#[test]
fn ids_obey_the_rule_or_quarantine_the_record() {
    let long = "a".repeat(64);
    let too_long = "a".repeat(65);
    for id in ["p", "7", "P-1_x", " p-1\t", &long] {
        assert_eq!(Id::read(id.as_bytes()).map(Id::as_str), Ok(id.trim()));
    }
    for blank in ["", "  ", "\t"].into_iter().chain(UNKNOWN).chain(DECLINED) {
        assert_eq!(Id::read(blank.as_bytes()), Err(Quarantine::IdMissing), "{blank}");
    }
    for id in [
        &too_long, "-p", "--", "_p", "=1+1", "+44", "@x", "p 1", "p.1", "1.23E+10", "é", "../x",
        "<b>",
    ] {
        assert_eq!(Id::read(id.as_bytes()), Err(Quarantine::IdInvalid), "{id}");
    }
    assert_eq!(Id::read(b"p\xff"), Err(Quarantine::IdInvalid));
    assert_eq!(Id::read(b"p\0"), Err(Quarantine::IdInvalid));
}
