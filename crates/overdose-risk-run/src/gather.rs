//! A reading of the whole export that puts the rows of each person together.

use crate::caseloads::CaseloadSets;
use crate::error::{Cause, Error, go_on};
use crate::export::Opened;
use crate::pass::TELL_EVERY;
use crate::people::{Adds, People};
use crate::receipt::InputRecord;
use crate::{Progress, Tell};
use overdose_risk_intake::Entry;

/// What all rows of everybody say, and what they were read from.
pub(crate) struct Gathered {
    pub(crate) people: People,
    pub(crate) caseloads: CaseloadSets,
    /// How many rows said nothing that the rows before them did not say.
    pub(crate) saying_nothing_new: u64,
    sha256: Vec<String>,
}

impl Gathered {
    /// Whether the second reading was of the same bytes.
    pub(crate) fn check(&self, inputs: &[InputRecord]) -> Result<(), Error> {
        let changed =
            inputs.iter().zip(&self.sha256).find(|(input, first)| input.file.sha256 != **first);
        match changed {
            Some((input, _)) => Err(Cause::Changed { name: input.file.name.clone() }.into()),
            None => Ok(()),
        }
    }
}

/// Reads every row of a person. What cannot be read is left to the second reading, which says so.
pub(crate) fn gather(exports: Vec<Opened>, progress: Tell<'_>) -> Result<Gathered, Error> {
    let size = exports.iter().map(|export| export.size).sum();
    let mut gathered = Gathered {
        people: People::new(),
        caseloads: CaseloadSets::default(),
        saying_nothing_new: 0,
        sha256: Vec::new(),
    };
    let (mut bytes_before, mut records, mut people) = (0, 0_u64, 0);
    for mut export in exports {
        loop {
            let entry = match export.read(&mut |_| {}) {
                Ok(Some(row)) => row.entry,
                Ok(None) => break,
                Err(error) if error.is_broken() => break,
                Err(error) => return Err(Cause::Export { name: export.name, error }.into()),
            };
            if let Entry::Person(person) = entry {
                match gathered.people.add(&person, &mut gathered.caseloads) {
                    Adds::Person => people += 1,
                    Adds::Facts => {}
                    Adds::Nothing => gathered.saying_nothing_new += 1,
                }
            }
            records += 1;
            if records.is_multiple_of(TELL_EVERY) {
                let bytes = bytes_before + export.bytes_read();
                go_on(progress(Progress { bytes, size, records, people }))?;
            }
        }
        let (bytes, sha256) = export.finish()?;
        bytes_before += bytes;
        gathered.sha256.push(sha256);
    }
    Ok(gathered)
}
