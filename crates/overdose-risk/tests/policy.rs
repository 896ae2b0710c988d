//! Which policies there can be, and what tells them apart.

use chrono::NaiveDate;
use overdose_risk::factor::{Mechanism, Urgency};
use overdose_risk::policy::{About, Alert, Refused, Settings};
use overdose_risk::{
    Event, FACTORS, Limit, Naloxone, OpioidUse, Ost, Policy, Record, Tier, YesNo, assess,
};
use sha2::{Digest, Sha256};

/// What the Statement of Practice Principles names.
const PRINCIPAL: [&str; 4] = ["age", "opioid-use", "prison-release", "naloxone"];

const WHY: &str = "Invented for a test.";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Settings with a name of their own, changed.
fn changed(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Settings::default();
    settings.name = "example-service".to_owned();
    change(&mut settings);
    settings
}

fn alert(from: &str, until: &str) -> Alert {
    let (text, offer) = ("An invented warning.".to_owned(), "An invented offer.".to_owned());
    Alert { text, offer, from: day(from), until: day(until) }
}

fn set(settings: &mut Settings, factor: &str, level: &str, points: u8, floor: Option<Urgency>) {
    let level = settings.level_mut(factor, level).unwrap();
    (level.points, level.floor, level.why) = (points, floor, Some(WHY.to_owned()));
}

/// Every way of changing one thing, each of which can be done by itself.
fn each_change() -> Vec<(String, Settings)> {
    let why = || Some(WHY.to_owned());
    let mut all: Vec<(String, Settings)> = vec![
        ("name".to_owned(), changed(|_| {})),
        ("version".to_owned(), changed(|it| it.version = 2)),
        ("approved".to_owned(), changed(|it| it.approved_by = why())),
        ("review".to_owned(), changed(|it| it.review_by = Some(day("2027-03-31")))),
        ("act-now".to_owned(), changed(|it| (it.act_now.points, it.act_now.why) = (51, why()))),
        ("now".to_owned(), changed(|it| (it.act_now.within, it.act_now.why) = (2, why()))),
        ("from".to_owned(), changed(|it| (it.prioritise.points, it.prioritise.why) = (19, why()))),
        ("in".to_owned(), changed(|it| (it.prioritise.within, it.prioritise.why) = (8, why()))),
        ("alert".to_owned(), changed(|it| it.alert = Some(alert("2026-03-01", "2026-03-31")))),
    ];
    for (mechanism, limit) in
        [(Mechanism::LostTolerance, Limit::Together(30)), (Mechanism::Depressants, Limit::Largest)]
    {
        let change = |it: &mut Settings| {
            let set = it.limit_mut(mechanism);
            (set.limit, set.why) = (limit, why());
        };
        all.push((mechanism.name().to_owned(), changed(change)));
    }
    for factor in FACTORS.iter().filter(|factor| !factor.is_principal()) {
        let off = |it: &mut Settings| {
            it.factor_mut(factor.name).unwrap().off = why();
            // One of the two cannot be off alone.
            if factor.name == "ost-stopped" {
                it.factor_mut("ost-started").unwrap().off = why();
            }
        };
        all.push((format!("{factor} off"), changed(off)));
    }
    for (factor, level) in FACTORS.iter().flat_map(|one| one.levels.iter().map(move |it| (one, it)))
    {
        let more = |it: &mut Settings| {
            // Nothing else of the factor is worth more than the first, or the last of the ages.
            for other in factor.levels {
                set(it, factor.name, other.name, 30, Some(Urgency::ActNow));
            }
            set(it, factor.name, level.name, 30, Some(Urgency::ActNow));
        };
        all.push((format!("{factor}:{} points", level.name), changed(more)));
        let say = |it: &mut Settings| {
            it.level_mut(factor.name, level.name).unwrap().action = "Say \"so\".".to_owned();
        };
        all.push((format!("{factor}:{} action", level.name), changed(say)));
    }
    all
}

