//! The summary of a run, for a person to read.

use crate::Published;
use crate::notices::counted;
use crate::publish::Latest;
use crate::receipt::{AlertRecord, Counts, InputRecord, NearMissRecord, ReviewsRecord};
use crate::worklists::MOST_PAGES;
use overdose_risk::{Field, Tier};
use overdose_risk_intake::{Principal, Quarantine};
use overdose_risk_report::ChangeKind;
use std::fmt;

/// How many positions of columns are shown; the receipt has them all.
const POSITIONS: usize = 20;

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
            receipt.policy().label(),
            receipt.as_of()
        )?;
        for input in &receipt.inputs {
            records(f, &input.file.name, input.records)?;
        }
        if receipt.inputs.len() > 1 {
            records(f, "together", receipt.records)?;
        }
        if receipt.records.merged > 0 {
            writeln!(
                f,
                "Rows of the same person were merged: {}, of which {} said nothing new.",
                receipt.records.merged, receipt.merged_saying_nothing_new
            )?;
        }
        for notice in &receipt.notices {
            writeln!(f, "\n{notice}")?;
        }
        if let Some(AlertRecord { text, offer, until, .. }) = &receipt.policy().alert {
            writeln!(f, "\nLocal warning until {until}: {text} To offer: {offer}")?;
        }
        for input in &receipt.inputs {
            if !["native", "ndtms"].contains(&&*input.profile) {
                writeln!(f, "{} was read by the mapping {}.", input.file.name, input.profile)?;
            }
        }
        self.people(f)?;
        self.worklist(f)?;
        self.changes(f)?;
        self.questions(f)?;
        self.not_looked_at(f)?;
        self.set_aside(f)?;
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

fn records(f: &mut fmt::Formatter<'_>, of: &str, records: Counts) -> fmt::Result {
    let s = if records.read == 1 { "" } else { "s" };
    let Counts { read, assessed, died, merged, without_consent, quarantined, blank } = records;
    write!(f, "{of}: {read} record{s}: {assessed} assessed, {died} died, ")?;
    if merged > 0 {
        write!(f, "{merged} merged, ")?;
    }
    if without_consent > 0 {
        write!(f, "{without_consent} without consent, ")?;
    }
    writeln!(f, "{quarantined} quarantined, {blank} blank")
}

