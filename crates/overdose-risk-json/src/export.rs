//! Reading an export, record by record.

use crate::error::{Cause, Error};
use crate::piece::{Begin, Kind, Learnt, Piece, PieceReader, Span, Stop, Why};
use crate::reader::Reader;
use crate::records::{Around, Found, LARGEST_SKIPPED, Place, Records};
use crate::shape::{Object, object};
use crate::source::Source;
use chrono::NaiveDate;
use overdose_risk_intake::{
    Filled, Foreign, HeaderFault, IdGuard, Intake, Key, Layout, Problem, Quarantine, Refused, Row,
    UnreadValues,
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
    /// How far it was read when the last record was.
    reached: u64,
    /// How far it was read when a reader of pieces stopped.
    stopped: Option<u64>,
    /// How many pieces were cut of which nothing was learnt yet.
    unlearnt: u64,
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
        let reached = source.consumed();
        let records = Records::new(source, place);
        Ok(Self { records, format, as_of, reader, reached, stopped: None, unlearnt: 0 })
    }

    /// How the records stand in the file.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many bytes the records so far have taken.
    pub fn bytes_read(&self) -> u64 {
        self.stopped.unwrap_or_else(|| self.records.source().consumed())
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
    /// When a principal field is in no record that can be used and is not waived, or when of a piece that
    /// was [cut](Self::cut) nothing was [learnt](Self::learn): what ended its reading is not known.
    pub fn layout(&self) -> Result<Layout, Error> {
        if self.unlearnt > 0 && self.stopped.is_none() {
            return Err(Cause::Unlearnt.into());
        }
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
        let Some((line, found)) = self.records.next()? else { return Ok(None) };
        self.reached = self.records.begin().byte;
        let json = self.records.json(found);
        let facts = self.reader.facts_of(found, json, self.as_of, problem);
        if let Err(Quarantine::Identifying) = facts {
            self.records.stop();
            self.identifying()?;
        }
        Ok(Some(Row { line, entry: self.reader.entry(facts) }))
    }

    /// Takes the next records out, without reading them: as many as there are without waiting for more
    /// than one, up to about 512 KiB. `false` at the end.
    ///
    /// What a [reader](Self::piece_reader) of the piece learnt is for [`learn`](Self::learn), which says
    /// whether reading stopped within it. Until it has that of every piece, there is no
    /// [`layout`](Self::layout).
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read, or when the JSON around the records is broken or breaks off: after
    /// that there is nothing more to take out.
    pub fn cut(&mut self, piece: &mut Piece) -> Result<bool, Error> {
        let kind = match self.format {
            Format::Json => Kind::Elements,
            Format::Ndjson => Kind::Lines,
        };
        piece.clear(kind, self.reached);
        let is_cut = match kind {
            Kind::Lines => self.cut_lines(piece)?,
            Kind::Elements => self.cut_elements(piece)?,
        };
        self.reached = piece.reaches();
        self.unlearnt += u64::from(is_cut);
        Ok(is_cut)
    }

    fn cut_lines(&mut self, piece: &mut Piece) -> Result<bool, Error> {
        let Some(length) = self.records.lines_at_hand(Piece::MOST_RECORDS, Piece::LARGEST) else {
            return self.cut_one(piece);
        };
        piece.begin = self.records.begin();
        piece.text.extend_from_slice(self.records.json(Found::Record(length)));
        Ok(true)
    }

    fn cut_elements(&mut self, piece: &mut Piece) -> Result<bool, Error> {
        while piece.text.len() < Piece::LARGEST && piece.spans.len() < Piece::MOST_RECORDS {
            if let Some(length) = self.records.element_at_hand() {
                let found = Found::Record(length);
                piece.push(Span { begin: self.records.begin(), found }, self.records.json(found));
            } else if piece.spans.is_empty() {
                if !self.cut_one(piece)? {
                    return Ok(false);
                }
            } else {
                break;
            }
        }
        Ok(true)
    }

    /// Takes one record out, for which it may have to wait.
    fn cut_one(&mut self, piece: &mut Piece) -> Result<bool, Error> {
        let Some((line, found)) = self.records.next()? else { return Ok(false) };
        let found = if found.length() > Reader::LARGEST { Found::TooLarge } else { found };
        let begin = Begin { line, ..self.records.begin() };
        piece.push(Span { begin, found }, self.records.json(found));
        Ok(true)
    }

    /// Something that reads pieces of this export, on any thread and in any order.
    pub fn piece_reader(&self) -> PieceReader {
        PieceReader::new(self.reader.another(), self.as_of)
    }

    /// Takes in what readers of pieces learnt, in the order of the pieces. After that,
    /// [`layout`](Self::layout), [`unread_values`](Self::unread_values),
    /// [`broken_ids`](Self::broken_ids) and, when all pieces were cut, [`bytes_read`](Self::bytes_read)
    /// are as if [`read`](Self::read) had read the same.
    ///
    /// # Errors
    ///
    /// Where [`read`](Self::read) would fail behind the last row that was given: after that there is
    /// nothing more to take out, and nothing more is learnt.
    pub fn learn(&mut self, learnt: Learnt) -> Result<(), Error> {
        if self.stopped.is_some() {
            return Ok(());
        }
        let Learnt { pieces, keys, rows, stop } = learnt;
        self.unlearnt = self.unlearnt.saturating_sub(pieces);
        self.reader.learn(keys, rows);
        let Some(Stop { byte, why }) = stop else { return Ok(()) };
        self.records.stop();
        self.stopped = Some(byte);
        match why {
            Why::Identifying => self.identifying(),
            Why::Broken(error) => {
                // Whoever looks for the end of a broken element reads on that far, and may fail.
                self.records.drop_until(byte + LARGEST_SKIPPED as u64)?;
                Err(error)
            }
        }
    }

    /// The error of a key that names a direct identifier, if the last record had one.
    fn identifying(&self) -> Result<(), Error> {
        self.reader.keys().identifying().map_or(Ok(()), |(position, identifier)| {
            Err(Cause::Keys(Refused::identifying_key(position, identifier)).into())
        })
    }
}
