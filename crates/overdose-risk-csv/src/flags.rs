//! `flags.csv`: one row a person.

use crate::texts::Texts;
use chrono::{Datelike as _, NaiveDate};
use overdose_risk::Assessment;
use overdose_risk_intake::{Id, Principal};
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
/// that nobody could be assessed for them. What is written last comes out with [`FlagsWriter::finish`].
#[derive(Debug)]
#[must_use]
pub struct FlagsWriter<W: io::Write> {
    output: W,
    rows: FlagRows,
    /// Rows that are not written yet.
    text: Vec<u8>,
}

/// So many bytes are written at once.
const ENOUGH: usize = 1 << 16;

impl<W: io::Write> FlagsWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn new(mut output: W, waived: &[Principal]) -> io::Result<Self> {
        let rows = FlagRows::new(waived);
        output.write_all(rows.header().as_bytes())?;
        Ok(Self { output, rows, text: Vec::new() })
    }

    /// Writes one person.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&mut self, id: Id<'_>, assessment: &Assessment<'_>) -> io::Result<()> {
        self.rows.add(id, assessment, &mut self.text);
        if self.text.len() < ENOUGH { Ok(()) } else { self.write_rest() }
    }

    /// Writes rows of [`FlagRows`].
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn write_rows(&mut self, rows: &[u8]) -> io::Result<()> {
        self.write_rest()?;
        self.output.write_all(rows)
    }

    fn write_rest(&mut self) -> io::Result<()> {
        let written = self.output.write_all(&self.text);
        self.text.clear();
        written
    }

    /// Hands back the output, everything written to it.
    ///
    /// # Errors
    ///
    /// When the rest cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_rest()?;
        self.output.flush()?;
        Ok(self.output)
    }
}

/// Rows of `flags.csv` as text, which can be made on any thread. Nothing in them needs quotes.
#[derive(Clone, Debug)]
pub struct FlagRows {
    waived: Option<String>,
    texts: Texts,
    /// What every row ends with, for a day and a policy.
    end: String,
    of: Option<(NaiveDate, String)>,
}

impl FlagRows {
    /// Rows of people who could not be assessed for these fields.
    pub fn new(waived: &[Principal]) -> Self {
        let names: Vec<&str> = waived.iter().map(|field| field.name()).collect();
        let waived = (!names.is_empty()).then(|| names.join(";"));
        Self { waived, texts: Texts::new(), end: String::new(), of: None }
    }

    /// The first line.
    pub fn header(&self) -> String {
        let last = self.waived.as_ref().map(|_| "waived");
        let names: Vec<&str> = HEADER.into_iter().chain(last).collect();
        names.join(",") + "\n"
    }

    /// Adds a person to rows.
    pub fn add(&mut self, id: Id<'_>, assessment: &Assessment<'_>, rows: &mut Vec<u8>) {
        let (a, texts) = (assessment, &mut self.texts);
        add(rows, id.as_str());
        add(rows, ",");
        for (tier, points) in [(a.tier(), a.points()), (a.could_reach(), a.could_points())] {
            texts.add_tier(tier, rows);
            texts.add_points(points, rows);
        }
        a.reasons().for_each(|reason| texts.add_reason(&reason, rows));
        end_list(rows);
        a.unknowns().iter().for_each(|field| texts.add_field(*field, rows));
        end_list(rows);
        add(rows, if a.naloxone_gap() { "true," } else { "false," });
        if let Some(date) = a.valid_until() {
            add_date(rows, date);
        }
        self.add_end(rows, assessment);
    }

    fn add_end(&mut self, rows: &mut Vec<u8>, assessment: &Assessment<'_>) {
        let (as_of, policy) = (assessment.as_of(), assessment.policy().label());
        if self.of.as_ref().is_none_or(|(day, label)| (*day, label.as_str()) != (as_of, policy)) {
            let waived = self.waived.iter().map(|waived| format!(",{waived}"));
            self.end = format!(",{as_of},{policy}{}\n", waived.collect::<String>());
            self.of = Some((as_of, policy.to_owned()));
        }
        add(rows, &self.end);
    }
}

#[inline]
fn add(rows: &mut Vec<u8>, text: &str) {
    rows.extend_from_slice(text.as_bytes());
}

/// Ends a list with a comma: in the place of its last semicolon, unless nothing is in it.
#[inline]
fn end_list(rows: &mut Vec<u8>) {
    match rows.last_mut() {
        Some(last) if *last == b';' => *last = b',',
        _ => rows.push(b','),
    }
}

fn add_date(rows: &mut Vec<u8>, date: NaiveDate) {
    let digit = |number: u32| b'0' + (number % 10) as u8;
    let (month, day) = (date.month(), date.day());
    match u32::try_from(date.year()) {
        Ok(year @ 0..=9999) => rows.extend_from_slice(&[
            digit(year / 1000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            b'-',
            digit(month / 10),
            digit(month),
            b'-',
            digit(day / 10),
            digit(day),
        ]),
        _ => add(rows, &date.to_string()),
    }
}
