//! One record of an export, read.

use crate::caseload::Caseloads;
use crate::cell::{Cell, Cells};
use crate::column::Column;
use crate::exact;
use crate::facts::Facts;
use crate::problem::{Problem, ProblemKind, Quarantine};
use crate::text;
use crate::words::{Afresh, Certain, Says, Words};
use chrono::{Datelike as _, NaiveDate};
use overdose_risk::{Age, Event, Field, Record, State, Status, Unknown, YesNo};
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
        let kinds = text.iter().fold(0, |kinds, byte| kinds | kind_of(*byte));
        let obeys = text.len() <= Self::LONGEST
            && text.first().is_some_and(u8::is_ascii_alphanumeric)
            && kinds & NOT_ALLOWED == 0;
        // No word for a missing one has a digit in it.
        if kinds & DIGIT == 0 && text::is_missing(text) {
            return Err(Quarantine::IdMissing);
        }
        match std::str::from_utf8(text) {
            Ok(id) if obeys => Ok(Self(id)),
            _ => Err(Quarantine::IdInvalid),
        }
    }

    /// Puts the id in a cell into the place of one before it, if it has a digit as most have; whether
    /// another one is an id is for [`Id::read`] to say.
    pub(crate) fn keep(cell: Cell<'a>, kept: &mut String) -> bool {
        kept.clear();
        let text = cell.text();
        let kinds = text.iter().fold(0, |kinds, byte| kinds | kind_of(*byte));
        let obeys = kinds == DIGIT
            && text.len() <= Self::LONGEST
            && text.first().is_some_and(u8::is_ascii_alphanumeric);
        // A short one is copied with zeros behind it up to a fixed length.
        let short = exact::key(cell).map(exact::bytes);
        match std::str::from_utf8(short.as_ref().map_or(text, |bytes| bytes.as_slice())) {
            Ok(id) if obeys => {
                kept.push_str(id);
                kept.truncate(text.len());
                true
            }
            _ => false,
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

/// A byte of an id that is a digit, and one that none has. Others are neither.
const DIGIT: u8 = 1;
const NOT_ALLOWED: u8 = 2;

fn kind_of(byte: u8) -> u8 {
    const KINDS: [u8; 256] = {
        let mut kinds = [NOT_ALLOWED; 256];
        let mut rest = kinds.as_mut_slice();
        let mut byte: u8 = 0;
        while let [kind, others @ ..] = rest {
            if byte.is_ascii_digit() {
                *kind = DIGIT;
            } else if byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_') {
                *kind = 0;
            }
            byte = byte.wrapping_add(1);
            rest = others;
        }
        kinds
    };
    KINDS.get(usize::from(byte)).copied().unwrap_or(NOT_ALLOWED)
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
    let in_slot = |slot| Column::at(slot).and_then(&cells);
    let facts = read_facts(&in_slot, &mut Afresh, as_of, problem);
    Ok(Person { id, facts, caseloads: Caseloads::read(&cells, problem) })
}

/// Reads everything in a record but its id and its caseloads.
pub(crate) fn read_facts<'a>(
    cells: &dyn Cells<'a>,
    words: &mut impl Says,
    as_of: NaiveDate,
    problem: &mut dyn FnMut(Problem),
) -> Facts {
    let mut record = Record::default();
    read_record(cells, words, as_of, problem, &mut record);
    let record = record.each_as_read_on(as_of, |field| {
        problem(Problem { column: Column::Fact(field), kind: ProblemKind::Contradictory });
    });
    let recorded_on = cells
        .cell(Column::RecordedOn.index())
        .and_then(|cell| recorded_on(cell.text(), as_of, problem));
    Facts::of_read(record, recorded_on, as_of)
}

/// The same of a record in which there is no doubt about any cell; `None` of any other.
#[inline]
pub(crate) fn certain_facts<'a>(
    cells: &impl Cells<'a>,
    words: &Words,
    as_of: NaiveDate,
) -> Option<Facts> {
    let mut record = Record::default();
    let mut certain = Certain::of(words);
    let mut has_problem = false;
    let mut hear = |_| has_problem = true;
    read_record(cells, &mut certain, as_of, &mut hear, &mut record);
    let recorded_on = cells
        .cell(Column::RecordedOn.index())
        .and_then(|cell| recorded_on(cell.text(), as_of, &mut hear));
    let record = record.each_as_read_on(as_of, |_| has_problem = true);
    if has_problem || certain.is_in_doubt() {
        return None;
    }
    Some(Facts::of_read(record, recorded_on, as_of))
}

