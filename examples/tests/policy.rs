//! The program that shows policies and holds them against each other.

mod program;

use overdose_risk::Policy;
use overdose_risk_policy::read_policy;
use program::program;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const CANARY: &str = "Kanarienvogel9434765919";

const BASE: &str = "based_on = \"practice-principles\"\nbased_on_version = 1\nname = \"example\"\n";

const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone,case_status\n";

/// A folder with policy files in it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(TempDir::new().unwrap());
        folder.put(
            "new.toml",
            &format!("{BASE}[tiers.act-now]\npoints = 30\nwhy = \"an example\"\n"),
        );
        folder
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.at(name), text).unwrap();
        self.at(name)
    }

    /// The program in this folder.
    fn policy(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    fn command(&self) -> Command {
        let mut command = program("policy");
        command.current_dir(&self.0);
        command
    }
}

/// What it prints, complains and answers.
fn said(output: &Output) -> (&str, &str, Option<i32>) {
    let text = |bytes| std::str::from_utf8(bytes).unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// What it prints where nothing is wrong.
fn answer(output: &Output) -> &str {
    let (answer, complained, code) = said(output);
    assert_eq!((complained, code), ("", Some(0)), "{answer}");
    answer
}

fn sample() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/export.csv");
    path.to_str().unwrap().to_owned()
}

#[test]
fn what_it_shows_is_the_same_policy_when_read_back() {
    let folder = Folder::new();
    let new = read_policy(&fs::read_to_string(folder.at("new.toml")).unwrap()).unwrap();
    let default = Policy::practice_principles();
    for (file, policy) in
        [(None, default), (Some("practice-principles"), default), (Some("new.toml"), &new)]
    {
        let arguments: Vec<&str> = ["show"].into_iter().chain(file).collect();
        let output = folder.policy(&arguments);
        assert_eq!(read_policy(answer(&output)).as_ref(), Ok(policy));
        assert!(answer(&output).contains("\n# "));
        let canonical = folder.policy(&[&arguments[..], &["--canonical"]].concat());
        let sum = Sha256::digest(answer(&canonical));
        let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, policy.fingerprint().to_string());
    }
}

#[test]
fn it_ends_with_the_code_of_what_went_wrong_and_repeats_no_value() {
    let folder = Folder::new();
    folder.put("bad.toml", &format!("{BASE}\n[tiers.act-now]\npoints = 30\n{CANARY} = 1\n"));
    folder.put("export.csv", &format!("{HEADER}p-1,44,current,prescribed,,held,open\n"));
    folder.put("broken.csv", &format!("{HEADER}{CANARY}\n"));
    folder.put("named.csv", &format!("surname,{HEADER}{CANARY},p-1,44,current,,,held,open\n"));
    folder.put("there.csv", "");
    fs::write(folder.at("latin.toml"), b"name = \"caf\xe9\"").unwrap();
    let new = ["new.toml", "practice-principles"];
    for (arguments, code, says) in [
        (vec![], 2, ""),
        (vec!["diff", "new.toml"], 2, ""),
        (vec!["capacity"], 2, ""),
        (vec!["diff", new[0], new[1], "--csv", "moves.csv"], 2, "EXPORT"),
        (vec!["diff", new[0], new[1], "export.csv", "--as-of", "31/03/2026"], 2, "2026-03-31"),
        (vec!["guide"], 2, "--out"),
        (
            vec!["show", "absent.toml"],
            66,
            "absent.toml cannot be read: there is no such file or folder; give the name of",
        ),
        (vec!["show", "."], 66, "policy: . cannot be read: it is a folder\n"),
        (vec!["show", "bad.toml"], 78, "the policy file bad.toml is not valid\nline "),
        (vec!["show", "bad.toml"], 78, "line 7"),
        (vec!["show", "latin.toml"], 78, "it is not UTF-8: save it as UTF-8\n"),
        (vec!["diff", "bad.toml", "new.toml"], 78, "line 7"),
        (vec!["diff", "new.toml", "bad.toml"], 78, "bad.toml is not valid"),
        (vec!["capacity", "export.csv", "--policy", "bad.toml"], 78, "line 7"),
        (vec!["diff", new[0], new[1], "absent.csv"], 66, "absent.csv cannot be read"),
        (vec!["diff", new[0], new[1], "broken.csv"], 65, "field-count"),
        (vec!["capacity", "broken.csv"], 65, "field-count"),
        (vec!["capacity", "named.csv"], 77, "column 1"),
        (vec!["capacity", "export.csv", "--profile", "bad.toml"], 78, "mapping file bad.toml"),
        (vec!["diff", new[0], new[1], "export.csv", "--csv", "there.csv"], 74, "already"),
        (vec!["capacity", "absent.csv", "--csv", "no/such.csv"], 74, "there is no such folder"),
        (vec!["guide", "--out", "there.csv"], 74, "cannot be made"),
    ] {
        let output = folder.policy(&arguments);
        let (answer, complained, ended) = said(&output);
        assert_eq!((answer, ended), ("", Some(code)), "{arguments:?}: {complained}");
        assert!(complained.contains(says), "{arguments:?}: {complained}");
        assert!(!complained.contains(CANARY), "{complained}");
        assert!(!complained.contains("nothing was published"), "{complained}");
    }
    assert_eq!(fs::read(folder.at("there.csv")).unwrap(), b"");
    assert!(!folder.at("moves.csv").exists());
}

