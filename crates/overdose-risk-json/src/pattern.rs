//! Records that are like one that was read before: the same text between their values.
//!
//! A pattern is made of a record that [`Reader`](crate::Reader) read. Where the text between the values
//! of another one is the same to the byte, its keys are the same too, in the same order, and so is what
//! they name; only its values are looked at. Whatever is not surely read as the reader would read it
//! fits no pattern.

use crate::keys::Keys;
use crate::reader::UNREADABLE;
use crate::shape::Scan;
use overdose_risk_intake::Intake;

/// How many patterns are kept: exporters that leave out what is blank write several.
const MOST: usize = 4;
/// How many are made of the records of one piece.
const MOST_OF_PIECE: usize = 16;

/// The patterns of the last records, the one that fitted last first.
#[derive(Default)]
pub(crate) struct Patterns {
    kept: Vec<Pattern>,
    /// How many were made of records of the current piece.
    made: usize,
}

/// The text around the values of a record, and the keys to which they belong.
struct Pattern {
    parts: Vec<Part>,
    /// What stands behind the last value.
    end: Literal,
    keys: Vec<String>,
    /// The places of the keys, once a record of the current piece had them.
    places: Option<Vec<usize>>,
    /// How many records of the current piece fitted that could be used.
    usable: u64,
}

#[derive(PartialEq)]
struct Part {
    /// What stands before the value.
    before: Literal,
    slot: Option<usize>,
    /// Whether it is the slot of an id or of a code.
    is_code: bool,
}

/// How a record ends that may fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// With its line.
    Line,
    /// With the text.
    Text,
}

impl Patterns {
    /// Whether the record that some text begins with fits a pattern. Its cells are put into the places
    /// of their slots, and how many bytes it takes is told, the end of its line included.
    pub(crate) fn fit<'t>(
        &mut self,
        text: &'t [u8],
        ends: Ends,
        cells: &mut [Option<&'t [u8]>],
    ) -> Option<usize> {
        let mut each = (0..).zip(&self.kept);
        let (at, rest) =
            each.find_map(|(at, pattern)| Some((at, behind(pattern.fit(text, cells)?, ends)?)))?;
        self.kept.swap(0, at);
        Some(text.len() - rest.len())
    }

    /// Meets the keys of the record that fitted last.
    pub(crate) fn meet(&mut self, keys: &mut Keys, intake: &Intake) {
        if let Some(pattern) = self.kept.first_mut().filter(|pattern| pattern.places.is_none()) {
            pattern.places = Some(keys.meet(&pattern.keys, intake));
        }
    }

    /// Counts the record that fitted last as one that could be used.
    pub(crate) fn count(&mut self) {
        if let Some(pattern) = self.kept.first_mut() {
            pattern.usable += 1;
        }
    }

    /// Keeps the pattern of a record that was read with care and could be used, if it has one.
    pub(crate) fn keep(
        &mut self,
        json: &[u8],
        keys: &mut Keys,
        intake: &Intake,
        text_slots: &[usize],
    ) {
        if self.made == MOST_OF_PIECE {
            return;
        }
        self.made += 1;
        let Some(pattern) = Pattern::of(json, keys, intake, text_slots) else { return };
        if self.kept.iter().any(|kept| kept.is_like(&pattern)) {
            return;
        }
        if self.kept.len() == MOST
            && let Some(mut dropped) = self.kept.pop()
        {
            dropped.hand_over(keys);
        }
        self.kept.insert(0, pattern);
    }

    /// Ends a piece.
    pub(crate) fn hand_over(&mut self, keys: &mut Keys) {
        self.made = 0;
        for pattern in &mut self.kept {
            pattern.hand_over(keys);
        }
    }
}

/// What follows a record that ends so.
fn behind(rest: &[u8], ends: Ends) -> Option<&[u8]> {
    match ends {
        Ends::Line => rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n"),
        Ends::Text => rest.is_empty().then_some(rest),
    }
}

