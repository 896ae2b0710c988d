//! The facts that are put together one by one, each by its kind.

use super::said::{Claims, same, worse};
use chrono::NaiveDate;
use overdose_risk::{
    CaseStatus, Event, Field, Housing, Injecting, OpioidUse, Ost, Record, Unknown, YesNo,
};

/// One line a fact. What depends on another fact, as naloxone and its expiry do, is not among them.
macro_rules! parts {
    (
        events { $($event:ident, $Event:ident;)+ }
        statuses { $($status:ident: $Of:ty, $Status:ident;)+ }
    ) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) struct Parts {
            $($event: Event,)+
            $($status: Claims<$Of>,)+
        }

        impl Parts {
            pub(super) fn new(record: &Record, recorded_on: Option<NaiveDate>) -> Self {
                Self {
                    $($event: record.$event,)+
                    $($status: Claims::new(record.$status, recorded_on),)+
                }
            }

            pub(super) fn join(&mut self, other: &Self, as_of: NaiveDate) {
                $(self.$event = join_events(self.$event, other.$event, Field::$Event, as_of);)+
                $(self.$status = self.$status.join(other.$status, same);)+
            }

            pub(super) fn settle(&self, record: &mut Record, disagree: &mut impl FnMut(Field)) {
                $(record.$event = self.$event;)+
                $(record.$status = self.$status.settle(same).settle(|| disagree(Field::$Status));)+
            }
        }
    };
}

parts! {
    events {
        ost_started, OstStarted;
        ost_ended, OstEnded;
        prison_release, PrisonRelease;
        prison_release_due, PrisonReleaseDue;
        detox_exit, DetoxExit;
        hospital_discharge, HospitalDischarge;
        treatment_exit, TreatmentExit;
        overdose, Overdose;
    }
    statuses {
        opioid_use: OpioidUse, OpioidUse;
        ost: Ost, Ost;
        injecting: Injecting, Injecting;
        benzodiazepines: YesNo, Benzodiazepines;
        gabapentinoids: YesNo, Gabapentinoids;
        z_drugs: YesNo, ZDrugs;
        alcohol: YesNo, Alcohol;
        suicidality: YesNo, Suicidality;
        respiratory_disease: YesNo, RespiratoryDisease;
        housing: Housing, Housing;
        uses_alone: YesNo, UsesAlone;
        case_status: CaseStatus, CaseStatus;
    }
}

fn join_events(one: Event, other: Event, field: Field, as_of: NaiveDate) -> Event {
    let latest = match (one.latest(), other.latest()) {
        (Some(one), Some(other)) => Some(if field == Field::PrisonReleaseDue {
            next(one, other, as_of)
        } else {
            one.max(other)
        }),
        (one, other) => one.or(other),
    };
    let why: Option<Unknown> = match (one.why_unknown(), other.why_unknown()) {
        (Some(one), Some(other)) => Some(worse(one, other)),
        (one, other) => one.or(other),
    };
    match (why, latest) {
        (Some(why), latest) => Event::Unknown { why, latest },
        (None, Some(date)) => Event::On(date),
        (None, None) if one == other => one,
        (None, None) => Event::NoneRecorded,
    }
}

/// Of two planned days the next that is still to come, so that a plan for next week is not hidden by
/// one for next year; else the later one.
fn next(one: NaiveDate, other: NaiveDate, as_of: NaiveDate) -> NaiveDate {
    let (earlier, later) = (one.min(other), one.max(other));
    if earlier >= as_of { earlier } else { later }
}
