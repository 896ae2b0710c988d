//! A row of `flags.csv` is copied from ready-made texts, and is what the `csv` crate makes of the words of
//! the assessment.

use chrono::NaiveDate;
use overdose_risk::{Assessment, assess};
use overdose_risk_csv::{FlagRows, FlagsWriter};
use overdose_risk_intake::{Id, Principal};
use overdose_risk_testkit::strategies::{policies, record_and_date};
use proptest::prelude::*;
use proptest::sample::subsequence;

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<String>>().join(";")
}

fn by_words(id: &str, a: &Assessment<'_>, waived: &[Principal]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let reason =
        |r: overdose_risk::Reason<'_>| format!("{}:{}:{}", r.factor.name, r.level.name, r.counted);
    let mut row = vec![
        id.to_owned(),
        a.tier().to_string(),
        a.points().to_string(),
        a.could_reach().to_string(),
        a.could_points().to_string(),
        joined(a.reasons().map(reason)),
        joined(a.unknowns().iter().map(ToString::to_string)),
        a.naloxone_gap().to_string(),
        a.valid_until().map_or(String::new(), |date| date.to_string()),
        a.as_of().to_string(),
        a.policy().to_string(),
    ];
    if !waived.is_empty() {
        row.push(joined(waived.iter().map(ToString::to_string)));
    }
    writer.write_record(row).unwrap();
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_row_says_what_the_words_of_the_assessment_say(
        people in prop::collection::vec((record_and_date(), policies()), 1..4),
        waived in subsequence(Principal::ALL.to_vec(), 0..=Principal::ALL.len()),
        id in "[A-Za-z0-9][A-Za-z0-9_-]{0,63}",
        far in prop::option::of(-1_000_000..4_000_000),
    ) {
        prop_assume!(Id::read(id.as_bytes()).is_ok());
        let (mut rows, mut expected) = (Vec::new(), String::new());
        let mut made = FlagRows::new(&waived);
        let mut writer = FlagsWriter::new(Vec::new(), &waived).unwrap();
        for ((record, as_of), policy) in &people {
            let as_of = far.and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or(*as_of);
            let assessment = assess(record, as_of, policy);
            let id = Id::read(id.as_bytes()).unwrap();
            made.add(id, &assessment, &mut rows);
            writer.write(id, &assessment).unwrap();
            expected += &by_words(id.as_str(), &assessment, &waived);
        }
        prop_assert_eq!(String::from_utf8(rows).unwrap(), expected.clone());
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();
        prop_assert_eq!(written.split_once('\n').unwrap().1, expected);
    }
}
