//! The lists of `deny.toml`, held without `cargo deny`: where every package comes from, under which
//! licence, and that none is there for a network.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What of the standard library leads to another machine or process. `Tcp` begins several.
const WAYS_OUT: [&str; 7] =
    ["std::net", "core::net", "unix::net", "Tcp", "UdpSocket", "UnixStream", "UnixDatagram"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The texts of each line of a list in `deny.toml`, which has one entry a line.
fn list(name: &str) -> Vec<Vec<String>> {
    let rules = fs::read_to_string(root().join("deny.toml")).unwrap();
    let (_, behind) = rules.split_once(&format!("\n{name} = [\n")).unwrap();
    let (entries, _) = behind.split_once("\n]").unwrap();
    let texts = |line: &str| line.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    entries.lines().map(texts).collect()
}

/// The value of a key in a block of a lock file.
fn value<'a>(package: &'a str, key: &str) -> Option<&'a str> {
    let line = |line: &'a str| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"');
    package.lines().find_map(line)
}

/// What is wrong with the packages of a lock file.
fn refused(lock: &str, banned: &[Vec<String>]) -> Vec<String> {
    let mut refused = Vec::new();
    for package in lock.split("[[package]]\n").skip(1) {
        let name = value(package, "name").unwrap();
        let is_ours = name.starts_with("overdose-risk") && !package.contains("\nsource = ");
        let is_held = value(package, "source") == Some(REGISTRY)
            && value(package, "checksum").is_some_and(|checksum| checksum.len() == 64);
        if !is_ours && !is_held {
            refused.push(format!("{name}: source"));
        }
        if banned.iter().any(|entry| entry[0] == name) {
            refused.push(format!("{name}: network"));
        }
    }
    refused
}

#[test]
fn every_package_is_from_the_registry_with_its_checksum_and_none_is_for_a_network() {
    let banned = list("deny");
    for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let lock = fs::read_to_string(root().join(lock)).unwrap();
        assert!(lock.matches("[[package]]\n").count() > 50);
        assert_eq!(refused(&lock, &banned), [""; 0]);
    }
}

#[test]
fn a_package_from_elsewhere_or_for_a_network_is_noticed() {
    let banned = list("deny");
    let check = |package: &str, expected: &[&str]| {
        assert_eq!(refused(&format!("version = 4\n\n[[package]]\n{package}\n"), &banned), expected);
    };
    let checksum = format!("checksum = \"{}\"", "0".repeat(64));
    let of = |name, source| format!("name = \"{name}\"\nsource = \"{source}\"\n{checksum}");
    check(&of("csv", REGISTRY), &[]);
    check("name = \"overdose-risk\"\nversion = \"0.1.0\"", &[]);
    check("name = \"csv\"\nversion = \"1.4.0\"", &["csv: source"]);
    check(&format!("name = \"csv\"\nsource = \"{REGISTRY}\""), &["csv: source"]);
    check(&of("csv", "git+https://example.org/csv#0"), &["csv: source"]);
    check(&of("csv", "registry+https://example.org/index"), &["csv: source"]);
    check(
        &of("overdose-risk-extra", "git+https://example.org/extra#0"),
        &["overdose-risk-extra: source"],
    );
    for name in ["reqwest", "hyper", "ureq", "curl", "tokio", "async-std", "native-tls", "rustls"] {
        check(&of(name, REGISTRY), &[&format!("{name}: network")]);
    }
    for name in ["openssl", "socket2", "mio", "isahc", "attohttpc", "minreq", "surf", "quinn", "h2"]
    {
        check(&of(name, REGISTRY), &[&format!("{name}: network")]);
    }
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--all-features", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether the allowed licences are enough: one of each group of alternatives, and so never less than
/// the expression asks for.
fn is_enough(expression: &str, allowed: &[&str]) -> bool {
    let expression = expression.replace('/', " OR ");
    expression.split(" AND ").all(|alternatives| {
        let alternatives = alternatives.trim_matches(['(', ')']);
        alternatives.split(" OR ").any(|licence| allowed.contains(&licence.trim()))
    })
}

#[test]
fn every_licence_is_among_the_allowed_ones_and_each_of_those_is_needed() {
    let allowed: Vec<String> = list("allow").concat();
    let mut exceptions: BTreeMap<String, String> =
        list("exceptions").into_iter().map(|entry| (entry[0].clone(), entry[1].clone())).collect();
    let mut needed: Vec<&str> = Vec::new();
    let metadata = metadata();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let expression =
            package["license"].as_str().unwrap_or_else(|| panic!("{name}: no licence"));
        let exception = exceptions.remove(name);
        let of_it: Vec<&str> = allowed.iter().chain(&exception).map(String::as_str).collect();
        assert!(is_enough(expression, &of_it), "{name}: {expression}");
        let regular: Vec<&str> = allowed.iter().map(String::as_str).collect();
        assert!(
            exception.is_none() || !is_enough(expression, &regular),
            "{name} needs no exception"
        );
        let without = |licence: &&str| {
            let others: Vec<&str> =
                of_it.iter().copied().filter(|other| other != licence).collect();
            !is_enough(expression, &others)
        };
        needed.extend(regular.into_iter().filter(without));
    }
    assert!(exceptions.is_empty(), "{exceptions:?}");
    for licence in &allowed {
        assert!(needed.contains(&licence.as_str()), "nothing needs {licence}");
    }
}

#[test]
fn one_of_each_group_of_alternatives_is_enough_and_no_less() {
    for (expression, allowed, expected) in [
        ("MIT OR Apache-2.0", &["MIT"][..], true),
        ("MIT/Apache-2.0", &["Apache-2.0"], true),
        ("MPL-2.0", &["MIT"], false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", &["MIT"], false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", &["Unicode-3.0"], false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", &["MIT", "Unicode-3.0"], true),
        ("Apache-2.0 WITH LLVM-exception", &["Apache-2.0"], false),
        ("MIT-0", &["MIT"], false),
    ] {
        assert_eq!(is_enough(expression, allowed), expected, "{expression} {allowed:?}");
    }
}

#[test]
fn what_is_here_for_files_opens_no_socket() {
    let metadata = metadata();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let is_rustix = |node: &&Value| node["id"].as_str().is_some_and(|id| id.contains("#rustix@"));
    let features = nodes.iter().find(is_rustix).unwrap()["features"].as_array().unwrap();
    assert!(features.iter().any(|feature| feature == "fs"));
    assert!(features.iter().all(|feature| feature != "net"));
}

/// Every Rust file of a crate or a program, tests apart.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "tests" {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn no_source_of_ours_opens_a_connection() {
    let mut files = Vec::new();
    for folder in ["crates", "examples"] {
        sources(&root().join(folder), &mut files);
    }
    assert!(files.len() > 200);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for word in WAYS_OUT {
            assert!(!text.contains(word), "{}: {word}", file.display());
        }
    }
}

/// Both licences ask that their text goes with every copy.
#[test]
fn every_published_crate_carries_the_licences() {
    let crates = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut published = 0;
    for folder in crates {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        if manifest.contains("publish = false") {
            continue;
        }
        assert!(manifest.contains("\ninclude.workspace = true"), "{}", folder.display());
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let text = fs::read_to_string(folder.join(licence)).unwrap();
            assert_eq!(text, fs::read_to_string(root().join(licence)).unwrap());
        }
        published += 1;
    }
    assert_eq!(published, 7);
}
