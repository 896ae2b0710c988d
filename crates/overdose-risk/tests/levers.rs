//! What would follow: each lever against the same change made by hand.

use chrono::NaiveDate;
use overdose_risk::factor::Case;
use overdose_risk::{
    Age, Answer, Assessment, Code, Event, Exposure, FACTORS, FactMut, Field, Housing, Injecting,
    Lever, Naloxone, OpioidUse, Ost, Policy, Record, Status, Step, Tier, Unknown, Urgency, YesNo,
    assess,
};
use overdose_risk_testkit::strategies::{days_before, policies, record_and_date};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn back(days: i64) -> NaiveDate {
    days_before(as_of(), days)
}

fn assessed(record: &Record, on: NaiveDate) -> Assessment<'static> {
    assess(record, on, Policy::practice_principles())
}

fn levers(record: &Record) -> Vec<Lever> {
    assessed(record, as_of()).levers()
}

fn lever(record: &Record, step: Step) -> Option<Lever> {
    levers(record).into_iter().find(|lever| lever.step == step)
}

/// What an assessment says that a lever says too.
fn follows(then: &Assessment<'_>) -> (Tier, Tier, u16) {
    let by_known_facts = then.known_urgency().map_or(Tier::OutOfScope, Tier::from);
    (then.tier(), by_known_facts, then.points())
}

fn said(lever: &Lever) -> (Tier, Tier, u16) {
    (lever.tier, lever.by_known_facts, lever.points)
}

/// A record in which something is asked, and the record with each answer in turn.
struct Asked {
    field: Field,
    record: Record,
    answers: Vec<(Answer, Record)>,
}

/// The answers to a field of a record, each with what then stands in the record.
macro_rules! asked {
    ($field:ident of $record:expr, $($answer:expr => $fact:expr),+ $(,)?) => {
        Asked {
            field: Field::from_name(stringify!($field)).unwrap(),
            record: $record,
            answers: vec![$(($answer, Record { $field: $fact.into(), ..$record })),+],
        }
    };
}

fn aged(youngest: u8, oldest: u8) -> Answer {
    Answer::Aged { youngest, oldest }
}

fn between(youngest: u8, oldest: u8) -> Age {
    Age::between(youngest, oldest).unwrap()
}

fn at_least(days: i64) -> Event {
    Event::Unknown { why: Unknown::Declined, latest: Some(back(days)) }
}

