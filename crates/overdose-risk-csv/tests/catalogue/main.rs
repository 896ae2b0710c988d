//! Everything that is known to go wrong with CSV, one record or one file at a time: what becomes of
//! it, and that nobody else's row changes by a byte.

mod cells;
mod files;
mod records;

use chrono::NaiveDate;
use overdose_risk::{Field, Policy, Record, State, Unknown, assess};
use overdose_risk_csv::{Entry, Error, ErrorKind, Export, FlagsWriter};
use overdose_risk_intake::{Intake, Problem, ProblemKind, Quarantine};
use std::fmt::Write as _;
use std::io::{self, Read};

use Is::{Known, Lines, Nameless, Quarantined, Same, Without};
use Unknown::{Contradictory, Declined, NotRecorded, Unreadable};

/// What comes out of an export.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    flags: Vec<String>,
    /// The line, the id where one is given, and the kind.
    quarantined: Vec<(u64, String, Quarantine)>,
    problems: Vec<Problem>,
    /// What was read of the person of the case.
    case: Option<Record>,
}

/// Reads an export at once and in small pieces, which comes to the same, and repeats nothing of it.
fn read(export: &[u8]) -> (Outcome, Result<(), Error>) {
    let mut said = String::new();
    let [(outcome, result), (in_pieces, again)] = [export.len(), 7].map(|most| {
        let mut outcome = Outcome::default();
        let result = read_into(&mut outcome, &mut said, Pieces(export, most));
        if let Err(error) = &result {
            write!(said, "{error} {error:?}").unwrap();
        }
        (outcome, result)
    });
    assert_eq!((&outcome, result.is_ok()), (&in_pieces, again.is_ok()));
    assert!(!said.contains("CANARY"), "{said}");
    (outcome, result)
}

fn read_into(out: &mut Outcome, said: &mut String, source: Pieces) -> Result<(), Error> {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let bytes = source.0.len() as u64;
    let mut export = Export::open(source, as_of, &Intake::default())?;
    while let Some(row) = export.read(&mut |problem| out.problems.push(problem))? {
        match row.entry {
            Entry::Person(person) => {
                let record = person.facts.record(&mut |problem| out.problems.push(problem));
                let assessment = assess(&record, as_of, Policy::practice_principles());
                let mut flags = FlagsWriter::new(Vec::new(), &[]).unwrap();
                flags.write(person.id, &assessment).unwrap();
                let flags = String::from_utf8(flags.finish().unwrap()).unwrap();
                out.flags.push(flags.lines().nth(1).unwrap().to_owned());
                if person.id.as_str() == "p-3" {
                    out.case = Some(record);
                }
            }
            Entry::Quarantined { id, kind } => {
                let id = id.map_or(String::new(), |id| id.to_string());
                out.quarantined.push((row.line, id, kind));
            }
            Entry::Blank => {}
        }
    }
    write!(said, "{export:?} {out:?}").unwrap();
    assert_eq!(export.bytes_read(), bytes);
    Ok(())
}

/// Bytes of which each read gives so many at most.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

/// Nobody reads the last five columns.
const HEADER: &str = "id,age,age_band,birth_year,opioid_use,ost,ost_started,ost_ended,\
    prison_release,prison_release_due,detox_exit,hospital_discharge,treatment_exit,overdose,\
    naloxone,naloxone_expiry,injecting,benzodiazepines,gabapentinoids,z_drugs,alcohol,\
    suicidality,respiratory_disease,housing,uses_alone,case_status,w,x,y,z,CANARY notes";
const COLUMNS: usize = 31;
const NOTES: &str = "CANARY notes";

/// The person of a case when nothing is wrong.
const CASE: &str = "p-3,44,,,current,not_prescribed,2024-06-30,2025-01-31,2026-03-28,2026-09-30,\
    2025-02-28,2025-03-31,2025-04-30,2024-05-31,held,2027-12-31,current,no,no,no,yes,no,no,\
    settled,yes,open,,,,,CANARY";

/// The person of the case, with these written over their cells.
fn with(changes: &[(&str, impl AsRef<[u8]>)]) -> Vec<u8> {
    assert!(changes.iter().all(|(changed, _)| HEADER.split(',').any(|column| column == *changed)));
    let cells = HEADER.split(',').zip(CASE.split(',')).map(|(column, cell)| {
        let change = changes.iter().find(|(changed, _)| *changed == column);
        change.map_or(cell.as_bytes(), |(_, cell)| cell.as_ref()).to_vec()
    });
    cells.collect::<Vec<_>>().join(&b',')
}

