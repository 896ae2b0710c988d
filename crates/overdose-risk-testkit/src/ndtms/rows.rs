//! The rows of a person: as many as the episode has interventions or reviews, and one of an episode
//! before it.

use super::life::{Answer, Course, Injects, Life, Lives, Opioids, Referred, Review};
use super::{Person, Wording};
use chrono::{NaiveDate, TimeDelta};

/// The header of the extract. `SEX` and the initials stand for what is never read.
pub const HEADER: [&str; 30] = [
    "FINITIAL",
    "SINITIAL",
    "DOB",
    "SEX",
    "REFLD",
    "AGNCY",
    "CLIENT",
    "CLIENTID",
    "EPISODID",
    "CONSENT",
    "ACCMNEED",
    "DRUG1",
    "DRUG2",
    "DRUG3",
    "RFLS",
    "TRIAGED",
    "INJSTAT",
    "DISD",
    "DISRSN",
    "MODAL",
    "MODST",
    "MODEND",
    "PHMETHMAIN",
    "TOPDATE",
    "OPIUSE",
    "IVDRGUSE",
    "INJECT",
    "NALOXISS",
    "NALOXAD",
    "PC",
];

/// So many days before triage a person is referred.
pub(super) const REFERRED_BEFORE: i64 = 3;

/// What is missing, as exporters of NDTMS write it.
const MISSING: &str = "NA";

