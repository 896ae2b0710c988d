//! What a released version of the policy makes of people does not change unnoticed: each conformance pack
//! is the one that the changelog names under "Changes to assessments".

use overdose_risk::Policy;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const PACKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance");
const CHANGELOG: &str = include_str!("../../../CHANGELOG.md");

/// The packs by name, each with the first digits of the SHA-256 of the names and bytes of its files.
fn packs() -> BTreeMap<String, String> {
    let entries = fs::read_dir(PACKS).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    folders.map(|entry| (entry.file_name().into_string().unwrap(), digest(&entry.path()))).collect()
}

fn digest(pack: &Path) -> String {
    let files = fs::read_dir(pack).unwrap().map(|entry| entry.unwrap().path());
    let by_name: BTreeMap<_, _> = files
        .map(|file| (file.file_name().unwrap().to_owned(), fs::read(&file).unwrap()))
        .collect();
    let mut digest = Sha256::new();
    for (name, bytes) in by_name {
        for part in [name.as_encoded_bytes(), &bytes] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// What the changelog says last of each pack: its digits. What comes last stands first.
fn named(changelog: &str) -> BTreeMap<String, String> {
    let sections = changelog.split("\n### ");
    let changes = sections.filter_map(|section| section.strip_prefix("Changes to assessments\n"));
    let quoted = |line: &str| -> Vec<String> {
        line.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let items = changes.flat_map(|section| section.split("\n- ").skip(1).map(quoted));
    let pairs = items.filter_map(|quoted| Some((quoted.first()?.clone(), quoted.get(1)?.clone())));
    pairs.collect::<Vec<_>>().into_iter().rev().collect()
}

#[test]
fn a_changed_assessment_of_an_unchanged_record_is_named_in_the_changelog() {
    let (packs, named) = (packs(), named(CHANGELOG));
    let policy = Policy::practice_principles();
    let current = format!("{}-{}", policy.name(), policy.version());
    assert!(packs.contains_key(&current), "{current} has no conformance pack");
    for (pack, digits) in &packs {
        assert_eq!(
            named.get(pack),
            Some(digits),
            "the results in {pack} are not those that CHANGELOG.md names: say under \"Changes to assessments\" \
             what changed for whom and why, and that the pack is now `{digits}`"
        );
    }
    assert_eq!(packs, named, "CHANGELOG.md names a pack that is not there");
}

#[test]
fn every_file_of_a_pack_counts_by_its_name_and_every_byte() {
    let folder = tempfile::TempDir::new().unwrap();
    let digest_of = |files: &[(&str, &str)]| {
        let pack = folder.path().join("pack");
        fs::create_dir(&pack).unwrap();
        files.iter().for_each(|(name, text)| fs::write(pack.join(name), text).unwrap());
        let digits = digest(&pack);
        fs::remove_dir_all(pack).unwrap();
        digits
    };
    let packs = [
        &[("a", "12"), ("b", "3")][..],
        &[("a", "1"), ("b", "23")],
        &[("a", "12"), ("c", "3")],
        &[("a", "12"), ("b", "4")],
        &[("a", "12")],
    ];
    let digits: std::collections::BTreeSet<_> =
        packs.iter().map(|files| digest_of(files)).collect();
    assert_eq!(digits.len(), packs.len());
}

#[test]
fn what_a_changelog_names_is_found_under_its_heading_alone() {
    let changelog = "# Changelog\n\n### Changed\n\n- `other` is `000`\n\n\
        ### Changes to assessments\n\n- Of `one-2`, now `abc`:\n  more.\n- Nothing else.\n\n\
        ## 0.1\n\n### Changes to assessments\n\n- Of `one-1`, now `def`.\n- Of `one-2`, `012`.\n";
    let expected = [("one-1", "def"), ("one-2", "abc")];
    assert!(named(changelog).iter().map(|(pack, digits)| (&**pack, &**digits)).eq(expected));
}
