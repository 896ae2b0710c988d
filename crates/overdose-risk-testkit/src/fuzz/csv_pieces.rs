//! Bytes as a CSV export that is read in pieces, beside the same read record by record.

use super::in_pieces::{in_turn, on_threads, one_by_one};
use super::pass::Pass;
use super::{Trickle, as_of, filled};
use overdose_risk_csv::Export;
use overdose_risk_intake::{Intake, Principal};

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone,recorded_on,team,notes\n";

const BEFORE: &str = "p-1,44,current,2026-03-28,held,2026-03-30,T-1,well\n";

/// A row that is like the one before but for what the bytes make of it.
const LIKE: [&str; 5] = [
    "p-2,~,~,~,~,~,~,~\n",
    "~,44,current,2026-03-28,held,2026-03-30,T-1,~\n",
    "\"p-2\",\"~\",\"~\",\"2026-03-28\",\"~\",\"2026-03-30\",\"~\",\"~\"\r\n",
    "p-2,44~current~2026-03-28,held,2026-03-30,T-1,well~\n",
    "p-2,44,current,20~,held,20~,T-1,well",
];

/// Panics where reading these bytes in pieces, or reading rows that they make of one that is like
/// others, tells anything else than reading them one by one.
pub fn csv_pieces(data: &[u8]) {
    let intake = Intake { waive: Principal::ALL.to_vec(), ..Intake::default() };
    if let Some(expected) = assert_same(data, &intake) {
        let trickle = || Export::open(Trickle::new(data), as_of(), &intake).unwrap();
        assert_eq!(in_turn(trickle()), expected, "a byte at a time");
        assert_eq!(on_threads(trickle()), expected, "on threads");
    }
    for template in LIKE {
        let like = filled(template, data);
        let rows = [HEADER.as_bytes(), BEFORE.as_bytes(), BEFORE.as_bytes(), &like];
        let rows = [rows.concat(), BEFORE.into(), like.repeat(2)].concat();
        assert_same(&rows, &Intake::default());
    }
}

/// What comes of it either way; `None` where it cannot be opened.
fn assert_same(export: &[u8], intake: &Intake) -> Option<Pass> {
    let expected = one_by_one(Export::open(export, as_of(), intake).ok()?);
    assert_eq!(in_turn(Export::open(export, as_of(), intake).unwrap()), expected);
    Some(expected)
}
