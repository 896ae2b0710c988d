//! A folder that is published whole or not at all.

use crate::digest::Digested;
use crate::error::{Cause, Error, writing};
use crate::lock::Lock;
use crate::os;
use crate::receipt::{FileRecord, Receipt};
use crate::run_name::RunName;
use crate::source::shown;
use chrono::NaiveDate;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Who may read what is published, where the system knows owners and groups. Nobody else may, whatever
/// the umask is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Readers {
    /// The owner: folders have the mode `0700`, files `0600`.
    #[default]
    Owner,
    /// The group, too: `0750` and `0640`.
    Group,
}

/// The file that names the folder of the latest run.
pub(crate) const LATEST: &str = "LATEST";
/// How the name of a folder begins that is still being written.
const DRAFT: &str = ".draft-";
/// How the name of a file begins that is to become `LATEST`.
const NEXT_LATEST: &str = ".latest-";
/// How the name of a file begins that has a name for a moment only.
pub(crate) const SPOOL: &str = ".spool-";
/// How many letters and digits follow.
const RANDOM: usize = 6;
/// The receipt, written last: a folder that has one is complete.
pub(crate) const RECEIPT: &str = "run.json";

/// What became of the file `LATEST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Latest {
    /// It names the run.
    Moved,
    /// It names a run for this later day, and stays.
    Stays(NaiveDate),
}

/// The folder in which runs are published, locked: until this is dropped, no other run is under way in
/// it.
#[derive(Debug)]
pub(crate) struct OutputFolder {
    path: PathBuf,
    readers: Readers,
    /// Open from the beginning, so that it can be synced when all else is done.
    handle: os::Folder,
    _lock: Lock,
}

/// A run that is being written, in a hidden folder beside its place. Dropped, it leaves nothing; what
/// a process leaves that is killed, the next run removes.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    out: &'a OutputFolder,
    folder: TempDir,
    handle: os::Folder,
}

/// A file of a draft: buffered, counted, hashed.
#[derive(Debug)]
pub(crate) struct Output {
    name: String,
    writer: BufWriter<Digested<File>>,
}

const OUTPUT_FOLDER: &str = "the output folder";

impl OutputFolder {
    /// Locks this folder, which is made if it is missing, and removes what killed runs left in it.
    pub(crate) fn open(path: &Path, readers: Readers) -> Result<Self, Error> {
        let handle = make_folder(path, readers).and_then(|()| os::Folder::open(path));
        let folder = named(path);
        let handle = writing(&folder, handle)?;
        let lock = writing(&format!("the lock of {folder}"), Lock::take(path, readers))?;
        let lock = lock.ok_or(Cause::Locked { folder })?;
        sweep(path)?;
        Ok(Self { path: path.to_owned(), readers, handle, _lock: lock })
    }

    /// How it is called in a message.
    pub(crate) fn named(&self) -> String {
        named(&self.path)
    }

    /// Names the folder of a run in it that could not be written.
    fn of_run<T>(&self, result: io::Result<T>) -> Result<T, Error> {
        writing(&format!("the run's folder in {}", shown(&self.path)), result)
    }

    /// Begins a run in it.
    pub(crate) fn draft(&self) -> Result<Draft<'_>, Error> {
        // Nobody else looks into it before it is whole.
        let mut folder = tempfile::Builder::new();
        let folder = os::for_owner(folder.prefix(DRAFT).rand_bytes(RANDOM));
        let folder = self.of_run(folder.tempdir_in(&self.path))?;
        let handle = self.of_run(os::Folder::open(folder.path()))?;
        self.of_run(handle.share(Readers::Owner))?;
        Ok(Draft { out: self, folder, handle })
    }
}

impl Draft<'_> {
    /// Begins one of its files.
    pub(crate) fn output(&self, name: impl Into<String>) -> Result<Output, Error> {
        let name = name.into();
        if !is_plain(&name) {
            return Err(Cause::OutputName.into());
        }
        let path = self.folder.path().join(&name);
        let file = writing(&name, os::create_file(&path, self.out.readers))?;
        Ok(Output { name, writer: BufWriter::with_capacity(1 << 16, Digested::new(file)) })
    }

    /// Writes the receipt. Every other file must be finished.
    pub(crate) fn write_receipt(&self, receipt: &Receipt) -> Result<(), Error> {
        let mut output = self.output(RECEIPT)?;
        let json = serde_json::to_string_pretty(receipt).map_err(io::Error::other);
        writing(RECEIPT, json.and_then(|json| writeln!(output, "{json}")))?;
        output.finish().map(|_| ())
    }

    /// Puts the folder in its place and, unless it names a later day, `LATEST` to it.
    pub(crate) fn publish(self, as_of: NaiveDate) -> Result<(PathBuf, Latest), Error> {
        let Self { out, folder, handle } = self;
        out.of_run(handle.share(out.readers).and_then(|()| handle.sync()))?;
        let name = out.of_run(place(folder.path(), &out.path, as_of))?;
        // It has its place: there is nothing left for the temporary folder to remove.
        let _ = folder.keep();
        let folder = || shown(&out.path.join(&name));
        let not_moved = |what, error| Cause::LatestNotMoved { folder: folder(), what, error };
        out.handle.sync().map_err(|error| not_moved(OUTPUT_FOLDER, error))?;
        let named = match latest(&out.path) {
            // What names no run names no later day.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
            named => named.map_err(|error| not_moved(LATEST, error))?,
        };
        let latest = match named.filter(|named| named.as_of > as_of) {
            Some(later) => Latest::Stays(later.as_of),
            None => {
                replace_latest(out, &name).map_err(|error| not_moved(LATEST, error))?;
                let unsure = |error| Cause::LatestUnsure { folder: folder(), error };
                out.handle.sync().map_err(unsure)?;
                Latest::Moved
            }
        };
        Ok((out.path.join(name), latest))
    }
}

