//! What several rows say together, in a form that another can be joined to.

use super::OneRow;
use super::ages::Ages;
use super::parts::Parts;
use super::said::{Claims, Said, same};
use crate::column::Column;
use crate::problem::{Problem, ProblemKind};
use chrono::NaiveDate;
use overdose_risk::{CaseStatus, Field, Naloxone, OpioidUse, Record, Status, Unknown};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Joined {
    as_of: NaiveDate,
    age: Ages,
    parts: Parts,
    kit: Claims<Kit>,
    /// Of rows that do not know whether a kit is held.
    loose_expiry: Said<NaiveDate>,
    has_died: bool,
    is_without_consent: bool,
}

impl Joined {
    /// What one row says.
    pub(super) fn of(row: &OneRow) -> Self {
        let OneRow { record, recorded_on, as_of, is_doubted, is_without_consent } = *row;
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
            parts: Parts::new(&record, recorded_on, as_of),
            kit: Claims::new(kit, recorded_on),
            loose_expiry,
            has_died: record.has_died() && !is_doubted,
            is_without_consent,
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.age = self.age.join(other.age);
        self.parts.join(&other.parts);
        self.kit = self.kit.join(other.kit, Kit::join);
        self.loose_expiry = self.loose_expiry.join(other.loose_expiry, same);
        self.has_died |= other.has_died;
        self.is_without_consent &= other.is_without_consent;
    }

    pub(super) fn record(&self, problem: &mut impl FnMut(Problem)) -> Record {
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

    pub(super) fn doubted(self) -> Self {
        Self { has_died: false, ..self }
    }

    pub(super) fn has_died(&self) -> bool {
        self.has_died || self.parts.say_died()
    }

    pub(super) fn is_without_consent(&self) -> bool {
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
