//! What each published crate depends on, to the version and the feature: a change shows here.

use expect_test::expect_file;
use std::process::Command;

/// Everything that is built into one crate for its users, default features only.
fn tree(package: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", package, "--edges", "normal"])
        .args(["--prefix", "depth", "--format", " {p} {f}", "--target", "x86_64-unknown-linux-gnu"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    // Where this checkout lies is nobody's business.
    let without_path = |line: &str| match (line.find(" (/"), line.rfind(')')) {
        (Some(from), Some(to)) if !line[from..to].contains("proc-macro") => {
            format!("{}{}", &line[..from], &line[to + 1..])
        }
        _ => line.to_owned(),
    };
    tree.lines().map(|line| without_path(line).trim_end().to_owned() + "\n").collect()
}

#[test]
fn the_dependencies_of_each_published_crate_are_the_ones_that_were_reviewed() {
    let mut all = String::new();
    for package in [
        "overdose-risk",
        "overdose-risk-intake",
        "overdose-risk-csv",
        "overdose-risk-json",
        "overdose-risk-policy",
        "overdose-risk-report",
        "overdose-risk-run",
    ] {
        all += &format!("# {package}\n{}\n", tree(package));
    }
    expect_file!["../fixtures/dependencies.txt"].assert_eq(&all);
}

#[test]
fn nothing_built_into_the_core_brings_a_clock() {
    let tree = tree("overdose-risk");
    let chrono = tree.lines().find(|line| line.contains(" chrono ")).unwrap();
    assert!(!chrono.contains("clock") && !chrono.contains("now"), "{chrono}");
}
