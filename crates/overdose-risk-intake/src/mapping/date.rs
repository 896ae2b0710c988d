//! Dates as case-management systems write them. What could be two days is none.

use crate::text::digits;
use chrono::NaiveDate;

/// Whether the day or the month comes first where a date is all numbers and the year comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateOrder {
    DayFirst,
    MonthFirst,
}

impl DateOrder {
    pub(crate) const ALL: [Self; 2] = [Self::DayFirst, Self::MonthFirst];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DayFirst => "day-first",
            Self::MonthFirst => "month-first",
        }
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The day that a text names. A time of day behind it is cut off, and nothing is converted between
/// time zones.
pub(crate) fn day(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let date = match text.split_once(':') {
        None => text,
        Some((before, after)) => {
            let (date, hour) = before.rsplit_once([' ', 'T'])?;
            is_time(hour, after).then_some(date.trim_ascii_end())?
        }
    };
    let Some(separator) = date.chars().find(|character| !character.is_ascii_alphanumeric()) else {
        return compact(date.as_bytes());
    };
    let mut parts = date.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !matches!(separator, '-' | '/' | '.' | ' ') {
        return None;
    }
    if first.len() == 4 {
        let is_iso = separator == '-' && second.len() == 2 && third.len() == 2;
        return is_iso.then(|| on(first, number(second)?, third))?;
    }
    if let Some(month) = month_named(second) {
        return on(third, month, first);
    }
    if separator == ' ' {
        return None;
    }
    match order {
        DateOrder::DayFirst => on(third, number(second)?, first),
        DateOrder::MonthFirst => on(third, number(first)?, second),
    }
}

/// `YYYYMMDD`.
fn compact(text: &[u8]) -> Option<NaiveDate> {
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let year = i32::try_from(digits(year)?).ok()?;
    let day = (day.len() == 2).then(|| digits(day))??;
    NaiveDate::from_ymd_opt(year, digits(month)?, day)
}

fn on(year: &str, month: u32, day: &str) -> Option<NaiveDate> {
    let year = (year.len() == 4).then(|| digits(year.as_bytes()))??;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, number(day)?)
}

/// One or two digits.
fn number(text: &str) -> Option<u32> {
    matches!(text.len(), 1 | 2).then(|| digits(text.as_bytes()))?
}

/// A month by its English name, or by the first three letters of it.
fn month_named(text: &str) -> Option<u32> {
    let is_name = |name: &str| {
        let short = name.get(..3).unwrap_or(name);
        text.eq_ignore_ascii_case(name) || text.eq_ignore_ascii_case(short)
    };
    (1..).zip(MONTHS).find(|(_, name)| is_name(name)).map(|(number, _)| number)
}

/// Whether this is a time of day, where the first colon stands between the two: minutes, and perhaps
/// seconds, a fraction of them, and a zone or a half of the day.
fn is_time(hour: &str, after: &str) -> bool {
    let Some(hour) = number(hour).filter(|hour| *hour < 24) else { return false };
    let Some(rest) = sixtieths(after) else { return false };
    let rest = match rest.strip_prefix(':') {
        None => rest,
        Some(seconds) => match sixtieths(seconds).map(without_fraction) {
            Some(Some(rest)) => rest,
            Some(None) | None => return false,
        },
    };
    let behind = rest.trim_ascii_start();
    let is_half = ["am", "pm"].iter().any(|half| behind.eq_ignore_ascii_case(half));
    behind.is_empty() || behind == "Z" || is_offset(behind) || is_half && (1..=12).contains(&hour)
}

/// What follows two digits below 60.
fn sixtieths(text: &str) -> Option<&str> {
    let (first, rest) = text.split_at_checked(2)?;
    number(first).filter(|number| *number < 60)?;
    Some(rest)
}

/// What follows a fraction, if there is one.
fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix(['.', ',']) else { return Some(text) };
    let rest = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

/// `+01:00`, `+0100` or `+01`.
fn is_offset(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return false };
    let Some((hours, minutes)) = offset.split_at_checked(2) else { return false };
    let minutes = minutes.strip_prefix(':').unwrap_or(minutes);
    number(hours).is_some_and(|hours| hours < 24)
        && (sixtieths(minutes) == Some("") || offset.len() == 2)
}
