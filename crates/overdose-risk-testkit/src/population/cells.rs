//! What every cell of a person says, in the columns of the native export.

use super::Person;
use super::assumptions::{DAY_FIRST, MISSING_IS_BLANK, SAYS_NEVER};
use super::draw::pick;
use chrono::NaiveDate;
use overdose_risk::{Age, Code, Event, Fact, Field, Status, Unknown, YesNo};

/// The columns of the native export, in order.
pub const COLUMNS: [&str; 29] = [
    "id",
    "age",
    "age_band",
    "birth_year",
    "opioid_use",
    "ost",
    "ost_started",
    "ost_ended",
    "prison_release",
    "prison_release_due",
    "detox_exit",
    "hospital_discharge",
    "treatment_exit",
    "overdose",
    "naloxone",
    "naloxone_expiry",
    "injecting",
    "benzodiazepines",
    "gabapentinoids",
    "z_drugs",
    "alcohol",
    "suicidality",
    "respiratory_disease",
    "housing",
    "uses_alone",
    "case_status",
    "service",
    "team",
    "worker",
];

/// What one cell says, whatever the format.
#[derive(Clone, Copy)]
pub(super) enum Cell {
    Blank,
    Word(&'static str),
    Answer(YesNo),
    Number(u32),
    /// Both ages are in it; up to [`Age::OLDEST`] it is open.
    Band {
        youngest: u8,
        oldest: u8,
    },
    IsoDate(NaiveDate),
    DayFirst(NaiveDate),
    Service(u64),
    Team(u64, u64),
    Worker(u64),
}

/// Puts every cell after the id, in the order of [`COLUMNS`], with the number below 1,000 that
/// chooses among the ways of writing it.
pub(super) fn each_after_id(person: &Person, mut put: impl FnMut(Cell, u32)) {
    for (field, wording) in Field::ALL.into_iter().zip(person.wording) {
        let cell = match person.record.fact(field) {
            Fact::Age(age) => {
                ages(age, wording).into_iter().for_each(|cell| put(cell, wording));
                continue;
            }
            Fact::Event(event) => of_event(event, field, wording),
            Fact::Date(status) => of_status(status, wording, |day| date(day, wording)),
            Fact::OpioidUse(status) => of_code(status, wording),
            Fact::Ost(status) => of_code(status, wording),
            Fact::Naloxone(status) => of_code(status, wording),
            Fact::Injecting(status) => of_code(status, wording),
            Fact::YesNo(status) => of_status(status, wording, Cell::Answer),
            Fact::Housing(status) => of_code(status, wording),
            Fact::CaseStatus(status) => of_code(status, wording),
        };
        put(cell, wording);
    }
    caseloads(person).into_iter().for_each(|(cell, wording)| put(cell, wording));
}

/// How many teams the service has.
const TEAMS: u64 = 4;
/// How many workers each team has.
const WORKERS: u64 = 6;
/// One in so many people has no worker yet.
const WITHOUT_WORKER: u64 = 20;

/// The service, the team and the worker. They follow from the place alone, so that no other cell
/// depends on them, and neighbours have different ones.
fn caseloads(person: &Person) -> [(Cell, u32); 3] {
    let place = person.index % (TEAMS * WORKERS);
    let (team, worker) = (place % TEAMS + 1, place + 1);
    // Another number than the one that says who has none.
    let wording = u32::try_from(person.index / WITHOUT_WORKER % 1000).unwrap_or_default();
    let is_waiting = person.index % WITHOUT_WORKER == WITHOUT_WORKER - 1;
    let worker = if is_waiting { Cell::Blank } else { Cell::Worker(worker) };
    [Cell::Service(person.seed), Cell::Team(person.seed, team), worker].map(|cell| (cell, wording))
}

fn of_code<T: Code>(status: Status<T>, wording: u32) -> Cell {
    of_status(status, wording, |code| Cell::Word(code.name()))
}

fn of_status<T>(status: Status<T>, wording: u32, known: impl FnOnce(T) -> Cell) -> Cell {
    match status {
        Status::Known(value) => known(value),
        Status::Unknown(why) => status_gap(why, wording),
        Status::NotCollected => Cell::Blank,
    }
}

fn of_event(event: Event, field: Field, wording: u32) -> Cell {
    match event {
        Event::On(day) => date(day, wording),
        Event::NoneRecorded if wording < SAYS_NEVER && field == Field::PrisonReleaseDue => {
            Cell::Word("none")
        }
        Event::NoneRecorded if wording < SAYS_NEVER => Cell::Word("never"),
        Event::NoneRecorded | Event::NotCollected => Cell::Blank,
        Event::Unknown { why, .. } => Cell::Word(gap(why, wording)),
    }
}

/// Age, band and year of birth, of which at most one is filled.
fn ages(age: Status<Age>, wording: u32) -> [Cell; 3] {
    let age = match age {
        Status::Known(age) => age,
        Status::Unknown(why) => return [status_gap(why, wording), Cell::Blank, Cell::Blank],
        Status::NotCollected => return [Cell::Blank; 3],
    };
    if let Some(year) = age.birth_year() {
        return [Cell::Blank, Cell::Blank, Cell::Number(year.unsigned_abs())];
    }
    // Only ages by birth year depend on the day.
    match age.range_on(NaiveDate::default()) {
        Some((youngest, oldest)) if youngest == oldest => {
            [Cell::Number(youngest.into()), Cell::Blank, Cell::Blank]
        }
        Some((youngest, oldest)) => [Cell::Blank, Cell::Band { youngest, oldest }, Cell::Blank],
        None => [Cell::Blank; 3],
    }
}

fn date(day: NaiveDate, wording: u32) -> Cell {
    if wording < DAY_FIRST { Cell::DayFirst(day) } else { Cell::IsoDate(day) }
}

fn status_gap(why: Unknown, wording: u32) -> Cell {
    match why {
        Unknown::NotRecorded if wording < MISSING_IS_BLANK => Cell::Blank,
        Unknown::NotRecorded | Unknown::Declined | Unknown::Unreadable | Unknown::Contradictory => {
            Cell::Word(gap(why, wording))
        }
    }
}

/// The words for a fact that is not known. The last digit of the number chooses, as the first ones
/// may have chosen a blank.
fn gap(why: Unknown, wording: u32) -> &'static str {
    let at = wording % 10 * 100;
    match why {
        Unknown::NotRecorded => pick(at, [(400, "unknown"), (300, "not recorded")], "NA"),
        Unknown::Declined => pick(at, [(700, "declined"), (200, "refused")], "prefer not to say"),
        Unknown::Unreadable | Unknown::Contradictory => pick(at, [(500, "?"), (300, "tbc")], "x"),
    }
}
