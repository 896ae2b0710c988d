//! The files of a run that lie beside its receipt.

use super::{CARRIED, ReceiptBefore, lines};
use crate::digest::Digested;
use crate::error::{Cause, Error};
use crate::publish::is_plain;
use crate::source::shown;
use overdose_risk_json::Flagged;
use std::fs::File;
use std::io;
use std::path::Path;

/// What lies beside a receipt of the files that its run wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Beside {
    /// How many files the run wrote.
    pub wrote: usize,
    /// How many of them lie beside the receipt, whatever is in them.
    pub there: usize,
    /// The names of those that are not what the run wrote.
    pub altered: Vec<String>,
}

impl ReceiptBefore {
    /// Holds the files that lie beside the receipt against what it says of them.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub fn beside(&self) -> Result<Beside, Error> {
        let mut beside = Beside { wrote: self.outputs.len(), ..Beside::default() };
        for output in &self.outputs {
            if !is_plain(&output.name) {
                // No run wrote a file of that name, and a path could lead anywhere.
                beside.altered.push(shown(Path::new(&output.name)));
                continue;
            }
            let path = self.folder.join(&output.name);
            match sha256(&path) {
                Ok(sha256) => {
                    beside.there += 1;
                    if sha256 != output.sha256 {
                        beside.altered.push(output.name.clone());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Cause::Open { path: shown(&path), error }.into()),
            }
        }
        Ok(beside)
    }

    /// What earlier runs said of those whom the run carried; `None` where its `carried.ndjson` does
    /// not lie beside the receipt, or is not what the run wrote.
    pub fn carried(&self) -> Option<Vec<Flagged>> {
        let was = self.sha256_of(CARRIED)?;
        let (found, sha256) = lines(&self.folder.join(CARRIED), &|_| true).ok()?;
        (sha256 == was).then(|| found.into_iter().map(|(_, flagged)| flagged).collect())
    }
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut bytes = Digested::new(File::open(path)?);
    io::copy(&mut bytes, &mut io::sink())?;
    Ok(bytes.finish().2)
}
