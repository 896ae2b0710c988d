//! Whose a line may be, when it is looked at by itself.

use crate::frame::{Follows, Framed, Framer, end_of_line, length_of_line_end};
use overdose_risk_intake::{Id, Quarantine};

/// What a record looks like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) fields: usize,
    /// Where its id stands, from 0.
    pub(crate) id_place: usize,
}

impl Form {
    /// Whether one of the lines in the quotes of a record would be a record by itself: all the fields,
    /// and a valid id. Of the quotes in such a line nobody knows whether they open or close, so they
    /// may as well be text.
    pub(crate) fn is_within(self, record: &[u8], framer: &Framer) -> bool {
        Lines(record).skip(1).any(|line| {
            let framed = framer.frame(line, Follows::Nothing);
            let is_whole = matches!(framed, Framed::Record(extent) if extent.fields == self.fields);
            let cells = [
                cell(line, self.id_place, framer).filter(|_| is_whole),
                self.id_without_quotes(line, framer),
            ];
            cells.into_iter().flatten().any(|cell| Id::read(cell).is_ok())
        })
    }

    /// The id of a line that is broken in this way, where it is surely an id. The line may be a part of
    /// a text whose quotes are broken, or that has none: a word of that must not be taken for an id. A
    /// pseudonym has a digit, as a rule.
    pub(crate) fn id_of_broken<'t>(
        self,
        line: &'t [u8],
        kind: Quarantine,
        after: After,
        framer: &Framer,
    ) -> Option<Id<'t>> {
        let fields = fields_without_quotes(line, framer).count();
        let is_in_place = kind != Quarantine::FieldCount || self.id_place == 0;
        let read = |cell: &'t [u8]| Id::read(cell).ok().filter(|_| is_in_place);
        let id = cell(line, self.id_place, framer).and_then(read);
        let has_digit = |id: &Id<'_>| id.as_str().bytes().any(|byte| byte.is_ascii_digit());
        match after {
            After::Whole if fields >= self.fields => id,
            After::Whole => id.filter(has_digit),
            After::Broken if fields > self.fields => id.filter(has_digit),
            After::Broken if kind == Quarantine::FieldCount => None,
            After::Broken => self.id_without_quotes(line, framer).and_then(read).filter(has_digit),
        }
    }

    /// What stands for the id in a line that has all the fields when its quotes are taken for text.
    fn id_without_quotes<'t>(self, line: &'t [u8], framer: &Framer) -> Option<&'t [u8]> {
        let mut cells = fields_without_quotes(line, framer);
        let has_all = cells.clone().count() == self.fields;
        let cell = cells.nth(self.id_place).filter(|_| has_all)?;
        let cell = cell.strip_prefix(b"\"").unwrap_or(cell);
        Some(cell.strip_suffix(b"\"").unwrap_or(cell))
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

fn fields_without_quotes<'t>(
    line: &'t [u8],
    framer: &Framer,
) -> impl Iterator<Item = &'t [u8]> + Clone {
    let delimiter = framer.delimiter();
    line.split(move |byte| *byte == delimiter)
}

/// What stands in this place of a line, from 0, when the fields up to there are whole.
fn cell<'t>(line: &'t [u8], place: usize, framer: &Framer) -> Option<&'t [u8]> {
    let mut start = 0;
    for before in 0..=place {
        let end = framer.end_of_field(line, start, Follows::Nothing, &mut 1).ok()?;
        let is_last = end == line.len();
        if !is_last && line.get(end) != Some(&framer.delimiter()) {
            return None;
        }
        if before == place {
            let cell = line.get(start..end)?;
            let content = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
            return Some(content.unwrap_or(cell));
        }
        if is_last {
            return None;
        }
        start = end + 1;
    }
    None
}

/// The lines of a text, without their ends.
struct Lines<'t>(&'t [u8]);

impl<'t> Iterator for Lines<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = end_of_line(self.0).unwrap_or(self.0.len());
        let (line, rest) = self.0.split_at_checked(end)?;
        let length = length_of_line_end(rest, 0, Follows::Nothing).unwrap_or(0);
        self.0 = rest.get(length..).unwrap_or_default();
        Some(line)
    }
}
