//! What is wrong with a policy file, by line. No text of the file is repeated.

use crate::keys::Table;
use overdose_risk::Policy;
use overdose_risk::factor::Factor;
use overdose_risk::policy::Refusal;

/// A policy file that cannot be used, with everything that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .faults.iter().map(PolicyFault::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PolicyFileError {
    pub(crate) faults: Vec<PolicyFault>,
}

impl PolicyFileError {
    /// Every fault, by line. Where the file is not TOML, the first one only.
    pub fn faults(&self) -> &[PolicyFault] {
        &self.faults
    }
}

/// One thing that is wrong with a policy file. `Display` says what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct PolicyFault {
    /// The line, from 1.
    pub line: usize,
    pub(crate) cause: Cause,
}

/// Why a policy file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Cause {
    #[error(
        "this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, \
         a day is 2027-03-31, off is true or false, and texts stand in straight quotes"
    )]
    NotToml,
    #[error("a key or table stands here for the second time: write each once")]
    Twice,
    #[error("there is no {key}: write {}", base())]
    NoBase { key: &'static str },
    #[error("a policy is based on practice-principles and no other: write {}", base())]
    OtherBase,
    #[error(
        "this file was written for another version of practice-principles: look at each of its numbers \
         again beside version {}, then write based_on_version = {0}",
        Policy::practice_principles().version()
    )]
    OtherVersion,
    #[error("{table} must be a table: write [{table}] on a line by itself, and its keys below")]
    NotATable { table: Table },
    #[error("no such key of {table}{}: it has {}", meant(.near), .table.keys().join(", "))]
    UnknownKey { table: Table, near: Option<&'static str> },
    #[error("{key} belongs to the head of the file: write it above the first [table]")]
    BelongsToTheHead { key: &'static str },
    #[error("no such factor{}: the factors and their levels are the same in every policy", meant(.near))]
    UnknownFactor { near: Option<&'static str> },
    #[error(
        "no such key or level of {factor}{}: it has off, why, {}; levels and their windows are the same in \
         every policy, as the numbers rest on studies of just these",
        meant(.near),
        levels(.factor)
    )]
    UnknownLevel { factor: Named, near: Option<&'static str> },
    #[error("{key} belongs to a level of {factor}: write it below {}", headers(.factor))]
    BelongsToALevel { factor: Named, key: &'static str },
    #[error(
        "windows and ages are the same in every policy, as the numbers rest on studies of just these: \
         change points or floor, and remove this"
    )]
    WindowIsFixed,
    #[error(
        "titles, sentences, sources and what a factor looks for are the same in every policy: remove this; \
         what a worker can offer is action"
    )]
    WordsAreFixed,
    #[error("the naloxone gap is always shown, in every policy: remove this")]
    NaloxoneGapIsFixed,
    #[error(
        "not-enough-information cannot be changed or removed: somebody whose opioid use is not known is \
         always shown as that, so that a worker asks"
    )]
    NotEnoughInformationIsFixed,
    #[error("standard has no settings: everybody below prioritise is in it; remove this")]
    StandardIsFixed,
    #[error(
        "out-of-scope has no settings: it is for people whose record shows no opioid use; remove this"
    )]
    OutOfScopeIsFixed,
    #[error("{key} must be {wanted}")]
    WrongType { key: &'static str, wanted: &'static str },
    #[error(
        "points are never negative, as nothing that is found makes somebody less urgent: write 0 or more"
    )]
    NegativePoints,
    #[error(
        "a factor's why says why it is off: write off = true as well, or move why to the level that it is \
         about"
    )]
    WhyOfNothing,
    #[error("the alert has no {key}: write text, offer, from and until, so that it ends by itself")]
    AlertLacks { key: &'static str },
    #[error("{0}")]
    Refused(Refusal),
}

/// A factor, which is equal to itself only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named(pub(crate) &'static Factor);

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Named {}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

fn base() -> String {
    let base = Policy::practice_principles();
    format!("based_on = \"{}\" and based_on_version = {}", base.name(), base.version())
}

fn meant(near: &Option<&'static str>) -> String {
    near.map_or(String::new(), |near| format!(", {near} may be meant"))
}

fn levels(factor: &Named) -> String {
    let levels = factor.0.levels.iter();
    levels.map(|level| level.name).collect::<Vec<_>>().join(", ")
}

fn headers(factor: &Named) -> String {
    let levels = factor.0.levels.iter();
    let headers = levels.map(|level| format!("[factors.{factor}.{}]", level.name));
    headers.collect::<Vec<_>>().join(" or ")
}
