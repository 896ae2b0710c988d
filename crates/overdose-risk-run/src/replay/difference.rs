//! In what a replay is not as the run was.

use crate::Job;
use crate::before::ReceiptBefore;
use crate::reading::Reading;
use crate::source::shown;
use overdose_risk::Policy;
use overdose_risk_intake::Profile;
use std::fmt;
use std::path::Path;

/// Something in which a replay is not as the run was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The export had another number of files.
    Files {
        /// How many it had.
        was: usize,
        /// How many are given.
        now: usize,
    },
    /// A file has other bytes.
    Input {
        /// The base name of the file that the run read.
        was: String,
        /// Its SHA-256 in hexadecimal.
        was_sha256: String,
        /// The base name of the file that is given in its place.
        now: String,
        /// Its SHA-256 in hexadecimal.
        now_sha256: String,
    },
    /// The run was as of another day.
    AsOf {
        /// The day of the run.
        was: String,
        /// The day of the replay.
        now: String,
    },
    /// The policy is another.
    Policy {
        /// The policy of the run.
        was: String,
        /// The policy of the replay.
        now: String,
    },
    /// The receipt says of its policy what the policy made again from its own file does not.
    OfPolicy {
        /// The keys of the policy in the receipt.
        keys: Vec<&'static str>,
    },
    /// A file was read with other names of columns.
    Profile {
        /// The base name of the file that the run read.
        input: String,
        /// The profile of the run.
        was: String,
        /// The profile of the replay.
        now: String,
    },
    /// Pseudonyms were made with another key.
    OtherKey,
    /// Pseudonyms were made with a key, and none is given.
    NoKey,
    /// A key is given, and the run had none.
    NewKey,
    /// Other principal fields are waived.
    Waived {
        /// Those of the run.
        was: Vec<String>,
        /// Those of the replay.
        now: Vec<String>,
    },
    /// The version of the program is another.
    Program {
        /// The version that ran.
        was: String,
        /// The version that replays.
        now: String,
    },
    /// `flags.csv` came out with other bytes.
    Flags {
        /// Its SHA-256 in hexadecimal, as the receipt has it; `None` where it has none.
        was_sha256: Option<String>,
        /// What it is now.
        now_sha256: String,
    },
}

impl Difference {
    /// Whether nobody need be assessed: every result would be another.
    pub(crate) fn changes_everything(&self) -> bool {
        !matches!(self, Self::Program { .. } | Self::Flags { .. })
    }

    /// Whether it lies in what was given beside the export.
    pub(crate) fn is_of_the_settings(&self) -> bool {
        match self {
            Self::Files { .. } | Self::Input { .. } | Self::Flags { .. } => false,
            Self::AsOf { .. }
            | Self::Policy { .. }
            | Self::OfPolicy { .. }
            | Self::Profile { .. }
            | Self::OtherKey
            | Self::NoKey
            | Self::NewKey
            | Self::Waived { .. }
            | Self::Program { .. } => true,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files { was, now } => {
                let files = if *was == 1 { "file" } else { "files" };
                let are = if *now == 1 { "is" } else { "are" };
                write!(
                    f,
                    "the run read {was} {files} and {now} {are} given; give the same in their order"
                )
            }
            Self::Input { was, was_sha256, now, now_sha256 } => {
                write!(f, "{was} has other bytes: the run read SHA-256 {was_sha256}, and ")?;
                let now = if now == was { "it" } else { now };
                write!(f, "{now} has {now_sha256}; give the export exactly as that night read it")
            }
            Self::AsOf { was, now } => {
                write!(
                    f,
                    "the run was as of {was}, and this is as of {now}; replay it as of its own day"
                )
            }
            Self::Policy { was, now } => {
                write!(f, "the run was by the policy {was}, and this is by {now}")
            }
            Self::OfPolicy { keys } => write!(
                f,
                "the receipt says of its policy what its own policy.file does not: {}; give the \
                 run.json exactly as that night wrote it",
                keys.join(", ")
            ),
            Self::Profile { input, was, now } => write!(
                f,
                "the run read {input} with the profile {was}, and this reads it with {now}; --profile \
                 takes the name, or the mapping file that has it"
            ),
            Self::OtherKey => f.write_str(
                "the run made pseudonyms with another key; --pseudonym-key takes that one",
            ),
            Self::NoKey => f.write_str(
                "the run made pseudonyms with a key, and none is given; --pseudonym-key takes it",
            ),
            Self::NewKey => f.write_str(
                "the run made no pseudonyms, and a key is given; leave --pseudonym-key out",
            ),
            Self::Waived { was, now } => {
                let list = |fields: &[String]| match fields {
                    [] => "no principal field".to_owned(),
                    fields => fields.join(", "),
                };
                write!(f, "the run waived {}, and this waives {}", list(was), list(now))
            }
            Self::Program { was, now } => {
                write!(f, "the run was made by version {was} of the program, and this is {now}")
            }
            Self::Flags { was_sha256: Some(was), now_sha256: now } => {
                write!(
                    f,
                    "flags.csv comes out with other bytes: SHA-256 {was} then, {now} now; give the \
                     run.json exactly as that night wrote it"
                )
            }
            Self::Flags { was_sha256: None, .. } => f.write_str("the run wrote no flags.csv"),
        }
    }
}

