//! Scripts that account for what the programs do, apart from them.

use std::process::Command;

/// Whether scripts can be run here. Where `OVERDOSE_RISK_PYTHON` says `required`, they must be.
///
/// # Panics
///
/// When they must be and cannot.
pub fn is_here() -> bool {
    let version = Command::new("python3").arg("--version").output();
    let is_here = version.is_ok_and(|output| output.status.success());
    let is_required = std::env::var("OVERDOSE_RISK_PYTHON").is_ok_and(|value| value == "required");
    assert!(is_here || !is_required, "python3 is required and not there");
    if !is_here {
        eprintln!("skipped: no python3 here to account for it once more");
    }
    is_here
}
