//! What became of everybody since the run before, while the run goes on.

use crate::before::{Before, CARRIED, Said, Today};
use crate::changes::Comparison;
use crate::error::{Error, writing};
use crate::publish::{Draft, Output};
use crate::receipt::FileRecord;
use crate::reviews::{Reviews, Then};
use chrono::NaiveDate;
use overdose_risk::{Assessment, Policy, Tier, Urgency};
use overdose_risk_intake::Id;
use overdose_risk_json::{Flagged, FlaggedAlert};
use overdose_risk_report::{Because, Change, ChangeKind, ChangesWriter, Listed, MovedBy, Standing};
use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;

const CHANGES: &str = "changes.csv";

/// For how many days somebody is carried whom no run assesses any more. It is a judgement: as long as
/// the last of the windows that call for contact at once.
pub(crate) const CARRIED_FOR_DAYS: i64 = 28;

/// The comparison with the run before, and `changes.csv`.
pub(crate) struct Since {
    with: Option<(Before, Comparison)>,
    as_of: NaiveDate,
    changes: ChangesWriter<Output>,
    counts: BTreeMap<&'static str, u64>,
    ended: u64,
    ended_by_review: u64,
    lowered_by_facts: u64,
}

/// Somebody whom this run did not assess, with what the last run said that did.
pub(crate) struct Carried {
    pub(crate) line: Vec<u8>,
    pub(crate) flagged: Flagged,
    pub(crate) standing: Standing,
    pub(crate) change: Option<Change>,
}

impl Carried {
    /// The person on a worklist, reviewed or not.
    pub(crate) fn listed(
        self,
        reviews: Option<&mut Reviews>,
        as_of: NaiveDate,
        policy: &Policy,
    ) -> Listed {
        let Self { mut flagged, standing, change, .. } = self;
        warn(&mut flagged, as_of, policy);
        let reasons = || flagged.reasons.iter().map(|one| (&*one.factor, &*one.level));
        let review = reviews.and_then(|reviews| {
            reviews.judge(&flagged.id, reasons(), None, Then::Reasons(reasons()), policy)
        });
        Listed { flagged, standing, change, review }
    }
}

/// Offers what today's warning says, to somebody of whom the rest is as it was, and no longer what one
/// said that has ended.
fn warn(flagged: &mut Flagged, as_of: NaiveDate, policy: &Policy) {
    if let Some(ended) = flagged.alert.take() {
        flagged.offers.retain(|offer| *offer != ended.offer);
    }
    if let Some(alert) = policy.alert_on(as_of) {
        flagged.offers.retain(|offer| *offer != alert.offer);
        flagged.offers.insert(0, alert.offer.clone());
        flagged.alert = Some(FlaggedAlert::from(alert));
    }
}

/// What became of everybody.
pub(crate) struct Became {
    pub(crate) outputs: Vec<FileRecord>,
    pub(crate) counts: BTreeMap<&'static str, u64>,
    /// How many are no longer carried, since nobody has assessed them for so long.
    pub(crate) ended: u64,
    /// How many are no longer carried, since a review says so.
    pub(crate) ended_by_review: u64,
    /// How many were `act-now` and are not, for a fact that changed.
    pub(crate) lowered_by_facts: u64,
    pub(crate) carried: Vec<Carried>,
}

/// Whom the run before assessed and this one did not.
#[derive(Default)]
pub(crate) struct Missing {
    /// How many are in no row of the export. Those whom the run before only carried were missed before.
    pub(crate) gone: u64,
    /// Those who may have been to be contacted, by their ids.
    perhaps_urgent: HashMap<String, (Change, Today)>,
}

impl Since {
    /// Compares with a run, or with nothing.
    pub(crate) fn begin(
        with: Option<(Before, Comparison)>,
        as_of: NaiveDate,
        policy: &Policy,
        draft: &Draft<'_>,
    ) -> Result<Self, Error> {
        let changes = ChangesWriter::new(draft.output(CHANGES)?, as_of, policy);
        let changes = writing(CHANGES, changes)?;
        let kinds = if with.is_some() { &ChangeKind::ALL[..] } else { &[] };
        let counts = kinds.iter().map(|kind| (kind.name(), 0)).collect();
        let (ended, ended_by_review, lowered_by_facts) = (0, 0, 0);
        Ok(Self { with, as_of, changes, counts, ended, ended_by_review, lowered_by_facts })
    }

    /// That this became of a row of somebody.
    pub(crate) fn saw(&mut self, id: Id<'_>, today: Today) {
        if let Some((before, _)) = &mut self.with {
            before.saw(id, today);
        }
    }

    /// What it compares with, to be begun anew.
    pub(crate) fn into_with(self) -> Option<(Before, Comparison)> {
        self.with
    }

    /// Whether there is a run that everybody can be compared with.
    pub(crate) fn compares(&self) -> bool {
        self.with.is_some()
    }

