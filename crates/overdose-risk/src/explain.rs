//! One assessment in words that a worker can act on and an auditor can trace.

use crate::assessment::{Assessment, Reason, Tier};
use crate::evidence::Source;
use crate::factor::{Level, Mechanism, Urgency, When};
use crate::lever::{Lever, Step};
use crate::policy::{Alert, Limit};
use crate::record::Field;
use chrono::{Datelike, Month, NaiveDate};
use std::fmt;

/// An assessment in words. Its `Display` is the whole of it as text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation<'p> {
    /// The day of the assessment.
    pub as_of: NaiveDate,
    /// The policy, as `name@version#fingerprint`.
    pub policy: &'p str,
    /// The tier.
    pub tier: Tier,
    /// The tier that the known facts call for: the tier itself, unless exposure is not known.
    pub by_known_facts: Tier,
    /// The tier that the unknown facts could lead to at worst.
    pub could_reach: Tier,
    /// What a service does for somebody in the tier.
    pub promise: &'p str,
    /// What it does for somebody in the tier that the known facts call for.
    pub promise_by_known_facts: &'p str,
    /// The points of the known facts.
    pub points: u16,
    /// The points that the unknown facts could lead to at worst.
    pub could_points: u16,
    /// Whether naloxone should be offered or asked about.
    pub naloxone_gap: bool,
    /// Whether the person is in custody.
    pub in_custody: bool,
    /// Whether the person is under 18 for certain. The rules were made from adults' figures.
    pub under_18: bool,
    /// What was found, in the order of the catalogue.
    pub reasons: Vec<ExplainedReason<'p>>,
    /// What to ask, most telling first.
    pub questions: Vec<Question>,
    /// What to offer, each once: what an alert says, then in the order of the reasons.
    pub offers: Vec<&'p str>,
    /// What would follow from what can be done, from every answer, and from time going by.
    pub levers: Vec<Lever>,
    /// The alert in force, where there is one.
    pub alert: Option<&'p Alert>,
    /// The last date through which the reasons stay as they are; `None` when time changes none.
    pub valid_until: Option<NaiveDate>,
}

/// One reason in words.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExplainedReason<'p> {
    /// The factor's name.
    pub factor: &'static str,
    /// The level's name.
    pub level: &'static str,
    /// What was found.
    pub sentence: String,
    /// The points counted.
    pub points: u8,
    /// Why it counts fewer points than it is worth, where it does.
    pub not_counted: Option<String>,
    /// The least tier that it leads to, whatever the points.
    pub floor: Option<Tier>,
    /// Whether the number is a judgement and not a published figure.
    pub judgement: bool,
    /// The keys of the sources behind the number.
    pub sources: Vec<&'static str>,
    /// What the service's policy has set itself of points and floor, in place of what, and why. The
    /// sources are those behind the default's.
    pub set_because: Option<String>,
    /// What to offer.
    pub action: &'p str,
    /// The last day through which it holds; `None` when time does not change it.
    pub holds_until: Option<NaiveDate>,
}

/// A fact that is not known and could matter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Question {
    /// The field.
    pub field: Field,
    /// The question.
    pub ask: &'static str,
    /// The points if the answer were the worst and nothing else changed.
    pub could_points: u16,
    /// The tier if the answer were the worst and nothing else changed.
    pub could_reach: Tier,
}

