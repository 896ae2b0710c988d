//! How fast a JSON export becomes people and flags, beside the least that serde_json could do with
//! the same bytes: parse every record into a struct that borrows from them.
//!
//! The bare parse checks no UTF-8 and no number where it is told to ignore them, takes the last of
//! two equal keys, has no limits and reads no dates.

use chrono::NaiveDate;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use overdose_risk::{Assessment, Policy, assess};
use overdose_risk_csv::{FlagRows, FlagsWriter};
use overdose_risk_intake::{Id, Intake};
use overdose_risk_json::{Entry, Export, Flag, Piece};
use overdose_risk_testkit::population::Population;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use std::fmt;
use std::hint::black_box;
use std::io;

const PEOPLE: u64 = 10_000;

fn benches(criterion: &mut Criterion) {
    let population = Population::new(1, as_of());
    let (mut lines, mut array) = (Vec::new(), Vec::new());
    population.write_ndjson(0..PEOPLE, &mut lines).expect("memory takes everything");
    population.write_json(0..PEOPLE, &mut array).expect("memory takes everything");

    let mut group = criterion.benchmark_group("ndjson, bytes");
    group.sample_size(20).throughput(Throughput::Bytes(lines.len() as u64));
    group.bench_function("bare typed serde_json", |bench| bench.iter(|| bare_lines(&lines)));
    group.bench_function("read", |bench| bench.iter(|| people(&lines)));
    group.bench_function("read, assess, write", |bench| bench.iter(|| flags(&lines)));
    group.bench_function("pieces: read, assess, write", |bench| {
        bench.iter(|| flags_in_pieces(&lines));
    });
    group.finish();

    let mut group = criterion.benchmark_group("json array, bytes");
    group.sample_size(20).throughput(Throughput::Bytes(array.len() as u64));
    group.bench_function("bare typed serde_json, all records held", |bench| {
        bench.iter(|| serde_json::from_slice::<Vec<Row<'_>>>(black_box(&array)).map(|v| v.len()));
    });
    group.bench_function("read", |bench| bench.iter(|| people(&array)));
    group.bench_function("read, assess, write", |bench| bench.iter(|| flags(&array)));
    group.bench_function("pieces: read, assess, write", |bench| {
        bench.iter(|| flags_in_pieces(&array));
    });
    group.finish();
}

/// Lines of `flags.ndjson`, and the part of them that the levers take.
fn lines_of_flags(criterion: &mut Criterion) {
    let population = Population::new(1, as_of());
    let policy = Policy::practice_principles();
    let cohort: Vec<Assessment<'_>> = population
        .people(0..PEOPLE)
        .map(|person| assess(person.record(), as_of(), policy))
        .collect();
    let id = Id::read(b"p-1").expect("an id");

    let mut group = criterion.benchmark_group("flags.ndjson, people");
    group.sample_size(20).throughput(Throughput::Elements(PEOPLE));
    group.bench_function("assess and write", |bench| {
        bench.iter(|| {
            for assessment in &cohort {
                let again = assess(black_box(assessment.record()), as_of(), policy);
                Flag::new(id, &again, &[]).write_line(&mut io::sink()).expect("it takes all");
            }
        });
    });
    group.bench_function("the levers alone", |bench| {
        bench.iter(|| {
            for assessment in &cohort {
                serde_json::to_writer(io::sink(), &black_box(assessment).levers()).expect("all");
            }
        });
    });
    group.finish();
}

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).expect("a day")
}

fn bare_lines(lines: &[u8]) {
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        black_box(serde_json::from_slice::<Row<'_>>(line).expect("a record"));
    }
}

fn people(json: &[u8]) -> usize {
    let mut export =
        Export::open(json, as_of(), None, &Intake::default()).expect("a native export");
    let mut people = 0;
    while let Some(row) = export.read(&mut |_| {}).expect("memory gives everything") {
        people += usize::from(matches!(row.entry, Entry::Person(_)));
    }
    people
}

fn flags(json: &[u8]) {
    let policy = Policy::practice_principles();
    let mut export =
        Export::open(json, as_of(), None, &Intake::default()).expect("a native export");
    let mut flags = FlagsWriter::new(io::sink(), &[]).expect("a sink takes everything");
    while let Some(row) = export.read(&mut |_| {}).expect("memory gives everything") {
        if let Entry::Person(person) = row.entry {
            let assessment = assess(&person.facts.record(&mut |_| {}), as_of(), policy);
            flags.write(person.id, &assessment).expect("a sink takes everything");
        }
    }
}

fn flags_in_pieces(json: &[u8]) {
    let policy = Policy::practice_principles();
    let mut export =
        Export::open(json, as_of(), None, &Intake::default()).expect("a native export");
    let (mut reader, mut piece) = (export.piece_reader(), Piece::default());
    let (mut flags, mut rows) = (FlagRows::new(&[]), Vec::new());
    while export.cut(&mut piece).expect("memory gives everything") {
        rows.clear();
        let learnt = reader.read(&piece, &mut |row, _, _| {
            if let Entry::Person(person) = row.entry {
                let record = person.facts.record(&mut |_| {});
                flags.add(person.id, &assess(&record, as_of(), policy), &mut rows);
            }
        });
        export.learn(learnt).expect("nothing identifying");
        black_box(&rows);
    }
}

/// A record as a program with types of its own would have it.
#[derive(Deserialize)]
#[allow(dead_code)]
struct Row<'j> {
    #[serde(borrow)]
    id: Cell<'j>,
    age: Cell<'j>,
    age_band: Cell<'j>,
    birth_year: Cell<'j>,
    opioid_use: Cell<'j>,
    ost: Cell<'j>,
    ost_started: Cell<'j>,
    ost_ended: Cell<'j>,
    prison_release: Cell<'j>,
    prison_release_due: Cell<'j>,
    detox_exit: Cell<'j>,
    hospital_discharge: Cell<'j>,
    treatment_exit: Cell<'j>,
    overdose: Cell<'j>,
    naloxone: Cell<'j>,
    naloxone_expiry: Cell<'j>,
    injecting: Cell<'j>,
    benzodiazepines: Cell<'j>,
    gabapentinoids: Cell<'j>,
    z_drugs: Cell<'j>,
    alcohol: Cell<'j>,
    suicidality: Cell<'j>,
    respiratory_disease: Cell<'j>,
    housing: Cell<'j>,
    uses_alone: Cell<'j>,
    case_status: Cell<'j>,
}

/// What the export has under a key: ages are numbers or text, answers are booleans or text.
#[allow(dead_code)]
enum Cell<'j> {
    Null,
    Text(&'j str),
    Number(u64),
    Bool(bool),
}

impl<'de: 'j, 'j> Deserialize<'de> for Cell<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Cell<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a cell")
            }

            fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
                Ok(Cell::Null)
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
                Ok(Cell::Text(text))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Cell<'de>, E> {
                Ok(Cell::Number(number))
            }

            fn visit_bool<E>(self, yes: bool) -> Result<Cell<'de>, E> {
                Ok(Cell::Bool(yes))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

criterion_group!(all, benches, lines_of_flags);
criterion_main!(all);
