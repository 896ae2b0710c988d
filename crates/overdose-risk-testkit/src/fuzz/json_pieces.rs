//! Bytes as a JSON export that is read in pieces, beside the same read record by record.

use super::in_pieces::{in_turn, on_threads, one_by_one};
use super::{Trickle, as_of, filled};
use overdose_risk_intake::Intake;
use overdose_risk_json::{Export, Format};

const BEFORE: &str = r#"{"id": "p-1", "age": 44, "opioid_use": "current", "prison_release": null, "naloxone": true}"#;

/// A record that is like the one before but for what the bytes make of it.
const LIKE: [&str; 4] = [
    r#"{"id": "p-2", "age": ~, "opioid_use": "~", "prison_release": ~, "naloxone": "~"}"#,
    r#"{"id": "~", "age": 44, "opioid_use": "current", "prison_release": null, "naloxone": ~}"#,
    r#"{"id": "p-2", "age": 44, "~": "current", "prison_release": null, "naloxone": true}"#,
    r#"{"id": "p-2", "age": 44~ "opioid_use": "current"~ "prison_release": null, "naloxone": true~"#,
];

/// Panics where reading these bytes in pieces, or reading records that they make of one that is like
/// others, tells anything else than reading them one by one.
pub fn json_pieces(data: &[u8]) {
    json_export_in_pieces(data);
    if let Ok(export) = Export::open(data, as_of(), None, &Intake::default()) {
        let trickle = Export::open(Trickle::new(data), as_of(), None, &Intake::default()).unwrap();
        assert_eq!(on_threads(trickle), one_by_one(export), "on threads");
    }
    for template in LIKE {
        let like = filled(template, data);
        let records = [BEFORE.as_bytes(), BEFORE.as_bytes(), &like, BEFORE.as_bytes(), &like];
        assert_same(&records.join(&b'\n'), Some(Format::Ndjson));
        assert_same(&[b"[", &*records.join(&b",\n"[..]), b"]"].concat(), Some(Format::Json));
    }
}

/// Panics where reading these bytes in pieces tells anything else than reading them one by one.
pub fn json_export_in_pieces(data: &[u8]) {
    for format in [None, Some(Format::Json), Some(Format::Ndjson)] {
        assert_same(data, format);
    }
}

fn assert_same(export: &[u8], format: Option<Format>) {
    let open = || Export::open(export, as_of(), format, &Intake::default());
    let Ok(whole) = open() else { return };
    let expected = one_by_one(whole);
    assert_eq!(in_turn(open().unwrap()), expected);
    let trickle = Export::open(Trickle::new(export), as_of(), format, &Intake::default());
    assert_eq!(in_turn(trickle.unwrap()), expected, "a byte at a time");
}
