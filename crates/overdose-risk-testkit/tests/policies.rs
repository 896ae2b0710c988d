//! What the strategy for policies makes: each is accepted, and they are of every kind.

use overdose_risk::Limit;
use overdose_risk::policy::{Policy, Settings};
use overdose_risk_testkit::strategies::{policies, settings};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

fn drawn<T>(of: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..2000).map(|_| of.new_tree(&mut runner).unwrap().current()).collect()
}

/// How many of their levels are not as in the default.
fn changed(settings: &Settings) -> usize {
    let default = Settings::default();
    let levels = settings.factors().zip(default.factors());
    let pairs = levels.flat_map(|((_, set), (_, of))| set.levels().iter().zip(of.levels()));
    pairs.filter(|(set, of)| set != of).count()
}

#[test]
fn policies_are_of_every_kind() {
    let policies = drawn(policies());
    let share = |is: &dyn Fn(&Settings) -> bool| {
        policies.iter().map(Policy::settings).filter(|settings| is(settings)).count()
    };
    let levels = |of: &Settings| -> usize {
        let on = of.factors().filter(|(_, set)| set.off.is_none());
        on.map(|(factor, _)| factor.levels.len()).sum()
    };
    for (what, count, least) in [
        ("no level changed", share(&|of| changed(of) == 0), 200),
        ("few changed", share(&|of| (1..=4).contains(&changed(of))), 600),
        ("nearly all changed", share(&|of| changed(of) + 3 >= levels(of)), 60),
        ("off", share(&|of| of.factors().any(|(_, set)| set.off.is_some())), 300),
        (
            "a floor raised",
            share(&|of| {
                of.factors().any(|(factor, set)| {
                    let levels = set.levels().iter().zip(factor.levels);
                    levels.into_iter().any(|(set, of)| set.floor > of.floor)
                })
            }),
            400,
        ),
        (
            "a floor lowered",
            share(&|of| {
                of.factors().any(|(factor, set)| {
                    let levels = set.levels().iter().zip(factor.levels);
                    levels.into_iter().any(|(set, of)| set.floor < of.floor)
                })
            }),
            300,
        ),
        (
            "a limit of lost tolerance",
            share(&|of| {
                of.limit(overdose_risk::factor::Mechanism::LostTolerance).limit != Limit::Largest
            }),
            150,
        ),
        ("a threshold", share(&|of| of.act_now.points != 50), 150),
        ("a promise", share(&|of| (of.act_now.within, of.prioritise.within) != (1, 7)), 150),
        ("an alert", share(&|of| of.alert.is_some()), 200),
        ("approved", share(&|of| of.approved_by.is_some()), 500),
        ("to be looked at again", share(&|of| of.review_by.is_some()), 500),
    ] {
        assert!(count >= least, "{what}: {count} of {}", policies.len());
    }
}

/// Otherwise the policies would show nothing of what following a refusal does.
#[test]
fn most_settings_are_refused_at_first() {
    let settings = drawn(settings());
    let refused = settings.iter().filter(|set| Policy::new((*set).clone()).is_err()).count();
    assert!(refused > settings.len() / 2, "{refused}");
}
