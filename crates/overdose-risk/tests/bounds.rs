//! What is not known: how far it could lead, and what to ask.

use chrono::NaiveDate;
use overdose_risk::factor::{Factor, Level, Urgency};
use overdose_risk::{
    Assessment, Exposure, Field, Naloxone, OpioidUse, Policy, Record, State, Unknown, assess,
};
use overdose_risk_testkit::strategies::policies;
use overdose_risk_testkit::strategies::{
    WHY_UNKNOWN, read_record_and_date, record_and_date, settled, some_settled,
};
use proptest::prelude::*;

fn assessed(record: &Record, as_of: NaiveDate) -> Assessment<'static> {
    assess(record, as_of, Policy::practice_principles())
}

/// Any policy, and as often the default.
fn policy() -> impl Strategy<Value = Policy> {
    prop_oneof![Just(Policy::practice_principles().clone()), policies()]
}

fn could_urgency(assessment: &Assessment<'_>) -> Option<Urgency> {
    [Urgency::Standard, Urgency::Prioritise, Urgency::ActNow]
        .into_iter()
        .find(|urgency| assessment.could_reach() == (*urgency).into())
}

fn contradicts_itself(record: &Record, as_of: NaiveDate) -> bool {
    record.as_read_on(as_of, |_| {}) != *record
}

