//! The argument `--policy`: a policy file, or the receipt of a run, which holds one.

use crate::intake::{NoJob, unreadable};
use overdose_risk::Policy;
use overdose_risk_policy::read_policy;
use overdose_risk_run::ReceiptBefore;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// The exit code where a policy file is none.
const INVALID: u8 = 78;

/// The policy in this file or receipt, or the default by its name.
pub(crate) fn policy(file: &Path) -> Result<Policy, NoJob> {
    let default = Policy::practice_principles();
    if file.as_os_str() == default.name() {
        return Ok(default.clone());
    }
    let path = file.display();
    let text = fs::read(file).map_err(|error| {
        let default = default.name();
        let give = format!(
            "give the name of a policy file or of the run.json of a run, or {default} for the default"
        );
        unreadable(file, &error, &give)
    })?;
    // No TOML begins so.
    if text.trim_ascii_start().starts_with(b"{") {
        return of_receipt(file);
    }
    let invalid = |why: String| NoJob {
        message: format!("the policy file {path} is not valid\n{why}"),
        code: ExitCode::from(INVALID),
    };
    let text = String::from_utf8(text)
        .map_err(|_| invalid("it is not UTF-8: save it as UTF-8".to_owned()))?;
    read_policy(&text).map_err(|error| invalid(error.to_string()))
}

/// The policy of an earlier run, made again from its receipt.
fn of_receipt(file: &Path) -> Result<Policy, NoJob> {
    let receipt = ReceiptBefore::open(file).map_err(|error| NoJob {
        message: error.cause().to_string(),
        code: ExitCode::from(error.kind().exit_code()),
    })?;
    let path = file.display();
    let invalid = |why: String| NoJob {
        message: format!("the policy in the receipt {path} cannot be taken\n{why}"),
        code: ExitCode::from(INVALID),
    };
    let policy = read_policy(receipt.policy_file())
        .map_err(|error| invalid(format!("this version cannot make it again: {error}")))?;
    let unlike = receipt.unlike(&policy);
    if unlike.is_empty() {
        return Ok(policy);
    }
    Err(invalid(format!(
        "the receipt says of its policy what its own policy.file does not: {}; give the run.json exactly \
         as that night wrote it",
        unlike.join(", ")
    )))
}