#[test]
fn a_difference_is_said_with_what_it_does_to_the_people_of_an_export() {
    let folder = Folder::new();
    let output = folder.policy(&["diff", "practice-principles", "new.toml"]);
    let sentences = answer(&output).to_owned();
    assert!(
        sentences.starts_with("What the new policy has otherwise\n\n- act-now: "),
        "{sentences}"
    );
    let export = sample();
    let arguments = ["diff", "practice-principles", "new.toml", &export, "--as-of", "2026-03-31"];
    let output = folder.policy(&[&arguments[..], &["--csv", "moves.csv"]].concat());
    let text = answer(&output);
    assert!(text.starts_with(&sentences));
    for says in [
        "\nNobody would be in a less urgent tier under the new policy. That is true of\nthese people on this day only.\n",
        "\n  prioritise to act-now: ",
        "  tiers.act-now\n",
        "500 records: ",
        "\nEverybody who moves is in moves.csv.\n",
    ] {
        assert!(text.contains(says), "{says}\n{text}");
    }
    let rows = csv::Reader::from_path(folder.at("moves.csv")).unwrap().into_records().count();
    assert!(rows > 5 && text.contains(&format!(": {rows} people\n")), "{rows}\n{text}");
    assert!(!text.contains("Less cautious than before"), "{text}");
    let back = ["diff", "new.toml", "practice-principles", &export, "--as-of", "2026-03-31"];
    let output = folder.policy(&back);
    let first = format!("LOOK AT THESE FIRST: {rows} people would be in a less urgent tier");
    let text = answer(&output);
    assert!(text.contains(&first), "{text}");
    let less = "\nLess cautious than before; others may be missed on other days:\n\
                - act-now from 50 points (30)\n";
    assert_eq!(text.matches(less).count(), 1, "{text}");
    let without = folder.policy(&["diff", "new.toml", "practice-principles"]);
    assert!(answer(&without).ends_with(less), "{}", answer(&without));
}

