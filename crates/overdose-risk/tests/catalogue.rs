//! The catalogue against the policy's table, transcribed; and every number against its basis.

use overdose_risk::evidence::sources::SOURCES;
use overdose_risk::evidence::{Basis, Outcome, Read};
use overdose_risk::factor::{Level, Mechanism, Urgency, When};
use overdose_risk::{
    CaseStatus, Code, FACTORS, Field, Housing, Injecting, Limit, Naloxone, OpioidUse, Ost, Policy,
    Tier, YesNo,
};
use std::collections::BTreeSet;

const ACT_NOW: Option<Urgency> = Some(Urgency::ActNow);
const PRIORITISE: Option<Urgency> = Some(Urgency::Prioritise);

type Row = (&'static str, &'static str, Option<u16>, u8, Option<Urgency>, Option<&'static str>);

/// Section 3 of the policy: factor, level, ratio in hundredths (none for a judgement), points,
/// floor, source of the ratio.
const TABLE: [Row; 35] = [
    ("age", "35-44", Some(138), 3, None, Some("lewer-2022-hupio")),
    ("age", "45-and-over", Some(190), 6, None, Some("gao-2016")),
    ("opioid-use", "off-treatment", Some(337), 12, None, Some("mcauley-2023")),
    ("opioid-use", "on-top-of-treatment", None, 4, None, None),
    ("opioid-use", "abstinent", None, 4, None, None),
    ("prison-release", "days-0-14", Some(750), 20, ACT_NOW, Some("merrall-2010")),
    ("prison-release", "days-15-28", Some(170), 5, ACT_NOW, Some("merrall-2010")),
    ("prison-release", "days-29-84", None, 3, PRIORITISE, None),
    ("prison-release", "release-overdue", None, 0, PRIORITISE, None),
    ("prison-release", "due-within-14-days", None, 0, PRIORITISE, None),
    ("naloxone", "not-held", None, 4, None, None),
    ("naloxone", "expired", None, 4, None, None),
    ("naloxone", "unconfirmed", None, 4, None, None),
    ("ost-stopped", "days-0-14", Some(474), 16, ACT_NOW, Some("cornish-2010")),
    ("ost-stopped", "days-15-28", Some(421), 14, ACT_NOW, Some("cornish-2010")),
    ("detox-exit", "days-0-28", None, 16, ACT_NOW, None),
    ("hospital-discharge", "days-0-2", Some(439), 15, ACT_NOW, Some("lewer-2021")),
    ("hospital-discharge", "days-3-14", Some(209), 7, PRIORITISE, Some("lewer-2021")),
    ("hospital-discharge", "days-15-28", None, 3, None, None),
    ("treatment-exit", "days-0-28", None, 3, PRIORITISE, None),
    ("ost-started", "days-0-14", Some(310), 11, PRIORITISE, Some("cornish-2010")),
    ("ost-started", "days-15-28", None, 5, PRIORITISE, None),
    ("overdose", "days-0-28", Some(195), 7, ACT_NOW, Some("caudarella-2016")),
    ("overdose", "days-29-183", Some(195), 7, None, Some("caudarella-2016")),
    ("overdose", "days-184-365", None, 3, None, None),
    ("injecting", "current", Some(252), 9, None, Some("bogdanowicz-2016")),
    ("benzodiazepines", "yes", Some(296), 11, None, Some("macleod-2019")),
    ("gabapentinoids", "yes", Some(218), 8, None, Some("glancy-scotland")),
    ("z-drugs", "yes", Some(139), 3, None, Some("glancy-scotland")),
    ("alcohol", "yes", Some(205), 7, None, Some("seal-2001")),
    ("suicidality", "yes", Some(289), 11, PRIORITISE, Some("bogdanowicz-2016")),
    ("respiratory-disease", "yes", None, 5, None, None),
    ("housing", "no-fixed-abode", Some(153), 4, None, Some("binswanger-2016")),
    ("housing", "at-risk", None, 2, None, None),
    ("uses-alone", "yes", None, 5, None, None),
];

#[test]
fn levels_points_floors_and_sources_are_those_of_the_policy() {
    let mut rows = TABLE.iter();
    for (factor, level) in levels() {
        let (ratio, source) = match &level.basis {
            Basis::Ratio(ratio) => (Some(ratio.hundredths), Some(ratio.source.key)),
            Basis::Judgement { .. } => (None, None),
        };
        let row = (factor, level.name, ratio, level.points, level.floor, source);
        assert_eq!(Some(&row), rows.next());
    }
    assert_eq!(rows.next(), None);
}

#[test]
fn points_follow_from_the_ratio() {
    for factor in FACTORS {
        for level in factor.levels {
            let Basis::Ratio(ratio) = &level.basis else { continue };
            let points = (10.0 * (f64::from(ratio.hundredths) / 100.0).ln()).round();
            assert_eq!(f64::from(level.points), points, "{factor}:{}", level.name);
        }
    }
}

#[test]
fn a_ratio_says_the_figure_that_its_points_follow_from() {
    for factor in FACTORS {
        for level in factor.levels {
            let Basis::Ratio(ratio) = &level.basis else { continue };
            let figure = f64::from(ratio.hundredths) / 100.0;
            let quotient = match ratio.hundredths {
                474 => Some("9.0 / 1.9"),
                421 => Some("8.0 / 1.9"),
                _ => None,
            };
            let said = quotient.map_or_else(|| figure.to_string(), str::to_owned);
            assert!(ratio.says.contains(&said), "{factor}:{} says no {said}", level.name);
            assert!(ratio.says.contains('('), "{factor}:{} has no interval", level.name);
        }
    }
}

#[test]
fn judgements_lean_on_what_the_policy_names() {
    let leans_on = |factor: &str, level: &str| {
        let level = levels().find(|(f, l)| (*f, l.name) == (factor, level));
        let sources = level.map(|(_, level)| level.basis.sources().map(|source| source.key));
        sources.map(Iterator::collect::<Vec<_>>).unwrap_or_default()
    };
    for level in ["not-held", "expired", "unconfirmed"] {
        assert_eq!(leans_on("naloxone", level), ["bird-2016"]);
    }
    assert_eq!(leans_on("treatment-exit", "days-0-28"), ["pierce-2016"]);
    for (factor, level) in levels() {
        if let Basis::Judgement { why, .. } = level.basis {
            assert!(why.len() > 20, "{factor}:{} says not why", level.name);
        }
    }
}

fn levels() -> impl Iterator<Item = (&'static str, &'static Level)> {
    FACTORS.iter().flat_map(|factor| factor.levels.iter().map(|level| (factor.name, level)))
}

#[test]
fn the_name_of_a_window_is_its_first_and_last_day() {
    for (factor, level) in levels() {
        let expected = match (level.name, level.when) {
            ("release-overdue", When::Since(_, days)) => (days.first, days.last) == (1, Some(84)),
            ("due-within-14-days", When::Since(_, days)) => {
                (days.first, days.last) == (-14, Some(0))
            }
            ("expired", When::Since(_, days)) => (days.first, days.last) == (1, None),
            (name, When::Since(_, days)) => {
                days.last.is_some_and(|last| name == format!("days-{}-{last}", days.first))
            }
            ("35-44", When::Aged(from)) => from == 35,
            ("45-and-over", When::Aged(from)) => from == 45,
            (name, When::Recorded) => !name.starts_with("days-"),
            (_, When::Aged(_)) => false,
        };
        assert!(expected, "{factor}:{} when {:?}", level.name, level.when);
    }
}

/// Whatever knows a level again by its place in memory takes it for no level of another factor.
#[test]
fn no_two_levels_have_the_same_name_and_sentence() {
    let said: BTreeSet<_> = levels().map(|(_, level)| (level.name, level.sentence)).collect();
    assert_eq!(said.len(), TABLE.len());
}

#[test]
fn every_source_carries_a_number_and_has_its_own_key() {
    let keys: Vec<_> = SOURCES.iter().map(|source| source.key).collect();
    assert!(keys.is_sorted_by(|one, next| one < next), "{keys:?}");
    let used: BTreeSet<_> =
        FACTORS.iter().flat_map(|factor| factor.sources()).map(|source| source.key).collect();
    assert_eq!(used.into_iter().collect::<Vec<_>>(), keys);
    for source in SOURCES {
        assert!(source.identifier.to_string().starts_with("http"), "{}", source.key);
        assert!(!source.population.is_empty() && !source.authors.is_empty(), "{}", source.key);
        let year_agrees = source.year.is_none_or(|year| source.key.contains(&year.to_string()));
        assert!(year_agrees, "{} is of {:?}", source.key, source.year);
    }
}

#[test]
fn ratios_that_count_something_else_than_fatal_overdose_are_the_ones_the_policy_marks() {
    let others = levels().filter_map(|(factor, level)| match &level.basis {
        Basis::Ratio(ratio) if ratio.source.outcome != Outcome::FatalOverdose => {
            Some((factor, ratio.source.outcome))
        }
        Basis::Ratio(_) | Basis::Judgement { .. } => None,
    });
    let expected = [
        ("ost-stopped", Outcome::AnyDeath),
        ("ost-stopped", Outcome::AnyDeath),
        ("ost-started", Outcome::AnyDeath),
        ("alcohol", Outcome::NonFatalOverdose),
        ("housing", Outcome::AnyDeath),
    ];
    assert_eq!(others.collect::<Vec<_>>(), expected);
    let derived: Vec<_> = SOURCES.iter().filter(|source| source.read == Read::Derived).collect();
    assert!(derived.iter().all(|source| source.key == "lewer-2022-hupio"));
}

#[test]
fn a_ratio_rests_on_a_publication_that_was_opened() {
    for (factor, level) in levels() {
        let Basis::Ratio(ratio) = &level.basis else { continue };
        assert_ne!(ratio.source.read, Read::Summary, "{factor}:{}", level.name);
    }
}

#[test]
fn mechanisms_have_the_members_and_limits_of_the_policy() {
    let members = |mechanism| -> Vec<_> {
        let shares = FACTORS.iter().filter(|factor| factor.mechanism == Some(mechanism));
        shares.map(|factor| factor.name).collect()
    };
    let lost_tolerance =
        ["prison-release", "ost-stopped", "detox-exit", "hospital-discharge", "treatment-exit"];
    assert_eq!(members(Mechanism::LostTolerance), lost_tolerance);
    let depressants = ["benzodiazepines", "gabapentinoids", "z-drugs", "alcohol"];
    assert_eq!(members(Mechanism::Depressants), depressants);

    let policy = Policy::practice_principles();
    assert_eq!(policy.limit(Mechanism::LostTolerance), Limit::Largest);
    assert_eq!(policy.limit(Mechanism::Depressants), Limit::Together(15));
    assert_eq!((policy.prioritise_from(), policy.act_now_from()), (20, 50));
    assert_eq!(policy.to_string(), policy.label());
    assert_eq!((policy.name(), policy.version()), ("practice-principles", 1));
}

#[test]
fn tiers_have_the_names_and_promises_of_the_policy() {
    let expected = [
        ("act-now", "contact within one working day"),
        ("prioritise", "contact within seven days"),
        ("standard", "the standard harm-reduction offer at the next contact"),
        ("not-enough-information", "ask about opioid use"),
        ("out-of-scope", "no opioid exposure recorded; these rules do not apply"),
    ];
    assert_eq!(
        Tier::ALL.map(|tier| (tier.name(), Policy::practice_principles().promise(tier))),
        expected
    );
    assert_eq!(format!("{:>9}", Tier::ActNow), "  act-now");
    for urgency in [Urgency::Standard, Urgency::Prioritise, Urgency::ActNow] {
        let name = match urgency {
            Urgency::Standard => "standard",
            Urgency::Prioritise => "prioritise",
            Urgency::ActNow => "act-now",
        };
        assert_eq!(Tier::from(urgency).name(), name);
    }
}

#[test]
fn fields_have_the_names_and_values_of_the_native_export() {
    let yes_no = Some(vec!["yes", "no"]);
    let expected = [
        ("age", None),
        ("opioid_use", Some(vec!["current", "past", "none"])),
        ("ost", Some(vec!["prescribed", "not_prescribed"])),
        ("ost_started", None),
        ("ost_ended", None),
        ("prison_release", None),
        ("prison_release_due", None),
        ("detox_exit", None),
        ("hospital_discharge", None),
        ("treatment_exit", None),
        ("overdose", None),
        ("naloxone", Some(vec!["held", "not_held"])),
        ("naloxone_expiry", None),
        ("injecting", Some(vec!["current", "previous", "never"])),
        ("benzodiazepines", yes_no.clone()),
        ("gabapentinoids", yes_no.clone()),
        ("z_drugs", yes_no.clone()),
        ("alcohol", yes_no.clone()),
        ("suicidality", yes_no.clone()),
        ("respiratory_disease", yes_no.clone()),
        ("housing", Some(vec!["settled", "at_risk", "no_fixed_abode"])),
        ("uses_alone", yes_no),
        ("case_status", Some(vec!["open", "closed", "in_custody", "died"])),
    ];
    let record = overdose_risk::Record::default();
    let fields = Field::ALL.map(|field| (field.name(), record.fact(field).vocabulary()));
    assert_eq!(fields, expected);
    for field in Field::ALL {
        assert_eq!(Field::from_name(field.name()), Some(field));
        assert!(field.question().ends_with('?') && field.meaning().ends_with('.'), "{field}");
    }
    assert_eq!(Field::from_name("nhs_number"), None);
    assert_eq!(Field::from_name("Age"), None);
}

#[test]
fn a_value_is_found_by_its_own_name_only() {
    fn check<T: Code>() {
        for value in T::ALL {
            assert_eq!(T::from_name(value.name()), Some(*value));
            assert_eq!(T::from_name(&value.name().to_uppercase()), None);
        }
        assert_eq!(T::from_name(""), None);
    }
    check::<OpioidUse>();
    check::<Ost>();
    check::<Naloxone>();
    check::<Injecting>();
    check::<YesNo>();
    check::<Housing>();
    check::<CaseStatus>();
}

#[test]
fn a_factor_names_each_of_its_sources_once_in_the_order_of_its_levels() {
    let sources = |name: &str| -> Vec<_> {
        let mut factors = FACTORS.iter().filter(|factor| factor.name == name);
        factors.next().map(|factor| factor.sources()).unwrap_or_default()
    };
    let keys = |name| sources(name).iter().map(|source| source.key).collect::<Vec<_>>();
    assert_eq!(keys("ost-started"), ["cornish-2010", "domzaridou-2022"]);
    assert_eq!(keys("prison-release"), ["merrall-2010"]);
    assert_eq!(keys("detox-exit"), ["emcdda-norway", "strang-2003"]);
    assert_eq!(keys("uses-alone"), ["phs-ndrdd-2020"]);
}
