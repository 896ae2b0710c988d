//! What a page can be filtered by: only what is there.

use crate::change::ChangeKind;
use crate::listed::Listed;
use crate::words;
use overdose_risk::{FACTORS, Field, Tier};
use std::collections::BTreeMap;

/// A choice among what some people on the page have. Its name is that of the attribute
/// `data-<name>` in which each person has theirs.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) options: Vec<Choice<'a>>,
}

/// What can be chosen, and how many people have it.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    pub(super) value: &'a str,
    pub(super) label: String,
    pub(super) people: usize,
}

/// The filters that would not show everybody or nobody.
pub(super) fn of(people: &[Listed]) -> Vec<Filter<'_>> {
    let filters = [
        filter("tier", "Tier", people, |one| [one.flagged.tier.name()], tier),
        filter(
            "reason",
            "Reason",
            people,
            |one| one.flagged.reasons.iter().map(|reason| reason.factor.as_str()),
            |name| (place(FACTORS.iter().map(|factor| factor.name), name), words::title(name)),
        ),
        filter("change", "Changed", people, |one| [change(one)], kind),
        filter(
            "question",
            "To ask",
            people,
            |one| one.flagged.questions.iter().map(|question| question.field.as_str()),
            question,
        ),
        filter(
            "review",
            "Reviewed",
            people,
            |one| [words::review_state(one.review.as_ref()).0],
            |name| review(people, name),
        ),
        filter("service", "Service", people, |one| codes(&one.flagged.service), code),
        filter("team", "Team", people, |one| codes(&one.flagged.team), code),
        filter("worker", "Worker", people, |one| codes(&one.flagged.worker), code),
    ];
    let chooses = |filter: &Filter<'_>| {
        let divides = filter.options.iter().any(|choice| choice.people < people.len());
        divides || filter.options.len() > 1
    };
    filters.into_iter().filter(chooses).collect()
}

fn filter<'a, I: IntoIterator<Item = &'a str>>(
    name: &'static str,
    label: &'static str,
    people: &'a [Listed],
    values: impl Fn(&'a Listed) -> I,
    described: impl Fn(&str) -> (usize, String),
) -> Filter<'a> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for value in people.iter().flat_map(values) {
        *counts.entry(value).or_default() += 1;
    }
    let mut options: Vec<_> = counts
        .into_iter()
        .map(|(value, people)| {
            let (place, label) = described(value);
            (place, Choice { value, label, people })
        })
        .collect();
    options.sort_by_key(|(place, _)| *place);
    Filter { name, label, options: options.into_iter().map(|(_, choice)| choice).collect() }
}

/// Where a name stands in a list; behind it where it does not.
fn place<'a>(names: impl IntoIterator<Item = &'a str>, name: &str) -> usize {
    names.into_iter().take_while(|other| *other != name).count()
}

fn tier(name: &str) -> (usize, String) {
    let known = Tier::ALL.into_iter().find(|tier| tier.name() == name);
    (place(Tier::ALL.map(Tier::name), name), known.map_or("", words::tier).to_owned())
}

/// The name of what became of a person; what nothing became of has one of its own.
pub(super) fn change(person: &Listed) -> &'static str {
    person.change.as_ref().map_or("none", |change| change.kind.name())
}

fn kind(name: &str) -> (usize, String) {
    let known = ChangeKind::ALL.into_iter().find(|kind| kind.name() == name);
    let words = known.map_or("Nothing changed", words::change_kind);
    (place(ChangeKind::ALL.map(ChangeKind::name), name), words.to_owned())
}

fn question(name: &str) -> (usize, String) {
    let words = Field::from_name(name).map(|field| field.question().to_owned());
    (place(Field::ALL.map(Field::name), name), words.unwrap_or_else(|| name.to_owned()))
}

fn review(people: &[Listed], name: &str) -> (usize, String) {
    let states = people.iter().map(|one| words::review_state(one.review.as_ref()));
    let known = states.into_iter().find(|(state, _)| *state == name);
    (0, known.map_or(name, |(_, words)| words).to_owned())
}

fn codes(codes: &[String]) -> impl Iterator<Item = &str> {
    codes.iter().map(String::as_str)
}

fn code(code: &str) -> (usize, String) {
    (0, code.to_owned())
}
