//! What speaks against publishing in how much is recorded of each field.

use super::doubt::{Doubt, Share};
use super::{Over, is_more_than};
use crate::before::{FieldBefore, ReceiptBefore};
use crate::reading::Found;
use crate::receipt::Receipt;
use crate::{Job, MAX_DROP};
use overdose_risk::{Completeness, Fact, Field, Record};
use overdose_risk_intake::{Column, Principal, ProblemKind};
use std::fmt;

/// From so many unreadable cells on, a field that can hardly be read refuses the night. It is a
/// judgement: fewer may be slips of one hand.
const MANY_UNREADABLE: u64 = 10;

/// From so many known values on, it counts that more than half of them are gone. It is a judgement: of
/// fewer, half may have gone of themselves.
const MANY_KNOWN: u64 = 10;

/// A field of which more than half of the filled cells cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HardlyRead {
    pub(crate) field: Field,
    unread: Unread,
    filled: u64,
}

/// The cells of a field that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unread {
    cells: u64,
    first: Option<Found>,
    remedy: &'static str,
}

/// A field that has lost its values since the run before, or most of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LostValues {
    field: Field,
    known: Share,
    before: Share,
    unread: Unread,
    /// Cells that can be read and cannot be true.
    contradictory: u64,
}

/// What there is to doubt of any field. Of a field that has lost its values, it is not said as well that
/// it can hardly be read.
pub(super) fn doubts(receipt: &Receipt, before: Option<&ReceiptBefore>, job: &Job) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for (field, now) in receipt.tally.completeness() {
        if receipt.waived.contains(&field.name()) {
            continue;
        }
        doubts.extend(before.and_then(|before| lost_column(receipt, before, (field, now), job)));
        let lost = before.and_then(|before| lost_values(receipt, before, (field, now)));
        doubts.extend(match lost {
            Some(lost) => Some(Doubt::LostValues(lost)),
            None => HardlyRead::of(receipt, field, now)
                .filter(|field| field.unread.cells >= MANY_UNREADABLE)
                .map(Doubt::Unreadable),
        });
    }
    doubts
}

/// The fields that can hardly be read.
pub(crate) fn hardly_read(receipt: &Receipt) -> impl Iterator<Item = HardlyRead> {
    let fields = receipt.tally.completeness();
    fields.filter_map(|(field, now)| HardlyRead::of(receipt, field, now))
}

/// That nobody has a field any more, or that it is gone for more of the people than may be gone
/// themselves.
fn lost_column(
    receipt: &Receipt,
    before: &ReceiptBefore,
    (field, now): (Field, Completeness),
    job: &Job,
) -> Option<Doubt> {
    let (name, was) = (field.name(), before.field(field.name()));
    let (people, then) = (receipt.tally.people(), before.people());
    if was.collected() == 0 {
        return None;
    }
    if now.not_collected == people {
        return Some(Doubt::LostColumn { name });
    }
    // Of as many people as there are today, so many were without it.
    let without = now.not_collected.saturating_mul(then);
    let more = without.saturating_sub(was.not_collected.saturating_mul(people));
    let over = Over::of(more, people.saturating_mul(then), job.max_drop, MAX_DROP)?;
    let without = Share { people: now.not_collected, of: people };
    let before = Share { people: was.not_collected, of: then };
    Some(Doubt::PartOfColumn { name, without, before, over })
}

fn lost_values(
    receipt: &Receipt,
    before: &ReceiptBefore,
    (field, now): (Field, Completeness),
) -> Option<LostValues> {
    let was = before.field(field.name());
    if !has_lost_values(was, now) {
        return None;
    }
    let kinds = [ProblemKind::Contradictory, ProblemKind::RowsDisagree];
    Some(LostValues {
        field,
        known: Share { people: now.known, of: receipt.tally.people() },
        before: Share { people: was.known, of: before.people() },
        unread: Unread::of(receipt, field),
        contradictory: kinds.into_iter().map(|kind| problems(receipt, field, kind)).sum(),
    })
}

/// Whether nobody has a value any more, or fewer than half as many as before, of as many people who could
/// have one.
fn has_lost_values(was: FieldBefore, now: Completeness) -> bool {
    let collected = now.known + now.none_recorded + now.unknown;
    if was.known == 0 || collected == 0 {
        return false;
    }
    let [known, known_then, collected, collected_then] =
        [now.known, was.known, collected.min(was.collected()), was.collected()].map(u128::from);
    let is_less_than_half = known * 2 * collected_then < known_then * collected;
    now.known == 0 || (was.known >= MANY_KNOWN && is_less_than_half)
}

