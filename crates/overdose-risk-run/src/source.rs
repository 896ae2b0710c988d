//! Where the bytes of an export come from, and whether they stayed what they were.

use crate::digest::Digested;
use std::fs::{File, Metadata};
use std::io::{self, Chain, Cursor, Read, Stdin};
use std::path::Path;
use std::time::SystemTime;

/// The path that means standard input, and its name in every output.
const STANDARD_INPUT: &str = "-";

/// The bytes of an export: those that were looked at, then the others.
pub(crate) type Source = Digested<Chain<Cursor<Vec<u8>>, Bytes>>;

/// How much is looked at to find a format.
const ENOUGH: u64 = 4096;

/// The bytes of an export.
#[derive(Debug)]
pub(crate) enum Bytes {
    File { file: File, before: Option<State> },
    StandardInput(Stdin),
}

/// What would differ if a file were written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    size: u64,
    modified: Option<SystemTime>,
}

impl Bytes {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if path == Path::new(STANDARD_INPUT) {
            return Ok(Self::StandardInput(io::stdin()));
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let before = State::of(&metadata);
        Ok(Self::File { file, before })
    }

    /// How many there are, where that is known beforehand. Then they can be read twice as well.
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            Self::File { before, .. } => before.map(|before| before.size),
            Self::StandardInput(_) => None,
        }
    }

    /// Whether the file was written to since it was opened.
    pub(crate) fn have_changed(&self) -> io::Result<bool> {
        match self {
            Self::File { file, before } => Ok(State::of(&file.metadata()?) != *before),
            Self::StandardInput(_) => Ok(false),
        }
    }

    /// How they begin, and all of them.
    pub(crate) fn look(mut self) -> io::Result<(Vec<u8>, Source)> {
        let mut start = Vec::new();
        self.by_ref().take(ENOUGH).read_to_end(&mut start)?;
        Ok((start.clone(), Digested::new(Cursor::new(start).chain(self))))
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File { file, .. } => file.read(buffer),
            Self::StandardInput(stdin) => stdin.read(buffer),
        }
    }
}

impl State {
    /// Of a pipe or a device there is none.
    fn of(metadata: &Metadata) -> Option<Self> {
        let state = || Self { size: metadata.len(), modified: metadata.modified().ok() };
        metadata.is_file().then(state)
    }
}

/// The name of an export in every output: the last part of its path. No program takes it for a
/// formula or for commands to a terminal, whatever the file is called.
pub(crate) fn name_of(path: &Path) -> String {
    if path == Path::new(STANDARD_INPUT) {
        return STANDARD_INPUT.to_owned();
    }
    let name = shown(Path::new(path.file_name().unwrap_or_default()));
    let is_harmless =
        name.starts_with(|first: char| first.is_alphanumeric() || "._".contains(first));
    if is_harmless { name } else { format!("./{name}") }
}

/// A path in a message, without commands to a terminal.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_file_starts_a_formula_or_commands_a_terminal() {
        let name = |path: &str| name_of(Path::new(path));
        for (path, expected) in [
            ("export.csv", "export.csv"),
            ("/nightly/2026-03-31.csv", "2026-03-31.csv"),
            ("-", "-"),
            ("./-", "./-"),
            ("in/-export.csv", "./-export.csv"),
            ("=cmd|' calc'!A0", "./=cmd|' calc'!A0"),
            ("@SUM(1).csv", "./@SUM(1).csv"),
            ("+1.csv", "./+1.csv"),
            ("\u{ff1d}1.csv", "./\u{ff1d}1.csv"),
            (" =1.csv", "./ =1.csv"),
            ("\t=1.csv", "./\u{fffd}=1.csv"),
            ("a\u{1b}[31m\r\n.csv", "a\u{fffd}[31m\u{fffd}\u{fffd}.csv"),
        ] {
            assert_eq!(name(path), expected);
        }
    }
}
