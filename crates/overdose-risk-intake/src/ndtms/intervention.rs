//! Whether the intervention of a row is opioid substitution treatment, and when.

use super::codes::Modality;
use super::column::NdtmsColumn::{ModEnd, ModSt, Modal, PhBudi, PhBupren, PhMeth};
use super::row::{Row, said};
use super::substances::{Opioid, Substances};
use super::{Days, silent};
use crate::column::Column;
use crate::facts::Facts;
use crate::person::why_unknown;
use crate::problem::ProblemKind;
use chrono::NaiveDate;
use overdose_risk::{Event, Field, Ost, Record, Status, Unknown, YesNo};

/// No factor looks further back at a beginning or an end of treatment. What only may have been OST
/// leaves those unknown while that can matter, and would drown in questions if it always did.
const LATELY: std::ops::RangeInclusive<i64> = 0..=28;

pub(super) fn facts(row: &mut Row<'_, '_>, days: &Days, substances: &Substances) -> Facts {
    let is_collected = [Modal, PhMeth, PhBupren, PhBudi].into_iter().any(|column| row.has(column));
    let kind = kind(row, substances);
    let course = course(row, days, kind);
    if !is_collected {
        return Facts::new(&silent(), None, row.as_of);
    }
    let lately = |day: NaiveDate| LATELY.contains(&(row.as_of - day).num_days());
    let may_be = |day: Option<NaiveDate>, why| match day {
        Some(day) if lately(day) => Event::unknown(why),
        Some(_) | None => Event::NoneRecorded,
    };
    let (ost, on, ost_started, ost_ended) = match (kind, course) {
        (Kind::Other, _) | (Kind::Ost, Course::NotBegun) => {
            (Status::Unknown(Unknown::NotRecorded), None, Event::NoneRecorded, Event::NoneRecorded)
        }
        (Kind::MayBe(why), Course::NotBegun) => {
            (Status::Unknown(why), None, Event::NoneRecorded, Event::NoneRecorded)
        }
        (Kind::Ost, Course::Open { started }) => {
            (Ost::Prescribed.into(), Some(row.as_of), Event::On(started), Event::NoneRecorded)
        }
        (Kind::Ost, Course::Ended { started, ended }) => {
            let started = started.map_or(Event::unknown(Unknown::NotRecorded), Event::On);
            // Until its last day, so that one which begins as another ends counts before it.
            (Ost::NotPrescribed.into(), ended.pred_opt(), started, Event::On(ended))
        }
        (Kind::Ost, Course::Unclear { started, why }) => {
            let started = started.map_or(Event::unknown(why), Event::On);
            (Status::Unknown(why), None, started, Event::unknown(why))
        }
        (Kind::MayBe(why), Course::Open { started }) => {
            (Status::Unknown(why), None, may_be(Some(started), why), Event::NoneRecorded)
        }
        (Kind::MayBe(why), Course::Ended { started, ended }) => {
            (Status::Unknown(why), None, may_be(started, why), may_be(Some(ended), why))
        }
        (Kind::MayBe(one), Course::Unclear { why: other, .. }) => {
            let why = said([Some(one), Some(other)]);
            (Status::Unknown(why), None, Event::unknown(why), Event::unknown(why))
        }
    };
    let record = Record {
        ost,
        ost_started: collected(ost_started, row.has(ModSt)),
        ost_ended: collected(ost_ended, row.has(ModEnd)),
        ..silent()
    };
    Facts::new(&record, on, row.as_of)
}

/// What the intervention is.
#[derive(Clone, Copy)]
enum Kind {
    Ost,
    MayBe(Unknown),
    Other,
}

/// When it took place.
#[derive(Clone, Copy)]
enum Course {
    NotBegun,
    Open { started: NaiveDate },
    Ended { started: Option<NaiveDate>, ended: NaiveDate },
    Unclear { started: Option<NaiveDate>, why: Unknown },
}

fn kind(row: &mut Row<'_, '_>, substances: &Substances) -> Kind {
    let modality: Status<Modality> = row.code(Modal);
    let named = [PhMeth, PhBupren, PhBudi].map(|column| row.yes_no(column));
    let is_named = named.iter().any(|named| named.is(YesNo::Yes));
    let is_denied = named.iter().all(|named| named.is(YesNo::No));
    let opioid = substances.opioid();
    let may_be = Kind::MayBe(said(named.map(why_unknown)));
    match modality {
        // The review speaks of another intervention, which may be over.
        Status::Known(Modality::Other) if is_named => may_be,
        Status::Known(Modality::Other) => Kind::Other,
        _ if is_named => Kind::Ost,
        Status::Known(_) if opioid == Opioid::None => Kind::Other,
        Status::Known(Modality::Prescribing) if opioid == Opioid::Named && !is_denied => Kind::Ost,
        Status::Known(Modality::Prescribing) => may_be,
        Status::Known(Modality::Pharmacological) | Status::NotCollected if is_denied => Kind::Other,
        Status::Known(Modality::Pharmacological) | Status::NotCollected => may_be,
        Status::Unknown(why) => Kind::MayBe(why),
    }
}

fn course(row: &mut Row<'_, '_>, days: &Days, kind: Kind) -> Course {
    let start = row.past(ModSt);
    let end = row.date(ModEnd);
    // What the episode cannot outlast.
    let ended = [end, days.discharged]
        .into_iter()
        .filter_map(Status::known)
        .filter(|day| *day <= row.as_of)
        .min();
    let mut contradict = |field| {
        if !matches!(kind, Kind::Other) {
            row.report(Column::Fact(field), ProblemKind::Contradictory);
        }
        Course::Unclear { started: None, why: Unknown::Contradictory }
    };

    let started = match start {
        Status::Known(day) => Some(day),
        Status::Unknown(Unknown::NotRecorded) if end.known().is_some() => {
            return contradict(Field::OstStarted);
        }
        Status::Unknown(Unknown::NotRecorded) => return Course::NotBegun,
        Status::Unknown(why) => return Course::Unclear { started: None, why },
        Status::NotCollected => None,
    };
    let unclear = |why| Course::Unclear { started, why };
    let is_over = end.known().is_some_and(|end| Some(end) == ended);
    match (why_unknown(end), why_unknown(days.discharged)) {
        (Some(why), _) if why != Unknown::NotRecorded => return unclear(why),
        (_, Some(why)) if why != Unknown::NotRecorded && !is_over => return unclear(why),
        _ => {}
    }
    match (started, ended) {
        (Some(started), Some(ended)) if ended < started => contradict(Field::OstEnded),
        (Some(_), Some(ended)) => Course::Ended { started, ended },
        (None, Some(ended)) if is_over => Course::Ended { started, ended },
        (Some(started), None) if !matches!(end, Status::NotCollected) => Course::Open { started },
        _ => unclear(Unknown::NotRecorded),
    }
}

/// An event, of which nothing could have been recorded without its column.
fn collected(event: Event, is_collected: bool) -> Event {
    if is_collected || event.latest().is_some() { event } else { Event::NotCollected }
}
