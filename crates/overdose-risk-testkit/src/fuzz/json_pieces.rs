//! Bytes as a JSON export that is read in pieces, beside the same read record by record.

use super::pass::{Kept, Pass};
use super::{Trickle, as_of};
use overdose_risk_intake::{Column, Intake, Problem, Row};
use overdose_risk_json::{Error, Export, Format, Piece};
use std::io::Read;

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

/// A template in which each `~` is replaced by the next part of the bytes.
fn filled(template: &str, data: &[u8]) -> Vec<u8> {
    let places = template.matches('~').count();
    let mut parts = data.chunks(data.len().div_ceil(places).max(1));
    let mut pieces = template.split('~');
    let mut filled = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        filled.extend_from_slice(parts.next().unwrap_or_default());
        filled.extend_from_slice(piece.as_bytes());
    }
    filled
}

fn assert_same(export: &[u8], format: Option<Format>) {
    let open = |format| Export::open(export, as_of(), format, &Intake::default());
    let Ok(whole) = open(format) else { return };
    let expected = one_by_one(whole);
    assert_eq!(in_pieces(open(format).unwrap()), expected);
    let trickle = Export::open(Trickle::new(export), as_of(), format, &Intake::default());
    assert_eq!(in_pieces(trickle.unwrap()), expected, "a byte at a time");
}

fn one_by_one(mut export: Export<impl Read>) -> Pass {
    let (mut pass, mut problems) = (Pass::default(), Vec::new());
    loop {
        let before = export.bytes_read();
        match export.read(&mut |problem| problems.push(problem)) {
            Ok(Some(row)) => pass.rows.push(Kept::new(&row, &problems)),
            Ok(None) => break,
            Err(error) => return end(pass, &export, Some(&error)),
        }
        pass.spans.push(export.bytes_read() - before);
        problems.clear();
    }
    end(pass, &export, None)
}

/// Reads it by two readers in turn.
fn in_pieces(mut export: Export<impl Read>) -> Pass {
    let (mut pass, mut piece) = (Pass::default(), Piece::default());
    let (mut reader, mut other) = (export.piece_reader(), export.piece_reader());
    loop {
        match export.cut(&mut piece) {
            Ok(true) => {}
            Ok(false) => return end(pass, &export, None),
            Err(error) => return end(pass, &export, Some(&error)),
        }
        let learnt = reader.read(&piece, &mut |row: Row<'_>, bytes, problems: &[Problem]| {
            pass.rows.push(Kept::new(&row, problems));
            pass.spans.push(bytes);
        });
        if let Err(error) = export.learn(learnt) {
            return end(pass, &export, Some(&error));
        }
        std::mem::swap(&mut reader, &mut other);
    }
}

fn end(mut pass: Pass, export: &Export<impl Read>, error: Option<&Error>) -> Pass {
    match (error, export.layout()) {
        (Some(error), _) => pass.fails(error),
        (None, Ok(layout)) => pass.says(&layout),
        (None, Err(error)) => pass.says(&error),
    }
    pass.says(&export.bytes_read());
    pass.says(&export.broken_ids());
    let unread = Column::all().map(|column| export.unread_values().of(column));
    pass.says(&unread.collect::<Vec<_>>());
    pass
}