    /// What the run before said of somebody.
    pub(crate) fn said(&self, id: Id<'_>) -> Option<Said<'_>> {
        self.with.as_ref().and_then(|(before, _)| before.said(id))
    }

    /// What changed for somebody who was assessed.
    pub(crate) fn assessed(
        &mut self,
        id: Id<'_>,
        assessment: &Assessment<'_>,
    ) -> Result<Option<Change>, Error> {
        self.saw(id, Today::Assessed);
        let Some((before, comparison)) = &self.with else { return Ok(None) };
        let change = comparison.change(before.said(id), assessment);
        if let Some(change) = &change {
            let is_lowered = is_lowered_by_a_fact(change, assessment);
            self.lowered_by_facts += u64::from(is_lowered);
            self.write(id, change)?;
        }
        Ok(change)
    }

    fn write(&mut self, id: Id<'_>, change: &Change) -> Result<(), Error> {
        *self.counts.entry(change.kind.name()).or_default() += 1;
        writing(CHANGES, self.changes.write(id, change))
    }

    /// Looks for everybody whom the run before assessed and this one did not.
    pub(crate) fn missing(&mut self) -> Result<Missing, Error> {
        let mut missing = Missing::default();
        let Some((before, comparison)) = self.with.take() else { return Ok(missing) };
        before.each_missing(&mut |id, said, today| {
            let change = not_assessed(said.tier, today);
            self.write(id, &change)?;
            missing.gone += u64::from(today == Today::Absent);
            if today != Today::Died && may_be_urgent(said.tier) {
                missing.perhaps_urgent.insert(id.as_str().to_owned(), (change, today));
            }
            Ok(())
        })?;
        self.with = Some((before, comparison));
        Ok(missing)
    }

    /// Ends with those who were to be contacted: they are carried.
    pub(crate) fn finish(
        mut self,
        missing: Missing,
        reviews: Option<&Reviews>,
        draft: &Draft<'_>,
    ) -> Result<Became, Error> {
        let carried = match self.with.take() {
            Some((before, _)) => self.carry(missing.perhaps_urgent, reviews, &before)?,
            None => Vec::new(),
        };
        let mut lines = draft.output(CARRIED)?;
        for one in &carried {
            writing(CARRIED, lines.write_all(&one.line))?;
        }
        let Self { changes, counts, ended, ended_by_review, lowered_by_facts, .. } = self;
        let outputs = vec![writing(CHANGES, changes.finish())?.finish()?, lines.finish()?];
        Ok(Became { outputs, counts, ended, ended_by_review, lowered_by_facts, carried })
    }

    fn carry(
        &mut self,
        mut perhaps_urgent: HashMap<String, (Change, Today)>,
        reviews: Option<&Reviews>,
        before: &Before,
    ) -> Result<Vec<Carried>, Error> {
        let mut carried = Vec::new();
        if !perhaps_urgent.is_empty() {
            let found = before.flags_of(&|id| perhaps_urgent.contains_key(id))?;
            if found.len() != perhaps_urgent.len() {
                return Err(before.altered("flags.ndjson"));
            }
            for (line, flagged) in found {
                let is_urgent = is_urgent(flagged.by_known_facts);
                let known = perhaps_urgent.remove(&flagged.id).filter(|_| is_urgent);
                if let Some((change, today)) = known {
                    let standing = standing(today);
                    carried.push(Carried { line, flagged, standing, change: Some(change) });
                }
            }
        }
        for (line, flagged) in before.carried()? {
            let Ok(id) = Id::read(flagged.id.as_bytes()) else { continue };
            let today = before.today(id);
            let is_over = (self.as_of - flagged.as_of).num_days() > CARRIED_FOR_DAYS;
            let is_ended =
                reviews.is_some_and(|reviews| reviews.ends_carrying(&flagged.id, flagged.as_of));
            match today {
                Today::Assessed => {}
                Today::Died => self.write(id, &not_assessed(flagged.tier, today))?,
                // A row of theirs that was quarantined may say otherwise.
                Today::Absent | Today::WithoutConsent if is_ended => {
                    self.ended_by_review += 1;
                    let because = vec![Because::EndedByReview];
                    self.write(id, &Change { because, ..not_assessed(flagged.tier, today) })?;
                }
                Today::Absent | Today::Quarantined | Today::WithoutConsent if is_over => {
                    self.ended += 1;
                    let because = vec![Because::NoLongerCarried];
                    self.write(id, &Change { because, ..not_assessed(flagged.tier, today) })?;
                }
                Today::Absent | Today::Quarantined | Today::WithoutConsent => {
                    let standing = standing(today);
                    carried.push(Carried { line, flagged, standing, change: None });
                }
            }
        }
        Ok(carried)
    }
}

fn not_assessed(from: Tier, today: Today) -> Change {
    let (kind, because) = match today {
        Today::Absent => (ChangeKind::Gone, Because::Absent),
        Today::Quarantined => (ChangeKind::NotAssessed, Because::Quarantined),
        Today::WithoutConsent => (ChangeKind::NotAssessed, Because::WithoutConsent),
        Today::Died | Today::Assessed => (ChangeKind::NotAssessed, Because::Died),
    };
    Change { kind, from: Some(from), to: None, because: vec![because] }
}

fn standing(today: Today) -> Standing {
    match today {
        Today::Absent | Today::Died | Today::Assessed => Standing::Gone,
        Today::Quarantined => Standing::Quarantined,
        Today::WithoutConsent => Standing::WithoutConsent,
    }
}

/// Whether somebody was `act-now` and is not by the known facts either, and something that was shown then is
/// another for a fact that changed, whatever time did beside it.
fn is_lowered_by_a_fact(change: &Change, now: &Assessment<'_>) -> bool {
    let has_changed = |because: &Because| match because {
        Because::Moved { from, by, .. } => from.is_some() && *by == MovedBy::FactChanged,
        Because::FirstSeen
        | Because::PolicyChanged
        | Because::Absent
        | Because::Quarantined
        | Because::WithoutConsent
        | Because::Died
        | Because::NoLongerCarried
        | Because::EndedByReview => false,
    };
    change.from == Some(Tier::ActNow)
        && now.known_urgency() != Some(Urgency::ActNow)
        && change.because.iter().any(has_changed)
}

/// Whether the known facts may have called for contact within seven days.
fn may_be_urgent(tier: Tier) -> bool {
    is_urgent(tier) || tier == Tier::NotEnoughInformation
}

fn is_urgent(by_known_facts: Tier) -> bool {
    matches!(by_known_facts, Tier::ActNow | Tier::Prioritise)
}
