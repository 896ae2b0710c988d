//! A day on a command line.

use chrono::{Datelike, NaiveDate};

/// A day that an export can be for. A slip of a digit must not open a folder for the year 2602.
pub(crate) fn day(text: &str) -> Result<NaiveDate, &'static str> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|day| text.len() == 10 && (1900..2100).contains(&day.year()))
        .ok_or("a date like 2026-03-31, from 1900 to 2099")
}
