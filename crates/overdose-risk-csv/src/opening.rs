//! What an export begins with: its encoding, its delimiter, its header.

use crate::decoded::{Decoded, Encoding};
use crate::error::{Cause, Error};
use crate::frame::{Extent, Framer};
use crate::header::names_in;
use crate::records::Records;
use crate::split::Splitter;
use overdose_risk_intake::{Profile, Quarantine};
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
    /// What it says of itself, where it was asked.
    pub(crate) profile: Profile,
}

pub(crate) fn open<R: Read>(source: R, profile: &Profile) -> Result<Opened<R>, Error> {
    let mut records = Records::new(Decoded::open(source)?.map_err(Cause::Foreign)?);
    let byte_order_mark = records.taken();
    let named = separator(&mut records)?;
    let separator_line = records.taken() - byte_order_mark;
    let blank_lines = pass_blank_lines(&mut records)?;
    let blank = records.taken() - byte_order_mark - separator_line;

    match records.text().trim_ascii_start().first() {
        None => return Err(Cause::Empty.into()),
        Some(b'<') => return Err(Cause::Markup.into()),
        Some(b'{' | b'[') if records.encoding() == Encoding::Utf8 => return Err(Cause::Json.into()),
        Some(b'{' | b'[') => return Err(Cause::WideJson.into()),
        Some(_) => {}
    }
    let (framer, splitter, extent) = header(&mut records, named, profile)?;
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
    let profile = profile.of_header(splitter.record().iter());
    Ok(Opened { opening, records, framer, splitter, profile })
}

/// The delimiter that the first line names, if it names one; then the line is passed.
fn separator<R: Read>(records: &mut Records<R>) -> Result<Option<u8>, Error> {
    let line = records.first_line()?;
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let Some((word, rest)) = line.split_at_checked(SEPARATOR.len()) else { return Ok(None) };
    // Spreadsheets fill the line up with delimiters.
    let is_nothing_else = |byte: &u8| DELIMITERS.contains(byte) || matches!(byte, b'"' | b' ');
    let Some((delimiter, rest)) = rest.split_first() else { return Ok(None) };
    if !word.eq_ignore_ascii_case(SEPARATOR) || !rest.iter().all(is_nothing_else) {
        return Ok(None);
    }
    let delimiter = *delimiter;
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

/// The header, with the delimiter that is named or makes the most known columns of its first line,
/// and among those the most columns.
fn header<R: Read>(
    records: &mut Records<R>,
    named: Option<u8>,
    profile: &Profile,
) -> Result<(Framer, Splitter, Extent), Error> {
    let line = records.first_line()?;
    let columns = |delimiter: &u8| {
        let known = |name: &&[u8]| profile.knows(name);
        let names = || names_in(line, *delimiter);
        (names().filter(known).count(), names().count())
    };
    // Of several that are as good, the last is taken.
    let best = DELIMITERS.into_iter().rev().max_by_key(columns);
    let delimiter = named.or(best).ok_or(Cause::Empty)?;

    let line = records.line();
    let framer = Framer::new(delimiter);
    let extent = match records.frame(&framer)?.ok_or(Cause::Empty)? {
        Ok(extent) => extent,
        Err(Quarantine::FieldCount) => return Err(Cause::TooManyColumns { line }.into()),
        Err(kind) => return Err(Cause::BrokenHeader { line, kind }.into()),
    };
    let mut splitter = Splitter::new(delimiter);
    match records.text_of(extent) {
        [] => return Err(Cause::Empty.into()),
        text => splitter.split(text)?,
    };
    Ok((framer, splitter, extent))
}
