//! What would follow from what is done or found out, for the worker.

use crate::words;
use overdose_risk_json::{Flagged, FlaggedLever};

/// A sentence for each thing that can be done, one for each question with all of its answers, and one
/// for time.
pub(super) fn follows(flagged: &Flagged) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    let mut asked = None;
    for lever in &flagged.levers {
        let FlaggedLever { step, field, answer, on, .. } = lever;
        match (step.as_str(), field, answer, on) {
            ("answer", Some(field), Some(answer), _) => {
                let then = format!("{answer}: {}", then(lever));
                match sentences.last_mut() {
                    Some(sentence) if asked == Some(field) => {
                        sentence.push_str(&format!("; {then}"));
                    }
                    Some(_) | None => sentences.push(format!("{} {then}", question(flagged, field))),
                }
                asked = Some(field);
            }
            ("kit-handed-over", ..) => {
                sentences.push(format!("A take-home naloxone kit is handed over: {}", then(lever)));
            }
            ("treatment-started", ..) => sentences.push(format!(
                "Opioid substitution treatment starts: {}. Its first four weeks are a time of danger \
                 too: a reason to stay in contact, never one against treatment",
                then(lever)
            )),
            ("time", _, _, Some(day)) => sentences.push(format!(
                "Nothing is done and nothing changes until {}: {}",
                words::day(*day),
                then(lever)
            )),
            // Of another version of the program.
            _ => {}
        }
    }
    sentences.into_iter().map(|sentence| sentence + ".").collect()
}

fn then(lever: &FlaggedLever) -> String {
    let tier = words::tier(lever.by_known_facts.unwrap_or(lever.tier)).to_lowercase();
    let points = words::count(usize::from(lever.points), "point", "points");
    match lever.by_known_facts {
        Some(_) => format!("{tier} by the known facts, {points}"),
        None => format!("{tier}, {points}"),
    }
}

fn question<'a>(flagged: &'a Flagged, field: &'a str) -> &'a str {
    let question = flagged.questions.iter().find(|question| question.field == field);
    question.map_or(field, |question| &question.ask)
}
