//! What holds records says what it is where it is debugged, and nothing of them.

use chrono::NaiveDate;
use overdose_risk_csv::{Export, Piece};
use overdose_risk_intake::Intake;

#[test]
fn what_holds_records_says_nothing_of_them() {
    let export = "id,age,opioid_use,prison_release,naloxone\np-17,44,current,2026-03-28,not_held\n";
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut export = Export::open(export.as_bytes(), as_of, &Intake::default()).unwrap();
    let debugged = format!("{export:?}");
    assert!(debugged.starts_with("Export { opening: Opening {"), "{debugged}");
    assert!(debugged.contains(", layout: Layout {") && debugged.ends_with(", .. }"), "{debugged}");

    let mut piece = Piece::default();
    assert!(export.cut(&mut piece).unwrap());
    let reader = export.piece_reader();
    assert_eq!(format!("{piece:?}"), "Piece { bytes: 36, .. }");
    let of_reader = format!("{reader:?}");
    assert!(of_reader.starts_with("PieceReader { layout: Layout {"), "{of_reader}");
    for said in [debugged, of_reader] {
        assert!(!said.contains("17") && !said.contains("2026"), "{said}");
    }
}
