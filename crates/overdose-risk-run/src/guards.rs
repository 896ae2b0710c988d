//! What speaks against publishing a night.

use crate::before::ReceiptBefore;
use crate::notices::counted;
use crate::receipt::{Counts, Receipt};
use crate::{Job, Tolerated};
use overdose_risk::{Completeness, Fact, Field, Record};
use std::collections::BTreeMap;
use std::fmt;

/// Something that makes a night look like a fault, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    Quarantined { records: u64, of: u64, most: u8, kinds: String },
    Fewer { people: u64, before: u64, most: u8 },
    Gone { people: u64, before: u64, most: u8 },
    SameBytes { before: String },
    LostColumn { name: &'static str },
    LostDates { name: &'static str },
}

impl Doubt {
    /// Whether the job publishes all the same.
    pub(crate) fn is_tolerated(&self, job: &Job) -> bool {
        let tolerated = match self {
            Self::Quarantined { .. } | Self::Fewer { .. } | Self::Gone { .. } => return false,
            Self::SameBytes { .. } => Tolerated::Unchanged,
            Self::LostColumn { .. } => Tolerated::LostColumn,
            Self::LostDates { .. } => Tolerated::LostDates,
        };
        job.tolerate.contains(&tolerated)
    }

    /// What was found.
    pub(crate) fn fact(&self) -> String {
        match self {
            Self::Quarantined { records, of, most, kinds } => {
                format!(
                    "{records} of {of} records could not be assessed, more than {most} % ({kinds})"
                )
            }
            Self::Fewer { people, before, most } => format!(
                "{} assessed and {before} in the run before, more than {most} % fewer",
                counted(*people, "person was", "people were")
            ),
            Self::Gone { people, before, most } => {
                format!(
                    "{people} of the {before} people in the run before are gone, more than {most} %"
                )
            }
            Self::SameBytes { before } => format!(
                "the export is the same to the byte as on {before}, so it may not have been made anew"
            ),
            Self::LostColumn { name } => {
                format!("{name} was in the export of the run before and is not in this one")
            }
            Self::LostDates { name } => {
                format!("{name} had dates in the export of the run before and has none in this one")
            }
        }
    }
}

/// What was found, and which option publishes all the same.
impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let otherwise = match self {
            Self::Quarantined { .. } => "--max-quarantine sets another limit",
            Self::Fewer { .. } | Self::Gone { .. } => "--max-drop sets another limit",
            Self::SameBytes { .. } => "--allow-unchanged publishes it as of the later day",
            Self::LostColumn { .. } => "--allow-lost-column publishes without it",
            Self::LostDates { .. } => "--allow-lost-dates publishes without them",
        };
        write!(f, "{}; {otherwise}", self.fact())
    }
}

/// Everything that speaks against publishing this night, tolerated or not. `gone` counts the people whom
/// the run before assessed and who are in no row.
pub(crate) fn doubts(
    receipt: &Receipt,
    before: Option<&ReceiptBefore>,
    gone: u64,
    job: &Job,
) -> Vec<Doubt> {
    let doubt = too_many_quarantined(receipt.records, &receipt.quarantined, job);
    let mut doubts = Vec::from_iter(doubt);
    let Some(before) = before else { return doubts };
    let (people, then, most) = (receipt.tally.people(), before.people(), job.max_drop);
    if is_more_than(then.saturating_sub(people), then, most) {
        doubts.push(Doubt::Fewer { people, before: then, most });
    }
    if is_more_than(gone, then, most) {
        doubts.push(Doubt::Gone { people: gone, before: then, most });
    }
    // A service that has nobody has the same export every night.
    if people == 0 {
        return doubts;
    }
    if is_unchanged(receipt, before, job) {
        doubts.push(Doubt::SameBytes { before: before.as_of().to_string() });
    }
    let waived = |field: &Field| receipt.waived.contains(&field.name());
    let counts = receipt.tally.completeness().filter(|(field, _)| !waived(field));
    let counts: Vec<_> = counts.collect();
    let is_gone = |count: &Completeness| count.not_collected == people;
    let lost = counts.iter().filter(|(_, count)| is_gone(count)).map(|(field, _)| field.name());
    let lost = lost.filter(|name| before.had_column(name));
    let caseloads = receipt.caseloads.iter().filter(|(_, codes)| **codes == 0);
    let caseloads = caseloads.map(|(kind, _)| *kind).filter(|kind| before.had_caseloads(kind));
    doubts.extend(lost.chain(caseloads).map(|name| Doubt::LostColumn { name }));
    let is_empty = |count: &Completeness| count.known == 0 && !is_gone(count);
    let lost = counts.iter().filter(|(field, count)| is_event(*field) && is_empty(count));
    let lost = lost.map(|(field, _)| field.name()).filter(|name| before.had_known(name));
    doubts.extend(lost.map(|name| Doubt::LostDates { name }));
    doubts
}

/// That more of the records were quarantined than the job allows, if they were.
pub(crate) fn too_many_quarantined(
    records: Counts,
    by_kind: &BTreeMap<&'static str, u64>,
    job: &Job,
) -> Option<Doubt> {
    let (quarantined, of, most) =
        (records.quarantined, records.read - records.blank, job.max_quarantine);
    is_more_than(quarantined, of, most).then(|| {
        let kinds = by_kind.iter().map(|(kind, count)| format!("{kind} {count}"));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        Doubt::Quarantined { records: quarantined, of, most, kinds }
    })
}

fn is_unchanged(receipt: &Receipt, before: &ReceiptBefore, job: &Job) -> bool {
    let mut now: Vec<&str> = receipt.inputs.iter().map(|input| &*input.file.sha256).collect();
    let mut then = before.sha256_of_inputs();
    now.sort_unstable();
    then.sort_unstable();
    job.as_of > before.as_of() && now == then
}

/// Whether a part of a whole is more than so many per cent.
fn is_more_than(part: u64, whole: u64, per_cent: u8) -> bool {
    u128::from(part) * 100 > u128::from(whole) * u128::from(per_cent)
}

fn is_event(field: Field) -> bool {
    matches!(Record::default().fact(field), Fact::Event(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_more_than_a_limit_only_beyond_it() {
        for (part, whole, per_cent, is_more) in [
            (0, 0, 0, false),
            (1, 10, 10, false),
            (11, 100, 10, true),
            (10, 100, 10, false),
            (1, 9, 10, true),
            (1, u64::MAX, 0, true),
            (u64::MAX, u64::MAX, 100, false),
        ] {
            assert_eq!(is_more_than(part, whole, per_cent), is_more, "{part} of {whole}");
        }
    }
}
