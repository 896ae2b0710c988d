//! What a run writes of each record and each person while it reads.

use crate::assessed::Assessed;
use crate::error::{Error, writing};
use crate::publish::{Draft, Output};
use crate::reading::Place;
use crate::receipt::FileRecord;
use overdose_risk::Assessment;
use overdose_risk_csv::{FlagsWriter, ProblemsWriter, QuarantineWriter};
use overdose_risk_intake::{Caseload, Id, Principal, Problem, Quarantine};
use overdose_risk_json::Flag;
use std::io::{self, Write as _};

pub(crate) const FLAGS: &str = "flags.csv";
pub(crate) const WORDS: &str = "flags.ndjson";
const QUARANTINE: &str = "quarantine.csv";
const PROBLEMS: &str = "problems.csv";

/// The files of flags, of quarantined records and of problems.
pub(crate) struct Outputs {
    flags: FlagsWriter<Output>,
    words: Output,
    quarantine: QuarantineWriter<Output>,
    problems: ProblemsWriter<Output>,
}

impl Outputs {
    pub(crate) fn begin(draft: &Draft<'_>, waived: &[Principal]) -> Result<Self, Error> {
        Ok(Self {
            flags: writing(FLAGS, FlagsWriter::new(draft.output(FLAGS)?, waived))?,
            words: draft.output(WORDS)?,
            quarantine: writing(QUARANTINE, QuarantineWriter::new(draft.output(QUARANTINE)?))?,
            problems: writing(PROBLEMS, ProblemsWriter::new(draft.output(PROBLEMS)?))?,
        })
    }

    pub(crate) fn set_aside(
        &mut self,
        place: Place<'_>,
        id: Option<Id<'_>>,
        kind: Quarantine,
    ) -> Result<(), Error> {
        writing(QUARANTINE, self.quarantine.write(place.source, place.line, id, kind))
    }

    pub(crate) fn note(
        &mut self,
        place: Place<'_>,
        id: Id<'_>,
        problem: Problem,
    ) -> Result<(), Error> {
        writing(PROBLEMS, self.problems.write(place.source, place.line, id, problem))
    }

    /// Writes people: their rows of `flags.csv`, their lines of `flags.ndjson`.
    pub(crate) fn flag(&mut self, people: &Assessed<'_>) -> Result<(), Error> {
        writing(FLAGS, self.flags.write_rows(people.rows()))?;
        writing(WORDS, self.words.write_all(people.lines()))
    }

    /// Closes the files.
    pub(crate) fn finish(self) -> Result<Vec<FileRecord>, Error> {
        let Self { flags, words, quarantine, problems } = self;
        Ok(vec![
            writing(FLAGS, flags.finish())?.finish()?,
            words.finish()?,
            writing(QUARANTINE, quarantine.finish())?.finish()?,
            writing(PROBLEMS, problems.finish())?.finish()?,
        ])
    }
}

/// Writes a person's line of `flags.ndjson`.
pub(crate) fn write_words<'c>(
    id: Id<'_>,
    assessment: &Assessment<'_>,
    waived: &[Principal],
    codes: impl Fn(Caseload) -> &'c [Id<'c>],
    line: &mut Vec<u8>,
) -> io::Result<()> {
    let flag = Flag::new(id, assessment, waived);
    Caseload::ALL.into_iter().fold(flag, |flag, of| flag.on(of, codes(of))).write_line(line)
}
