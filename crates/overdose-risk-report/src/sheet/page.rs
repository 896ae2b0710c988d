//! The page that can be shown to the person.

use super::Sheet;
use super::told::{NALOXONE_KIT, question, told};
use crate::listed::Standing;
use crate::words;
use crate::worklist::{self, STYLE};
use askama::Template;
use chrono::{Days, NaiveDate};
use overdose_risk::{FACTORS, Tier};
use overdose_risk_json::{Flagged, FlaggedAlert, FlaggedLever, FlaggedReason};
use std::borrow::Cow;
use std::io;

#[derive(Template)]
#[template(path = "sheet.html")]
struct Page<'a> {
    id: &'a str,
    day: String,
    policy: &'a str,
    /// Why this is an older record.
    older: Option<&'static str>,
    promise: Cow<'static, str>,
    alert: Option<Alerted<'a>>,
    /// Whether the rules speak of people like this one.
    in_scope: bool,
    in_custody: bool,
    under_18: bool,
    /// That a reason counts until its day, or did.
    counts: &'static str,
    counted: Vec<Counted<'a>>,
    asked: Vec<&'a str>,
    /// Whether an answer could mean that somebody contacts the person sooner.
    answers_count: bool,
    offers: Vec<&'a str>,
}

/// A local warning, as the person reads it.
struct Alerted<'a> {
    text: &'a str,
    offer: &'a str,
    until: String,
}

/// A reason, as the person reads it.
struct Counted<'a> {
    found: String,
    why: &'a str,
    until: Option<String>,
}

impl Sheet<'_> {
    /// Writes the page that can be shown to the person.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        self.page().write_into(out)
    }

    fn page(&self) -> Page<'_> {
        let flagged = self.flagged;
        Page {
            id: &flagged.id,
            day: words::day(flagged.as_of),
            policy: &flagged.policy,
            older: older(self.standing),
            promise: promise(flagged.tier, flagged.promise.as_deref()),
            alert: self.alert().map(|FlaggedAlert { text, offer, until, .. }| Alerted {
                text,
                offer,
                until: words::day(*until),
            }),
            in_scope: flagged.tier != Tier::OutOfScope,
            in_custody: flagged.in_custody,
            under_18: flagged.under_18,
            counts: words::counts(self.standing),
            counted: flagged.reasons.iter().map(|reason| self.counted(reason)).collect(),
            asked: self.asked(),
            answers_count: flagged.levers.iter().any(|lever| is_sooner(lever, flagged)),
            offers: self.offers(),
        }
    }

    fn counted<'a>(&self, reason: &'a FlaggedReason) -> Counted<'a> {
        let on = said_in(&reason.sentence, self.flagged.as_of);
        let on = on.map_or("not long ago".to_owned(), |day| format!("on {}", words::day(day)));
        // Another version of the program may know levels that this one does not.
        let Some(told) = told(&reason.factor, &reason.level) else {
            let until = reason.holds_until.map(words::day);
            return Counted { found: reason.sentence.clone(), why: "", until };
        };
        // Where no day is said, a last one would only puzzle.
        let until = reason.holds_until.filter(|_| told.found.contains("{on}"));
        Counted {
            found: told.found.replace("{on}", &on),
            why: told.why,
            until: until.map(words::day),
        }
    }

    /// What is not known, with what the whole export lacks.
    fn asked(&self) -> Vec<&str> {
        let waived = self.flagged.waived.iter().filter_map(|field| question(field));
        let asked = self.flagged.questions.iter();
        let asked = asked.filter(|one| one.field != "suicidality");
        once_each(asked.map(|one| question(&one.field).unwrap_or(&one.ask)).chain(waived))
    }

    /// Nothing to somebody under 18: the offers are for adults.
    fn offers(&self) -> Vec<&str> {
        if self.flagged.under_18 {
            return Vec::new();
        }
        let reasons = self.flagged.reasons.iter();
        // What a service offers by its own policy is in its own words.
        let offers = reasons.map(|one| match told(&one.factor, &one.level) {
            Some(told) if is_by_default(one) => told.offer,
            Some(_) | None => &one.action,
        });
        let kit = self.flagged.naloxone_gap.then_some(NALOXONE_KIT);
        once_each(offers.chain(kit))
    }
}

/// Whether an answer leads to a more urgent tier. What else would follow is for the worker: a page that
/// says what lowers a tier would ask for that answer.
fn is_sooner(lever: &FlaggedLever, flagged: &Flagged) -> bool {
    let place = |tier| Tier::ALL.iter().position(|known| *known == tier);
    let then = lever.by_known_facts.unwrap_or(lever.tier);
    lever.step == "answer" && place(then) < place(flagged.by_known_facts)
}

