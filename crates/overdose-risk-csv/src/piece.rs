//! Records of an export as they stand, which may be read on any thread.

use crate::error::Error;
use crate::line::After;
use crate::rows::Rows;
use crate::scan::{Quotes, Scanner, Starts};
use crate::split::Splitter;
use overdose_risk_intake::{
    Cell, Cells, Column, Entry, Id, Layout, Learnt, Problem, Quarantine, Row,
};
use std::fmt;
use std::ops::Range;

/// Some records of an export, whole and in order, as [`Export::cut`](crate::Export::cut) takes them out.
/// Its room is used again.
#[derive(Default)]
pub struct Piece {
    text: Vec<u8>,
    starts: Starts,
    parts: Vec<Part>,
    rows: usize,
}

/// Says nothing of the text.
impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// A part of a piece.
enum Part {
    /// Plain records, the first of which starts on this line and at this place among the starts.
    Plain { line: u64, first: usize, records: usize, quotes: Quotes },
    /// A line or a record that was looked at by itself.
    Other { line: u64, bytes: u64, what: Other },
}

pub(crate) enum Other {
    /// A record, without its line end.
    Record {
        text: Range<usize>,
        after: After,
    },
    Blank,
    /// A broken line, and its id where it is surely one.
    Broken {
        id: Range<usize>,
        kind: Quarantine,
    },
}

impl Piece {
    /// How many rows one has, at most: what is made of a row takes more room than its text.
    const MOST_ROWS: usize = 1024;

    /// A piece of so many bytes is large enough.
    const LARGE_ENOUGH: usize = 1 << 17;

    /// Whether nothing need be added.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= Self::LARGE_ENOUGH || self.rows >= Self::MOST_ROWS
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.rows = 0;
        self.starts.clear();
        self.parts.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Adds the plain records at the start of a text, and says how many those are and how many bytes.
    pub(crate) fn add_plain(&mut self, line: u64, text: &[u8], scanner: &Scanner) -> (u64, usize) {
        let Ok(base) = u32::try_from(self.text.len()) else { return (0, 0) };
        let first = self.starts.len();
        let plain = scanner.scan(text, Self::MOST_ROWS - self.rows, base, &mut self.starts);
        let (records, quotes) = (plain.records, plain.quotes);
        if records > 0 {
            self.text.extend_from_slice(text.get(..plain.bytes).unwrap_or_default());
            self.parts.push(Part::Plain { line, first, records, quotes });
            self.rows += records;
        }
        (records as u64, plain.bytes)
    }

    /// Adds text, and says where it stands.
    pub(crate) fn add_text(&mut self, text: &[u8]) -> Range<usize> {
        let start = self.text.len();
        self.text.extend_from_slice(text);
        start..self.text.len()
    }

    pub(crate) fn add_other(&mut self, line: u64, bytes: u64, what: Other) {
        self.parts.push(Part::Other { line, bytes, what });
        self.rows += 1;
    }
}

impl Piece {
    /// The records from a part on, the last first, each with its text.
    fn backwards(&self, from: usize, fields: usize) -> impl Iterator<Item = &[u8]> {
        let parts = self.parts.get(from..).unwrap_or_default();
        parts.iter().rev().flat_map(move |part| {
            let (first, records, other) = match part {
                Part::Plain { first, records, .. } => (*first, *records, None),
                Part::Other { what: Other::Record { text, .. }, .. } => (0, 0, Some(text.clone())),
                Part::Other { what: Other::Blank | Other::Broken { .. }, .. } => (0, 0, None),
            };
            let plain = (0..records).rev().map(move |record| {
                let starts = self.starts.of_record(first + record * fields, fields);
                Record { text: &self.text, starts }.whole()
            });
            plain.chain(other.and_then(|text| self.text.get(text)))
        })
    }
}

/// Reads pieces of an export.
pub struct PieceReader {
    rows: Rows,
    places: Places,
    splitter: Splitter,
}

/// Says nothing of the record that was read last.
impl fmt::Debug for PieceReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PieceReader").field("layout", &self.rows.layout).finish_non_exhaustive()
    }
}

impl PieceReader {
    pub(crate) fn new(rows: Rows, splitter: Splitter) -> Self {
        Self { places: Places::of(&rows.layout), rows, splitter }
    }

