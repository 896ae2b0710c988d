//! Files that only their owner can read.

use overdose_risk_run::in_words;
use std::fs::File;
use std::io;
use std::path::Path;

/// Why one cannot be made or written, and what to do.
pub(crate) fn fault(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            "there is such a file already; remove it or name another".to_owned()
        }
        io::ErrorKind::NotFound => "there is no such folder; make it or name another".to_owned(),
        _ => in_words(error),
    }
}

/// Makes one where there is none yet.
#[cfg(unix)]
pub(crate) fn new(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
pub(crate) fn new(path: &Path) -> io::Result<File> {
    File::create_new(path)
}
