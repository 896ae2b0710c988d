//! The receipt of a run: `run.json`.

use crate::digest::Digested;
use crate::reading::Reading;
use crate::{Job, Progress};
use chrono::NaiveDate;
use overdose_risk::{Policy, Tally};
use overdose_risk_csv::Opening;
use overdose_risk_intake::{Layout, NearMiss, Quarantine};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::num::NonZeroUsize;
use std::ops::AddAssign;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

mod night;
mod policy;
pub(crate) use night::Aside;
pub use night::{NotUsed, PreviousRecord, ReviewsRecord, WorklistRecord};
pub use policy::{AlertRecord, PolicyRecord};

/// The version of the receipt's shape.
pub(crate) const SCHEMA_VERSION: u32 = 1;

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
    policy: PolicyRecord,
    as_of: String,
    /// By which two runs can tell whether their pseudonyms were made with the same key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pseudonym_key: Option<String>,
    /// Whether the whole export was read.
    pub complete: bool,
    /// The files of the export.
    pub inputs: Vec<InputRecord>,
    /// What became of the records, adding up.
    pub records: Counts,
    /// Of those that were merged, how many said nothing that the rows before did not say, as where a
    /// row stands there twice.
    pub merged_saying_nothing_new: u64,
    /// Quarantined records by kind.
    pub quarantined: BTreeMap<&'static str, u64>,
    /// People of whom one row could be read and another was quarantined, which may say more of them.
    pub partly_read: u64,
    /// Facts that could not be used, by column and kind.
    pub problems: BTreeMap<String, u64>,
    /// The run that it was compared with, if there was one.
    pub previous: Option<PreviousRecord>,
    /// People by what became of them since that run; empty where nobody was compared.
    pub changes: BTreeMap<&'static str, u64>,
    /// How many are no longer carried, since nobody has assessed them for 28 days.
    pub no_longer_carried: u64,
    /// How many are no longer carried, since a review says that they died, moved away or asked not to be
    /// contacted.
    pub carrying_ended_by_review: u64,
    /// The worklist of everybody.
    pub worklist: WorklistRecord,
    /// The reviews, where a file of them was given or the run before kept some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviews: Option<ReviewsRecord>,
    /// How many services, teams and workers the export names.
    pub caseloads: BTreeMap<&'static str, u64>,
    /// The latest day on which something happened to anybody.
    #[serde(serialize_with = "as_text")]
    pub newest_date: Option<NaiveDate>,
    /// What whoever reads the worklist has to know first.
    pub notices: Vec<String>,
    /// What the assessments come to, in fields of the receipt's own.
    #[serde(flatten)]
    pub tally: Tally,
    /// Principal fields that the export lacks: nobody could be assessed for them.
    pub waived: Vec<&'static str>,
    /// What the program answered.
    pub exit_code: u8,
    /// Every file but the receipt.
    pub outputs: Vec<FileRecord>,
    /// What may differ between two runs of the same input.
    #[serde(rename = "run")]
    pub times: RunTimes,
    /// What goes into the notices alone.
    #[serde(skip)]
    pub(crate) aside: Aside,
}

/// A file of an export, and what became of its records.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InputRecord {
    /// The file.
    #[serde(flatten)]
    pub file: FileRecord,
    /// Its format: `csv`, `json` or `ndjson`.
    pub format: &'static str,
    /// What its columns are called: `native`, `ndtms`, or the name of a mapping.
    pub profile: String,
    /// Its encoding, where it is CSV: `utf-8`, `utf-16le` or `utf-16be`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    /// What separates its columns, where it is CSV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Where it breaks off, if it does. Nobody after that was assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaks_off: Option<String>,
    /// What became of its records, adding up.
    pub records: Counts,
    /// What became of its bytes, adding up, where it is CSV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_by_kind: Option<ByteCounts>,
    /// The positions of its columns that are not read, from 1. Keys of JSON count in the order in
    /// which they first appear.
    pub unread_columns: Vec<usize>,
    /// Its headers that are not read and almost name a column that it lacks.
    pub near_misses: Vec<NearMissRecord>,
}

