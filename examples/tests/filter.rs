//! The filter as a system holds it open: one line in, one answer out.

mod program;

use program::program;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const RECORD: &str = r#"{"id":"p-1","age":44,"opioid_use":"current","ost":null,"prison_release":"2026-03-28","naloxone":"held"}"#;

fn command() -> Command {
    let mut command = program("filter");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A filter that is held open.
struct Held {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Held {
    fn open() -> Self {
        let mut child = command().args(["--as-of", "2026-03-31"]).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    /// The answer to one line, waited for before anything else is sent.
    fn ask(&mut self, line: impl AsRef<[u8]>) -> Value {
        self.input.write_all(line.as_ref()).unwrap();
        self.input.write_all(b"\n").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// The exit code when the input ends, and that nothing more was answered.
    fn close(self) -> i32 {
        let Self { child, input, mut output } = self;
        drop(input);
        let mut rest = String::new();
        output.read_line(&mut rest).unwrap();
        assert_eq!(rest, "");
        let ended = child.wait_with_output().unwrap();
        assert!(ended.stderr.is_empty());
        ended.status.code().unwrap()
    }
}

#[test]
fn each_line_is_answered_before_the_next_is_sent() {
    let mut filter = Held::open();
    for line in 1..=3 {
        let answer = filter.ask(RECORD);
        assert_eq!(answer["schema_version"], 1);
        assert_eq!(answer["line"], line);
        assert_eq!(answer["id"], "p-1");
        assert_eq!(answer["outcome"], "assessed");
        assert_eq!(answer["assessment"]["tier"], "act-now");
        assert_eq!(answer["assessment"]["as_of"], "2026-03-31");
        assert_eq!(answer["missing"], json!([]));
        assert_eq!(answer["problems"], json!([]));
    }
    assert_eq!(filter.close(), 0);
}

#[test]
fn what_a_record_lacks_and_what_could_not_be_used_is_said_beside_the_assessment() {
    let mut filter = Held::open();
    let answer = filter.ask(r#"{"id":"p-1","opioid_use":"current","naloxone":"perhaps"}"#);
    assert_eq!(answer["outcome"], "assessed");
    assert_eq!(answer["missing"], json!(["age", "prison_release"]));
    assert_eq!(answer["problems"], json!([{ "field": "naloxone", "kind": "unreadable" }]));
    let answer =
        filter.ask(r#"{"id":"p-1","birth_year":null,"ost":"","prison_release":"","naloxone":""}"#);
    assert_eq!(answer["missing"], json!([]));
    assert_eq!(filter.close(), 0);
}

#[test]
fn a_line_that_is_no_record_is_answered_with_an_error_and_nothing_of_what_it_said() {
    let mut filter = Held::open();
    let mut quarantined = |line: &[u8], kind: &str, id: Value| {
        let answer = filter.ask(line);
        assert_eq!(answer["outcome"], "quarantined", "{answer}");
        assert_eq!(answer["error"]["kind"], kind, "{answer}");
        assert!(answer["error"]["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()));
        assert_eq!(answer["id"], id, "{answer}");
        assert!(!answer.to_string().contains("Jane"), "{answer}");
    };
    quarantined(b"", "not-json", Value::Null);
    quarantined(b"Jane Smith", "not-json", Value::Null);
    quarantined(br#"{"id":"p-1","notes":"Jane"}}"#, "not-json", Value::Null);
    quarantined(br#"{"id":"Jane Smith"}"#, "id-invalid", Value::Null);
    quarantined(br#"{"notes":"Jane"}"#, "id-missing", Value::Null);
    quarantined(br#"["Jane"]"#, "not-an-object", Value::Null);
    quarantined(br#"{"id":"p-1","Jane":1,"Jane":2}"#, "key-repeated", json!("p-1"));
    quarantined(br#"{"id":"p-1","id":"Jane"}"#, "key-repeated", Value::Null);
    quarantined(b"{\"id\":\"p-1\",\"notes\":\"\xff Jane\"}", "not-utf-8", Value::Null);
    let long = format!("{{\"id\":\"p-1\",\"notes\":\"{}\"}}", "Jane ".repeat(300_000));
    quarantined(long.as_bytes(), "too-large", Value::Null);
    // A record that would be whole if the line ended where reading stops.
    let padded = format!("{RECORD}{} Jane", " ".repeat(1 << 20));
    quarantined(padded.as_bytes(), "too-large", Value::Null);
    assert_eq!(filter.ask(RECORD)["outcome"], "assessed");
    assert_eq!(filter.close(), 3);
}

#[test]
fn nothing_behind_the_largest_record_is_left_unread_and_a_mark_is_no_part_of_it() {
    let padded = |bytes: usize| format!("{RECORD}{}", " ".repeat(bytes - RECORD.len()));
    let largest = 1 << 20;
    for (mark, more, outcome) in [
        ("", 0, "assessed"),
        ("\u{feff}", 0, "assessed"),
        ("", 1, "quarantined"),
        ("\u{feff}", 1, "quarantined"),
    ] {
        for end in ["", "\r"] {
            let mut filter = Held::open();
            let answer = filter.ask(format!("{mark}{}{end}", padded(largest + more)));
            assert_eq!(answer["outcome"], outcome, "{mark:?} {more} {end:?}");
            let mut filter = Held::open();
            let another = format!("{mark}{}{RECORD}{end}", padded(largest - more));
            assert_eq!(filter.ask(another)["outcome"], "quarantined");
        }
    }
}

#[test]
fn an_input_that_cannot_be_read_is_said() {
    let folder = std::fs::File::open(env!("CARGO_MANIFEST_DIR")).unwrap();
    let output = command().stdin(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(66));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "filter: standard input cannot be read\n");
}

#[test]
fn somebody_who_died_is_answered_and_not_assessed() {
    let mut filter = Held::open();
    let answer = filter.ask(RECORD.replace("\"ost\":null", "\"case_status\":\"died\""));
    assert_eq!(answer, json!({ "schema_version": 1, "line": 1, "id": "p-1", "outcome": "died" }));
    assert_eq!(filter.close(), 0);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let mut filter = Held::open();
    let plain = Held::open().ask(RECORD);
    assert_eq!(filter.ask(format!("\u{feff}{RECORD}\r")), plain);
    // Later in the stream, a mark is none.
    assert_eq!(filter.ask(format!("\u{feff}{RECORD}"))["outcome"], "quarantined");
    assert_eq!(filter.close(), 3);
}

#[test]
fn the_answers_say_what_the_nightly_run_writes() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/export.ndjson");
    let export = std::fs::read_to_string(data).unwrap();
    let mut filter = Held::open();
    let answers: Vec<Value> = export.lines().map(|line| filter.ask(line)).collect();
    assert_eq!(filter.close(), 0);

    let folder = tempfile::TempDir::new().unwrap();
    let job = overdose_risk_run::Job::new(
        overdose_risk_run::Program { name: "test".to_owned(), version: "0".to_owned() },
        vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/export.ndjson")],
        "2026-03-31".parse().unwrap(),
        folder.path().to_owned(),
    );
    let policy = overdose_risk::Policy::practice_principles();
    let published =
        overdose_risk_run::run(&job, policy, &mut |_| ControlFlow::Continue(())).unwrap();
    let flags = std::fs::read_to_string(published.folder().join("flags.ndjson")).unwrap();
    let assessed: Vec<&Value> =
        answers.iter().filter(|answer| answer["outcome"] == "assessed").collect();
    assert_eq!(assessed.len(), flags.lines().count());
    for (answer, line) in assessed.into_iter().zip(flags.lines()) {
        let mut flag = answer["assessment"].clone();
        flag["id"] = answer["id"].clone();
        flag["schema_version"] = answer["schema_version"].clone();
        let mut line: Value = serde_json::from_str(line).unwrap();
        // Whoever asks knows on whose caseload the person is.
        let line = line.as_object_mut().unwrap();
        line.retain(|key, _| !["service", "team", "worker"].contains(&key.as_str()));
        assert_eq!(flag, json!(line));
    }
}

#[test]
fn no_input_is_no_error_and_a_wrong_day_is() {
    assert_eq!(Held::open().close(), 0);
    let output = command().args(["--as-of", "31/03/2026"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn without_an_as_of_date_it_is_today() {
    let mut child = command().spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{RECORD}").unwrap();
    let output = child.wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let days =
        [-1, 0].map(|days| chrono::Local::now().date_naive() + chrono::TimeDelta::days(days));
    let as_of = answer["assessment"]["as_of"].as_str().unwrap().parse().unwrap();
    assert!(days.contains(&as_of), "{as_of}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_said() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child = command().stdout(full).spawn().unwrap();
    let _ = writeln!(child.stdin.take().unwrap(), "{RECORD}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "filter: standard output cannot be written\n"
    );
}
