//! What would follow from an answer is what an export with that answer in its cell leads to.

use chrono::NaiveDate;
use csv::StringRecord;
use overdose_risk::{Answer, Assessment, Field, Lever, Policy, State, Step, Unknown, assess};
use overdose_risk_csv::{Entry, Export};
use overdose_risk_intake::{Column, Intake};
use std::collections::BTreeSet;

const CLEAN: &str = include_str!("../fixtures/vectors/clean.csv");

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// The assessment of each row, of those who died too.
fn assessments(export: &[u8]) -> Vec<Assessment<'static>> {
    let mut export = Export::open(export, as_of(), &Intake::default()).unwrap();
    let mut assessments = Vec::new();
    while let Some(row) = export.read(&mut |_| {}).unwrap() {
        let Entry::Person(person) = row.entry else { panic!("line {}", row.line) };
        let record = person.facts.record(&mut |_| {});
        assessments.push(assess(&record, as_of(), Policy::practice_principles()));
    }
    assessments
}

/// What somebody who fills in the export writes, column by column; nothing for time.
fn cells(step: Step) -> Option<Vec<(&'static str, String)>> {
    let cell = |field: Field, text: &dyn ToString| (field.name(), text.to_string());
    let blank = |column: Column| (column.name(), String::new());
    match step {
        Step::KitHandedOver => {
            Some(vec![cell(Field::Naloxone, &"held"), cell(Field::NaloxoneExpiry, &as_of())])
        }
        Step::TreatmentStarted => {
            Some(vec![cell(Field::Ost, &"prescribed"), cell(Field::OstStarted, &as_of())])
        }
        Step::Answered { field: Field::Age, answer } => {
            let is_one = matches!(answer, Answer::Aged { youngest, oldest } if youngest == oldest);
            let column = if is_one { Column::Fact(Field::Age) } else { Column::AgeBand };
            let mut cells =
                [Column::Fact(Field::Age), Column::AgeBand, Column::BirthYear].map(blank);
            let at = cells.iter().position(|(name, _)| *name == column.name()).unwrap();
            cells[at].1 = answer.to_string();
            Some(cells.to_vec())
        }
        Step::Answered { field, answer } => Some(vec![cell(field, &answer)]),
        Step::On(_) => None,
    }
}

/// A lever starts from the facts as they were read, where a contradictory one is unknown; a changed
/// cell could end the contradiction.
fn is_contradictory(assessment: &Assessment<'_>) -> bool {
    let contradictory = State::Unknown(Unknown::Contradictory);
    Field::ALL.into_iter().any(|field| assessment.record().state(field) == contradictory)
}

#[test]
fn each_lever_is_what_an_export_with_the_cell_changed_by_hand_leads_to() {
    let mut reader = csv::Reader::from_reader(CLEAN.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();

    let mut by_hand = csv::Writer::from_writer(Vec::new());
    by_hand.write_record(&header).unwrap();
    let mut levers: Vec<Lever> = Vec::new();
    for (row, assessment) in rows.iter().zip(assessments(CLEAN.as_bytes())) {
        if is_contradictory(&assessment) {
            continue;
        }
        for lever in assessment.levers() {
            let Some(cells) = cells(lever.step) else { continue };
            let mut row: Vec<String> = row.iter().map(str::to_owned).collect();
            row[column("id")] = format!("p-{}", levers.len());
            for (name, cell) in cells {
                row[column(name)] = cell;
            }
            by_hand.write_record(row).unwrap();
            levers.push(lever);
        }
    }

    let changed = assessments(&by_hand.into_inner().unwrap());
    assert_eq!(changed.len(), levers.len());
    for (lever, changed) in levers.iter().zip(changed) {
        let then = (changed.tier(), changed.points());
        assert_eq!((lever.tier, lever.points), then, "{lever}\n{:?}", changed.record());
    }
    let answered = levers.iter().filter_map(|lever| match lever.step {
        Step::Answered { field, .. } => Some(field),
        Step::KitHandedOver | Step::TreatmentStarted | Step::On(_) => None,
    });
    // Nothing follows from not knowing where the person stands, nor whether a release is planned.
    let asked = answered.collect::<BTreeSet<_>>();
    let never = [Field::PrisonReleaseDue, Field::CaseStatus];
    assert_eq!(asked, Field::ALL.into_iter().filter(|field| !never.contains(field)).collect());
    assert!(levers.len() > 3_000);
}
