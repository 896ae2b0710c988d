//! Records that are like one that was read before: the same text between their values.
//!
//! A pattern is made of a record that [`Reader`](crate::Reader) read. Where the text between the values
//! of another one is the same to the byte, its keys are the same too, in the same order, and so is what
//! they name; only its values are looked at. Whatever is not surely read as the reader would read it
//! fits no pattern.

use crate::keys::Keys;
use crate::reader::UNREADABLE;
use crate::shape::Scan;
use overdose_risk_intake::{Cell, Intake};
use wide::u8x16;

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
        cells: &mut [Option<Cell<'t>>],
    ) -> Option<usize> {
        let mut each = (0..).zip(&self.kept);
        let (at, rest) =
            each.find_map(|(at, pattern)| Some((at, behind(pattern.fit(text, cells)?, ends)?)))?;
        if at != 0 {
            self.kept.swap(0, at);
        }
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
    fn fit<'t>(&self, text: &'t [u8], cells: &mut [Option<Cell<'t>>]) -> Option<&'t [u8]> {
        cells.fill(None);
        let mut rest = text;
        for Part { before, slot, is_code } in &self.parts {
            let (value, behind) = value(before.strip_from(rest)?)?;
            rest = behind;
            if let Some(place) = slot.and_then(|slot| cells.get_mut(slot)) {
                *place = Some(match value {
                    Value::Text(text) => text,
                    Value::Word(_) if *is_code => UNREADABLE.into(),
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

/// A value that is surely read as it stands there. As a cell, it has behind it what follows in the text.
enum Value<'t> {
    /// A text, or none where `null` stands.
    Text(Cell<'t>),
    /// A whole number, `true` or `false`.
    Word(Cell<'t>),
}

/// The value that some text begins with, and what follows it. What follows decides whether it is one:
/// after `1`, `.5` does.
#[inline]
fn value(text: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let word = |word: &[u8]| {
        let behind = text.strip_prefix(word)?;
        Some((Value::Word(Cell::beginning(text, word.len())), behind))
    };
    match text.first()? {
        b'"' => plain_text(text.get(1..)?).map(|(text, behind)| (Value::Text(text), behind)),
        b'n' => {
            text.strip_prefix(b"null").map(|behind| (Value::Text(Cell::beginning(text, 0)), behind))
        }
        b't' => word(b"true"),
        b'f' => word(b"false"),
        b'0' => word(b"0"),
        b'1'..=b'9' => {
            let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let number = Value::Word(Cell::beginning(text, digits));
            (digits <= MOST_DIGITS).then_some((number, text.get(digits..)?))
        }
        _ => None,
    }
}

/// How many digits any number may have that fits into 64 bits.
const MOST_DIGITS: usize = 19;

/// The text before a closing quote, and what follows that. There is no escape in it and no control
/// character, and all of it is UTF-8.
#[inline]
fn plain_text(text: &[u8]) -> Option<(Cell<'_>, &[u8])> {
    let (at, script) = special(text)?;
    let (inner, behind) = text.split_at_checked(at)?;
    let behind = behind.strip_prefix(b"\"")?;
    let is_utf8 = script == Script::Ascii || std::str::from_utf8(inner).is_ok();
    is_utf8.then_some((Cell::beginning(text, at), behind))
}

/// What was seen of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Ascii,
    /// Something else, in the text or close behind it.
    Any,
}

/// Where the first quote, backslash or control character stands, of sixteen bytes at a time.
#[inline]
fn special(text: &[u8]) -> Option<(usize, Script)> {
    let (blocks, rest) = text.as_chunks::<16>();
    let mut not_ascii = 0;
    for (at, block) in blocks.iter().enumerate() {
        let bytes = u8x16::from(*block);
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        let is_control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        let found = (is(b'"') | is(b'\\') | is_control).to_bitmask();
        not_ascii |= bytes.to_bitmask();
        if found != 0 {
            let script = if not_ascii == 0 { Script::Ascii } else { Script::Any };
            return Some((at * block.len() + found.trailing_zeros() as usize, script));
        }
    }
    let in_rest = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20))?;
    Some((text.len() - rest.len() + in_rest, Script::Any))
}

/// A text that is compared.
#[derive(PartialEq)]
struct Literal {
    text: Box<[u8]>,
    /// Its first bytes, up to as many as are compared at once, and which those are.
    first: [Bytes; 2],
}

/// Bytes that are compared at once: of those that are, all bits are set in `which`.
#[derive(Clone, Copy, PartialEq)]
struct Bytes {
    bytes: u128,
    which: u128,
}

impl Literal {
    /// How many bytes are compared at once.
    const AT_ONCE: usize = 32;

    fn new(text: &[u8]) -> Self {
        let first = [0, 16].map(|from| {
            let (mut bytes, mut which) = ([0; 16], [0; 16]);
            let own = text.iter().skip(from).zip(bytes.iter_mut().zip(&mut which));
            own.for_each(|(own, (byte, which))| (*byte, *which) = (*own, u8::MAX));
            Bytes { bytes: u128::from_le_bytes(bytes), which: u128::from_le_bytes(which) }
        });
        Self { text: text.into(), first }
    }

    #[inline]
    fn strip_from<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        match text.first_chunk::<{ Self::AT_ONCE }>() {
            Some(begin) if self.text.len() <= Self::AT_ONCE => {
                let (chunks, _) = begin.as_chunks::<16>();
                let differs = |(chunk, own): (&[u8; 16], &Bytes)| {
                    (u128::from_le_bytes(*chunk) & own.which) ^ own.bytes
                };
                let differing = chunks.iter().zip(&self.first).map(differs);
                let is_it = differing.fold(0, |all, one| all | one) == 0;
                is_it.then(|| text.get(self.text.len()..))?
            }
            _ => text.strip_prefix(&*self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Literal;

    #[test]
    fn a_literal_is_stripped_from_what_begins_with_it_however_long_both_are() {
        let text: Vec<u8> = (0..100).collect();
        for length in 0..70 {
            let literal = Literal::new(&text[..length]);
            for given in 0..text.len() {
                let expected = text[..given].strip_prefix(&text[..length]);
                assert_eq!(literal.strip_from(&text[..given]), expected);
            }
            for other in 0..length {
                let mut differs = text.clone();
                differs[other] ^= 1;
                assert_eq!(literal.strip_from(&differs), None, "{length} {other}");
            }
        }
    }
}
