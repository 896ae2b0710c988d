//! Reading an export: every record becomes a person, a quarantined line or a blank.

use chrono::NaiveDate;
use overdose_risk::{Field, State, Unknown};
use overdose_risk_csv::{Entry, ErrorKind, Export};
use overdose_risk_intake::{Column, Intake, Principal, Problem, Profile};
use std::io::Read;

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone";

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// Every record of an export as text, with the problems it met.
fn entries(export: &str) -> (Vec<String>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut entries = Vec::new();
    let mut export = Export::open(export.as_bytes(), as_of(), &Intake::default()).unwrap();
    while let Some(row) = export.read(&mut |problem| problems.push(problem)).unwrap() {
        entries.push(match row.entry {
            Entry::Person(person) => format!("{} {}", row.line, person.id),
            Entry::Quarantined { id, kind } => {
                format!("{} {} {kind}", row.line, id.map_or("?", |id| id.as_str()))
            }
            Entry::Blank => format!("{} blank", row.line),
        });
    }
    (entries, problems)
}

fn check(rows: &str, expected: &[&str]) {
    assert_eq!(entries(&format!("{HEADER}\n{rows}")).0, expected, "{rows:?}");
}

#[test]
fn every_record_is_a_person_with_the_line_on_which_it_starts() {
    check("p-1,44,current,,held\np-2,,,,\n", &["2 p-1", "3 p-2"]);
    check("p-1,44,current,,held\r\np-2,,,,", &["2 p-1", "3 p-2"]);
    check("p-1,,,,\rp-2,,,,\r\r\rp-3,,,,\r", &["2 p-1", "3 p-2", "4 blank", "5 blank", "6 p-3"]);
    check(
        "\n\r\n\np-1,,,,\n\np-2,,,,\r\n\r\np-3,,,,",
        &["2 blank", "3 blank", "4 blank", "5 p-1", "6 blank", "7 p-2", "8 blank", "9 p-3"],
    );
    check("\"p-1\",\"44\",\"current\n\",,held\np-2,,,,\n", &["2 p-1", "4 p-2"]);
}

#[test]
fn a_record_with_another_number_of_fields_is_quarantined_with_its_id() {
    check("p-1,,,,\np-2,44\np-3,,,,,\n", &["2 p-1", "3 p-2 field-count", "4 p-3 field-count"]);
    // The second may be the other half of the first, and its first word no id; with more fields than a
    // record has, it is neither half of one.
    check("p-1,,,,\np-2\n2mg, or p-3,44\n", &["2 p-1", "3 ? field-count", "4 ? field-count"]);
    // So may the line behind a record whose last text goes on without quotes; a pseudonym has a digit.
    check("p-1,44,,,held\nSmith\nSmith, John\n", &["2 p-1", "3 ? field-count", "4 ? field-count"]);
    check("p-1,,,,\nSmith,\"x\np-2,,,,\n", &["2 p-1", "3 ? quote-not-closed", "4 p-2"]);
    check("p-1,,,,\nsmith,\"x,,,\np-2,,,,\n", &["2 p-1", "3 smith quote-not-closed", "4 p-2"]);
}

#[test]
fn a_delimiter_in_quotes_makes_no_other_record_of_a_line() {
    check("\"p,1\",44,current,held\n", &["2 ? field-count"]);
    check("p-1,44,\"current,x\",held\n", &["2 p-1 field-count"]);
}

#[test]
fn a_record_without_a_usable_id_is_quarantined_without_one() {
    check(",44,,,held\n=1+1,44,,,held\n", &["2 ? id-missing", "3 ? id-invalid"]);
    check("=1+1,44\n", &["2 ? field-count"]);
}

#[test]
fn a_row_whose_id_says_id_is_nobody() {
    check("p-1,,,,\n Id ,31,current,,held\np-2,,,,\n", &["2 p-1", "3 ? header-repeated", "4 p-2"]);
}

#[test]
fn a_field_that_may_have_been_shifted_is_not_taken_for_an_id() {
    let export = "notes,id,age,opioid_use,prison_release,naloxone\none, two,p-1,44,current,,held\n";
    assert_eq!(entries(export).0, ["2 ? field-count"]);
}

