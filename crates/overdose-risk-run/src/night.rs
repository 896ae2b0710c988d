//! One night: everybody assessed, compared, listed.

use crate::before::Before;
use crate::caseloads::{CaseloadSet, CaseloadSets};
use crate::changes::{Comparison, latest_event};
use crate::error::{Cause, Error, writing};
use crate::export::Opened;
use crate::outputs::Outputs;
use crate::pass::Whose;
use crate::publish::Draft;
use crate::receipt::{PreviousRecord, Receipt, RunTimes};
use crate::reviews::{Reviews, Then};
use crate::since::Since;
use crate::worklists::{Candidate, Worklists};
use crate::{Job, Tell, guards, notices};
use overdose_risk::{Field, Policy, Record, assess};
use overdose_risk_intake::{Caseload, Id, IdGuard};
use overdose_risk_report::Listed;
use std::collections::BTreeSet;

/// The exit code of a run that was published while some records were quarantined.
const SOME_QUARANTINED: u8 = 3;

const REVIEWED: &str = "reviewed.csv";

/// What a run is of, and where it is written.
#[derive(Clone, Copy)]
pub(crate) struct Plan<'a> {
    pub(crate) job: &'a Job,
    pub(crate) policy: &'a Policy,
    pub(crate) draft: &'a Draft<'a>,
}

/// A run under way.
pub(crate) struct Night<'a> {
    pub(crate) job: &'a Job,
    pub(crate) whose: Whose,
    /// The caseloads of everybody.
    pub(crate) caseloads: CaseloadSets,
    /// What the ids look like, of each person once.
    pub(crate) ids: IdGuard,
    pub(crate) receipt: Receipt,
    /// The ids of quarantined records, as far as they are known.
    pub(crate) quarantined: BTreeSet<String>,
    pub(crate) outputs: Outputs,
    pub(crate) since: Since<'a>,
    policy: &'a Policy,
    reviews: Option<Reviews>,
    worklists: Worklists,
}

/// Reads the export, assesses everybody, and writes every output of the draft but the receipt.
pub(crate) fn pass(
    exports: Vec<Opened>,
    mut whose: Whose,
    plan: Plan<'_>,
    mut before: Option<&mut Before>,
    times: RunTimes,
    progress: Tell<'_>,
) -> Result<Receipt, Error> {
    let size = exports.iter().map(|export| export.size).sum();
    let mut receipt = Receipt::begin(plan.job, plan.policy, times);
    let first = exports.first();
    let waived = first.map_or(Vec::new(), |export| export.waived.clone());
    receipt.waived = waived.iter().map(|field| field.name()).collect();
    let was = before.as_deref().map(|before| before.receipt.clone());
    receipt.previous = before.as_deref().map(|before| PreviousRecord::of(before, &receipt));
    let comparison = match (&mut before, &receipt.previous) {
        (Some(before), Some(previous)) if !previous.other_pseudonyms => {
            before.read_people()?;
            let comparison = Comparison::with(previous);
            Some((&mut **before, comparison))
        }
        _ => None,
    };
    let reviews = reviews(plan.job, comparison.as_ref().map(|(before, _)| &**before))?;
    let mut night = Night {
        job: plan.job,
        policy: plan.policy,
        caseloads: match &mut whose {
            Whose::OneEach(_) => CaseloadSets::default(),
            Whose::Gathered(gathered) => std::mem::take(&mut gathered.caseloads),
        },
        whose,
        ids: IdGuard::new(plan.job.as_of),
        receipt,
        quarantined: BTreeSet::new(),
        outputs: Outputs::begin(plan.draft, waived)?,
        since: Since::begin(comparison, plan.job.as_of, plan.draft)?,
        reviews,
        worklists: Worklists::new(plan.job.capacity),
    };
    for export in exports {
        night.read(export, size, progress)?;
    }
    night.receipt.partly_read = night.partly_read();
    let Night { mut receipt, whose, caseloads, outputs, mut since, worklists, mut reviews, .. } =
        night;
    if let Whose::Gathered(gathered) = whose {
        gathered.check(&receipt.inputs)?;
        receipt.merged_saying_nothing_new = gathered.saying_nothing_new;
    }
    receipt.exit_code = if receipt.records.quarantined > 0 { SOME_QUARANTINED } else { 0 };
    receipt.caseloads = Caseload::ALL.map(|of| (of.name(), caseloads.count(of) as u64)).into();
    // Of a night that is refused nobody need be looked up, who may be nearly everybody.
    let missing = since.missing()?;
    let doubts = guards::doubts(&receipt, was.as_ref(), missing.gone, plan.job);
    let (tolerated, doubts): (Vec<_>, Vec<_>) =
        doubts.into_iter().partition(|doubt| doubt.is_tolerated(plan.job));
    if !doubts.is_empty() {
        return Err(Cause::Doubts(doubts).into());
    }
    receipt.outputs = outputs.finish()?;
    let became = since.finish(missing, plan.draft)?;
    receipt.outputs.extend(became.outputs);
    receipt.changes = became.counts;
    receipt.no_longer_carried = became.ended;
    let carried = became.carried.into_iter().map(|one| one.listed(reviews.as_mut()));
    let carried: Vec<Listed> = carried.collect();
    if let Some(reviews) = &reviews {
        let mut output = plan.draft.output(REVIEWED)?;
        writing(REVIEWED, reviews.write(&mut output))?;
        receipt.outputs.push(output.finish()?);
        receipt.reviews = Some(reviews.record());
    }
    receipt.notices = notices::of(&receipt, plan.job, &tolerated);
    worklists.write(&mut receipt, &carried, plan)?;
    Ok(receipt)
}

