//! One pass over an export: every record to what becomes of it.

use crate::error::{Cause, Error, ExportError, writing};
use crate::export::Opened;
use crate::index::IdIndex;
use crate::publish::{Draft, Output};
use crate::receipt::{FileRecord, NearMissRecord, Receipt};
use crate::{Job, Progress};
use overdose_risk::{Policy, assess};
use overdose_risk_csv::{FlagsWriter, ProblemsWriter, QuarantineWriter};
use overdose_risk_intake::{Entry, Id, Layout, Person, Principal, Problem, Quarantine};
use overdose_risk_json::Flag;

/// The exit code of a run that was published while some records were quarantined.
const SOME_QUARANTINED: u8 = 3;

/// Progress is told every so many records.
const TELL_EVERY: u64 = 4096;

/// Reads the export, assesses everybody, and writes every output of the draft but the receipt.
pub(crate) fn pass(
    mut export: Opened,
    job: &Job,
    policy: &Policy,
    draft: &Draft,
    progress: &mut dyn FnMut(Progress),
) -> Result<Receipt, Error> {
    let (name, size) = (export.name.clone(), export.size);
    let mut night = Night::begin(job, policy, draft, export.waived.clone(), &name)?;
    let mut problems = Vec::new();
    let mut broken = None;
    loop {
        problems.clear();
        match export.read(&mut |problem| problems.push(problem)) {
            Ok(Some(row)) => night.take(row.line, row.entry, &problems)?,
            Ok(None) => break,
            Err(error) if error.is_broken() && job.allow_partial && night.has_people() => {
                night.break_off(&error)?;
                broken = Some(error);
                break;
            }
            Err(error) => return Err(night.stopped(error).into()),
        }
        let records = night.receipt.records.read;
        if records % TELL_EVERY == 0 {
            progress(Progress { bytes: export.bytes_read(), size, records });
        }
    }
    let records = night.receipt.records.read;
    progress(Progress { bytes: export.bytes_read(), size, records });
    night.receipt.format = export.format();
    let layout = match (export.layout(), broken) {
        (Ok(layout), _) => layout,
        // What is missing may stand where nobody could read.
        (Err(_), Some(broken)) => return Err(night.stopped(broken).into()),
        (Err(error), None) => return Err(night.stopped(error).into()),
    };
    if layout.waived() != export.waived {
        return Err(Cause::Changed { name }.into());
    }
    let path = job.export.display().to_string();
    let input = export.finish().map_err(|error| Cause::Open { path, error })?;
    night.finish(input, &layout)
}

/// A run under way: its outputs, its index of ids, its receipt.
struct Night<'a> {
    job: &'a Job,
    policy: &'a Policy,
    waived: Vec<Principal>,
    source: &'a str,
    ids: IdIndex,
    receipt: Receipt,
    first_quarantined: Option<(u64, Quarantine)>,
    flags: FlagsWriter<Output>,
    words: Output,
    quarantine: QuarantineWriter<Output>,
    problems: ProblemsWriter<Output>,
}

const FLAGS: &str = "flags.csv";
const WORDS: &str = "flags.ndjson";
const QUARANTINE: &str = "quarantine.csv";
const PROBLEMS: &str = "problems.csv";

impl<'a> Night<'a> {
    fn begin(
        job: &'a Job,
        policy: &'a Policy,
        draft: &Draft,
        waived: Vec<Principal>,
        source: &'a str,
    ) -> Result<Self, Error> {
        Ok(Self {
            job,
            policy,
            source,
            ids: IdIndex::new(),
            receipt: Receipt::begin(&job.program, policy, job.as_of),
            first_quarantined: None,
            flags: writing(FLAGS, FlagsWriter::new(draft.output(FLAGS)?, &waived))?,
            waived,
            words: draft.output(WORDS)?,
            quarantine: writing(QUARANTINE, QuarantineWriter::new(draft.output(QUARANTINE)?))?,
            problems: writing(PROBLEMS, ProblemsWriter::new(draft.output(PROBLEMS)?))?,
        })
    }

