//! `flags.csv` of a run, written once more.

use super::person::{LookedUp, PersonThen};
use crate::before::Today;
use crate::caseloads::Codes;
use crate::digest::Digested;
use crate::error::{Cause, Error, writing};
use crate::outputs::{FLAGS, write_words};
use crate::publish::Readers;
use crate::reading::{Place, Sink};
use crate::source::shown;
use crate::{Job, os};
use overdose_risk::{Policy, Record, assess};
use overdose_risk_csv::FlagsWriter;
use overdose_risk_intake::{Caseloads, Id, Principal, Problem, Quarantine};
use overdose_risk_json::Flagged;
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::Path;
use tempfile::TempPath;

/// A file that nobody but its owner can read, and of which nothing is left unless it is kept.
pub(super) struct NewFile {
    path: TempPath,
    file: File,
}

impl NewFile {
    pub(super) fn create(path: &Path) -> Result<Self, Error> {
        let failed = |error: io::Error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                Cause::Exists { path: shown(path) }
            } else {
                Cause::Output { what: shown(path), error }
            }
        };
        // Before there is a file, since this may fail.
        let absolute = std::path::absolute(path).map_err(failed)?;
        let file = os::create_file(path, Readers::Owner).map_err(failed)?;
        Ok(Self { path: TempPath::try_from_path(absolute).map_err(failed)?, file })
    }

    /// Waits until the disk has it, and leaves it there.
    pub(super) fn keep(self) -> Result<(), Error> {
        let what = shown(&self.path);
        writing(&what, self.file.sync_all())?;
        writing(&what, self.path.keep().map(|_| ()).map_err(|error| error.error))
    }
}

type Out<'a> = Digested<BufWriter<Box<dyn Write + 'a>>>;

/// `flags.csv` under way, and somebody whom it looks for.
pub(super) struct Flags<'a> {
    job: &'a Job,
    policy: &'a Policy,
    waived: Vec<Principal>,
    file: Option<&'a NewFile>,
    id: Option<Id<'a>>,
    writer: FlagsWriter<Out<'a>>,
    person: PersonThen,
}

impl<'a> Flags<'a> {
    /// Begins it in a file, or nowhere, and looks for this person.
    pub(super) fn begin(
        job: &'a Job,
        policy: &'a Policy,
        waived: Vec<Principal>,
        file: Option<&'a NewFile>,
        id: Option<Id<'a>>,
    ) -> Result<Self, Error> {
        let out: Box<dyn Write> = match file {
            Some(file) => Box::new(&file.file),
            None => Box::new(io::sink()),
        };
        let out = Digested::new(BufWriter::with_capacity(1 << 16, out));
        let writer = writing(FLAGS, FlagsWriter::new(out, &waived))?;
        Ok(Self { job, policy, waived, file, id, writer, person: PersonThen::default() })
    }

    /// Its SHA-256, and the person.
    pub(super) fn finish(self) -> Result<(String, Option<PersonThen>), Error> {
        let (mut out, _, sha256) = writing(FLAGS, self.writer.finish())?.finish();
        writing(FLAGS, out.flush())?;
        Ok((sha256, self.id.map(|_| self.person)))
    }

    fn looks_for(&self, id: Id<'_>) -> bool {
        self.id.is_some_and(|wanted| wanted == id)
    }
}

impl Sink for Flags<'_> {
    type Made = ();
    type Maker = ();

    fn maker(&self) {}

    fn begin_piece((): &mut ()) {}

    fn make((): &mut (), _: Id<'_>, _: &Record, _: Caseloads<'_>, (): &mut ()) {}

    fn anew(self) -> Result<Self, Error> {
        let Self { job, policy, waived, file, id, writer, .. } = self;
        // It writes what it still holds when it is dropped.
        drop(writer);
        if let Some(NewFile { file, .. }) = file {
            writing(FLAGS, file.set_len(0).and_then(|()| (&mut &*file).rewind()))?;
        }
        Self::begin(job, policy, waived, file, id)
    }

    fn person(
        &mut self,
        id: Id<'_>,
        record: &Record,
        codes: &Codes<'_>,
        _: Option<&mut ()>,
    ) -> Result<(), Error> {
        let assessment = assess(record, self.job.as_of, self.policy);
        writing(FLAGS, self.writer.write(id, &assessment))?;
        if self.looks_for(id) {
            let mut line = Vec::new();
            writing(
                FLAGS,
                write_words(id, &assessment, &self.waived, |of| codes.of(of), &mut line),
            )?;
            let flagged = Flagged::read(&line).ok_or(Cause::NotReadBack)?;
            self.person.became =
                LookedUp::Assessed { record: Box::new(*record), flagged: Box::new(flagged) };
        }
        Ok(())
    }

    fn end_piece(&mut self, (): &()) -> Result<(), Error> {
        Ok(())
    }

    fn saw(&mut self, id: Id<'_>, today: Today) {
        if self.looks_for(id) {
            self.person.saw(today);
        }
    }

    fn set_aside(
        &mut self,
        place: Place<'_>,
        id: Option<Id<'_>>,
        kind: Quarantine,
    ) -> Result<(), Error> {
        match id {
            Some(id) if self.looks_for(id) => self.person.set_aside(place, kind),
            Some(_) => {}
            None => self.person.of_nobody_known += 1,
        }
        Ok(())
    }

    fn note(&mut self, place: Place<'_>, id: Id<'_>, problem: Problem) -> Result<(), Error> {
        if self.looks_for(id) {
            self.person.note(place, problem);
        }
        Ok(())
    }
}
