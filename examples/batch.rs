//! Many records on several threads: the results in the order of the records, one tally, a worklist.
//!
//! ```sh
//! cargo run --release --example batch -- 4
//! ```
//!
//! The argument is the number of threads, by default as many as the machine has. It changes how long
//! the batch takes and nothing that it says.

use chrono::NaiveDate;
use overdose_risk::{Assessment, Policy, Record, Tally, assess};
use overdose_risk_testkit::population::Population;
use std::error::Error;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::{env, thread};

fn main() -> Result<(), Box<dyn Error>> {
    let threads: NonZeroUsize = match env::args().nth(1) {
        Some(threads) => threads.parse()?,
        None => thread::available_parallelism()?,
    };
    let as_of = "2026-03-31".parse()?;

    // Everybody here is invented. Ids stay beside the records, since a record carries none.
    let people = Population::new(1, as_of).people(0..5_000);
    let everybody: Vec<_> = people.map(|person| (person.id(), *person.record())).collect();
    // `assess` answers for everybody, so leaving out people who died is the caller's business.
    let (died, alive): (Vec<_>, Vec<_>) =
        everybody.into_iter().partition(|(_, record)| record.has_died());
    let (ids, records): (Vec<_>, Vec<_>) = alive.into_iter().unzip();

    let (assessments, tally) = assess_all(&records, as_of, threads);

    println!("{} died and were not assessed, {} assessed", died.len(), tally.people());
    for (tier, people) in tally.tiers() {
        println!("  {tier:<24} {people:>5}");
    }
    println!("Naloxone to offer or to ask about: {}", tally.naloxone_gaps());

    // The id decides between equals; without it, the list would hang on the order of the input.
    let mut worklist: Vec<_> = ids
        .iter()
        .zip(&assessments)
        .filter_map(|(id, assessment)| Some((assessment.priority()?, id, assessment)))
        .collect();
    worklist.sort_by_key(|(priority, id, _)| (*priority, *id));
    println!("First of {} on the worklist", worklist.len());
    for (_, id, assessment) in worklist.iter().take(5) {
        println!("  {id} {} {} points", assessment.tier(), assessment.points());
    }
    Ok(())
}

/// The assessment of each record, in the order of the records, and the counts over all of them.
fn assess_all(
    records: &[Record],
    as_of: NaiveDate,
    threads: NonZeroUsize,
) -> (Vec<Assessment<'static>>, Tally) {
    // At least one: `chunks` takes no zero, not even for an empty list.
    let share = records.len().div_ceil(threads.get()).max(1);
    let mut assessments = Vec::with_capacity(records.len());
    let mut tally = Tally::default();
    thread::scope(|scope| {
        // Collected before any is joined: otherwise each thread would wait for the one before.
        let working: Vec<_> = records
            .chunks(share)
            .map(|records| scope.spawn(move || assess_share(records, as_of)))
            .collect();
        // Joined in the order of the shares, whichever is done first, so that results keep theirs.
        for thread in working {
            // A panic ends the batch, since half a worklist looks like a whole one.
            let (results, counts) = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            assessments.extend(results);
            tally.merge(&counts);
        }
    });
    (assessments, tally)
}

fn assess_share(records: &[Record], as_of: NaiveDate) -> (Vec<Assessment<'static>>, Tally) {
    let mut tally = Tally::default();
    let mut assessments = Vec::with_capacity(records.len());
    for record in records {
        let assessment = assess(record, as_of, Policy::practice_principles());
        tally.add(&assessment);
        assessments.push(assessment);
    }
    (assessments, tally)
}
