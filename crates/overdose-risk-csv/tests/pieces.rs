//! An export in pieces says what it says record by record: every row and its line, bytes and problems,
//! what ends it, and what is learnt of them all.

#[path = "pieces/compare.rs"]
mod compare;

use compare::read;
use overdose_risk_intake::{Column, Intake, PseudonymKey, Zeroizing};
use proptest::prelude::*;
use std::sync::Arc;

const HEADERS: [&str; 3] = [
    "id,age,opioid_use,prison_release,naloxone,notes\n",
    "notes,prison_release,id,\"opi\"\"oid\",age,opioid_use,naloxone\r\n",
    "id;age;opioid_use;prison_release;naloxone;notes\n",
];

/// Records and what may stand among them, for a header of six columns; a few for more.
const LINES: [&str; 28] = [
    "p-1,44,current,2026-03-28,held,x\n",
    "p-2,44,current,28/03/2026,not_held,\n",
    "p-3,35-44,past,,unknown,\"a, b\"\r\n",
    "\"p-4\",\"44\",\"none\",\"\",\"held\",\"x\"\n",
    "p-5,44,current,,held,\"said \"\"no\"\"\"\n",
    "p-6,44,\"cur\"\"rent\",,held,x\n",
    "p-7,44,current,,held,\"two\nlines\"\n",
    "p-8,44,current,,held,\"p-9,44,current,,held,x\np-9,44,current,,held,x\"\n",
    "p-10,44,current,,held,\"open\n",
    "p-11,44,current,,held,5\" needle\n",
    "p-12,44,current,,held,\"x\"y\n",
    "p-13,44,current,,held\n",
    "p-14,44,current,,held,x,y\n",
    "p-15,44,current,,held,\0\n",
    "p-16,44,current,,held,a\x0bb\n",
    "p-17,44,tbc,31/02/2026,?,x\n",
    "p 18,44,current,,held,x\n",
    ",44,current,,held,x\n",
    "\n",
    ",,,,,\n",
    " , ,,,,\r\n",
    "id,age,opioid_use,prison_release,naloxone,notes\n",
    "id,naloxone,opioid_use,prison_release,age,notes\n",
    "\u{feff}p-19,44,current,,held,x\n",
    "p-20,44,current,,held,x\r",
    "p-21,44,current,,held,\u{e9}\n",
    "x,2026-03-28,p-22,o,44,current,held\r\n",
    "p-23;44;current;;held;x\n",
];

fn export() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        12 => prop::sample::select(LINES[..2].to_vec()).prop_map(|line| line.as_bytes().to_vec()),
        12 => prop::sample::select(LINES.to_vec()).prop_map(|line| line.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
        1 => prop::sample::select(vec!["\"", "\"\"", ",", "\r", "\n", "\"\n", "id", "p-24,"])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let header = prop::sample::select(HEADERS.to_vec());
    (header, prop::collection::vec(line, 0..40))
        .prop_map(|(header, lines)| [header.as_bytes(), &lines.concat()].concat())
}

