//! Reading an export, record by record.

use crate::cut::Cutter;
use crate::error::{Cause, Error};
use crate::frame::{Extent, Framer, MARK};
use crate::header::Header;
use crate::line::{After, Form, Ids};
use crate::opening::{self, Opened, Opening};
use crate::records::Records;
use crate::rows::{Rows, is_blank};
use crate::split::Splitter;
use chrono::NaiveDate;
use overdose_risk_intake::{
    Entry, Id, IdGuard, Intake, Layout, Problem, Quarantine, Row, RowReader, UnreadValues,
};
use std::{fmt, io};

/// A CSV export with a header, as of a day. It holds the current record, as far as one may reach.
pub struct Export<R> {
    pub(crate) records: Records<R>,
    pub(crate) framer: Framer,
    splitter: Splitter,
    opening: Opening,
    pub(crate) rows: Rows,
    /// What the last row was, blank ones apart.
    pub(crate) after: After,
    /// What stands in the place of the id of the last person.
    pub(crate) last_id: Vec<u8>,
    /// The id of the last broken record, where it is surely one.
    pub(crate) broken_id: String,
    pub(crate) cutter: Cutter,
}

/// Says nothing of the record that is held.
impl<R> fmt::Debug for Export<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("opening", &self.opening)
            .field("layout", &self.rows.layout)
            .finish_non_exhaustive()
    }
}

impl<R: io::Read> Export<R> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is empty or no CSV, or has a header that cannot be used.
    pub fn open(source: R, as_of: NaiveDate, intake: &Intake) -> Result<Self, Error> {
        let Opened { opening, records, framer, splitter, profile } =
            opening::open(source, &intake.profile)?;
        let intake = Intake { profile, ..intake.clone() };
        let layout = Layout::resolve(splitter.record(), &intake)
            .map_err(|refused| Cause::Header { refused, is_named: opening.separator_line > 0 })?;
        let header = Header::new(splitter.record(), intake.profile.clone());
        // A layout has an id. Where it is made of several, the last tells people apart.
        let mut id_slots = intake.profile.id_slots().into_iter().rev();
        let id_place = id_slots.find_map(|slot| layout.place_of_slot(slot)).unwrap_or_default();
        let form = Form { fields: header.len(), id_place };
        let rows = Rows::new(header, layout, form, RowReader::new(intake), as_of);
        Ok(Self {
            cutter: Cutter::new(opening.encoding, framer.delimiter(), &rows),
            records,
            framer,
            splitter,
            opening,
            rows,
            after: After::Whole,
            last_id: Vec::new(),
            broken_id: String::new(),
        })
    }

    /// What stands before the first record.
    pub fn opening(&self) -> Opening {
        self.opening
    }

    /// Which column is which field.
    pub fn layout(&self) -> &Layout {
        &self.rows.layout
    }

    /// How it is read; the profile is the one that was found.
    pub fn intake(&self) -> &Intake {
        self.rows.reader.intake()
    }

    /// How many different values could not be read so far.
    pub fn unread_values(&self) -> &UnreadValues {
        self.rows.reader.unread_values()
    }

    /// What the ids look like that broke the id rule so far, if any did.
    pub fn broken_ids(&self) -> Option<&IdGuard> {
        self.rows.reader.broken_ids()
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
        if let Some(error) = self.cutter.failed.take() {
            return Err(error);
        }
        let line = self.records.line();
        let entry = match self.find()? {
            Found::Nothing => return Ok(None),
            Found::Blank(extent) => {
                self.records.take(extent);
                Entry::Blank
            }
            Found::Broken(kind) => {
                self.pass_line()?;
                Entry::Quarantined { id: Id::read(self.broken_id.as_bytes()).ok(), kind }
            }
            Found::Record(extent) => {
                self.records.take(extent);
                let after = std::mem::replace(&mut self.after, After::Whole);
                self.entry(line, after, problem)?
            }
        };
        Ok(Some(Row { line, entry }))
    }

    /// What begins here. A record has been split.
    pub(crate) fn find(&mut self) -> io::Result<Found> {
        let extent = match self.records.frame(&self.framer)? {
            None => return Ok(Found::Nothing),
            Some(Err(kind)) => return Ok(Found::Broken(kind)),
            Some(Ok(extent)) => extent,
        };
        let text = self.records.text_of(extent);
        if text.is_empty() || self.splitter.split(text)?.iter().all(is_blank) {
            return Ok(Found::Blank(extent));
        }
        let may_be_id = |cell: &[u8]| self.rows.reader.may_be_id(cell);
        let ids = Ids { last: &self.last_id, may_be_id: &may_be_id };
        let has_others = || self.rows.form.is_within(text, ids, &self.framer);
        Ok(if extent.lines > 1 && has_others() {
            Found::Broken(Quarantine::RecordWithinQuotes)
        } else if extent.fields < self.rows.form.fields && !extent.has_line_end() {
            Found::Broken(Quarantine::BreaksOff)
        } else if extent.fields != self.rows.form.fields {
            Found::Broken(Quarantine::FieldCount)
        } else {
            Found::Record(extent)
        })
    }

    /// What the record says that has been split.
    fn entry(
        &mut self,
        line: u64,
        after: After,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Entry<'_>, Error> {
        let record = self.splitter.record();
        let id_place = self.rows.form.id_place;
        let (entry, problems) = self.rows.entry(line, after, &|place| record.get(place))?;
        if matches!(entry, Entry::Person(_)) {
            let id = record.get(id_place).unwrap_or_default();
            self.last_id.clear();
            self.last_id.extend_from_slice(id.trim_ascii());
        }
        problems.iter().copied().for_each(problem);
        Ok(entry)
    }

    /// Passes the physical line of a record that is broken, and keeps what is surely its id.
    pub(crate) fn pass_line(&mut self) -> Result<(), Error> {
        let after = std::mem::replace(&mut self.after, After::Broken);
        let place = self.records.line();
        let line = self.records.first_line()?;
        let line = line.strip_prefix(MARK).unwrap_or(line);
        if self.rows.header.is_other_in(line, &self.framer) {
            return Err(Cause::OtherHeader { line: place }.into());
        }
        let may_be_id = |cell: &[u8]| self.rows.reader.may_be_id(cell);
        let ids = Ids { last: &self.last_id, may_be_id: &may_be_id };
        let id = self.rows.form.id_of_broken(line, after, ids, &self.framer);
        self.broken_id.clear();
        // What stands there is a person's id only where nothing else is made of it.
        if self.rows.reader.reads_ids_as_they_are() {
            self.broken_id.push_str(id.map_or("", Id::as_str));
        }
        Ok(self.records.take_line()?)
    }
}

/// What begins at a place of an export.
pub(crate) enum Found {
    Record(Extent),
    Blank(Extent),
    Broken(Quarantine),
    Nothing,
}
