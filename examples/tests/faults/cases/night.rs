//! A service whose run of yesterday is published, and its run of tonight.

use super::program::program;
use super::whole;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, Permissions};
use std::ops::Range;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const YESTERDAY: &str = "2026-03-30";
pub(crate) const TONIGHT: &str = "2026-03-31";
pub(crate) const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone,note\n";
/// Stands in the note of everybody, and where it is no value of a field that is read.
pub(crate) const CANARY: &str = "canary-4711";
/// What a program reads on standard input; without it, nothing.
pub(crate) const INPUT: &str = "input";
/// No run here takes a hundredth of it.
const LONGEST: Duration = Duration::from_secs(120);

/// A folder with an export and the published run of yesterday, which carries somebody and keeps a review.
pub(crate) struct Night {
    folder: TempDir,
    /// What tonight's run is told, beside the day, the folder and the threads.
    arguments: Vec<&'static str>,
    /// On one thread the calls of a run come in the same order each time.
    threads: &'static str,
}

impl Night {
    pub(crate) fn new() -> Self {
        static YESTERDAYS: OnceLock<TempDir> = OnceLock::new();
        let before = YESTERDAYS.get_or_init(yesterday);
        let night = Self::empty();
        copy(before.path(), night.folder.path());
        // Two of yesterday's people are missing.
        night.with("export.csv", export(2..30))
    }

    fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        Self { folder, arguments: vec!["export.csv"], threads: "1" }
    }

    /// With another file, which is its owner's alone.
    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
        self
    }

    /// With other arguments than the name of the export.
    pub(crate) fn told(self, arguments: &[&'static str]) -> Self {
        Self { arguments: arguments.to_vec(), ..self }
    }

    /// With these arguments, too.
    pub(crate) fn told_more(mut self, arguments: &[&'static str]) -> Self {
        self.arguments.extend(arguments);
        self
    }

    pub(crate) fn on_threads(self, threads: &'static str) -> Self {
        Self { threads, ..self }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.path("overdose-flags")
    }

    pub(crate) fn nightly(&self, arguments: &[&str]) -> Command {
        let mut command = self.behind(&[], "nightly", arguments);
        command.arg("--out").arg(self.out());
        command
    }

    pub(crate) fn tonight(&self) -> Command {
        self.tonight_behind(&[])
    }

    /// Tonight's run behind another program and its arguments.
    pub(crate) fn tonight_behind(&self, before: &[&str]) -> Command {
        let mut command = self.behind(before, "nightly", &self.arguments);
        command.args(["--as-of", TONIGHT, "--threads", self.threads, "--out"]).arg(self.out());
        command
    }

    /// A program behind another one and its arguments, or alone.
    pub(crate) fn behind(&self, before: &[&str], name: &str, arguments: &[&str]) -> Command {
        let program = program(name);
        let mut command = match before.split_first() {
            None => program,
            Some((first, others)) => {
                let mut command = Command::new(first);
                command.args(others).arg(program.get_program());
                command
            }
        };
        let input = File::open(self.path(INPUT)).map_or(Stdio::null(), Stdio::from);
        command.current_dir(self.folder.path()).args(arguments).stdin(input);
        command
    }

    /// The run that `LATEST` names, everything in the folder being whole.
    pub(crate) fn latest(&self) -> String {
        whole::latest(&self.out())
    }

    /// A file of a run; nothing where it has none.
    pub(crate) fn output(&self, run: &str, name: &str) -> Vec<u8> {
        fs::read(self.out().join(run).join(name)).unwrap_or_default()
    }
}

/// Runs a program to its end.
pub(crate) fn ended(command: &mut Command) -> Output {
    wait(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Waits until a program has ended, which it has to.
pub(crate) fn wait(child: Child) -> Output {
    let id = child.id().to_string();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    receiver.recv_timeout(LONGEST).map_or_else(
        |_| {
            let _ = Command::new("kill").args(["-s", "KILL", &id]).status();
            panic!("it did not end within {LONGEST:?}")
        },
        Result::unwrap,
    )
}

/// An export of these people.
pub(crate) fn export(people: Range<usize>) -> String {
    std::iter::once(HEADER.to_owned()).chain(people.map(row)).collect()
}

/// The row of a person.
pub(crate) fn row(person: usize) -> String {
    let (age, day) = (20 + person % 60, 1 + person % 28);
    let naloxone = if person == 4 { CANARY } else { "not_held" };
    format!("p-{person},{age},current,not_prescribed,2026-03-{day:02},{naloxone},{CANARY}\n")
}

/// A key of pseudonyms.
pub(crate) fn key() -> impl AsRef<[u8]> {
    Sha256::digest(CANARY)
}

/// The same records as JSON, one a line.
pub(crate) fn as_ndjson(export: &str) -> String {
    let mut lines = export.lines().map(|line| line.split(','));
    let keys: Vec<&str> = lines.next().unwrap().collect();
    let record = |cells: std::str::Split<'_, char>| {
        let pairs = keys.iter().zip(cells).map(|(key, cell)| format!("\"{key}\":\"{cell}\""));
        format!("{{{}}}\n", pairs.collect::<Vec<_>>().join(","))
    };
    lines.map(record).collect()
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with yesterday's run. The night before it had one person more.
fn yesterday() -> TempDir {
    let reviews = "id,reviewed_on,until,outcome\np-5,2026-03-28,2026-04-20,seen\n";
    let night = Night::empty().with("reviews.csv", reviews);
    let before = "2026-03-29";
    for (as_of, export) in [(before, export(0..28) + &row(50)), (YESTERDAY, export(0..28))] {
        let night_before = fs::write(night.path("export.csv"), export);
        night_before.unwrap();
        let arguments = ["export.csv", "--reviewed", "reviews.csv", "--as-of", as_of];
        let output = ended(&mut night.nightly(&arguments));
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    fs::remove_dir_all(night.out().join(before)).unwrap();
    night.folder
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
