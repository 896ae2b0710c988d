//! Where the fields of plain records stand, 64 bytes at a time.
//!
//! A record is plain when nothing about it needs a closer look: all the fields of the header on one
//! line that ends with LF or CRLF, quotes only around whole fields, no control bytes. Of a text that
//! begins a record, a scan gives the plain ones at its start; [`Framer`](crate::frame::Framer) says the
//! same of each, and is asked for the others.

use crate::frame::{LONGEST_FIELD, MARK};
use wide::u8x64;

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// What fills up the last block: no separator, and nothing that could go on from there.
const FILLING: u8 = b'a';

/// Finds plain records, for one delimiter and one number of fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scanner {
    delimiter: u8,
    fields: usize,
}

/// Where the fields of plain records begin: of each record its fields in turn, and at the end where
/// the next record would. A field ends one byte before the next begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Starts {
    /// With more room than is used.
    places: Vec<u32>,
    len: usize,
}

/// Plain records at the start of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plain {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
    pub(crate) quotes: Quotes,
}

/// What quotes may stand in plain records, or close behind them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Quotes {
    #[default]
    None,
    /// Around fields.
    Around,
    /// In the text of fields, where two stand for one.
    Within,
}

impl Scanner {
    pub(crate) fn new(delimiter: u8, fields: usize) -> Self {
        Self { delimiter, fields }
    }

    /// The plain records that a text begins with, up to so many. Where their fields begin, counted from
    /// `base`, is added to `starts`.
    pub(crate) fn scan(&self, text: &[u8], most: usize, base: u32, starts: &mut Starts) -> Plain {
        let before = starts.begin(base);
        let mut plain = Plain::default();
        let mut carry = Carry::AT_RECORD;
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        let mut last = [FILLING; BLOCK];
        last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
        let mut at = 0;
        for block in blocks.iter().chain([&last]) {
            let signs = Signs::of(block, self.delimiter);
            let (separators, wrong) = if signs.odd == 0 && carry.is_plain() {
                (signs.delimiters | signs.line_ends, 0)
            } else {
                carry.look(block, &signs, &mut plain.quotes)
            };
            carry.free = separators >> (BLOCK - 1);
            let right = separators & below(wrong);
            let found = starts.len - before;
            starts.add(right, base.saturating_add(at + 1));
            for end in bits(signs.line_ends & right) {
                let fields = found + (right & (u64::MAX >> (63 - end))).count_ones() as usize;
                let next = (at + end + 1) as usize;
                let is_plain = fields == (plain.records + 1) * self.fields
                    && next - plain.bytes <= LONGEST_FIELD
                    && plain.records < most
                    && !text.get(plain.bytes..).is_some_and(|record| record.starts_with(MARK));
                if !is_plain {
                    starts.len = before + plain.records * self.fields;
                    return plain;
                }
                (plain.records, plain.bytes) = (plain.records + 1, next);
            }
            if wrong != 0 {
                break;
            }
            at += BLOCK as u32;
        }
        starts.len = before + plain.records * self.fields;
        plain
    }
}

impl Starts {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Forgets all places.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Adds where a first record begins, and says how many places there are then.
    fn begin(&mut self, at: u32) -> usize {
        self.make_room();
        if let Some(place) = self.places.get_mut(self.len) {
            *place = at;
        }
        self.len += 1;
        self.len
    }

    /// Adds places: a bit each, counted from `base`.
    #[inline]
    fn add(&mut self, bits: u64, base: u32) {
        self.make_room();
        let mut left = bits;
        let room = self.places.get_mut(self.len..).unwrap_or_default();
        let (eights, _) = room.as_chunks_mut::<8>();
        for eight in eights {
            if left == 0 {
                break;
            }
            // What is too many here is written over by what comes next.
            for place in eight {
                *place = base.wrapping_add(left.trailing_zeros());
                left &= left.wrapping_sub(1);
            }
        }
        self.len += bits.count_ones() as usize;
    }

    /// Room for the places of one block.
    #[inline]
    fn make_room(&mut self) {
        if self.places.len() < self.len + BLOCK {
            self.places.resize(2 * (self.len + BLOCK), 0);
        }
    }

    /// Where the fields of a record begin and, last, where the next record would; the record is given
    /// by the place of its first field.
    #[inline]
    pub(crate) fn of_record(&self, first: usize, fields: usize) -> &[u32] {
        self.places.get(first..=first + fields).unwrap_or_default()
    }
}

/// The bytes of a block that mean something, a bit each.
struct Signs {
    delimiters: u64,
    line_ends: u64,
    /// Quotes, and control bytes but for line feeds and the delimiter.
    odd: u64,
}

impl Signs {
    #[inline]
    fn of(block: &[u8; BLOCK], delimiter: u8) -> Self {
        let bytes = u8x64::from(*block);
        let is = |byte: u8| bytes.simd_eq(u8x64::splat(byte));
        let controls = bytes.min(u8x64::splat(0x1f)).simd_eq(bytes) | is(0x7f);
        let odd = (is(b'"') | controls).to_bitmask();
        let (delimiters, line_ends) = (is(delimiter).to_bitmask(), is(b'\n').to_bitmask());
        Self { delimiters, line_ends, odd: odd & !(delimiters | line_ends) }
    }
}

fn are(block: &[u8; BLOCK], byte: u8) -> u64 {
    u8x64::from(*block).simd_eq(u8x64::splat(byte)).to_bitmask()
}

