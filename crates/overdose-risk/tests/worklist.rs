//! Many people: their order, and counts over them.

use chrono::NaiveDate;
use overdose_risk::factor::Urgency;
use overdose_risk::{
    Assessment, Completeness, Exposure, FACTORS, Field, Policy, Record, State, Tally, Tier, assess,
};
use overdose_risk_testkit::strategies::{as_of, record};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cmp::Ordering;

fn people() -> impl Strategy<Value = (Vec<Record>, NaiveDate)> {
    as_of().prop_flat_map(|as_of| (vec(record(as_of), 0..12), Just(as_of)))
}

fn assessed(records: &[Record], as_of: NaiveDate) -> Vec<Assessment<'static>> {
    records.iter().map(|record| assess(record, as_of, Policy::practice_principles())).collect()
}

/// The last paragraph of the policy's section 4, but for the id.
fn by_the_page(one: &Assessment<'_>, other: &Assessment<'_>) -> Ordering {
    let tier = |assessment: &Assessment<'_>| match assessment.known_urgency() {
        Some(Urgency::ActNow) => 0,
        Some(Urgency::Prioritise) => 1,
        Some(Urgency::Standard) => 2,
        None => 3,
    };
    let not_enough = |person: &Assessment<'_>| person.tier() == Tier::NotEnoughInformation;
    let floor_acts_now = |person: &Assessment<'_>| {
        person.reasons().any(|reason| reason.level.floor == Some(Urgency::ActNow))
    };
    tier(one)
        .cmp(&tier(other))
        .then_with(|| not_enough(one).cmp(&not_enough(other)))
        .then_with(|| {
            let within_act_now = tier(one) == 0 && tier(other) == 0;
            if within_act_now {
                floor_acts_now(other).cmp(&floor_acts_now(one))
            } else {
                Ordering::Equal
            }
        })
        .then_with(|| other.points().cmp(&one.points()))
        .then_with(|| other.could_points().cmp(&one.could_points()))
}

fn counted(people: &[Assessment<'_>]) -> Tally {
    let mut tally = Tally::default();
    people.iter().for_each(|person| tally.add(person));
    tally
}

proptest! {
    #[test]
    fn the_worklist_has_the_order_of_the_page((records, as_of) in people()) {
        let people = assessed(&records, as_of);
        for one in &people {
            prop_assert_eq!(one.priority().is_none(), one.exposure() == Exposure::No);
            for other in &people {
                if let (Some(mine), Some(theirs)) = (one.priority(), other.priority()) {
                    prop_assert_eq!(mine.cmp(&theirs), by_the_page(one, other));
                }
            }
        }
    }

    #[test]
    fn parts_counted_and_merged_are_the_whole((records, as_of) in people(), cut in 0..12_usize) {
        let people = assessed(&records, as_of);
        let (first, last) = people.split_at(cut.min(people.len()));
        let (first, last) = (counted(first), counted(last));
        let mut merged = first.clone();
        merged.merge(&last);
        prop_assert_eq!(&merged, &counted(&people));
        let mut other_way = last;
        other_way.merge(&first);
        prop_assert_eq!(other_way, merged);
    }

    #[test]
    fn counts_add_up((records, as_of) in people()) {
        let people = assessed(&records, as_of);
        let tally = counted(&people);
        let count = |is: &dyn Fn(&Assessment<'_>) -> bool| {
            people.iter().filter(|person| is(person)).count() as u64
        };
        prop_assert_eq!(tally.people(), people.len() as u64);
        prop_assert_eq!(tally.tiers().map(|(tier, _)| tier).collect::<Vec<_>>(), Tier::ALL);
        for (tier, number) in tally.tiers() {
            prop_assert_eq!(number, count(&|person| person.tier() == tier));
        }
        for (urgency, number) in tally.not_enough_information() {
            let is_one = |person: &Assessment<'_>| {
                person.tier() == Tier::NotEnoughInformation
                    && person.known_urgency() == Some(urgency)
            };
            prop_assert_eq!(number, count(&is_one), "{:?}", urgency);
        }
        prop_assert_eq!(tally.naloxone_gaps(), count(&|person| person.naloxone_gap()));
        prop_assert_eq!(tally.in_custody(), count(&|person| person.in_custody()));

        let mut levels = FACTORS.iter().flat_map(|factor| factor.levels.iter().map(|l| (*factor, l)));
        for (factor, level, number) in tally.levels() {
            let expected = levels.next().map(|(factor, level)| (factor.name, level.name));
            prop_assert_eq!(Some((factor.name, level.name)), expected);
            let shows = |person: &Assessment<'_>| {
                person.reasons().any(|reason| {
                    (reason.factor.name, reason.level.name) == (factor.name, level.name)
                })
            };
            prop_assert_eq!(number, count(&shows), "{}:{}", factor, level.name);
        }
        prop_assert!(levels.next().is_none());

        for (field, completeness) in tally.completeness() {
            let state = |is: fn(State) -> bool| count(&|person| is(person.record().state(field)));
            let expected = Completeness {
                known: state(|state| state == State::Known),
                none_recorded: state(|state| state == State::NoneRecorded),
                unknown: state(|state| matches!(state, State::Unknown(_))),
                not_collected: state(|state| state == State::NotCollected),
            };
            prop_assert_eq!(completeness, expected, "{}", field);
        }

        let mut asked: Vec<(Field, u64)> = Field::ALL
            .into_iter()
            .map(|field| (field, count(&|person| person.unknowns().contains(&field))))
            .filter(|(_, people)| *people > 0)
            .collect();
        asked.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        prop_assert_eq!(tally.questions(), asked);
    }
}
