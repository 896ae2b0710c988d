//! What speaks against publishing a night.

use crate::before::ReceiptBefore;
use crate::reading::Firsts;
use crate::receipt::{Counts, Receipt};
use crate::{Job, MAX_DROP};
use overdose_risk_intake::Quarantine;
use std::collections::BTreeMap;

mod doubt;
mod field;

pub(crate) use doubt::Doubt;
pub(crate) use field::{hardly_read, problems};

/// That a share is more than a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Over {
    /// The limit, in per cent.
    most: u8,
    /// Whether it is the usual one, above which the job lets more through.
    is_let_through: bool,
}

impl Over {
    /// The limit of the job that a part of a whole is over, or else the usual one.
    fn of(part: u64, whole: u64, most: u8, usually: u8) -> Option<Self> {
        if is_more_than(part, whole, most) {
            return Some(Self { most, is_let_through: false });
        }
        let is_over = is_more_than(part, whole, usually);
        is_over.then_some(Self { most: usually, is_let_through: true })
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
    let firsts = &receipt.aside.firsts;
    let doubt = too_many_quarantined(receipt.records, &receipt.quarantined, firsts, job);
    let mut doubts = Vec::from_iter(doubt);
    if let Some(before) = before {
        doubts.extend(of_people(receipt, before, gone, job));
    }
    // A service that has nobody has the same export every night.
    if receipt.tally.people() == 0 {
        return doubts;
    }
    if let Some(before) = before {
        if is_unchanged(receipt, before, job) {
            doubts.push(Doubt::SameBytes { before: before.as_of().to_string() });
        }
        let caseloads = receipt.caseloads.iter().filter(|(_, codes)| **codes == 0);
        let lost = caseloads.map(|(kind, _)| *kind).filter(|kind| before.had_caseloads(kind));
        doubts.extend(lost.map(|name| Doubt::LostColumn { name }));
    }
    doubts.extend(field::doubts(receipt, before, job));
    doubts
}

/// That there are too few people, or too many gone, of those in the run before.
fn of_people(
    receipt: &Receipt,
    before: &ReceiptBefore,
    gone: u64,
    job: &Job,
) -> impl Iterator<Item = Doubt> {
    let (people, then) = (receipt.tally.people(), before.people());
    let over = |part| Over::of(part, then, job.max_drop, MAX_DROP);
    let fewer = over(then.saturating_sub(people));
    let fewer = fewer.map(|over| Doubt::Fewer { people, before: then, over });
    let gone = over(gone).map(|over| Doubt::Gone { people: gone, before: then, over });
    [fewer, gone].into_iter().flatten()
}

/// That more of the records were quarantined than the job allows, if they were.
pub(crate) fn too_many_quarantined(
    records: Counts,
    by_kind: &BTreeMap<&'static str, u64>,
    firsts: &Firsts,
    job: &Job,
) -> Option<Doubt> {
    let (records, of, most) = (records.quarantined, records.not_blank(), job.max_quarantine);
    let kinds = || {
        let kinds = Quarantine::ALL.into_iter().filter_map(|kind| {
            let (count, first) = (by_kind.get(kind.name())?, firsts.quarantined.get(kind.name())?);
            Some(format!("{kind} {count}, first on {first}: {}", kind.remedy()))
        });
        kinds.collect::<Vec<_>>().join("; ")
    };
    is_more_than(records, of, most).then(|| Doubt::Quarantined {
        records,
        of,
        most,
        kinds: kinds(),
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
pub(crate) fn is_more_than(part: u64, whole: u64, per_cent: u8) -> bool {
    u128::from(part) * 100 > u128::from(whole) * u128::from(per_cent)
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

    #[test]
    fn a_raised_limit_lets_through_what_is_over_the_usual_one() {
        let over = |part, most| Over::of(part, 100, most, 10);
        assert_eq!(over(10, 50), None);
        assert_eq!(over(11, 50), Some(Over { most: 10, is_let_through: true }));
        assert_eq!(over(51, 50), Some(Over { most: 50, is_let_through: false }));
        assert_eq!(over(6, 5), Some(Over { most: 5, is_let_through: false }));
    }
}
