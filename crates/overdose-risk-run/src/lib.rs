//! A whole run of `overdose-risk`: an export in, a published folder out.
//!
//! [`run`] reads an export in pieces, on several threads, assesses every person, compares them with the run
//! before, and publishes flags, worklists, changes and, last, the receipt `run.json` as one folder.
//! Memory does not grow with the records but for an index of the ids: 1.5 MB, and for large exports
//! 12 to 16 bytes a person; 20 to 25 more for each person of the run before; and a few thousand for
//! each who stands on a worklist. Where an id repeats, the export is read again, twice, and what all rows of
//! each person say is kept in between: at most 250 bytes a person. Somebody with a quarantined row takes up
//! to 150 bytes more. Each file of an export takes a
//! window of 128 KiB, and each thread some megabytes.
//!
//! Nothing is published in part: the folder is built beside its place under a lock, synced, and renamed
//! in one step, and only then does `LATEST` name it.
//!
//! [`people`] reads an export as a run does, and hands over whom it would assess. [`replay`] does a run once
//! more from its receipt. Neither publishes anything.

// What a library may not do: panic, since a panic repeats the data that caused it; take a default
// arm, since a new variant must be looked at everywhere; write where the caller has not said.
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::string_slice,
        clippy::indexing_slicing,
        clippy::wildcard_enum_match_arm,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

mod assessed;
mod before;
mod capacity;
mod caseloads;
mod changes;
mod digest;
mod error;
mod everybody;
mod export;
mod gather;
mod guards;
mod index;
mod inspect;
mod key_file;
mod lock;
mod night;
mod notices;
mod os;
mod outputs;
mod pass;
mod people;
mod pieces;
mod pipeline;
pub mod process;
mod prune;
mod publish;
mod reading;
mod receipt;
mod replay;
mod reviews;
mod run_name;
mod shortlist;
mod since;
mod source;
mod summary;
mod trial;
mod worklists;

use before::Before;
use error::{Cause, go_on};
use night::Plan;
use publish::{Latest, OutputFolder};
use source::{Origin, shown};

pub use before::{Beside, Previous, ReceiptBefore};
pub use capacity::{Candidate, Capacity, Placed};
pub use error::{Error, ErrorKind, in_words};
pub use everybody::people;
pub use export::Format;
pub use inspect::{Inspection, inspect};
pub use key_file::{KeyError, read_key};
pub use pieces::InPieces;
pub use pipeline::in_order;
pub use prune::{Keep, PruneError, prunable, prune};
pub use publish::Readers;
pub use reading::Reading;
pub use receipt::{
    AlertRecord, ByteCounts, Counts, FileRecord, InputRecord, NearMissRecord, NotUsed,
    PolicyRecord, PreviousRecord, Program, Receipt, ReviewsRecord, RunTimes, WorklistRecord,
};
pub use replay::{Difference, InRow, LookedUp, PersonThen, Replayed, Wanted, replay};
pub use trial::{Because, Load, Move, Trial};

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::{Identifiers, Intake, Principal, Profile, PseudonymKey};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

/// More threads are used only where somebody says so: each takes some megabytes, and what all of them
/// give is written by one.
const MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// However many threads somebody asks for, there are no more.
const MOST_ASKED_FOR: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);

/// What to run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Job {
    /// The program that runs it, as the receipt names it.
    pub program: Program,
    /// The files of one export, no two of which have the same base name; `-` reads standard input.
    pub exports: Vec<PathBuf>,
    /// Their format.
    pub format: Format,
    /// What their columns are called, and what they say.
    pub profile: Profile,
    /// The day as of which everybody is assessed.
    pub as_of: NaiveDate,
    /// The folder in which runs are published.
    pub out: PathBuf,
    /// Who may read them.
    pub readers: Readers,
    /// Principal fields that the service does not record.
    pub without: Vec<Principal>,
    /// What becomes of an export with columns that name direct identifiers.
    pub identifiers: Identifiers,
    /// The key with which ids are made pseudonyms, where they are none.
    pub key: Option<Arc<PseudonymKey>>,
    /// Whether to publish the people before the place where a JSON export is broken or breaks off.
    pub allow_partial: bool,
    /// Whether an export without records is one of a service that has nobody, and no fault.
    pub allow_empty: bool,
    /// How many threads read and assess, 64 at the most. It changes how long a run takes and nothing that
    /// it says.
    pub threads: NonZeroUsize,
    /// The file that says who was reviewed.
    pub reviewed: Option<PathBuf>,
    /// The run to compare with.
    pub previous: Previous,
    /// How many people the service, or a team, can contact: so many stand on each worklist, and
    /// everybody else who is `act-now` by the known facts.
    pub capacity: usize,
    /// A run is refused when more than so many per cent of its records are quarantined.
    pub max_quarantine: u8,
    /// A run is refused when it has more than so many per cent fewer people than the run before,
    /// when more of those are gone, or when a column is gone for more of them. What a limit above the
    /// usual 10 lets through is said in the notices.
    pub max_drop: u8,
    /// What would speak against publishing, and does not.
    pub tolerate: Vec<Tolerated>,
}

