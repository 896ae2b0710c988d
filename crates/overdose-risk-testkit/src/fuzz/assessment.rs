//! Bytes as a record, a day, and ways of settling what is not known.

use super::facts::{self, Bytes};
use super::settling::{day_within, settled};
use chrono::NaiveDate;
use overdose_risk::factor::{Factor, Level, Mechanism};
use overdose_risk::{Assessment, Exposure, Limit, Policy, Record, Step, Tally, Tier, Urgency};
use overdose_risk_csv::FlagsWriter;
use overdose_risk_intake::Id;
use overdose_risk_json::Flag;
use serde_json::Value;

/// How many ways of settling a record are tried.
const WAYS: usize = 4;

/// Panics where the assessment of what these bytes make breaks what must hold.
pub fn assess(data: &[u8]) {
    check(data, Policy::practice_principles());
}

/// The same by a policy.
pub(super) fn check(data: &[u8], policy: &Policy) {
    let mut bytes = Bytes::new(data);
    let as_of = facts::as_of(bytes.four());
    let written = facts::record(&mut bytes, as_of);
    let assessed = |record: &Record, day| overdose_risk::assess(record, day, policy);
    let assessment = assessed(&written, as_of);

    let read = written.as_read_on(as_of, |_| {});
    assert_eq!(*assessment.record(), read);
    assert_eq!(read.as_read_on(as_of, |_| panic!("read twice")), read);
    let words_once = words(&assessment);
    // A service may write of one.
    assert!(!words_once.contains('%') || policy != Policy::practice_principles());
    assert_eq!(words(&assessed(&written, as_of)), words_once);
    assert_eq!(words(&assessed(&read, as_of)), words_once);

    assert_known_side_is_within_bounds(&assessment);
    assert_is_by_its_policy(&assessment);
    assert_words_say_what_is_meant(&assessment);
    assert_levers_say_what_follows(&assessment);
    assert_tally_adds_up(&assessment);
    for _ in 0..WAYS {
        let until = assessment.valid_until();
        assert_levels_hold_on(&assessment, day_within(as_of, until, bytes.four()));
        let settled = settled(&read, as_of, &mut bytes);
        if settled.as_read_on(as_of, |_| {}) == settled {
            assert_within_bounds(&assessed(&settled, as_of), &assessment);
        }
    }
    assert_levels_change_after(&assessment);
}

/// All that is written of an assessment.
fn words(assessment: &Assessment<'_>) -> String {
    let id = Id::read(b"p-1").unwrap();
    let mut flags = FlagsWriter::new(Vec::new(), &[]).unwrap();
    flags.write(id, assessment).unwrap();
    let mut json = Vec::new();
    Flag::new(id, assessment, &[]).write_line(&mut json).unwrap();
    assert!(serde_json::from_slice::<Value>(&json).unwrap().is_object());
    let written = String::from_utf8([flags.finish().unwrap(), json].concat()).unwrap();
    format!("{}{written}", assessment.explain())
}

pub(super) fn could_urgency(assessment: &Assessment<'_>) -> Option<Urgency> {
    Urgency::ALL.into_iter().find(|urgency| assessment.could_reach() == (*urgency).into())
}

fn assert_known_side_is_within_bounds(assessment: &Assessment<'_>) {
    assert!(assessment.points() <= assessment.could_points());
    assert!(assessment.known_urgency() <= could_urgency(assessment));
    let by_known_facts = assessment.known_urgency().map(Tier::from);
    let (tier, could_reach) = (assessment.tier(), assessment.could_reach());
    match assessment.exposure() {
        Exposure::Yes => assert_eq!(Some(tier), by_known_facts),
        Exposure::Unknown => assert_eq!(tier, Tier::NotEnoughInformation),
        Exposure::No => {
            assert_eq!((tier, could_reach), (Tier::OutOfScope, Tier::OutOfScope));
            assert_eq!((assessment.points(), assessment.could_points()), (0, 0));
            assert!(assessment.unknowns().is_empty() && assessment.valid_until().is_none());
        }
    }
    for (factor, low, high) in assessment.findings() {
        let worth = |level: Option<&Level>| {
            level.map_or((0, None), |level| worth(assessment.policy(), factor, level))
        };
        assert!(worth(low) <= worth(high), "{factor}");
    }
}

/// The points and the floor of a level in a policy.
fn worth(policy: &Policy, factor: &Factor, level: &Level) -> (u8, Option<Urgency>) {
    let mut factors = policy.settings().factors();
    let (_, set) = factors.find(|(known, _)| known.name == factor.name).unwrap();
    let place = factor.levels.iter().position(|known| known.name == level.name).unwrap();
    let set = &set.levels()[place];
    (set.points, set.floor)
}

/// Points within the limits, and the tier that points or a floor lead to.
fn assert_is_by_its_policy(assessment: &Assessment<'_>) {
    let policy = assessment.policy();
    let reasons: Vec<_> = assessment.reasons().collect();
    assert_eq!(
        reasons.iter().map(|reason| u16::from(reason.counted)).sum::<u16>(),
        assessment.points()
    );
    for reason in &reasons {
        assert_eq!(
            (reason.set.points, reason.set.floor),
            worth(policy, reason.factor, reason.level)
        );
        assert!(reason.counted <= reason.set.points);
    }
    for mechanism in Mechanism::ALL {
        let of_it = reasons.iter().filter(|reason| reason.factor.mechanism == Some(mechanism));
        let counted = of_it.clone().map(|reason| u16::from(reason.counted)).sum::<u16>();
        let most = match policy.settings().limit(mechanism).limit {
            Limit::Largest => of_it.map(|reason| reason.set.points).max().unwrap_or(0),
            Limit::Together(most) => most,
        };
        assert!(counted <= most.into(), "{mechanism:?}");
    }
    if assessment.exposure() != Exposure::No {
        let by_points = match assessment.points() {
            points if points >= policy.settings().act_now.points => Urgency::ActNow,
            points if points >= policy.settings().prioritise.points => Urgency::Prioritise,
            _ => Urgency::Standard,
        };
        let floors = reasons.iter().filter_map(|reason| reason.set.floor);
        assert_eq!(assessment.known_urgency(), floors.chain([by_points]).max());
    }
}

