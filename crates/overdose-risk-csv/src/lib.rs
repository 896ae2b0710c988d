//! CSV exports in, flags out, for `overdose-risk`.
//!
//! [`Export`] reads a native export record by record; [`FlagsWriter`] writes one row a person.
//! Neither holds more than one record can be long. [`Export::cut`] takes out pieces of up to 1,024 records,
//! for [`PieceReader`]s on any thread.
//!
//! Records follow RFC 4180, within limits: 64 KiB a field, 256 KiB and 64 physical lines a record,
//! 1,024 columns. One that breaks the rules comes out as one quarantined line, and reading goes on
//! with the next. UTF-8 and, with a byte order mark, UTF-16; commas, semicolons, tabs or bars; LF,
//! CRLF or CR.
//!
//! ```
//! use chrono::NaiveDate;
//! use overdose_risk::{Policy, assess};
//! use overdose_risk_intake::Intake;
//! use overdose_risk_csv::{Entry, Export, FlagsWriter};
//!
//! let export = "\
//! id,age,opioid_use,ost,prison_release,naloxone
//! p-1,44,current,not_prescribed,2026-03-28,not_held
//! ";
//! let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
//! let mut export = Export::open(export.as_bytes(), as_of, &Intake::default())?;
//! let mut flags = FlagsWriter::new(Vec::new(), export.layout().waived())?;
//!
//! while let Some(row) = export.read(&mut |_problem| {})? {
//!     if let Entry::Person(person) = row.entry {
//!         let record = person.facts.record(&mut |_problem| {});
//!         flags.write(person.id, &assess(&record, as_of, Policy::practice_principles()))?;
//!     }
//! }
//! let flags = String::from_utf8(flags.finish()?).unwrap();
//! assert!(flags.contains("p-1,act-now,39,act-now,39,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// What a library may not do: panic, since a panic repeats the data that caused it; take a default
// arm, since a new variant must be looked at everywhere; write where the caller has not said.
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::string_slice,
        clippy::indexing_slicing,
        clippy::wildcard_enum_match_arm,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

mod cut;
mod decoded;
#[cfg(test)]
mod differential;
mod error;
mod flags;
mod frame;
mod header;
mod line;
mod lists;
mod opening;
mod piece;
mod read;
mod records;
mod rows;
mod scan;
mod split;
mod texts;

pub use decoded::Encoding;
pub use error::{Error, ErrorKind};
pub use flags::{FlagRows, FlagsWriter};
pub use lists::{ProblemsWriter, QuarantineWriter};
pub use opening::Opening;
pub use overdose_risk_intake::{Entry, Learnt, Row};
pub use piece::{Piece, PieceReader};
pub use read::Export;