impl InputRecord {
    /// A file of which no record has been read.
    pub(crate) fn begin(
        name: &str,
        format: &'static str,
        profile: &str,
        opening: Option<Opening>,
    ) -> Self {
        let file = FileRecord { name: name.to_owned(), bytes: 0, sha256: String::new() };
        let blank = opening.map_or(0, |opening| opening.blank_lines);
        Self {
            file,
            format,
            profile: profile.to_owned(),
            encoding: opening.map(|opening| opening.encoding.name()),
            delimiter: opening.map(|opening| opening.delimiter),
            breaks_off: None,
            records: Counts { read: blank, blank, ..Counts::default() },
            bytes_by_kind: opening.map(ByteCounts::from),
            unread_columns: Vec::new(),
            near_misses: Vec::new(),
        }
    }

    /// Counts a record, and how many bytes it took.
    pub(crate) fn add(&mut self, became: Became, bytes: u64) {
        let records = &mut self.records;
        records.read += 1;
        *match became {
            Became::Assessed => &mut records.assessed,
            Became::Died => &mut records.died,
            Became::Merged => &mut records.merged,
            Became::WithoutConsent => &mut records.without_consent,
            Became::Quarantined(_) => &mut records.quarantined,
            Became::Blank => &mut records.blank,
        } += 1;
        if let Some(by_kind) = &mut self.bytes_by_kind {
            *match became {
                Became::Assessed | Became::Died | Became::Merged | Became::WithoutConsent => {
                    &mut by_kind.records
                }
                Became::Quarantined(_) => &mut by_kind.quarantined,
                Became::Blank => &mut by_kind.blank,
            } += bytes;
        }
    }

    /// Whether the same columns of both are not read.
    pub(crate) fn reads_as_much_as(&self, other: &Self) -> bool {
        self.format == other.format
            && self.unread_columns == other.unread_columns
            && self.near_misses == other.near_misses
    }

    /// How many of its bytes have their place, where that differs from how many there are.
    pub(crate) fn unaccounted(&self) -> Option<u64> {
        let accounted = self.bytes_by_kind?.sum();
        (accounted != self.file.bytes).then_some(accounted)
    }

    pub(crate) fn set_layout(&mut self, layout: &Layout) {
        self.unread_columns = layout.unread().to_vec();
        self.near_misses = layout.near_misses().iter().map(NearMissRecord::from).collect();
    }
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    Assessed,
    Died,
    /// Put together with an earlier row of the same person.
    Merged,
    WithoutConsent,
    Quarantined(Quarantine),
    Blank,
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

impl FileRecord {
    /// A file with this content.
    pub(crate) fn of(name: &str, content: &[u8]) -> Self {
        let mut digested = Digested::new(io::sink());
        // A sink takes everything.
        let _ = digested.write_all(content);
        let (_, bytes, sha256) = digested.finish();
        Self { name: name.to_owned(), bytes, sha256 }
    }
}

/// Records by what became of them. A line that is quarantined and a blank one count as one each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// All of them: the sum of the others.
    pub read: u64,
    /// Assessed.
    pub assessed: u64,
    /// Of people who died: counted and not assessed.
    pub died: u64,
    /// Later rows of people with several, put together with the first.
    pub merged: u64,
    /// Of people without consent: counted and not assessed.
    pub without_consent: u64,
    /// Could not be assessed.
    pub quarantined: u64,
    /// Every cell blank, or nothing on the line at all.
    pub blank: u64,
}

impl Counts {
    /// How many people the records are of. Whose are quarantined, nobody knows.
    pub(crate) fn people(&self) -> u64 {
        self.assessed + self.died + self.without_consent
    }

    /// How many there are of somebody, whoever it is.
    pub(crate) fn not_blank(&self) -> u64 {
        self.read - self.blank
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        let Self { read, assessed, died, merged, without_consent, quarantined, blank } = other;
        self.read += read;
        self.assessed += assessed;
        self.died += died;
        self.merged += merged;
        self.without_consent += without_consent;
        self.quarantined += quarantined;
        self.blank += blank;
    }
}

