//! Pieces of an export, and the reading of one.

use crate::error::Error;
use crate::keys::LearntKeys;
use crate::reader::Reader;
use crate::records::{Found, broken_in_record};
use crate::shape::value_end;
use crate::source::is_space;
use chrono::NaiveDate;
use memchr::{memchr, memrchr};
use overdose_risk_intake::{self as intake, Problem, Quarantine, Row};
use std::fmt;

/// Some whole records of an export, as they stand in it. Its room is used again.
#[derive(Default)]
pub struct Piece {
    pub(crate) text: Vec<u8>,
    /// The records of which the text is made; none where it is made of whole lines.
    pub(crate) spans: Vec<Span>,
    pub(crate) kind: Kind,
    /// Where the text begins, if it is made of lines.
    pub(crate) begin: Begin,
    /// How far the export was read when the record before was.
    pub(crate) reached: u64,
}

/// What the records of a piece are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Lines of NDJSON.
    #[default]
    Lines,
    /// Elements of an array. Whether they are JSON to their end is not known.
    Elements,
}

/// Where something begins in an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Begin {
    /// The physical line, from 1.
    pub(crate) line: u64,
    /// How many bytes come before.
    pub(crate) byte: u64,
}

/// A record that was found, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) begin: Begin,
    pub(crate) found: Found,
}

/// Says nothing of the records.
impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").finish_non_exhaustive()
    }
}

impl Piece {
    /// How much text is put into one, in bytes, unless a single record is larger.
    pub(crate) const LARGEST: usize = 256 << 10;

    /// Empties it, for records behind so many bytes.
    pub(crate) fn clear(&mut self, kind: Kind, reached: u64) {
        let Self { text, spans, .. } = self;
        text.clear();
        spans.clear();
        (self.kind, self.reached) = (kind, reached);
    }

    pub(crate) fn push(&mut self, span: Span, json: &[u8]) {
        self.text.extend_from_slice(json);
        self.spans.push(span);
    }

    /// How far the export was read when the last record was.
    pub(crate) fn reaches(&self) -> u64 {
        match self.spans.last() {
            Some(span) => span.begin.byte,
            None => self.last_line().map_or(self.reached, |at| self.begin.byte + at as u64),
        }
    }

    /// Where the last line begins that has something on it.
    fn last_line(&self) -> Option<usize> {
        let mut text = &*self.text;
        loop {
            let (without_end, _) = text.split_at_checked(text.len().checked_sub(1)?)?;
            let at = memrchr(b'\n', without_end).map_or(0, |before| before + 1);
            let (before, line) = text.split_at_checked(at)?;
            if !line.iter().all(|byte| is_space(*byte)) {
                return Some(at);
            }
            text = before;
        }
    }

    /// Each record with its JSON. On a line of white space there is none.
    fn records(&self) -> impl Iterator<Item = (Span, &[u8])> {
        let (lines, spans) =
            if self.spans.is_empty() { (&*self.text, &[][..]) } else { (&[][..], &*self.spans) };
        let mut rest = &*self.text;
        let spans = spans.iter().map(move |span| {
            let (json, behind) = match span.found {
                Found::Record(length) | Found::CutLine(length) => rest.split_at_checked(length),
                Found::TooLarge => None,
            }
            .unwrap_or((&[], rest));
            rest = behind;
            (*span, json)
        });
        Lines { rest: lines, begin: self.begin }.chain(spans)
    }
}

/// Whole lines, each with an end.
struct Lines<'p> {
    rest: &'p [u8],
    begin: Begin,
}

impl<'p> Iterator for Lines<'p> {
    type Item = (Span, &'p [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let end = memchr(b'\n', self.rest)?;
            let (line, rest) = self.rest.split_at_checked(end + 1)?;
            self.rest = rest;
            let begin = self.begin;
            self.begin = Begin { line: begin.line + 1, byte: begin.byte + line.len() as u64 };
            if !line.iter().all(|byte| is_space(*byte)) {
                let text = line.strip_suffix(b"\n").unwrap_or(line);
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                return Some((Span { begin, found: Found::Record(text.len()) }, text));
            }
        }
    }
}

