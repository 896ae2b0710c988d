//! Bytes as the rows of a CSV export: where each begins and ends, and what it is, follows from its own
//! bytes and what ids look like, whatever the delimiter, the encoding, and the rows before it.

use super::csv_export::{check, read};
use super::pass::{Became, Kept, Pass};
use overdose_risk_intake::Principal;

/// With the id first, and last.
const HEADERS: [&str; 2] = ["id,age,notes\n", "notes,age,id\r\n"];

/// Panics where cutting rows made of these bytes breaks what must hold. Their number says which header
/// they stand behind, beside which delimiter, and which unit of UTF-16 they are: all of them each time
/// would be slow.
pub fn framing(data: &[u8]) {
    let [header, other, is_little] = [1, 2, 4].map(|bit| data.len() & bit == 0);
    let header = HEADERS[usize::from(header)];
    let export = [header.as_bytes(), data].concat();
    let pass = check(&export, &Principal::ALL);
    if pass.error.is_none() {
        assert_resumes(header.as_bytes(), &export, &pass);
    }
    let swapped = pass_over(&swapped(&export, if other { b';' } else { b'|' }));
    assert_eq!(swapped.rows, pass.rows);
    assert_eq!(swapped.spans, pass.spans);
    assert_eq!(swapped.error, pass.error);
    assert_same_in_utf_16(&export, is_little);
    check(&[wide(header, is_little), data.to_vec()].concat(), &Principal::ALL);
}

fn pass_over(export: &[u8]) -> Pass {
    read(export, &Principal::ALL).0
}

/// With another delimiter, and what that was in the text in place of it.
fn swapped(export: &[u8], other: u8) -> Vec<u8> {
    let swap = |byte: &u8| match *byte {
        b',' => other,
        byte if byte == other => b',',
        byte => byte,
    };
    export.iter().map(swap).collect()
}

/// What follows the first row, the first that breaks the rules, or the last but one is the same when the
/// export begins there, or with the last person before it: what an id looks like tells whether somebody's
/// line stands within quotes.
fn assert_resumes(header: &[u8], export: &[u8], pass: &Pass) {
    let ends: Vec<usize> = ends(export, pass).collect();
    let broken = pass.rows.iter().position(Kept::breaks_the_rules);
    for row in [Some(0), broken, pass.rows.len().checked_sub(2)].into_iter().flatten() {
        let Some(later) = pass.rows.get(row + 1..) else { continue };
        let is_person = |row: &Kept| matches!(row.became, Became::Person { .. });
        let person = pass.rows[..=row].iter().rposition(is_person);
        let person = person.map_or(&[][..], |row| &export[ends[row]..ends[row + 1]]);
        let behind = &export[ends[row + 1]..];
        // Two that did not stand together are not to have one line end.
        let end: &[u8] =
            if person.ends_with(b"\r") && behind.starts_with(b"\n") { b"\n" } else { b"" };
        let resumed = pass_over(&[header, person, end, behind].concat());
        assert_eq!(resumed.error, None);
        let again = &resumed.rows[usize::from(!person.is_empty())..];
        assert_eq!(resumed.spans[resumed.rows.len() - again.len()..], pass.spans[row + 1..]);
        let first = |rows: &[Kept]| rows.first().map_or(0, |row| row.line);
        let outlines =
            |rows: &[Kept]| rows.iter().map(|row| outline(row, first(rows))).collect::<Vec<_>>();
        assert_eq!(outlines(again), outlines(later), "behind row {row}");
    }
}

/// Where the first row begins, and where each ends.
fn ends(export: &[u8], pass: &Pass) -> impl Iterator<Item = usize> {
    let begin = export.len() - pass.spans.iter().sum::<u64>() as usize;
    let add = |end: &mut usize, bytes: &u64| {
        *end += *bytes as usize;
        Some(*end)
    };
    std::iter::once(begin).chain(pass.spans.iter().scan(begin, add))
}

/// A row with its line, so many fewer, and without the id of one that broke: whose that is may be told by
/// those before it.
fn outline(row: &Kept, fewer: u64) -> (u64, Became) {
    let became = match row.became.clone() {
        Became::Quarantined { kind, .. } => Became::Quarantined { id: None, kind },
        became => became,
    };
    (row.line - fewer, became)
}

/// The text says the same in UTF-16, and each row takes the bytes that its text has there.
fn assert_same_in_utf_16(export: &[u8], is_little: bool) {
    // The end of a text may be the middle of a character.
    let text = String::from_utf8_lossy(export) + "\n";
    let (narrow, in_wide) = (pass_over(text.as_bytes()), pass_over(&wide(&text, is_little)));
    assert_eq!(in_wide.rows, narrow.rows);
    assert_eq!(in_wide.error, narrow.error);
    if narrow.error.is_none() {
        let mut rest = &text[text.len() - narrow.spans.iter().sum::<u64>() as usize..];
        for (narrow, in_wide) in narrow.spans.iter().zip(&in_wide.spans) {
            let (row, later) = rest.split_at(*narrow as usize);
            assert_eq!(2 * row.encode_utf16().count() as u64, *in_wide);
            rest = later;
        }
    }
}

/// A text in UTF-16, behind its byte order mark.
fn wide(text: &str, is_little: bool) -> Vec<u8> {
    let bytes = |unit: u16| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
}
