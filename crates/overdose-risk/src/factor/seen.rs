//! What a factor's function sees of a record, and the questions that it can put to it.

use super::{Finding, Level, Place, Urgency, When};
use crate::fact::Event;
use crate::policy::Rule;
use crate::record::Record;
use chrono::NaiveDate;

/// What a factor's function sees: the facts as read, a day, and what each level is worth in the
/// policy in force.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// The facts, as read on the as-of date.
    pub(crate) record: &'a Record,
    /// The day on which they are looked at.
    pub(crate) on: NaiveDate,
    levels: &'static [Level],
    rules: &'a [Rule],
}

impl<'a> Seen<'a> {
    pub(crate) fn new(
        record: &'a Record,
        on: NaiveDate,
        levels: &'static [Level],
        rules: &'a [Rule],
    ) -> Self {
        Self { record, on, levels, rules }
    }

    /// How many days lie between a date and this day; negative when the date is still to come.
    pub(crate) fn days_since(&self, date: NaiveDate) -> i64 {
        (self.on - date).num_days()
    }

    /// The level whose window this date falls into.
    pub(crate) fn level_since(&self, date: NaiveDate) -> Option<Place> {
        let day = self.days_since(date);
        self.levels
            .iter()
            .position(|level| matches!(level.when, When::Since(_, days) if days.contains(day)))
            .map(Place::at)
    }

    /// Whether a date falls into the window of this level.
    pub(crate) fn falls_into(&self, level: Place, date: NaiveDate) -> bool {
        let day = self.days_since(date);
        self.levels
            .get(level.index())
            .is_some_and(|level| matches!(level.when, When::Since(_, days) if days.contains(day)))
    }

    /// The level for a person of this age.
    pub(crate) fn level_aged(&self, years: u8) -> Option<Place> {
        self.levels
            .iter()
            .rposition(|level| matches!(level.when, When::Aged(from) if years >= from))
            .map(Place::at)
    }

    /// The second level if it weighs more than the first: more points, or as many and a higher
    /// floor. Otherwise the first.
    pub(crate) fn raised(&self, level: Option<Place>, to: Option<Place>) -> Option<Place> {
        if self.weight(to) > self.weight(level) { to } else { level }
    }

    fn weight(&self, level: Option<Place>) -> (u8, Option<Urgency>) {
        let rule = level.and_then(|place| self.rules.get(place.index()));
        rule.map_or((0, None), |rule| (rule.points, rule.floor))
    }

    /// The first level: of an event, the days right after it.
    pub(crate) fn first(&self) -> Place {
        Place(0)
    }

    /// The level that weighs most, the first of them on a tie.
    pub(crate) fn worst(&self) -> Place {
        let others = (0..self.levels.len()).map(Place::at);
        others.fold(self.first(), |worst, place| {
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
