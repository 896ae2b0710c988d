//! `worklist.html`: the people to contact, in one page without anything from anywhere else.

use crate::listed::Listed;
use askama::Template;
use chrono::NaiveDate;
use overdose_risk::{Policy, Tier};
use overdose_risk_intake::Caseload;
use std::fmt;
use std::io;

mod filters;
mod person;
mod top;

use crate::words;
use filters::Filter;
use person::Person;
use top::{Alerted, Loud};

/// A worklist as a page.
///
/// It shows the people as they come: who is listed, and in which order, is settled before.
#[derive(Clone, Copy, Debug)]
pub struct Worklist<'a> {
    /// The day of the run.
    pub as_of: NaiveDate,
    /// The program that made it, with its version.
    pub program: &'a str,
    /// The policy of the run.
    pub policy: &'a Policy,
    /// Whose people these are; `None` for everybody.
    pub caseload: Option<CaseloadOf<'a>>,
    /// What has to be said first.
    pub notices: &'a [String],
    /// The other pages of the run.
    pub links: &'a [Link<'a>],
    /// How many people can be contacted.
    pub capacity: usize,
    /// How many people there are.
    pub counts: Counts,
    /// The day of the run before; `None` where there was nothing to compare with.
    pub compared_with: Option<NaiveDate>,
    /// The people, in order.
    pub people: &'a [Listed],
}

/// The people of one service, team or worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseloadOf<'a> {
    /// What the code is of.
    pub kind: Caseload,
    /// The code.
    pub code: &'a str,
}

impl fmt::Display for CaseloadOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.code)
    }
}

/// Another page of the same run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// Whose people it lists; `None` for everybody.
    pub caseload: Option<CaseloadOf<'a>>,
    /// Its file name, in the same folder.
    pub file: &'a str,
}

/// How many people there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Everybody who was assessed.
    pub assessed: ByTier,
    /// Those who are on no page because they lie beyond the capacity.
    pub beyond_capacity: ByTier,
    /// Of those of whom exposure is not known, the tiers that the known facts call for.
    pub beyond_by_known_facts: ByTier,
    /// How many of those beyond the capacity have a review that holds.
    pub beyond_reviewed: usize,
    /// How many more than the capacity the `act-now` by known facts are. They are all shown.
    pub act_now_beyond_capacity: usize,
}

/// A number for each tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByTier {
    /// For `act-now`.
    pub act_now: usize,
    /// For `prioritise`.
    pub prioritise: usize,
    /// For `standard`.
    pub standard: usize,
    /// For `not-enough-information`.
    pub not_enough_information: usize,
    /// For `out-of-scope`.
    pub out_of_scope: usize,
}

impl ByTier {
    /// The number for a tier.
    pub const fn of(&self, tier: Tier) -> usize {
        match tier {
            Tier::ActNow => self.act_now,
            Tier::Prioritise => self.prioritise,
            Tier::Standard => self.standard,
            Tier::NotEnoughInformation => self.not_enough_information,
            Tier::OutOfScope => self.out_of_scope,
        }
    }

    /// The number for a tier, to be changed.
    pub const fn of_mut(&mut self, tier: Tier) -> &mut usize {
        match tier {
            Tier::ActNow => &mut self.act_now,
            Tier::Prioritise => &mut self.prioritise,
            Tier::Standard => &mut self.standard,
            Tier::NotEnoughInformation => &mut self.not_enough_information,
            Tier::OutOfScope => &mut self.out_of_scope,
        }
    }
}

impl FromIterator<Tier> for ByTier {
    fn from_iter<I: IntoIterator<Item = Tier>>(tiers: I) -> Self {
        let mut counts = Self::default();
        tiers.into_iter().for_each(|tier| *counts.of_mut(tier) += 1);
        counts
    }
}

impl Worklist<'_> {
    /// Writes the page.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, output: &mut impl io::Write) -> io::Result<()> {
        let shown = top::assessed(self).map(|person| person.flagged.tier).collect();
        Page { list: self, shown, filters: filters::of(self.people) }.write_into(output)
    }
}

#[derive(Template)]
#[template(path = "worklist.html")]
struct Page<'a> {
    list: &'a Worklist<'a>,
    /// How many of the people are of this export.
    shown: ByTier,
    filters: Vec<Filter<'a>>,
}

/// The style of every page.
pub(crate) const STYLE: &str = include_str!("../templates/worklist.css");
const SCRIPT: &str = include_str!("../templates/worklist.js");

/// What the page may load and run: its own style and script, by their hashes, and nothing else.
const CONTENT_SECURITY_POLICY: &str = include_str!("../templates/worklist.csp");

/// The same for a page that runs nothing.
pub(crate) fn without_script() -> String {
    let parts = CONTENT_SECURITY_POLICY.trim().split("; ");
    parts.filter(|part| !part.starts_with("script-src")).collect::<Vec<_>>().join("; ")
}

impl<'a> Page<'a> {
    fn title(&self) -> String {
        let of = self.list.caseload.map(|caseload| format!(" of {caseload}"));
        format!("Worklist{}, {}", of.unwrap_or_default(), self.as_of())
    }

    fn as_of(&self) -> String {
        words::day(self.list.as_of)
    }

    fn compared_with(&self) -> Option<String> {
        self.list.compared_with.map(words::day)
    }

    fn people(&self) -> impl Iterator<Item = Person<'a>> {
        self.list.people.iter().map(|listed| Person::of(listed, self.list.policy))
    }

    fn how_many(&self) -> Option<String> {
        top::people(self.list)
    }

    fn loud(&self) -> Vec<Loud> {
        top::loud(self.list)
    }

    fn alert(&self) -> Option<Alerted<'a>> {
        top::alert(self.list)
    }

    fn carried(&self) -> usize {
        top::carried(self.list)
    }

    /// Each group of links with its heading; everybody's page stands by itself.
    fn links(&self) -> Vec<(&'static str, Vec<&'a Link<'a>>)> {
        let kinds = Caseload::ALL.map(|kind| {
            let of_kind = |link: &&Link<'_>| link.caseload.is_some_and(|of| of.kind == kind);
            (plural(kind), self.list.links.iter().filter(of_kind).collect::<Vec<_>>())
        });
        kinds.into_iter().filter(|(_, links)| !links.is_empty()).collect()
    }

    /// The link to everybody's page; none on that page.
    fn everybody(&self) -> Option<&'a Link<'a>> {
        self.list.caseload?;
        self.list.links.iter().find(|link| link.caseload.is_none())
    }

    /// The tiers of people who can be on a worklist.
    fn tiers(&self) -> impl Iterator<Item = Tier> {
        Tier::ALL.into_iter().filter(|tier| *tier != Tier::OutOfScope)
    }
}

const fn plural(kind: Caseload) -> &'static str {
    match kind {
        Caseload::Service => "Services",
        Caseload::Team => "Teams",
        Caseload::Worker => "Workers",
    }
}