    /// Reads the records of a piece in turn. `row` gets each, the bytes that it takes, and what could
    /// not be used of it. What was learnt of them all is for [`Export::learn`](crate::Export::learn).
    ///
    /// # Errors
    ///
    /// When another header stands among the records; those before it have been read.
    pub fn read(
        &mut self,
        piece: &Piece,
        row: &mut impl FnMut(Row<'_>, u64, &[Problem]),
    ) -> Result<Learnt, Error> {
        for part in &piece.parts {
            match part {
                Part::Plain { line, first, records, quotes } => {
                    let fields = self.rows.form.fields;
                    for (record, line) in (0..*records).zip(*line..) {
                        let starts = piece.starts.of_record(first + record * fields, fields);
                        let record = Record { text: &piece.text, starts };
                        let (entry, problems) = self.plain(&record, *quotes, line)?;
                        row(Row { line, entry }, record.bytes(), problems);
                    }
                }
                Part::Other { line, bytes, what } => {
                    let (entry, problems) = self.other(&piece.text, *line, what)?;
                    row(Row { line: *line, entry }, *bytes, problems);
                }
            }
        }
        Ok(self.rows.reader.hand_over())
    }

    /// What stands in the place of the id of the last person in a piece, from a part on.
    pub(crate) fn last_id(&mut self, piece: &Piece, from: usize) -> Option<Vec<u8>> {
        let form = self.rows.form;
        let id = piece.backwards(from, form.fields).find_map(|record| {
            let cells = self.splitter.split(record).ok()?;
            let entry = self.rows.entry(0, After::Whole, &|place| cells.get(place)).ok()?;
            let is_person = matches!(entry, (Entry::Person(_), _));
            is_person.then(|| cells.get(form.id_place).unwrap_or_default().trim_ascii().to_vec())
        });
        // Whoever reads the piece learns the same.
        drop(self.rows.reader.hand_over());
        id
    }

    fn plain(
        &mut self,
        record: &Record<'_>,
        quotes: Quotes,
        line: u64,
    ) -> Result<(Entry<'_>, &[Problem]), Error> {
        let Self { rows, places, splitter } = self;
        let certain = Slots::of(record, places).and_then(|slots| match quotes {
            Quotes::None => rows.reader.read_if_certain(&slots, rows.as_of),
            // Of a cell with a quote in its text there is doubt.
            Quotes::Around | Quotes::Within => {
                rows.reader.read_if_certain(&Unquoted(slots), rows.as_of)
            }
        });
        if let Some(facts) = certain {
            // Whoever has a digit in the id is no header.
            return Ok((rows.person(facts), &[]));
        }
        if quotes == Quotes::Within && record.has_quotes_within() {
            let cells = splitter.split(record.whole())?;
            return rows.entry(line, After::Whole, &|place| cells.get(place));
        }
        rows.entry(line, After::Whole, &|place| record.field(place).map(unquoted))
    }

    fn other<'r>(
        &'r mut self,
        text: &'r [u8],
        line: u64,
        what: &Other,
    ) -> Result<(Entry<'r>, &'r [Problem]), Error> {
        Ok(match what {
            Other::Record { text: place, after } => {
                let cells = self.splitter.split(text.get(place.clone()).unwrap_or_default())?;
                return self.rows.entry(line, *after, &|place| cells.get(place));
            }
            Other::Blank => (Entry::Blank, &[]),
            Other::Broken { id, kind } => {
                let id = text.get(id.clone()).and_then(|id| Id::read(id).ok());
                (Entry::Quarantined { id, kind: *kind }, &[])
            }
        })
    }
}

/// Where the columns stand of the slots of the native profile.
struct Places([usize; Column::COUNT]);

impl Places {
    /// The place of a column that is not there.
    const NOWHERE: usize = usize::MAX;

    fn of(layout: &Layout) -> Self {
        let place = |slot| layout.place_of_slot(slot).unwrap_or(Self::NOWHERE);
        Self(std::array::from_fn(place))
    }
}

/// A plain record by the slots of the native profile, any quotes left as they are. As cells, its fields
/// have behind them what follows in the piece.
struct Slots<'t> {
    text: &'t [u8],
    starts: &'t [u32],
    /// The place of the last field.
    last: usize,
    places: &'t Places,
}

