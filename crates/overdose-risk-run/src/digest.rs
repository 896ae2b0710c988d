//! Bytes counted and hashed on their way.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io::{self, Read, Write};

/// A reader or writer that counts and hashes what passes through it.
#[derive(Debug)]
pub(crate) struct Digested<T> {
    inner: T,
    bytes: u64,
    sha256: Sha256,
}

impl<T> Digested<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, bytes: 0, sha256: Sha256::new() }
    }

    /// What it wraps, how many bytes went through, and their SHA-256 in hexadecimal.
    pub(crate) fn finish(self) -> (T, u64, String) {
        let mut hex = String::with_capacity(64);
        for byte in self.sha256.finalize() {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        (self.inner, self.bytes, hex)
    }

    fn pass(&mut self, passed: &[u8]) {
        self.bytes += passed.len() as u64;
        self.sha256.update(passed);
    }
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = loop {
            match self.inner.read(buffer) {
                // The `csv` crate would take it for the end.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.pass(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.pass(buffer.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
