//! Who stands on a worklist, while the run goes on.

use overdose_risk::factor::Urgency;
use overdose_risk::{Priority, Tier};
use overdose_risk_report::{ByTier, Change, Counts, Review};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

/// A person who may stand on a worklist. The smaller has the earlier place.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    /// Their line of `flags.ndjson`.
    pub(crate) line: Box<[u8]>,
    pub(crate) change: Option<Change>,
    pub(crate) review: Option<Review>,
}

/// A place on a worklist: as [`overdose_risk_report::Listed::place`] has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    urgency: Reverse<Urgency>,
    exposure_unknown: bool,
    is_reviewed: bool,
    priority: Priority,
    id: Box<str>,
}

impl Place {
    pub(crate) fn new(priority: Priority, is_reviewed: bool, id: &str) -> Self {
        let Priority { urgency, exposure_unknown, .. } = priority;
        Self { urgency, exposure_unknown, is_reviewed, priority, id: id.into() }
    }

    fn tier(&self) -> Tier {
        if self.exposure_unknown { Tier::NotEnoughInformation } else { self.known_tier() }
    }

    fn known_tier(&self) -> Tier {
        self.urgency.0.into()
    }

    fn is_act_now(&self) -> bool {
        self.urgency == Reverse(Urgency::ActNow)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place.cmp(&other.place)
    }
}

/// The first of a worklist, and everybody who is `act-now` by the known facts however many they are.
#[derive(Debug)]
pub(crate) struct Shortlist {
    capacity: usize,
    act_now: Vec<Rc<Entry>>,
    /// The last place on top.
    others: BinaryHeap<Rc<Entry>>,
    people: People,
}

/// How many people there are, by what a page says of those who do not stand on it.
#[derive(Clone, Copy, Debug, Default)]
struct People {
    by_tier: ByTier,
    /// Of those of whom exposure is not known.
    by_known_facts: ByTier,
    reviewed: usize,
}

impl People {
    fn add(&mut self, place: &Place) {
        *self.by_tier.of_mut(place.tier()) += 1;
        if place.exposure_unknown {
            *self.by_known_facts.of_mut(place.known_tier()) += 1;
        }
        self.reviewed += usize::from(place.is_reviewed);
    }

    fn take(&mut self, place: &Place) {
        *self.by_tier.of_mut(place.tier()) -= 1;
        if place.exposure_unknown {
            *self.by_known_facts.of_mut(place.known_tier()) -= 1;
        }
        self.reviewed -= usize::from(place.is_reviewed);
    }
}

/// The people of a worklist, and how many there are with those who do not stand on it.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) entries: Vec<Rc<Entry>>,
    pub(crate) counts: Counts,
}

impl Shortlist {
    pub(crate) fn new(capacity: usize) -> Self {
        let (act_now, others) = (Vec::new(), BinaryHeap::new());
        Self { capacity, act_now, others, people: People::default() }
    }

    /// Counts a person, and says whether they may stand on the list.
    pub(crate) fn counts(&mut self, place: &Place) -> bool {
        self.people.add(place);
        place.is_act_now()
            || self.others.len() < self.capacity
            || self.others.peek().is_some_and(|last| *place < last.place)
    }

    pub(crate) fn take(&mut self, entry: Rc<Entry>) {
        if entry.place.is_act_now() {
            self.act_now.push(entry);
            return;
        }
        self.others.push(entry);
        if self.others.len() > self.capacity {
            self.others.pop();
        }
    }

