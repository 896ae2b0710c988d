//! Nights that look like a fault are not published, unless somebody says so.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::Principal;
use overdose_risk_run::{Error, ErrorKind, Job, Program, Published, Tolerated, run};
use std::fs;
use std::ops::Range;
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,ost,prison_release,overdose,naloxone,case_status,team";

struct Service(TempDir);

impl Service {
    fn after(export: &str) -> Self {
        let service = Self(TempDir::new().unwrap());
        service.publish("2026-03-31", export, |_| {}).unwrap();
        service
    }

    fn publish(
        &self,
        as_of: &str,
        export: &str,
        change: impl FnOnce(&mut Job),
    ) -> Result<Published, Error> {
        // A name says nothing of whether an export is the same.
        let path = self.0.path().join(format!("export-{as_of}.csv"));
        fs::write(&path, export).unwrap();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of: NaiveDate = as_of.parse().unwrap();
        let mut job = Job::new(program, vec![path], as_of, self.0.path().join("out"));
        change(&mut job);
        run(&job, Policy::practice_principles(), &mut |_| std::ops::ControlFlow::Continue(()))
    }

    /// Holds that the night is not published for these doubts and no others.
    fn doubts(&self, as_of: &str, export: &str, change: impl FnOnce(&mut Job), says: &[&str]) {
        let error = self.publish(as_of, export, change).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(error.kind().exit_code(), 65);
        let said = error.to_string();
        for one in says {
            assert!(said.contains(one), "{said}");
        }
        assert_eq!(said.matches("\n- ").count(), says.len(), "{said}");
        let latest = fs::read_to_string(self.0.path().join("out/LATEST"));
        assert!(latest.is_err() || latest.unwrap().starts_with("2026-03-31"));
        assert!(!self.0.path().join("out").join(as_of).exists());
    }
}

/// People with these numbers, each with a release and an overdose on 28 March.
fn people(numbers: Range<u32>) -> String {
    let row = |n| format!("p-{n:04},44,current,prescribed,2026-03-28,2026-03-28,held,open,t-1\n");
    numbers.map(row).collect()
}

fn export(rows: &str) -> String {
    format!("{HEADER}\n{rows}")
}

fn notices(published: &Published) -> String {
    published.receipt().notices.join("\n")
}

#[test]
fn more_than_so_many_per_cent_fewer_people() {
    let service = Service::after(&export(&people(0..100)));
    // Who has died is not gone.
    let with_dead = |dead: u32| {
        let dead = people(100 - dead..100).replace("open", "died");
        export(
            &(people(0..100)
                .split_inclusive('\n')
                .take(100 - dead.lines().count())
                .collect::<String>()
                + &dead),
        )
    };
    let says = [
        "89 people were assessed and 100 in the run before, more than 10 % fewer; --max-drop sets",
    ];
    service.doubts("2026-04-01", &with_dead(11), |_| {}, &says);
    service.doubts("2026-04-01", &with_dead(10), |job| job.max_drop = 9, &["90 people"]);
    service.publish("2026-04-01", &with_dead(10), |_| {}).unwrap();
    let service = Service::after(&export(&people(0..100)));
    let published = service.publish("2026-04-01", &with_dead(11), |job| job.max_drop = 11).unwrap();
    assert_eq!(
        notices(&published),
        "PUBLISHED ALTHOUGH 89 people were assessed and 100 in the run before, more than 10 % fewer."
    );
}

#[test]
fn more_than_so_many_per_cent_gone_though_as_many_came() {
    let service = Service::after(&export(&people(0..100)));
    let says = ["11 of the 100 people in the run before are gone, more than 10 %; --max-drop sets"];
    service.doubts("2026-04-01", &export(&people(11..120)), |_| {}, &says);
    service.doubts("2026-04-01", &export(&people(10..120)), |job| job.max_drop = 9, &["10 of the"]);
    service.publish("2026-04-01", &export(&people(10..120)), |_| {}).unwrap();
    let service = Service::after(&export(&people(0..100)));
    let raised = |job: &mut Job| job.max_drop = 100;
    let published = service.publish("2026-04-01", &export(&people(11..120)), raised).unwrap();
    assert_eq!(
        notices(&published),
        "PUBLISHED ALTHOUGH 11 of the 100 people in the run before are gone, more than 10 %."
    );
}

#[test]
fn who_is_no_longer_carried_was_gone_before() {
    let service = Service::after(&export(&people(0..100)));
    let half = |team: &str| export(&people(50..100).replace("t-1", team));
    service.publish("2026-04-01", &half("t-2"), |job| job.max_drop = 50).unwrap();
    let published = service.publish("2026-04-29", &half("t-3"), |_| {}).unwrap();
    assert_eq!(published.receipt().changes["gone"], 50);
    assert_eq!(published.receipt().worklist.carried, 0);
}

