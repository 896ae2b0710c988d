//! Learning of a risk never makes a person less urgent, by the default policy and by any other that is
//! accepted, apart from the exceptions written down here.

use chrono::NaiveDate;
use overdose_risk::factor::{Case, Urgency};
use overdose_risk::{
    Age, Event, FactMut, Field, Housing, Injecting, Naloxone, OpioidUse, Ost, Policy, Record,
    Status, Tier, YesNo, assess,
};
use overdose_risk_testkit::strategies::policies;
use overdose_risk_testkit::strategies::{EDGES, days_before, record_and_date};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// What decides the place of a person, least urgent first: out of scope, then by what the known
/// facts call for, then by points.
fn rank(record: &Record, as_of: NaiveDate, policy: &Policy) -> (Option<Urgency>, u16) {
    let assessment = assess(record, as_of, policy);
    (assessment.known_urgency(), assessment.points())
}

/// By any policy, and by the default.
fn check(
    before: Record,
    after: Record,
    as_of: NaiveDate,
    policy: &Policy,
) -> Result<(), TestCaseError> {
    for policy in [policy, Policy::practice_principles()] {
        let (urgency_before, points_before) = rank(&before, as_of, policy);
        let (urgency_after, points_after) = rank(&after, as_of, policy);
        prop_assert!(
            urgency_after >= urgency_before && points_after >= points_before,
            "{:?} with {} became {:?} with {}:\n{:?}\n{:?}\n{}",
            urgency_before,
            points_before,
            urgency_after,
            points_after,
            before,
            after,
            policy.changes()
        );
    }
    Ok(())
}

/// Changes of a status to its risk value, from whatever it was.
const RISKS: [fn(&mut Record); 15] = [
    |record| record.age = Age::between(45, 60).unwrap().into(),
    |record| record.opioid_use = OpioidUse::Current.into(),
    |record| record.naloxone = Naloxone::NotHeld.into(),
    |record| {
        // To forget that there is no kit is no risk that becomes known.
        if !record.naloxone.is(Naloxone::NotHeld) {
            record.naloxone = Default::default();
        }
    },
    |record| record.injecting = Injecting::Current.into(),
    |record| record.benzodiazepines = YesNo::Yes.into(),
    |record| record.gabapentinoids = YesNo::Yes.into(),
    |record| record.z_drugs = YesNo::Yes.into(),
    |record| record.alcohol = YesNo::Yes.into(),
    |record| record.suicidality = YesNo::Yes.into(),
    |record| record.respiratory_disease = YesNo::Yes.into(),
    |record| record.housing = Housing::NoFixedAbode.into(),
    |record| record.uses_alone = YesNo::Yes.into(),
    |record| {
        record.overdose = Event::Unknown {
            why: overdose_risk::Unknown::NotRecorded,
            latest: record.overdose.latest(),
        };
    },
    |record| record.case_status = overdose_risk::CaseStatus::InCustody.into(),
];

/// Events of which a later one is never less dangerous, whatever else is recorded.
const EVENTS: [Field; 5] = [
    Field::OstEnded,
    Field::DetoxExit,
    Field::HospitalDischarge,
    Field::TreatmentExit,
    Field::Overdose,
];