#[test]
fn a_record_in_which_everything_is_blank_is_blank() {
    check(",,,,\n , ,\t,,\n,,\np-1,,,,\n", &["2 blank", "3 blank", "4 blank", "5 p-1"]);
}

#[test]
fn bytes_that_are_not_text_cost_the_fact_and_not_the_person() {
    let export = [HEADER.as_bytes(), b"\np-1,44,\xff,,held\n"].concat();
    let mut export = Export::open(export.as_slice(), as_of(), &Intake::default()).unwrap();
    let row = export.read(&mut |_| {}).unwrap().unwrap();
    let Entry::Person(person) = row.entry else { panic!("assessed") };
    assert_eq!(
        person.facts.record(&mut |_| {}).state(Field::OpioidUse),
        State::Unknown(Unknown::Unreadable)
    );
}

/// Eight people in six columns, of whom each of these lines, from 0, has this cell in this column.
fn with_cells(changes: &[(usize, usize, &str)], end: &str) -> String {
    let mut lines: Vec<Vec<String>> = (1..=8)
        .map(|person| format!("p-{person},31,current,,held,a note"))
        .map(|row| row.split(',').map(str::to_owned).collect())
        .collect();
    for (line, column, cell) in changes {
        let place = &mut lines[*line][*column];
        *place = cell.replace("{}", place);
    }
    let lines: Vec<String> = lines.iter().map(|cells| cells.join(",")).collect();
    format!("{HEADER},notes{end}{}{end}", lines.join(end))
}

/// What becomes of the eight when these lines, from 0, are broken so and everybody else is there.
/// The id of a broken one is named when the quote stands behind it.
fn all_but(broken: &[(usize, usize, &str)]) -> Vec<String> {
    let outcome = |line: usize| {
        let person = line + 1;
        match broken.iter().find(|(at, ..)| *at == line) {
            None => format!("{} p-{person}", line + 2),
            Some((_, 0, kind)) => format!("{} ? {kind}", line + 2),
            Some((_, _, kind)) => format!("{} p-{person} {kind}", line + 2),
        }
    };
    (0..8).map(outcome).collect()
}

#[test]
fn a_stray_quote_in_any_column_costs_its_line_and_nobody_else() {
    for (column, line, cell) in (0..6).flat_map(|column| {
        (0..8).flat_map(move |line| [(column, line, "\"{}"), (column, line, "\"")])
    }) {
        for end in ["\n", "\r\n", "\r"] {
            let (found, _) = entries(&with_cells(&[(line, column, cell)], end));
            let expected = all_but(&[(line, column, "quote-not-closed")]);
            assert_eq!(found, expected, "{column} {line} {cell}");
        }
    }
}

#[test]
fn a_stray_quote_that_seems_to_be_closed_in_a_later_row_swallows_nobody() {
    // Of the blank cells in the fourth column, the second would open a quote and not close one.
    for column in [0, 1, 2, 4, 5] {
        for rows in 1..=6 {
            let changes = [(1, column, "\"{}"), (1 + rows, column, "{}\"")];
            for end in ["\n", "\r\n", "\r"] {
                let (found, problems) = entries(&with_cells(&changes, end));
                let mut expected = all_but(&[(1, column, "record-within-quotes")]);
                // The quote that is left there is a part of its cell.
                match column {
                    0 => {
                        expected[1 + rows] = format!("{} ? id-invalid", 3 + rows);
                        assert_eq!(problems.len(), 0);
                    }
                    5 => assert_eq!(problems.len(), 0),
                    column => assert_eq!(problems.len(), 1, "{column}"),
                }
                assert_eq!(found, expected, "{column} {rows}");
            }
        }
    }
}

#[test]
fn a_byte_order_mark_hides_nobody_within_quotes() {
    let header = format!("{HEADER},notes");
    let rows = "p-1,44,current,,held,\"\n\u{feff}q_2,44,current,,held,x\"\n";
    let (people, _) = entries(&format!("{header}\n{rows}"));
    assert_eq!(people, ["2 p-1 record-within-quotes", "3 q_2"]);

    let header = format!("notes,{HEADER}");
    let rows = "\"one\ntwo\n\u{feff}three\",p-1,44,current,,held\n";
    let (people, _) = entries(&format!("{header}\n{rows}"));
    assert_eq!(people, ["2 p-1"], "its own id is nobody else's");
}

