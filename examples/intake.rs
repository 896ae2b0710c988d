//! The arguments `--profile`, a name or a mapping file, and `--pseudonym-key`.

use overdose_risk_intake::{Mapping, Profile, PseudonymKey};
use overdose_risk_run::{KeyError, in_words, read_key};
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// The exit code where a mapping file is none.
const MAPPING_INVALID: u8 = 78;
/// The exit code where it cannot be read.
const UNREADABLE: u8 = 66;

/// Why a program ends before it has begun: what to say, and the exit code.
pub(crate) struct NoJob {
    pub(crate) message: String,
    pub(crate) code: ExitCode,
}

/// The profile of this name, or in this file.
pub(crate) fn profile(name_or_file: &str) -> Result<Profile, NoJob> {
    match name_or_file {
        "auto" => return Ok(Profile::Auto),
        "native" => return Ok(Profile::Native),
        "ndtms" => return Ok(Profile::Ndtms),
        _ => {}
    }
    let path = Path::new(name_or_file).display();
    let takes = "--profile takes auto, native, ndtms or the name of a mapping file";
    let text = fs::read(name_or_file)
        .map_err(|error| unreadable(Path::new(name_or_file), &error, takes))?;
    let invalid = |why: String| NoJob {
        message: format!("the mapping file {path} is not valid\n{why}"),
        code: ExitCode::from(MAPPING_INVALID),
    };
    let text = String::from_utf8(text).map_err(|_| invalid("it is not UTF-8".to_owned()))?;
    let mapping = Mapping::from_toml(&text).map_err(|error| invalid(error.to_string()))?;
    Ok(Profile::Mapped(Arc::new(mapping)))
}

/// That a file cannot be read, and why; where there is none, what to give.
pub(crate) fn unreadable(file: &Path, error: &io::Error, give: &str) -> NoJob {
    let hint =
        if error.kind() == io::ErrorKind::NotFound { format!("; {give}") } else { String::new() };
    NoJob {
        message: format!("{} cannot be read: {}{hint}", file.display(), in_words(error)),
        code: ExitCode::from(UNREADABLE),
    }
}

/// The key in this file.
pub(crate) fn key(file: &Path) -> Result<Arc<PseudonymKey>, NoJob> {
    let no_job = |error: KeyError| NoJob {
        message: error.to_string(),
        code: ExitCode::from(error.kind().exit_code()),
    };
    read_key(file).map(Arc::new).map_err(no_job)
}
