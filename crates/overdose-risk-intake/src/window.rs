//! The bytes of an export through a window that grows only as far as it must.

use std::fmt;
use std::io::{self, Read};

/// A source of bytes. What has been read and not yet consumed is the window.
pub struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
}

/// What filling a window came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// It has more in it.
    More,
    /// There is no more.
    AtEnd,
    /// It has as much in it as was allowed.
    Full,
}

/// Says nothing of what has been read.
impl<R> fmt::Debug for Window<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("at_end", &self.at_end).finish_non_exhaustive()
    }
}

impl<R: Read> Window<R> {
    /// How large a window is at first, in bytes.
    pub const FIRST: usize = 1 << 17;

    /// A window on a source, with nothing in it.
    pub fn new(source: R) -> Self {
        Self { source, buffer: vec![0; Self::FIRST], start: 0, end: 0, at_end: false }
    }

    /// What has been read and not yet consumed.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the source has no more than what is in the window.
    pub fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// Reads once more from the source, in pieces of its choice. The window grows until it holds
    /// this many bytes, and no further. Being interrupted is no failure.
    ///
    /// # Errors
    ///
    /// When the source fails.
    pub fn fill(&mut self, most: usize) -> io::Result<Filled> {
        if self.at_end {
            return Ok(Filled::AtEnd);
        }
        if self.bytes().len() >= most {
            return Ok(Filled::Full);
        }
        if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            // Half of it is free after this, so that a byte is moved once on average at most.
            if self.end > self.buffer.len() / 2 {
                let larger = most.clamp(self.buffer.len(), self.buffer.len() * 2);
                self.buffer.reserve_exact(larger - self.buffer.len());
                self.buffer.resize(larger, 0);
            }
        }
        let to = self.buffer.len().min(self.start + most);
        loop {
            match self.source.read(self.buffer.get_mut(self.end..to).unwrap_or_default()) {
                Ok(0) => {
                    self.at_end = true;
                    return Ok(Filled::AtEnd);
                }
                Ok(read) => {
                    self.end += read;
                    return Ok(Filled::More);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes bytes off the front of the window.
    pub fn consume(&mut self, bytes: usize) {
        self.start = self.end.min(self.start + bytes);
    }

    /// The source.
    pub fn source(&self) -> &R {
        &self.source
    }

    /// The source, read as far as it has been read.
    pub fn into_source(self) -> R {
        self.source
    }
}
