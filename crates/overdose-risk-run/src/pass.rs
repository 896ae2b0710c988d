//! One pass over an export: every record to what becomes of it.

use crate::digest::Digested;
use crate::error::{Cause, Error, writing};
use crate::index::IdIndex;
use crate::publish::{Draft, Output};
use crate::receipt::{FileRecord, NearMissRecord, Receipt};
use crate::{Job, Progress};
use overdose_risk::{Assessment, Policy, assess};
use overdose_risk_csv::{Entry, Export, FlagsWriter, ProblemsWriter, QuarantineWriter};
use overdose_risk_intake::{Id, Layout, Person, Problem, Quarantine};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Write};

/// The exit code of a complete run in which some records were quarantined.
const SOME_QUARANTINED: u8 = 3;

/// Progress is told every so many records.
const TELL_EVERY: u64 = 4096;

/// An export that is open and has a header that can be used.
#[derive(Debug)]
pub(crate) struct Opened {
    name: String,
    size: Option<u64>,
    export: Export<Digested<File>>,
}

/// Opens the export and reads its header.
pub(crate) fn open(job: &Job) -> Result<Opened, Error> {
    let name = job.export.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let opened = File::open(&job.export).and_then(|file| Ok((file.metadata()?, file)));
    let (metadata, file) = match opened {
        Ok((metadata, _)) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        other => other,
    }
    .map_err(|error| Cause::Open { path: job.export.display().to_string(), error })?;
    let export = Export::open(Digested::new(file), job.as_of, &job.without)
        .map_err(|error| Cause::Export { name: name.clone(), error })?;
    Ok(Opened { name, size: metadata.is_file().then_some(metadata.len()), export })
}

/// Reads the export, assesses everybody, and writes every output of the draft but the receipt.
pub(crate) fn pass(
    opened: Opened,
    job: &Job,
    policy: &Policy,
    draft: &Draft,
    progress: &mut dyn FnMut(Progress),
) -> Result<Receipt, Error> {
    let Opened { name, size, mut export } = opened;
    let mut night = Night::begin(job, policy, draft, export.layout(), &name)?;
    let mut problems = Vec::new();
    loop {
        problems.clear();
        let row = export.read(&mut |problem| problems.push(problem));
        let row = row.map_err(|error| Cause::Export { name: name.clone(), error })?;
        let Some(row) = row else { break };
        night.take(row.line, row.entry, &problems)?;
        let records = night.receipt.records.read;
        if records % TELL_EVERY == 0 {
            progress(Progress { bytes: export.bytes_read(), size, records });
        }
    }
    let records = night.receipt.records.read;
    progress(Progress { bytes: export.bytes_read(), size, records });
    let (_, bytes, sha256) = export.into_inner().finish();
    night.finish(FileRecord { name: name.clone(), bytes, sha256 })
}

/// A run under way: its outputs, its index of ids, its receipt.
struct Night<'a> {
    job: &'a Job,
    policy: &'a Policy,
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

/// One line of `flags.ndjson`.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    #[serde(flatten)]
    assessment: &'a Assessment<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    waived: &'a [&'static str],
}

impl<'a> Night<'a> {
    fn begin(
        job: &'a Job,
        policy: &'a Policy,
        draft: &Draft,
        layout: &Layout,
        source: &'a str,
    ) -> Result<Self, Error> {
        let mut receipt = Receipt::begin(&job.program, policy, job.as_of);
        receipt.waived = layout.waived().iter().map(|field| field.name()).collect();
        receipt.unread_columns = layout.unread().to_vec();
        receipt.near_misses = layout.near_misses().iter().map(NearMissRecord::from).collect();
        Ok(Self {
            job,
            policy,
            source,
            ids: IdIndex::new(),
            receipt,
            first_quarantined: None,
            flags: writing(FLAGS, FlagsWriter::new(draft.output(FLAGS)?, layout.waived()))?,
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
        let line =
            Line { id: person.id.as_str(), assessment: &assessment, waived: &self.receipt.waived };
        let written = serde_json::to_writer(&mut self.words, &line).map_err(io::Error::from);
        writing(WORDS, written.and_then(|()| self.words.write_all(b"\n")))
    }

    /// Closes the outputs. An export that says nothing about anybody is refused.
    fn finish(self, input: FileRecord) -> Result<Receipt, Error> {
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