fn is_by_default(reason: &FlaggedReason) -> bool {
    let factor = FACTORS.iter().find(|factor| factor.name == reason.factor);
    let level = factor.and_then(|one| one.levels.iter().find(|level| level.name == reason.level));
    level.is_some_and(|level| level.action == reason.action)
}

fn once_each<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    texts.fold(Vec::new(), |mut kept, text| {
        if !kept.contains(&text) {
            kept.push(text);
        }
        kept
    })
}

fn older(standing: Option<Standing>) -> Option<&'static str> {
    match standing {
        Some(Standing::Assessed) => None,
        None => Some("We did not look again since."),
        Some(Standing::Gone) => Some("You were not in the records that we looked at last."),
        Some(Standing::Quarantined) => Some("When we looked last, we could not read your record."),
        Some(Standing::WithoutConsent) => {
            Some("Your record now says that you do not agree to this, so we did not look again.")
        }
    }
}

/// What somebody in the tier reads. Within what time they are contacted is for the policy to say; a
/// line of an earlier version does not have it, and was by the default.
fn promise(tier: Tier, by_policy: Option<&str>) -> Cow<'static, str> {
    let within = by_policy.and_then(|promise| promise.strip_prefix("contact "));
    let contact = |default| {
        let within = within.unwrap_or(default);
        format!("Because of what was counted, somebody should contact you {within}.").into()
    };
    match tier {
        Tier::ActNow => contact("within one working day"),
        Tier::Prioritise => contact("within seven days"),
        Tier::Standard => "Somebody should talk with you about this the next time you meet.".into(),
        Tier::NotEnoughInformation => {
            "Your record does not say enough about opioids, such as heroin, methadone or strong \
             painkillers. Somebody should ask you."
                .into()
        }
        Tier::OutOfScope => {
            "Your record says nothing about opioids, such as heroin, methadone or strong painkillers. \
             This list is only about those, so it says nothing about you. If you do use them, even \
             sometimes, please tell your worker."
                .into()
        }
    }
}

/// The day of which a sentence says how long ago or how far off it is, as `3 days ago`.
fn said_in(sentence: &str, as_of: NaiveDate) -> Option<NaiveDate> {
    let words: Vec<&str> = sentence.split(|one: char| !one.is_alphanumeric()).collect();
    let days = |number: &str| number.parse().ok().map(Days::new);
    (0..words.len()).find_map(|place| match words.get(place..)? {
        ["today", ..] => Some(as_of),
        ["yesterday", ..] => as_of.pred_opt(),
        ["tomorrow", ..] => as_of.succ_opt(),
        [number, "days", "ago", ..] => as_of.checked_sub_days(days(number)?),
        ["in", number, "days", ..] => as_of.checked_add_days(days(number)?),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use overdose_risk::factor::When;
    use overdose_risk::{Event, FACTORS, Field, Policy, Record, assess};

    #[test]
    fn the_day_in_a_sentence_is_found_again_however_far_off_it_is() {
        let as_of: NaiveDate = "2026-03-31".parse().unwrap();
        let fields: Vec<Field> = FACTORS
            .iter()
            .flat_map(|factor| factor.levels)
            .filter_map(|level| match level.when {
                When::Since(fields, _) => Some(fields),
                When::Recorded | When::Aged(_) => None,
            })
            .flatten()
            .copied()
            .collect();
        let mut seen = 0;
        for field in fields {
            for days in -14..=365 {
                let day = as_of - chrono::TimeDelta::days(days);
                let mut record = Record::default();
                let overdose_risk::FactMut::Event(fact) = record.fact_mut(field) else { continue };
                *fact = Event::On(day);
                let assessment = assess(&record, as_of, Policy::practice_principles());
                for reason in assessment.explain().reasons {
                    let found = said_in(&reason.sentence, as_of);
                    let says = told(reason.factor, reason.level)
                        .is_some_and(|told| told.found.contains("{on}"));
                    assert_eq!(found.is_some(), says, "{}", reason.sentence);
                    if says {
                        assert_eq!(found, Some(day), "{}", reason.sentence);
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 500, "{seen}");
    }

    #[test]
    fn a_sentence_without_a_day_gives_none() {
        let as_of = "2026-03-31".parse().unwrap();
        for sentence in [
            "",
            "Aged 35 to 44.",
            "in",
            "days ago",
            "in some days",
            "99999999999999999999 days ago",
        ] {
            assert_eq!(said_in(sentence, as_of), None, "{sentence}");
        }
    }
}