fn intake() -> impl Strategy<Value = Intake> {
    let key = Zeroizing::new((0..32_u8).map(|byte| (byte ^ 37).wrapping_pow(5)).collect());
    let key = PseudonymKey::new(key).unwrap();
    prop::sample::select(vec![None, Some(Arc::new(key))])
        .prop_map(|key| Intake { key, ..Intake::default() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn an_export_says_the_same_in_pieces(
        export in export(),
        intake in intake(),
        at_a_time in prop::sample::select(vec![1, 7, 64, 100, 1 << 20]),
    ) {
        read(&export, &intake, at_a_time);
    }

    #[test]
    fn so_it_does_wherever_a_byte_is_changed(
        lines in prop::collection::vec(0_usize..6, 1..30),
        place in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"\"\",;\n\r\ta \0\x7f\xef".to_vec()),
    ) {
        let lines: String = lines.into_iter().map(|line| LINES[line]).collect();
        let mut export = [HEADERS[0], &lines].concat().into_bytes();
        let place = place.index(export.len());
        export[place] = byte;
        read(&export, &Intake::default(), 1 << 20);
    }
}

/// What ends a piece, a window or a limit comes out at every place: between records and in them.
#[test]
fn wherever_a_window_ends_it_says_the_same() {
    let plain = LINES[0].repeat(4000);
    let quoted = LINES[6].repeat(40);
    for filling in 0..300 {
        let notes = "n".repeat(filling);
        let wide = format!("p-99,44,current,,held,\"{notes}\"\n");
        let export = [HEADERS[0], &wide, &plain, &quoted, LINES[10], &plain].concat();
        let said = read(export.as_bytes(), &Intake::default(), usize::MAX);
        assert_eq!(said.rows.len(), 1 + 4000 + 40 + 1 + 4000);
    }
}

#[test]
fn records_at_the_limits_are_no_others_in_pieces() {
    for length in (65_500..65_560).chain([262_100, 262_200]) {
        for quote in ["", "\""] {
            let notes = "n".repeat(length);
            let record = format!("p-99,44,current,,held,{quote}{notes}{quote}\n");
            let export = [HEADERS[0], LINES[0], &record, LINES[1]].concat();
            read(export.as_bytes(), &Intake::default(), usize::MAX);
        }
    }
}

#[test]
fn wide_text_says_the_same_in_pieces() {
    let text = [HEADERS[0], &LINES.concat()].concat();
    for cut_off in 0..3 {
        let wide: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        read(&wide[..wide.len() - cut_off], &Intake::default(), usize::MAX);
    }
}

#[test]
fn nothing_that_was_read_is_said() {
    let export = format!("{}CANARY,44,current,,held,x\n", HEADERS[0]);
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut export =
        overdose_risk_csv::Export::open(export.as_bytes(), as_of, &Intake::default()).unwrap();
    let mut reader = export.piece_reader();
    let mut piece = overdose_risk_csv::Piece::default();
    assert!(export.cut(&mut piece).unwrap());
    let learnt = reader.read(&piece, &mut |_, _, _| {}).unwrap();
    let said = format!("{export:?} {reader:?} {piece:?} {learnt:?}");
    assert!(!said.contains("CANARY"), "{said}");
}

#[test]
fn what_was_learnt_of_a_piece_is_dropped_with_a_warning() {
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let export = overdose_risk_csv::Export::open(HEADERS[0].as_bytes(), as_of, &Intake::default());
    let (mut reader, piece) = (export.unwrap().piece_reader(), overdose_risk_csv::Piece::default());
    #[deny(unfulfilled_lint_expectations)]
    #[expect(unused_must_use)]
    reader.read(&piece, &mut |_, _, _| {}).unwrap();
}

/// A cell with little or nothing behind it in its piece is known by other loads.
#[test]
fn the_last_cells_of_a_piece_say_the_same_however_long_they_are() {
    let header = "age,opioid_use,prison_release,naloxone,team,id\n";
    for length in 1..20 {
        for end in ["", "\n", "\r\n"] {
            for quote in ["", "\""] {
                let [team, id] = ["t", "7"].map(|text| text.repeat(length));
                let record = format!("44,past,28/03/2026,not_held,{team},{quote}{id}{quote}{end}");
                let export = [header, "44,current,,held,t,p-1\n", &record].concat();
                let said = read(export.as_bytes(), &Intake::default(), usize::MAX);
                assert_eq!(said.rows.len(), 2, "{length} {end:?}");
            }
        }
    }
}

/// Each column comes to stand last, with a value that is not blank in every other record.
#[test]
fn every_column_is_read_wherever_it_stands() {
    let columns: Vec<Column> = Column::all().collect();
    for first in 0..columns.len() {
        let of = |cell: fn(Column) -> &'static str| {
            let cells: Vec<&str> =
                (0..columns.len()).map(|at| cell(columns[(first + at) % columns.len()])).collect();
            cells.join(",")
        };
        let blank = of(|column| if column == Column::Id { "p-1" } else { "" });
        let told = of(|column| match column {
            Column::Id => "p-2",
            Column::Caseload(_) => "S1",
            Column::RecordedOn => "2026-03-01",
            Column::AgeBand => "35-44",
            Column::BirthYear => "1980",
            Column::Fact(_) => "unknown",
        });
        for end in ["\n", "\r\n"] {
            let lines = [&of(Column::name), &blank, &told, &blank, &told, &told, &blank, ""];
            let said = read(lines.join(end).as_bytes(), &Intake::default(), usize::MAX);
            assert_eq!(said.rows.len(), 6);
        }
    }
}

