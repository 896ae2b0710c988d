//! Why a run was not published.

use crate::guards::Doubt;
use crate::reviews::FileFault;
use crate::source::STANDARD_INPUT;
use overdose_risk_csv as csv;
use overdose_risk_intake::IdShape;
use overdose_risk_json as json;
use std::fmt;
use std::io;
use std::ops::ControlFlow;

/// Why a run was not published, or not wholly. It names files and positions, never what stood in a
/// record.
#[derive(Debug, thiserror::Error)]
#[error("{cause}{}", if .cause.is_after_publishing() { "" } else { "\nnothing was published" })]
pub struct Error {
    cause: Cause,
}

impl From<Cause> for Error {
    fn from(cause: Cause) -> Self {
        Self { cause }
    }
}

/// What went wrong, as a program's caller has to tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The export was read and is not one that can be used.
    Refused,
    /// The export could not be read.
    Unreadable,
    /// The export was not read to its end, and nobody knows why: a defect of this program.
    Defect,
    /// An output could not be written.
    Output,
    /// The export says who people are.
    Identifying,
    /// The key of pseudonyms is not kept secret, or is no key.
    KeyRefused,
    /// Another run is under way in the same output folder.
    Locked,
    /// It was stopped, as a program is by a signal.
    Stopped,
}

impl ErrorKind {
    /// The exit code of a program. One that was stopped by another signal than `SIGINT` has another.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Refused => 65,
            Self::Unreadable => 66,
            Self::Defect => 70,
            Self::Output => 74,
            Self::Locked => 75,
            Self::Identifying | Self::KeyRefused => 77,
            Self::Stopped => 130,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error("{} cannot be read: {}", named(.path), in_words(.error))]
    Open { path: String, error: io::Error },
    #[error(
        "{} {}: {error}",
        named(.name),
        if .error.is_refused() { "is refused" } else { "cannot be read" }
    )]
    Export { name: String, error: ExportError },
    #[error(
        "{} is refused: {error}\nthe records before that ({records}) are whole; --allow-partial publishes \
         those alone",
        named(.name)
    )]
    Broken { name: String, error: ExportError, records: u64 },
    #[error(
        "{} is refused: its ids{} look like {}; export pseudonyms, or make them with --pseudonym-key",
        named(.name),
        .column.map_or(String::new(), |column| format!(" (column {column})")),
        .shape.meaning()
    )]
    IdentifyingIds { name: String, column: Option<usize>, shape: IdShape },
    #[error("an id repeats, and its rows were not put together; this is a defect of the program")]
    IdRepeats,
    #[error("a line of flags.ndjson cannot be read back; this is a defect of the program")]
    NotReadBack,
    #[error("what was made of people is not theirs; this is a defect of the program")]
    NotMade,
    #[error("no export is given")]
    NoExport,
    #[error(
        "two exports are named {}, and no output could tell them apart: rename one of them",
        named(.name)
    )]
    SameName { name: String },
    #[error(
        "{} is refused: it does not lack the same principal fields as {}; give each its own run",
        named(.name),
        named(.first)
    )]
    OtherFields { name: String, first: String },
    #[error(
        "{} is refused: it changed while it was read; run again when it is complete",
        named(.name)
    )]
    Changed { name: String },
    #[error(
        "{} is refused: it has no records; an empty export is a fault and not taken for a service that \
         has nobody, unless --allow-empty says that it is one",
        named(.name)
    )]
    NoRecords { name: String },
    #[error(
        "{} is refused: none of its records ({records}) could be assessed; the first is on line \
         {line}, {kind}: {remedy}",
        named(.name)
    )]
    NobodyAssessed {
        name: String,
        records: u64,
        line: u64,
        kind: &'static str,
        remedy: &'static str,
    },
    #[error(
        "{}: of {bytes} bytes, {accounted} are accounted for; this is a defect of the program, please \
         report it",
        named(.name)
    )]
    Unaccounted { name: String, bytes: u64, accounted: u64 },
    #[error("the export is refused: {0}")]
    TooManyQuarantined(Doubt),
    #[error(
        "this night is not published:{}",
        .0.iter().map(|doubt| format!("\n- {doubt}")).collect::<String>()
    )]
    Doubts(Vec<Doubt>),
    #[error(
        "{folder} cannot be compared with: {why}; --previous DIR compares with another run, --previous none with \
         nothing, and then nobody is carried"
    )]
    Previous { folder: String, why: PreviousFault },
    #[error(
        "{path} is no receipt that can be used: {}; give the run.json of a published run",
        if *.why == PreviousFault::OtherVersion {
            "another version of this program wrote it"
        } else {
            "it is not what a run writes"
        }
    )]
    Receipt { path: String, why: PreviousFault },
    #[error("the file of reviews {path} is refused: {fault}")]
    Reviews { path: String, fault: FileFault },
    #[error("an output has a name that is none of a file; this is a defect of the program")]
    OutputName,
    #[error("{path} cannot be written: there is such a file already; remove it or name another")]
    Exists { path: String },
    #[error("{what} cannot be written: {}", in_words(.error))]
    Output { what: String, error: io::Error },
    #[error("the copy of {} in {folder} cannot be written: {}", named(.path), in_words(.error))]
    Spool { path: String, folder: String, error: io::Error },
    #[error(
        "{path}, which a run that was killed left there, cannot be removed: {}; remove it by hand",
        in_words(.error)
    )]
    Leftover { path: String, error: io::Error },
    #[error("another run is under way in {folder}; run again when it has ended")]
    Locked { folder: String },
    #[error("the run was stopped")]
    Stopped,
    #[error(
        "the run is complete in the folder {folder}, but LATEST was not moved to it: {what} cannot be \
         read or written: {}",
        in_words(.error)
    )]
    LatestNotMoved { folder: String, what: &'static str, error: io::Error },
    #[error(
        "the run is complete in the folder {folder}, but whether the disk keeps that LATEST names it is \
         not known: {}",
        in_words(.error)
    )]
    LatestUnsure { folder: String, error: io::Error },
}

