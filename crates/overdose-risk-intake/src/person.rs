//! One record of an export, read.

use crate::caseload::Caseloads;
use crate::column::Column;
use crate::facts::Facts;
use crate::problem::{Problem, ProblemKind, Quarantine};
use crate::text;
use chrono::{Datelike as _, NaiveDate};
use overdose_risk::{Age, Event, FactMut, Field, Record, State, Status, Unknown};
use std::fmt;

/// A pseudonym that obeys the id rule: 1 to 64 letters, digits, hyphens and underscores of ASCII, a
/// letter or digit first. So it can stand in any output: it is no formula, no path and no markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id<'a>(&'a str);

impl<'a> Id<'a> {
    /// The longest id, in characters.
    pub const LONGEST: usize = 64;

    /// The id in a cell, spaces around it apart.
    ///
    /// # Errors
    ///
    /// [`Quarantine::IdMissing`] for a cell that is blank or says `unknown` or the like,
    /// [`Quarantine::IdInvalid`] for one that breaks the
    /// rule.
    pub fn read(cell: &'a [u8]) -> Result<Self, Quarantine> {
        let text = cell.trim_ascii();
        let Some(first) = text.first().filter(|_| !text::is_missing(text)) else {
            return Err(Quarantine::IdMissing);
        };
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let obeys = text.len() <= Self::LONGEST
            && first.is_ascii_alphanumeric()
            && text.iter().all(allowed);
        match std::str::from_utf8(text) {
            Ok(id) if obeys => Ok(Self(id)),
            _ => Err(Quarantine::IdInvalid),
        }
    }

    /// An id whose text was kept; a blank stands for none.
    pub(crate) fn kept(text: &'a str) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }

    /// The id as text.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A row of a person: a pseudonym, what is known, and on whose caseloads the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person<'a> {
    /// The pseudonym.
    pub id: Id<'a>,
    /// What the row says. Put the rows with the same id together before their person is assessed.
    pub facts: Facts,
    /// The caseloads that the row names. A person is on those of all rows.
    pub caseloads: Caseloads<'a>,
}

/// Reads one record. `cells` gives the text of a column, or `None` where the export lacks it.
///
/// A cell that cannot be used makes its fact unknown, and `problem` hears of it; the person is
/// still there to be assessed.
///
/// # Errors
///
/// Only when it cannot be said whose record it is.
pub fn read_person<'a>(
    cells: impl Fn(Column) -> Option<&'a [u8]>,
    as_of: NaiveDate,
    problem: &mut impl FnMut(Problem),
) -> Result<Person<'a>, Quarantine> {
    let id = Id::read(cells(Column::Id).unwrap_or_default())?;
    let facts = read_facts(&cells, as_of, problem);
    Ok(Person { id, facts, caseloads: Caseloads::read(&cells, problem) })
}

/// Reads everything in a record but its id and its caseloads.
pub(crate) fn read_facts<'a>(
    cells: &impl Fn(Column) -> Option<&'a [u8]>,
    as_of: NaiveDate,
    problem: &mut impl FnMut(Problem),
) -> Facts {
    let mut record = Record::default();
    for field in Field::ALL {
        let column = Column::Fact(field);
        let Some(cell) = cells(column) else {
            record.fact_mut(field).set_not_collected();
            continue;
        };
        if read_fact(record.fact_mut(field), field, cell) == Some(Unknown::Unreadable) {
            problem(Problem { column, kind: ProblemKind::Unreadable });
        }
    }
    record.age = first_known_age(record.age, cells, as_of, problem);

    let record = record.each_as_read_on(as_of, |field| {
        problem(Problem { column: Column::Fact(field), kind: ProblemKind::Contradictory });
    });
    let recorded_on = cells(Column::RecordedOn).and_then(|cell| recorded_on(cell, as_of, problem));
    Facts::of_read(record, recorded_on, as_of)
}

/// No day of recording before this year is believed, as no other date is.
const FIRST_YEAR: i32 = 1900;

