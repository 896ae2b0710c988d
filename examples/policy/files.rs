//! The files that are made.

use crate::{Ended, private_file};
use overdose_risk_run::ErrorKind;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// A file that is to be made, for its owner alone, where none is yet.
pub(crate) struct NewFile(PathBuf);

impl NewFile {
    /// One at a path. An export may take minutes, so what is in the way is said before it is read.
    pub(crate) fn at(path: PathBuf) -> Result<Self, Ended> {
        let file = Self(path);
        let folder = file.0.parent().filter(|folder| !folder.as_os_str().is_empty());
        if file.0.symlink_metadata().is_ok() {
            Err(file.not_written(&io::ErrorKind::AlreadyExists.into()))
        } else if folder.is_some_and(|folder| !folder.is_dir()) {
            Err(file.not_written(&io::ErrorKind::NotFound.into()))
        } else {
            Ok(file)
        }
    }

    /// Makes it, and leaves nothing of it if that fails.
    pub(crate) fn write(
        &self,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), Ended> {
        let file = private_file::new(&self.0).map_err(|error| self.not_written(&error))?;
        let mut out = BufWriter::new(file);
        let written = write(&mut out).and_then(|()| out.flush());
        written.and_then(|()| out.get_ref().sync_all()).map_err(|error| {
            let _ = fs::remove_file(&self.0);
            self.not_written(&error)
        })
    }

    fn not_written(&self, error: &io::Error) -> Ended {
        Ended {
            message: format!("{self} cannot be written: {}", private_file::fault(error)),
            code: ExitCode::from(ErrorKind::Output.exit_code()),
        }
    }
}

/// Its path.
impl fmt::Display for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}