#[test]
fn the_same_bytes_for_a_later_day() {
    let same = export(&people(0..20));
    let says = [
        "the export is the same to the byte as on 2026-03-31, so it may not have been made anew; \
                 --allow-unchanged publishes",
    ];
    let others = |job: &mut Job| job.tolerate = vec![Tolerated::LostColumn, Tolerated::LostValues];
    let service = Service::after(&same);
    service.doubts("2026-04-01", &same, others, &says);
    let published = service.publish("2026-03-31", &same, |_| {}).unwrap();
    assert_eq!(notices(&published), "");
    // A byte more is another export.
    service.publish("2026-04-01", &format!("{same}\n"), |_| {}).unwrap();

    let service = Service::after(&same);
    let tolerated = |job: &mut Job| job.tolerate.push(Tolerated::Unchanged);
    let published = service.publish("2026-04-01", &same, tolerated).unwrap();
    assert!(
        notices(&published).starts_with("PUBLISHED ALTHOUGH the export is the same to the byte")
    );
    assert_eq!(published.receipt().notices.len(), 1);
}

#[test]
fn a_service_that_has_nobody_has_the_same_export_every_night() {
    let service = Service(TempDir::new().unwrap());
    for as_of in ["2026-03-31", "2026-04-01", "2026-04-02"] {
        let published = service.publish(as_of, &export(""), |job| job.allow_empty = true).unwrap();
        assert_eq!(notices(&published), "");
    }
}

#[test]
fn a_column_that_was_there() {
    for (column, cell) in [("overdose", 5), ("case_status", 7), ("ost", 3)] {
        let without = |text: &str| -> String {
            let line = |line: &str| {
                let cells = line.split(',').enumerate().filter(|(at, _)| *at != cell);
                cells.map(|(_, cell)| cell).collect::<Vec<_>>().join(",") + "\n"
            };
            text.lines().map(line).collect()
        };
        let (whole, less) = (export(&people(0..20)), without(&export(&people(0..20))));
        let service = Service::after(&whole);
        let says = format!(
            "{column} was in the export of the run before and is not in this one; --allow-lost-column"
        );
        let others =
            |job: &mut Job| job.tolerate = vec![Tolerated::Unchanged, Tolerated::LostValues];
        service.doubts("2026-04-01", &less, others, &[&says]);
        let tolerated = |job: &mut Job| job.tolerate.push(Tolerated::LostColumn);
        let published = service.publish("2026-04-01", &less, tolerated).unwrap();
        let notice = format!("PUBLISHED ALTHOUGH {column} was in the export of the run before");
        assert!(notices(&published).contains(&notice));
        // What was not there before cannot be lost.
        service.publish("2026-04-02", &format!("{less}\n"), |_| {}).unwrap();
    }
}

#[test]
fn a_column_that_said_nothing_of_anybody_was_there() {
    let less = export(&people(0..20)).replace(",overdose", "").replace("28,2026-03-28", "28");
    for cell in ["", "unknown"] {
        let rows = people(0..20).replace("28,2026-03-28", &format!("28,{cell}"));
        let service = Service::after(&export(&rows));
        service.doubts("2026-04-01", &less, |_| {}, &["overdose was in the export"]);
    }
}

#[test]
fn a_waived_column_is_not_missed() {
    let service = Service::after(&export(&people(0..20)));
    let less = export(&people(0..20)).replace(",naloxone", "").replace(",held", "");
    let published =
        service.publish("2026-04-01", &less, |job| job.without = vec![Principal::Naloxone]);
    assert_eq!(notices(&published.unwrap()), "WAIVED: nobody could be assessed for naloxone.");
}