/// Two people before the record and two after it.
fn lines(record: &[u8]) -> [Vec<u8>; 6] {
    let others = [
        [("id", "p-1"), ("age", "31")],
        [("id", "p-2"), ("prison_release", "never")],
        [("id", "p-4"), ("naloxone", "not_held")],
        [("id", "p-5"), ("opioid_use", "past")],
    ];
    let [a, b, d, e] = others.map(|cells| with(&cells));
    [HEADER.into(), a, b, record.to_vec(), d, e]
}

fn export(record: impl AsRef<[u8]>) -> Vec<u8> {
    [lines(record.as_ref()).join(&b'\n').as_slice(), b"\n"].concat()
}

/// An export with nothing wrong but its header.
fn under(header: impl AsRef<[u8]>) -> Vec<u8> {
    [header.as_ref(), &export(CASE)[HEADER.len()..]].concat()
}

fn whole() -> String {
    String::from_utf8(export(CASE)).unwrap()
}

fn in_quotes(line: &str) -> String {
    format!("\"{}\"", line.replace(',', "\",\""))
}

/// In UTF-16, with half a pair of surrogates for U+E000.
fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = text.encode_utf16().map(|unit| if unit == 0xe000 { 0xd800 } else { unit });
    units.flat_map(bytes).collect()
}

/// What a case comes to.
#[derive(Clone, Copy, Debug)]
enum Is<'a> {
    /// The person comes out as if nothing were wrong.
    Same,
    /// The person is assessed, and nothing is unknown.
    Known,
    /// The person is assessed, and what this column says is unknown.
    Without(&'a str, Unknown),
    /// The line is quarantined under the person's id.
    Quarantined(Quarantine),
    /// The line is quarantined, and nobody says whose it is.
    Nameless(Quarantine),
    /// These lines are quarantined.
    Lines(&'a [(u64, &'a str, Quarantine)]),
}

/// Each of these, separated by bars, in a column; an age is then given nowhere else.
fn each(column: &str, cells: &str, is: Is) {
    for cell in cells.split('|') {
        check(&format!("{column} {cell}"), with(&[(column, cell), (fact(column), "")]), is);
    }
}

fn fact(column: &str) -> &str {
    if ["age_band", "birth_year"].contains(&column) { "age" } else { column }
}

fn check(name: &str, record: impl AsRef<[u8]>, is: Is) {
    let (clean, _) = read(&export(CASE));
    let (outcome, result) = read(&export(record));
    let name = format!("{name}: {:?} {:?}", outcome.quarantined, outcome.problems);
    result.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(others(&outcome), others(&clean), "{name}");

    let fault = match is {
        Same => return assert_eq!(outcome, clean, "{name}"),
        Quarantined(kind) => return quarantines(&outcome, &[(4, "p-3", kind)], &name),
        Nameless(kind) => return quarantines(&outcome, &[(4, "", kind)], &name),
        Lines(lines) => return quarantines(&outcome, lines, &name),
        Known => None,
        Without(column, why) => Some((column, why)),
    };
    assert!(outcome.quarantined.is_empty(), "{name}");
    let case = outcome.case.unwrap();
    let unknown = Field::ALL.map(|field| (field.name(), case.state(field)));
    let unknown = unknown.into_iter().filter(|(_, state)| matches!(state, State::Unknown(_)));
    assert!(unknown.eq(fault.map(|(column, why)| (fact(column), State::Unknown(why)))), "{name}");

    let told = outcome.problems.iter().map(|problem| match problem.kind {
        ProblemKind::Unreadable => (problem.column.name(), Unreadable),
        ProblemKind::Contradictory => (problem.column.name(), Contradictory),
        kind => panic!("{name}: {kind}"),
    });
    assert!(told.eq(fault.filter(|(_, why)| [Unreadable, Contradictory].contains(why))), "{name}");
}

fn others(outcome: &Outcome) -> Vec<&String> {
    outcome
        .flags
        .iter()
        .filter(|row| ["p-1,", "p-2,", "p-4,", "p-5,"].iter().any(|id| row.starts_with(id)))
        .collect()
}

fn quarantines(outcome: &Outcome, lines: &[(u64, &str, Quarantine)], name: &str) {
    let lines = lines.iter().map(|(line, id, kind)| (*line, (*id).to_owned(), *kind));
    assert!(lines.eq(outcome.quarantined.iter().cloned()), "{name}");
    assert_eq!((outcome.case, outcome.problems.len()), (None, 0), "{name}");
}

fn refused(name: &str, file: &[u8], says: &str) {
    let (outcome, result) = read(file);
    let error = result.expect_err(name);
    assert_eq!((error.kind(), outcome), (ErrorKind::Refused, Outcome::default()), "{name}");
    assert!(error.to_string().contains(says), "{name}: {error}");
}

fn reads_the_same(name: &str, file: &[u8]) {
    let (outcome, result) = read(file);
    result.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(outcome, read(&export(CASE)).0, "{name}");
}
