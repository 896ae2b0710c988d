//! What changed for a person since the run before.

use crate::before::Said;
use crate::receipt::PreviousRecord;
use chrono::NaiveDate;
use overdose_risk::factor::Factor;
use overdose_risk::{Assessment, Exposure, FACTORS, Fact, Field, Record, Tier, assess};
use overdose_risk_report::{Because, Change, ChangeKind, MovedBy};

/// How opioid exposure is called among the things that move.
const EXPOSURE: &str = "exposure";

/// What exposure follows from.
const EXPOSURE_READS: [Field; 5] =
    [Field::OpioidUse, Field::Ost, Field::OstEnded, Field::Injecting, Field::Overdose];

/// How far what a run before said can be held against what today's says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    /// Whether the program of the run before is another.
    has_other_program: bool,
}

impl Comparison {
    pub(crate) fn with(previous: &PreviousRecord) -> Self {
        Self { has_other_program: previous.other_program }
    }

    /// What changed, if anything did, for somebody of whom the run before said this.
    pub(crate) fn change(&self, said: Option<Said<'_>>, now: &Assessment<'_>) -> Option<Change> {
        let to = now.tier();
        let Some(said) = said else {
            let because = vec![Because::FirstSeen];
            return Some(Change { kind: ChangeKind::New, from: None, to: Some(to), because });
        };
        let from = said.tier;
        let mut because = self.because(said, now);
        let kind = match rank(to).cmp(&rank(from)) {
            _ if because.is_empty() && from == to => return None,
            std::cmp::Ordering::Greater => ChangeKind::Raised,
            std::cmp::Ordering::Less => ChangeKind::Lowered,
            std::cmp::Ordering::Equal => ChangeKind::SameTier,
        };
        if because.is_empty() {
            because.push(Because::PolicyChanged);
        }
        Some(Change { kind, from: Some(from), to: Some(to), because })
    }

    fn because(&self, said: Said<'_>, now: &Assessment<'_>) -> Vec<Because> {
        // Mostly nothing moved, and yesterday need not be looked at.
        let mut same = now.reasons().map(|reason| (reason.factor.name, reason.level.name));
        if exposure(said.tier) == now.exposure() && said.levels().eq(same.by_ref()) {
            return Vec::new();
        }
        let then = assess(now.record(), said.on.as_of, now.policy());
        let has_other_rules = self.has_other_program || *said.on.policy != *now.policy().label();
        let moved_by = |held_then, reads: &[Field]| {
            let is_as_then = held_then && !has_happened_since(said.on.as_of, reads, now.record());
            match (is_as_then, has_other_rules) {
                (true, _) => MovedBy::WindowPassed,
                (false, true) => MovedBy::FactOrPolicyChanged,
                (false, false) => MovedBy::FactChanged,
            }
        };
        let mut because = Vec::new();
        let (was, is) = (exposure(said.tier), now.exposure());
        if was != is {
            let held_then = then.exposure() == was;
            let by = moved_by(held_then, &EXPOSURE_READS);
            let [from, to] = [was, is].map(|one| Some(exposure_name(one).to_owned()));
            because.push(Because::Moved { what: EXPOSURE.to_owned(), from, to, by });
        }
        if [was, is].contains(&Exposure::No) {
            return because;
        }
        let level_of = |assessment: &Assessment<'_>, factor: &Factor| {
            let mut reasons = assessment.reasons();
            reasons.find(|one| one.factor.name == factor.name).map(|one| one.level.name)
        };
        for factor in FACTORS {
            let is = level_of(now, factor);
            let was = said.levels().find(|(name, _)| *name == factor.name).map(|(_, level)| level);
            if was != is {
                let held_then = level_of(&then, factor) == was;
                let by = moved_by(held_then, factor.reads);
                let [from, to] = [was, is].map(|level| level.map(str::to_owned));
                because.push(Because::Moved { what: factor.name.to_owned(), from, to, by });
            }
        }
        for (name, level) in said.levels() {
            if !FACTORS.iter().any(|factor| factor.name == name) {
                let (what, from) = (name.to_owned(), Some(level.to_owned()));
                let by = MovedBy::FactOrPolicyChanged;
                because.push(Because::Moved { what, from, to: None, by });
            }
        }
        because
    }
}

/// Whether something happened after a day, so that it was no fact then.
fn has_happened_since(day: NaiveDate, reads: &[Field], record: &Record) -> bool {
    latest_event(record, reads).is_some_and(|date| date > day)
}

/// The latest day on which something happened that these fields record. A release that is planned has
/// not happened.
pub(crate) fn latest_event(record: &Record, fields: &[Field]) -> Option<NaiveDate> {
    let happened = fields.iter().filter(|field| **field != Field::PrisonReleaseDue);
    happened
        .filter_map(|field| match record.fact(*field) {
            Fact::Event(event) => event.latest(),
            Fact::Age(_)
            | Fact::OpioidUse(_)
            | Fact::Ost(_)
            | Fact::Naloxone(_)
            | Fact::Date(_)
            | Fact::Injecting(_)
            | Fact::YesNo(_)
            | Fact::Housing(_)
            | Fact::CaseStatus(_) => None,
        })
        .max()
}

/// How urgent a tier is beside another, for the direction of a change and nothing else.
const fn rank(tier: Tier) -> u8 {
    match tier {
        Tier::ActNow => 4,
        Tier::Prioritise => 3,
        Tier::Standard => 2,
        Tier::NotEnoughInformation => 1,
        Tier::OutOfScope => 0,
    }
}

const fn exposure(tier: Tier) -> Exposure {
    match tier {
        Tier::ActNow | Tier::Prioritise | Tier::Standard => Exposure::Yes,
        Tier::NotEnoughInformation => Exposure::Unknown,
        Tier::OutOfScope => Exposure::No,
    }
}

const fn exposure_name(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::Yes => "yes",
        Exposure::Unknown => "unknown",
        Exposure::No => "no",
    }
}
