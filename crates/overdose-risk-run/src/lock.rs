//! The lock of an output folder.

use crate::os;
use crate::publish::Readers;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// The file that is locked while a run is under way. It stays, since whoever removes a lock file can
/// remove the one that another has just locked.
const LOCK: &str = ".lock";

/// Held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the lock of a folder; `None` where another run holds it.
    pub(crate) fn take(folder: &Path, readers: Readers) -> io::Result<Option<Self>> {
        let file = os::open_lock(&folder.join(LOCK), readers)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing it would not do where the process is starting another one, which has the same file
        // open for a moment.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_free_as_soon_as_it_is_dropped_whoever_has_the_file_open() {
        let folder = tempfile::TempDir::new().unwrap();
        let take = || Lock::take(folder.path(), Readers::Owner).unwrap();
        let held = take().unwrap();
        let also_open = held.0.try_clone().unwrap();
        assert!(take().is_none());
        drop(held);
        assert!(take().is_some());
        drop(also_open);
    }
}
