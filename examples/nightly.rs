//! A nightly run: the files of an export in, a published folder of flags out.
//!
//! ```text
//! cargo run --release --example nightly -- examples/data/export.csv --as-of 2026-03-31
//! ```
//!
//! Standard output is for the summary, standard error for progress and errors. Exit codes: 0
//! complete; 3 published, but some records were quarantined or, with `--allow-partial`, the
//! export breaks off; 2 usage, or a day too far ahead; 65 export refused; 66 export cannot be
//! read; 70 a defect of the program; 74 output could not be written; 75 another run is under
//! way; 77 the export says who people are, or the key file is no secret; 78 the mapping file or
//! the policy file is not valid; 130 and 143 it was interrupted (`SIGINT`, `SIGTERM`) and
//! published nothing.

mod day;
mod intake;
mod policy_file;
mod progress;
mod reading;
mod threads;

use chrono::{Local, NaiveDate};
use clap::Parser;
use intake::NoJob;
use overdose_risk_run::process::{self, Interrupts};
use overdose_risk_run::{ErrorKind, Job, Previous, Published, Readers, Tolerated, run};
use progress::Bar;
use reading::ReadingArguments;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

/// The exit code for how a program was called.
const USAGE: u8 = 2;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0         published
  3         published, but some records were quarantined or the export breaks off
  2         how it was called
  65        not published: the export is refused, or the night looks like a fault
  66        not published: a file cannot be read
  70        not published: a defect of the program
  74        not published, or LATEST not moved, or the summary not shown: the message says which
  75        not published: another run is under way in the same folder
  77        not published: the export says who people are, or the key file is no secret
  78        not published: the mapping file or the policy file is not valid
  130, 143  not published: interrupted";

/// Flags the people of an export for risk of overdose, for trained staff to act on.
///
/// Decision support: no probability, nobody called safe, never a reason to refuse, reduce or end
/// treatment. Not validated.
#[derive(Debug, Parser)]
#[command(name = "nightly", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// The files of one export: CSV with a header, a JSON array of records, or one JSON record a
    /// line; `-` reads standard input
    #[arg(required = true, value_name = "EXPORT")]
    exports: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// The folder in which runs are published
    #[arg(long, value_name = "DIR", default_value = "overdose-flags")]
    out: PathBuf,
    /// Let the group of the folder read what is published: modes 0750 and 0640 in place of 0700 and
    /// 0600
    #[arg(long)]
    group_readable: bool,
    /// The policy file of the service, or the run.json of a run by it; without one, the default
    /// `practice-principles`
    #[arg(
        long,
        value_name = "FILE",
        default_value = "practice-principles",
        hide_default_value = true
    )]
    policy: PathBuf,
    /// Compare with the run in this folder; `none` compares with nothing [default: the run that LATEST
    /// names]
    #[arg(long, value_name = "DIR")]
    previous: Option<PathBuf>,
    /// Who was reviewed: `id,reviewed_on,until,outcome`, as in a filled-in worklist.csv
    #[arg(long, value_name = "FILE")]
    reviewed: Option<PathBuf>,
    /// How many people the service, or a team, can contact: so many stand on each worklist, and
    /// everybody else who is act-now by the known facts
    #[arg(long, value_name = "N", default_value_t = 500)]
    capacity: usize,
    /// Refuse to publish when there are more than so many per cent fewer people than in the run before,
    /// more of those are gone, or a column is gone for more
    #[arg(long, value_name = "P", default_value_t = 10, value_parser = clap::value_parser!(u8).range(..=100))]
    max_drop: u8,
    /// Publish although the export is the same to the byte as that of the run before
    #[arg(long)]
    allow_unchanged: bool,
    /// Publish although a column of the export before is gone, or gone for some of the people
    #[arg(long)]
    allow_lost_column: bool,
    /// Publish although a field that had values in the export before has none, or less than half as
    /// many
    #[arg(long)]
    allow_lost_values: bool,
    /// Publish although most of what stands in a field cannot be read
    #[arg(long)]
    allow_unreadable: bool,
    /// Publish as of a day that is more than one day ahead of this machine's clock, which is wrong
    #[arg(long)]
    allow_future: bool,
    /// Print the receipt as JSON instead of the summary
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    process::run("nightly", night)
}