#[test]
fn two_stray_quotes_at_any_distance_cost_two_lines() {
    for column in 1..6 {
        for rows in 1..=6 {
            let changes = [(1, column, "\"{}"), (1 + rows, column, "\"{}")];
            let (found, _) = entries(&with_cells(&changes, "\n"));
            // In the fourth column, which is blank, they are ditto marks as below.
            let first = if column == 3 { "record-within-quotes" } else { "quote-not-closed" };
            let broken = [(1, column, first), (1 + rows, column, "quote-not-closed")];
            assert_eq!(found, all_but(&broken), "{column} {rows}");

            let changes = [(1, column, "\""), (1 + rows, column, "\"")];
            let (found, _) = entries(&with_cells(&changes, "\n"));
            let broken =
                [(1, column, "record-within-quotes"), (1 + rows, column, "quote-not-closed")];
            assert_eq!(found, all_but(&broken), "ditto marks, {column} {rows}");
        }
    }
}

#[test]
fn no_word_of_a_note_is_named_as_an_id() {
    // Text over several lines without quotes, as the last column of a row: what begins its lines is
    // no id, unless it looks like one.
    for word in ["Suicidal", "9434765919", "2026-03-28", "2mg", "Smith", "SW1A", "p", "p-", "q-1"] {
        for line in
            [word.to_owned(), format!("{word}, x"), format!("{word},\"x"), format!("\"{word}")]
        {
            let (found, _) = entries(&format!("{HEADER}\np-1,,,,\nsays\n{line}\np-2,,,,\n"));
            let told = found.iter().find(|row| row.starts_with("4 ")).unwrap();
            assert!(told.starts_with("4 ? "), "{told}");
        }
    }
    let rows = "p-1,,,,\np-22,31\np-3,\"31\nq-4,31\np-5,31\np-6,31,,,held,\n";
    let named = [
        "2 p-1",
        "3 p-22 field-count",
        "4 p-3 quote-not-closed",
        "5 ? field-count",
        "6 p-5 field-count",
        "7 p-6 field-count",
    ];
    check(rows, &named);
    check("p-1,,,,\n\u{feff}p-2,31\n", &["2 p-1", "3 p-2 field-count"]);
    // Where ids are numbers, those of one length are alike.
    check("17,,,,\n18,31\n943,31\n", &["2 17", "3 18 field-count", "4 ? field-count"]);
    // The end of a file may have cut it.
    check("p-12,,,,\np-1", &["2 p-12", "3 ? breaks-off"]);
    let columns = "notes,id,age,opioid_use,prison_release,naloxone";
    let shifted = "x,p-1,44,,,\none, Smith,p-2,44,current,2026-03-28,\"held\n";
    assert_eq!(entries(&format!("{columns}\n{shifted}")).0, ["2 p-1", "3 ? quote-not-closed"]);
}

#[test]
fn a_last_record_that_is_too_short_and_has_no_line_end_says_that_the_file_breaks_off() {
    let whole = "p-2,44,current,2026-03-28,held";
    for cut in 1..whole.len() {
        let id = if whole[..cut].contains(',') { "p-2" } else { "?" };
        let is_short = whole[..cut].matches(',').count() < 4;
        let row = if is_short { format!("3 {id} breaks-off") } else { "3 p-2".to_owned() };
        check(&format!("p-1,,,,\n{}", &whole[..cut]), &["2 p-1", &row]);
        let row = if is_short { format!("3 {id} field-count") } else { "3 p-2".to_owned() };
        check(&format!("p-1,,,,\n{}\n", &whole[..cut]), &["2 p-1", &row]);
    }
    // What has a field too many breaks off nowhere.
    check("p-1,,,,\np-2,,,,,", &["2 p-1", "3 p-2 field-count"]);
}

