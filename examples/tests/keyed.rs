//! The nightly program over exports whose ids are NHS numbers.

mod program;
mod service;

use program::program;
use service::{Service, ended, ids, text};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone";

/// Of a service that knows people by their NHS numbers alone.
const MAPPING: &str = "\
name = \"by-nhs-number\"
[fields]
id = \"NHS number\"
age = \"Age\"
opioid_use = \"Opioids\"
ost = \"Script\"
prison_release = \"Prison\"
naloxone = \"Kit\"
";

/// No NHS number begins with 999 000: these pass the check and are nobody's.
const PEOPLE: &str = "\
NHS number,Age,Opioids,Script,Prison,Kit
999 000 0018,44,current,prescribed,,held
9990000026,31,current,not_prescribed,2026-03-28,not_held
9990000018,44,current,prescribed,2026-03-20,held
9990000034,31,sometimes,,,
9990000042,31,\"current,,,
9990000050,31
,31,current,,,
";

fn by_nhs_number() -> Service {
    let service = Service::with(&[("export.csv", PEOPLE), ("mapping.toml", MAPPING)]);
    for (name, seed) in [("one.key", 1_u32), ("other.key", 2)] {
        // Digits as random as a key needs them to be here.
        let key = (1..=32_u32).map(|place| {
            let mixed = place.wrapping_mul(2_654_435_761) ^ seed.wrapping_mul(2_246_822_519);
            format!("{:02x}", (mixed ^ mixed >> 15) & 0xff)
        });
        service.write(name, key.collect::<String>());
        set_mode(&service.path(name), 0o600);
    }
    service
}

fn has_published(service: &Service) -> bool {
    service.path("overdose-flags/LATEST").exists()
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

#[test]
fn ids_that_are_nhs_numbers_are_refused_and_may_be_keyed() {
    let export = PEOPLE.replacen("NHS number,Age,Opioids,Script,Prison,Kit", HEADER, 1);
    let service = by_nhs_number();
    service.write("export.csv", &export);
    let said = ended(&service.run(&["export.csv"]), 77);
    assert!(said.contains("its ids (column 1) look like NHS numbers"), "{said}");
    assert!(!said.contains("999") && !has_published(&service));
    ended(&service.run(&["export.csv", "--pseudonym-key", "one.key"]), 3);
    assert_eq!(ids(&service.published("flags.csv")).len(), 3);
}

#[test]
fn an_id_that_is_dropped_is_not_read_and_without_one_nothing_is() {
    let service = by_nhs_number();
    let mapped = ["export.csv", "--profile", "mapping.toml"];
    let said = ended(&service.run(&mapped), 77);
    let says = "column 1 should be the id and names a direct identifier (nhs-number)";
    assert!(said.contains(says), "{said}");
    let said = ended(&service.run(&[&mapped[..], &["--drop-identifiers"]].concat()), 77);
    assert!(said.contains(says), "{said}");
    assert!(!said.contains("999") && !has_published(&service));
}

#[test]
fn nobody_is_told_to_have_a_column_read_that_is_dropped() {
    let arguments = ["export.csv", "--profile", "mapping.toml", "--drop-identifiers"];
    let said = ended(&by_nhs_number().run(&arguments), 77);
    assert!(!said.contains("rename"), "{said}");
}

#[test]
fn nhs_numbers_under_a_key_come_out_as_the_same_pseudonyms_every_night() {
    let service = by_nhs_number();
    let keyed = |key| {
        ["export.csv", "--profile", "mapping.toml", "--pseudonym-key", key].map(str::to_owned)
    };
    let night = |key| {
        let arguments = keyed(key);
        ended(&service.run(&arguments.each_ref().map(String::as_str)), 3)
    };
    const OTHER: &str = "OTHER PSEUDONYMS";
    assert!(!night("one.key").contains(OTHER));
    assert!(!night("one.key").contains(OTHER));
    assert!(night("other.key").contains(OTHER));
    assert!(!night("other.key").contains(OTHER));
    assert!(night("one.key").contains(OTHER));
    let runs = ["", ".2", ".3", ".4", ".5"].map(|number| format!("2026-03-31{number}"));
    let [first, second, third, fourth, fifth] =
        runs.each_ref().map(|run| service.read(run, "flags.csv"));
    assert_eq!([&first, &third, &first], [&second, &fourth, &fifth]);
    let all: BTreeSet<&str> = ids(&first).into_iter().chain(ids(&third)).collect();
    assert_eq!((ids(&first).len(), all.len()), (3, 6));
    // Both rows of one person count, however the number is written.
    assert!(first.lines().nth(1).unwrap().contains("prison-release:"), "{first}");
    let written = service.written();
    assert_eq!(written.len(), 45);
    for said in &written {
        for number in ["999000", "999 000", "999-000", "0000018", "000 0018"] {
            assert!(!said.contains(number), "{said}");
        }
    }

    let mut pairs = program("pseudonyms");
    pairs.arg("--pseudonym-key").arg(service.path("one.key"));
    let mut child = pairs.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let numbers = b"9990000018\n999-000-0026\n999 000 0034\n";
    child.stdin.take().unwrap().write_all(numbers).unwrap();
    let pairs = text(&child.wait_with_output().unwrap().stdout);
    let pseudonyms: Vec<&str> =
        pairs.lines().skip(1).map(|pair| pair.split(',').next_back().unwrap()).collect();
    assert_eq!(pseudonyms, ids(&first));

    // Who goes on without a key has other ids as well.
    service.write("plain.csv", format!("{HEADER}\np-1,44,current,prescribed,,held\n"));
    let plain = ["plain.csv", "--max-drop", "100", "--allow-lost-values"];
    assert!(ended(&service.run(&plain), 0).contains(OTHER));
    assert!(!ended(&service.run(&plain), 0).contains(OTHER));
}

#[test]
fn another_key_is_said_too_where_the_receipt_takes_the_place_of_the_summary() {
    let service = by_nhs_number();
    let night = |key| {
        let arguments =
            ["export.csv", "--profile", "mapping.toml", "--json", "--pseudonym-key", key];
        ended(&service.run(&arguments), 3)
    };
    let first = night("one.key");
    let other = night("other.key");
    assert!(!first.contains("OTHER PSEUDONYMS") && other.contains("OTHER PSEUDONYMS"), "{other}");
}

#[test]
fn what_is_no_secret_is_no_key() {
    let service = by_nhs_number();
    service.write("weak.key", "secret");
    set_mode(&service.path("weak.key"), 0o600);
    let night = |key| {
        let arguments = ["export.csv", "--profile", "mapping.toml", "--pseudonym-key", key];
        service.run(&arguments)
    };
    assert!(ended(&night("weak.key"), 77).contains("fewer than 32 bytes"));
    ended(&night("absent.key"), 66);
    ended(&night("."), 66);
    #[cfg(unix)]
    for (mode, code) in [(0o640, 77), (0o604, 77), (0o620, 77), (0o601, 77), (0o400, 3)] {
        set_mode(&service.path("one.key"), mode);
        let said = ended(&night("one.key"), code);
        assert_eq!(said.contains("chmod 600"), code == 77, "{said}");
        assert_eq!(has_published(&service), code == 3);
    }
}
