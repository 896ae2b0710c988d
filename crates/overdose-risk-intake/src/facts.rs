//! What the rows of one person say together.
//!
//! Putting rows together is a join: in whatever order and grouping it is done, and however often with
//! the same row, the same comes out.

mod parts;
mod said;

use crate::column::Column;
use crate::problem::{Problem, ProblemKind};
use chrono::NaiveDate;
use overdose_risk::{Age, CaseStatus, Field, Naloxone, OpioidUse, Record, Status, Unknown};
use parts::Parts;
use said::{Claims, Said, same, worse};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    as_of: NaiveDate,
    age: Ages,
    parts: Parts,
    kit: Claims<Kit>,
    /// Of rows that do not know whether a kit is held.
    loose_expiry: Said<NaiveDate>,
    has_died: bool,
    /// Whether every row is without consent, so that nothing in them was read.
    is_without_consent: bool,
}

impl Facts {
    /// What a row says of somebody who did not consent to its use: nothing. Another row of the same
    /// person counts as if this one were not there.
    pub fn without_consent(as_of: NaiveDate) -> Self {
        let mut nothing = Record::default();
        for field in Field::ALL {
            nothing.fact_mut(field).set_not_collected();
        }
        Self { is_without_consent: true, ..Self::new(&nothing, None, as_of) }
    }

    /// What one row says, that was recorded on this day if it is known.
    pub fn new(record: &Record, recorded_on: Option<NaiveDate>, as_of: NaiveDate) -> Self {
        let record = record.each_as_read_on(as_of, |_| {});
        Self::of_read(&record, recorded_on.filter(|day| *day <= as_of), as_of)
    }

    /// What a row says whose facts have been read as of the day.
    pub(crate) fn of_read(
        record: &Record,
        recorded_on: Option<NaiveDate>,
        as_of: NaiveDate,
    ) -> Self {
        let expiry = Said::from(record.naloxone_expiry);
        let (kit, loose_expiry) = match record.naloxone {
            Status::Known(naloxone) => {
                (Status::Known(Kit { naloxone, expiry }), Said::NotCollected)
            }
            Status::Unknown(why) => (Status::Unknown(why), expiry),
            Status::NotCollected => (Status::NotCollected, expiry),
        };
        Self {
            as_of,
            age: Ages::new(record.age, as_of),
            parts: Parts::new(record, recorded_on, as_of),
            kit: Claims::new(kit, recorded_on),
            loose_expiry,
            has_died: record.has_died(),
            is_without_consent: false,
        }
    }

    /// Adds what other rows of the same person say, as of the same day.
    pub fn join(&mut self, other: &Self) {
        self.age = self.age.join(other.age);
        self.parts.join(&other.parts);
        self.kit = self.kit.join(other.kit, Kit::join);
        self.loose_expiry = self.loose_expiry.join(other.loose_expiry, same);
        self.has_died |= other.has_died;
        self.is_without_consent &= other.is_without_consent;
    }

    /// The person's record, as read on the as-of date. `problem` hears of what rows disagree on, and of
    /// facts that cannot both be true.
    pub fn record(&self, problem: &mut impl FnMut(Problem)) -> Record {
        let mut report = |field, kind| problem(Problem { column: Column::Fact(field), kind });
        let mut injects_perhaps = false;
        let mut disagree = |field| {
            injects_perhaps |= field == Field::Injecting;
            report(field, ProblemKind::RowsDisagree);
        };
        let mut record =
            Record { age: self.age.settle(self.as_of, &mut disagree), ..Record::default() };
        self.parts.settle(&mut record, self.as_of, &mut disagree);
        (record.naloxone, record.naloxone_expiry) = self.settle_kit(&mut disagree);
        if self.has_died() {
            let knows_otherwise = |case| case != CaseStatus::Died;
            if record.case_status.known().is_some_and(knows_otherwise) {
                disagree(Field::CaseStatus);
            }
            record.case_status = CaseStatus::Died.into();
        }
        // If the person injects now, that speaks against a "none".
        if injects_perhaps && record.opioid_use.is(OpioidUse::None) {
            record.opioid_use = Status::Unknown(Unknown::Contradictory);
            report(Field::OpioidUse, ProblemKind::RowsDisagree);
        }
        record.as_read_on(self.as_of, |field| report(field, ProblemKind::Contradictory))
    }

    /// The same from a row that may be no row, such as a line of a broken note: it removes nobody of
    /// whom another row says otherwise.
    #[must_use]
    pub fn doubted(self) -> Self {
        Self { has_died: false, ..self }
    }