/// Reads pieces of an export, made by [`Export::piece_reader`](crate::Export::piece_reader).
pub struct PieceReader {
    reader: Reader,
    as_of: NaiveDate,
    /// Of the current record.
    problems: Vec<Problem>,
}

/// What was learnt of the records of a piece beside their rows: their keys, which values could not be
/// read, what ids look like that break the id rule, and why nothing after them is read, if so.
#[derive(Default)]
pub struct Learnt {
    pub(crate) keys: LearntKeys,
    pub(crate) rows: intake::Learnt,
    pub(crate) stop: Option<Stop>,
}

/// Why nothing is read from some record on.
#[derive(Debug)]
pub(crate) struct Stop {
    /// Where the record begins.
    pub(crate) byte: u64,
    pub(crate) why: Why,
}

#[derive(Debug)]
pub(crate) enum Why {
    /// A key names a direct identifier.
    Identifying,
    /// An element is not JSON, so where the next one begins nobody can say.
    Broken(Error),
}

/// Says nothing of the record that was read last.
impl fmt::Debug for PieceReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PieceReader").finish_non_exhaustive()
    }
}

/// Says nothing of the keys.
impl fmt::Debug for Learnt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Learnt").finish_non_exhaustive()
    }
}

impl Learnt {
    /// Whether there is nothing in it, as of a piece without records.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.rows.is_empty() && self.stop.is_none()
    }

    /// Adds what was learnt of the piece behind.
    pub fn add(&mut self, later: Self) {
        if self.stop.is_none() {
            self.keys.add(later.keys);
            self.rows.add(later.rows);
            self.stop = later.stop;
        }
    }
}

impl PieceReader {
    pub(crate) fn new(reader: Reader, as_of: NaiveDate) -> Self {
        Self { reader, as_of, problems: Vec::new() }
    }

    /// Reads a piece. `row` is given each row in its order, with the bytes that it takes and what could
    /// not be used of it.
    ///
    /// Where [`Export::read`](crate::Export::read) would fail at a record, the rows end before it, and
    /// [`Export::learn`](crate::Export::learn) fails.
    pub fn read(
        &mut self,
        piece: &Piece,
        row: &mut impl FnMut(Row<'_>, u64, &[Problem]),
    ) -> Learnt {
        let mut reached = piece.reached;
        let mut stop = None;
        for (Span { begin, found }, json) in piece.records() {
            let Self { reader, as_of, problems } = self;
            problems.clear();
            let facts = reader.facts_of(found, json, *as_of, &mut |problem| problems.push(problem));
            let why =
                facts.as_ref().err().and_then(|kind| why_stop(*kind, piece.kind, json, begin));
            if let Some(why) = why {
                stop = Some(Stop { byte: begin.byte, why });
                break;
            }
            let entry = reader.entry(facts);
            row(Row { line: begin.line, entry }, begin.byte - reached, problems);
            reached = begin.byte;
        }
        let (keys, rows) = self.reader.hand_over();
        Learnt { keys, rows, stop }
    }
}

/// Why nothing is read from a record on that cannot be used, if so.
fn why_stop(kind: Quarantine, of: Kind, json: &[u8], begin: Begin) -> Option<Why> {
    if kind == Quarantine::Identifying {
        return Some(Why::Identifying);
    }
    // Any other quarantine is of JSON that was read to its end.
    let is_in_doubt =
        matches!(kind, Quarantine::NotJson | Quarantine::NotUtf8 | Quarantine::TooLarge);
    if of == Kind::Lines || !is_in_doubt {
        return None;
    }
    let error = value_end(json).err()?;
    Some(Why::Broken(broken_in_record(json, begin, &error)))
}
