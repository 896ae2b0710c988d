//! The words of a page for what the code has names for.

use crate::change::{Because, Change, ChangeKind, MovedBy};
use crate::listed::{Review, ReviewState, Standing};
use chrono::{Datelike, Month, NaiveDate};
use overdose_risk::factor::{Days, Level, When};
use overdose_risk::{FACTORS, Tier};
use overdose_risk_json::Flagged;

/// A date as people write it: `28 March 2026`.
pub(crate) fn day(date: NaiveDate) -> String {
    let month = u8::try_from(date.month()).ok().and_then(|month| Month::try_from(month).ok());
    format!("{} {} {}", date.day(), month.map_or("", |month| month.name()), date.year())
}

/// A tier at the start of a sentence.
pub(crate) const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::ActNow => "Act now",
        Tier::Prioritise => "Prioritise",
        Tier::Standard => "Standard",
        Tier::NotEnoughInformation => "Not enough information",
        Tier::OutOfScope => "Out of scope",
    }
}

/// A count with its noun.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A sentence begun with a capital.
pub(crate) fn begun(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// What a filter calls a kind of change.
pub(crate) const fn change_kind(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::New => "New",
        ChangeKind::Raised => "Raised",
        ChangeKind::Lowered => "Lowered",
        ChangeKind::SameTier => "Same tier, other reasons",
        ChangeKind::NotAssessed => "Not assessed",
        ChangeKind::Gone => "Not in the export",
    }
}

/// When people read of a run: a worklist on the day of the run, a sheet on any day.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Read {
    OnItsDay,
    Later,
}

impl Read {
    const fn export(self) -> &'static str {
        match self {
            Self::OnItsDay => "today's export",
            Self::Later => "that run's export",
        }
    }

    const fn when(self) -> &'static str {
        match self {
            Self::OnItsDay => "today",
            Self::Later => "in that run",
        }
    }
}

/// What became of a person since the run before.
pub(crate) fn change(change: &Change, read: Read) -> String {
    let was = change.from.map_or_else(String::new, |from| format!(" from {}", lower(from)));
    let is = change.to.map_or_else(String::new, |to| format!(" to {}", lower(to)));
    let last = change.from.map_or_else(String::new, |from| format!(": was {}", lower(from)));
    match change.kind {
        ChangeKind::New => "New on this list.".to_owned(),
        ChangeKind::Raised => format!("Raised{was}{is}."),
        // Nobody is in less danger because a cell went blank.
        ChangeKind::Lowered if change.to == Some(Tier::NotEnoughInformation) => {
            format!("Opioid exposure is not recorded any more{last}.")
        }
        ChangeKind::Lowered => format!("Lowered{was}{is}."),
        ChangeKind::SameTier => "The same tier, for other reasons.".to_owned(),
        ChangeKind::NotAssessed => format!("Not assessed {}{last}.", read.when()),
        ChangeKind::Gone => format!("Not in {}{last}.", read.export()),
    }
}

fn lower(of: Tier) -> String {
    tier(of).to_lowercase()
}

/// Why something changed, as a sentence. What stands in the record now is said in the words of the
/// person's own reasons, which know the day.
pub(crate) fn because(because: &Because, flagged: &Flagged) -> String {
    match because {
        Because::FirstSeen => "The run before did not assess the person.".to_owned(),
        Because::Moved { what, from, to, by } => {
            let from = from.as_deref().map(|level| level_before(what, level));
            let to = to.as_deref().map(|level| level_now(what, level, flagged));
            let moved = match (from, to) {
                (None, Some(to)) => format!("new: {to}"),
                (Some(from), None) => format!("no longer: {from}"),
                (Some(from), Some(to)) => format!("was: {from}; now: {to}"),
                (None, None) => "something else".to_owned(),
            };
            format!("{}, {moved} ({}).", title(what), moved_by(*by))
        }
        Because::PolicyChanged => {
            "The policy or the program is another than in the run before, and gives another tier for \
             the same reasons."
                .to_owned()
        }
        Because::Absent => "No row that could be read is theirs.".to_owned(),
        Because::Quarantined => "What the export has of them could not be read.".to_owned(),
        Because::WithoutConsent => {
            "There is no consent to this use of their record.".to_owned()
        }
        Because::NoLongerCarried => {
            "Nobody has assessed them for more than 28 days, so they are no longer carried.".to_owned()
        }
        Because::EndedByReview => {
            "A review says that they died, moved away or asked not to be contacted, so they are no longer \
             carried."
                .to_owned()
        }
        Because::Died => "The person has died.".to_owned(),
    }
}

const fn moved_by(by: MovedBy) -> &'static str {
    match by {
        MovedBy::FactChanged => "newly recorded",
        MovedBy::WindowPassed => "time has passed; the record is the same",
        MovedBy::FactOrPolicyChanged => "newly recorded, or the policy or the program is another",
    }
}

/// The heading of a factor; the name itself where this version of the program has no such factor.
pub(crate) fn title(factor: &str) -> String {
    if factor == "exposure" {
        return "Opioid exposure".to_owned();
    }
    let known = FACTORS.iter().find(|known| known.name == factor);
    known.map_or_else(|| factor.to_owned(), |known| known.title.to_owned())
}

