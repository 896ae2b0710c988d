//! An export read in pieces, beside the same read record by record.

use super::as_of;
use overdose_risk_intake::{Column, Facts, IdGuard, Intake, Problem, Quarantine};
use overdose_risk_json::{Entry, Export, Format, Learnt, Piece, Row};
use std::io::{self, Read};

/// Everything that reading an export tells.
#[derive(Debug, Default, PartialEq)]
struct Told {
    rows: Vec<Kept>,
    /// How it ended, unless well.
    error: Option<String>,
    bytes: u64,
    layout: String,
    unread: Vec<usize>,
    broken_ids: Option<IdGuard>,
}

#[derive(Debug, PartialEq)]
struct Kept {
    line: u64,
    id: Option<String>,
    became: Result<(Facts, Vec<String>), Quarantine>,
    bytes: u64,
    problems: Vec<Problem>,
}

impl Kept {
    fn new(row: &Row<'_>, bytes: u64, problems: &[Problem]) -> Self {
        let (id, became) = match row.entry {
            Entry::Person(person) => {
                let codes = person.caseloads.codes().map(|(of, code)| format!("{of} {code}"));
                (Some(person.id), Ok((person.facts, codes.collect())))
            }
            Entry::Quarantined { id, kind } => (id, Err(kind)),
            Entry::Blank => panic!("no record of a JSON export is blank"),
        };
        let id = id.map(|id| id.to_string());
        Self { line: row.line, id, became, bytes, problems: problems.to_vec() }
    }
}

/// Panics where reading an export in pieces tells anything else than reading it record by record,
/// however its source gives it.
pub(crate) fn assert_same(export: &[u8], format: Option<Format>, intake: &Intake) {
    let Ok(whole) = Export::open(export, as_of(), format, intake) else { return };
    let expected = one_by_one(whole);
    let open = |source| Export::open(source, as_of(), format, intake).unwrap();
    for most in [usize::MAX, 1 << 16, 1021] {
        assert_eq!(in_pieces(open(Gives { rest: export, most })), expected, "{most} at a time");
    }
    if export.len() < 1 << 12 {
        assert_eq!(in_pieces(open(Gives { rest: export, most: 1 })), expected, "1 at a time");
    }
}

fn one_by_one(mut export: Export<impl Read>) -> Told {
    let mut told = Told::default();
    let mut problems = Vec::new();
    loop {
        let before = export.bytes_read();
        let row = match export.read(&mut |problem| problems.push(problem)) {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                told.error = Some(error.to_string());
                break;
            }
        };
        let mut kept = Kept::new(&row, 0, &std::mem::take(&mut problems));
        kept.bytes = export.bytes_read() - before;
        told.rows.push(kept);
    }
    at_end(told, &export)
}

/// Reads it by two readers in turn, the later piece before the earlier one.
fn in_pieces(mut export: Export<impl Read>) -> Told {
    let mut told = Told::default();
    let (mut one, mut other) = (export.piece_reader(), export.piece_reader());
    let (mut first, mut second) = (Piece::default(), Piece::default());
    let mut is_over = false;
    while !is_over {
        let cuts = [export.cut(&mut first), export.cut(&mut second)];
        let mut later = Vec::new();
        let later_learnt = other.read(&second, &mut |row: Row<'_>, bytes, problems: &[Problem]| {
            later.push(Kept::new(&row, bytes, problems));
        });
        let learnt = one.read(&first, &mut |row: Row<'_>, bytes, problems: &[Problem]| {
            told.rows.push(Kept::new(&row, bytes, problems));
        });
        let pieces = [(learnt, Vec::new()), (later_learnt, later)];
        for (cut, (learnt, rows)) in cuts.into_iter().zip(pieces) {
            let learnt = match cut {
                Ok(true) => export.learn(learnt),
                Ok(false) => {
                    assert!(learnt.is_empty() && rows.is_empty());
                    is_over = true;
                    break;
                }
                Err(error) => Err(error),
            };
            told.rows.extend(rows);
            if let Err(error) = learnt {
                told.error = Some(error.to_string());
                is_over = true;
                break;
            }
        }
    }
    assert!(!export.cut(&mut first).unwrap(), "nothing after the end");
    assert!(export.read(&mut |_| {}).unwrap().is_none(), "nothing after the end");
    export.learn(Learnt::default()).unwrap();
    at_end(told, &export)
}

fn at_end(told: Told, export: &Export<impl Read>) -> Told {
    let layout = export.layout().map_err(|error| error.to_string());
    // Where reading stopped within a record, its keys are nobody's.
    let layout = if told.error.is_none() { format!("{layout:?}") } else { String::new() };
    let unread = Column::all().map(|column| export.unread_values().of(column)).collect();
    let (bytes, broken_ids) = (export.bytes_read(), export.broken_ids().cloned());
    Told { bytes, layout, unread, broken_ids, ..told }
}

/// A source that gives so many bytes at a time, at most.
struct Gives<'a> {
    rest: &'a [u8],
    most: usize,
}

impl Read for Gives<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.most);
        self.rest.read(&mut buffer[..most])
    }
}
