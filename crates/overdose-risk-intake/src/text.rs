//! What one cell says.
//!
//! Cells are bytes: a cell that is not UTF-8 matches no word and no date, and so is unreadable like
//! any other. Nothing is guessed: a date is in one of three forms and never month first.

use crate::mapping;
use chrono::NaiveDate;
use overdose_risk::{Age, Code, Event, Status, Unknown, YesNo};

/// The words that mean, in every column, that nobody knows.
const NOT_RECORDED: [&str; 7] = ["unknown", "not recorded", "not known", "n/a", "na", "null", "-"];

/// The words that mean, in every column, that the person preferred not to say.
const DECLINED: [&str; 3] = ["declined", "refused", "prefer not to say"];

/// A cell, before anybody asks which column it stands in.
enum Cell<'a> {
    Blank,
    Unknown(Unknown),
    Says(&'a [u8]),
}

impl<'a> Cell<'a> {
    #[inline]
    fn of(text: &'a [u8]) -> Self {
        if text.is_empty() { Self::Blank } else { Self::of_some(text.trim_ascii()) }
    }

    fn of_some(text: &'a [u8]) -> Self {
        let is_one_of = |words: &[&str]| words.iter().any(|word| is(text, word));
        if text.is_empty() {
            Self::Blank
        } else if text.first().is_some_and(u8::is_ascii_digit) {
            // None of the words begins so.
            Self::Says(text)
        } else if is_one_of(&NOT_RECORDED) {
            Self::Unknown(Unknown::NotRecorded)
        } else if is_one_of(&DECLINED) {
            Self::Unknown(Unknown::Declined)
        } else {
            Self::Says(text)
        }
    }

    /// A status: a blank is not recorded, and what `read` cannot read is unreadable.
    fn status<T>(self, read: impl FnOnce(&[u8]) -> Option<T>) -> Status<T> {
        match self {
            Self::Blank => Status::Unknown(Unknown::NotRecorded),
            Self::Unknown(why) => Status::Unknown(why),
            Self::Says(text) => {
                read(text).map_or(Status::Unknown(Unknown::Unreadable), Status::Known)
            }
        }
    }
}

#[inline]
fn is(text: &[u8], word: &str) -> bool {
    text.eq_ignore_ascii_case(word.as_bytes())
}

/// Whether a cell says nothing, or that nobody knows.
pub(crate) fn is_missing(text: &[u8]) -> bool {
    !matches!(Cell::of(text), Cell::Says(_))
}

/// A status in words of its own: `read` is asked for whatever is neither blank nor a word for unknown.
pub(crate) fn status<T>(text: &[u8], read: impl FnOnce(&[u8]) -> Option<T>) -> Status<T> {
    Cell::of(text).status(read)
}

/// A text as labels are compared; `None` when it is not UTF-8.
pub(crate) fn normalised(text: &[u8]) -> Option<String> {
    Some(mapping::normal(std::str::from_utf8(text).ok()?).collect())
}

/// A value of a closed vocabulary.
pub(crate) fn code<T: Code>(text: &[u8]) -> Status<T> {
    Cell::of(text).status(|text| T::ALL.iter().copied().find(|code| is(text, code.name())))
}

/// A yes or a no, in any of the forms in which systems write them.
pub(crate) fn yes_no(text: &[u8]) -> Status<YesNo> {
    Cell::of(text).status(|text| {
        let is_one_of = |words: [&str; 4]| words.iter().any(|word| is(text, word));
        if is_one_of(["yes", "y", "true", "1"]) {
            Some(YesNo::Yes)
        } else if is_one_of(["no", "n", "false", "0"]) {
            Some(YesNo::No)
        } else {
            None
        }
    })
}

/// A date that is a property: a blank is not recorded.
pub(crate) fn date(text: &[u8]) -> Status<NaiveDate> {
    Cell::of(text).status(calendar_date)
}

/// An event: a blank is none recorded, and so is the word for "none" of this column.
pub(crate) fn event(text: &[u8], none: &str) -> Event {
    match Cell::of(text) {
        Cell::Blank => Event::NoneRecorded,
        Cell::Unknown(why) => Event::unknown(why),
        Cell::Says(text) if is(text, none) => Event::NoneRecorded,
        Cell::Says(text) => {
            calendar_date(text).map_or(Event::unknown(Unknown::Unreadable), Event::On)
        }
    }
}

