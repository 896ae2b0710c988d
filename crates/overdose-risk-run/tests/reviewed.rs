//! Reviews, from run to run.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_run::{Job, Program, Published, Tolerated, run};
use std::fs;
use std::ops::ControlFlow;
use tempfile::TempDir;

/// Two people who are `prioritise`, the first with more points.
const ROWS: &str = "id,age,opioid_use,ost,prison_release,naloxone,suicidality\n\
    p-1,44,current,not_prescribed,,not_held,yes\n\
    p-2,30,current,not_prescribed,,not_held,yes\n";

struct Service(TempDir);

impl Service {
    fn publish(&self, as_of: &str, rows: &str, reviews: Option<&str>) -> Published {
        let export = self.0.path().join("export.csv");
        fs::write(&export, rows).unwrap();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of: NaiveDate = as_of.parse().unwrap();
        let mut job = Job::new(program, vec![export], as_of, self.0.path().join("out"));
        job.tolerate = vec![Tolerated::Unchanged];
        (job.max_drop, job.max_quarantine) = (100, 100);
        job.reviewed = reviews.map(|reviews| {
            let path = self.0.path().join("reviewed.csv");
            fs::write(&path, format!("id,reviewed_on,until,outcome\n{reviews}\n")).unwrap();
            path
        });
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap()
    }
}

fn read(published: &Published, name: &str) -> String {
    fs::read_to_string(published.folder().join(name)).unwrap()
}

/// The ids of the worklist in order, and which reviews hold.
fn listed(published: &Published) -> (Vec<String>, u64) {
    let list = read(published, "worklist.csv");
    let ids = list.lines().skip(1).map(|row| row.split(',').next().unwrap().to_owned());
    (ids.collect(), published.receipt().reviews.as_ref().map_or(0, |reviews| reviews.holds))
}

#[test]
fn a_review_holds_until_its_last_day_whether_or_not_it_is_handed_in_again() {
    let service = Service(TempDir::new().unwrap());
    let [first, second] = ["p-1", "p-2"].map(str::to_owned);
    let as_it_comes = vec![first.clone(), second.clone()];
    let reviewed_below = vec![second, first];
    assert_eq!(listed(&service.publish("2026-03-31", ROWS, None)), (as_it_comes.clone(), 0));
    let review = "p-1,2026-03-31,2026-04-04,'=called";
    for (as_of, handed_in) in [
        ("2026-04-01", Some(review)),
        ("2026-04-02", Some(review)),
        // Somebody else's, and then none at all.
        ("2026-04-03", Some("p-9,2026-04-02,2026-04-09,called")),
        ("2026-04-04", None),
    ] {
        let published = service.publish(as_of, ROWS, handed_in);
        assert_eq!(listed(&published), (reviewed_below.clone(), 1), "{as_of}");
        let kept = read(&published, "reviewed.csv");
        assert!(kept.contains("p-1,2026-03-31,2026-04-04,'=called,holds,"), "{kept}");
    }
    let over = service.publish("2026-04-05", ROWS, None);
    assert_eq!(listed(&over), (as_it_comes, 0));
    assert!(!read(&over, "reviewed.csv").contains("p-1"));
}

#[test]
fn a_new_reason_ends_a_review_also_one_that_was_kept() {
    let service = Service(TempDir::new().unwrap());
    service.publish("2026-03-31", ROWS, None);
    let review = "p-1,2026-03-31,2026-05-30,called";
    assert_eq!(listed(&service.publish("2026-04-01", ROWS, Some(review))).1, 1);
    let released = ROWS.replace(
        "not_prescribed,,not_held,yes\np-2",
        "not_prescribed,2026-04-02,not_held,yes\np-2",
    );
    assert_ne!(released, ROWS);
    let published = service.publish("2026-04-02", &released, None);
    assert_eq!(listed(&published), (["p-1", "p-2"].map(str::to_owned).to_vec(), 0));
    assert!(read(&published, "reviewed.csv").contains(",new-reason,"));
    // The same review, handed in or kept, is over; one of a later day holds.
    assert_eq!(listed(&service.publish("2026-04-03", &released, Some(review))).1, 0);
    let later = "p-1,2026-04-03,2026-05-30,called again";
    assert_eq!(listed(&service.publish("2026-04-04", &released, Some(later))).1, 1);
    // Nobody who is act-now leaves the list for it.
    assert_eq!(listed(&service.publish("2026-04-05", &released, Some(later))).0[0], "p-1");
}

