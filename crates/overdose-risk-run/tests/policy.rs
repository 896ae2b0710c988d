//! A run by a policy of the service's own says so wherever somebody looks.

use chrono::{Datelike, NaiveDate};
use overdose_risk::factor::{Mechanism, Urgency};
use overdose_risk::policy::{Alert, Settings};
use overdose_risk::{Limit, Policy};
use overdose_risk_run::{Job, Program, Published, Tolerated, run};
use std::fs;
use std::ops::ControlFlow;
use tempfile::TempDir;

const EXPORT: &str = "id,age,opioid_use,ost,prison_release,naloxone,case_status\n\
    p-1,30,past,prescribed,,not_held,open\n\
    p-2,30,current,prescribed,,held,open\n\
    p-3,30,none,,,held,open\n";

const WHY: &str = "Invented for a test.";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn policy(change: impl FnOnce(&mut Settings)) -> Policy {
    let mut settings = Settings::default();
    settings.name = "example-service".to_owned();
    settings.approved_by = Some("Clinical governance group".to_owned());
    settings.review_by = Some(day("2027-03-31"));
    change(&mut settings);
    Policy::new(settings).unwrap()
}

struct Service(TempDir);

impl Service {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn publish(&self, as_of: &str, policy: &Policy) -> Published {
        self.publish_of(EXPORT, as_of, policy)
    }

    fn publish_of(&self, rows: &str, as_of: &str, policy: &Policy) -> Published {
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let export = self.0.path().join("export.csv");
        // Blank lines at the end, so that no night has the export of another.
        let as_of = day(as_of);
        let blank = "\n".repeat(usize::try_from(as_of.day()).unwrap());
        fs::write(&export, format!("{rows}{blank}")).unwrap();
        let mut job = Job::new(program, vec![export], as_of, self.0.path().join("out"));
        (job.max_drop, job.tolerate) = (100, vec![Tolerated::LostValues]);
        run(&job, policy, &mut |_| ControlFlow::Continue(())).unwrap()
    }
}

fn output(published: &Published, name: &str) -> String {
    fs::read_to_string(published.folder().join(name)).unwrap()
}

/// The first words of each notice, which are in capitals.
fn notices(published: &Published) -> Vec<&str> {
    let notices = published.receipt().notices.iter();
    notices.map(|one| &one[..one.find(|c: char| c.is_lowercase()).unwrap() - 1]).collect()
}

#[test]
fn every_output_names_the_policy_and_the_receipt_holds_it() {
    let policy = policy(|it| {
        it.review_by = Some(day("2026-03-31"));
        (it.prioritise.within, it.prioritise.why) = (5, Some(WHY.to_owned()));
    });
    let service = Service::new();
    let published = service.publish("2026-03-31", &policy);
    let label = policy.label();
    for (name, people) in [("flags.csv", 3), ("flags.ndjson", 3)] {
        let text = output(&published, name);
        assert_eq!(text.matches(label).count(), people, "{name}");
    }
    assert!(output(&published, "worklist.html").contains(label));
    assert!(published.to_string().lines().next().unwrap().contains(label));
    let receipt = published.receipt().policy();
    assert_eq!(receipt.label(), label);
    assert_eq!(receipt.fingerprint, policy.fingerprint().to_string());
    assert_eq!(receipt.file, policy.changes());
    assert_eq!(receipt.promises["prioritise"], "contact within five days");
    assert!(published.to_string().contains("contact within five days"));
    assert!(output(&published, "worklist.html").contains("Contact within five days"));
    assert_eq!(receipt.approved_by.as_deref(), Some("Clinical governance group"));
    assert_eq!(notices(&published), [""; 0], "its review is due today and not overdue");
}