/// Every field that can be asked, with nothing known of it.
fn nothing_known() -> Vec<Asked> {
    use Answer::{Named, NoneRecorded, On};
    let plain = Case::plain(as_of());
    let off = Record { ost: Ost::NotPrescribed.into(), ..plain };
    let today = as_of();
    vec![
        asked!(age of Record { age: Status::default(), ..plain },
            aged(0, 34) => between(0, 34),
            aged(35, 44) => between(35, 44),
            aged(45, 120) => between(45, 120)),
        asked!(opioid_use of Record { opioid_use: Status::NotCollected, ..off },
            Named("current") => OpioidUse::Current,
            Named("past") => OpioidUse::Past,
            Named("none") => OpioidUse::None),
        asked!(ost of Record { ost: Status::default(), ..plain },
            Named("prescribed") => Ost::Prescribed,
            Named("not_prescribed") => Ost::NotPrescribed),
        asked!(ost_started of Record { ost_started: Event::default(), ..plain },
            NoneRecorded => Event::NoneRecorded, On(today) => today),
        asked!(ost_ended of Record { ost_ended: Event::default(), ..off },
            NoneRecorded => Event::NoneRecorded, On(today) => today),
        asked!(prison_release of Record { prison_release: Event::default(), ..plain },
            NoneRecorded => Event::NoneRecorded, On(today) => today),
        asked!(detox_exit of Record { detox_exit: Event::default(), ..plain },
            NoneRecorded => Event::NoneRecorded, On(today) => today),
        asked!(hospital_discharge of Record { hospital_discharge: Event::default(), ..plain },
            NoneRecorded => Event::NoneRecorded, On(today) => today),
        asked!(treatment_exit of Record { treatment_exit: Event::default(), ..off },
            NoneRecorded => Event::NoneRecorded, On(today) => today),
        asked!(overdose of Record { overdose: Event::default(), ..plain },
            NoneRecorded => Event::NoneRecorded, On(today) => today),
        asked!(naloxone of Record { naloxone: Status::NotCollected, ..plain },
            Named("held") => Naloxone::Held, Named("not_held") => Naloxone::NotHeld),
        asked!(naloxone_expiry of Record { naloxone_expiry: Status::default(), ..plain },
            On(back(1)) => back(1), On(today) => today),
        asked!(injecting of Record { injecting: Status::default(), ..plain },
            Named("current") => Injecting::Current,
            Named("previous") => Injecting::Previous,
            Named("never") => Injecting::Never),
        asked!(benzodiazepines of Record { benzodiazepines: Status::default(), ..plain },
            Named("yes") => YesNo::Yes, Named("no") => YesNo::No),
        asked!(gabapentinoids of Record { gabapentinoids: Status::default(), ..plain },
            Named("yes") => YesNo::Yes, Named("no") => YesNo::No),
        asked!(z_drugs of Record { z_drugs: Status::default(), ..plain },
            Named("yes") => YesNo::Yes, Named("no") => YesNo::No),
        asked!(alcohol of Record { alcohol: Status::default(), ..plain },
            Named("yes") => YesNo::Yes, Named("no") => YesNo::No),
        asked!(suicidality of Record { suicidality: Status::default(), ..plain },
            Named("yes") => YesNo::Yes, Named("no") => YesNo::No),
        asked!(respiratory_disease of Record { respiratory_disease: Status::default(), ..plain },
            Named("yes") => YesNo::Yes, Named("no") => YesNo::No),
        asked!(housing of Record { housing: Status::default(), ..plain },
            Named("settled") => Housing::Settled,
            Named("at_risk") => Housing::AtRisk,
            Named("no_fixed_abode") => Housing::NoFixedAbode),
        asked!(uses_alone of Record { uses_alone: Status::default(), ..plain },
            Named("yes") => YesNo::Yes, Named("no") => YesNo::No),
    ]
}

/// Something is known already, or the answer does not fit the rest.
fn something_known() -> Vec<Asked> {
    use Answer::{Named, NoneRecorded, On};
    let plain = Case::plain(as_of());
    let off = Record { ost: Ost::NotPrescribed.into(), ..plain };
    let today = as_of();
    let overdue = Record { prison_release_due: back(7).into(), ..plain };
    let born_1981 = Record { age: Age::born_in(1981).into(), ..plain };
    let started = Record { ost: Status::default(), ost_started: at_least(0), ..plain };
    vec![
        asked!(age of Record { age: between(30, 39).into(), ..plain },
            aged(30, 34) => between(30, 34), aged(35, 39) => between(35, 39)),
        asked!(age of Record { age: between(20, 60).into(), ..plain },
            aged(20, 34) => between(20, 34),
            aged(35, 44) => between(35, 44),
            aged(45, 60) => between(45, 60)),
        asked!(age of born_1981, aged(44, 44) => between(44, 44), aged(45, 45) => between(45, 45)),
        asked!(overdose of Record { overdose: at_least(60), ..plain },
            On(back(60)) => back(60), On(today) => today),
        asked!(detox_exit of Record { detox_exit: at_least(400), ..plain },
            On(back(400)) => back(400), On(today) => today),
        asked!(ost_ended of Record { ost_ended: at_least(20), ..off },
            On(back(20)) => back(20), On(today) => today),
        // Both answers are the same day.
        asked!(ost_started of started, On(today) => today),
        // A planned release has gone by: it is asked although an earlier one, or none, is known.
        asked!(prison_release of overdue, NoneRecorded => Event::NoneRecorded, On(today) => today),
        asked!(prison_release of Record { prison_release: back(40).into(), ..overdue },
            On(back(40)) => back(40), On(today) => today),
        asked!(prison_release of Record { prison_release: Event::NotCollected, ..overdue },
            NoneRecorded => Event::NoneRecorded, On(today) => today),
        // "Prescribed" does not stand beside a recent end, and nobody is answered out of scope by
        // "none" while injecting.
        asked!(ost of Record { ost: Status::default(), ost_ended: back(5).into(), ..plain },
            Named("prescribed") => Ost::Prescribed,
            Named("not_prescribed") => Ost::NotPrescribed),
        asked!(opioid_use of
            Record { opioid_use: Status::default(), injecting: Injecting::Current.into(), ..off },
            Named("current") => OpioidUse::Current,
            Named("past") => OpioidUse::Past,
            Named("none") => OpioidUse::None),
    ]
}