impl Night<'_> {
    /// How many people have a row that could be read and one that was quarantined.
    fn partly_read(&self) -> u64 {
        let has_a_row = |id: &&String| {
            let Ok(id) = Id::read(id.as_bytes()) else { return false };
            match &self.whose {
                Whose::OneEach(ids) => ids.get(id).is_some(),
                Whose::Gathered(gathered) => gathered.people.has(id),
            }
        };
        self.quarantined.iter().filter(has_a_row).count() as u64
    }

    pub(crate) fn assess(
        &mut self,
        id: Id<'_>,
        record: &Record,
        caseloads: CaseloadSet,
    ) -> Result<(), Error> {
        let assessment = assess(record, self.job.as_of, self.policy);
        self.receipt.tally.add(&assessment);
        self.receipt.newest_date = self.receipt.newest_date.max(latest_event(record, &Field::ALL));
        let codes = self.caseloads.codes(caseloads);
        let line = self.outputs.flag(id, &assessment, &codes)?;
        let said = self.since.said(id);
        let review = self.reviews.as_mut().and_then(|reviews| {
            let then = match said {
                Some(said) => Then::Reasons(said.levels()),
                None if self.since.compares() => Then::NotAssessed,
                None => Then::NoRun,
            };
            let now: Vec<_> =
                assessment.reasons().map(|one| (one.factor.name, one.level.name)).collect();
            let events = assessment.reasons().map(|one| latest_event(record, one.factor.reads));
            reviews.judge(id.as_str(), now.iter().copied(), events.max().flatten(), then)
        });
        let change = self.since.assessed(id, &assessment)?;
        if let Some(priority) = assessment.priority() {
            let candidate = Candidate { id, priority, line, codes: &codes };
            self.worklists.offer(candidate, change, review);
        }
        Ok(())
    }
}

/// The reviews in the file, and those that the run before kept; `None` where there is neither.
fn reviews(job: &Job, before: Option<&Before>) -> Result<Option<Reviews>, Error> {
    let kept = before.map(|before| before.open(REVIEWED)).transpose()?.flatten();
    if job.reviewed.is_none() && kept.is_none() {
        return Ok(None);
    }
    let mut reviews = match &job.reviewed {
        Some(path) => Reviews::read(path, job.as_of)?,
        None => Reviews::none(job.as_of),
    };
    kept.into_iter().for_each(|kept| reviews.remember(kept));
    Ok(Some(reviews))
}
