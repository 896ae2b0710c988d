//! `worklist.csv`, and the way of a text through a spreadsheet and back.

mod fixture;

use fixture::person;
use overdose_risk_report::{Listed, WorklistWriter, guarded, unguarded};
use proptest::prelude::*;

fn rows(people: &[Listed]) -> Vec<Vec<String>> {
    let mut writer = WorklistWriter::new(Vec::new()).unwrap();
    people.iter().for_each(|person| writer.write(person).unwrap());
    let table = writer.finish().unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_slice());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_row_has_everything_in_the_column_that_says_so() {
    let rows = rows(&[person("p-1", "")]);
    let cells: Vec<_> = rows[0].iter().zip(&rows[1]).map(|(a, b)| (&**a, &**b)).collect();
    let because = "moved:old:new:fact-changed | begun:none:first:window-passed | \
                   ended:last:none:fact-or-policy-changed | absent";
    let expected = [
        ("id", "p-1"),
        ("tier", "not-enough-information"),
        ("by_known_facts", "prioritise"),
        ("points", "34"),
        ("could_reach", "act-now"),
        ("could_points", "52"),
        ("reasons", "Released 16 days ago. | Uses alone. | Takes z-drugs."),
        ("offers", "Offer this. | Offer that."),
        ("questions", "Is it so?"),
        ("naloxone_gap", "true"),
        ("in_custody", "true"),
        ("standing", "gone"),
        ("change", "gone"),
        ("because", because),
        ("valid_until", "2026-04-12"),
        ("assessed_on", "2026-03-30"),
        ("service", "S"),
        ("team", "T"),
        ("worker", "W"),
        ("reviewed_on", "2026-03-20"),
        ("until", "2026-04-03"),
        ("outcome", "Seen at home"),
        ("policy", "policy"),
    ];
    assert_eq!(cells, expected);
}

#[test]
fn what_nobody_has_said_is_an_empty_cell() {
    let mut unreviewed = Listed { change: None, review: None, ..person("p-1", "") };
    unreviewed.flagged.valid_until = None;
    let row = &rows(&[unreviewed])[1];
    assert_eq!(row[12..15], ["", "", ""]);
    assert_eq!(row[19..], ["", "", "", "policy"]);
}

#[test]
fn a_spreadsheet_takes_no_text_for_a_formula() {
    for begins in ["=", "+", "-", "@", "\t=", "\r", " =", "＝", "＋", "－", "＠", "'=", "''@"] {
        let mut one = person("p-1", "");
        one.review.as_mut().unwrap().outcome = format!("{begins}cmd|' /C calc'!A0");
        one.flagged.offers = vec![format!("{begins}1+1")];
        let rows = rows(&[one]);
        for cell in &rows[1] {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']));
        }
        assert!(rows[1][21].starts_with(if begins == "\r" { " " } else { "'" }), "{begins:?}");
    }
}

#[test]
fn what_cannot_be_seen_is_replaced() {
    let rows = rows(&[person("p-1", "\u{202e}\u{200b}\u{0}\u{9b}\nx")]);
    assert_eq!(rows[1][21], "Seen at home\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD} x");
}

proptest! {
    #[test]
    fn a_guarded_text_comes_back(text in "['=+@\\- \t\r\n＝a]{0,5}|.*") {
        let there = guarded(&text);
        prop_assert_eq!(unguarded(&there), text.as_str());
        let first = there.trim_start().chars().next();
        prop_assert!(!first.is_some_and(|first| "=+-@＝＋－＠".contains(first)));
    }

    #[test]
    fn what_is_no_formula_stays_as_it_is(text in "[a-zA-Z0-9][ -~]{0,20}") {
        prop_assert_eq!(&*guarded(&text), text.as_str());
        prop_assert_eq!(unguarded(&text), text.as_str());
    }
}
