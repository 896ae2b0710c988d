//! What was known of one person, what was not, and what was flagged.

use chrono::NaiveDate;
use overdose_risk::{Age, Code, Event, Fact, Field, Record, State, Status, Unknown};
use overdose_risk_intake::Id;
use overdose_risk_json::Flagged;
use overdose_risk_report::{Sheet, Standing};
use overdose_risk_run::{Job, LookedUp, PersonThen};
use std::fmt::Write as _;

/// Whether the run listed somebody whom it did not assess, for what an earlier one had said.
#[derive(Clone, Copy)]
pub(crate) enum Carried {
    /// What the run wrote of that is not at hand.
    NotKnown,
    No,
    /// With the reasons of this day.
    Since(NaiveDate),
}

impl Carried {
    pub(crate) fn of(id: Id<'_>, all: Option<Vec<Flagged>>) -> Self {
        let Some(all) = all else { return Self::NotKnown };
        let found = all.iter().find(|flagged| flagged.id == id.as_str());
        found.map_or(Self::No, |flagged| Self::Since(flagged.as_of))
    }
}

const ANOTHER_NIGHT: &str = "somebody whom an earlier run wanted contacted may have stood on that night's \
                             worklist: carried.ndjson of the run's folder says so";

/// What to say where nothing of the person is in the run.
pub(crate) fn nobody(then: &PersonThen, carried: Carried, job: &Job) -> Option<String> {
    if !matches!((&then.became, carried), (LookedUp::Absent, Carried::NotKnown | Carried::No)) {
        return None;
    }
    let mut text = "no row that could be read has this id: look at spelling and case".to_owned();
    if job.key.is_some() {
        text += "\nits ids were made with a key: give the pseudonym, as in its outputs";
    }
    if then.of_nobody_known > 0 {
        let rows = then.of_nobody_known;
        let _ = write!(text, "\nquarantined rows of which nobody knows whose they are: {rows}");
    }
    if matches!(carried, Carried::NotKnown) {
        let _ = write!(text, "\n{ANOTHER_NIGHT}");
    }
    Some(text)
}

/// The person in words.
pub(crate) fn told(id: Id<'_>, as_of: NaiveDate, then: &PersonThen, carried: Carried) -> String {
    let mut text = match &then.became {
        LookedUp::Assessed { record, .. } => known(id, as_of, record),
        LookedUp::Died => not_assessed(id, "the export says that the person has died"),
        LookedUp::WithoutConsent => not_assessed(
            id,
            "there is no consent to this use of their record, which says nothing about treatment or \
             contact",
        ),
        LookedUp::Quarantined => not_assessed(id, "every row with this id was quarantined"),
        LookedUp::Absent => not_assessed(id, "no row that could be read has this id"),
    };
    if !matches!(then.became, LookedUp::Assessed { .. }) {
        match carried {
            Carried::NotKnown => {
                let _ = writeln!(text, "Note: {ANOTHER_NIGHT}.");
            }
            Carried::No => {}
            Carried::Since(day) => {
                let day = day.format("%-d %B %Y");
                let _ = writeln!(
                    text,
                    "{id} stood on that night's worklist with the reasons of {day}."
                );
            }
        }
    }
    if !then.problems.is_empty() {
        text.push_str("\nWhat is recorded and could not be used as it stands\n");
        for problem in &then.problems {
            let (column, kind) = (problem.what.column, problem.what.kind);
            let _ = writeln!(text, "- {}, line {}: {column}, {kind}", problem.source, problem.line);
        }
    }
    if !then.quarantined.is_empty() {
        text.push_str("\nRows with this id that were quarantined, and not read\n");
        for row in &then.quarantined {
            let _ = writeln!(text, "- {}, line {}: {}", row.source, row.line, row.what);
        }
    }
    if then.of_nobody_known > 0 {
        let rows = then.of_nobody_known;
        let _ = writeln!(text, "\nQuarantined rows of which nobody knows whose they are: {rows}");
    }
    if let LookedUp::Assessed { flagged, .. } = &then.became {
        let standing = Some(Standing::Assessed);
        let sheet = Sheet { flagged, standing, day: None, change: None, review: None };
        let _ = write!(text, "\nWhat was flagged\n\n{sheet}");
    }
    text
}

fn not_assessed(id: Id<'_>, why: &str) -> String {
    format!("{id} was not assessed: {why}.\n")
}

/// Every fact of the record, and of each that is not known why.
fn known(id: Id<'_>, as_of: NaiveDate, record: &Record) -> String {
    let (mut known, mut unknown, mut no_place) = (String::new(), String::new(), Vec::new());
    for field in Field::ALL {
        let list = match record.state(field) {
            State::Known | State::NoneRecorded => &mut known,
            State::Unknown(_) => &mut unknown,
            State::NotCollected => {
                no_place.push(field.name());
                continue;
            }
        };
        let _ = writeln!(list, "  {:<21} {}", field.name(), value(record.fact(field), as_of));
    }
    let mut text = format!("What was known of {id} as of {as_of}\n{known}");
    if !unknown.is_empty() {
        let _ = write!(text, "\nWhat was not known, and why\n{unknown}");
    }
    if !no_place.is_empty() {
        let _ = writeln!(text, "\nWhat the export had no place for\n  {}", no_place.join(", "));
    }
    text
}

fn value(fact: Fact, as_of: NaiveDate) -> String {
    match fact {
        Fact::Age(age) => status(age, |age| years(age, as_of)),
        Fact::Event(event) => happened(event),
        Fact::Date(date) => status(date, |date| date.to_string()),
        Fact::OpioidUse(code) => named(code),
        Fact::Ost(code) => named(code),
        Fact::Naloxone(code) => named(code),
        Fact::Injecting(code) => named(code),
        Fact::YesNo(code) => named(code),
        Fact::Housing(code) => named(code),
        Fact::CaseStatus(code) => named(code),
    }
}

fn status<T>(status: Status<T>, known: impl FnOnce(T) -> String) -> String {
    match status {
        Status::Known(value) => known(value),
        Status::Unknown(why) => unknown(why),
        Status::NotCollected => NOT_COLLECTED.to_owned(),
    }
}

fn named<T: Code>(code: Status<T>) -> String {
    status(code, |code| code.name().to_owned())
}

fn happened(event: Event) -> String {
    match event {
        Event::On(day) => day.to_string(),
        Event::NoneRecorded => "none recorded".to_owned(),
        Event::Unknown { why, latest: None } => unknown(why),
        Event::Unknown { why, latest: Some(day) } => {
            format!("{}; the latest date that is known is {day}", unknown(why))
        }
        Event::NotCollected => NOT_COLLECTED.to_owned(),
    }
}

const NOT_COLLECTED: &str = "not collected";

fn unknown(why: Unknown) -> String {
    let why = match why {
        Unknown::NotRecorded => "not recorded",
        Unknown::Declined => "the person was asked and preferred not to say",
        Unknown::Unreadable => "what is recorded cannot be read",
        Unknown::Contradictory => "what is recorded cannot be true together with the rest",
    };
    why.to_owned()
}

fn years(age: Age, as_of: NaiveDate) -> String {
    match (age.birth_year(), age.range_on(as_of)) {
        (Some(year), _) => format!("born in {year}"),
        (None, Some((youngest, oldest))) if youngest == oldest => youngest.to_string(),
        (None, Some((youngest, oldest))) => format!("{youngest}-{oldest}"),
        // Years and bands have a range on every day.
        (None, None) => String::new(),
    }
}
