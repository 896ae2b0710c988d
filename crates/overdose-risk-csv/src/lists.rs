//! `quarantine.csv` and `problems.csv`: where to look, never what stood there.

use crate::error::writing;
use overdose_risk_intake::{Id, Problem, Quarantine};
use std::io;

/// Writes `quarantine.csv`: records that could not be assessed.
#[derive(Debug)]
pub struct QuarantineWriter<W: io::Write>(csv::Writer<W>);

impl<W: io::Write> QuarantineWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn new(output: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(["source", "line", "id", "kind"]).map_err(writing)?;
        Ok(Self(writer))
    }

    /// Writes one record: the base name of its file, its line, its id where it obeys the id rule.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(
        &mut self,
        source: &str,
        line: u64,
        id: Option<Id<'_>>,
        kind: Quarantine,
    ) -> io::Result<()> {
        let id = id.map_or("", Id::as_str);
        self.0.write_record([source, &line.to_string(), id, kind.name()]).map_err(writing)
    }

    /// Hands back the output, everything written to it.
    ///
    /// # Errors
    ///
    /// When the rest cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Writes `problems.csv`: facts that could not be used, of people who were assessed.
#[derive(Debug)]
pub struct ProblemsWriter<W: io::Write>(csv::Writer<W>);

impl<W: io::Write> ProblemsWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn new(output: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(["source", "line", "id", "field", "kind"]).map_err(writing)?;
        Ok(Self(writer))
    }

    /// Writes one fact: the base name of its file, its line, whose it is, its column.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(
        &mut self,
        source: &str,
        line: u64,
        id: Id<'_>,
        problem: Problem,
    ) -> io::Result<()> {
        let Problem { column, kind } = problem;
        let line = line.to_string();
        self.0
            .write_record([source, &line, id.as_str(), column.name(), kind.name()])
            .map_err(writing)
    }

    /// Hands back the output, everything written to it.
    ///
    /// # Errors
    ///
    /// When the rest cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}