#[test]
fn rows_that_are_no_records_are_not_swallowed_either() {
    // Spreadsheets leave blank cells at the end of a row away.
    check(
        "p-0,,,,\np-1,44,,,\"\np-2,44,current\np-3,44\n\"\np-4,,,,\n",
        &[
            "2 p-0",
            "3 p-1 record-within-quotes",
            "4 p-2 field-count",
            "5 p-3 field-count",
            "6 ? quote-not-closed",
            "7 p-4",
        ],
    );
    // A line that would be a record by the strict rules alone.
    let strictly = "p-1,\"31,current,,held,x\np-3,44,\",b\",,held,x\n";
    let (found, _) = entries(&format!("{HEADER},notes\n{strictly}"));
    assert_eq!(found, ["2 p-1 record-within-quotes", "3 p-3"]);
}

#[test]
fn a_line_end_in_a_column_before_the_id_costs_nobody() {
    let export = |row: &str| {
        entries(&format!("naloxone,notes,id,age,opioid_use,prison_release\n{row}\nheld,x,p-3,,,\n"))
            .0
    };
    for row in [
        "not_held,\"asked\nheld, today\",p-2,44,current,",
        "\"not_held\n\",,p-2,44,current,",
        "not_held,\"\n\",\"\np-2\",44,current,",
    ] {
        let line = 3 + row.matches('\n').count();
        assert_eq!(export(row), ["2 p-2".to_owned(), format!("{line} p-3")], "{row}");
    }
    // Here the first line is the one that somebody else stands on.
    let swallowed = "\"held,x,p-9,44,current,2026-03-28\nheld\",x,p-2,44,current,";
    let found = export(swallowed);
    assert!(found[0].ends_with("record-within-quotes") && found[1].ends_with("p-2"), "{found:?}");
}

#[test]
fn of_200_000_people_a_stray_quote_costs_one_and_two_cost_two() {
    let rows: Vec<String> =
        (0..200_000).map(|person| format!("p-{person},31,current,,held,a note\n")).collect();
    for broken in [vec![500], vec![500, 150_000], vec![0, 199_999]] {
        let mut export = format!("{HEADER},notes\n");
        for (person, row) in rows.iter().enumerate() {
            let stray = if broken.contains(&person) { ",\"a note" } else { ",a note" };
            export += &row.replace(",a note", stray);
        }
        let (found, _) = entries(&export);
        let expected = (0..200_000).map(|person| {
            let kind = if broken.contains(&person) { " quote-not-closed" } else { "" };
            format!("{} p-{person}{kind}", person + 2)
        });
        assert!(found.iter().eq(&expected.collect::<Vec<_>>()));
    }
}

#[test]
fn a_file_in_utf_16_that_breaks_off_costs_its_last_row_and_no_byte() {
    let text = format!("{HEADER}\np-1,44,,,\u{1f9ea}\np-2,,,,\np-3,44,,,held");
    for units in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(units).collect();
        let cut = &wide[..wide.len() - 1];
        let mut export = Export::open(cut, as_of(), &Intake::default()).unwrap();
        let mut before = export.bytes_read();
        assert_eq!(before, 2 + 2 * (HEADER.len() as u64 + 1));
        let mut rows = Vec::new();
        while let Some(row) = export.read(&mut |_| {}).unwrap() {
            let is_person = matches!(row.entry, Entry::Person(_));
            rows.push((is_person, export.bytes_read() - before));
            before = export.bytes_read();
        }
        assert_eq!(rows, [(true, 2 * 12), (true, 2 * 8), (false, 2 * 13 - 1)]);
    }
}

#[test]
fn a_byte_order_mark_in_pieces_is_one() {
    struct Trickle<'a>(&'a [u8], bool);
    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(std::io::ErrorKind::Interrupted.into());
            }
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }
    let export = format!("\u{feff}{HEADER}\np-1,44,current,,held\n");
    let mut export =
        Export::open(Trickle(export.as_bytes(), false), as_of(), &Intake::default()).unwrap();
    let row = export.read(&mut |_| {}).unwrap().unwrap();
    assert!(matches!(row.entry, Entry::Person(person) if person.id.as_str() == "p-1"));
}

