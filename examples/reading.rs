//! The arguments by which an export is read: the same for every program that reads one as a run does.

use crate::intake::NoJob;
use crate::progress::When;
use crate::threads::threads;
use crate::{day, intake};
use chrono::{Local, NaiveDate};
use clap::ValueEnum;
use overdose_risk_intake::{Identifiers, Principal};
use overdose_risk_run::{Format, Job, Program};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// How an export is read.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadingArguments {
    /// Their format
    #[arg(long, value_enum, default_value_t = FormatName::Auto)]
    format: FormatName,
    /// What their columns are called: `auto` looks at the header, `native`, `ndtms` (experimental), or a
    /// mapping file
    #[arg(long, value_name = "NAME|FILE", default_value = "auto")]
    profile: String,
    /// Assess everybody as of this day [default: today, local time]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day)]
    as_of: Option<NaiveDate>,
    /// The export has no such principal field, and nobody can be assessed for it; may be repeated
    #[arg(long, value_name = "FIELD", value_parser = principal())]
    without: Vec<Principal>,
    /// Make pseudonyms of the ids with the key in this file, which nobody but its owner can read
    #[arg(long, value_name = "FILE")]
    pseudonym_key: Option<PathBuf>,
    /// Read on although columns name direct identifiers, without looking into them
    #[arg(long)]
    drop_identifiers: bool,
    /// Of a JSON export that is broken or breaks off, take the people before that
    #[arg(long)]
    allow_partial: bool,
    /// An export without records is one of a service that has nobody, and no fault
    #[arg(long)]
    allow_empty: bool,
    /// Refuse an export when more than so many per cent of the records are quarantined
    #[arg(long, value_name = "P", default_value_t = 5, value_parser = clap::value_parser!(u8).range(..=100))]
    max_quarantine: u8,
    /// Read and assess on so many threads [default: as many as there are processors, 4 at the most]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<NonZeroUsize>,
    /// Show progress on standard error
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(crate) progress: When,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    /// By the content: what begins with a bracket is JSON
    Auto,
    /// CSV with a header
    Csv,
    /// An array of records, or an object that has one key with such an array
    Json,
    /// One JSON record a line
    Ndjson,
}

/// Reads a principal field by its name, and lists the four in the help.
fn principal() -> impl clap::builder::TypedValueParser<Value = Principal> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};
    PossibleValuesParser::new(Principal::ALL.map(Principal::name)).try_map(|name| {
        Principal::ALL.into_iter().find(|field| field.name() == name).ok_or("no such field")
    })
}

impl ReadingArguments {
    /// A job of this program that reads the files so, with everything else as it is by default.
    pub(crate) fn into_job(
        self,
        program: &str,
        exports: Vec<PathBuf>,
        out: PathBuf,
    ) -> Result<Job, NoJob> {
        let (name, version) = (program.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        let as_of = self.as_of.unwrap_or_else(|| Local::now().date_naive());
        let mut job = Job::new(Program { name, version }, exports, as_of, out);
        job.threads = self.threads.unwrap_or(job.threads);
        job.format = match self.format {
            FormatName::Auto => Format::Auto,
            FormatName::Csv => Format::Csv,
            FormatName::Json => Format::Json,
            FormatName::Ndjson => Format::Ndjson,
        };
        job.profile = intake::profile(&self.profile)?;
        job.without = self.without;
        if self.drop_identifiers {
            job.identifiers = Identifiers::Drop;
        }
        job.key = self.pseudonym_key.as_deref().map(intake::key).transpose()?;
        job.allow_partial = self.allow_partial;
        job.allow_empty = self.allow_empty;
        job.max_quarantine = self.max_quarantine;
        Ok(job)
    }
}
