//! The manual in `docs/` says nothing that the code does not do.

use overdose_risk_policy::read_policy;

const PAGE: &str = include_str!("../docs/policy-file.md");
/// The refused files, each with its whole message.
const REFUSED: &str = include_str!("refused.rs");

fn examples() -> impl Iterator<Item = &'static str> {
    PAGE.split("```toml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0)
}

#[test]
fn every_example_of_the_page_is_accepted() {
    let base = "based_on = \"practice-principles\"\nbased_on_version = 1\nname = \"service\"\n";
    for example in examples() {
        let file = if example.starts_with("based_on") {
            example.to_owned()
        } else {
            format!("{base}{example}")
        };
        let policy = read_policy(&file).unwrap_or_else(|error| panic!("{example}\n{error}"));
        let changes = policy.changes();
        for header in example.lines().filter(|line| line.starts_with('[')) {
            assert!(changes.contains(header), "{header} changes nothing");
        }
    }
    assert_eq!(examples().count(), 6);
}

#[test]
fn every_message_of_the_page_is_one_that_is_given() {
    let (_, table) = PAGE.split_once("| the message says | what to do |\n|---|---|\n").unwrap();
    for row in table.lines() {
        let said = row.split('`').nth(1).unwrap();
        assert!(REFUSED.contains(said), "{said}");
    }
}

#[test]
fn every_key_is_on_the_page_and_in_an_example() {
    for key in [
        "based_on",
        "based_on_version",
        "name",
        "version",
        "approved_by",
        "review_by",
        "points",
        "within_working_days",
        "within_days",
        "why",
        "off",
        "floor",
        "action",
    ] {
        assert!(PAGE.contains(&format!("| `{key}` |")), "{key}");
        assert!(examples().any(|example| example.contains(&format!("{key} = "))), "{key}");
    }
}
