//! Writes a CSV export of invented people in drug and alcohol treatment to standard output.
//!
//! Everything in it is invented: nobody in it exists, and no conclusion about people can be drawn
//! from it. Use it to try the other programs at any size, and to measure them. What it is drawn
//! from stands, with sources, in `examples/data/README.md`.
//!
//! ```sh
//! cargo run --release --example synthesise -- 100000 --seed 1 > people.csv
//! ```
//!
//! The same count, seed and date give the same bytes on every platform; a smaller count gives the
//! beginning of a larger one. Exit codes: 0 written, or whoever was reading had enough; 2 usage;
//! 74 the output could not be written.

use chrono::{Datelike, NaiveDate};
use clap::Parser;
use overdose_risk_testkit::population::Population;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

/// `EX_IOERR` of sysexits.
const OUTPUT_NOT_WRITTEN: u8 = 74;

const BUFFER: usize = 1 << 20;

/// Writes a CSV export of invented people in drug and alcohol treatment.
#[derive(Parser)]
struct Arguments {
    /// How many people
    people: u64,
    /// Which people: another seed, other people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day of the export
    #[arg(long, value_name = "DATE", default_value = "2026-03-31", value_parser = day)]
    as_of: NaiveDate,
}

fn main() -> ExitCode {
    let Arguments { people, seed, as_of } = Arguments::parse();
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let population = Population::new(seed, as_of);
    let written = population.write_csv(0..people, &mut out).and_then(|()| out.flush());
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What is left could only fail again, and drop would try.
            drop(out.into_parts());
            not_written(&error)
        }
    }
}

fn not_written(error: &io::Error) -> ExitCode {
    if error.kind() == ErrorKind::BrokenPipe {
        return ExitCode::SUCCESS;
    }
    // When this cannot be written either, the exit code still says it.
    let _ = writeln!(io::stderr(), "synthesise: the output could not be written: {error}");
    ExitCode::from(OUTPUT_NOT_WRITTEN)
}

fn day(text: &str) -> Result<NaiveDate, &'static str> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|day| (2000..3000).contains(&day.year()))
        .ok_or("a date like 2026-03-31, from 2000 to 2999")
}
