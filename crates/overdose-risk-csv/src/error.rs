//! Why an export cannot be read.

use overdose_risk_intake::{Foreign, Quarantine, Refused};
use std::io;

/// An export that cannot be read. It says where, never what stood there, and of a source that fails
/// only the kind.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Cause);

/// Whether the reading failed or what was read is no export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes could not be read.
    Io,
    /// What was read is no CSV, or has a header that cannot be used, or more than one.
    Refused,
    /// Its header names direct identifiers.
    Identifying,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error("reading stopped: {0}")]
    Io(io::ErrorKind),
    #[error("it is empty, or blank: an export has a header and records")]
    Empty,
    #[error(transparent)]
    Foreign(Foreign),
    #[error("it is HTML or XML, as a page that says that something failed: export it as CSV")]
    Markup,
    #[error("it is JSON and not CSV")]
    Json,
    #[error("it is JSON in UTF-16: export it as UTF-8")]
    WideJson,
    #[error("its first line names a delimiter that is none of comma, semicolon, tab and bar")]
    Separator,
    #[error("its header, on line {line}, has more than 1,024 columns")]
    TooManyColumns { line: u64 },
    #[error("its header, on line {line}, is broken ({kind}): {}", .kind.remedy())]
    BrokenHeader { line: u64, kind: Quarantine },
    #[error("in its header{}\n  {refused}", if *.is_named { ", read with the delimiter that its first line names" } else { "" })]
    Header { refused: Refused, is_named: bool },
    #[error(
        "line {line} is another header, with other columns or in another order: these are several \
         exports in one file; give each as a file of its own"
    )]
    OtherHeader { line: u64 },
}

impl Error {
    /// Whether the reading failed or what was read is no export.
    pub fn kind(&self) -> ErrorKind {
        match &self.0 {
            Cause::Io(_) => ErrorKind::Io,
            Cause::Header { refused, .. } if refused.is_identifying() => ErrorKind::Identifying,
            Cause::Empty
            | Cause::Foreign(_)
            | Cause::Markup
            | Cause::Json
            | Cause::WideJson
            | Cause::Separator
            | Cause::TooManyColumns { .. }
            | Cause::BrokenHeader { .. }
            | Cause::Header { .. }
            | Cause::OtherHeader { .. } => ErrorKind::Refused,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Cause::Io(error.kind()).into()
    }
}

/// The failure beneath one of `csv`'s writers, which as an `io::Error` would have lost its kind.
pub(crate) fn writing(error: csv::Error) -> io::Error {
    if let csv::ErrorKind::Io(error) = error.into_kind() {
        error
    } else {
        // Rows of different lengths, which nobody writes here; what `csv` says of them is not passed on.
        io::ErrorKind::InvalidData.into()
    }
}
