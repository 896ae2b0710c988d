//! The nightly program under faults: whatever fails, and whenever it is killed, `LATEST` names a run
//! that is whole. Linux only.
//!
//! Calls that fail are injected by `strace`, counted from the first call of that name that has to do
//! with the output folder in a run without faults: what the loader opens before that is not ours. A
//! program of one thread makes the same calls every time, so the k-th of one run is that of the next.
//! Where `strace` is absent, or may not look into the program, those tests say so and pass; with
//! `OVERDOSE_RISK_FAULTS=required` they fail.
#![cfg(target_os = "linux")]

mod injected;
mod kills;
mod limits;
mod night;
mod order;
#[path = "../program.rs"]
mod program;
mod together;
mod trace;
mod whole;
