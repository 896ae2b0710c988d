//! The settings of a program that handles people's records.

use crate::error::ErrorKind;
use crate::os;
use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Runs the whole of a program, so that nothing of what it reads gets out by accident.
///
/// It leaves no core dump. A file that grows beyond its limit is an error and does not end it. A panic
/// says on standard error where in the source it was and nothing else, since its message can hold what
/// was being read; what the program had begun is undone, and it ends with exit code 70.
pub fn run(program: &'static str, body: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or("an unknown place".to_owned(), ToString::to_string);
        say(program, &format!("a defect of the program at {place}; please report it"));
    }));
    if os::forbid_core_dumps().and_then(|()| os::outlive_large_files()).is_err() {
        say(program, "core dumps could not be switched off, or a limit of files not be handled");
    }
    // What the body borrows is not looked at again.
    let ended = panic::catch_unwind(AssertUnwindSafe(body));
    ended.unwrap_or(ExitCode::from(ErrorKind::Defect.exit_code()))
}

fn say(program: &str, message: &str) {
    // Where standard error is closed, the exit code still says it.
    let _ = writeln!(io::stderr(), "{program}: {message}");
}

/// The signals that ask a program to end: `SIGINT` and `SIGTERM`, where the system has them.
#[derive(Clone, Debug, Default)]
pub struct Interrupts {
    asked: Arc<AtomicBool>,
    exit_code: Arc<AtomicUsize>,
}

impl Interrupts {
    /// Watches for them from now on. The first is noted, and the program is to ask for it; the second
    /// ends the process at once, whatever it waits for.
    ///
    /// # Errors
    ///
    /// When the system does not allow it.
    pub fn watch() -> io::Result<Self> {
        let interrupts = Self::default();
        os::note_signals(&interrupts.asked, &interrupts.exit_code)?;
        Ok(interrupts)
    }

    /// The exit code of a program that was asked to end, as the shell has it: 130 or 143.
    pub fn exit_code(&self) -> Option<u8> {
        let asked = self.asked.load(Ordering::SeqCst);
        let code = asked.then(|| self.exit_code.load(Ordering::SeqCst))?;
        u8::try_from(code).ok()
    }
}
