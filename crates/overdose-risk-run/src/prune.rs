//! Removes runs that are no longer kept.

use crate::error::in_words;
use crate::lock::Lock;
use crate::os;
use crate::publish::{LATEST, Readers};
use crate::run_name::{self, RunName};
use crate::source::shown;
use chrono::NaiveDate;
use std::fs;
use std::io;
use std::path::Path;

/// What a run is called that is being removed: like a draft, so that the next run removes what is left.
const PRUNED: &str = ".draft-pruned";

/// Which runs are kept, beside the one that `LATEST` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So many of the newest, by their as-of dates; of one date, those that were run last.
    Newest(usize),
    /// Those as of this day and later.
    Since(NaiveDate),
}

/// Why runs were not removed. It names files and runs.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct PruneError {
    cause: Cause,
}

impl PruneError {
    /// The exit code of a program: 66 where it cannot be read which runs there are or which is the
    /// latest, 74 where one cannot be removed, 75 where another run is under way.
    pub const fn exit_code(&self) -> u8 {
        match self.cause {
            Cause::Folder { .. } | Cause::Latest { .. } | Cause::NoLatest { .. } => 66,
            Cause::Lock { .. } | Cause::Left { .. } | Cause::Half { .. } => 74,
            Cause::Busy { .. } => 75,
        }
    }
}

impl From<Cause> for PruneError {
    fn from(cause: Cause) -> Self {
        Self { cause }
    }
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("the output folder {out} cannot be read: {}\nnothing was removed", in_words(.error))]
    Folder { out: String, error: io::Error },
    #[error(
        "{path} cannot be read: {}\nnothing was removed, since nobody can say which run is the latest",
        in_words(.error)
    )]
    Latest { path: String, error: io::Error },
    #[error(
        "{path} names no complete run that is there\nnothing was removed, since nobody can say which run is \
         the latest; run again, or write the name of the latest run's folder to it"
    )]
    NoLatest { path: String },
    #[error(
        "the lock of the output folder {out} cannot be written: {}\nnothing was removed",
        in_words(.error)
    )]
    Lock { out: String, error: io::Error },
    #[error(
        "another run is under way in the output folder {out}; run again when it has ended\nnothing was \
         removed"
    )]
    Busy { out: String },
    #[error("the run {run} cannot be removed, and stays as it is: {}", in_words(.error))]
    Left { run: String, error: io::Error },
    #[error(
        "of the run {run} not everything could be removed: {}\nwhat is left is hidden, and the next run \
         removes it",
        in_words(.error)
    )]
    Half { run: String, error: io::Error },
}

/// The names of the runs that [`prune`] would remove, the oldest first. Nothing is written.
///
/// A run is a folder, no symbolic link to one, that is named for its as-of date and holds a receipt.
/// Nothing else in the output folder is ever removed.
///
/// # Errors
///
/// When the folder or `LATEST` cannot be read, or `LATEST` names no run that is there.
pub fn prunable(out: &Path, keep: Keep) -> Result<Vec<String>, PruneError> {
    Ok(to_remove(out, keep)?.into_iter().map(|run| run.to_string()).collect())
}

/// Removes the runs that are not kept, the oldest first, and never the one that `LATEST` names.
/// `removed` hears of each that is gone.
///
/// Each gets a hidden name before anything in it is removed, so that whoever ends this in between
/// leaves no half of a run under its name; the next run removes what is left.
///
/// # Errors
///
/// When the folder or `LATEST` cannot be read, `LATEST` names no run that is there, or another run is
/// under way; then nothing was removed. When a run cannot be removed; then those before it are gone.
pub fn prune(out: &Path, keep: Keep, removed: &mut dyn FnMut(&str)) -> Result<(), PruneError> {
    // Where there are no runs, not even a lock is left behind.
    to_remove(out, keep)?;
    let lock = Lock::take(out, Readers::Owner);
    let lock = lock.map_err(|error| Cause::Lock { out: shown(out), error })?;
    let _lock = lock.ok_or_else(|| Cause::Busy { out: shown(out) })?;
    // The last run may have ended in between.
    for run in to_remove(out, keep)? {
        let name = run.to_string();
        remove(out, &name, |folder| fs::remove_dir_all(folder))?;
        removed(&name);
    }
    Ok(())
}