#[test]
fn a_row_of_the_same_day_takes_the_place_of_the_one_that_was_kept() {
    let service = Service(TempDir::new().unwrap());
    service.publish("2026-03-31", ROWS, Some("p-1,2026-03-31,2026-05-30,called"));
    let withdrawn = service.publish("2026-04-01", ROWS, Some("p-1,2026-03-31,2026-03-31,"));
    assert_eq!(listed(&withdrawn).1, 0);
    assert_eq!(listed(&service.publish("2026-04-02", ROWS, None)).1, 0);
}

#[test]
fn a_review_ends_the_carrying_of_one_person_whom_no_run_assesses_any_more() {
    let only_p_2: String = ROWS
        .lines()
        .filter(|row| !row.starts_with("p-1"))
        .fold(String::new(), |rows, row| rows + row + "\n");
    let broken = format!("{only_p_2}p-1,44,current,not_prescribed,,not_held,yes,\n");
    for (review, today, is_ended) in [
        ("p-1,2026-03-31,2026-05-01,Died ", &only_p_2, true),
        ("p-1,2026-04-02,2026-05-01,moved away", &only_p_2, true),
        ("p-1,2026-04-02,2026-05-01,asked not to be contacted", &only_p_2, true),
        // In the export again, if only in a row that cannot be read.
        ("p-1,2026-04-02,2026-05-01,died", &ROWS.to_owned(), false),
        ("p-1,2026-04-02,2026-05-01,died", &broken, false),
        // Before they were last assessed, no longer valid, of somebody else, and another outcome.
        ("p-1,2026-03-30,2026-05-01,died", &only_p_2, false),
        ("p-1,2026-03-31,2026-04-01,died", &only_p_2, false),
        ("p-3,2026-04-02,2026-05-01,died", &only_p_2, false),
        ("p-1,2026-04-02,2026-05-01,has moved rooms", &only_p_2, false),
    ] {
        let service = Service(TempDir::new().unwrap());
        service.publish("2026-03-31", ROWS, None);
        let carried = service.publish("2026-04-01", &only_p_2, None);
        assert_eq!(carried.receipt().worklist.carried, 1);
        let published = service.publish("2026-04-02", today, Some(review));
        let is_listed = listed(&published).0.contains(&"p-1".to_owned());
        assert_eq!(is_listed, !is_ended, "{review}");
        assert_eq!(published.receipt().carrying_ended_by_review, u64::from(is_ended), "{review}");
        let changed = read(&published, "changes.csv");
        assert_eq!(changed.contains("p-1,gone,prioritise,,ended-by-review"), is_ended, "{changed}");
        assert_eq!(published.to_string().contains("NO LONGER CARRIED BY A REVIEW"), is_ended);
        // It stays so without being handed in again, until they are assessed.
        let next = service.publish("2026-04-03", today, None);
        assert_eq!(listed(&next).0.contains(&"p-1".to_owned()), !is_ended, "{review}");
        assert!(listed(&service.publish("2026-04-04", ROWS, None)).0.contains(&"p-1".to_owned()));
    }
}

#[test]
fn of_very_many_rows_that_cannot_be_used_the_first_thousand_are_listed() {
    let service = Service(TempDir::new().unwrap());
    let published = service.publish("2026-03-31", ROWS, Some(&"p-1,x,y,z\n".repeat(1_500)));
    let reviews = published.receipt().reviews.as_ref().unwrap();
    assert_eq!((reviews.rows_not_used, reviews.not_used.len()), (1_500, 1_000));
    assert_eq!(reviews.not_used[999].line, 1_001);
    assert!(published.to_string().contains("REVIEWS NOT USED: 1500 rows of"), "{published}");
}
