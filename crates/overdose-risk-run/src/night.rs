//! One night: everybody assessed, compared, listed.

use crate::assessed::{Assessed, Assessor};
use crate::before::{Before, ReceiptBefore, Today};
use crate::caseloads::Codes;
use crate::changes::{Comparison, latest_event};
use crate::error::{Cause, Error, writing};
use crate::outputs::Outputs;
use crate::publish::{Draft, OutputFolder};
use crate::reading::{Place, Sink, read};
use crate::receipt::{PreviousRecord, Receipt, RunTimes};
use crate::reviews::{Reviews, Then};
use crate::since::Since;
use crate::worklists::{Candidate, Worklists};
use crate::{Job, Tell, export, guards, notices, spool_fault};
use chrono::NaiveDate;
use overdose_risk::{Field, Policy, Record, Tally};
use overdose_risk_intake::{Caseloads, Id, Principal, Problem, Quarantine};
use overdose_risk_report::Listed;

/// The exit code of a run that was published while some records were quarantined.
const SOME_QUARANTINED: u8 = 3;

const REVIEWED: &str = "reviewed.csv";

/// What a run is of, and where it is written.
#[derive(Clone, Copy)]
pub(crate) struct Plan<'a> {
    pub(crate) job: &'a Job,
    pub(crate) policy: &'a Policy,
    pub(crate) out: &'a OutputFolder,
}

/// A run under way.
struct Night<'a> {
    plan: Plan<'a>,
    draft: Draft<'a>,
    waived: Vec<Principal>,
    tally: Tally,
    newest_date: Option<NaiveDate>,
    under_18: u64,
    outputs: Outputs,
    since: Since,
    reviews: Option<Reviews>,
    worklists: Worklists,
    /// For those whose rows were put together.
    assessor: Assessor<'a>,
}

/// Reads the export, assesses everybody, and writes every output of a draft but the receipt.
pub(crate) fn night<'a>(
    plan: Plan<'a>,
    before: Option<Before>,
    times: RunTimes,
    progress: Tell<'_>,
) -> Result<(Draft<'a>, Receipt), Error> {
    let mut receipt = Receipt::begin(plan.job, plan.policy, times);
    let was = before.as_ref().map(|before| before.receipt.clone());
    receipt.previous = before.as_ref().map(|before| PreviousRecord::of(before, &receipt));
    let comparable = receipt.previous.as_ref().filter(|previous| !previous.other_pseudonyms);
    let with = before.zip(comparable.map(Comparison::with));
    // Before the export: where nothing can be written, nothing need be read.
    let draft = plan.out.draft()?;
    let mut origins = export::origins(plan.job);
    let begin = |waived: &[Principal]| Night::begin(plan, draft, with, waived.to_vec());
    let (night, reading) = read(plan.job, &mut origins, begin, progress)
        .map_err(|error| spool_fault(&origins, &plan.out.named()).unwrap_or(error))?;
    receipt.say(reading);
    let draft = night.end(&mut receipt, was.as_ref())?;
    Ok((draft, receipt))
}

impl<'a> Night<'a> {
    fn begin(
        plan: Plan<'a>,
        draft: Draft<'a>,
        mut with: Option<(Before, Comparison)>,
        waived: Vec<Principal>,
    ) -> Result<Self, Error> {
        if let Some((before, _)) = &mut with {
            before.read_people()?;
        }
        let reviews = reviews(plan.job, with.as_ref().map(|(before, _)| before))?;
        Ok(Self {
            plan,
            tally: Tally::default(),
            newest_date: None,
            under_18: 0,
            outputs: Outputs::begin(&draft, &waived)?,
            since: Since::begin(with, plan.job.as_of, plan.policy, &draft)?,
            reviews,
            worklists: Worklists::new(plan.job.capacity),
            assessor: Assessor::new(plan.job.as_of, plan.policy, &waived),
            waived,
            draft,
        })
    }

