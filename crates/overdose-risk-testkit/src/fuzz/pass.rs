//! One pass over an export: every row that came out, and everything that was written of it.

use super::as_of;
use overdose_risk::{Policy, Record, assess};
use overdose_risk_csv::{FlagsWriter, ProblemsWriter, QuarantineWriter};
use overdose_risk_intake::{Caseload, Entry, Id, Problem, Quarantine, Row};
use overdose_risk_json::{Answer, Flag};
use serde_json::Value;
use std::fmt::Debug;

/// A row, kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) line: u64,
    pub(super) became: Became,
    pub(super) problems: Vec<Problem>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Became {
    /// With the codes of the caseloads.
    Person {
        id: String,
        record: Record,
        codes: Vec<(Caseload, String)>,
    },
    Quarantined {
        id: Option<String>,
        kind: Quarantine,
    },
    Blank,
}

impl Kept {
    pub(super) fn new(row: &Row<'_>, problems: &[Problem]) -> Self {
        Self { line: row.line, became: Became::from(&row.entry), problems: problems.to_vec() }
    }

    pub(super) fn is_quarantined_as(&self, wanted: Quarantine) -> bool {
        matches!(self.became, Became::Quarantined { kind, .. } if kind == wanted)
    }

    /// Whether it breaks the rules of its format, whoever it is about.
    pub(super) fn breaks_the_rules(&self) -> bool {
        use Quarantine::{HeaderRepeated, IdInvalid, IdMissing};
        let Became::Quarantined { kind, .. } = self.became else { return false };
        !matches!(kind, IdInvalid | IdMissing | HeaderRepeated)
    }

    pub(super) fn is_person(&self, wanted: &str) -> bool {
        matches!(&self.became, Became::Person { id, .. } if id == wanted)
    }
}

impl From<&Entry<'_>> for Became {
    fn from(entry: &Entry<'_>) -> Self {
        let text = |id: &Id<'_>| id.as_str().to_owned();
        match entry {
            Entry::Person(person) => Self::Person {
                id: text(&person.id),
                record: person.facts.record(&mut |_| {}),
                codes: person.caseloads.codes().map(|(of, code)| (of, text(&code))).collect(),
            },
            Entry::Quarantined { id, kind } => {
                Self::Quarantined { id: id.as_ref().map(text), kind: *kind }
            }
            Entry::Blank => Self::Blank,
        }
    }
}

/// Everything that came out of one pass.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pass {
    pub(super) rows: Vec<Kept>,
    /// How many bytes each row took, where its format says.
    pub(super) spans: Vec<u64>,
    /// How it ended, unless well.
    pub(super) error: Option<String>,
    /// Every output, error and `Debug` text.
    pub(super) said: String,
}

impl Pass {
    /// Writes everything that can be written of the rows.
    pub(super) fn write(&mut self) {
        self.rows.iter().for_each(assert_id_obeys_the_rule);
        let mut outputs = Outputs::new();
        self.rows.iter().for_each(|row| outputs.write(row));
        self.said += &outputs.finish(&self.rows);
    }

    pub(super) fn says(&mut self, what: &impl Debug) {
        self.said += &format!("{what:?}\n");
    }

    pub(super) fn fails(&mut self, error: &(impl std::error::Error + 'static)) {
        let mut next: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = next {
            self.said += &format!("{error}\n{error:?}\n");
            next = error.source();
        }
        self.error = Some(error.to_string());
    }
}

/// Everything that can be written of an export.
struct Outputs {
    flags: FlagsWriter<Vec<u8>>,
    problems: ProblemsWriter<Vec<u8>>,
    quarantine: QuarantineWriter<Vec<u8>>,
    words: Vec<u8>,
    answers: Vec<u8>,
}

impl Outputs {
    fn new() -> Self {
        Self {
            flags: FlagsWriter::new(Vec::new(), &[]).unwrap(),
            problems: ProblemsWriter::new(Vec::new()).unwrap(),
            quarantine: QuarantineWriter::new(Vec::new()).unwrap(),
            words: Vec::new(),
            answers: Vec::new(),
        }
    }

