//! Removes runs that are no longer kept.

use crate::error::in_words;
use chrono::NaiveDate;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The file that names the folder of the latest run.
const LATEST: &str = "LATEST";
/// The file that a run holds locked while it publishes.
const LOCK: &str = ".lock";
/// How the name of a run begins that is being removed; the next run removes what is left of one.
const PRUNED: &str = ".draft-pruned-";
/// The receipt: a folder that has one is a complete run.
const RECEIPT: &str = "run.json";

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
            Cause::Folder { .. } | Cause::Latest { .. } | Cause::NoLatest => 66,
            Cause::Lock(_) | Cause::Left { .. } | Cause::Half { .. } => 74,
            Cause::Busy => 75,
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
    #[error("the output folder cannot be read: {}\nnothing was removed", in_words(.error))]
    Folder { error: io::Error },
    #[error(
        "{LATEST} cannot be read: {}\nnothing was removed, since nobody can say which run is the latest",
        in_words(.error)
    )]
    Latest { error: io::Error },
    #[error(
        "{LATEST} names no complete run that is there\nnothing was removed, since nobody can say which run is \
         the latest; run again, or write the name of the latest run's folder to it"
    )]
    NoLatest,
    #[error("the lock of the output folder cannot be taken: {}\nnothing was removed", in_words(.0))]
    Lock(io::Error),
    #[error("another run is under way in this output folder; try again later\nnothing was removed")]
    Busy,
    #[error("the run {run} cannot be removed, and stays as it is: {}", in_words(.error))]
    Left { run: String, error: io::Error },
    #[error(
        "of the run {run} not everything could be removed: {}\nwhat is left is hidden, and the next run \
         removes it",
        in_words(.error)
    )]
    Half { run: String, error: io::Error },
}

/// The name of a run's folder; the newest is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    as_of: NaiveDate,
    /// Which run of that day it is, from 1.
    times: u32,
}

impl Run {
    /// `2026-03-31`, `2026-03-31.2` and so on, to the letter.
    fn named(name: &str) -> Option<Self> {
        let (as_of, times) = match name.split_once('.') {
            Some((as_of, times)) => (as_of, times.parse().ok().filter(|times| *times > 1)?),
            None => (name, 1),
        };
        let run = Self { as_of: as_of.parse().ok()?, times };
        (run.name() == name).then_some(run)
    }

    fn name(self) -> String {
        let Self { as_of, times } = self;
        if times == 1 { as_of.to_string() } else { format!("{as_of}.{times}") }
    }
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
    Ok(to_remove(out, keep)?.into_iter().map(Run::name).collect())
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
    let _lock = lock(out)?;
    // The last run may have ended in between.
    for run in to_remove(out, keep)? {
        let name = run.name();
        remove(out, &name, |folder| fs::remove_dir_all(folder))?;
        removed(&name);
    }
    Ok(())
}

fn to_remove(out: &Path, keep: Keep) -> Result<Vec<Run>, Cause> {
    let latest = latest(out)?;
    let unreadable = |error| Cause::Folder { error };
    let mut runs = Vec::new();
    for entry in fs::read_dir(out).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        runs.extend(name.to_str().and_then(Run::named).filter(|run| is_complete(out, *run)));
    }
    runs.sort_unstable();
    match keep {
        Keep::Newest(count) => runs.truncate(runs.len().saturating_sub(count)),
        Keep::Since(day) => runs.retain(|run| run.as_of < day),
    }
    runs.retain(|run| *run != latest);
    Ok(runs)
}

/// The run that `LATEST` names.
fn latest(out: &Path) -> Result<Run, Cause> {
    let path = out.join(LATEST);
    let read = || {
        let is_file = fs::symlink_metadata(&path)?.is_file();
        if is_file { fs::read(&path).map(Some) } else { Ok(None) }
    };
    let name = read().map_err(|error| Cause::Latest { error })?.ok_or(Cause::NoLatest)?;
    let run = std::str::from_utf8(&name).ok().and_then(|name| Run::named(name.trim_ascii()));
    run.filter(|run| is_complete(out, *run)).ok_or(Cause::NoLatest)
}

fn is_complete(out: &Path, run: Run) -> bool {
    let folder = out.join(run.name());
    // Of what a symbolic link leads to nobody knows whose it is.
    let is = |path: PathBuf, is: fn(&fs::Metadata) -> bool| {
        fs::symlink_metadata(path).is_ok_and(|metadata| is(&metadata))
    };
    is(folder.clone(), fs::Metadata::is_dir) && is(folder.join(RECEIPT), fs::Metadata::is_file)
}

/// Takes a run out of its place, and only then removes it.
fn remove(out: &Path, name: &str, discard: impl Fn(&Path) -> io::Result<()>) -> Result<(), Cause> {
    let hidden = out.join(format!("{PRUNED}{name}"));
    let left = |error| Cause::Left { run: name.to_owned(), error };
    // Of a run of that name whose removal was broken off.
    if fs::symlink_metadata(&hidden).is_ok() {
        discard(&hidden).map_err(left)?;
    }
    fs::rename(out.join(name), &hidden).map_err(left)?;
    let half = |error| Cause::Half { run: name.to_owned(), error };
    // Otherwise a crash could bring the old name back, with half of the run.
    sync_folder(out).map_err(half)?;
    discard(&hidden).map_err(half)
}

/// Held until it is dropped.
#[derive(Debug)]
struct Lock {
    _file: File,
}

fn lock(out: &Path) -> Result<Lock, Cause> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(out.join(LOCK)).map_err(Cause::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(Cause::Busy),
        Err(TryLockError::Error(error)) => Err(Cause::Lock(error)),
    }
}

/// Waits until the disk has the names in a folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use tempfile::TempDir;

    #[test]
    fn only_what_a_run_is_called_is_a_run() {
        for name in ["2026-03-31", "2026-03-31.2", "2026-03-31.10", "0001-01-01"] {
            assert_eq!(Run::named(name).map(Run::name).as_deref(), Some(name));
        }
        for name in [
            "",
            "LATEST",
            ".",
            "..",
            "2026-03-31.",
            "2026-03-31.0",
            "2026-03-31.1",
            "2026-03-31.02",
            "2026-03-31.+2",
            "2026-03-31.-2",
            "2026-03-31.2.2",
            "2026-03-31.old",
            "2026-03-31.4294967296",
            "2026-03-31 ",
            " 2026-03-31",
            "2026-3-31",
            "2026-02-30",
            "+2026-03-31",
            "20260331",
            "2026-03-31/x",
            ".draft-pruned-2026-03-31",
            ".2026-03-31",
            "2026-03-31~",
        ] {
            assert_eq!(Run::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_tenth_run_of_a_day_is_newer_than_the_ninth() {
        let named = |name| Run::named(name).unwrap();
        let order = ["2025-12-31.3", "2026-03-30", "2026-03-30.2", "2026-03-30.10", "2026-03-31"]
            .map(named);
        assert!(order.is_sorted());
    }

    #[test]
    fn a_run_has_lost_its_name_before_anything_in_it_is_removed() {
        let out = TempDir::new().unwrap();
        let run = out.path().join("2026-03-31");
        let hidden = out.path().join(".draft-pruned-2026-03-31");
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