impl Pattern {
    /// The pattern of a record that can be used, of which each value stands by itself.
    fn of(json: &[u8], keys: &Keys, intake: &Intake, text_slots: &[usize]) -> Option<Self> {
        let mut scan = Scan { json, at: 0 };
        let mut names = Vec::new();
        let mut parts = Vec::new();
        let mut from = 0;
        scan.take(b'{')?;
        while scan.token()? == b'"' {
            let begin = scan.at;
            scan.value()?;
            let key: String = serde_json::from_slice(json.get(begin..scan.at)?).ok()?;
            scan.take(b':')?;
            if let b'{' | b'[' = scan.token()? {
                return None;
            }
            let slot = keys.slot_of(&key, intake);
            let is_code = slot.is_some_and(|slot| text_slots.contains(&slot));
            parts.push(Part { before: Literal::new(json.get(from..scan.at)?), slot, is_code });
            names.push(key);
            scan.value()?;
            from = scan.at;
            if scan.token()? == b',' {
                scan.take(b',')?;
            }
        }
        let end = Literal::new(json.get(from..)?);
        Some(Self { parts, end, keys: names, places: None, usable: 0 })
    }

    fn is_like(&self, other: &Self) -> bool {
        self.end == other.end && self.parts == other.parts
    }

    /// Puts the values of a record that fits into the places of their slots, and gives what follows it.
    fn fit<'t>(&self, text: &'t [u8], cells: &mut [Option<&'t [u8]>]) -> Option<&'t [u8]> {
        cells.fill(None);
        let mut rest = text;
        for Part { before, slot, is_code } in &self.parts {
            let (value, behind) = value(before.strip_from(rest)?)?;
            rest = behind;
            if let Some(place) = slot.and_then(|slot| cells.get_mut(slot)) {
                *place = Some(match value {
                    Value::Text(text) => text,
                    Value::Word(_) if *is_code => UNREADABLE,
                    Value::Word(word) => word,
                });
            }
        }
        self.end.strip_from(rest)
    }

    fn hand_over(&mut self, keys: &mut Keys) {
        if let Some(places) = self.places.take() {
            keys.count_more(&places, std::mem::take(&mut self.usable));
        }
    }
}

/// A value that is surely read as it stands there.
enum Value<'t> {
    /// A text, or none where `null` stands.
    Text(&'t [u8]),
    /// A whole number, `true` or `false`.
    Word(&'t [u8]),
}

/// The value that some text begins with, and what follows it. What follows decides whether it is one:
/// after `1`, `.5` does.
fn value(text: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let word = |word: &[u8]| {
        let (word, behind) = text.split_at_checked(word.len()).filter(|(read, _)| *read == word)?;
        Some((Value::Word(word), behind))
    };
    match text.first()? {
        b'"' => plain_text(text.get(1..)?).map(|(text, behind)| (Value::Text(text), behind)),
        b'n' => text.strip_prefix(b"null").map(|behind| (Value::Text(b""), behind)),
        b't' => word(b"true"),
        b'f' => word(b"false"),
        b'0' => word(b"0"),
        b'1'..=b'9' => {
            let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (number, behind) = text.split_at_checked(digits)?;
            (digits <= MOST_DIGITS).then_some((Value::Word(number), behind))
        }
        _ => None,
    }
}

/// How many digits any number may have that fits into 64 bits.
const MOST_DIGITS: usize = 19;

/// The text before a closing quote, and what follows that. There is no escape in it and no control
/// character, and all of it is UTF-8.
fn plain_text(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = special(text)?;
    let (text, behind) = text.split_at_checked(at)?;
    let behind = behind.strip_prefix(b"\"")?;
    (text.is_ascii() || std::str::from_utf8(text).is_ok()).then_some((text, behind))
}

/// Where the first quote, backslash or control character stands, of eight bytes at a time.
fn special(text: &[u8]) -> Option<usize> {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte that is less than another, below 0x80; exact up to the first.
        let is_below =
            |word: u64, least: u8| word.wrapping_sub(LOW * u64::from(least)) & !word & HIGH;
        let is = |byte: u8| is_below(word ^ (LOW * u64::from(byte)), 1);
        let found = is(b'"') | is(b'\\') | is_below(word, 0x20);
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let in_rest = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20))?;
    Some(words.len() * 8 + in_rest)
}

/// A text that is compared, of which the first bytes are compared at once.
#[derive(PartialEq)]
struct Literal(Box<[u8]>);

impl Literal {
    fn new(text: &[u8]) -> Self {
        Self(text.into())
    }

    fn strip_from<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        text.strip_prefix(&*self.0)
    }
}