#[test]
fn an_event_column_that_had_dates() {
    let with = |cell: &str| {
        export(&people(0..20).replace("2026-03-28,2026-03-28", &format!("2026-03-28,{cell}")))
    };
    let blank = "overdose: all cells are blank or say none or unknown, and 20 had a value in the run before; \
         --allow-lost-values publishes without them";
    let unreadable = "overdose: none of 20 filled cells can be read, and 20 could in the run before, the first on \
         line 2 of export-2026-04-01.csv. Write 2026-03-31, 20260331 or 31/03/2026, with four digits for \
         the year and no time, or give a mapping file (--profile), which takes other forms; \
         --allow-lost-values publishes without them";
    let untrue = "overdose: none of 20 filled cells can be used, and 20 could in the run before; 20 contradict \
         the day or other facts; --allow-lost-values publishes";
    let mixed = "can be used, and 20 could in the run before; 19 contradict the day or other facts; 1 \
                 cannot be read, the first on line 2 of export-2026-04-01.csv. Write 2026-03-31,";
    let future = with("2027-03-28");
    for (night, says) in [
        (with(""), blank),
        (with("never"), blank),
        (with("unknown"), blank),
        (with("28-MAR-26"), unreadable),
        (future.clone(), untrue),
        (future.replacen("2027-03-28", "28-MAR-26", 1), mixed),
    ] {
        let service = Service::after(&export(&people(0..20)));
        let others = |job: &mut Job| {
            job.tolerate = vec![Tolerated::Unchanged, Tolerated::LostColumn, Tolerated::Unreadable];
        };
        service.doubts("2026-04-01", &night, others, &[says]);
        let tolerated = |job: &mut Job| job.tolerate.push(Tolerated::LostValues);
        let published = service.publish("2026-04-01", &night, tolerated).unwrap();
        assert!(notices(&published).contains("PUBLISHED ALTHOUGH overdose: "));
    }
    // One date is enough, where there were few.
    let rows = people(0..9);
    let one = export(&(rows.replacen("2026-03-28,2026-03-28", "2026-03-28,", 8)));
    Service::after(&export(&rows)).publish("2026-04-01", &one, |_| {}).unwrap();
}

#[test]
fn more_than_so_many_per_cent_quarantined_on_the_first_night_too() {
    let night = |broken: u32, limit: Option<u8>| {
        let rows =
            people(0..100 - broken) + &people(100 - broken..100).replace("t-1", "t-1,") + "\n\n\n";
        (export(&rows), move |job: &mut Job| {
            job.max_quarantine = limit.unwrap_or(job.max_quarantine)
        })
    };
    let says = [
        "6 of 100 records could not be assessed, more than 5 % (field-count 6, first on line 96 of \
                 export-2026-03-31.csv: check quotes and delimiters on that line); --max-quarantine sets",
    ];
    let service = Service(TempDir::new().unwrap());
    let (six, by_default) = night(6, None);
    service.doubts("2026-03-31", &six, by_default, &says);
    let (five, by_default) = night(5, None);
    service.publish("2026-03-31", &five, by_default).unwrap();
    for (broken, limit, says) in [
        (
            6,
            6,
            "NOT ASSESSED: 6 of 100 records could not be read, more than 5 %; see quarantine.csv.",
        ),
        (5, 5, "NOT ASSESSED: 5 of 100 records could not be read; see quarantine.csv."),
        (99, 99, "NOT ASSESSED: 99 of 100 records could not be read, more than 5 %; see"),
        (0, 0, ""),
    ] {
        let (export, limit) = night(broken, Some(limit));
        let service = Service(TempDir::new().unwrap());
        let published = service.publish("2026-03-31", &export, limit).unwrap();
        assert!(notices(&published).starts_with(says), "{}", notices(&published));
    }
    let (one, none) = night(1, Some(0));
    Service(TempDir::new().unwrap()).doubts("2026-03-31", &one, none, &["1 of 100 records"]);
}

#[test]
fn all_doubts_are_named_at_once() {
    let service = Service::after(&export(&people(0..100)));
    let rows = people(0..50).replace("2026-03-28,2026-03-28", "2026-03-28,")
        + &people(50..60).replace("open,t-1", "open,t-1,");
    let night: String = export(&rows).replace(",ost", "").replace(",prescribed", "");
    let says = [
        "10 of 60 records could not be assessed",
        "50 people were assessed and 100 in the run before",
        "40 of the 100 people in the run before are gone",
        "ost was in the export",
        "overdose: all cells are blank",
    ];
    service.doubts("2026-04-01", &night, |_| {}, &says);
    let all = |job: &mut Job| job.tolerate = vec![Tolerated::LostColumn, Tolerated::LostValues];
    service.doubts("2026-04-01", &night, all, &says[..3]);
}

#[test]
fn an_export_whose_newest_date_is_more_than_seven_days_old_may_be_an_old_one() {
    for (as_of, is_old) in [("2026-04-04", false), ("2026-04-05", true)] {
        let service = Service(TempDir::new().unwrap());
        // A release that is planned has not happened.
        let planned = export(&people(0..3))
            .replace("team", "prison_release_due")
            .replace("t-1", "2026-04-04");
        let notices = notices(&service.publish(as_of, &planned, |_| {}).unwrap());
        let old = "AN OLD EXPORT? The newest date in it is 2026-03-28, 8 days before 2026-04-05.";
        assert_eq!(notices, if is_old { old } else { "" });
    }
}