/// Nothing follows from not knowing these.
const NEVER_ASKED: [Field; 2] = [Field::PrisonReleaseDue, Field::CaseStatus];

#[test]
fn every_answer_leads_where_the_record_changed_by_hand_leads() {
    for Asked { field, record, answers } in nothing_known().into_iter().chain(something_known()) {
        let levers = levers(&record);
        let of_field = levers.iter().filter_map(|lever| match lever.step {
            Step::Answered { field: asked, answer } if asked == field => {
                Some((answer, said(lever)))
            }
            _ => None,
        });
        let by_hand = answers
            .into_iter()
            .map(|(answer, changed)| (answer, follows(&assessed(&changed, as_of()))));
        assert_eq!(
            of_field.collect::<Vec<_>>(),
            by_hand.collect::<Vec<_>>(),
            "{field}: {record:?}"
        );
    }
}

#[test]
fn every_field_that_can_be_asked_is_held_against_the_hand() {
    let asked: BTreeSet<Field> = nothing_known().iter().map(|asked| asked.field).collect();
    let all = Field::ALL.into_iter().filter(|field| !NEVER_ASKED.contains(field));
    assert_eq!(asked, all.collect());
}

#[test]
fn the_answers_held_against_the_hand_move_every_factor() {
    let shown = |record: &Record| -> Vec<_> {
        let assessment = assessed(record, as_of());
        let shown = assessment.reasons().map(|reason| (reason.factor.name, reason.level.name));
        shown.collect()
    };
    let mut moved = BTreeSet::new();
    for Asked { record, answers, .. } in nothing_known() {
        for (_, changed) in answers {
            let before = shown(&record);
            let after = shown(&changed).into_iter().filter(|reason| !before.contains(reason));
            moved.extend(after.map(|(factor, _)| factor));
        }
    }
    assert_eq!(moved, FACTORS.iter().map(|factor| factor.name).collect());
}

#[test]
fn a_kit_is_handed_over_where_there_is_a_gap_and_then_there_is_none() {
    let kits: [(Status<Naloxone>, Status<NaiveDate>, bool); 9] = [
        (Naloxone::NotHeld.into(), Status::default(), true),
        (Naloxone::NotHeld.into(), Status::NotCollected, true),
        (Status::default(), Status::default(), true),
        (Status::NotCollected, Status::NotCollected, true),
        (Status::Unknown(Unknown::Declined), back(400).into(), true),
        (Naloxone::Held.into(), back(1).into(), true),
        (Naloxone::Held.into(), as_of().into(), false),
        (Naloxone::Held.into(), Status::default(), false),
        (Naloxone::Held.into(), Status::NotCollected, false),
    ];
    for (naloxone, naloxone_expiry, is_offered) in kits {
        let record = Record { naloxone, naloxone_expiry, ..Case::plain(as_of()) };
        let handed =
            Record { naloxone: Naloxone::Held.into(), naloxone_expiry: as_of().into(), ..record };
        let then = assessed(&handed, as_of());
        assert!(!then.naloxone_gap());
        let lever = lever(&record, Step::KitHandedOver);
        assert_eq!(
            lever.map(|lever| said(&lever)),
            is_offered.then(|| follows(&then)),
            "{record:?}"
        );
        assert!(lever.is_none_or(|lever| lever.points + 4 == assessed(&record, as_of()).points()));
    }
}