/// What can be told before anybody is assessed, given the name and the SHA-256 of each file.
pub(super) fn before_reading(
    job: &Job,
    policy: &Policy,
    receipt: &ReceiptBefore,
    inputs: &[(String, String)],
) -> Vec<Difference> {
    let mut differences = Vec::new();
    if receipt.inputs.len() != inputs.len() {
        differences.push(Difference::Files { was: receipt.inputs.len(), now: inputs.len() });
    }
    let other = receipt.inputs.iter().zip(inputs).filter(|(was, (_, now))| was.sha256 != *now);
    differences.extend(other.map(|(was, (now, now_sha256))| Difference::Input {
        was: plain(&was.name),
        was_sha256: plain(&was.sha256),
        now: now.clone(),
        now_sha256: now_sha256.clone(),
    }));
    if receipt.as_of() != job.as_of {
        let (was, now) = (receipt.as_of().to_string(), job.as_of.to_string());
        differences.push(Difference::AsOf { was, now });
    }
    let (was, now) = (receipt.policy(), policy.to_string());
    if was != now {
        differences.push(Difference::Policy { was: plain(&was), now });
    } else {
        let keys = receipt.unlike(policy);
        differences.extend((!keys.is_empty()).then_some(Difference::OfPolicy { keys }));
    }
    // What is found by looking at the header is compared when it has been looked at.
    let now = job.profile.name();
    let is_found = |was: &str| {
        matches!(job.profile, Profile::Auto) && ["auto", "native", "ndtms"].contains(&was)
    };
    let other = receipt.inputs.iter().filter(|was| was.profile != now && !is_found(&was.profile));
    differences.extend(other.map(|was| Difference::Profile {
        input: plain(&was.name),
        was: plain(&was.profile),
        now: now.to_owned(),
    }));
    let key = job.key.as_ref().map(|key| key.fingerprint());
    differences.extend(match (&receipt.pseudonym_key, key) {
        (Some(was), Some(now)) if *was != now => Some(Difference::OtherKey),
        (Some(_), None) => Some(Difference::NoKey),
        (None, Some(_)) => Some(Difference::NewKey),
        (Some(_), Some(_)) | (None, None) => None,
    });
    let waives = |was: &String| job.without.iter().any(|field| field.name() == was);
    if !receipt.waived.iter().all(waives) {
        let now = job.without.iter().map(|field| field.name());
        differences.push(waived(receipt, now));
    }
    if receipt.program.version != job.program.version {
        let (was, now) = (plain(&receipt.program.version), job.program.version.clone());
        differences.push(Difference::Program { was, now });
    }
    differences
}

/// What can be told only when everybody has been assessed, given the SHA-256 of `flags.csv`.
pub(super) fn after_reading(
    reading: &Reading,
    receipt: &ReceiptBefore,
    flags_sha256: &str,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let inputs = receipt.inputs.iter().zip(&reading.inputs);
    let other = inputs.filter(|(was, now)| was.profile != now.profile);
    differences.extend(other.map(|(was, now)| Difference::Profile {
        input: plain(&was.name),
        was: plain(&was.profile),
        now: now.profile.clone(),
    }));
    if receipt.waived != reading.waived {
        differences.push(waived(receipt, reading.waived.iter().copied()));
    }
    let was = receipt.sha256_of("flags.csv");
    if was != Some(flags_sha256) {
        let (was_sha256, now_sha256) = (was.map(plain), flags_sha256.to_owned());
        differences.push(Difference::Flags { was_sha256, now_sha256 });
    }
    differences
}

fn waived<'n>(receipt: &ReceiptBefore, now: impl Iterator<Item = &'n str>) -> Difference {
    let was = receipt.waived.iter().map(|field| plain(field)).collect();
    Difference::Waived { was, now: now.map(str::to_owned).collect() }
}

/// A text of a receipt in a message, without commands to a terminal.
fn plain(text: &str) -> String {
    shown(Path::new(text))
}
