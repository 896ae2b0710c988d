//! What one policy has otherwise than another, in words.

use crate::plain::plain;
use crate::words::{self, day};
use chrono::NaiveDate;
use overdose_risk::factor::{Factor, Mechanism};
use overdose_risk::policy::{
    Alert, FactorSettings, LevelSettings, LimitSettings, Settings, TierSettings,
};
use overdose_risk::{Limit, Policy, Tier, Urgency};
use std::fmt::Display;

/// What the new policy has otherwise than the old one, a sentence for each setting: thresholds and
/// promises, limits, each factor in the order of the catalogue, the warning, and whose policy it is.
/// Empty where the two are equal, and only there.
///
/// ```
/// use overdose_risk::policy::{Policy, Settings};
/// use overdose_risk_report::difference;
///
/// let mut settings = Settings::default();
/// settings.name = "example-service".to_owned();
/// let sentences = difference(Policy::practice_principles(), &Policy::new(settings)?);
/// assert_eq!(sentences, ["name: practice-principles becomes example-service."]);
/// # Ok::<(), overdose_risk::policy::NotAccepted>(())
/// ```
pub fn difference(old: &Policy, new: &Policy) -> Vec<String> {
    let mut found = Vec::new();
    let promises = |tier| [old.promise(tier), new.promise(tier)];
    let (was, is) = (old.settings(), new.settings());
    let (act_now, prioritise) = (Tier::ActNow, Tier::Prioritise);
    of_tier(&mut found, act_now, [&was.act_now, &is.act_now], promises(act_now));
    of_tier(&mut found, prioritise, [&was.prioritise, &is.prioritise], promises(prioritise));
    for mechanism in Mechanism::ALL {
        found.extend(of_limit(mechanism, was.limit(mechanism), is.limit(mechanism)));
    }
    for ((factor, was), (_, is)) in was.factors().zip(is.factors()) {
        of_factor(&mut found, factor, was, is);
    }
    of_alert(&mut found, was.alert.as_ref(), is.alert.as_ref());
    whose(&mut found, was, is);
    found
}

fn of_tier(
    found: &mut Vec<String>,
    tier: Tier,
    [was, is]: [&TierSettings; 2],
    [promised, promises]: [&str; 2],
) {
    // The reason is that of both numbers.
    let TierSettings { points, within, why } = is;
    let because = because(why.as_deref());
    if was.points != *points {
        let threshold = words::count(usize::from(was.points), "point", "points");
        found.push(format!("{tier}: the threshold of {threshold} becomes {points}{because}."));
    }
    if was.within != *within {
        found.push(format!("{tier}: {promised} becomes {promises}{because}."));
    }
    if (was.points, was.within) == (*points, *within) && was.why != *why {
        found.push(another_reason(&tier, was.why.as_deref(), why.as_deref()));
    }
}

fn of_limit(mechanism: Mechanism, was: &LimitSettings, is: &LimitSettings) -> Option<String> {
    let about = format!("limit of {}", mechanism.name());
    let LimitSettings { limit, why } = is;
    if was.limit != *limit {
        let (was, is) = (counted(was.limit), counted(*limit));
        return Some(format!("{about}: {was} becomes {is}{}.", because(why.as_deref())));
    }
    (was.why != *why).then(|| another_reason(&about, was.why.as_deref(), why.as_deref()))
}

fn counted(limit: Limit) -> String {
    match limit {
        Limit::Largest => "only the largest".to_owned(),
        Limit::Together(points) => {
            words::count(usize::from(points), "point together", "points together")
        }
    }
}

fn of_factor(found: &mut Vec<String>, factor: &Factor, was: &FactorSettings, is: &FactorSettings) {
    found.extend(match (&was.off, &is.off) {
        (None, None) => None,
        (None, Some(why)) => Some(format!("{factor}: switched off; because {}.", quoted(why))),
        (Some(why), None) => {
            Some(format!("{factor}: switched on; it was off because {}.", quoted(why)))
        }
        (Some(was), Some(is)) => {
            moved(&format!("{factor}: still off, the reason"), was, is, |why| quoted(why))
        }
    });
    for (level, (was, is)) in factor.levels.iter().zip(was.levels().iter().zip(is.levels())) {
        of_level(found, &format!("{factor}:{}", level.name), was, is);
    }
}