fn night() -> ExitCode {
    let arguments = Arguments::parse();
    let (json, allow_future) = (arguments.json, arguments.allow_future);
    let mut bar = Bar::new(arguments.reading.progress);
    let policy = policy_file::policy(&arguments.policy);
    let (job, policy) = match policy.and_then(|policy| Ok((arguments.into_job()?, policy))) {
        Ok(settled) => settled,
        Err(NoJob { message, code }) => {
            complain(&format!("{message}\nnothing was published"));
            return code;
        }
    };
    if let Err(code) = in_time(job.as_of, Local::now().date_naive(), allow_future) {
        return code;
    }
    let Ok(interrupts) = Interrupts::watch() else {
        complain("signals cannot be watched\nnothing was published");
        return ExitCode::from(ErrorKind::Defect.exit_code());
    };
    let published = run(&job, &policy, &mut |so_far| {
        bar.show(so_far);
        match interrupts.exit_code() {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    });
    bar.clear();
    match published {
        Ok(published) => report(&job, &published, json),
        Err(error) if error.kind() == ErrorKind::Stopped => {
            complain("interrupted; nothing was published");
            ExitCode::from(interrupts.exit_code().unwrap_or(error.kind().exit_code()))
        }
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// Says it where everybody is to be assessed as of a day to come, and refuses one that is no slip of time
/// zones: `LATEST` would name it until it is there, and every night before it would be hidden.
fn in_time(as_of: NaiveDate, today: NaiveDate, allow_future: bool) -> Result<(), ExitCode> {
    if (as_of - today).num_days() > 1 && !allow_future {
        complain(&format!(
            "the as-of date {as_of} is later than tomorrow, and by this machine's clock today is {today}: correct \
             --as-of, or pass --allow-future where the clock is wrong; nothing was published"
        ));
        return Err(ExitCode::from(USAGE));
    }
    if as_of > today {
        complain(&format!("the as-of date {as_of} lies in the future"));
    }
    Ok(())
}

impl Arguments {
    fn into_job(self) -> Result<Job, NoJob> {
        let mut job = self.reading.into_job("nightly", self.exports, self.out)?;
        if self.group_readable {
            job.readers = Readers::Group;
        }
        job.previous = match self.previous {
            None => Previous::Latest,
            Some(folder) if folder.as_os_str() == "none" => Previous::Nothing,
            Some(folder) => Previous::Run(folder),
        };
        job.reviewed = self.reviewed;
        job.capacity = self.capacity;
        job.max_drop = self.max_drop;
        let tolerated = [
            (self.allow_unchanged, Tolerated::Unchanged),
            (self.allow_lost_column, Tolerated::LostColumn),
            (self.allow_lost_values, Tolerated::LostValues),
            (self.allow_unreadable, Tolerated::Unreadable),
        ];
        job.tolerate = tolerated.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect();
        Ok(job)
    }
}

/// Says what was published. By now it is: a closed standard output changes no exit code.
fn report(job: &Job, published: &Published, json: bool) -> ExitCode {
    for field in &job.without {
        if !published.receipt().waived.contains(&field.name()) {
            complain(&format!("--without {field} was not needed: the export has that field"));
        }
    }
    if json {
        published.receipt().notices.iter().for_each(|notice| complain(notice));
    }
    let mut out = io::stdout().lock();
    let written = if json {
        serde_json::to_writer_pretty(&mut out, published.receipt())
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
    } else {
        write!(out, "{published}")
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain("the summary cannot be written, but the run was published");
            ExitCode::from(ErrorKind::Output.exit_code())
        }
        _ => ExitCode::from(published.receipt().exit_code),
    }
}

fn complain(message: &str) {
    // Where standard error is closed, the exit code still says it.
    let _ = writeln!(io::stderr(), "nightly: {message}");
}
