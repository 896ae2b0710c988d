//! What the tests of this workspace share: strategies for records, dates and policies, a synthetic
//! population, rules applied a second time, and what the fuzz targets check. Everything here is invented; nothing describes anybody.
//!
//! Use it from `tests/`, not from unit tests: there, the core would be compiled twice and its types
//! would differ.

pub mod accounts;
pub mod browser;
pub mod fuzz;
pub mod merging;
pub mod ndtms;
pub mod population;
pub mod python;
pub mod strategies;

/// The README's examples, run here so that no published crate needs a file from outside its folder.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
