//! Files that only their owner can read.

use std::fs::File;
use std::io;
use std::path::Path;

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
