//! `flags.ndjson`: one object a person, in words.

use crate::line::Line;
use crate::written::explanation;
use overdose_risk::Assessment;
use overdose_risk_intake::{Caseload, Id, Principal};
use serde::{Serialize, Serializer};
use std::io;

/// The version of the shapes that this crate writes. A reader that knows a version can read every
/// output that says it; keys may be added without a new one.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// Few lines are longer.
const USUAL_LINE: usize = 4 * 1024;

/// One person's assessment with its explanation, as `flags.ndjson` has it:
/// `schemas/flags.schema.json` says what stands under each key.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Flag<'a> {
    schema_version: u32,
    #[serde(serialize_with = "as_text")]
    id: Id<'a>,
    #[serde(flatten)]
    assessment: &'a Assessment<'a>,
    #[serde(serialize_with = "as_names", skip_serializing_if = "<[_]>::is_empty")]
    waived: &'a [Principal],
    #[serde(serialize_with = "as_texts", skip_serializing_if = "<[_]>::is_empty")]
    service: &'a [Id<'a>],
    #[serde(serialize_with = "as_texts", skip_serializing_if = "<[_]>::is_empty")]
    team: &'a [Id<'a>],
    #[serde(serialize_with = "as_texts", skip_serializing_if = "<[_]>::is_empty")]
    worker: &'a [Id<'a>],
}

impl<'a> Flag<'a> {
    /// The assessment of a person. `waived` are the principal fields that the whole export lacks:
    /// nobody in it could be assessed for them.
    pub const fn new(id: Id<'a>, assessment: &'a Assessment<'a>, waived: &'a [Principal]) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            id,
            assessment,
            waived,
            service: &[],
            team: &[],
            worker: &[],
        }
    }

    /// The same of a person who is on the caseloads with these codes, of services, of teams or of
    /// workers. The codes of the others stay as they are.
    #[must_use]
    pub const fn on(self, caseload: Caseload, codes: &'a [Id<'a>]) -> Self {
        match caseload {
            Caseload::Service => Self { service: codes, ..self },
            Caseload::Team => Self { team: codes, ..self },
            Caseload::Worker => Self { worker: codes, ..self },
        }
    }

    /// Writes it as one line.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_line(&self, out: &mut impl io::Write) -> io::Result<()> {
        let mut line = Vec::with_capacity(USUAL_LINE);
        self.put(&mut Line(&mut line))?;
        out.write_all(&line)
    }

    /// Puts it into a line. What it says is said by its `Serialize`, and by that of an explanation.
    fn put(&self, line: &mut Line<'_>) -> io::Result<()> {
        line.number(r#"{"schema_version":"#, self.schema_version)?;
        line.text(r#","id":"#, self.id.as_str())?;
        explanation(line, &self.assessment.explain())?;
        if !self.waived.is_empty() {
            line.array(r#","waived":"#, self.waived.iter().map(|field| field.name()), Line::text)?;
        }
        let lists = [
            (r#","service":"#, self.service),
            (r#","team":"#, self.team),
            (r#","worker":"#, self.worker),
        ];
        for (key, codes) in lists.into_iter().filter(|(_, codes)| !codes.is_empty()) {
            line.array(key, codes.iter().map(|code| code.as_str()), Line::text)?;
        }
        line.put("}\n");
        Ok(())
    }
}

/// Writes one JSON value and a line feed.
pub(crate) fn write_line(value: &impl Serialize, out: &mut impl io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

fn as_text<S: Serializer>(id: &Id<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_str())
}

fn as_texts<S: Serializer>(codes: &[Id<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(codes.iter().map(|code| code.as_str()))
}

pub(crate) fn as_names<S: Serializer>(
    fields: &[Principal],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(fields.iter().map(|field| field.name()))
}
