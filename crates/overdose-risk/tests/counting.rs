//! Points, floors and tier against the plain words of the policy, in any policy.

use overdose_risk::factor::{Mechanism, Urgency};
use overdose_risk::{Exposure, Limit, Policy, Reason, assess};
use overdose_risk_testkit::strategies::{policies, read_record_and_date};
use proptest::prelude::*;
use std::cmp::Reverse;

/// What each reason counts: largest first, ties in the order of the table, until the limit is used up.
fn given_out(reasons: &[Reason<'_>], policy: &Policy) -> Vec<u8> {
    let mut counted: Vec<u8> = reasons.iter().map(|reason| reason.set.points).collect();
    for mechanism in Mechanism::ALL {
        let shares = |place: &usize| reasons[*place].factor.mechanism == Some(mechanism);
        let mut members: Vec<usize> = (0..reasons.len()).filter(shares).collect();
        members.sort_by_key(|place| (Reverse(counted[*place]), *place));
        let largest = members.first().map_or(0, |place| counted[*place]);
        let mut left = match policy.limit(mechanism) {
            Limit::Largest => largest,
            Limit::Together(limit) => limit,
        };
        for place in members {
            counted[place] = counted[place].min(left);
            left -= counted[place];
        }
    }
    counted
}

proptest! {
    #[test]
    fn what_counts_is_what_the_words_of_the_policy_give_out(
        (record, as_of) in read_record_and_date(),
        policy in policies(),
    ) {
        let assessment = assess(&record, as_of, &policy);
        let reasons: Vec<Reason<'_>> = assessment.reasons().collect();
        let plain = given_out(&reasons, &policy);
        let counted: Vec<u8> = reasons.iter().map(|reason| reason.counted).collect();
        prop_assert_eq!(&counted, &plain);

        let points = plain.into_iter().map(u16::from).sum::<u16>();
        prop_assert_eq!(assessment.points(), points);
        if assessment.exposure() == Exposure::No {
            return Ok(());
        }
        let by_points = match points {
            _ if points >= policy.act_now_from() => Urgency::ActNow,
            _ if points >= policy.prioritise_from() => Urgency::Prioritise,
            _ => Urgency::Standard,
        };
        let floor = reasons.iter().filter_map(|reason| reason.set.floor).max();
        let urgency = floor.map_or(by_points, |floor| floor.max(by_points));
        prop_assert_eq!(assessment.known_urgency(), Some(urgency));
        let by_points_alone = floor != Some(Urgency::ActNow);
        prop_assert_eq!(assessment.priority().unwrap().by_points_alone, by_points_alone);

        let shows_a_gap = reasons.iter().any(|reason| reason.factor.name == "naloxone");
        prop_assert_eq!(assessment.naloxone_gap(), shows_a_gap);
    }
}
