//! Invented people as an extract for NDTMS has them, and the same people as a native export does,
//! as far as both can say it.
//!
//! **One author wrote both sides**, and the reading of extracts as well. That the two agree shows that
//! they mean the same thing, not that NDTMS does.
//!
//! ```
//! use chrono::NaiveDate;
//! use overdose_risk_testkit::ndtms::{Extract, HEADER, Wording};
//!
//! let extract = Extract::new(1, NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
//! let person = extract.person(0);
//! assert_eq!(person.id(), "N0001-1000");
//!
//! let mut csv = Vec::new();
//! extract.write(0..10, Wording::Codes, &mut csv)?;
//! assert!(csv.starts_with(format!("\"{}\"", HEADER[0]).as_bytes()));
//! # std::io::Result::Ok(())
//! ```

mod life;
mod native;
mod rows;

use crate::population::draw::Draw;
use chrono::NaiveDate;
use life::Life;
use std::io::{self, Write};
use std::ops::Range;

pub use native::COLUMNS;
pub use rows::HEADER;

/// How an extract writes what has a code: as the code, or as its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// `1105`, `Y`, `20260331`.
    Codes,
    /// `Methadone`, `Yes`, `31/03/2026`.
    Labels,
}

/// Invented people, of any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extract {
    seed: u64,
    as_of: NaiveDate,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    index: u64,
    as_of: NaiveDate,
    life: Life,
}

impl Extract {
    /// The people of a seed, as recorded on a day.
    pub const fn new(seed: u64, as_of: NaiveDate) -> Self {
        Self { seed, as_of }
    }

    /// The person at a place, from 0.
    pub fn person(&self, index: u64) -> Person {
        let life = Life::draw(&mut Draw::new(self.seed, index));
        Person { index, as_of: self.as_of, life }
    }

    /// Every row of the people at these places, those of one person scattered among the others'.
    pub fn rows(&self, places: Range<u64>, wording: Wording) -> Vec<[String; HEADER.len()]> {
        let mut draw = Draw::new(self.seed, u64::MAX);
        let people = places.map(|index| self.person(index));
        let mut rows: Vec<_> = people.flat_map(|person| person.rows(wording)).collect();
        for last in (1..rows.len()).rev() {
            let among = u32::try_from(last + 1).unwrap_or(u32::MAX);
            rows.swap(last, draw.below(among) as usize);
        }
        rows
    }

    /// Writes the extract as CSV: every cell in quotes, as exporters of NDTMS do.
    ///
    /// # Errors
    ///
    /// When `out` does.
    pub fn write(
        &self,
        places: Range<u64>,
        wording: Wording,
        out: &mut impl Write,
    ) -> io::Result<()> {
        writeln!(out, "\"{}\"", HEADER.join("\",\""))?;
        let mut rows = self.rows(places, wording).into_iter();
        rows.try_for_each(|row| writeln!(out, "\"{}\"", row.join("\",\"")))
    }

    /// Writes those who consent as a native CSV export.
    ///
    /// # Errors
    ///
    /// When `out` does.
    pub fn write_native(&self, places: Range<u64>, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", COLUMNS.join(","))?;
        let mut people = places.map(|index| self.person(index)).filter(Person::consents);
        people.try_for_each(|person| writeln!(out, "{}", person.native().join(",")))
    }
}

impl Person {
    /// The agency and the number that the person has there.
    pub fn id(&self) -> String {
        format!("{}-{}", self.agency(), self.client())
    }

    /// Whether the person consents to being in the extract. The rows of one who does not say nothing
    /// else.
    pub const fn consents(&self) -> bool {
        self.life.consents
    }

    fn agency(&self) -> String {
        format!("N{:04}", self.index % 3 + 1)
    }

    fn client(&self) -> u64 {
        1000 + self.index / 2
    }
}