#[test]
fn what_is_wrong_with_a_policy_is_said_first() {
    let [of_overdue, of_nobodys, of_less] = [(); 3].map(|()| Service::new());
    let overdue = policy(|it| it.review_by = Some(day("2026-03-30")));
    let published = of_overdue.publish("2026-03-31", &overdue);
    assert_eq!(notices(&published), ["POLICY REVIEW OVERDUE:"]);
    let nobodys = policy(|it| it.approved_by = None);
    let published = of_nobodys.publish("2026-03-31", &nobodys);
    assert_eq!(notices(&published), ["POLICY NOT APPROVED:"]);
    let less = policy(|it| it.factor_mut("z-drugs").unwrap().off = Some(WHY.to_owned()));
    let published = of_less.publish("2026-03-31", &less);
    let notice = &published.receipt().notices[0];
    assert_eq!(
        notice,
        "LESS CAUTIOUS THAN THE DEFAULT: z-drugs not counted. People may be contacted later than by \
         practice-principles."
    );
    assert_eq!(published.receipt().notices.len(), 1);
    assert!(output(&published, "worklist.html").contains(notice), "{notice}");
    assert!(published.to_string().contains(notice));
    assert_eq!(
        notices(&Service::new().publish("2026-03-31", Policy::practice_principles())),
        [""; 0]
    );
    for (day, says) in [("2027-11-22", &[][..]), ("2027-11-23", &["POLICY REVIEW OVERDUE:"])] {
        let published = Service::new().publish(day, Policy::practice_principles());
        let said: Vec<_> = notices(&published);
        let said: Vec<_> = said.iter().filter(|one| one.starts_with("POLICY")).collect();
        assert_eq!(said, says.iter().collect::<Vec<_>>(), "{day}");
    }
}

#[test]
fn who_answers_for_a_policy_and_until_when_is_said_where_it_is_not() {
    let (by, on) = ("nobody in approved_by", "no day in review_by");
    let day = Some(day("2027-03-31"));
    for (approved_by, review_by, says) in [
        (
            None,
            None,
            format!("POLICY NOT APPROVED: LABEL is the service's own, and names {by} and {on}."),
        ),
        (None, day, format!("POLICY NOT APPROVED: LABEL is the service's own, and names {by}.")),
        (
            Some("A group"),
            None,
            format!("POLICY WITHOUT A REVIEW: LABEL is the service's own, and names {on}."),
        ),
    ] {
        let policy = policy(|it| {
            (it.approved_by, it.review_by) = (approved_by.map(str::to_owned), review_by);
        });
        let published = Service::new().publish("2026-03-31", &policy);
        assert_eq!(published.receipt().notices, [says.replace("LABEL", policy.label())]);
    }
}

/// One that only looks like a policy, every change of it with a reason.
fn hollow(it: &mut Settings) {
    let why = || Some(WHY.to_owned());
    let levels: Vec<_> = it
        .factors()
        .flat_map(|(factor, _)| factor.levels.iter().map(|level| (factor.name, level.name)))
        .collect();
    for (factor, level) in levels {
        // That of stopping treatment holds the one of its start.
        if !factor.starts_with("ost-") {
            let level = it.level_mut(factor, level).unwrap();
            (level.points, level.floor, level.why) = (1, None, why());
        }
    }
    for mechanism in Mechanism::ALL {
        let limit = it.limit_mut(mechanism);
        (limit.limit, limit.why) = (Limit::Together(1), why());
    }
    // Somebody has to be able to reach the thresholds.
    it.level_mut("uses-alone", "yes").unwrap().points = 60;
    (it.act_now.points, it.act_now.within, it.act_now.why) = (60, 3, why());
    (it.prioritise.points, it.prioritise.within, it.prioritise.why) = (59, 28, why());
}

#[test]
fn a_hollow_policy_is_named_setting_by_setting_and_never_without_a_word() {
    let policy = policy(hollow);
    let published = Service::new().publish("2026-03-31", &policy);
    let settings = &published.receipt().policy().less_cautious;
    let [notice] = &*published.receipt().notices else {
        panic!("{:?}", published.receipt().notices)
    };
    assert!(settings.len() > 30, "{settings:?}");
    // Those that have lost their floors are all named.
    let floors = settings.iter().filter(|setting| setting.contains("floor")).count();
    let more = settings.len() - floors;
    assert!(floors > 6, "{settings:?}");
    assert_eq!(
        *notice,
        format!(
            "LESS CAUTIOUS THAN THE DEFAULT: {} and {more} more; policy diff says all. People may be \
             contacted later than by practice-principles.",
            settings[..floors].join("; ")
        )
    );
}

