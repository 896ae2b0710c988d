//! A service whose run of yesterday is published, and its run of tonight.

use crate::program::program;
use crate::whole;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use tempfile::TempDir;

pub(crate) const YESTERDAY: &str = "2026-03-30";
pub(crate) const TONIGHT: &str = "2026-03-31";
pub(crate) const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone\n";

/// A folder with an export and the published run of yesterday.
pub(crate) struct Night(TempDir);

impl Night {
    pub(crate) fn new() -> Self {
        Self::with(&export(30))
    }

    /// The night of another export.
    pub(crate) fn with(tonights: &str) -> Self {
        static YESTERDAYS: OnceLock<TempDir> = OnceLock::new();
        let before = YESTERDAYS.get_or_init(|| {
            let night = Self(TempDir::new().unwrap());
            fs::write(night.path("export.csv"), export(28)).unwrap();
            let output = night.nightly(&["export.csv", "--as-of", YESTERDAY]).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            night.0
        });
        let night = Self(TempDir::new().unwrap());
        copy(before.path(), night.0.path());
        fs::write(night.path("export.csv"), tonights).unwrap();
        night
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.path("overdose-flags")
    }

    pub(crate) fn nightly(&self, arguments: &[&str]) -> Command {
        let mut command = program("nightly");
        command.current_dir(self.0.path()).args(arguments).arg("--out").arg(self.out());
        command
    }

    pub(crate) fn tonight(&self) -> Command {
        self.nightly(&["export.csv", "--as-of", TONIGHT])
    }

    /// Tonight's run behind another program, with its arguments: on one thread, so that its calls come
    /// in the same order each time.
    pub(crate) fn tonight_under(&self, program: &str, arguments: &[&str]) -> Command {
        let tonight = self.tonight();
        let mut command = Command::new(program);
        command.current_dir(self.0.path()).args(arguments);
        command.arg(tonight.get_program()).args(tonight.get_args()).args(["--threads", "1"]);
        command
    }

    /// The run that `LATEST` names, everything in the folder being whole.
    pub(crate) fn latest(&self) -> String {
        whole::latest(&self.out())
    }

    /// Runs once more without a fault: it succeeds, whatever was before, and leaves nothing hidden.
    pub(crate) fn recovers(&self, after: &str) {
        let output = self.tonight().output().unwrap();
        assert_eq!(output.status.code(), Some(0), "after {after}: {}", said(&output));
        assert!(self.latest().starts_with(TONIGHT), "after {after}");
        assert_eq!(whole::hidden(&self.out()), [".lock"], "after {after}");
    }
}

/// An export of so many people.
pub(crate) fn export(people: usize) -> String {
    let row = |person: usize| {
        let (age, day) = (20 + person, 1 + person % 28);
        format!("p-{person},{age},current,not_prescribed,2026-03-{day:02},not_held\n")
    };
    std::iter::once(HEADER.to_owned()).chain((0..people).map(row)).collect()
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
