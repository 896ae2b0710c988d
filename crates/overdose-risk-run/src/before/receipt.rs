//! What is read of the receipt of an earlier run.

use crate::Job;
use crate::error::{Cause, Error, PreviousFault};
use crate::export::Format;
use crate::receipt::Program;
use crate::source::shown;
use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::{Principal, Profile};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The receipt of an earlier run, as far as another is held against it.
#[derive(Clone, Debug, Deserialize)]
pub struct ReceiptBefore {
    schema_version: u32,
    pub(crate) program: ProgramBefore,
    policy: PolicyBefore,
    as_of: String,
    pub(crate) pseudonym_key: Option<String>,
    pub(crate) inputs: Vec<InputBefore>,
    pub(crate) waived: Vec<String>,
    people: BTreeMap<String, u64>,
    #[serde(default)]
    records: CountsBefore,
    fields: BTreeMap<String, FieldBefore>,
    #[serde(default)]
    caseloads: BTreeMap<String, u64>,
    pub(super) outputs: Vec<FileBefore>,
    #[serde(skip)]
    day: NaiveDate,
    /// The people assessed.
    #[serde(skip)]
    assessed: u64,
    /// The folder that it was read from.
    #[serde(skip)]
    pub(super) folder: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProgramBefore {
    pub(crate) version: String,
}

#[derive(Clone, Debug, Deserialize)]
struct PolicyBefore {
    name: String,
    version: u32,
    /// Of an earlier version, none.
    #[serde(default)]
    fingerprint: String,
    approved_by: Option<String>,
    review_by: Option<String>,
    #[serde(default)]
    alert: Option<AlertBefore>,
    #[serde(default)]
    file: String,
}

#[derive(Clone, Debug, Deserialize)]
struct AlertBefore {
    until: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct FileBefore {
    pub(super) name: String,
    pub(super) sha256: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct InputBefore {
    pub(crate) name: String,
    pub(crate) sha256: String,
    format: String,
    pub(crate) profile: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct CountsBefore {
    died: u64,
}

/// How much of a field was recorded, in people.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct FieldBefore {
    pub(crate) known: u64,
    none_recorded: u64,
    unknown: u64,
    #[serde(default)]
    pub(crate) not_collected: u64,
}

impl FieldBefore {
    /// People whose records had a place for it.
    pub(crate) fn collected(self) -> u64 {
        self.known.saturating_add(self.none_recorded).saturating_add(self.unknown)
    }
}

impl ReceiptBefore {
    pub(crate) fn read(folder: &Path) -> Result<Self, PreviousFault> {
        let unread = |error: io::Error| {
            if error.kind() == io::ErrorKind::PermissionDenied {
                return PreviousFault::NoPermission;
            }
            if folder.is_dir() { PreviousFault::NoReceipt } else { PreviousFault::NoFolder }
        };
        Self::of(&fs::read(folder.join("run.json")).map_err(unread)?, folder)
    }

    /// Reads the receipt of a run from its `run.json`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is no receipt that this version reads.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let text = fs::read(path).map_err(|error| Cause::Open { path: shown(path), error })?;
        let folder = path.parent().unwrap_or(path);
        Ok(Self::of(&text, folder).map_err(|why| Cause::Receipt { path: shown(path), why })?)
    }

    fn of(text: &[u8], folder: &Path) -> Result<Self, PreviousFault> {
        let altered = PreviousFault::Altered("run.json");
        let Ok(mut receipt) = serde_json::from_slice::<Self>(text) else { return Err(altered) };
        if receipt.schema_version != crate::receipt::SCHEMA_VERSION {
            return Err(PreviousFault::OtherVersion);
        }
        receipt.day = receipt.as_of.parse().map_err(|_| altered)?;
        receipt.assessed = sum(receipt.people.values().copied()).ok_or(altered)?;
        receipt.folder = folder.to_owned();
        Ok(receipt)
    }

    /// What reads these files as that run read its own. A mapping, a key and what the run was told
    /// about identifiers and broken exports are not in a receipt: whoever has them puts them into
    /// the job. It names no output folder, so it publishes nothing.
    pub fn job(&self, program: Program, exports: Vec<PathBuf>) -> Job {
        let mut job = Job::new(program, exports, self.day, PathBuf::new());
        job.format = match self.of_all(|input| &input.format) {
            Some("csv") => Format::Csv,
            Some("json") => Format::Json,
            Some("ndjson") => Format::Ndjson,
            _ => Format::Auto,
        };
        job.profile = match self.of_all(|input| &input.profile) {
            Some("native") => Profile::Native,
            Some("ndtms") => Profile::Ndtms,
            _ => Profile::Auto,
        };
        let is_waived = |field: &Principal| self.waived.iter().any(|name| name == field.name());
        job.without = Principal::ALL.into_iter().filter(is_waived).collect();
        // What was published may be published again, whatever made it look like a fault.
        job.allow_empty = true;
        job.max_quarantine = 100;
        job
    }

    /// What all files of the export have in common.
    fn of_all<'r>(&'r self, of: impl Fn(&'r InputBefore) -> &'r str) -> Option<&'r str> {
        let first = of(self.inputs.first()?);
        self.inputs.iter().all(|input| of(input) == first).then_some(first)
    }

