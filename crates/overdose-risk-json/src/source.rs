//! The bytes of an export through a window that grows only as far as it must.

use memchr::memchr_iter;
use std::io::{self, Read};

/// A source of bytes. What has been read and not yet consumed is the window.
pub(crate) struct Source<R> {
    inner: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    line: u64,
    consumed: u64,
}

/// What filling the window came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// It has more in it.
    More,
    /// There is no more.
    AtEnd,
    /// It has as much in it as was allowed.
    Full,
}

/// How large the window is at first.
const FIRST: usize = 1 << 17;

impl<R: Read> Source<R> {
    pub(crate) fn new(inner: R) -> Self {
        let buffer = vec![0; FIRST];
        Self { inner, buffer, start: 0, end: 0, at_end: false, line: 1, consumed: 0 }
    }

    pub(crate) fn window(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The physical line of the window's first byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes come before the window.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Reads more into the window, which may grow until it holds this much and no more.
    pub(crate) fn fill(&mut self, most: usize) -> io::Result<Filled> {
        if self.at_end {
            return Ok(Filled::AtEnd);
        }
        if self.window().len() >= most {
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
            match self.inner.read(self.buffer.get_mut(self.end..to).unwrap_or_default()) {
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
    pub(crate) fn consume(&mut self, bytes: usize) {
        let ends = self.window().get(..bytes).map_or(0, |taken| memchr_iter(b'\n', taken).count());
        self.line += ends as u64;
        self.consumed += bytes as u64;
        self.start = self.end.min(self.start + bytes);
    }

    /// Consumes white space, as JSON has it, and says what follows; `None` at the end.
    pub(crate) fn next_token(&mut self) -> io::Result<Option<u8>> {
        loop {
            let window = self.window();
            let space = window.iter().take_while(|byte| is_space(**byte)).count();
            let token = window.get(space).copied();
            self.consume(space);
            if token.is_some() || self.fill(FIRST)? == Filled::AtEnd {
                return Ok(token);
            }
        }
    }

    pub(crate) fn into_inner(self) -> R {
        self.inner
    }
}

/// White space between the tokens of JSON.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
