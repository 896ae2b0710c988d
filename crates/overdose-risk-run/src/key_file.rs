//! The file that holds the key of pseudonyms.

use crate::error::{ErrorKind, in_words};
use crate::os::is_open_to_others;
use crate::source::shown;
use overdose_risk_intake::{PseudonymKey, WeakKey, Zeroizing};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Why a file gave no key. It names the file, and nothing of what it holds.
#[derive(Debug, thiserror::Error)]
#[error("the key file {path} {cause}")]
pub struct KeyError {
    path: String,
    cause: Cause,
}

impl KeyError {
    /// What went wrong: the file could not be read, or what it holds is refused as a key.
    pub fn kind(&self) -> ErrorKind {
        match self.cause {
            Cause::Unreadable(_) | Cause::NoFile => ErrorKind::Unreadable,
            Cause::Open | Cause::TooLarge | Cause::Weak(_) => ErrorKind::KeyRefused,
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("cannot be read: {}", in_words(.0))]
    Unreadable(io::Error),
    #[error("cannot be read: it is no file; write the key to one that its owner alone may read")]
    NoFile,
    #[error(
        "is refused: others than its owner may read or change it; run `chmod 600` on it, and draw a \
         new key if anybody may have seen this one"
    )]
    Open,
    #[error("is refused: it has more than {LARGEST} bytes; give the file that holds the key")]
    TooLarge,
    #[error("is refused: {0}")]
    Weak(WeakKey),
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// The largest key file, in bytes.
const LARGEST: usize = 4096;

/// Reads a key of pseudonyms from a file of at most 4096 bytes that its owner alone may read or
/// change (mode `0600` or `0400`). Through a symbolic link, what it leads to is looked at.
///
/// Modes are known on unix alone: elsewhere, nobody checks who else may read the file.
///
/// # Errors
///
/// When the file cannot be read ([`ErrorKind::Unreadable`]), or others may read it or it holds no
/// key ([`ErrorKind::KeyRefused`]).
pub fn read_key(path: &Path) -> Result<PseudonymKey, KeyError> {
    let read = || {
        // To open a pipe would be to wait for somebody who writes.
        if !fs::metadata(path)?.is_file() {
            return Err(Cause::NoFile);
        }
        key_of(File::open(path)?)
    };
    read().map_err(|cause| KeyError { path: shown(path), cause })
}

fn key_of(mut file: File) -> Result<PseudonymKey, Cause> {
    // Of the file that is open: another one may stand at its path by now.
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Cause::NoFile);
    }
    if is_open_to_others(&metadata) {
        return Err(Cause::Open);
    }
    // As large as it can get, since a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(vec![0; LARGEST + 1]);
    let mut length = 0;
    loop {
        match file.read(bytes.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    if length > LARGEST {
        return Err(Cause::TooLarge);
    }
    bytes.truncate(length);
    PseudonymKey::new(bytes).map_err(Cause::Weak)
}
