//! The worklists of a run: everybody's, and one for each service, team and worker.

use crate::caseloads::Codes;
use crate::error::{Cause, Error, writing};
use crate::night::Plan;
use crate::publish::Draft;
use crate::receipt::{FileRecord, Receipt, WorklistRecord};
use crate::shortlist::{Chosen, Entry, Place, Shortlist};
use overdose_risk::{Priority, Tier};
use overdose_risk_intake::{Caseload, Id};
use overdose_risk_json::Flagged;
use overdose_risk_report::{
    ByTier, CaseloadOf, Change, Counts, Link, Listed, Review, ReviewState, Standing, Worklist,
    WorklistWriter,
};
use std::collections::BTreeMap;
use std::rc::Rc;

const PAGE: &str = "worklist.html";
const TABLE: &str = "worklist.csv";

/// Of a kind with more codes than this, no pages are written: a column with one code for nearly every
/// person names no caseloads.
pub(crate) const MOST_PAGES: usize = 2000;

/// The people who may stand on each worklist, while the run goes on.
pub(crate) struct Worklists {
    capacity: usize,
    everybody: Shortlist,
    /// By the code, for each kind of caseload; `None` of one with too many codes.
    of: [Option<BTreeMap<String, Shortlist>>; Caseload::ALL.len()],
}

/// Somebody who may stand on a worklist.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) id: Id<'a>,
    pub(crate) priority: Priority,
    /// Their line of `flags.ndjson`.
    pub(crate) line: &'a [u8],
    pub(crate) codes: &'a Codes<'a>,
}

impl Worklists {
    pub(crate) fn new(capacity: usize) -> Self {
        let of = std::array::from_fn(|_| Some(BTreeMap::new()));
        Self { capacity, everybody: Shortlist::new(capacity), of }
    }

    pub(crate) fn offer(
        &mut self,
        candidate: Candidate<'_>,
        change: Option<Change>,
        review: Option<Review>,
    ) {
        let Candidate { id, priority, line, codes } = candidate;
        let holds = |review: &Review| review.state == ReviewState::Holds;
        let place = Place::new(priority, review.as_ref().is_some_and(holds), id.as_str());
        let mut entry = None;
        let mut offer = |list: &mut Shortlist| {
            if list.counts(&place) {
                let new = || {
                    Rc::new(Entry {
                        place: place.clone(),
                        line: line.into(),
                        change: change.clone(),
                        review: review.clone(),
                    })
                };
                list.take(Rc::clone(entry.get_or_insert_with(new)));
            }
        };
        offer(&mut self.everybody);
        for (of, lists) in Caseload::ALL.into_iter().zip(&mut self.of) {
            let Some(by_code) = lists else { continue };
            for code in codes.of(of) {
                match by_code.get_mut(code.as_str()) {
                    Some(list) => offer(list),
                    None => {
                        let list = by_code.entry(code.as_str().to_owned());
                        offer(list.or_insert(Shortlist::new(self.capacity)));
                    }
                }
            }
            // Of what has no pages nobody need be kept.
            if by_code.len() > MOST_PAGES {
                *lists = None;
            }
        }
    }

