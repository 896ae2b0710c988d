//! What is said beside the numbers, in lines for a terminal of 80 columns.

use overdose_risk_run::{Counts, Reading};
use std::fmt::Write as _;

const COLUMNS: usize = 80;

/// What one policy has otherwise than another.
pub(crate) fn differences(sentences: &[String]) -> String {
    if sentences.is_empty() {
        return "The two policies say the same.\n".to_owned();
    }
    let mut text = "What the new policy has otherwise\n\n".to_owned();
    for sentence in sentences {
        text += &wrapped("- ", sentence);
    }
    text
}

/// By what of a policy people may be missed whom the one before it did not miss.
pub(crate) fn less_cautious(settings: &[String]) -> String {
    let mut text = String::new();
    if !settings.is_empty() {
        text += "\nLess cautious than before; others may be missed on other days:\n";
    }
    for setting in settings {
        text += &wrapped("- ", setting);
    }
    text
}

/// What became of the records of an export, so that nobody is left out without a word.
pub(crate) fn read(reading: &Reading) -> String {
    let Counts { read, assessed, died, merged, without_consent, quarantined, blank, .. } =
        reading.records;
    let mut text = wrapped(
        "",
        &format!(
            "{read} records: {assessed} people assessed, {died} died, {merged} merged, {without_consent} \
             without consent, {quarantined} quarantined, {blank} blank"
        ),
    );
    for input in &reading.inputs {
        if let Some(place) = &input.breaks_off {
            let name = &input.file.name;
            text +=
                &wrapped("", &format!("INCOMPLETE: nobody in {name} counts after this: {place}."));
        }
    }
    if quarantined > 0 {
        let records = read - blank;
        text += &wrapped(
            "",
            &format!(
                "NOT ASSESSED: {quarantined} of {records} records could not be read. Whoever they are of \
                 is in no number here; quarantine.csv of the nightly run has their lines."
            ),
        );
    }
    if reading.partly_read > 0 {
        let people = match reading.partly_read {
            1 => "1 person counts".to_owned(),
            people => format!("{people} people count"),
        };
        let sentence = format!("PARTLY READ: {people} without a row that could not be read.");
        text += &wrapped("", &sentence);
    }
    for field in &reading.waived {
        text += &wrapped("", &format!("WAIVED: nobody could be assessed for {field}."));
    }
    text
}

/// A text in lines, the first of them behind a mark. Only words longer than a line are longer.
fn wrapped(mark: &str, text: &str) -> String {
    let mut lines = mark.to_owned();
    let mut column = mark.len();
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > mark.len() && column + 1 + length > COLUMNS {
            let _ = write!(lines, "\n{:1$}", "", mark.len());
            column = mark.len();
        }
        if column > mark.len() {
            lines.push(' ');
            column += 1;
        }
        lines += word;
        column += length;
    }
    lines + "\n"
}
