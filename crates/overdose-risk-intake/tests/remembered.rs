//! A reader that remembers the words of earlier rows reads each row as if it were the first.

use chrono::NaiveDate;
use overdose_risk::Field;
use overdose_risk_intake::{
    Caseload, Cell, Cells, Column, Intake, Problem, RowReader, read_person,
};
use proptest::prelude::*;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// What stands in the columns of a row, by their places.
type Row = Vec<Option<Vec<u8>>>;

/// Reads a row with a reader that has read others, and by itself: first each cell alone, then all as they
/// stand in a text, one behind the other.
fn check(reader: &mut RowReader, row: &Row) {
    let cell = |place: usize| row[place].as_deref();
    check_same(reader, row, &cell);
    let text: Vec<u8> = row.iter().flatten().flatten().copied().collect();
    let start = |place: usize| row.iter().take(place).flatten().map(Vec::len).sum::<usize>();
    let in_text = |place: usize| Some(Cell::beginning(&text[start(place)..], cell(place)?.len()));
    check_same(reader, row, &in_text);
    if let Some(facts) = reader.read_if_certain(&in_text, as_of()) {
        let told = reader.read(&cell, as_of(), &mut |problem| panic!("{problem:?}"));
        assert_eq!(told, Ok(facts));
    }
}

fn check_same<'r>(reader: &mut RowReader, row: &'r Row, cells: &impl Cells<'r>) {
    let cell = |place: usize| row[place].as_deref();
    let (mut told, mut told_alone) = (Vec::new(), Vec::new());
    let facts = reader.read(cells, as_of(), &mut |problem: Problem| told.push(problem));
    let alone = read_person(|column| cell(column.index()), as_of(), &mut |problem| {
        told_alone.push(problem)
    });
    match (facts, alone) {
        (Ok(facts), Ok(alone)) => {
            assert_eq!(reader.id(), Some(alone.id));
            assert_eq!(reader.caseloads(), alone.caseloads);
            assert_eq!(facts.record(&mut |_| {}), alone.facts.record(&mut |_| {}));
            assert_eq!(facts, alone.facts);
            assert_eq!(told, told_alone);
        }
        (Err(kind), Err(alone)) => {
            assert_eq!(kind, alone);
            assert_eq!((reader.id(), reader.caseloads().codes().count()), (None, 0));
        }
        (facts, alone) => panic!("{:?} and {:?}", facts.err(), alone.err()),
    }
}

/// Words of all columns, in any case and with spaces around them; what begins or ends like one, with
/// NUL bytes and bytes that are no text; texts of 14 to 17 bytes; numbers, dates and bands.
fn cell() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        "current",
        "past",
        "none",
        "prescribed",
        "not_prescribed",
        "held",
        "not_held",
        "previous",
        "never",
        "yes",
        "no",
        "y",
        "n",
        "true",
        "false",
        "settled",
        "at_risk",
        "no_fixed_abode",
        "open",
        "closed",
        "in_custody",
        "died",
        "unknown",
        "not recorded",
        "not known",
        "n/a",
        "na",
        "null",
        "-",
        "declined",
        "refused",
        "prefer not to say",
    ]);
    let other = prop::sample::select(vec![
        "1",
        "0",
        "34",
        "121",
        "35-44",
        "<35",
        "45+",
        "1980",
        "1890",
        "2026-03-01",
        "01/03/2026",
        "20260301",
        "31/02/2026",
        "2027-01-01",
        "S1",
        "S1-T1",
        "W01",
        "not_prescribedx",
        "not_prescribe",
        "prefer not to sa",
    ]);
    let edit = |(word, at, edit): (&str, prop::sample::Index, u8)| {
        let mut cell = word.as_bytes().to_vec();
        let at = at.index(cell.len() + 1);
        match edit {
            0 => cell.insert(at, 0),
            1 => cell.insert(at, 0xff),
            2 => cell.insert(at, b' '),
            3 => cell.push(b' '),
            4 => cell.make_ascii_uppercase(),
            5 => cell.truncate(at),
            6 => cell.extend_from_within(..),
            _ => cell.extend([0; 3]),
        }
        cell
    };
    let edited = (word.clone(), any::<prop::sample::Index>(), 0..8_u8).prop_map(edit);
    prop_oneof![
        4 => Just(Vec::new()),
        6 => word.prop_map(|word| word.as_bytes().to_vec()),
        3 => other.prop_map(|other| other.as_bytes().to_vec()),
        3 => edited,
        1 => prop::collection::vec(prop::sample::select(b"no\0y \xff_".to_vec()), 0..18),
        1 => prop::collection::vec(any::<u8>(), 14..18),
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let cells = prop::collection::vec(prop::option::weighted(0.95, cell()), Column::COUNT);
    (cells, prop::option::weighted(0.9, "[A-Za-z0-9-]{1,20}")).prop_map(|(mut row, id)| {
        if let Some(id) = id {
            row[Column::Id.index()] = Some(id.into_bytes());
        }
        row
    })
}

proptest! {
    #[test]
    fn what_was_read_before_changes_nothing(rows in prop::collection::vec(row(), 1..80)) {
        let mut reader = RowReader::new(Intake::default());
        rows.iter().for_each(|row| check(&mut reader, row));
        // Once more, when all that can be is remembered.
        rows.iter().for_each(|row| check(&mut reader, row));
    }
}

fn row_of(cells: &[(Column, &str)]) -> Row {
    let mut row = vec![None; Column::COUNT];
    row[Column::Id.index()] = Some(b"p-1".to_vec());
    for (column, cell) in cells {
        row[column.index()] = Some(cell.as_bytes().to_vec());
    }
    row
}

