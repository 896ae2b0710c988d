//! The run before: what it said of everybody, and what has become of them today.

use crate::Job;
use crate::digest::Digested;
use crate::error::{Cause, Error, PreviousFault};
use crate::index::IdIndex;
use crate::run_name::{self, RunName};
use crate::source::shown;
use overdose_risk_intake::Id;
use overdose_risk_json::Flagged;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

mod beside;
mod receipt;
mod said;

pub use beside::Beside;
pub(crate) use receipt::FieldBefore;
pub use receipt::ReceiptBefore;
pub(crate) use said::Said;
use said::{Occasion, Vocabulary, tier_named};

/// The people whom a run carries from the one before: lines of `flags.ndjson`.
pub(crate) const CARRIED: &str = "carried.ndjson";

/// Which run today's is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Previous {
    /// The one that `LATEST` names; where it names none, or one for a later day, the newest that is
    /// complete and for no later day.
    #[default]
    Latest,
    /// The one in this folder.
    Run(PathBuf),
    /// None.
    Nothing,
}

/// What became of somebody today whom the run before assessed or carried. The greater counts where
/// rows differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Today {
    Absent,
    Quarantined,
    WithoutConsent,
    Died,
    Assessed,
}

/// A complete run that today's is compared with.
#[derive(Debug)]
pub(crate) struct Before {
    folder: PathBuf,
    pub(crate) receipt: ReceiptBefore,
    people: IdIndex<Was>,
    vocabulary: Vocabulary,
}

#[derive(Clone, Copy, Debug)]
struct Was {
    /// The place of what was said in the vocabulary.
    said: u32,
    today: Today,
}

impl Before {
    /// The run to compare with, its receipt read; `None` where there is none.
    pub(crate) fn find(job: &Job) -> Result<Option<Self>, Error> {
        let folder = match &job.previous {
            Previous::Nothing => return Ok(None),
            Previous::Run(folder) => folder.clone(),
            Previous::Latest => match latest(job).map_err(|why| fault(&job.out, why))? {
                Some(run) => job.out.join(run.to_string()),
                None => return Ok(None),
            },
        };
        let receipt = ReceiptBefore::read(&folder).map_err(|why| fault(&folder, why))?;
        let (people, vocabulary) = (IdIndex::new(), Vocabulary::new());
        Ok(Some(Self { folder, receipt, people, vocabulary }))
    }

    /// The name of its folder.
    pub(crate) fn name(&self) -> String {
        self.folder.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned())
    }

    /// Reads what it said of everybody, those whom it carried included. Nobody has been seen today.
    pub(crate) fn read_people(&mut self) -> Result<(), Error> {
        (self.people, self.vocabulary) = (IdIndex::new(), Vocabulary::new());
        let on = Occasion { as_of: self.receipt.as_of(), policy: self.receipt.policy().into() };
        let (people, vocabulary) = (&mut self.people, &mut self.vocabulary);
        let read = each_flag(&self.folder, &self.receipt, &mut |id, tier, reasons| {
            let said = vocabulary.place(&on, tier, reasons)?;
            people.insert(id, Was { said, today: Today::Absent });
            Ok(())
        });
        read.map_err(|why| fault(&self.folder, why))?;
        for (_, flagged) in self.carried()? {
            let levels = flagged.reasons.iter().map(|one| (&*one.factor, &*one.level));
            let on = Occasion { as_of: flagged.as_of, policy: flagged.policy.into() };
            let said = self.vocabulary.place_of(&on, flagged.tier, levels);
            let said = said.map_err(|why| fault(&self.folder, why))?;
            if let Ok(id) = Id::read(flagged.id.as_bytes()) {
                self.people.insert(id, Was { said, today: Today::Absent });
            }
        }
        Ok(())
    }

    /// What it said of this person.
    pub(crate) fn said(&self, id: Id<'_>) -> Option<Said<'_>> {
        self.vocabulary.said(self.people.get(id)?.said)
    }

    /// That today this became of somebody.
    pub(crate) fn saw(&mut self, id: Id<'_>, today: Today) {
        if let Some(was) = self.people.get_mut(id) {
            was.today = was.today.max(today);
        }
    }

    /// What became today of somebody.
    pub(crate) fn today(&self, id: Id<'_>) -> Today {
        self.people.get(id).map_or(Today::Absent, |was| was.today)
    }

    /// Everybody whom it assessed and today's run did not, in its order.
    pub(crate) fn each_missing(
        &self,
        missing: &mut dyn FnMut(Id<'_>, Said<'_>, Today) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut failed = None;
        let read = each_flag(&self.folder, &self.receipt, &mut |id, _, _| {
            let today = self.today(id);
            if today < Today::Assessed
                && failed.is_none()
                && let Some(said) = self.said(id)
            {
                failed = missing(id, said, today).err();
            }
            Ok(())
        });
        read.map_err(|why| fault(&self.folder, why))?;
        failed.map_or(Ok(()), Err)
    }

    /// The lines of `flags.ndjson` of the people whom `wanted` names, with what they say.
    pub(crate) fn flags_of(
        &self,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<(Vec<u8>, Flagged)>, Error> {
        self.lines("flags.ndjson", wanted)
    }

    /// The same of those whom it carried from the run before it.
    pub(crate) fn carried(&self) -> Result<Vec<(Vec<u8>, Flagged)>, Error> {
        if self.receipt.sha256_of(CARRIED).is_none() {
            return Ok(Vec::new());
        }
        self.lines(CARRIED, &|_| true)
    }

    fn lines(
        &self,
        name: &'static str,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<(Vec<u8>, Flagged)>, Error> {
        let (found, sha256) =
            lines(&self.folder.join(name), wanted).map_err(|_| self.altered(name))?;
        if self.receipt.sha256_of(name) != Some(&*sha256) {
            return Err(self.altered(name));
        }
        Ok(found)
    }

    /// That one of its outputs is not what it was.
    pub(crate) fn altered(&self, output: &'static str) -> Error {
        fault(&self.folder, PreviousFault::Altered(output))
    }

    /// One of its outputs, if it has it.
    pub(crate) fn read(&self, name: &'static str) -> Result<Option<Vec<u8>>, Error> {
        let Some(sha256) = self.receipt.sha256_of(name) else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = File::open(self.folder.join(name)).and_then(|file| {
            let mut file = Digested::new(file);
            file.read_to_end(&mut bytes)?;
            Ok(file.finish().2)
        });
        if read.is_ok_and(|read| read == sha256) {
            Ok(Some(bytes))
        } else {
            Err(self.altered(name))
        }
    }
}

/// The run that `LATEST` names, or else the newest one for no later day.
fn latest(job: &Job) -> Result<Option<RunName>, PreviousFault> {
    let named = crate::publish::latest(&job.out).map_err(|_| PreviousFault::Latest)?;
    if named.is_some_and(|run| run.as_of <= job.as_of) {
        return Ok(named);
    }
    let runs = run_name::complete(&job.out).map_err(|_| PreviousFault::Latest)?;
    Ok(runs.into_iter().rfind(|run| run.as_of <= job.as_of))
}

/// That a run before, or which one it is, cannot be used.
pub(crate) fn fault(folder: &Path, why: PreviousFault) -> Error {
    Cause::Previous { folder: shown(folder), why }.into()
}

/// The beginning of a line, for finding whose it is.
#[derive(serde::Deserialize)]
struct OnlyId<'l> {
    id: &'l str,
}

