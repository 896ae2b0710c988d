//! Policies: what one says, what another one has otherwise and would do to the people of an export, and
//! where each threshold would place them.
//!
//! ```sh
//! cargo run --release --example policy -- show
//! cargo run --release --example policy -- diff practice-principles new.toml examples/data/export.csv
//! cargo run --release --example policy -- capacity examples/data/export.csv --as-of 2026-03-31
//! cargo run --release --example policy -- guide new.toml --out guide
//! ```
//!
//! A policy is a file, or the receipt `run.json` of a run, which holds the one of that night, or
//! `practice-principles`, which is the default. Nothing is published, and no people of a run are looked at.
//! Standard output is for the answer. `--csv` makes a file that only its owner can read; one that is there
//! already is left as it is. Exit codes: 0; 2 usage; 65 export refused; 66 export, policy file or receipt
//! cannot be read; 70 a defect of the program; 74 output could not be written; 77 the export says who people
//! are, or the key file is no secret; 78 the policy or the mapping file is not valid, or a receipt says of
//! its policy what its own policy file does not.

mod day;
#[path = "policy/export.rs"]
mod export;
#[path = "policy/files.rs"]
mod files;
mod intake;
mod policy_file;
mod private_file;
mod progress;
mod reading;
mod threads;
#[path = "policy/words.rs"]
mod words;

use clap::{Parser, Subcommand};
use export::Reader;
use files::NewFile;
use overdose_risk::{Policy, Record};
use overdose_risk_intake::Id;
use overdose_risk_report::{Guide, difference, less_cautious};
use overdose_risk_run::{Capacity, ErrorKind, Trial, in_words, process};
use policy_file::policy;
use reading::ReadingArguments;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0   answered
  2   how it was called
  65  the export is refused
  66  the export, the policy file, the receipt, the mapping file or the key file cannot be read
  70  a defect of the program
  74  a file or the output cannot be written
  77  the export says who people are, or the key file is no secret
  78  the policy or the mapping file is not valid, or a receipt does not give its policy again";

/// Shows a policy, and what another one would do to the people of an export.
///
/// Decision support: no probability, nobody called safe, never a reason to refuse, reduce or end
/// treatment. Not validated.
#[derive(Debug, Parser)]
#[command(name = "policy", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print everything that a policy says as a policy file, with what each number rests on
    #[command(after_help = EXIT_CODES)]
    Show {
        /// The policy file, or the run.json of a run [default: the default policy]
        file: Option<PathBuf>,
        /// Without comments, in the form of which the fingerprint is the SHA-256
        #[arg(long)]
        canonical: bool,
    },
    /// Say what one policy has otherwise than another, and what it would do to the people of an export
    #[command(after_help = EXIT_CODES)]
    Diff {
        /// The policy file in force, the run.json of a run by it, or `practice-principles`
        old: PathBuf,
        /// The policy file that may replace it, or another as before
        new: PathBuf,
        /// The files of one export, as the nightly run reads them; `-` reads standard input
        #[arg(value_name = "EXPORT")]
        exports: Vec<PathBuf>,
        /// Write everybody who moves into this file, which must not be there yet
        #[arg(long, value_name = "FILE", requires = "exports")]
        csv: Option<PathBuf>,
        #[command(flatten)]
        reading: ReadingArguments,
    },
    /// Say how many people of an export each threshold would put into each tier
    #[command(after_help = EXIT_CODES)]
    Capacity {
        /// The files of one export, as the nightly run reads them; `-` reads standard input
        #[arg(required = true, value_name = "EXPORT")]
        exports: Vec<PathBuf>,
        /// The policy file in force, or the run.json of a run by it [default: the default policy]
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// Write every threshold into this file, which must not be there yet
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        #[command(flatten)]
        reading: ReadingArguments,
    },
    /// Write the guide to a policy, guide.md and guide.html, which must not be there yet
    #[command(after_help = EXIT_CODES)]
    Guide {
        /// The policy file, or the run.json of a run [default: the default policy]
        file: Option<PathBuf>,
        /// The folder for it
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// Why the program ends: what to say, and the exit code.
struct Ended {
    message: String,
    code: ExitCode,
}

impl From<intake::NoJob> for Ended {
    fn from(intake::NoJob { message, code }: intake::NoJob) -> Self {
        Self { message, code }
    }
}

impl From<overdose_risk_run::Error> for Ended {
    fn from(error: overdose_risk_run::Error) -> Self {
        Self { message: error.cause().to_string(), code: ExitCode::from(error.kind().exit_code()) }
    }
}

fn main() -> ExitCode {
    process::run("policy", || match answer(Arguments::parse().what) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended { message, code }) => {
            // Where standard error is closed, the exit code still says it.
            let _ = writeln!(io::stderr(), "policy: {message}");
            code
        }
    })
}

