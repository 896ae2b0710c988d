//! By what of a policy somebody can be missed whom another one would not miss.

use overdose_risk::factor::{Factor, Mechanism};
use overdose_risk::policy::{FactorSettings, LevelSettings, Settings, TierSettings};
use overdose_risk::{Limit, Policy, Tier, Urgency};

/// Everything by which a policy can make somebody less urgent than another one does, or have them
/// contacted later, a phrase for each: first the factors that are switched off and the floors that are
/// lower, then thresholds and promises, limits, and each factor in the order of the catalogue. What it
/// was stands in brackets.
///
/// Where it is empty, nobody is less urgent by their known facts, whatever their record. Where it is not,
/// somebody need not be: what is stricter elsewhere may make up for it.
///
/// ```
/// use overdose_risk::policy::{Policy, Settings};
/// use overdose_risk_report::less_cautious;
///
/// let mut settings = Settings::default();
/// settings.name = "example-service".to_owned();
/// let act_now = &mut settings.act_now;
/// (act_now.points, act_now.why) = (60, Some("An example.".to_owned()));
/// let (than, policy) = (Policy::practice_principles(), Policy::new(settings)?);
/// assert_eq!(less_cautious(than, &policy), ["act-now from 60 points (50)"]);
/// assert!(less_cautious(&policy, than).is_empty());
/// # Ok::<(), overdose_risk::policy::NotAccepted>(())
/// ```
pub fn less_cautious(than: &Policy, policy: &Policy) -> Vec<String> {
    less_cautious_parted(than, policy).concat()
}

/// The same, parted: what switches a factor off or lowers a floor, which no list of it may leave out; and
/// all else.
pub fn less_cautious_parted(than: &Policy, policy: &Policy) -> [Vec<String>; 2] {
    let [mut gravest, mut found] = [Vec::new(), Vec::new()];
    let (was, is) = (than.settings(), policy.settings());
    for (tier, was, is) in [
        (Tier::ActNow, &was.act_now, &is.act_now),
        (Tier::Prioritise, &was.prioritise, &is.prioritise),
    ] {
        of_tier(&mut found, tier, [was, is], [than, policy].map(|policy| policy.promise(tier)));
    }
    for mechanism in Mechanism::ALL {
        let limits = [was, is].map(|of| of.limit(mechanism).limit);
        found.extend(of_limit(mechanism, was, limits));
    }
    for ((factor, was), (_, is)) in was.factors().zip(is.factors()) {
        of_factor(&mut gravest, &mut found, factor, [was, is]);
    }
    [gravest, found]
}

fn of_tier(
    found: &mut Vec<String>,
    tier: Tier,
    [was, is]: [&TierSettings; 2],
    [promised, promises]: [&str; 2],
) {
    if is.points > was.points {
        found.push(format!("{tier} from {} points ({})", is.points, was.points));
    }
    if is.within > was.within {
        let within = |promise: &'_ str| promise.trim_start_matches("contact ").to_owned();
        let promised = within(promised);
        let number = promised.split(' ').nth(1).unwrap_or(&promised);
        found.push(format!("{tier} {} ({number})", within(promises)));
    }
}

fn of_limit(mechanism: Mechanism, than: &Settings, limits: [Limit; 2]) -> Option<String> {
    let about = mechanism.name();
    match limits {
        [Limit::Largest, Limit::Largest] => None,
        [Limit::Together(was), Limit::Together(is)] => {
            (is < was).then(|| format!("{about} to {is} together ({was})"))
        }
        // At such a limit or above, the largest counts in full whatever is beside it.
        [Limit::Largest, Limit::Together(is)] => {
            let largest = worths(than, mechanism).flatten().max();
            (largest > Some(is)).then(|| format!("{about} to {is} together (the largest)"))
        }
        [Limit::Together(was), Limit::Largest] => {
            let least = least_of_two(than, mechanism);
            let is_less = least.is_some_and(|larger| larger < was);
            is_less.then(|| format!("{about} to the largest ({was} together)"))
        }
    }
}

/// The larger of the two that are worth least of all that two factors of a mechanism can be worth at
/// once: the one that counts where the other does not. `None` where no two count.
fn least_of_two(settings: &Settings, mechanism: Mechanism) -> Option<u8> {
    let mut least: Vec<u8> = worths(settings, mechanism).filter_map(Iterator::min).collect();
    least.sort_unstable();
    least.get(1).copied()
}

/// What the levels of each factor of a mechanism are worth, where they are worth anything.
fn worths(
    settings: &Settings,
    mechanism: Mechanism,
) -> impl Iterator<Item = impl Iterator<Item = u8>> {
    let counts = move |(factor, set): &(&Factor, &FactorSettings)| {
        factor.mechanism == Some(mechanism) && set.off.is_none()
    };
    let members = settings.factors().filter(counts);
    members.map(|(_, set)| set.levels().iter().map(|level| level.points).filter(|worth| *worth > 0))
}

fn of_factor(
    gravest: &mut Vec<String>,
    found: &mut Vec<String>,
    factor: &Factor,
    [was, is]: [&FactorSettings; 2],
) {
    if was.off.is_some() {
        return;
    }
    if is.off.is_some() {
        return gravest.push(format!("{factor} not counted"));
    }
    for (level, (was, is)) in factor.levels.iter().zip(was.levels().iter().zip(is.levels())) {
        let (points, floor) = (fewer_points(was, is), lower_floor(was, is));
        let found = if floor.is_some() { &mut *gravest } else { &mut *found };
        let less: Vec<String> = points.into_iter().chain(floor).collect();
        if !less.is_empty() {
            found.push(format!("{factor}:{} {}", level.name, less.join(" and ")));
        }
    }
}

fn fewer_points(was: &LevelSettings, is: &LevelSettings) -> Option<String> {
    (is.points < was.points).then(|| {
        let noun = if is.points == 1 { "point" } else { "points" };
        format!("{} {noun} ({})", is.points, was.points)
    })
}

fn lower_floor(was: &LevelSettings, is: &LevelSettings) -> Option<String> {
    // None is that of standard.
    let [before, after] = [was.floor, is.floor].map(|floor| floor.unwrap_or(Urgency::Standard));
    (after < before).then(|| {
        let name = match after {
            Urgency::Standard => "no floor".to_owned(),
            Urgency::Prioritise | Urgency::ActNow => format!("floor {}", Tier::from(after)),
        };
        format!("{name} ({})", Tier::from(before))
    })
}