fn on(record: &Record, field: Field, date: NaiveDate) -> Record {
    let mut record = *record;
    if let FactMut::Event(event) = record.fact_mut(field) {
        *event = date.into();
    }
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_risk_that_becomes_known_never_lowers_anybody((record, as_of) in record_and_date(), policy in policies()) {
        for put in RISKS {
            let mut riskier = record;
            put(&mut riskier);
            check(record, riskier, as_of, &policy)?;
        }
        let expired = Record { naloxone_expiry: days_before(as_of, 1).into(), ..record };
        check(record, expired, as_of, &policy)?;
    }

    #[test]
    fn past_use_counts_no_less_than_none_or_not_known((record, as_of) in record_and_date(), policy in policies()) {
        let past = Record { opioid_use: OpioidUse::Past.into(), ..record };
        if !record.opioid_use.is(OpioidUse::Current) {
            check(record, past, as_of, &policy)?;
        }
    }

    #[test]
    fn growing_older_never_lowers_anybody(
        (record, as_of) in record_and_date(),
        policy in policies(),
        youngest in 0..=100_u8,
        band in 0..=10_u8,
        more in 0..=10_u8,
    ) {
        let aged = |from: u8| {
            Record { age: Age::between(from, from + band).unwrap().into(), ..record }
        };
        check(aged(youngest), aged(youngest + more), as_of, &policy)?;
        let unknown = Record { age: Default::default(), ..record };
        check(unknown, aged(youngest), as_of, &policy)?;
    }

    #[test]
    fn a_later_event_never_lowers_anybody((record, as_of) in record_and_date(), policy in policies(), days in 0..400_i64) {
        let date = days_before(as_of, days);
        let read = record.as_read_on(as_of, |_| {});
        for field in EVENTS {
            if read.fact(field).date().is_none_or(|known| known <= date) {
                check(read, on(&read, field, date), as_of, &policy)?;
            }
        }
    }

    #[test]
    fn a_later_release_never_lowers_anybody_unless_it_is_the_planned_one_long_ago(
        (record, as_of) in record_and_date(),
        policy in policies(),
        days in 0..400_i64,
    ) {
        let date = days_before(as_of, days);
        let read = record.as_read_on(as_of, |_| {});
        let later = read.prison_release.latest().is_none_or(|known| known <= date);
        let explains = days > 84 && read.prison_release_due.latest().is_some();
        if later && !explains {
            check(read, on(&read, Field::PrisonRelease, date), as_of, &policy)?;
        }
    }

    #[test]
    fn a_planned_release_never_lowers_anybody((record, as_of) in record_and_date(), policy in policies(), days in -100..400_i64) {
        let planned = on(&record, Field::PrisonReleaseDue, days_before(as_of, days));
        let none = Record { prison_release_due: Event::NoneRecorded, ..record };
        check(none, planned, as_of, &policy)?;
    }

    #[test]
    fn a_later_start_never_lowers_anybody_unless_it_is_a_restart(
        (record, as_of) in record_and_date(),
        policy in policies(),
        days in 0..400_i64,
    ) {
        let date = days_before(as_of, days);
        let read = record.as_read_on(as_of, |_| {});
        let later = read.ost_started.latest().is_none_or(|known| known <= date);
        // The record as written: its `ost` may contradict the rest until a restart explains it.
        let restart = record.ost.is(Ost::Prescribed)
            && read.ost_ended.latest().is_some_and(|ended| ended <= date);
        if later && !restart {
            let before = Record { ost: record.ost, ..read };
            check(before, on(&before, Field::OstStarted, date), as_of, &policy)?;
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// What having begun counts goes when treatment is known not to be prescribed, so points can fall;
    /// no tier does.
    #[test]
    fn to_learn_that_treatment_has_stopped_makes_nobody_less_urgent(policy in policies()) {
        for (started, ended, release) in started_ended_and_released() {
            for use_now in [OpioidUse::Current.into(), OpioidUse::Past.into(), Status::default()] {
                for ost in [Status::default(), Ost::Prescribed.into(), Status::NotCollected] {
                    let record = Record {
                        opioid_use: use_now,
                        ost,
                        ost_started: started,
                        ost_ended: ended,
                        prison_release: release,
                        ..Case::plain(as_of())
                    };
                    let stopped = Record { ost: Ost::NotPrescribed.into(), ..record };
                    let urgency = |record| rank(record, as_of(), &policy).0;
                    let lowers = urgency(&stopped) < urgency(&record);
                    prop_assert!(!lowers, "{:?}", (started, ended, release, &policy));
                }
            }
        }
    }

    #[test]
    fn to_learn_of_a_release_within_its_windows_makes_nobody_with_a_plan_less_urgent(
        policy in policies(),
    ) {
        for due in EDGES {
            let planned = Record { prison_release_due: back(due), ..Case::plain(as_of()) };
            for days in EDGES.into_iter().filter(|days| (0..=84).contains(days)) {
                let released = Record { prison_release: back(days), ..planned };
                check(planned, released, as_of(), &policy)?;
            }
        }
    }
}

/// Dates on both sides of each window of treatment, with and without a release from prison.
fn started_ended_and_released() -> Vec<(Event, Event, Event)> {
    let days = [0, 14, 15, 28, 29];
    let events: Vec<Event> =
        days.into_iter().map(back).chain([Event::NoneRecorded, Event::default()]).collect();
    let releases = [Event::NoneRecorded, back(3)];
    let with = |started| events.iter().map(move |ended| (started, *ended));
    let pairs = events.iter().flat_map(|started| with(*started));
    pairs.flat_map(|(one, other)| releases.map(|release| (one, other, release))).collect()
}

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn back(days: i64) -> Event {
    days_before(as_of(), days).into()
}

fn assessed(record: &Record) -> (Tier, u16) {
    let assessment = assess(record, as_of(), Policy::practice_principles());
    (assessment.tier(), assessment.points())
}

#[test]
fn exception_a_confirmed_release_explains_an_overdue_one() {
    let overdue = Record { prison_release_due: back(60), ..Case::plain(as_of()) };
    assert_eq!(assessed(&overdue), (Tier::Prioritise, 0));
    let released = Record { prison_release: back(88), ..overdue };
    assert_eq!(assessed(&released), (Tier::Standard, 0));
    let released_before_that = Record { prison_release: back(89), ..overdue };
    assert_eq!(assessed(&released_before_that), (Tier::Prioritise, 0));
}

#[test]
fn exception_a_restart_ends_the_danger_of_having_stopped() {
    let stopped = Record { ost_ended: back(5), ..Case::plain(as_of()) };
    assert_eq!(assessed(&stopped), (Tier::ActNow, 16));
    let restarted = Record { ost_started: back(5), ..stopped };
    assert_eq!(assessed(&restarted), (Tier::Prioritise, 11));
    let started_before_that = Record { ost_started: back(6), ..stopped };
    assert_eq!(assessed(&started_before_that), (Tier::ActNow, 16 + 11));
}

#[test]
fn exception_treatment_now_replaces_what_its_absence_or_its_start_counted() {
    let facts = Record {
        prison_release: back(50),
        ost_started: back(20),
        ost_ended: back(300),
        treatment_exit: back(10),
        ..Case::plain(as_of())
    };
    let prescribed = Record { ost: Ost::Prescribed.into(), ..facts };
    let unknown = Record { ost: Default::default(), ..facts };
    let not_prescribed = Record { ost: Ost::NotPrescribed.into(), ..facts };
    // Released (3) and just begun (5); leaving treatment adds nothing while it is prescribed.
    assert_eq!(assessed(&prescribed), (Tier::Prioritise, 8));
    assert_eq!(assessed(&unknown), (Tier::Prioritise, 8));
    // Begun 20 days ago and not prescribed: stopped (14), abstinent (4).
    assert_eq!(assessed(&not_prescribed), (Tier::ActNow, 18));

    let released = Record { prison_release: back(3), ..unknown };
    assert_eq!(assessed(&released), (Tier::ActNow, 20 + 5));
    let stopped_too = Record { prison_release: back(3), ..not_prescribed };
    assert_eq!(assessed(&stopped_too), (Tier::ActNow, 20 + 4));
}

#[test]
fn exception_another_planned_date_replaces_an_overdue_one() {
    let overdue = Record { prison_release_due: back(60), ..Case::plain(as_of()) };
    let put_off = Record { prison_release_due: back(-60), ..overdue };
    assert_eq!(assessed(&overdue), (Tier::Prioritise, 0));
    assert_eq!(assessed(&put_off), (Tier::Standard, 0));
}

#[test]
fn exception_an_explicit_none_takes_the_person_out_of_scope() {
    let record = Record {
        opioid_use: OpioidUse::None.into(),
        ost: Ost::Prescribed.into(),
        uses_alone: YesNo::Yes.into(),
        ..Case::plain(as_of())
    };
    assert_eq!(assessed(&record), (Tier::Standard, 5));
    let not_treated = Record { ost: Ost::NotPrescribed.into(), ..record };
    assert_eq!(assessed(&not_treated), (Tier::OutOfScope, 0));
    let injecting = Record { injecting: Injecting::Current.into(), ..not_treated };
    assert_eq!(assessed(&injecting), (Tier::NotEnoughInformation, 14));
}
