//! Where each record of a file begins and ends.

use crate::error::{Broken, Cause, Error};
use crate::piece::Begin;
use crate::reader::Reader;
use crate::shape::{ends_too_soon, plain_object_end, value_end};
use crate::source::{Source, is_space, space};
use memchr::{memchr, memchr_iter, memrchr};
use overdose_risk_intake::Filled;
use std::io::Read;

/// How far beyond the largest record the end of one is looked for. A record that is too large, and
/// ends within this, costs itself alone.
pub(crate) const LARGEST_SKIPPED: usize = 16 << 20;

/// The records of a file, found one after the other.
pub(crate) struct Records<R> {
    source: Source<R>,
    place: Place,
    /// How much of the window the record takes that was found last.
    taken: usize,
}

/// Where the reading of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Among lines, each a record.
    Lines,
    /// Behind the bracket that opens an array.
    BeforeFirst(Around),
    /// Behind an element of an array.
    AfterElement(Around),
    /// Behind everything, or where nothing more can be read.
    End,
}

/// What stands around the array of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Around {
    Nothing,
    Object,
}

/// What comes next in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A record, so long, at the start of the window.
    Record(usize),
    /// A last line, so long, that has no end.
    CutLine(usize),
    /// A record larger than any that is read. If it is a line, it is behind the window now.
    TooLarge,
}

impl Found {
    /// How much JSON there is of it.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Record(length) | Self::CutLine(length) => length,
            Self::TooLarge => 0,
        }
    }
}

impl<R: Read> Records<R> {
    pub(crate) fn new(source: Source<R>, place: Place) -> Self {
        Self { source, place, taken: 0 }
    }

    pub(crate) fn source(&self) -> &Source<R> {
        &self.source
    }

    /// What was found, as it stands at the start of the window.
    pub(crate) fn json(&self, found: Found) -> &[u8] {
        self.source.window().get(..found.length()).unwrap_or_default()
    }

    pub(crate) fn into_source(self) -> Source<R> {
        self.source
    }

    /// Reads on until so many bytes have come, or all.
    pub(crate) fn drop_until(&mut self, bytes: u64) -> Result<(), Error> {
        Ok(self.source.drop_until(bytes)?)
    }

    /// Ends it here.
    pub(crate) fn stop(&mut self) {
        self.place = Place::End;
    }

    /// Where the window begins.
    pub(crate) fn begin(&self) -> Begin {
        Begin { line: self.source.line(), byte: self.source.consumed() }
    }

    /// Finds the next record, and says on which line it starts; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, Found)>, Error> {
        self.source.consume(std::mem::take(&mut self.taken));
        let found = match self.place {
            Place::Lines => self.line(),
            Place::BeforeFirst(around) | Place::AfterElement(around) => self.element(around),
            Place::End => Ok(None),
        };
        if found.is_err() {
            self.place = Place::End;
        }
        found
    }

    /// The length of the whole lines that are held, as far as they are no more than so many with so many
    /// bytes.
    pub(crate) fn lines_at_hand(&mut self, most: usize, most_bytes: usize) -> Option<usize> {
        self.source.consume(std::mem::take(&mut self.taken));
        let Place::Lines = self.place else { return None };
        let window = self.source.window();
        let held = window.get(..most_bytes).unwrap_or(window);
        let last = memchr_iter(b'\n', held).nth(most - 1).or_else(|| memrchr(b'\n', held))?;
        self.taken = last + 1;
        Some(self.taken)
    }

    /// Finds the next element of an array where it is plain to see: an object that is held to beyond
    /// its end. Whether it is JSON is for its reader to say.
    pub(crate) fn element_at_hand(&mut self) -> Option<usize> {
        self.source.consume(std::mem::take(&mut self.taken));
        let Place::AfterElement(_) = self.place else { return None };
        let window = self.source.window();
        let comma = space(window);
        let behind = window.get(comma..)?.strip_prefix(b",")?;
        let element = behind.get(space(behind)..)?;
        let length =
            plain_object_end(element).filter(|end| *end < element.len().min(Reader::LARGEST))?;
        let before = window.len() - element.len();
        self.source.consume(before);
        self.taken = length;
        Some(length)
    }

    /// The next line with something on it.
    fn line(&mut self) -> Result<Option<(u64, Found)>, Error> {
        // A record of the largest size, CR and LF.
        const LONGEST: usize = Reader::LARGEST + 2;
        let mut looked = 0;
        loop {
            let line = self.source.line();
            let window = self.source.window();
            if let Some(at) = memchr(b'\n', window.get(looked..).unwrap_or_default()) {
                let (text, end) = (window.get(..looked + at).unwrap_or_default(), looked + at + 1);
                if text.iter().all(|byte| is_space(*byte)) {
                    self.source.consume(end);
                    looked = 0;
                    continue;
                }
                let record = text.strip_suffix(b"\r").unwrap_or(text).len();
                self.taken = end;
                return Ok(Some((line, Found::Record(record))));
            }
            looked = window.len();
            match self.source.fill(LONGEST)? {
                Filled::More => {}
                Filled::Full => {
                    self.skip_line()?;
                    return Ok(Some((line, Found::TooLarge)));
                }
                Filled::AtEnd if self.source.window().iter().all(|byte| is_space(*byte)) => {
                    return Ok(None);
                }
                Filled::AtEnd => {
                    self.taken = looked;
                    return Ok(Some((line, Found::CutLine(looked))));
                }
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
            if self.source.fill(1 << 16)? == Filled::AtEnd {
                return Ok(());
            }
        }
    }

    /// The next element of the array, or its end with nothing behind it.
    fn element(&mut self, around: Around) -> Result<Option<(u64, Found)>, Error> {
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
        let length = self.element_length()?;
        self.taken = length;
        self.place = Place::AfterElement(around);
        Ok(Some((self.source.line(), Found::Record(length))))
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
            return match end {
                Ok(end) if filled == Filled::AtEnd => Ok(end),
                Err(error) if !ends_too_soon(self.source.window()) => Err(self.broken_at(&error)),
                Ok(_) | Err(_) if filled == Filled::AtEnd => Err(self.broken(Broken::CutInRecord)),
                Ok(_) | Err(_) => Err(self.broken(Broken::Endless)),
            };
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

    /// Nothing may follow the array but the end of the object around it.
    fn close(&mut self, around: Around) -> Result<(), Error> {
        if around == Around::Object {
            match self.source.next_token()? {
                Some(b'}') => self.source.consume(1),
                Some(b',') => {
                    self.source.consume(1);
                    return Err(match self.source.next_token()? {
                        Some(b'"') => Cause::OtherKeys.into(),
                        Some(_) => self.broken(Broken::After),
                        None => self.broken(Broken::CutBetween),
                    });
                }
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

    fn broken_at(&self, error: &serde_json::Error) -> Error {
        broken_in_record(self.source.window(), self.begin(), error)
    }
}

/// Broken where serde_json says, of which the position alone is taken. The JSON begins at this line
/// and byte.
pub(crate) fn broken_in_record(json: &[u8], begin: Begin, error: &serde_json::Error) -> Error {
    let lines = json.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(error.line() - 1).map(<[u8]>::len).sum();
    let line = begin.line + error.line() as u64 - 1;
    let byte = begin.byte + (before + error.column().saturating_sub(1)) as u64;
    Cause::Broken { broken: Broken::InRecord, line, byte }.into()
}