    /// Holds what was read against the run before, and writes what is left.
    fn end(self, receipt: &mut Receipt, was: Option<&ReceiptBefore>) -> Result<Draft<'a>, Error> {
        let Self { plan, draft, outputs, mut since, mut reviews, worklists, .. } = self;
        let job = plan.job;
        (receipt.tally, receipt.newest_date) = (self.tally, self.newest_date);
        receipt.aside.under_18 = self.under_18;
        receipt.exit_code = if receipt.records.quarantined > 0 { SOME_QUARANTINED } else { 0 };
        // Of a night that is refused nobody need be looked up, who may be nearly everybody.
        let missing = since.missing()?;
        let doubts = guards::doubts(receipt, was, missing.gone, job);
        let (tolerated, doubts): (Vec<_>, Vec<_>) =
            doubts.into_iter().partition(|doubt| doubt.is_tolerated(job));
        if !doubts.is_empty() {
            return Err(Cause::Doubts(doubts).into());
        }
        receipt.outputs = outputs.finish()?;
        let became = since.finish(missing, reviews.as_ref(), &draft)?;
        receipt.outputs.extend(became.outputs);
        receipt.changes = became.counts;
        receipt.no_longer_carried = became.ended;
        receipt.carrying_ended_by_review = became.ended_by_review;
        receipt.aside.lowered_by_facts = became.lowered_by_facts;
        let carried = became
            .carried
            .into_iter()
            .map(|one| one.listed(reviews.as_mut(), plan.job.as_of, plan.policy));
        let carried: Vec<Listed> = carried.collect();
        if let Some(reviews) = &reviews {
            let mut output = draft.output(REVIEWED)?;
            writing(REVIEWED, reviews.write(&mut output))?;
            receipt.outputs.push(output.finish()?);
            receipt.reviews = Some(reviews.record());
        }
        receipt.notices = notices::of(receipt, job, &tolerated)?;
        worklists.write(receipt, &carried, plan, &draft)?;
        Ok(draft)
    }
}

impl<'a> Sink for Night<'a> {
    type Made = Assessed<'a>;
    type Maker = Assessor<'a>;

    fn maker(&self) -> Assessor<'a> {
        Assessor::new(self.plan.job.as_of, self.plan.policy, &self.waived)
    }

    fn begin_piece(made: &mut Assessed<'a>) {
        made.clear();
    }

    fn make(
        assessor: &mut Assessor<'a>,
        id: Id<'_>,
        record: &Record,
        caseloads: Caseloads<'_>,
        made: &mut Assessed<'a>,
    ) {
        assessor.assess(id, record, |of| caseloads.of(of), made);
    }

    fn anew(self) -> Result<Self, Error> {
        let Self { plan, draft, waived, since, .. } = self;
        drop(draft);
        Self::begin(plan, plan.out.draft()?, since.into_with(), waived)
    }

    fn person(
        &mut self,
        id: Id<'_>,
        record: &Record,
        codes: &Codes<'_>,
        made: Option<&mut Assessed<'a>>,
    ) -> Result<(), Error> {
        let mut now = Assessed::default();
        let (assessment, line) = match made {
            Some(made) => made.take(id)?,
            None => {
                self.assessor.assess(id, record, |of| codes.of(of), &mut now);
                self.outputs.flag(&now)?;
                now.take(id)?
            }
        };
        self.tally.add(&assessment);
        self.under_18 += u64::from(may_be_under_18(record, self.plan.job.as_of));
        self.newest_date = self.newest_date.max(latest_event(record, &Field::ALL));
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
            reviews.judge(
                id.as_str(),
                now.iter().copied(),
                events.max().flatten(),
                then,
                self.plan.policy,
            )
        });
        let change = self.since.assessed(id, &assessment)?;
        if let Some(priority) = assessment.priority() {
            let candidate = Candidate { id, priority, line, codes };
            self.worklists.offer(candidate, change, review);
        }
        Ok(())
    }

    fn end_piece(&mut self, made: &Assessed<'a>) -> Result<(), Error> {
        if !made.is_over() {
            return Err(Cause::NotMade.into());
        }
        self.outputs.flag(made)
    }

    fn saw(&mut self, id: Id<'_>, today: Today) {
        self.since.saw(id, today);
    }

    fn set_aside(
        &mut self,
        place: Place<'_>,
        id: Option<Id<'_>>,
        kind: Quarantine,
    ) -> Result<(), Error> {
        self.outputs.set_aside(place, id, kind)
    }

    fn note(&mut self, place: Place<'_>, id: Id<'_>, problem: Problem) -> Result<(), Error> {
        self.outputs.note(place, id, problem)
    }
}

/// Whether somebody's known age leaves it open that they are no adult.
fn may_be_under_18(record: &Record, as_of: NaiveDate) -> bool {
    let ages = record.age.known().and_then(|age| age.range_on(as_of));
    ages.is_some_and(|(youngest, _)| youngest < 18)
}

/// The reviews in the file, and those that the run before kept; `None` where there is neither.
fn reviews(job: &Job, before: Option<&Before>) -> Result<Option<Reviews>, Error> {
    let kept = before.map(|before| before.read(REVIEWED)).transpose()?.flatten();
    if job.reviewed.is_none() && kept.is_none() {
        return Ok(None);
    }
    let mut reviews = match &job.reviewed {
        Some(path) => Reviews::read(path, job.as_of)?,
        None => Reviews::none(job.as_of),
    };
    kept.into_iter().for_each(|kept| reviews.remember(&*kept));
    Ok(Some(reviews))
}
