//! Reading an export, record by record.

use crate::error::{Cause, Error};
use crate::frame::{Extent, Framed, Framer};
use crate::line::{After, Form};
use crate::opening::{self, Opened, Opening};
use crate::records::Records;
use crate::split::Splitter;
use chrono::NaiveDate;
use csv::ByteRecord;
use overdose_risk_intake::{
    Column, Entry, Id, Layout, Principal, Problem, Quarantine, Row, read_person,
};
use std::{fmt, io};

/// A CSV export with a header, as of a day. It holds the current record, as far as one may reach.
pub struct Export<R> {
    records: Records<R>,
    framer: Framer,
    splitter: Splitter,
    opening: Opening,
    header: ByteRecord,
    layout: Layout,
    form: Form,
    as_of: NaiveDate,
    /// What the last row was, blank ones apart.
    after: After,
    /// The id of the last broken record, where it is surely its own.
    broken_id: String,
}

/// Says nothing of the record that is held.
impl<R> fmt::Debug for Export<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("opening", &self.opening)
            .field("layout", &self.layout)
            .finish_non_exhaustive()
    }
}

/// The byte order mark of UTF-8, as it stands in the middle of files that were joined.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: io::Read> Export<R> {
    /// Reads the header. Principal fields in `waive` may be missing.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is empty or no CSV, or has a header that cannot be used.
    pub fn open(source: R, as_of: NaiveDate, waive: &[Principal]) -> Result<Self, Error> {
        let Opened { opening, records, framer, splitter } = opening::open(source)?;
        let layout = Layout::resolve(splitter.record(), waive).map_err(Cause::Header)?;
        let mut header = splitter.record().clone();
        header.trim();
        // A layout has an id.
        let id_place = layout.place(Column::Id).unwrap_or_default();
        let form = Form { fields: header.len(), id_place };
        let (after, broken_id) = (After::Whole, String::new());
        Ok(Self {
            records,
            framer,
            splitter,
            opening,
            header,
            layout,
            form,
            as_of,
            after,
            broken_id,
        })
    }

    /// What stands before the first record.
    pub fn opening(&self) -> Opening {
        self.opening
    }

    /// Which column is which field.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How many bytes of the source the opening and the rows so far took. Each row takes those from
    /// where the last one ended, so that every byte belongs to one of them.
    pub fn bytes_read(&self) -> u64 {
        self.records.taken()
    }

    /// The source, read as far as it has been read.
    pub fn into_inner(self) -> R {
        self.records.into_source()
    }

    /// The next record; `None` at the end. `problem` hears of facts that could not be used.
    ///
    /// A record that breaks the rules of CSV costs its first physical line only: that comes out as
    /// quarantined, and the next line begins a record.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read, or when another header stands among the records.
    pub fn read(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, Error> {
        let line = self.records.line();
        let entry = match self.find()? {
            Found::Nothing => return Ok(None),
            Found::Blank(extent) => {
                self.records.take(extent);
                Entry::Blank
            }
            Found::Broken(kind) => {
                self.pass_line(kind)?;
                Entry::Quarantined { id: Id::read(self.broken_id.as_bytes()).ok(), kind }
            }
            Found::Header(extent) => {
                self.records.take(extent);
                self.after = After::Whole;
                Entry::Quarantined { id: None, kind: Quarantine::HeaderRepeated }
            }
            Found::OtherHeader => return Err(Cause::OtherHeader { line }.into()),
            Found::Record(extent) => {
                self.records.take(extent);
                self.after = After::Whole;
                let cell = |column| self.splitter.record().get(self.layout.place(column)?);
                match read_person(cell, self.as_of, problem) {
                    Ok(person) => Entry::Person(person),
                    Err(kind) => Entry::Quarantined { id: None, kind },
                }
            }
        };
        Ok(Some(Row { line, entry }))
    }

    /// What begins here. A record has been split.
    fn find(&mut self) -> io::Result<Found> {
        let extent = match self.records.frame(&self.framer)? {
            None => return Ok(Found::Nothing),
            Some(Framed::Broken(kind) | Framed::Cut(kind)) => return Ok(Found::Broken(kind)),
            Some(Framed::Record(extent)) => extent,
        };
        let text = self.records.text().get(..extent.text).unwrap_or_default();
        if text.is_empty() || self.splitter.split(text)?.iter().all(is_blank) {
            return Ok(Found::Blank(extent));
        }
        Ok(if extent.lines > 1 && self.form.is_within(text, &self.framer) {
            Found::Broken(Quarantine::RecordWithinQuotes)
        } else if extent.fields != self.form.fields {
            Found::Broken(Quarantine::FieldCount)
        } else {
            self.record_or_header(extent)
        })
    }

    /// What a record is with as many fields as the header.
    fn record_or_header(&self, extent: Extent) -> Found {
        let record = self.splitter.record();
        let may_be_name = |id: &[u8]| !id.iter().any(u8::is_ascii_digit);
        if !record.get(self.form.id_place).is_some_and(may_be_name) {
            return Found::Record(extent);
        }
        let names = || record.iter().map(|cell| cell.strip_prefix(MARK).unwrap_or(cell));
        let is_same = |(name, first): (&[u8], &[u8])| name.trim_ascii().eq_ignore_ascii_case(first);
        if names().zip(&self.header).all(is_same) {
            return Found::Header(extent);
        }
        if names().any(|name| Column::Id.is_named(name)) {
            let known = names().filter(|name| Column::named(name).is_some()).count();
            let columns = Column::all().filter(|column| self.layout.place(*column).is_some());
            if 2 * known >= columns.count() {
                return Found::OtherHeader;
            }
        }
        Found::Record(extent)
    }

    /// Passes the physical line of a record that is broken, and keeps what is surely its id.
    fn pass_line(&mut self, kind: Quarantine) -> io::Result<()> {
        let after = std::mem::replace(&mut self.after, After::Broken);
        let line = self.records.first_line()?;
        let id = self.form.id_of_broken(line, kind, after, &self.framer);
        self.broken_id.clear();
        self.broken_id.push_str(id.map_or("", Id::as_str));
        self.records.take_line()
    }
}

/// What begins at a place of an export.
enum Found {
    Record(Extent),
    Blank(Extent),
    Header(Extent),
    OtherHeader,
    Broken(Quarantine),
    Nothing,
}

fn is_blank(cell: &[u8]) -> bool {
    cell.trim_ascii().is_empty()
}
