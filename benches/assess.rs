//! How long one assessment takes: of one record, and on average over a cohort.

use chrono::NaiveDate;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use overdose_risk::{Policy, Record, assess};
use overdose_risk_testkit::population::Population;
use std::hint::black_box;

const PEOPLE: u64 = 10_000;

fn benches(criterion: &mut Criterion) {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).expect("a day");
    let policy = Policy::practice_principles();
    let population = Population::new(1, as_of);
    let cohort: Vec<Record> = population.people(0..PEOPLE).map(|person| *person.record()).collect();

    let mut group = criterion.benchmark_group("assess");
    group.throughput(Throughput::Elements(1));
    group.bench_function("one record, nothing known", |bench| {
        let record = Record::default();
        bench.iter(|| assess(black_box(&record), as_of, policy).points());
    });
    group.throughput(Throughput::Elements(cohort.len() as u64));
    group.bench_function("a cohort, tier and points", |bench| {
        bench.iter(|| {
            let points = |record| u64::from(assess(black_box(record), as_of, policy).points());
            cohort.iter().map(points).sum::<u64>()
        });
    });
    group.bench_function("a cohort, with unknowns and valid-until", |bench| {
        bench.iter(|| {
            let read = |record| {
                let assessment = assess(black_box(record), as_of, policy);
                (assessment.unknowns().len(), assessment.valid_until())
            };
            cohort.iter().map(read).filter(|(_, until)| until.is_some()).count()
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
