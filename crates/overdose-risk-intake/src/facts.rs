//! What the rows of one person say together.
//!
//! Putting rows together is a join: in whatever order and grouping it is done, and however often with
//! the same row, the same comes out.

mod ages;
mod joined;
mod parts;
mod said;

use crate::column::Column;
use crate::problem::{Problem, ProblemKind};
use chrono::NaiveDate;
use joined::Joined;
use overdose_risk::{Field, Record};

/// What one row of a person says, or several: at most 250 bytes.
///
/// - Of an event, the latest date counts, and it is unknown if any row says so. Of planned releases one
///   that is overdue counts before the next, and that before one further ahead.
/// - Of a status, what is known counts before what is not. Where two rows know different things, the
///   one that was recorded later counts, if both say when; otherwise the fact is contradictory.
/// - Naloxone and the expiry of the kit come from the same row.
/// - Of ages, what all rows have in common counts; where that is nothing, age is contradictory.
/// - Who died on any row has died. A row that is not surely of this person ([`Facts::doubted`]) says so
///   only where no other knows better.
///
/// ```
/// use chrono::NaiveDate;
/// use overdose_risk::{Naloxone, Record, Status, Unknown};
/// use overdose_risk_intake::Facts;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let says = |naloxone: Naloxone, on| {
///     let record = Record { naloxone: naloxone.into(), ..Record::default() };
///     Facts::new(&record, on, day(31))
/// };
///
/// let mut facts = says(Naloxone::NotHeld, Some(day(1)));
/// facts.join(&says(Naloxone::Held, Some(day(2))));
/// assert_eq!(facts.record(&mut |_| {}).naloxone, Naloxone::Held.into());
///
/// // Nobody knows whether this row is the later one.
/// facts.join(&says(Naloxone::NotHeld, None));
/// let mut problems = Vec::new();
/// let record = facts.record(&mut |problem| problems.push(problem));
/// assert_eq!(record.naloxone, Status::Unknown(Unknown::Contradictory));
/// assert_eq!(problems[0].kind.name(), "rows-disagree");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Facts(Rows);

/// Nearly everybody has one row, which is kept as it was read until another is joined to it.
#[derive(Clone, Copy, Debug)]
enum Rows {
    One(OneRow),
    Joined(Joined),
}

/// One row, each fact as read on the as-of date.
#[derive(Clone, Copy, Debug)]
struct OneRow {
    record: Record,
    recorded_on: Option<NaiveDate>,
    as_of: NaiveDate,
    is_doubted: bool,
    /// Nothing in it was read.
    is_without_consent: bool,
}

/// Facts are the same if they are so joined: of a row by itself it makes no difference that it was
/// joined to itself.
impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.joined() == other.joined()
    }
}

impl Eq for Facts {}

impl Facts {
    /// What a row says of somebody who did not consent to its use: nothing. Another row of the same
    /// person counts as if this one were not there.
    pub fn without_consent(as_of: NaiveDate) -> Self {
        let mut record = Record::default();
        for field in Field::ALL {
            record.fact_mut(field).set_not_collected();
        }
        Self(Rows::One(OneRow {
            record,
            recorded_on: None,
            as_of,
            is_doubted: false,
            is_without_consent: true,
        }))
    }

    /// What one row says, that was recorded on this day if it is known.
    pub fn new(record: &Record, recorded_on: Option<NaiveDate>, as_of: NaiveDate) -> Self {
        let record = record.each_as_read_on(as_of, |_| {});
        Self::of_read(record, recorded_on.filter(|day| *day <= as_of), as_of)
    }

    /// What a row says whose facts have been read as of the day.
    pub(crate) fn of_read(
        record: Record,
        recorded_on: Option<NaiveDate>,
        as_of: NaiveDate,
    ) -> Self {
        Self(Rows::One(OneRow {
            record,
            recorded_on,
            as_of,
            is_doubted: false,
            is_without_consent: false,
        }))
    }

    /// Adds what other rows of the same person say, as of the same day.
    pub fn join(&mut self, other: &Self) {
        let mut joined = self.joined();
        joined.join(&other.joined());
        self.0 = Rows::Joined(joined);
    }

    fn joined(&self) -> Joined {
        match &self.0 {
            Rows::One(row) => Joined::of(row),
            Rows::Joined(joined) => *joined,
        }
    }

    /// The person's record, as read on the as-of date. `problem` hears of what rows disagree on, and of
    /// facts that cannot both be true.
    pub fn record(&self, problem: &mut impl FnMut(Problem)) -> Record {
        match &self.0 {
            // There is nothing that it could disagree with but itself.
            Rows::One(OneRow { record, as_of, .. }) => {
                record.together_as_read_on(*as_of, |field| {
                    problem(Problem {
                        column: Column::Fact(field),
                        kind: ProblemKind::Contradictory,
                    });
                })
            }
            Rows::Joined(joined) => joined.record(problem),
        }
    }

    /// The same from a row that may be no row, such as a line of a broken note: it removes nobody of
    /// whom another row says otherwise.
    #[must_use]
    pub fn doubted(self) -> Self {
        Self(match self.0 {
            Rows::One(row) => Rows::One(OneRow { is_doubted: true, ..row }),
            Rows::Joined(joined) => Rows::Joined(joined.doubted()),
        })
    }

    /// Whether the person has died.
    pub fn has_died(&self) -> bool {
        match &self.0 {
            Rows::One(row) => row.record.has_died(),
            Rows::Joined(joined) => joined.has_died(),
        }
    }

    /// Whether no row is of somebody who consented to its use.
    pub fn is_without_consent(&self) -> bool {
        match &self.0 {
            Rows::One(row) => row.is_without_consent,
            Rows::Joined(joined) => joined.is_without_consent(),
        }
    }
}
