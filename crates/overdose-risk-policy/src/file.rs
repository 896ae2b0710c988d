//! A policy file, table by table.

use crate::fault::Cause;
use crate::keys::{OF_LEVELS, Table};
use crate::place::Faults;
use crate::table::{check_keys, each, part, put};
use crate::value::{Value, Wanted, day, floor, limit, number, points, text, truth};
use overdose_risk::factor::{Factor, Mechanism, Urgency};
use overdose_risk::policy::{About, Alert, LevelSettings, LimitSettings, Refusal, Refused};
use overdose_risk::policy::{Settings, TierSettings};
use overdose_risk::{FACTORS, Policy};
use toml::de::DeTable;

const THRESHOLD: Wanted = Wanted { key: "points", wanted: "a whole number from 1" };
const VERSION: Wanted = Wanted { key: "version", wanted: "a whole number from 1" };

/// Reads a file as far as it goes; what is wrong with it is added to the faults.
pub(crate) fn read(text: &str, faults: &mut Faults) -> Option<Settings> {
    let root = match DeTable::parse(text) {
        Ok(root) => root.into_inner(),
        Err(error) => {
            // What is missing at the end is missing on the last line, and not below it.
            let end = text.trim_end().len();
            let at = error.span().map_or(end, |span| span.start.min(end));
            let is_repeated = error.message() == "duplicate key";
            faults.add(at, if is_repeated { Cause::Twice } else { Cause::NotToml });
            return None;
        }
    };
    let mut settings = Settings::default();
    check_keys(&root, Table::Root, |_| false, faults);
    base(&root, faults);
    service(&root, &mut settings, faults);
    each(&root, "tiers", Table::Tiers, faults, |name, at, value, faults| {
        let (urgency, set) = match name {
            "act-now" => (Urgency::ActNow, &mut settings.act_now),
            "prioritise" => (Urgency::Prioritise, &mut settings.prioritise),
            _ => return false,
        };
        tier(urgency, at, value, set, faults);
        true
    });
    each(&root, "limits", Table::Limits, faults, |name, at, value, faults| {
        let mechanism = match name {
            "lost-tolerance" => Mechanism::LostTolerance,
            "depressants" => Mechanism::Depressants,
            _ => return false,
        };
        limited(mechanism, at, value, settings.limit_mut(mechanism), faults);
        true
    });
    each(&root, "factors", Table::Factors, faults, |name, at, value, faults| {
        let known = FACTORS.iter().find(|factor| factor.name == name);
        if let Some(known) = known {
            factor(known, at, value, &mut settings, faults);
        }
        known.is_some()
    });
    if let Some((key, value)) = root.get_key_value("alert") {
        settings.alert = alert(key.span().start, value, faults);
    }
    Some(settings)
}

fn base(root: &DeTable<'_>, faults: &mut Faults) {
    let default = Policy::practice_principles();
    match root.get("based_on") {
        None => faults.add(0, Cause::NoBase { key: "based_on" }),
        Some(value) if value.get_ref().as_str() != Some(default.name()) => {
            faults.add(value.span().start, Cause::OtherBase);
        }
        Some(_) => {}
    }
    let Some(value) = root.get("based_on_version") else {
        return faults.add(0, Cause::NoBase { key: "based_on_version" });
    };
    let wanted = Wanted { key: "based_on_version", wanted: "a whole number" };
    let version = number::<u32>(value, wanted, faults);
    if version.is_some_and(|version| version != default.version()) {
        faults.add(value.span().start, Cause::OtherVersion);
    }
}

/// Whose policy it is.
fn service(root: &DeTable<'_>, settings: &mut Settings, faults: &mut Faults) {
    let at = |key| root.get_key_value(key).map(|(key, _)| key.span().start);
    if let Some(at) = at("name") {
        faults.mention(About::Name, at, Vec::new(), |faults| {
            put(root, "name", &mut settings.name, |value| text(value, "name", faults));
        });
    }
    if let Some(at) = at("version") {
        faults.mention(About::Version, at, Vec::new(), |faults| {
            put(root, "version", &mut settings.version, |value| number(value, VERSION, faults));
        });
    }
    if let Some(at) = at("approved_by") {
        faults.mention(About::ApprovedBy, at, Vec::new(), |faults| {
            put(root, "approved_by", &mut settings.approved_by, |value| {
                text(value, "approved_by", faults).map(Some)
            });
        });
    }
    if let Some(at) = at("review_by") {
        faults.mention(About::ReviewBy, at, Vec::new(), |faults| {
            put(root, "review_by", &mut settings.review_by, |value| {
                day(value, "review_by", faults).map(Some)
            });
        });
    }
}

