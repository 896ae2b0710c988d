//! Pieces of an export, and the reading of one.

use crate::error::Error;
use crate::keys::LearntKeys;
use crate::pattern::{Ends, Patterns};
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
    pub(crate) const LARGEST: usize = 512 << 10;

    /// How many records one has, at most: what is made of a record can take more room than its text.
    pub(crate) const MOST_RECORDS: usize = 1024;

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

    /// The records, from the first.
    fn records(&self) -> Records<'_> {
        if self.spans.is_empty() {
            Records::Lines { rest: &self.text, begin: self.begin }
        } else {
            Records::Spans { rest: &self.text, spans: self.spans.iter() }
        }
    }
}

/// What is left of the records of a piece.
enum Records<'p> {
    /// Whole lines, each with an end. On one of white space there is none.
    Lines {
        rest: &'p [u8],
        begin: Begin,
    },
    Spans {
        rest: &'p [u8],
        spans: std::slice::Iter<'p, Span>,
    },
}

impl<'p> Records<'p> {
    /// Where the next record begins, with the text from there on, and how it ends in that.
    fn ahead(&mut self) -> Option<(Begin, &'p [u8], Ends)> {
        match self {
            Self::Lines { rest, begin } => {
                while rest.first().is_some_and(|byte| is_space(*byte)) {
                    let line = rest.get(..=memchr(b'\n', rest)?)?;
                    if !line.iter().all(|byte| is_space(*byte)) {
                        break;
                    }
                    pass_line(rest, begin, line.len());
                }
                (!rest.is_empty()).then_some((*begin, *rest, Ends::Line))
            }
            Self::Spans { rest, spans } => {
                let span = spans.as_slice().first()?;
                let json = rest.get(..span.found.length())?;
                Some((span.begin, json, Ends::Text))
            }
        }
    }

    /// Passes the next record, of which so many bytes were read.
    fn pass(&mut self, bytes: usize) {
        match self {
            Self::Lines { rest, begin } => pass_line(rest, begin, bytes),
            Self::Spans { rest, spans } => {
                spans.next();
                *rest = rest.get(bytes..).unwrap_or_default();
            }
        }
    }

    /// The next record, which is passed.
    fn next(&mut self) -> Option<(Found, &'p [u8])> {
        match self {
            Self::Lines { rest, begin } => {
                let line = rest.get(..memchr(b'\n', rest)?)?;
                pass_line(rest, begin, line.len() + 1);
                let record = line.strip_suffix(b"\r").unwrap_or(line);
                Some((Found::Record(record.len()), record))
            }
            Self::Spans { rest, spans } => {
                let found = spans.next()?.found;
                let (json, behind) = rest.split_at_checked(found.length())?;
                *rest = behind;
                Some((found, json))
            }
        }
    }
}

fn pass_line(rest: &mut &[u8], begin: &mut Begin, bytes: usize) {
    *rest = rest.get(bytes..).unwrap_or_default();
    *begin = Begin { line: begin.line + 1, byte: begin.byte + bytes as u64 };
}

/// Reads pieces of an export, made by [`Export::piece_reader`](crate::Export::piece_reader).
pub struct PieceReader {
    reader: Reader,
    as_of: NaiveDate,
    patterns: Patterns,
    /// Of the current record.
    problems: Vec<Problem>,
}

/// What was learnt of the records of a piece beside their rows: their keys, which values could not be
/// read, what ids look like that break the id rule, and why nothing after them is read, if so.
///
/// That a key names a direct identifier, or that the JSON is broken, is said nowhere else: until
/// [`Export::learn`](crate::Export::learn) has it, nobody knows that people are missing.
#[derive(Default)]
#[must_use = "it says whether reading stopped: give it to `Export::learn`"]
pub struct Learnt {
    /// Of how many pieces.
    pub(crate) pieces: u64,
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
        self.pieces += later.pieces;
        if self.stop.is_none() {
            self.keys.add(later.keys);
            self.rows.add(later.rows);
            self.stop = later.stop;
        }
    }
}

impl PieceReader {
    pub(crate) fn new(reader: Reader, as_of: NaiveDate) -> Self {
        Self { reader, as_of, patterns: Patterns::default(), problems: Vec::new() }
    }

    /// Reads a piece. `row` is given each row in its order, with the bytes that it takes and what could
    /// not be used of it.
    ///
    /// Where [`Export::read`](crate::Export::read) would fail at a record, the rows end before it, as they
    /// do at the end of the piece, and [`Export::learn`](crate::Export::learn) fails when it is given
    /// what was learnt.
    pub fn read(
        &mut self,
        piece: &Piece,
        row: &mut impl FnMut(Row<'_>, u64, &[Problem]),
    ) -> Learnt {
        let Self { reader, as_of, patterns, problems } = self;
        let mut cells = vec![None; reader.rows().intake().profile.slots()];
        let mut reached = piece.reached;
        let mut stop = None;
        let mut records = piece.records();
        while let Some((begin, text, ends)) = records.ahead() {
            problems.clear();
            let mut hear = |problem| problems.push(problem);
            let facts = if let Some(bytes) = patterns.fit(text, ends, &mut cells) {
                records.pass(bytes);
                reader.facts_in(patterns, &cells, *as_of, &mut hear)
            } else {
                let Some((found, json)) = records.next() else { break };
                let facts = reader.facts_of(found, json, *as_of, &mut hear);
                match facts {
                    Ok(_) => reader.keep(patterns, json),
                    Err(kind) => stop = why_stop(kind, piece.kind, json, begin),
                }
                facts
            };
            if stop.is_some() {
                break;
            }
            let entry = reader.entry(facts);
            row(Row { line: begin.line, entry }, begin.byte - reached, problems);
            reached = begin.byte;
        }
        let (keys, rows) = reader.hand_over(patterns);
        Learnt { pieces: 1, keys, rows, stop }
    }
}

/// Why nothing is read from a record on that cannot be used, if so.
fn why_stop(kind: Quarantine, of: Kind, json: &[u8], begin: Begin) -> Option<Stop> {
    let stop = |why| Stop { byte: begin.byte, why };
    if kind == Quarantine::Identifying {
        return Some(stop(Why::Identifying));
    }
    // Any other quarantine is of JSON that was read to its end.
    let is_in_doubt =
        matches!(kind, Quarantine::NotJson | Quarantine::NotUtf8 | Quarantine::TooLarge);
    if of == Kind::Lines || !is_in_doubt {
        return None;
    }
    let error = value_end(json).err()?;
    Some(stop(Why::Broken(broken_in_record(json, begin, &error))))
}