#[test]
fn treatment_starts_unless_it_is_known_to_be_prescribed() {
    let of_ost: [Status<Ost>; 5] = [
        Ost::Prescribed.into(),
        Ost::NotPrescribed.into(),
        Status::default(),
        Status::Unknown(Unknown::Declined),
        Status::NotCollected,
    ];
    let ends = [Event::NoneRecorded, back(0).into(), back(5).into(), Event::default()];
    for ost in of_ost {
        for ost_ended in ends {
            for opioid_use in [OpioidUse::Current.into(), OpioidUse::Past.into(), Status::default()]
            {
                let record = Record { opioid_use, ost, ost_ended, ..Case::plain(as_of()) };
                let started =
                    Record { ost: Ost::Prescribed.into(), ost_started: as_of().into(), ..record };
                // "Prescribed" that ended since and did not begin again is not believed.
                let is_prescribed = ost.is(Ost::Prescribed) && ost_ended.latest().is_none();
                let then = assessed(&started, as_of());
                assert_eq!(
                    lever(&record, Step::TreatmentStarted).map(|lever| said(&lever)),
                    (!is_prescribed).then(|| follows(&then)),
                    "{record:?}"
                );
            }
        }
    }
}

#[test]
fn where_the_start_of_treatment_raises_points_it_is_a_reason_to_stay_in_contact() {
    let record = Record {
        opioid_use: OpioidUse::Current.into(),
        ost: Ost::NotPrescribed.into(),
        ..Case::plain(as_of())
    };
    let now = assessed(&record, as_of());
    assert_eq!((now.tier(), now.points()), (Tier::Standard, 12));
    let lever = lever(&record, Step::TreatmentStarted).unwrap();
    assert_eq!((lever.tier, lever.points), (Tier::Prioritise, 4 + 11));
    assert_eq!(
        lever.to_string(),
        "If opioid substitution treatment starts today: prioritise, 15 points. Its first four \
         weeks are a time of danger too: a reason to stay in contact, never one against treatment."
    );
    assert!(now.explain().to_string().contains(&format!("\nWhat would follow\n- {lever}\n")));
}

#[test]
fn what_would_follow_is_by_the_policy_of_the_assessment() {
    let mut settings = overdose_risk::policy::Settings::default();
    settings.name = "example-service".to_owned();
    for (factor, level, points) in [
        ("naloxone", "not-held", 9),
        ("ost-started", "days-0-14", 1),
        ("ost-started", "days-15-28", 1),
        ("uses-alone", "yes", 2),
    ] {
        let level = settings.level_mut(factor, level).unwrap();
        (level.points, level.why) = (points, Some("Invented for a test.".to_owned()));
    }
    settings.prioritise.points = 11;
    settings.prioritise.why = Some("Invented for a test.".to_owned());
    settings.factor_mut("z-drugs").unwrap().off = Some("Invented for a test.".to_owned());
    let policy = Policy::new(settings).unwrap();
    let record = Record {
        naloxone: Naloxone::NotHeld.into(),
        ost: Ost::NotPrescribed.into(),
        uses_alone: Status::default(),
        z_drugs: Status::default(),
        ..Case::plain(as_of())
    };
    let assessment = assess(&record, as_of(), &policy);
    let uses_alone = |answer| Step::Answered { field: Field::UsesAlone, answer };
    let expected = [
        (Step::KitHandedOver, Tier::Standard, 4),
        (Step::TreatmentStarted, Tier::Prioritise, 9 + 1),
        (uses_alone(Answer::Named("yes")), Tier::Prioritise, 9 + 4 + 2),
        (uses_alone(Answer::Named("no")), Tier::Prioritise, 9 + 4),
    ];
    let levers = assessment.levers();
    let found: Vec<_> = levers.iter().map(|one| (one.step, one.tier, one.points)).collect();
    assert_eq!(found, expected);
}

