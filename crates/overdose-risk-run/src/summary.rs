//! The summary of a run, for a person to read.

use crate::Published;
use crate::publish::Latest;
use crate::receipt::NearMissRecord;
use overdose_risk::{Field, Tier};
use std::fmt;

/// How many questions are shown.
const QUESTIONS: usize = 5;

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let receipt = self.receipt();
        let program = receipt.program();
        writeln!(
            f,
            "{} {}, {}, as of {}",
            program.name,
            program.version,
            receipt.policy(),
            receipt.as_of()
        )?;
        let names: Vec<&str> = receipt.inputs.iter().map(|input| input.name.as_str()).collect();
        let records = receipt.records;
        writeln!(
            f,
            "{}: {} record{}: {} assessed, {} died, {} quarantined, {} blank",
            names.join(", "),
            records.read,
            if records.read == 1 { "" } else { "s" },
            records.assessed,
            records.died,
            records.quarantined,
            records.blank
        )?;
        self.people(f)?;
        self.questions(f)?;
        self.warnings(f)?;
        writeln!(f, "\nPublished in {}", self.folder().display())?;
        match self.latest {
            Latest::Moved => Ok(()),
            Latest::Stays(later) => writeln!(
                f,
                "LATEST STILL NAMES A RUN FOR {later}, a later day. If that day was a mistake, remove \
                 its folder and LATEST, and run again."
            ),
        }
    }
}

impl Published {
    fn people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = &self.receipt().tally;
        writeln!(f, "\nPeople")?;
        for (tier, count) in people.tiers() {
            writeln!(f, "  {tier:<24}{count:>9}   {}", tier.promise())?;
        }
        let out_of_scope = people.tiers().find(|(tier, _)| *tier == Tier::OutOfScope);
        let in_scope = people.people() - out_of_scope.map_or(0, |(_, count)| count);
        writeln!(
            f,
            "\nTake-home naloxone to offer or to ask about: {} of {in_scope} people",
            people.naloxone_gaps()
        )?;
        if people.in_custody() > 0 {
            writeln!(f, "In custody: {} people, assessed like everybody", people.in_custody())?;
        }
        Ok(())
    }

    fn questions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let questions = self.receipt().tally.questions();
        if questions.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nQuestions that would settle most")?;
        for (field, people) in questions.iter().take(QUESTIONS) {
            writeln!(f, "  {:<24}{people:>9}   {}", field.name(), field.question())?;
        }
        Ok(())
    }

    fn warnings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let receipt = self.receipt();
        for field in &receipt.waived {
            writeln!(f, "\nWAIVED: nobody could be assessed for {field}.")?;
        }
        let lacking: Vec<&str> = receipt
            .tally
            .completeness()
            .filter(|(_, counts)| counts.not_collected > 0)
            .map(|(field, _)| Field::name(field))
            .collect();
        if !lacking.is_empty() {
            writeln!(f, "\nNot in this export: {}", lacking.join(", "))?;
        }
        for NearMissRecord { position, column } in &receipt.near_misses {
            writeln!(f, "Column {position} is not read; it is almost named {column}.")?;
        }
        if !receipt.quarantined.is_empty() {
            writeln!(f, "\nQuarantined, and not assessed: see quarantine.csv")?;
            for (kind, count) in &receipt.quarantined {
                writeln!(f, "  {kind:<24}{count:>9}")?;
            }
        }
        if !receipt.problems.is_empty() {
            writeln!(
                f,
                "\nFacts that could not be used; the people were assessed: see problems.csv"
            )?;
            for (problem, count) in &receipt.problems {
                writeln!(f, "  {problem:<34}{count:>9}")?;
            }
        }
        Ok(())
    }
}
