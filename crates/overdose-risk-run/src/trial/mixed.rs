//! A policy of which one setting is as in another one.

use overdose_risk::Policy;
use overdose_risk::Urgency;
use overdose_risk::factor::Mechanism;
use overdose_risk::policy::{About, LevelSettings, Settings, TierSettings};

/// A policy with some of its settings as in another one.
#[derive(Debug)]
pub(super) struct Mixed {
    /// Which ones, in the order of a policy file.
    pub(super) settings: Vec<About>,
    pub(super) policy: Policy,
}

impl Mixed {
    /// Whether this takes everything that another one does.
    pub(super) fn holds(&self, other: &Self) -> bool {
        other.settings.iter().all(|setting| self.settings.contains(setting))
    }
}

/// A policy with one setting as in another one, for each on which somebody's urgency can depend and
/// which differs. What takes least comes first, each once.
pub(super) fn each(of: &Settings, other: &Settings) -> Vec<Mixed> {
    let differing = differing(of, other);
    let mut each: Vec<Mixed> = Vec::new();
    for setting in &differing {
        let mixed = mixed(*setting, &differing, of, other);
        each.extend(mixed.filter(|one| !each.iter().any(|known| known.settings == one.settings)));
    }
    each.sort_by_key(|mixed| mixed.settings.len());
    each
}

/// What differs of what an assessment goes by, in the order of a policy file.
fn differing(old: &Settings, new: &Settings) -> Vec<About> {
    let mut differing = Vec::new();
    let mut compare = |about, is_same: bool| {
        if !is_same {
            differing.push(about);
        }
    };
    compare(About::Tier(Urgency::ActNow), old.act_now.points == new.act_now.points);
    compare(About::Tier(Urgency::Prioritise), old.prioritise.points == new.prioritise.points);
    for mechanism in Mechanism::ALL {
        let is_same = old.limit(mechanism).limit == new.limit(mechanism).limit;
        compare(About::Limit(mechanism), is_same);
    }
    for ((factor, old), (_, new)) in old.factors().zip(new.factors()) {
        compare(About::Factor(factor.name), old.off.is_some() == new.off.is_some());
        let levels = factor.levels.iter().zip(old.levels()).zip(new.levels());
        for ((level, old), new) in levels {
            let is_same = (old.points, old.floor) == (new.points, new.floor);
            compare(About::Level(factor.name, level.name), is_same);
        }
    }
    differing
}

/// A policy with one setting as in another one, and with whatever does not go with it. `None` where
/// nothing that differs makes that a policy that can be used.
fn mixed(first: About, differing: &[About], of: &Settings, other: &Settings) -> Option<Mixed> {
    let mut taken = vec![first];
    loop {
        let mut settings = of.clone();
        // The default with another setting is not the default any more.
        "mixed".clone_into(&mut settings.name);
        for setting in &taken {
            take(*setting, other, &mut settings);
        }
        let refused = match Policy::new(settings) {
            Ok(policy) => {
                let in_order = differing.iter().filter(|setting| taken.contains(setting));
                return Some(Mixed { settings: in_order.copied().collect(), policy });
            }
            Err(refused) => refused,
        };
        let abouts = || refused.refusals().iter().flat_map(|one| [Some(one.about), one.beside]);
        let known = taken.len();
        for setting in differing {
            let is_named = abouts().flatten().any(|about| is_part_of(*setting, about));
            if is_named && !taken.contains(setting) {
                taken.push(*setting);
            }
        }
        if taken.len() == known {
            return None;
        }
    }
}

/// Whether a setting is what a refusal is about, or a part of it.
fn is_part_of(setting: About, about: About) -> bool {
    match (setting, about) {
        (About::Level(of, _), About::Factor(factor)) => of == factor,
        _ => setting == about,
    }
}

/// Takes one setting from another policy, and keeps everything else.
fn take(setting: About, other: &Settings, settings: &mut Settings) {
    match setting {
        About::Tier(Urgency::ActNow) => take_points(&other.act_now, &mut settings.act_now),
        About::Tier(Urgency::Prioritise) => {
            take_points(&other.prioritise, &mut settings.prioritise);
        }
        About::Limit(mechanism) => {
            settings.limit_mut(mechanism).clone_from(other.limit(mechanism));
        }
        About::Factor(name) => {
            let theirs = other.factors().find(|(factor, _)| factor.name == name);
            if let Some((factor, (_, theirs))) = settings.factor_mut(name).zip(theirs) {
                factor.off.clone_from(&theirs.off);
            }
        }
        About::Level(factor, name) => {
            let theirs = level(other, factor, name);
            if let Some((level, theirs)) = settings.level_mut(factor, name).zip(theirs) {
                (level.points, level.floor) = (theirs.points, theirs.floor);
                level.why.clone_from(&theirs.why);
            }
        }
        // Nobody's urgency depends on these.
        About::Tier(Urgency::Standard)
        | About::Name
        | About::Version
        | About::ApprovedBy
        | About::ReviewBy
        | About::Alert => {}
    }
}

/// Takes the points of a tier, and keeps what it promises, for which there may be a reason, too.
fn take_points(theirs: &TierSettings, tier: &mut TierSettings) {
    tier.points = theirs.points;
    if theirs.why.is_some() {
        tier.why.clone_from(&theirs.why);
    }
}

fn level<'s>(settings: &'s Settings, factor: &str, name: &str) -> Option<&'s LevelSettings> {
    let (factor, set) = settings.factors().find(|(known, _)| known.name == factor)?;
    let mut levels = factor.levels.iter().zip(set.levels());
    levels.find(|(known, _)| known.name == name).map(|(_, set)| set)
}
