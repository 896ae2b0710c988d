//! What the guide says of each factor and its levels.

use super::content::ended;
use super::{Block, Line, Span, strong, text};
use crate::words;
use overdose_risk::evidence::{Basis, Source};
use overdose_risk::factor::{Factor, Level, Sharper};
use overdose_risk::policy::{FactorSettings, LevelSettings};
use overdose_risk::{Policy, Tier, Urgency};

/// The factors that are counted.
pub(super) fn on(policy: &Policy) -> impl Iterator<Item = (&'static Factor, &FactorSettings)> {
    policy.settings().factors().filter(|(_, set)| set.off.is_none())
}

/// The factors that are switched off, said before the others, so that nobody takes them for counted.
pub(super) fn off(policy: &Policy) -> Vec<Block<'_>> {
    let lines: Vec<_> = policy
        .settings()
        .factors()
        .filter_map(|(factor, set)| {
            let why = ended(set.off.as_deref()?);
            Some(vec![Span::See(factor.title), text(format!(": {why}"))])
        })
        .collect();
    if lines.is_empty() {
        return Vec::new();
    }
    vec![
        Block::Part("What this service does not count".into()),
        Block::Text(vec![text(
            "These factors are switched off. Nobody is assessed for them, and no number has them in it.",
        )]),
        Block::List(lines),
    ]
}

pub(super) fn of(policy: &Policy) -> Vec<Block<'_>> {
    let mut blocks = vec![
        Block::Part("What is looked for".into()),
        Block::Text(vec![text(
            "Under each factor stands what a worker can read of somebody, and what to offer then. The person \
             chooses what they want.",
        )]),
    ];
    for (factor, set) in policy.settings().factors() {
        blocks.push(Block::Factor(factor.title));
        blocks.push(Block::Text(vec![text(factor.why)]));
        match &set.off {
            Some(why) => blocks.push(Block::Loud(vec![
                strong("Switched off by this service."),
                text(format!(" {} Nobody is assessed for it.", ended(why))),
            ])),
            None => of_counted(&mut blocks, factor, set),
        }
    }
    blocks
}

fn of_counted<'a>(blocks: &mut Vec<Block<'a>>, factor: &'static Factor, set: &'a FactorSettings) {
    let all = |say: fn(&overdose_risk::Field) -> &'static str| {
        vec![text(factor.reads.iter().map(say).collect::<Vec<_>>().join(" "))]
    };
    let mut terms = vec![
        ("Looks at", all(|field| field.meaning())),
        ("Ask where it is not known", all(|field| field.question())),
    ];
    if let Some(mechanism) = factor.mechanism {
        let shared = format!("{}, see ", words::begun(mechanism.name()));
        let line = vec![text(shared), Span::See("What is counted together"), text(".")];
        terms.push(("Shares points", line));
    }
    if let Some(Sharper { sentence, when, .. }) = &factor.sharper {
        let said = sentence.replace(" {when}", "");
        terms.push(("Said where it is certain", vec![text(format!("“{said}”, {when}."))]));
    }
    blocks.push(Block::Terms(terms));
    for (level, set) in factor.levels.iter().zip(set.levels()) {
        let heading = words::sentence(level).trim_end_matches('.').to_owned();
        blocks.push(Block::Level { id: format!("{factor}-{}", level.name), heading });
        blocks.push(Block::Terms(of_level(level, set)));
    }
}

fn of_level<'a>(level: &'static Level, set: &'a LevelSettings) -> Vec<(&'static str, Line<'a>)> {
    let LevelSettings { points, floor, why, action } = set;
    let mut terms = vec![("Offer", vec![text(action.trim())])];
    if action != level.action {
        terms.push(("The default offers", vec![text(level.action)]));
    }
    terms.push(("Counts", vec![text(worth(*points, *floor))]));
    match why {
        None => terms.push(("Rests on", rests_on(&level.basis))),
        Some(why) => {
            terms.push(("Set by this service", vec![text(ended(why))]));
            let mut default = vec![text(format!("{} ", worth(level.points, level.floor)))];
            default.extend(rests_on(&level.basis));
            terms.push(("The default has", default));
        }
    }
    terms
}

fn worth(points: u8, floor: Option<Urgency>) -> String {
    let points = match points {
        0 => "No points".to_owned(),
        points => words::count(usize::from(points), "point", "points"),
    };
    let floor = floor.map(|floor| words::tier(Tier::from(floor)).to_lowercase());
    floor.map_or_else(
        || format!("{points}."),
        |floor| format!("{points}. Whatever the points, at least {floor}."),
    )
}

fn rests_on<'a>(basis: &'static Basis) -> Line<'a> {
    let mut line = Vec::new();
    match basis {
        Basis::Ratio(ratio) => {
            let number = format!("{}.{:02}", ratio.hundredths / 100, ratio.hundredths % 100);
            let number = number.strip_suffix('0').unwrap_or(&number);
            line.push(text(format!("A published ratio of {number}, from ")));
            line.push(Span::See(ratio.source.key));
            line.push(text(format!(": {}", ended(ratio.says))));
        }
        Basis::Judgement { why, leans_on } => {
            line.push(text(format!("A judgement. {why}")));
            for (place, Source { key, .. }) in leans_on.iter().enumerate() {
                line.push(text(if place == 0 { " It leans on " } else { ", " }));
                line.push(Span::See(key));
            }
            if !leans_on.is_empty() {
                line.push(text("."));
            }
        }
    }
    line
}