/// What makes a night look like a fault, and may be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tolerated {
    /// The export is the same to the byte as that of the run before, which was for an earlier day.
    Unchanged,
    /// A column was there in the run before and is gone, or is gone for some of the people.
    LostColumn,
    /// A field had values in the run before and has none, or less than half as many.
    LostValues,
    /// Most of what stands in a field cannot be read.
    Unreadable,
}

/// How many per cent of the records may be quarantined, unless a job says otherwise.
const MAX_QUARANTINE: u8 = 5;

/// How many per cent fewer people there may be, or may be gone, unless a job says otherwise.
const MAX_DROP: u8 = 10;

impl Job {
    /// How many threads are used.
    pub(crate) fn threads(&self) -> NonZeroUsize {
        self.threads.min(MOST_ASKED_FOR)
    }

    /// A run of the files of an export in whatever format as of a day, into a folder, with nothing
    /// waived, on as many threads as there are processors, four at the most.
    pub fn new(program: Program, exports: Vec<PathBuf>, as_of: NaiveDate, out: PathBuf) -> Self {
        Self {
            program,
            exports,
            format: Format::Auto,
            profile: Profile::Auto,
            as_of,
            out,
            readers: Readers::Owner,
            without: Vec::new(),
            identifiers: Identifiers::Refuse,
            key: None,
            allow_partial: false,
            allow_empty: false,
            previous: Previous::Latest,
            capacity: 500,
            max_quarantine: MAX_QUARANTINE,
            max_drop: MAX_DROP,
            tolerate: Vec::new(),
            reviewed: None,
            threads: thread::available_parallelism().map_or(NonZeroUsize::MIN, |all| all.min(MOST)),
        }
    }

    fn intake(&self) -> Intake {
        Intake {
            profile: self.profile.clone(),
            waive: self.without.clone(),
            identifiers: self.identifiers,
            key: self.key.clone(),
        }
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read.
    pub bytes: u64,
    /// Bytes in the export, where its files say.
    pub size: Option<u64>,
    /// Records read.
    pub records: u64,
    /// People among them.
    pub people: u64,
}

impl Progress {
    /// How far it has come after these files.
    fn after(inputs: &[InputRecord], records: Counts) -> Self {
        let bytes = inputs.iter().map(|input| input.file.bytes).sum();
        Self { bytes, size: Some(bytes), records: records.read, people: records.people() }
    }
}

/// Hears how far a run has come, and says whether it goes on.
type Tell<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// A run that was published.
#[derive(Debug)]
pub struct Published {
    folder: PathBuf,
    latest: Latest,
    receipt: Receipt,
}

impl Published {
    /// The folder in which it was published.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The receipt: what was read, what became of it, what was written.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

/// Runs a job and publishes what it gives. `progress` hears from time to time how far it has come, for
/// the last time right before anything is published, and can stop it.
///
/// # Errors
///
/// When the export cannot be read or is refused, when an output cannot be written, when another run is
/// under way in the same folder ([`ErrorKind::Locked`]), or when `progress` says so
/// ([`ErrorKind::Stopped`]). Then nothing is published, and the last complete run stays what `LATEST`
/// names; or the folder is complete and only `LATEST` could not be replaced, and the error says so.
pub fn run(
    job: &Job,
    policy: &Policy,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Published, Error> {
    let times = RunTimes::start(job.threads());
    let out = OutputFolder::open(&job.out, job.readers)?;
    let before = Before::find(job)?;
    let (draft, mut receipt) =
        night::night(Plan { job, policy, out: &out }, before, times, progress)?;
    receipt.times.stop();
    draft.write_receipt(&receipt)?;
    go_on(progress(receipt.progress()))?;
    let (folder, latest) = draft.publish(job.as_of)?;
    Ok(Published { folder, latest, receipt })
}

/// Why the copy of a stream could not be written, if that is why its reading failed.
fn spool_fault(origins: &[Origin], folder: &str) -> Option<Error> {
    origins.iter().find_map(|origin| {
        let error = origin.spool_fault()?.into();
        let (path, folder) = (shown(&origin.path), folder.to_owned());
        Some(Cause::Spool { path, folder, error }.into())
    })
}
