//! Removes runs that a service no longer keeps, and never the one that `LATEST` names.
//!
//! ```sh
//! cargo run --release --example prune -- --keep 30
//! cargo run --release --example prune -- --keep 30 --remove
//! ```
//!
//! Without `--remove` it only lists what it would remove. It removes whole runs: folders that are named
//! for an as-of date and hold a receipt. Whatever else lies in the output folder stays, and no symbolic
//! link is followed. A run has lost its name before anything in it is removed, so that no half of one is
//! ever seen; what is left where this is ended in between, the next nightly run removes.
//!
//! Standard output lists the runs, the oldest first. Exit codes: 0 listed, or removed; 2 usage; 66 the
//! output folder or `LATEST` cannot be read, and nothing was removed; 74 a run could not be removed, or
//! standard output not be written; 75 a nightly run is under way, and nothing was removed.

mod day;

use chrono::{Days, Local, NaiveDate};
use clap::Parser;
use overdose_risk_run::{Keep, prunable, prune};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0   listed, or removed
  2   how it was called
  66  nothing removed: the output folder cannot be read, or LATEST names no run that is there
  74  a run cannot be removed, or the output not be written
  75  nothing removed: another run is under way in the same folder";

/// Removes runs that are no longer kept, and never the one that LATEST names.
///
/// Without --remove it only lists what it would remove.
#[derive(Debug, Parser)]
#[command(name = "prune", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// The folder in which runs are published
    #[arg(long, value_name = "DIR", default_value = "overdose-flags")]
    out: PathBuf,
    #[command(flatten)]
    keep: KeepArguments,
    /// The day from which the days of --older-than are counted [default: today, local time]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day, conflicts_with = "keep")]
    today: Option<NaiveDate>,
    /// Remove them, and do not only list them
    #[arg(long)]
    remove: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct KeepArguments {
    /// Keep so many of the newest runs, by their as-of dates
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Keep the runs of so many days before today, by their as-of dates
    #[arg(long, value_name = "DAYS")]
    older_than: Option<u32>,
}

fn main() -> ExitCode {
    let Arguments { out, keep, today, remove } = Arguments::parse();
    let keep = keep.resolve(today.unwrap_or_else(|| Local::now().date_naive()));
    let (runs, failed) = if remove {
        let mut removed = Vec::new();
        let ended = prune(&out, keep, &mut |run| removed.push(run.to_owned()));
        (removed, ended.err())
    } else {
        match prunable(&out, keep) {
            Ok(runs) => (runs, None),
            Err(error) => (Vec::new(), Some(error)),
        }
    };
    let would_be = if remove { "" } else { "would be " };
    let listed = list(&runs, would_be, io::stdout().lock());
    match (failed, listed) {
        (Some(error), _) => {
            complain(&error.to_string());
            ExitCode::from(error.exit_code())
        }
        (None, Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain("standard output cannot be written");
            ExitCode::from(74)
        }
        (None, _) => {
            let s = if runs.len() == 1 { "" } else { "s" };
            let how = if remove || runs.is_empty() { "" } else { "; --remove removes them" };
            complain(&format!("{} run{s} {would_be}removed{how}", runs.len()));
            ExitCode::SUCCESS
        }
    }
}

impl KeepArguments {
    fn resolve(self, today: NaiveDate) -> Keep {
        match self {
            Self { keep: Some(newest), .. } => Keep::Newest(newest),
            Self { older_than, .. } => {
                let days = Days::new(u64::from(older_than.unwrap_or(u32::MAX)));
                Keep::Since(today.checked_sub_days(days).unwrap_or(NaiveDate::MIN))
            }
        }
    }
}

fn list(runs: &[String], would_be: &str, mut output: impl Write) -> io::Result<()> {
    for run in runs {
        writeln!(output, "{run} {would_be}removed")?;
    }
    output.flush()
}

fn complain(message: &str) {
    // Where standard error is closed, the exit code still says it.
    let _ = writeln!(io::stderr(), "prune: {message}");
}
