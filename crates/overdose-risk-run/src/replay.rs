//! A run once more, from its receipt and its export.

use crate::before::ReceiptBefore;
use crate::digest::Digested;
use crate::error::{Cause, Error, go_on};
use crate::everybody::apart;
use crate::outputs::FLAGS;
use crate::reading::{Reading, read};
use crate::source::{Origin, name_of, shown};
use crate::{Job, Progress, Tell, export, spool_fault};
use overdose_risk::Policy;
use overdose_risk_intake::{Id, Principal};
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use std::path::Path;

mod difference;
mod flags;
mod person;

pub use difference::Difference;
pub use person::{InRow, LookedUp, PersonThen};

use flags::{Flags, NewFile};

/// What a replay is to give, beside whether it comes out the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// A file for `flags.csv`, which must not be there yet and which nobody but its owner can read.
    pub out: Option<&'a Path>,
    /// Somebody of whom is to be said what was known and flagged.
    pub person: Option<Id<'a>>,
}

/// What came of a replay.
#[derive(Debug)]
pub struct Replayed {
    differences: Vec<Difference>,
    reading: Option<Reading>,
    flags_sha256: Option<String>,
    person: Option<PersonThen>,
}

impl Replayed {
    /// Whether `flags.csv` came out as it was, to the byte.
    pub fn is_identical(&self) -> bool {
        self.flags_sha256.is_some()
    }

    /// The SHA-256 of `flags.csv` in hexadecimal, where it came out as it was.
    pub fn flags_sha256(&self) -> Option<&str> {
        self.flags_sha256.as_deref()
    }

    /// Everything in which the replay is not as the run was. Where `flags.csv` came out as it was, that may be
    /// the version of the program.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// What was read of the export; `None` where it was not read, since something differs that makes
    /// every result another.
    pub fn reading(&self) -> Option<&Reading> {
        self.reading.as_ref()
    }

    /// What was known and flagged of the person who was asked for; `None` where nobody was, or where
    /// `flags.csv` did not come out as it was.
    pub fn person(&self) -> Option<&PersonThen> {
        self.person.as_ref()
    }

    /// The exit code of a program: 0 where `flags.csv` came out as it was; 65 where the export or the
    /// result is another; 78 where only what was given beside the export does not fit.
    pub fn exit_code(&self) -> u8 {
        let is_of_the_export = |one: &Difference| !one.is_of_the_settings();
        if self.is_identical() {
            0
        } else if self.differences.iter().any(is_of_the_export) {
            65
        } else {
            78
        }
    }
}

/// Does once more what the run of a receipt did, and says whether `flags.csv` comes out the same to the
/// byte. [`ReceiptBefore::job`] makes the job. Nothing is published and no output folder is looked at.
///
/// The export is read twice: first its bytes alone, so that whatever differs can be said at once. Where
/// something does that makes every result another, nobody is assessed. Standard input and pipes are
/// copied into the system's temporary folder, into a file that only its owner can read and that
/// loses its name at once.
///
/// # Errors
///
/// When the export cannot be read or is refused, when the file that is wanted is there already or
/// cannot be written, and when `progress` says so. A result that differs is no error.
pub fn replay(
    job: &Job,
    policy: &Policy,
    receipt: &ReceiptBefore,
    wanted: Wanted<'_>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Replayed, Error> {
    let job = apart(job);
    let out = wanted.out.map(NewFile::create).transpose()?;
    let mut origins = export::origins(&job);
    let replayed =
        replay_into(out.as_ref(), wanted, (&job, policy), receipt, &mut origins, progress);
    let replayed =
        replayed.map_err(|error| spool_fault(&origins, "temporary folder").unwrap_or(error))?;
    match out.filter(|_| replayed.is_identical()) {
        Some(out) => out.keep().map(|()| replayed),
        None => Ok(replayed),
    }
}

fn replay_into(
    out: Option<&NewFile>,
    wanted: Wanted<'_>,
    (job, policy): (&Job, &Policy),
    receipt: &ReceiptBefore,
    origins: &mut [Origin],
    progress: Tell<'_>,
) -> Result<Replayed, Error> {
    let inputs = hash_all(job, origins, progress)?;
    let mut differences = difference::before_reading(job, policy, receipt, &inputs);
    if differences.iter().any(Difference::changes_everything) {
        return Ok(Replayed { differences, reading: None, flags_sha256: None, person: None });
    }
    let begin =
        |waived: &[Principal]| Flags::begin(job, policy, waived.to_vec(), out, wanted.person);
    let (flags, reading) = read(job, origins, begin, progress)?;
    let changed =
        reading.inputs.iter().zip(&inputs).find(|(read, (_, sha256))| read.file.sha256 != *sha256);
    if let Some((changed, _)) = changed {
        return Err(Cause::Changed { name: changed.file.name.clone() }.into());
    }
    let (sha256, person) = flags.finish()?;
    let is_identical = receipt.sha256_of(FLAGS) == Some(&*sha256);
    differences.extend(difference::after_reading(&reading, receipt, &sha256));
    Ok(Replayed {
        differences,
        reading: Some(reading),
        person: person.filter(|_| is_identical),
        flags_sha256: is_identical.then_some(sha256),
    })
}

/// How much is read before progress is told.
const TELL_EVERY: u64 = 1 << 24;

/// The name and the SHA-256 of every file of the export.
fn hash_all(
    job: &Job,
    origins: &mut [Origin],
    progress: Tell<'_>,
) -> Result<Vec<(String, String)>, Error> {
    let (mut hashes, mut so_far) = (Vec::new(), 0);
    for origin in origins {
        let path = shown(&origin.path);
        let failed = |error| Cause::Open { path: path.clone(), error };
        let mut bytes = Digested::new(origin.open(&job.out).map_err(failed)?);
        loop {
            let part = &mut bytes.by_ref().take(TELL_EVERY);
            let read = io::copy(part, &mut io::sink()).map_err(failed)?;
            so_far += read;
            let size = None;
            go_on(progress(Progress { bytes: so_far, size, records: 0, people: 0 }))?;
            if read == 0 {
                break;
            }
        }
        hashes.push((name_of(&origin.path), bytes.finish().2));
    }
    Ok(hashes)
}
