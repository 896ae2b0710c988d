//! Who stands on a worklist, while the run goes on.

use overdose_risk::factor::Urgency;
use overdose_risk::{Priority, Tier};
use overdose_risk_report::{Change, Review};
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
    people: [u64; Urgency::ALL.len()],
}

/// The people of a worklist, and how many more it would have without a limit.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) entries: Vec<Rc<Entry>>,
    /// How many are not shown, by what the known facts call for.
    pub(crate) not_shown: Vec<(Tier, u64)>,
    /// How many who are shown lie beyond the capacity, all of them `act-now`.
    pub(crate) act_now_beyond: u64,
}

impl Shortlist {
    pub(crate) fn new(capacity: usize) -> Self {
        let (act_now, others) = (Vec::new(), BinaryHeap::new());
        Self { capacity, act_now, others, people: [0; Urgency::ALL.len()] }
    }

    /// Counts a person, and says whether they may stand on the list.
    pub(crate) fn counts(&mut self, place: &Place) -> bool {
        for (count, urgency) in self.people.iter_mut().zip(Urgency::ALL) {
            *count += u64::from(place.urgency == Reverse(urgency));
        }
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

    pub(crate) fn finish(self) -> Chosen {
        let Self { capacity, act_now: mut entries, others, people } = self;
        entries.sort_unstable();
        let left = capacity.saturating_sub(entries.len());
        let beyond = entries.len().saturating_sub(capacity);
        entries.extend(others.into_sorted_vec().into_iter().take(left));
        let shown = |urgency| {
            entries.iter().filter(|entry| entry.place.urgency == Reverse(urgency)).count() as u64
        };
        let not_shown = Urgency::ALL.into_iter().zip(people);
        let not_shown = not_shown
            .map(|(urgency, people)| (Tier::from(urgency), people.saturating_sub(shown(urgency))))
            .filter(|(_, people)| *people > 0)
            .collect();
        Chosen { not_shown, entries, act_now_beyond: beyond as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(urgency: Urgency, reviewed: bool, points: u16, id: &str) -> Rc<Entry> {
        let priority = Priority {
            urgency: Reverse(urgency),
            exposure_unknown: false,
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
                let one = entry(urgency, number(2) == 0, number(4) as u16, &person.to_string());
                all.push(Rc::clone(&one));
                if list.counts(&one.place) {
                    list.take(one);
                }
            }
            all.sort();
            let act_now = all.iter().filter(|one| one.place.is_act_now()).count();
            let shown = capacity.max(act_now).min(all.len());
            let chosen = list.finish();
            let ids = |all: &[Rc<Entry>]| all.iter().map(|one| one.place.id.clone()).collect();
            let (got, expected): (Vec<_>, Vec<_>) = (ids(&chosen.entries), ids(&all[..shown]));
            assert_eq!(got, expected, "seed {seed}");
            let hidden: u64 = chosen.not_shown.iter().map(|(_, people)| people).sum();
            assert_eq!(hidden as usize, all.len() - shown, "seed {seed}");
            assert_eq!(chosen.act_now_beyond as usize, act_now.saturating_sub(capacity));
        }
    }
}
