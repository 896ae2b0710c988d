//! On which physical line a record starts.
//!
//! The csv crate counts `\n` alone, and begins a record where the last one ended: in a file with
//! CRLF ends or blank lines its count points one line or more too early.

use std::collections::VecDeque;
use std::io::{self, Read};

/// How long the byte order mark of UTF-8 is, and a byte after it.
const MARK_AND_MORE: usize = 4;

/// A source that remembers where the lines begin that have something on them, as far as they have
/// been read and not yet been asked for. A line ends with LF, CRLF or CR.
pub(crate) struct Lines<R> {
    source: R,
    offset: u64,
    line: u64,
    at_start: bool,
    after_cr: bool,
    starts: VecDeque<(u64, u64)>,
}

impl<R> Lines<R> {
    pub(crate) fn new(source: R) -> Self {
        let starts = VecDeque::new();
        Self { source, offset: 0, line: 1, at_start: true, after_cr: false, starts }
    }

    /// The first line at or after this byte that has something on it. Bytes are asked for in
    /// ascending order.
    pub(crate) fn line_from(&mut self, byte: u64) -> u64 {
        while self.starts.front().is_some_and(|(start, _)| *start < byte) {
            self.starts.pop_front();
        }
        self.starts.front().map_or(self.line, |(_, line)| *line)
    }

    /// The lines after the one last asked for that begin before this byte.
    pub(crate) fn lines_to(&self, byte: u64) -> Vec<u64> {
        let later = self.starts.iter().skip(1);
        later.take_while(|(start, _)| *start < byte).map(|(_, line)| *line).collect()
    }

    pub(crate) fn into_inner(self) -> R {
        self.source
    }

    /// Reads from the source. The csv crate takes being interrupted for a failure.
    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize>
    where
        R: Read,
    {
        loop {
            match self.source.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    fn note(&mut self, byte: u8) {
        match byte {
            b'\n' if self.after_cr => self.after_cr = false,
            b'\n' | b'\r' => {
                self.line += 1;
                self.at_start = true;
                self.after_cr = byte == b'\r';
            }
            _ => {
                if self.at_start {
                    self.starts.push_back((self.offset, self.line));
                }
                self.at_start = false;
                self.after_cr = false;
            }
        }
        self.offset += 1;
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = self.read_some(buffer)?;
        // The csv crate knows a byte order mark only where all of it comes at once, and more.
        while self.offset == 0 && (1..MARK_AND_MORE).contains(&read) {
            match self.read_some(buffer.get_mut(read..).unwrap_or_default())? {
                0 => break,
                more => read += more,
            }
        }
        buffer.iter().take(read).for_each(|byte| self.note(*byte));
        Ok(read)
    }
}