#[test]
fn what_is_switched_off_is_named_however_much_it_is() {
    let off = [
        "gabapentinoids",
        "z-drugs",
        "alcohol",
        "housing",
        "uses-alone",
        "suicidality",
        "respiratory-disease",
    ];
    let policy = policy(|it| {
        (it.act_now.points, it.act_now.why) = (51, Some(WHY.to_owned()));
        for factor in off {
            it.factor_mut(factor).unwrap().off = Some(WHY.to_owned());
        }
    });
    let published = Service::new().publish("2026-03-31", &policy);
    let notice = &published.receipt().notices[0];
    assert!(off.iter().all(|factor| notice.contains(&format!("{factor} not counted"))), "{notice}");
    assert!(notice.contains(" and 1 more; policy diff"), "{notice}");
}

#[test]
fn exactly_six_settings_are_all_named() {
    let levels = [
        ("gabapentinoids", "yes"),
        ("z-drugs", "yes"),
        ("alcohol", "yes"),
        ("benzodiazepines", "yes"),
        ("uses-alone", "yes"),
        ("respiratory-disease", "yes"),
    ];
    let policy = policy(|it| {
        for (factor, level) in levels {
            let level = it.level_mut(factor, level).unwrap();
            (level.points, level.why) = (1, Some(WHY.to_owned()));
        }
    });
    let published = Service::new().publish("2026-03-31", &policy);
    let notice = &published.receipt().notices[0];
    let named = |(factor, _): &(&str, _)| notice.contains(&format!("{factor}:yes 1 point"));
    assert!(levels.iter().all(named), "{notice}");
    assert!(!notice.contains("more;"), "{notice}");
}

#[test]
fn a_version_that_was_not_raised_is_said() {
    let with = |version: u32, name: &str| {
        policy(|it| {
            it.name = name.to_owned();
            it.version = version;
            // Another fingerprint each time.
            it.approved_by = Some(format!("Group {version} of {name}"));
        })
    };
    let first = with(1, "example-service");
    let same = policy(|it| it.approved_by = Some("Somebody else".to_owned()));
    for (next, is_said) in
        [(same, true), (with(2, "example-service"), false), (with(1, "other"), false)]
    {
        let service = Service::new();
        service.publish("2026-03-31", &first);
        let published = service.publish("2026-04-01", &next);
        let [notice] = &*published.receipt().notices else { panic!("one notice") };
        assert!(notice.starts_with("OTHER POLICY: "), "{notice}");
        assert_eq!(notice.ends_with(" THE VERSION WAS NOT RAISED."), is_said, "{notice}");
    }
}

#[test]
fn a_local_warning_that_is_taken_back_before_its_last_day_is_said() {
    let warning = |from: &str, until: &str| Alert {
        text: "An invented warning.".to_owned(),
        offer: "An invented offer.".to_owned(),
        from: day(from),
        until: day(until),
    };
    let gone = "LOCAL WARNING NO LONGER GIVEN:";
    let with = |alert: Option<Alert>| {
        policy(|it| {
            it.version = 2;
            it.alert = alert;
        })
    };
    for (until, next, is_said) in [
        ("2026-04-01", with(None), true),
        ("2026-03-31", with(None), false),
        ("2026-04-20", with(Some(warning("2026-04-01", "2026-04-02"))), false),
        // Nobody is warned today.
        ("2026-04-20", with(Some(warning("2026-04-10", "2026-04-20"))), true),
    ] {
        let service = Service::new();
        let before = policy(|it| it.alert = Some(warning("2026-03-31", until)));
        service.publish("2026-03-31", &before);
        let published = service.publish("2026-04-01", &next);
        let said = notices(&published);
        assert_eq!(said.contains(&gone), is_said, "{until}: {said:?}");
        if is_said {
            let label = before.label();
            let notice = format!("{gone} until {until} by {label}.");
            assert!(published.receipt().notices.contains(&notice), "{notice}");
            assert!(output(&published, "worklist.html").contains(&notice));
        }
    }
}