impl<'p> Assessment<'p> {
    /// The assessment in words.
    pub fn explain(&self) -> Explanation<'p> {
        let reasons: Vec<Reason<'p>> = self.reasons().collect();
        let alert = self.alert();
        let mut offers: Vec<&'p str> = Vec::new();
        let of_alert = alert.map(|alert| alert.offer.as_str());
        for offer in of_alert.into_iter().chain(reasons.iter().map(|one| one.set.action.as_str())) {
            if !offers.contains(&offer) {
                offers.push(offer);
            }
        }
        let (unknowns, valid_until) = (self.unknowns(), self.valid_until());
        let by_known_facts = self.known_urgency().map_or(Tier::OutOfScope, Tier::from);
        Explanation {
            as_of: self.as_of(),
            policy: self.policy().label(),
            tier: self.tier(),
            promise: self.policy().promise(self.tier()),
            by_known_facts,
            promise_by_known_facts: self.policy().promise(by_known_facts),
            could_reach: self.could_reach(),
            points: self.points(),
            could_points: self.could_points(),
            naloxone_gap: self.naloxone_gap(),
            in_custody: self.in_custody(),
            under_18: self.under_18(),
            questions: unknowns.iter().map(|field| self.question(*field)).collect(),
            offers,
            alert,
            levers: self.levers_given(&unknowns, valid_until),
            valid_until,
            reasons: reasons.iter().map(|reason| self.explain_reason(reason, &reasons)).collect(),
        }
    }

    fn question(&self, field: Field) -> Question {
        let worst = self.if_at_worst(field);
        Question {
            field,
            ask: field.question(),
            could_points: worst.points,
            could_reach: worst.urgency.into(),
        }
    }

    fn explain_reason(&self, reason: &Reason<'p>, all: &[Reason<'p>]) -> ExplainedReason<'p> {
        let basis = &reason.level.basis;
        ExplainedReason {
            factor: reason.factor.name,
            level: reason.level.name,
            sentence: self.sentence(reason),
            points: reason.counted,
            not_counted: self.not_counted(reason, all),
            floor: reason.set.floor.map(Tier::from),
            judgement: basis.is_judgement() || reason.set.points != reason.level.points,
            sources: basis.sources().map(|Source { key, .. }| *key).collect(),
            set_because: set_because(reason),
            action: &reason.set.action,
            holds_until: self.holds_until(reason.factor),
        }
    }

    fn sentence(&self, reason: &Reason<'_>) -> String {
        let Some(date) = self.date_behind(reason) else { return reason.level.sentence.to_owned() };
        let when = when((self.as_of() - date).num_days());
        let sharper = reason.factor.sharper.as_ref().filter(|one| (one.holds)(self.record()));
        let sentence = sharper.map_or(reason.level.sentence, |sharper| sharper.sentence);
        sentence.replace("{when}", &when).replace("{date}", &in_words(date))
    }

    /// The date in the record that put the factor at its level.
    fn date_behind(&self, reason: &Reason<'_>) -> Option<NaiveDate> {
        let Level { when: When::Since(fields, days), .. } = reason.level else { return None };
        let dates = fields.iter().filter_map(|field| self.record().fact(*field).date());
        dates.filter(|date| days.contains((self.as_of() - *date).num_days())).max()
    }

    fn not_counted(&self, reason: &Reason<'_>, all: &[Reason<'_>]) -> Option<String> {
        if reason.counted == reason.set.points {
            return None;
        }
        let mechanism = reason.factor.mechanism?;
        Some(match self.policy().limit(mechanism) {
            Limit::Largest => {
                let counted = all
                    .iter()
                    .find(|other| other.factor.mechanism == Some(mechanism) && other.counted > 0)?;
                format!(
                    "worth {}, but {} is counted once and {} counts most",
                    reason.set.points,
                    mechanism.name(),
                    counted.factor.title.to_lowercase()
                )
            }
            Limit::Together(limit) => {
                let count = match mechanism {
                    Mechanism::LostTolerance => "counts",
                    Mechanism::Depressants => "count",
                };
                let set = self.policy().settings().limit(mechanism);
                let by = set.why.as_deref().map_or(String::new(), |why| {
                    format!(", a limit that the service has set: {}", unended(why))
                });
                format!(
                    "worth {}, but {} {count} to {limit} together{by}",
                    reason.set.points,
                    mechanism.name()
                )
            }
        })
    }
}

