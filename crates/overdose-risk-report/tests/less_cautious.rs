//! By what of a policy somebody can be missed: every setting both ways, and that nobody is where nothing
//! is said.

use overdose_risk::factor::Mechanism;
use overdose_risk::policy::{Settings, TierSettings};
use overdose_risk::{FACTORS, Limit, Policy, Tier, Urgency, assess};
use overdose_risk_report::{less_cautious, less_cautious_parted};
use overdose_risk_testkit::strategies::{accepted, policies, record_and_date};
use proptest::collection::vec;
use proptest::prelude::*;

fn why() -> Option<String> {
    Some("As agreed.".to_owned())
}

fn settings(set: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Settings::default();
    settings.name = "north-service".to_owned();
    set(&mut settings);
    settings
}

fn policy(set: impl FnOnce(&mut Settings)) -> Policy {
    Policy::new(settings(set)).unwrap()
}

/// What is said of one and of the other, each against the other.
fn both_ways(than: &Policy, policy: &Policy) -> [Vec<String>; 2] {
    [less_cautious(than, policy), less_cautious(policy, than)]
}

#[test]
fn a_threshold_or_a_promise_is_named_when_it_asks_less() {
    type Of = fn(&mut Settings) -> &mut TierSettings;
    let (act_now, prioritise): (Of, Of) = (|all| &mut all.act_now, |all| &mut all.prioritise);
    for (of, points, within, there, back) in [
        (act_now, 60, 1, "act-now from 60 points (50)", ""),
        (act_now, 49, 1, "", "act-now from 50 points (49)"),
        (act_now, 50, 3, "act-now within three working days (one)", ""),
        (prioritise, 21, 7, "prioritise from 21 points (20)", ""),
        (prioritise, 19, 7, "", "prioritise from 20 points (19)"),
        (prioritise, 20, 14, "prioritise within 14 days (seven)", ""),
        (prioritise, 20, 3, "", "prioritise within seven days (three)"),
    ] {
        let policy = policy(|all| {
            let tier = of(all);
            (tier.points, tier.within, tier.why) = (points, within, why());
        });
        let [said, of_default] = both_ways(Policy::practice_principles(), &policy);
        assert_eq!([said.join("; "), of_default.join("; ")], [there, back]);
    }
}

#[test]
fn a_limit_is_named_where_it_can_count_less() {
    let (lost, depressants) = (Mechanism::LostTolerance, Mechanism::Depressants);
    let together = Limit::Together;
    for (mechanism, limit, there, back) in [
        (depressants, together(14), "depressants to 14 together (15)", ""),
        (depressants, together(16), "", "depressants to 15 together (16)"),
        // Benzodiazepines alone are 11, and two of them at the least 7.
        (depressants, Limit::Largest, "depressants to the largest (15 together)", ""),
        // A release from prison is 20.
        (
            lost,
            together(19),
            "lost tolerance to 19 together (the largest)",
            "lost tolerance to the largest (19 together)",
        ),
        (lost, together(20), "", "lost tolerance to the largest (20 together)"),
        // The two that are worth least are 3 each: as much as 3 together are, and less than 4.
        (
            lost,
            together(4),
            "lost tolerance to 4 together (the largest)",
            "lost tolerance to the largest (4 together)",
        ),
        (lost, together(3), "lost tolerance to 3 together (the largest)", ""),
    ] {
        let policy = policy(|all| {
            let of = all.limit_mut(mechanism);
            (of.limit, of.why) = (limit, why());
        });
        let [said, of_default] = both_ways(Policy::practice_principles(), &policy);
        assert_eq!([said.join("; "), of_default.join("; ")], [there, back], "{limit:?}");
    }
}

#[test]
fn a_limit_of_what_does_not_count_misses_nobody() {
    let of = |limit| {
        policy(|all| {
            for factor in ["gabapentinoids", "z-drugs", "alcohol"] {
                all.factor_mut(factor).unwrap().off = why();
            }
            let depressants = all.limit_mut(Mechanism::Depressants);
            (depressants.limit, depressants.why) = (limit, why());
        })
    };
    let [there, back] = both_ways(&of(Limit::Together(60)), &of(Limit::Largest));
    assert_eq!([there, back], [[""; 0]; 2], "benzodiazepines count alone");
}

#[test]
fn a_factor_is_named_when_it_is_switched_off_and_its_levels_are_not() {
    let mut factors = 0;
    for factor in FACTORS {
        let off = settings(|all| {
            all.factor_mut(factor.name).unwrap().off = why();
            for level in factor.levels {
                let set = all.level_mut(factor.name, level.name).unwrap();
                (set.points, set.floor, set.why) = (0, None, why());
            }
        });
        let Ok(off) = Policy::new(off) else { continue };
        let [there, back] = both_ways(Policy::practice_principles(), &off);
        assert_eq!(there, [format!("{factor} not counted")]);
        assert_eq!(back, [""; 0]);
        factors += 1;
    }
    let principal = FACTORS.iter().filter(|factor| factor.is_principal()).count();
    // The start of treatment counts only beside its end.
    assert_eq!(factors, FACTORS.len() - principal - 1);
}

