//! What the guide says beside the factors.

use super::factors;
use super::{Block, Line, Span, strong, text};
use crate::words::{self, day};
use overdose_risk::evidence::Source;
use overdose_risk::factor::Mechanism;
use overdose_risk::policy::{Alert, Settings, TierSettings};
use overdose_risk::{Limit, Policy, Tier};

/// Whose policy it is.
pub(super) fn head(policy: &Policy) -> Line<'_> {
    let Settings { approved_by, review_by, .. } = policy.settings();
    let approved = approved_by.as_ref().map_or_else(
        || " Nobody is named as having approved it.".to_owned(),
        |by| format!(" Approved by {}", ended(by)),
    );
    let review = review_by.map_or_else(
        || " No day is named by which it is to be reviewed.".to_owned(),
        |by| format!(" To be reviewed by {}.", day(by)),
    );
    vec![
        text("The guide to the policy "),
        Span::Code(policy.label().to_owned()),
        text("."),
        text(approved),
        text(review),
    ]
}

pub(super) fn of(policy: &Policy) -> Vec<Block<'_>> {
    let mut blocks = what_it_is();
    blocks.extend(warning(policy));
    blocks.extend(tiers(policy));
    blocks.extend(factors::off(policy));
    blocks.extend(factors::of(policy));
    blocks.extend(together(policy));
    blocks.extend(sources(policy));
    blocks.extend(which(policy));
    blocks
}

fn what_it_is<'a>() -> Vec<Block<'a>> {
    let is_not = [
        ["Decision support for trained staff.", " People decide, not the list."],
        ["Not validated.", " Nobody has tested yet how well the rules work."],
        ["No probability.", " Points put people in an order. They do not say what will happen."],
        ["Nobody is called safe.", " Everybody who uses opioids can have an overdose."],
        [
            "Never a reason to refuse, reduce or end treatment.",
            " A place on the list, or none, is no such reason either.",
        ],
        [
            "What is not known is asked,",
            " and never taken for “no”. But the date of an event, such as a release, that is blank in a \
             column that is there counts as none recorded, and is not asked.",
        ],
    ];
    vec![
        Block::Part("What this guide is, and is not".into()),
        Block::Text(vec![text(
            "All records are looked at by the same rules, so that nobody is forgotten. This guide says what \
             the rules look for, what to offer, and what each number rests on. It is for everybody who \
             works with the list.",
        )]),
        Block::List(is_not.map(|[what, more]| vec![strong(what), text(more)]).into()),
    ]
}

fn warning(policy: &Policy) -> Vec<Block<'_>> {
    let Some(Alert { text: warning, offer, from, until }) = &policy.settings().alert else {
        return Vec::new();
    };
    vec![
        Block::Part("Local warning".into()),
        Block::Loud(vec![text(warning.trim())]),
        Block::Terms(vec![
            ("Offer", vec![text(offer.trim())]),
            (
                "To whom",
                vec![text(
                    "Everybody of whom these rules speak: with opioid exposure, or where it is not known.",
                )],
            ),
            (
                "When",
                vec![text(format!("From {} to {}. It ends by itself.", day(*from), day(*until)))],
            ),
            ("Counts", vec![text("No points.")]),
        ]),
    ]
}

fn tiers(policy: &Policy) -> Vec<Block<'_>> {
    let Settings { act_now, prioritise, .. } = policy.settings();
    let default = Policy::practice_principles();
    let line = |tier, more: &str| {
        vec![strong(words::tier(tier)), text(format!(": {}. {more}", policy.promise(tier)))]
    };
    let by_points = |tier, TierSettings { points, why, .. }: &TierSettings, default_points| {
        let from = words::begun(&from_points(*points));
        let mut more = format!("{from}, or by a reason that leads here whatever the points.");
        if let Some(why) = why {
            let (promise, from) = (default.promise(tier), from_points(default_points));
            let set =
                format!(" Set by this service: {} The default has: {promise}, {from}.", ended(why));
            more.push_str(&set);
        }
        line(tier, &more)
    };
    let fewer = words::count(usize::from(prioritise.points), "point", "points");
    vec![
        Block::Part("What each tier promises".into()),
        Block::Text(vec![text(
            "The points of everything that is found add up. Some reasons lead to a tier whatever the points.",
        )]),
        Block::List(vec![
            by_points(Tier::ActNow, act_now, default.act_now_from()),
            by_points(Tier::Prioritise, prioritise, default.prioritise_from()),
            line(Tier::Standard, &format!("Fewer than {fewer}, and nothing that leads higher.")),
            line(
                Tier::NotEnoughInformation,
                "Opioid exposure is not recorded. What the known facts lead to is said beside it.",
            ),
            line(Tier::OutOfScope, "That does not mean that nothing can happen."),
        ]),
    ]
}