#[test]
fn another_policy_is_why_somebody_is_more_urgent() {
    let service = Service::new();
    service.publish("2026-03-31", Policy::practice_principles());
    let stricter = policy(|it| {
        let level = it.level_mut("opioid-use", "off-treatment").unwrap();
        (level.floor, level.why) = (Some(Urgency::Prioritise), Some(WHY.to_owned()));
        let level = it.level_mut("opioid-use", "on-top-of-treatment").unwrap();
        (level.floor, level.why) = (Some(Urgency::Prioritise), Some(WHY.to_owned()));
    });
    let published = service.publish("2026-04-01", &stricter);
    let header = "id,change,from,to,because,as_of,policy\n";
    let row = format!("p-2,raised,standard,prioritise,policy-changed,2026-04-01,{stricter}\n");
    assert_eq!(output(&published, "changes.csv"), format!("{header}{row}"));
    assert_eq!(notices(&published), ["OTHER POLICY:"]);
    assert!(output(&published, "worklist.html").contains("floor prioritise in place of none"));
    let back = service.publish("2026-04-02", &stricter);
    assert_eq!(notices(&back), [""; 0]);
}

#[test]
fn an_alert_is_in_force_between_its_days_and_for_nobody_out_of_scope() {
    let (text, offer) = ("An invented warning.".to_owned(), "An invented offer.".to_owned());
    let (from, until) = (day("2026-03-31"), day("2026-04-01"));
    let policy = policy(|it| it.alert = Some(Alert { text, offer, from, until }));
    let service = Service::new();
    for (as_of, people) in
        [("2026-03-30", 0), ("2026-03-31", 2), ("2026-04-01", 2), ("2026-04-02", 0)]
    {
        let published = service.publish(as_of, &policy);
        let is_on = people > 0;
        let lines = output(&published, "flags.ndjson");
        let offered = lines.lines().filter(|line| line.contains("An invented offer."));
        assert_eq!(offered.count(), people, "{as_of}");
        assert_eq!(output(&published, "worklist.html").contains("An invented warning."), is_on);
        assert_eq!(published.to_string().contains("Local warning until 2026-04-01"), is_on);
        assert_eq!(published.receipt().policy().alert.is_some(), is_on);
    }
}

/// Of somebody who is carried everything is as it was, but for the warning.
#[test]
fn a_warning_goes_to_carried_people_while_it_is_in_force_and_no_longer() {
    let released = format!("{EXPORT}p-4,30,current,prescribed,2026-03-28,held,open\n");
    let alert = |from, until| {
        let (text, offer) = ("An invented warning.".to_owned(), "An invented offer.".to_owned());
        policy(|it| it.alert = Some(Alert { text, offer, from: day(from), until: day(until) }))
    };
    for (from, until, offered) in [
        ("2026-03-31", "2026-03-31", [2 + 1, 0]),
        ("2026-03-31", "2026-04-01", [2 + 1, 2 + 1]),
        ("2026-04-01", "2026-04-01", [0, 2 + 1]),
    ] {
        let (service, policy) = (Service::new(), alert(from, until));
        let first = service.publish_of(&released, "2026-03-31", &policy);
        let second = service.publish_of(EXPORT, "2026-04-01", &policy);
        assert_eq!(second.receipt().worklist.carried, 1);
        for (published, offered) in [first, second].iter().zip(offered) {
            let table = output(published, "worklist.csv");
            assert_eq!(table.matches("An invented offer.").count(), offered, "{from} {until}");
            let page = output(published, "worklist.html");
            let cards = page.matches("<dd>An invented offer.</dd>").count();
            assert_eq!(cards, offered, "{from} {until}");
        }
    }
}
