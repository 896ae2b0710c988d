//! What the service has recorded of what is so, gaps and all.

use super::assumptions::*;
use super::draw::Draw;
use super::facts::{Life, Treatment, in_a_year_or_earlier};
use chrono::{Datelike, Days, NaiveDate};
use overdose_risk::{Age, CaseStatus, Event, Injecting, Naloxone, Record, Status, Unknown, YesNo};

/// The record of a person.
pub(super) fn record(life: &Life, draw: &mut Draw, as_of: NaiveDate) -> Record {
    Recorder { draw, as_of, group: life.group }.record(life)
}

struct Recorder<'d> {
    draw: &'d mut Draw,
    as_of: NaiveDate,
    group: Group,
}

/// Where the service has a fact from.
#[derive(Clone, Copy)]
enum Source {
    /// Its own doing: nobody is asked, so nobody declines.
    Service,
    /// The person's answer.
    Person,
}

impl Recorder<'_> {
    fn record(&mut self, life: &Life) -> Record {
        let Treatment { ost, started, ended, exit } = life.treatment;
        let injects = life.injecting == Injecting::Current;
        let overdose = if injects { OVERDOSE_INJECTING } else { OVERDOSE };
        let too = if life.benzodiazepines { GABAPENTINOIDS_TOO } else { GABAPENTINOIDS };
        let respiratory = if life.years < 45 { RESPIRATORY_UNDER_45 } else { RESPIRATORY_FROM_45 };
        let started = started.filter(|_| !self.happens(OST_START_BLANK));
        Record {
            age: self.age(life.years),
            opioid_use: self.status(life.opioid_use, OPIOID_USE_MISSING, Source::Person),
            ost: self.status(ost, OST_MISSING, Source::Service),
            ost_started: self.event(started, Source::Service),
            ost_ended: self.event(ended, Source::Service),
            prison_release: self.event(life.released, Source::Person),
            prison_release_due: self.release_due(life),
            detox_exit: self.event_within(DETOX_EXIT, DETOX_EXIT_EARLIER),
            hospital_discharge: self.event_within(DISCHARGED, DISCHARGED_EARLIER),
            treatment_exit: self.event(exit, Source::Service),
            overdose: self.event_within(overdose, OVERDOSE_EARLIER),
            naloxone: self.status(life.naloxone, NALOXONE_MISSING, Source::Person),
            naloxone_expiry: self.naloxone_expiry(life.naloxone),
            injecting: self.status(life.injecting, INJECTING_MISSING, Source::Person),
            benzodiazepines: self.answer(life.benzodiazepines, MEDICINES_MISSING),
            gabapentinoids: self.yes_or_no(too, MEDICINES_MISSING),
            z_drugs: self.yes_or_no(Z_DRUGS, MEDICINES_MISSING),
            alcohol: self.yes_or_no(PROBLEM_ALCOHOL, ALCOHOL_MISSING),
            suicidality: self.yes_or_no(SUICIDALITY, HEALTH_MISSING),
            respiratory_disease: self.yes_or_no(respiratory, HEALTH_MISSING),
            housing: self.status(life.housing, HOUSING_MISSING, Source::Person),
            uses_alone: self.yes_or_no(USES_ALONE, USES_ALONE_MISSING),
            case_status: self.status(life.case, SERVICE_MISSING, Source::Service),
        }
    }

    fn happens(&mut self, share: ByGroup) -> bool {
        self.draw.happens(share.of(self.group))
    }

    /// A status, or a gap in its place.
    fn status<T>(&mut self, value: T, missing: ByGroup, source: Source) -> Status<T> {
        let declined = match source {
            Source::Service => 0,
            Source::Person => DECLINED.of(self.group),
        };
        let gaps = [
            (missing.of(self.group), Status::Unknown(Unknown::NotRecorded)),
            (declined, Status::Unknown(Unknown::Declined)),
            (UNREADABLE.of(self.group), Status::Unknown(Unknown::Unreadable)),
        ];
        self.draw.one_of(gaps, Status::Known(value))
    }

    fn yes_or_no(&mut self, yes: ByGroup, missing: ByGroup) -> Status<YesNo> {
        let yes = self.happens(yes);
        self.answer(yes, missing)
    }

    fn answer(&mut self, yes: bool, missing: ByGroup) -> Status<YesNo> {
        self.status(if yes { YesNo::Yes } else { YesNo::No }, missing, Source::Person)
    }

    /// An event this many days ago, or none; or a gap in its place.
    fn event(&mut self, days_ago: Option<u32>, source: Source) -> Event {
        self.event_on(days_ago.and_then(|days| self.days_ago(days)), source)
    }

    fn event_within(&mut self, a_year: ByGroup, earlier: ByGroup) -> Event {
        let (a_year, earlier) = (a_year.of(self.group), earlier.of(self.group));
        let days_ago = in_a_year_or_earlier(self.draw, a_year, earlier, 0);
        self.event(days_ago, Source::Person)
    }

    fn event_on(&mut self, day: Option<NaiveDate>, source: Source) -> Event {
        let declined = match source {
            Source::Service => 0,
            Source::Person => EVENT_DECLINED.of(self.group),
        };
        let unreadable = if day.is_some() { UNREADABLE.of(self.group) } else { 0 };
        let gaps = [
            (EVENT_UNKNOWN.of(self.group), Event::unknown(Unknown::NotRecorded)),
            (declined, Event::unknown(Unknown::Declined)),
            (unreadable, Event::unknown(Unknown::Unreadable)),
        ];
        self.draw.one_of(gaps, day.map_or(Event::NoneRecorded, Event::On))
    }

    /// Of people in custody the planned day; of people released within a year, of some, the day
    /// that was planned, which may be a few days off.
    fn release_due(&mut self, life: &Life) -> Event {
        let day = if life.case == CaseStatus::InCustody {
            self.happens(RELEASE_PLANNED).then(|| self.planned_release()).flatten()
        } else {
            let kept = life.released.filter(|days| *days <= 365 && self.happens(RELEASE_PLAN_KEPT));
            let planned = kept.map(|days| days + self.draw.below(4));
            planned.and_then(|days| self.days_ago(days))
        };
        self.event_on(day, Source::Service)
    }

    fn planned_release(&mut self) -> Option<NaiveDate> {
        if self.happens(RELEASE_OVERDUE) {
            let days = self.draw.between(1, 21);
            self.days_ago(days)
        } else {
            let days = self.draw.between(0, 180);
            self.days_ahead(days)
        }
    }

    fn naloxone_expiry(&mut self, naloxone: Naloxone) -> Status<NaiveDate> {
        let day = match naloxone {
            Naloxone::NotHeld => None,
            Naloxone::Held if self.happens(KIT_EXPIRED) => {
                let days = self.draw.between(1, 365);
                self.days_ago(days)
            }
            Naloxone::Held => {
                let days = self.draw.between(0, 3 * 365);
                self.days_ahead(days)
            }
        };
        let missing = Status::Unknown(Unknown::NotRecorded);
        day.map_or(missing, |day| self.status(day, EXPIRY_MISSING, Source::Service))
    }

    /// The age as years, mostly, or as a band of ten years, or by year of birth.
    fn age(&mut self, years: u32) -> Status<Age> {
        let group = self.group;
        let as_years = u8::try_from(years).ok().and_then(|years| Age::years(years).ok());
        let forms =
            [(AGE_AS_BAND.of(group), band(years)), (AGE_AS_BIRTH_YEAR.of(group), self.born(years))];
        match self.draw.one_of(forms, as_years) {
            Some(age) => self.status(age, SERVICE_MISSING, Source::Service),
            None => Status::default(),
        }
    }

    fn born(&mut self, years: u32) -> Option<Age> {
        let birthday_ahead = self.draw.below(2);
        let year = self.as_of.year().checked_sub(i32::try_from(years + birthday_ahead).ok()?)?;
        i16::try_from(year).ok().map(Age::born_in)
    }

    fn days_ago(&self, days: u32) -> Option<NaiveDate> {
        self.as_of.checked_sub_days(Days::new(days.into()))
    }

    fn days_ahead(&self, days: u32) -> Option<NaiveDate> {
        self.as_of.checked_add_days(Days::new(days.into()))
    }
}

fn band(years: u32) -> Option<Age> {
    let (youngest, oldest) = match years {
        0..=24 => (18, 24),
        25..=34 => (25, 34),
        35..=44 => (35, 44),
        45..=54 => (45, 54),
        55..=64 => (55, 64),
        _ => (65, Age::OLDEST),
    };
    Age::between(youngest, oldest).ok()
}
