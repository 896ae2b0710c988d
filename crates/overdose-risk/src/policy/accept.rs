//! Which policies there can be: none under which a risk that becomes known makes anybody less urgent,
//! where it would not by the default.

use super::refused::{About, NotAccepted, Refusal, Refused};
use super::settings::{Alert, LevelSettings, Settings};
use super::{Limit, PRACTICE_PRINCIPLES, Policy};
use crate::factor::{Factor, Level, Mechanism, Urgency};
use crate::factors::FACTORS;
use chrono::{Datelike, NaiveDate};

/// The most points that a level can be worth.
pub(super) const MOST_POINTS: u8 = 99;
/// The most characters of a text.
pub(super) const LONGEST_TEXT: usize = 500;
/// The most days of an alert.
pub(super) const LONGEST_ALERT: i64 = 183;
/// The most working days within which somebody who is `act-now` is contacted.
const MOST_WORKING_DAYS: u8 = 5;
/// The days by which a week of working days is longer than their number.
pub(super) const WEEKEND: u8 = 2;
/// The most days within which somebody who is `prioritise` is contacted: most windows end after four
/// weeks.
const MOST_DAYS: u8 = 28;

impl Policy {
    /// The policy of these settings. A `why` beside a number that is the default's is dropped.
    ///
    /// # Errors
    ///
    /// When something in them cannot be: everything that is wrong is named at once.
    pub fn new(settings: Settings) -> Result<Self, NotAccepted> {
        let settings = normal(settings);
        let mut refusals = Vec::new();
        let mut refuse = |about, beside, why| refusals.push(Refusal { about, beside, why });
        names(&settings, &mut refuse);
        tiers(&settings, &mut refuse);
        limits(&settings, &mut refuse);
        for (factor, of) in settings.factors() {
            if of.off.is_some() && factor.is_principal() {
                refuse(About::Factor(factor.name), None, Refused::PrincipalOff);
            }
            if let Some(why) = &of.off {
                text(why, About::Factor(factor.name), "why", &mut refuse);
            }
            levels(factor, of.levels(), &mut refuse);
        }
        starts(&settings, &mut refuse);
        if let Some(alert) = &settings.alert {
            check_alert(alert, &mut refuse);
        }
        let policy = Self::of(settings);
        let most = policy.most_points();
        if policy.settings().act_now.points > most {
            let (about, why) = (About::Tier(Urgency::ActNow), Refused::Unreachable { most });
            refusals.push(Refusal { about, beside: None, why });
        }
        if refusals.is_empty() { Ok(policy) } else { Err(NotAccepted { refusals }) }
    }

    /// The most points that anybody can have.
    fn most_points(&self) -> u16 {
        let mut most = [None; FACTORS.len()];
        for (rules, worst) in self.rules().iter().zip(&mut most) {
            let most_points = rules.levels().max_by_key(|(_, rule)| rule.points);
            *worst = most_points.map(|(place, _)| place);
        }
        self.weigh(most.into()).points
    }
}

type Refuse<'a> = &'a mut dyn FnMut(About, Option<About>, Refused);

/// The settings with nothing in them that says nothing.
fn normal(mut settings: Settings) -> Settings {
    let default = Settings::practice_principles();
    for (tier, of) in
        [(&mut settings.act_now, &default.act_now), (&mut settings.prioritise, &default.prioritise)]
    {
        tier.why.take_if(|_| (tier.points, tier.within) == (of.points, of.within));
    }
    for mechanism in Mechanism::ALL {
        let (limit, of) = (settings.limit_mut(mechanism), default.limit(mechanism));
        limit.why.take_if(|_| limit.limit == of.limit);
    }
    for factor in FACTORS {
        let Some(set) = settings.factor_mut(factor.name) else { continue };
        if set.off.is_some() && !factor.is_principal() {
            // What its levels are set to says nothing.
            set.restore(factor);
        }
        for level in factor.levels {
            let Some(set) = settings.level_mut(factor.name, level.name) else { continue };
            set.floor.take_if(|floor| *floor == Urgency::Standard);
            set.why.take_if(|_| (set.points, set.floor) == (level.points, level.floor));
        }
    }
    settings
}

fn names(settings: &Settings, refuse: Refuse<'_>) {
    let name = settings.name.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let begins = name.first().is_some_and(u8::is_ascii_alphanumeric);
    if !begins || name.len() > 64 || !name.iter().all(is_word) {
        refuse(About::Name, None, Refused::NameBreaksRule);
    }
    if settings.version == 0 {
        refuse(About::Version, None, Refused::VersionZero);
    }
    if plain(&settings.name) == plain(PRACTICE_PRINCIPLES) && !is_the_default(settings) {
        refuse(About::Name, None, Refused::NameOfTheDefault);
    }
    if let Some(by) = &settings.approved_by {
        text(by, About::ApprovedBy, "it", refuse);
    }
    if let Some(day) = settings.review_by {
        year(day, About::ReviewBy, refuse);
    }
}

/// A name as somebody reads it in a hurry.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Whether the settings are the default's, but for who approved them and until when, and an alert.
fn is_the_default(settings: &Settings) -> bool {
    let mut bare = settings.clone();
    (bare.approved_by, bare.review_by, bare.alert) = (None, None, None);
    bare == Settings::practice_principles()
}