/// Why a run cannot be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PreviousFault {
    #[error("LATEST there names no run")]
    Latest,
    #[error("there is no such folder")]
    NoFolder,
    #[error("it holds no run.json")]
    NoReceipt,
    #[error("no permission to read its run.json")]
    NoPermission,
    #[error("its run.json is of another version of this program")]
    OtherVersion,
    #[error("its {0} is missing, or not what that run wrote")]
    Altered(&'static str),
}

impl Cause {
    const fn is_after_publishing(&self) -> bool {
        matches!(self, Self::LatestNotMoved { .. } | Self::LatestUnsure { .. })
    }
}

impl Error {
    /// Whether the pass stopped at an id that repeats.
    pub(crate) fn is_repeated_id(&self) -> bool {
        matches!(self.cause, Cause::IdRepeats)
    }

    /// Why, in words, without that nothing was published: for a program that publishes nothing.
    pub fn cause(&self) -> impl fmt::Display + '_ {
        &self.cause
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        match &self.cause {
            Cause::Open { .. } | Cause::Previous { .. } | Cause::Receipt { .. } => {
                ErrorKind::Unreadable
            }
            Cause::Export { error, .. } if error.is_identifying() => ErrorKind::Identifying,
            Cause::IdentifyingIds { .. } => ErrorKind::Identifying,
            Cause::Export { error, .. } if !error.is_refused() => ErrorKind::Unreadable,
            Cause::Export { .. }
            | Cause::Broken { .. }
            | Cause::NoExport
            | Cause::SameName { .. }
            | Cause::OtherFields { .. }
            | Cause::Changed { .. }
            | Cause::NoRecords { .. }
            | Cause::NobodyAssessed { .. }
            | Cause::TooManyQuarantined(_)
            | Cause::Doubts(_)
            | Cause::Reviews { .. } => ErrorKind::Refused,
            Cause::Unaccounted { .. }
            | Cause::IdRepeats
            | Cause::NotReadBack
            | Cause::NotMade
            | Cause::OutputName => ErrorKind::Defect,
            Cause::Exists { .. }
            | Cause::Output { .. }
            | Cause::Spool { .. }
            | Cause::Leftover { .. }
            | Cause::LatestNotMoved { .. }
            | Cause::LatestUnsure { .. } => ErrorKind::Output,
            Cause::Locked { .. } => ErrorKind::Locked,
            Cause::Stopped => ErrorKind::Stopped,
        }
    }
}

/// What went wrong with an export, in whichever format it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Json(#[from] json::Error),
}

impl ExportError {
    fn is_identifying(&self) -> bool {
        match self {
            Self::Csv(error) => error.kind() == csv::ErrorKind::Identifying,
            Self::Json(error) => error.kind() == json::ErrorKind::Identifying,
        }
    }

    fn is_refused(&self) -> bool {
        match self {
            Self::Csv(error) => error.kind() != csv::ErrorKind::Io,
            Self::Json(error) => error.kind() != json::ErrorKind::Io,
        }
    }

    /// The line on which the export is broken; 0 where none is known.
    pub(crate) fn line(&self) -> u64 {
        match self {
            Self::Csv(_) => 0,
            Self::Json(error) => error.line().unwrap_or(0),
        }
    }

    /// Whether what came before is whole, and nothing more can be read.
    pub(crate) fn is_broken(&self) -> bool {
        match self {
            Self::Csv(_) => false,
            Self::Json(error) => error.kind() == json::ErrorKind::Broken,
        }
    }
}

/// Stops where whoever hears of the progress says so.
pub(crate) fn go_on(answer: ControlFlow<()>) -> Result<(), Error> {
    if answer.is_break() { Err(Cause::Stopped.into()) } else { Ok(()) }
}

/// Names the output that could not be written.
pub(crate) fn writing<T>(what: &str, result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| Cause::Output { what: what.to_owned(), error: beneath(error) }.into())
}

/// The failure beneath one of a writer of CSV, which as an `io::Error` has lost its kind.
fn beneath(error: io::Error) -> io::Error {
    match error.downcast::<::csv::Error>().map(::csv::Error::into_kind) {
        Ok(::csv::ErrorKind::Io(error)) => error,
        Ok(_) => io::ErrorKind::InvalidData.into(),
        Err(error) => error,
    }
}

/// The name of an export in a message.
pub(crate) fn named(name: &str) -> &str {
    if name == STANDARD_INPUT { "standard input" } else { name }
}

/// The kind of a failure, in words: the same in the messages of every program. The text of an
/// `io::Error` can hold whatever its maker put there.
#[allow(clippy::wildcard_enum_match_arm)]
pub fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "something that is not a folder stands there".to_owned()
        }
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        kind => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_said_in_words_and_nothing_of_its_own_text_is() {
        let words = |kind| in_words(&io::Error::new(kind, "canary"));
        assert_eq!(words(io::ErrorKind::PermissionDenied), "no permission");
        assert_eq!(words(io::ErrorKind::NotFound), "there is no such file or folder");
        assert_eq!(words(io::ErrorKind::StorageFull), "the disk is full");
        assert!(!words(io::ErrorKind::Other).contains("canary"));
    }
}
