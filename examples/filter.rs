//! A filter: one JSON record a line on standard input, one answer a line on standard output, in
//! order, each flushed before the next line is read. For systems that are not written in Rust and
//! hold it open as a child process; `examples/filter.md` says how.
//!
//! ```sh
//! cargo run --release --example filter -- --as-of 2026-03-31 < examples/data/export.ndjson
//! ```
//!
//! Every line is answered, also a blank or a broken one. Exit codes, when the input ends: 0 every
//! line was a record; 3 some were quarantined; 2 usage; 66 the input could not be read; 70 a defect of
//! the program; 74 the output could not be written.

mod day;

use chrono::{Local, NaiveDate};
use clap::Parser;
use overdose_risk::{Policy, assess};
use overdose_risk_intake::{Intake, Quarantine};
use overdose_risk_json::{Answer, Reader, Rejected};
use overdose_risk_run::process;
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::process::ExitCode;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0   every line was a record
  3   some were quarantined
  2   how it was called
  66  the input cannot be read
  70  a defect of the program
  74  the output cannot be written";

/// Assesses one JSON record a line, and answers each on a line of its own.
///
/// Decision support: no probability, nobody called safe, never a reason to refuse, reduce or end
/// treatment. Not validated.
#[derive(Debug, Parser)]
#[command(name = "filter", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// Assess everybody as of this day [default: today, local time, whenever a line comes]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day)]
    as_of: Option<NaiveDate>,
}

/// What a line could not be read from, or answered to.
enum Failed {
    Input,
    Output,
}

fn main() -> ExitCode {
    process::run("filter", filter)
}

fn filter() -> ExitCode {
    let Arguments { as_of } = Arguments::parse();
    // A process that is held open over midnight must not go on with yesterday.
    let today = || as_of.unwrap_or_else(|| Local::now().date_naive());
    let mut out = BufWriter::new(io::stdout().lock());
    match answer_all(&mut io::stdin().lock(), &mut out, today) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(3),
        Err(failed) => {
            drop(out.into_parts());
            let (what, code) = match failed {
                Failed::Input => ("standard input cannot be read", 66),
                Failed::Output => ("standard output cannot be written", 74),
            };
            let _ = writeln!(io::stderr(), "filter: {what}");
            ExitCode::from(code)
        }
    }
}

/// Answers every line, and says how many were quarantined.
fn answer_all(
    input: &mut impl BufRead,
    out: &mut impl Write,
    today: impl Fn() -> NaiveDate,
) -> Result<u64, Failed> {
    let mut reader = Reader::new(Intake::default());
    let mut text = Vec::new();
    let mut problems = Vec::new();
    let mut quarantined = 0;
    for line in 1.. {
        let found = next_line(input, &mut text).map_err(|_| Failed::Input)?;
        // .NET begins its standard input with a byte order mark.
        let mark = if line == 1 { MARK } else { b"" };
        let json = text.strip_prefix(mark).unwrap_or(&text);
        let as_of = today();
        problems.clear();
        let read = match found {
            Line::End => break,
            Line::TooLong => Err(Rejected { id: None, kind: Quarantine::TooLarge }),
            Line::Whole => reader.read(json, as_of, &mut |problem| problems.push(problem)),
        };
        let written = match read {
            Ok(person) if person.facts.has_died() => Answer::died(line, person.id).write_line(out),
            Ok(person) => {
                let record = person.facts.record(&mut |problem| problems.push(problem));
                let assessment = assess(&record, as_of, Policy::practice_principles());
                Answer::assessed(line, person.id, &assessment, &problems).write_line(out)
            }
            Err(Rejected { id, kind }) => {
                quarantined += 1;
                Answer::quarantined(line, id, kind).write_line(out)
            }
        };
        written.and_then(|()| out.flush()).map_err(|_| Failed::Output)?;
    }
    Ok(quarantined)
}

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What comes next on standard input.
enum Line {
    Whole,
    /// Longer than any record; of this one, only the beginning was kept.
    TooLong,
    End,
}

/// Reads a line without its end.
fn next_line(input: &mut impl BufRead, text: &mut Vec<u8>) -> io::Result<Line> {
    // A record of the largest size, a mark before it, CR and LF behind it.
    const MOST: usize = MARK.len() + Reader::LARGEST + 2;
    text.clear();
    let read = input.by_ref().take(MOST as u64).read_until(b'\n', text)?;
    if text.pop_if(|end| *end == b'\n').is_some() {
        text.pop_if(|end| *end == b'\r');
        return Ok(Line::Whole);
    }
    if read == MOST {
        input.skip_until(b'\n')?;
        return Ok(Line::TooLong);
    }
    Ok(if read == 0 { Line::End } else { Line::Whole })
}
