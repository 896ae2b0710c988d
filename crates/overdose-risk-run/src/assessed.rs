//! People assessed and written down, apart from all others.

use crate::error::{Cause, Error, writing};
use crate::outputs::{WORDS, write_words};
use chrono::NaiveDate;
use overdose_risk::{Assessment, Policy, Record, assess};
use overdose_risk_csv::FlagRows;
use overdose_risk_intake::{Caseload, Id, Principal};
use std::{io, mem};

/// Assesses people and writes down what the outputs say of them.
pub(crate) struct Assessor<'a> {
    as_of: NaiveDate,
    policy: &'a Policy,
    waived: Vec<Principal>,
    rows: FlagRows,
}

/// People in turn, with what was written of them.
#[derive(Default)]
pub(crate) struct Assessed<'a> {
    people: Vec<Person<'a>>,
    rows: Vec<u8>,
    lines: Vec<u8>,
    /// How many have been taken.
    taken: usize,
}

struct Person<'a> {
    assessment: Assessment<'a>,
    /// Where the row begins, and where the line ends.
    row: usize,
    line: usize,
    /// Whether the line could be written; if not, that ends the run when the person is taken.
    written: io::Result<()>,
}

impl<'a> Assessor<'a> {
    pub(crate) fn new(as_of: NaiveDate, policy: &'a Policy, waived: &[Principal]) -> Self {
        Self { as_of, policy, waived: waived.to_vec(), rows: FlagRows::new(waived) }
    }

    /// Assesses a person who is on caseloads with these codes.
    pub(crate) fn assess<'c>(
        &mut self,
        id: Id<'_>,
        record: &Record,
        codes: impl Fn(Caseload) -> &'c [Id<'c>],
        assessed: &mut Assessed<'a>,
    ) {
        let Assessed { people, rows, lines, .. } = assessed;
        let assessment = assess(record, self.as_of, self.policy);
        let row = rows.len();
        self.rows.add(id, &assessment, rows);
        let written = write_words(id, &assessment, &self.waived, codes, lines);
        people.push(Person { assessment, row, line: lines.len(), written });
    }
}

impl<'a> Assessed<'a> {
    pub(crate) fn clear(&mut self) {
        let Self { people, rows, lines, taken } = self;
        people.clear();
        rows.clear();
        lines.clear();
        *taken = 0;
    }

    /// Everybody's rows of `flags.csv`.
    pub(crate) fn rows(&self) -> &[u8] {
        &self.rows
    }

    /// Everybody's lines of `flags.ndjson`.
    pub(crate) fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// Whether everybody has been taken.
    pub(crate) fn is_over(&self) -> bool {
        self.taken == self.people.len()
    }

    /// The next person, who has this id, and what their line says.
    pub(crate) fn take(&mut self, id: Id<'_>) -> Result<(Assessment<'a>, &[u8]), Error> {
        let before = self.taken.checked_sub(1).and_then(|before| self.people.get(before));
        let start = before.map_or(0, |before| before.line);
        let person = self.people.get_mut(self.taken).ok_or(Cause::NotMade)?;
        self.taken += 1;
        writing(WORDS, mem::replace(&mut person.written, Ok(())))?;
        let row = self.rows.get(person.row..).unwrap_or_default();
        let is_theirs = |rest: &[u8]| rest.starts_with(b",");
        if !row.strip_prefix(id.as_str().as_bytes()).is_some_and(is_theirs) {
            return Err(Cause::NotMade.into());
        }
        let line = self.lines.get(start..person.line).ok_or(Cause::NotMade)?;
        Ok((person.assessment, line))
    }
}
