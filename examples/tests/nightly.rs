//! The nightly program as its users run it: arguments, exit codes, messages, outputs.

mod program;

use chrono::{Days, Local};
use program::program;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone";

/// A folder with an export in it.
struct Folder(TempDir);

impl Folder {
    fn with(export: impl AsRef<[u8]>) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("export.csv"), export).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program("nightly");
        command.current_dir(self.0.path()).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn night(&self) -> Output {
        self.run(&["export.csv", "--as-of", "2026-03-31"])
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/export.csv")
}

#[test]
fn the_sample_export_comes_out_complete() {
    let folder = Folder::with(fs::read(sample()).unwrap());
    let output = folder.night();
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(output.stderr.is_empty());
    let summary = text(&output.stdout);
    assert!(summary.contains("as of 2026-03-31"), "{summary}");
    let flags = fs::read_to_string(folder.path("overdose-flags/2026-03-31/flags.csv")).unwrap();
    assert!(flags.lines().count() > 450);
    assert!(summary.ends_with("Published in overdose-flags/2026-03-31\n"), "{summary}");
}

#[test]
fn the_readme_shows_what_the_program_says_of_the_sample_export() {
    let folder = Folder::with(fs::read(sample()).unwrap());
    let summary = text(&folder.night().stdout);
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    assert!(readme.contains(&format!("```text\n{summary}```")), "{summary}");
}

#[test]
fn each_exit_code_means_what_it_says() {
    let person = format!("{HEADER}\np-1,44,current,prescribed,,held\n");
    let check = |export: &str, arguments: &[&str], expected: i32, says: &str| {
        let output = Folder::with(export).run(arguments);
        let said = text(&output.stderr);
        assert_eq!(code(&output), expected, "{said}");
        assert!(said.contains(says), "{said}");
    };
    let as_of = ["export.csv", "--as-of", "2026-03-31"];
    check(&person, &as_of, 0, "");
    check(&person, &["export.csv", "--progress", "never"], 0, "");
    let bad = format!("{person},1,,,,\n");
    check(&bad, &as_of, 65, "1 of 2 records could not be assessed, more than 5 %");
    let any = ["export.csv", "--as-of", "2026-03-31", "--max-quarantine", "100"];
    check(&bad, &any, 3, "");
    check(&person, &[], 2, "Usage");
    check(&person, &["export.csv", "--as-of", "31/03/2026"], 2, "--as-of");
    check(&person, &["export.csv", "--as-of", "2602-03-31"], 2, "from 1900 to 2099");
    check(&person, &["export.csv", "--as-of", "2099-03-31"], 2, "by this machine's clock today is");
    let ahead = ["export.csv", "--as-of", "2099-03-31", "--allow-future"];
    check(&person, &ahead, 0, "lies in the future");
    check(&person, &["export.csv", "--without", "housing"], 2, "prison_release");
    check(&person, &["export.csv", "--without", "age"], 0, "--without age was not needed");
    check("", &as_of, 65, "empty");
    check(HEADER, &as_of, 65, "no records");
    check(&format!("{HEADER}\n=1,,,,,\n"), &as_of, 65, "line 2, id-invalid");
    check(
        "id,age,ost,prison_relase,naloxone\n",
        &as_of,
        65,
        "column 4 is almost named prison_release, rename it",
    );
    check(&person.replace(',', ";"), &as_of, 0, "");
    check(&person.replace(',', "^"), &as_of, 65, "is the delimiter a comma");
    check(HEADER, &["export.csv", "--as-of", "2026-03-31", "--allow-empty"], 0, "");
    check(&person, &["export.csv", "export.csv"], 65, "two exports are named export.csv");
    let json = r#"[{"id": "p-1", "age": 44, "ost": "prescribed", "prison_release": "", "naloxone": "held"}"#;
    check(&format!("{json}]"), &as_of, 0, "");
    check(json, &as_of, 65, "the export is not whole, so export it again");
    check(json, &[&any[..], &["--allow-partial"]].concat(), 3, "");
    check(&person, &["export.csv", "--format", "json"], 65, "neither an array of records");
    check(&person, &["export.csv", "--format", "xml"], 2, "ndjson");
    check(&person, &["absent.csv"], 66, "absent.csv cannot be read: there is no such file");
    check(&person, &["."], 66, "it is a folder");
    check(&person, &["export.csv", "--out", "export.csv"], 74, "cannot be written");
}

