//! JSON written straight, in the order in which it stands.
//!
//! `serde_json` looks at each byte of a text by itself, and puts together what a key and its
//! punctuation are. Here each key stands as it is written, and a text is looked at as a whole: hardly
//! any has a character to escape. One that has is `serde_json`'s.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use std::io::{self, Write as _};

/// A line so far. Everything is put behind a lead: the comma, the key and the colon before it.
#[derive(Debug)]
pub(crate) struct Line<'b>(pub(crate) &'b mut Vec<u8>);

impl Line<'_> {
    /// Punctuation and keys.
    #[inline]
    pub(crate) fn put(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }

    /// One of our own names, none of which has anything to escape.
    #[inline(always)]
    pub(crate) fn name(&mut self, lead: &str, name: &'static str) {
        self.put(lead);
        self.put("\"");
        self.put(name);
        self.put("\"");
    }

    pub(crate) fn text(&mut self, lead: &str, text: &str) -> io::Result<()> {
        self.put(lead);
        if !is_plain(text.as_bytes()) {
            return self.careful(text);
        }
        self.put("\"");
        self.put(text);
        self.put("\"");
        Ok(())
    }

    pub(crate) fn text_or_null(&mut self, lead: &str, text: Option<&str>) -> io::Result<()> {
        match text {
            Some(text) => self.text(lead, text),
            None => self.null(lead),
        }
    }

    pub(crate) fn day(&mut self, lead: &str, day: NaiveDate) -> io::Result<()> {
        self.put(lead);
        let Ok(year @ 0..=9999) = u32::try_from(day.year()) else {
            return write!(self.0, "\"{day}\"");
        };
        self.put("\"");
        self.two_digits(year / 100);
        self.two_digits(year % 100);
        for part in [day.month(), day.day()] {
            self.put("-");
            self.two_digits(part);
        }
        self.put("\"");
        Ok(())
    }

    fn two_digits(&mut self, below_100: u32) {
        self.0.extend_from_slice(&[digit(below_100 / 10), digit(below_100)]);
    }

    pub(crate) fn day_or_null(&mut self, lead: &str, day: Option<NaiveDate>) -> io::Result<()> {
        match day {
            Some(day) => self.day(lead, day),
            None => self.null(lead),
        }
    }

    pub(crate) fn number(&mut self, lead: &str, number: impl Into<u32>) -> io::Result<()> {
        self.put(lead);
        match number.into() {
            number @ 0..10 => self.0.push(digit(number)),
            number @ 10..100 => self.two_digits(number),
            number @ 100.. => self.careful(&number)?,
        }
        Ok(())
    }

    pub(crate) fn yes_or_no(&mut self, lead: &str, yes: bool) {
        self.put(lead);
        self.put(if yes { "true" } else { "false" });
    }

    fn null(&mut self, lead: &str) -> io::Result<()> {
        self.put(lead);
        self.put("null");
        Ok(())
    }

    /// An array of what `each` puts behind the lead that it is given.
    pub(crate) fn array<T>(
        &mut self,
        lead: &str,
        items: impl IntoIterator<Item = T>,
        each: impl Fn(&mut Self, &str, T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.put(lead);
        self.put("[");
        let mut lead = "";
        for item in items {
            each(self, lead, item)?;
            lead = ",";
        }
        self.put("]");
        Ok(())
    }

    /// Leaves a value to `serde_json`.
    fn careful(&mut self, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
        Ok(serde_json::to_writer(&mut *self.0, value)?)
    }
}

/// The last digit of a number.
fn digit(number: u32) -> u8 {
    b'0' + (number % 10) as u8
}

/// Whether a text stands in JSON as it is, between quotes.
fn is_plain(text: &[u8]) -> bool {
    let (chunks, rest) = text.as_chunks();
    let mut last = [b' '; AT_ONCE];
    last.iter_mut().zip(rest).for_each(|(last, byte)| *last = *byte);
    chunks.iter().chain([&last]).all(are_plain)
}

/// Bytes that are looked at at once.
const AT_ONCE: usize = 16;

/// The same of so many bytes that there is no way out at the first that is not plain: processors
/// compare them all at once.
fn are_plain(bytes: &[u8; AT_ONCE]) -> bool {
    let is_escaped = |byte: &u8| (*byte < b' ') | (*byte == b'"') | (*byte == b'\\');
    !bytes.iter().fold(false, |any, byte| any | is_escaped(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(put: impl FnOnce(&mut Line<'_>) -> io::Result<()>) -> String {
        let mut line = Vec::new();
        put(&mut Line(&mut line)).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_text_is_put_as_serde_json_puts_it_whatever_stands_where_in_it() {
        let seldom = ['\u{80}', 'é', '\u{2028}', '漢', '🙂'];
        for char in ('\0'..='\u{7f}').chain(seldom) {
            for length in 0..=2 * AT_ONCE {
                for at in 0..=length {
                    let text = format!("{}{char}{}", "a".repeat(at), "a".repeat(length - at));
                    let json = serde_json::to_string(&text).unwrap();
                    assert_eq!(put(|line| line.text("", &text)), json, "{char:?} at {at}");
                }
            }
        }
        assert_eq!(put(|line| line.text(r#","key":"#, "")), r#","key":"""#);
    }

    #[test]
    fn a_number_is_put_as_serde_json_puts_it() {
        for number in 0..=u32::from(u16::MAX) {
            assert_eq!(put(|line| line.number("", number)), number.to_string());
        }
    }

    #[test]
    fn a_day_is_put_as_it_is_displayed() {
        let ends = [-1, 0, 1, 9_999, 10_000].map(|year| NaiveDate::from_yo_opt(year, 1));
        let days = (1..=366).map(|day| NaiveDate::from_yo_opt(2028, day));
        for day in ends.into_iter().chain(days).flatten().chain([NaiveDate::MIN, NaiveDate::MAX]) {
            assert_eq!(put(|line| line.day("", day)), format!("\"{day}\""));
        }
    }
}
