//! What an export begins with: its encoding, its delimiter, its header.

use crate::decoded::{Decoded, Encoding};
use crate::error::{Cause, Error};
use crate::frame::{Extent, Framed, Framer};
use crate::records::Records;
use crate::split::Splitter;
use overdose_risk_intake::{Column, Quarantine};
use std::io::Read;

/// The delimiters that are looked for, as long as a line `sep=` names none.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a first line begins that names the delimiter, as Excel writes and reads it.
const SEPARATOR: &[u8] = b"sep=";

/// What stands before the first record, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opening {
    /// The encoding.
    pub encoding: Encoding,
    /// The delimiter.
    pub delimiter: char,
    /// The bytes of the byte order mark.
    pub byte_order_mark: u64,
    /// The bytes of a first line that names the delimiter.
    pub separator_line: u64,
    /// The bytes of the blank lines before the header.
    pub blank: u64,
    /// How many those are.
    pub blank_lines: u64,
    /// The bytes of the header.
    pub header: u64,
}

/// An export behind its header.
pub(crate) struct Opened<R> {
    pub(crate) opening: Opening,
    pub(crate) records: Records<R>,
    pub(crate) framer: Framer,
    /// The header is what it has split last.
    pub(crate) splitter: Splitter,
}

pub(crate) fn open<R: Read>(source: R) -> Result<Opened<R>, Error> {
    let mut records = Records::new(Decoded::open(source)?.map_err(Cause::Foreign)?);
    let byte_order_mark = records.taken();
    let named = separator(&mut records)?;
    let separator_line = records.taken() - byte_order_mark;
    let blank_lines = pass_blank_lines(&mut records)?;
    let blank = records.taken() - byte_order_mark - separator_line;

    match records.text().trim_ascii_start().first() {
        None => return Err(Cause::Empty.into()),
        Some(b'<') => return Err(Cause::Markup.into()),
        Some(b'{' | b'[') => return Err(Cause::Json.into()),
        Some(_) => {}
    }
    let (framer, splitter, extent) = header(&mut records, named)?;
    let before = records.taken();
    records.take(extent);
    let opening = Opening {
        encoding: records.encoding(),
        delimiter: framer.delimiter().into(),
        byte_order_mark,
        separator_line,
        blank,
        blank_lines,
        header: records.taken() - before,
    };
    Ok(Opened { opening, records, framer, splitter })
}

/// The delimiter that the first line names, if it names one; then the line is passed.
fn separator<R: Read>(records: &mut Records<R>) -> Result<Option<u8>, Error> {
    let named = SEPARATOR.len();
    let line = records.first_line()?;
    let names_one = line.len() == named + 1
        && line.get(..named).is_some_and(|start| start.eq_ignore_ascii_case(SEPARATOR));
    let Some(delimiter) = line.get(named).copied().filter(|_| names_one) else { return Ok(None) };
    if !DELIMITERS.contains(&delimiter) {
        return Err(Cause::Separator.into());
    }
    records.take_line()?;
    Ok(Some(delimiter))
}

/// Passes lines with nothing but white space and delimiters on them, and counts them.
fn pass_blank_lines<R: Read>(records: &mut Records<R>) -> Result<u64, Error> {
    let first = records.line();
    let is_nothing = |byte: &u8| byte.is_ascii_whitespace() || DELIMITERS.contains(byte);
    while records.first_line()?.iter().all(is_nothing) && !records.text().is_empty() {
        records.take_line()?;
    }
    Ok(records.line() - first)
}

/// The header with the delimiter that makes the most known columns of it, and among those the most
/// columns.
fn header<R: Read>(
    records: &mut Records<R>,
    named: Option<u8>,
) -> Result<(Framer, Splitter, Extent), Error> {
    let mut best = None;
    let mut broken = None;
    for delimiter in DELIMITERS {
        if named.is_some_and(|named| named != delimiter) {
            continue;
        }
        let framer = Framer::new(delimiter);
        match records.frame(&framer)? {
            Some(Framed::Record(extent)) => {
                let mut splitter = Splitter::new(delimiter);
                let text = records.text().get(..extent.text).unwrap_or_default();
                let header = splitter.split(text)?;
                let known = header.iter().filter(|name| Column::named(name).is_some()).count();
                let columns = (known, header.len());
                if best.as_ref().is_none_or(|(most, _)| columns > *most) {
                    best = Some((columns, (framer, splitter, extent)));
                }
            }
            Some(Framed::Broken(kind) | Framed::Cut(kind)) => {
                broken.get_or_insert(kind);
            }
            None => {}
        }
    }
    let line = records.line();
    match (best, broken) {
        (None, None) | (Some(((_, 0), _)), _) => Err(Cause::Empty.into()),
        (None, Some(Quarantine::FieldCount)) => Err(Cause::TooManyColumns { line }.into()),
        // With another delimiter than its own, a header whose quotes are broken is one column.
        (None | Some(((0, 1), _)), Some(kind)) => Err(Cause::BrokenHeader { line, kind }.into()),
        (Some((_, found)), _) => Ok(found),
    }
}
