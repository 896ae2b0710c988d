//! The argument `--policy`.

use crate::intake::NoJob;
use overdose_risk::Policy;
use overdose_risk_policy::read_policy;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// The exit code where a policy file is none.
const INVALID: u8 = 78;
/// The exit code where it cannot be read.
const UNREADABLE: u8 = 66;

/// The policy in this file, or the default by its name.
pub(crate) fn policy(file: &Path) -> Result<Policy, NoJob> {
    let default = Policy::practice_principles();
    if file.as_os_str() == default.name() {
        return Ok(default.clone());
    }
    let path = file.display();
    let text = fs::read(file).map_err(|_| NoJob {
        message: format!(
            "{path} cannot be read: give the name of a policy file, or {} for the default",
            default.name()
        ),
        code: ExitCode::from(UNREADABLE),
    })?;
    let invalid = |why: String| NoJob {
        message: format!("the policy file {path} is not valid\n{why}"),
        code: ExitCode::from(INVALID),
    };
    let text = String::from_utf8(text).map_err(|_| invalid("it is not UTF-8".to_owned()))?;
    read_policy(&text).map_err(|error| invalid(error.to_string()))
}
