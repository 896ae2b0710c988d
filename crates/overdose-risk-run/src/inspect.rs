//! What of an export is read, without assessing anybody.

use crate::error::{Cause, Error, named};
use crate::export::{self, Opened};
use crate::index::IdIndex;
use crate::notices::counted;
use crate::{Job, Progress};
use overdose_risk::{Code, Field, OpioidUse};
use overdose_risk_intake::{
    Column, Entry, Id, IdGuard, Layout, Principal, Problem, ProblemKind, Profile, Row,
};
use std::collections::BTreeMap;
use std::fmt;

/// What of the files of an export is read, and what is not. It shows positions and counts, and nothing
/// that stands in the export.
#[derive(Debug)]
pub struct Inspection {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    name: String,
    profile: String,
    /// What a name stands on: columns or keys.
    what: &'static str,
    layout: Layout,
    people: u64,
    quarantined: u64,
    blank: u64,
    /// Rows of people of whom a mapping says that there was never opioid use; `None` where no mapping does.
    never_used: Option<u64>,
    not_understood: BTreeMap<&'static str, NotUnderstood>,
}

/// What of a column could not be read.
#[derive(Debug)]
struct NotUnderstood {
    cells: u64,
    /// How many different values stand in them.
    values: usize,
    /// The line of the first.
    line: u64,
}

/// Reads an export to its end and says what of it is read. Principal fields may be missing; the
/// inspection names them.
///
/// # Errors
///
/// When the export cannot be read, says who people are, or is refused for another reason.
pub fn inspect(job: &Job, progress: &mut dyn FnMut(Progress)) -> Result<Inspection, Error> {
    let job = Job { without: Principal::ALL.to_vec(), ..job.clone() };
    let mut origins = export::origins(&job);
    let mut files = Vec::new();
    let mut people = IdIndex::new();
    let mut ids = IdGuard::new(job.as_of);
    for export in export::open_all(&job, &mut origins)? {
        let mut look = |id: Id<'_>| {
            if people.insert(id, ()).is_none() {
                ids.look(id.as_str().as_bytes());
            }
        };
        let (file, export) = File::read(export, &mut look, progress)?;
        export.check_ids(&mut ids)?;
        files.push(file);
    }
    Ok(Inspection { files })
}

impl File {
    fn read(
        mut export: Opened,
        look: &mut dyn FnMut(Id<'_>),
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Self, Opened), Error> {
        let failed = |name: &str, error| Cause::Export { name: name.to_owned(), error };
        let (mut people, mut quarantined, mut blank, mut never_used) = (0, 0, 0, 0);
        // By column, with the line of the first.
        let mut cells: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        let mut unread = Vec::new();
        loop {
            let mut problem = |problem: Problem| {
                if problem.kind == ProblemKind::Unreadable {
                    unread.push(problem.column.index());
                }
            };
            let Row { line, entry } = match export.read(&mut problem) {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => return Err(failed(&export.name, error).into()),
            };
            match entry {
                Entry::Person(person) => {
                    look(person.id);
                    people += 1;
                    let record = person.facts.record(&mut |_| {});
                    never_used += u64::from(record.opioid_use.is(OpioidUse::None));
                }
                Entry::Quarantined { .. } => quarantined += 1,
                Entry::Blank => blank += 1,
            }
            for column in unread.drain(..) {
                cells.entry(column).or_insert((0, line)).0 += 1;
            }
            let (bytes, size) = (export.bytes_read(), export.size);
            progress(Progress { bytes, size, records: people + quarantined + blank, people });
        }
        let layout = export.layout().map_err(|error| failed(&export.name, error))?;
        let not_understood = Column::all().filter_map(|column| {
            let (cells, line) = *cells.get(&column.index())?;
            let values = export.unread_values().of(column);
            Some((column.name(), NotUnderstood { cells, values, line }))
        });
        let says_none = match export.profile() {
            Profile::Mapped(mapping) => {
                let opioid_use = Column::Fact(Field::OpioidUse);
                never_used > 0 || mapping.translates_to(opioid_use, OpioidUse::None.name())
            }
            Profile::Auto | Profile::Native | Profile::Ndtms => false,
        };
        let file = Self {
            never_used: says_none.then_some(never_used),
            what: if export.csv_opening().is_some() { "column" } else { "key" },
            profile: export.profile().name().to_owned(),
            layout,
            people,
            quarantined,
            blank,
            not_understood: not_understood.collect(),
            name: export.name.clone(),
        };
        Ok((file, export))
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            file.write(f)?;
        }
        writeln!(f, "\nNothing was assessed, and nothing was published.")
    }
}

impl File {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, what, layout, not_understood, .. } = self;
        let (name, people) = (named(&self.name), counted(self.people, "row", "rows"));
        write!(f, "{name}, read as {profile}: {people} of people, ")?;
        writeln!(f, "{} not read (quarantined), {} blank", self.quarantined, self.blank)?;
        writeln!(f, "\nRead")?;
        for (place, column) in layout.read() {
            writeln!(f, "  {what} {:>3}   {column}", place + 1)?;
        }
        for field in layout.waived() {
            let names: Vec<_> = field.columns().iter().map(|column| column.name()).collect();
            let names = names.join(" or ");
            writeln!(
                f,
                "\nMISSING: no {what} for {names}; a run refuses that, unless --without {field} says that \
                 the service does not record it."
            )?;
        }
        if !layout.unread().is_empty() {
            let unread: Vec<_> = layout.unread().iter().map(ToString::to_string).collect();
            writeln!(f, "\nNot read: {what}s {}", unread.join(", "))?;
        }
        for miss in layout.near_misses() {
            writeln!(f, "{what} {} is almost named as {} is.", miss.position, miss.column)?;
        }
        if let Some(rows) = self.never_used {
            let s = if rows == 1 { "" } else { "s" };
            writeln!(
                f,
                "\nOUT OF SCOPE: opioid_use none, in {rows} row{s}, takes a person out of scope: use it only \
                 for\nsomebody who never used opioids; not lately is past."
            )?;
        }
        if self.not_understood.is_empty() {
            return writeln!(f, "\nEvery value is understood.");
        }
        writeln!(f, "\nNot understood                 cells   different values   first on line")?;
        for (column, NotUnderstood { cells, values, line }) in not_understood {
            writeln!(f, "  {column:<24}{cells:>10}{values:>19}{line:>16}")?;
        }
        Ok(())
    }
}
