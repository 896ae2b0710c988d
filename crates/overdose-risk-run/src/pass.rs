//! One pass over the files of an export: every record to what becomes of it.

use crate::before::Today;
use crate::caseloads::{CaseloadSet, CaseloadSets};
use crate::error::{Cause, Error, ExportError, go_on};
use crate::export::{Opened, Records};
use crate::gather::Gathered;
use crate::index::IdIndex;
use crate::people::Turn;
use crate::pieces::InPieces;
use crate::pipeline::in_order;
use crate::reading::{Place, Reading, Sink};
use crate::receipt::Became;
use crate::{Job, Tell};
use overdose_risk::{Field, Record};
use overdose_risk_intake::{
    Caseload, Column, Entry, Id, IdGuard, Person, Problem, ProblemKind, Quarantine,
};
use std::cell::RefCell;
use std::collections::BTreeSet;

mod file;
mod made;
use file::{FileUnderWay, SoFar};
use made::{Made, RowsOf, Worker};

/// Progress is told every so many records.
pub(crate) const TELL_EVERY: u64 = 4096;

/// What rows may disagree on that puts it in doubt whether their person has died.
const DEATH: [Column; 2] = [Column::Fact(Field::Age), Column::Fact(Field::CaseStatus)];

/// Whose rows are read.
pub(crate) enum Whose {
    /// Of people with one row each, as long as no id repeats.
    OneEach(IdIndex<()>),
    /// Of people whose rows were put together.
    Gathered(Box<Gathered>),
}

/// A pass under way.
struct Pass<'p, S> {
    job: &'p Job,
    sink: &'p mut S,
    whose: Whose,
    /// The caseloads of everybody.
    caseloads: CaseloadSets,
    /// What the ids look like, of each person once.
    ids: IdGuard,
    /// The ids of quarantined records, as far as they are known.
    quarantined: BTreeSet<String>,
    reading: Reading,
}

/// Reads an export to its end, every record into the sink.
pub(crate) fn pass(
    exports: Vec<Opened>,
    mut whose: Whose,
    job: &Job,
    sink: &mut impl Sink,
    progress: Tell<'_>,
) -> Result<Reading, Error> {
    let size = exports.iter().map(|export| export.size).sum();
    let caseloads = match &mut whose {
        Whose::OneEach(_) => CaseloadSets::default(),
        Whose::Gathered(gathered) => std::mem::take(&mut gathered.caseloads),
    };
    let waived = exports.first().map_or(&[][..], |export| &export.waived);
    let reading =
        Reading { waived: waived.iter().map(|field| field.name()).collect(), ..Reading::default() };
    let (ids, quarantined) = (IdGuard::new(job.as_of), BTreeSet::new());
    let mut pass = Pass { job, sink, whose, caseloads, ids, quarantined, reading };
    for export in exports {
        pass.read(export, size, progress)?;
    }
    let partly_read = pass.partly_read();
    let Pass { mut reading, whose, caseloads, .. } = pass;
    if let Whose::Gathered(gathered) = whose {
        gathered.check(&reading.inputs)?;
        reading.merged_saying_nothing_new = gathered.saying_nothing_new;
    }
    reading.partly_read = partly_read;
    reading.caseloads = Caseload::ALL.map(|of| (of.name(), caseloads.count(of) as u64)).into();
    Ok(reading)
}

/// What ends the reading of a file.
enum Ended {
    /// The file itself.
    Export(ExportError),
    Run(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}

impl<S: Sink> Pass<'_, S> {
    /// Reads one file to its end. `progress` hears of the files before as well.
    pub(crate) fn read(
        &mut self,
        export: Opened,
        size: Option<u64>,
        progress: Tell<'_>,
    ) -> Result<(), Error> {
        let before = self.reading.progress();
        let mut file = FileUnderWay::begin(export);
        let tell = &mut |so_far: &SoFar| go_on(progress(so_far.progress(before, size)));
        let FileUnderWay { export, so_far } = &mut file;
        let ended = match export.records() {
            Records::Csv(export) => self.in_pieces(export.as_mut(), so_far, tell),
            Records::Json(export) => self.in_pieces(export.as_mut(), so_far, tell),
        };
        let broken = match ended {
            Ok(()) => None,
            Err(Ended::Run(error)) => return Err(error),
            Err(Ended::Export(error))
                if error.is_broken() && self.job.allow_partial && so_far.has_people() =>
            {
                let place = Place { source: &so_far.input.file.name, line: error.line() };
                let became = self.set_aside(place, None, Quarantine::BreaksOff)?;
                so_far.input.breaks_off = Some(error.to_string());
                so_far.add(error.line(), became, export.bytes_read() - so_far.bytes);
                Some(error)
            }
            Err(Ended::Export(error)) => return Err(file.stopped(error).into()),
        };
        tell(&file.so_far)?;

        file.export.check_ids(&mut self.ids)?;
        let input = file.finish(self.job, broken)?;
        self.reading.records += input.records;
        self.reading.inputs.push(input);
        Ok(())
    }

