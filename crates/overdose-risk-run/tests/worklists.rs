//! Who stands on the worklists of a run, and what the pages of caseloads hold.

use overdose_risk::Policy;
use overdose_risk_run::{Job, Program, Published, run};
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,ost,prison_release,overdose,naloxone,team,worker\n";

/// A folder with an export and a file of reviews in it, and a place for runs.
struct Service(TempDir);

impl Service {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn publish(&self, as_of: &str, rows: &str, change: impl FnOnce(&mut Job)) -> Published {
        let export = self.write("export.csv", &format!("{HEADER}{rows}"));
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of = as_of.parse().unwrap();
        let mut job = Job::new(program, vec![export], as_of, self.0.path().join("out"));
        (job.max_drop, job.max_quarantine) = (100, 100);
        change(&mut job);
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap()
    }

    /// The night of these rows after these were reviewed.
    fn reviewed(&self, as_of: &str, rows: &str, reviews: &str) -> Published {
        let text = format!("id,reviewed_on,until,outcome\n{reviews}");
        let reviews = self.write("reviews.csv", &text);
        self.publish(as_of, rows, |job| job.reviewed = Some(reviews))
    }
}

fn read(published: &Published, name: &str) -> String {
    fs::read_to_string(published.folder().join(name)).unwrap()
}

/// The rows of `worklist.csv`: the columns by their names.
fn listed(published: &Published) -> Vec<BTreeMap<String, String>> {
    let text = read(published, "worklist.csv");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    rows.deserialize().map(Result::unwrap).collect()
}

fn ids(published: &Published) -> Vec<String> {
    listed(published).into_iter().map(|row| row["id"].clone()).collect()
}

/// Somebody who is `act-now`, with an overdose on this day, on the caseload of this worker.
fn act_now(id: &str, overdose: &str, worker: &str) -> String {
    format!("{id},44,current,not_prescribed,,{overdose},not_held,T1,{worker}\n")
}

const STANDARD: &str = "p-9,30,current,prescribed,,,held,T1,W9\n";

#[test]
fn a_second_overdose_ends_the_review_of_the_first() {
    let (first, second) = (act_now("p-1", "2026-03-20", "W1"), act_now("p-1", "2026-04-02", "W1"));
    let other = act_now("p-2", "2026-03-20", "W1");
    let review = "p-1,2026-03-31,2026-05-01,called\n";
    let service = Service::new();
    service.publish("2026-03-31", &format!("{first}{other}"), |_| {});
    let published = service.reviewed("2026-04-01", &format!("{first}{other}\n"), review);
    assert_eq!(ids(&published), ["p-2", "p-1"]);
    assert!(read(&published, "reviewed.csv").contains("called,holds,"));
    let published = service.reviewed("2026-04-02", &format!("{second}{other}"), review);
    assert_eq!(ids(&published), ["p-1", "p-2"]);
    assert!(read(&published, "reviewed.csv").contains("called,new-reason,"));
}

#[test]
fn who_is_reviewed_and_carried_stays_listed_with_the_review() {
    let (one, other) = (act_now("p-1", "2026-03-20", "W1"), act_now("p-2", "2026-03-20", "W1"));
    let service = Service::new();
    service.publish("2026-03-31", &format!("{one}{other}"), |job| job.capacity = 0);
    for (night, state) in
        [("2026-04-01", "holds"), ("2026-04-02", "holds"), ("2026-04-03", "lapsed")]
    {
        let published = service.reviewed(
            night,
            &format!("{other}{night}-x,30,none,,,,,,\n"),
            "p-1,2026-03-31,2026-04-02,called\n",
        );
        let rows = listed(&published);
        let row = rows.iter().find(|row| row["id"] == "p-1").unwrap();
        assert_eq!((&*row["standing"], &*row["outcome"]), ("gone", "called"));
        assert!(read(&published, "reviewed.csv").contains(&format!("called,{state},")), "{night}");
    }
}

#[test]
fn whom_the_run_before_did_not_assess_has_new_reasons_and_on_a_first_run_has_none() {
    let (one, review) = (act_now("p-1", "2026-03-20", "W1"), "p-1,2026-03-31,2026-05-01,\n");
    let service = Service::new();
    let published = service.reviewed("2026-04-01", &one, review);
    assert!(read(&published, "reviewed.csv").contains(",holds,"));
    let service = Service::new();
    service.publish("2026-03-31", STANDARD, |_| {});
    let published = service.reviewed("2026-04-01", &format!("{one}{STANDARD}"), review);
    assert!(read(&published, "reviewed.csv").contains(",new-reason,"));
}