fn of_level(found: &mut Vec<String>, about: &str, was: &LevelSettings, is: &LevelSettings) {
    let LevelSettings { points, floor, why, action } = is;
    if (was.points, was.floor) != (*points, *floor) {
        let (points, floor) = (moved_points(was.points, *points), moved_floor(was.floor, *floor));
        found.push(format!("{about}: {points}, {floor}{}.", because(why.as_deref())));
    } else if was.why != *why {
        found.push(another_reason(&about, was.why.as_deref(), why.as_deref()));
    }
    found.extend(moved(&format!("{about}: the action"), &was.action, action, |text| quoted(text)));
}

fn moved_points(was: u8, is: u8) -> String {
    let was_points = usize::from(was);
    if was == is {
        return words::count(was_points, "point stays", "points stay");
    }
    format!("{} {is}", words::count(was_points, "point becomes", "points become"))
}

fn moved_floor(was: Option<Urgency>, is: Option<Urgency>) -> String {
    let name = |floor: Option<Urgency>| floor.map_or("none", |floor| Tier::from(floor).name());
    match (was, is) {
        (None, None) => "no floor as before".to_owned(),
        _ if was == is => format!("floor {} stays", name(is)),
        _ => format!("floor {} becomes {}", name(was), name(is)),
    }
}

fn of_alert(found: &mut Vec<String>, was: Option<&Alert>, is: Option<&Alert>) {
    let (was, is) = match (was, is) {
        (None, None) => return,
        (None, Some(is)) => return found.push(format!("alert: {} is new.", whole(is))),
        (Some(was), None) => return found.push(format!("alert: {} is gone.", whole(was))),
        (Some(was), Some(is)) => (was, is),
    };
    let Alert { text, offer, from, until } = is;
    found.extend(moved("alert: the text", &was.text, text, |text| quoted(text)));
    found.extend(moved("alert: the offer", &was.offer, offer, |offer| quoted(offer)));
    found.extend(moved("alert: the first day", &was.from, from, |from| day(*from)));
    found.extend(moved("alert: the last day", &was.until, until, |until| day(*until)));
}

fn whole(alert: &Alert) -> String {
    let (from, until) = (day(alert.from), day(alert.until));
    format!(
        "{} from {from} to {until}, with the offer {}",
        quoted(&alert.text),
        quoted(&alert.offer)
    )
}

fn whose(found: &mut Vec<String>, was: &Settings, is: &Settings) {
    let by = |by: &Option<String>| by.as_deref().map_or_else(|| "nobody".to_owned(), quoted);
    let on = |on: &Option<NaiveDate>| on.map_or_else(|| "no day".to_owned(), day);
    found.extend(moved("name:", &was.name, &is.name, Clone::clone));
    found.extend(moved("version:", &was.version, &is.version, ToString::to_string));
    found.extend(moved("approved_by:", &was.approved_by, &is.approved_by, by));
    found.extend(moved("review_by:", &was.review_by, &is.review_by, on));
}

fn moved<T: PartialEq>(
    about: &str,
    was: &T,
    is: &T,
    said: impl Fn(&T) -> String,
) -> Option<String> {
    (was != is).then(|| format!("{about} {} becomes {}.", said(was), said(is)))
}

fn another_reason(about: &dyn Display, was: Option<&str>, is: Option<&str>) -> String {
    let [was, is] = [was, is].map(|why| why.map_or_else(|| "none".to_owned(), quoted));
    format!("{about}: the numbers stay, the reason {was} becomes {is}.")
}

/// Why a number is what it becomes: a policy has no reason for those of the default.
fn because(why: Option<&str>) -> String {
    why.map_or_else(|| ", as in the default".to_owned(), |why| format!("; because {}", quoted(why)))
}

fn quoted(text: &str) -> String {
    format!("“{}”", plain(text))
}
