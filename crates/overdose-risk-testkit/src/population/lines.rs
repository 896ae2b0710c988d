//! Cells as bytes: a person's line of each format.

use super::Person;
use super::assumptions::{ANSWER_AS_BOOLEAN, BLANK_AS_TEXT, NUMBER_AS_TEXT};
use super::cells::{self, COLUMNS, Cell};
use chrono::{Datelike, NaiveDate};
use overdose_risk::{Age, Code, YesNo};

/// Appends the person's line of a CSV file: every cell, commas between, a line feed at the end.
pub(super) fn push_row(person: &Person, line: &mut Vec<u8>) {
    push_id(person, line);
    cells::each_after_id(person, |cell, _| {
        line.push(b',');
        push_text(cell, line);
    });
    line.push(b'\n');
}

/// Appends the person as a JSON object with a key for every column, blank or not. No line feed.
///
/// Nothing is escaped: words, digits and the marks in dates and bands need none.
pub(super) fn push_object(person: &Person, line: &mut Vec<u8>) {
    let [id, after_id @ ..] = COLUMNS;
    line.push(b'{');
    push_key(id, line);
    line.push(b'"');
    push_id(person, line);
    line.push(b'"');
    let mut keys = after_id.into_iter();
    cells::each_after_id(person, |cell, wording| {
        line.push(b',');
        push_key(keys.next().unwrap_or_default(), line);
        push_value(cell, wording, line);
    });
    line.push(b'}');
}

/// Appends the pseudonym.
pub(super) fn push_id(person: &Person, line: &mut Vec<u8>) {
    push_service(person.seed, line);
    line.push(b'-');
    push_number(person.index.saturating_add(1), 7, line);
}

fn push_service(seed: u64, line: &mut Vec<u8>) {
    line.push(b'S');
    push_number(seed, 1, line);
}

fn push_key(key: &str, line: &mut Vec<u8>) {
    line.push(b'"');
    push(key, line);
    push("\":", line);
}

fn push_value(cell: Cell, wording: u32, line: &mut Vec<u8>) {
    match cell {
        // The last digit, as the first ones may have chosen the blank.
        Cell::Blank if wording % 10 * 100 >= BLANK_AS_TEXT => push("null", line),
        Cell::Number(_) if wording >= NUMBER_AS_TEXT => push_text(cell, line),
        Cell::Answer(YesNo::Yes) if wording < ANSWER_AS_BOOLEAN => push("true", line),
        Cell::Answer(YesNo::No) if wording < ANSWER_AS_BOOLEAN => push("false", line),
        _ => {
            line.push(b'"');
            push_text(cell, line);
            line.push(b'"');
        }
    }
}

/// Appends the text of a cell: all that CSV writes, and what stands between quotes in JSON.
pub(super) fn push_text(cell: Cell, line: &mut Vec<u8>) {
    match cell {
        Cell::Blank => {}
        Cell::Word(word) => push(word, line),
        Cell::Answer(answer) => push(answer.name(), line),
        Cell::Number(number) => push_number(number.into(), 1, line),
        Cell::Band { youngest, oldest } => push_band(youngest, oldest, line),
        Cell::IsoDate(day) => push_iso_date(day, line),
        Cell::DayFirst(day) => push_day_first(day, line),
        Cell::Service(service) => push_service(service, line),
        Cell::Team(service, team) => {
            push_service(service, line);
            push("-T", line);
            push_number(team, 1, line);
        }
        Cell::Worker(worker) => {
            line.push(b'W');
            push_number(worker, 2, line);
        }
    }
}

fn push_band(youngest: u8, oldest: u8, line: &mut Vec<u8>) {
    push_number(youngest.into(), 1, line);
    if oldest == Age::OLDEST {
        line.push(b'+');
    } else {
        line.push(b'-');
        push_number(oldest.into(), 1, line);
    }
}

fn push_iso_date(day: NaiveDate, line: &mut Vec<u8>) {
    push_number(day.year().unsigned_abs().into(), 4, line);
    line.push(b'-');
    push_number(day.month().into(), 2, line);
    line.push(b'-');
    push_number(day.day().into(), 2, line);
}

fn push_day_first(day: NaiveDate, line: &mut Vec<u8>) {
    push_number(day.day().into(), 2, line);
    line.push(b'/');
    push_number(day.month().into(), 2, line);
    line.push(b'/');
    push_number(day.year().unsigned_abs().into(), 4, line);
}

fn push(text: &str, line: &mut Vec<u8>) {
    line.extend_from_slice(text.as_bytes());
}

/// Appends a number in decimal, with zeros in front up to `width` digits.
fn push_number(mut number: u64, width: usize, line: &mut Vec<u8>) {
    let first = line.len();
    while number > 0 || line.len() < first + width {
        line.push(b'0' + u8::try_from(number % 10).unwrap_or_default());
        number /= 10;
    }
    if let Some(digits) = line.get_mut(first..) {
        digits.reverse();
    }
}