/// A code and its label.
type Coded = [&'static str; 2];

const HEROIN: Coded = ["1011", "Heroin"];
const OTHER_OPIOID: Coded = ["1000", "Other opiates"];
const CRACK: Coded = ["3201", "CRACK"];
const BENZODIAZEPINES: Coded = ["2200", "benzodiazepines"];
const ALCOHOL: Coded = ["7000", "Alcohol"];
const NO_SECOND: Coded = ["9996", "No second drug"];
const NO_THIRD: Coded = ["9997", "No third drug"];
const NOT_SAID: Coded = [MISSING, MISSING];

/// What one row speaks of, beside its episode.
struct Children {
    course: Option<Course>,
    review: Option<Review>,
}

impl Person {
    /// The rows of the extract, in the order of [`HEADER`].
    pub fn rows(&self, wording: Wording) -> Vec<[String; HEADER.len()]> {
        let life = &self.life;
        let count = life.courses.len().max(life.reviews.len()).max(1);
        let children = (0..count).map(|at| Children {
            course: life.courses.get(at).copied(),
            review: life.reviews.get(at).copied(),
        });
        let mut rows: Vec<_> =
            children.map(|children| self.row(wording, &children, life.began, None)).collect();
        if let Some(left) = life.left_before {
            let none = Children { course: None, review: None };
            rows.push(self.row(wording, &none, left + 100, Some(left)));
        }
        rows
    }

    /// The row of one intervention and one review, in the episode that began then; in one that is
    /// over, what only one of them can say is left out.
    fn row(
        &self,
        wording: Wording,
        children: &Children,
        began: i64,
        over: Option<i64>,
    ) -> [String; HEADER.len()] {
        let life = &self.life;
        let word = |[code, label]: Coded| match wording {
            Wording::Codes => code.to_owned(),
            Wording::Labels => label.to_owned(),
        };
        let date = |days: Option<i64>| match (days, wording) {
            (None, _) => MISSING.to_owned(),
            (Some(days), Wording::Codes) => day(self.as_of, days).to_string().replace('-', ""),
            (Some(days), Wording::Labels) => {
                let date = day(self.as_of, days).to_string();
                date.rsplit('-').collect::<Vec<_>>().join("/")
            }
        };
        let number = |days: Option<u32>| days.map_or(MISSING.to_owned(), |days| days.to_string());
        let now = |coded: Coded| word(if over.is_some() { NOT_SAID } else { coded });
        let Children { course, review } = children;
        let left = over.or(life.left.map(|left| left.days_ago));
        let died = over.is_none() && life.left.is_some_and(|left| left.died);
        let [first, second, third] = substances(life);
        HEADER.map(|header| match header {
            "AGNCY" => self.agency(),
            "CLIENTID" => self.client().to_string(),
            "CONSENT" if !life.consents => word(["N", "No"]),
            _ if !life.consents => String::new(),
            "CONSENT" => word(["Y", "Yes"]),
            "FINITIAL" | "SINITIAL" => "X".to_owned(),
            "DOB" => date(Some(life.age_in_days)),
            "REFLD" => date(Some(began + REFERRED_BEFORE)),
            "TRIAGED" => date(Some(began)),
            "EPISODID" => began.to_string(),
            "ACCMNEED" => now(match life.lives {
                Lives::Nowhere => ["1", "NFA – urgent housing problem"],
                Lives::AtRisk => ["2", "Housing problem"],
                Lives::Settled => ["3", "No housing problem"],
                Lives::NotRecorded => NOT_SAID,
            }),
            "DRUG1" => word(first),
            "DRUG2" => word(second),
            "DRUG3" => word(third),
            "RFLS" if over.is_some() => word(["4", "Self"]),
            "RFLS" => word(match life.referred {
                Referred::FromPrison => ["13", "CARAT / Prison"],
                Referred::Otherwise => ["3", "gp"],
                Referred::NotRecorded => NOT_SAID,
            }),
            "INJSTAT" => now(match life.injects {
                // The review says it instead.
                Injects::Now if is_seen_injecting(life) => ["P", "Previously injected"],
                Injects::Now => ["C", "Currently  injecting"],
                Injects::Before => ["P", "Previously injected (but not currently)"],
                Injects::Never => ["N", "Never injected"],
                Injects::Declined => ["Z", "Client declined to answer"],
                Injects::NotRecorded => NOT_SAID,
            }),
            "DISD" => date(left),
            "DISRSN" if died => word(["9", "Died"]),
            "DISRSN" if left.is_some() => word(["6", "Dropped out/left"]),
            "MODAL" => match course {
                Some(_) if is_named(life) => word(["94", "Pharmacological Intervention"]),
                Some(_) => word(["2", "Specialist prescribing"]),
                None => word(["95", "Psychosocial Intervention"]),
            },
            "PHMETHMAIN" if course.is_some() && is_named(life) => word(["Y", "Yes"]),
            "MODST" => date(Some(course.map_or(began, |course| course.began))),
            "MODEND" => date(course.and_then(|course| course.ended)),
            "TOPDATE" => date(review.map(|review| review.days_ago)),
            "OPIUSE" => number(review.map(|review| review.opioid_days)),
            "IVDRGUSE" => number(review.map(|review| review.injecting_days)),
            "INJECT" if review.is_some() && life.injects == Injects::Never => word(["N", "No"]),
            "NALOXISS" => now(match life.naloxone {
                Answer::Yes => ["Y", "Yes – nasal"],
                Answer::No => ["N", "No - service unable to provide"],
                Answer::NotRecorded => [MISSING, "No – not assessed"],
            }),
            "NALOXAD" => word(match life.was_given_naloxone {
                Answer::Yes => ["Y", "Yes"],
                Answer::No => ["N", "No"],
                Answer::NotRecorded => [MISSING, "unknown"],
            }),
            _ => MISSING.to_owned(),
        })
    }
}

/// The day so many days before another.
pub(super) fn day(as_of: NaiveDate, days: i64) -> NaiveDate {
    as_of.checked_sub_signed(TimeDelta::days(days)).unwrap_or(as_of)
}

/// What is prescribed is named where no opioid among the substances says it, and for some others.
fn is_named(life: &Life) -> bool {
    !matches!(life.opioids, Opioids::Current | Opioids::Past) || life.alcohol
}

fn is_seen_injecting(life: &Life) -> bool {
    life.reviews.iter().any(|review| review.injecting_days > 0)
}

/// The three substances: an opioid where there is one, in any of the places, and then the others.
fn substances(life: &Life) -> [Coded; 3] {
    let opioid = match life.opioids {
        Opioids::Current => Some(HEROIN),
        Opioids::Past => Some(OTHER_OPIOID),
        Opioids::None | Opioids::NotRecorded => None,
    };
    let mut named: Vec<Coded> =
        [life.alcohol.then_some(ALCOHOL), life.benzodiazepines.then_some(BENZODIAZEPINES), opioid]
            .into_iter()
            .flatten()
            .collect();
    if named.is_empty() {
        named.push(CRACK);
    }
    // Where nobody knows, the last place is left open.
    let third = if life.opioids == Opioids::NotRecorded { NOT_SAID } else { NO_THIRD };
    let place = |at: usize, none| named.get(at).copied().unwrap_or(none);
    [place(0, NOT_SAID), place(1, NO_SECOND), place(2, third)]
}
