//! The programs that are built beside these tests.

use std::path::Path;
use std::process::Command;

/// An example, ready to run.
pub(crate) fn program(example: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let file = format!("{example}{}", std::env::consts::EXE_SUFFIX);
    Command::new(profile.join("examples").join(file))
}
