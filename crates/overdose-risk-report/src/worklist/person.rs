//! One person on the page.

use super::filters;
use crate::change::Because;
use crate::listed::{Listed, Review, ReviewState};
use crate::words::{self, Read};
use overdose_risk::Policy;
use overdose_risk_json::{Flagged, FlaggedQuestion, FlaggedReason};

/// What the template shows of a person.
#[derive(Debug)]
pub(super) struct Person<'a> {
    pub(super) flagged: &'a Flagged,
    listed: &'a Listed,
    policy: &'a Policy,
}

impl<'a> Person<'a> {
    pub(super) fn of(listed: &'a Listed, policy: &'a Policy) -> Self {
        Self { flagged: &listed.flagged, listed, policy }
    }

    pub(super) fn tier(&self) -> &'static str {
        words::tier(self.flagged.tier)
    }

    /// What the service does, by the known facts where exposure is not recorded.
    pub(super) fn promise(&self) -> String {
        let Flagged { tier, by_known_facts, .. } = self.flagged;
        let promise = words::begun(self.policy.promise(*tier));
        if tier == by_known_facts {
            return format!("{promise}.");
        }
        let known = words::tier(*by_known_facts).to_lowercase();
        format!("{promise}. By the known facts {known}: {}.", self.policy.promise(*by_known_facts))
    }

    pub(super) fn points(&self) -> String {
        let Flagged { tier, points, could_reach, could_points, .. } = self.flagged;
        let points_now = words::count(usize::from(*points), "point", "points");
        if (could_reach, could_points) == (tier, points) {
            return format!("{points_now}.");
        }
        let worst = words::could_reach(*could_reach, *could_points);
        format!("{points_now}; with what is not known it {worst}.")
    }

    pub(super) fn valid_until(&self) -> Option<String> {
        words::valid_until(self.flagged, Some(self.listed.standing))
    }

    /// Why the person was not assessed, and from when the rest is.
    pub(super) fn carried(&self) -> Option<(String, String)> {
        let standing = words::standing(self.listed.standing, Read::OnItsDay)?;
        let (day, policy) = (words::day(self.flagged.as_of), &self.flagged.policy);
        let from = format!("What follows is from {day}, by {policy}. {}", words::BEFORE_CALLING);
        Some((standing, from))
    }

    pub(super) fn marks(&self) -> Vec<&'static str> {
        let exposure_unknown = self.flagged.tier == overdose_risk::Tier::NotEnoughInformation;
        let marks = [
            (self.flagged.in_custody, words::IN_CUSTODY),
            (self.flagged.under_18, words::UNDER_18),
            (exposure_unknown, "Opioid exposure not recorded"),
            (self.flagged.naloxone_gap, "Offer or ask about naloxone"),
        ];
        marks.into_iter().filter_map(|(is_so, mark)| is_so.then_some(mark)).collect()
    }

    pub(super) fn changed(&self) -> Option<String> {
        self.listed.change.as_ref().map(|change| words::change(change, Read::OnItsDay))
    }

    pub(super) fn because(&self) -> impl Iterator<Item = String> + use<'_> {
        let because: &[Because] = self.listed.change.as_ref().map_or(&[], |one| &one.because);
        because.iter().map(|one| words::because(one, self.flagged))
    }

    pub(super) fn reviewed(&self) -> Option<String> {
        self.listed.review.as_ref().map(words::review)
    }

    pub(super) fn is_settled(&self) -> bool {
        let holds = |review: &Review| review.state == ReviewState::Holds;
        self.listed.review.as_ref().is_some_and(holds)
    }

    pub(super) fn codes(&self) -> Option<String> {
        let Flagged { service, team, worker, .. } = self.flagged;
        let kinds = [("Service", service), ("Team", team), ("Worker", worker)];
        let some = kinds.into_iter().filter(|(_, codes)| !codes.is_empty());
        let parts: Vec<_> =
            some.map(|(kind, codes)| format!("{kind} {}", codes.join(", "))).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    pub(super) fn change_name(&self) -> &'static str {
        filters::change(self.listed)
    }

    pub(super) fn review_name(&self) -> &'static str {
        words::review_state(self.listed.review.as_ref()).0
    }

    pub(super) fn factors(&self) -> String {
        spaced(self.flagged.reasons.iter().map(|reason| reason.factor.as_str()))
    }

    pub(super) fn fields(&self) -> String {
        spaced(self.flagged.questions.iter().map(|question| question.field.as_str()))
    }

    /// What counts about a reason, and what the number rests on.
    pub(super) fn small_print(&self, reason: &FlaggedReason) -> String {
        let mut text = words::count(usize::from(reason.points), "point", "points");
        if let Some(why) = &reason.not_counted {
            text.push_str(&format!(" ({why})"));
        }
        if let Some(floor) = reason.floor {
            text.push_str(&format!("; at least {}", words::tier(floor).to_lowercase()));
        }
        let counts = words::counts(Some(self.listed.standing));
        if let Some(until) = reason.holds_until {
            text.push_str(&format!("; {counts} until {}", words::day(until)));
        }
        if let Some(set) = &reason.set_because {
            text.push_str(&format!(" [set by the service: {set}]"));
            if reason.judgement {
                return text;
            }
        }
        let basis = if reason.judgement { "judgement" } else { "" };
        let basis = std::iter::once(basis).chain(reason.sources.iter().map(String::as_str));
        let basis: Vec<_> = basis.filter(|part| !part.is_empty()).collect();
        if !basis.is_empty() {
            text.push_str(&format!(" [{}]", basis.join(", ")));
        }
        text
    }

    pub(super) fn until(&self) -> String {
        self.flagged.valid_until.map_or_else(String::new, |date| date.to_string())
    }
}

/// Where the worst answer would lead.
pub(super) fn at_worst(question: &FlaggedQuestion) -> String {
    words::could_reach(question.could_reach, question.could_points)
}

/// The values of an attribute that the script takes apart at its spaces.
pub(super) fn spaced<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> String {
    let mut all = String::new();
    for value in values {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(value.as_ref());
    }
    all
}
