//! The worklists of a run: everybody's, and one for each service, team and worker.

use crate::error::{Cause, Error, writing};
use crate::night::Plan;
use crate::receipt::{Receipt, WorklistRecord};
use crate::shortlist::{Chosen, Entry, Place, Shortlist};
use overdose_risk::Priority;
use overdose_risk_intake::Id;
use overdose_risk_json::Flagged;
use overdose_risk_report::{
    ByTier, Change, Counts, Listed, Review, ReviewState, Standing, Worklist, WorklistWriter,
};
use std::rc::Rc;

const PAGE: &str = "worklist.html";
const TABLE: &str = "worklist.csv";

/// The people who may stand on each worklist, while the run goes on.
pub(crate) struct Worklists {
    capacity: usize,
    everybody: Shortlist,
}

impl Worklists {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, everybody: Shortlist::new(capacity) }
    }

    /// A person with their line of `flags.ndjson`.
    pub(crate) fn offer(
        &mut self,
        id: Id<'_>,
        priority: Priority,
        line: &[u8],
        change: Option<Change>,
        review: Option<Review>,
    ) {
        let holds = |review: &Review| review.state == ReviewState::Holds;
        let place = Place::new(priority, review.as_ref().is_some_and(holds), id.as_str());
        if self.everybody.counts(&place) {
            let line = line.into();
            self.everybody.take(Rc::new(Entry { place, line, change, review }));
        }
    }

    /// Writes every page, and says in the receipt who stands on the list of everybody.
    pub(crate) fn write(
        self,
        receipt: &mut Receipt,
        carried: Vec<Listed>,
        plan: Plan<'_>,
    ) -> Result<(), Error> {
        let Self { capacity, everybody } = self;
        let chosen = everybody.finish();
        receipt.worklist = WorklistRecord {
            capacity: capacity as u64,
            listed: chosen.entries.len() as u64,
            carried: carried.len() as u64,
            act_now_beyond_capacity: chosen.act_now_beyond,
            not_listed: chosen.not_shown.iter().map(|(tier, n)| (tier.name(), *n)).collect(),
        };
        let people = people(&chosen, &carried)?;
        let mut table = WorklistWriter::new(plan.draft.output(TABLE)?);
        for person in &people {
            if let Ok(table) = &mut table {
                writing(TABLE, table.write(person))?;
            }
        }
        let table = writing(TABLE, writing(TABLE, table)?.finish())?;
        receipt.outputs.push(table.finish()?);

        let program = format!("{} {}", receipt.program().name, receipt.program().version);
        let mut assessed = ByTier::default();
        for (tier, people) in receipt.tally.tiers() {
            *assessed.of_mut(tier) = in_memory(people);
        }
        let compared = receipt.previous.as_ref().filter(|previous| !previous.other_pseudonyms);
        let page = Worklist {
            as_of: plan.job.as_of,
            program: &program,
            policy: &receipt.policy(),
            caseload: None,
            notices: &receipt.notices,
            links: &[],
            capacity,
            counts: Counts {
                assessed,
                beyond_capacity: not_shown(&chosen),
                act_now_beyond_capacity: in_memory(chosen.act_now_beyond),
            },
            compared_with: compared.and_then(|previous| previous.as_of.parse().ok()),
            people: &people,
        };
        let mut output = plan.draft.output(PAGE)?;
        writing(PAGE, page.write(&mut output))?;
        receipt.outputs.push(output.finish()?);
        Ok(())
    }
}

fn not_shown(chosen: &Chosen) -> ByTier {
    let mut counts = ByTier::default();
    for (tier, people) in &chosen.not_shown {
        *counts.of_mut(*tier) = in_memory(*people);
    }
    counts
}

/// A number of people as one that a memory can hold.
fn in_memory(people: u64) -> usize {
    usize::try_from(people).unwrap_or(usize::MAX)
}

/// The people of a worklist in its order, those who are carried among them.
fn people(chosen: &Chosen, carried: &[Listed]) -> Result<Vec<Listed>, Error> {
    let today = chosen.entries.iter().map(|entry| {
        let Entry { line, change, review, .. } = &**entry;
        let flagged = Flagged::read(line)?;
        let (standing, change, review) = (Standing::Assessed, change.clone(), review.clone());
        Some(Listed { flagged, standing, change, review })
    });
    let people: Option<Vec<Listed>> = today.chain(carried.iter().cloned().map(Some)).collect();
    let mut people = people.ok_or(Cause::NotReadBack)?;
    people.sort_by(|one, other| one.place().cmp(&other.place()));
    Ok(people)
}
