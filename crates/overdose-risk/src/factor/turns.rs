//! The days on which a factor can show another level although no fact changes.

use super::seen::Day;
use super::{Level, When};
use crate::record::{Field, Record};
use chrono::{NaiveDate, TimeDelta};

/// When the levels of a factor begin and end, by what they go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turns {
    /// For each field with a date, the days since it on which a level begins or has just ended.
    since: Vec<(Field, Vec<i64>)>,
    /// The ages from which a level shows.
    aged: Vec<u8>,
}

impl Turns {
    pub(crate) const NONE: Self = Self { since: Vec::new(), aged: Vec::new() };

    pub(crate) fn of(levels: &[Level]) -> Self {
        let Self { mut since, mut aged } = Self::NONE;
        for level in levels {
            match level.when {
                When::Recorded => {}
                When::Aged(years) => aged.push(years),
                When::Since(fields, days) => {
                    let edges = [Some(days.first), days.last.map(|last| last.saturating_add(1))];
                    for field in fields {
                        match since.iter_mut().find(|(known, _)| known == field) {
                            Some((_, known)) => known.extend(edges.into_iter().flatten()),
                            None => since.push((*field, edges.into_iter().flatten().collect())),
                        }
                    }
                }
            }
        }
        // Where one window ends and another begins, one day turns both.
        for (_, days) in &mut since {
            days.sort_unstable();
            days.dedup();
        }
        Self { since, aged }
    }

    /// The first of them after a day, and before `first` where that is given, on which a record is
    /// seen otherwise; else `first`.
    pub(crate) fn first_after(
        &self,
        on: Day,
        record: &Record,
        mut first: Option<NaiveDate>,
        is_otherwise: impl Fn(NaiveDate) -> bool,
    ) -> Option<NaiveDate> {
        let mut look = |day: NaiveDate| {
            if first.is_none_or(|first| day < first) && is_otherwise(day) {
                first = Some(day);
            }
        };
        for (field, days) in &self.since {
            let Some(date) = record.fact(*field).date() else { continue };
            let since = i64::from(on.days_since(date));
            for ahead in days.iter().map(|day| day - since).filter(|ahead| *ahead > 0) {
                TimeDelta::try_days(ahead)
                    .and_then(|ahead| on.date.checked_add_signed(ahead))
                    .into_iter()
                    .for_each(&mut look);
            }
        }
        for years in &self.aged {
            let birthday = record.age.known().and_then(|age| age.is_certainly_from(*years));
            birthday.into_iter().filter(|day| *day > on.date).for_each(&mut look);
        }
        first
    }
}
