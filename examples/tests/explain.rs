//! The program that says what a run found of one person.

mod program;

use program::program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What is in the line of somebody who is, before all that would follow from something else.
const ACT_NOW: &str = "\"tier\":\"act-now\",\"promise\"";

/// A folder in which the sample run is published.
struct Published(TempDir);

impl Published {
    fn sample() -> Self {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/export.csv");
        Self::of(&fs::read_to_string(data).unwrap())
    }

    fn of(export: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let published = Self(folder);
        published.night(export, "2026-03-31");
        published
    }

    fn night(&self, export: &str, as_of: &str) {
        fs::write(self.path("export.csv"), export).unwrap();
        let mut nightly = program("nightly");
        nightly.current_dir(self.0.path()).args(["export.csv", "--as-of", as_of]);
        let output = nightly.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, name: &str) -> PathBuf {
        self.path("overdose-flags/2026-03-31").join(name)
    }

    /// A file of the run, as a later or an earlier version would have written it.
    fn write(&self, name: &str, text: &str) {
        fs::write(self.run(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program("explain");
        command.current_dir(self.0.path()).args(arguments);
        command
    }

    fn explain(&self, arguments: &[&str]) -> Output {
        self.command(arguments).args(["--in", "overdose-flags"]).output().unwrap()
    }

    /// The ids and the lines of everybody in the flags.
    fn people(&self) -> Vec<(String, String)> {
        let lines = fs::read_to_string(self.run("flags.ndjson")).unwrap();
        let id =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone();
        lines.lines().map(|line| (id(line).as_str().unwrap().to_owned(), line.to_owned())).collect()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What ended with this code: what it printed, and what it complained of.
fn ended(output: &Output, code: i32) -> [String; 2] {
    let said = [text(&output.stdout), text(&output.stderr)];
    assert_eq!(output.status.code(), Some(code), "{said:?}");
    said
}

#[test]
fn everybody_of_the_sample_run_is_found_and_nobody_else_is_shown() {
    let sample = Published::sample();
    let people = sample.people();
    for (id, line) in people.iter().step_by(25) {
        let [words, said] = ended(&sample.explain(&[id]), 0);
        let flag: serde_json::Value = serde_json::from_str(line).unwrap();
        let policy = overdose_risk::Policy::practice_principles();
        assert!(words.starts_with(&format!("{id}, as of 31 March 2026, by {policy}\n")), "{words}");
        assert!(!words.contains("NOT ASSESSED"), "{words}");
        assert_eq!(said, "");
        if flag["tier"] != "out-of-scope" {
            for reason in flag["reasons"].as_array().unwrap() {
                assert!(words.contains(reason["sentence"].as_str().unwrap()), "{words}");
            }
            for question in flag["questions"].as_array().unwrap() {
                assert!(words.contains(question["ask"].as_str().unwrap()), "{words}");
            }
        }
    }
}

#[test]
fn a_run_and_the_folder_in_which_it_is_published_say_the_same() {
    let sample = Published::sample();
    let (id, _) = &sample.people()[0];
    let [by_latest, _] = ended(&sample.explain(&[id]), 0);
    let run = ["--in", "overdose-flags/2026-03-31"];
    let [by_run, _] = ended(&sample.command(&[id]).args(run).output().unwrap(), 0);
    assert_eq!(by_latest, by_run);
}

#[test]
fn a_page_is_the_owners_alone_and_never_replaces_a_file() {
    let sample = Published::sample();
    let (id, _) = &sample.people()[0];
    let [words, _] = ended(&sample.explain(&[id, "--page", "page.html"]), 0);
    assert!(words.contains("The page for the person is in page.html."), "{words}");
    assert!(words.contains("- Read the page before you show it."), "{words}");
    let page = fs::read_to_string(sample.path("page.html")).unwrap();
    assert!(page.contains("What your record says about you") && page.contains(id.as_str()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(sample.path("page.html")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::write(sample.path("page.html"), "mine").unwrap();
    let [words, said] = ended(&sample.explain(&[id, "--page", "page.html"]), 74);
    assert!(words.is_empty() && said.contains("there is such a file already"), "{said}");
    assert_eq!(fs::read_to_string(sample.path("page.html")).unwrap(), "mine");
    let [_, said] = ended(&sample.explain(&[id, "--page", "absent/page.html"]), 74);
    assert!(said.contains("there is no such folder"), "{said}");
}

#[test]
fn whoever_is_carried_is_shown_with_why_as_loudly_as_can_be() {
    let sample = Published::sample();
    let (id, line) = sample.people().remove(3);
    let flags = fs::read_to_string(sample.run("flags.ndjson")).unwrap();
    sample.write("flags.ndjson", &flags.replace(&format!("{line}\n"), ""));
    sample.write("carried.ndjson", &format!("{}\n", line.replace("2026-03-31", "2026-03-30")));
    let standings = [
        (None, "."),
        (Some("gone"), ": no row of that day's export is theirs."),
        (Some("quarantined"), ": what the export has of them could not be read."),
        (
            Some("without-consent"),
            ": no consent to this use of their record, which says nothing about treatment or contact.",
        ),
    ];
    for (standing, says) in standings {
        let rows = standing.map_or_else(String::new, |standing| format!("{id},{standing}\n"));
        sample.write("worklist.csv", &format!("id,standing\nother,assessed\n{rows}"));
        sample.write("changes.csv", "id,change,from,to,because\n");
        let [words, _] = ended(&sample.explain(&[&id]), 0);
        let said = "\nNOT ASSESSED on 31 March 2026";
        let said = format!("{said}{says} What follows is from 30 March 2026.");
        assert!(words.contains(&said), "{words}");
    }
}

#[test]
fn whoever_is_absent_the_night_after_is_carried_and_still_shown() {
    let sample = Published::sample();
    let (id, _) = &sample.people().into_iter().find(|(_, line)| line.contains(ACT_NOW)).unwrap();
    let export = fs::read_to_string(sample.path("export.csv")).unwrap();
    let others = export.lines().filter(|line| !line.starts_with(&format!("{id},")));
    let others: String = others.map(|line| format!("{line}\n")).collect();
    for (as_of, blank, day, says) in [
        ("2026-04-01", "", "1 April", "What changed\n- Not in that run's export: was act now."),
        // On the second night nothing has changed, and the person is carried all the same.
        ("2026-04-02", "\n", "2 April", "Why\n"),
    ] {
        // An export that is the same to the byte would be refused.
        sample.night(&format!("{others}{blank}"), as_of);
        let [words, _] = ended(&sample.explain(&[id]), 0);
        let said = format!(
            "NOT ASSESSED on {day} 2026: no row of that day's export is theirs. What follows is from 31 \
             March 2026."
        );
        assert!(words.contains(&said), "{words}");
        assert!(words.contains(says), "{words}");
    }
}

#[test]
fn what_changed_is_said() {
    let sample = Published::sample();
    let (id, _) = &sample.people()[0];
    let moved = "injecting:none:current:fact-changed";
    let rows = format!("other,new,,standard,first-seen\n{id},raised,standard,act-now,{moved}\n");
    sample.write("changes.csv", &format!("id,change,from,to,because\n{rows}"));
    let [words, _] = ended(&sample.explain(&[id]), 0);
    assert!(
        words.contains("What changed\n- Raised from standard to act now.\n- Injecting"),
        "{words}"
    );
}

#[test]
fn of_those_who_were_not_assessed_it_says_what_became_of_them() {
    let sample = Published::sample();
    let rows = [
        ("x-died", "not-assessed,standard,,died", "has died"),
        (
            "x-consent",
            "not-assessed,standard,,without-consent",
            "was not assessed: there is no consent to this use",
        ),
        ("x-gone", "gone,standard,,absent", "is in no row of the export"),
        ("x-long", "gone,standard,,no-longer-carried", "has not been assessed for weeks"),
        ("x-broken", "not-assessed,standard,,quarantined", "was not assessed"),
    ];
    let text: String = rows.iter().map(|(id, row, _)| format!("{id},{row}\n")).collect();
    sample.write("changes.csv", &format!("id,change,from,to,because\n{text}"));
    let broken = "export.csv,12,x-broken,field-count\nexport.csv,14,x-broken,too-large\n";
    sample.write(
        "quarantine.csv",
        &format!("source,line,id,kind\n{broken}export.csv,9,,id-missing\n"),
    );
    for (id, _, says) in rows {
        let [words, _] = ended(&sample.explain(&[id]), 0);
        assert!(words.contains(&format!("{id} {says}")), "{words}");
    }
    let [words, _] = ended(&sample.explain(&["x-broken"]), 0);
    assert!(
        words.contains("- export.csv, line 12: field-count\n- export.csv, line 14: too-large\n")
    );
    let [_, said] = ended(&sample.explain(&["x-gone", "--page", "page.html"]), 1);
    assert!(said.contains("no page was written"), "{said}");
    assert!(!sample.path("page.html").exists());
}

#[test]
fn nobody_with_that_id_is_said_without_the_id() {
    let sample = Published::sample();
    for id in ["p-canary", "S1", "id"] {
        let [words, said] = ended(&sample.explain(&[id]), 1);
        assert_eq!(words, "");
        let expected = "explain: the run of 2026-03-31 has nobody with that id\npeople who died or did not \
                        consent are not among the assessed; else check spelling and case\n";
        assert_eq!(said, expected);
    }
}

#[test]
fn usage_never_repeats_what_was_typed() {
    let sample = Published::sample();
    for arguments in [
        &["Jane Canary"][..],
        &["canary@nhs.uk"],
        &["unknown"],
        &["p-1", "Canary"],
        &["p-1", "--canary"],
        &["../canary"],
        &[""],
        &[],
    ] {
        let [words, said] = ended(&sample.explain(arguments), 2);
        assert!(words.is_empty() && said.starts_with("explain: "), "{said}");
        assert!(!said.to_lowercase().contains("canary") && !said.contains("unknown"), "{said}");
    }
    let [_, said] = ended(&sample.command(&["p-1"]).output().unwrap(), 2);
    assert!(said.contains("--in RUN"), "{said}");
    let [help, _] = ended(&sample.command(&["--help"]).output().unwrap(), 0);
    assert!(help.contains("never a reason to refuse"), "{help}");
}

#[test]
fn a_run_that_cannot_be_read_is_said_and_its_words_are_not_repeated() {
    let sample = Published::sample();
    let (id, line) = sample.people().remove(0);
    let check = |run: &str, says: &str| {
        let output = sample.command(&[&id]).args(["--in", run]).output().unwrap();
        let [words, said] = ended(&output, 66);
        assert!(words.is_empty() && said.contains(says), "{said}");
        assert!(!said.contains("canary") && !said.contains(&id), "{said}");
    };
    check("absent", "absent cannot be read: there is no such file or folder");
    check(".", "is no run, and no folder in which runs are published");
    for latest in ["../secret-canary", "/etc", "..", "", "a/b"] {
        fs::write(sample.path("LATEST"), latest).unwrap();
        check(".", "names no folder beside it");
    }
    sample.write("changes.csv", "canary\n");
    check("overdose-flags", "changes.csv cannot be read: it is not what a run writes");
    fs::remove_file(sample.run("changes.csv")).unwrap();
    sample.write(
        "flags.ndjson",
        &format!("{}\n", line.replace("\"schema_version\":1", "\"schema_version\":99")),
    );
    check("overdose-flags", "flags.ndjson cannot be read: line 1 is broken or of another version");
}

#[test]
fn whoever_reads_no_further_makes_no_failure() {
    let sample = Published::sample();
    let (id, _) = &sample.people()[0];
    let mut command = sample.command(&[id, "--in", "overdose-flags"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let [_, said] = ended(&child.wait_with_output().unwrap(), 0);
    assert_eq!(said, "");
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_said() {
    let sample = Published::sample();
    let (id, _) = &sample.people()[0];
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = sample.command(&[id, "--in", "overdose-flags"]);
    let [_, said] = ended(&command.stdout(full()).output().unwrap(), 74);
    assert_eq!(said, "explain: standard output cannot be written\n");
}
