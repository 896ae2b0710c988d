//! The program that does a run once more.

mod program;

use program::program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const CANARY: &str = "Kanarienvogel9434765919";
const HEADER: &str =
    "id,age,opioid_use,ost,prison_release,overdose,naloxone,case_status,recorded_on\n";
const NOBODY: &str = "no row that could be read has this id: look at spelling and case";
/// Of p-1 two rows, one person who died, two rows that cannot be read, and p-3 with facts that cannot be used.
const ROWS: &str = "\
p-1,44,current,prescribed,,,held,open,2026-03-01
p-2,31,past,,2026-03-28,never,,died,
p-3,1979,unknown,declined,9 March,2026-05-01,held,open,
p-1,44,current,not_prescribed,2026-03-29,,held,open,2026-03-20
p-4,31
p-3,31
";

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A run of some exports, and the folder that it is in.
struct Run {
    folder: TempDir,
    exports: Vec<String>,
}

impl Run {
    /// A run of copies of these files.
    fn of(files: &[PathBuf], arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut exports = Vec::new();
        for file in files {
            let name = file.file_name().unwrap().to_str().unwrap();
            fs::copy(file, folder.path().join(name)).unwrap();
            exports.push(name.to_owned());
        }
        Self { folder, exports }.made(arguments)
    }

