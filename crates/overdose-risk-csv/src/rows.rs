//! What is made of the cells of a record.

use crate::error::{Cause, Error};
use crate::header::{Again, Header};
use crate::line::{After, Form};
use chrono::NaiveDate;
use overdose_risk_intake::{Entry, Facts, Layout, Person, Problem, Quarantine, RowReader};

/// Reads records whose cells have been found.
pub(crate) struct Rows {
    pub(crate) header: Header,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) reader: RowReader,
    pub(crate) as_of: NaiveDate,
    /// What could not be used of the last record.
    problems: Vec<Problem>,
}

impl Rows {
    pub(crate) fn new(
        header: Header,
        layout: Layout,
        form: Form,
        reader: RowReader,
        as_of: NaiveDate,
    ) -> Self {
        Self { header, layout, form, reader, as_of, problems: Vec::new() }
    }

    /// The same, with nothing read yet.
    pub(crate) fn another(&self) -> Self {
        let Self { header, layout, form, reader, as_of, problems: _ } = self;
        Self::new(header.clone(), layout.clone(), *form, reader.another(), *as_of)
    }

    /// The person whose row was read last, which says this.
    #[inline]
    pub(crate) fn person(&self, facts: Facts) -> Entry<'_> {
        match self.reader.id() {
            Some(id) => Entry::Person(Person { id, facts, caseloads: self.reader.caseloads() }),
            // None that was read is blank.
            None => Entry::Quarantined { id: None, kind: Quarantine::IdMissing },
        }
    }

    /// What a record says that starts on this line, and what could not be used of it. `cell` gives
    /// each of its cells.
    pub(crate) fn entry<'c>(
        &mut self,
        line: u64,
        after: After,
        cell: &dyn Fn(usize) -> Option<&'c [u8]>,
    ) -> Result<(Entry<'_>, &[Problem]), Error> {
        let Self { header, layout, form, reader, as_of, problems } = self;
        problems.clear();
        let in_slot = |slot| layout.cell(slot, cell);
        let read = reader.read_with_care(&in_slot, *as_of, &mut |problem| problems.push(problem));
        let id_cell = cell(form.id_place).unwrap_or_default();
        let has_digit = id_cell.iter().any(u8::is_ascii_digit);
        // A header says nothing that its columns can say.
        let is_plain = problems.is_empty() && read.is_ok() && has_digit;
        let cells = || (0..form.fields).map_while(cell);
        let again = if is_plain { None } else { header.again(cells, id_cell) };
        match again {
            Some(Again::Same) => {
                let kind = Quarantine::HeaderRepeated;
                return Ok((Entry::Quarantined { id: None, kind }, &[]));
            }
            Some(Again::Other) => return Err(Cause::OtherHeader { line }.into()),
            None => {}
        }
        let entry = match read {
            // Behind a broken line it can be a line of the same note.
            Ok(facts) if after != After::Whole => self.person(facts.doubted()),
            Ok(facts) => self.person(facts),
            Err(Quarantine::IdMissing) if cells().all(is_blank) => return Ok((Entry::Blank, &[])),
            Err(kind) => Entry::Quarantined { id: None, kind },
        };
        Ok((entry, &self.problems))
    }
}

pub(crate) fn is_blank(cell: &[u8]) -> bool {
    cell.trim_ascii().is_empty()
}
