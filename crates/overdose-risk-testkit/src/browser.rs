//! Pages as people open them: in a browser, with its keys, on a phone, on paper.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What is checked of a page: of every page whether it asks for anything, holds on a phone and can be
/// read without script, and that axe finds nothing; of a worklist what its filters show as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// A worklist of several people.
    Worklist,
    /// Any other page.
    Sheet,
}

/// What is wrong with pages when they are opened in a browser; `None` where there is none to open them
/// in, which is said.
///
/// # Panics
///
/// Where there is none, and `OVERDOSE_RISK_BROWSER=required`.
pub fn wrong_with(pages: &[(Page, PathBuf)]) -> Option<Vec<String>> {
    let check = "../overdose-risk-report/tests/browser/check.mjs";
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join(check);
    let pages = pages.iter().flat_map(|(kind, path)| {
        let kind = match kind {
            Page::Worklist => "--worklist",
            Page::Sheet => "--sheet",
        };
        [kind.to_owned(), path.display().to_string()]
    });
    let missing = match Command::new("node").arg(check).args(pages).output() {
        Err(_) => "node".to_owned(),
        Ok(Output { status, stdout, stderr }) => {
            match (status.code(), String::from_utf8(stderr).unwrap()) {
                (Some(0 | 1), said) if said.is_empty() => {
                    let found = String::from_utf8(stdout).unwrap();
                    return Some(found.lines().map(str::to_owned).collect());
                }
                (Some(69), said) => said.trim().trim_start_matches("missing: ").to_owned(),
                (code, said) => panic!("{code:?}: {said}"),
            }
        }
    };
    let is_required = std::env::var("OVERDOSE_RISK_BROWSER").is_ok_and(|says| says == "required");
    assert!(!is_required, "{missing} is not installed");
    // Past what the test runner keeps back of a test that passes.
    let _ = writeln!(io::stderr(), "skipped: {missing} is not installed");
    None
}

/// Holds that nothing is wrong with pages in a browser.
///
/// # Panics
///
/// Where something is.
pub fn hold_in_a_browser(pages: &[(Page, PathBuf)]) {
    let wrong = wrong_with(pages).unwrap_or_default();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
