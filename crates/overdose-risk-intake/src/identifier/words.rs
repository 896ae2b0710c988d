//! What a header says, word by word.

use crate::identifier::Identifier;
use crate::identifier::rules::{
    AROUND, Beside, DAY, NUMBER, PART_OF_DATE, PART_OF_POSTCODE, PLACES, Rule, TAKES_AWAY,
    TAKES_AWAY_BEFORE, TAKES_AWAY_BEHIND, THINGS, WHICH, WHOSE,
};

/// The most words that a phrase of the tables comes to, also where letters are words: `N.H.S. No`.
const MOST_WORDS: usize = 4;

/// The words of a header in small letters. A word ends at whatever is neither a letter nor a digit of
/// ASCII, between letters and digits, and before a capital that begins one: `NHSNumber` are two.
/// Numbers are left out, since they only count: `address_2`.
pub(super) fn words(header: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = None;
    for (place, byte) in header.iter().enumerate() {
        let next = header.get(place + 1);
        if begins_word(before, *byte, next.copied()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if byte.is_ascii_alphabetic() {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
        before = Some(*byte);
    }
    words.extend((!word.is_empty()).then_some(word));
    together(&words, THINGS)
}

fn begins_word(before: Option<u8>, byte: u8, next: Option<u8>) -> bool {
    let Some(before) = before else { return true };
    let is_hump = byte.is_ascii_uppercase()
        && (before.is_ascii_lowercase() || next.is_some_and(|next| next.is_ascii_lowercase()));
    is_hump || !before.is_ascii_alphabetic() || !byte.is_ascii_alphabetic()
}

/// Some words of a header and those around them.
pub(super) struct Phrase<'w> {
    before: &'w [String],
    behind: &'w [String],
    /// The words as one, and what is left of them behind a word for a person: `clientdob` is a `dob`.
    says: Vec<String>,
}

/// Every phrase in a header.
pub(super) fn phrases(words: &[String]) -> Vec<Phrase<'_>> {
    let mut phrases = Vec::new();
    for start in 0..words.len() {
        let Some((before, rest)) = words.split_at_checked(start) else { continue };
        for length in 1..=MOST_WORDS {
            let Some((phrase, behind)) = rest.split_at_checked(length) else { break };
            phrases.push(Phrase { before, behind, says: says(phrase.concat()) });
        }
    }
    phrases
}

fn says(whole: String) -> Vec<String> {
    let mut says = Vec::new();
    if !lists(THINGS, &whole) {
        says.extend(entries(WHOSE).filter_map(|whose| without(whose, &whole)).map(str::to_owned));
    }
    says.push(whole);
    says
}

/// Whether a phrase is what a rule is about.
pub(super) fn names(phrase: &Phrase<'_>, rule: &Rule) -> bool {
    phrase.says.iter().any(|word| lists(rule.phrases, word))
        && stands(rule, phrase.before, phrase.behind)
}

/// Whether a key keeps its meaning within others with these words. A name is one of anything.
pub(super) fn is_kept_within(around: &str, kind: Identifier) -> bool {
    let around = together(&together(&words(around.as_bytes()), WHOSE), WHICH);
    let mut around = around.iter();
    match kind {
        Identifier::Name | Identifier::Initials | Identifier::Attributor => {
            around.all(|word| lists(AROUND, word) || lists(WHICH, word) || is_person(word))
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
            !around.any(|word| lists(PLACES, word) || lists(TAKES_AWAY, word))
        }
    }
}

/// Whether a phrase keeps its meaning between these words.
fn stands(rule: &Rule, before: &[String], behind: &[String]) -> bool {
    let persons = |words| together(&together(words, WHOSE), WHICH);
    let (before, behind) = (persons(before), persons(behind));
    let beside = || before.iter().chain(&behind);
    let any = |list| beside().any(|word| lists(list, word));

    let fits = match rule.beside {
        Beside::Anything => true,
        Beside::WhoseOrWhich => beside().all(|word| lists(WHICH, word) || is_person(word)),
        Beside::Nothing => beside().next().is_none(),
    };
    let less = match rule.kind {
        Identifier::DateOfBirth => any(PART_OF_DATE) && !any(DAY),
        Identifier::Postcode => any(PART_OF_POSTCODE) || any(PLACES),
        Identifier::Address | Identifier::Telephone | Identifier::Email => any(PLACES),
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
    let taken_away = any(TAKES_AWAY)
        || before.iter().any(|word| lists(TAKES_AWAY_BEFORE, word))
        || behind.iter().any(|word| lists(TAKES_AWAY_BEHIND, word));
    fits && !less && !taken_away
}

/// The words with those made one that are a phrase of a list, the longest first.
fn together(words: &[String], list: &str) -> Vec<String> {
    let mut rest = words;
    let mut joined = Vec::new();
    while let Some((first, others)) = rest.split_first() {
        let longest = (2..=MOST_WORDS).rev().find_map(|length| {
            let (phrase, rest) = rest.split_at_checked(length)?;
            let phrase = phrase.concat();
            (lists(list, &phrase) || lists(list, singular(&phrase))).then_some((phrase, rest))
        });
        let (word, next) = longest.unwrap_or_else(|| (first.clone(), others));
        joined.push(word);
        rest = next;
    }
    joined
}

fn is_person(word: &str) -> bool {
    lists(WHOSE, word) || lists(WHOSE, singular(word))
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

/// Whether a list has a word, spaces within its phrases apart.
fn lists(list: &str, word: &str) -> bool {
    entries(list).any(|entry| without(entry, word) == Some(""))
}

/// A character is found much sooner than a text.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(|entry| entry.strip_prefix(' ').unwrap_or(entry))
}

/// What is left of a word behind an entry.
fn without<'w>(entry: &str, word: &'w str) -> Option<&'w str> {
    entry.split(' ').try_fold(word, |rest, part| match part {
        "#" => entries(NUMBER).find_map(|number| rest.strip_prefix(number)),
        _ => rest.strip_prefix(part),
    })
}
