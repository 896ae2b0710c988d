//! Bytes as the rows of one person.

use super::assessment::could_urgency;
use super::facts::{self, Bytes, Four};
use crate::merging::{Row, blank, both, by_the_rules, latest_rows, nothing, settled};
use crate::strategies::{days_before, put};
use chrono::NaiveDate;
use overdose_risk::{Exposure, Fact, Field, Policy, Record, assess};
use overdose_risk_intake::{Facts, ProblemKind};

/// More tell nothing that these do not.
const MOST_ROWS: usize = 6;

/// Whose a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Of somebody who did not consent to its use.
    Nobody,
    /// Perhaps of another person: a line of a broken note.
    Doubtful,
    ThePersons,
}

/// Panics where joining the rows that these bytes make, in whatever order, breaks what must hold.
pub fn merging(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let as_of = near(bytes.four());
    let [one, other] = [facts::record(&mut bytes, as_of), facts::record(&mut bytes, as_of)];
    let sides = [one, other, one, blank(), one, other, one, nothing()];
    let mut rows = Vec::new();
    while !bytes.are_over() && rows.len() < MOST_ROWS {
        rows.push(row(&sides, &mut bytes, as_of));
    }
    let Some(together) = join(&rows, as_of) else { return };

    assert_order_is_nothing(&rows, &together, as_of);
    let all_are = |wanted| rows.iter().all(|(whose, _)| *whose == wanted);
    assert_eq!(together.is_without_consent(), all_are(Whose::Nobody));
    let died = |whose| rows.iter().any(|(of, (row, _))| *of == whose && row.has_died());
    assert!(together.has_died() || !died(Whose::ThePersons), "somebody who died is to be called");
    assert!(!together.has_died() || died(Whose::ThePersons) || died(Whose::Doubtful));
    if !died(Whose::Doubtful) {
        let consented = rows.iter().filter(|(whose, _)| *whose != Whose::Nobody);
        let consented: Vec<Row> = consented.map(|(_, row)| *row).collect();
        assert_is_by_the_rules(&together, &consented, as_of);
        assert_bounds_hold(&together, &consented, &mut bytes, as_of);
    }
}

/// The rules are asked about days on which nobody is assessed by the core's own tests.
fn near([.., a, b]: Four) -> NaiveDate {
    days_before(super::as_of(), i16::from_be_bytes([a, b]).into())
}

/// A row that says of every fact what one of two people would, or nothing.
fn row(sides: &[Record; 8], bytes: &mut Bytes<'_>, as_of: NaiveDate) -> (Whose, Row) {
    let [whose, is_dated, day, _] = bytes.four();
    let mut row = nothing();
    for fields in Field::ALL.chunks(4) {
        for (field, side) in fields.iter().zip(bytes.four()) {
            put(sides[usize::from(side % 8)].fact(*field), row.fact_mut(*field));
        }
    }
    let recorded_on = (is_dated % 4 > 0).then(|| days_before(as_of, i64::from(day % 3)));
    match whose % 8 {
        0 => (Whose::Nobody, (nothing(), None)),
        1 => (Whose::Doubtful, (row, recorded_on)),
        _ => (Whose::ThePersons, (row, recorded_on)),
    }
}

fn facts_of((whose, (record, recorded_on)): &(Whose, Row), as_of: NaiveDate) -> Facts {
    let facts = Facts::new(record, *recorded_on, as_of);
    match whose {
        Whose::Nobody => Facts::without_consent(as_of),
        Whose::Doubtful => facts.doubted(),
        Whose::ThePersons => facts,
    }
}

fn join<'r>(rows: impl IntoIterator<Item = &'r (Whose, Row)>, as_of: NaiveDate) -> Option<Facts> {
    let facts = rows.into_iter().map(|row| facts_of(row, as_of));
    facts.reduce(|facts, row| both(facts, &row))
}

fn assert_order_is_nothing(rows: &[(Whose, Row)], together: &Facts, as_of: NaiveDate) {
    for first in 0..rows.len() {
        let (before, from) = rows.split_at(first);
        assert_eq!(join(from.iter().chain(before), as_of).as_ref(), Some(together));
        assert_eq!(join(from.iter().chain(before).rev(), as_of).as_ref(), Some(together));
        // In groups, and each row once more.
        if let Some((before, from)) = join(before, as_of).zip(join(from, as_of)) {
            assert_eq!(both(from, &before), *together);
        }
        let again = facts_of(&rows[first], as_of);
        assert_eq!(both(*together, &again), *together);
        assert_eq!(settled(&both(again, &again)), settled(&again));
    }
}

fn assert_is_by_the_rules(together: &Facts, rows: &[Row], as_of: NaiveDate) {
    let (merged, problems) = settled(together);
    let (by_rules, apart) = by_the_rules(rows, as_of);
    for field in Field::ALL {
        assert_eq!(merged.fact(field), by_rules.fact(field), "{field}");
    }
    let told = problems.iter().filter(|(_, kind)| *kind == ProblemKind::RowsDisagree);
    let mut told: Vec<Field> = told.map(|(field, _)| *field).collect();
    told.sort();
    assert_eq!(told, apart);
}

/// Whichever of the latest rows is right, it leads no further than the rows could come to together.
fn assert_bounds_hold(together: &Facts, rows: &[Row], bytes: &mut Bytes<'_>, as_of: NaiveDate) {
    let merged = settled(together).0;
    let mut reading = merged;
    for field in Field::ALL {
        let latest = latest_rows(rows, field, as_of);
        let choice = usize::from(bytes.four()[0]);
        if matches!(merged.fact(field), Fact::Event(_) | Fact::Date(_)) || latest.is_empty() {
            continue;
        }
        let (row, _) = latest[choice % latest.len()];
        put(row.fact(field), reading.fact_mut(field));
        if field == Field::Naloxone {
            reading.naloxone_expiry = row.naloxone_expiry;
        }
    }
    let assessed = |record: &Record| assess(record, as_of, Policy::practice_principles());
    let (reading, merged) = (assessed(&reading), assessed(&merged));
    if merged.exposure() == Exposure::No {
        return assert_eq!(reading.exposure(), Exposure::No);
    }
    assert!(reading.points() <= merged.could_points());
    assert!(reading.known_urgency() <= could_urgency(&merged));
}
