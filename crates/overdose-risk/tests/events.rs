//! Things that happen on a day: every day in and around every window, against the policy's rules
//! transcribed one by one.

use chrono::NaiveDate;
use overdose_risk::factor::Case;
use overdose_risk::{Event, Ost, Policy, Record, Status, Unknown, assess};
use overdose_risk_testkit::strategies::days_before;

type Put = fn(&mut Record, Event);
type Found = [Option<&'static str>; 2];

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()
}

fn found(record: &Record, factor: &str) -> Found {
    let assessment = assess(record, as_of(), Policy::practice_principles());
    let (_, low, high) = assessment.findings().find(|(known, ..)| known.name == factor).unwrap();
    [low, high].map(|level| level.map(|level| level.name))
}

/// What is known of an event, as the policy counts: days back, and whether a later one is missing.
#[derive(Clone, Copy, Debug)]
struct Seen {
    days: Option<i64>,
    unknown: bool,
}

/// Every kind of event, at each of these days back.
fn every(days: impl Iterator<Item = i64>) -> Vec<(Event, Seen)> {
    let mut events = vec![
        (Event::NoneRecorded, Seen { days: None, unknown: false }),
        (Event::NotCollected, Seen { days: None, unknown: false }),
        (Event::unknown(Unknown::Unreadable), Seen { days: None, unknown: true }),
    ];
    for day in days {
        let date = days_before(as_of(), day);
        events.push((date.into(), Seen { days: Some(day), unknown: false }));
        let later = Event::Unknown { why: Unknown::Declined, latest: Some(date) };
        events.push((later, Seen { days: Some(day), unknown: true }));
    }
    events
}

/// One window of a factor: its level, first and last day, and a weight that orders points and
/// floors.
type Window = (&'static str, i64, i64, u8);

fn level(windows: &[Window], days: Option<i64>) -> Option<&'static str> {
    let days = days?;
    windows.iter().find(|(_, first, last, _)| (*first..=*last).contains(&days)).map(|row| row.0)
}

/// The one that weighs more; the first when neither does.
fn worse(
    windows: &[Window],
    one: Option<&'static str>,
    other: Option<&'static str>,
) -> Option<&'static str> {
    let weight = |level: Option<&str>| {
        let row = windows.iter().find(|row| Some(row.0) == level);
        row.map_or(0, |row| row.3)
    };
    if weight(other) > weight(one) { other } else { one }
}

fn by_days(windows: &[Window], event: Seen) -> Found {
    let low = level(windows, event.days);
    let high =
        if event.unknown { worse(windows, low, windows.first().map(|row| row.0)) } else { low };
    [low, high]
}

const RELEASED: &[Window] =
    &[("days-0-14", 0, 14, 9), ("days-15-28", 15, 28, 8), ("days-29-84", 29, 84, 7)];
const STOPPED: &[Window] = &[("days-0-14", 0, 14, 9), ("days-15-28", 15, 28, 8)];
const LEFT: &[Window] = &[("days-0-28", 0, 28, 9)];
const DISCHARGED: &[Window] =
    &[("days-0-2", 0, 2, 9), ("days-3-14", 3, 14, 8), ("days-15-28", 15, 28, 7)];
const OVERDOSED: &[Window] =
    &[("days-0-28", 0, 28, 9), ("days-29-183", 29, 183, 8), ("days-184-365", 184, 365, 7)];

#[test]
fn detoxification_hospital_and_overdose_by_days() {
    let table: [(&str, &[Window], Put); 3] = [
        ("detox-exit", LEFT, |record, event| record.detox_exit = event),
        ("hospital-discharge", DISCHARGED, |record, event| record.hospital_discharge = event),
        ("overdose", OVERDOSED, |record, event| record.overdose = event),
    ];
    for (factor, windows, put) in table {
        for (event, seen) in every(0..=400) {
            let mut record = Case::plain(as_of());
            put(&mut record, event);
            assert_eq!(found(&record, factor), by_days(windows, seen), "{factor}: {event:?}");
        }
    }
}

#[test]
fn release_from_prison_by_the_release_and_the_planned_date() {
    for (prison_release, released) in every(0..=120) {
        for (prison_release_due, due) in every(-20..=120) {
            let [mut low, mut high] = by_days(RELEASED, released);
            let happened = |due: i64| released.days.is_some_and(|released| released <= due + 28);
            if let Some(due) = due.days.filter(|due| !happened(*due)) {
                if low.is_none() {
                    low = match due {
                        1..=84 => Some("release-overdue"),
                        -14..=0 => Some("due-within-14-days"),
                        _ => None,
                    };
                    high = high.or(low);
                }
                if (0..=84).contains(&due) {
                    high = Some("days-0-14");
                }
            }
            let facts = Case::plain(as_of());
            let record = Record { prison_release, prison_release_due, ..facts };
            assert_eq!(
                found(&record, "prison-release"),
                [low, high],
                "{prison_release:?} {prison_release_due:?}"
            );
        }
    }
}

const EVERY_OST: [Status<Ost>; 4] = [
    Status::Known(Ost::Prescribed),
    Status::Known(Ost::NotPrescribed),
    Status::Unknown(Unknown::NotRecorded),
    Status::NotCollected,
];

#[test]
fn leaving_treatment_does_not_count_while_treatment_is_prescribed() {
    for ost in EVERY_OST {
        for (treatment_exit, seen) in every(0..=40) {
            let record = Record { ost, treatment_exit, ..Case::plain(as_of()) };
            let expected = if ost.is(Ost::Prescribed) { [None; 2] } else { by_days(LEFT, seen) };
            assert_eq!(found(&record, "treatment-exit"), expected, "{ost:?} {treatment_exit:?}");
        }
    }
}

#[test]
fn treatment_that_stopped_or_began_by_treatment_now_its_start_and_its_end() {
    for ost in EVERY_OST {
        for (ost_started, started) in every(0..=32) {
            for (ost_ended, ended) in every(0..=32) {
                let record = Record { ost, ost_started, ost_ended, ..Case::plain(as_of()) };
                let began_again = match (started.days, ended.days) {
                    (Some(started), Some(ended)) => started <= ended,
                    (None, _) => false,
                    (Some(_), None) => true,
                };
                let ended_lately = ended.days.is_some_and(|days| days <= 28);
                let contradictory = ost.is(Ost::Prescribed) && ended_lately && !began_again;
                let ost_now = if contradictory { None } else { ost.known() };

                let start_is_later = match (started.days, ended.days) {
                    (Some(started), Some(ended)) => started < ended,
                    (started, None) => started.is_some(),
                    (None, Some(_)) => false,
                };
                let by_start = if start_is_later { level(STOPPED, started.days) } else { None };
                let [mut low, mut high] = by_days(STOPPED, ended);
                if ost_now == Some(Ost::NotPrescribed) {
                    low = worse(STOPPED, low, by_start);
                }
                high = worse(STOPPED, high, by_start);
                if started.unknown {
                    high = worse(STOPPED, high, Some("days-0-14"));
                }
                let stopped =
                    if ost_now == Some(Ost::Prescribed) { [None; 2] } else { [low, high] };
                let began = if ost_now == Some(Ost::NotPrescribed) {
                    [None; 2]
                } else {
                    by_days(STOPPED, started)
                };
                let message = format!("{ost:?} {ost_started:?} {ost_ended:?}");
                assert_eq!(found(&record, "ost-stopped"), stopped, "{message}");
                assert_eq!(found(&record, "ost-started"), began, "{message}");
            }
        }
    }
}
