//! The facts that are put together one by one, each by its kind.

use super::said::{Claims, Said, same, worse};
use chrono::NaiveDate;
use overdose_risk::{
    CaseStatus, Event, Field, Housing, Injecting, OpioidUse, Ost, Record, Unknown, YesNo,
};

/// One line a fact. What depends on another fact, as naloxone and its expiry do, is not among them.
macro_rules! parts {
    (
        events { $($event:ident;)+ }
        statuses { $($status:ident: $Of:ty, $Status:ident;)+ }
    ) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) struct Parts {
            $($event: Event,)+
            plans: Plans,
            $($status: Claims<$Of>,)+
        }

        impl Parts {
            pub(super) fn new(
                record: &Record,
                recorded_on: Option<NaiveDate>,
                as_of: NaiveDate,
            ) -> Self {
                Self {
                    $($event: record.$event,)+
                    plans: Plans::new(record.prison_release_due, as_of),
                    $($status: Claims::new(record.$status, recorded_on),)+
                }
            }

            pub(super) fn join(&mut self, other: &Self) {
                $(self.$event = join_events(self.$event, other.$event, Ord::max);)+
                self.plans.join(&other.plans);
                $(self.$status = self.$status.join(other.$status, same);)+
            }

            pub(super) fn settle(
                &self,
                record: &mut Record,
                as_of: NaiveDate,
                disagree: &mut impl FnMut(Field),
            ) {
                $(record.$event = self.$event;)+
                record.prison_release_due = self.plans.settle(record.prison_release, as_of);
                $(record.$status = self.$status.settle(same).settle(|| disagree(Field::$Status));)+
            }
        }
    };
}

parts! {
    events {
        ost_started;
        ost_ended;
        prison_release;
        detox_exit;
        hospital_discharge;
        treatment_exit;
        overdose;
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

impl Parts {
    /// Whether the rows that know of a case know that its person has died.
    pub(super) fn say_died(&self) -> bool {
        self.case_status.settle(same) == Said::One(CaseStatus::Died)
    }
}

fn join_events(one: Event, other: Event, pick: fn(NaiveDate, NaiveDate) -> NaiveDate) -> Event {
    let latest = match (one.latest(), other.latest()) {
        (Some(one), Some(other)) => Some(pick(one, other)),
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

/// How long a plan that has passed still matters, in days, as the policy's `release-overdue` has it.
const OVERDUE: i64 = 84;

/// How long before the planned day a release may lie that is the planned one, in days.
const EARLY: i64 = 28;

/// Planned releases: the latest of those that have passed, and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plans {
    passed: Event,
    next: Event,
}

impl Plans {
    fn new(due: Event, as_of: NaiveDate) -> Self {
        let without = match due {
            Event::On(_) => Event::NoneRecorded,
            Event::Unknown { why, .. } => Event::unknown(why),
            Event::NoneRecorded | Event::NotCollected => due,
        };
        if due.latest().is_some_and(|due| due < as_of) {
            Self { passed: due, next: without }
        } else {
            Self { passed: without, next: due }
        }
    }

    fn join(&mut self, other: &Self) {
        self.passed = join_events(self.passed, other.passed, Ord::max);
        self.next = join_events(self.next, other.next, Ord::min);
    }

    /// Of two plans the one that matters: an overdue one that is not known to have happened, so that a
    /// plan for next year does not hide it, else the next.
    fn settle(&self, released: Event, as_of: NaiveDate) -> Event {
        let is_overdue = |due: NaiveDate| {
            let happened = |on: NaiveDate| (due - on).num_days() <= EARLY;
            (as_of - due).num_days() <= OVERDUE && !released.latest().is_some_and(happened)
        };
        let is_passed = match (self.passed.latest(), self.next.latest()) {
            (Some(_), None) => true,
            (passed, _) => passed.is_some_and(is_overdue),
        };
        if is_passed { self.passed } else { self.next }
    }
}
