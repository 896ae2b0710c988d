//! An export read record by record, and in pieces by several readers.

use chrono::NaiveDate;
use overdose_risk_csv::{Error, Export, Piece};
use overdose_risk_intake::{Column, Intake, Problem, Row};
use std::io::{self, Read};

/// Everything that is said of an export.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Said {
    /// Each row, its bytes and its problems.
    pub(crate) rows: Vec<String>,
    pub(crate) error: Option<String>,
    /// How many bytes were read, of what was read to its end.
    pub(crate) bytes: Option<u64>,
    unread_values: Vec<usize>,
    broken_ids: String,
}

impl Said {
    fn row(&mut self, row: Row<'_>, bytes: u64, problems: &[Problem]) {
        self.rows.push(format!("{row:?} {bytes} {problems:?}"));
    }

    fn end<R: Read>(&mut self, export: &Export<R>) {
        self.bytes = Some(export.bytes_read());
        let unread = export.unread_values();
        self.unread_values = Column::all().map(|column| unread.of(column)).collect();
        self.broken_ids = format!("{:?}", export.broken_ids());
    }
}

/// Reads an export in both ways, a source giving so many bytes at a time, and says what was said of it.
pub(crate) fn read(export: &[u8], intake: &Intake, at_a_time: usize) -> Said {
    let kept = |read: fn(&mut Said, Slowly<'_>, &Intake) -> Result<(), Error>| {
        let mut said = Said::default();
        let source = Slowly { rest: export, at_a_time };
        said.error = read(&mut said, source, intake).err().map(|error| error.to_string());
        said
    };
    let (one_by_one, in_pieces) = (kept(one_by_one), kept(in_pieces));
    assert_eq!(one_by_one, in_pieces);
    in_pieces
}

fn one_by_one(said: &mut Said, source: Slowly<'_>, intake: &Intake) -> Result<(), Error> {
    let mut export = Export::open(source, as_of(), intake)?;
    let mut problems = Vec::new();
    let mut before = export.bytes_read();
    while let Some(row) = export.read(&mut |problem| problems.push(problem))? {
        let row = format!("{row:?}");
        let bytes = export.bytes_read() - before;
        said.rows.push(format!("{row} {bytes} {problems:?}"));
        before += bytes;
        problems.clear();
    }
    said.end(&export);
    Ok(())
}

fn in_pieces(said: &mut Said, source: Slowly<'_>, intake: &Intake) -> Result<(), Error> {
    let mut export = Export::open(source, as_of(), intake)?;
    let mut readers = [export.piece_reader(), export.piece_reader()];
    let mut piece = Piece::default();
    while export.cut(&mut piece)? {
        let learnt = readers[0].read(&piece, &mut |row, bytes, problems| {
            said.row(row, bytes, problems);
        })?;
        export.learn(learnt);
        readers.rotate_left(1);
    }
    assert!(!export.cut(&mut piece)?, "something follows the end");
    said.end(&export);
    Ok(())
}

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// Bytes that come so many at a time.
#[derive(Clone, Copy)]
struct Slowly<'a> {
    rest: &'a [u8],
    at_a_time: usize,
}

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.at_a_time);
        self.rest.read(&mut buffer[..most])
    }
}
