//! A new policy of which one setting is as in the old one.

use overdose_risk::Policy;
use overdose_risk::Urgency;
use overdose_risk::factor::Mechanism;
use overdose_risk::policy::{About, LevelSettings, Settings, TierSettings};

/// The new policy with some of its settings as in the old one.
#[derive(Debug)]
pub(super) struct Undone {
    /// Which ones, in the order of a policy file.
    pub(super) settings: Vec<About>,
    pub(super) policy: Policy,
}

impl Undone {
    /// Whether this sets back everything that another one does.
    pub(super) fn holds(&self, other: &Self) -> bool {
        other.settings.iter().all(|setting| self.settings.contains(setting))
    }
}

/// For each setting of which somebody's urgency can depend, and which differs: the new policy without that
/// difference. What sets back least comes first, each once.
pub(super) fn each(old: &Settings, new: &Settings) -> Vec<Undone> {
    let differing = differing(old, new);
    let mut each: Vec<Undone> = Vec::new();
    for setting in &differing {
        let undone = undone(*setting, &differing, old, new);
        each.extend(undone.filter(|one| !each.iter().any(|known| known.settings == one.settings)));
    }
    each.sort_by_key(|undone| undone.settings.len());
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

/// The new policy with one setting set back, and with whatever has to be set back beside it. `None` where
/// nothing that differs makes that a policy that can be used.
fn undone(first: About, differing: &[About], old: &Settings, new: &Settings) -> Option<Undone> {
    let mut set_back = vec![first];
    loop {
        let mut settings = new.clone();
        // The default with something set back is not the default any more.
        "set-back".clone_into(&mut settings.name);
        for setting in &set_back {
            undo(*setting, old, &mut settings);
        }
        let refused = match Policy::new(settings) {
            Ok(policy) => {
                let in_order = differing.iter().filter(|setting| set_back.contains(setting));
                return Some(Undone { settings: in_order.copied().collect(), policy });
            }
            Err(refused) => refused,
        };
        let abouts = || refused.refusals().iter().flat_map(|one| [Some(one.about), one.beside]);
        let known = set_back.len();
        for setting in differing {
            let is_named = abouts().flatten().any(|about| is_part_of(*setting, about));
            if is_named && !set_back.contains(setting) {
                set_back.push(*setting);
            }
        }
        if set_back.len() == known {
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

/// Sets back one setting to what it was, and keeps everything else.
fn undo(setting: About, old: &Settings, settings: &mut Settings) {
    match setting {
        About::Tier(Urgency::ActNow) => undo_points(&old.act_now, &mut settings.act_now),
        About::Tier(Urgency::Prioritise) => undo_points(&old.prioritise, &mut settings.prioritise),
        About::Limit(mechanism) => {
            settings.limit_mut(mechanism).clone_from(old.limit(mechanism));
        }
        About::Factor(name) => {
            let was = old.factors().find(|(factor, _)| factor.name == name);
            if let Some((factor, (_, was))) = settings.factor_mut(name).zip(was) {
                factor.off.clone_from(&was.off);
            }
        }
        About::Level(factor, name) => {
            let was = level(old, factor, name);
            if let Some((level, was)) = settings.level_mut(factor, name).zip(was) {
                (level.points, level.floor) = (was.points, was.floor);
                level.why.clone_from(&was.why);
            }
        }
        // Nobody's urgency depends on these.
        About::Tier(Urgency::Standard)
        | About::Name
        | About::Version
        | About::ApprovedBy
        | About::Alert => {}
    }
}

/// Sets back the points of a tier, and keeps what it promises, which needs a reason, too.
fn undo_points(was: &TierSettings, tier: &mut TierSettings) {
    tier.points = was.points;
    if was.why.is_some() {
        tier.why.clone_from(&was.why);
    }
}

fn level<'s>(settings: &'s Settings, factor: &str, name: &str) -> Option<&'s LevelSettings> {
    let (factor, set) = settings.factors().find(|(known, _)| known.name == factor)?;
    let mut levels = factor.levels.iter().zip(set.levels());
    levels.find(|(known, _)| known.name == name).map(|(_, set)| set)
}