impl HardlyRead {
    fn of(receipt: &Receipt, field: Field, now: Completeness) -> Option<Self> {
        let unread = Unread::of(receipt, field);
        let filled = unread.cells + now.known;
        is_more_than(unread.cells, filled, 50).then_some(Self { field, unread, filled })
    }

    /// What its unreadable cells are not.
    fn what(&self) -> &'static str {
        match Record::default().fact(self.field) {
            Fact::Event(_) | Fact::Date(_) => "no date that can be read",
            Fact::Age(_) => "no age that can be read",
            Fact::OpioidUse(_)
            | Fact::Ost(_)
            | Fact::Naloxone(_)
            | Fact::Injecting(_)
            | Fact::YesNo(_)
            | Fact::Housing(_)
            | Fact::CaseStatus(_) => "no word that is known",
        }
    }
}

/// `79 of 79 filled cells are no date that can be read`, where the first stands, and what to write.
impl fmt::Display for HardlyRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field: _, unread, filled } = self;
        write!(f, "{} of {filled} filled cells are {}", unread.cells, self.what())?;
        unread.write_end(f)
    }
}

impl Unread {
    fn of(receipt: &Receipt, field: Field) -> Self {
        let kind = ProblemKind::Unreadable;
        let firsts = &receipt.aside.firsts.problems;
        let mut columns = columns_of(field).into_iter();
        Self {
            cells: problems(receipt, field, kind),
            first: columns.find_map(|column| firsts.get(&format!("{column}:{kind}"))).cloned(),
            remedy: remedy(receipt, field),
        }
    }

    /// Where the first of them stands, and what to write in their place.
    fn write_end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = &self.first {
            write!(f, ", the first on {first}")?;
        }
        write!(f, ". {}", self.remedy)
    }
}

/// What became of the values, with both counts.
impl fmt::Display for LostValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, known, before, unread, contradictory } = self;
        let (then, unreadable) = (before.people, unread.cells);
        let filled = unreadable + contradictory;
        if known.people > 0 {
            write!(f, "{field} is known of {} of {} people, and was of ", known.people, known.of)?;
            write!(f, "{then} of {} in the run before", before.of)?;
        } else if filled == 0 {
            write!(
                f,
                "{field}: all cells are blank or say none or unknown, and {then} had a value "
            )?;
            write!(f, "in the run before")?;
        } else if *contradictory == 0 {
            write!(
                f,
                "{field}: none of {filled} filled cells can be read, and {then} could in the "
            )?;
            write!(f, "run before")?;
        } else {
            write!(
                f,
                "{field}: none of {filled} filled cells can be used, and {then} could in the "
            )?;
            write!(f, "run before; {contradictory} contradict the day or other facts")?;
        }
        match (known.people, unreadable) {
            (_, 0) => Ok(()),
            (0, _) if *contradictory == 0 => unread.write_end(f),
            _ => {
                write!(f, "; {unreadable} cannot be read")?;
                unread.write_end(f)
            }
        }
    }
}

/// How many cells, or facts of people with several rows, of a field have a problem of a kind.
pub(crate) fn problems(receipt: &Receipt, field: Field, kind: ProblemKind) -> u64 {
    let count = |column: Column| receipt.problems.get(&format!("{column}:{kind}")).copied();
    columns_of(field).into_iter().filter_map(count).sum()
}

/// The columns that say a field.
fn columns_of(field: Field) -> Vec<Column> {
    if field == Field::Age {
        return Principal::Age.columns().to_vec();
    }
    vec![Column::Fact(field)]
}

/// What to do about cells of a field that cannot be read.
fn remedy(receipt: &Receipt, field: Field) -> &'static str {
    if receipt.inputs.iter().any(|input| input.profile != "native") {
        return "The program mapping counts what the profile does not take";
    }
    match Record::default().fact(field) {
        Fact::Event(_) | Fact::Date(_) => {
            "Write 2026-03-31, 20260331 or 31/03/2026, with four digits for the year and no time, or give \
             a mapping file (--profile), which takes other forms"
        }
        Fact::Age(_) => "Write whole years from 0 to 120, a band like 35-44, or a year of birth",
        Fact::OpioidUse(_)
        | Fact::Ost(_)
        | Fact::Naloxone(_)
        | Fact::Injecting(_)
        | Fact::YesNo(_)
        | Fact::Housing(_)
        | Fact::CaseStatus(_) => {
            "See the data dictionary (fields.md), or give a mapping file (--profile)"
        }
    }
}
