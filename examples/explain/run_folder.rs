//! The files of a published run, and one person in them.

use chrono::NaiveDate;
use overdose_risk_intake::Id;
use overdose_risk_json::Flagged;
use overdose_risk_report::{Change, Standing, change_of};
use overdose_risk_run::{ReceiptBefore, in_words};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Component, Path, PathBuf};

/// The folder of a published run.
pub(crate) struct RunFolder(PathBuf);

/// What of a run cannot be read, and why.
pub(crate) struct Unreadable(pub(crate) String);

/// A record of a person that was quarantined.
pub(crate) struct Quarantined {
    pub(crate) source: String,
    pub(crate) line: String,
    pub(crate) kind: String,
}

impl RunFolder {
    /// The run in a folder, or the one that its `LATEST` names.
    pub(crate) fn open(folder: &Path) -> Result<Self, Unreadable> {
        if folder.join("flags.ndjson").exists() {
            return Ok(Self(folder.to_owned()));
        }
        let latest = folder.join("LATEST");
        let name = fs::read_to_string(&latest).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if folder.is_dir() => Unreadable(format!(
                "{} is no run, and no folder in which runs are published",
                folder.display()
            )),
            _ => unreadable(if folder.is_dir() { &latest } else { folder }, &error),
        })?;
        let name = Path::new(name.trim_end());
        let mut parts = name.components();
        let (Some(Component::Normal(run)), None) = (parts.next(), parts.next()) else {
            return Err(Unreadable(format!("{} names no folder beside it", latest.display())));
        };
        Ok(Self(folder.join(run)))
    }

    /// What the run is called.
    pub(crate) fn name(&self) -> String {
        // A folder that is named by dots has no name of its own.
        let whole = fs::canonicalize(&self.0).unwrap_or_else(|_| self.0.clone());
        whole.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// The day of the run, where its receipt says so.
    pub(crate) fn day(&self) -> Option<NaiveDate> {
        ReceiptBefore::open(&self.0.join("run.json")).ok().map(|receipt| receipt.as_of())
    }

    /// What the run says of a person.
    pub(crate) fn assessed(&self, id: Id<'_>) -> Result<Option<Flagged>, Unreadable> {
        let path = self.0.join("flags.ndjson");
        let file = File::open(&path).map_err(|error| unreadable(&path, &error))?;
        find(id, BufReader::new(file), &path)
    }

    /// What an earlier run said of a person whom this one did not assess.
    pub(crate) fn carried(&self, id: Id<'_>) -> Result<Option<Flagged>, Unreadable> {
        let path = self.0.join("carried.ndjson");
        open(&path)?.map_or(Ok(None), |file| find(id, BufReader::new(file), &path))
    }

    /// Whether and why not the run assessed somebody who stands on its worklist.
    pub(crate) fn standing(&self, id: Id<'_>) -> Result<Option<Standing>, Unreadable> {
        let path = self.0.join("worklist.csv");
        let Some(file) = open(&path)? else { return Ok(None) };
        let name = cell(id, file, "standing").map_err(|error| unreadable(&path, &error.into()))?;
        Ok(STANDINGS.into_iter().find(|standing| name.as_deref() == Some(standing.name())))
    }

    /// What changed for a person.
    pub(crate) fn change(&self, id: Id<'_>) -> Result<Option<Change>, Unreadable> {
        let path = self.0.join("changes.csv");
        let Some(file) = open(&path)? else { return Ok(None) };
        change_of(id, file).map_err(|error| unreadable(&path, &error))
    }

    /// The records of a person that were quarantined.
    pub(crate) fn quarantined(&self, id: Id<'_>) -> Result<Vec<Quarantined>, Unreadable> {
        let path = self.0.join("quarantine.csv");
        let Some(file) = open(&path)? else { return Ok(Vec::new()) };
        quarantined(id, file).map_err(|error| unreadable(&path, &error.into()))
    }
}

const STANDINGS: [Standing; 4] =
    [Standing::Assessed, Standing::Gone, Standing::Quarantined, Standing::WithoutConsent];

/// What stands in a column of the row of a person.
fn cell(id: Id<'_>, file: File, column: &str) -> csv::Result<Option<String>> {
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers()?;
    let place = |name| header.iter().position(|other| other == name);
    let (Some(ids), Some(cells)) = (place("id"), place(column)) else { return Ok(None) };
    for row in reader.into_records() {
        let row = row?;
        if row.get(ids) == Some(id.as_str()) {
            return Ok(row.get(cells).map(str::to_owned));
        }
    }
    Ok(None)
}

/// A file that runs of earlier versions do not have.
fn open(path: &Path) -> Result<Option<File>, Unreadable> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Finds the line of a person. Only a line that holds the id is parsed.
fn find(id: Id<'_>, mut lines: impl BufRead, path: &Path) -> Result<Option<Flagged>, Unreadable> {
    // An id needs no escape in JSON, so this is how a line has it.
    let key = format!("\"id\":\"{}\"", id.as_str());
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if lines.read_until(b'\n', &mut text).map_err(|error| unreadable(path, &error))? == 0 {
            break;
        }
        if !text.windows(key.len()).any(|part| part == key.as_bytes()) {
            continue;
        }
        let flagged = Flagged::read(&text).ok_or_else(|| {
            let path = path.display();
            Unreadable(format!(
                "{path} cannot be read: line {line} is broken or of another version"
            ))
        })?;
        if flagged.id == id.as_str() {
            return Ok(Some(flagged));
        }
    }
    Ok(None)
}

fn quarantined(id: Id<'_>, file: File) -> csv::Result<Vec<Quarantined>> {
    let mut reader = csv::Reader::from_reader(file);
    let mut found = Vec::new();
    for row in reader.deserialize() {
        let (source, line, of, kind): (String, String, String, String) = row?;
        if of == id.as_str() {
            found.push(Quarantined { source, line, kind });
        }
    }
    Ok(found)
}

fn unreadable(path: &Path, error: &io::Error) -> Unreadable {
    let why = match error.kind() {
        io::ErrorKind::InvalidData => "it is not what a run writes".to_owned(),
        // So the errors of `csv` come out.
        io::ErrorKind::Other => "reading it fails".to_owned(),
        _ => in_words(error),
    };
    Unreadable(format!("{} cannot be read: {why}", path.display()))
}
