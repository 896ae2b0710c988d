//! How fast an export becomes flags: reading alone, and reading, assessing and writing.

use chrono::NaiveDate;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use overdose_risk::{Policy, assess};
use overdose_risk_csv::{Entry, Export, FlagsWriter};
use overdose_risk_intake::Intake;
use overdose_risk_testkit::population::Population;
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

criterion_group!(all, benches);
criterion_main!(all);