/// Of a stream that stays open, what has come is not kept back until more does.
#[test]
fn what_has_come_is_a_piece_before_more_is_read() {
    let reads = std::cell::Cell::new(0);
    let come = [HEADERS[0], &LINES[0].repeat(50)].concat();
    let texts = [come.as_bytes(), LINES[1].as_bytes(), LINES[1].as_bytes()].into_iter();
    let source = texts.inspect(|_| reads.set(reads.get() + 1));
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let source = Texts(source, &[]);
    let mut export = overdose_risk_csv::Export::open(source, as_of, &Intake::default()).unwrap();
    let mut piece = overdose_risk_csv::Piece::default();
    for texts in 1..=3 {
        assert!(export.cut(&mut piece).unwrap());
        assert_eq!(reads.get(), texts);
    }
    assert!(!export.cut(&mut piece).unwrap());
}

/// Gives at most one text at a time.
struct Texts<'a, I>(I, &'a [u8]);

impl<'a, I: Iterator<Item = &'a [u8]>> std::io::Read for Texts<'a, I> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.1.is_empty() {
            self.1 = self.0.next().unwrap_or_default();
        }
        self.1.read(buffer)
    }
}

/// A fault in the middle of a piece comes behind the rows before it, and is not lost where somebody goes
/// on record by record.
#[test]
fn what_ends_a_piece_comes_behind_it() {
    let other = "id,naloxone,opioid_use,prison_release,age,notes\",\n";
    let export = [HEADERS[0], LINES[0], other, LINES[1]].concat();
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let open =
        || overdose_risk_csv::Export::open(export.as_bytes(), as_of, &Intake::default()).unwrap();
    let mut piece = overdose_risk_csv::Piece::default();
    let mut cut = open();
    assert!(cut.cut(&mut piece).unwrap());
    cut.cut(&mut piece).unwrap_err();
    let mut mixed = open();
    assert!(mixed.cut(&mut piece).unwrap());
    mixed.read(&mut |_| {}).unwrap_err();
}

/// What is made of rows takes more room than their text, so a piece has no more than so many.
#[test]
fn a_piece_has_a_thousand_rows_at_most() {
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    for line in ["q,,,,,\n", "\n", ",,,,,\n", "\"\n", "\"q\",,,,,\n"] {
        let export = [HEADERS[0], &line.repeat(5_000)].concat();
        let expected = read(export.as_bytes(), &Intake::default(), usize::MAX).rows.len();
        assert!(expected >= 2_500);
        let mut export =
            overdose_risk_csv::Export::open(export.as_bytes(), as_of, &Intake::default()).unwrap();
        let (mut reader, mut piece) = (export.piece_reader(), overdose_risk_csv::Piece::default());
        let mut all = 0;
        while export.cut(&mut piece).unwrap() {
            let mut rows = 0;
            export.learn(reader.read(&piece, &mut |_, _, _| rows += 1).unwrap());
            assert!((1..=1024).contains(&rows), "{rows}");
            all += rows;
        }
        assert_eq!(all, expected);
    }
}

/// One byte order mark before a record is what joined files leave, a second is text of the first cell.
#[test]
fn a_second_byte_order_mark_is_text_in_pieces_too() {
    let record = format!("\u{feff}\u{feff}{}", LINES[0]);
    let export = [HEADERS[0], &record, LINES[1]].concat();
    let said = read(export.as_bytes(), &Intake::default(), usize::MAX);
    assert!(said.rows[0].contains("IdInvalid"), "{}", said.rows[0]);
}
