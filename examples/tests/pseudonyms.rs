//! The program with which the holder of a key finds people again.

mod program;

use program::program;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const KEY: &[u8] = b"982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1\n";
const FINGERPRINT: &str = "2613748500da2410";
/// Of the NHS number 999 000 0018, and of p-17.
const KNOWN: [&str; 2] = ["v1-gnvi6l3gtytc5cdiixpthkn63e", "v1-fshivxp5vv3blnplautdhjdrmu"];

/// A holder of a key, which lies in a file.
struct Service {
    _folder: TempDir,
    key: PathBuf,
}

impl Service {
    fn new() -> Self {
        Self::with(KEY)
    }

    fn with(key: &[u8]) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("pseudonym.key");
        fs::write(&path, key).unwrap();
        set_mode(&path, 0o600);
        Self { _folder: folder, key: path }
    }

    fn command(&self) -> Command {
        let mut command = program("pseudonyms");
        command.arg("--pseudonym-key").arg(&self.key);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, ids: &[u8]) -> Output {
        let mut child = self.command().spawn().unwrap();
        // A program that ends early closes it.
        let _ = child.stdin.take().unwrap().write_all(ids);
        child.wait_with_output().unwrap()
    }

    /// The pairs of these lines, as a program reads them.
    fn pairs(&self, ids: &[u8]) -> Vec<(Vec<u8>, String)> {
        let output = self.run(ids);
        assert_eq!(output.status.code(), Some(0));
        let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
        assert_eq!(reader.byte_headers().unwrap(), ["id", "pseudonym"].as_slice());
        let pair = |record: csv::ByteRecord| {
            (record[0].to_vec(), String::from_utf8(record[1].to_vec()).unwrap())
        };
        reader.byte_records().map(|record| pair(record.unwrap())).collect()
    }
}

#[cfg(unix)]
fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &std::path::Path, _: u32) {}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn each_line_gives_its_id_as_it_came_and_its_pseudonym() {
    let output = Service::new().run(b"9990000018\n999 000 0018\r\n\n p-17 \nunknown\n\np-17");
    assert_eq!(output.status.code(), Some(0));
    let [nhs, person] = KNOWN;
    assert_eq!(
        text(&output.stdout),
        format!(
            "id,pseudonym\n9990000018,{nhs}\n999 000 0018,{nhs}\np-17,{person}\np-17,{person}\n"
        )
    );
    assert_eq!(
        text(&output.stderr),
        format!("pseudonyms: 4 ids, 3 lines without one; key {FINGERPRINT}\n")
    );
}

#[test]
fn no_ids_give_a_header_and_no_pairs() {
    let service = Service::new();
    assert_eq!(text(&service.run(b"").stdout), "id,pseudonym\n");
    assert_eq!(service.pairs(b"\n \n-\n"), []);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_id_and_one_elsewhere_is() {
    let service = Service::new();
    let pairs = service.pairs("\u{feff}p-17\np-17\n\u{feff}p-17\n".as_bytes());
    let [first, second, third] = pairs.as_slice() else { panic!("{pairs:?}") };
    assert_eq!(first, &(b"p-17".to_vec(), KNOWN[1].to_owned()));
    assert_eq!(second, first);
    assert_ne!(third.1, first.1);
}

#[test]
fn no_id_starts_a_formula_and_every_one_can_be_read_again() {
    let service = Service::new();
    let ids: [&[u8]; 16] = [
        b"=1+1",
        b"+1",
        b"-1",
        b"@SUM(A1)",
        b"=cmd|' /C calc'!A0",
        "\u{ff1d}1".as_bytes(),
        b"\x1b[31m",
        b"'=1",
        b"\"=1\"",
        b",=1",
        b"p,=1",
        b"p\";\"=1",
        b"p\r=1",
        b"p-17",
        b"\xe9-1",
        b"7",
    ];
    let pairs = service.pairs(&ids.join(b"\n".as_slice()));
    assert_eq!(pairs.len(), ids.len());
    for (id, (printed, _)) in ids.iter().zip(&pairs) {
        assert!(printed[0].is_ascii_alphanumeric() || printed[0] == b'\'', "{printed:?}");
        assert_eq!(printed.strip_prefix(b"'").unwrap_or(printed), *id);
    }
    assert_eq!(pairs.iter().filter(|(printed, _)| printed[0] != b'\'').count(), 5);
}

#[test]
fn what_is_no_usage_gets_2() {
    for arguments in [&[][..], &["--pseudonym-key"], &["--pseudonym-key", "a.key", "p-17"]] {
        let output = program("pseudonyms").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_key_that_is_missing_or_weak_ends_the_program_before_anything_is_printed() {
    let mut service = Service::with(b"Jane Smith\n");
    for (code, says) in [(77, "fewer than 32 bytes"), (66, "there is no such file")] {
        let output = service.run(b"p-17\n");
        assert_eq!(output.status.code(), Some(code));
        assert!(output.stdout.is_empty());
        let message = text(&output.stderr);
        assert!(message.starts_with("pseudonyms: the key file ") && message.contains(says));
        assert!(!message.contains("Jane"), "{message}");
        service.key.set_file_name("missing.key");
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    let service = Service::new();
    set_mode(&service.key, 0o640);
    let output = service.run(b"p-17\n");
    assert_eq!(output.status.code(), Some(77));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains("chmod 600"));
}

#[test]
fn an_input_that_cannot_be_read_is_said() {
    let folder = File::open(env!("CARGO_MANIFEST_DIR")).unwrap();
    let output = Service::new().command().stdin(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(66));
    assert_eq!(text(&output.stderr), "pseudonyms: standard input cannot be read\n");
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_said() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let ids = File::open("/dev/null").unwrap();
    let output = Service::new().command().stdin(ids).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert_eq!(text(&output.stderr), "pseudonyms: standard output cannot be written\n");
}

#[test]
fn whoever_reads_no_further_makes_no_failure() {
    let service = Service::new();
    let mut child = service.command().spawn().unwrap();
    drop(child.stdout.take());
    let _ = child.stdin.take().unwrap().write_all(&b"p-17\n".repeat(100_000));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
