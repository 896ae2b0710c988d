//! Reading an export, record by record.

use crate::error::{Cause, Error};
use crate::reader::{Reader, Rejected};
use crate::records::{Around, Found, Place, Records};
use crate::shape::{Object, ends_too_soon, object};
use crate::source::Source;
use chrono::NaiveDate;
use overdose_risk_intake::{
    Entry, Filled, Foreign, HeaderFault, Key, Layout, Person, Principal, Problem, Quarantine, Row,
};
use std::{fmt, io};

/// How the records of an export stand in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON value: an array of records, or an object that has one key with such an array.
    Json,
    /// NDJSON: one record a line.
    Ndjson,
}

/// A JSON export, as of a day. It holds the current record, as far as it may reach, and the keys met so
/// far.
pub struct Export<R> {
    records: Records<R>,
    format: Format,
    as_of: NaiveDate,
    reader: Reader,
}

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The byte order marks of UTF-16.
const WIDE_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// Says nothing of the record that is held.
impl<R> fmt::Debug for Export<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").field("format", &self.format).finish_non_exhaustive()
    }
}

impl<R: io::Read> Export<R> {
    /// Looks at the beginning of an export, and finds its format where none is given. To tell an
    /// object around an array from a record, up to 1 MiB is read: of a stream that stays open, say
    /// that it is NDJSON.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is empty, or holds no array of records where one is needed.
    pub fn open(source: R, as_of: NaiveDate, format: Option<Format>) -> Result<Self, Error> {
        let mut source = Source::new(source);
        while source.fill(MARK.len())? == Filled::More {}
        if source.window().starts_with(MARK) {
            source.consume(MARK.len());
        }
        while source.fill(Foreign::TELLING)? == Filled::More {}
        if let Some(foreign) = Foreign::beginning(source.window()) {
            return Err(Cause::Foreign(foreign).into());
        }
        if WIDE_MARKS.iter().any(|mark| source.window().starts_with(mark)) {
            return Err(Cause::Wide.into());
        }
        let first = source.next_token()?.ok_or(Cause::Empty)?;
        let place = match (format, first) {
            (Some(Format::Ndjson), _) => Place::Lines,
            (_, b'[') => {
                source.consume(1);
                Place::BeforeFirst(Around::Nothing)
            }
            (_, b'{') => {
                while source.fill(Reader::LARGEST)? == Filled::More {}
                match (object(source.window()), format) {
                    (Object::AroundArray(array), _) => {
                        source.consume(array);
                        Place::BeforeFirst(Around::Object)
                    }
                    (Object::AmongOtherKeys, _) => return Err(Cause::OtherKeys.into()),
                    (Object::OverSeveralLines, _) => return Err(Cause::OverSeveralLines.into()),
                    (Object::Line, None) => Place::Lines,
                    (Object::Line, Some(_)) => return Err(Cause::NoArray.into()),
                }
            }
            (_, _) => return Err(Cause::NoArray.into()),
        };
        let format = if place == Place::Lines { Format::Ndjson } else { Format::Json };
        Ok(Self { records: Records::new(source, place), format, as_of, reader: Reader::new() })
    }

    /// How the records stand in the file.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many bytes the records so far have taken.
    pub fn bytes_read(&self) -> u64 {
        self.records.source().consumed()
    }

    /// The source, read as far as it has been read.
    pub fn into_inner(self) -> R {
        self.records.into_source().into_inner()
    }

    /// Which key is which field, in the order in which the keys first appeared. Ask when the export has
    /// been read to its end: principal fields in `waive` may be missing from every record.
    ///
    /// # Errors
    ///
    /// When a principal field is in no record that can be used and is not waived.
    pub fn layout(&self, waive: &[Principal]) -> Result<Layout, Error> {
        let keys = self.reader.keys();
        if keys.all().next().is_none() {
            return Ok(Layout::default());
        }
        // Where no record can be used, each says why; then it is enough that the keys stand there.
        let usable = keys.usable().max(1);
        let all = keys.all().map(|key| match keys.usable() {
            0 => Key { records: usable, ..key },
            _ => key,
        });
        Layout::of_keys(all, usable, waive).map_err(|refused| {
            let nothing = |fault: &HeaderFault| matches!(fault, HeaderFault::NothingKnown { .. });
            if refused.faults.iter().any(nothing) {
                Cause::NothingKnown.into()
            } else {
                Cause::Keys(refused).into()
            }
        })
    }

    /// The next record; `None` at the end. `problem` hears of facts that could not be used.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read, or when the JSON around the records is broken or breaks off:
    /// after that there is nothing more to read.
    pub fn read(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, Error> {
        let (line, found) = self.records.next()?;
        let window = self.records.source().window();
        let entry = match found {
            Found::Nothing => return Ok(None),
            Found::LongLine => Entry::Quarantined { id: None, kind: Quarantine::TooLarge },
            Found::Record(length) => {
                let json = window.get(..length).unwrap_or_default();
                entry(self.reader.read(json, self.as_of, problem))
            }
            Found::CutLine(length) => {
                let json = window.get(..length).unwrap_or_default();
                match self.reader.read(json, self.as_of, problem) {
                    Err(Rejected { kind: Quarantine::NotJson, .. }) if ends_too_soon(json) => {
                        Entry::Quarantined { id: None, kind: Quarantine::BreaksOff }
                    }
                    read => entry(read),
                }
            }
        };
        Ok(Some(Row { line, entry }))
    }
}

fn entry<'r>(read: Result<Person<'r>, Rejected<'r>>) -> Entry<'r> {
    match read {
        Ok(person) => Entry::Person(person),
        Err(Rejected { id, kind }) => Entry::Quarantined { id, kind },
    }
}
