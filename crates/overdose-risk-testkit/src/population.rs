//! An invented population of people in contact with structured drug and alcohol treatment in
//! England, as one service's case management system would export it.
//!
//! Nobody in it exists. The shares that it is drawn from are the [`assumptions`], each beside its
//! source or the word "assumption"; no conclusion about people can be drawn from it.
//!
//! A person depends on the seed, the as-of date and their place alone, so any slice can be made by
//! itself and a longer population begins with the shorter one. Everything is integer arithmetic on
//! ChaCha8 output: the same on every platform.
//!
//! ```
//! use chrono::NaiveDate;
//! use overdose_risk_testkit::population::Population;
//!
//! let population = Population::new(1, NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
//! let third = population.person(2);
//! assert_eq!(third.id(), "S1-0000003");
//! assert_eq!(population.people(0..10).nth(2), Some(third));
//!
//! let mut export = Vec::new();
//! population.write_csv(0..10, &mut export)?;
//! assert_eq!(export.iter().filter(|byte| **byte == b'\n').count(), 11);
//! # std::io::Result::Ok(())
//! ```

pub mod assumptions;
mod cells;
pub(crate) mod draw;
mod facts;
mod lines;
mod recording;

use chrono::NaiveDate;
use draw::Draw;
use facts::Life;
use overdose_risk::{Field, Record};
use std::io::{self, Write};
use std::ops::Range;

pub use assumptions::Group;
pub use cells::COLUMNS;

/// One invented population, of any length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Population {
    seed: u64,
    as_of: NaiveDate,
}

/// One invented person: the facts, and how an export words them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    seed: u64,
    index: u64,
    group: Group,
    record: Record,
    /// For every field a number below 1,000 that chooses among the ways of writing the same fact.
    wording: [u32; Field::ALL.len()],
}

impl Population {
    /// The population of a seed, as recorded on a day. Event dates go back at most 21 years
    /// before it, planned ones three years beyond it.
    pub const fn new(seed: u64, as_of: NaiveDate) -> Self {
        Self { seed, as_of }
    }

    /// The day on which the population was exported.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The person at a place, from 0.
    pub fn person(&self, index: u64) -> Person {
        let mut draw = Draw::new(self.seed, index);
        let life = Life::draw(&mut draw);
        let record = recording::record(&life, &mut draw, self.as_of);
        let wording = std::array::from_fn(|_| draw.below(1000));
        Person { seed: self.seed, index, group: life.group, record, wording }
    }

    /// The people at these places, in order.
    pub fn people(&self, places: Range<u64>) -> impl Iterator<Item = Person> + use<> {
        let population = *self;
        places.map(move |index| population.person(index))
    }

    /// Writes a native CSV export of the people at these places: the header, then one line each,
    /// ending in a line feed. No cell needs quotes.
    ///
    /// It writes line by line, so give it a buffered writer.
    ///
    /// # Errors
    ///
    /// When `out` does.
    pub fn write_csv(&self, places: Range<u64>, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", COLUMNS.join(","))?;
        self.write_each(places, out, lines::push_row)
    }

    /// Writes the same people as newline-delimited JSON: one object each, ending in a line feed.
    ///
    /// Every object has every key of [`COLUMNS`], in that order. None is ever absent: that would
    /// say that the service does not collect the fact, and a blank cell does not say so. A blank is
    /// `null` or `""`, an age or a year of birth a number or a string, yes and no are booleans or
    /// strings, in the shares that the [`assumptions`] give; everything else is a string. Each says
    /// what the CSV cell says.
    ///
    /// It writes line by line, so give it a buffered writer.
    ///
    /// # Errors
    ///
    /// When `out` does.
    pub fn write_ndjson(&self, places: Range<u64>, out: &mut impl Write) -> io::Result<()> {
        self.write_each(places, out, |person, line| {
            lines::push_object(person, line);
            line.push(b'\n');
        })
    }

    /// Writes the same people as one JSON array, ending in a line feed: the objects of
    /// [`Self::write_ndjson`], one on a line, between brackets on lines of their own; `[]` when there
    /// is nobody.
    ///
    /// It writes line by line, so give it a buffered writer.
    ///
    /// # Errors
    ///
    /// When `out` does.
    pub fn write_json(&self, places: Range<u64>, out: &mut impl Write) -> io::Result<()> {
        let end = if places.is_empty() { "[]\n" } else { "\n]\n" };
        let mut before = "[\n";
        self.write_each(places, out, |person, line| {
            line.extend_from_slice(before.as_bytes());
            lines::push_object(person, line);
            before = ",\n";
        })?;
        out.write_all(end.as_bytes())
    }

    /// Writes what is pushed for each person; the one line in memory is used again.
    fn write_each(
        &self,
        places: Range<u64>,
        out: &mut impl Write,
        mut push: impl FnMut(&Person, &mut Vec<u8>),
    ) -> io::Result<()> {
        let mut line = Vec::new();
        for person in self.people(places) {
            line.clear();
            push(&person, &mut line);
            out.write_all(&line)?;
        }
        Ok(())
    }
}

impl Person {
    /// The pseudonym: `S`, the seed, and the place from 1, for instance `S1-0000001`. Unique among
    /// all populations.
    pub fn id(&self) -> String {
        let mut id = Vec::new();
        lines::push_id(self, &mut id);
        String::from_utf8_lossy(&id).into_owned()
    }

    /// The treatment group that the person was drawn for. Exports do not carry it.
    pub const fn group(&self) -> Group {
        self.group
    }

    /// The facts that a reader of the export should find, before it looks for contradictions
    /// ([`Record::as_read_on`]).
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The text of every cell, in the order of [`COLUMNS`].
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let mut row = Vec::new();
        lines::push_row(self, &mut row);
        let row = String::from_utf8_lossy(&row);
        let mut cells = row.trim_end_matches('\n').split(',');
        std::array::from_fn(|_| cells.next().unwrap_or_default().to_owned())
    }
}
