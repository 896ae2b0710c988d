//! An assessment in words.

use chrono::NaiveDate;
use expect_test::{Expect, expect};
use overdose_risk::factor::Case;
use overdose_risk::{
    Age, CaseStatus, Event, Field, Injecting, Naloxone, OpioidUse, Ost, Policy, Record, Status,
    Unknown, YesNo, assess,
};
use overdose_risk_testkit::strategies::{days_before, record_and_date};
use proptest::prelude::*;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn back(days: i64) -> Event {
    days_before(as_of(), days).into()
}

fn check(record: &Record, expected: Expect) {
    let assessment = assess(record, as_of(), Policy::practice_principles());
    expected.assert_eq(&assessment.explain().to_string());
}

fn lost_tolerance() -> Record {
    Record {
        age: Age::years(44).unwrap().into(),
        opioid_use: OpioidUse::Current.into(),
        ost: Ost::NotPrescribed.into(),
        ost_ended: back(20),
        prison_release: back(1),
        hospital_discharge: back(0),
        naloxone: Naloxone::NotHeld.into(),
        benzodiazepines: YesNo::Yes.into(),
        gabapentinoids: YesNo::Yes.into(),
        z_drugs: YesNo::Yes.into(),
        ..Case::plain(as_of())
    }
}

#[test]
fn lost_tolerance_is_counted_once_and_depressants_to_their_limit() {
    check(
        &lost_tolerance(),
        expect![[r#"
            act-now: contact within one working day.
            54 points.

            Why
            - Aged 35 to 44. 3 points [ratio, lewer-2022-hupio]
            - Uses opioids; opioid substitution treatment is not prescribed. 12 points [ratio, mcauley-2023]
            - Released from prison yesterday. 20 points, at least act-now, until 13 April 2026 [ratio, merrall-2010]
            - Holds no take-home naloxone. 4 points [judgement, bird-2016]
            - Opioid substitution treatment ended 20 days ago. 0 points (worth 14, but lost tolerance is counted once and release from prison counts most), at least act-now, until 8 April 2026 [ratio, cornish-2010]
            - Discharged from hospital today. 0 points (worth 15, but lost tolerance is counted once and release from prison counts most), at least act-now, until 2 April 2026 [ratio, lewer-2021]
            - Takes benzodiazepines. 11 points [ratio, macleod-2019]
            - Takes pregabalin or gabapentin. 4 points (worth 8, but depressants count to 15 together) [ratio, glancy-scotland]
            - Takes z-drugs. 0 points (worth 3, but depressants count to 15 together) [ratio, glancy-scotland]

            What to offer
            - Offer a check of breathing and general health.
            - Offer opioid substitution treatment with as few steps as possible.
            - Contact now: an appointment this week, the prescription bridged without a gap, take-home naloxone in hand.
            - Offer take-home naloxone and training, to the person and to those around them.
            - Call and offer an immediate restart; talk about lost tolerance.
            - Call within two days of the discharge and check the prescription.
            - Review with the prescriber; never an abrupt stop.

            What would follow
            - If a take-home naloxone kit is handed over: act-now, 50 points.
            - If opioid substitution treatment starts today: act-now, 57 points. Its first four weeks are a time of danger too: a reason to stay in contact, never one against treatment.
            - On 3 April 2026, with the same facts: act-now, 54 points.

            As of 31 March 2026, by practice-principles@1#59693b438922. Holds until 2 April 2026. Not a probability; nobody is called safe.
        "#]],
    );
}

#[test]
fn what_is_not_known_is_asked() {
    let record = Record {
        opioid_use: OpioidUse::Past.into(),
        ost_started: back(10),
        prison_release_due: back(7),
        naloxone: Status::Unknown(Unknown::Declined),
        naloxone_expiry: days_before(as_of(), 40).into(),
        detox_exit: Event::NotCollected,
        injecting: Injecting::Previous.into(),
        case_status: CaseStatus::InCustody.into(),
        ..Record::default()
    };
    check(
        &record,
        expect![[r#"
            prioritise: contact within seven days.
            In custody.
            15 points; with what is not known, at worst act-now with 92 points.

            Why
            - A release from prison was due on 24 March 2026, 7 days ago, and none is recorded since. 0 points, at least prioritise, until 16 June 2026 [judgement, merrall-2010]
            - The naloxone kit expired 40 days ago. 4 points [judgement, bird-2016]
            - Opioid substitution treatment began 10 days ago. 11 points, at least prioritise, until 4 April 2026 [ratio, cornish-2010]

            What to offer
            - Find out whether the person is out; if so, act as for a release.
            - Re-supply take-home naloxone.
            - Review the dose often; support the person through the start of treatment.

            What to ask
            - When was the person last released from prison, if ever? At worst act-now, 35 points.
            - When did opioid substitution treatment last end, if ever? At worst act-now, 31 points.
            - Is opioid substitution treatment prescribed now? At worst act-now, 35 points.
            - When was the person last discharged from hospital, if ever? At worst act-now, 30 points.
            - Does the person take benzodiazepines, prescribed or not? At worst prioritise, 26 points.
            - Is a worker concerned about suicide now? At worst prioritise, 26 points.
            - Does the person take pregabalin or gabapentin, prescribed or not? At worst prioritise, 23 points.
            - Has the person had a near-fatal overdose, and when was the last one? At worst act-now, 22 points.
            - Is alcohol use a problem for the person? At worst prioritise, 22 points.
            - How old is the person? At worst prioritise, 21 points.
            - Does the person have a respiratory disease? At worst prioritise, 20 points.
            - Does the person use alone? At worst prioritise, 20 points.
            - Where is the person living? At worst prioritise, 19 points.
            - When did the person last leave structured treatment, if ever? At worst prioritise, 18 points.
            - Does the person take z-drugs such as zopiclone, prescribed or not? At worst prioritise, 18 points.
            - Does the person hold a take-home naloxone kit? At worst prioritise, 15 points.

            What would follow
            - If a take-home naloxone kit is handed over: prioritise, 11 points.
            - If opioid substitution treatment starts today: prioritise, 15 points. Its first four weeks are a time of danger too: a reason to stay in contact, never one against treatment.
            - On 5 April 2026, with the same facts: prioritise, 9 points.

            As of 31 March 2026, by practice-principles@1#59693b438922. Holds until 4 April 2026. Not a probability; nobody is called safe.
        "#]],
    );
}

#[test]
fn without_opioid_exposure_on_record_the_place_of_the_known_facts_is_said() {
    let record = Record {
        age: Age::born_in(1990).into(),
        ost: Ost::NotPrescribed.into(),
        prison_release_due: back(-7),
        suicidality: YesNo::Yes.into(),
        opioid_use: Status::NotCollected,
        ..Case::plain(as_of())
    };
    check(
        &record,
        expect![[r#"
            not-enough-information: ask about opioid use.
            By the known facts prioritise: contact within seven days.
            14 points; with what is not known, at worst prioritise with 26 points.

            Why
            - Aged 35 to 44. 3 points, until 31 December 2035 [ratio, lewer-2022-hupio]
            - A release from prison is due on 7 April 2026, in 7 days. 0 points, at least prioritise, until 7 April 2026 [judgement, merrall-2010]
            - A worker has recorded a current concern about suicide. 11 points, at least prioritise [ratio, bogdanowicz-2016]

            What to offer
            - Offer a check of breathing and general health.
            - Arrange before the date: an appointment, the prescription bridged without a gap, take-home naloxone in hand.
            - Follow the local safety plan.

            What to ask
            - Has the person ever used any opioid that was not prescribed, and was it in the last 28 days? At worst prioritise, 26 points.

            What would follow
            - If opioid substitution treatment starts today: prioritise, 25 points. Its first four weeks are a time of danger too: a reason to stay in contact, never one against treatment.
            - On 1 April 2026, with the same facts: not-enough-information, by the known facts prioritise, 18 points.

            As of 31 March 2026, by practice-principles@1#59693b438922. Holds until 31 March 2026. Not a probability; nobody is called safe.
        "#]],
    );
}

#[test]
fn out_of_scope_is_said_and_nothing_more() {
    let record = Record {
        opioid_use: OpioidUse::None.into(),
        ost: Ost::NotPrescribed.into(),
        benzodiazepines: YesNo::Yes.into(),
        case_status: CaseStatus::InCustody.into(),
        ..Case::plain(as_of())
    };
    check(
        &record,
        expect![[r#"
            out-of-scope: no opioid exposure recorded; these rules do not apply.
            In custody.

            As of 31 March 2026, by practice-principles@1#59693b438922. Not a probability; nobody is called safe.
        "#]],
    );
}

#[test]
fn whoever_is_under_18_for_certain_is_marked_and_nobody_else() {
    let child = |age: Status<Age>| {
        let record = Record { age, ..Case::plain(as_of()) };
        assess(&record, as_of(), Policy::practice_principles()).under_18()
    };
    let years = |years| child(Age::years(years).unwrap().into());
    let band = |first, last| child(Age::between(first, last).unwrap().into());
    assert_eq!([0, 16, 17, 18, 44].map(years), [true, true, true, false, false]);
    assert!(band(15, 17) && !band(16, 18) && !band(0, 34));
    // Born in 2008, somebody turns 18 in 2026.
    assert!(child(Age::born_in(2009).into()) && !child(Age::born_in(2008).into()));
    assert!(!child(Status::default()) && !child(Status::NotCollected));
}

#[test]
fn whoever_is_under_18_is_told_that_the_rules_come_from_adults() {
    let record = Record { age: Age::years(17).unwrap().into(), ..lost_tolerance() };
    let text = assess(&record, as_of(), Policy::practice_principles()).explain().to_string();
    assert!(text.contains("\nUnder 18: these rules were made from adults' figures.\n"), "{text}");
}

#[test]
fn what_could_be_is_said_wherever_it_differs_from_what_is_known() {
    let second_line = |record: &Record| {
        let explained = assess(record, as_of(), Policy::practice_principles()).explain();
        explained.to_string().lines().nth(1).unwrap().to_owned()
    };
    let known = Record { hospital_discharge: back(1), ..Case::plain(as_of()) };
    assert_eq!(second_line(&known), "15 points.");
    let more_points = Record { uses_alone: Status::default(), ..known };
    let expected = "15 points; with what is not known, at worst act-now with 20 points.";
    assert_eq!(second_line(&more_points), expected);
    let later =
        Event::Unknown { why: Unknown::NotRecorded, latest: Some(days_before(as_of(), 60)) };
    let higher_tier = Record { overdose: later, ..Case::plain(as_of()) };
    let expected = "7 points; with what is not known, at worst act-now with 7 points.";
    assert_eq!(second_line(&higher_tier), expected);
}

#[test]
fn what_is_not_counted_names_the_one_that_counts_most() {
    let why = |record: &Record| -> Vec<(&'static str, String)> {
        let explained = assess(record, as_of(), Policy::practice_principles()).explain();
        let reasons = explained.reasons.into_iter();
        reasons.filter_map(|reason| Some((reason.factor, reason.not_counted?))).collect()
    };
    let counts_most = |worth: u8, factor: &str| {
        format!("worth {worth}, but lost tolerance is counted once and {factor} counts most")
    };
    let record = Record { prison_release: back(50), detox_exit: back(3), ..Case::plain(as_of()) };
    assert_eq!(
        why(&record),
        [(
            "prison-release",
            counts_most(3, "left inpatient detoxification or residential rehabilitation")
        )]
    );

    // On a tie, the first in the order of the catalogue counts.
    let ended = Record { ost: Ost::NotPrescribed.into(), ost_ended: back(3), ..record };
    let expected = [
        ("prison-release", counts_most(3, "opioid substitution treatment stopped")),
        ("detox-exit", counts_most(16, "opioid substitution treatment stopped")),
    ];
    assert_eq!(why(&ended), expected);

    // Worth no points, an overdue release counts all that it is worth.
    let overdue =
        Record { prison_release_due: back(3), detox_exit: back(3), ..Case::plain(as_of()) };
    assert_eq!(why(&overdue), []);
}

/// The sentence of a factor's reason.
fn sentence(record: &Record, factor: &str) -> String {
    let explained = assess(record, as_of(), Policy::practice_principles()).explain();
    let reason = explained.reasons.into_iter().find(|reason| reason.factor == factor);
    reason.map(|reason| reason.sentence).unwrap_or_default()
}

#[test]
fn days_are_said_as_people_say_them() {
    let table = [
        (-14, "A release from prison is due on 14 April 2026, in 14 days."),
        (-2, "A release from prison is due on 2 April 2026, in 2 days."),
        (-1, "A release from prison is due on 1 April 2026, tomorrow."),
        (0, "A release from prison is due on 31 March 2026, today."),
        (
            1,
            "A release from prison was due on 30 March 2026, yesterday, and none is recorded \
             since.",
        ),
        (
            2,
            "A release from prison was due on 29 March 2026, 2 days ago, and none is recorded \
             since.",
        ),
    ];
    for (days, expected) in table {
        let record = Record { prison_release_due: back(days), ..Case::plain(as_of()) };
        assert_eq!(sentence(&record, "prison-release"), expected);
    }
}

#[test]
fn the_sentence_on_stopped_treatment_names_the_end_and_the_start_that_it_rests_on() {
    let stopped = Record { ost: Ost::NotPrescribed.into(), ..Case::plain(as_of()) };
    let event = |days: Option<i64>| days.map_or(Event::NoneRecorded, back);
    let at_most_20 = Event::Unknown { why: Unknown::NotRecorded, latest: back(20).latest() };
    for (ost, started, ended, days) in [
        (Ost::NotPrescribed.into(), Some(12), event(None), 12),
        (Ost::NotPrescribed.into(), Some(12), event(Some(20)), 12),
        (Ost::NotPrescribed.into(), Some(5), event(Some(10)), 5),
        (Ost::NotPrescribed.into(), None, at_most_20, 20),
        (Status::default(), None, event(Some(10)), 10),
        (Status::NotCollected, Some(12), event(Some(10)), 10),
    ] {
        let record = Record { ost, ost_started: event(started), ost_ended: ended, ..stopped };
        let expected = format!(
            "Not known to be in opioid substitution treatment now; its last start or end on record \
             was {days} days ago."
        );
        assert_eq!(sentence(&record, "ost-stopped"), expected, "{started:?} {ended:?}");
    }
}

#[test]
fn treatment_whose_end_is_on_record_has_ended_and_is_told_without_a_doubt() {
    let stopped = Record { ost: Ost::NotPrescribed.into(), ..Case::plain(as_of()) };
    for (started, ended) in [
        (Event::NoneRecorded, 0),
        (Event::NotCollected, 10),
        (Event::Unknown { why: Unknown::NotRecorded, latest: None }, 28),
        (back(40), 20),
        (back(20), 20),
    ] {
        let record = Record { ost_started: started, ost_ended: back(ended), ..stopped };
        let when = if ended == 0 { "today".to_owned() } else { format!("{ended} days ago") };
        let expected = format!("Opioid substitution treatment ended {when}.");
        assert_eq!(sentence(&record, "ost-stopped"), expected, "{started:?}");
    }
}

proptest! {
    #[test]
    fn every_text_is_filled_in((record, as_of) in record_and_date()) {
        let assessment = assess(&record, as_of, Policy::practice_principles());
        let explained = assessment.explain();
        let text = explained.to_string();
        prop_assert!(!text.contains(['{', '}']), "{}", text);
        prop_assert_eq!(explained.reasons.len(), assessment.reasons().count());
        for (reason, plain) in explained.reasons.iter().zip(assessment.reasons()) {
            prop_assert_eq!((reason.factor, reason.level), (plain.factor.name, plain.level.name));
            prop_assert_eq!(reason.points, plain.counted);
            prop_assert_eq!(reason.not_counted.is_some(), plain.counted < plain.set.points);
            prop_assert!(explained.offers.contains(&reason.action));
        }
        let mut offers = explained.offers.clone();
        offers.sort_unstable();
        offers.dedup();
        prop_assert_eq!(offers.len(), explained.offers.len());
    }

    #[test]
    fn a_sentence_with_days_names_a_date_within_the_window((record, as_of) in record_and_date()) {
        let assessment = assess(&record, as_of, Policy::practice_principles());
        for reason in assessment.explain().reasons {
            let Some(words) = reason.sentence.strip_suffix(" days ago.") else { continue };
            let days: i64 = words.rsplit(' ').next().unwrap().parse().unwrap();
            let level = assessment.reasons().find(|r| r.factor.name == reason.factor).unwrap().level;
            let overdose_risk::factor::When::Since(_, window) = level.when else {
                panic!("{}", reason.sentence)
            };
            prop_assert!(window.contains(days), "{}", reason.sentence);
            let dates = Field::ALL.map(|field| assessment.record().fact(field).date());
            prop_assert!(dates.contains(&Some(days_before(as_of, days))));
        }
    }
}