fn answer(what: What) -> Result<(), Ended> {
    match what {
        What::Show { file, canonical } => {
            let policy = policy_or_default(file)?;
            print(&if canonical { policy.canonical() } else { policy.with_sources() })
        }
        What::Diff { old, new, exports, csv, reading } => {
            let (old, new) = (policy(&old)?, policy(&new)?);
            let mut text = words::differences(&difference(&old, &new));
            text += &if exports.is_empty() {
                words::less_cautious(&less_cautious(&old, &new))
            } else {
                diff(&old, &new, exports, csv, reading)?
            };
            print(&text)
        }
        What::Capacity { exports, policy, csv, reading } => {
            print(&capacity(&policy_or_default(policy)?, exports, csv, reading)?)
        }
        What::Guide { file, out } => guide(&policy_or_default(file)?, out),
    }
}

fn policy_or_default(file: Option<PathBuf>) -> Result<Policy, Ended> {
    Ok(file.map_or_else(|| Ok(Policy::practice_principles().clone()), |file| policy(&file))?)
}

fn diff(
    old: &Policy,
    new: &Policy,
    exports: Vec<PathBuf>,
    csv: Option<PathBuf>,
    reading: ReadingArguments,
) -> Result<String, Ended> {
    let csv = csv.map(NewFile::at).transpose()?;
    let reader = Reader::of(exports, reading)?;
    let begin = || Trial::new(old, new, reader.job.as_of);
    let add = |trial: &mut Trial<'_>, id: Id<'_>, record: &Record| trial.add(id, record);
    let (trial, reading) = export::read(&reader, begin, add)?;
    let mut text = format!("\n{}\n{trial}", words::read(&reading));
    if let Some(csv) = csv {
        csv.write(|out| trial.write_csv(out).map(drop))?;
        // Writing to a String does not fail.
        let _ = writeln!(text, "\nEverybody who moves is in {csv}.");
    }
    Ok(text)
}

fn capacity(
    policy: &Policy,
    exports: Vec<PathBuf>,
    csv: Option<PathBuf>,
    reading: ReadingArguments,
) -> Result<String, Ended> {
    let csv = csv.map(NewFile::at).transpose()?;
    let reader = Reader::of(exports, reading)?;
    let begin = || Capacity::new(policy, reader.job.as_of);
    let add = |capacity: &mut Capacity<'_>, _: Id<'_>, record: &Record| capacity.add(record);
    let (capacity, reading) = export::read(&reader, begin, add)?;
    let mut text = format!("{}\n{capacity}", words::read(&reading));
    if let Some(csv) = csv {
        csv.write(|out| capacity.write_csv(out).map(drop))?;
        let _ = writeln!(text, "\nEvery threshold is in {csv}.");
    }
    Ok(text)
}

fn guide(policy: &Policy, out: PathBuf) -> Result<(), Ended> {
    std::fs::create_dir_all(&out).map_err(|error| Ended {
        message: format!("the folder {} cannot be made: {}", out.display(), in_words(&error)),
        code: ExitCode::from(ErrorKind::Output.exit_code()),
    })?;
    let (markdown, page) =
        (NewFile::at(out.join("guide.md"))?, NewFile::at(out.join("guide.html"))?);
    let guide = Guide { policy };
    markdown.write(|out| out.write_all(guide.markdown().as_bytes()))?;
    page.write(|out| guide.write_page(out))?;
    print(&format!("The guide to {policy} is in {markdown} and {page}.\n"))
}

/// Whoever reads no further has had enough, which is no failure.
fn print(text: &str) -> Result<(), Ended> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Ended {
            message: "standard output cannot be written".to_owned(),
            code: ExitCode::from(ErrorKind::Output.exit_code()),
        }),
        _ => Ok(()),
    }
}