#[test]
fn a_level_is_named_by_what_of_it_is_less() {
    let floors = [None, Some(Urgency::Prioritise), Some(Urgency::ActNow)];
    let name = |floor: Option<Urgency>| floor.map_or("standard", |floor| Tier::from(floor).name());
    let said = |was: (u8, Option<Urgency>), is: (u8, Option<Urgency>)| {
        let noun = if is.0 == 1 { "point" } else { "points" };
        let points = (is.0 < was.0).then(|| format!("{} {noun} ({})", is.0, was.0));
        let floor = (is.1 < was.1).then(|| match is.1 {
            None => format!("no floor ({})", name(was.1)),
            floor => format!("floor {} ({})", name(floor), name(was.1)),
        });
        [points, floor].into_iter().flatten().collect::<Vec<String>>().join(" and ")
    };
    let (mut fewer, mut lower) = (0, 0);
    for factor in FACTORS {
        for level in factor.levels {
            let (was, mut is_fewer, mut is_lower) = ((level.points, level.floor), false, false);
            let points = [was.0.checked_sub(1), Some(was.0), Some(was.0 + 1)];
            for is in points.into_iter().flatten().flat_map(|points| floors.map(|it| (points, it)))
            {
                let other = settings(|all| {
                    let set = all.level_mut(factor.name, level.name).unwrap();
                    (set.points, set.floor, set.why) = (is.0, is.1, why());
                });
                let Ok(other) = Policy::new(other) else { continue };
                let [there, back] = both_ways(Policy::practice_principles(), &other);
                for (found, said) in [(there, said(was, is)), (back, said(is, was))] {
                    let about = format!("{factor}:{} {said}", level.name);
                    let phrase = (!said.is_empty()).then_some(about);
                    assert_eq!(found, phrase.into_iter().collect::<Vec<String>>());
                }
                is_fewer |= is.0 != was.0;
                is_lower |= is.1 != was.1;
            }
            fewer += usize::from(is_fewer);
            lower += usize::from(is_lower);
        }
    }
    let levels = FACTORS.iter().flat_map(|factor| factor.levels).count();
    // Some are held by their neighbours.
    assert!(fewer >= levels - 2 && lower >= levels - 12, "{fewer} and {lower} of {levels}");
}

#[test]
fn what_is_switched_off_or_has_lost_its_floor_is_first_and_the_rest_in_the_order_of_the_catalogue()
{
    let hollow = policy(|all| {
        (all.act_now.points, all.act_now.within, all.act_now.why) = (60, 3, why());
        (all.prioritise.points, all.prioritise.why) = (59, why());
        for mechanism in Mechanism::ALL {
            let limit = all.limit_mut(mechanism);
            (limit.limit, limit.why) = (Limit::Together(1), why());
        }
        all.factor_mut("alcohol").unwrap().off = why();
        let level = all.level_mut("treatment-exit", "days-0-28").unwrap();
        (level.points, level.floor, level.why) = (1, None, why());
    });
    assert_eq!(
        less_cautious(Policy::practice_principles(), &hollow),
        [
            "treatment-exit:days-0-28 1 point (3) and no floor (prioritise)",
            "alcohol not counted",
            "act-now from 60 points (50)",
            "act-now within three working days (one)",
            "prioritise from 59 points (20)",
            "lost tolerance to 1 together (the largest)",
            "depressants to 1 together (15)",
        ]
    );
    let [gravest, others] = less_cautious_parted(Policy::practice_principles(), &hollow);
    assert_eq!((gravest.len(), others.len()), (2, 5));
    assert_eq!(less_cautious(&hollow, &hollow), [""; 0]);
}

/// Of each setting the more cautious of two policies, as far as there is such a policy. A limit that is
/// a number is the higher one.
fn stricter(one: &Policy, other: &Policy) -> Policy {
    let mut settings = one.settings().clone();
    let other = other.settings();
    for (tier, other) in
        [(&mut settings.act_now, &other.act_now), (&mut settings.prioritise, &other.prioritise)]
    {
        tier.points = tier.points.min(other.points);
        (tier.within, tier.why) = (tier.within.min(other.within), why());
    }
    for mechanism in Mechanism::ALL {
        let limit = settings.limit_mut(mechanism);
        limit.limit = match (limit.limit, other.limit(mechanism).limit) {
            (Limit::Together(one), Limit::Together(other)) => Limit::Together(one.max(other)),
            (_, other) => other,
        };
        limit.why = why();
    }
    for (factor, other) in other.factors() {
        if other.off.is_none() {
            settings.factor_mut(factor.name).unwrap().off = None;
        }
        for (level, other) in factor.levels.iter().zip(other.levels()) {
            let set = settings.level_mut(factor.name, level.name).unwrap();
            (set.points, set.why) = (set.points.max(other.points), why());
            set.floor = set.floor.max(other.floor);
        }
    }
    accepted(settings)
}

fn pairs() -> impl Strategy<Value = (Policy, Policy)> {
    let default = || Policy::practice_principles().clone();
    prop_oneof![
        1 => policies().prop_map(move |policy| (default(), policy)),
        1 => policies().prop_map(move |policy| (policy, default())),
        2 => (policies(), policies()).prop_map(|(one, other)| {
            let stricter = stricter(&one, &other);
            (one, stricter)
        }),
        2 => policies().prop_map(move |policy| {
            let stricter = stricter(&default(), &policy);
            (default(), stricter)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn where_nothing_is_said_nobody_is_less_urgent_and_nothing_is_promised_later(
        (than, policy) in pairs(),
        people in vec(record_and_date(), 20),
    ) {
        if !less_cautious(&than, &policy).is_empty() {
            return Ok(());
        }
        for (record, as_of) in people {
            let urgency = |policy| assess(&record, as_of, policy).known_urgency();
            prop_assert!(urgency(&policy) >= urgency(&than), "{:?}", record);
        }
        let within = |of: &Policy| [of.settings().act_now.within, of.settings().prioritise.within];
        let later = within(&policy).into_iter().zip(within(&than)).any(|(is, was)| is > was);
        prop_assert!(!later);
    }
}