fn record_and_settled() -> impl Strategy<Value = (Record, Record, NaiveDate)> {
    read_record_and_date()
        .prop_flat_map(|(record, as_of)| (Just(record), some_settled(record, as_of), Just(as_of)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_way_of_settling_the_unknown_exceeds_the_high_side(
        (record, settled, as_of) in record_and_settled(),
        policy in policy(),
    ) {
        let open = assess(&record, as_of, &policy);
        if open.exposure() == Exposure::No || contradicts_itself(&settled, as_of) {
            return Ok(());
        }
        let settled = assess(&settled, as_of, &policy);
        prop_assert!(settled.points() <= open.could_points());
        prop_assert!(settled.could_points() <= open.could_points());
        prop_assert!(settled.known_urgency() <= could_urgency(&open));
        prop_assert!(could_urgency(&settled) <= could_urgency(&open));
    }
}

proptest! {
    #[test]
    fn the_known_side_never_exceeds_the_high_side((record, as_of) in record_and_date(), policy in policy()) {
        let assessment = assess(&record, as_of, &policy);
        prop_assert!(assessment.points() <= assessment.could_points());
        prop_assert!(assessment.known_urgency() <= could_urgency(&assessment));
        for (factor, low, high) in assessment.findings() {
            let worth = |level: Option<&overdose_risk::factor::Level>| {
                level.map_or((0, None), |level| set(&policy, factor, level))
            };
            prop_assert!(worth(low).0 <= worth(high).0, "{}", factor);
            prop_assert!(worth(low) <= worth(high), "{}", factor);
        }
    }

    #[test]
    fn with_nothing_unknown_nothing_is_open((record, as_of) in record_and_date(), policy in policy()) {
        let assessment = assess(&record, as_of, &policy);
        let read = assessment.record();
        let overdue = read.prison_release_due.latest().is_some();
        let band = read.age.known().and_then(|age| age.range_on(as_of)).is_none_or(|(a, b)| a != b);
        let unknown = Field::ALL.iter().any(|field| read.is_open(*field));
        if !overdue && !band && !unknown {
            prop_assert_eq!(assessment.points(), assessment.could_points());
            prop_assert!(assessment.unknowns().is_empty());
        }
    }

    #[test]
    fn each_answer_leads_no_further_than_its_question_says((record, as_of) in read_record_and_date(), policy in policy()) {
        let open = assess(&record, as_of, &policy);
        if open.exposure() == Exposure::No {
            return Ok(());
        }
        let questions = open.explain().questions;
        for field in Field::ALL {
            if !record.is_open(field) || field == Field::PrisonReleaseDue {
                continue;
            }
            // Whether there is a kit is asked before when it expires.
            let asked = match field {
                Field::NaloxoneExpiry if !record.naloxone.is(Naloxone::Held) => Field::Naloxone,
                field => field,
            };
            let question = questions.iter().find(|question| question.field == asked);
            let most = question.map_or(open.points(), |question| question.could_points);
            for answered in settled(&record, field, as_of) {
                if !contradicts_itself(&answered, as_of) {
                    let answered = assess(&answered, as_of, &policy);
                    prop_assert!(answered.points() <= most, "{}: {:?}", field, answered.record());
                }
            }
        }
        if let [question] = questions.as_slice() {
            prop_assert_eq!(question.could_points, open.could_points());
            prop_assert_eq!(question.could_reach, open.could_reach());
        }
    }

    #[test]
    fn not_knowing_never_lowers_what_could_be((record, as_of) in read_record_and_date(), policy in policy()) {
        let known = assess(&record, as_of, &policy);
        for field in Field::ALL {
            // A planned release that is not known adds nothing.
            let counts = field != Field::PrisonReleaseDue;
            if !counts || !matches!(record.state(field), State::Known | State::NoneRecorded) {
                continue;
            }
            for why in WHY_UNKNOWN {
                let mut unknown = record;
                unknown.fact_mut(field).set_unknown(why);
                let unknown = assess(&unknown, as_of, &policy);
                if unknown.exposure() == Exposure::No {
                    prop_assert!(
                        known.exposure() == Exposure::No || lets_a_none_stand(&record, field, why),
                        "{field} unknown: {why:?}"
                    );
                    continue;
                }
                prop_assert!(known.could_points() <= unknown.could_points(), "{field}");
                prop_assert!(could_urgency(&known) <= could_urgency(&unknown), "{field}");
            }
        }
    }

    #[test]
    fn questions_come_in_the_order_of_the_page(
        (record, as_of) in record_and_date(),
        policy in policy(),
    ) {
        let assessment = assess(&record, as_of, &policy);
        prop_assert_eq!(assessment.unknowns().to_vec(), asked_by_the_page(&assessment));
        let asked: Vec<Field> =
            assessment.explain().questions.iter().map(|question| question.field).collect();
        prop_assert_eq!(assessment.unknowns().to_vec(), asked);
    }

    #[test]
    fn only_what_is_not_known_or_not_exact_is_asked((record, as_of) in record_and_date()) {
        let assessment = assessed(&record, as_of);
        for field in assessment.unknowns().iter() {
            let read = assessment.record();
            let may_be_out = *field == Field::PrisonRelease && read.prison_release_due.latest().is_some();
            let range = *field == Field::Age;
            // Exposure can be unknown although `opioid_use` says "none".
            let spoken_against = *field == Field::OpioidUse && read.opioid_use.is(OpioidUse::None);
            prop_assert!(read.is_open(*field) || may_be_out || range || spoken_against, "{field}");
        }
    }
}

/// The points and the floor of a level in a policy.
fn set(policy: &Policy, factor: &Factor, level: &Level) -> (u8, Option<Urgency>) {
    let (_, set) =
        policy.settings().factors().find(|(known, _)| known.name == factor.name).unwrap();
    let at = factor.levels.iter().position(|known| known.name == level.name).unwrap();
    (set.levels()[at].points, set.levels()[at].floor)
}

/// An explicit "none" stands against a blank: these facts, once blank, no longer speak against it.
fn lets_a_none_stand(record: &Record, field: Field, why: Unknown) -> bool {
    let says_none = record.opioid_use.is(OpioidUse::None);
    says_none
        && match field {
            Field::Ost | Field::OstEnded => why == Unknown::NotRecorded,
            field => matches!(field, Field::Injecting | Field::Overdose),
        }
}

/// Section 4 of the policy: the fields that would settle a factor, largest difference first.
fn asked_by_the_page(assessment: &Assessment<'_>) -> Vec<Field> {
    if assessment.exposure() == Exposure::No {
        return Vec::new();
    }
    let record = assessment.record();
    let unknown = |field: &Field| match record.state(*field) {
        State::Unknown(_) => true,
        State::NotCollected => {
            matches!(field, Field::Age | Field::OpioidUse | Field::Ost | Field::Naloxone)
        }
        State::Known | State::NoneRecorded => false,
    };
    let mut open: Vec<(i32, Vec<Field>)> = Vec::new();
    for (factor, low, high) in assessment.findings() {
        if low.map(|level| level.name) == high.map(|level| level.name) {
            continue;
        }
        let points = |level: Option<&Level>| {
            level.map_or(0, |level| set(assessment.policy(), factor, level).0.into())
        };
        let difference: i32 = points(high) - points(low);
        let fields = match factor.name {
            "opioid-use" => [Field::OpioidUse, Field::Ost].into_iter().filter(unknown).collect(),
            "naloxone" if record.naloxone.is(Naloxone::Held) => vec![Field::NaloxoneExpiry],
            "ost-stopped" => [Field::OstEnded, Field::Ost, Field::OstStarted]
                .into_iter()
                .filter(unknown)
                .collect(),
            name => vec![Field::from_name(&name.replace('-', "_")).unwrap()],
        };
        open.push((difference, fields));
    }
    open.sort_by_key(|(difference, _)| -difference);
    let first = (assessment.exposure() == Exposure::Unknown).then_some(Field::OpioidUse);
    let mut asked = Vec::new();
    for field in first.into_iter().chain(open.into_iter().flat_map(|(_, fields)| fields)) {
        if !asked.contains(&field) {
            asked.push(field);
        }
    }
    asked
}

#[test]
fn an_unknown_planned_release_adds_nothing() {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let mut record = overdose_risk::factor::Case::plain(as_of);
    record.fact_mut(Field::PrisonReleaseDue).set_unknown(Unknown::Declined);
    let assessment = assessed(&record, as_of);
    assert_eq!((assessment.could_points(), assessment.could_reach()), (0, assessment.tier()));
    assert!(assessment.unknowns().is_empty());
}
