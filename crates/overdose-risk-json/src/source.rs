//! The bytes of an export, and the line on which they stand.

use memchr::memchr_iter;
use overdose_risk_intake::{Filled, Window};
use std::io::{self, Read};

/// A window on an export that knows its place in it.
pub(crate) struct Source<R> {
    window: Window<R>,
    line: u64,
    consumed: u64,
    /// How it failed, if it did: then it is not read on.
    failed: Option<io::ErrorKind>,
}

impl<R: Read> Source<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { window: Window::new(source), line: 1, consumed: 0, failed: None }
    }

    pub(crate) fn window(&self) -> &[u8] {
        self.window.bytes()
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
        if let Some(kind) = self.failed {
            return Err(kind.into());
        }
        self.window.fill(most).inspect_err(|error| self.failed = Some(error.kind()))
    }

    /// Reads on until so many bytes have come, or all, and drops what has come.
    ///
    /// # Errors
    ///
    /// When the source fails or has failed before that.
    pub(crate) fn drop_until(&mut self, bytes: u64) -> io::Result<()> {
        loop {
            self.consume(self.window().len());
            if self.consumed >= bytes || self.fill(Window::<R>::FIRST)? == Filled::AtEnd {
                return Ok(());
            }
        }
    }

    /// Takes bytes off the front of the window.
    pub(crate) fn consume(&mut self, bytes: usize) {
        let ends = self.window().get(..bytes).map_or(0, |taken| memchr_iter(b'\n', taken).count());
        self.line += ends as u64;
        self.consumed += bytes as u64;
        self.window.consume(bytes);
    }

    /// Consumes white space, as JSON has it, and says what follows; `None` at the end.
    pub(crate) fn next_token(&mut self) -> io::Result<Option<u8>> {
        loop {
            let window = self.window();
            let space = space(window);
            let token = window.get(space).copied();
            self.consume(space);
            if token.is_some() || self.fill(Window::<R>::FIRST)? == Filled::AtEnd {
                return Ok(token);
            }
        }
    }

    pub(crate) fn into_inner(self) -> R {
        self.window.into_source()
    }
}

/// How much white space some JSON begins with.
pub(crate) fn space(json: &[u8]) -> usize {
    json.iter().take_while(|byte| is_space(**byte)).count()
}

/// White space between the tokens of JSON.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
