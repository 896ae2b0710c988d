//! One person: in words for the worker, and a page that can be shown to the person.

mod follows;
mod page;
mod told;

use crate::change::Change;
use crate::listed::{Listed, Review, Standing};
use crate::plain::plain;
use crate::words::{self, Read};
use chrono::NaiveDate;
use overdose_risk::Tier;
use overdose_risk::evidence::sources::SOURCES;
use overdose_risk_json::{Flagged, FlaggedAlert, FlaggedQuestion, FlaggedReason};
use std::fmt;

/// What a run says of one person. Its `Display` is for the worker, [`Sheet::write`] for the person.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// What the run says; of somebody who is carried, what the last run said that assessed them.
    pub flagged: &'a Flagged,
    /// Whether the run assessed the person; `None` where it did not, and nothing says why.
    pub standing: Option<Standing>,
    /// The day of the run, where it is known: of somebody who is carried, a later one than that of what
    /// is said.
    pub day: Option<NaiveDate>,
    /// What changed since the run before, if anything did.
    pub change: Option<&'a Change>,
    /// The latest review, if one is known.
    pub review: Option<&'a Review>,
}

impl<'a> From<&'a Listed> for Sheet<'a> {
    fn from(Listed { flagged, standing, change, review }: &'a Listed) -> Self {
        let (change, review) = (change.as_ref(), review.as_ref());
        Self { flagged, standing: Some(*standing), day: None, change, review }
    }
}

impl Sheet<'_> {
    /// What the worker should think of before the person sees the page, a sentence each.
    pub fn before_showing(&self) -> Vec<&'static str> {
        let concern = self.flagged.reasons.iter().any(|reason| reason.factor == "suicidality");
        let unknown = self.flagged.questions.iter().any(|question| question.field == "suicidality");
        let notes = [
            (true, "Read the page before you show it. It is wrong where the record is."),
            (
                true,
                "Read it together with the person, and with nobody there who may not know. Do not post it.",
            ),
            (
                concern,
                "A concern about suicide is recorded, and the page says so. Talk about that first, and \
                 follow the local safety plan.",
            ),
            (
                unknown,
                "Whether there is a concern about suicide is not known. The page does not ask: you do.",
            ),
            (
                self.standing == Some(Standing::WithoutConsent),
                "There is no consent to this use of the record. Ask whether the person wants to see what \
                 was recorded before.",
            ),
            (
                self.flagged.under_18,
                "Under 18: follow safeguarding. The rules were made from adults' figures, so the page says \
                 nothing of what to offer. Say that together with whoever leads on safeguarding.",
            ),
            (
                self.alert().is_some(),
                "A local warning is on the page, word for word. Say in your own words what it means.",
            ),
        ];
        notes.into_iter().filter_map(|(applies, note)| applies.then_some(note)).collect()
    }

    /// The local warning that was in force; none for people of whom the rules do not speak.
    fn alert(&self) -> Option<&FlaggedAlert> {
        self.flagged.alert.as_ref().filter(|_| self.flagged.tier != Tier::OutOfScope)
    }

    /// That the run did not assess the person, and why, where that is so.
    fn not_assessed(&self) -> Option<String> {
        let why = match self.standing {
            Some(Standing::Assessed) => return None,
            Some(Standing::Gone) => ": no row of that day's export is theirs",
            Some(Standing::Quarantined) => ": what the export has of them could not be read",
            Some(Standing::WithoutConsent) => {
                ": no consent to this use of their record, which says nothing about treatment or contact"
            }
            None => "",
        };
        let run =
            self.day.map_or("in that run".to_owned(), |day| format!("on {}", words::day(day)));
        Some(format!("NOT ASSESSED {run}{why}."))
    }
}

