//! The people of an export, as the nightly run reads it.

use crate::Ended;
use crate::progress::{Bar, When};
use crate::reading::ReadingArguments;
use overdose_risk::Record;
use overdose_risk_intake::Id;
use overdose_risk_run::{Job, Reading, people};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// An export to be read, and how its progress is shown.
pub(crate) struct Reader {
    pub(crate) job: Job,
    progress: When,
}

impl Reader {
    pub(crate) fn of(exports: Vec<PathBuf>, arguments: ReadingArguments) -> Result<Self, Ended> {
        let progress = arguments.progress;
        // Nothing is published.
        Ok(Self { job: arguments.into_job("policy", exports, PathBuf::new())?, progress })
    }
}

/// Puts everybody whom a run of the export would assess into what `begin` makes.
pub(crate) fn read<S>(
    reader: &Reader,
    mut begin: impl FnMut() -> S,
    add: impl FnMut(&mut S, Id<'_>, &Record),
) -> Result<(S, Reading), Ended> {
    let mut bar = Bar::new(reader.progress);
    let read = people(&reader.job, |_| begin(), add, &mut |so_far| {
        bar.show(so_far);
        ControlFlow::Continue(())
    });
    bar.clear();
    Ok(read?)
}