fn from_points(points: u16) -> String {
    format!("from {}", words::count(usize::from(points), "point", "points"))
}

fn together(policy: &Policy) -> Vec<Block<'_>> {
    let default = Policy::practice_principles();
    let limits = Mechanism::ALL.map(|mechanism| {
        let mut line = vec![strong(words::begun(mechanism.name())), text(": ")];
        let members = factors::on(policy).filter(|(factor, _)| factor.mechanism == Some(mechanism));
        for (place, (factor, _)) in members.enumerate() {
            if place > 0 {
                line.push(text(", "));
            }
            line.push(Span::See(factor.title));
        }
        let limit = policy.settings().limit(mechanism);
        line.push(text(format!(". {}", words::begun(&counted(limit.limit)))));
        if let Some(why) = &limit.why {
            let had = counted(default.limit(mechanism));
            line.push(text(format!(" Set by this service: {} By the default, {had}", ended(why))));
        }
        line
    });
    vec![
        Block::Part("What is counted together".into()),
        Block::Text(vec![text(
            "Some factors share a cause, so their points do not simply add up. Each of them is still shown, \
             and what to offer stays.",
        )]),
        Block::List(limits.into()),
    ]
}

fn counted(limit: Limit) -> String {
    match limit {
        Limit::Largest => "only the one that is worth most counts points.".to_owned(),
        Limit::Together(points) => {
            let points = words::count(usize::from(points), "point", "points");
            format!("together they count {points} at the most.")
        }
    }
}

/// The publications behind what is counted, in order of key.
fn sources(policy: &Policy) -> Vec<Block<'_>> {
    let mut sources: Vec<&Source> =
        factors::on(policy).flat_map(|(factor, _)| factor.sources()).collect();
    sources.sort_by_key(|source| source.key);
    sources.dedup_by_key(|source| source.key);
    let heading = [
        Block::Part("Where the numbers come from".into()),
        Block::Text(vec![text(
            "A number from a published ratio is made so that about seven points double the ratio. A \
             judgement is a number for which no usable figure was found. It is open to challenge.",
        )]),
    ];
    let each = sources.into_iter().flat_map(|source| {
        let Source { key, authors, year, published_in, identifier, population, outcome, read } = source;
        let year = year.map_or_else(String::new, |year| format!(" {year}"));
        let about = format!(
            "{authors}{year}, {published_in}. Who was studied: {population}. What was counted: {outcome}. \
             The figure was {read}. "
        );
        [Block::Source(key), Block::Text(vec![text(about), Span::Address(identifier.to_string())])]
    });
    heading.into_iter().chain(each).collect()
}

fn which(policy: &Policy) -> Vec<Block<'_>> {
    vec![
        Block::Part("Which policy this is".into()),
        Block::Text(vec![
            text(
                "Every list, file and sheet names the policy that it was made by. This guide is for those with ",
            ),
            Span::Code(policy.label().to_owned()),
            text(
                ": the name, the version, and the first 12 digits of the fingerprint. Where a list names another, \
                 ask for the guide to that one.",
            ),
        ]),
        Block::Text(vec![
            text(
                "The fingerprint is worked out from all that the policy says. Two that say the same have the same; \
                 one changed number or word gives another. The whole of it is ",
            ),
            Span::Code(policy.fingerprint().to_string()),
            text("."),
        ]),
    ]
}

/// The text as a sentence of its own.
pub(super) fn ended(sentence: &str) -> String {
    let sentence = sentence.trim();
    let end = if sentence.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{sentence}{end}")
}
