//! Writes an export of invented people in drug and alcohol treatment to standard output: as CSV, as
//! newline-delimited JSON or as a JSON array.
//!
//! Everything in it is invented: nobody in it exists, and no conclusion about people can be drawn
//! from it. Use it to try the other programs at any size, and to measure them. What it is drawn
//! from stands, with sources, in `examples/data/README.md`.
//!
//! ```sh
//! cargo run --release --example synthesise -- 100000 --seed 1 > people.csv
//! cargo run --release --example synthesise -- 100000 --seed 1 --format ndjson > people.ndjson
//! cargo run --release --example synthesise -- 100000 --seed 1 --format json > people.json
//! ```
//!
//! These are the same people three times. The same count, seed, date and format give the same bytes
//! on every platform; a smaller count gives the beginning of a larger one, but for the bracket that
//! ends the array. Exit codes: 0 written, or whoever was reading had enough; 2 usage; 74 the output
//! could not be written.

use chrono::{Datelike, NaiveDate};
use clap::{Parser, ValueEnum};
use overdose_risk_testkit::population::Population;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

/// `EX_IOERR` of sysexits.
const OUTPUT_NOT_WRITTEN: u8 = 74;

const BUFFER: usize = 1 << 20;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0   written, or whoever was reading had enough
  2   how it was called
  74  the output cannot be written";

/// Writes an export of invented people in drug and alcohol treatment.
#[derive(Parser)]
#[command(after_help = EXIT_CODES)]
struct Arguments {
    /// How many people
    people: u64,
    /// Which people: another seed, other people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day of the export
    #[arg(long, value_name = "DATE", default_value = "2026-03-31", value_parser = day)]
    as_of: NaiveDate,
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A header, then one line a person
    Csv,
    /// One JSON object a line
    Ndjson,
    /// One JSON array
    Json,
}

fn main() -> ExitCode {
    let Arguments { people, seed, as_of, format } = Arguments::parse();
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let population = Population::new(seed, as_of);
    let written = match format {
        Format::Csv => population.write_csv(0..people, &mut out),
        Format::Ndjson => population.write_ndjson(0..people, &mut out),
        Format::Json => population.write_json(0..people, &mut out),
    };
    match written.and_then(|()| out.flush()) {
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