fn level_now(factor: &str, level: &str, flagged: &Flagged) -> String {
    let same = |one: &&_| -> bool {
        let one: &overdose_risk_json::FlaggedReason = one;
        one.factor == factor && one.level == level
    };
    let sentence = flagged.reasons.iter().find(same).map(|reason| reason.sentence.as_str());
    sentence.map_or_else(|| level_before(factor, level), quoted)
}

/// What a level says of anybody, with the days of its window; its name where it is not known.
fn level_before(factor: &str, level: &str) -> String {
    if factor == "exposure" {
        return exposure(level).to_owned();
    }
    let known = FACTORS.iter().find(|known| known.name == factor);
    let known = known.and_then(|known| known.levels.iter().find(|one| one.name == level));
    known.map_or_else(|| level.to_owned(), |known| quoted(&sentence(known)))
}

fn exposure(level: &str) -> &str {
    match level {
        "yes" => "recorded",
        "no" => "recorded as none",
        "unknown" => "not recorded",
        other => other,
    }
}

fn quoted(sentence: &str) -> String {
    format!("“{}”", sentence.trim_end_matches('.'))
}

/// What a level says of anybody, with the days of its window.
pub(crate) fn sentence(level: &Level) -> String {
    let window = match level.when {
        When::Since(_, days) => within(days),
        When::Recorded | When::Aged(_) => String::new(),
    };
    level.sentence.replace("on {date}, {when}", "{when}").replace("{when}", &window)
}

fn within(days: Days) -> String {
    match (days.first, days.last) {
        (first, None) => format!("{first} or more days ago"),
        (first, Some(last)) if first < 0 && last <= 0 => format!("in {} to {} days", -last, -first),
        (first, Some(last)) => format!("{first} to {last} days ago"),
    }
}

/// A review and whether it still holds.
pub(crate) fn review(review: &Review) -> String {
    let (on, until) = (day(review.reviewed_on), day(review.until));
    let mut text = match review.state {
        ReviewState::Holds => format!("Reviewed on {on}, until {until}."),
        ReviewState::Lapsed => format!("Review due again: reviewed on {on}, until {until}."),
        ReviewState::NewReason => format!(
            "Review due again: there is a new reason since {on}. Was reviewed until {until}."
        ),
    };
    if !review.outcome.trim().is_empty() {
        text.push_str(" Outcome: ");
        text.push_str(&review.outcome);
    }
    text
}

/// The name and the words of whether a review holds, for a filter.
pub(crate) const fn review_state(review: Option<&Review>) -> (&'static str, &'static str) {
    match review {
        None => ("never", "Not reviewed"),
        Some(Review { state: ReviewState::Holds, .. }) => ("holds", "Reviewed, not due again"),
        Some(Review { state: ReviewState::Lapsed, .. }) => ("lapsed", "Review lapsed"),
        Some(Review { state: ReviewState::NewReason, .. }) => {
            ("new-reason", "Reviewed, new reason since")
        }
    }
}

/// Why a person was not assessed, where they were not.
pub(crate) fn standing(standing: Standing, read: Read) -> Option<String> {
    let (export, when) = (read.export(), read.when());
    match standing {
        Standing::Assessed => None,
        Standing::Gone => Some(format!("Not in {export}.")),
        Standing::Quarantined => {
            Some(format!("Not assessed {when}: what the export has of them could not be read."))
        }
        Standing::WithoutConsent => Some(format!(
            "Not assessed {when}: no consent to this use of their record. This says nothing about \
             treatment or contact."
        )),
    }
}

/// What a worker does first with somebody of whom the latest run knows nothing.
pub(crate) const BEFORE_CALLING: &str =
    "Before you call, look up whether they are still alive, and where they live now.";

pub(crate) const IN_CUSTODY: &str =
    "In custody: work with the prison's healthcare team, and check the release date.";

pub(crate) const UNDER_18: &str =
    "Under 18: follow safeguarding; these rules were made from adults' figures.";

/// Whether a reason counts, or did when somebody who is carried was assessed.
pub(crate) const fn counts(standing: Option<Standing>) -> &'static str {
    match standing {
        Some(Standing::Assessed) => "counts",
        Some(Standing::Gone | Standing::Quarantined | Standing::WithoutConsent) | None => "counted",
    }
}

/// Until when the reasons stay as they are, as a sentence.
pub(crate) fn valid_until(flagged: &Flagged, standing: Option<Standing>) -> Option<String> {
    let until = day(flagged.valid_until?);
    Some(match standing {
        Some(Standing::Assessed) => format!("These reasons change after {until}."),
        Some(Standing::Gone | Standing::Quarantined | Standing::WithoutConsent) | None => {
            format!("As of {}; these reasons counted until {until}.", day(flagged.as_of))
        }
    })
}

/// Where what is not known could lead.
pub(crate) fn could_reach(tier: Tier, points: u16) -> String {
    format!("could reach {}, {}", lower(tier), count(usize::from(points), "point", "points"))
}