    fn with(export: &str, arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("export.csv"), export).unwrap();
        Self { folder, exports: vec!["export.csv".to_owned()] }.made(arguments)
    }

    fn made(self, arguments: &[&str]) -> Self {
        let always = ["--as-of", "2026-03-31", "--max-quarantine", "100"];
        let mut nightly = self.command("nightly");
        let output = nightly.args(&self.exports).args(always).args(arguments).output().unwrap();
        assert!([0, 3].contains(&output.status.code().unwrap()), "{}", text(&output.stderr));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn flags(&self) -> Vec<u8> {
        fs::read(self.path("overdose-flags/2026-03-31/flags.csv")).unwrap()
    }

    fn command(&self, name: &str) -> Command {
        let mut command = program(name);
        command.current_dir(self.folder.path());
        command
    }

    fn replay(&self, arguments: &[&str]) -> Output {
        let receipt = ["--receipt", "overdose-flags/2026-03-31/run.json"];
        self.command("replay").args(&self.exports).args(receipt).args(arguments).output().unwrap()
    }

    /// What it says of a replay that comes out the same, which leaves everything as it is.
    fn same(&self, arguments: &[&str]) -> String {
        let before = left(self.folder.path());
        let output = self.replay(&[arguments, &["--out", "again.csv"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(output.stderr.is_empty());
        let again = self.path("again.csv");
        // Not in the message: it would be everything.
        assert!(fs::read(&again).unwrap() == self.flags());
        is_private(&again);
        fs::remove_file(again).unwrap();
        assert_eq!(left(self.folder.path()), before);
        text(&output.stdout)
    }

    /// What it says of one that does not, which leaves everything as it is as well.
    fn other(&self, code: i32, arguments: &[&str]) -> String {
        let before = left(self.folder.path());
        let output = self.replay(&[arguments, &["--out", "again.csv"]].concat());
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
        assert_eq!(left(self.folder.path()), before);
        text(&output.stderr)
    }
}

#[cfg(unix)]
fn is_private(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(not(unix))]
fn is_private(_: &Path) {}

/// Everything in a folder and in the folders within it, with what it says.
fn left(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = entries
        .flat_map(|path| {
            if path.is_dir() { left(&path) } else { vec![(path.clone(), fs::read(&path).unwrap())] }
        })
        .collect();
    all.sort();
    all
}

#[test]
fn every_kind_of_run_comes_out_the_same() {
    let mapping = data("example-cms.toml");
    let mapped = ["--profile", mapping.to_str().unwrap()];
    for (files, to_run, to_replay) in [
        (&["export.csv"][..], &[][..], &[][..]),
        (&["export.json"], &[], &[]),
        (&["export.ndjson", "export.csv"], &[], &[]),
        (&["ndtms.csv"], &[], &[]),
        (&["example-cms.csv"], &mapped, &mapped),
        (&["example-cms.ndjson"], &mapped, &mapped),
    ] {
        let files: Vec<_> = files.iter().map(|name| data(name)).collect();
        let said = Run::of(&files, to_run).same(to_replay);
        assert!(said.starts_with("The run as of 2026-03-31, by practice-principles@"), "{said}");
        assert!(said.ends_with("flags.csv is in again.csv.\n"), "{said}");
    }
    // The receipt holds the policy: its file is not looked at again.
    let policy = data("example-policy.toml");
    let own = Run::of(&[data("export.csv")], &["--policy", policy.to_str().unwrap()]);
    let said = own.same(&[]);
    assert!(said.starts_with("The run as of 2026-03-31, by example-service@3#"), "{said}");
    // With a row that cannot be read, merged rows, and fields that the export lacks.
    Run::with(&format!("{HEADER}{ROWS}"), &[]).same(&[]);
    let waived = "id,age,ost,prison_release\np-1,44,prescribed,\n";
    Run::with(waived, &["--without", "naloxone", "--without", "age"]).same(&[]);
    Run::with(HEADER, &["--allow-empty"]).same(&[]);
    let broken = r#"[{"id":"p-1","age":44,"ost":"","prison_release":"","naloxone":"held"},{"id":"#;
    let partly = Run::with(broken, &["--allow-partial"]);
    partly.same(&["--allow-partial"]);
    assert!(partly.other(65, &[]).contains("--allow-partial"));
    let named = Run::with(
        &format!("surname,{HEADER}{CANARY}{}", ",p-1,44,,,,,held,,\n"),
        &["--drop-identifiers"],
    );
    named.same(&["--drop-identifiers"]);
    assert!(!named.other(77, &[]).contains(CANARY));
}

#[test]
fn any_changed_byte_of_the_export_is_said_and_gets_65() {
    let run = Run::with(&format!("{HEADER}{ROWS}"), &[]);
    let export = fs::read(run.path("export.csv")).unwrap();
    for place in (0..export.len()).step_by(7) {
        let mut changed = export.clone();
        changed[place] ^= 1;
        fs::write(run.path("export.csv"), changed).unwrap();
        let said = run.other(65, &[]);
        let says = "replay: the run does not come out the same:\n- export.csv has other bytes: the run \
                    read SHA-256 ";
        assert!(said.starts_with(says), "{said}");
        assert_eq!(said.lines().count(), 3, "{said}");
        assert!(said.contains("; give the export exactly as that night read it\n"), "{said}");
        assert!(said.ends_with("\nno file was written\n"), "{said}");
    }
    fs::write(run.path("export.csv"), [&export[..], b"\n"].concat()).unwrap();
    run.other(65, &[]);
    fs::write(run.path("export.csv"), export).unwrap();
    run.same(&[]);
}

#[test]
fn everything_that_differs_is_said_at_once() {
    let mapping = data("example-cms.toml");
    let run = Run::of(&[data("example-cms.csv")], &["--profile", mapping.to_str().unwrap()]);
    let said = run.other(78, &[]);
    assert!(said.contains("read example-cms.csv with the profile example-cms"), "{said}");
    assert!(said.contains("--profile takes the name, or the mapping file"), "{said}");
    let receipt = run.path("overdose-flags/2026-03-31/run.json");
    let changed = fs::read_to_string(&receipt).unwrap();
    let changed = changed.replace("\"practice-principles\"", "\"another\\u001b[31m\"");
    let changed = changed.replacen("\"version\": \"", "\"version\": \"9.", 1);
    fs::write(&receipt, changed).unwrap();
    fs::write(run.path("example-cms.csv"), "").unwrap();
    let said = run.other(65, &[]);
    assert_eq!(said.lines().filter(|line| line.starts_with("- ")).count(), 4, "{said}");
    for says in ["has other bytes", "policy another\u{fffd}[31m@", "version 9.", "the profile"] {
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn another_version_of_the_program_is_said_where_the_same_comes_out() {
    let run = Run::of(&[data("export.csv")], &[]);
    let receipt = run.path("overdose-flags/2026-03-31/run.json");
    let changed = fs::read_to_string(&receipt).unwrap();
    fs::write(&receipt, changed.replacen("\"version\": \"", "\"version\": \"9.", 1)).unwrap();
    let said = run.same(&[]);
    assert!(said.contains("\nNote: the run was made by version 9."), "{said}");
}

#[test]
fn a_result_that_differs_gets_65_and_leaves_no_file() {
    let run = Run::of(&[data("export.csv")], &[]);
    let receipt = run.path("overdose-flags/2026-03-31/run.json");
    let mut changed: serde_json::Value =
        serde_json::from_slice(&fs::read(&receipt).unwrap()).unwrap();
    changed["outputs"][0]["sha256"] = "0".repeat(64).into();
    fs::write(&receipt, changed.to_string()).unwrap();
    let said = run.other(65, &["--person", "S1-0000004"]);
    assert!(said.contains("\n- flags.csv comes out with other bytes: SHA-256 000"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_key_of_pseudonyms_has_to_be_the_same() {
    use std::os::unix::fs::PermissionsExt as _;
    let key = |run: &Run, name: &str, text: &str| {
        fs::write(run.path(name), text).unwrap();
        fs::set_permissions(run.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    };
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("export.csv"), format!("{HEADER}{ROWS}")).unwrap();
    let run = Run { folder, exports: vec!["export.csv".to_owned()] };
    key(&run, "key", "3f1a9c07d5b2846e0f7c1d93a8b65e42906d7f3b1c8ea254");
    key(&run, "other", "90b6de31f2a7c4580e1d6b93f5a8274cc3e07d19526f8ab4");
    let run = run.made(&["--pseudonym-key", "key"]);
    let output = run.replay(&["--pseudonym-key", "key", "--person", "p-1"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        format!(
            "replay: {NOBODY}\nits ids were made with a key: give the pseudonym, as in its outputs\n\
             quarantined rows of which nobody knows whose they are: 2\n"
        )
    );
    let flags = text(&run.flags());
    let pseudonym = flags.lines().nth(1).unwrap().split(',').next().unwrap();
    let said = run.same(&["--pseudonym-key", "key", "--person", pseudonym]);
    assert!(said.contains(&format!("What was known of {pseudonym} as of")), "{said}");
    run.same(&["--pseudonym-key", "key"]);
    for (arguments, says) in
        [(&[][..], "none is given"), (&["--pseudonym-key", "other"], "with another key")]
    {
        assert!(run.other(78, arguments).contains(says));
    }
}

#[test]
fn of_a_person_it_says_what_was_known_what_was_not_and_what_was_flagged() {
    let run = Run::with(&format!("{HEADER}{ROWS}"), &[]);
    let told = |id| run.same(&["--person", id]).split_once("\n\n").unwrap().1.to_owned();
    let first = told("p-1");
    for says in [
        "What was known of p-1 as of 2026-03-31\n",
        "\n  age                   44\n",
        "\n  ost                   not_prescribed\n",
        "\n  prison_release        2026-03-29\n",
        "\n  overdose              none recorded\n",
        "\nWhat the export had no place for\n  ost_started, ost_ended, ",
        "\nWhat was flagged\n\np-1, as of 31 March 2026, by practice-principles@",
        "\n- Released from prison 2 days ago. 20 points. ",
        "\nWhat to offer\n- ",
    ] {
        assert!(first.contains(says), "{says}: {first}");
    }
    let third = told("p-3");
    for says in [
        "\nWhat was not known, and why\n  age ",
        "\nWhat to ask\n- Has the person ever used any opioid ",
        "\n  age                   what is recorded cannot be read\n",
        "\n  opioid_use            not recorded\n",
        "\n  ost                   the person was asked and preferred not to say\n",
        "\n  overdose              what is recorded cannot be true together with the rest\n",
        "\nWhat is recorded and could not be used as it stands\n- export.csv, line 4: age, unreadable\n",
        "\nRows with this id that were quarantined, and not read\n- export.csv, line 7: field-count\n",
    ] {
        assert!(third.contains(says), "{says}: {third}");
    }
    assert_eq!(told("p-2"), "p-2 was not assessed: the export says that the person has died.\n");
    assert_eq!(
        told("p-4"),
        "p-4 was not assessed: every row with this id was quarantined.\n\nRows with this id that were \
         quarantined, and not read\n- export.csv, line 6: field-count\n"
    );
    let run = Run::with(&format!("{HEADER}{ROWS} ,31,,,,,,,\n"), &[]);
    let said = run.same(&["--person", "p-2"]);
    let rows = "\n\nQuarantined rows of which nobody knows whose they are: 1\n";
    assert!(said.ends_with(&format!("the person has died.{rows}")), "{said}");
}

#[test]
fn an_id_that_is_in_no_row_is_no_finding_and_gets_1() {
    let run = Run::with(&format!("{HEADER}{ROWS},,,,,,,,\n ,31,,,,,,,\n"), &[]);
    for id in ["P-1", "p-9", CANARY] {
        let output = run.replay(&["--person", id]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            text(&output.stderr),
            format!("replay: {NOBODY}\nquarantined rows of which nobody knows whose they are: 1\n")
        );
        let said = text(&output.stdout);
        assert!(said.contains("comes out the same") && !said.contains(id), "{said}");
    }
    fs::remove_file(run.path("overdose-flags/2026-03-31/carried.ndjson")).unwrap();
    let said = text(&run.replay(&["--person", "p-9"]).stderr);
    assert!(said.ends_with("carried.ndjson of the run's folder says so\n"), "{said}");
}

#[test]
fn whoever_was_not_assessed_may_have_stood_on_the_worklist_of_that_night() {
    let folder = TempDir::new().unwrap();
    let urgent = "p-7,44,current,not_prescribed,2026-03-29,,held,open,2026-03-20\n";
    let run = Run { folder, exports: vec!["export.csv".to_owned()] };
    fs::write(run.path("export.csv"), format!("{HEADER}{ROWS}{urgent}")).unwrap();
    let first = ["export.csv", "--as-of", "2026-03-30", "--max-quarantine", "100"];
    assert_eq!(run.command("nightly").args(first).output().unwrap().status.code(), Some(3));
    fs::write(run.path("export.csv"), format!("{HEADER}{ROWS}")).unwrap();
    let run = run.made(&["--max-drop", "100"]);
    let told = |id| run.same(&["--person", id]).split_once("\n\n").unwrap().1.to_owned();
    assert_eq!(
        told("p-7"),
        "p-7 was not assessed: no row that could be read has this id.\np-7 stood on that night's \
         worklist with the reasons of 30 March 2026.\n"
    );
    assert_eq!(told("p-2"), "p-2 was not assessed: the export says that the person has died.\n");
    let carried = run.path("overdose-flags/2026-03-31/carried.ndjson");
    // What the run did not write counts for nothing.
    let lines = fs::read_to_string(&carried).unwrap();
    fs::write(&carried, lines.replace("2026-03-30", "2026-03-01")).unwrap();
    let output = run.replay(&["--person", "p-7"]);
    assert_eq!(output.status.code(), Some(65));
    assert!(!text(&output.stdout).contains("p-7"));
    let says = "carried.ndjson beside the receipt is not what the run wrote";
    assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    fs::remove_file(&carried).unwrap();
    let note = "Note: somebody whom an earlier run wanted contacted may have stood on that night's worklist";
    assert!(told("p-2").contains(note), "{}", told("p-2"));
    assert!(!told("p-1").contains("Note: "), "{}", told("p-1"));
}

#[test]
fn a_file_beside_the_receipt_that_the_run_did_not_write_gets_65() {
    let run = Run::of(&[data("export.csv")], &[]);
    let folder = run.path("overdose-flags/2026-03-31");
    let wrote = fs::read_dir(&folder).unwrap().count() - 1;
    let as_written = |there| {
        format!("\nFiles of the run beside the receipt: {there} of {wrote}, as it wrote them\n")
    };
    assert!(run.same(&[]).contains(&as_written(wrote)), "{}", run.same(&[]));
    fs::remove_file(folder.join("problems.csv")).unwrap();
    assert!(run.same(&[]).contains(&as_written(wrote - 1)));
    for name in ["flags.csv", "worklist.csv"] {
        let was = fs::read(folder.join(name)).unwrap();
        fs::write(folder.join(name), [&was[..], CANARY.as_bytes()].concat()).unwrap();
        let output = run.replay(&["--person", "absent"]);
        assert_eq!(output.status.code(), Some(65));
        let says = format!(
            "replay: the run comes out the same, but:\n- {name} beside the receipt is not what the run \
             wrote\n{NOBODY}\n"
        );
        assert_eq!(text(&output.stderr), says);
        let said = text(&output.stdout);
        assert!(said.contains("to the byte") && !said.contains("as it wrote them"), "{said}");
        fs::write(run.path("export.csv"), format!("{HEADER}{ROWS}")).unwrap();
        let said = run.other(65, &[]);
        assert!(said.contains(&format!("\n- {name} beside the receipt is not")), "{said}");
        fs::copy(data("export.csv"), run.path("export.csv")).unwrap();
        fs::write(folder.join(name), was).unwrap();
    }
    // A receipt that was taken out of its folder.
    fs::copy(folder.join("run.json"), run.path("run.json")).unwrap();
    let arguments = ["export.csv", "--receipt", "run.json"];
    let output = run.command("replay").args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let says =
        "\nThe folder of the run was not looked at: none of its files lies beside the receipt\n";
    assert!(text(&output.stdout).contains(says), "{}", text(&output.stdout));
}

#[test]
fn it_says_who_approved_the_policy_and_whether_its_review_was_overdue() {
    let base = "based_on = \"practice-principles\"\nbased_on_version = 1\nname = \"own\"\n";
    let approved = "approved_by = \"Clinical governance\"\n";
    for (more, says) in [
        (String::new(), ", approved by nobody\n"),
        (approved.to_owned(), ", approved by Clinical governance\n"),
        (
            format!("{approved}review_by = 2026-03-31\n"),
            ", approved by Clinical governance, to be reviewed by 2026-03-31\n",
        ),
        (
            "review_by = 2026-03-30\n".to_owned(),
            ", approved by nobody, to be reviewed by 2026-03-30; its review was overdue on that day\n",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("export.csv"), format!("{HEADER}{ROWS}")).unwrap();
        fs::write(folder.path().join("own.toml"), format!("{base}{more}")).unwrap();
        let run = Run { folder, exports: vec!["export.csv".to_owned()] };
        let said = run.made(&["--policy", "own.toml"]).same(&[]);
        let line = said.lines().find(|line| line.starts_with("The policy own@1#")).unwrap();
        assert!(format!("{line}\n").ends_with(says), "{said}");
    }
}

#[test]
fn what_a_receipt_says_of_its_policy_is_held_against_its_policy_file() {
    let policy = data("example-policy.toml");
    let run = Run::of(&[data("export.csv")], &["--policy", policy.to_str().unwrap()]);
    let path = run.path("overdose-flags/2026-03-31/run.json");
    let receipt: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let fingerprint = receipt["policy"]["fingerprint"].as_str().unwrap();
    let last = if fingerprint.ends_with('0') { '1' } else { '0' };
    let fingerprint = format!("{}{last}", &fingerprint[..63]);
    for (key, value) in [
        ("approved_by", CANARY.into()),
        ("approved_by", serde_json::Value::Null),
        ("review_by", "2030-01-01".into()),
        ("review_by", CANARY.into()),
        ("fingerprint", fingerprint.into()),
    ] {
        let mut changed = receipt.clone();
        changed["policy"][key] = value;
        fs::write(&path, changed.to_string()).unwrap();
        let said = run.other(78, &[]);
        let says =
            format!("of its policy what its own policy.file does not: {key}; give the run.json");
        assert!(said.contains(&says) && !said.contains(CANARY), "{said}");
    }
}

#[test]
fn nothing_is_said_of_publishing() {
    let run = Run::of(&[data("export.csv")], &[]);
    let receipt = "overdose-flags/2026-03-31/run.json";
    for arguments in [["absent.csv", receipt], ["export.csv", "export.csv"]] {
        let [export, receipt] = arguments;
        let output = run.command("replay").args([export, "--receipt", receipt]).output().unwrap();
        let said = text(&output.stderr);
        assert!(!output.status.success() && !said.contains("published\n"), "{said}");
    }
}

#[test]
fn a_file_that_is_there_stays_as_it_is() {
    let run = Run::of(&[data("export.csv")], &[]);
    fs::write(run.path("again.csv"), "mine").unwrap();
    let said = run.other(74, &[]);
    assert!(said.contains("again.csv cannot be written: there is such a file already"), "{said}");
    let output = run.replay(&["--out", "absent/again.csv"]);
    assert_eq!(output.status.code(), Some(74), "{}", text(&output.stderr));
}

#[test]
fn each_exit_code_means_what_it_says_and_nothing_typed_is_repeated() {
    let run = Run::of(&[data("export.csv")], &[]);
    let receipt = "overdose-flags/2026-03-31/run.json";
    for (arguments, code) in [
        (&["export.csv"][..], 2),
        (&["export.csv", "--receipt", receipt, CANARY, "--unknown", CANARY], 2),
        (&["export.csv", "--receipt", receipt, "--person", "Kanarienvogel 9434765919"], 2),
        (&["export.csv", "--receipt", "absent.json"], 66),
        (&["export.csv", "--receipt", "export.csv"], 66),
        (&["absent.csv", "--receipt", receipt], 66),
        (&["export.csv", "export.csv", "--receipt", receipt], 65),
        (&["export.csv", "--receipt", receipt, "--profile", "absent.toml"], 66),
        (&["export.csv", "--receipt", receipt, "--profile", "export.csv"], 78),
        (&["export.csv", "--receipt", receipt, "--profile", "ndtms"], 78),
    ] {
        let output = run.command("replay").args(arguments).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(!said.contains("9434765919"), "{said}");
    }
}

#[test]
fn standard_input_is_read_as_a_file_is() {
    let run = Run::with(&format!("{HEADER}{ROWS}"), &[]);
    let mut command = run.command("replay");
    command.args(["-", "--receipt", "overdose-flags/2026-03-31/run.json"]);
    let output = command.stdin(fs::File::open(run.path("export.csv")).unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}
