//! What holds for any bytes at all: for those of an export, and for those that a record and a day
//! are made from. Each function panics where it does not.
//!
//! The targets in `fuzz/` call these with what a fuzzer comes up with, and `tests/corpus.rs` with
//! every input that is kept.

mod assessment;
mod canary;
mod csv_export;
mod facts;
mod json_export;
mod json_pieces;
mod json_record;
mod pass;
mod settling;
mod sheet;

pub use assessment::assess;
pub use csv_export::csv;
pub use json_export::json;
pub use json_pieces::{json_export_in_pieces, json_pieces};

use chrono::NaiveDate;
use std::io::{self, Read};

/// The day on which exports are read.
fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// A source that gives one byte at a time, and is interrupted before each.
struct Trickle<'a> {
    rest: &'a [u8],
    interrupted: bool,
}

impl<'a> Trickle<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self { rest, interrupted: false }
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = buffer.len().min(1);
        self.rest.read(&mut buffer[..most])
    }
}

/// The lines of a file that have something on them, each with its number from 1.
fn lines_with_something<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
) -> impl Iterator<Item = (u64, &'a [u8])> {
    (1..).zip(lines).filter(|(_, line)| !line.is_empty())
}

/// What follows the byte order mark of UTF-8, if there is one.
fn after_mark(data: &[u8]) -> &[u8] {
    data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data)
}
