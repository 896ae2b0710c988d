//! What a factor's function sees of a record, and the questions that it can put to it.

use super::{Days, Finding, Place, Urgency};
use crate::fact::Event;
use crate::policy::{Rule, Rules};
use crate::record::Record;
use chrono::{Datelike, NaiveDate, TimeDelta};

/// The days since an event on which a level shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    first: i32,
    last: i32,
}

impl Window {
    /// No day.
    pub(crate) const NONE: Self = Self { first: 0, last: -1 };

    pub(crate) fn of(days: Days) -> Self {
        // No two dates are as many days apart as an `i32` counts.
        let near = |day: i64| day.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        Self { first: near(days.first), last: days.last.map_or(i32::MAX, near) }
    }

    fn contains(self, day: i32) -> bool {
        self.first <= day && day <= self.last
    }
}

/// A date, and how many days it lies after a first one, so that this is found once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day {
    pub(crate) date: NaiveDate,
    number: i32,
}

impl Day {
    pub(crate) fn of(date: NaiveDate) -> Self {
        Self { date, number: date.num_days_from_ce() }
    }

    /// The day so many days later, if there is such a date.
    pub(crate) fn after(self, days: i64) -> Option<Self> {
        self.date.checked_add_signed(TimeDelta::try_days(days)?).map(Self::of)
    }

    /// How many days lie between a date and this day; negative when the date is still to come.
    pub(crate) fn days_since(self, date: NaiveDate) -> i32 {
        self.number - date.num_days_from_ce()
    }
}

/// What a factor's function sees: the facts as read, a day, and what each level is worth in the
/// policy in force.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// The facts, as read on the as-of date.
    pub(crate) record: &'a Record,
    /// The day on which they are looked at.
    pub(crate) on: Day,
    rules: &'a Rules,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(record: &'a Record, on: Day, rules: &'a Rules) -> Self {
        Self { record, on, rules }
    }

    /// How many days lie between a date and this day; negative when the date is still to come.
    pub(crate) fn days_since(&self, date: NaiveDate) -> i32 {
        self.on.days_since(date)
    }

    /// The level whose window this date falls into.
    pub(crate) fn level_since(&self, date: NaiveDate) -> Option<Place> {
        let day = self.days_since(date);
        self.rules.levels().find(|(_, rule)| rule.window.contains(day)).map(|(place, _)| place)
    }

    /// Whether a date falls into the window of this level.
    pub(crate) fn falls_into(&self, level: Place, date: NaiveDate) -> bool {
        self.rules.rule(Some(level)).window.contains(self.days_since(date))
    }

    /// The level for a person of this age.
    pub(crate) fn level_aged(&self, years: u8) -> Option<Place> {
        let reached = |rule: &Rule| rule.from_age.is_some_and(|from| years >= from);
        let levels = self.rules.levels();
        levels.fold(None, |level, (place, rule)| if reached(rule) { Some(place) } else { level })
    }

    /// The second level if it weighs more than the first: more points, or as many and a higher
    /// floor. Otherwise the first.
    pub(crate) fn raised(&self, level: Option<Place>, to: Option<Place>) -> Option<Place> {
        if self.weight(to) > self.weight(level) { to } else { level }
    }

    fn weight(&self, level: Option<Place>) -> (u8, Urgency) {
        let rule = self.rules.rule(level);
        (rule.points, rule.floor)
    }

    /// The first level: of an event, the days right after it.
    pub(crate) fn first(&self) -> Place {
        Place::First
    }

    /// The level that weighs most, the first of them on a tie.
    pub(crate) fn worst(&self) -> Place {
        Place::ALL.into_iter().fold(self.first(), |worst, place| {
            self.raised(Some(worst), Some(place)).unwrap_or(worst)
        })
    }

    /// By days since an event: its date gives the level to low and high, and where a later date may
    /// be missing, high is raised to the first level.
    pub(crate) fn by_days(&self, event: Event) -> Finding {
        let low = event.latest().and_then(|date| self.level_since(date));
        let high = match event.why_unknown() {
            Some(_) => self.raised(low, Some(self.first())),
            None => low,
        };
        Finding { low, high }
    }
}

/// How many days the second date lies after the first.
pub(crate) fn days_between(first: NaiveDate, second: NaiveDate) -> i32 {
    second.num_days_from_ce() - first.num_days_from_ce()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_does_not_follow_from_a_date_shows_on_no_day() {
        for day in [i32::MIN, -1, 0, 1, i32::MAX] {
            assert!(!Window::NONE.contains(day), "{day}");
        }
    }
}
