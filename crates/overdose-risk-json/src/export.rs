//! Reading an export, record by record.

use crate::error::{Cause, Error};
use crate::reader::{Reader, Rejected};
use crate::records::{Around, Found, Place, Records};
use crate::shape::{Object, ends_too_soon, object};
use crate::source::Source;
use chrono::NaiveDate;
use overdose_risk_intake::{
    Entry, Filled, Foreign, HeaderFault, IdGuard, Intake, Key, Layout, Problem, Quarantine,
    Refused, Row, UnreadValues,
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
    pub fn open(
        source: R,
        as_of: NaiveDate,
        format: Option<Format>,
        intake: &Intake,
    ) -> Result<Self, Error> {
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
                match (object(source.window(), &intake.profile), format) {
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
        let reader = Reader::new(intake.clone());
        Ok(Self { records: Records::new(source, place), format, as_of, reader })
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

    /// How it is read.
    pub fn intake(&self) -> &Intake {
        self.reader.rows().intake()
    }

    /// How many different values could not be read so far.
    pub fn unread_values(&self) -> &UnreadValues {
        self.reader.rows().unread_values()
    }

    /// What the ids look like that broke the id rule so far, if any did.
    pub fn broken_ids(&self) -> Option<&IdGuard> {
        self.reader.rows().broken_ids()
    }

    /// Which key is which field, in the order in which the keys first appeared. Ask when the export has
    /// been read to its end.
    ///
    /// # Errors
    ///
    /// When a principal field is in no record that can be used and is not waived.
    pub fn layout(&self) -> Result<Layout, Error> {
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
        Layout::of_keys(all, usable, self.intake()).map_err(|refused| {
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
    /// When the bytes cannot be read, when the JSON around the records is broken or breaks off, or when
    /// a key names a direct identifier: after that there is nothing more to read.
    pub fn read(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, Error> {
        let (line, found) = self.records.next()?;
        let (length, is_cut) = match found {
            Found::Nothing => return Ok(None),
            Found::LongLine => {
                let entry = Entry::Quarantined { id: None, kind: Quarantine::TooLarge };
                return Ok(Some(Row { line, entry }));
            }
            Found::Record(length) => (length, false),
            Found::CutLine(length) => (length, true),
        };
        let json = self.records.source().window().get(..length).unwrap_or_default();
        let facts = match self.reader.facts(json, self.as_of, problem) {
            Err(Quarantine::NotJson) if is_cut && ends_too_soon(json) => Err(Quarantine::BreaksOff),
            facts => facts,
        };
        let identifying = self.reader.keys().identifying();
        if let (Err(Quarantine::Identifying), Some((position, identifier))) = (&facts, identifying)
        {
            self.records.stop();
            return Err(Cause::Keys(Refused::identifying_key(position, identifier)).into());
        }
        let entry = match self.reader.person(facts) {
            Ok(person) => Entry::Person(person),
            Err(Rejected { id, kind }) => Entry::Quarantined { id, kind },
        };
        Ok(Some(Row { line, entry }))
    }
}