/// Every fact as its cell has it, whether or not that can be true.
#[inline(never)]
fn read_record<'a>(
    cells: &(impl Cells<'a> + ?Sized),
    words: &mut impl Says,
    as_of: NaiveDate,
    problem: &mut (impl FnMut(Problem) + ?Sized),
    record: &mut Record,
) {
    let mut of = Row { cells, words, problem };
    of.status(&mut record.age, Field::Age, |words, cell| words.age(cell));
    of.status(&mut record.opioid_use, Field::OpioidUse, |words, cell| words.opioid_use(cell));
    of.status(&mut record.ost, Field::Ost, |words, cell| words.ost(cell));
    of.event(&mut record.ost_started, Field::OstStarted);
    of.event(&mut record.ost_ended, Field::OstEnded);
    of.event(&mut record.prison_release, Field::PrisonRelease);
    of.event(&mut record.prison_release_due, Field::PrisonReleaseDue);
    of.event(&mut record.detox_exit, Field::DetoxExit);
    of.event(&mut record.hospital_discharge, Field::HospitalDischarge);
    of.event(&mut record.treatment_exit, Field::TreatmentExit);
    of.event(&mut record.overdose, Field::Overdose);
    of.status(&mut record.naloxone, Field::Naloxone, |words, cell| words.naloxone(cell));
    of.status(&mut record.naloxone_expiry, Field::NaloxoneExpiry, |words, cell| words.date(cell));
    of.status(&mut record.injecting, Field::Injecting, |words, cell| words.injecting(cell));
    of.yes_no(&mut record.benzodiazepines, Field::Benzodiazepines);
    of.yes_no(&mut record.gabapentinoids, Field::Gabapentinoids);
    of.yes_no(&mut record.z_drugs, Field::ZDrugs);
    of.yes_no(&mut record.alcohol, Field::Alcohol);
    of.yes_no(&mut record.suicidality, Field::Suicidality);
    of.yes_no(&mut record.respiratory_disease, Field::RespiratoryDisease);
    of.status(&mut record.housing, Field::Housing, |words, cell| words.housing(cell));
    of.yes_no(&mut record.uses_alone, Field::UsesAlone);
    of.status(&mut record.case_status, Field::CaseStatus, |words, cell| words.case_status(cell));
    record.age = first_known_age(record.age, cells, as_of, problem);
}

/// The cells of a row, who says what they say, and who hears of what cannot be read.
struct Row<'r, C: ?Sized, W, P: ?Sized> {
    cells: &'r C,
    words: &'r mut W,
    problem: &'r mut P,
}

impl<'a, C, W, P> Row<'_, C, W, P>
where
    C: Cells<'a> + ?Sized,
    W: Says,
    P: FnMut(Problem) + ?Sized,
{
    #[inline(always)]
    fn status<T: Copy>(
        &mut self,
        place: &mut Status<T>,
        field: Field,
        says: impl FnOnce(&mut W, Cell<'a>) -> Status<T>,
    ) {
        *place = match self.cells.cell(Column::Fact(field).index()) {
            Some(cell) => says(self.words, cell),
            None => Status::NotCollected,
        };
        if W::SAYS_UNREADABLE && why_unknown(*place) == Some(Unknown::Unreadable) {
            self.report_unreadable(field);
        }
    }

    #[inline(always)]
    fn yes_no(&mut self, place: &mut Status<YesNo>, field: Field) {
        self.status(place, field, |words, cell| words.yes_no(cell));
    }

    #[inline(always)]
    fn event(&mut self, place: &mut Event, field: Field) {
        let Some(cell) = self.cells.cell(Column::Fact(field).index()) else {
            *place = Event::NotCollected;
            return;
        };
        // As nearly all are.
        if cell.is_blank() {
            *place = Event::NoneRecorded;
            return;
        }
        *place = self.words.event(field, cell);
        if W::SAYS_UNREADABLE && place.why_unknown() == Some(Unknown::Unreadable) {
            self.report_unreadable(field);
        }
    }

    #[cold]
    fn report_unreadable(&mut self, field: Field) {
        (self.problem)(Problem { column: Column::Fact(field), kind: ProblemKind::Unreadable });
    }
}

/// No day of recording before this year is believed, as no other date is.
const FIRST_YEAR: i32 = 1900;

/// The day on which a row was recorded. One in the future says nothing.
fn recorded_on(
    cell: &[u8],
    as_of: NaiveDate,
    problem: &mut (impl FnMut(Problem) + ?Sized),
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

/// How much a cell says in a column of facts, days or codes. Of the id nothing is known here.
pub(crate) fn state_of(column: Column, cell: &[u8], as_of: NaiveDate) -> State {
    match column {
        Column::Id => State::NotCollected,
        Column::Fact(field) => {
            let alone = |slot| (slot == column.index()).then_some(cell);
            let mut record = Record::default();
            read_record(&alone, &mut Afresh, as_of, &mut |_| {}, &mut record);
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
    cells: &(impl Cells<'a> + ?Sized),
    as_of: NaiveDate,
    problem: &mut (impl FnMut(Problem) + ?Sized),
) -> Status<Age> {
    let band = cells.cell(Column::AgeBand.index());
    let birth_year = cells.cell(Column::BirthYear.index());
    let is_blank = |cell: Option<Cell<'a>>| cell.is_none_or(Cell::is_blank);
    if age.known().is_some() && is_blank(band) && is_blank(birth_year) {
        return age;
    }
    let mut heard = |column, status| {
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
    let band = band.map_or(Status::NotCollected, |cell| text::age_band(cell.text()));
    let band = heard(Column::AgeBand, band);
    let birth_year =
        birth_year.map_or(Status::NotCollected, |cell| text::birth_year(cell.text(), as_of));
    let birth_year = heard(Column::BirthYear, birth_year);

    let ages = [age, band, birth_year];
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
