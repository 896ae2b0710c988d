//! An export to `flags.csv` and nothing else, as fast as it goes: for measuring, and for whoever embeds
//! the crates and has a sink of their own.
//!
//! Every row is a person here. Where a person can have several, use `nightly`, which puts them together.

mod private_file;
mod threads;

use chrono::NaiveDate;
use clap::{Parser, ValueEnum};
use overdose_risk::{Policy, assess};
use overdose_risk_csv::{self as csv, FlagRows, FlagsWriter};
use overdose_risk_intake::{Entry, Intake};
use overdose_risk_json as json;
use overdose_risk_run::{InPieces, in_order, in_words, process};
use std::cell::RefCell;
use std::error::Error;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Cursor, Read, Write as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{mem, thread};

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0   written
  1   the export cannot be read or used, or the output not be written: the message says which
  2   how it was called
  70  a defect of the program";

/// Writes flags.csv for an export in which every row is a person
#[derive(Parser)]
#[command(after_help = EXIT_CODES)]
struct Arguments {
    /// The export
    export: PathBuf,
    /// The day as of which everybody is assessed
    #[arg(long, value_name = "DATE")]
    as_of: NaiveDate,
    /// The file to write, which must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Its format; `auto` looks at the content
    #[arg(long, default_value = "auto")]
    format: Format,
    /// How many threads; as many as there are processors unless given
    #[arg(long, value_parser = threads::threads)]
    threads: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Auto,
    Csv,
    Json,
    Ndjson,
}

/// What was made of a piece.
struct Made<X: InPieces> {
    rows: Vec<u8>,
    counts: Counts,
    learnt: Result<X::Learnt, X::Error>,
}

impl<X: InPieces> Default for Made<X> {
    fn default() -> Self {
        Self { rows: Vec::new(), counts: Counts::default(), learnt: Ok(X::Learnt::default()) }
    }
}

#[derive(Clone, Copy, Default)]
struct Counts {
    flagged: u64,
    died: u64,
    quarantined: u64,
}

fn main() -> ExitCode {
    process::run("throughput", || match throughput() {
        Ok(Counts { flagged, died, quarantined }) => {
            complain(&format!("{flagged} flagged, {died} died, {quarantined} quarantined"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&format!("throughput: {error}"));
            ExitCode::FAILURE
        }
    })
}

fn complain(message: &str) {
    // Where standard error is closed, the exit code still says it.
    let _ = writeln!(io::stderr(), "{message}");
}

/// The files that a message names.
struct Files {
    export: PathBuf,
    out: PathBuf,
}

impl Files {
    fn unread(&self, error: &io::Error) -> Box<dyn Error> {
        format!("{} cannot be read: {}", self.export.display(), in_words(error)).into()
    }

    fn refused(&self, error: impl Display) -> Box<dyn Error> {
        format!("{}: {error}", self.export.display()).into()
    }

    fn unwritten(&self, error: &io::Error) -> Box<dyn Error> {
        let why = private_file::fault(error);
        format!("{} cannot be written: {why}", self.out.display()).into()
    }
}

fn throughput() -> Result<Counts, Box<dyn Error>> {
    let Arguments { export, as_of, out, format, threads } = Arguments::parse();
    let threads = threads.or(thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let files = Files { export, out };
    let mut file = File::open(&files.export).map_err(|error| files.unread(&error))?;
    let mut start = Vec::new();
    let looked = Read::by_ref(&mut file).take(4096).read_to_end(&mut start);
    looked.map_err(|error| files.unread(&error))?;
    let is_json = matches!(start.trim_ascii_start().first(), Some(b'[' | b'{'));
    let (source, intake) = (Cursor::new(start).chain(file), Intake::default());
    if matches!(format, Format::Csv) || matches!(format, Format::Auto) && !is_json {
        let export = csv::Export::open(source, as_of, &intake);
        let mut export = export.map_err(|error| files.refused(error))?;
        return flag(&mut export, &files, as_of, threads);
    }
    let format = match format {
        Format::Auto | Format::Csv => None,
        Format::Json => Some(json::Format::Json),
        Format::Ndjson => Some(json::Format::Ndjson),
    };
    let export = json::Export::open(source, as_of, format, &intake);
    let mut export = export.map_err(|error| files.refused(error))?;
    let counts = flag(&mut export, &files, as_of, threads)?;
    // Whether a principal field is in no record is known at the end.
    export.layout().map_err(|error| files.refused(error))?;
    Ok(counts)
}

/// Flags every row of an export, in order.
fn flag<X: InPieces>(
    export: &mut X,
    files: &Files,
    as_of: NaiveDate,
    threads: NonZeroUsize,
) -> Result<Counts, Box<dyn Error>> {
    let unwritten = |error| files.unwritten(&error);
    let out = private_file::new(&files.out).map_err(unwritten)?;
    let policy = Policy::practice_principles();
    let mut flags = FlagsWriter::new(out, &[]).map_err(unwritten)?;
    let mut counts = Counts::default();
    let worker = || (export.reader(), FlagRows::new(&[]));
    let (own, others) = (worker(), (1..threads.get()).map(|_| worker()).collect());
    let export = RefCell::new(export);
    in_order(
        own,
        others,
        |piece: &mut X::Piece| export.borrow_mut().cut(piece).map_err(|error| files.refused(error)),
        |(reader, rows), piece, made: &mut Made<X>| {
            made.rows.clear();
            made.counts = Counts::default();
            made.learnt = X::read(reader, piece, &mut |row, _, _| {
                let person = match row.entry {
                    Entry::Person(person) => person,
                    Entry::Quarantined { .. } => return made.counts.quarantined += 1,
                    Entry::Blank => return,
                };
                if person.facts.has_died() {
                    return made.counts.died += 1;
                }
                made.counts.flagged += 1;
                let assessment = assess(&person.facts.record(&mut |_| {}), as_of, policy);
                rows.add(person.id, &assessment, &mut made.rows);
            });
        },
        |made| {
            counts.flagged += made.counts.flagged;
            counts.died += made.counts.died;
            counts.quarantined += made.counts.quarantined;
            flags.write_rows(&made.rows).map_err(unwritten)?;
            let learnt = mem::replace(&mut made.learnt, Ok(X::Learnt::default()));
            let learnt = learnt.and_then(|learnt| export.borrow_mut().learn(learnt));
            learnt.map_err(|error| files.refused(error))
        },
    )?;
    flags.finish().map_err(unwritten)?;
    Ok(counts)
}