    pub(crate) fn chosen(&self) -> Chosen {
        let (capacity, people) = (self.capacity, self.people);
        let mut entries = self.act_now.clone();
        entries.sort_unstable();
        let left = capacity.saturating_sub(entries.len());
        entries.extend(self.others.clone().into_sorted_vec().into_iter().take(left));
        let mut beyond = people;
        for entry in &entries {
            beyond.take(&entry.place);
        }
        let counts = Counts {
            assessed: people.by_tier,
            beyond_capacity: beyond.by_tier,
            beyond_by_known_facts: beyond.by_known_facts,
            beyond_reviewed: beyond.reviewed,
            ..Counts::default()
        };
        Chosen { entries, counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use overdose_risk_json::Flagged;
    use overdose_risk_report::{Listed, ReviewState, Standing};
    use serde_json::json;

    fn entry(urgency: Urgency, [reviewed, unknown]: [bool; 2], points: u16, id: &str) -> Rc<Entry> {
        let priority = Priority {
            urgency: Reverse(urgency),
            exposure_unknown: unknown,
            by_points_alone: false,
            points: Reverse(points),
            could_points: Reverse(points),
        };
        let place = Place::new(priority, reviewed, id);
        Rc::new(Entry { place, line: Box::default(), change: None, review: None })
    }

    /// A small stream of numbers that is the same every time.
    fn numbers(mut state: u64) -> impl FnMut(u64) -> u64 {
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        }
    }

    #[test]
    fn it_is_the_sorted_list_cut_at_the_capacity_with_every_act_now() {
        for seed in 0..300 {
            let mut number = numbers(seed);
            let capacity = number(8) as usize;
            let mut all = Vec::new();
            let mut list = Shortlist::new(capacity);
            for person in 0..number(30) {
                let urgency = Urgency::ALL[number(3) as usize];
                let marks = [number(2) == 0, number(4) == 0];
                let one = entry(urgency, marks, number(4) as u16, &person.to_string());
                all.push(Rc::clone(&one));
                if list.counts(&one.place) {
                    list.take(one);
                }
            }
            all.sort();
            let act_now = all.iter().filter(|one| one.place.is_act_now()).count();
            let shown = capacity.max(act_now).min(all.len());
            let chosen = list.chosen();
            let ids = |all: &[Rc<Entry>]| all.iter().map(|one| one.place.id.clone()).collect();
            let (got, expected): (Vec<_>, Vec<_>) = (ids(&chosen.entries), ids(&all[..shown]));
            assert_eq!(got, expected, "seed {seed}");
            for tier in Tier::ALL {
                let of = |all: &[Rc<Entry>]| all.iter().filter(|e| e.place.tier() == tier).count();
                assert_eq!(chosen.counts.assessed.of(tier), of(&all), "seed {seed}");
                assert_eq!(chosen.counts.beyond_capacity.of(tier), of(&all[shown..]), "{seed}");
                let unknown = all[shown..].iter().filter(|one| one.place.exposure_unknown);
                let known = unknown.filter(|one| one.place.known_tier() == tier).count();
                assert_eq!(chosen.counts.beyond_by_known_facts.of(tier), known, "{seed}");
            }
            let reviewed = all[shown..].iter().filter(|one| one.place.is_reviewed).count();
            assert_eq!(chosen.counts.beyond_reviewed, reviewed, "{seed}");
        }
    }

    /// Somebody in every place that there can be, as the list has them while it goes on and at its end.
    fn in_every_place() -> Vec<(Place, Listed)> {
        let mut all = Vec::new();
        for known in [Tier::ActNow, Tier::Prioritise, Tier::Standard] {
            for marks in 0..8 {
                let [unknown, reviewed, alone] = [1, 2, 4].map(|bit| marks & bit > 0);
                for (points, could_points, id) in
                    [(1, 2, "b"), (2, 2, "a"), (2, 3, "a"), (2, 3, "B")]
                {
                    let tier = if unknown { Tier::NotEnoughInformation } else { known };
                    let line = json!({
                        "schema_version": 1, "id": id, "as_of": "2026-03-31", "policy": "p@1",
                        "tier": tier.name(), "by_known_facts": known.name(), "points": points,
                        "could_reach": "act-now", "could_points": could_points,
                        "naloxone_gap": false, "in_custody": false, "questions": [], "offers": [],
                        "valid_until": null,
                        "reasons": if alone { json!([]) } else { json!([{
                            "factor": "overdose", "level": "days-0-28", "sentence": "", "points": 1,
                            "not_counted": null, "floor": "act-now", "judgement": false,
                            "sources": [], "action": "", "holds_until": null,
                        }]) },
                    });
                    let flagged = Flagged::read(line.to_string().as_bytes()).unwrap();
                    let place = Place::new(flagged.priority().unwrap(), reviewed, id);
                    let day = flagged.as_of;
                    let state = if reviewed { ReviewState::Holds } else { ReviewState::Lapsed };
                    let review = Review { reviewed_on: day, until: day, outcome: "".into(), state };
                    let (standing, review) = (Standing::Assessed, Some(review));
                    all.push((place, Listed { flagged, standing, change: None, review }));
                }
            }
        }
        all
    }

    #[test]
    fn whoever_is_kept_has_the_place_that_they_have_on_the_page() {
        let all = in_every_place();
        for (place, listed) in &all {
            for (other, other_listed) in &all {
                let expected = listed.place().cmp(&other_listed.place());
                assert_eq!(place.cmp(other), expected, "{place:?} {other:?}");
            }
        }
    }
}
