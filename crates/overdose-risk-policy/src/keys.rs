//! The keys that a policy file has, and what is said of every other.

use crate::fault::{Cause, Named};
use overdose_risk::FACTORS;
use overdose_risk::factor::{Factor, Urgency};
use overdose_risk::policy::About;
use std::fmt;

/// A table of a policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Root,
    Tiers,
    Limits,
    Factors,
    Of(About),
}

/// As it is named in a file.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("a policy file"),
            Self::Tiers => f.write_str("tiers"),
            Self::Limits => f.write_str("limits"),
            Self::Factors => f.write_str("factors"),
            Self::Of(about) => about.fmt(f),
        }
    }
}

impl Table {
    /// Its keys, but for the names of factors and levels.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Root => &[
                "based_on",
                "based_on_version",
                "name",
                "version",
                "approved_by",
                "review_by",
                "tiers",
                "limits",
                "factors",
                "alert",
            ],
            Self::Tiers => &["act-now", "prioritise"],
            Self::Limits => &["lost-tolerance", "depressants"],
            Self::Of(About::Tier(Urgency::ActNow)) => &["points", "within_working_days", "why"],
            Self::Of(About::Tier(Urgency::Prioritise | Urgency::Standard)) => {
                &["points", "within_days", "why"]
            }
            Self::Of(About::Limit(_)) => &["points", "why"],
            Self::Of(About::Factor(_)) => &["off", "why"],
            Self::Of(About::Level(..)) => &["points", "floor", "why", "action"],
            Self::Of(About::Alert) => &["text", "offer", "from", "until"],
            Self::Factors
            | Self::Of(About::Name | About::Version | About::ApprovedBy | About::ReviewBy) => &[],
        }
    }
}

/// Keys that a level has and its factor has not.
pub(crate) const OF_LEVELS: [&str; 3] = ["points", "floor", "action"];

/// Keys that a file has above its first table.
const HEAD: [&str; 6] =
    ["based_on", "based_on_version", "name", "version", "approved_by", "review_by"];

/// Keys with which somebody may want to change a window.
const WINDOWS: [&str; 16] = [
    "age",
    "ages",
    "day",
    "days",
    "first_day",
    "from",
    "from_day",
    "last_day",
    "since",
    "to",
    "to_day",
    "until",
    "until_day",
    "when",
    "window",
    "windows",
];

/// Keys with which somebody may want to change what is the same in every policy.
const WORDS: [&str; 10] = [
    "basis",
    "field",
    "fields",
    "mechanism",
    "ratio",
    "reads",
    "sentence",
    "source",
    "sources",
    "title",
];

/// What is wrong with a key that a table does not have.
pub(crate) fn unknown(table: Table, key: &str) -> Cause {
    let key = key.replace('-', "_").to_ascii_lowercase();
    let is_key = |known: &str| known == key;
    let near = || nearest(&key, table.keys().iter().copied());
    let of_the_head = HEAD.into_iter().find(|known| *known == key);
    if let Some(key) = of_the_head.filter(|_| table != Table::Root) {
        return Cause::BelongsToTheHead { key };
    }
    match (table, key.as_str()) {
        (_, "not_enough_information") => Cause::NotEnoughInformationIsFixed,
        (_, "naloxone_gap") => Cause::NaloxoneGapIsFixed,
        (Table::Tiers, "standard") => Cause::StandardIsFixed,
        (Table::Tiers, "out_of_scope") => Cause::OutOfScopeIsFixed,
        (Table::Of(About::Factor(_) | About::Level(..)), _) if WINDOWS.into_iter().any(is_key) => {
            Cause::WindowIsFixed
        }
        (Table::Of(About::Factor(_) | About::Level(..)), _) if WORDS.into_iter().any(is_key) => {
            Cause::WordsAreFixed
        }
        (Table::Factors, _) => {
            Cause::UnknownFactor { near: nearest(&key, FACTORS.iter().map(|factor| factor.name)) }
        }
        (Table::Of(About::Factor(name)), _) => {
            match FACTORS.iter().find(|known| known.name == name) {
                Some(factor) => unknown_of(factor, &key),
                None => Cause::UnknownKey { table, near: near() },
            }
        }
        (Table::Root | Table::Tiers | Table::Limits | Table::Of(_), _) => {
            Cause::UnknownKey { table, near: near() }
        }
    }
}

/// What is wrong with a key of a factor that is none, and no level.
fn unknown_of(factor: &'static Factor, key: &str) -> Cause {
    match OF_LEVELS.into_iter().find(|known| *known == key) {
        Some(key) => Cause::BelongsToALevel { factor: Named(factor), key },
        None => {
            let levels = factor.levels.iter().map(|level| level.name);
            let near = nearest(key, levels.chain(["off", "why"]));
            Cause::UnknownLevel { factor: Named(factor), near }
        }
    }
}

/// The name that a misspelt one is most like, if it is like any.
fn nearest(misspelt: &str, names: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    /// How like a name it must be, from 0 to 1.
    const ALIKE: f64 = 0.65;
    let misspelt = simplified(misspelt);
    let alike = |name| strsim::normalized_damerau_levenshtein(&simplified(name), &misspelt);
    let alike = names.into_iter().map(|name| (alike(name), name));
    let most = alike.max_by(|(one, _), (other, _)| one.total_cmp(other));
    most.filter(|(alike, _)| *alike >= ALIKE).map(|(_, name)| name)
}

fn simplified(name: &str) -> String {
    let kept = name.chars().filter(|character| character.is_alphanumeric());
    kept.collect::<String>().to_lowercase()
}
