//! What holds for any bytes at all: for those of an export, a mapping or a policy, and for those that
//! records and a day are made from. Each function panics where it does not.
//!
//! The targets in `fuzz/` call these with what a fuzzer comes up with, and `tests/corpus.rs` with
//! every input that is kept.

mod assessment;
mod canary;
mod csv_export;
mod csv_pieces;
mod facts;
mod formats;
mod framing;
mod in_pieces;
mod json_export;
mod json_pieces;
mod json_record;
mod mapping_file;
mod merged_rows;
mod pass;
mod policy_file;
mod settings_file;
mod settling;
mod sheet;
mod whole_run;

pub use assessment::assess;
pub use csv_export::csv;
pub use csv_pieces::csv_pieces;
pub use formats::formats;
pub use framing::framing;
pub use json_export::json;
pub use json_pieces::{json_export_in_pieces, json_pieces};
pub use mapping_file::mapping;
pub use merged_rows::merging;
pub use policy_file::policy;
pub use whole_run::run;

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

/// A template in which each `~` is replaced by the next part of the bytes.
fn filled(template: &str, data: &[u8]) -> Vec<u8> {
    let places = template.matches('~').count();
    let mut parts = data.chunks(data.len().div_ceil(places).max(1));
    let mut pieces = template.split('~');
    let mut filled = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        filled.extend_from_slice(parts.next().unwrap_or_default());
        filled.extend_from_slice(piece.as_bytes());
    }
    filled
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
