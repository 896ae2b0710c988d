//! The worklists of a run: everybody's, and one for each service, team and worker.

use crate::error::{Cause, Error};
use crate::night::Plan;
use crate::receipt::{Receipt, WorklistRecord};
use crate::shortlist::{Chosen, Entry, Place, Shortlist};
use crate::since::Carried;
use overdose_risk::Priority;
use overdose_risk_intake::Id;
use overdose_risk_json::Flagged;
use overdose_risk_report::{Change, Listed, Standing};
use std::rc::Rc;

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
    ) {
        let review = None;
        let place = Place::new(priority, false, id.as_str());
        if self.everybody.counts(&place) {
            let line = line.into();
            self.everybody.take(Rc::new(Entry { place, line, change, review }));
        }
    }

    /// Writes every page, and says in the receipt who stands on the list of everybody.
    pub(crate) fn write(
        self,
        receipt: &mut Receipt,
        carried: Vec<Carried>,
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
        let _ = (plan, people(&chosen, &carried)?);
        Ok(())
    }
}

/// The people of a worklist in its order, those who are carried among them.
fn people(chosen: &Chosen, carried: &[Carried]) -> Result<Vec<Listed>, Error> {
    let today = chosen.entries.iter().map(|entry| {
        let Entry { line, change, review, .. } = &**entry;
        let flagged = Flagged::read(line)?;
        let (standing, change, review) = (Standing::Assessed, change.clone(), review.clone());
        Some(Listed { flagged, standing, change, review })
    });
    let carried = carried.iter().map(|one| {
        let Carried { flagged, standing, change, .. } = one;
        let (flagged, change) = (flagged.clone(), change.clone());
        Some(Listed { flagged, standing: *standing, change, review: None })
    });
    let people: Option<Vec<Listed>> = today.chain(carried).collect();
    let mut people = people.ok_or(Cause::NotReadBack)?;
    people.sort_by(|one, other| one.place().cmp(&other.place()));
    Ok(people)
}