fn tiers(settings: &Settings, refuse: Refuse<'_>) {
    let default = Settings::practice_principles();
    let (act_now, prioritise) = (About::Tier(Urgency::ActNow), About::Tier(Urgency::Prioritise));
    for (about, set, of, unit, most) in [
        (act_now, &settings.act_now, default.act_now, "working days", MOST_WORKING_DAYS),
        (prioritise, &settings.prioritise, default.prioritise, "days", MOST_DAYS),
    ] {
        let is_changed = (set.points, set.within) != (of.points, of.within);
        reason(set.why.as_deref(), is_changed, about, refuse);
        if set.points == 0 {
            refuse(about, None, Refused::ThresholdZero);
        }
        if !(1..=most).contains(&set.within) {
            refuse(about, None, Refused::Within { unit, most });
        }
    }
    if settings.prioritise.points >= settings.act_now.points {
        refuse(prioritise, Some(act_now), Refused::ThresholdsOutOfOrder);
    }
    let is_promise = (1..=MOST_WORKING_DAYS).contains(&settings.act_now.within);
    if is_promise && settings.act_now.within + WEEKEND > settings.prioritise.within {
        refuse(act_now, Some(prioritise), Refused::PromisesOutOfOrder);
    }
}

fn limits(settings: &Settings, refuse: Refuse<'_>) {
    let default = Settings::practice_principles();
    for mechanism in Mechanism::ALL {
        let (set, about) = (settings.limit(mechanism), About::Limit(mechanism));
        reason(set.why.as_deref(), set.limit != default.limit(mechanism).limit, about, refuse);
        if set.limit == Limit::Together(0) {
            refuse(about, None, Refused::LimitZero);
        }
    }
}

fn levels(factor: &'static Factor, settings: &[LevelSettings], refuse: Refuse<'_>) {
    for (level, set) in factor.levels.iter().zip(settings) {
        let about = About::Level(factor.name, level.name);
        let is_changed = (set.points, set.floor) != (level.points, level.floor);
        reason(set.why.as_deref(), is_changed, about, refuse);
        text(&set.action, about, "action", refuse);
        if set.points > MOST_POINTS {
            refuse(about, None, Refused::TooManyPoints);
        }
        if factor.is_principal() && set.points == 0 && set.floor.is_none() {
            refuse(about, None, Refused::PrincipalWorthNothing);
        }
    }
    for (more, less) in factor.never_less() {
        let at = |level: &Level| factor.levels.iter().position(|known| known.name == level.name);
        let set = |level| at(level).and_then(|place| settings.get(place));
        let (Some(set_more), Some(set_less)) = (set(more), set(less)) else { continue };
        if set_more.points < set_less.points || set_more.floor < set_less.floor {
            let about = |level: &Level| About::Level(factor.name, level.name);
            let why = Refused::Outweighed { level: less.name };
            refuse(about(more), Some(about(less)), why);
        }
    }
}

/// `ost-started` shows nothing once treatment is known not to be prescribed, and `ost-stopped` takes
/// its place. Of the two mechanisms one can be used up by something else, so that points of one never
/// make up for points of the other; only the most urgent floor does.
fn starts(settings: &Settings, refuse: Refuse<'_>) {
    let of = |name| settings.factors().find(|(factor, _)| factor.name == name);
    let (Some((factor, started)), Some((_, stopped))) = (of("ost-started"), of("ost-stopped"))
    else {
        return;
    };
    if started.off.is_some() {
        return;
    }
    let windows = factor.levels.iter().zip(started.levels()).zip(stopped.levels());
    for ((level, start), stop) in windows {
        let floor = stop.floor.filter(|_| stopped.off.is_none());
        let counts = start.points > 0 || start.floor > floor;
        if counts && floor != Some(Urgency::ActNow) {
            let about = About::Level(factor.name, level.name);
            let beside = match stopped.off {
                Some(_) => About::Factor("ost-stopped"),
                None => About::Level("ost-stopped", level.name),
            };
            refuse(about, Some(beside), Refused::StartWithoutStop);
        }
    }
}

fn check_alert(alert: &Alert, refuse: Refuse<'_>) {
    text(&alert.text, About::Alert, "text", refuse);
    text(&alert.offer, About::Alert, "offer", refuse);
    year(alert.from, About::Alert, refuse);
    year(alert.until, About::Alert, refuse);
    if alert.until < alert.from {
        refuse(About::Alert, None, Refused::AlertOutOfOrder);
    } else if (alert.until - alert.from).num_days() >= LONGEST_ALERT {
        refuse(About::Alert, None, Refused::AlertTooLong);
    }
}

fn reason(why: Option<&str>, is_changed: bool, about: About, refuse: Refuse<'_>) {
    match why {
        Some(why) => text(why, about, "why", refuse),
        None if is_changed => refuse(about, None, Refused::NoWhy),
        None => {}
    }
}

fn text(text: &str, about: About, what: &'static str, refuse: Refuse<'_>) {
    let is_too_long = text.chars().count() > LONGEST_TEXT;
    // A selector of variants by itself shows nothing.
    let is_blank = |one: char| one.is_whitespace() || matches!(one, '\u{FE00}'..='\u{FE0F}');
    if text.chars().all(is_blank) || is_too_long || text.chars().any(is_hidden) {
        refuse(about, None, Refused::Text { what });
    }
}

/// Whether a character cannot be seen, but for spaces: it controls a terminal, ends a line, turns the
/// direction of text or has no width. No text of a policy has one.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // The soft hyphen, the Arabic letter mark, the Mongolian vowel separator.
            '\u{AD}' | '\u{61C}' | '\u{180E}'
            // A joiner and fillers that are shown as nothing, and the blank of Braille.
            | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
            // Of no width, separators, embeddings, isolates, invisible operators, byte order mark.
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            // Annotations and tags.
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

fn year(day: NaiveDate, about: About, refuse: Refuse<'_>) {
    if !(2000..=9999).contains(&day.year()) {
        refuse(about, None, Refused::Year);
    }
}