#[test]
fn the_default_is_accepted_as_any_other() {
    let default = Policy::new(Settings::default()).unwrap();
    assert_eq!(&default, Policy::practice_principles());
    assert_eq!(default.fingerprint(), Policy::practice_principles().fingerprint());
    assert_eq!(default.changes().lines().count(), 4);
    assert!(default.label().starts_with("practice-principles@1#"));
}

#[test]
fn policies_are_the_same_where_their_settings_are_and_show_what_they_have_otherwise() {
    for (what, settings) in each_change() {
        let policy = Policy::new(settings.clone()).unwrap();
        assert_ne!(&policy, Policy::practice_principles(), "{what}");
        assert_eq!(policy, Policy::new(settings).unwrap(), "{what}");
        let shown = format!("{policy:?}");
        assert!(shown.contains(policy.label()), "{shown}");
        assert!(shown.contains(&format!("{:?}", policy.changes())), "{shown}");
    }
}

#[test]
fn a_fingerprint_is_of_the_canonical_form_and_differs_with_everything_that_a_policy_says() {
    let mut seen = std::collections::BTreeMap::new();
    for (what, settings) in each_change() {
        let policy = Policy::new(settings).unwrap_or_else(|error| panic!("{what}: {error}"));
        let whole = policy.fingerprint().to_string();
        let digest: String =
            Sha256::digest(policy.canonical()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(whole, digest, "{what}");
        assert_eq!(
            policy.label(),
            format!("{}@{}#{}", policy.name(), policy.version(), &whole[..12])
        );
        assert!(policy.changes().len() < policy.canonical().len());
        // All levels of a factor are raised together, so those of one factor come to the same.
        let what = what.split(':').next().map_or(what.clone(), str::to_owned)
            + if what.ends_with("points") { " points" } else { &what };
        let other = seen.insert(whole, what.clone());
        assert!(other.is_none() || other.as_ref() == Some(&what), "{what} is as {other:?}");
    }
}

#[test]
fn only_the_file_for_readers_says_what_own_words_stand_in_place_of() {
    let own = changed(|it| {
        let level = it.level_mut("prison-release", "days-0-14").unwrap();
        level.action = "Invented words.".to_owned();
    });
    let policy = Policy::new(own).unwrap();
    let says = |text: &str| text.lines().filter(|line| line.contains("own words")).count();
    assert_eq!(says(&policy.with_sources()), 1);
    for text in [policy.canonical(), policy.changes()] {
        assert!(text.contains("Invented words.") && !text.contains('#'), "{text}");
    }
}

#[test]
fn what_is_restated_changes_nothing() {
    let mut settings = Settings::default();
    settings.act_now.why = Some(WHY.to_owned());
    settings.limit_mut(Mechanism::Depressants).why = Some(WHY.to_owned());
    let level = settings.level_mut("alcohol", "yes").unwrap();
    (level.floor, level.why) = (Some(Urgency::Standard), Some(WHY.to_owned()));
    assert_eq!(&Policy::new(settings).unwrap(), Policy::practice_principles());

    let off = |it: &mut Settings| it.factor_mut("z-drugs").unwrap().off = Some(WHY.to_owned());
    let of_no_use = |it: &mut Settings| {
        off(it);
        set(it, "z-drugs", "yes", 9, Some(Urgency::ActNow));
        it.level_mut("z-drugs", "yes").unwrap().action = "Say so.".to_owned();
    };
    assert_eq!(Policy::new(changed(off)), Policy::new(changed(of_no_use)));
}

/// What is refused of settings: about what, and why.
fn refused(change: impl FnOnce(&mut Settings)) -> Vec<(About, Refused)> {
    let Err(error) = Policy::new(changed(change)) else { return Vec::new() };
    error.refusals().iter().map(|one| (one.about, one.why)).collect()
}

#[test]
fn a_policy_that_could_hide_somebody_is_refused() {
    let why = || Some(WHY.to_owned());
    let (act_now, prioritise) = (About::Tier(Urgency::ActNow), About::Tier(Urgency::Prioritise));
    let text = |what| Refused::Text { what };
    let check = |change: fn(&mut Settings), expected: &[(About, Refused)]| {
        assert_eq!(refused(change), expected);
    };

    for name in ["", "-a", "a b", "a@1", "a#b", "caf\u{e9}", &"a".repeat(65)] {
        let named = |it: &mut Settings| it.name = name.to_owned();
        assert_eq!(refused(named), [(About::Name, Refused::NameBreaksRule)], "{name}");
    }
    assert_eq!(refused(|it| it.name = "a".repeat(64)), []);
    check(|it| it.version = 0, &[(About::Version, Refused::VersionZero)]);
    check(|it| it.approved_by = Some(String::new()), &[(About::ApprovedBy, text("it"))]);
    for name in ["Practice-Principles", "practice_principles", "practiceprinciples"] {
        let named = |it: &mut Settings| it.name = name.to_owned();
        assert_eq!(refused(named), [(About::Name, Refused::NameOfTheDefault)], "{name}");
    }
    for (_, mut settings) in each_change() {
        settings.name = "practice-principles".to_owned();
        let may = settings.version == 1 && Policy::new(settings.clone()).is_ok();
        let mut bare = settings;
        (bare.approved_by, bare.review_by, bare.alert) = (None, None, None);
        assert_eq!(
            may,
            bare == Settings::default(),
            "only approval and alerts leave it the default"
        );
    }

    check(|it| it.act_now.points = 40, &[(act_now, Refused::NoWhy)]);
    check(|it| it.prioritise.within = 6, &[(prioritise, Refused::NoWhy)]);
    for empty in [
        "",
        " ",
        "\u{200B}",
        "\u{FE0F}",
        "\u{3164}",
        "a\u{FEFF}",
        "one\ntwo",
        "a\u{7}",
        "a\u{202E}b",
        &"a".repeat(501),
    ] {
        let say =
            |it: &mut Settings| (it.act_now.points, it.act_now.why) = (40, Some(empty.to_owned()));
        assert_eq!(refused(say), [(act_now, text("why"))], "{empty:?}");
        let say =
            |it: &mut Settings| it.level_mut("age", "35-44").unwrap().action = empty.to_owned();
        assert_eq!(refused(say), [(About::Level("age", "35-44"), text("action"))]);
    }
    // Characters are counted, and not bytes.
    let longest = "\u{e9}".repeat(500);
    assert_eq!(refused(|it| it.approved_by = Some(longest)), []);
    let tiers = |now: (u16, u8), soon: (u16, u8)| {
        refused(|it| {
            (it.act_now.points, it.act_now.within, it.act_now.why) = (now.0, now.1, why());
            (it.prioritise.points, it.prioritise.within, it.prioritise.why) =
                (soon.0, soon.1, why());
        })
    };
    let order = (prioritise, Refused::ThresholdsOutOfOrder);
    assert_eq!(tiers((50, 1), (50, 7)), [order]);
    assert_eq!(tiers((2, 1), (1, 3)), []);
    assert_eq!(tiers((1, 1), (0, 7)), [(prioritise, Refused::ThresholdZero)]);
    let most = Refused::Unreachable { most: most_points() };
    assert_eq!(tiers((most_points(), 5), (49, 28)), []);
    assert_eq!(tiers((most_points() + 1, 1), (20, 7)), [(act_now, most)]);
    let within = |unit, most| Refused::Within { unit, most };
    assert_eq!(tiers((50, 6), (20, 7)), [(act_now, within("working days", 5))]);
    assert_eq!(tiers((50, 0), (20, 7)), [(act_now, within("working days", 5))]);
    assert_eq!(tiers((50, 1), (20, 29)), [(prioritise, within("days", 28))]);
    assert_eq!(tiers((50, 3), (20, 4)), [(act_now, Refused::PromisesOutOfOrder)]);
    assert_eq!(tiers((50, 3), (20, 5)), []);

    let limit = About::Limit(Mechanism::Depressants);
    check(
        |it| it.limit_mut(Mechanism::Depressants).limit = Limit::Largest,
        &[(limit, Refused::NoWhy)],
    );
    let zero = |it: &mut Settings| {
        let set = it.limit_mut(Mechanism::Depressants);
        (set.limit, set.why) = (Limit::Together(0), why());
    };
    assert_eq!(refused(zero), [(limit, Refused::LimitZero)]);

    let alcohol = About::Level("alcohol", "yes");
    check(|it| it.level_mut("alcohol", "yes").unwrap().points = 8, &[(alcohol, Refused::NoWhy)]);
    check(|it| set(it, "alcohol", "yes", 99, None), &[]);
    check(|it| set(it, "alcohol", "yes", 100, None), &[(alcohol, Refused::TooManyPoints)]);
    check(|it| set(it, "alcohol", "yes", 0, None), &[]);

    for factor in FACTORS {
        let off = refused(|it| it.factor_mut(factor.name).unwrap().off = why());
        let principal = (About::Factor(factor.name), Refused::PrincipalOff);
        let start = |level| (About::Level("ost-started", level), Refused::StartWithoutStop);
        match factor.name {
            "ost-stopped" => assert_eq!(off, [start("days-0-14"), start("days-15-28")]),
            name if PRINCIPAL.contains(&name) => assert_eq!(off, [principal]),
            _ => assert_eq!(off, [], "{factor}"),
        }
        for level in factor.levels {
            let nothing = refused(|it| {
                factor.levels.iter().for_each(|level| set(it, factor.name, level.name, 1, None));
                set(it, factor.name, level.name, 0, None);
            });
            let worth_nothing =
                (About::Level(factor.name, level.name), Refused::PrincipalWorthNothing);
            assert_eq!(
                nothing.contains(&worth_nothing),
                PRINCIPAL.contains(&factor.name),
                "{factor}"
            );
        }
    }
    let start = (About::Level("ost-started", "days-15-28"), Refused::StartWithoutStop);
    check(|it| set(it, "ost-stopped", "days-15-28", 14, Some(Urgency::Prioritise)), &[start]);
    check(
        |it| {
            set(it, "ost-stopped", "days-15-28", 14, Some(Urgency::Prioritise));
            set(it, "ost-started", "days-15-28", 0, Some(Urgency::Prioritise));
        },
        &[],
    );
    check(
        |it| {
            set(it, "ost-stopped", "days-15-28", 14, Some(Urgency::Prioritise));
            set(it, "ost-started", "days-0-14", 11, Some(Urgency::ActNow));
            set(it, "ost-started", "days-15-28", 0, Some(Urgency::ActNow));
        },
        &[start],
    );
    check(
        |it| it.factor_mut("alcohol").unwrap().off = Some(String::new()),
        &[(About::Factor("alcohol"), text("why"))],
    );

    let year = Refused::Year;
    check(|it| it.review_by = Some(day("1999-12-31")), &[(About::ReviewBy, year)]);
    check(|it| it.review_by = NaiveDate::from_ymd_opt(10_000, 1, 1), &[(About::ReviewBy, year)]);
    check(|it| it.alert = Some(alert("1999-12-31", "2000-01-01")), &[(About::Alert, year)]);
    let beyond = |it: &mut Settings| {
        let until = NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
        it.alert = Some(Alert { until, ..alert("9999-12-31", "9999-12-31") });
    };
    assert_eq!(refused(beyond), [(About::Alert, year)]);
    check(|it| it.alert = Some(alert("2026-03-31", "2026-03-31")), &[]);
    let order = (About::Alert, Refused::AlertOutOfOrder);
    check(|it| it.alert = Some(alert("2026-03-31", "2026-03-30")), &[order]);
    check(|it| it.alert = Some(alert("2026-01-01", "2026-07-02")), &[]);
    let long = (About::Alert, Refused::AlertTooLong);
    check(|it| it.alert = Some(alert("2026-01-01", "2026-07-03")), &[long]);
    let silent = |it: &mut Settings| {
        let alert = alert("2026-03-31", "2026-03-31");
        it.alert = Some(Alert { text: String::new(), offer: String::new(), ..alert });
    };
    assert_eq!(refused(silent), [(About::Alert, text("text")), (About::Alert, text("offer"))]);
}

/// The most points that the default can come to, by the page: every factor's most, with the largest of
/// lost tolerance, and depressants to 15.
fn most_points() -> u16 {
    6 + 12 + 20 + 4 + 11 + 7 + 9 + 15 + 11 + 5 + 4 + 5
}

/// Pairs of levels of which a risk that becomes known leads from the second to the first.
const NEVER_LESS: [(&str, &str, &str); 16] = [
    ("age", "45-and-over", "35-44"),
    ("opioid-use", "off-treatment", "on-top-of-treatment"),
    ("opioid-use", "off-treatment", "abstinent"),
    ("prison-release", "days-0-14", "days-15-28"),
    ("prison-release", "days-15-28", "days-29-84"),
    ("prison-release", "days-29-84", "release-overdue"),
    ("prison-release", "release-overdue", "due-within-14-days"),
    ("naloxone", "not-held", "expired"),
    ("naloxone", "expired", "unconfirmed"),
    ("ost-stopped", "days-0-14", "days-15-28"),
    ("hospital-discharge", "days-0-2", "days-3-14"),
    ("hospital-discharge", "days-3-14", "days-15-28"),
    ("ost-started", "days-0-14", "days-15-28"),
    ("overdose", "days-0-28", "days-29-183"),
    ("overdose", "days-29-183", "days-184-365"),
    ("housing", "no-fixed-abode", "at-risk"),
];

#[test]
fn no_level_is_worth_less_than_one_that_leads_to_it() {
    let floors = [None, Some(Urgency::Prioritise), Some(Urgency::ActNow)];
    for factor in FACTORS {
        for (one, other) in factor
            .levels
            .iter()
            .flat_map(|one| factor.levels.iter().map(move |other| (one.name, other.name)))
            .filter(|(one, other)| one != other)
        {
            let listed = NEVER_LESS.contains(&(factor.name, one, other));
            let outweighed = (About::Level(factor.name, one), Refused::Outweighed { level: other });
            let is_refused = |one_points, one_floor, other_points, other_floor| {
                refused(|it| {
                    set(it, factor.name, one, one_points, one_floor);
                    set(it, factor.name, other, other_points, other_floor);
                })
                .contains(&outweighed)
            };
            for (at, floor) in floors.iter().enumerate() {
                assert!(!is_refused(9, *floor, 9, *floor), "{factor} {one} {other}");
                assert_eq!(is_refused(8, *floor, 9, *floor), listed, "{factor} {one} {other}");
                for lower in &floors[..at] {
                    assert_eq!(is_refused(9, *lower, 8, *floor), listed, "{factor} {one} {other}");
                    assert!(!is_refused(9, *floor, 8, *lower), "{factor} {one} {other}");
                }
            }
        }
    }
}

/// Released three days ago, uses alone, takes alcohol and z-drugs, and has no kit.
fn record() -> Record {
    Record {
        opioid_use: OpioidUse::Current.into(),
        ost: Ost::Prescribed.into(),
        prison_release: Event::On(day("2026-03-28")),
        naloxone: Naloxone::NotHeld.into(),
        alcohol: YesNo::Yes.into(),
        z_drugs: YesNo::Yes.into(),
        ..overdose_risk::factor::Case::plain(day("2026-03-31"))
    }
}

#[test]
fn an_assessment_is_by_its_policy_and_says_what_the_service_has_set() {
    let policy = Policy::new(changed(|it| {
        set(it, "naloxone", "not-held", 9, Some(Urgency::Prioritise));
        set(it, "prison-release", "days-0-14", 21, Some(Urgency::ActNow));
        it.factor_mut("z-drugs").unwrap().off = Some(WHY.to_owned());
        it.level_mut("alcohol", "yes").unwrap().action = "Ask how much, kindly.".to_owned();
        let limit = it.limit_mut(Mechanism::Depressants);
        (limit.limit, limit.why) = (Limit::Together(5), Some(WHY.to_owned()));
        (it.act_now.within, it.act_now.why) = (2, Some(WHY.to_owned()));
        it.alert = Some(alert("2026-03-31", "2026-04-01"));
    }))
    .unwrap();
    let assessment = assess(&record(), day("2026-03-31"), &policy);
    assert_eq!((assessment.tier(), assessment.points()), (Tier::ActNow, 4 + 21 + 9 + 5));
    assert!(assessment.reasons().all(|reason| reason.factor.name != "z-drugs"));
    let explained = assessment.explain();
    assert_eq!(explained.policy, policy.label());
    assert_eq!(explained.promise, "contact within two working days");
    assert_eq!(explained.offers[0], "An invented offer.");
    assert!(explained.offers.contains(&"Ask how much, kindly."));
    let kit = explained.reasons.iter().find(|reason| reason.factor == "naloxone").unwrap();
    assert_eq!(
        (kit.set_because.as_deref(), kit.judgement, kit.floor),
        (
            Some("9 points in place of 4, floor prioritise in place of none: Invented for a test"),
            true,
            Some(Tier::Prioritise)
        )
    );
    let release = &explained.reasons[1];
    assert!(release.judgement, "21 points are no published ratio");
    let text = explained.to_string();
    assert!(text.contains("Local warning until 1 April 2026: An invented warning."));
    assert!(
        text.contains("set by the service: 9 points in place of 4, floor prioritise in place of")
    );
    // The service's limit is not what any source says.
    let by = "but depressants count to 5 together, a limit that the service has set: Invented for a test";
    assert!(text.contains(by), "{text}");

    let whole = Policy::practice_principles();
    assert_eq!(assess(&record(), day("2026-03-31"), whole).points(), 4 + 20 + 4 + 10);
}

#[test]
fn an_alert_begins_and_ends_by_itself_and_changes_no_tier() {
    let policy =
        Policy::new(changed(|it| it.alert = Some(alert("2026-03-30", "2026-04-01")))).unwrap();
    let nobody_asked = Record::default();
    let none = Record { opioid_use: OpioidUse::None.into(), ..nobody_asked };
    for (on, is_on) in
        [("2026-03-29", false), ("2026-03-30", true), ("2026-04-01", true), ("2026-04-02", false)]
    {
        for record in [record(), nobody_asked] {
            let assessment = assess(&record, day(on), &policy);
            assert_eq!(assessment.alert().is_some(), is_on, "{on}");
            assert_eq!(assessment.explain().offers.contains(&"An invented offer."), is_on);
            let without = assess(&record, day(on), Policy::practice_principles());
            assert_eq!(assessment.tier(), without.tier());
            assert_eq!(assessment.points(), without.points());
        }
        assert!(assess(&none, day(on), &policy).alert().is_none());
    }
}

#[test]
fn a_promise_is_in_words() {
    for (within, words) in
        [(1, "one working day"), (2, "two working days"), (5, "five working days")]
    {
        let policy = Policy::new(changed(|it| {
            (it.act_now.within, it.act_now.why) = (within, Some(WHY.to_owned()));
            (it.prioritise.within, it.prioritise.why) = (14, Some(WHY.to_owned()));
        }))
        .unwrap();
        assert_eq!(policy.promise(Tier::ActNow), format!("contact within {words}"));
        assert_eq!(policy.promise(Tier::Prioritise), "contact within 14 days");
    }
}
