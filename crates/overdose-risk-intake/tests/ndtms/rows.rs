//! Several rows of one person, and cells of any bytes.

use crate::{Cell, dated, facts, record, row, together};
use chrono::NaiveDate;
use overdose_risk::{Event, Field, Housing, Injecting, Unknown};
use overdose_risk_intake::ProblemKind;
use overdose_risk_intake::ndtms::NdtmsColumn::{
    AccmNeed, Disd, InjStat, IvDrgUse, Refld, TopDate, Triaged,
};
use overdose_risk_intake::ndtms::{NdtmsColumn, NdtmsRow, codes};
use proptest::prelude::*;
use proptest::sample::select;

/// Texts that some column can read, and some that none can.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let of_lists: Vec<&str> = codes().flat_map(|line| [line.code, line.label]).collect();
    let days = select(vec![-30, -1, 0, 1, 28, 29, 183, 184, 400, 30_000]);
    prop_oneof![
        3 => select(of_lists).prop_map(|text| text.as_bytes().to_vec()),
        3 => days.prop_map(|days| dated(days).into_bytes()),
        1 => select(vec!["", "NA", "Y", "N", "0", "1", "28", "1234", "19800101", "declined"])
            .prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
    ]
}

/// A row in which some columns are absent.
fn cells() -> impl Strategy<Value = Vec<Option<Vec<u8>>>> {
    proptest::collection::vec(proptest::option::weighted(0.8, text()), NdtmsColumn::COUNT)
}

fn of(cells: &[Option<Vec<u8>>]) -> Vec<Cell<'_>> {
    let columns = NdtmsColumn::ALL.into_iter().zip(cells);
    columns.filter_map(|(column, cell)| Some((column, cell.as_deref()?))).collect()
}

proptest! {
    #[test]
    fn any_row_is_read_and_the_order_of_columns_changes_nothing(cells in cells()) {
        let (said, problems) = row(&of(&cells));
        let mut backwards = of(&cells);
        backwards.reverse();
        prop_assert_eq!(row(&backwards), (said, problems.clone()));
        if let NdtmsRow::Facts(facts) = said {
            facts.record(&mut |_| {});
        } else {
            prop_assert!(problems.is_empty());
        }
    }

    #[test]
    fn rows_of_a_person_say_the_same_in_every_order_and_however_often(
        rows in proptest::collection::vec(cells(), 1..5),
        order in any::<proptest::sample::Index>(),
    ) {
        let facts: Vec<_> = rows
            .iter()
            .filter_map(|cells| match row(&of(cells)).0 {
                NdtmsRow::Facts(facts) => Some(facts),
                NdtmsRow::WithoutConsent => None,
            })
            .collect();
        prop_assume!(!facts.is_empty());
        let join = |facts: &mut dyn Iterator<Item = &_>| {
            let mut joined: overdose_risk_intake::Facts = *facts.next().unwrap();
            facts.for_each(|facts| joined.join(facts));
            joined
        };
        let joined = join(&mut facts.iter());
        let from = order.index(facts.len());
        prop_assert_eq!(join(&mut facts[from..].iter().chain(&facts[..from])), joined);
        prop_assert_eq!(join(&mut facts.iter().rev()), joined);
        prop_assert_eq!(join(&mut facts.iter().chain(&facts)), joined);
    }
}

#[test]
fn the_later_episode_counts_by_the_day_of_triage_else_of_referral_else_as_the_oldest() {
    let days = [300, 200, 100].map(dated);
    let row = |triaged: &'static str, referred: &'static str, needs: &'static [u8]| {
        let day = |at: &'static str| match at {
            "" => b"".as_slice(),
            at => days[at.parse::<usize>().unwrap()].as_bytes(),
        };
        vec![(Triaged, day(triaged)), (Refld, day(referred)), (AccmNeed, needs)]
    };
    let (nowhere, settled) = (b"1".as_slice(), b"3".as_slice());
    for (one, other) in [
        (row("1", "", settled), row("2", "", nowhere)),
        (row("", "1", settled), row("", "2", nowhere)),
        (row("", "1", settled), row("2", "", nowhere)),
        // Referred earlier, and begun later.
        (row("1", "1", settled), row("2", "0", nowhere)),
        (row("", "", settled), row("", "0", nowhere)),
    ] {
        for rows in [[&one, &other], [&other, &one]] {
            assert_eq!(together(rows).housing, Housing::NoFixedAbode.into(), "{one:?} {other:?}");
        }
    }
}

#[test]
fn the_day_of_a_review_decides_between_what_it_says_of_injecting_and_what_an_episode_says() {
    let days = [300, 200, 100].map(dated);
    let review = vec![(TopDate, days[1].as_bytes()), (IvDrgUse, b"3".as_slice())];
    for (triaged, expected) in [(0, Injecting::Current), (2, Injecting::Previous)] {
        let episode = vec![(Triaged, days[triaged].as_bytes()), (InjStat, b"P".as_slice())];
        assert_eq!(together([&review, &episode]).injecting, expected.into());
    }
}

#[test]
fn no_day_before_1900_is_believed() {
    for (day, exit) in [
        ("19000101", NaiveDate::from_ymd_opt(1900, 1, 1).map_or(Event::NoneRecorded, Event::On)),
        ("18991231", Event::unknown(Unknown::Contradictory)),
    ] {
        let (record, problems) = record(&[(Disd, day.as_bytes())]);
        assert_eq!(record.treatment_exit, exit);
        let contradictory = [(Field::TreatmentExit, ProblemKind::Contradictory)];
        assert_eq!(problems, contradictory[..usize::from(day < "19")], "{day}");
    }
}

#[test]
fn no_cell_is_repeated_in_what_is_said_of_it() {
    let canary = "Kanarie.Vogel 1979";
    for column in NdtmsColumn::ALL {
        let (facts, problems) = facts(&[(column, canary.as_bytes())]);
        let mut said = format!("{facts:?} {problems:?}");
        facts.record(&mut |problem| said += &format!("{problem:?}"));
        let said = said.to_lowercase();
        assert!(!said.contains("kanarie") && !said.contains("vogel"), "{column}");
        assert!(!said.contains("1979"), "{column}");
    }
}

#[test]
fn the_day_of_birth_goes_no_further_than_the_age() {
    let (facts, _) = facts(&[(NdtmsColumn::Dob, b"19790523")]);
    let said = format!("{facts:?} {:?}", facts.record(&mut |_| {}));
    assert!(!said.contains("1979") && !said.contains("05-23"), "{said}");
}
