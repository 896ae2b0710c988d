//! An export in whatever format, opened.

use crate::Job;
use crate::digest::Digested;
use crate::error::{Cause, Error, ExportError};
use crate::receipt::FileRecord;
use overdose_risk_csv as csv;
use overdose_risk_intake::{Layout, Principal, Problem, Row};
use overdose_risk_json as json;
use std::fs::{File, Metadata};
use std::io::{self, Chain, Cursor, Read};

/// The format of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Found by looking at the content: JSON begins with a bracket, and everything else is CSV.
    #[default]
    Auto,
    /// CSV with a header.
    Csv,
    /// One JSON value: an array of records, or an object that has one key with such an array.
    Json,
    /// One JSON record a line.
    Ndjson,
}

/// An export that is open, with everything that its format says at the beginning.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) size: Option<u64>,
    pub(crate) waived: Vec<Principal>,
    records: Records,
}

#[derive(Debug)]
enum Records {
    Csv(Box<csv::Export<Source>>),
    Json(Box<json::Export<Source>>),
}

/// The bytes of an export: those that were looked at, then the others.
type Source = Digested<Chain<Cursor<Vec<u8>>, File>>;

/// How an export is to be read.
#[derive(Clone, Copy, Debug)]
enum How {
    Csv,
    Json(Option<json::Format>),
}

/// Opens an export.
pub(crate) fn open(job: &Job) -> Result<Opened, Error> {
    let name = job.export.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (source, how, metadata) = open_source(job)?;
    let size = metadata.is_file().then_some(metadata.len());
    let failed = |error| Cause::Export { name: name.clone(), error };
    let (records, waived) = match how {
        How::Csv => {
            let export = csv::Export::open(source, job.as_of, &job.without);
            let export = export.map_err(|error| failed(error.into()))?;
            let waived = export.layout().waived().to_vec();
            (Records::Csv(Box::new(export)), waived)
        }
        How::Json(format) => {
            let export = json::Export::open(source, job.as_of, format);
            let export = export.map_err(|error| failed(error.into()))?;
            let waived = if job.without.is_empty() {
                Vec::new()
            } else if metadata.is_file() {
                waived_in_json(job, &name)?
            } else {
                return Err(Cause::WaivedInStream { name }.into());
            };
            (Records::Json(Box::new(export)), waived)
        }
    };
    Ok(Opened { name, size, waived, records })
}

fn open_source(job: &Job) -> Result<(Source, How, Metadata), Error> {
    let opened = File::open(&job.export).and_then(|file| {
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let (source, how) = look(file, job.format)?;
        Ok((source, how, metadata))
    });
    opened.map_err(|error| Cause::Open { path: job.export.display().to_string(), error }.into())
}

/// The source, and how to read it.
fn look(mut file: File, format: Format) -> io::Result<(Source, How)> {
    const ENOUGH: u64 = 4096;
    let mut start = Vec::new();
    file.by_ref().take(ENOUGH).read_to_end(&mut start)?;
    let how = match format {
        Format::Auto if begins_like_json(&start) => How::Json(None),
        Format::Auto | Format::Csv => How::Csv,
        Format::Json => How::Json(Some(json::Format::Json)),
        Format::Ndjson => How::Json(Some(json::Format::Ndjson)),
    };
    Ok((Digested::new(Cursor::new(start).chain(file)), how))
}

fn begins_like_json(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    matches!(text.trim_ascii_start().first(), Some(b'[' | b'{'))
}

/// The fields that the user waives and that no record of a JSON export has. Every row of the flags
/// names them, and only the last record can tell: so the export is read once more beforehand.
fn waived_in_json(job: &Job, name: &str) -> Result<Vec<Principal>, Error> {
    let (source, how, _) = open_source(job)?;
    let How::Json(format) = how else { return Ok(Vec::new()) };
    let failed = |error: json::Error| Cause::Export { name: name.to_owned(), error: error.into() };
    let mut export = json::Export::open(source, job.as_of, format).map_err(failed)?;
    loop {
        match export.read(&mut |_| {}) {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) if error.kind() == json::ErrorKind::Broken && job.allow_partial => break,
            Err(error) => return Err(failed(error).into()),
        }
    }
    Ok(export.layout(&job.without).map_err(failed)?.waived().to_vec())
}

impl Opened {
    /// The next record; `None` at the end.
    pub(crate) fn read(
        &mut self,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Option<Row<'_>>, ExportError> {
        match &mut self.records {
            Records::Csv(export) => Ok(export.read(problem)?),
            Records::Json(export) => Ok(export.read(problem)?),
        }
    }

    /// How many bytes the records so far have taken.
    pub(crate) fn bytes_read(&self) -> u64 {
        match &self.records {
            Records::Csv(export) => export.bytes_read(),
            Records::Json(export) => export.bytes_read(),
        }
    }

    /// Which column or key is which field, when the export has been read.
    pub(crate) fn layout(&self) -> Result<Layout, ExportError> {
        match &self.records {
            Records::Csv(export) => Ok(export.layout().clone()),
            Records::Json(export) => Ok(export.layout(&self.waived)?),
        }
    }

    pub(crate) fn format(&self) -> &'static str {
        match &self.records {
            Records::Csv(_) => "csv",
            Records::Json(export) => match export.format() {
                json::Format::Json => "json",
                json::Format::Ndjson => "ndjson",
            },
        }
    }

    /// The size and the SHA-256 of the whole file, what has not been read of it included.
    pub(crate) fn finish(self) -> io::Result<FileRecord> {
        let mut source = match self.records {
            Records::Csv(export) => export.into_inner(),
            Records::Json(export) => export.into_inner(),
        };
        io::copy(&mut source, &mut io::sink())?;
        let (_, bytes, sha256) = source.finish();
        Ok(FileRecord { name: self.name, bytes, sha256 })
    }
}
