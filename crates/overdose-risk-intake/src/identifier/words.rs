//! What a header says, word by word.

use crate::identifier::Identifier;
use crate::identifier::rules::{Beside, List, Rule};
use crate::identifier::table::{Lists, PHRASES, behind_whose, lists_of};

/// The most words that a phrase of the tables comes to, also where letters are words: `N.H.S. No`.
const MOST_WORDS: usize = 4;

/// The words of a header in small letters. A word ends at whatever is neither a letter nor a digit of
/// ASCII, between letters and digits, and before a capital that begins one: `NHSNumber` are two.
/// Numbers are left out, since they only count: `address_2`.
pub(super) struct Words {
    letters: String,
    /// Where each begins among the letters and, last, where the last one ends.
    cuts: Vec<usize>,
}

impl Words {
    pub(super) fn of(header: &[u8]) -> Self {
        let mut letters = String::with_capacity(header.len());
        let mut cuts = vec![0];
        let mut before = None;
        for (place, byte) in header.iter().enumerate() {
            let next = header.get(place + 1);
            if begins_word(before, *byte, next.copied()) {
                cuts.push(letters.len());
            }
            if byte.is_ascii_alphabetic() {
                letters.push(char::from(byte.to_ascii_lowercase()));
            }
            before = Some(*byte);
        }
        cuts.push(letters.len());
        cuts.dedup();
        Self { letters, cuts }
    }

    /// Whether the letters of some rule's phrase are in it, wherever words begin and end.
    pub(super) fn may_name(&self) -> bool {
        PHRASES.is_in(&self.letters)
    }

    /// Every phrase in it that is a rule's.
    pub(super) fn phrases(&self) -> Vec<Phrase> {
        let all = self.part().together(List::Things);
        let all = Part { letters: &self.letters, cuts: &all };
        let starts = (0..).map_while(|start| all.split(start));
        let phrases = starts.flat_map(|(before, rest)| {
            let ends = (1..=MOST_WORDS).map_while(move |length| rest.split(length));
            ends.filter_map(move |(phrase, behind)| Phrase::of(before, phrase.joined(), behind))
        });
        phrases.collect()
    }

    fn part(&self) -> Part<'_> {
        Part { letters: &self.letters, cuts: &self.cuts }
    }
}

fn begins_word(before: Option<u8>, byte: u8, next: Option<u8>) -> bool {
    let Some(before) = before else { return true };
    let is_hump = byte.is_ascii_uppercase()
        && (before.is_ascii_lowercase() || next.is_some_and(|next| next.is_ascii_lowercase()));
    is_hump || !before.is_ascii_alphabetic() || !byte.is_ascii_alphabetic()
}

/// Some words of a header that follow each other.
#[derive(Clone, Copy)]
struct Part<'w> {
    /// Of the whole header.
    letters: &'w str,
    /// Where each begins and, last, where the last one ends.
    cuts: &'w [usize],
}

impl<'w> Part<'w> {
    /// The first so many words, and the others.
    fn split(self, words: usize) -> Option<(Self, Self)> {
        let (first, rest) = (self.cuts.get(..=words)?, self.cuts.get(words..)?);
        Some((Self { cuts: first, ..self }, Self { cuts: rest, ..self }))
    }

    /// The words as one.
    fn joined(self) -> &'w str {
        let ends = self.cuts.first().zip(self.cuts.last());
        ends.and_then(|(from, to)| self.letters.get(*from..*to)).unwrap_or_default()
    }

    fn words(self) -> impl Iterator<Item = &'w str> {
        self.cuts.windows(2).map(move |cuts| Self { cuts, ..self }.joined())
    }

    /// Where the words begin when those are one that are a phrase of a list, the longest first.
    fn together(self, list: List) -> Vec<usize> {
        let mut rest = self;
        let mut cuts = Vec::with_capacity(self.cuts.len());
        while let [first, ..] = *rest.cuts {
            cuts.push(first);
            let longest = (2..=MOST_WORDS).rev().find_map(|length| {
                let (phrase, rest) = rest.split(length)?;
                let phrase = phrase.joined();
                let is_listed = lists_of(phrase).has(list) || lists_of(singular(phrase)).has(list);
                is_listed.then_some(rest)
            });
            let Some(others) = longest.or_else(|| Some(rest.split(1)?.1)) else { break };
            rest = others;
        }
        cuts
    }

    /// The same with those made one that say whose or which something is.
    fn of_persons(self) -> Vec<usize> {
        let cuts = self.together(List::Whose);
        Part { cuts: &cuts, ..self }.together(List::Which)
    }
}