#[test]
fn time_leads_to_the_day_on_which_a_window_has_passed() {
    let released = |days| Record { prison_release: back(days).into(), ..Case::plain(as_of()) };
    let in_date = Record { naloxone_expiry: back(-400).into(), ..released(14) };
    let levers =
        [levers(&in_date), levers(&Record { naloxone_expiry: back(-1).into(), ..in_date })];
    for levers in levers {
        let [Lever { step, tier, points, .. }] = levers[..] else { panic!("{levers:?}") };
        assert_eq!((step, tier, points), (Step::On(back(-1)), Tier::ActNow, 5));
    }

    let nothing_lapses = Record {
        prison_release: Event::NoneRecorded,
        naloxone_expiry: Status::NotCollected,
        ..in_date
    };
    assert_eq!(assessed(&nothing_lapses, as_of()).levers(), []);
}

#[test]
fn what_can_be_done_comes_first_then_the_answers_as_they_are_asked_then_time() {
    let record = Record { prison_release: back(1).into(), ..Record::default() };
    let assessment = assessed(&record, as_of());
    let levers = assessment.levers();
    let [kit, treatment, answers @ .., time] = &levers[..] else { panic!("{levers:?}") };
    assert_eq!((kit.step, treatment.step), (Step::KitHandedOver, Step::TreatmentStarted));
    assert_eq!(time.step, Step::On(back(-14)));
    let mut fields: Vec<Field> =
        answers.iter().map(|lever| answered(lever.step).unwrap().0).collect();
    fields.dedup();
    assert_eq!(fields, assessment.unknowns().to_vec());
}

#[test]
fn where_exposure_is_not_known_the_tier_of_the_known_facts_is_said_too() {
    let record = Record { opioid_use: Status::default(), ..Record::default() };
    let released = Step::Answered { field: Field::PrisonRelease, answer: Answer::On(as_of()) };
    let lever = lever(&record, released).unwrap();
    assert_eq!(said(&lever), (Tier::NotEnoughInformation, Tier::ActNow, 24));
    assert_eq!(
        lever.to_string(),
        "If `prison_release` is `2026-03-31`: not-enough-information, by the known facts act-now, \
         24 points."
    );
}

#[test]
fn answers_are_said_as_an_export_says_them() {
    let said = [
        (Answer::Named("not_prescribed"), "not_prescribed"),
        (aged(0, 34), "0-34"),
        (aged(44, 44), "44"),
        (aged(45, 120), "45+"),
        (aged(120, 120), "120"),
        (Answer::On(as_of()), "2026-03-31"),
        (Answer::NoneRecorded, "never"),
    ];
    for (answer, words) in said {
        assert_eq!(answer.to_string(), words);
    }
}

fn answered(step: Step) -> Option<(Field, Answer)> {
    match step {
        Step::Answered { field, answer } => Some((field, answer)),
        Step::KitHandedOver | Step::TreatmentStarted | Step::On(_) => None,
    }
}

/// The tiers that facts lead to, in order; nothing for those that have no place in it.
fn urgency(tier: Tier) -> Option<Urgency> {
    Urgency::ALL.into_iter().find(|urgency| Tier::from(*urgency) == tier)
}

