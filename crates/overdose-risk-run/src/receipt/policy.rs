//! What a receipt says of the policy: enough to make the same one again.

use chrono::NaiveDate;
use overdose_risk::{Policy, Tier};
use overdose_risk_report::less_cautious_parted;
use serde::{Serialize, Serializer};
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
    #[serde(serialize_with = "super::as_text")]
    pub review_by: Option<NaiveDate>,
    /// What it promises to people in each tier.
    pub promises: BTreeMap<&'static str, String>,
    /// By what of it people can be less urgent than by the default, or be contacted later.
    pub less_cautious: Vec<String>,
    /// How many of these come first that no list may leave out.
    #[serde(skip)]
    pub(crate) gravest: usize,
    /// The local warning that was in force on the day of the run.
    pub alert: Option<AlertRecord>,
    /// A policy file of all in which it is not the default.
    pub file: String,
    #[serde(skip)]
    label: String,
    #[serde(skip)]
    is_default: bool,
}

/// A local warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AlertRecord {
    /// What the warning is.
    pub text: String,
    /// What to offer.
    pub offer: String,
    /// Its last day.
    #[serde(serialize_with = "day")]
    pub until: NaiveDate,
}

impl PolicyRecord {
    pub(crate) fn of(policy: &Policy, as_of: NaiveDate) -> Self {
        let settings = policy.settings();
        let promise = |tier: Tier| (tier.name(), policy.promise(tier).to_owned());
        let alert = policy.alert_on(as_of).map(|alert| AlertRecord {
            text: alert.text.clone(),
            offer: alert.offer.clone(),
            until: alert.until,
        });
        let [gravest, others] = less_cautious_parted(Policy::practice_principles(), policy);
        Self {
            gravest: gravest.len(),
            less_cautious: [gravest, others].concat(),
            name: policy.name().to_owned(),
            version: policy.version(),
            fingerprint: policy.fingerprint().to_string(),
            approved_by: settings.approved_by.clone(),
            review_by: settings.review_by,
            promises: Tier::ALL.map(promise).into(),
            alert,
            file: policy.changes(),
            label: policy.label().to_owned(),
            is_default: policy == Policy::practice_principles(),
        }
    }

    /// `name@version#fingerprint`, as in every other output.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether it is a policy of the service's own.
    pub(crate) fn is_own(&self) -> bool {
        !self.is_default
    }

    /// What is promised to people in a tier.
    pub(crate) fn promise(&self, tier: Tier) -> &str {
        self.promises.get(tier.name()).map_or("", String::as_str)
    }
}

fn day<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}
