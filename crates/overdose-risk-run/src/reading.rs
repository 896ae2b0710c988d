//! The reading of an export: what is made of its records, and what there is to say of them all.

use crate::before::Today;
use crate::caseloads::Codes;
use crate::error::{Cause, Error};
use crate::export::{self, Opened};
use crate::index::IdIndex;
use crate::pass::{Whose, pass};
use crate::receipt::{Counts, InputRecord};
use crate::source::Origin;
use crate::{Job, Progress, Tell, gather};
use overdose_risk::Record;
use overdose_risk_intake::{Caseloads, Id, Principal, Problem, Quarantine};
use std::collections::BTreeMap;
use std::fmt;

/// What was read of an export, and what became of it: what a receipt says of the reading.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Reading {
    /// The files of the export.
    pub inputs: Vec<InputRecord>,
    /// What became of the records, adding up.
    pub records: Counts,
    /// Of those that were merged, how many said nothing that the rows before did not say.
    pub merged_saying_nothing_new: u64,
    /// Quarantined records by kind.
    pub quarantined: BTreeMap<&'static str, u64>,
    /// People of whom one row could be read and another was quarantined, which may say more of them.
    pub partly_read: u64,
    /// Facts that could not be used, by column and kind.
    pub problems: BTreeMap<String, u64>,
    /// How many services, teams and workers the export names.
    pub caseloads: BTreeMap<&'static str, u64>,
    /// Principal fields that the export lacks: nobody can be assessed for them.
    pub waived: Vec<&'static str>,
    /// Where the faults in it begin.
    pub(crate) firsts: Firsts,
}

/// Where each kind of fault in an export stands for the first time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Firsts {
    /// Facts that could not be used, by column and kind.
    pub(crate) problems: BTreeMap<String, Found>,
    /// Quarantined records by kind.
    pub(crate) quarantined: BTreeMap<&'static str, Found>,
}

/// A place in an export that has been read. Its `Display` is like `line 2 of export.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    name: String,
    line: u64,
}

impl From<Place<'_>> for Found {
    fn from(place: Place<'_>) -> Self {
        Self { name: place.source.to_owned(), line: place.line }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of {}", self.line, self.name)
    }
}

impl Reading {
    /// Counts a record that is quarantined.
    pub(crate) fn set_aside(&mut self, place: Place<'_>, kind: Quarantine) {
        *self.quarantined.entry(kind.name()).or_default() += 1;
        self.firsts.quarantined.entry(kind.name()).or_insert_with(|| place.into());
    }

    /// Counts a fact that cannot be used.
    pub(crate) fn note(&mut self, place: Place<'_>, problem: Problem) {
        let name = format!("{}:{}", problem.column, problem.kind);
        if let Some(count) = self.problems.get_mut(&name) {
            *count += 1;
            return;
        }
        self.firsts.problems.insert(name.clone(), place.into());
        self.problems.insert(name, 1);
    }

    /// Whether the whole export was read.
    pub fn is_complete(&self) -> bool {
        self.inputs.iter().all(|input| input.breaks_off.is_none())
    }

    /// How far it has come with the files that have been read to their end.
    pub(crate) fn progress(&self) -> Progress {
        Progress::after(&self.inputs, self.records)
    }
}

/// Where in an export a record begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'n> {
    /// The name of the file.
    pub(crate) source: &'n str,
    /// The physical line, from 1.
    pub(crate) line: u64,
}

/// What is made of the records of an export.
pub(crate) trait Sink: Sized {
    /// What can be made of the people of a piece apart from all others, in their order.
    type Made: Default + Send;
    /// Makes it, on any thread.
    type Maker: Send;

    /// Something that makes it.
    fn maker(&self) -> Self::Maker;

    /// Begins a piece: what was made of the last is forgotten, and its room used again.
    fn begin_piece(made: &mut Self::Made);

    /// Makes what can be made of a person who has one row.
    fn make(
        maker: &mut Self::Maker,
        id: Id<'_>,
        record: &Record,
        caseloads: Caseloads<'_>,
        made: &mut Self::Made,
    );

    /// The same from the beginning: an id repeats, and everything so far is void.
    fn anew(self) -> Result<Self, Error>;

    /// Somebody who is to be assessed, and whose caseloads they are on. What was made of somebody who
    /// has one row is the next of its piece.
    fn person(
        &mut self,
        id: Id<'_>,
        record: &Record,
        codes: &Codes<'_>,
        made: Option<&mut Self::Made>,
    ) -> Result<(), Error>;

    /// Everybody in a piece has been taken.
    fn end_piece(&mut self, made: &Self::Made) -> Result<(), Error>;

    /// That this became of a row of somebody who is not assessed for that.
    fn saw(&mut self, id: Id<'_>, today: Today);

    /// A record that is quarantined.
    fn set_aside(
        &mut self,
        place: Place<'_>,
        id: Option<Id<'_>>,
        kind: Quarantine,
    ) -> Result<(), Error>;

    /// A fact that cannot be used.
    fn note(&mut self, place: Place<'_>, id: Id<'_>, problem: Problem) -> Result<(), Error>;
}

/// Reads an export into what `begin` makes of the waived fields: once where every id is there once;
/// and where one repeats, again from the beginning, when the rows of each person have been put together.
pub(crate) fn read<S: Sink>(
    job: &Job,
    origins: &mut [Origin],
    begin: impl FnOnce(&[Principal]) -> Result<S, Error>,
    progress: Tell<'_>,
) -> Result<(S, Reading), Error> {
    let opened = export::open_all(job, origins)?;
    let waived = waived(&opened).to_vec();
    let mut sink = begin(&waived)?;
    match pass(opened, Whose::OneEach(IdIndex::new()), job, &mut sink, progress) {
        Err(error) if error.is_repeated_id() => {
            let mut sink = sink.anew()?;
            let gathered = gather::gather(export::open_all(job, origins)?, progress)?;
            let opened = export::open_all(job, origins)?;
            if let Some(first) = opened.first().filter(|first| first.waived != waived) {
                return Err(Cause::Changed { name: first.name.clone() }.into());
            }
            let whose = Whose::Gathered(Box::new(gathered));
            let reading = pass(opened, whose, job, &mut sink, progress)?;
            Ok((sink, reading))
        }
        reading => Ok((sink, reading?)),
    }
}

/// The fields that every file of an export lacks.
fn waived(exports: &[Opened]) -> &[Principal] {
    exports.first().map_or(&[], |export| &export.waived)
}
