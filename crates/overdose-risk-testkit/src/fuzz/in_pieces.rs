//! An export read record by record, and the same in pieces: by two readers in turn, and on several
//! threads. All of them must tell the same.

use super::pass::{Became, Kept, Pass};
use overdose_risk_csv as csv;
use overdose_risk_intake::{Column, Problem, Row, UnreadValues};
use overdose_risk_json as json;
use overdose_risk_run::{InPieces, in_order};
use std::cell::RefCell;
use std::fmt::Debug;
use std::io::Read;

/// What can also be read record by record, and says of itself what it learnt on the way.
pub(super) trait OneByOne: InPieces {
    fn next(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, Self::Error>;
    fn bytes(&self) -> u64;
    fn learnt(&self) -> String;
}

impl<R: Read> OneByOne for csv::Export<R> {
    fn next(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, csv::Error> {
        self.read(problem)
    }

    fn bytes(&self) -> u64 {
        self.bytes_read()
    }

    fn learnt(&self) -> String {
        learnt(self.layout(), self.broken_ids(), self.unread_values())
    }
}

impl<R: Read> OneByOne for json::Export<R> {
    fn next(&mut self, problem: &mut impl FnMut(Problem)) -> Result<Option<Row<'_>>, json::Error> {
        self.read(problem)
    }

    fn bytes(&self) -> u64 {
        self.bytes_read()
    }

    fn learnt(&self) -> String {
        learnt(&self.layout(), self.broken_ids(), self.unread_values())
    }
}

fn learnt(layout: &impl Debug, broken_ids: impl Debug, unread: &UnreadValues) -> String {
    let unread: Vec<_> = Column::all().map(|column| unread.of(column)).collect();
    format!("{layout:?}\n{broken_ids:?}\n{unread:?}\n")
}

/// What a row says, wherever it stands.
pub(super) type Said = (Became, Vec<Problem>);

/// What every row says of an export that can be read to its end.
pub(super) fn said<X: OneByOne>(mut export: X) -> Vec<Said> {
    let (mut said, mut problems) = (Vec::new(), Vec::new());
    while let Some(row) = export.next(&mut |problem| problems.push(problem)).unwrap() {
        let became = Became::from(&row.entry);
        said.push((became, std::mem::take(&mut problems)));
    }
    said
}

/// What comes of an export that is read record by record.
pub(super) fn one_by_one<X: OneByOne>(mut export: X) -> Pass {
    let mut pass = Pass::default();
    let mut read = || {
        let (mut before, mut problems) = (export.bytes(), Vec::new());
        while let Some(row) = export.next(&mut |problem| problems.push(problem))? {
            pass.rows.push(Kept::new(&row, &problems));
            pass.spans.push(export.bytes() - before);
            before = export.bytes();
            problems.clear();
        }
        Ok(())
    };
    let ended = read();
    end(pass, &export, ended)
}

/// The same in pieces, of which each of two readers reads every other.
pub(super) fn in_turn<X: OneByOne>(mut export: X) -> Pass {
    let mut pass = Pass::default();
    let mut read = || {
        let mut readers = [export.reader(), export.reader()];
        let mut piece = X::Piece::default();
        while export.cut(&mut piece)? {
            let learnt = X::read(&mut readers[0], &piece, &mut |row, bytes, problems| {
                pass.rows.push(Kept::new(&row, problems));
                pass.spans.push(bytes);
            })?;
            export.learn(learnt)?;
            readers.rotate_left(1);
        }
        Ok(())
    };
    let ended = read();
    end(pass, &export, ended)
}

/// What was made of a piece.
struct Made<X: InPieces> {
    rows: Vec<(Kept, u64)>,
    learnt: Result<X::Learnt, X::Error>,
}

impl<X: InPieces> Default for Made<X> {
    fn default() -> Self {
        Self { rows: Vec::new(), learnt: Ok(X::Learnt::default()) }
    }
}

/// The same in pieces on three threads.
pub(super) fn on_threads<X: OneByOne>(export: X) -> Pass {
    let mut pass = Pass::default();
    let (own, others) = (export.reader(), vec![export.reader(), export.reader()]);
    let export = RefCell::new(export);
    let ended = in_order(
        own,
        others,
        |piece: &mut X::Piece| export.borrow_mut().cut(piece),
        |reader: &mut X::Reader, piece, made: &mut Made<X>| {
            made.rows.clear();
            made.learnt = X::read(reader, piece, &mut |row, bytes, problems| {
                made.rows.push((Kept::new(&row, problems), bytes));
            });
        },
        |made| {
            for (row, bytes) in made.rows.drain(..) {
                pass.rows.push(row);
                pass.spans.push(bytes);
            }
            let learnt = std::mem::replace(&mut made.learnt, Ok(X::Learnt::default()));
            export.borrow_mut().learn(learnt?)
        },
    );
    end(pass, &export.into_inner(), ended)
}

fn end<X: OneByOne>(mut pass: Pass, export: &X, ended: Result<(), X::Error>) -> Pass {
    match ended {
        Ok(()) => {
            pass.said += &export.learnt();
            pass.says(&export.bytes());
        }
        // Pieces behind the fault may have been cut.
        Err(error) => pass.fails(&error),
    }
    pass
}
