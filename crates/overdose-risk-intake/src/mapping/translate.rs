//! One row of an export, in the words of a native one.

use super::date;
use super::normal::{is_blank, is_space, normal};
use super::target::{Kind, Target};
use super::{Mapping, Rule};
use crate::column::Column;
use crate::person::{Id, state_of};
use crate::problem::{Problem, ProblemKind};
use crate::text;
use chrono::NaiveDate;
use overdose_risk::{Age, State, Unknown};
use std::borrow::Cow;
use std::fmt;

/// What no column can say, and what is no id.
const UNREADABLE: &[u8] = b"{}";

/// A row in native text: what a native export would have in each of its columns.
pub struct Translated<'a> {
    texts: [Option<Cow<'a, [u8]>>; Column::COUNT],
}

impl Translated<'_> {
    /// The text of a column; `None` where the export has no place for it.
    pub fn get(&self, column: Column) -> Option<&[u8]> {
        self.texts.get(column.index())?.as_deref()
    }
}

/// Says nothing of what has been read.
impl fmt::Debug for Translated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Translated").finish_non_exhaustive()
    }
}

impl Mapping {
    /// The native text of a row. `cells` gives the text in a slot, or `None` where the export, or
    /// this record of it, has no such column.
    ///
    /// Of several sources the first that says something known counts. Where none does, the first in
    /// which somebody wrote why does, and a blank only if all are blank.
    ///
    /// `problem` hears of what the text can no longer say: a date of birth that nobody can have, and
    /// a cell that could not be used and was passed over for a later one. A cell that cannot be read
    /// stays unreadable, so that [`read_person`](crate::read_person) tells of it.
    pub fn translate<'a>(
        &'a self,
        cells: &impl Fn(usize) -> Option<&'a [u8]>,
        as_of: NaiveDate,
        problem: &mut impl FnMut(Problem),
    ) -> Translated<'a> {
        let mut texts = [const { None }; Column::COUNT];
        for (column, text) in Column::all().zip(&mut texts) {
            *text = if column == Column::Id {
                self.id(cells)
            } else {
                first_known(column, self.rules_of(column), cells, as_of, problem)
            };
        }
        Translated { texts }
    }

    /// The native text of the id of a row.
    pub(crate) fn id<'a>(
        &self,
        cells: &impl Fn(usize) -> Option<&'a [u8]>,
    ) -> Option<Cow<'a, [u8]>> {
        match self.rules_of(Column::Id) {
            [rule] if rule.is_joined => joined(rule, cells),
            [rule] => first_id(rule, cells),
            _ => None,
        }
    }
}

/// The first cell that says something, and otherwise the first.
fn first_id<'a>(rule: &Rule, cells: &impl Fn(usize) -> Option<&'a [u8]>) -> Option<Cow<'a, [u8]>> {
    let mut ids = rule.slots.iter().filter_map(|slot| cells(*slot));
    let first = ids.next()?;
    let said = std::iter::once(first).chain(ids).find(|id| !text::is_missing(id));
    Some(Cow::Borrowed(said.unwrap_or(first)))
}

/// The parts with a hyphen between two. One within a part that is not the last is doubled: `A-1` and
/// `2` are somebody else than `A` and `1-2`.
fn joined<'a>(rule: &Rule, cells: &impl Fn(usize) -> Option<&'a [u8]>) -> Option<Cow<'a, [u8]>> {
    let parts: Vec<&[u8]> = rule.slots.iter().map(|slot| cells(*slot)).collect::<Option<_>>()?;
    if parts.iter().any(|part| text::is_missing(part)) {
        return Some(Cow::Borrowed(b""));
    }
    let ids: Result<Vec<Id<'_>>, _> = parts.into_iter().map(Id::read).collect();
    let Ok(ids) = ids else { return Some(Cow::Borrowed(UNREADABLE)) };
    let (last, others) = ids.split_last()?;
    let mut joined = String::new();
    for part in others {
        joined += &part.as_str().replace('-', "--");
        joined.push('-');
    }
    Some(Cow::Owned((joined + last.as_str()).into_bytes()))
}

fn first_known<'a>(
    column: Column,
    rules: &'a [Rule],
    cells: &impl Fn(usize) -> Option<&'a [u8]>,
    as_of: NaiveDate,
    problem: &mut impl FnMut(Problem),
) -> Option<Cow<'a, [u8]>> {
    let there = rules.iter().flat_map(|rule| rule.slots.iter().map(move |slot| (rule, *slot)));
    let mut there = there.filter_map(|(rule, slot)| Some((rule, cells(slot)?))).peekable();
    let (mut blank, mut said, mut reason) = (None, None, None);
    let mut passed_over = None;
    while let Some((rule, cell)) = there.next() {
        if is_blank(cell) {
            blank = blank.or(Some(Cow::Borrowed(rule.blank.text())));
            continue;
        }
        let text = native(column, rule, cell, as_of, problem);
        let is_only = there.peek().is_none() && reason.is_none() && said.is_none();
        if is_only {
            return Some(text);
        }
        match state_of(column, &text, as_of) {
            State::Known | State::NoneRecorded => {
                if let Some(kind) = passed_over {
                    problem(Problem { column, kind });
                }
                return Some(text);
            }
            State::Unknown(why) => {
                passed_over = passed_over.or(kind_of(why));
                let place = if why == Unknown::NotRecorded { &mut said } else { &mut reason };
                place.get_or_insert(text);
            }
            State::NotCollected => {}
        }
    }
    reason.or(said).or(blank)
}

fn kind_of(why: Unknown) -> Option<ProblemKind> {
    match why {
        Unknown::Unreadable => Some(ProblemKind::Unreadable),
        Unknown::Contradictory => Some(ProblemKind::Contradictory),
        Unknown::NotRecorded | Unknown::Declined => None,
    }
}

/// What a native export would have in place of a cell that is not blank.
fn native<'a>(
    column: Column,
    rule: &'a Rule,
    cell: &'a [u8],
    as_of: NaiveDate,
    problem: &mut impl FnMut(Problem),
) -> Cow<'a, [u8]> {
    let written = std::str::from_utf8(cell);
    if let Some(word) = written.ok().and_then(|written| rule.word_for(written)) {
        return Cow::Borrowed(word.as_bytes());
    }
    let kind = rule.target.kind();
    if matches!(kind, Kind::Code | Kind::Status) || text::is_missing(cell) {
        return Cow::Borrowed(cell);
    }
    if kind == Kind::Event && state_of(column, cell, as_of) == State::NoneRecorded {
        return Cow::Borrowed(cell);
    }
    let day =
        written.ok().and_then(|written| date::day(written.trim_matches(is_space), rule.order));
    let Some(day) = day else { return Cow::Borrowed(UNREADABLE) };
    if rule.target != Target::DateOfBirth {
        return Cow::Owned(day.to_string().into_bytes());
    }
    match as_of.years_since(day) {
        Some(years) if years <= u32::from(Age::OLDEST) => {
            Cow::Owned(years.to_string().into_bytes())
        }
        Some(_) | None => {
            problem(Problem { column, kind: ProblemKind::Contradictory });
            Cow::Borrowed(b"unknown")
        }
    }
}

impl Rule {
    /// The word that the mapping has for a text.
    fn word_for(&self, written: &str) -> Option<&str> {
        let place =
            self.values.binary_search_by(|(text, _)| text.chars().cmp(normal(written))).ok()?;
        self.values.get(place).map(|(_, word)| word.as_str())
    }
}
