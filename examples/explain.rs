//! One person of a run: in words for the worker, and a page that can be shown to the person.
//!
//! ```sh
//! cargo run --release --example explain -- p-17 --in overdose-flags --page p-17.html
//! ```
//!
//! Standard output is for the words. Of somebody whom the run did not assess it says what became of them,
//! where the run knows it. The page is a file that only its owner can read; one that is there already is
//! left as it is. Exit codes: 0 the run says something of the person; 1 it does not, or `--page` was given
//! and it has nothing to put on a page; 2 usage; 66 the run cannot be read; 74 the words or the page
//! cannot be written.

mod private_file;
#[path = "explain/run_folder.rs"]
mod run_folder;

use clap::Parser;
use overdose_risk_intake::Id;
use overdose_risk_report::{Because, Change, ChangeKind, Sheet, Standing};
use overdose_risk_run::process;
use run_folder::{Quarantined, RunFolder, Unreadable};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0   the run says something of the person
  1   it has nobody with that id, or nothing to put on a page
  2   how it was called
  66  the run cannot be read
  70  a defect of the program
  74  the words or the page cannot be written";

/// Says what a run found of one person, in words for the worker and on a page for the person.
///
/// Decision support: no probability, nobody called safe, never a reason to refuse, reduce or end
/// treatment. Not validated.
#[derive(Debug, Parser)]
#[command(name = "explain", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// The person's pseudonym, as in the outputs of the run
    id: OsString,
    /// The folder of a run, or the folder in which runs are published: then the run that LATEST names
    #[arg(long = "in", value_name = "RUN")]
    run: PathBuf,
    /// Write a page that can be shown to the person into this file, which must not be there yet
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
}

const NOT_AMONG_THEM: &str = "people who died or did not consent are not among the assessed; else check \
                              spelling and case";

const NOBODY: u8 = 1;
const USAGE: u8 = 2;
const UNREADABLE: u8 = 66;
const UNWRITABLE: u8 = 74;

/// Why the program ends: what to say, and the exit code.
struct Ended {
    message: String,
    code: u8,
}

impl From<Unreadable> for Ended {
    fn from(Unreadable(message): Unreadable) -> Self {
        Self { message, code: UNREADABLE }
    }
}

fn main() -> ExitCode {
    process::run("explain", || match arguments().and_then(|arguments| explain(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended { message, code }) => {
            // Where standard error is closed, the exit code still says it.
            let _ = writeln!(io::stderr(), "explain: {message}");
            ExitCode::from(code)
        }
    })
}

fn arguments() -> Result<Arguments, Ended> {
    Arguments::try_parse().map_err(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        // What was typed may be a name, and its own message would repeat it.
        let message = "give one id and --in RUN; --help says what else there is";
        Ended { message: message.to_owned(), code: USAGE }
    })
}

fn explain(arguments: &Arguments) -> Result<(), Ended> {
    let no_id = || {
        Ended {
        message: "that is no id: letters, digits, hyphens and underscores, 64 at most, as in the outputs of the run"
            .to_owned(),
        code: USAGE,
    }
    };
    let id = Id::read(arguments.id.as_encoded_bytes()).map_err(|_| no_id())?;
    let folder = RunFolder::open(&arguments.run)?;
    let change = folder.change(id)?;
    let (day, review) = (folder.day(), None);
    if let Some(flagged) = &folder.assessed(id)? {
        let (standing, change) = (Some(Standing::Assessed), change.as_ref());
        let sheet = Sheet { flagged, standing, day, change, review };
        return show(&sheet, arguments.page.as_deref());
    }
    let quarantined = folder.quarantined(id)?;
    if let Some(flagged) = &folder.carried(id)? {
        let (standing, change) = (folder.standing(id)?, change.as_ref());
        let sheet = Sheet { flagged, standing, day, change, review };
        return show(&sheet, arguments.page.as_deref());
    }
    let became = what_became(id, change.as_ref(), &quarantined).ok_or_else(|| Ended {
        message: format!("the run of {} has nobody with that id\n{NOT_AMONG_THEM}", folder.name()),
        code: NOBODY,
    })?;
    print(&became)?;
    arguments.page.as_ref().map_or(Ok(()), |_| {
        let message = "no page was written: the run has nothing to put on it";
        Err(Ended { message: message.to_owned(), code: NOBODY })
    })
}

/// What became of somebody of whom the run has neither an assessment nor carries one on.
fn what_became(id: Id<'_>, change: Option<&Change>, quarantined: &[Quarantined]) -> Option<String> {
    let mut text = String::new();
    let id = id.as_str();
    if let Some(Change { kind, because, .. }) = change {
        let why = match kind {
            _ if because.contains(&Because::Died) => "has died; the run assesses nobody who has",
            _ if because.contains(&Because::NoLongerCarried) => {
                "has not been assessed for weeks, and no longer stands on the worklist"
            }
            _ if because.contains(&Because::EndedByReview) => {
                "no longer stands on the worklist, since a review says that they died, moved away or asked \
                 not to be contacted"
            }
            _ if because.contains(&Because::WithoutConsent) => {
                "was not assessed: there is no consent to this use of their record, which says nothing \
                 about treatment or contact"
            }
            ChangeKind::Gone => "is in no row of the export; the run before had them",
            ChangeKind::NotAssessed => "is in the export and was not assessed",
            ChangeKind::New | ChangeKind::Raised | ChangeKind::Lowered | ChangeKind::SameTier => {
                "is in the list of changes and not in the flags"
            }
        };
        let _ = writeln!(text, "{id} {why}.");
    }
    if !quarantined.is_empty() {
        let _ = writeln!(text, "{id} was not assessed. Of them, these records were quarantined:");
        for Quarantined { source, line, kind } in quarantined {
            let _ = writeln!(text, "- {source}, line {line}: {kind}");
        }
    }
    (!text.is_empty()).then_some(text)
}

fn show(sheet: &Sheet<'_>, page: Option<&Path>) -> Result<(), Ended> {
    let Some(page) = page else { return print(&sheet.to_string()) };
    let mut bytes = Vec::new();
    sheet.write(&mut bytes).map_err(|_| no_page(page, "it cannot be made"))?;
    write_new(page, &bytes)?;
    let mut text = format!("{sheet}\nThe page for the person is in {}.\n", page.display());
    for note in sheet.before_showing() {
        let _ = writeln!(text, "- {note}");
    }
    print(&text)
}

/// Writes a file that only its owner can read, and of which nothing is left if that fails.
fn write_new(page: &Path, bytes: &[u8]) -> Result<(), Ended> {
    let mut file =
        private_file::new(page).map_err(|error| no_page(page, &private_file::fault(&error)))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = fs::remove_file(page);
        no_page(page, &private_file::fault(&error))
    })
}

fn no_page(page: &Path, why: &str) -> Ended {
    Ended {
        message: format!("the page {} cannot be written: {why}", page.display()),
        code: UNWRITABLE,
    }
}

/// Whoever reads no further has had enough, which is no failure.
fn print(text: &str) -> Result<(), Ended> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Ended { message: "standard output cannot be written".to_owned(), code: UNWRITABLE })
        }
        _ => Ok(()),
    }
}
