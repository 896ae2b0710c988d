//! One file of an export while it is read.

use crate::error::{Cause, Error, ExportError};
use crate::export::Opened;
use crate::receipt::{Became, Counts, InputRecord};
use crate::{Job, Progress};
use overdose_risk_intake::Quarantine;

/// A file of the export under way.
pub(super) struct FileUnderWay {
    pub(super) export: Opened,
    pub(super) so_far: SoFar,
}

/// What became of its records so far.
pub(super) struct SoFar {
    pub(super) input: InputRecord,
    first_quarantined: Option<(u64, Quarantine)>,
    /// How many bytes what stands before the records and those so far took.
    pub(super) bytes: u64,
}

impl SoFar {
    /// Adds what became of a record.
    pub(super) fn add(&mut self, line: u64, became: Became, bytes: u64) {
        self.input.add(became, bytes);
        self.bytes += bytes;
        if let Became::Quarantined(kind) = became {
            self.first_quarantined.get_or_insert((line, kind));
        }
        if became == Became::Quarantined(Quarantine::BreaksOff) {
            let place = || format!("the file breaks off in the record that begins on line {line}");
            self.input.breaks_off.get_or_insert_with(place);
        }
    }

    /// How far the run has come, with the files before this one.
    pub(super) fn progress(&self, before: Progress, size: Option<u64>) -> Progress {
        let records = self.input.records;
        Progress {
            bytes: before.bytes + self.bytes,
            size,
            records: before.records + records.read,
            people: before.people + records.people(),
        }
    }

    pub(super) fn has_people(&self) -> bool {
        let Counts { assessed, died, merged, without_consent, .. } = self.input.records;
        assessed + died + merged + without_consent > 0
    }
}

impl FileUnderWay {
    pub(super) fn begin(export: Opened) -> Self {
        let input = InputRecord::begin(
            &export.name,
            export.format(),
            export.profile().name(),
            export.csv_opening(),
        );
        let so_far = SoFar { input, first_quarantined: None, bytes: export.bytes_read() };
        Self { export, so_far }
    }

    /// Why the run stops at this error. Of a broken export, what came before it could be published.
    pub(super) fn stopped(self, error: ExportError) -> Cause {
        let records = self.so_far.input.records.read;
        let is_worth_something = error.is_broken() && self.so_far.has_people();
        let name = self.so_far.input.file.name;
        if is_worth_something {
            Cause::Broken { name, error, records }
        } else {
            Cause::Export { name, error }
        }
    }

    /// What there is to say of the file, unless it is one that says nothing about anybody.
    pub(super) fn finish(
        mut self,
        job: &Job,
        broken: Option<ExportError>,
    ) -> Result<InputRecord, Error> {
        let layout = match (self.export.layout(), broken) {
            (Ok(layout), _) => layout,
            // What is missing may stand where nobody could read.
            (Err(_), Some(broken)) => return Err(self.stopped(broken).into()),
            (Err(error), None) => return Err(self.stopped(error).into()),
        };
        let name = self.so_far.input.file.name.clone();
        if layout.waived() != self.export.waived {
            return Err(Cause::Changed { name }.into());
        }
        self.so_far.input.set_layout(&layout);
        let has_people = self.so_far.has_people();
        let Self { export, so_far: SoFar { mut input, first_quarantined, bytes: _ } } = self;
        (input.file.bytes, input.file.sha256) = export.finish()?;
        if let Some(accounted) = input.unaccounted() {
            let bytes = input.file.bytes;
            return Err(Cause::Unaccounted { name, bytes, accounted }.into());
        }
        let Counts { quarantined: records, .. } = input.records;
        match first_quarantined {
            _ if has_people => Ok(input),
            None if job.allow_empty => Ok(input),
            None => Err(Cause::NoRecords { name }.into()),
            Some((line, kind)) => {
                let (kind, remedy) = (kind.name(), kind.remedy());
                Err(Cause::NobodyAssessed { name, records, line, kind, remedy }.into())
            }
        }
    }
}