impl<'t> Slots<'t> {
    #[inline]
    fn of(record: &Record<'t>, places: &'t Places) -> Option<Self> {
        let Record { text, starts } = *record;
        Some(Self { text, starts, last: starts.len().checked_sub(2)?, places })
    }
}

impl<'t> Cells<'t> for Slots<'t> {
    #[inline(always)]
    fn cell(&self, slot: usize) -> Option<Cell<'t>> {
        let place = *self.places.0.get(slot)?;
        let [start, next] = *self.starts.get(place..)?.first_chunk()?;
        let (from, length) = (self.text.get(start as usize..)?, (next - start - 1) as usize);
        let length = if place == self.last { length_without_return(from, length) } else { length };
        Some(Cell::beginning(from, length))
    }
}

/// How much of so much text there is without a carriage return at its end.
#[inline(never)]
fn length_without_return(text: &[u8], length: usize) -> usize {
    without_return(text.get(..length).unwrap_or_default()).len()
}

/// The same without the quotes around fields. Those within, two for one, are left as they are.
struct Unquoted<'t>(Slots<'t>);

impl<'t> Cells<'t> for Unquoted<'t> {
    #[inline(always)]
    fn cell(&self, slot: usize) -> Option<Cell<'t>> {
        Some(self.0.cell(slot)?.unquoted())
    }
}

/// A plain record in the text of a piece.
struct Record<'t> {
    text: &'t [u8],
    /// Where its fields begin and, last, where the next record does.
    starts: &'t [u32],
}

impl<'t> Record<'t> {
    /// A field, with the quotes around it.
    fn field(&self, place: usize) -> Option<&'t [u8]> {
        let (start, next) = (*self.starts.get(place)?, *self.starts.get(place + 1)?);
        let field = self.text.get(start as usize..next as usize - 1)?;
        let is_last = place + 2 == self.starts.len();
        Some(if is_last { without_return(field) } else { field })
    }

    fn has_quotes_within(&self) -> bool {
        let fields = (0..).map_while(|place| self.field(place));
        fields.into_iter().any(|field| unquoted(field).contains(&b'"'))
    }

    /// The text without its line end.
    fn whole(&self) -> &'t [u8] {
        let start = self.starts.first().map_or(0, |start| *start as usize);
        let text = self.text.get(start..start + self.bytes() as usize).unwrap_or_default();
        without_return(text.strip_suffix(b"\n").unwrap_or(text))
    }

    fn bytes(&self) -> u64 {
        let ends = self.starts.first().zip(self.starts.last());
        ends.map_or(0, |(start, next)| u64::from(next.saturating_sub(*start)))
    }
}

/// A text without the carriage return of its line end.
fn without_return(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// What stands between the quotes around a field, if any do.
fn unquoted(field: &[u8]) -> &[u8] {
    Cell::from(field).unquoted().text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Export;
    use overdose_risk_intake::Intake;

    #[test]
    fn a_row_like_one_before_is_read_in_one_go_whatever_its_quotes_and_line_ends() {
        const HEADER: &str = "id,age,notes,prison_release,opioid_use,naloxone";
        let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let plain = "p-1,44,well,2026-03-28,current,held";
        let quoted = "\"p-1\",\"44\",\"says \"\"no\"\"\",\"2026-03-28\",\"current\",\"held\"";
        for row in [plain, quoted] {
            for end in ["\n", "\r\n"] {
                // Other rows stand behind the first, so that all its cells have enough at hand.
                let text = [HEADER, row, row, row].map(|line| format!("{line}{end}")).concat();
                let mut export = Export::open(text.as_bytes(), as_of, &Intake::default()).unwrap();
                let mut piece = Piece::default();
                assert!(export.cut(&mut piece).unwrap());
                let mut reader = export.piece_reader();
                export.learn(reader.read(&piece, &mut |_, _, _| {}).unwrap());
                let [Part::Plain { first, .. }] = piece.parts[..] else { panic!("{text}") };
                let starts = piece.starts.of_record(first, reader.rows.form.fields);
                let record = Record { text: &piece.text, starts };
                let slots = Slots::of(&record, &reader.places).unwrap();
                let certain = reader.rows.reader.read_if_certain(&Unquoted(slots), as_of);
                assert!(certain.is_some(), "{text}");
            }
        }
    }
}
