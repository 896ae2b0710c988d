//! Strategies for policies: arbitrary settings, changed where no policy has them until one has.

use chrono::{NaiveDate, TimeDelta};
use overdose_risk::factor::{Factor, Level, Mechanism};
use overdose_risk::policy::{About, Alert, Refusal, Refused, Settings};
use overdose_risk::{FACTORS, Limit, Policy, Urgency};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Texts that a careless writer or reader would change.
const TEXTS: [&str; 9] = [
    "agreed by clinical governance",
    r#"say "lost tolerance", then 'call'"#,
    r"a\b\\c \n \u0041 ends in \",
    "\"\"\" ''' # no comment = [not.a.table]",
    " spaces around ",
    "Beaumaris Stryd Fawr, tŷ \u{e9}\u{301} 漢字 🙂",
    "none",
    "\u{a0}wide\u{3000}spaces\u{a0}",
    "<b>&amp;\u{a0}{date}</b>",
];

/// Any policy that is accepted. Most change a few things of the default; some change everything.
pub fn policies() -> BoxedStrategy<Policy> {
    settings().prop_map(accepted).boxed()
}

/// Settings that are near those of a policy, and seldom those of one: numbers and texts at random,
/// few of them with a reason.
pub fn settings() -> BoxedStrategy<Settings> {
    let changes = prop_oneof![
        1 => Just(Vec::new()),
        8 => vec(change(), 1..=4),
        3 => vec(change(), 5..=20),
        1 => (every_level(), vec(change(), 40)).prop_map(|(levels, others)| [levels, others].concat()),
    ];
    let service = ("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", 1..=u32::MAX, option::of(text()));
    let dates = (option::of(day()), option::weighted(0.2, alert()));
    (changes, service, dates)
        .prop_map(|(changes, (name, version, approved_by), (review_by, alert))| {
            let mut settings = Settings::default();
            (settings.name, settings.version, settings.approved_by) = (name, version, approved_by);
            (settings.review_by, settings.alert) = (review_by, alert);
            changes.into_iter().for_each(|change| change.make(&mut settings));
            settings
        })
        .boxed()
}

/// The policy of settings, each refusal followed until there is none: points and floors rise to
/// those that they have to reach, thresholds fall to what can be reached, and what lacks a reason is
/// given one.
///
/// # Panics
///
/// When following them leads nowhere.
pub fn accepted(mut settings: Settings) -> Policy {
    for _ in 0..50 {
        match Policy::new(settings.clone()) {
            Ok(policy) => return policy,
            Err(error) => {
                error.refusals().iter().for_each(|refusal| follow(refusal, &mut settings));
            }
        }
    }
    panic!("no policy comes of {settings:?}")
}

/// One thing that is not as in the default.
#[derive(Clone, Debug)]
enum Change {
    Level { at: At, points: u8, floor: Option<Urgency>, why: Option<String> },
    Action { at: At, action: String },
    Off { factor: &'static str, why: String },
    Limit { of: Mechanism, limit: Limit, why: Option<String> },
    Threshold { of: Urgency, points: u16, why: Option<String> },
    Promise { of: Urgency, within: u8, why: Option<String> },
}

/// A factor and one of its levels.
type At = (&'static str, &'static str);

impl Change {
    fn make(self, settings: &mut Settings) {
        match self {
            Self::Level { at: (factor, level), points, floor, why } => {
                let level = settings.level_mut(factor, level).unwrap();
                (level.points, level.floor, level.why) = (points, floor, why);
            }
            Self::Action { at: (factor, level), action } => {
                settings.level_mut(factor, level).unwrap().action = action;
            }
            Self::Off { factor, why } => settings.factor_mut(factor).unwrap().off = Some(why),
            Self::Limit { of, limit, why } => {
                let set = settings.limit_mut(of);
                (set.limit, set.why) = (limit, why);
            }
            Self::Threshold { of, points, why } => {
                let tier = tier(of, settings);
                (tier.points, tier.why) = (points, why);
            }
            Self::Promise { of, within, why } => {
                let tier = tier(of, settings);
                (tier.within, tier.why) = (within, why);
            }
        }
    }
}

fn tier(of: Urgency, settings: &mut Settings) -> &mut overdose_risk::policy::TierSettings {
    match of {
        Urgency::ActNow => &mut settings.act_now,
        Urgency::Prioritise => &mut settings.prioritise,
        Urgency::Standard => panic!("nobody has to reach it"),
    }
}

fn change() -> BoxedStrategy<Change> {
    let tiers = || select([Urgency::ActNow, Urgency::Prioritise].as_slice());
    let modifiers: Vec<&Factor> =
        FACTORS.iter().copied().filter(|one| !one.is_principal()).collect();
    let limit = prop_oneof![1 => Just(Limit::Largest), 4 => (0..=60_u8).prop_map(Limit::Together)];
    prop_oneof![
        8 => select(levels()).prop_flat_map(level_change),
        2 => (select(levels()), text()).prop_map(|(at, action)| Change::Action { at, action }),
        2 => (select(modifiers), text())
            .prop_map(|(factor, why)| Change::Off { factor: factor.name, why }),
        2 => (select(Mechanism::ALL.as_slice()), limit, option::of(text()))
            .prop_map(|(of, limit, why)| Change::Limit { of, limit, why }),
        2 => (tiers(), 0..=120_u16, option::of(text()))
            .prop_map(|(of, points, why)| Change::Threshold { of, points, why }),
        2 => (tiers(), 0..=30_u8, option::of(text()))
            .prop_map(|(of, within, why)| Change::Promise { of, within, why }),
    ]
    .boxed()
}

/// Each level in turn, so that none is as in the default but by chance.
fn every_level() -> impl Strategy<Value = Vec<Change>> {
    levels().into_iter().map(level_change).collect::<Vec<_>>()
}

fn level_change(at: At) -> impl Strategy<Value = Change> {
    let floors =
        vec![None, Some(Urgency::Standard), Some(Urgency::Prioritise), Some(Urgency::ActNow)];
    let points = prop_oneof![1 => Just(0), 3 => 1..=20_u8, 2 => 0..=60_u8];
    (points, select(floors), option::of(text()))
        .prop_map(move |(points, floor, why)| Change::Level { at, points, floor, why })
}

fn levels() -> Vec<At> {
    let at = |factor: &'static Factor| {
        factor.levels.iter().map(|level: &Level| (factor.name, level.name))
    };
    FACTORS.iter().copied().flat_map(at).collect()
}