/// The lines of a file of flags that are of wanted people, with what they say; and its SHA-256.
fn lines(
    path: &Path,
    wanted: &dyn Fn(&str) -> bool,
) -> io::Result<(Vec<(Vec<u8>, Flagged)>, String)> {
    let mut file = BufReader::with_capacity(1 << 16, Digested::new(File::open(path)?));
    let (mut line, mut found) = (Vec::new(), Vec::new());
    while file.read_until(b'\n', &mut line)? > 0 {
        if wanted(serde_json::from_slice::<OnlyId<'_>>(&line)?.id) {
            let flagged = Flagged::read(&line).ok_or(io::ErrorKind::InvalidData)?;
            found.push((line.clone(), flagged));
        }
        line.clear();
    }
    Ok((found, file.into_inner().finish().2))
}

/// Reads `flags.csv` of a run: of each person the id, the tier and the reasons. What was taken is void
/// where it fails, as it does at the end where the file is not what the run wrote.
fn each_flag(
    folder: &Path,
    receipt: &ReceiptBefore,
    take: &mut dyn FnMut(Id<'_>, overdose_risk::Tier, &str) -> Result<(), PreviousFault>,
) -> Result<(), PreviousFault> {
    let altered = || PreviousFault::Altered("flags.csv");
    let file = File::open(folder.join("flags.csv")).map_err(|_| altered())?;
    let mut rows =
        csv::ReaderBuilder::new().buffer_capacity(1 << 16).from_reader(Digested::new(file));
    let headers = rows.headers().map_err(|_| altered())?;
    let places = ["id", "tier", "reasons"].map(|name| headers.iter().position(|one| one == name));
    let [Some(id), Some(tier), Some(reasons)] = places else { return Err(altered()) };
    let mut row = csv::StringRecord::new();
    while rows.read_record(&mut row).map_err(|_| altered())? {
        let cell = |place: usize| row.get(place).ok_or_else(altered);
        let id = Id::read(cell(id)?.as_bytes()).map_err(|_| altered())?;
        let tier = tier_named(cell(tier)?).ok_or_else(altered)?;
        take(id, tier, cell(reasons)?)?;
    }
    let (_, _, sha256) = rows.into_inner().finish();
    if receipt.sha256_of("flags.csv") == Some(&*sha256) { Ok(()) } else { Err(altered()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_rows_the_one_that_says_most_counts() {
        let before = [
            Today::Absent,
            Today::Quarantined,
            Today::WithoutConsent,
            Today::Died,
            Today::Assessed,
        ];
        assert!(before.is_sorted());
        assert_eq!(size_of::<([u8; 12], Was)>(), 20);
    }
}
