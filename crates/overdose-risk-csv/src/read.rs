//! Reading an export, record by record.

use crate::lines::Lines;
use chrono::NaiveDate;
use csv::ByteRecord;
use overdose_risk_intake::{
    Column, Id, Layout, Person, Principal, Problem, Quarantine, Refused, read_person,
};
use std::io;

/// A CSV export with a header, as of a day. Nothing but the current record is held.
#[derive(Debug)]
pub struct Export<R> {
    reader: csv::Reader<Lines<R>>,
    layout: Layout,
    as_of: NaiveDate,
    record: ByteRecord,
}

/// One record, and where it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'r> {
    /// The physical line on which the record starts, from 1.
    pub line: u64,
    /// What became of it.
    pub entry: Entry<'r>,
}

/// What a record turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'r> {
    /// A person, to be assessed or, having died, counted.
    Person(Person<'r>),
    /// A record that cannot be assessed.
    Quarantined {
        /// The id, where it obeys the id rule and is surely the id.
        id: Option<Id<'r>>,
        /// Why.
        kind: Quarantine,
    },
    /// A record in which every cell is blank, as spreadsheets leave them behind.
    Blank,
}

/// An export that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Cause);

/// Whether the reading failed or what was read is no export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The bytes could not be read.
    Io,
    /// The header cannot be used, or there is none.
    Refused,
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("reading stopped: {}", .0.kind())]
    Io(io::Error),
    #[error("the file is empty: an export has a header and records")]
    Empty,
    #[error("line 1: {0}")]
    Header(Refused),
}

impl Error {
    /// Whether the reading failed or what was read is no export.
    pub fn kind(&self) -> ErrorKind {
        match self.0 {
            Cause::Io(_) => ErrorKind::Io,
            Cause::Empty | Cause::Header(_) => ErrorKind::Refused,
        }
    }
}

/// The csv crate's own text is left behind: what it says of a record could repeat it.
impl From<csv::Error> for Error {
    fn from(error: csv::Error) -> Self {
        let csv::ErrorKind::Io(error) = error.into_kind() else {
            return Cause::Io(io::ErrorKind::InvalidData.into()).into();
        };
        Cause::Io(error).into()
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
        let layout = Layout::resolve(headers, waive).map_err(Cause::Header)?;
        Ok(Self { reader, layout, as_of, record: ByteRecord::new() })
    }

    /// Which column is which field.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The source, read as far as it has been read.
    pub fn into_inner(self) -> R {
        self.reader.into_inner().into_inner()
    }

    /// The next record; `None` at the end. `problem` hears of facts that could not be used.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read.
    pub fn read(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, Error> {
        let fields = self.reader.byte_headers()?.len();
        if !self.reader.read_byte_record(&mut self.record)? {
            return Ok(None);
        }
        let start = self.record.position().map_or(0, csv::Position::byte);
        let line = self.reader.get_mut().line_from(start);
        Ok(Some(Row { line, entry: self.entry(fields, problem) }))
    }

    fn entry(&self, fields: usize, problem: &mut impl FnMut(Problem)) -> Entry<'_> {
        if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return Entry::Blank;
        }
        let cell = |column| self.record.get(self.layout.place(column)?);
        if self.record.len() != fields {
            // Only the first field is surely in its own column: further on, a name could be taken
            // for an id, or one person's id for another's.
            let id = cell(Column::Id).filter(|_| self.layout.place(Column::Id) == Some(0));
            let id = id.and_then(|id| Id::read(id).ok());
            return Entry::Quarantined { id, kind: Quarantine::FieldCount };
        }
        match read_person(cell, self.as_of, problem) {
            Ok(person) => Entry::Person(person),
            Err(kind) => Entry::Quarantined { id: None, kind },
        }
    }
}
