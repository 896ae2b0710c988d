//! JSON exports in, assessments as JSON out, for `overdose-risk`.
//!
//! [`Export`] reads an export record by record, be it an array, an array within an object, or NDJSON;
//! [`Reader`] reads one record. [`Flag`] is one line of `flags.ndjson`.
//!
//! ```
//! use chrono::NaiveDate;
//! use overdose_risk::{Policy, assess};
//! use overdose_risk_intake::Intake;
//! use overdose_risk_json::{Entry, Export, Flag};
//!
//! let export = r#"[
//!   {"id": "p-1", "age": 44, "opioid_use": "current", "prison_release": null, "naloxone": "held"}
//! ]"#;
//! let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
//! let mut export = Export::open(export.as_bytes(), as_of, None, &Intake::default())?;
//! let mut flags = Vec::new();
//!
//! while let Some(row) = export.read(&mut |_problem| {})? {
//!     if let Entry::Person(person) = row.entry {
//!         let assessment = assess(&person.facts.record(&mut |_problem| {}), as_of, Policy::practice_principles());
//!         Flag::new(person.id, &assessment, &[]).write_line(&mut flags)?;
//!     }
//! }
//! // Now it is known whether the export has everything that an assessment needs.
//! export.layout()?;
//! let flags = String::from_utf8(flags)?;
//! assert!(flags.starts_with(r#"{"schema_version":1,"id":"p-1","as_of":"2026-03-31""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limits
//!
//! A record has at most 1 MiB, 1,024 keys, those within its values not counted, and arrays and objects 32 deep; one beyond that is
//! quarantined. All of it must be UTF-8 and JSON, also where nobody reads it. Memory does not grow
//! with the export, nor with anything in it beyond 64 MiB.
//!
//! With `serde_json`'s feature `arbitrary_precision` somewhere in a build, numbers beyond any range
//! are no longer refused, and a number in place of a record is called one without an id.

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

mod answer;
mod error;
mod export;
mod flag;
mod flagged;
mod keys;
mod line;
mod pattern;
mod piece;
mod reader;
mod records;
mod shape;
mod source;
mod value;
mod written;

pub use answer::Answer;
pub use error::{Error, ErrorKind};
pub use export::{Export, Format};
pub use flag::Flag;
pub use flagged::{Flagged, FlaggedAlert, FlaggedLever, FlaggedQuestion, FlaggedReason};
pub use overdose_risk_intake::{Entry, Row};
pub use piece::{Learnt, Piece, PieceReader};
pub use reader::{Reader, Rejected};