/// What of a level is the service's own, and why: `9 points in place of 5: ...`.
fn set_because(reason: &Reason<'_>) -> Option<String> {
    let (set, level) = (reason.set, reason.level);
    let why = set.why.as_deref()?;
    let floor = |floor: Option<Urgency>| floor.map_or("none", |floor| Tier::from(floor).name());
    let points = (set.points != level.points)
        .then(|| format!("{} in place of {}", plural(set.points.into()), level.points));
    let floor = (set.floor != level.floor)
        .then(|| format!("floor {} in place of {}", floor(set.floor), floor(level.floor)));
    let what: Vec<String> = points.into_iter().chain(floor).collect();
    Some(format!("{}: {}", what.join(", "), unended(why)))
}

/// A sentence without its full stop, to stand within another.
fn unended(sentence: &str) -> &str {
    sentence.strip_suffix('.').unwrap_or(sentence)
}

fn when(days_ago: i64) -> String {
    match days_ago {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        -1 => "tomorrow".to_owned(),
        days if days > 0 => format!("{days} days ago"),
        days => format!("in {} days", -days),
    }
}

/// A date as people write it: `28 March 2026`.
pub(crate) fn in_words(date: NaiveDate) -> String {
    let month = u8::try_from(date.month()).ok().and_then(|month| Month::try_from(month).ok());
    format!("{} {} {}", date.day(), month.map_or("", |month| month.name()), date.year())
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}.", self.tier, self.promise)?;
        if self.in_custody {
            writeln!(f, "In custody.")?;
        }
        if self.under_18 {
            writeln!(f, "Under 18: these rules were made from adults' figures.")?;
        }
        if self.tier == Tier::OutOfScope {
            return self.footer(f);
        }
        if self.by_known_facts != self.tier {
            let known = self.by_known_facts;
            writeln!(f, "By the known facts {known}: {}.", self.promise_by_known_facts)?;
        }
        write!(f, "{} points", self.points)?;
        if (self.could_reach, self.could_points) != (self.tier, self.points) {
            write!(f, "; with what is not known, at worst {}", self.could_reach)?;
            write!(f, " with {} points", self.could_points)?;
        }
        writeln!(f, ".")?;

        if let Some(alert) = self.alert {
            writeln!(f, "Local warning until {}: {}", in_words(alert.until), alert.text)?;
        }
        section(f, "Why", &self.reasons)?;
        section(f, "What to offer", &self.offers)?;
        section(f, "What to ask", &self.questions)?;
        // What the answers could lead to at worst stands beside the questions.
        let is_answer = |lever: &&Lever| matches!(lever.step, Step::Answered { .. });
        let others: Vec<&Lever> = self.levers.iter().filter(|lever| !is_answer(lever)).collect();
        section(f, "What would follow", &others)?;
        self.footer(f)
    }
}

impl Explanation<'_> {
    fn footer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\nAs of {}, by {}.", in_words(self.as_of), self.policy)?;
        if let Some(until) = self.valid_until {
            write!(f, " Holds until {}.", in_words(until))?;
        }
        writeln!(f, " Not a probability; nobody is called safe.")
    }
}

fn section(f: &mut fmt::Formatter<'_>, title: &str, items: &[impl fmt::Display]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    items.iter().try_for_each(|item| writeln!(f, "- {item}"))
}

impl fmt::Display for ExplainedReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sentence, plural(self.points.into()))?;
        if let Some(why) = &self.not_counted {
            write!(f, " ({why})")?;
        }
        if let Some(floor) = self.floor {
            write!(f, ", at least {floor}")?;
        }
        if let Some(until) = self.holds_until {
            write!(f, ", until {}", in_words(until))?;
        }
        write!(f, " [{}", if self.judgement { "judgement" } else { "ratio" })?;
        for source in &self.sources {
            write!(f, ", {source}")?;
        }
        if let Some(set) = &self.set_because {
            write!(f, ", set by the service: {set}")?;
        }
        f.write_str("]")
    }
}

pub(crate) fn plural(points: u16) -> String {
    if points == 1 { "1 point".to_owned() } else { format!("{points} points") }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} At worst {}, {} points.", self.ask, self.could_reach, self.could_points)
    }
}