fn why(table: &DeTable<'_>, place: &mut Option<String>, faults: &mut Faults) {
    put(table, "why", place, |value| text(value, "why", faults).map(Some));
}

fn tier(
    urgency: Urgency,
    at: usize,
    value: &Value<'_>,
    set: &mut TierSettings,
    faults: &mut Faults,
) {
    let about = About::Tier(urgency);
    let within = match urgency {
        Urgency::ActNow => {
            Wanted { key: "within_working_days", wanted: "a whole number from 1 to 5" }
        }
        Urgency::Prioritise | Urgency::Standard => {
            Wanted { key: "within_days", wanted: "a whole number from 1 to 28" }
        }
    };
    part(about, at, value, faults, |table, faults| {
        check_keys(table, Table::Of(about), |_| false, faults);
        put(table, "points", &mut set.points, |value| number(value, THRESHOLD, faults));
        put(table, within.key, &mut set.within, |value| number(value, within, faults));
        why(table, &mut set.why, faults);
    });
}

fn limited(
    mechanism: Mechanism,
    at: usize,
    value: &Value<'_>,
    set: &mut LimitSettings,
    faults: &mut Faults,
) {
    let about = About::Limit(mechanism);
    part(about, at, value, faults, |table, faults| {
        check_keys(table, Table::Of(about), |_| false, faults);
        put(table, "points", &mut set.limit, |value| limit(value, faults));
        why(table, &mut set.why, faults);
    });
}

fn factor(
    factor: &'static Factor,
    at: usize,
    value: &Value<'_>,
    settings: &mut Settings,
    faults: &mut Faults,
) {
    let about = About::Factor(factor.name);
    let is_level = |name: &str| factor.levels.iter().any(|level| level.name == name);
    part(about, at, value, faults, |table, faults| {
        check_keys(table, Table::Of(about), is_level, faults);
        if let Some(set) = settings.factor_mut(factor.name) {
            set.off = off(factor, at, table, faults);
        }
    });
    let Some(table) = value.get_ref().as_table() else { return };
    for level in factor.levels {
        let entry = table.get_key_value(level.name);
        let set = settings.level_mut(factor.name, level.name);
        if let Some(((key, value), set)) = entry.zip(set) {
            let about = About::Level(factor.name, level.name);
            let at = key.span().start;
            part(about, at, value, faults, |table, faults| levelled(about, table, set, faults));
        }
    }
}

/// Why a factor is switched off, if it is.
fn off(
    factor: &'static Factor,
    at: usize,
    table: &DeTable<'_>,
    faults: &mut Faults,
) -> Option<String> {
    let mut reason = None;
    why(table, &mut reason, faults);
    let Some(value) = table.get("off") else {
        // Beside a key of a level, it is clear what it is about.
        let is_of_level = OF_LEVELS.into_iter().any(|key| table.contains_key(key));
        if let Some((key, _)) = table.get_key_value("why").filter(|_| !is_of_level) {
            faults.add(key.span().start, Cause::WhyOfNothing);
        }
        return None;
    };
    if !truth(value, "off", faults)? {
        return None;
    }
    if !table.contains_key("why") {
        let about = About::Factor(factor.name);
        let refusal = Refusal { about, beside: None, why: Refused::NoWhy };
        faults.add(at, Cause::Refused(refusal));
    }
    reason
}

fn levelled(about: About, table: &DeTable<'_>, set: &mut LevelSettings, faults: &mut Faults) {
    check_keys(table, Table::Of(about), |_| false, faults);
    put(table, "points", &mut set.points, |value| points(value, faults));
    put(table, "floor", &mut set.floor, |value| floor(value, faults));
    put(table, "action", &mut set.action, |value| text(value, "action", faults));
    why(table, &mut set.why, faults);
}

fn alert(at: usize, value: &Value<'_>, faults: &mut Faults) -> Option<Alert> {
    let mut alert = None;
    part(About::Alert, at, value, faults, |table, faults| {
        check_keys(table, Table::Of(About::Alert), |_| false, faults);
        for key in Table::Of(About::Alert).keys() {
            if !table.contains_key(*key) {
                faults.add(at, Cause::AlertLacks { key });
            }
        }
        let (mut words, mut offer, mut from, mut until) = (None, None, None, None);
        put(table, "text", &mut words, |value| text(value, "text", faults).map(Some));
        put(table, "offer", &mut offer, |value| text(value, "offer", faults).map(Some));
        put(table, "from", &mut from, |value| day(value, "from", faults).map(Some));
        put(table, "until", &mut until, |value| day(value, "until", faults).map(Some));
        alert = words.zip(offer).zip(from.zip(until)).map(|((text, offer), (from, until))| Alert {
            text,
            offer,
            from,
            until,
        });
    });
    alert
}