#[test]
fn nobody_who_moves_is_no_reason_to_hide_what_is_less_cautious() {
    let folder = Folder::new();
    folder.put("later.toml", &format!("{BASE}[tiers.prioritise]\nwithin_days = 14\nwhy = \"w\"\n"));
    folder.put("export.csv", &format!("{HEADER}p-1,44,current,prescribed,,held,open\n"));
    let arguments = ["diff", "practice-principles", "later.toml", "export.csv"];
    let output = folder.policy(&arguments);
    let text = answer(&output);
    for says in [
        "\nNobody would be in a less urgent tier under the new policy. That is true of\n",
        "\nLATER: everybody in prioritise within 14 days, not 7.\n",
        "\nLess cautious than before; others may be missed on other days:\n\
         - prioritise within 14 days (seven)\n",
    ] {
        assert!(text.contains(says), "{says}\n{text}");
    }
}

#[test]
fn the_receipt_of_a_run_stands_for_its_policy() {
    let folder = Folder::new();
    let export = sample();
    let nightly = |policy: &str, out: &str| {
        let arguments = [&*export, "--as-of", "2026-03-31", "--policy", policy, "--out", out];
        program("nightly").current_dir(&folder.0).args(arguments).output().unwrap()
    };
    assert_eq!(said(&nightly("new.toml", "runs")).2, Some(0));
    let receipt = "runs/2026-03-31/run.json";
    for arguments in [
        &["show"][..],
        &["capacity", &export, "--as-of", "2026-03-31", "--policy"],
        &["diff", "new.toml"],
    ] {
        let of = |policy| folder.policy(&[arguments, &[policy]].concat());
        assert_eq!(answer(&of(receipt)), answer(&of("new.toml")));
    }
    let output = folder.policy(&["guide", receipt, "--out", "guide"]);
    assert!(answer(&output).starts_with("The guide to example@1#"));
    assert_eq!(said(&nightly(receipt, "again")).2, Some(0));
    let written =
        ["runs", "again"].map(|out| fs::read(folder.at(out).join("2026-03-31/flags.csv")));
    let [Ok(first), Ok(again)] = written else { panic!("no flags") };
    assert!(first == again);
    let text = fs::read_to_string(folder.at(receipt)).unwrap();
    let mut other: serde_json::Value = serde_json::from_str(&text).unwrap();
    other["policy"]["file"] = format!("{BASE}{CANARY} = 1\n").into();
    for (changed, code, says) in [
        (text.replace("points = 30", "points = 31"), 78, "policy.file does not: fingerprint; give"),
        (text.replace("\"approved_by\": null", "\"approved_by\": \"x\""), 78, "not: approved_by; "),
        (other.to_string(), 78, "this version cannot make it again: line 4"),
        (format!("{{\"{CANARY}\": 1}}"), 66, "give the run.json of a published run\n"),
    ] {
        assert!(changed != text);
        folder.put("run.json", &changed);
        for output in [folder.policy(&["show", "run.json"]), nightly("run.json", "third")] {
            let (answer, complained, ended) = said(&output);
            assert_eq!((answer, ended), ("", Some(code)), "{complained}");
            assert!(complained.contains(says) && !complained.contains(CANARY), "{complained}");
        }
    }
    assert!(!folder.at("third").exists());
}

#[test]
fn policies_that_are_equal_say_so() {
    let folder = Folder::new();
    let output = folder.policy(&["diff", "new.toml", "new.toml"]);
    assert_eq!(answer(&output), "The two policies say the same.\n");
    let output =
        folder.policy(&["diff", "new.toml", "new.toml", &sample(), "--as-of", "2026-03-31"]);
    assert!(answer(&output).contains("\nNobody moves from one tier to another.\n"));
}

