//! A line of `flags.ndjson` is written straight, and is what `serde_json` makes of the same flag.

use overdose_risk::{Policy, assess};
use overdose_risk_intake::{Caseload, Id, Principal};
use overdose_risk_json::Flag;
use overdose_risk_testkit::population::Population;
use overdose_risk_testkit::strategies::{policies, record_and_date};
use proptest::prelude::*;
use proptest::sample::subsequence;

/// The line as it is written, and as it is defined.
fn lines(flag: &Flag<'_>) -> [String; 2] {
    let mut written = Vec::new();
    flag.write_line(&mut written).unwrap();
    [String::from_utf8(written).unwrap(), serde_json::to_string(flag).unwrap() + "\n"]
}

/// Ids of few and of many bytes, some beyond ASCII and with what is seldom in one.
fn ids() -> impl Strategy<Value = Vec<String>> {
    let chosen = vec![
        "p".to_owned(),
        "p-1234".to_owned(),
        "p-12345".to_owned(),
        "p-123456".to_owned(),
        r#"p"1"#.to_owned(),
        r"p\1-and-more".to_owned(),
        "ţŷ-漢字-🙂".to_owned(),
        "\u{7f}\u{80}p".to_owned(),
        "x".repeat(64),
    ];
    let readable: Vec<String> =
        chosen.into_iter().filter(|id| Id::read(id.as_bytes()).is_ok()).collect();
    let most = readable.len();
    subsequence(readable, 1..=most)
}

proptest! {
    #[test]
    fn a_line_is_written_as_it_is_defined(
        (record, as_of) in record_and_date(),
        policy in policies(),
        ids in ids(),
        waived in subsequence(Principal::ALL.to_vec(), 0..=Principal::ALL.len()),
        parts in (0..4_usize, 0..4_usize, 0..4_usize),
    ) {
        let assessment = assess(&record, as_of, &policy);
        let ids: Vec<Id<'_>> = ids.iter().map(|id| Id::read(id.as_bytes()).unwrap()).collect();
        let codes = |part: usize| &ids[..part.min(ids.len())];
        let flag = Flag::new(*ids.last().unwrap(), &assessment, &waived)
            .on(Caseload::Service, codes(parts.0))
            .on(Caseload::Team, codes(parts.1))
            .on(Caseload::Worker, codes(parts.2));
        let [written, defined] = lines(&flag);
        prop_assert_eq!(written, defined);
    }

    #[test]
    fn a_line_of_any_year_is_written_as_it_is_defined(
        (record, _) in record_and_date(),
        as_of in prop_oneof![
            Just(chrono::NaiveDate::MIN),
            Just(chrono::NaiveDate::MAX),
            (-1_000_000..4_000_000).prop_filter_map(
                "no day",
                chrono::NaiveDate::from_num_days_from_ce_opt
            ),
        ],
    ) {
        let assessment = assess(&record, as_of, Policy::practice_principles());
        let [written, defined] = lines(&Flag::new(Id::read(b"p-1").unwrap(), &assessment, &[]));
        prop_assert_eq!(written, defined);
    }
}

#[test]
fn the_line_of_each_person_of_a_population_is_written_as_it_is_defined() {
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    for person in Population::new(5, as_of).people(0..3_000) {
        let assessment = assess(person.record(), as_of, Policy::practice_principles());
        let [written, defined] = lines(&Flag::new(Id::read(b"p-1").unwrap(), &assessment, &[]));
        assert_eq!(written, defined);
    }
}
