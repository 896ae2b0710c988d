//! What the folder of a run is called.

use crate::publish::RECEIPT;
use chrono::NaiveDate;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

/// The name of a run's folder; the newest is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RunName {
    pub(crate) as_of: NaiveDate,
    /// Which run of that day it is, from 1.
    pub(crate) times: u32,
}

impl RunName {
    /// `2026-03-31`, `2026-03-31.2` and so on, to the letter.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (as_of, times) = match name.split_once('.') {
            Some((as_of, times)) => (as_of, times.parse().ok().filter(|times| *times > 1)?),
            None => (name, 1),
        };
        let run = Self { as_of: as_of.parse().ok()?, times };
        (run.to_string() == name).then_some(run)
    }
}

impl RunName {
    /// Whether there is such a run, and it was published as a whole.
    pub(crate) fn is_complete(self, out: &Path) -> bool {
        let folder = out.join(self.to_string());
        // Of what a symbolic link leads to nobody knows whose it is.
        let is = |path: &Path, is: fn(&fs::Metadata) -> bool| {
            fs::symlink_metadata(path).is_ok_and(|metadata| is(&metadata))
        };
        is(&folder, fs::Metadata::is_dir) && is(&folder.join(RECEIPT), fs::Metadata::is_file)
    }
}

/// The complete runs in an output folder, the oldest first.
pub(crate) fn complete(out: &Path) -> io::Result<Vec<RunName>> {
    let mut runs = Vec::new();
    for entry in fs::read_dir(out)? {
        let name = entry?.file_name();
        runs.extend(name.to_str().and_then(RunName::named).filter(|run| run.is_complete(out)));
    }
    runs.sort_unstable();
    Ok(runs)
}

impl fmt::Display for RunName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { as_of, times } = self;
        if *times == 1 { write!(f, "{as_of}") } else { write!(f, "{as_of}.{times}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_run_is_called_is_a_run() {
        for name in ["2026-03-31", "2026-03-31.2", "2026-03-31.10", "0001-01-01"] {
            assert_eq!(RunName::named(name).map(|run| run.to_string()).as_deref(), Some(name));
        }
        for name in [
            "",
            "LATEST",
            ".",
            "..",
            "2026-03-31.",
            "2026-03-31.0",
            "2026-03-31.1",
            "2026-03-31.02",
            "2026-03-31.+2",
            "2026-03-31.-2",
            "2026-03-31.2.2",
            "2026-03-31.old",
            "2026-03-31.4294967296",
            "2026-03-31 ",
            " 2026-03-31",
            "2026-3-31",
            "2026-02-30",
            "+2026-03-31",
            "20260331",
            "2026-03-31/x",
            ".draft-pruned-2026-03-31",
            ".2026-03-31",
            "2026-03-31~",
        ] {
            assert_eq!(RunName::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_tenth_run_of_a_day_is_newer_than_the_ninth() {
        let named = |name| RunName::named(name).unwrap();
        let order = ["2025-12-31.3", "2026-03-30", "2026-03-30.2", "2026-03-30.10", "2026-03-31"]
            .map(named);
        assert!(order.is_sorted());
    }
}
