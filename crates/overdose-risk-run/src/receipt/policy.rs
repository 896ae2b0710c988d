//! What a receipt says of the policy: enough to make the same one again.

use overdose_risk::{Policy, Tier};
use serde::Serialize;
use std::collections::BTreeMap;

/// The policy of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyRecord {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// All 64 digits of its fingerprint.
    pub fingerprint: String,
    /// Who in the service has approved it.
    pub approved_by: Option<String>,
    /// When it is to be looked at again.
    pub review_by: Option<String>,
    /// What it promises to people in each tier.
    pub promises: BTreeMap<&'static str, String>,
    /// A policy file of what is not as in the default, in full.
    pub file: String,
    #[serde(skip)]
    label: String,
}

impl PolicyRecord {
    pub(crate) fn of(policy: &Policy) -> Self {
        let settings = policy.settings();
        let promise = |tier: Tier| (tier.name(), policy.promise(tier).to_owned());
        Self {
            name: policy.name().to_owned(),
            version: policy.version(),
            fingerprint: policy.fingerprint().to_string(),
            approved_by: settings.approved_by.clone(),
            review_by: settings.review_by.map(|day| day.to_string()),
            promises: Tier::ALL.map(promise).into(),
            file: policy.changes(),
            label: policy.label().to_owned(),
        }
    }

    /// `name@version#fingerprint`, as in every other output.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What is promised to people in a tier.
    pub(crate) fn promise(&self, tier: Tier) -> &str {
        self.promises.get(tier.name()).map_or("", String::as_str)
    }
}
