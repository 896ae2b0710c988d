//! One record, filled in by hand and assessed as of a fixed day: what is left out is unknown and
//! becomes a question, and a protective fact needs an explicit yes.
//!
//! ```sh
//! cargo run --example one_record
//! ```

use chrono::NaiveDate;
use overdose_risk::{Age, Event, Field, Naloxone, OpioidUse, Ost, Policy, Record, Status, assess};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // The library reads no clock. Give it the day of your data, so that it says the same tomorrow.
    let as_of: NaiveDate = "2026-03-31".parse()?;
    let policy = Policy::practice_principles();

    // An invented person.
    let record = Record {
        age: Age::years(44)?.into(),
        opioid_use: OpioidUse::Current.into(),
        ost: Ost::Prescribed.into(),
        ost_started: Event::On("2024-11-04".parse()?),
        // Somebody looked, and there is none. That is an answer; leaving it out is not.
        overdose: Event::NoneRecorded,
        // Nothing is said of prison or naloxone, so the explanation asks about both.
        ..Record::default()
    };
    println!("{}", assess(&record, as_of, policy).explain());

    println!("The same person, by what the record says of naloxone:");
    let sayings = [
        ("nothing", Status::default()),
        ("no kit is held", Naloxone::NotHeld.into()),
        ("a kit is held", Naloxone::Held.into()),
    ];
    for (says, naloxone) in sayings {
        let assessment = assess(&Record { naloxone, ..record }, as_of, policy);
        let gap = if assessment.naloxone_gap() { "a gap" } else { "no gap" };
        let unknowns = assessment.unknowns();
        // A kit that is held can have expired, so a yes leads to the next question.
        let about = |field: &&Field| matches!(field, Field::Naloxone | Field::NaloxoneExpiry);
        let ask = unknowns.iter().find(about).map_or("Nothing to ask.", |field| field.question());
        println!("- {says}: {gap}. {ask}");
    }
    Ok(())
}