/// An age in whole years.
pub(crate) fn age(text: &[u8]) -> Status<Age> {
    // As nearly all are written.
    if let [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = *text
        && let Ok(age) = Age::years(10 * (tens - b'0') + (ones - b'0'))
    {
        return age.into();
    }
    Cell::of(text).status(|text| Age::years(years(text)?).ok())
}

/// A band of ages: `35-44`, `<35`, `45+`.
pub(crate) fn age_band(text: &[u8]) -> Status<Age> {
    Cell::of(text).status(|text| {
        let (youngest, oldest) = match text {
            [b'<', above @ ..] => (0, years(above)?.checked_sub(1)?),
            [from @ .., b'+'] => (years(from)?, Age::OLDEST),
            _ => {
                let hyphen = text.iter().position(|byte| *byte == b'-')?;
                let (from, to) = text.split_at_checked(hyphen)?;
                (years(from)?, years(to.get(1..)?)?)
            }
        };
        Age::between(youngest, oldest).ok()
    })
}

/// A year of birth. One that makes nobody between 0 and 120 is contradictory.
pub(crate) fn birth_year(text: &[u8], as_of: NaiveDate) -> Status<Age> {
    let year = Cell::of(text).status(|text| match text.len() {
        4 => digits(text).and_then(|year| i16::try_from(year).ok()).map(Age::born_in),
        _ => None,
    });
    match year {
        Status::Known(age) if age.range_on(as_of).is_none() => {
            Status::Unknown(Unknown::Contradictory)
        }
        Status::Known(_) | Status::Unknown(_) | Status::NotCollected => year,
    }
}

/// One to three digits, as an age.
fn years(text: &[u8]) -> Option<u8> {
    (1..=3).contains(&text.len()).then(|| digits(text))?.and_then(|years| u8::try_from(years).ok())
}

/// ASCII digits and nothing else, few enough not to overflow.
pub(crate) fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number: u32, byte| {
        let digit = char::from(*byte).to_digit(10)?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// The day in a cell, spaces around it apart: `YYYY-MM-DD`, `YYYYMMDD` or `DD/MM/YYYY`, each to the
/// letter.
pub fn read_day(cell: &[u8]) -> Option<NaiveDate> {
    calendar_date(cell.trim_ascii())
}

/// `YYYY-MM-DD`, `YYYYMMDD` or `DD/MM/YYYY`, each to the letter.
pub(crate) fn calendar_date(text: &[u8]) -> Option<NaiveDate> {
    let digits = match *text {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]
        | [y1, y2, y3, y4, m1, m2, d1, d2]
        | [d1, d2, b'/', m1, m2, b'/', y1, y2, y3, y4] => [y1, y2, y3, y4, m1, m2, d1, d2],
        _ => return None,
    };
    let [century, _, year, _, month, _, day, _] = pairs(digits)?;
    let year = 100 * i32::from(century) + i32::from(year);
    NaiveDate::from_ymd_opt(year, month.into(), day.into())
}

/// What the two digits from each place on are as a number; `None` where not all are digits. All are
/// looked at together, each in its byte.
fn pairs(digits: [u8; 8]) -> Option<[u8; 8]> {
    const HIGHEST: u64 = u64::from_le_bytes([0x80; 8]);
    let values = u64::from_le_bytes(digits) ^ u64::from_le_bytes([b'0'; 8]);
    // Added to what is more than nine, this sets the highest bit of its byte, or of the next.
    let above_nine = values.wrapping_add(u64::from_le_bytes([0x7f - 9; 8]));
    if (values | above_nine) & HIGHEST != 0 {
        return None;
    }
    Some((10 * values + (values >> 8)).to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn two_digits_are_a_number_and_anything_else_is_none() {
        for one in 0..=u8::MAX {
            for other in 0..=u8::MAX {
                let is_digits = one.is_ascii_digit() && other.is_ascii_digit();
                let number = || 10 * (one - b'0') + (other - b'0');
                for place in [0, 2, 4, 6] {
                    let mut digits = *b"19990101";
                    (digits[place], digits[place + 1]) = (one, other);
                    let expected = is_digits.then(number);
                    assert_eq!(pairs(digits).map(|pairs| pairs[place]), expected);
                }
            }
        }
    }
}