proptest! {
    #[test]
    fn nobody_out_of_scope_has_levers_and_all_others_one_for_each_question(
        (record, as_of) in record_and_date()
    ) {
        let assessment = assessed(&record, as_of);
        let levers = assessment.levers();
        prop_assert_eq!(&assessed(assessment.record(), as_of).levers(), &levers);
        if assessment.exposure() == Exposure::No {
            prop_assert!(levers.is_empty());
        }
        let mut asked: Vec<Field> =
            levers.iter().filter_map(|lever| Some(answered(lever.step)?.0)).collect();
        asked.dedup();
        prop_assert_eq!(asked, assessment.unknowns().to_vec());
        let has = |step| levers.iter().any(|lever| lever.step == step);
        prop_assert_eq!(has(Step::KitHandedOver), assessment.naloxone_gap());
        let is_treated = assessment.record().ost.is(Ost::Prescribed);
        let in_scope = assessment.exposure() != Exposure::No;
        prop_assert_eq!(has(Step::TreatmentStarted), in_scope && !is_treated);
    }

    #[test]
    fn time_leads_to_the_assessment_of_the_day_after((record, as_of) in record_and_date()) {
        let assessment = assessed(&record, as_of);
        let day = assessment.valid_until().and_then(|until| until.succ_opt());
        let expected = day.map(|day| (Step::On(day), follows(&assessed(assessment.record(), day))));
        let levers = assessment.levers();
        let time = levers.last().filter(|lever| matches!(lever.step, Step::On(_)));
        prop_assert_eq!(time.map(|lever| (lever.step, said(lever))), expected);
    }

    /// Opioid use can be asked although `none` is known, where that is not believed: the bounds take
    /// it as it is known.
    #[test]
    fn no_answer_to_what_is_unknown_leads_beyond_the_worst_that_its_question_names(
        (record, as_of) in record_and_date()
    ) {
        let assessment = assessed(&record, as_of);
        let is_corrected = assessment.record().opioid_use.known().is_some();
        let said = assessment.explain();
        for question in &said.questions {
            let answers = said.levers.iter().filter(|lever| {
                answered(lever.step).is_some_and(|(field, _)| field == question.field)
            });
            for lever in answers.filter(|_| question.field != Field::OpioidUse || !is_corrected) {
                prop_assert!(lever.points <= question.could_points, "{lever}");
                prop_assert!(urgency(lever.by_known_facts) <= urgency(question.could_reach), "{lever}");
            }
        }
    }
}

/// The record with what happens put into it by hand, and the day.
fn changed(record: &Record, as_of: NaiveDate, step: Step) -> (Record, NaiveDate) {
    fn named<T: Code>(status: &mut Status<T>, name: &str) {
        *status = T::from_name(name).unwrap().into();
    }
    let mut record = *record;
    match step {
        Step::KitHandedOver => {
            record.naloxone = Naloxone::Held.into();
            record.naloxone_expiry = as_of.into();
        }
        Step::TreatmentStarted => {
            record.ost = Ost::Prescribed.into();
            record.ost_started = as_of.into();
        }
        Step::On(day) => return (record, day),
        Step::Answered { field, answer } => match (answer, record.fact_mut(field)) {
            (Answer::Aged { youngest, oldest }, FactMut::Age(age)) => {
                *age = Age::between(youngest, oldest).unwrap().into();
            }
            (Answer::On(day), FactMut::Event(event)) => *event = Event::On(day),
            (Answer::NoneRecorded, FactMut::Event(event)) => *event = Event::NoneRecorded,
            (Answer::On(day), FactMut::Date(date)) => *date = day.into(),
            (Answer::Named(name), FactMut::OpioidUse(status)) => named(status, name),
            (Answer::Named(name), FactMut::Ost(status)) => named(status, name),
            (Answer::Named(name), FactMut::Naloxone(status)) => named(status, name),
            (Answer::Named(name), FactMut::Injecting(status)) => named(status, name),
            (Answer::Named(name), FactMut::YesNo(status)) => named(status, name),
            (Answer::Named(name), FactMut::Housing(status)) => named(status, name),
            (answer, fact) => panic!("{answer} is no answer to {field}: {fact:?}"),
        },
    }
    (record, as_of)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn each_lever_is_the_assessment_of_the_changed_record_anew(
        (record, as_of) in record_and_date(),
        policy in policies(),
    ) {
        let assessment = assess(&record, as_of, &policy);
        for lever in assessment.levers() {
            let (record, on) = changed(assessment.record(), as_of, lever.step);
            prop_assert_eq!(said(&lever), follows(&assess(&record, on, &policy)), "{}", lever);
        }
    }
}
