//! The programs under faults: calls that fail, disks that are full, kills, inputs that change. Whatever
//! happens, `LATEST` names a run that is whole, nobody is left out without a word, and the exit code
//! says what became of it. Linux only.
//!
//! `.ci/faults` runs this, and `cargo test` its short form. It prints a table and ends at the first
//! promise that is broken. Calls that fail are injected by `strace`, which counts them: a program of one
//! thread makes the same calls every time, so the k-th of one run is that of the next. What needs
//! `strace`, or leave to mount, is skipped without it, which its row says; with
//! `OVERDOSE_RISK_FAULTS=required` that is a failure.

#[cfg(target_os = "linux")]
mod cases;
#[cfg(target_os = "linux")]
mod table;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    table::run(cases::CASES)
}

#[cfg(not(target_os = "linux"))]
fn main() {}
