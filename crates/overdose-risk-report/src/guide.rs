//! The guide to the policy in force: what is looked for, and what to offer.

mod content;
mod factors;
mod markdown;

use crate::worklist::{self, STYLE};
use askama::Template;
use overdose_risk::Policy;
use std::borrow::Cow;
use std::io;

/// The factors and actions of a policy as one document, for the people who work by it.
///
/// It is the guide to interventions that the Statement of Practice Principles asks each organisation to
/// share. Both of its forms say the same. In neither is a text of the policy ever markup.
///
/// ```
/// use overdose_risk::Policy;
/// use overdose_risk_report::Guide;
///
/// let guide = Guide { policy: Policy::practice_principles() }.markdown();
/// assert!(guide.starts_with("# What we look for, and what to offer\n"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Guide<'a> {
    /// The policy that it is of.
    pub policy: &'a Policy,
}

impl Guide<'_> {
    /// The guide as Markdown: `CommonMark`, in which each heading is found by its words.
    pub fn markdown(&self) -> String {
        markdown::of(&content::head(self.policy), &content::of(self.policy))
    }

    /// Writes the guide as a page, which loads nothing and runs nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_page(&self, out: &mut impl io::Write) -> io::Result<()> {
        let (head, blocks) = (content::head(self.policy), content::of(self.policy));
        Page { label: self.policy.label(), head, contents: contents(&blocks), blocks: &blocks }
            .write_into(out)
    }
}

const TITLE: &str = "What we look for, and what to offer";

/// A part of the guide, the same in both forms.
enum Block<'a> {
    /// The heading of a part.
    Part(Cow<'static, str>),
    /// The heading of a factor.
    Factor(&'static str),
    /// The heading of a level.
    Level {
        id: String,
        heading: String,
    },
    /// The heading of a source.
    Source(&'static str),
    Text(Line<'a>),
    /// What must not be overlooked.
    Loud(Line<'a>),
    List(Vec<Line<'a>>),
    /// What is said of one thing, each under a word of its own.
    Terms(Vec<(&'static str, Line<'a>)>),
}

type Line<'a> = Vec<Span<'a>>;

enum Span<'a> {
    Text(Cow<'a, str>),
    Strong(Cow<'a, str>),
    /// A name of ours.
    Code(String),
    /// A link to the part of the guide with this heading.
    See(&'static str),
    /// A link to an address.
    Address(String),
}

fn text<'a>(text: impl Into<Cow<'a, str>>) -> Span<'a> {
    Span::Text(text.into())
}

fn strong<'a>(text: impl Into<Cow<'a, str>>) -> Span<'a> {
    Span::Strong(text.into())
}

/// A part with the headings of the factors in it.
struct Entry<'a> {
    part: &'a str,
    factors: Vec<&'a str>,
}

fn contents<'a>(blocks: &'a [Block<'_>]) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for block in blocks {
        match block {
            Block::Part(part) => entries.push(Entry { part, factors: Vec::new() }),
            Block::Factor(title) => {
                entries.last_mut().into_iter().for_each(|last| last.factors.push(title));
            }
            Block::Level { .. }
            | Block::Source(_)
            | Block::Text(_)
            | Block::Loud(_)
            | Block::List(_)
            | Block::Terms(_) => {}
        }
    }
    entries
}

/// What a heading is found by, as readers of Markdown make it of its words.
fn anchor(heading: &str) -> String {
    let words = heading.chars().filter(|one| one.is_alphanumeric() || matches!(one, ' ' | '-'));
    words.flat_map(char::to_lowercase).map(|one| if one == ' ' { '-' } else { one }).collect()
}

#[derive(Template)]
#[template(path = "guide.html")]
struct Page<'a> {
    label: &'a str,
    head: Line<'a>,
    contents: Vec<Entry<'a>>,
    blocks: &'a [Block<'a>],
}
