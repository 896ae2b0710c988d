//! What changed for a person since the run before, and `changes.csv`.

mod read;

use chrono::NaiveDate;
use overdose_risk::{Policy, Tier};
use overdose_risk_intake::Id;
use std::fmt;
use std::io;

pub use read::change_of;

/// What became of a person since the run before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Was not assessed then.
    New,
    /// Has a more urgent tier.
    Raised,
    /// Has a less urgent tier.
    Lowered,
    /// Has the same tier for other reasons.
    SameTier,
    /// Is in the export and was not assessed.
    NotAssessed,
    /// Is not in the export.
    Gone,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Raised, Self::Lowered, Self::SameTier, Self::NotAssessed, Self::Gone];

    /// The name in outputs, for instance `same-tier`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Raised => "raised",
            Self::Lowered => "lowered",
            Self::SameTier => "same-tier",
            Self::NotAssessed => "not-assessed",
            Self::Gone => "gone",
        }
    }

    /// What it means, in a few words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::New => "not assessed then",
            Self::Raised => "a more urgent tier",
            Self::Lowered => "a less urgent tier",
            Self::SameTier => "the same tier for other reasons",
            Self::NotAssessed => "in the export, not assessed",
            Self::Gone => "in no row of the export",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A change of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What became of the person.
    pub kind: ChangeKind,
    /// The tier in the run before.
    pub from: Option<Tier>,
    /// The tier now.
    pub to: Option<Tier>,
    /// Why.
    pub because: Vec<Because>,
}

/// Why something changed. Its `Display` is the item in `changes.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The run before did not assess the person.
    FirstSeen,
    /// A factor shows another level, or opioid exposure is another.
    Moved {
        /// The factor, or `exposure`.
        what: String,
        /// What it was; `None` where the factor showed nothing.
        from: Option<String>,
        /// What it is.
        to: Option<String>,
        /// What moved it.
        by: MovedBy,
    },
    /// Another policy or another version of the program gives another tier for the same levels.
    PolicyChanged,
    /// The person is in no row of the export.
    Absent,
    /// Every row of the person that could be told was quarantined.
    Quarantined,
    /// There is no consent to this use of the person's record.
    WithoutConsent,
    /// The person has died.
    Died,
    /// No run has assessed the person for so long that they are no longer carried.
    NoLongerCarried,
    /// A review says that the person died, moved away or asked not to be contacted, so that they are no
    /// longer carried.
    EndedByReview,
}

/// What moves a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovedBy {
    /// Another fact is recorded.
    FactChanged,
    /// The same facts on a later day.
    WindowPassed,
    /// Another fact is recorded, or the policy or the program is another; nobody can tell.
    FactOrPolicyChanged,
}

impl MovedBy {
    /// Everything that can.
    pub const ALL: [Self; 3] = [Self::FactChanged, Self::WindowPassed, Self::FactOrPolicyChanged];

    /// The name in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FactChanged => "fact-changed",
            Self::WindowPassed => "window-passed",
            Self::FactOrPolicyChanged => "fact-or-policy-changed",
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FirstSeen => f.write_str("first-seen"),
            Self::Moved { what, from, to, by } => {
                let level = |level: &Option<String>| level.clone().unwrap_or_else(|| "none".into());
                write!(f, "{what}:{}:{}:{}", level(from), level(to), by.name())
            }
            Self::PolicyChanged => f.write_str("policy-changed"),
            Self::Absent => f.write_str("absent"),
            Self::Quarantined => f.write_str("quarantined"),
            Self::WithoutConsent => f.write_str("without-consent"),
            Self::Died => f.write_str("died"),
            Self::NoLongerCarried => f.write_str("no-longer-carried"),
            Self::EndedByReview => f.write_str("ended-by-review"),
        }
    }
}

/// The columns of `changes.csv`.
const HEADER: [&str; 7] = ["id", "change", "from", "to", "because", "as_of", "policy"];

/// How many of them runs of earlier versions have.
const OF_EARLIER: usize = 5;

/// Writes `changes.csv`: what became of everybody since the run before.
#[derive(Debug)]
pub struct ChangesWriter<W: io::Write> {
    writer: csv::Writer<W>,
    as_of: String,
    policy: String,
}

impl<W: io::Write> ChangesWriter<W> {
    /// Writes the header, for changes of a run as of a day by a policy.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn new(output: W, as_of: NaiveDate, policy: &Policy) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(HEADER)?;
        Ok(Self { writer, as_of: as_of.to_string(), policy: policy.to_string() })
    }

    /// Writes one person's change.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&mut self, id: Id<'_>, change: &Change) -> io::Result<()> {
        let tier = |tier: Option<Tier>| tier.map_or("", Tier::name);
        let because: Vec<String> = change.because.iter().map(Because::to_string).collect();
        let (from, to, because) = (tier(change.from), tier(change.to), because.join(";"));
        let (id, kind) = (id.as_str(), change.kind.name());
        Ok(self.writer.write_record([id, kind, from, to, &because, &self.as_of, &self.policy])?)
    }

    /// Hands back the output, everything written to it.
    ///
    /// # Errors
    ///
    /// When the rest cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}
