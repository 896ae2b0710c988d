//! Flags de-identified service-user records for risk of overdose.
//!
//! For drug and alcohol treatment services in England, which the Statement of Practice Principles of
//! 2017 asks to identify routinely those most at risk. It looks at **age, opioid use, recent release
//! from prison and missing naloxone** first, then at the modifiers that services already record, and
//! says whom to contact, why, what to offer and what to ask.
//!
//! It is decision support for trained staff. It gives no probability, calls nobody safe, and is
//! never a reason to refuse, reduce or end treatment. The rule set is not validated.
//!
//! ```
//! use chrono::NaiveDate;
//! use overdose_risk::{Age, Naloxone, OpioidUse, Ost, Policy, Record, Tier, assess};
//!
//! let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
//! let record = Record {
//!     age: Age::years(44)?.into(),
//!     opioid_use: OpioidUse::Current.into(),
//!     ost: Ost::NotPrescribed.into(),
//!     prison_release: NaiveDate::from_ymd_opt(2026, 3, 28).unwrap().into(),
//!     naloxone: Naloxone::NotHeld.into(),
//!     ..Record::default()
//! };
//! let assessment = assess(&record, as_of, Policy::practice_principles());
//! assert_eq!(assessment.tier(), Tier::ActNow);
//! println!("{}", assessment.explain());
//! # Ok::<(), overdose_risk::NotAnAge>(())
//! ```
//!
//! # The names to know
//!
//! | name | for |
//! |---|---|
//! | [`Record`] | the facts about one person, filled in field by field |
//! | [`Status`], [`Event`], [`Age`], [`Unknown`] | one fact, and the ways of not knowing it |
//! | [`Policy`] | what each finding is worth; [`Policy::practice_principles`] is the default |
//! | [`policy::Settings`] | what a service can set itself; [`Policy::new`] checks it |
//! | [`assess`] | the one function |
//! | [`Assessment`], [`Tier`], [`Priority`] | what it answers: how soon, how many points, why, whom first |
//! | [`Explanation`] | the same in words: what counted, what to offer, what to ask |
//! | [`Lever`] | what would follow from what a service can do or find out |
//! | [`Tally`] | counts over many assessments |
//! | [`FACTORS`], [`Field`] | the catalogue and the data dictionary, for those who trace a point |
//!
//! # What is absent, and why
//!
//! - **No clock.** The as-of date is an argument: the same record, date and policy give the same
//!   result for ever.
//! - **No id.** A [`Record`] carries facts; whose they are is the caller's business.
//! - **No error.** Every record can be assessed. A fact that is missing, unreadable or
//!   contradictory is unknown, and unknown is never "no".
//! - **No floating point.** Points are integers.
//! - **No order among tiers.** `not-enough-information` has no place in one.

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
// Points and tiers are integers: 0.1 + 0.2 must never decide who is called.
#![cfg_attr(not(test), warn(clippy::float_arithmetic))]

mod assess;
mod assessment;
mod codes;
pub mod evidence;
mod explain;
mod exposure;
mod fact;
pub mod factor;
mod factors;
mod lever;
pub mod policy;
mod reading;
mod record;
#[cfg(feature = "serde")]
mod serialize;
mod tally;

pub use assess::assess;
pub use assessment::{Assessment, Priority, Reason, Tier, Unknowns};
pub use codes::{CaseStatus, Code, Housing, Injecting, Naloxone, OpioidUse, Ost, YesNo};
pub use explain::{ExplainedReason, Explanation, Question};
pub use exposure::Exposure;
pub use fact::{Age, Event, Fact, FactMut, NotAnAge, State, Status, Unknown};
pub use factor::Urgency;
pub use factors::FACTORS;
pub use lever::{Answer, Lever, Step};
pub use policy::{Limit, Policy};
pub use record::{Field, Record};
pub use tally::{Completeness, Tally};
