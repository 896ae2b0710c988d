//! What `--help` says of exit codes, and that the page for unattended runs has the same.

mod program;

use program::program;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The programs, with their exit codes.
const PROGRAMS: [(&str, &[u8]); 8] = [
    ("nightly", &[0, 2, 3, 65, 66, 70, 74, 75, 77, 78, 130, 143]),
    ("explain", &[0, 1, 2, 66, 70, 74]),
    ("prune", &[0, 2, 66, 74, 75]),
    ("policy", &[0, 2, 65, 66, 70, 74, 77, 78]),
    ("replay", &[0, 1, 2, 65, 66, 70, 74, 77, 78, 130, 143]),
    ("mapping", &[0, 2, 65, 66, 70, 74, 77, 78]),
    ("pseudonyms", &[0, 2, 66, 70, 74, 77]),
    ("filter", &[0, 2, 3, 66, 70, 74]),
];

fn help(arguments: &[&str]) -> String {
    let mut program = program(arguments[0]);
    let output = program.args(&arguments[1..]).arg("--help").output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The numbers before the words of each line behind this heading.
fn codes(help: &str) -> BTreeSet<u8> {
    let (_, list) = help.split_once("\nExit codes:\n").unwrap_or_else(|| panic!("{help}"));
    let lines = list.lines().filter_map(|line| line.strip_prefix("  "));
    lines.flat_map(|line| numbers(line.split("  ").next().unwrap())).collect()
}

fn numbers(text: &str) -> impl Iterator<Item = u8> {
    text.split(|char: char| !char.is_ascii_digit()).filter_map(|number| number.parse().ok())
}

#[test]
fn the_help_of_every_program_lists_its_exit_codes() {
    for (name, expected) in PROGRAMS {
        assert_eq!(codes(&help(&[name])), expected.iter().copied().collect(), "{name}");
    }
    for command in ["show", "diff", "capacity", "guide"] {
        assert_eq!(codes(&help(&["policy", command])), codes(&help(&["policy"])));
    }
    assert_eq!(codes(&help(&["synthesise"])), BTreeSet::from([0, 2, 74]));
    assert_eq!(codes(&help(&["throughput"])), BTreeSet::from([0, 1, 2, 70]));
}

#[test]
fn the_page_for_unattended_runs_names_every_exit_code_of_every_program() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("nightly.md");
    let page = fs::read_to_string(page).unwrap();
    let of_all = BTreeSet::from([0, 2, 70, 74]);
    for (name, codes) in PROGRAMS {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let named: BTreeSet<u8> = if name == "nightly" {
            let rows = page.lines().filter(|line| line.starts_with("| "));
            let cells = rows.filter_map(|row| row.split('|').nth(1));
            let codes =
                cells.filter(|cell| cell.trim_start().starts_with(|c: char| c.is_ascii_digit()));
            codes.flat_map(numbers).chain([2]).collect()
        } else {
            numbers(row.unwrap()).chain(of_all.iter().copied()).collect()
        };
        let codes: BTreeSet<u8> = codes.iter().copied().chain([70]).collect();
        assert_eq!(named, codes, "{name}");
    }
}
