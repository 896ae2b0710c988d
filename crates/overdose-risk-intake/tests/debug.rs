//! What holds cells, ids or a key says what it is where it is debugged, and nothing of them.

use chrono::NaiveDate;
use overdose_risk_intake::{Cell, Intake, PseudonymKey, RowReader, Window, Zeroizing};

#[test]
fn what_holds_cells_and_ids_says_nothing_of_them() {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut reader = RowReader::new(Intake::default());
    let cells = |slot: usize| [b"p-17".as_slice(), b"forty"].get(slot).copied();
    reader.read(&cells, as_of, &mut |_| {}).unwrap();
    assert_eq!(reader.id().unwrap().as_str(), "p-17");
    assert_eq!(format!("{reader:?}"), "RowReader { .. }");

    let learnt = reader.hand_over();
    assert!(!learnt.is_empty());
    assert_eq!(format!("{learnt:?}"), "Learnt { .. }");

    assert_eq!(format!("{:?}", Cell::from(b"p-17".as_slice())), "Cell { .. }");

    let mut window = Window::new(b"p-17".as_slice());
    window.fill(8).unwrap();
    assert_eq!(format!("{window:?}"), "Window { at_end: false, .. }");
}

#[test]
fn a_pseudonym_says_itself() {
    let key = Zeroizing::new((0..32_u8).map(|byte| byte.wrapping_mul(byte) ^ 90).collect());
    let pseudonym = PseudonymKey::new(key).unwrap().pseudonym(b"p-17").unwrap();
    assert_eq!(format!("{pseudonym:?}"), format!("Pseudonym({:?})", pseudonym.as_str()));
}