fn alert() -> impl Strategy<Value = Alert> {
    (text(), text(), day(), 0..=200_i64).prop_map(|(text, offer, from, days)| Alert {
        text,
        offer,
        from,
        until: from + TimeDelta::days(days),
    })
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..=9998, 1_u32..=365).prop_map(|(year, day)| NaiveDate::from_yo_opt(year, day).unwrap())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(TEXTS.as_slice()).prop_map(str::to_owned),
        3 => "[ -~]{1,60}",
        2 => "[^\\pC]{1,30}",
        1 => "[a-zé\"\\\\]{500}",
    ]
}

fn follow(refusal: &Refusal, settings: &mut Settings) {
    let reason = || Some("a reason that somebody gave".to_owned());
    let words = || "some words".to_owned();
    match (refusal.why, refusal.about) {
        (Refused::NameBreaksRule | Refused::NameOfTheDefault, _) => {
            settings.name = "example-service".to_owned();
        }
        (Refused::VersionZero, _) => settings.version = 1,
        (Refused::NoWhy | Refused::Text { what: "why" }, About::Level(factor, level)) => {
            settings.level_mut(factor, level).unwrap().why = reason();
        }
        (Refused::NoWhy | Refused::Text { what: "why" }, About::Tier(of)) => {
            tier(of, settings).why = reason();
        }
        (Refused::NoWhy | Refused::Text { what: "why" }, About::Limit(of)) => {
            settings.limit_mut(of).why = reason();
        }
        (Refused::Text { .. }, About::Level(factor, level)) => {
            settings.level_mut(factor, level).unwrap().action = words();
        }
        (Refused::Text { .. }, About::Factor(factor)) => {
            settings.factor_mut(factor).unwrap().off = reason();
        }
        (Refused::Text { .. }, About::ApprovedBy) => settings.approved_by = None,
        (Refused::Text { .. }, About::Alert) => {
            let Some(alert) = settings.alert.as_mut() else { return };
            (alert.text, alert.offer) = (words(), words());
        }
        (Refused::TooManyPoints, About::Level(factor, level)) => {
            settings.level_mut(factor, level).unwrap().points = 60;
        }
        (Refused::PrincipalWorthNothing, About::Level(factor, level)) => {
            settings.level_mut(factor, level).unwrap().points = 1;
        }
        (Refused::Outweighed { .. }, About::Level(factor, more)) => {
            let Some(About::Level(_, less)) = refusal.beside else { panic!("{refusal}") };
            let less = settings.level_mut(factor, less).unwrap().clone();
            let more = settings.level_mut(factor, more).unwrap();
            (more.points, more.floor) = (more.points.max(less.points), more.floor.max(less.floor));
        }
        (Refused::StartWithoutStop, About::Level(_, level)) => {
            settings.factor_mut("ost-stopped").unwrap().off = None;
            settings.level_mut("ost-stopped", level).unwrap().floor = Some(Urgency::ActNow);
        }
        (Refused::PrincipalOff, About::Factor(factor)) => {
            settings.factor_mut(factor).unwrap().off = None;
        }
        (Refused::ThresholdZero, About::Tier(of)) => tier(of, settings).points = 1,
        (Refused::ThresholdsOutOfOrder, _) => {
            settings.act_now.points = settings.act_now.points.max(2);
            settings.prioritise.points = settings.act_now.points - 1;
        }
        // Of two points one is too few for both thresholds.
        (Refused::Unreachable { most: 0 | 1 }, _) => {
            settings.level_mut("age", "45-and-over").unwrap().points = 2;
        }
        (Refused::Unreachable { most }, _) => settings.act_now.points = most,
        (Refused::Within { most, .. }, About::Tier(of)) => {
            let tier = tier(of, settings);
            tier.within = tier.within.clamp(1, most);
        }
        (Refused::PromisesOutOfOrder, _) => {
            settings.prioritise.within = settings.prioritise.within.max(3);
            settings.act_now.within = settings.act_now.within.min(settings.prioritise.within - 2);
        }
        (Refused::LimitZero, About::Limit(of)) => {
            settings.limit_mut(of).limit = Limit::Together(1);
        }
        (Refused::Year, About::ReviewBy) => settings.review_by = None,
        (Refused::Year, About::Alert) => settings.alert = None,
        (Refused::AlertOutOfOrder | Refused::AlertTooLong, _) => {
            let Some(alert) = settings.alert.as_mut() else { return };
            alert.until = alert.from + TimeDelta::days(182);
        }
        _ => panic!("nothing is known to follow from: {refusal}"),
    }
}
