//! The pages as people open them: in a browser, with its keys, on a phone, on paper.

#[path = "../fixture/mod.rs"]
mod fixture;
mod synthetic;

use overdose_risk::{Policy, Tier};
use overdose_risk_intake::Caseload;
use overdose_risk_report::{
    ByTier, CaseloadOf, Counts, Guide, Link, Listed, Sheet, Standing, Worklist,
};
use overdose_risk_testkit::browser::{Page, hold_in_a_browser, wrong_with};
use std::fs::{self, File};
use std::path::Path;
use tempfile::TempDir;

fn write_worklist(people: &[Listed], path: &Path) {
    let policy = fixture::policy("");
    let assessed = people.iter().filter(|person| person.standing == Standing::Assessed);
    let tiers = assessed.map(|person| person.flagged.tier);
    let caseload = CaseloadOf { kind: Caseload::Team, code: "team-1" };
    let links = [Link { caseload: Some(caseload), file: "worklist-team-team-1.html" }];
    let worklist = Worklist {
        as_of: synthetic::AS_OF,
        program: "test 0",
        policy: &policy,
        caseload: None,
        notices: &["The export is 9 days old.".to_owned()],
        links: &links,
        capacity: 3,
        counts: Counts {
            assessed: tiers.collect(),
            beyond_capacity: ByTier { standard: 3, ..ByTier::default() },
            act_now_beyond_capacity: 2,
            ..Counts::default()
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
    hold_in_a_browser(&[(Page::Worklist, page), (Page::Sheet, one)]);
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
        (Page::Sheet, path)
    });
    hold_in_a_browser(&pages.collect::<Vec<_>>());
}

#[test]
fn the_guide_holds_in_a_browser() {
    let folder = TempDir::new().unwrap();
    // A long word is one that no line has room for.
    let long = format!(" {} <b>*", "leaflets-and-".repeat(20));
    let policies = [Policy::practice_principles().clone(), fixture::policy(&long)];
    let pages = policies.iter().enumerate().map(|(place, policy)| {
        let path = folder.path().join(format!("{place}.html"));
        Guide { policy }.write_page(&mut File::create(&path).unwrap()).unwrap();
        (Page::Sheet, path)
    });
    hold_in_a_browser(&pages.collect::<Vec<_>>());
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
        (Page::Worklist, path)
    });
    let pages: Vec<_> = pages.collect();
    let Some(found) = wrong_with(&pages) else { return };
    for ((_, path), (_, to)) in pages.iter().zip(wrong) {
        let name = path.display().to_string();
        assert!(found.iter().any(|line| line.contains(&name)), "not found: {to}");
    }
}