    /// Writes every page, and says in the receipt who stands on the list of everybody.
    pub(crate) fn write(
        mut self,
        receipt: &mut Receipt,
        carried: &[Listed],
        plan: Plan<'_>,
        draft: &Draft<'_>,
    ) -> Result<(), Error> {
        self.add_caseloads_of(carried);
        let Self { everybody, of, capacity } = self;
        let mut everybody = everybody.chosen();
        let people = people(&everybody, carried.to_vec())?;
        everybody.counts.assessed = by_tier(receipt);
        everybody.counts.act_now_beyond_capacity = act_now_beyond(capacity, &people);
        receipt.worklist = WorklistRecord::of(capacity, &everybody, carried);

        let of = Caseload::ALL.into_iter().zip(of);
        let pages: Vec<_> = of
            .filter_map(|(of, by_code)| Some((of, by_code.filter(|all| all.len() <= MOST_PAGES)?)))
            .flat_map(|(of, by_code)| by_code.into_iter().map(move |(code, list)| (of, code, list)))
            .collect();
        let files: Vec<String> =
            pages.iter().map(|(of, code, _)| format!("worklist-{of}-{code}.html")).collect();
        let to_everybody = Link { caseload: None, file: PAGE };
        let mut links = vec![to_everybody];
        for ((of, code, _), file) in pages.iter().zip(&files) {
            links.push(Link { caseload: Some(CaseloadOf { kind: *of, code }), file });
        }

        let mut outputs = vec![table(&people, draft)?];
        let program = format!("{} {}", receipt.program().name, receipt.program().version);
        let compared = receipt.previous.as_ref().filter(|previous| !previous.other_pseudonyms);
        let page = Worklist {
            as_of: plan.job.as_of,
            program: &program,
            policy: plan.policy,
            caseload: None,
            notices: &receipt.notices,
            links: &links,
            capacity,
            counts: everybody.counts,
            compared_with: compared.and_then(|previous| previous.as_of.parse().ok()),
            people: &people,
        };
        outputs.push(write(PAGE, page, draft)?);
        for ((of, code, list), file) in pages.iter().zip(&files) {
            let theirs = carried.iter().filter(|one| codes(one, *of).contains(code));
            let chosen = list.chosen();
            let people = self::people(&chosen, theirs.cloned().collect())?;
            let act_now_beyond_capacity = act_now_beyond(capacity, &people);
            let counts = Counts { act_now_beyond_capacity, ..chosen.counts };
            let caseload = Some(CaseloadOf { kind: *of, code });
            // With links to each other, thousands of pages would be nothing but links.
            let links = &[to_everybody];
            let page = Worklist { caseload, counts, links, people: &people, ..page };
            outputs.push(write(file, page, draft)?);
        }
        receipt.outputs.extend(outputs);
        Ok(())
    }

    /// A caseload on which everybody is gone has a page, too.
    fn add_caseloads_of(&mut self, carried: &[Listed]) {
        for (of, by_code) in Caseload::ALL.into_iter().zip(&mut self.of) {
            let Some(by_code) = by_code else { continue };
            for code in carried.iter().flat_map(|one| codes(one, of)) {
                by_code.entry(code.clone()).or_insert_with(|| Shortlist::new(self.capacity));
            }
        }
    }
}

/// Writes the people of a worklist for spreadsheets.
fn table(people: &[Listed], draft: &Draft<'_>) -> Result<FileRecord, Error> {
    let mut table = writing(TABLE, WorklistWriter::new(draft.output(TABLE)?))?;
    for person in people {
        writing(TABLE, table.write(person))?;
    }
    writing(TABLE, table.finish())?.finish()
}

/// Writes one page.
fn write(file: &str, page: Worklist<'_>, draft: &Draft<'_>) -> Result<FileRecord, Error> {
    let mut output = draft.output(file)?;
    writing(file, page.write(&mut output))?;
    output.finish()
}

/// Everybody who was assessed, those included who are on no worklist.
fn by_tier(receipt: &Receipt) -> ByTier {
    let mut counts = ByTier::default();
    for (tier, people) in receipt.tally.tiers() {
        *counts.of_mut(tier) = usize::try_from(people).unwrap_or(usize::MAX);
    }
    counts
}

/// How many more than the capacity are `act-now` by the known facts. Those who are carried take no
/// place.
fn act_now_beyond(capacity: usize, people: &[Listed]) -> usize {
    let assessed = people.iter().filter(|one| one.standing == Standing::Assessed);
    let act_now = assessed.filter(|one| one.flagged.by_known_facts == Tier::ActNow);
    act_now.count().saturating_sub(capacity)
}

/// The codes of a person, of one kind.
fn codes(person: &Listed, of: Caseload) -> &[String] {
    let Flagged { service, team, worker, .. } = &person.flagged;
    match of {
        Caseload::Service => service,
        Caseload::Team => team,
        Caseload::Worker => worker,
    }
}

/// The people of a worklist in its order, those who are carried among them.
fn people(chosen: &Chosen, carried: Vec<Listed>) -> Result<Vec<Listed>, Error> {
    let mut people = carried;
    for entry in &chosen.entries {
        let Entry { line, change, review, .. } = &**entry;
        let flagged = Flagged::read(line).ok_or(Cause::NotReadBack)?;
        let (standing, change, review) = (Standing::Assessed, change.clone(), review.clone());
        people.push(Listed { flagged, standing, change, review });
    }
    people.sort_by(|one, other| one.place().cmp(&other.place()));
    Ok(people)
}
