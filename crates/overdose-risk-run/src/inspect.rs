//! What of an export is read, without assessing anybody.

use crate::error::{Cause, Error};
use crate::export::{self, Opened};
use crate::index::IdIndex;
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
    other_records: u64,
    /// Rows of people of whom a mapping says that there was never opioid use; `None` where no mapping does.
    never_used: Option<u64>,
    /// Cells that could not be read, and how many different values stand in them.
    not_understood: BTreeMap<&'static str, (u64, usize)>,
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
        let (mut people, mut other_records, mut never_used) = (0, 0, 0);
        let mut cells: BTreeMap<usize, u64> = BTreeMap::new();
        loop {
            let mut unread = |problem: Problem| {
                if problem.kind == ProblemKind::Unreadable {
                    *cells.entry(problem.column.index()).or_default() += 1;
                }
            };
            match export.read(&mut unread) {
                Ok(Some(Row { entry: Entry::Person(person), .. })) => {
                    look(person.id);
                    people += 1;
                    let record = person.facts.record(&mut |_| {});
                    never_used += u64::from(record.opioid_use.is(OpioidUse::None));
                }
                Ok(Some(_)) => other_records += 1,
                Ok(None) => break,
                Err(error) => return Err(failed(&export.name, error).into()),
            }
            let (bytes, size) = (export.bytes_read(), export.size);
            progress(Progress { bytes, size, records: people + other_records, people });
        }
        let layout = export.layout().map_err(|error| failed(&export.name, error))?;
        let not_understood = Column::all().filter_map(|column| {
            let cells = cells.get(&column.index())?;
            Some((column.name(), (*cells, export.unread_values().of(column))))
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
            other_records,
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
        let Self { name, profile, what, layout, people, other_records, .. } = self;
        writeln!(f, "{name}, read as {profile}: {people} rows of people, {other_records} others")?;
        writeln!(f, "\nRead")?;
        for (place, column) in layout.read() {
            writeln!(f, "  {what} {:>3}   {column}", place + 1)?;
        }
        for field in layout.waived() {
            let names: Vec<_> = field.columns().iter().map(|column| column.name()).collect();
            writeln!(f, "\nMISSING: no {what} for {}; a run refuses that.", names.join(" or "))?;
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
        writeln!(f, "\nNot understood                 cells   different values")?;
        for (column, (cells, values)) in &self.not_understood {
            writeln!(f, "  {column:<24}{cells:>10}{values:>10}")?;
        }
        Ok(())
    }
}
