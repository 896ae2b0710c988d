//! How fast an export becomes flags: record by record and in pieces, on one thread, beside the `csv` crate
//! alone.

use chrono::NaiveDate;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use overdose_risk::{Policy, assess};
use overdose_risk_csv::{Entry, Export, FlagRows, FlagsWriter, Piece};
use overdose_risk_intake::Intake;
use overdose_risk_testkit::population::Population;
use std::hint::black_box;
use std::io;

const PEOPLE: u64 = 10_000;

fn benches(criterion: &mut Criterion) {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).expect("a day");
    let mut csv = Vec::new();
    Population::new(1, as_of).write_csv(0..PEOPLE, &mut csv).expect("memory takes everything");

    for (name, unit) in [
        ("csv, people", Throughput::Elements(PEOPLE)),
        ("csv, bytes", Throughput::Bytes(csv.len() as u64)),
    ] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(20).throughput(unit);
        group.bench_function("read", |bench| bench.iter(|| people(&csv, as_of)));
        group.bench_function("read, assess, write", |bench| bench.iter(|| flags(&csv, as_of)));
        group.bench_function("cut into pieces", |bench| bench.iter(|| cut(&csv, as_of)));
        group.bench_function("pieces: read, assess, write", |bench| {
            bench.iter(|| flags_in_pieces(&csv, as_of));
        });
        group.bench_function("the `csv` crate alone", |bench| bench.iter(|| records(&csv)));
        group.finish();
    }
}

fn people(csv: &[u8], as_of: NaiveDate) -> usize {
    let mut export = Export::open(csv, as_of, &Intake::default()).expect("a native export");
    let mut people = 0;
    while let Some(row) = export.read(&mut |_| {}).expect("memory gives everything") {
        people += usize::from(matches!(row.entry, Entry::Person(_)));
    }
    people
}

fn flags(csv: &[u8], as_of: NaiveDate) {
    let policy = Policy::practice_principles();
    let mut export = Export::open(csv, as_of, &Intake::default()).expect("a native export");
    let mut flags = FlagsWriter::new(io::sink(), &[]).expect("a sink takes everything");
    while let Some(row) = export.read(&mut |_| {}).expect("memory gives everything") {
        if let Entry::Person(person) = row.entry {
            let assessment = assess(&person.facts.record(&mut |_| {}), as_of, policy);
            flags.write(person.id, &assessment).expect("a sink takes everything");
        }
    }
}

fn cut(csv: &[u8], as_of: NaiveDate) {
    let mut export = Export::open(csv, as_of, &Intake::default()).expect("a native export");
    let mut piece = Piece::default();
    while export.cut(&mut piece).expect("memory gives everything") {
        black_box(&piece);
    }
}

fn flags_in_pieces(csv: &[u8], as_of: NaiveDate) {
    let policy = Policy::practice_principles();
    let mut export = Export::open(csv, as_of, &Intake::default()).expect("a native export");
    let (mut reader, mut piece) = (export.piece_reader(), Piece::default());
    let (mut flags, mut rows) = (FlagRows::new(&[]), Vec::new());
    while export.cut(&mut piece).expect("memory gives everything") {
        rows.clear();
        let read = reader.read(&piece, &mut |row, _, _| {
            if let Entry::Person(person) = row.entry {
                let record = person.facts.record(&mut |_| {});
                flags.add(person.id, &assess(&record, as_of, policy), &mut rows);
            }
        });
        export.learn(read.expect("one header"));
        black_box(&rows);
    }
}

/// What others would pay for the fields alone.
fn records(csv: &[u8]) {
    let mut reader = csv::Reader::from_reader(csv);
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).expect("memory gives everything") {
        black_box(&record);
    }
}

criterion_group!(all, benches);
criterion_main!(all);
