//! Reading an export, record by record.

use crate::lines::Lines;
use chrono::NaiveDate;
use csv::ByteRecord;
use overdose_risk_intake::{
    Column, Entry, Id, Layout, Principal, Problem, Quarantine, Refused, Row, read_person,
};
use std::{fmt, io};

/// A CSV export with a header, as of a day. Nothing but the current record is held.
pub struct Export<R> {
    reader: csv::Reader<Lines<R>>,
    layout: Layout,
    as_of: NaiveDate,
    record: ByteRecord,
    /// Whether the last record had another number of fields than the header.
    torn: bool,
    /// Lines that the last record has taken in.
    swallowed: std::vec::IntoIter<u64>,
}

/// Says nothing of the record that is held.
impl<R> fmt::Debug for Export<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").field("layout", &self.layout).finish_non_exhaustive()
    }
}

/// An export that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Cause);

/// Whether the reading failed or what was read is no export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes could not be read.
    Io,
    /// The header cannot be used, or there is none.
    Refused,
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("reading stopped: {0}")]
    Io(io::ErrorKind),
    #[error("the file is empty: an export has a header and records")]
    Empty,
    #[error("the file is in UTF-16: export it as UTF-8")]
    Utf16,
    #[error("in its header\n  {0}")]
    Header(Refused),
}

impl Error {
    /// Whether the reading failed or what was read is no export.
    pub fn kind(&self) -> ErrorKind {
        match self.0 {
            Cause::Io(_) => ErrorKind::Io,
            Cause::Empty | Cause::Utf16 | Cause::Header(_) => ErrorKind::Refused,
        }
    }
}

/// The csv crate's own text is left behind: what it says of a record could repeat it.
impl From<csv::Error> for Error {
    fn from(error: csv::Error) -> Self {
        let csv::ErrorKind::Io(error) = error.into_kind() else {
            return Cause::Io(io::ErrorKind::InvalidData).into();
        };
        Cause::Io(error.kind()).into()
    }
}

impl<R: io::Read> Export<R> {
    /// Reads the header. Principal fields in `waive` may be missing.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is empty, or has a header that cannot be used.
    pub fn open(source: R, as_of: NaiveDate, waive: &[Principal]) -> Result<Self, Error> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(Lines::new(source));
        let headers = reader.byte_headers()?;
        if headers.is_empty() {
            return Err(Cause::Empty.into());
        }
        if headers.iter().next().is_some_and(is_utf_16) {
            return Err(Cause::Utf16.into());
        }
        let layout = Layout::resolve(headers, waive).map_err(Cause::Header)?;
        Ok(Self {
            reader,
            layout,
            as_of,
            record: ByteRecord::new(),
            torn: false,
            swallowed: Vec::new().into_iter(),
        })
    }

    /// Which column is which field.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How many bytes have been taken from the source for the records so far.
    pub fn bytes_read(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The source, read as far as it has been read.
    pub fn into_inner(self) -> R {
        self.reader.into_inner().into_inner()
    }

    /// The next record; `None` at the end. `problem` hears of facts that could not be used.
    ///
    /// Where a stray quote has made lines a part of the record before them, the record and each line
    /// that it has taken in come out as quarantined: its cells may be another person's.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read.
    pub fn read(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, Error> {
        if let Some(line) = self.swallowed.next() {
            let entry = Entry::Quarantined { id: None, kind: Quarantine::WithinQuotes };
            return Ok(Some(Row { line, entry }));
        }
        let fields = self.reader.byte_headers()?.len();
        if !self.reader.read_byte_record(&mut self.record)? {
            return Ok(None);
        }
        let start = self.record.position().map_or(0, csv::Position::byte);
        let line = self.reader.get_mut().line_from(start);
        let after_torn = std::mem::replace(&mut self.torn, self.record.len() != fields);
        if self.torn || self.holds_a_whole_record(fields) {
            let end = self.reader.position().byte();
            self.swallowed = self.reader.get_ref().lines_to(end).into_iter();
        }
        Ok(Some(Row { line, entry: self.entry(after_torn, problem) }))
    }

    /// Whether a field has a line end in it and as many delimiters as a whole record. A quote that
    /// opens in one record and closes in the same column of a later one, or at the end of the file,
    /// leaves exactly that.
    fn holds_a_whole_record(&self, fields: usize) -> bool {
        self.record.iter().any(|cell| {
            // A line end that comes first is the end of the line on which the quote opened.
            let cell = cell.trim_ascii_end();
            let delimiters = || cell.iter().filter(|byte| **byte == b',').count();
            cell.iter().any(|byte| matches!(byte, b'\n' | b'\r')) && delimiters() + 1 >= fields
        })
    }

    fn entry(&self, after_torn: bool, problem: &mut impl FnMut(Problem)) -> Entry<'_> {
        let cell = |column| self.record.get(self.layout.place(column)?);
        let broken = match (self.swallowed.len(), self.torn) {
            (1.., _) => Some(Quarantine::QuoteNotClosed),
            (0, true) => Some(Quarantine::FieldCount),
            (0, false) => None,
        };
        if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return Entry::Blank;
        }
        if let Some(kind) = broken {
            // Only the first field is surely in its own column, and only where this is not the other
            // half of the record before: elsewhere, a word could be taken for an id.
            let is_sure = !after_torn && self.layout.place(Column::Id) == Some(0);
            let id = cell(Column::Id).filter(|_| is_sure).and_then(|id| Id::read(id).ok());
            return Entry::Quarantined { id, kind };
        }
        match read_person(cell, self.as_of, problem) {
            Ok(person) => Entry::Person(person),
            Err(kind) => Entry::Quarantined { id: None, kind },
        }
    }
}

/// Whether a file begins with the byte order mark of UTF-16.
fn is_utf_16(start: &[u8]) -> bool {
    start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff])
}