fn to_remove(out: &Path, keep: Keep) -> Result<Vec<RunName>, Cause> {
    let latest = latest(out)?;
    let unreadable = |error| Cause::Folder { out: shown(out), error };
    let mut runs = run_name::complete(out).map_err(unreadable)?;
    match keep {
        Keep::Newest(count) => runs.truncate(runs.len().saturating_sub(count)),
        Keep::Since(day) => runs.retain(|run| run.as_of < day),
    }
    runs.retain(|run| *run != latest);
    Ok(runs)
}

/// The run that `LATEST` names.
fn latest(out: &Path) -> Result<RunName, Cause> {
    let path = out.join(LATEST);
    let read = || {
        let is_file = fs::symlink_metadata(&path)?.is_file();
        if is_file { fs::read(&path).map(Some) } else { Ok(None) }
    };
    let none = || Cause::NoLatest { path: shown(&path) };
    let unreadable = |error| Cause::Latest { path: shown(&path), error };
    let name = read().map_err(unreadable)?.ok_or_else(none)?;
    let run = std::str::from_utf8(&name).ok().and_then(|name| RunName::named(name.trim_ascii()));
    run.filter(|run| run.is_complete(out)).ok_or_else(none)
}

/// Takes a run out of its place, and only then removes it.
fn remove(out: &Path, name: &str, discard: impl Fn(&Path) -> io::Result<()>) -> Result<(), Cause> {
    let hidden = out.join(PRUNED);
    let left = |error| Cause::Left { run: name.to_owned(), error };
    // Of a run whose removal was broken off.
    if fs::symlink_metadata(&hidden).is_ok() {
        discard(&hidden).map_err(left)?;
    }
    fs::rename(out.join(name), &hidden).map_err(left)?;
    let half = |error| Cause::Half { run: name.to_owned(), error };
    // Otherwise a crash could bring the old name back, with half of the run.
    os::Folder::open(out).and_then(|out| out.sync()).map_err(half)?;
    discard(&hidden).map_err(half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::RECEIPT;
    use std::cell::Cell;
    use tempfile::TempDir;

    #[test]
    fn a_run_has_lost_its_name_before_anything_in_it_is_removed() {
        let out = TempDir::new().unwrap();
        let run = out.path().join("2026-03-31");
        let hidden = out.path().join(PRUNED);
        fs::create_dir(&run).unwrap();
        fs::write(run.join(RECEIPT), "").unwrap();
        // As if the process had ended here.
        let ended = remove(out.path(), "2026-03-31", |folder| {
            assert_eq!(folder, hidden);
            assert!(!run.exists() && folder.join(RECEIPT).exists());
            Err(io::ErrorKind::PermissionDenied.into())
        });
        assert!(matches!(ended, Err(Cause::Half { .. })));
        // The day was run and pruned again.
        fs::create_dir(&run).unwrap();
        let discarded = Cell::new(0);
        remove(out.path(), "2026-03-31", |folder| {
            discarded.set(discarded.get() + 1);
            fs::remove_dir_all(folder)
        })
        .unwrap();
        assert_eq!(discarded.get(), 2);
        assert!(!run.exists() && !hidden.exists());
    }

    #[test]
    fn a_run_that_cannot_be_taken_out_of_its_place_stays_whole() {
        let out = TempDir::new().unwrap();
        let discard = |_: &Path| panic!("it is still in its place");
        let missing = remove(out.path(), "2026-03-31", discard);
        assert!(matches!(missing, Err(Cause::Left { .. })));
    }
}
