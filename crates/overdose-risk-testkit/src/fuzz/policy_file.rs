//! Bytes as a policy file, and as changes of one.

use super::{assessment, canary, filled, settings_file};
use overdose_risk::Policy;
use overdose_risk_policy::read_policy;

/// A policy that is accepted, before the bytes change it.
const ACCEPTED: &str = include_str!("../../../../examples/data/example-policy.toml");

/// Values that are of the right kind, more often than not.
const VALUES: [&str; 3] = [
    r#"
based_on = "practice-principles"
based_on_version = 1
name = "a~"
version = 1~
approved_by = "~"
review_by = 2~
tiers.act-now = { points = ~, within_working_days = ~, why = "~" }
"#,
    r#"
based_on = "practice-principles"
based_on_version = 1
name = "a"
[factors.z-drugs.yes]
points = ~
floor = "~"
action = "a~"
why = "b~"
[factors.prison-release.days-0-14]
points = ~
why = "b~"
"#,
    r#"
based_on = "practice-principles"
based_on_version = 1
name = "a"
limits.depressants = { points = ~, why = "c" }
alert = { text = "a~", offer = "b~", from = 202~, until = 2026-0~ }
~
"#,
];

/// Where the canary stands, among bytes.
const PLANTED: &str = r#"
based_on = "practice-principles"
based_on_version = 1
name = "@~"
~@ = "@"
[tiers.@~]
points = "@~"
[factors.z-drugs.yes]
@~ = "~"
floor = "@"
why = "@~"
[factors.@]
~ = "@"
"#;

/// Panics where reading these bytes as a policy file, or assessing by what they make of one, breaks what
/// must hold.
pub fn policy(data: &[u8]) {
    check(&String::from_utf8_lossy(data), data);
    let [at, removed, rest @ ..] = data else { return };
    check(&settings_file::spliced(ACCEPTED, [*at, *removed], rest), data);
    for values in VALUES {
        check(&String::from_utf8_lossy(&filled(values, data)), data);
    }
    if let Some(planted) = canary::planted(PLANTED, data) {
        let error = read_policy(&String::from_utf8_lossy(&planted)).unwrap_err();
        canary::assert_not_in(&format!("{error}\n{error:?}"));
    }
}

fn check(text: &str, data: &[u8]) {
    match read_policy(text) {
        Ok(policy) => assert_is_one(&policy, data),
        Err(error) => {
            settings_file::assert_has_lines(text, error.faults().iter().map(|fault| fault.line));
        }
    }
}

/// Written in each form and read again it is the same one, and assessments by it hold.
fn assert_is_one(policy: &Policy, data: &[u8]) {
    let canonical = policy.canonical();
    for written in [&canonical, &policy.with_sources(), &policy.changes()] {
        let again = read_policy(written).unwrap_or_else(|error| panic!("{error}\n{written}"));
        assert_eq!(again, *policy);
        assert_eq!(again.fingerprint(), policy.fingerprint());
        assert_eq!(again.canonical(), canonical);
    }
    let backwards: Vec<u8> = data.iter().rev().copied().collect();
    for data in [data, &backwards] {
        assessment::check(data, policy);
    }
}
