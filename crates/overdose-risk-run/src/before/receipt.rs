//! What is read of the receipt of the run before.

use crate::error::PreviousFault;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What today's run is held against.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ReceiptBefore {
    schema_version: u32,
    pub(crate) program: ProgramBefore,
    policy: PolicyBefore,
    as_of: String,
    pub(crate) pseudonym_key: Option<String>,
    inputs: Vec<FileBefore>,
    people: BTreeMap<String, u64>,
    fields: BTreeMap<String, FieldBefore>,
    #[serde(default)]
    caseloads: BTreeMap<String, u64>,
    outputs: Vec<FileBefore>,
    #[serde(skip)]
    day: NaiveDate,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProgramBefore {
    pub(crate) version: String,
}

#[derive(Clone, Debug, Deserialize)]
struct PolicyBefore {
    name: String,
    version: u32,
    fingerprint: String,
}

#[derive(Clone, Debug, Deserialize)]
struct FileBefore {
    name: String,
    sha256: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct FieldBefore {
    known: u64,
    none_recorded: u64,
    unknown: u64,
}

impl ReceiptBefore {
    pub(crate) fn read(folder: &Path) -> Result<Self, PreviousFault> {
        let text = fs::read(folder.join("run.json")).map_err(|_| PreviousFault::NoReceipt)?;
        let altered = PreviousFault::Altered("run.json");
        let Ok(mut receipt) = serde_json::from_slice::<Self>(&text) else { return Err(altered) };
        if receipt.schema_version != crate::receipt::SCHEMA_VERSION {
            return Err(PreviousFault::OtherVersion);
        }
        receipt.day = receipt.as_of.parse().map_err(|_| altered)?;
        Ok(receipt)
    }

    pub(crate) fn as_of(&self) -> NaiveDate {
        self.day
    }

    /// The policy, as `name@version#fingerprint`.
    pub(crate) fn policy(&self) -> String {
        let PolicyBefore { name, version, fingerprint } = &self.policy;
        format!("{name}@{version}#{fingerprint:.12}")
    }

    /// The people assessed.
    pub(crate) fn people(&self) -> u64 {
        self.people.values().sum()
    }

    pub(crate) fn sha256_of(&self, output: &str) -> Option<&str> {
        self.outputs.iter().find(|file| file.name == output).map(|file| &*file.sha256)
    }

    /// What the export was, whatever its files were called.
    pub(crate) fn sha256_of_inputs(&self) -> Vec<&str> {
        self.inputs.iter().map(|file| &*file.sha256).collect()
    }

    /// Whether somebody's record had a place for this field.
    pub(crate) fn had_column(&self, field: &str) -> bool {
        self.fields
            .get(field)
            .is_some_and(|count| count.known + count.none_recorded + count.unknown > 0)
    }

    /// Whether somebody had a known value, of an event a date.
    pub(crate) fn had_known(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|count| count.known > 0)
    }

    /// Whether the export named caseloads of this kind.
    pub(crate) fn had_caseloads(&self, kind: &str) -> bool {
        self.caseloads.get(kind).is_some_and(|codes| *codes > 0)
    }
}
