//! The header, and where another one stands among the records.

use crate::frame::{Framer, MARK, MOST_FIELDS};
use csv::ByteRecord;
use overdose_risk_intake::Profile;
use std::collections::BTreeSet;

/// How many known columns make a header of a row that is none of ours, at least.
const TELLING: usize = 3;

/// The names of the columns, without the space around them.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    names: ByteRecord,
    profile: Profile,
    /// How many of them name a column that is read.
    known: usize,
}

/// A header among the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// The same.
    Same,
    /// One with other columns, or in another order: what follows would be read in wrong columns.
    Other,
}

impl Header {
    pub(crate) fn new(header: &ByteRecord, profile: Profile) -> Self {
        let mut names = header.clone();
        names.trim();
        let known = known(names.iter(), &profile);
        Self { names, profile, known }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether a record with these cells, as many as the header has, is a header. Given is also what
    /// stands in the place of its id.
    pub(crate) fn again<'c, C>(&self, cells: impl Fn() -> C, id: &[u8]) -> Option<Again>
    where
        C: Iterator<Item = &'c [u8]>,
    {
        let is_same = |(name, first): (&[u8], &[u8])| name.trim_ascii().eq_ignore_ascii_case(first);
        if cells().zip(&self.names).all(is_same) {
            return Some(Again::Same);
        }
        if !cells().any(|name| self.profile.makes_ids_of(name)) {
            return None;
        }
        let is_no_person = self.profile.makes_ids_of(id);
        match known(cells(), &self.profile) {
            ..=1 => is_no_person.then_some(Again::Same),
            known if is_no_person || self.is_header_of(known) => Some(Again::Other),
            _ => None,
        }
    }

    /// Whether the line of a broken record has another header in it: one whose quotes are broken, with
    /// other columns, or joined to a last line without an end.
    pub(crate) fn is_other_in(&self, line: &[u8], framer: &Framer) -> bool {
        let names: ByteRecord = names_in(line, framer.delimiter()).take(MOST_FIELDS).collect();
        let known = known(names.iter(), &self.profile);
        let names_id = names.iter().any(|name| self.profile.makes_ids_of(name));
        // Joined to the end of another line, it lacks its first name.
        let is_header = if names_id {
            self.is_header_of(known)
        } else {
            known >= TELLING && known + 1 >= self.known
        };
        // Where it is the same, what follows is read as it should be.
        let most = self.len() - 1;
        let ends_so = || names.iter().rev().take(most).eq(self.names.iter().rev().take(most));
        let begins_so = || names.iter().take(most).eq(self.names.iter().take(most));
        is_header && !ends_so() && !begins_so()
    }

    fn is_header_of(&self, known: usize) -> bool {
        known >= TELLING && 2 * known >= self.known
    }
}

/// How many columns are named among these, each once.
fn known<'n>(names: impl Iterator<Item = &'n [u8]>, profile: &Profile) -> usize {
    names.filter_map(|name| profile.slot_of(name)).collect::<BTreeSet<usize>>().len()
}

/// The names in a line that may be a header, its quotes taken away.
pub(crate) fn names_in(line: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let line = line.strip_prefix(MARK).unwrap_or(line);
    line.split(move |byte| *byte == delimiter).map(|name| {
        let name = name.trim_ascii();
        let name = name.strip_prefix(b"\"").unwrap_or(name);
        name.strip_suffix(b"\"").unwrap_or(name)
    })
}
