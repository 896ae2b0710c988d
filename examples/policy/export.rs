//! The people of an export, as the nightly run reads it.

use crate::progress::{Bar, When};
use crate::{Ended, day, intake};
use chrono::{Local, NaiveDate};
use clap::ValueEnum;
use overdose_risk::Record;
use overdose_risk_intake::{Id, Identifiers, Principal};
use overdose_risk_run::{Format, Job, Program, Reading, people};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// How an export is read. Each of these is as for the nightly run.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How the export is read, as by the nightly run")]
pub(crate) struct ExportArguments {
    /// Assess everybody as of this day [default: today, local time]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::day)]
    as_of: Option<NaiveDate>,
    /// The format of the export
    #[arg(long, value_enum, default_value_t = FormatName::Auto)]
    format: FormatName,
    /// What its columns are called: `auto`, `native`, `ndtms` (experimental), or a mapping file
    #[arg(long, value_name = "NAME|FILE", default_value = "auto")]
    profile: String,
    /// The export has no such principal field; may be repeated
    #[arg(long, value_name = "FIELD", value_parser = principal())]
    without: Vec<Principal>,
    /// Make pseudonyms of the ids with the key in this file
    #[arg(long, value_name = "FILE")]
    pseudonym_key: Option<PathBuf>,
    /// Read on although columns name direct identifiers, without looking into them
    #[arg(long)]
    drop_identifiers: bool,
    /// Of a JSON export that is broken or breaks off, count the people before that
    #[arg(long)]
    allow_partial: bool,
    /// An export without records is no fault
    #[arg(long)]
    allow_empty: bool,
    /// Refuse an export when more than so many per cent of the records are quarantined
    #[arg(long, value_name = "P", default_value_t = 5, value_parser = clap::value_parser!(u8).range(..=100))]
    max_quarantine: u8,
    /// Show progress on standard error
    #[arg(long, value_enum, default_value_t = When::Auto)]
    progress: When,
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

/// An export to be read, and how its progress is shown.
pub(crate) struct Reader {
    job: Job,
    /// The day as of which everybody is assessed.
    pub(crate) as_of: NaiveDate,
    progress: When,
}

impl ExportArguments {
    pub(crate) fn into_reader(self, exports: Vec<PathBuf>) -> Result<Reader, Ended> {
        let program =
            Program { name: "policy".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        let as_of = self.as_of.unwrap_or_else(|| Local::now().date_naive());
        // Nothing is published.
        let mut job = Job::new(program, exports, as_of, PathBuf::new());
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
        Ok(Reader { job, as_of, progress: self.progress })
    }
}

/// Puts everybody whom a run of the export would assess into what `begin` makes.
pub(crate) fn read<S>(
    reader: &Reader,
    mut begin: impl FnMut() -> S,
    add: impl FnMut(&mut S, Id<'_>, &Record),
) -> Result<(S, Reading), Ended> {
    let mut bar = Bar::new(reader.progress);
    let read = people(&reader.job, |_| begin(), add, &mut |so_far| {
        bar.show(so_far);
        ControlFlow::Continue(())
    });
    bar.clear();
    Ok(read?)
}
