//! Where the bytes of an export come from, and whether they stayed what they were.

use crate::digest::Digested;
use crate::publish::SPOOL;
use std::cell::{Cell, RefCell};
use std::fs::{File, Metadata};
use std::io::{self, Chain, Cursor, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

/// The path that means standard input, and its name in every output.
pub(crate) const STANDARD_INPUT: &str = "-";

/// The bytes of an export: those that were looked at, then the others.
pub(crate) type Source = Digested<Chain<Cursor<Vec<u8>>, Bytes>>;

/// How much is looked at to find a format.
const ENOUGH: u64 = 4096;

/// One of the places that an export comes from, which can be read more than once.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) path: PathBuf,
    stream: Option<Rc<RefCell<Stream>>>,
    /// Why the copy of a stream could not be written, if it could not.
    spool_fault: Rc<Cell<Option<io::ErrorKind>>>,
}

/// What can be read only once, and a copy of what has been read of it. The copy is a file that has lost
/// its name, so that nothing is left of it whatever becomes of the process.
#[derive(Debug)]
pub(crate) struct Stream {
    /// Until the copy has all of it.
    inlet: Option<Inlet>,
    copy: File,
    fault: Rc<Cell<Option<io::ErrorKind>>>,
}

#[derive(Debug)]
enum Inlet {
    StandardInput(io::Stdin),
    Pipe(File),
}

/// The bytes of an export.
#[derive(Debug)]
pub(crate) enum Bytes {
    File { file: File, before: State },
    Stream(Rc<RefCell<Stream>>),
}

/// What would differ if a file were written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    size: u64,
    modified: Option<SystemTime>,
}

impl Origin {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), stream: None, spool_fault: Rc::default() }
    }

    /// The bytes from the first on; what was opened before is to be read no further. A stream is
    /// copied into this folder.
    pub(crate) fn open(&mut self, folder: &Path) -> io::Result<Bytes> {
        if let Some(stream) = &self.stream {
            stream.borrow_mut().rewind()?;
            return Ok(Bytes::Stream(Rc::clone(stream)));
        }
        let inlet = if self.path == Path::new(STANDARD_INPUT) {
            Inlet::StandardInput(io::stdin())
        } else {
            let file = File::open(&self.path)?;
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if metadata.is_file() {
                return Ok(Bytes::File { file, before: State::of(&metadata) });
            }
            Inlet::Pipe(file)
        };
        let fault = Rc::clone(&self.spool_fault);
        let copy = nameless_file(folder).map_err(|error| note(&fault, error))?;
        let stream = Stream { inlet: Some(inlet), copy, fault };
        Ok(Bytes::Stream(Rc::clone(self.stream.insert(Rc::new(RefCell::new(stream))))))
    }

    /// Why the copy of a stream could not be written, where a reading failed for that.
    pub(crate) fn spool_fault(&self) -> Option<io::ErrorKind> {
        self.spool_fault.get()
    }
}

/// A file that loses its name at once. A run that is killed in between leaves it empty and hidden.
fn nameless_file(folder: &Path) -> io::Result<File> {
    let file = tempfile::Builder::new().prefix(SPOOL).tempfile_in(folder)?;
    let (file, path) = file.into_parts();
    path.close()?;
    Ok(file)
}

/// Keeps why a copy could not be written, which the reader's errors do not tell from a failure to read.
fn note(fault: &Cell<Option<io::ErrorKind>>, error: io::Error) -> io::Error {
    fault.set(Some(error.kind()));
    error
}

impl Stream {
    /// Goes back to the first byte, when the copy has them all.
    fn rewind(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink())?;
        self.inlet = None;
        self.copy.rewind()
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(inlet) = &mut self.inlet else { return self.copy.read(buffer) };
        let read = inlet.read(buffer)?;
        let copied = self.copy.write_all(buffer.get(..read).unwrap_or_default());
        copied.map_err(|error| note(&self.fault, error))?;
        Ok(read)
    }
}

impl Read for Inlet {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::StandardInput(stdin) => stdin.read(buffer),
            Self::Pipe(file) => file.read(buffer),
        }
    }
}

impl Bytes {
    /// How many there are, where that is known beforehand.
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            Self::File { before, .. } => Some(before.size),
            Self::Stream(_) => None,
        }
    }

    /// Whether the file was written to since it was opened, or has not given as many bytes as it has. That
    /// many were read to the end.
    pub(crate) fn have_changed(&self, read: u64) -> io::Result<bool> {
        match self {
            Self::File { file, before } => {
                Ok(read != before.size || State::of(&file.metadata()?) != *before)
            }
            Self::Stream(_) => Ok(false),
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
            Self::Stream(stream) => stream.borrow_mut().read(buffer),
        }
    }
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), modified: metadata.modified().ok() }
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