/// The bytes of a CSV file, each in one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ByteCounts {
    /// The byte order mark.
    pub byte_order_mark: u64,
    /// A first line that names the delimiter.
    pub separator_line: u64,
    /// The header.
    pub header: u64,
    /// Records that are in none of the other places.
    pub records: u64,
    /// Records and lines that were quarantined.
    pub quarantined: u64,
    /// Blank lines, and records in which every cell is blank.
    pub blank: u64,
}

impl ByteCounts {
    /// All of them.
    fn sum(self) -> u64 {
        let Self { byte_order_mark, separator_line, header, records, quarantined, blank } = self;
        byte_order_mark + separator_line + header + records + quarantined + blank
    }
}

impl From<Opening> for ByteCounts {
    fn from(opening: Opening) -> Self {
        Self {
            byte_order_mark: opening.byte_order_mark,
            separator_line: opening.separator_line,
            header: opening.header,
            blank: opening.blank,
            ..Self::default()
        }
    }
}

/// How long a run took.
#[derive(Clone, Debug, Serialize)]
pub struct RunTimes {
    started_unix: u64,
    seconds: f64,
    threads: NonZeroUsize,
    #[serde(skip)]
    began: Instant,
}

impl RunTimes {
    pub(crate) fn start(threads: NonZeroUsize) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started_unix: since.as_secs(), seconds: 0.0, threads, began: Instant::now() }
    }

    pub(crate) fn stop(&mut self) {
        self.seconds = self.began.elapsed().as_secs_f64();
    }
}

impl Receipt {
    pub(crate) fn begin(job: &Job, policy: &Policy, times: RunTimes) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            program: job.program.clone(),
            policy: PolicyRecord::of(policy, job.as_of),
            as_of: job.as_of.to_string(),
            pseudonym_key: job.key.as_ref().map(|key| key.fingerprint()),
            complete: true,
            inputs: Vec::new(),
            records: Counts::default(),
            merged_saying_nothing_new: 0,
            quarantined: BTreeMap::new(),
            partly_read: 0,
            problems: BTreeMap::new(),
            previous: None,
            changes: BTreeMap::new(),
            no_longer_carried: 0,
            carrying_ended_by_review: 0,
            worklist: WorklistRecord::default(),
            reviews: None,
            caseloads: BTreeMap::new(),
            newest_date: None,
            notices: Vec::new(),
            tally: Tally::default(),
            waived: Vec::new(),
            exit_code: 0,
            outputs: Vec::new(),
            times,
            aside: Aside::default(),
        }
    }

    /// Says what was read.
    pub(crate) fn say(&mut self, reading: Reading) {
        self.complete = reading.is_complete();
        self.inputs = reading.inputs;
        self.records = reading.records;
        self.merged_saying_nothing_new = reading.merged_saying_nothing_new;
        self.quarantined = reading.quarantined;
        self.partly_read = reading.partly_read;
        self.problems = reading.problems;
        self.caseloads = reading.caseloads;
        self.waived = reading.waived;
        self.aside.firsts = reading.firsts;
    }

    /// How far the run has come when everything has been read.
    pub(crate) fn progress(&self) -> Progress {
        Progress::after(&self.inputs, self.records)
    }

    /// The program that ran.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The policy.
    pub fn policy(&self) -> &PolicyRecord {
        &self.policy
    }

    /// The day as of which everybody was assessed.
    pub fn as_of(&self) -> &str {
        &self.as_of
    }
}

fn as_text<S: Serializer>(day: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_without_a_place_is_noticed() {
        let mut input = InputRecord::begin("export.json", "json", "native", None);
        input.file.bytes = 12;
        assert_eq!(input.unaccounted(), None);
        input.bytes_by_kind = Some(ByteCounts { header: 7, ..ByteCounts::default() });
        input.add(Became::Assessed, 1);
        input.add(Became::Died, 1);
        input.add(Became::Quarantined(Quarantine::FieldCount), 1);
        assert_eq!(input.unaccounted(), Some(10));
        input.add(Became::Blank, 2);
        assert_eq!(input.unaccounted(), None);
        assert_eq!(input.bytes_by_kind.unwrap().records, 2);
    }
}
