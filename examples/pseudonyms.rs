//! Pairs of ids and their pseudonyms, for the service that holds the key: one id a line on standard
//! input, `id,pseudonym` as CSV on standard output. It is how a person is found again behind a
//! pseudonym of a list.
//!
//! ```sh
//! cargo run --release --example pseudonyms -- --pseudonym-key pseudonym.key < ids
//! ```
//!
//! Whoever has what it prints knows who stands behind every pseudonym: keep it as safe as the ids.
//!
//! An id is printed as it came, white space around it apart. Where a spreadsheet could take it for a
//! formula, an apostrophe stands before it, as before every id that does not begin with a letter or a
//! digit of ASCII. Lines that are blank or say `unknown` or the like are skipped and counted.
//!
//! Standard error says how many pairs there are, and the fingerprint of the key. Exit codes: 0
//! written, or whoever was reading had enough; 2 usage; 66 the input or the key file could not be
//! read; 70 a defect of the program; 74 the output could not be written; 77 the key is refused.

use clap::Parser;
use overdose_risk_intake::PseudonymKey;
use overdose_risk_run::{process, read_key};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// For `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0   written
  2   how it was called
  66  the input or the key file cannot be read
  70  a defect of the program
  74  the output cannot be written
  77  the key is refused";

/// Prints the pseudonym of each id, for the service that holds the key.
///
/// One id a line on standard input, `id,pseudonym` as CSV on standard output. Whoever has what it
/// prints knows who stands behind every pseudonym: keep it as safe as the ids.
#[derive(Debug, Parser)]
#[command(name = "pseudonyms", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    /// The file with the key, of 32 bytes or more, which its owner alone may read
    #[arg(long, value_name = "FILE")]
    pseudonym_key: PathBuf,
}

/// What an id could not be read from, or a pair written to.
enum Failed {
    Input,
    Output(io::Error),
}

impl Failed {
    /// The failure beneath one of `csv`, which as an `io::Error` would have lost its kind.
    fn output(error: csv::Error) -> Self {
        Self::Output(match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            _ => io::ErrorKind::Other.into(),
        })
    }
}

fn main() -> ExitCode {
    process::run("pseudonyms", pseudonyms)
}

fn pseudonyms() -> ExitCode {
    let Arguments { pseudonym_key } = Arguments::parse();
    let key = match read_key(&pseudonym_key) {
        Ok(key) => key,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(error.kind().exit_code());
        }
    };
    match write_pairs(&key, io::stdin().lock(), io::stdout().lock()) {
        Ok(Counts { pairs, skipped }) => {
            let fingerprint = key.fingerprint();
            let (ids, lines) = (counted(pairs, "id"), counted(skipped, "line"));
            complain(&format!("{ids}, {lines} without one; key {fingerprint}"));
            ExitCode::SUCCESS
        }
        Err(Failed::Input) => {
            complain("standard input cannot be read");
            ExitCode::from(66)
        }
        Err(Failed::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(Failed::Output(_)) => {
            complain("standard output cannot be written");
            ExitCode::from(74)
        }
    }
}

fn complain(message: &str) {
    // Where standard error is closed, the exit code still says it.
    let _ = writeln!(io::stderr(), "pseudonyms: {message}");
}

fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// What became of the lines.
struct Counts {
    pairs: u64,
    skipped: u64,
}

fn write_pairs(
    key: &PseudonymKey,
    input: impl BufRead,
    output: impl Write,
) -> Result<Counts, Failed> {
    let mut pairs = csv::Writer::from_writer(output);
    pairs.write_record(["id", "pseudonym"]).map_err(Failed::output)?;
    let mut counts = Counts { pairs: 0, skipped: 0 };
    for (place, line) in input.split(b'\n').enumerate() {
        let line = line.map_err(|_| Failed::Input)?;
        // .NET begins its standard input with a byte order mark.
        let mark: &[u8] = if place == 0 { b"\xef\xbb\xbf" } else { b"" };
        let id = line.strip_prefix(mark).unwrap_or(&line).trim_ascii();
        match key.pseudonym(id) {
            Ok(pseudonym) => {
                counts.pairs += 1;
                let pair = [&harmless(id), pseudonym.as_str().as_bytes()];
                pairs.write_record(pair).map_err(Failed::output)?;
            }
            // The only fault an id can have here is that there is none.
            Err(_) => counts.skipped += 1,
        }
    }
    pairs.flush().map_err(Failed::Output)?;
    Ok(counts)
}

/// An id that no spreadsheet takes for a formula.
fn harmless(id: &[u8]) -> Vec<u8> {
    let before: &[u8] = if id.first().is_some_and(u8::is_ascii_alphanumeric) { b"" } else { b"'" };
    [before, id].concat()
}
