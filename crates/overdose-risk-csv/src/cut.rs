//! Cutting an export into pieces.

use crate::decoded::Encoding;
use crate::error::Error;
use crate::frame::{Flaw, Follows, end_of_line};
use crate::line::After;
use crate::piece::{Other, Piece, PieceReader};
use crate::read::{Export, Found};
use crate::rows::Rows;
use crate::scan::Scanner;
use crate::split::Splitter;
use overdose_risk_intake::Learnt;
use std::io;

/// What only cutting needs.
pub(crate) struct Cutter {
    /// `None` where every record has to be looked at by itself.
    scanner: Option<Scanner>,
    /// What looks back at records that nobody has read here.
    back: PieceReader,
    /// How many parts of the piece it has looked at.
    looked_at: usize,
    /// What comes behind the last piece.
    pub(crate) failed: Option<Error>,
}

impl Cutter {
    pub(crate) fn new(encoding: Encoding, delimiter: u8, rows: &Rows) -> Self {
        let fields = rows.form.fields;
        let can_scan = encoding == Encoding::Utf8 && fields > 1;
        Self {
            scanner: can_scan.then(|| Scanner::new(delimiter, fields)),
            back: PieceReader::new(rows.another(), Splitter::behind_header(delimiter)),
            looked_at: 0,
            failed: None,
        }
    }
}

impl<R: io::Read> Export<R> {
    /// Takes the next records out as they stand, for a [`PieceReader`]: as many as there are without
    /// waiting for more than one, but no more than 1,024, with some 128 KiB of text and never more than
    /// 384 KiB. `false` at the end.
    ///
    /// Where a record begins and ends, which are broken, and on which line each starts is settled here,
    /// in the order of the export and as [`Export::read`] settles it.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read, or when another header stands in a broken line; the records before
    /// have been taken out.
    pub fn cut(&mut self, piece: &mut Piece) -> Result<bool, Error> {
        piece.clear();
        self.cutter.looked_at = 0;
        if let Some(error) = self.cutter.failed.take() {
            return Err(error);
        }
        while !piece.is_full() {
            match self.cut_some(piece) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if piece.is_empty() => return Err(error),
                Err(error) => {
                    self.cutter.failed = Some(error);
                    break;
                }
            }
        }
        self.look_back(piece);
        Ok(!piece.is_empty())
    }

    /// Something that reads pieces of this export, on any thread.
    pub fn piece_reader(&self) -> PieceReader {
        PieceReader::new(self.rows.another(), Splitter::behind_header(self.framer.delimiter()))
    }

    /// Takes in what was learnt of pieces, in their order. What the export says of itself is then as if
    /// [`Export::read`] had read them.
    pub fn learn(&mut self, learnt: Learnt) {
        self.rows.reader.learn(learnt);
    }

    /// Takes plain records, or else the one that begins here; `false` where that is for the next piece,
    /// or there is none.
    fn cut_some(&mut self, piece: &mut Piece) -> Result<bool, Error> {
        let scanner = self.cutter.scanner.filter(|_| self.after == After::Whole);
        if let Some(scanner) = scanner {
            let (line, text) = (self.records.line(), self.records.text());
            let (records, bytes) = piece.add_plain(line, text, &scanner);
            self.records.take_lines(records, bytes);
            if records > 0 {
                return Ok(true);
            }
        }
        // Of a stream that stays open, what has come is not kept back until more does.
        let text = self.records.text();
        let waits = match self.framer.frame(text, Follows::MaybeMore) {
            Ok(_) => false,
            Err(Flaw::Cut(_)) => true,
            Err(Flaw::Broken(_)) => !piece.is_empty() && end_of_line(text).is_none(),
        };
        if waits {
            if !piece.is_empty() {
                return Ok(false);
            }
            if self.records.read_more()? {
                return Ok(true);
            }
        }
        self.cut_other(piece)
    }

    /// Takes what begins here, whatever it is.
    fn cut_other(&mut self, piece: &mut Piece) -> Result<bool, Error> {
        self.look_back(piece);
        let (line, before) = (self.records.line(), self.records.taken());
        let other = match self.find()? {
            Found::Nothing => return Ok(false),
            Found::Blank(extent) => {
                self.records.take(extent);
                Other::Blank
            }
            Found::Broken(kind) => {
                self.pass_line()?;
                Other::Broken { id: piece.add_text(self.broken_id.as_bytes()), kind }
            }
            Found::Record(extent) => {
                let text = piece.add_text(self.records.text_of(extent));
                self.records.take(extent);
                Other::Record { text, after: std::mem::replace(&mut self.after, After::Whole) }
            }
        };
        piece.add_other(line, self.records.taken() - before, other);
        Ok(true)
    }

    /// Finds the last person in a piece, whose id tells what ids look like.
    fn look_back(&mut self, piece: &Piece) {
        if let Some(id) = self.cutter.back.last_id(piece, self.cutter.looked_at) {
            self.last_id = id;
        }
        self.cutter.looked_at = piece.parts();
    }
}