    /// The day as of which everybody was assessed.
    pub fn as_of(&self) -> NaiveDate {
        self.day
    }

    /// The policy, as `name@version#fingerprint`.
    pub fn policy(&self) -> String {
        let PolicyBefore { name, version, fingerprint, .. } = &self.policy;
        format!("{name}@{version}#{fingerprint:.12}")
    }

    /// The last day of the local warning that was in force.
    pub(crate) fn alert_until(&self) -> Option<NaiveDate> {
        self.policy.alert.as_ref()?.until.parse().ok()
    }

    /// A policy file of all in which that policy was not the default.
    pub fn policy_file(&self) -> &str {
        &self.policy.file
    }

    /// What it says of its policy, by the keys, that the policy made again from
    /// [`policy_file`](Self::policy_file) does not.
    pub fn unlike(&self, again: &Policy) -> Vec<&'static str> {
        let PolicyBefore { name, version, fingerprint, approved_by, review_by, alert: _, file: _ } =
            &self.policy;
        let settings = again.settings();
        let review = settings.review_by.map(|day| day.to_string());
        let same = [
            ("name", name == again.name()),
            ("version", *version == again.version()),
            ("fingerprint", *fingerprint == again.fingerprint().to_string()),
            ("approved_by", *approved_by == settings.approved_by),
            ("review_by", *review_by == review),
        ];
        same.into_iter().filter(|(_, is_same)| !is_same).map(|(key, _)| key).collect()
    }

    /// The people assessed.
    pub(crate) fn people(&self) -> u64 {
        self.assessed
    }

    pub(crate) fn sha256_of(&self, output: &str) -> Option<&str> {
        self.outputs.iter().find(|file| file.name == output).map(|file| &*file.sha256)
    }

    /// What the export was, whatever its files were called.
    pub(crate) fn sha256_of_inputs(&self) -> Vec<&str> {
        self.inputs.iter().map(|file| &*file.sha256).collect()
    }

    /// How much of this field was recorded: nothing where it had no such field.
    pub(crate) fn field(&self, name: &str) -> FieldBefore {
        self.fields.get(name).copied().unwrap_or_default()
    }

    /// How many people had died.
    pub(crate) fn died(&self) -> u64 {
        self.records.died
    }

    /// Whether the export named caseloads of this kind.
    pub(crate) fn had_caseloads(&self, kind: &str) -> bool {
        self.caseloads.get(kind).is_some_and(|codes| *codes > 0)
    }
}

/// What several counts come to; `None` where that is more than there can be.
fn sum(mut counts: impl Iterator<Item = u64>) -> Option<u64> {
    counts.try_fold(0_u64, u64::checked_add)
}