/// No way of settling what is not known exceeds the high side, unless these rules do not apply.
fn assert_within_bounds(settled: &Assessment<'_>, open: &Assessment<'_>) {
    if open.exposure() == Exposure::No {
        return;
    }
    let facts = || format!("{:?}\n{:?}", settled.record(), open.record());
    assert!(settled.points() <= open.could_points(), "{}", facts());
    assert!(settled.could_points() <= open.could_points(), "{}", facts());
    assert!(settled.known_urgency() <= could_urgency(open), "{}", facts());
    assert!(could_urgency(settled) <= could_urgency(open), "{}", facts());
}

/// The level that the known facts show of each factor on another day.
fn levels_on(assessment: &Assessment<'_>, day: NaiveDate) -> Vec<Option<&'static str>> {
    let then = overdose_risk::assess(assessment.record(), day, assessment.policy());
    then.findings().map(|(_, low, _)| low.map(|level| level.name)).collect()
}

/// Whether a later day finds the facts as they are: somebody's year of birth may come to lie more
/// than 120 years back.
fn stays_as_read(record: &Record, day: NaiveDate) -> bool {
    record.as_read_on(day, |_| {}) == *record
}

/// Up to `valid_until` the reasons are what they are.
fn assert_levels_hold_on(assessment: &Assessment<'_>, day: NaiveDate) {
    let (record, as_of) = (assessment.record(), assessment.as_of());
    for day in [Some(day), assessment.valid_until()].into_iter().flatten() {
        assert!(day >= as_of);
        if assessment.exposure() != Exposure::No && stays_as_read(record, day) {
            let (then, now) = (levels_on(assessment, day), levels_on(assessment, as_of));
            assert_eq!(then, now, "as of {as_of}, on {day}");
        }
    }
}

fn assert_levels_change_after(assessment: &Assessment<'_>) {
    let (record, as_of) = (assessment.record(), assessment.as_of());
    let next = assessment.valid_until().and_then(|until| until.succ_opt());
    if let Some(next) = next.filter(|next| stays_as_read(record, *next)) {
        let (then, now) = (levels_on(assessment, next), levels_on(assessment, as_of));
        assert_ne!(then, now, "as of {as_of}, on {next}");
    }
}

fn assert_words_say_what_is_meant(assessment: &Assessment<'_>) {
    let said = assessment.explain();
    assert_eq!((said.tier, said.points), (assessment.tier(), assessment.points()));
    assert_eq!(said.could_reach, assessment.could_reach());
    assert_eq!(said.could_points, assessment.could_points());
    assert_eq!(
        said.reasons.iter().map(|reason| u16::from(reason.points)).sum::<u16>(),
        said.points
    );
    assert!(
        said.questions.iter().map(|question| question.field).eq(assessment.unknowns().to_vec())
    );
    assert_eq!(said.offers.is_empty(), said.reasons.is_empty() && said.alert.is_none());
    for reason in &said.reasons {
        assert!(!reason.sentence.contains(['{', '}']), "{}", reason.sentence);
        assert!(reason.holds_until.is_none_or(|until| Some(until) >= said.valid_until));
    }
    for question in &said.questions {
        assert!(question.could_points <= said.could_points, "{}", question.field);
    }
}

/// Answers are held against the record changed by hand in the core's own tests.
fn assert_levers_say_what_follows(assessment: &Assessment<'_>) {
    let levers = assessment.levers();
    assert!(assessment.exposure() != Exposure::No || levers.is_empty());
    for lever in levers {
        let is_said_apart = lever.by_known_facts != lever.tier;
        assert_eq!(is_said_apart, lever.tier == Tier::NotEnoughInformation, "{lever}");
        match lever.step {
            Step::KitHandedOver => assert!(lever.points <= assessment.points(), "{lever}"),
            Step::TreatmentStarted => assert_eq!(lever.by_known_facts, lever.tier),
            Step::Answered { field, .. } => assert!(assessment.unknowns().contains(&field)),
            Step::On(day) => {
                let record = assessment.record();
                let then = overdose_risk::assess(record, day, assessment.policy());
                assert_eq!((lever.tier, lever.points), (then.tier(), then.points()), "{lever}");
                assert_eq!(assessment.valid_until(), day.pred_opt());
            }
        }
    }
}

fn assert_tally_adds_up(assessment: &Assessment<'_>) {
    let mut tally = Tally::default();
    tally.add(assessment);
    assert_eq!(tally.people(), 1);
    assert!(tally.tiers().all(|(tier, people)| people == u64::from(tier == assessment.tier())));
    let not_enough = u64::from(assessment.tier() == Tier::NotEnoughInformation);
    assert_eq!(tally.not_enough_information().map(|(_, people)| people).sum::<u64>(), not_enough);
    for (field, of) in tally.completeness() {
        assert_eq!(of.known + of.none_recorded + of.unknown + of.not_collected, 1, "{field}");
    }
    let reasons = assessment.reasons().count() as u64;
    assert_eq!(tally.levels().map(|(_, _, people)| people).sum::<u64>(), reasons);
    assert_eq!(tally.questions().len(), assessment.unknowns().len());

    let mut merged = tally.clone();
    merged.merge(&tally);
    tally.add(assessment);
    assert_eq!(merged, tally);
}