    /// Takes one record to what becomes of it.
    fn take(&mut self, line: u64, entry: Entry<'_>, problems: &[Problem]) -> Result<(), Error> {
        self.receipt.records.read += 1;
        match entry {
            Entry::Blank => {
                self.receipt.records.blank += 1;
                Ok(())
            }
            Entry::Quarantined { id, kind } => self.set_aside(line, id, kind),
            Entry::Person(person) => {
                let is_new = self.ids.insert(person.id);
                if !is_new {
                    self.set_aside(line, Some(person.id), Quarantine::IdRepeated)
                } else if person.record.has_died() {
                    self.receipt.records.died += 1;
                    Ok(())
                } else {
                    self.note(line, person.id, problems)?;
                    self.assess(person)
                }
            }
        }
    }

    fn set_aside(&mut self, line: u64, id: Option<Id<'_>>, kind: Quarantine) -> Result<(), Error> {
        self.receipt.records.quarantined += 1;
        *self.receipt.quarantined.entry(kind.name()).or_default() += 1;
        self.first_quarantined.get_or_insert((line, kind));
        writing(QUARANTINE, self.quarantine.write(self.source, line, id, kind))
    }

    fn note(&mut self, line: u64, id: Id<'_>, problems: &[Problem]) -> Result<(), Error> {
        for problem in problems {
            let name = format!("{}:{}", problem.column, problem.kind);
            *self.receipt.problems.entry(name).or_default() += 1;
            writing(PROBLEMS, self.problems.write(self.source, line, id, *problem))?;
        }
        Ok(())
    }

    fn assess(&mut self, person: Person<'_>) -> Result<(), Error> {
        let assessment = assess(&person.record, self.job.as_of, self.policy);
        self.receipt.records.assessed += 1;
        self.receipt.tally.add(&assessment);
        writing(FLAGS, self.flags.write(person.id, &assessment))?;
        writing(WORDS, Flag::new(person.id, &assessment, &self.waived).write_line(&mut self.words))
    }

    fn has_people(&self) -> bool {
        self.receipt.records.assessed + self.receipt.records.died > 0
    }

    /// Notes where the export breaks off: nobody after that is there to be named.
    fn break_off(&mut self, error: &ExportError) -> Result<(), Error> {
        self.receipt.broke_off(error);
        self.receipt.records.read += 1;
        self.set_aside(error.line(), None, Quarantine::BreaksOff)
    }

    /// Why the run stops at this error. Of a broken export, what came before it could be published.
    fn stopped(&self, error: ExportError) -> Cause {
        let name = self.source.to_owned();
        if error.is_broken() && self.has_people() {
            Cause::Broken { name, error, records: self.receipt.records.read }
        } else {
            Cause::Export { name, error }
        }
    }

    /// Closes the outputs. An export that says nothing about anybody is refused.
    fn finish(self, input: FileRecord, layout: &Layout) -> Result<Receipt, Error> {
        let Self { mut receipt, flags, words, quarantine, problems, .. } = self;
        let records = receipt.records;
        if records.assessed + records.died == 0 {
            return Err(match self.first_quarantined {
                None => Cause::NoRecords { name: input.name },
                Some((line, kind)) => Cause::NobodyAssessed {
                    name: input.name,
                    records: records.quarantined,
                    line,
                    kind: kind.name(),
                    remedy: kind.remedy(),
                },
            }
            .into());
        }
        receipt.inputs.push(input);
        receipt.waived = layout.waived().iter().map(|field| field.name()).collect();
        receipt.unread_columns = layout.unread().to_vec();
        receipt.near_misses = layout.near_misses().iter().map(NearMissRecord::from).collect();
        receipt.exit_code = if records.quarantined > 0 { SOME_QUARANTINED } else { 0 };
        receipt.outputs = vec![
            writing(FLAGS, flags.finish())?.finish()?,
            words.finish()?,
            writing(QUARANTINE, quarantine.finish())?.finish()?,
            writing(PROBLEMS, problems.finish())?.finish()?,
        ];
        Ok(receipt)
    }
}
