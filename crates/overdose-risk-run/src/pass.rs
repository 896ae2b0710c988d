//! One pass over the files of an export: every record to what becomes of it.

use crate::before::Today;
use crate::caseloads::{CaseloadSet, CaseloadSets};
use crate::error::{Cause, Error, go_on};
use crate::export::Opened;
use crate::gather::Gathered;
use crate::index::IdIndex;
use crate::people::Turn;
use crate::reading::{Place, Reading, Sink};
use crate::receipt::Became;
use crate::{Job, Tell};
use overdose_risk::Field;
use overdose_risk_intake::{
    Caseload, Column, Entry, Id, IdGuard, Person, Problem, ProblemKind, Quarantine,
};
use std::collections::BTreeSet;

mod file;
use file::FileUnderWay;

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
        let mut problems = Vec::new();
        let mut broken = None;
        loop {
            problems.clear();
            let bytes_before = file.export.bytes_read();
            let has_people = file.has_people();
            let read = file.export.read(&mut |problem| problems.push(problem));
            let (line, became) = match read {
                Ok(Some(row)) => {
                    let place = Place { source: &file.input.file.name, line: row.line };
                    (row.line, self.take(place, row.entry, &mut problems)?)
                }
                Ok(None) => break,
                Err(error) if error.is_broken() && self.job.allow_partial && has_people => {
                    let place = Place { source: &file.input.file.name, line: error.line() };
                    let became = self.set_aside(place, None, Quarantine::BreaksOff)?;
                    file.input.breaks_off = Some(error.to_string());
                    (broken.insert(error).line(), became)
                }
                Err(error) => return Err(file.stopped(error).into()),
            };
            file.input.add(became, file.export.bytes_read() - bytes_before);
            if let Became::Quarantined(kind) = became {
                file.first_quarantined.get_or_insert((line, kind));
            }
            if broken.is_some() {
                break;
            }
            if file.input.records.read.is_multiple_of(TELL_EVERY) {
                go_on(progress(file.progress(before, size)))?;
            }
        }
        go_on(progress(file.progress(before, size)))?;

        file.export.check_ids(&mut self.ids)?;
        let input = file.finish(self.job, broken)?;
        self.reading.records += input.records;
        self.reading.inputs.push(input);
        Ok(())
    }

    /// Takes one record to what becomes of it.
    fn take(
        &mut self,
        place: Place<'_>,
        entry: Entry<'_>,
        problems: &mut Vec<Problem>,
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
        let record = is_first.then(|| facts.record(&mut |problem| problems.push(problem)));
        self.note(place, id, problems)?;
        if let Some(record) = record {
            self.sink.person(id, &record, &self.caseloads.codes(caseloads))?;
        }
        Ok(became)
    }

    fn set_aside(
        &mut self,
        place: Place<'_>,
        id: Option<Id<'_>>,
        kind: Quarantine,
    ) -> Result<Became, Error> {
        *self.reading.quarantined.entry(kind.name()).or_default() += 1;
        if let Some(id) = id {
            self.sink.saw(id, Today::Quarantined);
            self.quarantined.insert(id.as_str().to_owned());
        }
        self.sink.set_aside(place, id, kind)?;
        Ok(Became::Quarantined(kind))
    }

    fn note(&mut self, place: Place<'_>, id: Id<'_>, problems: &[Problem]) -> Result<(), Error> {
        for problem in problems {
            let name = format!("{}:{}", problem.column, problem.kind);
            *self.reading.problems.entry(name).or_default() += 1;
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