impl Output {
    /// Writes what is left and waits until the disk has it.
    pub(crate) fn finish(self) -> Result<FileRecord, Error> {
        let Self { name, writer } = self;
        let writer = writing(&name, writer.into_inner().map_err(io::IntoInnerError::into_error))?;
        let (file, bytes, sha256) = writer.finish();
        writing(&name, file.sync_all())?;
        Ok(FileRecord { name, bytes, sha256 })
    }
}

impl Write for Output {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.writer.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// How an output folder is called in a message.
fn named(path: &Path) -> String {
    format!("{OUTPUT_FOLDER} {}", shown(path))
}

/// The run that `LATEST` names, if there is one.
pub(crate) fn latest(out: &Path) -> io::Result<Option<RunName>> {
    match fs::read_to_string(out.join(LATEST)) {
        Ok(name) => Ok(Some(RunName::named(name.trim()).ok_or(io::ErrorKind::InvalidData)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the folder in which runs are published, unless it is there.
fn make_folder(path: &Path, readers: Readers) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent)?;
    match os::create_folder(path, readers) {
        // Another run has just made it.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made.and_then(|()| os::Folder::open(parent)?.sync()),
    }
}

/// Removes what runs left that were killed. The lock says that none of them is still under way.
fn sweep(out: &Path) -> Result<(), Error> {
    let unread = |error| Cause::Output { what: named(out), error };
    for entry in fs::read_dir(out).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let begins = |with| name.strip_prefix(with).is_some_and(is_random);
        // Of the entry itself: what a link leads to was not left by a run.
        let kind = entry.file_type().map_err(unread)?;
        let removed = if kind.is_dir() && begins(DRAFT) {
            fs::remove_dir_all(entry.path())
        } else if kind.is_file() && (begins(NEXT_LATEST) || begins(SPOOL)) {
            fs::remove_file(entry.path())
        } else {
            continue;
        };
        removed.map_err(|error| Cause::Leftover { path: shown(&entry.path()), error })?;
    }
    Ok(())
}

/// Whether this is how the name ends of what a run left.
fn is_random(end: &str) -> bool {
    end.len() == RANDOM && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a name is that of a visible file in the folder itself, on every system.
pub(crate) fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char))
}

/// Renames the draft to the first free name for the day: `2026-03-31`, `2026-03-31.2`, ...
fn place(draft: &Path, out: &Path, as_of: NaiveDate) -> io::Result<String> {
    let mut times = 1_u32;
    loop {
        let name = RunName { as_of, times }.to_string();
        let target = out.join(&name);
        if target.symlink_metadata().is_err() {
            match fs::rename(draft, &target) {
                Ok(()) => return Ok(name),
                Err(error) if is_taken(&error) => {}
                Err(error) => return Err(error),
            }
        }
        times = times.checked_add(1).ok_or(io::ErrorKind::AlreadyExists)?;
    }
}

fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty)
}

fn replace_latest(out: &OutputFolder, name: &str) -> io::Result<()> {
    let mut next = tempfile::Builder::new();
    let mut next = next.prefix(NEXT_LATEST).rand_bytes(RANDOM).tempfile_in(&out.path)?;
    os::share(next.as_file(), out.readers)?;
    writeln!(next, "{name}")?;
    next.as_file().sync_all()?;
    next.persist(out.path.join(LATEST))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_has_the_name_of_a_visible_file_in_its_folder() {
        for name in ["flags.csv", "run.json", "worklist-team-T1.html", "2"] {
            assert!(is_plain(name), "{name}");
        }
        for name in
            ["", ".", "..", ".hidden", "-x", "a/b", "/a", "a\\b", "a b", "a\n", "C:a", "\u{e9}"]
        {
            assert!(!is_plain(name), "{name:?}");
        }
    }
}
