//! Where a record ends: RFC 4180, within limits.

use overdose_risk_intake::Quarantine;

/// The byte order mark of UTF-8. Before a record it is what is left of where two files were joined.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";

/// How many bytes a field may have, the quotes around it apart.
pub(crate) const LONGEST_FIELD: usize = 64 << 10;

/// How many bytes a record may have, its line end apart.
const LONGEST_RECORD: usize = 256 << 10;

/// How much text is enough to tell: a record and its line end.
pub(crate) const ENOUGH: usize = LONGEST_RECORD + 2;

/// On how many physical lines a record may stand.
const MOST_LINES: usize = 64;

/// How many fields a record may have.
pub(crate) const MOST_FIELDS: usize = 1024;

/// How far a record reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Where its first field starts: behind a byte order mark, if one stands there.
    pub(crate) start: usize,
    /// Where its last field ends.
    pub(crate) end: usize,
    /// How many bytes it takes, with its line end.
    pub(crate) length: usize,
    pub(crate) fields: usize,
    /// The physical lines on which it stands.
    pub(crate) lines: usize,
}

impl Extent {
    /// Whether its last line has an end; only the last record of all can have none.
    pub(crate) fn has_line_end(self) -> bool {
        self.end < self.length
    }
}

/// Why no record stands at the beginning of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// It breaks the rules, first in this way.
    Broken(Quarantine),
    /// The text ends before the record does. If it is enough to tell, the record is broken so.
    Cut(Quarantine),
}

/// Whether a text is all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follows {
    Nothing,
    MaybeMore,
}

/// The rules, for one delimiter.
#[derive(Clone, Debug)]
pub(crate) struct Framer {
    delimiter: u8,
    /// What a field without quotes ends at.
    stops: [bool; 256],
    /// What is looked at in a field with quotes.
    stops_in_quotes: [bool; 256],
}

impl Framer {
    pub(crate) fn new(delimiter: u8) -> Self {
        let table = |other: u8| {
            let is_stop = |byte: u8| byte == other || is_line_end(byte) || is_control(byte);
            std::array::from_fn(|byte| u8::try_from(byte).is_ok_and(is_stop))
        };
        Self { delimiter, stops: table(delimiter), stops_in_quotes: table(b'"') }
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The record at the beginning of a text. What it is follows from its own bytes and the one after
    /// them, however much more of the text is there.
    pub(crate) fn frame(&self, text: &[u8], follows: Follows) -> Result<Extent, Flaw> {
        let enough = text.get(..ENOUGH);
        let follows = if enough.is_some() { Follows::MaybeMore } else { follows };
        match self.record(enough.unwrap_or(text), follows) {
            Ok(extent) if extent.end > LONGEST_RECORD => Err(Flaw::Broken(Quarantine::TooLarge)),
            Err(Flaw::Cut(kind)) if enough.is_some() => Err(Flaw::Broken(kind)),
            record => record,
        }
    }

    fn record(&self, text: &[u8], follows: Follows) -> Result<Extent, Flaw> {
        let start = if text.starts_with(MARK) { MARK.len() } else { 0 };
        let mut at = start;
        let mut lines = 1;
        for fields in 1..=MOST_FIELDS {
            let end = self.end_of_field(text, at, follows, &mut lines)?;
            match text.get(end) {
                Some(byte) if *byte == self.delimiter => at = end + 1,
                Some(byte) if is_control(*byte) => {
                    return Err(broken(Quarantine::ControlByte, lines));
                }
                Some(b'\n' | b'\r') | None => {
                    let length = end + length_of_line_end(text, end, follows)?;
                    return Ok(Extent { start, end, length, fields, lines });
                }
                Some(_) => return Err(broken(Quarantine::TextAfterQuote, lines)),
            }
        }
        Err(Flaw::Broken(Quarantine::FieldCount))
    }

    /// Where the field that starts here ends.
    pub(crate) fn end_of_field(
        &self,
        text: &[u8],
        start: usize,
        follows: Follows,
        lines: &mut usize,
    ) -> Result<usize, Flaw> {
        if text.get(start) == Some(&b'"') {
            return self.end_of_quoted(text, start + 1, follows, lines);
        }
        let longest = (start + LONGEST_FIELD + 1).min(text.len());
        let field = text.get(start..longest).unwrap_or_default();
        match field.iter().position(|byte| is_in(&self.stops, *byte)) {
            Some(length) => Ok(start + length),
            None if field.len() > LONGEST_FIELD => Err(Flaw::Broken(Quarantine::TooLarge)),
            None if follows == Follows::MaybeMore => Err(Flaw::Cut(Quarantine::TooLarge)),
            None => Ok(text.len()),
        }
    }

    /// Where the field ends whose opening quote stands before this: behind its closing quote.
    fn end_of_quoted(
        &self,
        text: &[u8],
        start: usize,
        follows: Follows,
        lines: &mut usize,
    ) -> Result<usize, Flaw> {
        let not_closed = Flaw::Broken(Quarantine::QuoteNotClosed);
        let longest = (start + LONGEST_FIELD + 1).min(text.len());
        let mut at = start;
        loop {
            let rest = text.get(at..longest).unwrap_or_default();
            let Some(plain) = rest.iter().position(|byte| is_in(&self.stops_in_quotes, *byte))
            else {
                let is_full = longest - start > LONGEST_FIELD;
                return Err(match follows {
                    Follows::MaybeMore if !is_full => Flaw::Cut(Quarantine::QuoteNotClosed),
                    Follows::MaybeMore | Follows::Nothing => not_closed,
                });
            };
            at += plain;
            match (text.get(at), text.get(at + 1)) {
                (Some(b'"'), Some(b'"')) => at += 2,
                (Some(b'"'), None) if follows == Follows::MaybeMore => {
                    return Err(Flaw::Cut(Quarantine::QuoteNotClosed));
                }
                (Some(b'"'), _) => return Ok(at + 1),
                (Some(b'\r' | b'\n'), next) => {
                    let is_pair = text.get(at) == Some(&b'\r') && next == Some(&b'\n');
                    at += 1 + usize::from(is_pair);
                    *lines += 1;
                    if *lines > MOST_LINES {
                        return Err(not_closed);
                    }
                }
                (_, _) => return Err(broken(Quarantine::ControlByte, *lines)),
            }
        }
    }
}

/// A record that breaks a rule on this line of its own. Behind its first, the quote is to blame that
/// opened there: what breaks the rule may be a part of another record.
fn broken(kind: Quarantine, line: usize) -> Flaw {
    Flaw::Broken(if line > 1 { Quarantine::QuoteNotClosed } else { kind })
}

fn is_in(table: &[bool; 256], byte: u8) -> bool {
    table.get(usize::from(byte)).is_some_and(|is_in| *is_in)
}

/// Where the first line of a text ends, if it does there.
pub(crate) fn end_of_line(text: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\n', b'\r', text)
}

/// How many bytes the line end here has: none at the end of all text.
pub(crate) fn length_of_line_end(text: &[u8], at: usize, follows: Follows) -> Result<usize, Flaw> {
    match (text.get(at), text.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Ok(2),
        (Some(b'\r'), None) if follows == Follows::MaybeMore => {
            Err(Flaw::Cut(Quarantine::TooLarge))
        }
        (Some(_), _) => Ok(1),
        (None, _) => Ok(0),
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Control bytes of ASCII, but for white space: of that, word processors leave vertical tabs in notes,
/// too. Those above ASCII are letters in Windows-1252.
fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\x0b' | b'\x0c' | b'\r')
}
