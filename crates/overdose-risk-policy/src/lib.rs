//! Policy files for `overdose-risk`: what a service sets itself, as TOML.
//!
//! A file names the policy that it is based on, and changes only what it names. `docs/policy-file.md` is
//! the manual; [`Policy::canonical`], [`Policy::with_sources`] and [`Policy::changes`] write files.
//!
//! ```
//! use overdose_risk_policy::read_policy;
//!
//! let policy = read_policy(
//!     r#"
//!     based_on = "practice-principles"
//!     based_on_version = 1
//!     name = "example-service"
//!
//!     [tiers.act-now]
//!     points = 45
//!     why = "Two workers more for calls, agreed by clinical governance."
//!     "#,
//! )?;
//! assert_eq!(policy.act_now_from(), 45);
//! assert_eq!(read_policy(&policy.changes())?, policy);
//!
//! // Without a reason the number is not taken.
//! let error = read_policy(
//!     "based_on = \"practice-principles\"\n\
//!      based_on_version = 1\n\
//!      name = \"example-service\"\n\
//!      tiers.act-now.points = 45\n",
//! )
//! .unwrap_err();
//! assert_eq!(error.faults()[0].line, 4);
//! # Ok::<(), overdose_risk_policy::PolicyFileError>(())
//! ```
//!
//! No text of a file ever appears in an error: a fault has a line and our own names.

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

mod fault;
mod file;
mod keys;
mod place;
mod table;
mod value;

pub use fault::{PolicyFault, PolicyFileError};

use fault::Cause;
use overdose_risk::Policy;
use place::Faults;

/// Reads a policy file.
///
/// # Errors
///
/// When it is not TOML, when something in it is unknown, missing or of the wrong kind, and when no
/// policy can have what it says. Every fault names its line.
pub fn read_policy(text: &str) -> Result<Policy, PolicyFileError> {
    let mut faults = Faults::default();
    let Some(settings) = file::read(text, &mut faults) else { return Err(faults.error(text)) };
    match Policy::new(settings) {
        Ok(policy) if faults.found.is_empty() => return Ok(policy),
        Ok(_) => {}
        Err(error) => {
            for refusal in error.refusals() {
                // What could not be read was taken as in the default, of which nothing follows.
                if !faults.is_spoilt(refusal.about)
                    && !refusal.beside.is_some_and(|of| faults.is_spoilt(of))
                {
                    faults.add(faults.of(refusal), Cause::Refused(refusal.clone()));
                }
            }
        }
    }
    Err(faults.error(text))
}
