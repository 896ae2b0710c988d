//! A service that runs the nightly program.

use crate::program::program;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Of a few records, one is many per cent.
const AS_OF: [&str; 4] = ["--as-of", "2026-03-31", "--max-quarantine", "100"];

/// A folder with the files of a service in it.
pub(crate) struct Service(TempDir);

impl Service {
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let service = Self(TempDir::new().unwrap());
        for (name, text) in files {
            service.write(name, text);
        }
        service
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program("nightly");
        command.current_dir(self.0.path()).args(arguments).args(AS_OF);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn read(&self, run: &str, name: &str) -> String {
        fs::read_to_string(self.path("overdose-flags").join(run).join(name)).unwrap()
    }

    pub(crate) fn published(&self, name: &str) -> String {
        self.read("2026-03-31", name)
    }

    /// What all runs wrote into every file.
    pub(crate) fn written(&self) -> Vec<String> {
        let runs = fs::read_dir(self.path("overdose-flags")).into_iter().flatten().flatten();
        let folders = runs.map(|run| run.path()).filter(|run| run.is_dir());
        let files = folders.flat_map(|run| fs::read_dir(run).unwrap());
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) fn ended(output: &Output, code: i32) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}{}", text(&output.stdout));
    said + &text(&output.stdout)
}

pub(crate) fn ids(flags: &str) -> Vec<&str> {
    flags.lines().skip(1).map(|row| row.split(',').next().unwrap()).collect()
}
