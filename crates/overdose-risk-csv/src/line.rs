//! Whose a line may be, when it is looked at by itself.

use crate::frame::{Follows, Framer, MARK, end_of_line, length_of_line_end};
use overdose_risk_intake::{Column, Id};
use std::ops::Range;

/// What a record looks like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) fields: usize,
    /// Where its id stands, from 0.
    pub(crate) id_place: usize,
}

/// What ids look like.
#[derive(Clone, Copy)]
pub(crate) struct Ids<'i> {
    /// The id of the last record that was whole.
    pub(crate) last: &'i [u8],
    pub(crate) may_be_id: &'i dyn Fn(&[u8]) -> bool,
}

impl Form {
    /// Whether a record has somebody else in the quotes of a field: a line that would be a record by
    /// itself, with all the fields and a valid id, or that begins with what looks like the id of
    /// another record. Of the quotes in such a line nobody knows whether they open or close, so they
    /// may as well be text.
    pub(crate) fn is_within(self, record: &[u8], ids: Ids<'_>, framer: &Framer) -> bool {
        let place = cell(record, self.id_place, framer);
        let own = place.and_then(|place| Some((ids.id_in(record, &place)?, place)));
        let like = own.as_ref().map_or(ids.last, |(id, _)| *id);
        Lines::of(record).any(|(start, line)| {
            let (start, line) = match line.strip_prefix(MARK) {
                Some(behind) => (start + MARK.len(), behind),
                None => (start, line),
            };
            let is_elsewhere = |place: &Range<usize>| {
                own.as_ref().is_none_or(|(_, own)| !own.contains(&(start + place.start)))
            };
            let framed = framer.frame(line, Follows::Nothing);
            let is_whole = framed.is_ok_and(|extent| extent.fields == self.fields);
            let begins_another = |place: &Range<usize>| {
                place.end < line.len()
                    && ids.id_in(line, place).is_some_and(|id| id != like && looks_like(id, like))
            };
            let places = [
                cell(line, self.id_place, framer).filter(|place| is_whole || begins_another(place)),
                self.without_quotes(line, framer),
            ];
            let mut others = places.into_iter().flatten().filter(is_elsewhere);
            others.any(|place| ids.id_in(line, &place).is_some())
        })
    }

    /// The id of a broken line, where it is surely one. The line may be a part of a text whose quotes
    /// are broken, or that has none, and a word of that must not be taken for an id: so it looks like
    /// the last one, or begins a line with all the fields behind a whole record. The end of the line
    /// may have been cut off.
    pub(crate) fn id_of_broken<'t>(
        self,
        line: &'t [u8],
        after: After,
        ids: Ids<'_>,
        framer: &Framer,
    ) -> Option<Id<'t>> {
        let place = cell(line, self.id_place, framer).filter(|place| place.end < line.len())?;
        let id = ids.id_in(line, &place).filter(|id| !Column::Id.is_named(id))?;
        let begins_a_record = || {
            let fields = line.split(|byte| *byte == framer.delimiter()).count();
            after == After::Whole && self.id_place == 0 && fields >= self.fields
        };
        if looks_like(id, ids.last) || begins_a_record() { Id::read(id).ok() } else { None }
    }

    /// Where the id stands in a line that has all the fields when its quotes are taken for text.
    fn without_quotes(self, line: &[u8], framer: &Framer) -> Option<Range<usize>> {
        let cells = || line.split(|byte| *byte == framer.delimiter());
        let start: usize = cells().take(self.id_place).map(|cell| cell.len() + 1).sum();
        let id = cells().nth(self.id_place)?;
        (cells().count() == self.fields).then_some(start..start + id.len())
    }
}

/// What came before a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// A whole record, so that the line begins one.
    Whole,
    /// A line of a record that was broken.
    Broken,
}

/// Whether two ids are the same but for their numbers; where they are nothing else, of one length.
fn looks_like(id: &[u8], other: &[u8]) -> bool {
    let shape = |id: &[u8]| {
        let digits_alike = |byte: &u8| if byte.is_ascii_digit() { b'0' } else { *byte };
        let mut shape: Vec<u8> = id.iter().map(digits_alike).collect();
        shape.dedup_by(|one, next| (*one, *next) == (b'0', b'0'));
        shape
    };
    shape(id) == shape(other) && (shape(id) != b"0" || id.len() == other.len())
}

impl Ids<'_> {
    /// The id in this place of a text, with a quote at either end or not.
    fn id_in<'t>(&self, text: &'t [u8], place: &Range<usize>) -> Option<&'t [u8]> {
        let cell = text.get(place.clone())?;
        let cell = cell.strip_prefix(b"\"").unwrap_or(cell);
        let id = cell.strip_suffix(b"\"").unwrap_or(cell).trim_ascii();
        (self.may_be_id)(id).then_some(id)
    }
}

/// Where this cell of a text stands, counted from 0, when the fields up to it are whole.
fn cell(text: &[u8], cell: usize, framer: &Framer) -> Option<Range<usize>> {
    let mut start = 0;
    for before in 0..=cell {
        let end = framer.end_of_field(text, start, Follows::Nothing, &mut 1).ok()?;
        let is_last = end == text.len();
        if !is_last && text.get(end) != Some(&framer.delimiter()) {
            return None;
        }
        if before == cell {
            return Some(start..end);
        }
        if is_last {
            return None;
        }
        start = end + 1;
    }
    None
}

/// The lines of a text, without their ends, and where each starts.
struct Lines<'t> {
    rest: &'t [u8],
    start: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t [u8]) -> Self {
        Self { rest: text, start: 0 }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = (usize, &'t [u8]);

    fn next(&mut self) -> Option<(usize, &'t [u8])> {
        if self.rest.is_empty() {
            return None;
        }
        let start = self.start;
        let end = end_of_line(self.rest).unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at_checked(end)?;
        let length = length_of_line_end(rest, 0, Follows::Nothing).unwrap_or(0);
        self.rest = rest.get(length..).unwrap_or_default();
        self.start += end + length;
        Some((start, line))
    }
}