/// The day on which a row was recorded. One in the future says nothing.
fn recorded_on(
    cell: &[u8],
    as_of: NaiveDate,
    problem: &mut impl FnMut(Problem),
) -> Option<NaiveDate> {
    let mut not_used = |kind| problem(Problem { column: Column::RecordedOn, kind });
    match text::date(cell) {
        Status::Known(day) if day > as_of || day.year() < FIRST_YEAR => {
            not_used(ProblemKind::Contradictory);
        }
        Status::Known(day) => return Some(day),
        Status::Unknown(Unknown::Unreadable) => not_used(ProblemKind::Unreadable),
        Status::Unknown(_) | Status::NotCollected => {}
    }
    None
}

/// Puts what a cell says into its place, and says why it is unknown if it is.
fn read_fact(fact: FactMut<'_>, field: Field, cell: &[u8]) -> Option<Unknown> {
    fn put<T: Copy>(place: &mut Status<T>, read: Status<T>) -> Option<Unknown> {
        *place = read;
        why_unknown(read)
    }
    match fact {
        FactMut::Age(place) => put(place, text::age(cell)),
        FactMut::Event(place) => {
            *place = text::event(cell, none_word(field));
            Event::why_unknown(*place)
        }
        FactMut::Date(place) => put(place, text::date(cell)),
        FactMut::OpioidUse(place) => put(place, text::code(cell)),
        FactMut::Ost(place) => put(place, text::code(cell)),
        FactMut::Naloxone(place) => put(place, text::code(cell)),
        FactMut::Injecting(place) => put(place, text::code(cell)),
        FactMut::YesNo(place) => put(place, text::yes_no(cell)),
        FactMut::Housing(place) => put(place, text::code(cell)),
        FactMut::CaseStatus(place) => put(place, text::code(cell)),
    }
}

/// How much a cell says in a column of facts, days or codes. Of the id nothing is known here.
pub(crate) fn state_of(column: Column, cell: &[u8], as_of: NaiveDate) -> State {
    match column {
        Column::Id => State::NotCollected,
        Column::Fact(field) => {
            let mut record = Record::default();
            read_fact(record.fact_mut(field), field, cell);
            record.state(field)
        }
        Column::AgeBand => (&text::age_band(cell)).into(),
        Column::BirthYear => (&text::birth_year(cell, as_of)).into(),
        Column::RecordedOn => (&text::date(cell)).into(),
        Column::Caseload(_) => match Id::read(cell) {
            Ok(_) => State::Known,
            Err(Quarantine::IdMissing) => State::Unknown(Unknown::NotRecorded),
            Err(_) => State::Unknown(Unknown::Unreadable),
        },
    }
}

/// The word with which a column says that there is none: nothing is due, or it never happened.
pub(crate) fn none_word(field: Field) -> &'static str {
    if field == Field::PrisonReleaseDue { "none" } else { "never" }
}

/// The first known of age, band and year of birth. Where none is, the first that somebody did write
/// says why.
fn first_known_age<'a>(
    age: Status<Age>,
    cells: &impl Fn(Column) -> Option<&'a [u8]>,
    as_of: NaiveDate,
    problem: &mut impl FnMut(Problem),
) -> Status<Age> {
    let mut read = |column, read: &dyn Fn(&[u8]) -> Status<Age>| {
        let status = cells(column).map_or(Status::NotCollected, read);
        match why_unknown(status) {
            Some(Unknown::Unreadable) => {
                problem(Problem { column, kind: ProblemKind::Unreadable });
            }
            Some(Unknown::Contradictory) => {
                problem(Problem { column, kind: ProblemKind::Contradictory });
            }
            Some(Unknown::NotRecorded | Unknown::Declined) | None => {}
        }
        status
    };
    let band = read(Column::AgeBand, &text::age_band);
    let by_birth_year = read(Column::BirthYear, &|cell| text::birth_year(cell, as_of));

    let ages = [age, band, by_birth_year];
    let known = ages.into_iter().find(|age| age.known().is_some());
    let reason = ages
        .into_iter()
        .find(|age| why_unknown(*age).is_some_and(|why| why != Unknown::NotRecorded));
    let blank = ages.into_iter().find(|age| why_unknown(*age).is_some());
    known.or(reason).or(blank).unwrap_or(Status::NotCollected)
}

pub(crate) fn why_unknown<T>(status: Status<T>) -> Option<Unknown> {
    match status {
        Status::Unknown(why) => Some(why),
        Status::Known(_) | Status::NotCollected => None,
    }
}
