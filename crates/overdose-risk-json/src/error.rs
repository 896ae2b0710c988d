//! Why an export cannot be read, or not to its end.

use overdose_risk_intake::{Foreign, Refused};
use std::io;

/// An export that cannot be read, or not to its end. It says where, never what stood there, and of a
/// source that fails only the kind.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Cause);

/// What went wrong, as a caller has to tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes could not be read.
    Io,
    /// What was read is no export, or lacks a field that every export must have.
    Refused,
    /// A key names a direct identifier.
    Identifying,
    /// Pieces were cut of which nothing was learnt.
    Unlearnt,
    /// The JSON breaks off or is broken, and where the next record begins nobody can say. The
    /// records before it were whole.
    Broken,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error("reading stopped: {0}")]
    Io(io::ErrorKind),
    #[error("the file is empty: an export has records")]
    Empty,
    #[error("it is JSON in UTF-16: export it as UTF-8")]
    Wide,
    #[error(transparent)]
    Foreign(Foreign),
    #[error(
        "it is one object over several lines: export an array of records, or one record a line"
    )]
    OverSeveralLines,
    #[error("it is neither an array of records nor an object around one")]
    NoArray,
    #[error(
        "the array of records stands among other keys: it may be one page of several; export one \
         array, or one record a line"
    )]
    OtherKeys,
    #[error("none of its keys is known: is this the right file?")]
    NothingKnown,
    #[error("in its keys, which are counted in the order in which they first appear\n  {0}")]
    Keys(Refused),
    #[error("not every piece was learnt that was cut: give what its reader learnt to the export")]
    Unlearnt,
    #[error("{broken} on line {line} (byte {byte}): {}", .broken.remedy())]
    Broken { broken: Broken, line: u64, byte: u64 },
}

/// How the JSON around the records is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    #[error("the file breaks off in the record that begins")]
    CutInRecord,
    #[error("the file breaks off")]
    CutBetween,
    #[error("the JSON is broken in a record")]
    InRecord,
    #[error("the JSON is broken between two records")]
    BetweenRecords,
    #[error("something follows the end of the JSON")]
    After,
    #[error("a record of 16 MiB or more begins")]
    Endless,
}

impl Broken {
    const fn remedy(self) -> &'static str {
        match self {
            Self::CutInRecord | Self::CutBetween => "the export is not whole, so export it again",
            Self::InRecord => {
                "check brackets, commas and quotes there, and that line ends, tabs and backslashes in \
                 text are escaped"
            }
            Self::BetweenRecords => "check brackets and commas there",
            Self::After => "an export is one array and nothing else",
            Self::Endless => "is a quote or a bracket missing there?",
        }
    }
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        match &self.0 {
            Cause::Io(_) => ErrorKind::Io,
            Cause::Keys(refused) if refused.is_identifying() => ErrorKind::Identifying,
            Cause::Unlearnt => ErrorKind::Unlearnt,
            Cause::Empty
            | Cause::Wide
            | Cause::Foreign(_)
            | Cause::OverSeveralLines
            | Cause::NoArray
            | Cause::OtherKeys
            | Cause::NothingKnown
            | Cause::Keys(_) => ErrorKind::Refused,
            Cause::Broken { .. } => ErrorKind::Broken,
        }
    }

    /// The physical line on which the JSON is broken, from 1, if it is.
    pub fn line(&self) -> Option<u64> {
        if let Cause::Broken { line, .. } = self.0 { Some(line) } else { None }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Cause::Io(error.kind()).into()
    }
}
