//! A run once more, from its export and its receipt: the same flags to the byte, or what differs.
//!
//! ```sh
//! cargo run --release --example replay -- export.csv --receipt overdose-flags/2026-03-31/run.json
//! ```
//!
//! For reviews of deaths and near-fatal overdoses: `--person` says what was known of somebody that day,
//! what was not, and what was flagged. Nothing is published, and neither an output folder nor `LATEST` is
//! touched. What a receipt does not hold has to be given again: a mapping file, the key of pseudonyms,
//! and whether columns that name direct identifiers were dropped and a broken export was read in part.
//!
//! Exit codes: 0 `flags.csv` came out the same; 1 it did, and nothing in the run has the id of `--person`;
//! 2 usage; 65 the export or the result is another, a file beside the receipt is not what the run wrote, or
//! the export is refused; 66 the receipt or the export cannot be read; 70 a defect of the program; 74 an
//! output could not be written; 77 the export says who people are, or the key file is no secret; 78 the
//! mapping file is not valid, the policy, the mapping or the key is not that of the run, or the receipt
//! says of its policy what its own policy file does not; 130 and 143 it was interrupted.

mod intake;
#[path = "replay/person.rs"]
mod person;
mod progress;

use clap::Parser;
use intake::NoJob;
use overdose_risk::Policy;
use overdose_risk_intake::{Id, Identifiers};
use overdose_risk_policy::read_policy;
use overdose_risk_run::process::{self, Interrupts};
use overdose_risk_run::{
    Beside, Difference, Error, ErrorKind, Job, Program, ReceiptBefore, Replayed, Wanted, replay,
};
use person::Carried;
use progress::{Bar, When};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0         the same came out
  1         it did, and nothing in the run has the id of --person
  2         how it was called
  65        the result is another, a file beside the receipt is, or the export is refused
  66        the receipt, the export, the mapping file or the key file cannot be read
  70        a defect of the program
  74        an output cannot be written
  77        the export says who people are, or the key file is no secret
  78        the mapping file is not valid; or it, the policy or the key is not that of the run
  130, 143  interrupted";

/// Does a run once more from its export and its receipt, and says whether the same flags come out.
///
/// Decision support: no probability, nobody called safe, never a reason to refuse, reduce or end
/// treatment. Not validated.
#[derive(Debug, Parser)]
#[command(name = "replay", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// The files of the export, in the order in which the run had them; `-` reads standard input
    #[arg(required = true, value_name = "EXPORT")]
    exports: Vec<PathBuf>,
    /// The receipt of the run, which is the file `run.json` in its folder
    #[arg(long, value_name = "FILE")]
    receipt: PathBuf,
    /// Write flags.csv into this file, which must not be there yet and which only its owner can read
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Say what was known of this person, what was not, and what was flagged: a pseudonym, as in the
    /// outputs of the run
    #[arg(long, value_name = "ID")]
    person: Option<OsString>,
    /// What the columns are called, where the run had a mapping file [default: as the receipt says]
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// The file with the key with which the run made pseudonyms
    #[arg(long, value_name = "FILE")]
    pseudonym_key: Option<PathBuf>,
    /// Read on although columns name direct identifiers, as the run did
    #[arg(long)]
    drop_identifiers: bool,
    /// Of a JSON export that is broken or breaks off, read the people before that, as the run did
    #[arg(long)]
    allow_partial: bool,
    /// Show progress on standard error
    #[arg(long, value_enum, default_value_t = When::Auto)]
    progress: When,
}

const NOBODY: u8 = 1;
const USAGE: u8 = 2;
const ANOTHER: u8 = 65;
const UNWRITABLE: u8 = 74;
const POLICY_INVALID: u8 = 78;

/// Why the program ends: what to say, and the exit code.
struct Ended {
    message: String,
    code: ExitCode,
}

impl From<NoJob> for Ended {
    fn from(NoJob { message, code }: NoJob) -> Self {
        Self { message, code }
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self { message: error.cause().to_string(), code: ExitCode::from(error.kind().exit_code()) }
    }
}

impl Ended {
    fn with(code: u8, message: impl Into<String>) -> Self {
        Self { message: message.into(), code: ExitCode::from(code) }
    }
}

fn main() -> ExitCode {
    process::run("replay", || match arguments().and_then(run_again) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended { message, code }) => {
            // Where standard error is closed, the exit code still says it.
            let _ = writeln!(io::stderr(), "replay: {message}");
            code
        }
    })
}

fn arguments() -> Result<Arguments, Ended> {
    Arguments::try_parse().map_err(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        // What was typed may be a name, and its own message would repeat it.
        let message =
            "give the files of the export and --receipt RUN.JSON; --help says what else there is";
        Ended::with(USAGE, message)
    })
}