#[test]
fn nobody_is_left_out_without_a_word() {
    let folder = Folder::new();
    let row = "44,current,prescribed,,held,open\n";
    let rows = format!("p-1,{row}p-2,{row}p-2,{row}p-3,44,current,,,held,died\np-4,44\np-2,44\n\n");
    folder.put("export.csv", &format!("{HEADER}{rows}"));
    for arguments in
        [&["capacity", "export.csv"][..], &["diff", "new.toml", "new.toml", "export.csv"]]
    {
        let as_of = ["--as-of", "2026-03-31", "--max-quarantine", "50"];
        let output = folder.policy(&[arguments, &as_of].concat());
        for says in [
            "7 records: 2 people assessed, 1 died, 1 merged, 0 without consent, 2\nquarantined, 1 blank\n",
            "\nNOT ASSESSED: 2 of 6 records could not be read. ",
            "\nPARTLY READ: 1 person counts without a row that could not be read.\n",
        ] {
            assert!(answer(&output).contains(says), "{says}\n{}", answer(&output));
        }
    }
    let without = ["--without", "naloxone", "--as-of", "2026-03-31"];
    folder.put("export.csv", "id,age,opioid_use,prison_release\np-1,44,current,\n");
    let output = folder.policy(&[&["capacity", "export.csv"][..], &without].concat());
    assert!(answer(&output).contains("WAIVED: nobody could be assessed for naloxone.\n"));
}

#[test]
fn capacity_shows_the_threshold_in_force_and_writes_them_all() {
    let folder = Folder::new();
    let export = sample();
    let arguments = ["capacity", &export, "--policy", "new.toml", "--as-of", "2026-03-31"];
    let output = folder.policy(&[&arguments[..], &["--csv", "all.csv"]].concat());
    let text = answer(&output);
    assert!(text.contains("\nA HIGHER THRESHOLD DECIDES WHO IS CONTACTED LATER. "), "{text}");
    let last = "\npolicy diff OLD NEW EXPORT --csv FILE names who would move.\n";
    assert!(text.contains("needs 7/5 as many a working day.\n") && text.contains(last), "{text}");
    let marked: Vec<&str> = text.lines().filter(|line| line.starts_with("* ")).collect();
    assert!(text.lines().count() <= 60 && text.contains("\n*     30 "), "{text}");
    assert_eq!(marked.len(), 3, "one a table, and what the mark means: {text}");
    let mut reader = csv::Reader::from_path(folder.at("all.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let in_force = rows.iter().filter(|row| &row[2] == "true");
    let in_force: Vec<_> = in_force.map(|row| (&row[0], &row[1])).collect();
    assert_eq!(in_force, [("act-now", "30"), ("prioritise", "20")]);
    let of = |tier: &str| -> Vec<u16> {
        rows.iter().filter(|row| &row[0] == tier).map(|row| row[1].parse().unwrap()).collect()
    };
    let (act_now, prioritise) = (of("act-now"), of("prioritise"));
    assert!(act_now.iter().copied().eq(21..=act_now[act_now.len() - 1]) && act_now.len() > 20);
    assert!(prioritise.into_iter().eq(1..=29));
    for text in
        [text, answer(&folder.policy(&["diff", "practice-principles", "new.toml", &export]))]
    {
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn the_guide_is_written_in_both_forms_and_over_nothing() {
    let folder = Folder::new();
    let output = folder.policy(&["guide", "new.toml", "--out", "a/guide"]);
    assert!(answer(&output).starts_with("The guide to example@1#"));
    let guide = ["guide.md", "guide.html"].map(|name| folder.at("a/guide").join(name));
    let before = guide.each_ref().map(|file| fs::read(file).unwrap());
    let output = folder.policy(&["guide", "--out", "a/guide"]);
    assert_eq!(said(&output).2, Some(74));
    assert_eq!(guide.map(|file| fs::read(file).unwrap()), before);
}

#[cfg(unix)]
#[test]
fn what_it_writes_of_people_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    for (arguments, name) in [
        (vec!["diff", "practice-principles", "new.toml"], "moves.csv"),
        (vec!["capacity"], "all.csv"),
    ] {
        let export = sample();
        let rest = [&*export, "--as-of", "2026-03-31", "--csv", name];
        answer(&folder.policy(&[&arguments[..], &rest].concat()));
        let mode = fs::metadata(folder.at(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_said() {
    let folder = Folder::new();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = folder.command().arg("show").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert_eq!(said(&output).1, "policy: standard output cannot be written\n");
}
