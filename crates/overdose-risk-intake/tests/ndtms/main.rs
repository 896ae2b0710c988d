//! What a row of an NDTMS extract says, column by column, and what several rows of a person say.

mod columns;
mod opioid_use;
mod ost;
mod page;
mod rows;

use chrono::{NaiveDate, TimeDelta};
use overdose_risk::{Field, Record};
use overdose_risk_intake::ndtms::{NdtmsColumn, NdtmsRow, read};
use overdose_risk_intake::{Column, Facts, Problem, ProblemKind};

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// The day so many days before the as-of date; after it, when negative.
fn ago(days: i64) -> NaiveDate {
    as_of() - TimeDelta::days(days)
}

/// The same as an extract writes it.
fn dated(days: i64) -> String {
    ago(days).to_string().replace('-', "")
}

/// One cell in its column.
type Cell<'a> = (NdtmsColumn, &'a [u8]);

/// What a row says that has these columns and no other.
fn row(cells: &[Cell<'_>]) -> (NdtmsRow, Vec<Problem>) {
    let mut problems = Vec::new();
    let cell = |column| cells.iter().find(|(at, _)| *at == column).map(|(_, cell)| *cell);
    let row = read(&cell, as_of(), &mut |problem| problems.push(problem));
    (row, problems)
}

fn facts(cells: &[Cell<'_>]) -> (Facts, Vec<Problem>) {
    match row(cells) {
        (NdtmsRow::Facts(facts), problems) => (facts, problems),
        (NdtmsRow::WithoutConsent, _) => panic!("without consent: {cells:?}"),
    }
}

/// The record of a person with this row alone, and the fields and kinds of problem.
fn record(cells: &[Cell<'_>]) -> (Record, Vec<(Field, ProblemKind)>) {
    let (facts, mut problems) = facts(cells);
    let record = facts.record(&mut |problem| problems.push(problem));
    let of = |problem: Problem| match problem.column {
        Column::Fact(field) => Some((field, problem.kind)),
        Column::Id
        | Column::AgeBand
        | Column::BirthYear
        | Column::RecordedOn
        | Column::Caseload(_) => None,
    };
    (record, problems.into_iter().filter_map(of).collect())
}

/// The record that the rows of one person make together.
fn together<'a>(rows: impl IntoIterator<Item = &'a Vec<Cell<'a>>>) -> Record {
    let mut rows = rows.into_iter().map(|cells| facts(cells).0);
    let mut facts = rows.next().unwrap();
    rows.for_each(|row| facts.join(&row));
    facts.record(&mut |_| {})
}