impl Published {
    fn people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = &self.receipt().tally;
        writeln!(f, "\nPeople")?;
        for (tier, count) in people.tiers() {
            write!(f, "  {tier:<24}{count:>9}   {}", self.receipt().policy().promise(tier))?;
            if tier == Tier::NotEnoughInformation && count > 0 {
                let known: Vec<String> = people
                    .not_enough_information()
                    .map(|(urgency, count)| format!("{count} {}", Tier::from(urgency)))
                    .collect();
                write!(f, "; by the known facts {}", known.join(", "))?;
            }
            writeln!(f)?;
        }
        let out_of_scope = people.tiers().find(|(tier, _)| *tier == Tier::OutOfScope);
        let in_scope = people.people() - out_of_scope.map_or(0, |(_, count)| count);
        writeln!(
            f,
            "\nTake-home naloxone to offer or to ask about: {} of the {in_scope} people in scope",
            people.naloxone_gaps()
        )?;
        if people.in_custody() > 0 {
            let people = counted(people.in_custody(), "person", "people");
            writeln!(f, "In custody: {people}, assessed like everybody")?;
        }
        Ok(())
    }

    fn worklist(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = &self.receipt().worklist;
        let not_listed: u64 = list.not_listed.values().sum();
        write!(f, "\nWorklist: {}", counted(list.listed, "person", "people"))?;
        if list.carried > 0 {
            write!(f, " and {} carried", list.carried)?;
        }
        writeln!(f, ", {not_listed} more beyond the capacity of {}", list.capacity)?;
        if list.act_now_beyond_capacity > 0 {
            writeln!(
                f,
                "ALL act-now ARE LISTED: {} more than the capacity of {}.",
                list.act_now_beyond_capacity, list.capacity
            )?;
        }
        if list.carried > 0 {
            writeln!(
                f,
                "CARRIED: {} to be contacted by an earlier run and not assessed by this one. They \
                 stand on the worklist with the reasons of then.",
                counted(list.carried, "person was", "people were")
            )?;
        }
        for (kind, codes) in &self.receipt().caseloads {
            if *codes > MOST_PAGES as u64 {
                writeln!(
                    f,
                    "No pages by {kind}: the export names {codes}, which are no caseloads."
                )?;
            }
        }
        if let Some(reviews) = &self.receipt().reviews {
            let ReviewsRecord { holds, lapsed, new_reason, not_listed, .. } = reviews;
            writeln!(
                f,
                "Reviews: {holds} hold, {lapsed} have lapsed, {new_reason} have a new reason, \
                 {not_listed} are of people who are on no worklist today"
            )?;
        }
        Ok(())
    }

    /// What became of everybody since the run before.
    fn changes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let receipt = self.receipt();
        let compared = receipt.previous.as_ref().filter(|previous| !previous.other_pseudonyms);
        let Some(previous) = compared else {
            return writeln!(f, "\nCompared with no run before");
        };
        writeln!(f, "\nSince {}", previous.folder)?;
        for kind in ChangeKind::ALL {
            let people = receipt.changes.get(kind.name()).copied().unwrap_or(0);
            writeln!(f, "  {kind:<24}{people:>9}   {}", kind.meaning())?;
        }
        Ok(())
    }

    fn questions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let questions = self.receipt().tally.questions();
        if questions.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nQuestions that would settle most, and for how many people")?;
        for (field, people) in questions.iter().take(QUESTIONS) {
            writeln!(f, "  {:<24}{people:>9}   {}", field.name(), field.question())?;
        }
        Ok(())
    }

    /// What nobody, or hardly anybody, could be assessed for.
    fn not_looked_at(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let receipt = self.receipt();
        let mut lacking = Vec::new();
        let mut left_out = Vec::new();
        for (field, counts) in receipt.tally.completeness() {
            match counts.not_collected {
                0 => {}
                all if all == receipt.tally.people() => lacking.push(field.name()),
                some => left_out.push((field, some)),
            }
        }
        if !lacking.is_empty() {
            writeln!(f, "\nNot in this export: {}", lacking.join(", "))?;
        }
        if lacking.contains(&Field::CaseStatus.name()) {
            writeln!(f, "Without case_status, nobody is recognised as having died or in custody.")?;
        }
        if !left_out.is_empty() {
            let fields = left_out.iter().map(|(field, people)| format!("{field} ({people})"));
            writeln!(
                f,
                "\nLEFT OUT OF SOME RECORDS, as if nobody collected it, and mostly not asked about there: \
                 {}. {}",
                fields.collect::<Vec<_>>().join(", "),
                self.how_to_leave_out()
            )?;
        }
        if let Some((_, people)) = left_out.iter().find(|(field, _)| *field == Field::CaseStatus) {
            writeln!(
                f,
                "Without case_status, {} not recognised as having died or in custody.",
                counted(*people, "person is", "people are")
            )?;
        }
        let mut before: Option<&InputRecord> = None;
        for input in &receipt.inputs {
            // Files of one export mostly have the same columns.
            if before.is_none_or(|before| !before.reads_as_much_as(input)) {
                let of = if receipt.inputs.len() > 1 { &input.file.name } else { "" };
                not_read(f, of, input)?;
            }
            before = Some(input);
        }
        Ok(())
    }

    /// What to do where only some records have a field.
    fn how_to_leave_out(&self) -> String {
        let has = |is_csv: bool| {
            self.receipt().inputs.iter().any(|input| (input.format == "csv") == is_csv)
        };
        let advice = [
            (has(true), "Give every CSV file the same columns."),
            (has(false), "Write null for what is only not known."),
        ];
        let advice = advice.into_iter().filter(|(is, _)| *is).map(|(_, advice)| advice);
        advice.collect::<Vec<_>>().join(" ")
    }

    /// Records and facts that could not be used.
    fn set_aside(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let receipt = self.receipt();
        if !receipt.quarantined.is_empty() {
            writeln!(f, "\nQuarantined, and not assessed: see quarantine.csv")?;
            for kind in Quarantine::ALL {
                if let Some(count) = receipt.quarantined.get(kind.name()) {
                    writeln!(f, "  {:<24}{count:>9}   {}", kind.name(), kind.remedy())?;
                }
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

/// The columns of a file that are not read.
fn not_read(f: &mut fmt::Formatter<'_>, of: &str, input: &InputRecord) -> fmt::Result {
    let of = if of.is_empty() { String::new() } else { format!("{of}: ") };
    let (what, counted) = match input.format {
        "csv" => ("Column", ""),
        _ => ("Key", ", in the order in which they first appear"),
    };
    if !input.unread_columns.is_empty() {
        let unread = &input.unread_columns;
        let shown: Vec<String> = unread.iter().take(POSITIONS).map(ToString::to_string).collect();
        write!(f, "{of}{what}s that are not read{counted}: {}", shown.join(", "))?;
        match unread.len().saturating_sub(POSITIONS) {
            0 => writeln!(f)?,
            more => writeln!(f, " and {more} more")?,
        }
    }
    for NearMissRecord { position, column } in &input.near_misses {
        let is_principal = Principal::ALL
            .into_iter()
            .any(|field| field.columns().iter().any(|known| known.name() == *column));
        let is_not_read = if is_principal { "IS NOT READ" } else { "is not read" };
        writeln!(f, "{of}{what} {position} {is_not_read}; it is almost named {column}.")?;
    }
    Ok(())
}
