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
        let Ok(year @ 0..=9999) = u16::try_from(day.year()) else {
            return write!(self.0, "\"{day}\"");
        };
        self.put("\"");
        self.digits(year / 100);
        self.digits(year % 100);
        for part in [day.month(), day.day()] {
            self.put("-");
            self.digits(part as u16);
        }
        self.put("\"");
        Ok(())
    }

    /// Two digits.
    fn digits(&mut self, below_100: u16) {
        let digit = |digit: u16| b'0' + (digit % 10) as u8;
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
        self.careful(&number.into())
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

/// Whether a text stands in JSON as it is, between quotes.
fn is_plain(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().all(|byte| !matches!(byte, ..b' ' | b'"' | b'\\'));
    };
    let (eights, _) = bytes.as_chunks();
    eights.iter().chain([last]).all(are_plain)
}

/// The same of eight bytes at once. Beyond ASCII, a byte is plain.
fn are_plain(eight: &[u8; 8]) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES << 7;
    let bytes = u64::from_ne_bytes(*eight);
    // Something in the high bits where a byte is below the bound, and nothing where none is.
    let below = |bytes: u64, bound: u8| bytes.wrapping_sub(ONES * u64::from(bound)) & !bytes & HIGH;
    let is = |byte: u8| below(bytes ^ (ONES * u64::from(byte)), 1);
    below(bytes, b' ') | is(b'"') | is(b'\\') == 0
}
