//! What whoever reads a worklist has to know first of the day, the run before and the people.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_run::{Job, Program, Published, Tolerated, run};
use std::fs;
use std::ops::ControlFlow;
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,ost,prison_release,naloxone,naloxone_expiry,case_status\n";
const RELEASED: &str = "p-1,44,current,prescribed,2026-03-28,held,2027-01-01,open\n";
const STANDARD: &str = "p-9,44,current,prescribed,,held,2027-01-01,open\n";

struct Service(TempDir);

impl Service {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn publish(&self, as_of: &str, rows: &str) -> Published {
        self.publish_as(as_of, &format!("{HEADER}{rows}"))
    }

    fn publish_as(&self, as_of: &str, text: &str) -> Published {
        let export = self.0.path().join(format!("export-{as_of}.csv"));
        fs::write(&export, text).unwrap();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of: NaiveDate = as_of.parse().unwrap();
        let mut job = Job::new(program, vec![export], as_of, self.0.path().join("out"));
        job.tolerate = vec![Tolerated::Unchanged, Tolerated::LostValues];
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap()
    }
}

/// The notices with a heading.
fn notices<'p>(published: &'p Published, heading: &str) -> Vec<&'p str> {
    let notices = published.receipt().notices.iter().map(String::as_str);
    notices.filter(|notice| notice.starts_with(heading)).collect()
}

#[test]
fn that_latest_names_a_later_day_is_a_notice_and_stands_on_the_pages() {
    let service = Service::new();
    let heading = "LATEST NAMES A LATER DAY";
    assert!(notices(&service.publish("2026-04-05", RELEASED), heading).is_empty());
    let published = service.publish("2026-03-31", RELEASED);
    let says = "LATEST NAMES A LATER DAY: it stays at a run for 2026-04-05, and who looks there does not see \
                this one for 2026-03-31. If 2026-04-05 was a mistake, remove its folder and LATEST, and run \
                again.";
    assert_eq!(notices(&published, heading), [says]);
    for output in ["worklist.html", "run.json"] {
        let text = fs::read_to_string(published.folder().join(output)).unwrap();
        assert!(text.contains(says), "{output}");
    }
    let said = published.to_string();
    assert!(said.contains("LATEST STILL NAMES A RUN FOR 2026-04-05"), "{said}");
    assert!(notices(&service.publish("2026-04-05", RELEASED), heading).is_empty());
}

#[test]
fn more_than_three_days_without_a_run_are_said() {
    for (as_of, is_said) in [("2026-04-03", false), ("2026-04-04", true)] {
        let service = Service::new();
        assert!(notices(&service.publish("2026-03-31", RELEASED), "NO RUN").is_empty());
        let published = service.publish(as_of, RELEASED);
        let says = "NO RUN FOR 4 DAYS: the run before is of 2026-03-31; windows may have opened and closed \
                    unseen since.";
        assert_eq!(notices(&published, "NO RUN"), [says][..usize::from(is_said)]);
    }
}

#[test]
fn how_many_people_a_changed_fact_took_out_of_act_now_is_said() {
    let heading = "LOWERED";
    let one = "LOWERED BY A CHANGED FACT: 1 person was act-now on 2026-03-31 and not today, and not for \
               time alone: a fact on the record is another, or gone. changes.csv names them.";
    for (as_of, now, says) in [
        // The release is gone, or another.
        ("2026-04-01", STANDARD.replace("p-9", "p-1"), Some(one)),
        ("2026-04-01", RELEASED.replace("2026-03-28", "2025-03-28"), Some(one)),
        // Time alone.
        ("2026-04-30", RELEASED.to_owned(), None),
        // Nobody who is act-now still, by the known facts.
        ("2026-04-01", RELEASED.replace("current,prescribed", ","), None),
        ("2026-04-01", RELEASED.replace("2026-03-28", "2026-03-27"), None),
    ] {
        let service = Service::new();
        let before = service.publish("2026-03-31", RELEASED);
        let flags = fs::read_to_string(before.folder().join("flags.csv")).unwrap();
        assert!(flags.contains("p-1,act-now"), "{flags}");
        let published = service.publish(as_of, &now);
        assert_eq!(notices(&published, heading), Vec::from_iter(says), "{as_of} {now}");
    }
    let service = Service::new();
    let two = RELEASED.to_owned() + &RELEASED.replace("p-1", "p-2");
    service.publish("2026-03-31", &two);
    let published = service.publish("2026-04-01", &two.replace("2026-03-28", ""));
    let said = notices(&published, heading);
    assert!(said[0].contains("2 people were act-now on"), "{said:?}");
}

#[test]
fn people_who_are_or_may_be_under_18_are_counted() {
    for (column, age, people) in [
        ("age", "18", 0),
        ("age", "120", 0),
        ("age", "", 0),
        ("age", "17", 1),
        ("age", "0", 1),
        ("age_band", "18-24", 0),
        ("age_band", "16-24", 1),
        ("birth_year", "2007", 0),
        // Until the birthday, which nobody knows.
        ("birth_year", "2008", 1),
    ] {
        let header = HEADER.replace("age", column);
        let rows = STANDARD.replace(",44,", &format!(",{age},"));
        let published = Service::new().publish_as("2026-03-31", &format!("{header}{rows}"));
        let says = "UNDER 18: 1 person is or may be. These rules were made from adults' figures; follow \
                    safeguarding, not this list's offers.";
        assert_eq!(notices(&published, "UNDER 18"), [says][..people], "{column} {age}");
    }
}
