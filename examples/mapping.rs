//! What of an export is read as what, to write a mapping file by. It assesses nobody and publishes
//! nothing.
//!
//! ```text
//! cargo run --example mapping -- examples/data/example-cms.csv --profile examples/data/example-cms.toml
//! ```
//!
//! It shows positions and counts, and no header or value. Exit codes: 0 it was read; 2 usage; 65 export
//! refused; 66 export cannot be read; 70 a defect of the program; 74 output could not be written; 77 the
//! export says who people are; 78 the mapping file is not valid.

mod day;
mod intake;

use chrono::{Local, NaiveDate};
use clap::Parser;
use intake::NoJob;
use overdose_risk_intake::Identifiers;
use overdose_risk_run::{Job, Program, inspect, process};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0   it was read, be it an export that a run would refuse for want of a principal field
  2   how it was called
  65  the export is refused
  66  the export, the mapping file or the key file cannot be read
  70  a defect of the program
  74  the output cannot be written
  77  the export says who people are, or the key file is no secret
  78  the mapping file is not valid";

/// Shows which columns of an export are read as what, which are not, and which values are not
/// understood.
#[derive(Debug, Parser)]
#[command(name = "mapping", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// The files of one export
    #[arg(required = true, value_name = "EXPORT")]
    exports: Vec<PathBuf>,
    /// What their columns are called: `auto` looks at the header, `native`, `ndtms` (experimental), or a
    /// mapping file
    #[arg(long, value_name = "NAME|FILE", default_value = "auto")]
    profile: String,
    /// Read it as of this day [default: today, local time]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day)]
    as_of: Option<NaiveDate>,
    /// Make pseudonyms of the ids with the key in this file, as `nightly` does
    #[arg(long, value_name = "FILE")]
    pseudonym_key: Option<PathBuf>,
    /// Read on although columns name direct identifiers, without looking into them
    #[arg(long)]
    drop_identifiers: bool,
}

fn main() -> ExitCode {
    process::run("mapping", mapping)
}

fn mapping() -> ExitCode {
    match Arguments::parse().into_job() {
        Ok(job) => show(&job),
        Err(NoJob { message, code }) => {
            complain(&message);
            code
        }
    }
}

impl Arguments {
    fn into_job(self) -> Result<Job, NoJob> {
        let program =
            Program { name: "mapping".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        let as_of = self.as_of.unwrap_or_else(|| Local::now().date_naive());
        let mut job = Job::new(program, self.exports, as_of, std::env::temp_dir());
        job.profile = intake::profile(&self.profile)?;
        job.key = self.pseudonym_key.as_deref().map(intake::key).transpose()?;
        if self.drop_identifiers {
            job.identifiers = Identifiers::Drop;
        }
        Ok(job)
    }
}

fn show(job: &Job) -> ExitCode {
    match inspect(job, &mut |_| {}) {
        Ok(inspection) => match write!(io::stdout(), "{inspection}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(74),
            _ => ExitCode::SUCCESS,
        },
        Err(error) => {
            complain(&format!("{}\nnothing can be shown of it", error.cause()));
            ExitCode::from(error.kind().exit_code())
        }
    }
}

fn complain(message: &str) {
    // Where standard error is closed, the exit code still says it.
    let _ = writeln!(io::stderr(), "mapping: {message}");
}