    fn write(&mut self, Kept { line, became, problems }: &Kept) {
        match became {
            Became::Person { id, record, codes } => {
                let id = Id::read(id.as_bytes()).unwrap();
                let assessment = assess(record, as_of(), Policy::practice_principles());
                self.flags.write(id, &assessment).unwrap();
                let codes = Caseload::ALL.map(|of| {
                    let codes = codes.iter().filter(|(other, _)| *other == of);
                    codes.map(|(_, code)| Id::read(code.as_bytes()).unwrap()).collect::<Vec<_>>()
                });
                let flag = Flag::new(id, &assessment, &[]);
                let each = Caseload::ALL.into_iter().zip(&codes);
                let flag = each.fold(flag, |flag, (of, codes)| flag.on(of, codes));
                flag.write_line(&mut self.words).unwrap();
                for problem in problems {
                    self.problems.write("export", *line, id, *problem).unwrap();
                }
                let answer = Answer::assessed(*line, id, &assessment, problems);
                answer.write_line(&mut self.answers).unwrap();
            }
            Became::Quarantined { id, kind } => {
                let id = id.as_ref().map(|id| Id::read(id.as_bytes()).unwrap());
                self.quarantine.write("export", *line, id, *kind).unwrap();
                Answer::quarantined(*line, id, *kind).write_line(&mut self.answers).unwrap();
            }
            Became::Blank => {}
        }
    }

    /// Holds the outputs against the rows that they were written of, and gives them as text.
    fn finish(self, rows: &[Kept]) -> String {
        let of = |wanted: fn(&Kept) -> bool| rows.iter().filter(|row| wanted(row)).count();
        let people = of(|row| matches!(row.became, Became::Person { .. }));
        let quarantined = of(|row| matches!(row.became, Became::Quarantined { .. }));
        let blank = of(|row| row.became == Became::Blank);
        assert_eq!(people + quarantined + blank, rows.len());

        let ids = rows.iter().filter_map(|row| match &row.became {
            Became::Person { id, .. } => Some(id.as_str()),
            Became::Quarantined { .. } | Became::Blank => None,
        });
        let flags = self.flags.finish().unwrap();
        assert!(first_cells(&flags).iter().eq(ids), "flags.csv has other people");
        let quarantine = self.quarantine.finish().unwrap();
        assert_eq!(first_cells(&quarantine).len(), quarantined);
        let problems = self.problems.finish().unwrap();
        let reported = rows.iter().filter(|row| matches!(row.became, Became::Person { .. }));
        assert_eq!(
            first_cells(&problems).len(),
            reported.map(|row| row.problems.len()).sum::<usize>()
        );
        assert_eq!(objects(&self.words), people);
        assert_eq!(objects(&self.answers), people + quarantined);

        let all = [flags, quarantine, problems, self.words, self.answers].concat();
        String::from_utf8(all).unwrap()
    }
}

/// The first cell of every record after the header; each has as many as the header.
fn first_cells(output: &[u8]) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(output);
    reader.records().map(|record| record.unwrap()[0].to_owned()).collect()
}

fn objects(lines: &[u8]) -> usize {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| assert!(serde_json::from_slice::<Value>(line).unwrap().is_object())).count()
}

fn assert_id_obeys_the_rule(row: &Kept) {
    let (Became::Person { id, .. } | Became::Quarantined { id: Some(id), .. }) = &row.became else {
        return;
    };
    let mut letters = id.bytes();
    assert!((1..=64).contains(&id.len()));
    assert!(letters.next().is_some_and(|first| first.is_ascii_alphanumeric()));
    assert!(letters.all(|byte| matches!(byte, b'-' | b'_') || byte.is_ascii_alphanumeric()));
    let missing = ["unknown", "na", "null", "declined", "refused"];
    assert!(!missing.contains(&id.to_ascii_lowercase().as_str()));
}