    /// Whether the person has died.
    pub fn has_died(&self) -> bool {
        self.has_died || self.parts.say_died()
    }

    /// Whether no row is of somebody who consented to its use.
    pub fn is_without_consent(&self) -> bool {
        self.is_without_consent
    }

    fn settle_kit(
        &self,
        disagree: &mut impl FnMut(Field),
    ) -> (Status<Naloxone>, Status<NaiveDate>) {
        let kit = self.kit.settle(Kit::join);
        let expiry = match kit {
            // Where the row that knows of a kit has no place for its expiry, another row's counts.
            Said::One(Kit { expiry: Said::NotCollected, .. }) => self.loose_expiry,
            Said::One(kit) => kit.expiry,
            Said::Several => Said::Unknown(Unknown::Contradictory),
            Said::Unknown(_) | Said::NotCollected => self.loose_expiry,
        };
        let naloxone = match kit {
            Said::One(kit) => Said::One(kit.naloxone),
            Said::Several => Said::Several,
            Said::Unknown(why) => Said::Unknown(why),
            Said::NotCollected => Said::NotCollected,
        };
        (
            naloxone.settle(|| disagree(Field::Naloxone)),
            expiry.settle(|| disagree(Field::NaloxoneExpiry)),
        )
    }
}

/// A kit, or that there is none. Two rows mean the same one when both or neither say that it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kit {
    naloxone: Naloxone,
    expiry: Said<NaiveDate>,
}

impl Kit {
    fn join(self, other: Self) -> Option<Self> {
        let naloxone = same(self.naloxone, other.naloxone)?;
        Some(Self { naloxone, expiry: self.expiry.join(other.expiry, same) })
    }
}

/// What rows say of age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ages {
    Unknown(Unknown),
    NotCollected,
    /// The ages that all rows allow, and the year of birth as far as any says one.
    Within {
        youngest: u8,
        oldest: u8,
        born_in: Said<i16>,
    },
    /// There is no age that all rows allow.
    Apart,
}

impl Ages {
    fn new(age: Status<Age>, as_of: NaiveDate) -> Self {
        match age {
            Status::Known(age) => {
                let born_in = age.birth_year().and_then(|year| i16::try_from(year).ok());
                let born_in = born_in.map_or(Said::NotCollected, Said::One);
                age.range_on(as_of).map_or(Self::Apart, |(youngest, oldest)| Self::Within {
                    youngest,
                    oldest,
                    born_in,
                })
            }
            Status::Unknown(why) => Self::Unknown(why),
            Status::NotCollected => Self::NotCollected,
        }
    }

    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Apart, _) | (_, Self::Apart) => Self::Apart,
            (
                Self::Within { youngest, oldest, born_in },
                Self::Within { youngest: from, oldest: to, born_in: year },
            ) => {
                let (youngest, oldest) = (youngest.max(from), oldest.min(to));
                let born_in = born_in.join(year, same);
                if youngest <= oldest {
                    Self::Within { youngest, oldest, born_in }
                } else {
                    Self::Apart
                }
            }
            (known @ Self::Within { .. }, _) | (_, known @ Self::Within { .. }) => known,
            (Self::Unknown(one), Self::Unknown(other)) => Self::Unknown(worse(one, other)),
            (unknown @ Self::Unknown(_), _) | (_, unknown @ Self::Unknown(_)) => unknown,
            (Self::NotCollected, Self::NotCollected) => Self::NotCollected,
        }
    }

    fn settle(self, as_of: NaiveDate, disagree: &mut impl FnMut(Field)) -> Status<Age> {
        match self {
            Self::Unknown(why) => Status::Unknown(why),
            Self::NotCollected => Status::NotCollected,
            Self::Apart => {
                disagree(Field::Age);
                Status::Unknown(Unknown::Contradictory)
            }
            Self::Within { youngest, oldest, born_in } => {
                // An age by year of birth rises with time. A narrower one is as of this day alone.
                let by_year = match born_in {
                    Said::One(year) => Some(Age::born_in(year)),
                    Said::NotCollected | Said::Unknown(_) | Said::Several => None,
                };
                by_year
                    .filter(|age| age.range_on(as_of) == Some((youngest, oldest)))
                    .or_else(|| Age::between(youngest, oldest).ok())
                    .map_or(Status::Unknown(Unknown::Contradictory), Status::Known)
            }
        }
    }
}