/// What a block leaves to the next: of its last byte.
#[derive(Clone, Copy, Debug)]
struct Carry {
    /// It is within quotes: all bits, or none.
    in_quotes: u64,
    /// It is a closing quote: the first bit.
    closed: u64,
    /// It is a carriage return.
    returned: u64,
    /// It is a separator, so that a quote can open behind it.
    free: u64,
}

impl Carry {
    const AT_RECORD: Self = Self { in_quotes: 0, closed: 0, returned: 0, free: 1 };

    fn is_plain(&self) -> bool {
        self.in_quotes | self.closed | self.returned == 0
    }

    /// The separators of a block with odd bytes, and what is wrong for a plain record. Only what comes
    /// before that counts.
    fn look(&mut self, block: &[u8; BLOCK], signs: &Signs, seen: &mut Quotes) -> (u64, u64) {
        let (quotes, returns) = (are(block, b'"'), are(block, b'\r'));
        let harmless = are(block, b'\t') | are(block, b'\x0b') | are(block, b'\x0c');
        let mut wrong = signs.odd & !(quotes | returns | harmless);

        // Whether a byte, or what follows a quote, is within quotes.
        let within = parity(quotes) ^ self.in_quotes;
        wrong |= within & (signs.line_ends | returns);
        let separators = (signs.delimiters | signs.line_ends) & !within;

        let (opening, closing) = (quotes & within, quotes & !within);
        let behind_closing = closing << 1 | self.closed;
        // What seems to open behind a closing quote is, with it, a quote in the text.
        *seen = (*seen).max(match (quotes, opening & behind_closing) {
            (0, _) => Quotes::None,
            (_, 0) => Quotes::Around,
            (_, _) => Quotes::Within,
        });
        wrong |= opening & !(separators << 1 | self.free | behind_closing);
        wrong |= behind_closing & !(quotes | separators | returns);

        let returns = returns & !within;
        wrong |= (returns << 1 | self.returned) & !signs.line_ends;

        self.in_quotes = if within >> (BLOCK - 1) == 0 { 0 } else { u64::MAX };
        self.closed = closing >> (BLOCK - 1);
        self.returned = returns >> (BLOCK - 1);
        (separators, wrong)
    }
}

/// Of each bit, whether so far an odd number is set.
fn parity(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |parity, shift| parity ^ (parity << shift))
}

/// The bits below the first that is set; all where none is.
fn below(bits: u64) -> u64 {
    bits.wrapping_sub(1) & !bits
}

/// The places of the bits that are set.
fn bits(mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let first = (bits != 0).then(|| bits.trailing_zeros())?;
        bits &= bits - 1;
        Some(first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Follows, Framer};
    use crate::split::Splitter;

    /// What stands before the text in a piece, in bytes.
    const BASE: usize = 7;

    /// Holds each plain record of a text to the framer and its fields to the splitter.
    fn check(text: &[u8]) {
        const FIELDS: usize = 2;
        let framer = Framer::new(b',');
        let mut splitter = Splitter::new(b',');
        let mut starts = Starts::default();
        let plain = Scanner::new(b',', FIELDS).scan(text, usize::MAX, BASE as u32, &mut starts);
        let mut rest = text;
        for record in 0..plain.records {
            let extent = framer.frame(rest, Follows::MaybeMore).expect("a record");
            let places = starts.of_record(record * FIELDS, FIELDS);
            let places: Vec<usize> = places.iter().map(|place| *place as usize - BASE).collect();
            let at = text.len() - rest.len();
            assert_eq!((extent.start, extent.fields, extent.lines), (0, FIELDS, 1), "{text:?}");
            assert_eq!(places.first(), Some(&at), "{text:?}");
            assert_eq!(places.last(), Some(&(at + extent.length)), "{text:?}");
            let cells = splitter.split(&rest[..extent.end]).unwrap();
            // What has quotes in its text is split again.
            let is_quoted = rest[..extent.length].contains(&b'"');
            assert!(plain.quotes != Quotes::None || !is_quoted, "{text:?}");
            let first = &text[at..places[1] - 1];
            if !is_quoted {
                assert_eq!(first, &cells[0], "{text:?}");
            }
            rest = &rest[extent.length..];
        }
        assert_eq!(plain.bytes, text.len() - rest.len(), "{text:?}");
        starts.clear();
        assert_eq!(starts.len(), 0);
    }

    #[test]
    fn plain_records_are_those_of_the_framer_wherever_a_block_ends() {
        const SIGNS: &[u8; 5] = b"a\",\n\r";
        for length in 0..=5 {
            for number in 0..SIGNS.len().pow(length) {
                let sign = |place| SIGNS[number / SIGNS.len().pow(place) % SIGNS.len()];
                let signs: Vec<u8> = (0..length).map(sign).collect();
                for before in BLOCK - 5..=BLOCK {
                    for (start, end) in [(&b",\n"[..], &b",a\n"[..]), (b"\n", b"\"\n")] {
                        let filling = vec![b'a'; before - 2 - start.len()];
                        check(&[b"a,", &*filling, start, &signs, end].concat());
                        check(&[b"a,", &*filling, b"a,", &signs, end].concat());
                    }
                    // Two blocks on, and the first byte is a separator.
                    if length < 5 {
                        let filling = vec![b'a'; BLOCK + before - 1];
                        check(&[b",", &*filling, &signs, b"\n"].concat());
                    }
                }
            }
        }
    }
}
