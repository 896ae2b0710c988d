//! The pages as people open them: in a browser, with its keys, on a phone, on paper.

mod synthetic;

use overdose_risk::Tier;
use overdose_risk_report::{ByTier, Counts, Listed, Sheet, Standing, Worklist};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// What is wrong with pages when they are opened in a browser; `None` where there is none to open them
/// in, which is a failure where one is required.
fn wrong_with(pages: &[(&str, PathBuf)]) -> Option<Vec<String>> {
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/check.mjs");
    let pages =
        pages.iter().flat_map(|(kind, path)| [format!("--{kind}"), path.display().to_string()]);
    let missing = match Command::new("node").arg(check).args(pages).output() {
        Err(_) => "node".to_owned(),
        Ok(Output { status, stdout, stderr }) => {
            match (status.code(), String::from_utf8(stderr).unwrap()) {
                (Some(0 | 1), said) if said.is_empty() => {
                    return Some(
                        String::from_utf8(stdout).unwrap().lines().map(str::to_owned).collect(),
                    );
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

fn holds_in_a_browser(pages: &[(&str, PathBuf)]) {
    let wrong = wrong_with(pages).unwrap_or_default();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn write_worklist(people: &[Listed], path: &Path) {
    let tiers = people.iter().map(|person| person.flagged.tier);
    let worklist = Worklist {
        as_of: synthetic::AS_OF,
        program: "test 0",
        policy: &people[0].flagged.policy,
        caseload: None,
        notices: &["The export is 9 days old.".to_owned()],
        links: &[],
        capacity: 20,
        counts: Counts {
            assessed: tiers.collect(),
            beyond_capacity: ByTier { standard: 3, ..ByTier::default() },
            act_now_beyond_capacity: 2,
        },
        compared_with: synthetic::AS_OF.pred_opt(),
        people,
    };
    worklist.write(&mut File::create(path).unwrap()).unwrap();
}

#[test]
fn the_worklist_holds_in_a_browser() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("worklist.html");
    write_worklist(&synthetic::worklist(), &page);
    let one = folder.path().join("one.html");
    write_worklist(&synthetic::worklist()[..1], &one);
    // With one person there is nothing to filter by.
    holds_in_a_browser(&[("worklist", page), ("sheet", one)]);
}

#[test]
fn the_sheet_holds_in_a_browser() {
    let folder = TempDir::new().unwrap();
    let people = synthetic::everybody();
    let kinds = Tier::ALL.map(|tier| people.iter().find(|one| one.flagged.tier == tier).unwrap());
    let carried = people.iter().find(|one| one.standing == Standing::Quarantined).unwrap();
    let longest = people.iter().max_by_key(|one| one.flagged.reasons.len()).unwrap();
    let pages = kinds.into_iter().chain([carried, longest]).enumerate().map(|(place, person)| {
        let path = folder.path().join(format!("{place}.html"));
        Sheet::from(person).write(&mut File::create(&path).unwrap()).unwrap();
        ("sheet", path)
    });
    holds_in_a_browser(&pages.collect::<Vec<_>>());
}

#[test]
fn what_is_wrong_with_a_page_is_found() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("worklist.html");
    write_worklist(&synthetic::worklist()[..4], &page);
    let text = fs::read_to_string(&page).unwrap();
    let wrong = [
        ("</h1>", "</h1><img src=\"https://overdose-risk.invalid/x.png\">"),
        ("</h1>", "</h1><script>document.title = 1</script>"),
        ("</h1>", "</h1><p style=\"width:60rem\">wide</p>"),
        ("lang=\"en-GB\"", ""),
        ("data-tier=\"act-now\"", "data-tier=\"standard\""),
        ("role=\"status\"", ""),
        ("<form id=\"filters\" hidden>", "<form id=\"filters\">"),
    ];
    let pages = wrong.iter().enumerate().map(|(place, (from, to))| {
        assert!(text.contains(from), "{from}");
        let path = folder.path().join(format!("{place}.html"));
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        ("worklist", path)
    });
    let pages: Vec<_> = pages.collect();
    let Some(found) = wrong_with(&pages) else { return };
    for ((_, path), (_, to)) in pages.iter().zip(wrong) {
        let name = path.display().to_string();
        assert!(found.iter().any(|line| line.contains(&name)), "not found: {to}");
    }
}
