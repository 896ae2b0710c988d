//! What a program leaves behind when it panics or is ended. It has no test harness: it runs itself as
//! the program that is looked at, whose exit code and standard error have to be its own.

use overdose_risk_run::process;
use std::process::ExitCode;

const CANARY: &str = "Kanarienvogel9434765919";

/// What the program that is looked at does.
const DOES: &str = "OVERDOSE_RISK_TEST_DOES";

fn main() -> ExitCode {
    match std::env::var(DOES).as_deref() {
        Ok("panic") => process::run("canary", || {
            let _removed = Removed(std::env::var_os(FILE).unwrap().into());
            panic!("a record of {CANARY}")
        }),
        Ok("slice") => process::run("canary", || {
            let text = format!("\u{e9}{CANARY}");
            ExitCode::from(u8::try_from(text[1..].len()).unwrap())
        }),
        Ok("abort") => process::run("canary", || std::process::abort()),
        _ => {
            a_panic_says_where_it_was_and_never_what_was_being_read();
            a_panic_undoes_what_was_begun();
            #[cfg(unix)]
            what_is_aborted_leaves_no_core_dump();
            ExitCode::SUCCESS
        }
    }
}

/// The file that is to be removed.
const FILE: &str = "OVERDOSE_RISK_TEST_FILE";

/// Removes a file when it is dropped, as a run that has been begun removes itself.
struct Removed(std::path::PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

fn program(does: &str) -> std::process::Command {
    let mut program = std::process::Command::new(std::env::current_exe().unwrap());
    program.env(DOES, does).env("RUST_BACKTRACE", "full");
    program
}

fn a_panic_says_where_it_was_and_never_what_was_being_read() {
    let file = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    for does in ["panic", "slice"] {
        let output = program(does).env(FILE, &file).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(70), "{said}");
        let place = said.strip_prefix("canary: a defect of the program at ").unwrap();
        let place = place.strip_suffix("; please report it\n").unwrap();
        let mut parts = place.rsplitn(3, ':');
        assert!(parts.next().is_some_and(|column| column.parse::<u32>().is_ok()), "{place}");
        assert!(parts.next().is_some_and(|line| line.parse::<u32>().is_ok()), "{place}");
        assert!(parts.next().is_some_and(|file| file.ends_with("process.rs")), "{place}");
        assert!(output.stdout.is_empty());
    }
}

fn a_panic_undoes_what_was_begun() {
    let file = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    assert!(file.exists());
    program("panic").env(FILE, &file).output().unwrap();
    assert!(!file.exists());
}

#[cfg(unix)]
fn what_is_aborted_leaves_no_core_dump() {
    use std::os::unix::process::ExitStatusExt as _;
    let folder = tempfile::TempDir::new().unwrap();
    let program = std::env::current_exe().unwrap();
    let status = std::process::Command::new("bash")
        .args(["-c", "ulimit -c unlimited 2>/dev/null; exec \"$0\""])
        .arg(program)
        .env(DOES, "abort")
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert_eq!(status.signal(), Some(6));
    assert!(!status.core_dumped());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
