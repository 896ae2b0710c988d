//! What exports of all formats have in common when they are read in pieces.

use overdose_risk_csv as csv;
use overdose_risk_intake::{Problem, Row};
use overdose_risk_json as json;
use std::io::Read;

/// An export that can be read in pieces: cut in order, each read on any thread, and what was learnt of
/// them taken in in order again.
pub trait InPieces {
    /// Some records as they stand.
    type Piece: Default + Send;
    /// Reads pieces.
    type Reader: Send;
    /// What a reader learns beside the rows.
    type Learnt: Default + Send;
    /// Why it cannot be read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Takes the next records out; `false` at the end.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    fn cut(&mut self, piece: &mut Self::Piece) -> Result<bool, Self::Error>;

    /// Something that reads pieces.
    fn reader(&self) -> Self::Reader;

    /// Reads a piece. `row` gets each row, its bytes, and what could not be used of it.
    ///
    /// # Errors
    ///
    /// When something ends the export; the rows before have been read.
    fn read(
        reader: &mut Self::Reader,
        piece: &Self::Piece,
        row: &mut impl FnMut(Row<'_>, u64, &[Problem]),
    ) -> Result<Self::Learnt, Self::Error>;

    /// Takes in what was learnt of pieces, in their order.
    ///
    /// # Errors
    ///
    /// When something in them ends the export.
    fn learn(&mut self, learnt: Self::Learnt) -> Result<(), Self::Error>;
}

impl<R: Read> InPieces for csv::Export<R> {
    type Piece = csv::Piece;
    type Reader = csv::PieceReader;
    type Learnt = csv::Learnt;
    type Error = csv::Error;

    fn cut(&mut self, piece: &mut csv::Piece) -> Result<bool, csv::Error> {
        self.cut(piece)
    }

    fn reader(&self) -> csv::PieceReader {
        self.piece_reader()
    }

    fn read(
        reader: &mut csv::PieceReader,
        piece: &csv::Piece,
        row: &mut impl FnMut(Row<'_>, u64, &[Problem]),
    ) -> Result<csv::Learnt, csv::Error> {
        reader.read(piece, row)
    }

    fn learn(&mut self, learnt: csv::Learnt) -> Result<(), csv::Error> {
        self.learn(learnt);
        Ok(())
    }
}

impl<R: Read> InPieces for json::Export<R> {
    type Piece = json::Piece;
    type Reader = json::PieceReader;
    type Learnt = json::Learnt;
    type Error = json::Error;

    fn cut(&mut self, piece: &mut json::Piece) -> Result<bool, json::Error> {
        self.cut(piece)
    }

    fn reader(&self) -> json::PieceReader {
        self.piece_reader()
    }

    fn read(
        reader: &mut json::PieceReader,
        piece: &json::Piece,
        row: &mut impl FnMut(Row<'_>, u64, &[Problem]),
    ) -> Result<json::Learnt, json::Error> {
        Ok(reader.read(piece, row))
    }

    fn learn(&mut self, learnt: json::Learnt) -> Result<(), json::Error> {
        self.learn(learnt)
    }
}
