//! An export in whatever format, opened.

use crate::Job;
use crate::error::{Cause, Error, ExportError};
use crate::source::{Origin, Source, name_of, shown};
use overdose_risk_csv as csv;
use overdose_risk_intake::{
    Column, IdGuard, Layout, Principal, Problem, Profile, Row, UnreadValues,
};
use overdose_risk_json as json;
use std::io;

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
    path: String,
    records: Records,
}

/// The records of an export, by its format.
#[derive(Debug)]
pub(crate) enum Records {
    Csv(Box<csv::Export<Source>>),
    Json(Box<json::Export<Source>>),
}

/// How an export is to be read.
#[derive(Clone, Copy, Debug)]
enum How {
    Csv,
    Json(Option<json::Format>),
}

/// The places that an export comes from.
pub(crate) fn origins(job: &Job) -> Vec<Origin> {
    job.exports.iter().map(|path| Origin::new(path)).collect()
}

/// Opens every file of an export. They are one export, so they have the same principal fields.
pub(crate) fn open_all(job: &Job, origins: &mut [Origin]) -> Result<Vec<Opened>, Error> {
    let mut all: Vec<Opened> = Vec::with_capacity(origins.len());
    for origin in origins {
        let name = name_of(&origin.path);
        if all.iter().any(|other| other.name == name) {
            return Err(Cause::SameName { name }.into());
        }
        let opened = open(job, origin, name)?;
        if let Some(first) = all.first().filter(|first| first.waived != opened.waived) {
            let (name, first) = (opened.name, first.name.clone());
            return Err(Cause::OtherFields { name, first }.into());
        }
        all.push(opened);
    }
    if all.is_empty() { Err(Cause::NoExport.into()) } else { Ok(all) }
}

fn open(job: &Job, origin: &mut Origin, name: String) -> Result<Opened, Error> {
    let failed = |error| Cause::Export { name: name.clone(), error };
    let (mut source, mut size, how) = look(job, origin)?;
    let (records, waived) = match how {
        How::Csv => {
            let export = csv::Export::open(source, job.as_of, &job.intake());
            let export = export.map_err(|error| failed(error.into()))?;
            let waived = export.layout().waived().to_vec();
            (Records::Csv(Box::new(export)), waived)
        }
        How::Json(format) => {
            let open = |source| {
                let export = json::Export::open(source, job.as_of, format, &job.intake());
                export.map_err(|error| failed(error.into()))
            };
            let mut waived = Vec::new();
            if !job.without.is_empty() {
                waived = waived_in_json(job, open(source)?).map_err(failed)?;
                (source, size, _) = look(job, origin)?;
            }
            (Records::Json(Box::new(open(source)?)), waived)
        }
    };
    Ok(Opened { path: shown(&origin.path), name, size, waived, records })
}

/// The bytes of an export, how many there are, and how to read them.
fn look(job: &Job, origin: &mut Origin) -> Result<(Source, Option<u64>, How), Error> {
    let looked = origin.open(&job.out).and_then(|bytes| {
        let size = bytes.size();
        let (start, source) = bytes.look()?;
        Ok((start, source, size))
    });
    let (start, source, size) =
        looked.map_err(|error| Cause::Open { path: shown(&origin.path), error })?;
    let how = match job.format {
        Format::Auto if begins_like_json(&start) => How::Json(None),
        Format::Auto | Format::Csv => How::Csv,
        Format::Json => How::Json(Some(json::Format::Json)),
        Format::Ndjson => How::Json(Some(json::Format::Ndjson)),
    };
    Ok((source, size, how))
}

fn begins_like_json(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    matches!(text.trim_ascii_start().first(), Some(b'[' | b'{'))
}

/// The fields that the user waives and that no record of a JSON export has. Every row of the flags
/// names them, and only the last record can tell: so the export is read once more beforehand.
fn waived_in_json(
    job: &Job,
    mut export: json::Export<Source>,
) -> Result<Vec<Principal>, ExportError> {
    loop {
        match export.read(&mut |_| {}) {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) if error.kind() == json::ErrorKind::Broken && job.allow_partial => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(export.layout()?.waived().to_vec())
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

    /// The records, to be read in pieces.
    pub(crate) fn records(&mut self) -> &mut Records {
        &mut self.records
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
            Records::Json(export) => Ok(export.layout()?),
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

    /// What its columns are called, and what they say.
    pub(crate) fn profile(&self) -> &Profile {
        match &self.records {
            Records::Csv(export) => &export.intake().profile,
            Records::Json(export) => &export.intake().profile,
        }
    }

    /// Refuses ids that are no pseudonyms: those that were looked at, and those that broke the id rule.
    pub(crate) fn check_ids(&self, ids: &mut IdGuard) -> Result<(), Error> {
        let broken = match &self.records {
            Records::Csv(export) => export.broken_ids(),
            Records::Json(export) => export.broken_ids(),
        };
        if let Some(broken) = broken {
            ids.add(broken);
        }
        let Some(shape) = ids.verdict() else { return Ok(()) };
        let place = self.layout().ok().and_then(|layout| layout.place(Column::Id));
        let column = place.map(|place| place + 1);
        Err(Cause::IdentifyingIds { name: self.name.clone(), column, shape }.into())
    }

    /// How many different values could not be read so far.
    pub(crate) fn unread_values(&self) -> &UnreadValues {
        match &self.records {
            Records::Csv(export) => export.unread_values(),
            Records::Json(export) => export.unread_values(),
        }
    }

    /// What a CSV export begins with.
    pub(crate) fn csv_opening(&self) -> Option<csv::Opening> {
        match &self.records {
            Records::Csv(export) => Some(export.opening()),
            Records::Json(_) => None,
        }
    }

    /// The size and the SHA-256 of the whole export, what has not been read of it included.
    pub(crate) fn finish(self) -> Result<(u64, String), Error> {
        let Self { name, path, records, .. } = self;
        let source = match records {
            Records::Csv(export) => export.into_inner(),
            Records::Json(export) => export.into_inner(),
        };
        let digested = digest_rest(source);
        let (has_changed, bytes, sha256) = digested.map_err(|error| Cause::Open { path, error })?;
        if has_changed { Err(Cause::Changed { name }.into()) } else { Ok((bytes, sha256)) }
    }
}

/// Whether the export has changed, its size and its SHA-256.
fn digest_rest(mut source: Source) -> io::Result<(bool, u64, String)> {
    io::copy(&mut source, &mut io::sink())?;
    let (chain, bytes, sha256) = source.finish();
    let (_, rest) = chain.into_inner();
    Ok((rest.have_changed(bytes)?, bytes, sha256))
}
