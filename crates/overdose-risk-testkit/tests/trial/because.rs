//! Whom a policy moves, and which of its settings did it.

use crate::as_of;
use crate::policies::{act_now_from, level, limit, policy, prioritise_from, switch_off};
use chrono::Days;
use overdose_risk::factor::Mechanism;
use overdose_risk::policy::Settings;
use overdose_risk::{
    Age, Exposure, Injecting, Limit, Naloxone, OpioidUse, Ost, Policy, Record, Status, Urgency,
    YesNo,
};
use overdose_risk_intake::Id;
use overdose_risk_run::Trial;
use overdose_risk_testkit::population::Population;
use overdose_risk_testkit::strategies;
use proptest::prelude::*;

const PRIORITISE: Option<Urgency> = Some(Urgency::Prioritise);

/// Somebody with 12 points for using opioids off treatment, and no others.
fn twelve() -> Record {
    Record {
        age: Age::years(30).unwrap().into(),
        opioid_use: OpioidUse::Current.into(),
        ost: Ost::NotPrescribed.into(),
        naloxone: Naloxone::Held.into(),
        ..Record::default()
    }
}

/// The same and 9 more for injecting.
fn twenty_one() -> Record {
    Record { injecting: Injecting::Current.into(), ..twelve() }
}

fn back_from_hospital() -> Record {
    Record { hospital_discharge: (as_of() - Days::new(10)).into(), ..twelve() }
}

/// What moves somebody and why; empty where nothing does.
fn because(record: &Record, old: &Policy, new: &Policy) -> String {
    let mut trial = Trial::new(old, new, as_of());
    trial.add(Id::read(b"p-17").unwrap(), record);
    trial.moves().iter().map(|moved| trial.because(moved).to_string()).collect()
}

#[test]
fn a_move_is_because_of_what_undoes_it_by_itself() {
    let released = Record { prison_release: (as_of() - Days::new(20)).into(), ..twelve() };
    let nineteen = Record { alcohol: YesNo::Yes.into(), ..twelve() };
    let depressants = Record {
        benzodiazepines: YesNo::Yes.into(),
        gabapentinoids: YesNo::Yes.into(),
        ..twelve()
    };
    let cases: [(Record, &dyn Fn(&mut Settings), &str); 13] = [
        (twenty_one(), &|to| prioritise_from(to, 21), ""),
        (twenty_one(), &|to| prioritise_from(to, 22), "tiers.prioritise"),
        (twenty_one(), &|to| act_now_from(to, 21), "tiers.act-now"),
        (twenty_one(), &|to| switch_off(to, "injecting"), "factors.injecting"),
        (
            released,
            &|to| level(to, ("prison-release", "days-15-28"), 5, PRIORITISE),
            "factors.prison-release.days-15-28",
        ),
        (
            depressants,
            &|to| {
                limit(to, Mechanism::Depressants, Limit::Together(40));
                act_now_from(to, 31);
            },
            "tiers.act-now;limits.depressants",
        ),
        // Each is needed: 19 points with both, 20 with either.
        (
            twenty_one(),
            &|to| {
                level(to, ("opioid-use", "off-treatment"), 11, None);
                level(to, ("injecting", "current"), 8, None);
            },
            "factors.opioid-use.off-treatment;factors.injecting.current",
        ),
        // Each would do by itself: 17 points with both, 19 with either.
        (
            twenty_one(),
            &|to| {
                level(to, ("opioid-use", "off-treatment"), 10, None);
                level(to, ("injecting", "current"), 7, None);
            },
            "enough:factors.opioid-use.off-treatment|factors.injecting.current",
        ),
        // 21 points become 19, by any two of three that take one each.
        (
            twenty_one(),
            &|to| {
                level(to, ("opioid-use", "off-treatment"), 11, None);
                level(to, ("injecting", "current"), 8, None);
                prioritise_from(to, 21);
            },
            "several-together",
        ),
        // Prioritise from 20 would not begin below act-now.
        (
            nineteen,
            &|to| {
                act_now_from(to, 15);
                prioritise_from(to, 10);
            },
            "tiers.act-now+tiers.prioritise",
        ),
        // Where one is enough to set back, what goes with another is not named.
        (
            twenty_one(),
            &|to| {
                act_now_from(to, 15);
                prioritise_from(to, 10);
            },
            "tiers.act-now",
        ),
        // The later window would be worth more than the earlier one.
        (
            back_from_hospital(),
            &|to| {
                level(to, ("hospital-discharge", "days-0-2"), 3, Some(Urgency::ActNow));
                level(to, ("hospital-discharge", "days-3-14"), 3, None);
            },
            "factors.hospital-discharge.days-0-2+factors.hospital-discharge.days-3-14",
        ),
        // What has nothing to do with the person is not named.
        (
            twenty_one(),
            &|to| {
                prioritise_from(to, 22);
                switch_off(to, "housing");
                level(to, ("age", "45-and-over"), 9, None);
                to.prioritise.within = 14;
            },
            "tiers.prioritise",
        ),
    ];
    for (record, change, expected) in cases {
        let (old, new) = (Policy::practice_principles(), policy(change));
        assert_eq!(because(&record, old, &new), expected, "to {new}\n{}", new.changes());
        let back = because(&record, &new, old);
        // What is needed in one direction is enough in the other.
        // What does not go together in one policy may in the other.
        if [expected, &back].iter().any(|because| because.contains('+')) {
            continue;
        }
        // What is needed in one direction is enough in the other.
        let expected = match expected.strip_prefix("enough:") {
            Some(enough) => enough.replace('|', ";"),
            None if expected.contains(';') => format!("enough:{}", expected.replace(';', "|")),
            None => expected.to_owned(),
        };
        assert_eq!(back, expected, "from {new}");
    }
}

