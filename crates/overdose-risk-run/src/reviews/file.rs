//! The rows of a file of reviews, as a spreadsheet saves it.

use super::row::RowFault;
use overdose_risk_intake::{Id, read_day};
use std::io::{self, Read as _};

/// Why a file of reviews is refused as a whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileFault {
    #[error("line {line} is no text in UTF-8; save the file as CSV in UTF-8")]
    NotText { line: u64 },
    #[error(
        "its first line does not name the column{} {}; a filled-in worklist.csv has all four",
        if .0.len() == 1 { "" } else { "s" },
        .0.join(", ")
    )]
    Lacks(Vec<&'static str>),
    #[error("its first line names the column {0} twice; remove one of them")]
    Twice(&'static str),
    #[error("it is larger than 256 MiB; give the file that holds the reviews")]
    TooLarge,
}

/// What stands in the columns of a row; a cell that the row lacks is blank.
pub(super) struct Cells<'r> {
    pub(super) id: &'r str,
    pub(super) reviewed_on: &'r str,
    pub(super) until: &'r str,
    pub(super) outcome: &'r str,
}

const NAMES: [&str; 4] = ["id", "reviewed_on", "until", "outcome"];

/// Tells of every row but the blank lines, by the line on which it begins.
///
/// A quote that is opened and not closed makes one record of many rows. Nobody is reviewed by such a
/// record, or by what may be a row in it: that could as well be a part of a note.
pub(super) fn read(
    bytes: &[u8],
    row: &mut impl FnMut(u64, Result<Cells<'_>, RowFault>),
) -> Result<(), FileFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        FileFault::NotText { line: 1 + line_ends(before) }
    })?;
    let columns = Columns::of(text)?;
    // Something behind the end: only a quote that is still open takes it in.
    let mut reader = columns.reader(text.as_bytes().chain(b"\n.\n".as_slice()));
    let mut record = csv::StringRecord::new();
    let (mut line, mut counted, mut is_header) = (1, 0, true);
    while let Ok(true) = reader.read_record(&mut record) {
        let begins = record.position().map_or(counted, |position| place(position.byte()));
        let ends = place(reader.position().byte());
        let blank_lines = text.get(begins..).unwrap_or_default();
        let begins =
            begins + blank_lines.len() - blank_lines.trim_start_matches(['\r', '\n']).len();
        if begins >= text.len() {
            break;
        }
        line += line_ends(text.as_bytes().get(counted..begins).unwrap_or_default());
        counted = begins;
        let raw = text.get(begins..ends.min(text.len())).unwrap_or_default();
        let is_open = if ends > text.len() + 1 { IsOpen::ToTheEnd } else { IsOpen::No };
        let cells = columns.cells(&record, raw, is_open);
        // Of the header only what it takes in is told.
        if !std::mem::take(&mut is_header) || cells.is_err() {
            row(line, cells);
        }
    }
    Ok(())
}

/// Where the columns stand, and what stands between them.
struct Columns {
    delimiter: u8,
    places: [usize; 4],
    count: usize,
}

impl Columns {
    /// By the first line, with the delimiter that makes the most of the four of it.
    fn of(text: &str) -> Result<Self, FileFault> {
        let mut best = Header::of(text, b',');
        for delimiter in [b';', b'\t'] {
            let other = Header::of(text, delimiter);
            if other.lacks().len() < best.lacks().len() {
                best = other;
            }
        }
        let lacks = best.lacks();
        if let Some(name) = NAMES.into_iter().find(|name| best.places_of(name).count() > 1) {
            return Err(FileFault::Twice(name));
        }
        match NAMES.map(|name| best.places_of(name).next()) {
            [Some(id), Some(reviewed_on), Some(until), Some(outcome)] => Ok(Self {
                delimiter: best.delimiter,
                places: [id, reviewed_on, until, outcome],
                count: best.cells.len(),
            }),
            _ => Err(FileFault::Lacks(lacks)),
        }
    }

    fn reader<R: io::Read>(&self, input: R) -> csv::Reader<R> {
        reader(self.delimiter, input)
    }

    /// What stands in a record, of which this is the text.
    fn cells<'r>(
        &self,
        record: &'r csv::StringRecord,
        text: &str,
        is_open: IsOpen,
    ) -> Result<Cells<'r>, RowFault> {
        let is_swallowed = || text.split(['\r', '\n']).skip(1).any(|line| self.is_filled_in(line));
        if is_open == IsOpen::ToTheEnd || is_swallowed() {
            return Err(RowFault::QuoteNotClosed);
        }
        // Spreadsheets leave blank cells out at the end of a row, or write more of them.
        if record.iter().skip(self.count).any(|cell| !cell.trim().is_empty()) {
            return Err(RowFault::FieldCount);
        }
        Ok(self.at(record))
    }

    fn at<'r>(&self, record: &'r csv::StringRecord) -> Cells<'r> {
        let [id, reviewed_on, until, outcome] =
            self.places.map(|place| record.get(place).unwrap_or_default());
        Cells { id, reviewed_on, until, outcome }
    }

    /// Whether a line by itself is a row with a day in it, as no line of a note is.
    fn is_filled_in(&self, line: &str) -> bool {
        let [id, reviewed_on, until, _] = self.places;
        // Nearly every line of a note is too short, and is not taken apart.
        let delimiters = line.bytes().filter(|byte| *byte == self.delimiter).count();
        if delimiters < id.max(reviewed_on.min(until)) {
            return false;
        }
        let mut record = csv::StringRecord::new();
        // Whatever cannot be read is no row.
        let _ = self.reader(line.as_bytes()).read_record(&mut record);
        let Cells { id, reviewed_on, until, .. } = self.at(&record);
        let is_day = |cell: &str| read_day(cell.as_bytes()).is_some();
        Id::read(id.as_bytes()).is_ok() && (is_day(reviewed_on) || is_day(until))
    }
}

/// Whether a quote of a record is still open at the end of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IsOpen {
    ToTheEnd,
    No,
}

/// The first line, split at a delimiter.
struct Header {
    delimiter: u8,
    cells: csv::StringRecord,
}

impl Header {
    fn of(text: &str, delimiter: u8) -> Self {
        let mut cells = csv::StringRecord::new();
        // What cannot be read has no columns.
        let _ = reader(delimiter, text.as_bytes()).read_record(&mut cells);
        Self { delimiter, cells }
    }

    fn places_of(&self, name: &str) -> impl Iterator<Item = usize> {
        let is = move |cell: &str| cell.trim().eq_ignore_ascii_case(name);
        self.cells.iter().enumerate().filter(move |(_, cell)| is(cell)).map(|(place, _)| place)
    }

    fn lacks(&self) -> Vec<&'static str> {
        NAMES.into_iter().filter(|name| self.places_of(name).next().is_none()).collect()
    }
}

fn reader<R: io::Read>(delimiter: u8, input: R) -> csv::Reader<R> {
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(false).flexible(true).from_reader(input)
}

/// How many lines end in these bytes, by the conventions of any system.
fn line_ends(bytes: &[u8]) -> u64 {
    let mut ends = 0;
    let mut before = 0;
    for byte in bytes {
        // A line feed behind a carriage return ends the same line.
        ends += u64::from(*byte == b'\r' || *byte == b'\n' && before != b'\r');
        before = *byte;
    }
    ends
}

fn place(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}
