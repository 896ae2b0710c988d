//! The same person as a native export has them.

use super::Person;
use super::life::{Answer, Injects, Lives, Opioids, Referred};
use super::rows::{REFERRED_BEFORE, day};

/// The columns of the native export, all that an extract can say something of.
pub const COLUMNS: [&str; 19] = [
    "id",
    "age",
    "opioid_use",
    "ost",
    "ost_started",
    "ost_ended",
    "prison_release",
    "treatment_exit",
    "overdose",
    "naloxone",
    "naloxone_expiry",
    "injecting",
    "benzodiazepines",
    "gabapentinoids",
    "alcohol",
    "housing",
    "case_status",
    "recorded_on",
    "service",
];

impl Person {
    /// The cells of the native row, in the order of [`COLUMNS`].
    pub fn native(&self) -> [String; COLUMNS.len()] {
        let life = &self.life;
        let date = |days: i64| day(self.as_of, days).to_string();
        let dated = |days: Option<i64>| days.map_or("never".to_owned(), date);
        let current = life.courses.last();
        let age = self.as_of.years_since(day(self.as_of, life.age_in_days)).unwrap_or_default();
        let left = life.left.filter(|left| !left.died).map(|left| left.days_ago);
        COLUMNS.map(|column| match column {
            "id" => self.id(),
            "age" => age.to_string(),
            "opioid_use" => match life.opioids {
                Opioids::Current => "current",
                Opioids::Past => "past",
                Opioids::None => "none",
                Opioids::NotRecorded => "",
            }
            .to_owned(),
            "ost" => match current.map(|course| course.ended) {
                Some(None) => "prescribed",
                Some(Some(_)) => "not_prescribed",
                None => "",
            }
            .to_owned(),
            "ost_started" => dated(current.map(|course| course.began)),
            "ost_ended" => dated(life.courses.iter().filter_map(|course| course.ended).min()),
            "prison_release" => match life.referred {
                Referred::FromPrison => date(life.began + REFERRED_BEFORE),
                Referred::Otherwise => "never".to_owned(),
                Referred::NotRecorded => "unknown".to_owned(),
            },
            "treatment_exit" => dated(left.or(life.left_before)),
            "overdose" => match life.was_given_naloxone {
                Answer::No => "never",
                // That there was one, and when is not known.
                Answer::Yes | Answer::NotRecorded => "unknown",
            }
            .to_owned(),
            "naloxone" => match life.naloxone {
                Answer::Yes => "held",
                Answer::No => "not_held",
                Answer::NotRecorded => "",
            }
            .to_owned(),
            "injecting" => match life.injects {
                Injects::Now => "current",
                Injects::Before => "previous",
                Injects::Never => "never",
                Injects::Declined => "declined",
                Injects::NotRecorded => "",
            }
            .to_owned(),
            "benzodiazepines" if life.benzodiazepines => "yes".to_owned(),
            "alcohol" if life.alcohol => "yes".to_owned(),
            "housing" => match life.lives {
                Lives::Nowhere => "no_fixed_abode",
                Lives::AtRisk => "at_risk",
                Lives::Settled => "settled",
                Lives::NotRecorded => "",
            }
            .to_owned(),
            "case_status" if life.left.is_some_and(|left| left.died) => "died".to_owned(),
            "service" => self.agency(),
            _ => String::new(),
        })
    }
}
