//! What stands above the people: how many they are, and what has to be said first.

use super::{ByTier, Counts, Worklist};
use crate::listed::Listed;
use crate::words;
use overdose_risk::Tier;
use overdose_risk::policy::Alert;

/// A line that has to be said first: what it says, and what follows from it.
#[derive(Debug)]
pub(super) struct Loud {
    pub(super) main: String,
    pub(super) rest: String,
}

/// A local warning, as the page shows it.
#[derive(Debug)]
pub(super) struct Alerted<'a> {
    pub(super) until: String,
    pub(super) text: &'a str,
    pub(super) offer: &'a str,
}

/// The warning that is in force on the day of the page.
pub(super) fn alert<'a>(list: &Worklist<'a>) -> Option<Alerted<'a>> {
    let Alert { text, offer, until, .. } = list.policy.alert_on(list.as_of)?;
    Some(Alerted { until: words::day(*until), text, offer })
}

/// How many people are on the page, and how many of them are carried; `None` where nobody is.
pub(super) fn people(list: &Worklist<'_>) -> Option<String> {
    let all = list.people.len();
    let people = words::count(all, "person", "people");
    match carried(list) {
        _ if all == 0 => None,
        0 => Some(format!("{people}.")),
        carried if carried == all => Some(format!("{people}, all carried from earlier runs.")),
        carried => {
            let today = all - carried;
            Some(format!(
                "{people}: {today} of today's export and {carried} carried from earlier runs."
            ))
        }
    }
}

pub(super) fn carried(list: &Worklist<'_>) -> usize {
    list.people.len() - assessed(list).count()
}

pub(super) fn assessed<'a>(list: &Worklist<'a>) -> impl Iterator<Item = &'a Listed> {
    list.people.iter().filter(|person| !person.is_carried())
}

pub(super) fn loud(list: &Worklist<'_>) -> Vec<Loud> {
    let notices = list.notices.iter();
    let notices = notices.map(|notice| Loud { main: "Notice.".to_owned(), rest: notice.clone() });
    notices.chain(all_act_now(list)).chain(not_shown(list)).collect()
}

/// That more people are `act-now` than can be contacted. Those who are carried take no place.
fn all_act_now(list: &Worklist<'_>) -> Option<Loud> {
    let (capacity, beyond) = (list.capacity, list.counts.act_now_beyond_capacity);
    let by_known_facts = |person: &&Listed| person.flagged.by_known_facts == Tier::ActNow;
    let (in_tier, by_known_facts): (Vec<_>, Vec<_>) = assessed(list)
        .filter(by_known_facts)
        .partition(|person| person.flagged.tier == Tier::ActNow);
    let all = in_tier.len() + by_known_facts.len();
    let others = match by_known_facts.len() {
        0 => String::new(),
        others => {
            format!(" ({others} of them by the known facts; opioid exposure is not recorded)")
        }
    };
    (beyond > 0).then(|| Loud {
        main: format!(
            "All {all} act-now{others} are shown, {beyond} more than the capacity of {capacity}."
        ),
        rest: format!("For each of them: {}.", list.policy.promise(Tier::ActNow)),
    })
}

/// How many people lie beyond the capacity, by tier, and how many of them are reviewed.
fn not_shown(list: &Worklist<'_>) -> Option<Loud> {
    let Counts { beyond_capacity, beyond_by_known_facts, beyond_reviewed, .. } = list.counts;
    let known: Vec<_> = each_tier(beyond_by_known_facts).map(|(_, people)| people).collect();
    let part = |(tier, people)| {
        if tier == Tier::NotEnoughInformation && !known.is_empty() {
            return format!("{people} (by the known facts {})", known.join(", "));
        }
        people
    };
    let parts: Vec<_> = each_tier(beyond_capacity).map(part).collect();
    // Of the files with everybody, only one has the codes.
    let rest = match list.caseload {
        None => "They are in flags.csv.",
        Some(_) => "They are in flags.ndjson, by their codes.",
    };
    let reviewed = match beyond_reviewed {
        0 => String::new(),
        1 => " 1 of them is reviewed and not due again.".to_owned(),
        reviewed => format!(" {reviewed} of them are reviewed and not due again."),
    };
    let capacity = list.capacity;
    (!parts.is_empty()).then(|| Loud {
        main: format!(
            "Beyond the capacity of {capacity} and not on this page: {}.{reviewed}",
            parts.join(", ")
        ),
        rest: rest.to_owned(),
    })
}

/// Each tier that has people, with how many.
fn each_tier(people: ByTier) -> impl Iterator<Item = (Tier, String)> {
    let some = Tier::ALL.into_iter().filter(move |tier| people.of(*tier) > 0);
    some.map(move |tier| {
        (tier, format!("{} {}", people.of(tier), words::tier(tier).to_lowercase()))
    })
}
