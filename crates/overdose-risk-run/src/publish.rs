//! A folder that is published whole or not at all.

use crate::digest::Digested;
use crate::error::{Cause, Error, writing};
use crate::receipt::{FileRecord, Receipt};
use chrono::NaiveDate;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// The file that names the folder of the latest run.
const LATEST: &str = "LATEST";
/// How the name of a folder begins that is still being written.
const DRAFT: &str = ".draft-";
/// The receipt, written last: a folder that has one is complete.
const RECEIPT: &str = "run.json";

/// What became of the file `LATEST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Latest {
    /// It names the run.
    Moved,
    /// It names a run for this later day, and stays.
    Stays(NaiveDate),
}

/// A run that is being written, in a hidden folder beside its place. Dropped, it leaves nothing; a
/// process that is killed leaves the folder.
#[derive(Debug)]
pub(crate) struct Draft {
    folder: TempDir,
    out: PathBuf,
}

/// A file of a draft: buffered, counted, hashed.
#[derive(Debug)]
pub(crate) struct Output {
    name: &'static str,
    writer: BufWriter<Digested<File>>,
}

impl Draft {
    /// Begins a run under this folder, which is made if it is missing.
    pub(crate) fn begin(out: &Path) -> Result<Self, Error> {
        let folder = fs::create_dir_all(out).and_then(|()| create_private_folder(out));
        Ok(Self { folder: writing("the output folder", folder)?, out: out.to_owned() })
    }

    /// Begins one of its files.
    pub(crate) fn output(&self, name: &'static str) -> Result<Output, Error> {
        let file = writing(name, create_private(&self.folder.path().join(name)))?;
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
        let Self { folder, out } = self;
        writing("the run's folder", sync_folder(folder.path()))?;
        let name = writing("the run's folder", place(folder.path(), &out, as_of))?;
        // It has its place: there is nothing left for the temporary folder to remove.
        let _ = folder.keep();
        let after = |what, result: io::Result<()>| {
            result.map_err(|error| Cause::AfterPublishing { folder: name.clone(), what, error })
        };
        after("the output folder", sync_folder(&out))?;
        // One that cannot be read names no later day.
        let named = latest(&out).ok().flatten();
        let latest = match named.filter(|(_, day)| *day > as_of) {
            Some((_, later)) => Latest::Stays(later),
            None => {
                after(LATEST, replace_latest(&out, &name))?;
                Latest::Moved
            }
        };
        Ok((out.join(name), latest))
    }
}

impl Output {
    /// Writes what is left and waits until the disk has it.
    pub(crate) fn finish(self) -> Result<FileRecord, Error> {
        let Self { name, writer } = self;
        let writer = writing(name, writer.into_inner().map_err(io::IntoInnerError::into_error))?;
        let (file, bytes, sha256) = writer.finish();
        writing(name, file.sync_all())?;
        Ok(FileRecord { name: name.to_owned(), bytes, sha256 })
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

/// The folder that `LATEST` names and its day, if there is one.
pub(crate) fn latest(out: &Path) -> io::Result<Option<(String, NaiveDate)>> {
    let name = match fs::read_to_string(out.join(LATEST)) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let day = day_of(&name).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some((name, day)))
}

/// The day of a published folder: its name is `2026-03-31`, `2026-03-31.2`, and so on.
pub(crate) fn day_of(name: &str) -> Option<NaiveDate> {
    let (day, times) = name.split_once('.').map_or((name, None), |(day, n)| (day, Some(n)));
    let is_time = |times: &str| times.parse().is_ok_and(|n: u32| n > 1 && n.to_string() == times);
    let day = day.parse::<NaiveDate>().ok().filter(|date| date.to_string() == day)?;
    times.is_none_or(is_time).then_some(day)
}

/// Renames the draft to the first free name for the day: `2026-03-31`, `2026-03-31.2`, ...
fn place(draft: &Path, out: &Path, as_of: NaiveDate) -> io::Result<String> {
    let mut times = 1_u32;
    loop {
        let name = if times == 1 { as_of.to_string() } else { format!("{as_of}.{times}") };
        let target = out.join(&name);
        if !target.exists() {
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

fn replace_latest(out: &Path, name: &str) -> io::Result<()> {
    let mut file = NamedTempFile::with_prefix_in(".latest-", out)?;
    writeln!(file, "{name}")?;
    file.as_file().sync_all()?;
    file.persist(out.join(LATEST))?;
    sync_folder(out)
}

#[cfg(unix)]
fn create_private_folder(out: &Path) -> io::Result<TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    let owner_only = fs::Permissions::from_mode(0o700);
    tempfile::Builder::new().prefix(DRAFT).permissions(owner_only).tempdir_in(out)
}

#[cfg(not(unix))]
fn create_private_folder(out: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(DRAFT).tempdir_in(out)
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Waits until the disk has the names in a folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