#[test]
fn somebody_whose_exposure_is_not_known_moves_by_the_known_facts() {
    let record = Record { opioid_use: Status::default(), ost: Status::default(), ..twenty_one() };
    let new = policy(|to| switch_off(to, "injecting"));
    let old = policy(|to| prioritise_from(to, 9));
    let mut trial = Trial::new(&old, &new, as_of());
    trial.add(Id::read(b"p-17").unwrap(), &record);
    let counts = |exposure| trial.people(exposure, Urgency::Prioritise, Urgency::Standard);
    assert_eq!([Exposure::Yes, Exposure::Unknown, Exposure::No].map(counts), [0, 1, 0]);
    let csv = String::from_utf8(trial.write_csv(Vec::new()).unwrap()).unwrap();
    let row = "p-17,not-enough-information,not-enough-information,prioritise,standard,9,0,";
    assert!(csv.lines().nth(1).unwrap().starts_with(row), "{csv}");
    let loads = trial.loads(Urgency::Prioritise).unwrap();
    assert_eq!(loads.map(|load| (load.people, load.exposure_unknown)), [(0, 1), (0, 0)]);
    assert_eq!(loads.map(|load| load.a_day_with_exposure_unknown()), [1, 0]);
}

#[test]
fn another_action_or_another_promise_moves_nobody() {
    let old = Policy::practice_principles();
    let new = policy(|to| {
        (to.act_now.within, to.act_now.why) = (3, Some("an example".to_owned()));
        to.level_mut("injecting", "current").unwrap().action = "Go along.".to_owned();
    });
    let mut trial = Trial::new(old, &new, as_of());
    for record in [twelve(), twenty_one()] {
        trial.add(Id::read(b"p-17").unwrap(), &record);
    }
    assert_eq!((trial.moves().len(), trial.counted_otherwise()), (0, 0));
    assert_eq!(trial.offered_otherwise(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn everybody_is_somewhere_and_back_again_the_other_way(
        old in strategies::policies(),
        new in strategies::policies(),
        seed in 0..1000_u64,
    ) {
        let mut there = Trial::new(&old, &new, as_of());
        let mut back = Trial::new(&new, &old, as_of());
        for person in Population::new(seed, as_of()).people(0..60) {
            let id = person.id();
            there.add(Id::read(id.as_bytes()).unwrap(), person.record());
            back.add(Id::read(id.as_bytes()).unwrap(), person.record());
        }
        let (mut all, mut moved) = (there.out_of_scope(), 0);
        for exposure in [Exposure::Yes, Exposure::Unknown] {
            for (from, to) in Urgency::ALL.into_iter().flat_map(|from| Urgency::ALL.map(|to| (from, to))) {
                let people = there.people(exposure, from, to);
                prop_assert_eq!(people, back.people(exposure, to, from));
                all += people;
                moved += if from == to { 0 } else { people };
            }
        }
        prop_assert_eq!(all, 60);
        prop_assert_eq!(moved, there.moves().len() as u64);
        let rises = there.moves().iter().filter(|one| !one.is_a_loss()).count();
        prop_assert_eq!(rises, back.losses().count());
        let [before, after] = there.naloxone_gaps();
        prop_assert_eq!(before, after);
        prop_assert_eq!(there.counted_otherwise(), back.counted_otherwise());
        prop_assert_eq!(there.offered_otherwise(), back.offered_otherwise());
    }
}
