//! Reading an export, record by record.

use crate::error::{Broken, Cause, Error};
use crate::reader::{Reader, Rejected};
use crate::shape::{Object, object, value_end};
use crate::source::{Filled, Source};
use chrono::NaiveDate;
use memchr::memchr;
use overdose_risk_intake::{
    Entry, HeaderFault, Layout, Person, Principal, Problem, Quarantine, Refused, Row,
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

/// A JSON export, as of a day. Nothing but the current record is held.
pub struct Export<R> {
    source: Source<R>,
    format: Format,
    place: Place,
    as_of: NaiveDate,
    reader: Reader,
}

/// Where the reading of an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Lines,
    BeforeFirst(Around),
    AfterElement(Around),
    End,
}

/// What stands around the array of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Nothing,
    Object,
}

/// How far beyond the largest record the end of one is looked for. A record that is too large, and
/// ends within this, costs itself alone.
const LARGEST_SKIPPED: usize = 16 << 20;

/// How many bytes a character has at most in UTF-16 and UTF-32.
const WIDEST: usize = 4;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Says nothing of the record that is held.
impl<R> fmt::Debug for Export<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").field("place", &self.place).finish_non_exhaustive()
    }
}

impl<R: io::Read> Export<R> {
    /// Looks at the beginning of an export, and finds its format where none is given.
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
        while source.fill(WIDEST)? == Filled::More {}
        if is_wide(source.window()) {
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
                    (Object::Line, None) => Place::Lines,
                    (Object::Line, Some(_)) => return Err(Cause::NoArray.into()),
                }
            }
            (_, _) => return Err(Cause::NoArray.into()),
        };
        let format = if place == Place::Lines { Format::Ndjson } else { Format::Json };
        Ok(Self { source, format, place, as_of, reader: Reader::new() })
    }

    /// How the records stand in the file.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many bytes the records so far have taken.
    pub fn bytes_read(&self) -> u64 {
        self.source.consumed()
    }

    /// The source, read as far as it has been read.
    pub fn into_inner(self) -> R {
        self.source.into_inner()
    }

    /// Which key is which field, by the keys that have been met so far, in the order in which they
    /// first appeared. Ask when the export has been read to its end: principal fields in `waive`
    /// may be missing from every record.
    ///
    /// # Errors
    ///
    /// When a principal field is missing from every record and not waived, or the id is.
    pub fn layout(&self, waive: &[Principal]) -> Result<Layout, Error> {
        // A line end within a key would be taken for a quote that is not closed.
        let keys: Vec<String> =
            self.reader.keys().map(|key| key.replace(['\n', '\r'], " ")).collect();
        if keys.is_empty() {
            return Ok(Layout::default());
        }
        Layout::resolve(&keys, waive).map_err(|refused| {
            let Refused { faults } = &refused;
            let nothing = faults.iter().any(|f| matches!(f, HeaderFault::NothingKnown { .. }));
            if nothing { Cause::NothingKnown.into() } else { Cause::Keys(refused).into() }
        })
    }

    /// The next record; `None` at the end. `problem` hears of facts that could not be used.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read, or when the JSON around the records is broken or breaks off:
    /// after that there is nothing more to read.
    pub fn read(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, Error> {
        match self.place {
            Place::Lines => self.read_line(problem),
            Place::BeforeFirst(around) | Place::AfterElement(around) => {
                match self.element(around) {
                    Ok(Some(length)) => Ok(Some(self.read_element(length, around, problem))),
                    Ok(None) => Ok(None),
                    Err(error) => {
                        self.place = Place::End;
                        Err(error)
                    }
                }
            }
            Place::End => Ok(None),
        }
    }

    fn read_line(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, Error> {
        loop {
            let line = self.source.line();
            let length = match self.line()? {
                Line::Of(length) => length,
                Line::TooLong => {
                    self.skip_line()?;
                    let entry = Entry::Quarantined { id: None, kind: Quarantine::TooLarge };
                    return Ok(Some(Row { line, entry }));
                }
                Line::None => return Ok(None),
            };
            let json = self.source.window().get(..length).unwrap_or_default().trim_ascii();
            if json.is_empty() {
                self.source.consume(length);
                continue;
            }
            let entry = entry(self.reader.read(json, self.as_of, problem));
            self.source.consume(length);
            return Ok(Some(Row { line, entry }));
        }
    }

    /// The next line, its end included.
    fn line(&mut self) -> Result<Line, Error> {
        // A record of the largest size, CR and LF.
        const LONGEST: usize = Reader::LARGEST + 2;
        let mut looked = 0;
        loop {
            let window = self.source.window();
            if let Some(at) = memchr(b'\n', window.get(looked..).unwrap_or_default()) {
                return Ok(Line::Of(looked + at + 1));
            }
            looked = window.len();
            match self.source.fill(LONGEST)? {
                Filled::More => {}
                Filled::AtEnd if looked == 0 => return Ok(Line::None),
                Filled::AtEnd => return Ok(Line::Of(looked)),
                Filled::Full => return Ok(Line::TooLong),
            }
        }
    }

    fn skip_line(&mut self) -> Result<(), Error> {
        loop {
            let window = self.source.window();
            if let Some(at) = memchr(b'\n', window) {
                self.source.consume(at + 1);
                return Ok(());
            }
            self.source.consume(window.len());
            if self.source.fill(1)? == Filled::AtEnd {
                return Ok(());
            }
        }
    }

    /// The length of the next element, which the window then begins with; `None` when there is none
    /// and nothing else follows.
    fn element(&mut self, around: Around) -> Result<Option<usize>, Error> {
        match (self.place, self.source.next_token()?) {
            (_, None) => return Err(self.broken(Broken::CutBetween)),
            (_, Some(b']')) => {
                self.source.consume(1);
                self.close(around)?;
                return Ok(None);
            }
            (Place::AfterElement(_), Some(b',')) => {
                self.source.consume(1);
                match self.source.next_token()? {
                    None => return Err(self.broken(Broken::CutBetween)),
                    Some(b']') => return Err(self.broken(Broken::BetweenRecords)),
                    Some(_) => {}
                }
            }
            (Place::BeforeFirst(_), Some(_)) => {}
            (_, Some(_)) => return Err(self.broken(Broken::BetweenRecords)),
        }
        self.element_length().map(Some)
    }

    fn element_length(&mut self) -> Result<usize, Error> {
        loop {
            let held = self.source.window().len();
            let end = value_end(self.source.window());
            // What ends with the window may go on after it, and what is broken there may be mended.
            if let Ok(end) = end
                && end < held
            {
                return Ok(end);
            }
            let filled = self.double_window(held)?;
            if self.source.window().len() > held {
                continue;
            }
            let broken = match end {
                Ok(end) if filled == Filled::AtEnd => return Ok(end),
                Err(error) if !error.is_eof() => Broken::InRecord,
                Ok(_) | Err(_) if filled == Filled::AtEnd => Broken::CutInRecord,
                Ok(_) | Err(_) => Broken::Endless,
            };
            return Err(self.broken(broken));
        }
    }

    /// Fills the window to twice what it held. A source may give a byte at a time, and each look at
    /// the window starts anew.
    fn double_window(&mut self, held: usize) -> Result<Filled, Error> {
        loop {
            let filled = self.source.fill(LARGEST_SKIPPED)?;
            if filled != Filled::More || self.source.window().len() >= held * 2 {
                return Ok(filled);
            }
        }
    }

    fn read_element(
        &mut self,
        length: usize,
        around: Around,
        problem: &mut impl FnMut(Problem),
    ) -> Row<'_> {
        let line = self.source.line();
        let json = self.source.window().get(..length).unwrap_or_default();
        let entry = entry(self.reader.read(json, self.as_of, problem));
        self.source.consume(length);
        self.place = Place::AfterElement(around);
        Row { line, entry }
    }

    /// Nothing may follow the array but the end of the object around it.
    fn close(&mut self, around: Around) -> Result<(), Error> {
        if around == Around::Object {
            match self.source.next_token()? {
                Some(b'}') => self.source.consume(1),
                Some(b',') => return Err(Cause::OtherKeys.into()),
                Some(_) => return Err(self.broken(Broken::After)),
                None => return Err(self.broken(Broken::CutBetween)),
            }
        }
        match self.source.next_token()? {
            None => {
                self.place = Place::End;
                Ok(())
            }
            Some(_) => Err(self.broken(Broken::After)),
        }
    }

    fn broken(&self, broken: Broken) -> Error {
        let (line, byte) = (self.source.line(), self.source.consumed());
        Cause::Broken { broken, line, byte }.into()
    }
}

fn entry<'r>(read: Result<Person<'r>, Rejected<'r>>) -> Entry<'r> {
    match read {
        Ok(person) => Entry::Person(person),
        Err(Rejected { id, kind }) => Entry::Quarantined { id, kind },
    }
}

/// A line of the window.
enum Line {
    /// It is this long, its end included.
    Of(usize),
    TooLong,
    None,
}

/// Whether a file begins like text in UTF-16 or UTF-32, with a byte order mark or without.
fn is_wide(start: &[u8]) -> bool {
    let marks: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];
    marks.iter().any(|mark| start.starts_with(mark)) || start.iter().take(WIDEST).any(|b| *b == 0)
}
