//! A policy as text: the TOML that a policy file has.

use super::settings::{
    Alert, FactorSettings, LevelSettings, LimitSettings, Settings, TierSettings,
};
use super::{Limit, PRACTICE_PRINCIPLES, PRACTICE_PRINCIPLES_VERSION};
use crate::evidence::{Basis, Source};
use crate::factor::{Factor, Level, Mechanism, Urgency};
use std::fmt::{self, Display, Write as _};

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Everything, and nothing else: what the fingerprint is of.
    Canonical,
    /// Everything, with what each number rests on as comments.
    WithSources,
    /// What is not as in the default.
    Changes,
}

/// The key of a mechanism.
pub(super) const fn key(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::LostTolerance => "lost-tolerance",
        Mechanism::Depressants => "depressants",
    }
}

/// The policy as text. Whatever the form, a reader of policy files makes the same policy of it.
pub(super) fn written(settings: &Settings, form: Form) -> String {
    let mut text = Text { out: String::new(), form };
    let default = Settings::practice_principles();
    text.pair("based_on", Quoted(PRACTICE_PRINCIPLES));
    text.pair("based_on_version", PRACTICE_PRINCIPLES_VERSION);
    text.pair("name", Quoted(&settings.name));
    text.pair("version", settings.version);
    if let Some(by) = &settings.approved_by {
        text.pair("approved_by", Quoted(by));
    }
    if let Some(day) = settings.review_by {
        text.pair("review_by", day);
    }
    text.tier(Urgency::ActNow, &settings.act_now, &default.act_now);
    text.tier(Urgency::Prioritise, &settings.prioritise, &default.prioritise);
    for mechanism in Mechanism::ALL {
        text.limit(mechanism, settings.limit(mechanism), default.limit(mechanism));
    }
    for ((factor, set), (_, of)) in settings.factors().zip(default.factors()) {
        text.factor(factor, set, of);
    }
    if let Some(alert) = &settings.alert {
        text.alert(alert);
    }
    text.out
}

struct Text {
    out: String,
    form: Form,
}

impl Text {
    fn pair(&mut self, key: &str, value: impl Display) {
        // Writing to a String does not fail.
        let _ = writeln!(self.out, "{key} = {value}");
    }

    fn table(&mut self, name: impl Display) {
        let _ = writeln!(self.out, "\n[{name}]");
    }

    /// What the numbers below rest on.
    fn source(&mut self, why: Option<&str>, of_the_default: impl Display) {
        if self.form == Form::WithSources {
            let _ = match why {
                Some(_) => writeln!(self.out, "# set by the service: why says what for"),
                None => writeln!(self.out, "# {of_the_default}"),
            };
        }
    }

    fn why(&mut self, why: Option<&str>) {
        if let Some(why) = why {
            self.pair("why", Quoted(why));
        }
    }

    fn leaves_out(&self, is_as_in_the_default: bool) -> bool {
        self.form == Form::Changes && is_as_in_the_default
    }

    fn tier(&mut self, urgency: Urgency, set: &TierSettings, default: &TierSettings) {
        if self.leaves_out(set == default) {
            return;
        }
        self.table(format_args!("tiers.{}", crate::Tier::from(urgency)));
        self.source(set.why.as_deref(), "judgement");
        self.pair("points", set.points);
        self.pair(within(urgency), set.within);
        self.why(set.why.as_deref());
    }

    fn limit(&mut self, mechanism: Mechanism, set: &LimitSettings, default: &LimitSettings) {
        if self.leaves_out(set == default) {
            return;
        }
        self.table(format_args!("limits.{}", key(mechanism)));
        self.source(set.why.as_deref(), "judgement");
        match set.limit {
            Limit::Largest => self.pair("points", Quoted("largest")),
            Limit::Together(points) => self.pair("points", points),
        }
        self.why(set.why.as_deref());
    }

    fn factor(&mut self, factor: &Factor, set: &FactorSettings, default: &FactorSettings) {
        if let Some(why) = &set.off {
            self.table(format_args!("factors.{factor}"));
            self.source(Some(why), "");
            self.pair("off", true);
            self.why(Some(why));
        }
        let levels = factor.levels.iter().zip(set.levels()).zip(default.levels());
        for ((level, set), default) in levels {
            if !self.leaves_out(set == default) {
                self.table(format_args!("factors.{factor}.{}", level.name));
                self.level(level, set);
            }
        }
    }

    fn level(&mut self, level: &Level, set: &LevelSettings) {
        self.source(set.why.as_deref(), Rests(level));
        self.pair("points", set.points);
        let floor = set.floor.map_or("none", |floor| crate::Tier::from(floor).name());
        self.pair("floor", Quoted(floor));
        self.why(set.why.as_deref());
        if self.form == Form::WithSources && set.action != level.action {
            let _ = writeln!(self.out, "# the service's own words, in place of: {}", level.action);
        }
        self.pair("action", Quoted(&set.action));
    }

    fn alert(&mut self, alert: &Alert) {
        self.table("alert");
        self.pair("text", Quoted(&alert.text));
        self.pair("offer", Quoted(&alert.offer));
        self.pair("from", alert.from);
        self.pair("until", alert.until);
    }
}

/// The key of a promise, which says its unit.
pub(super) const fn within(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::ActNow => "within_working_days",
        Urgency::Prioritise | Urgency::Standard => "within_days",
    }
}

/// A text as a basic string of TOML. No policy has one with control characters.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for char in self.0.chars() {
            if matches!(char, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(char)?;
        }
        f.write_char('"')
    }
}

/// What the points and the floor of a level rest on in the default, in one line.
struct Rests<'a>(&'a Level);

impl Display for Rests<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.basis {
            Basis::Ratio(ratio) => {
                let (whole, hundredths) = (ratio.hundredths / 100, ratio.hundredths % 100);
                write!(f, "ratio {whole}.{hundredths:02}, {}: {}", ratio.source.key, ratio.says)?;
                write!(f, " <{}>", ratio.source.identifier)?;
                let floor = self.0.floor.map_or("", |_| "; the floor is a judgement");
                f.write_str(floor)
            }
            Basis::Judgement { why, leans_on } => {
                write!(f, "judgement: {why}")?;
                leans_on.iter().try_for_each(|Source { key, identifier, .. }| {
                    write!(f, " Leans on {key} <{identifier}>.")
                })
            }
        }
    }
}