#[test]
fn a_line_end_in_a_field_that_is_no_swallowed_record_costs_nobody() {
    // Around a value it is white space; within one, the fact cannot be read; in a note it is text.
    check("p-1,44,\"current\n\",,held\np-2,,,,\n", &["2 p-1", "4 p-2"]);
    check("p-1,44,\"cur\nrent\",,held\np-2,,,,\n", &["2 p-1", "4 p-2"]);
    for note in ["one, two\nthree", "as\np-9", "p-1, see\n17, too"] {
        let notes = format!("{HEADER},notes\np-1,44,current,,held,\"{note}\"\np-2,,,,,\n");
        assert_eq!(entries(&notes).0, ["2 p-1", "4 p-2"]);
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_header() {
    let export = format!("\u{feff}{HEADER}\np-1,,,,\n");
    assert_eq!(entries(&export).0, ["2 p-1"]);
}

#[test]
fn problems_name_the_column() {
    let (people, problems) = entries(&format!("{HEADER}\np-1,44,sometimes,2027-01-01,held\n"));
    assert_eq!(people, ["2 p-1"]);
    let columns: Vec<Column> = problems.iter().map(|problem| problem.column).collect();
    assert_eq!(columns, [Column::Fact(Field::OpioidUse), Column::Fact(Field::PrisonRelease)]);
}

#[test]
fn an_export_that_is_none_is_refused() {
    for export in ["", "\n\n", "colour,notes\nx,y\n", "id,age\np,1\n"] {
        let error = Export::open(export.as_bytes(), as_of(), &Intake::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{export:?}");
    }
    let named = format!("{HEADER},nhs_number\np-1,44,current,,held,\n");
    let error = Export::open(named.as_bytes(), as_of(), &Intake::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Identifying);
}

#[test]
fn json_is_called_json_and_told_apart_by_its_encoding() {
    let narrow = b"[{\"id\": \"p-1\"}]".to_vec();
    let wide: Vec<u8> =
        [b"\xff\xfe".to_vec(), narrow.iter().flat_map(|byte| [*byte, 0]).collect()].concat();
    for (export, says_encoding) in [(narrow, false), (wide, true)] {
        let error = Export::open(export.as_slice(), as_of(), &Intake::default()).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("JSON") && said.contains("UTF-16") == says_encoding, "{said}");
    }
}

#[test]
fn a_waived_field_need_not_be_there() {
    let export = "id,age,opioid_use,naloxone\np-1,44,current,held\n";
    assert!(Export::open(export.as_bytes(), as_of(), &Intake::default()).is_err());
    let export = Export::open(
        export.as_bytes(),
        as_of(),
        &Intake { waive: vec![Principal::PrisonRelease], ..Intake::default() },
    )
    .unwrap();
    assert_eq!(export.layout().waived(), [Principal::PrisonRelease]);
}

#[test]
fn a_source_that_fails_is_an_error_and_no_end_of_file() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("CANARY"))
        }
    }
    let text = format!("{HEADER}\np-1,44,current,,held\n");
    let mut export =
        Export::open(text.as_bytes().chain(Failing), as_of(), &Intake::default()).unwrap();
    assert!(export.read(&mut |_| {}).is_ok_and(|row| row.is_some()));
    let error = export.read(&mut |_| {}).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(!format!("{error}").contains("CANARY"));
}

#[test]
fn what_could_not_be_read_is_known_by_column() {
    let export =
        format!("{HEADER}\np-1,x,current,,held\np-2,44,y,,held\np-3,44,z,,held\n?,44,,,\n");
    let mut export = Export::open(export.as_bytes(), as_of(), &Intake::default()).unwrap();
    assert!(matches!(export.intake().profile, Profile::Native));
    while export.read(&mut |_| {}).unwrap().is_some() {}
    let unread = |field| export.unread_values().of(Column::Fact(field));
    let counts = [Field::Age, Field::OpioidUse, Field::Naloxone].map(unread);
    assert_eq!((counts, export.broken_ids().is_some()), ([1, 2, 0], true));
}

#[test]
fn problems_of_a_quarantined_record_are_not_told() {
    let (_, problems) = entries(&format!("{HEADER}\n=x,sometimes,,,\n"));
    assert_eq!(problems, [] as [Problem; 0]);
}
