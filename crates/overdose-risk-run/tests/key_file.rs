//! The key of pseudonyms is read from a file that nobody else can read, and from nothing else.

use overdose_risk_run::{ErrorKind, KeyError, read_key};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// 64 characters that look random, with one in them that would be noticed.
fn key() -> Vec<u8> {
    let digits =
        Sha256::digest(b"key").into_iter().flat_map(|byte| format!("{byte:02x}").into_bytes());
    b"CANARY".iter().copied().chain(digits).take(64).collect()
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file that its owner alone may read and write.
    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        #[cfg(unix)]
        unix::set_mode(&path, 0o600);
        path
    }
}

/// Why a file is refused, and that this says which file and nothing of what it holds.
fn refused(path: &Path) -> (ErrorKind, String) {
    let error: KeyError = read_key(path).unwrap_err();
    for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(!shown.contains("CANARY"), "{shown}");
    }
    let message = error.to_string();
    let name = path.file_name().unwrap().to_string_lossy();
    assert!(message.starts_with("the key file ") && message.contains(&*name), "{message}");
    assert!(!message.ends_with('.'), "{message}");
    (error.kind(), message)
}

#[test]
fn each_kind_of_failure_has_an_exit_code_of_its_own() {
    assert_eq!(ErrorKind::Unreadable.exit_code(), 66);
    assert_eq!(ErrorKind::KeyRefused.exit_code(), 77);
}

#[test]
fn the_key_is_what_the_file_holds_from_its_first_byte_to_its_last() {
    let folder = Folder::new();
    let fingerprint = |bytes: &[u8]| {
        read_key(&folder.write("a.key", bytes)).map(|key| key.fingerprint()).unwrap()
    };
    let bytes: Vec<u8> = (0..128).flat_map(|number: u8| Sha256::digest([number])).collect();
    let whole = fingerprint(&bytes);
    assert_eq!(fingerprint(&bytes), whole);
    for (place, length) in [(0, 4096), (4095, 4096), (0, 4095), (31, 32)] {
        let mut other = bytes[..length].to_vec();
        let before = fingerprint(&other);
        other[place] ^= 1;
        assert_ne!(fingerprint(&other), before, "{place} of {length}");
    }
    assert_eq!(fingerprint(&[&key(), b"\r\n".as_slice()].concat()), fingerprint(&key()));
}

#[test]
fn what_is_no_key_is_refused_and_the_message_says_what_to_do() {
    let folder = Folder::new();
    let long = key().repeat(65);
    for (bytes, says) in [
        (b"".as_slice(), "head -c 32 /dev/urandom"),
        (b"CANARY\n", "head -c 32 /dev/urandom"),
        (&key()[..31], "fewer than 32 bytes"),
        (&[0; 32], "too regular"),
        (&b"CANARY--".repeat(8), "too regular"),
        (&long[..4097], "more than 4096 bytes"),
        (&long, "more than 4096 bytes"),
    ] {
        let (kind, message) = refused(&folder.write("a.key", bytes));
        assert_eq!(kind, ErrorKind::KeyRefused, "{message}");
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn what_is_no_file_cannot_be_read() {
    let folder = Folder::new();
    fs::create_dir(folder.path("a.folder")).unwrap();
    for (name, says) in [("missing.key", "there is no such file"), ("a.folder", "it is no file")] {
        let (kind, message) = refused(&folder.path(name));
        assert_eq!(kind, ErrorKind::Unreadable, "{message}");
        assert!(message.contains(says), "{message}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;

    pub(super) fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_that_anybody_else_can_do_anything_with_is_refused() {
        let folder = Folder::new();
        let path = folder.write("a.key", &key());
        for mode in [0o600, 0o400, 0o700, 0o500] {
            set_mode(&path, mode);
            assert!(read_key(&path).is_ok(), "{mode:o}");
        }
        for bit in 0..6 {
            for own in [0o600, 0o400] {
                set_mode(&path, own | 1 << bit);
                let (kind, message) = refused(&path);
                assert_eq!(kind, ErrorKind::KeyRefused, "{bit}");
                assert!(message.contains("chmod 600"), "{message}");
            }
        }
        for mode in [0o640, 0o604, 0o644, 0o660, 0o666, 0o777] {
            set_mode(&path, mode);
            assert_eq!(refused(&path).0, ErrorKind::KeyRefused, "{mode:o}");
        }
    }

    #[test]
    fn a_link_is_looked_at_through_and_its_own_mode_says_nothing() {
        let folder = Folder::new();
        let path = folder.write("a.key", &key());
        let link = folder.path("a.link");
        symlink(&path, &link).unwrap();
        assert!(read_key(&link).is_ok());
        set_mode(&path, 0o644);
        assert_eq!(refused(&link).0, ErrorKind::KeyRefused);
        fs::remove_file(&path).unwrap();
        assert_eq!(refused(&link).0, ErrorKind::Unreadable);
    }

    #[test]
    fn a_pipe_or_a_device_is_refused_and_not_waited_for() {
        let folder = Folder::new();
        let pipe = folder.path("a.pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        set_mode(&pipe, 0o600);
        for path in [pipe, PathBuf::from("/dev/zero")] {
            let (kind, message) = refused(&path);
            assert_eq!(kind, ErrorKind::Unreadable, "{message}");
        }
    }
}
