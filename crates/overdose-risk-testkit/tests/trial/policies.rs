//! Policies of services, beside the default.

use chrono::NaiveDate;
use overdose_risk::factor::{Mechanism, Urgency};
use overdose_risk::policy::{Alert, Settings};
use overdose_risk::{Limit, Policy};

/// The default with some settings changed, each for a reason.
pub(crate) fn policy(change: impl FnOnce(&mut Settings)) -> Policy {
    let mut settings = Settings::default();
    settings.name = "example-service".to_owned();
    change(&mut settings);
    Policy::new(settings).unwrap()
}

pub(crate) fn act_now_from(settings: &mut Settings, points: u16) {
    settings.act_now.points = points;
    settings.act_now.why = Some("an example".to_owned());
}

pub(crate) fn prioritise_from(settings: &mut Settings, points: u16) {
    settings.prioritise.points = points;
    settings.prioritise.why = Some("an example".to_owned());
}

pub(crate) fn level(
    settings: &mut Settings,
    (factor, level): (&str, &str),
    points: u8,
    floor: Option<Urgency>,
) {
    let level = settings.level_mut(factor, level).unwrap();
    (level.points, level.floor) = (points, floor);
    level.why = Some("an example".to_owned());
}

pub(crate) fn switch_off(settings: &mut Settings, factor: &str) {
    settings.factor_mut(factor).unwrap().off = Some("an example".to_owned());
}

pub(crate) fn limit(settings: &mut Settings, mechanism: Mechanism, limit: Limit) {
    let of = settings.limit_mut(mechanism);
    (of.limit, of.why) = (limit, Some("an example".to_owned()));
}

/// The default and a few that differ from it in every way that there is.
pub(crate) fn policies() -> Vec<Policy> {
    let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
    let alert = |from, until| Alert {
        text: "nitazenes in brown powder".to_owned(),
        offer: "more naloxone".to_owned(),
        from: day(from),
        until: day(until),
    };
    vec![
        Policy::practice_principles().clone(),
        policy(|settings| {
            act_now_from(settings, 40);
            settings.act_now.within = 3;
        }),
        policy(|settings| {
            act_now_from(settings, 70);
            prioritise_from(settings, 35);
            settings.prioritise.within = 14;
            settings.alert = Some(alert(1, 31));
        }),
        policy(|settings| {
            let down = Some(Urgency::Prioritise);
            level(settings, ("prison-release", "days-15-28"), 5, down);
            level(settings, ("overdose", "days-0-28"), 7, None);
            level(settings, ("ost-started", "days-0-14"), 11, None);
            level(settings, ("ost-started", "days-15-28"), 5, None);
            level(settings, ("suicidality", "yes"), 20, Some(Urgency::ActNow));
        }),
        policy(|settings| {
            switch_off(settings, "injecting");
            switch_off(settings, "housing");
            limit(settings, Mechanism::Depressants, Limit::Together(40));
            limit(settings, Mechanism::LostTolerance, Limit::Together(40));
            settings.alert = Some(alert(1, 30));
        }),
        policy(|settings| {
            for (name, points) in [("off-treatment", 20), ("on-top-of-treatment", 9)] {
                level(settings, ("opioid-use", name), points, None);
            }
            level(settings, ("age", "45-and-over"), 3, None);
            level(settings, ("age", "35-44"), 1, None);
            settings.level_mut("naloxone", "not-held").unwrap().action =
                "Hand one over.".to_owned();
            (settings.act_now.within, settings.prioritise.within) = (2, 5);
            act_now_from(settings, 50);
            prioritise_from(settings, 20);
        }),
    ]
}
