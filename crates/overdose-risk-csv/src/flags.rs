//! `flags.csv`: one row a person.

use crate::error::writing;
use overdose_risk::Assessment;
use overdose_risk_intake::{Id, Principal};
use std::fmt::{self, Write as _};
use std::io;

/// The columns of `flags.csv`.
const HEADER: [&str; 11] = [
    "id",
    "tier",
    "points",
    "could_reach",
    "could_points",
    "reasons",
    "unknowns",
    "naloxone_gap",
    "valid_until",
    "as_of",
    "policy",
];

/// Writes `flags.csv`. Where principal fields were waived, a last column `waived` says on every row
/// that nobody could be assessed for them.
#[derive(Debug)]
pub struct FlagsWriter<W: io::Write> {
    writer: csv::Writer<W>,
    waived: Option<String>,
    cell: String,
}

impl<W: io::Write> FlagsWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn new(output: W, waived: &[Principal]) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(output);
        let waived = (!waived.is_empty()).then(|| List(|| waived.iter()).to_string());
        let last = waived.as_ref().map(|_| "waived");
        writer.write_record(HEADER.into_iter().chain(last)).map_err(writing)?;
        Ok(Self { writer, waived, cell: String::new() })
    }

    /// Writes one person.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&mut self, id: Id<'_>, assessment: &Assessment<'_>) -> io::Result<()> {
        let a = assessment;
        self.field(id)?;
        self.field(a.tier())?;
        self.field(a.points())?;
        self.field(a.could_reach())?;
        self.field(a.could_points())?;
        self.field(List(|| {
            a.reasons().map(|r| format!("{}:{}:{}", r.factor.name, r.level.name, r.counted))
        }))?;
        let unknowns = a.unknowns();
        self.field(List(|| unknowns.iter()))?;
        self.field(a.naloxone_gap())?;
        self.field(a.valid_until().map_or(String::new(), |date| date.to_string()))?;
        self.field(a.as_of())?;
        self.field(a.policy())?;
        if let Some(waived) = &self.waived {
            self.writer.write_field(waived).map_err(writing)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(writing)
    }

    fn field(&mut self, value: impl fmt::Display) -> io::Result<()> {
        self.cell.clear();
        write!(self.cell, "{value}").map_err(io::Error::other)?;
        self.writer.write_field(&self.cell).map_err(writing)
    }

    /// Hands back the output, everything written to it.
    ///
    /// # Errors
    ///
    /// When the rest cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Items joined by `;`.
struct List<F>(F);

impl<F, I> fmt::Display for List<F>
where
    F: Fn() -> I,
    I: Iterator<Item: fmt::Display>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, item) in (self.0)().enumerate() {
            let separator = if place > 0 { ";" } else { "" };
            write!(f, "{separator}{item}")?;
        }
        Ok(())
    }
}
