//! What there is to say of what the export says of each field.

use super::counted;
use crate::guards::{hardly_read, problems};
use crate::receipt::Receipt;
use overdose_risk::Field;
use overdose_risk_intake::ProblemKind;

/// Whether it can be told from the export who has died.
pub(super) fn case_status(receipt: &Receipt) -> Vec<String> {
    let mut notices = Vec::new();
    let (people, died) = (receipt.tally.people(), receipt.records.died);
    if people == 0 {
        return notices;
    }
    let known: u64 = receipt
        .tally
        .completeness()
        .filter(|(field, _)| *field == Field::CaseStatus)
        .map(|(_, counts)| counts.known)
        .sum();
    let unreadable = problems(receipt, Field::CaseStatus, ProblemKind::Unreadable);
    if known + died + unreadable == 0 {
        notices.push(
            "WITHOUT CASE STATUS: nobody is recognised as having died or in custody.".to_owned(),
        );
    }
    if unreadable > 0 {
        let rows = counted(unreadable, "row", "rows");
        notices.push(format!(
            "CASE STATUS CANNOT BE READ in {rows}: whoever stands there may have died. Look them up before \
             you call; problems.csv names them."
        ));
    }
    let before = receipt.previous.as_ref().filter(|before| died == 0 && before.died > 0);
    if let Some(before) = before {
        notices.push(format!(
            "NOBODY IS RECORDED AS HAVING DIED, and {} in the run of {}. Does case_status still say it?",
            counted(before.died, "person was", "people were"),
            before.as_of
        ));
    }
    notices
}

/// Which fields some files of several have and others do not, where no run before can tell what was
/// there.
pub(super) fn not_in_every_file(receipt: &Receipt) -> Option<String> {
    let has_files =
        receipt.inputs.len() > 1 && receipt.inputs.iter().all(|one| one.format == "csv");
    if !has_files || receipt.previous.is_some() {
        return None;
    }
    let people = receipt.tally.people();
    let fields = receipt.tally.completeness().map(|(field, count)| (field, count.not_collected));
    let fields = fields.filter(|(_, without)| (1..people).contains(without));
    let fields: Vec<String> =
        fields.map(|(field, without)| format!("{field} ({without} of {people} people)")).collect();
    (!fields.is_empty()).then(|| {
        format!(
            "NOT IN EVERY FILE: {}. Nobody was assessed for what their file lacks; give every file the \
             same columns.",
            fields.join(", ")
        )
    })
}

/// The fields that can hardly be read.
pub(super) fn unreadable(receipt: &Receipt) -> impl Iterator<Item = String> {
    hardly_read(receipt).map(|cells| {
        format!("{} CAN HARDLY BE READ: {cells}. Few people could be assessed for it.", cells.field)
    })
}

/// How many people are not those of whom the rules were made.
pub(super) fn under_18(receipt: &Receipt) -> Option<String> {
    let people = Some(receipt.aside.under_18).filter(|people| *people > 0)?;
    Some(format!(
        "UNDER 18: {} or may be. These rules were made from adults' figures; follow safeguarding, not \
         this list's offers.",
        counted(people, "person is", "people are")
    ))
}
