//! The days on which a factor can show another level although no fact changes.

use super::seen::Day;
use super::{Level, When};
use crate::record::{Field, Record};
use chrono::NaiveDate;
use std::iter;

/// When the levels of the factors begin and end, by what they go by.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    /// For each field, the days since its date on which a level begins or has just ended, the
    /// earliest first, each with the place of its factor.
    since: [Vec<(i64, usize)>; Field::ALL.len()],
    /// The ages from which a level shows, each with the place of its factor.
    aged: Vec<(u8, usize)>,
}

impl Turns {
    /// Those of the factors at these places of the catalogue, with these levels.
    pub(crate) fn of<'l>(factors: impl Iterator<Item = (usize, &'l [Level])>) -> Self {
        let mut turns = Self { since: [const { Vec::new() }; Field::ALL.len()], aged: Vec::new() };
        for (factor, level) in factors.flat_map(|(factor, levels)| iter::repeat(factor).zip(levels))
        {
            match level.when {
                When::Recorded => {}
                When::Aged(years) => turns.aged.push((years, factor)),
                When::Since(fields, days) => {
                    let edges = [Some(days.first), days.last.map(|last| last.saturating_add(1))];
                    for (field, since) in Field::ALL.iter().zip(&mut turns.since) {
                        if fields.contains(field) {
                            since.extend(edges.into_iter().flatten().map(|day| (day, factor)));
                        }
                    }
                }
            }
        }
        // Where one window ends and another begins, one day turns both.
        for since in &mut turns.since {
            since.sort_unstable();
            since.dedup();
        }
        turns
    }

    /// The first of them after a day on which a factor sees a record otherwise.
    pub(crate) fn first_after(
        &self,
        on: Day,
        record: &Record,
        is_otherwise: impl Fn(usize, Day) -> bool,
    ) -> Option<NaiveDate> {
        let mut first: Option<Day> = None;
        record.each_date(|field, date| {
            let Some(turns) = self.since.get(field as usize) else { return };
            let since = i64::from(on.days_since(date));
            let gone = turns.partition_point(|(turn, _)| *turn <= since);
            for (turn, factor) in turns.iter().skip(gone) {
                let ahead = turn - since;
                if first.is_some_and(|first| i64::from(first.days_since(on.date)) <= ahead) {
                    return;
                }
                if let Some(day) = on.after(ahead)
                    && is_otherwise(*factor, day)
                {
                    first = Some(day);
                    return;
                }
            }
        });
        for (years, factor) in &self.aged {
            let birthday = record.age.known().and_then(|age| age.is_certainly_from(*years));
            if let Some(birthday) = birthday
                && birthday > on.date
                && first.is_none_or(|first| birthday < first.date)
                && is_otherwise(*factor, Day::of(birthday))
            {
                first = Some(Day::of(birthday));
            }
        }
        first.map(|first| first.date)
    }
}
