//! One pass over the files of an export: every record to what becomes of it.

use crate::before::Today;
use crate::caseloads::CaseloadSet;
use crate::error::{Cause, Error, ExportError, go_on};
use crate::export::Opened;
use crate::gather::Gathered;
use crate::index::IdIndex;
use crate::night::Night;
use crate::people::Turn;
use crate::receipt::{Became, Counts, InputRecord};
use crate::{Job, Progress, Tell};
use overdose_risk::Field;
use overdose_risk_intake::{Column, Entry, Id, Person, Problem, ProblemKind, Quarantine, Row};

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

/// A file of the export under way.
struct Reading {
    export: Opened,
    input: InputRecord,
    first_quarantined: Option<(u64, Quarantine)>,
}

impl Night<'_> {
    /// Reads one file to its end. `progress` hears of the files before as well.
    pub(crate) fn read(
        &mut self,
        export: Opened,
        size: Option<u64>,
        progress: Tell<'_>,
    ) -> Result<(), Error> {
        let before = self.receipt.progress();
        let mut reading = Reading::begin(export);
        let mut problems = Vec::new();
        let mut broken = None;
        loop {
            problems.clear();
            let bytes_before = reading.export.bytes_read();
            let has_people = reading.has_people();
            let read = reading.export.read(&mut |problem| problems.push(problem));
            let (line, became) = match read {
                Ok(Some(row)) => {
                    (row.line, self.take(&reading.input.file.name, row, &mut problems)?)
                }
                Ok(None) => break,
                Err(error) if error.is_broken() && self.job.allow_partial && has_people => {
                    let (line, kind) = (error.line(), Quarantine::BreaksOff);
                    let became = self.set_aside(&reading.input.file.name, line, None, kind)?;
                    reading.input.breaks_off = Some(error.to_string());
                    broken = Some(error);
                    (line, became)
                }
                Err(error) => return Err(reading.stopped(error).into()),
            };
            reading.input.add(became, reading.export.bytes_read() - bytes_before);
            if let Became::Quarantined(kind) = became {
                reading.first_quarantined.get_or_insert((line, kind));
            }
            if broken.is_some() {
                break;
            }
            if reading.input.records.read.is_multiple_of(TELL_EVERY) {
                go_on(progress(reading.progress(before, size)))?;
            }
        }
        go_on(progress(reading.progress(before, size)))?;

        reading.export.check_ids(&mut self.ids)?;
        let input = reading.finish(self.job, broken)?;
        self.receipt.complete &= input.breaks_off.is_none();
        self.receipt.records += input.records;
        self.receipt.inputs.push(input);
        Ok(())
    }

    /// Takes one record to what becomes of it.
    fn take(
        &mut self,
        source: &str,
        row: Row<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<Became, Error> {
        let Person { id, facts, caseloads } = match row.entry {
            Entry::Blank => return Ok(Became::Blank),
            Entry::Quarantined { id, kind } => return self.set_aside(source, row.line, id, kind),
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
                Turn::Nobody => return Err(Cause::Changed { name: source.to_owned() }.into()),
            },
        };
        let is_first = became == Became::Assessed;
        if is_first {
            self.ids.look(id.as_str().as_bytes());
        }
        if facts.has_died() {
            self.since.saw(id, Today::Died);
            if is_first {
                // Somebody who is not assessed for what one row says, though others say otherwise.
                problems.clear();
                facts.record(&mut |problem| problems.push(problem));
                problems.retain(|problem| {
                    problem.kind == ProblemKind::RowsDisagree && DEATH.contains(&problem.column)
                });
                self.note(source, row.line, id, problems)?;
            }
            return Ok(if is_first { Became::Died } else { Became::Merged });
        }
        if facts.is_without_consent() {
            self.since.saw(id, Today::WithoutConsent);
            return Ok(if is_first { Became::WithoutConsent } else { Became::Merged });
        }
        let record = is_first.then(|| facts.record(&mut |problem| problems.push(problem)));
        self.note(source, row.line, id, problems)?;
        if let Some(record) = record {
            self.assess(id, &record, caseloads)?;
        }
        Ok(became)
    }

    fn set_aside(
        &mut self,
        source: &str,
        line: u64,
        id: Option<Id<'_>>,
        kind: Quarantine,
    ) -> Result<Became, Error> {
        *self.receipt.quarantined.entry(kind.name()).or_default() += 1;
        if let Some(id) = id {
            self.since.saw(id, Today::Quarantined);
            self.quarantined.insert(id.as_str().to_owned());
        }
        self.outputs.set_aside(source, line, id, kind)?;
        Ok(Became::Quarantined(kind))
    }

    fn note(
        &mut self,
        source: &str,
        line: u64,
        id: Id<'_>,
        problems: &[Problem],
    ) -> Result<(), Error> {
        for problem in problems {
            let name = format!("{}:{}", problem.column, problem.kind);
            *self.receipt.problems.entry(name).or_default() += 1;
            self.outputs.note(source, line, id, *problem)?;
        }
        Ok(())
    }
}

impl Reading {
    fn begin(export: Opened) -> Self {
        let input = InputRecord::begin(
            &export.name,
            export.format(),
            export.profile().name(),
            export.csv_opening(),
        );
        Self { export, input, first_quarantined: None }
    }

    /// How far the run has come, with the files before this one.
    fn progress(&self, before: Progress, size: Option<u64>) -> Progress {
        let records = self.input.records;
        Progress {
            bytes: before.bytes + self.export.bytes_read(),
            size,
            records: before.records + records.read,
            people: before.people + records.people(),
        }
    }

    fn has_people(&self) -> bool {
        let Counts { assessed, died, merged, without_consent, .. } = self.input.records;
        assessed + died + merged + without_consent > 0
    }

    /// Why the run stops at this error. Of a broken export, what came before it could be published.
    fn stopped(self, error: ExportError) -> Cause {
        let records = self.input.records.read;
        let is_worth_something = error.is_broken() && self.has_people();
        let name = self.input.file.name;
        if is_worth_something {
            Cause::Broken { name, error, records }
        } else {
            Cause::Export { name, error }
        }
    }

    /// What there is to say of the file, unless it is one that says nothing about anybody.
    fn finish(mut self, job: &Job, broken: Option<ExportError>) -> Result<InputRecord, Error> {
        let layout = match (self.export.layout(), broken) {
            (Ok(layout), _) => layout,
            // What is missing may stand where nobody could read.
            (Err(_), Some(broken)) => return Err(self.stopped(broken).into()),
            (Err(error), None) => return Err(self.stopped(error).into()),
        };
        let name = self.input.file.name.clone();
        if layout.waived() != self.export.waived {
            return Err(Cause::Changed { name }.into());
        }
        self.input.set_layout(&layout);
        let has_people = self.has_people();
        let Self { export, mut input, first_quarantined } = self;
        (input.file.bytes, input.file.sha256) = export.finish()?;
        if let Some(accounted) = input.unaccounted() {
            let bytes = input.file.bytes;
            return Err(Cause::Unaccounted { name, bytes, accounted }.into());
        }
        let Counts { quarantined: records, .. } = input.records;
        match first_quarantined {
            _ if has_people => Ok(input),
            None if job.allow_empty => Ok(input),
            None => Err(Cause::NoRecords { name }.into()),
            Some((line, kind)) => {
                let (kind, remedy) = (kind.name(), kind.remedy());
                Err(Cause::NobodyAssessed { name, records, line, kind, remedy }.into())
            }
        }
    }
}
