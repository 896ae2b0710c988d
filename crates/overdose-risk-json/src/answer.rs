//! What a service says to one record: `examples/filter` writes one of these a line.

use crate::flag::{SCHEMA_VERSION, as_names, write_line};
use overdose_risk::Assessment;
use overdose_risk_intake::{Id, Principal, Problem, Quarantine};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use std::io;

/// The answer to one record: an assessment, or why there is none.
/// `schemas/answer.schema.json` says what stands under each key.
#[derive(Clone, Debug, Serialize)]
pub struct Answer<'a> {
    schema_version: u32,
    line: u64,
    id: Option<&'a str>,
    #[serde(flatten)]
    outcome: Outcome<'a>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
enum Outcome<'a> {
    Assessed {
        assessment: &'a Assessment<'a>,
        #[serde(serialize_with = "as_names")]
        missing: Vec<Principal>,
        problems: Vec<Reported>,
    },
    Died,
    Quarantined {
        error: Kind,
    },
}

#[derive(Clone, Copy, Debug)]
struct Reported(Problem);

#[derive(Clone, Copy, Debug)]
struct Kind(Quarantine);

impl<'a> Answer<'a> {
    /// The answer to the record on this line: its assessment, the facts of it that could not be
    /// used, and the principal fields that it lacks, for which nobody could be assessed.
    pub fn assessed(
        line: u64,
        id: Id<'a>,
        assessment: &'a Assessment<'a>,
        problems: &[Problem],
    ) -> Self {
        let lacks = |field: &Principal| field.is_missing_from(assessment.record());
        let missing = Principal::ALL.into_iter().filter(lacks).collect();
        let problems = problems.iter().copied().map(Reported).collect();
        Self::new(line, Some(id), Outcome::Assessed { assessment, missing, problems })
    }

    /// The answer to the record of somebody who died, and is not assessed.
    pub fn died(line: u64, id: Id<'a>) -> Self {
        Self::new(line, Some(id), Outcome::Died)
    }

    /// The answer to a record that cannot be assessed.
    pub fn quarantined(line: u64, id: Option<Id<'a>>, kind: Quarantine) -> Self {
        Self::new(line, id, Outcome::Quarantined { error: Kind(kind) })
    }

    fn new(line: u64, id: Option<Id<'a>>, outcome: Outcome<'a>) -> Self {
        Self { schema_version: SCHEMA_VERSION, line, id: id.map(Id::as_str), outcome }
    }

    /// Writes it as one line.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_line(&self, out: &mut impl io::Write) -> io::Result<()> {
        write_line(self, out)
    }
}

impl Serialize for Reported {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Problem { column, kind } = self.0;
        let mut shape = serializer.serialize_struct("Problem", 2)?;
        shape.serialize_field("field", column.name())?;
        shape.serialize_field("kind", kind.name())?;
        shape.end()
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Error", 2)?;
        shape.serialize_field("kind", self.0.name())?;
        shape.serialize_field("remedy", self.0.remedy())?;
        shape.end()
    }
}
