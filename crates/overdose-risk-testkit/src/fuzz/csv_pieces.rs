//! Bytes as a CSV export that is read in pieces, beside the same read record by record.

use super::in_pieces::{in_turn, on_threads, one_by_one};
use super::{Trickle, as_of, filled};
use overdose_risk_csv::Export;
use overdose_risk_intake::{Intake, Principal};

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone,notes\n";

const BEFORE: &str = "p-1,44,current,2026-03-28,held,well\n";

/// A row that is like the one before but for what the bytes make of it.
const LIKE: [&str; 5] = [
    "p-2,~,~,~,~,~\n",
    "~,44,current,2026-03-28,held,~\n",
    "\"p-2\",\"~\",\"~\",\"2026-03-28\",\"~\",\"~\"\r\n",
    "p-2,44~current~2026-03-28,held,well~\n",
    "p-2,44,current,~-~-~,held,well~",
];

/// Panics where reading these bytes in pieces, or reading rows that they make of one that is like
/// others, tells anything else than reading them one by one.
pub fn csv_pieces(data: &[u8]) {
    assert_same(data, &Principal::ALL);
    for template in LIKE {
        let like = filled(template, data);
        let rows = [HEADER.as_bytes(), BEFORE.as_bytes(), BEFORE.as_bytes(), &like];
        assert_same(&[rows.concat(), BEFORE.into(), like.repeat(2)].concat(), &[]);
    }
}

fn assert_same(export: &[u8], waive: &[Principal]) {
    let intake = Intake { waive: waive.to_vec(), ..Intake::default() };
    let open = || Export::open(export, as_of(), &intake);
    let Ok(whole) = open() else { return };
    let expected = one_by_one(whole);
    assert_eq!(in_turn(open().unwrap()), expected);
    let trickle = || Export::open(Trickle::new(export), as_of(), &intake).unwrap();
    assert_eq!(in_turn(trickle()), expected, "a byte at a time");
    if !waive.is_empty() {
        assert_eq!(on_threads(trickle()), expected, "on threads");
    }
}
