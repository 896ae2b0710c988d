//! `flags.ndjson` read back: what a run said of a person.

use crate::flag::SCHEMA_VERSION;
use chrono::NaiveDate;
use overdose_risk::policy::Alert;
use overdose_risk::{Priority, Tier, Urgency};
use overdose_risk_intake::Id;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::cmp::Reverse;

/// A line of `flags.ndjson`, read back. The words are those of the run that wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Flagged {
    schema_version: u32,
    /// The pseudonym.
    pub id: String,
    /// The day of the assessment.
    #[serde(deserialize_with = "day")]
    pub as_of: NaiveDate,
    /// The policy, as `name@version#fingerprint`.
    pub policy: String,
    /// What the service does for somebody in the tier; `None` where the line does not say.
    #[serde(default)]
    pub promise: Option<String>,
    /// What it does for somebody in the tier that the known facts call for, where that is another.
    #[serde(default)]
    pub promise_by_known_facts: Option<String>,
    /// The tier.
    #[serde(deserialize_with = "tier")]
    pub tier: Tier,
    /// The tier that the known facts call for.
    #[serde(deserialize_with = "tier")]
    pub by_known_facts: Tier,
    /// The points of the known facts.
    pub points: u16,
    /// The tier that the unknown facts could lead to at worst.
    #[serde(deserialize_with = "tier")]
    pub could_reach: Tier,
    /// The points that the unknown facts could lead to at worst.
    pub could_points: u16,
    /// Whether naloxone should be offered or asked about.
    pub naloxone_gap: bool,
    /// Whether the person is in custody.
    pub in_custody: bool,
    /// Whether the person is under 18 for certain.
    #[serde(default)]
    pub under_18: bool,
    /// What was found.
    pub reasons: Vec<FlaggedReason>,
    /// What to ask, most telling first.
    pub questions: Vec<FlaggedQuestion>,
    /// What to offer.
    pub offers: Vec<String>,
    /// The alert that was in force.
    #[serde(default)]
    pub alert: Option<FlaggedAlert>,
    /// What would follow from what can be done or found out, and from time. A line of an earlier
    /// night may have none.
    #[serde(default)]
    pub levers: Vec<FlaggedLever>,
    /// The last day through which the reasons stay as they are.
    #[serde(deserialize_with = "day_or_none")]
    pub valid_until: Option<NaiveDate>,
    /// The principal fields that the whole export lacked.
    #[serde(default)]
    pub waived: Vec<String>,
    /// The codes of the services that the person's rows name.
    #[serde(default)]
    pub service: Vec<String>,
    /// The codes of the teams.
    #[serde(default)]
    pub team: Vec<String>,
    /// The codes of the workers.
    #[serde(default)]
    pub worker: Vec<String>,
}

/// A reason, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FlaggedReason {
    /// The factor's name.
    pub factor: String,
    /// The level's name.
    pub level: String,
    /// What was found.
    pub sentence: String,
    /// The points counted.
    pub points: u8,
    /// Why it counts fewer points than it is worth, where it does.
    pub not_counted: Option<String>,
    /// The least tier that it leads to, whatever the points.
    #[serde(deserialize_with = "tier_or_none")]
    pub floor: Option<Tier>,
    /// Whether the number is a judgement and not a published figure.
    pub judgement: bool,
    /// The keys of the sources behind the number.
    pub sources: Vec<String>,
    /// Why the service's policy gives the level points or a floor of its own, where it does.
    #[serde(default)]
    pub set_because: Option<String>,
    /// What to offer.
    pub action: String,
    /// The last day through which it holds.
    #[serde(deserialize_with = "day_or_none")]
    pub holds_until: Option<NaiveDate>,
}

/// An alert, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FlaggedAlert {
    /// What the warning is.
    pub text: String,
    /// What to offer.
    pub offer: String,
    /// Its last day.
    #[serde(deserialize_with = "day")]
    pub until: NaiveDate,
}

impl From<&Alert> for FlaggedAlert {
    fn from(alert: &Alert) -> Self {
        let Alert { text, offer, until, .. } = alert;
        Self { text: text.clone(), offer: offer.clone(), until: *until }
    }
}

/// A question, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FlaggedQuestion {
    /// The field's name.
    pub field: String,
    /// The question.
    pub ask: String,
    /// The points if the answer were the worst.
    pub could_points: u16,
    /// The tier if the answer were the worst.
    #[serde(deserialize_with = "tier")]
    pub could_reach: Tier,
}

/// What would follow from one thing, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FlaggedLever {
    /// What happens, by its name: see [`Step::name`](overdose_risk::Step::name).
    pub step: String,
    /// The name of the field that is answered; of an answer alone.
    pub field: Option<String>,
    /// The answer, as an export could say it; of an answer alone.
    pub answer: Option<String>,
    /// The day on which a reason changes; of time alone.
    #[serde(default, deserialize_with = "day_or_none")]
    pub on: Option<NaiveDate>,
    /// The tier that would follow.
    #[serde(deserialize_with = "tier")]
    pub tier: Tier,
    /// The tier that the known facts would then call for, where it is another.
    #[serde(default, deserialize_with = "tier_or_none")]
    pub by_known_facts: Option<Tier>,
    /// The points that would follow.
    pub points: u16,
}

impl Flagged {
    /// Reads a line; `None` where it is no line of `flags.ndjson` in a version that this crate knows.
    pub fn read(line: &[u8]) -> Option<Self> {
        let flagged: Self = serde_json::from_slice(line).ok()?;
        let is_known = flagged.schema_version == SCHEMA_VERSION;
        (is_known && Id::read(flagged.id.as_bytes()).is_ok()).then_some(flagged)
    }

    /// The person's place in a worklist; `None` where the rules did not apply.
    pub fn priority(&self) -> Option<Priority> {
        let urgency = match self.by_known_facts {
            Tier::ActNow => Urgency::ActNow,
            Tier::Prioritise => Urgency::Prioritise,
            Tier::Standard => Urgency::Standard,
            Tier::NotEnoughInformation | Tier::OutOfScope => return None,
        };
        Some(Priority {
            urgency: Reverse(urgency),
            exposure_unknown: self.tier == Tier::NotEnoughInformation,
            by_points_alone: !self.reasons.iter().any(|one| one.floor == Some(Tier::ActNow)),
            points: Reverse(self.points),
            could_points: Reverse(self.could_points),
        })
    }
}

fn tier<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tier, D::Error> {
    tier_named(&String::deserialize(deserializer)?)
}

fn tier_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Tier>, D::Error> {
    Option::<String>::deserialize(deserializer)?.map(|name| tier_named(&name)).transpose()
}

fn tier_named<E: serde::de::Error>(name: &str) -> Result<Tier, E> {
    Tier::ALL.into_iter().find(|tier| tier.name() == name).ok_or_else(|| E::custom("no tier"))
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(|_| D::Error::custom("no day"))
}

fn day_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| D::Error::custom("no day"))).transpose()
}
