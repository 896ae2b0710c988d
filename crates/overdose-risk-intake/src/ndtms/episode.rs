//! What the episode says: age, release, naloxone, housing, substances, and how it ended.

use super::codes::{Exit, Source, Substance};
use super::column::NdtmsColumn;
use super::row::Row;
use super::substances::Substances;
use super::{Days, silent};
use crate::column::Column;
use crate::facts::Facts;
use crate::problem::ProblemKind;
use overdose_risk::{Age, CaseStatus, Event, Field, Naloxone, Record, Status, Unknown, YesNo};

pub(super) fn facts(row: &mut Row<'_, '_>, days: &Days, substances: &Substances) -> Facts {
    let (treatment_exit, case_status) = exit(row, days);
    let naloxone: Status<Naloxone> = row.code(NdtmsColumn::Naloxiss);
    let record = Record {
        age: age(row),
        prison_release: prison_release(row, days),
        treatment_exit,
        overdose: overdose(row),
        naloxone,
        naloxone_expiry: match naloxone {
            Status::NotCollected => Status::NotCollected,
            Status::Known(_) | Status::Unknown(_) => Status::Unknown(Unknown::NotRecorded),
        },
        benzodiazepines: substances.include(Substance::Benzodiazepine),
        gabapentinoids: substances.include(Substance::Gabapentinoid),
        alcohol: substances.include(Substance::Alcohol),
        housing: row.code(NdtmsColumn::AccmNeed),
        case_status,
        ..silent()
    };
    Facts::new(&record, Some(days.episode), row.as_of)
}

/// In whole years: the date of birth goes no further than this.
fn age(row: &mut Row<'_, '_>) -> Status<Age> {
    match row.past(NdtmsColumn::Dob) {
        Status::Known(born) => {
            let years = row.as_of.years_since(born).and_then(|years| u8::try_from(years).ok());
            let age = years.and_then(|years| Age::years(years).ok());
            if age.is_none() {
                row.report(Column::Fact(Field::Age), ProblemKind::Contradictory);
            }
            age.map_or(Status::Unknown(Unknown::Contradictory), Status::Known)
        }
        Status::Unknown(why) => Status::Unknown(why),
        Status::NotCollected => Status::NotCollected,
    }
}

fn prison_release(row: &mut Row<'_, '_>, days: &Days) -> Event {
    match row.code(NdtmsColumn::Rfls) {
        Status::Known(Source::Prison) => match days.referred {
            Status::Known(day) => {
                row.report(Column::Fact(Field::PrisonRelease), ProblemKind::Inferred);
                Event::On(day)
            }
            Status::Unknown(why) => Event::unknown(why),
            Status::NotCollected => Event::unknown(Unknown::NotRecorded),
        },
        Status::Known(Source::Elsewhere) => Event::NoneRecorded,
        Status::Unknown(why) => Event::unknown(why),
        Status::NotCollected => Event::NotCollected,
    }
}

/// Somebody was given naloxone, once, and nobody says when.
fn overdose(row: &mut Row<'_, '_>) -> Event {
    match row.code(NdtmsColumn::Naloxad) {
        Status::Known(YesNo::Yes) => Event::unknown(Unknown::NotRecorded),
        Status::Known(YesNo::No) => Event::NoneRecorded,
        Status::Unknown(why) => Event::unknown(why),
        Status::NotCollected => Event::NotCollected,
    }
}

/// Of an episode that ended: that the person left, or died.
fn exit(row: &mut Row<'_, '_>, days: &Days) -> (Event, Status<CaseStatus>) {
    let left = match days.discharged {
        Status::Known(day) => Event::On(day),
        Status::Unknown(Unknown::NotRecorded) => Event::NoneRecorded,
        Status::Unknown(why) => Event::unknown(why),
        Status::NotCollected => Event::NotCollected,
    };
    match row.code(NdtmsColumn::DisRsn) {
        Status::Known(Exit::Died) if days.discharged.known().is_some() => {
            (Event::NoneRecorded, CaseStatus::Died.into())
        }
        // Nobody is taken for dead on a reason for an end that is not recorded.
        Status::Known(Exit::Died) => {
            row.report(Column::Fact(Field::CaseStatus), ProblemKind::Contradictory);
            (left, Status::Unknown(Unknown::Contradictory))
        }
        Status::Known(Exit::Left) => (left, Status::Unknown(Unknown::NotRecorded)),
        Status::Unknown(why) => (left, Status::Unknown(why)),
        Status::NotCollected => (left, Status::NotCollected),
    }
}
