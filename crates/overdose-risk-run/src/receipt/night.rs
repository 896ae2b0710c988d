//! What a receipt says of the night: what it was compared with, who is listed, who was reviewed; and what its
//! notices are made of.

use super::{FileRecord, Receipt};
use crate::before::Before;
use crate::reading::Firsts;
use crate::shortlist::Chosen;
use chrono::NaiveDate;
use overdose_risk::Tier;
use overdose_risk_report::Listed;
use serde::Serialize;
use std::collections::BTreeMap;

/// The run that a run was compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreviousRecord {
    /// The name of its folder.
    pub folder: String,
    /// Its day.
    pub as_of: String,
    /// Its policy, as `name@version#fingerprint`.
    pub policy: String,
    /// The version of its program.
    pub program_version: String,
    /// Whether that is another version.
    pub other_program: bool,
    /// Whether that is another policy.
    pub other_policy: bool,
    /// Whether its pseudonyms were made with another key, or with none, so that nobody could be
    /// compared.
    pub other_pseudonyms: bool,
    /// The last day of the local warning that was in force.
    #[serde(skip)]
    pub(crate) alert_until: Option<NaiveDate>,
    /// How many people had died.
    #[serde(skip)]
    pub(crate) died: u64,
}

impl PreviousRecord {
    pub(crate) fn of(before: &Before, now: &Receipt) -> Self {
        let was = &before.receipt;
        Self {
            folder: before.name(),
            as_of: was.as_of().to_string(),
            policy: was.policy(),
            program_version: was.program.version.clone(),
            other_program: was.program.version != now.program.version,
            other_policy: was.policy() != now.policy().label(),
            other_pseudonyms: was.pseudonym_key != now.pseudonym_key,
            alert_until: was.alert_until(),
            died: was.died(),
        }
    }
}

/// A worklist: who stands on it, and how many do not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WorklistRecord {
    /// How many people the service can contact.
    pub capacity: u64,
    /// How many stand on it, those who are carried apart.
    pub listed: u64,
    /// How many stand on it although this run did not assess them.
    pub carried: u64,
    /// How many of those listed lie beyond the capacity, all of them `act-now` by the known facts.
    pub act_now_beyond_capacity: u64,
    /// How many are not listed, by tier.
    pub not_listed: BTreeMap<&'static str, u64>,
}

impl WorklistRecord {
    pub(crate) fn of(capacity: usize, chosen: &Chosen, carried: &[Listed]) -> Self {
        let counts = chosen.counts;
        let not_listed =
            Tier::ALL.map(|tier| (tier.name(), counts.beyond_capacity.of(tier) as u64));
        Self {
            capacity: capacity as u64,
            listed: chosen.entries.len() as u64,
            carried: carried.len() as u64,
            act_now_beyond_capacity: counts.act_now_beyond_capacity as u64,
            not_listed: not_listed.into_iter().filter(|(_, people)| *people > 0).collect(),
        }
    }
}

/// Reviews: how many hold, and what could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReviewsRecord {
    /// The file, where one was given. The others are those that the run before kept.
    pub file: Option<FileRecord>,
    /// Reviews that hold.
    pub holds: u64,
    /// Reviews whose last day is over.
    pub lapsed: u64,
    /// Reviews that a new reason ended.
    pub new_reason: u64,
    /// Reviews of people who are not on a worklist today.
    pub not_listed: u64,
    /// How many rows were filled in and could not be used. Their people count as not reviewed.
    pub rows_not_used: u64,
    /// The first thousand of those rows.
    pub not_used: Vec<NotUsed>,
}

/// A row of a file of reviews that could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotUsed {
    /// The physical line on which it begins, from 1.
    pub line: u64,
    /// Why.
    pub kind: &'static str,
}

/// What the notices of a run are made of that its receipt has no key for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aside {
    /// Where the faults of the export begin.
    pub(crate) firsts: Firsts,
    /// How many people are or may be younger than 18.
    pub(crate) under_18: u64,
    /// How many people were `act-now` in the run before and are not, for a fact that changed.
    pub(crate) lowered_by_facts: u64,
}
