//! Fields that are not what they were, or cannot be read: nights that look like a fault, and what is said
//! of those that are published.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::Principal;
use overdose_risk_run::{Error, ErrorKind, Job, Program, Published, Tolerated, run};
use std::fs;
use std::ops::{ControlFlow, Range};
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,ost,prison_release,overdose,naloxone,case_status,team";
const FIRST: &str = "2026-03-31";
const NEXT: &str = "2026-04-01";

struct Service(TempDir);

impl Service {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn after(export: &str) -> Self {
        let service = Self::new();
        service.publish(FIRST, &[("export.csv", export)], |_| {}).unwrap();
        service
    }

    fn publish(
        &self,
        as_of: &str,
        exports: &[(&str, &str)],
        change: impl FnOnce(&mut Job),
    ) -> Result<Published, Error> {
        let write = |(name, text): &(&str, &str)| {
            let path = self.0.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let exports = exports.iter().map(write).collect();
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of: NaiveDate = as_of.parse().unwrap();
        let mut job = Job::new(program, exports, as_of, self.0.path().join("out"));
        change(&mut job);
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
    }

    /// The next night with this export.
    fn next(&self, export: &str, change: impl FnOnce(&mut Job)) -> Result<Published, Error> {
        self.publish(NEXT, &[("export.csv", export)], change)
    }
}

/// What a night is refused for, one doubt a line.
fn doubts(night: Result<Published, Error>) -> String {
    let error = night.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    let said = error.to_string();
    let said = said.strip_prefix("this night is not published:\n- ").unwrap();
    said.strip_suffix("\nnothing was published").unwrap().replace("\n- ", "\n")
}

fn notices(published: &Published) -> String {
    published.receipt().notices.join("\n")
}

/// People with these numbers, each with a release and an overdose on 28 March.
fn people(numbers: Range<u32>) -> String {
    let row = |n| format!("p-{n:04},44,current,prescribed,2026-03-28,2026-03-28,held,open,t-1\n");
    numbers.map(row).collect()
}

fn export(rows: &str) -> String {
    format!("{HEADER}\n{rows}")
}

/// The same text, in which each line has lost its cell at a place.
fn without(cell: usize, text: &str) -> String {
    let line = |line: &str| {
        let cells = line.split(',').enumerate().filter(|(at, _)| *at != cell);
        cells.map(|(_, cell)| cell).collect::<Vec<_>>().join(",") + "\n"
    };
    text.lines().map(line).collect()
}

fn tolerating(what: Tolerated) -> impl Fn(&mut Job) {
    move |job| job.tolerate.push(what)
}

fn others(job: &mut Job) {
    job.tolerate = vec![Tolerated::Unchanged, Tolerated::LostColumn];
}

#[test]
fn any_field_that_had_values_and_has_none() {
    for (cell, name) in [
        ("44", "age"),
        ("current", "opioid_use"),
        ("prescribed", "ost"),
        ("held", "naloxone"),
        ("open", "case_status"),
    ] {
        for blank in ["", "unknown"] {
            let blank = export(&people(0..20).replace(cell, blank));
            let service = Service::after(&export(&people(0..20)));
            let says = format!(
                "{name}: all cells are blank or say none or unknown, and 20 had a value in the run before; \
                 --allow-lost-values publishes without them"
            );
            assert_eq!(doubts(service.next(&blank, others)), says);
            let published = service.next(&blank, tolerating(Tolerated::LostValues)).unwrap();
            assert!(notices(&published).contains(&format!("PUBLISHED ALTHOUGH {name}: all cells")));
            // What was not there before cannot be lost.
            service.publish("2026-04-02", &[("other.csv", &format!("{blank}\n"))], |_| {}).unwrap();
        }
    }
}

#[test]
fn fewer_than_half_as_many_values_from_ten_on() {
    let known = |known: u32, of: u32| {
        let blank = people(known..of).replace("2026-03-28,2026-03-28", "2026-03-28,");
        export(&(people(0..known) + &blank))
    };
    for (then, now, is_doubted) in [(10, 4, true), (10, 5, false), (9, 4, false), (9, 1, false)] {
        let night = Service::after(&known(then, 20)).next(&known(now, 20), |_| {});
        assert_eq!(night.is_err(), is_doubted, "{then} {now}");
        if is_doubted {
            assert_eq!(
                doubts(night),
                "overdose is known of 4 of 20 people, and was of 10 of 20 in the run before; \
                 --allow-lost-values publishes without them"
            );
        }
    }
    let service = Service::after(&known(10, 20));
    let unread = known(4, 20).replace(",2026-03-28,,", ",2026-03-28,soon,");
    let said = doubts(service.next(&unread, others));
    let says = "and was of 10 of 20 in the run before; 16 cannot be read, the first on line 6 of";
    assert!(said.contains(says), "{said}");
    // Where there are half as many people, half as many have one.
    let fewer = |job: &mut Job| job.max_drop = 100;
    Service::after(&known(40, 40)).next(&known(10, 10), fewer).unwrap();
    assert!(Service::after(&known(40, 40)).next(&known(4, 10), fewer).is_err());
    // Where there are more, that they have none is no loss.
    Service::after(&known(20, 20)).next(&known(20, 100), |_| {}).unwrap();
}

#[test]
fn of_a_waived_field_nothing_is_lost() {
    let service = Service::after(&export(&people(0..20)));
    let less = without(6, &export(&people(0..20)));
    service.next(&less, |job| job.without = vec![Principal::Naloxone]).unwrap();
}

#[test]
fn a_field_of_which_ten_cells_and_more_than_half_cannot_be_read_on_the_first_night_too() {
    let night = |bad: u32, good: u32, cell: [&str; 2]| {
        let bad = people(0..bad).replacen(cell[0], cell[1], usize::MAX);
        let good = people(100..100 + good);
        (Service::new(), export(&(bad + &good)))
    };
    let release = ["prescribed,2026-03-28", "prescribed,46097"];
    let published = |(service, export): (Service, String), change: &dyn Fn(&mut Job)| {
        service.publish(FIRST, &[("export.csv", &export)], change)
    };
    for (field, cell, says) in [
        (
            "prison_release",
            release,
            "no date that can be read, the first on line 2 of export.csv. Write 2026-03-31, 20260331 or \
             31/03/2026, with four digits for the year and no time, or give a mapping file (--profile), \
             which takes other forms",
        ),
        (
            "opioid_use",
            ["current", "heroin"],
            "no word that is known, the first on line 2 of export.csv. See the data dictionary \
             (fields.md), or give a mapping file (--profile)",
        ),
        (
            "age",
            [",44,", ",forty,"],
            "no age that can be read, the first on line 2 of export.csv. Write whole years from 0 to \
             120, a band like 35-44, or a year of birth",
        ),
    ] {
        let said = doubts(published(night(10, 9, cell), &|_| {}));
        let says = format!("{field}: 10 of 19 filled cells are {says}");
        assert_eq!(said, format!("{says}; --allow-unreadable publishes without them"));
        let few = published(night(10, 9, cell), &tolerating(Tolerated::Unreadable)).unwrap();
        let says = says.replace(": 10", " CAN HARDLY BE READ: 10");
        assert_eq!(notices(&few), format!("{says}. Few people could be assessed for it."));
        assert_eq!(notices(&published(night(10, 10, cell), &|_| {}).unwrap()), "");
        let nine = notices(&published(night(9, 8, cell), &|_| {}).unwrap());
        assert!(nine.starts_with(&format!("{field} CAN HARDLY BE READ: 9 of 17")), "{nine}");
        assert_eq!(notices(&published(night(9, 9, cell), &|_| {}).unwrap()), "");
    }
    let others = |job: &mut Job| {
        let all = [Tolerated::Unchanged, Tolerated::LostColumn, Tolerated::LostValues];
        job.tolerate = all.to_vec();
    };
    assert!(published(night(10, 9, release), &others).is_err());
}

#[test]
fn a_column_that_is_gone_from_one_file_of_two() {
    let files = |second: &str| [("a.csv", export(&people(0..50))), ("b.csv", second.to_owned())];
    let night = |service: &Service, as_of, second: &str, change: &dyn Fn(&mut Job)| {
        let files = files(second);
        service.publish(as_of, &files.each_ref().map(|(name, text)| (*name, &**text)), change)
    };
    let whole = |to| export(&people(50..to));
    let service = Service::new();
    night(&service, FIRST, &whole(100), &|_| {}).unwrap();
    let less = without(5, &whole(100));
    let says = "overdose is not in the export for 50 of 100 people, and for 0 of 100 in the run before, more \
                than 10 % more";
    assert_eq!(
        doubts(night(&service, NEXT, &less, &|_| {})),
        format!("{says}; --allow-lost-column publishes without it for them")
    );
    assert!(night(&service, NEXT, &less, &tolerating(Tolerated::LostValues)).is_err());
    let raised = |job: &mut Job| job.max_drop = 50;
    for change in [&tolerating(Tolerated::LostColumn) as &dyn Fn(&mut Job), &raised] {
        let service = Service::new();
        night(&service, FIRST, &whole(100), &|_| {}).unwrap();
        let published = night(&service, NEXT, &less, change).unwrap();
        assert_eq!(notices(&published), format!("PUBLISHED ALTHOUGH {says}."));
        let said = published.to_string();
        assert!(said.contains("overdose (50). Give every CSV file the same columns."), "{said}");
        assert!(!said.contains("Write null"), "{said}");
        // It has been gone since, and more people without it are no news.
        let next = |to| without(5, &whole(to));
        night(&service, "2026-04-02", &next(108), &|_| {}).unwrap();
    }
    let few = |to| {
        let service = Service::new();
        night(&service, FIRST, &whole(to), &|_| {}).unwrap();
        night(&service, NEXT, &without(5, &whole(to)), &|_| {}).is_err()
    };
    assert_eq!([few(55), few(56)], [false, true]);
}

#[test]
fn a_key_that_is_gone_from_half_of_the_records() {
    let record = |n: u32, more: &str| {
        format!(
            "{{\"id\":\"p-{n}\",\"age\":44,\"opioid_use\":\"current\",\"prison_release\":null,\
             \"naloxone\":\"held\"{more}}}\n"
        )
    };
    let all = |half: &str| -> String {
        (0..20)
            .map(|n| record(n, if n < 10 { ",\"case_status\":\"open\"" } else { half }))
            .collect()
    };
    let service = Service::new();
    let whole = all(",\"case_status\":\"open\"");
    service.publish(FIRST, &[("export.ndjson", &whole)], |_| {}).unwrap();
    let half = all("");
    let night =
        |change: &dyn Fn(&mut Job)| service.publish(NEXT, &[("export.ndjson", &half)], change);
    let said = doubts(night(&|_| {}));
    assert!(
        said.starts_with("case_status is not in the export for 10 of 20 people, and for 0"),
        "{said}"
    );
    let said = night(&tolerating(Tolerated::LostColumn)).unwrap().to_string();
    assert!(said.contains("case_status (10). Write null for what is only not known.\n"), "{said}");
    let says = "Without case_status, 10 people are not recognised as having died or in custody.";
    assert!(said.contains(says), "{said}");
    assert!(!said.contains("CSV"), "{said}");
}

#[test]
fn files_with_other_columns_are_said_on_the_first_night() {
    let (one, other) = (export(&people(0..20)), without(5, &export(&people(20..50))));
    let files = [("a.csv", &*one), ("b.csv", &*other)];
    let service = Service::new();
    let published = service.publish(FIRST, &files, |_| {}).unwrap();
    assert_eq!(
        notices(&published),
        "NOT IN EVERY FILE: overdose (30 of 50 people). Nobody was assessed for what their file lacks; \
         give every file the same columns."
    );
    let more = format!("{one}\n");
    let files = [("a.csv", &*more), ("b.csv", &*other)];
    assert_eq!(notices(&service.publish(NEXT, &files, |_| {}).unwrap()), "");
}

#[test]
fn an_export_that_cannot_say_who_has_died_says_so_on_every_page() {
    let says = "WITHOUT CASE STATUS: nobody is recognised as having died or in custody.";
    let with = |cell: &str| people(0..3).replace("open", cell);
    for export in [export(&with("")), export(&with("unknown")), without(7, &export(&with("")))] {
        let service = Service::new();
        let published = service.publish(FIRST, &[("export.csv", &export)], |_| {}).unwrap();
        assert_eq!(notices(&published), says);
        for page in ["worklist.html", "worklist-team-t-1.html"] {
            let page = fs::read_to_string(published.folder().join(page)).unwrap();
            assert!(page.contains(says));
        }
    }
    // Of those who are assessed nothing is known, and somebody is recognised as having died.
    let one = export(&(with("").replacen(",,", ",died,", 1)));
    let published = Service::new().publish(FIRST, &[("export.csv", &one)], |_| {}).unwrap();
    assert_eq!(notices(&published), "");
}

#[test]
fn a_case_status_that_cannot_be_read_may_say_that_somebody_has_died() {
    let rows = people(0..20).replacen("open", "RIP", 2);
    let service = Service::new();
    let published = service.publish(FIRST, &[("export.csv", &export(&rows))], |_| {}).unwrap();
    assert_eq!(
        notices(&published),
        "CASE STATUS CANNOT BE READ in 2 rows: whoever stands there may have died. Look them up before \
         you call; problems.csv names them."
    );
}

#[test]
fn that_nobody_is_recorded_as_having_died_any_more_is_said() {
    let with_dead = export(&people(0..20).replacen("open", "died", 2));
    let service = Service::after(&with_dead);
    let published = service.next(&export(&people(0..20)), |_| {}).unwrap();
    let says = "NOBODY IS RECORDED AS HAVING DIED, and 2 people were in the run of 2026-03-31. Does \
                case_status still say it?";
    assert_eq!(notices(&published), says);
    let service = Service::after(&with_dead);
    let one = export(&people(0..20).replacen("open", "died", 1));
    assert_eq!(notices(&service.next(&one, |_| {}).unwrap()), "");
}