fn run_again(arguments: Arguments) -> Result<(), Ended> {
    let person = arguments.person.as_ref().map(|id| Id::read(id.as_encoded_bytes())).transpose();
    let person = person.map_err(|_| {
        let rule = "--person takes an id: letters, digits, hyphens and underscores, 64 at most, as in \
                    the outputs of the run";
        Ended::with(USAGE, rule)
    })?;
    let receipt = ReceiptBefore::open(&arguments.receipt)?;
    let job = job(&arguments, &receipt)?;
    let policy = policy_of(&receipt)?;
    let beside = receipt.beside()?;
    let wanted = Wanted { out: arguments.out.as_deref(), person };
    let interrupts = Interrupts::watch()
        .map_err(|_| Ended::with(ErrorKind::Defect.exit_code(), "signals cannot be watched"))?;
    let mut bar = Bar::new(arguments.progress);
    let replayed = replay(&job, &policy, &receipt, wanted, &mut |so_far| {
        bar.show(so_far);
        match interrupts.exit_code() {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    });
    bar.clear();
    let replayed = replayed.map_err(|error| match interrupts.exit_code() {
        Some(code) if error.kind() == ErrorKind::Stopped => Ended::with(code, "interrupted"),
        _ => Ended::from(error),
    })?;
    if !replayed.is_identical() {
        return Err(Ended::with(replayed.exit_code(), differs(&replayed, &beside, &job)));
    }
    let mut text = same(&replayed, &receipt, &policy, &beside);
    if let Some(out) = &arguments.out {
        let _ = writeln!(text, "flags.csv is in {}.", out.display());
    }
    let mut ended = None;
    if let (Some(id), Some(then)) = (person, replayed.person()) {
        let carried = Carried::of(id, receipt.carried());
        match person::nobody(then, carried, &job) {
            Some(message) => ended = Some(Ended::with(NOBODY, message)),
            None => {
                let _ = write!(text, "\n{}", person::told(id, job.as_of, then, carried));
            }
        }
    }
    print(&text)?;
    if !beside.altered.is_empty() {
        let nobody = ended.map_or(String::new(), |ended| format!("\n{}", ended.message));
        let message = format!("the run comes out the same, but:{}{nobody}", altered(&beside));
        ended = Some(Ended::with(ANOTHER, message));
    }
    ended.map_or(Ok(()), Err)
}

fn job(arguments: &Arguments, receipt: &ReceiptBefore) -> Result<Job, NoJob> {
    let program =
        Program { name: "replay".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let mut job = receipt.job(program, arguments.exports.clone());
    if let Some(profile) = &arguments.profile {
        job.profile = intake::profile(profile)?;
    }
    job.key = arguments.pseudonym_key.as_deref().map(intake::key).transpose()?;
    if arguments.drop_identifiers {
        job.identifiers = Identifiers::Drop;
    }
    job.allow_partial = arguments.allow_partial;
    Ok(job)
}

/// The policy of an earlier run, made again from its receipt.
fn policy_of(receipt: &ReceiptBefore) -> Result<Policy, NoJob> {
    if receipt.policy_file().is_empty() {
        return Err(NoJob {
            message: "the receipt is of an earlier version, and does not hold its policy"
                .to_owned(),
            code: ExitCode::from(POLICY_INVALID),
        });
    }
    read_policy(receipt.policy_file()).map_err(|error| NoJob {
        message: format!(
            "the policy {} of the run cannot be made again by this version\n{error}",
            receipt.policy()
        ),
        code: ExitCode::from(POLICY_INVALID),
    })
}

/// That the same came out.
fn same(replayed: &Replayed, receipt: &ReceiptBefore, policy: &Policy, beside: &Beside) -> String {
    let sha256 = replayed.flags_sha256().unwrap_or_default();
    let people = replayed.reading().map_or(0, |reading| reading.records.assessed);
    let mut text = format!(
        "The run as of {}, by {}, comes out the same: flags.csv to the byte.\nPeople assessed {people}, \
         SHA-256 {sha256}\n",
        receipt.as_of(),
        receipt.policy()
    );
    let settings = policy.settings();
    let approved_by = settings.approved_by.as_deref().unwrap_or("nobody");
    let _ = write!(text, "The policy {policy}, approved by {approved_by}");
    if let Some(day) = settings.review_by {
        let _ = write!(text, ", to be reviewed by {day}");
        if day < receipt.as_of() {
            text.push_str("; its review was overdue on that day");
        }
    }
    let Beside { wrote, there, altered, .. } = beside;
    match (there, altered.len()) {
        (0, _) => text.push_str(
            "\nThe folder of the run was not looked at: none of its files lies beside the receipt\n",
        ),
        (_, 0) => {
            let _ = writeln!(
                text,
                "\nFiles of the run beside the receipt: {there} of {wrote}, as it wrote them"
            );
        }
        _ => text.push('\n'),
    }
    for difference in replayed.differences() {
        let _ = writeln!(
            text,
            "Note: {difference}. What is said in words is in those of this version."
        );
    }
    text
}

/// Everything in which it is not the same.
fn differs(replayed: &Replayed, beside: &Beside, job: &Job) -> String {
    let mut text = "the run does not come out the same:".to_owned();
    for difference in replayed.differences() {
        let _ = write!(text, "\n- {difference}");
    }
    text += &altered(beside);
    let is_flags = |one: &Difference| matches!(one, Difference::Flags { .. });
    if matches!(job.profile, overdose_risk_intake::Profile::Mapped(_))
        && replayed.differences().iter().any(is_flags)
    {
        text.push_str("\nthe receipt holds the name of the mapping alone: is it the same file");
    }
    text.push_str("\nno file was written");
    text
}

/// Which files beside the receipt are not what the run wrote.
fn altered(beside: &Beside) -> String {
    let line = |name: &String| format!("\n- {name} beside the receipt is not what the run wrote");
    beside.altered.iter().map(line).collect()
}

/// Whoever reads no further has had enough, which is no failure.
fn print(text: &str) -> Result<(), Ended> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Ended::with(UNWRITABLE, "standard output cannot be written"))
        }
        _ => Ok(()),
    }
}
