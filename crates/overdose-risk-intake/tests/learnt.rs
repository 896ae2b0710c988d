//! Rows that several readers read are learnt of as if one had read them all.

use chrono::NaiveDate;
use overdose_risk::Field;
use overdose_risk_intake::ndtms::NdtmsColumn;
use overdose_risk_intake::{Column, IdGuard, Intake, Learnt, Mapping, Profile, RowReader};
use proptest::prelude::*;
use std::sync::Arc;

/// A row of an id and two cells.
type Row = (String, String, String);

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

const COLUMNS: [Column; 2] = [Column::Fact(Field::Ost), Column::Fact(Field::Overdose)];

fn read(reader: &mut RowReader, (id, ost, overdose): &Row) {
    let cells = [(Column::Id, id), (COLUMNS[0], ost), (COLUMNS[1], overdose)];
    let cell = |slot| cells.iter().find(|(column, _)| column.index() == slot);
    let _ = reader.read(&|slot| Some(cell(slot)?.1.as_bytes()), as_of(), &mut |_| {});
}

/// What a reader knows beside facts.
fn known(reader: &RowReader) -> (Vec<usize>, Option<IdGuard>) {
    let unread = COLUMNS.iter().map(|column| reader.unread_values().of(*column)).collect();
    (unread, reader.broken_ids().cloned())
}

fn of_one_reader(rows: &[Row]) -> (Vec<usize>, Option<IdGuard>) {
    let mut reader = RowReader::new(Intake::default());
    rows.iter().for_each(|row| read(&mut reader, row));
    known(&reader)
}

/// The same of two readers that read a piece each in turn, where every piece ends on this many rows
/// and some of what they learn is put together before a third one learns it.
fn of_several(rows: &[Row], pieces: &[usize]) -> (Vec<usize>, Option<IdGuard>) {
    let mut reader = RowReader::new(Intake::default());
    let mut others = [reader.another(), reader.another()];
    let mut together = Learnt::default();
    let mut rest = rows;
    for (n, length) in pieces.iter().cycle().enumerate() {
        let (piece, behind) = rest.split_at((*length).min(rest.len()));
        let other = &mut others[n % 2];
        piece.iter().for_each(|row| read(other, row));
        together.add(other.hand_over());
        if n % 3 == 0 {
            reader.learn(std::mem::take(&mut together));
        }
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    reader.learn(together);
    known(&reader)
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let id = prop_oneof![
        "p-[0-9]",
        "",
        "9990000018|999 000 0026|999 000 0034|Sam Example|a@b\\.example|\\?[ab]"
    ];
    let cell = "|prescribed|perhaps|PERHAPS | perhaps|20260331|[a-e]{2}";
    prop::collection::vec((id, cell, cell), 0..60)
}

proptest! {
    #[test]
    fn what_several_readers_learn_is_what_one_would(
        rows in rows(),
        pieces in prop::collection::vec(1..9_usize, 1..5),
    ) {
        prop_assert_eq!(of_several(&rows, &pieces), of_one_reader(&rows));
    }
}

#[test]
fn of_several_cells_those_that_cannot_be_read_are_counted() {
    let mapping = "name = \"cms\"\n[fields]\nid = \"Ref\"\noverdose = { from = [\"A\", \"B\"] }\n";
    let profile = Profile::Mapped(Arc::new(Mapping::from_toml(mapping).unwrap()));
    let mut reader = RowReader::new(Intake { profile, ..Intake::default() });
    let mut read = |row: [&str; 3]| {
        let cell = |slot: usize| Some(row.get(slot)?.as_bytes());
        reader.read(&cell, as_of(), &mut |_| {}).unwrap();
        reader.unread_values().of(Column::Fact(Field::Overdose))
    };
    assert_eq!(read(["p-1", "2026-02-01", "2026-03-01"]), 0);
    assert_eq!(read(["p-2", "perhaps", "2026-03-01"]), 1);
    assert_eq!(read(["p-3", "perhaps", "2026-03-02"]), 1);
    assert_eq!(read(["p-4", "", "maybe"]), 2);
}

#[test]
fn of_cells_of_several_columns_only_the_one_that_cannot_be_read_is_counted() {
    use NdtmsColumn::{Agncy, ClientId, Drug1, ModSt, Modal, PhMeth};
    let row: [(NdtmsColumn, &[u8]); 6] = [
        (Agncy, b"A1"),
        (ClientId, b"17"),
        (Drug1, b"Heroin"),
        (ModSt, b"20260301"),
        (Modal, b"4711"),
        (PhMeth, b"Y"),
    ];
    let mut reader = RowReader::new(Intake { profile: Profile::Ndtms, ..Intake::default() });
    let cell = |slot| Some(row.iter().find(|(column, _)| column.index() == slot)?.1);
    reader.read(&cell, as_of(), &mut |_| {}).unwrap();
    assert_eq!(reader.unread_values().of(Column::Fact(Field::Ost)), 1);
}

#[test]
fn only_the_first_thousand_different_ids_are_looked_at_however_they_are_cut() {
    // Those behind the first thousand are e-mail addresses, and would refuse the export.
    let broken = (0..1000).map(|n| format!("?{n}"));
    let late = (0..1000).map(|n| format!("someone{n}@example.org"));
    let rows: Vec<Row> =
        broken.chain(late).map(|id| (id, "perhaps".to_owned(), String::new())).collect();
    let one = of_one_reader(&rows);
    assert_eq!(one.1.as_ref().map(|guard| (guard.ids(), guard.verdict())), Some((1000, None)));
    for pieces in [[1, 1999], [300, 700], [999, 2], [1500, 1]] {
        assert_eq!(of_several(&rows, &pieces), one, "{pieces:?}");
    }
}

#[test]
fn more_than_a_thousand_different_values_are_a_thousand_however_they_are_cut() {
    let rows: Vec<Row> =
        (0..2500).map(|n| ("p-1".to_owned(), format!("perhaps {n}"), String::new())).collect();
    for pieces in [[2500, 1], [1250, 1250], [1, 7]] {
        assert_eq!(of_several(&rows, &pieces).0, [1000, 0], "{pieces:?}");
    }
}

#[test]
fn who_has_handed_over_knows_nothing_and_can_be_sent_to_another_thread() {
    fn is_sent<T: Send>(_: &T) {}
    let canary = ("CANARY one".to_owned(), "CANARY two".to_owned(), String::new());
    let mut reader = RowReader::new(Intake::default());
    assert!(reader.hand_over().is_empty());
    read(&mut reader, &canary);
    read(&mut reader, &("p-1".to_owned(), "CANARY two".to_owned(), String::new()));
    is_sent(&reader);

    let learnt = reader.hand_over();
    is_sent(&learnt);
    assert!(!learnt.is_empty() && !format!("{learnt:?}{reader:?}").contains("CANARY"));
    assert_eq!(known(&reader), (vec![0, 0], None));
    assert!(reader.hand_over().is_empty());
}

#[test]
fn a_value_or_an_id_alone_is_something_learnt() {
    for row in [("p-1", "perhaps"), ("?", "prescribed")] {
        let mut reader = RowReader::new(Intake::default());
        read(&mut reader, &(row.0.to_owned(), row.1.to_owned(), String::new()));
        assert!(!reader.hand_over().is_empty(), "{row:?}");
    }
}