#[test]
fn more_spellings_than_are_remembered_are_read_all_the_same() {
    let spelled = |word: &str, n: usize| -> String {
        let upper = |(at, letter): (usize, char)| match n >> at & 1 {
            1 => letter.to_ascii_uppercase(),
            _ => letter,
        };
        word.chars().enumerate().map(upper).collect()
    };
    let mut reader = RowReader::new(Intake::default());
    for n in 0..1024 {
        let [held, open, never] = ["not_held", "in_custody", "never"].map(|word| spelled(word, n));
        let team = format!("T{n}");
        check(
            &mut reader,
            &row_of(&[
                (Column::Fact(Field::Naloxone), &held),
                (Column::Fact(Field::CaseStatus), &open),
                (Column::Fact(Field::Overdose), &never),
                (Column::Fact(Field::PrisonReleaseDue), &never),
                (Column::Caseload(Caseload::Team), &team),
            ]),
        );
    }
}

#[test]
fn a_word_means_in_each_column_what_it_means_there() {
    let mut reader = RowReader::new(Intake::default());
    for word in ["never", "none", "current", "past", "yes", "never", "none"] {
        for column in Column::all().filter(|column| *column != Column::Id) {
            check(&mut reader, &row_of(&[(column, word)]));
        }
    }
}

/// In each column what is certain, in doubt or wrong, where every other cell of the row is certain.
#[test]
fn one_cell_is_read_as_it_is_among_others_without_doubt() {
    let id_of = |length: usize| "p-1".repeat(length)[..length].to_owned();
    let ids = [15, 16, 17, 64, 65].map(id_of);
    let cells = [
        "p-1",
        "-1",
        "_1",
        "p",
        "id",
        "p 1",
        "p-1 ",
        " p-1",
        "p-1\0",
        "p-\u{e9}1",
        "p-1\"\"",
        "=1",
        "1",
        "0",
        "yes",
        "YES",
        " yes",
        "perhaps",
        "never",
        "none",
        "declined",
        "unknown",
        "",
        " ",
        "   ",
        "44",
        "44 ",
        "044",
        "4 4",
        "121",
        "35-44",
        "45+",
        "1980",
        "1890",
        "2030",
        "1x",
        "2026-03-01",
        "01/03/2026",
        "20260301",
        "2026-03-01 ",
        " 2026-03-01",
        "2026-03-0x",
        "31/02/2026",
        "2026-04-01",
        "2076-03-31",
        "2076-04-01",
        "1900-01-01",
        "1899-12-31",
        "0000-00-00",
        "9999-12-31",
    ];
    let cells = cells.into_iter().chain(ids.iter().map(String::as_str));
    let mut reader = RowReader::new(Intake::default());
    let certain: Row =
        row_of(&[]).into_iter().map(|cell| cell.or_else(|| Some(Vec::new()))).collect();
    for cell in cells {
        for column in Column::all() {
            let mut row = certain.clone();
            row[column.index()] = Some(cell.as_bytes().to_vec());
            for row in [&certain, &row, &row, &certain] {
                check(&mut reader, row);
            }
        }
    }
}

#[test]
fn codes_of_caseloads_are_those_of_the_row() {
    let mut reader = RowReader::new(Intake::default());
    let codes = ["S1", "S2", " S1", "", "S1", "unknown", "S2", "no code?", "S1", "S1 ", "S1"];
    for service in codes {
        for team in codes {
            check(
                &mut reader,
                &row_of(&[
                    (Column::Caseload(Caseload::Service), service),
                    (Column::Caseload(Caseload::Team), team),
                ]),
            );
        }
        check(&mut reader, &row_of(&[]));
    }
}

#[test]
fn codes_that_are_too_long_to_be_remembered_are_those_of_the_row() {
    let mut reader = RowReader::new(Intake::default());
    let codes = ["S-23456789012345", "S-23456789012346", "", "S-2345678901234", "S1"];
    for first in codes {
        for second in codes {
            check(&mut reader, &row_of(&[(Column::Caseload(Caseload::Service), first)]));
            check(&mut reader, &row_of(&[(Column::Caseload(Caseload::Service), second)]));
        }
    }
}

#[test]
fn there_is_no_doubt_about_a_row_like_one_before() {
    let fact = Column::Fact;
    let cells = [
        (fact(Field::Age), "44"),
        (fact(Field::OpioidUse), "Current"),
        (fact(Field::Naloxone), "prefer not to say"),
        (fact(Field::PrisonRelease), "2026-03-01"),
        (fact(Field::PrisonReleaseDue), "none"),
        (fact(Field::Overdose), "never"),
        (fact(Field::NaloxoneExpiry), "not recorded"),
        (fact(Field::ZDrugs), "y"),
        (Column::RecordedOn, "20260302"),
        (Column::Caseload(Caseload::Team), "S1-T1"),
    ];
    for without in 0..=cells.len() {
        let mut kept = cells.to_vec();
        kept.extend(cells.get(without).map(|(column, _)| (*column, "?")));
        let row = row_of(&kept);
        let text: Vec<u8> = row.iter().flatten().flatten().copied().chain([b' '; 16]).collect();
        let start = |place: usize| row.iter().take(place).flatten().map(Vec::len).sum::<usize>();
        let in_text =
            |place: usize| Some(Cell::beginning(&text[start(place)..], row[place].as_ref()?.len()));
        let mut reader = RowReader::new(Intake::default());
        let before = reader.read_if_certain(&in_text, as_of());
        assert_eq!(before, None, "nothing is remembered yet");
        let facts = reader.read(&in_text, as_of(), &mut |_| {});
        // A word that nobody can read is in doubt for ever.
        let certain = (without == cells.len()).then(|| facts.unwrap());
        assert_eq!(reader.read_if_certain(&in_text, as_of()), certain, "{without}");
    }
}
