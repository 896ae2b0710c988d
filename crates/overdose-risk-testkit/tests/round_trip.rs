//! What the synthetic population writes is what the reader of exports reads.

use chrono::NaiveDate;
use overdose_risk_csv::{Entry, Export};
use overdose_risk_intake::Intake;
use overdose_risk_testkit::population::Population;

#[test]
fn everybody_is_read_back_as_written() {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let population = Population::new(7, as_of);
    let people = 20_000;
    let mut csv = Vec::new();
    population.write_csv(0..people, &mut csv).unwrap();

    let mut export = Export::open(csv.as_slice(), as_of, &Intake::default()).unwrap();
    for written in population.people(0..people) {
        let row = export.read(&mut |_| {}).unwrap().unwrap();
        let Entry::Person(read) = row.entry else { panic!("line {}", row.line) };
        assert_eq!(read.id.as_str(), written.id());
        assert_eq!(
            read.facts.record(&mut |_| {}),
            written.record().as_read_on(as_of, |_| {}),
            "{}",
            read.id
        );
    }
    assert!(export.read(&mut |_| {}).unwrap().is_none());
}
