//! The receipt of a run: `run.json`.

use crate::error::ExportError;
use chrono::NaiveDate;
use overdose_risk::{Policy, Tally};
use overdose_risk_intake::NearMiss;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The version of the receipt's shape.
const SCHEMA_VERSION: u32 = 1;

/// A program, as the receipt names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What was read, what became of it, what was written. All but `run` is the same for two runs of
/// the same input.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    schema_version: u32,
    program: Program,
    policy: PolicyName,
    as_of: String,
    /// Whether the whole export was read.
    pub complete: bool,
    /// Where it breaks off, if it does. Nobody after that was assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaks_off: Option<String>,
    /// The format of the export: `csv`, `json` or `ndjson`.
    pub format: &'static str,
    /// The exports.
    pub inputs: Vec<FileRecord>,
    /// What became of the records, adding up.
    pub records: Counts,
    /// Quarantined records by kind.
    pub quarantined: BTreeMap<&'static str, u64>,
    /// Facts that could not be used, by column and kind.
    pub problems: BTreeMap<String, u64>,
    /// What the assessments come to, in fields of the receipt's own.
    #[serde(flatten)]
    pub tally: Tally,
    /// Principal fields that the export lacks: nobody could be assessed for them.
    pub waived: Vec<&'static str>,
    /// The positions of the columns that are not read, from 1. Keys of JSON count in the order in
    /// which they first appear.
    pub unread_columns: Vec<usize>,
    /// Headers that are not read and almost name a column that the export lacks.
    pub near_misses: Vec<NearMissRecord>,
    /// What the program answered.
    pub exit_code: u8,
    /// Every file but the receipt.
    pub outputs: Vec<FileRecord>,
    /// What may differ between two runs of the same input.
    #[serde(rename = "run")]
    pub times: RunTimes,
}

#[derive(Clone, Debug, Serialize)]
struct PolicyName {
    name: String,
    version: u32,
}

/// A header that is not read and almost names a column that the export lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NearMissRecord {
    /// The position of the header, from 1.
    pub position: usize,
    /// The column that it may be meant to be.
    pub column: &'static str,
}

impl From<&NearMiss> for NearMissRecord {
    fn from(miss: &NearMiss) -> Self {
        Self { position: miss.position, column: miss.column.name() }
    }
}

/// A file that was read or written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileRecord {
    /// Its base name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Records by what became of them. A line within the quotes of another record counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// All of them: the sum of the others.
    pub read: u64,
    /// Assessed.
    pub assessed: u64,
    /// Of people who died: counted and not assessed.
    pub died: u64,
    /// Could not be assessed.
    pub quarantined: u64,
    /// Every cell blank.
    pub blank: u64,
}

/// How long a run took.
#[derive(Clone, Debug, Serialize)]
pub struct RunTimes {
    started_unix: u64,
    seconds: f64,
    threads: u32,
    #[serde(skip)]
    began: Instant,
}

impl RunTimes {
    pub(crate) fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started_unix: since.as_secs(), seconds: 0.0, threads: 1, began: Instant::now() }
    }

    pub(crate) fn stop(&mut self) {
        self.seconds = self.began.elapsed().as_secs_f64();
    }
}

impl Receipt {
    pub(crate) fn begin(program: &Program, policy: &Policy, as_of: NaiveDate) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            program: program.clone(),
            policy: PolicyName { name: policy.name().to_owned(), version: policy.version() },
            as_of: as_of.to_string(),
            complete: true,
            breaks_off: None,
            format: "",
            inputs: Vec::new(),
            records: Counts::default(),
            quarantined: BTreeMap::new(),
            problems: BTreeMap::new(),
            tally: Tally::default(),
            waived: Vec::new(),
            unread_columns: Vec::new(),
            near_misses: Vec::new(),
            exit_code: 0,
            outputs: Vec::new(),
            times: RunTimes::start(),
        }
    }

    pub(crate) fn broke_off(&mut self, error: &ExportError) {
        self.complete = false;
        self.breaks_off = Some(error.to_string());
    }

    /// The program that ran.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The policy, as `name@version`.
    pub fn policy(&self) -> String {
        format!("{}@{}", self.policy.name, self.policy.version)
    }

    /// The day as of which everybody was assessed.
    pub fn as_of(&self) -> &str {
        &self.as_of
    }
}