#[test]
fn whoever_is_carried_stands_on_the_page_of_a_caseload_that_nobody_else_is_on() {
    let service = Service::new();
    let (one, other) = (act_now("p-1", "2026-03-20", "W1"), act_now("p-2", "2026-03-20", "W2"));
    service.publish("2026-03-31", &format!("{one}{other}"), |_| {});
    // An id that repeats has the export read again: nobody is listed or carried twice.
    for rows in [other.clone(), format!("{other}{other}")] {
        let published = service.publish("2026-04-01", &rows, |job| job.capacity = 0);
        assert_eq!(ids(&published), ["p-1", "p-2"]);
        let on = |worker: &str, id: &str| {
            read(&published, &format!("worklist-worker-{worker}.html"))
                .contains(&format!("<b>{id}</b>"))
        };
        assert_eq!([on("W1", "p-1"), on("W1", "p-2")], [true, false]);
        assert_eq!([on("W2", "p-1"), on("W2", "p-2")], [false, true]);
    }
}

#[test]
fn who_is_act_now_and_carried_takes_no_place() {
    let service = Service::new();
    let (one, other) = (act_now("p-1", "2026-03-20", "W1"), act_now("p-2", "2026-03-20", "W1"));
    service.publish("2026-03-31", &format!("{one}{other}"), |_| {});
    for (capacity, beyond) in [(0, Some(1)), (1, None), (2, None)] {
        let published = service.publish("2026-03-31", &other, |job| job.capacity = capacity);
        let loud = beyond.map(|beyond| {
            format!("All 1 act-now are shown, {beyond} more than the capacity of {capacity}.")
        });
        for page in ["worklist.html", "worklist-worker-W1.html", "worklist-team-T1.html"] {
            let page = read(&published, page);
            assert_eq!(page.contains("act-now are shown"), loud.is_some(), "{capacity}");
            assert!(loud.iter().all(|loud| page.contains(loud)), "{capacity}");
        }
        let record = &published.receipt().worklist;
        assert_eq!(record.act_now_beyond_capacity, beyond.unwrap_or(0));
    }
}

#[test]
fn each_caseload_has_its_own_capacity() {
    let service = Service::new();
    let rows: String = (0..9)
        .map(|n| format!("p-{n},30,current,prescribed,,,held,T{},W{}\n", n % 2, n % 3))
        .collect();
    let published = service.publish("2026-03-31", &rows, |job| job.capacity = 2);
    let names = ["worker-W0", "worker-W1", "worker-W2", "team-T0", "team-T1"];
    for (name, people) in names.into_iter().zip([3, 3, 3, 5, 4]) {
        let page = read(&published, &format!("worklist-{name}.html"));
        assert_eq!(page.matches("<li data-tier").count(), 2, "{name}");
        let beyond = format!("not on this page: {} standard.", people - 2);
        assert!(page.contains(&beyond), "{name}");
    }
}

#[test]
fn the_page_of_a_caseload_leads_to_that_of_everybody_and_no_further() {
    let rows: String =
        (0..30).map(|n| act_now(&format!("p-{n}"), "2026-03-20", &format!("W{n}"))).collect();
    let service = Service::new();
    let published = service.publish("2026-03-31", &rows, |_| {});
    assert_eq!(read(&published, "worklist.html").matches("<a href=\"./worklist").count(), 31);
    let page = read(&published, "worklist-worker-W7.html");
    assert_eq!(page.matches("<a href=\"./worklist").count(), 1);
    assert!(page.contains("<a href=\"./worklist.html\">Everybody</a>"));
}

#[test]
fn a_kind_with_more_codes_than_there_can_be_caseloads_has_no_pages() {
    for (codes, pages) in [(2000, 2000), (2001, 0)] {
        let rows: String =
            (0..codes).map(|n| format!("p-{n},30,current,prescribed,,,held,T1,W{n}\n")).collect();
        let service = Service::new();
        let published = service.publish("2026-03-31", &rows, |_| {});
        let files = fs::read_dir(published.folder()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        assert_eq!(names.filter(|name| name.starts_with("worklist-worker-")).count(), pages);
        assert!(published.folder().join("worklist-team-T1.html").exists());
        assert_eq!(published.receipt().caseloads["worker"], codes);
    }
}
