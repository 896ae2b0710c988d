//! Text to facts for `overdose-risk`, once for every format.
//!
//! A format's crate finds the cells; this one says what they mean: which [`Column`] a header names
//! ([`Layout`]), what a cell says, and what could not be used ([`Problem`], [`Quarantine`]). What
//! comes out is a [`Person`]: an id that obeys the id rule, a record, and on whose caseloads the person
//! is.
//!
//! ```
//! use chrono::NaiveDate;
//! use overdose_risk::{Event, OpioidUse, Field};
//! use overdose_risk_intake::{Column, ProblemKind, read_person};
//!
//! let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
//! let cells = |column| match column {
//!     Column::Id => Some(b"p-17".as_slice()),
//!     Column::Fact(Field::OpioidUse) => Some(b" Current ".as_slice()),
//!     Column::Fact(Field::PrisonRelease) => Some(b"31/02/2026".as_slice()),
//!     _ => None,
//! };
//! let mut problems = Vec::new();
//! let person = read_person(cells, as_of, &mut |problem| problems.push(problem)).unwrap();
//!
//! assert_eq!(person.id.as_str(), "p-17");
//! let record = person.facts.record(&mut |problem| problems.push(problem));
//! assert_eq!(record.opioid_use, OpioidUse::Current.into());
//! // There is no 31 February: the fact is unknown, the person is still assessed, and somebody is
//! // told which field of which line it was. The cell itself is never repeated.
//! assert!(matches!(record.prison_release, Event::Unknown { .. }));
//! assert_eq!(problems[0].kind, ProblemKind::Unreadable);
//! ```
//!
//! What is public and hidden from this documentation is there for the crates of the formats. It may
//! change in any version, and no promise of semantic versioning holds for it.
//!
//! No value that was read ever appears in an error, a problem or a quarantine entry: they carry
//! positions, names of fields and kinds.

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

mod caseload;
mod cell;
mod column;
mod exact;
mod facts;
mod foreign;
mod id_guard;
mod identifier;
mod intake;
mod kinds;
mod layout;
mod learnt;
mod mapping;
pub mod ndtms;
mod person;
mod problem;
mod profile;
mod pseudonym;
mod row;
mod text;
mod values;
mod window;
mod words;

pub use caseload::{Caseload, Caseloads};
pub use cell::{Cell, Cells};
pub use column::{Column, Principal};
pub use facts::Facts;
pub use foreign::Foreign;
pub use id_guard::{IdGuard, IdShape};
pub use identifier::Identifier;
pub use intake::{Identifiers, Intake, RowReader};
pub use layout::{HeaderFault, Key, Layout, NearMiss, Refused};
pub use learnt::Learnt;
pub use mapping::{Mapping, MappingError, MappingFault, Translated};
pub use person::{Id, Person, read_person};
pub use problem::{Problem, ProblemKind, Quarantine};
pub use profile::Profile;
pub use pseudonym::{Pseudonym, PseudonymKey, WeakKey};
pub use row::{Entry, Row};
pub use text::read_day;
pub use values::UnreadValues;
pub use window::{Filled, Window};
pub use zeroize::Zeroizing;