#[test]
fn an_as_of_date_later_than_tomorrow_is_a_slip_and_publishes_nothing() {
    let folder = Folder::with(fs::read(sample()).unwrap());
    let today = Local::now().date_naive();
    let [tomorrow, later] =
        [1, 2].map(|days| today.checked_add_days(Days::new(days)).unwrap().to_string());
    let refused = folder.run(&["export.csv", "--as-of", &later]);
    let is_there = folder.path("overdose-flags").exists();
    let published = folder.run(&["export.csv", "--as-of", &tomorrow]);
    if Local::now().date_naive() != today {
        return;
    }
    let said = text(&refused.stderr);
    assert_eq!((code(&refused), is_there), (2, false), "{said}");
    let says =
        format!("nightly: the as-of date {later} is later than tomorrow, and by this machine's");
    assert!(said.starts_with(&says) && said.contains("pass --allow-future"), "{said}");
    assert_eq!(code(&published), 0, "{}", text(&published.stderr));
    assert!(text(&published.stderr).contains("lies in the future"));
}

#[test]
fn a_notice_is_said_beside_the_receipt_too() {
    let folder = Folder::with(fs::read(sample()).unwrap());
    assert_eq!(code(&folder.run(&["export.csv", "--as-of", "2026-04-02"])), 0);
    let output = folder.run(&["export.csv", "--as-of", "2026-03-31", "--json"]);
    let says = "LATEST NAMES A LATER DAY: it stays at a run for 2026-04-02";
    for said in [text(&output.stderr), text(&output.stdout)] {
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn each_doubt_names_the_option_that_publishes_all_the_same() {
    let rows = |release: &str| -> String {
        (0..20).map(|n| format!("\np-{n},44,current,prescribed,{release},held")).collect()
    };
    let folder = Folder::with(format!("{HEADER}{}\n", rows("46097")));
    assert_eq!(code(&folder.night()), 65);
    let arguments = ["export.csv", "--as-of", "2026-03-31", "--allow-unreadable"];
    assert_eq!(code(&folder.run(&arguments)), 0);
    fs::write(folder.path("export.csv"), format!("{HEADER}{}\n", rows("2026-03-28"))).unwrap();
    assert_eq!(code(&folder.night()), 0);
    fs::write(folder.path("export.csv"), format!("{HEADER}{}\n", rows(""))).unwrap();
    let output = folder.night();
    assert_eq!(code(&output), 65);
    assert!(text(&output.stderr).contains("--allow-lost-values publishes"));
    let arguments = ["export.csv", "--as-of", "2026-03-31", "--allow-lost-values"];
    assert_eq!(code(&folder.run(&arguments)), 0);
}

#[test]
fn what_fails_says_that_nothing_was_published() {
    let folder = Folder::with("id,age\np,1\n");
    let output = folder.night();
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    assert!(said.ends_with("\nnothing was published\n"), "{said}");
    assert!(said.contains("pass --without prison_release"), "{said}");
    assert!(!folder.path("overdose-flags/LATEST").exists());
}

#[test]
fn whatever_is_wrong_with_policy_profile_and_key_says_that_nothing_was_published() {
    let folder = Folder::with(format!("{HEADER}\np-1,44,current,,,held\n"));
    fs::write(folder.path("bad.toml"), "oops").unwrap();
    for (argument, file, expected, says) in [
        (
            "--policy",
            "absent",
            66,
            "absent cannot be read: there is no such file or folder; give the",
        ),
        ("--policy", ".", 66, ". cannot be read: it is a folder\n"),
        ("--policy", "bad.toml", 78, "the policy file bad.toml is not valid"),
        (
            "--profile",
            "absent",
            66,
            "absent cannot be read: there is no such file or folder; --prof",
        ),
        ("--profile", "bad.toml", 78, "the mapping file bad.toml is not valid"),
        ("--pseudonym-key", "absent", 66, "the key file absent cannot be read"),
    ] {
        let output = folder.run(&["export.csv", argument, file]);
        let said = text(&output.stderr);
        assert_eq!(code(&output), expected, "{said}");
        assert!(said.contains(says), "{said}");
        assert!(said.ends_with("\nnothing was published\n"), "{said}");
        assert!(!folder.path("overdose-flags").exists());
    }
}

#[test]
fn messages_name_the_output_folder_as_it_was_given() {
    let person = format!("{HEADER}\np-1,44,current,prescribed,,held\n");
    let folder = Folder::with(&person);
    let fails = |arguments: &[&str], expected: i32, says: &str| {
        let output = folder.run(&[&["export.csv", "--as-of", "2026-03-31"], arguments].concat());
        let said = text(&output.stderr);
        assert_eq!(code(&output), expected, "{said}");
        assert!(said.starts_with(&format!("nightly: {says}")), "{said}");
    };
    fs::create_dir_all(folder.path("locked/.lock")).unwrap();
    fs::write(folder.path("file"), "").unwrap();
    fails(&["--out", "file"], 74, "the output folder file cannot be written: ");
    fails(&["--out", "locked"], 74, "the lock of the output folder locked cannot be written: ");
    fs::create_dir(folder.path("busy")).unwrap();
    let lock = fs::File::create(folder.path("busy/.lock")).unwrap();
    lock.lock().unwrap();
    let busy = "another run is under way in the output folder busy; run again when it has ended\n";
    fails(&["--out", "busy"], 75, busy);
    fails(&["--previous", "nope"], 66, "nope cannot be compared with: there is no such folder; ");
}

#[test]
fn standard_input_is_called_that() {
    let folder = Folder::with("");
    let output = folder.command(&["-"]).stdin(Stdio::null()).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(code(&output), 65);
    assert!(said.starts_with("nightly: standard input is refused: it is empty"), "{said}");
}

#[test]
fn an_export_that_cannot_be_used_is_told_a_way_out() {
    let says = |export: &str, arguments: &[&str], expected: &[&str]| {
        let output = Folder::with(export).run(&[&["export.csv"], arguments].concat());
        let said = text(&output.stderr);
        assert_eq!(code(&output), 65, "{said}");
        expected.iter().for_each(|expected| assert!(said.contains(expected), "{said}"));
    };
    let row = |id: &str| format!("{HEADER}\n{id},44,current,prescribed,,held\n");
    for id in ["1000.0", "1.23E+10"] {
        says(&row(id), &[], &["id-invalid", "a spreadsheet may have made a number of it"]);
    }
    let number =
        r#"[{"id": 1000, "age": 44, "ost": null, "prison_release": null, "naloxone": null}]"#;
    says(number, &[], &["where it is a number in JSON, write it in quotes"]);
    says(
        &row("p-1").replace("id,", "reference,"),
        &[],
        &["rename the column that holds it to id, or name it in a mapping file (--profile FILE)"],
    );
    says(
        &row("p-1"),
        &["--profile", "ndtms"],
        &[
            "no column, of 6, is one of an NDTMS extract: is it one? --profile auto chooses by the header",
        ],
    );
}

#[test]
fn a_number_of_threads_is_1_or_more() {
    let output = Folder::with("").run(&["export.csv", "--threads", "0"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("a whole number, 1 or more"));
}

#[test]
fn a_waived_field_is_said_in_the_summary() {
    let folder = Folder::with("id,age,ost,naloxone\np-1,44,prescribed,held\n");
    let arguments = ["export.csv", "--as-of", "2026-03-31", "--without", "prison_release"];
    let output = folder.run(&arguments);
    assert_eq!(code(&output), 0);
    let summary = text(&output.stdout);
    assert!(summary.contains("WAIVED: nobody could be assessed for prison_release."), "{summary}");
}

#[test]
fn the_receipt_on_standard_output_is_the_one_that_was_published() {
    let folder = Folder::with(fs::read(sample()).unwrap());
    let output = folder.run(&["export.csv", "--as-of", "2026-03-31", "--json"]);
    let published = fs::read(folder.path("overdose-flags/2026-03-31/run.json")).unwrap();
    assert_eq!(text(&output.stdout), text(&published));
}

#[test]
fn without_an_as_of_date_it_is_today_and_every_output_says_which_day_that_was() {
    let folder = Folder::with(format!("{HEADER}\np-1,44,current,prescribed,,held\n"));
    let summary = text(&folder.run(&["export.csv"]).stdout);
    let day = fs::read_to_string(folder.path("overdose-flags/LATEST")).unwrap();
    let day = day.trim();
    assert!(summary.contains(&format!("as of {day}")));
    let run = folder.path("overdose-flags").join(day);
    assert!(fs::read_to_string(run.join("flags.csv")).unwrap().contains(day));
    assert!(fs::read_to_string(run.join("run.json")).unwrap().contains(day));
}

#[test]
fn standard_input_is_an_export_like_any_other() {
    let person = format!("{HEADER}\np-1,44,current,prescribed,,held\n");
    let json = r#"[{"id": "p-1", "age": 44, "ost": "prescribed", "opioid_use": "current", "prison_release": "", "naloxone": "held"}]"#;
    let utf_16: Vec<u8> =
        format!("\u{feff}{person}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let row = |export: &[u8]| {
        let folder = Folder::with("");
        let mut command = folder.command(&["-", "--as-of", "2026-03-31"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(export).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("\n-: 1 record: 1 assessed"));
        let flags = fs::read_to_string(folder.path("overdose-flags/2026-03-31/flags.csv")).unwrap();
        flags.lines().nth(1).unwrap().to_owned()
    };
    let expected = row(person.as_bytes());
    assert!(expected.starts_with("p-1,"));
    assert_eq!([row(json.as_bytes()), row(&utf_16)], [expected.clone(), expected]);
}

#[test]
fn a_closed_standard_output_changes_nothing_that_was_published() {
    let folder = Folder::with(format!("{HEADER}\np-1,44,current,prescribed,,held\n"));
    let mut command = folder.command(&["export.csv", "--as-of", "2026-03-31"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(folder.path("overdose-flags/2026-03-31/run.json").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_said() {
    let folder = Folder::with(format!("{HEADER}\np-1,44,current,prescribed,,held\n"));
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output =
        folder.command(&["export.csv", "--as-of", "2026-03-31"]).stdout(full).output().unwrap();
    assert_eq!(code(&output), 74);
    assert!(text(&output.stderr).contains("but the run was published"));
}

#[test]
fn plain_progress_is_written_only_when_asked_for() {
    let folder = Folder::with(fs::read(sample()).unwrap());
    for progress in ["auto", "never"] {
        let arguments = ["export.csv", "--as-of", "2026-03-31", "--progress", progress];
        assert!(folder.run(&arguments).stderr.is_empty(), "{progress}");
    }
    let always = folder.run(&["export.csv", "--as-of", "2026-03-31", "--progress", "always"]);
    let bytes = fs::metadata(sample()).unwrap().len();
    let said = text(&always.stderr);
    let line = said.strip_suffix(" left\n").unwrap();
    assert!(line.starts_with(&format!("500 people, {bytes} of {bytes} bytes, ")), "{line}");
    assert!(line.ends_with("/s, 0 seconds"), "{line}");
}

/// Plants a canary in one place of an export and looks for it in everything that comes out.
fn no_echo(export: &str) {
    const CANARY: &str = "Kanarienvogel9434765919";
    let folder = Folder::with(export.replace("CANARY", CANARY));
    let output = folder.night();
    let mut said = vec![text(&output.stdout), text(&output.stderr)];
    let runs = folder.path("overdose-flags");
    for run in fs::read_dir(&runs).into_iter().flatten().flatten() {
        if run.path().is_dir() {
            for file in fs::read_dir(run.path()).unwrap().flatten() {
                said.push(fs::read_to_string(file.path()).unwrap());
            }
        }
    }
    for text in said {
        assert!(!text.contains(CANARY), "{text}");
        assert!(!text.to_lowercase().contains(&CANARY.to_lowercase()), "{text}");
    }
}

#[test]
fn no_cell_and_no_header_is_repeated_in_any_message_or_output() {
    let sample = fs::read_to_string(sample()).unwrap();
    let mut lines = sample.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.take(3).map(|row| row.split(',').collect()).collect();
    let export = |header: &[&str], rows: &[Vec<&str>]| {
        let rows = rows.iter().map(|row| row.join(","));
        let lines: Vec<String> = std::iter::once(header.join(",")).chain(rows).collect();
        lines.join("\n")
    };

    for column in 0..header.len() {
        // In a header: the column is not found, or is one that nobody reads.
        let mut headers = header.clone();
        headers[column] = "CANARY";
        no_echo(&export(&headers, &rows));
        headers[column] = "id CANARY";
        no_echo(&export(&headers, &rows));
        // In a cell: bare, quoted with a line end in it, broken out of its quotes, not UTF-8 safe.
        for cell in ["CANARY", "!CANARY", "\"CANARY\n,,CANARY\"", "\"CANARY", "CANARY,CANARY"] {
            let mut rows = rows.clone();
            rows[1][column] = cell;
            // What obeys the id rule is a pseudonym, or a code of a caseload.
            let is_written = match header[column] {
                "id" => cell.starts_with("CANARY"),
                "service" | "team" | "worker" => cell == "CANARY",
                _ => false,
            };
            if !is_written {
                no_echo(&export(&header, &rows));
            }
        }
    }
}

#[test]
fn no_key_and_no_value_of_a_json_export_is_repeated_in_any_message_or_output() {
    let record = r#"{"id": "p-1", "age": 44, "opioid_use": "current", "prison_release": "2026-03-28", "naloxone": null, "worker": null, "notes": "x"}"#;
    let values = [
        "\"CANARY\"",
        "CANARY",
        "\"CANARY",
        "[\"CANARY\"]",
        "{\"CANARY\": 1}",
        "\"\\ud800CANARY\"",
    ];
    let mut exports = Vec::new();
    for key in ["age", "opioid_use", "prison_release", "naloxone", "worker", "notes"] {
        let (before, after) = record.split_once(&format!("\"{key}\": ")).unwrap();
        let rest = after.find(", \"").map_or("}", |at| &after[at..]);
        // What obeys the id rule is a code.
        let values = values.iter().filter(|value| key != "worker" || **value != "\"CANARY\"");
        exports.extend(values.map(|value| format!("{before}\"{key}\": {value}{rest}")));
        exports.push(record.replace(&format!("\"{key}\""), "\"CANARY\""));
        exports.push(record.replace(&format!("\"{key}\""), "\"CANARY\": 1, \"CANARY\""));
    }
    exports.push(record.replace("\"p-1\"", "\"Jane CANARY\""));
    exports.push(record.replace("\"p-1\"", "[\"CANARY\"]"));
    for broken in exports {
        let other = record.replace("p-1", "p-2");
        no_echo(&format!("{other}\n{broken}\n"));
        no_echo(&format!("[{other},\n{broken}]"));
        no_echo(&format!("{{\"CANARY\": [{other},\n{broken}]}}"));
        no_echo(&format!("{{\"CANARY\": [{other},\n{broken}], \"x\": 1}}"));
        no_echo(&format!("[{other},\n{broken}] CANARY"));
        no_echo(&broken);
    }
}