    /// Reads the pieces of a file, each on any thread, and takes what was made of them in order.
    fn in_pieces<X: InPieces>(
        &mut self,
        export: &mut X,
        so_far: &mut SoFar,
        tell: &mut dyn FnMut(&SoFar) -> Result<(), Error>,
    ) -> Result<(), Ended>
    where
        ExportError: From<X::Error>,
    {
        let rows = match self.whose {
            Whose::OneEach(_) => RowsOf::OneEach,
            Whose::Gathered(_) => RowsOf::Several,
        };
        let worker = || Worker::<X, S> { reader: export.reader(), maker: self.sink.maker(), rows };
        let (own, others) = (worker(), (1..self.job.threads().get()).map(|_| worker()).collect());
        let export = RefCell::new(export);
        let failed = |error: X::Error| Ended::Export(error.into());
        in_order(
            own,
            others,
            |piece: &mut X::Piece| export.borrow_mut().cut(piece).map_err(failed),
            Worker::work,
            |made: &mut Made<X, S>| {
                self.take_all(made, so_far, tell)?;
                made.learnt().and_then(|learnt| export.borrow_mut().learn(learnt)).map_err(failed)
            },
        )
    }

    /// Takes every row of a piece to what becomes of it.
    fn take_all<X: InPieces>(
        &mut self,
        made: &mut Made<X, S>,
        so_far: &mut SoFar,
        tell: &mut dyn FnMut(&SoFar) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut problems = Vec::new();
        let (rows, of_people) = made.rows();
        for row in rows {
            let row = row?;
            problems.clear();
            problems.extend_from_slice(row.problems);
            let place = Place { source: &so_far.input.file.name, line: row.line };
            let became = self.take(place, row.entry, row.record, &mut problems, of_people)?;
            so_far.add(row.line, became, row.bytes);
            if so_far.input.records.read.is_multiple_of(TELL_EVERY) {
                tell(so_far)?;
            }
        }
        self.sink.end_piece(made.people())
    }

    /// Takes one record to what becomes of it. Where it is all that there is of its person, the record
    /// that is assessed has been made of it.
    fn take(
        &mut self,
        place: Place<'_>,
        entry: Entry<'_>,
        alone: Option<&Record>,
        problems: &mut Vec<Problem>,
        made: &mut S::Made,
    ) -> Result<Became, Error> {
        let Person { id, facts, caseloads } = match entry {
            Entry::Blank => return Ok(Became::Blank),
            Entry::Quarantined { id, kind } => return self.set_aside(place, id, kind),
            Entry::Person(person) => person,
        };
        let (facts, caseloads, became) = match &mut self.whose {
            Whose::OneEach(ids) => match ids.insert(id, ()) {
                None => {
                    let caseloads = self.caseloads.with(CaseloadSet::NONE, caseloads);
                    (facts, caseloads, Became::Assessed)
                }
                Some(()) => return Err(Cause::IdRepeats.into()),
            },
            Whose::Gathered(gathered) => match gathered.people.turn(id) {
                Turn::First(facts, caseloads) => (*facts, caseloads, Became::Assessed),
                Turn::Later(facts) => (*facts, CaseloadSet::NONE, Became::Merged),
                Turn::Nobody => return Err(Cause::Changed { name: place.source.to_owned() }.into()),
            },
        };
        let is_first = became == Became::Assessed;
        if is_first {
            self.ids.look(id.as_str().as_bytes());
        }
        if facts.has_died() {
            self.sink.saw(id, Today::Died);
            if is_first {
                // Somebody who is not assessed for what one row says, though others say otherwise.
                problems.clear();
                facts.record(&mut |problem| problems.push(problem));
                problems.retain(|problem| {
                    problem.kind == ProblemKind::RowsDisagree && DEATH.contains(&problem.column)
                });
                self.note(place, id, problems)?;
            }
            return Ok(if is_first { Became::Died } else { Became::Merged });
        }
        if facts.is_without_consent() {
            self.sink.saw(id, Today::WithoutConsent);
            return Ok(if is_first { Became::WithoutConsent } else { Became::Merged });
        }
        let put_together = (is_first && alone.is_none())
            .then(|| facts.record(&mut |problem| problems.push(problem)));
        self.note(place, id, problems)?;
        if let Some(record) = alone.or(put_together.as_ref()) {
            let codes = self.caseloads.codes(caseloads);
            self.sink.person(id, record, &codes, alone.map(|_| made))?;
        }
        Ok(became)
    }

    fn set_aside(
        &mut self,
        place: Place<'_>,
        id: Option<Id<'_>>,
        kind: Quarantine,
    ) -> Result<Became, Error> {
        self.reading.set_aside(place, kind);
        if let Some(id) = id {
            self.sink.saw(id, Today::Quarantined);
            self.quarantined.insert(id.as_str().to_owned());
        }
        self.sink.set_aside(place, id, kind)?;
        Ok(Became::Quarantined(kind))
    }

    fn note(&mut self, place: Place<'_>, id: Id<'_>, problems: &[Problem]) -> Result<(), Error> {
        for problem in problems {
            self.reading.note(place, *problem);
            self.sink.note(place, id, *problem)?;
        }
        Ok(())
    }

    /// How many people have a row that could be read and one that was quarantined.
    fn partly_read(&self) -> u64 {
        let has_a_row = |id: &&String| {
            let Ok(id) = Id::read(id.as_bytes()) else { return false };
            match &self.whose {
                Whose::OneEach(ids) => ids.get(id).is_some(),
                Whose::Gathered(gathered) => gathered.people.has(id),
            }
        };
        self.quarantined.iter().filter(has_a_row).count() as u64
    }
}
