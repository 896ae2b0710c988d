//! Everybody whom a run would assess, without a run.

use crate::before::Today;
use crate::caseloads::Codes;
use crate::error::{Cause, Error};
use crate::reading::{Place, Reading, Sink, read};
use crate::{Job, Progress, export, guards, spool_fault};
use overdose_risk::Record;
use overdose_risk_intake::{Caseloads, Id, Principal, Problem, Quarantine};
use std::ops::ControlFlow;

/// Everybody whom a run of this job would assess, once each and in the order of the export, with the
/// record that would be assessed. It publishes nothing, compares with no other run, and leaves
/// the output folder alone. What the job says of capacity, reviews and the run before counts for nothing.
///
/// `begin` makes what `take` puts each person into, and is told the principal fields that the export
/// lacks. Where an id repeats, an export is read from the beginning: what `take` has had until then is
/// dropped, and `begin` is called once more.
///
/// Standard input and pipes are copied into the system's temporary folder, into a file that only its
/// owner can read and that loses its name at once.
///
/// ```
/// # use overdose_risk_run::{Job, Program, people};
/// # use std::ops::ControlFlow;
/// # let folder = tempfile::tempdir()?;
/// # let export = folder.path().join("export.csv");
/// # let program = Program { name: "doc".to_owned(), version: "0".to_owned() };
/// # let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// std::fs::write(&export, "id,age,ost,prison_release,naloxone\np-1,44,prescribed,,held\n")?;
/// let job = Job::new(program, vec![export], as_of, "never-made".into());
/// let take = |ids: &mut Vec<String>, id: overdose_risk_intake::Id<'_>, _: &_| ids.push(id.to_string());
/// let (ids, reading) = people(&job, |_| Vec::new(), take, &mut |_| ControlFlow::Continue(()))?;
/// assert_eq!((ids, reading.records.assessed), (vec!["p-1".to_owned()], 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Whatever a run is refused for before it is compared with another: an export that cannot be read, is
/// broken, lacks a principal field, says who people are or has nobody to assess, and more quarantined
/// records than the job allows. When `progress` says so, [`ErrorKind::Stopped`](crate::ErrorKind).
pub fn people<S>(
    job: &Job,
    begin: impl FnMut(&[Principal]) -> S,
    take: impl FnMut(&mut S, Id<'_>, &Record),
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(S, Reading), Error> {
    let job = apart(job);
    let mut origins = export::origins(&job);
    let begin = |waived: &[Principal]| Ok(Everybody::begin(begin, take, waived.to_vec()));
    let read = read(&job, &mut origins, begin, progress);
    let (everybody, reading) =
        read.map_err(|error| spool_fault(&origins, "the temporary folder").unwrap_or(error))?;
    let Reading { records, quarantined, firsts, .. } = &reading;
    match guards::too_many_quarantined(*records, quarantined, firsts, &job) {
        Some(doubt) => Err(Cause::TooManyQuarantined(doubt).into()),
        None => Ok((everybody.state, reading)),
    }
}

/// The same job where streams are copied into the system's temporary folder.
pub(crate) fn apart(job: &Job) -> Job {
    Job { out: std::env::temp_dir(), ..job.clone() }
}

/// Whoever was handed over so far.
struct Everybody<S, B, T> {
    state: S,
    begin: B,
    take: T,
    waived: Vec<Principal>,
}

impl<S, B: FnMut(&[Principal]) -> S, T> Everybody<S, B, T> {
    fn begin(mut begin: B, take: T, waived: Vec<Principal>) -> Self {
        Self { state: begin(&waived), begin, take, waived }
    }
}

impl<S, B, T> Sink for Everybody<S, B, T>
where
    B: FnMut(&[Principal]) -> S,
    T: FnMut(&mut S, Id<'_>, &Record),
{
    type Made = ();
    type Maker = ();

    fn maker(&self) {}

    fn begin_piece((): &mut ()) {}

    fn make((): &mut (), _: Id<'_>, _: &Record, _: Caseloads<'_>, (): &mut ()) {}

    fn anew(self) -> Result<Self, Error> {
        Ok(Self::begin(self.begin, self.take, self.waived))
    }

    fn person(
        &mut self,
        id: Id<'_>,
        record: &Record,
        _: &Codes<'_>,
        _: Option<&mut ()>,
    ) -> Result<(), Error> {
        (self.take)(&mut self.state, id, record);
        Ok(())
    }

    fn end_piece(&mut self, (): &()) -> Result<(), Error> {
        Ok(())
    }

    fn saw(&mut self, _: Id<'_>, _: Today) {}

    fn set_aside(&mut self, _: Place<'_>, _: Option<Id<'_>>, _: Quarantine) -> Result<(), Error> {
        Ok(())
    }

    fn note(&mut self, _: Place<'_>, _: Id<'_>, _: Problem) -> Result<(), Error> {
        Ok(())
    }
}