/// A phrase of a header that is a rule's.
pub(super) struct Phrase {
    /// The rules, by their places.
    rules: Lists,
    before: Side,
    behind: Side,
}

impl Phrase {
    fn of(before: Part<'_>, phrase: &str, behind: Part<'_>) -> Option<Self> {
        let mut rules = PHRASES.of_word(phrase);
        // What is left behind a word for a person counts too: `clientdob` is a `dob`.
        if !lists_of(phrase).has(List::Things) {
            rules = behind_whose(phrase).map(|rest| PHRASES.of_word(rest)).fold(rules, Lists::and);
        }
        let phrase = || Self { rules, before: Side::of(before), behind: Side::of(behind) };
        (!rules.is_empty()).then(phrase)
    }

    /// Whether it is what a rule at this place is about.
    pub(super) fn names(&self, place: usize, rule: &Rule) -> bool {
        self.rules.has_at(place) && self.stands(rule)
    }

    /// Whether it keeps its meaning between the words around it.
    fn stands(&self, rule: &Rule) -> bool {
        let Self { before, behind, .. } = self;
        let any = |list| before.lists.and(behind.lists).has(list);

        let fits = match rule.beside {
            Beside::Anything => true,
            Beside::WhoseOrWhich => before.is_whose_or_which && behind.is_whose_or_which,
            Beside::Nothing => before.is_empty && behind.is_empty,
        };
        let less = match rule.kind {
            Identifier::DateOfBirth => any(List::PartOfDate) && !any(List::Day),
            Identifier::Postcode => any(List::PartOfPostcode) || any(List::Places),
            Identifier::Address | Identifier::Telephone | Identifier::Email => any(List::Places),
            Identifier::Name
            | Identifier::Initials
            | Identifier::NhsNumber
            | Identifier::NationalInsuranceNumber
            | Identifier::PrisonNumber
            | Identifier::PoliceOrProbationNumber
            | Identifier::HospitalNumber
            | Identifier::DocumentNumber
            | Identifier::Attributor => false,
        };
        let taken_away = any(List::TakesAway)
            || before.lists.has(List::TakesAwayBefore)
            || behind.lists.has(List::TakesAwayBehind);
        fits && !less && !taken_away
    }
}

/// The words on one side of a phrase.
struct Side {
    is_empty: bool,
    /// Whether all of them say whose or which something is.
    is_whose_or_which: bool,
    /// All lists that one of them is on.
    lists: Lists,
}

impl Side {
    fn of(part: Part<'_>) -> Self {
        let cuts = part.of_persons();
        let words = || Part { cuts: &cuts, ..part }.words();
        Self {
            is_empty: cuts.len() < 2,
            is_whose_or_which: words().all(|word| says_whose_or_which(word, lists_of(word))),
            lists: words().map(lists_of).fold(Lists::default(), Lists::and),
        }
    }
}

/// Whether a key keeps its meaning within others with these words. A name is one of anything.
pub(super) fn is_kept_within(around: &str, kind: Identifier) -> bool {
    let words = Words::of(around.as_bytes());
    let cuts = words.part().of_persons();
    let part = Part { cuts: &cuts, ..words.part() };
    let mut around = part.words().map(|word| (word, lists_of(word)));
    match kind {
        Identifier::Name | Identifier::Initials | Identifier::Attributor => {
            around.all(|(word, lists)| lists.has(List::Around) || says_whose_or_which(word, lists))
        }
        Identifier::NhsNumber
        | Identifier::DateOfBirth
        | Identifier::Address
        | Identifier::Postcode
        | Identifier::Telephone
        | Identifier::Email
        | Identifier::NationalInsuranceNumber
        | Identifier::PrisonNumber
        | Identifier::PoliceOrProbationNumber
        | Identifier::HospitalNumber
        | Identifier::DocumentNumber => {
            !around.any(|(_, lists)| lists.has(List::Places) || lists.has(List::TakesAway))
        }
    }
}

/// Whether a word that is on these lists says whose or which something is.
fn says_whose_or_which(word: &str, lists: Lists) -> bool {
    lists.has(List::Which) || lists.has(List::Whose) || lists_of(singular(word)).has(List::Whose)
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}
