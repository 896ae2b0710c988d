//! Invented people of every kind that a page shows.

use crate::fixture;
use chrono::{Days, NaiveDate};
use overdose_risk::{Tier, assess};
use overdose_risk_intake::Id;
use overdose_risk_json::{Flag, Flagged};
use overdose_risk_report::{
    Because, Change, ChangeKind, Listed, MovedBy, Review, ReviewState, Standing,
};
use overdose_risk_testkit::population::Population;

pub(crate) const AS_OF: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();

/// Several people of every tier, and among those every change, standing and review.
pub(crate) fn everybody() -> Vec<Listed> {
    let policy = fixture::policy("");
    let population = Population::new(1, AS_OF);
    let flagged: Vec<Flagged> = population
        .people(0..2_000)
        .map(|person| {
            let assessment = assess(person.record(), AS_OF, &policy);
            let id = person.id();
            let mut line = Vec::new();
            let flag = Flag::new(Id::read(id.as_bytes()).unwrap(), &assessment, &[]);
            flag.write_line(&mut line).unwrap();
            Flagged::read(&line).unwrap()
        })
        .collect();
    let of = |tier| flagged.iter().filter(move |one| one.tier == tier).take(8).cloned();
    let people = Tier::ALL.into_iter().flat_map(of).enumerate();
    people.map(|(place, flagged)| listed(place, flagged)).collect()
}

/// Those of them who can be on a worklist, in its order.
pub(crate) fn worklist() -> Vec<Listed> {
    let mut people = everybody();
    people.retain(|person| person.place().is_some());
    people.sort_by(|one, other| one.place().cmp(&other.place()));
    assert!(people.len() >= 30);
    people
}

fn listed(place: usize, mut flagged: Flagged) -> Listed {
    let code = |kind: &str, of: usize| format!("{kind}-{}", place % of);
    flagged.service = vec![code("north", 2)];
    flagged.team = vec![code("team", 3), code("outreach", 5)];
    if !place.is_multiple_of(4) {
        flagged.worker = vec![code("w", 7)];
    }
    let standing = match place % 9 {
        2 => Standing::Gone,
        4 => Standing::Quarantined,
        6 => Standing::WithoutConsent,
        _ => Standing::Assessed,
    };
    let before = AS_OF - Days::new(1);
    if standing != Standing::Assessed {
        flagged.as_of = before;
    }
    Listed {
        change: change(place, standing, flagged.tier),
        review: review(place),
        flagged,
        standing,
    }
}

fn change(place: usize, standing: Standing, tier: Tier) -> Option<Change> {
    let moved = |by| Because::Moved {
        what: "injecting".to_owned(),
        from: None,
        to: Some("current".to_owned()),
        by,
    };
    let (kind, because) = match standing {
        Standing::Gone => (ChangeKind::Gone, Because::Absent),
        Standing::Quarantined => (ChangeKind::NotAssessed, Because::Quarantined),
        Standing::WithoutConsent => (ChangeKind::NotAssessed, Because::WithoutConsent),
        Standing::Assessed => match place % 6 {
            0 => (ChangeKind::New, Because::FirstSeen),
            1 => (ChangeKind::Raised, moved(MovedBy::FactChanged)),
            2 => (ChangeKind::Lowered, Because::PolicyChanged),
            3 => (ChangeKind::SameTier, moved(MovedBy::WindowPassed)),
            4 => (ChangeKind::SameTier, moved(MovedBy::FactOrPolicyChanged)),
            _ => return None,
        },
    };
    let from = (kind != ChangeKind::New).then_some(Tier::Prioritise);
    let to = (standing == Standing::Assessed).then_some(tier);
    Some(Change { kind, from, to, because: vec![because] })
}

fn review(place: usize) -> Option<Review> {
    let (state, until) = match place % 5 {
        0 => (ReviewState::Holds, AS_OF + Days::new(20)),
        1 => (ReviewState::Lapsed, AS_OF - Days::new(2)),
        2 => (ReviewState::NewReason, AS_OF + Days::new(9)),
        _ => return None,
    };
    let outcome = "spoke; naloxone given".to_owned();
    Some(Review { reviewed_on: AS_OF - Days::new(10), until, outcome, state })
}