impl fmt::Display for Sheet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Flagged { id, policy, tier, by_known_facts, .. } = self.flagged;
        let as_of = words::day(self.flagged.as_of);
        writeln!(f, "{}, as of {as_of}, by {}", plain(id), plain(policy))?;
        if let Some(said) = self.not_assessed() {
            writeln!(f, "\n{said} What follows is from {as_of}.")?;
            writeln!(f, "{}", words::BEFORE_CALLING)?;
        }
        write!(f, "\n{}", words::tier(*tier))?;
        match &self.flagged.promise {
            Some(promise) => writeln!(f, ": {}.", plain(promise))?,
            None => writeln!(f)?,
        }
        if self.flagged.in_custody {
            writeln!(f, "{}", words::IN_CUSTODY)?;
        }
        if self.flagged.under_18 {
            writeln!(f, "{}", words::UNDER_18)?;
        }
        if let Some(review) = self.review {
            writeln!(f, "{}", plain(&words::review(review)))?;
        }
        if *tier != Tier::OutOfScope {
            if by_known_facts != tier {
                let known = words::tier(*by_known_facts).to_lowercase();
                write!(f, "By the known facts {known}")?;
                match &self.flagged.promise_by_known_facts {
                    Some(promise) => writeln!(f, ": {}.", plain(promise))?,
                    None => writeln!(f, ".")?,
                }
            }
            writeln!(f, "{}", points(self.flagged))?;
            if let Some(alert) = self.alert() {
                let until = words::day(alert.until);
                writeln!(f, "Local warning until {until}: {}", plain(&alert.text))?;
            }
            let reasons = self.flagged.reasons.iter();
            section(f, "Why", reasons.map(|one| reason(one, words::counts(self.standing))))?;
        }
        section(
            f,
            "What changed",
            self.change.into_iter().flat_map(|one| changed(one, self.flagged)),
        )?;
        if *tier != Tier::OutOfScope {
            section(f, "What to offer", self.flagged.offers.iter().cloned())?;
            section(f, "What to ask", self.flagged.questions.iter().map(question))?;
            section(f, "What would follow", follows::follows(self.flagged))?;
        }
        let waived = self.flagged.waived.iter();
        section(
            f,
            "What the whole export lacks, so that nobody was assessed for it",
            waived.cloned(),
        )?;
        writeln!(f)?;
        if let Some(until) = words::valid_until(self.flagged, self.standing) {
            writeln!(f, "{until}")?;
        }
        writeln!(
            f,
            "Points are not a probability, and nobody is called safe. This is decision support, not"
        )?;
        writeln!(f, "validated, and never a reason to refuse, reduce or end treatment.")
    }
}

fn points(flagged: &Flagged) -> String {
    let Flagged { tier, points, could_reach, could_points, .. } = flagged;
    let now = words::count(usize::from(*points), "point", "points");
    if (could_reach, could_points) == (tier, points) {
        return format!("{now}.");
    }
    let worst = words::could_reach(*could_reach, *could_points);
    format!("{now}; with what is not known it {worst}.")
}

fn reason(reason: &FlaggedReason, counts: &str) -> String {
    let points = words::count(usize::from(reason.points), "point", "points");
    let mut text = format!("{} {points}", reason.sentence);
    if let Some(why) = &reason.not_counted {
        text.push_str(&format!(": {why}"));
    }
    if let Some(floor) = reason.floor {
        let floor = words::tier(floor).to_lowercase();
        text.push_str(&format!(". Whatever the points, at least {floor}"));
    }
    if let Some(until) = reason.holds_until {
        text.push_str(&format!(". {} until {}", words::begun(counts), words::day(until)));
    }
    let sources: Vec<_> = reason.sources.iter().map(|key| source(key)).collect();
    if let Some(set) = &reason.set_because {
        text.push_str(&format!(". Set by the service: {}", set.trim_end_matches('.')));
        if reason.judgement {
            if !sources.is_empty() {
                text.push_str(&format!(". Behind the default: {}", sources.join(", ")));
            }
            return text + ".";
        }
    }
    let basis = if reason.judgement { "a judgement" } else { "a published ratio" };
    text.push_str(&format!(". The number is {basis}"));
    if !sources.is_empty() {
        let leans = if reason.judgement { "that leans on" } else { "from" };
        text.push_str(&format!(" {leans} {}", sources.join(", ")));
    }
    text + "."
}

/// A source by its authors and year, or its key where this version of the program has none such.
fn source(key: &str) -> String {
    let known = SOURCES.iter().find(|source| source.key == key);
    known.map_or_else(
        || key.to_owned(),
        |source| {
            let year = source.year.map_or_else(String::new, |year| format!(" {year}"));
            format!("{}{year}", source.authors)
        },
    )
}

fn question(question: &FlaggedQuestion) -> String {
    let worst = words::could_reach(question.could_reach, question.could_points);
    format!("{} {}.", question.ask, words::begun(&worst))
}

fn changed(change: &Change, flagged: &Flagged) -> Vec<String> {
    let because = change.because.iter().map(|because| words::because(because, flagged));
    std::iter::once(words::change(change, Read::Later)).chain(because).collect()
}

fn section(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    items: impl IntoIterator<Item = String>,
) -> fmt::Result {
    let mut items = items.into_iter().peekable();
    if items.peek().is_none() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    items.try_for_each(|item| writeln!(f, "- {}", plain(&item)))
}
