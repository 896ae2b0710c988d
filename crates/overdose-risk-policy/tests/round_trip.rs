//! What a policy writes, read back, is the same policy; and what means the same has one fingerprint.

use overdose_risk::Policy;
use overdose_risk_policy::read_policy;
use overdose_risk_testkit::strategies::policies;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;

const BASE: &str = "based_on = \"practice-principles\"\nbased_on_version = 1\n";

fn read(text: &str) -> Policy {
    read_policy(text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn service(changes: &str) -> Policy {
    read(&format!("{BASE}name = \"service\"\n{changes}"))
}

proptest! {
    #[test]
    fn every_policy_is_the_same_when_written_and_read_back(policy in policies()) {
        for text in [policy.canonical(), policy.with_sources(), policy.changes()] {
            let again = read(&text);
            prop_assert_eq!(again.settings(), policy.settings());
            prop_assert_eq!(again.fingerprint(), policy.fingerprint());
            // A file from a system with the line ends of Windows.
            prop_assert_eq!(read(&text.replace('\n', "\r\n")).fingerprint(), policy.fingerprint());
        }
    }

    /// Whatever a slip of the hand makes of a file: a line of it is named, and no text repeated.
    #[test]
    fn a_damaged_file_is_not_repeated(
        policy in policies(),
        at in any::<Index>(),
        slip in "[ -~\n]{0,3}",
    ) {
        let mut text = policy.canonical();
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        text.insert_str(*at.get(&places), &slip);
        if let Err(error) = read_policy(&text) {
            let lines = text.lines().count();
            prop_assert!(error.faults().iter().all(|fault| (1..=lines).contains(&fault.line)));
            let levels = policy.settings().factors().flat_map(|(_, set)| set.levels());
            for said in levels.filter_map(|set| set.why.as_deref()).chain([policy.name()]) {
                prop_assert!(said.len() < 16 || !error.to_string().contains(said));
            }
        }
    }
}

#[test]
fn the_default_as_a_file_is_the_default() {
    let default = Policy::practice_principles();
    let named = format!("{BASE}name = \"practice-principles\"\nversion = 1\n");
    // Some editors put a byte order mark first.
    let marked = format!("\u{feff}{BASE}");
    for text in
        [BASE, &marked, &named, &default.canonical(), &default.with_sources(), &default.changes()]
    {
        assert_eq!(read(text).settings(), default.settings());
        assert_eq!(read(text).label(), default.label());
        assert_eq!(read(text).fingerprint(), default.fingerprint());
    }
}

/// Files that mean the same, in groups.
const SAME: [&[&str]; 8] = [
    &[
        "",
        "# Nothing is changed.\n\n",
        "version = 1",
        "tiers = {}\nlimits = {}\nfactors = {}",
        "[tiers]\n[limits.depressants]\n[factors.z-drugs.yes]\n[factors.age]",
        "[tiers.act-now]\npoints = 50\nwithin_working_days = 1",
        "[tiers.act-now]\npoints = 50\nwhy = \"It is right for us too.\"",
        "[tiers.prioritise]\nwhy = \"Looked at, and left.\"",
        "[limits.depressants]\npoints = 0x0f",
        "[limits.lost-tolerance]\npoints = \"largest\"\nwhy = \"As before.\"",
        "[factors.z-drugs]\noff = false",
        "[factors.z-drugs]\noff = false\nwhy = \"Once it was off.\"",
        "[factors.z-drugs.yes]\npoints = 3\nfloor = \"none\"\nwhy = \"As before.\"",
        "[factors.overdose.days-0-28]\nfloor = 'act-now'",
        "[factors.naloxone.expired]\naction = \"Re-supply take-home naloxone.\"",
    ],
    &[
        "[tiers.act-now]\npoints = 45\nwhy = \"more staff\"\n[tiers.prioritise]\npoints = 18\nwhy = \"w\"",
        "[tiers.prioritise]\nwhy = \"w\"\npoints = 18\n[tiers.act-now]\nwhy = 'more staff'\npoints = 4_5",
        "tiers.act-now = { points = 45, why = \"more staff\" }\ntiers.prioritise = { points = 18, why = \"w\" }",
        "tiers.act-now.points = 45 # of 109\ntiers.act-now.why = \"more\\u0020staff\"\n\
         tiers.prioritise.why = \"\"\"w\"\"\"\ntiers.prioritise.points = +18",
        "tiers = { act-now = { points = 45, why = \"more staff\" }, prioritise = { points = 18, why = \"w\" } }",
        "[ tiers . \"act-now\" ]\n\"points\" = 0b101101\nwhy = \"more\\x20staff\"\n\
         [tiers.prioritise]\npoints = 18\nwhy = \"w\"\nwithin_days = 7",
    ],
    &[
        "review_by = 2027-03-31",
        "review_by = \"2027-03-31\"",
        "review_by = '2027-03-31' # a Wednesday",
    ],
    &[
        "[factors.z-drugs]\noff = true\nwhy = \"not recorded\"",
        "factors.z-drugs = { why = \"not recorded\", off = true }",
    ],
    &[
        "[factors.z-drugs.yes]\naction = \"Ask.\"",
        "[factors.z-drugs.yes]\naction = \"Ask.\"\nwhy = \"w\"",
    ],
    &["[limits.depressants]\npoints = \"largest\"\nwhy = \"w\""],
    &["[limits.depressants]\npoints = 11\nwhy = \"w\""],
    &["approved_by = \"Clinical governance group\""],
];

#[test]
fn files_that_mean_the_same_have_one_fingerprint_and_others_have_another() {
    let mut seen = BTreeMap::new();
    for (group, files) in SAME.iter().enumerate() {
        for file in *files {
            let policy = service(file);
            let first = *seen.entry(policy.fingerprint().to_string()).or_insert(group);
            assert_eq!(first, group, "{file}");
            assert_eq!(policy, service(files[0]), "{file}");
        }
    }
    assert_eq!(seen.len(), SAME.len());
}

/// Every setting of every table, changed alone.
fn single_changes() -> Vec<String> {
    let mut changes: Vec<String> = [
        "version = 2",
        "approved_by = \"Medicines group\"",
        "review_by = 2027-04-01",
        "[tiers.act-now]\npoints = 49\nwhy = \"w\"",
        "[tiers.act-now]\npoints = 49\nwhy = \"v\"",
        "[tiers.act-now]\nwithin_working_days = 2\nwhy = \"w\"",
        "[tiers.prioritise]\npoints = 19\nwhy = \"w\"",
        "[tiers.prioritise]\nwithin_days = 6\nwhy = \"w\"",
        "[limits.depressants]\npoints = 14\nwhy = \"w\"",
        "[limits.depressants]\npoints = 14\nwhy = \"v\"",
        "[limits.lost-tolerance]\npoints = 20\nwhy = \"w\"",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-04-01\nuntil = 2026-04-30",
        "[alert]\ntext = \"u\"\noffer = \"o\"\nfrom = 2026-04-01\nuntil = 2026-04-30",
        "[alert]\ntext = \"t\"\noffer = \"p\"\nfrom = 2026-04-01\nuntil = 2026-04-30",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-04-02\nuntil = 2026-04-30",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-04-01\nuntil = 2026-04-29",
    ]
    .map(str::to_owned)
    .into();
    for factor in overdose_risk::FACTORS {
        if !factor.is_principal() && factor.name != "ost-stopped" {
            for why in ["w", "v"] {
                changes.push(format!("[factors.{factor}]\noff = true\nwhy = \"{why}\""));
            }
        }
        // Those of later windows with the earlier ones, so that each is accepted.
        let all = |key: &str| {
            let levels = factor.levels.iter();
            let levels = levels
                .map(|level| format!("[factors.{factor}.{}]\n{key}\nwhy = \"w\"\n", level.name));
            levels.collect::<String>()
        };
        changes.push(all("points = 33"));
        if factor.levels.iter().any(|level| level.floor != Some(overdose_risk::Urgency::ActNow)) {
            changes.push(all("floor = \"act-now\""));
        }
        for level in factor.levels {
            changes.push(format!("[factors.{factor}.{}]\naction = \"Ask.\"", level.name));
        }
    }
    changes
}

#[test]
fn each_single_change_has_a_fingerprint_of_its_own() {
    let mut seen = BTreeMap::from([(service("").fingerprint().to_string(), String::new())]);
    for change in single_changes() {
        let policy = service(&change);
        if let Some(other) = seen.insert(policy.fingerprint().to_string(), change.clone()) {
            panic!("{other}\nis the same as\n{change}");
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}
