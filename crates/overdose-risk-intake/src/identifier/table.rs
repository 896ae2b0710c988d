//! The tables of words, made for looking up what a header says.

use crate::identifier::rules::{LISTS, List, NUMBER, RULES};
use std::sync::LazyLock;

/// The phrases of the rules, each with the rules that have it, by their places.
pub(super) static PHRASES: LazyLock<Table> = LazyLock::new(|| {
    Table::of(RULES.iter().enumerate().map(|(place, rule)| (place, rule.phrases)))
});

/// The words that stand beside them, each with its lists.
static BESIDE: LazyLock<Table> =
    LazyLock::new(|| Table::of(LISTS.into_iter().map(|(list, words)| (list as usize, words))));

/// The lists that a word is on.
pub(super) fn lists_of(word: &str) -> Lists {
    BESIDE.of_word(word)
}

/// What is left of a word behind each that says whose something is.
pub(super) fn behind_whose(word: &str) -> impl Iterator<Item = &str> {
    let whose = BESIDE.beginnings_of(word).filter(|entry| entry.lists.has(List::Whose));
    whose.filter_map(|entry| word.get(entry.word.len()..))
}

/// The lists that a word is on, by their places: among the [rules](RULES), or among all [lists](LISTS).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lists(u32);

impl Lists {
    fn at(place: usize) -> Self {
        Self(1 << place)
    }

    pub(super) fn has_at(self, place: usize) -> bool {
        self.0 & Self::at(place).0 != 0
    }

    pub(super) fn has(self, list: List) -> bool {
        self.has_at(list as usize)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

/// Words and phrases without the spaces in them, by their first two letters.
pub(super) struct Table {
    entries: Vec<Entry>,
    /// Where the entries begin that have each beginning; one letter is one, too.
    begin: Vec<usize>,
}

struct Entry {
    word: String,
    lists: Lists,
}

/// The letters of the alphabet, and none.
const LETTERS: usize = 27;

impl Table {
    fn of(lists: impl Iterator<Item = (usize, &'static str)>) -> Self {
        let words = lists.flat_map(|(place, list)| {
            let words = list.split(", ").flat_map(spelt);
            words.map(move |word| Entry { word, lists: Lists::at(place) })
        });
        let mut entries: Vec<Entry> = words.collect();
        entries.sort_by(|one, other| one.word.cmp(&other.word));
        entries.dedup_by(|later, entry| {
            let is_same = later.word == entry.word;
            if is_same {
                entry.lists = entry.lists.and(later.lists);
            }
            is_same
        });
        let begins_before = |at| entries.partition_point(|entry| beginning(&entry.word) < at);
        let begin = (0..=LETTERS * LETTERS).map(begins_before).collect();
        Self { entries, begin }
    }

    /// The lists that a word is on.
    pub(super) fn of_word(&self, word: &str) -> Lists {
        let found = self.beginning_with(beginning(word)).iter().find(|entry| entry.word == word);
        found.map_or_else(Lists::default, |entry| entry.lists)
    }

    /// Whether some letters have a word anywhere.
    pub(super) fn is_in(&self, letters: &str) -> bool {
        let rests = (0..letters.len()).filter_map(|from| letters.get(from..));
        rests.into_iter().any(|rest| self.beginnings_of(rest).next().is_some())
    }

    /// The words with which some letters begin.
    fn beginnings_of<'t>(&'t self, letters: &str) -> impl Iterator<Item = &'t Entry> {
        let two = beginning(letters);
        let one = two - two % LETTERS;
        let of_one = if one == two { &[] } else { self.beginning_with(one) };
        let entries = of_one.iter().chain(self.beginning_with(two));
        entries.filter(move |entry| letters.starts_with(&entry.word))
    }

    fn beginning_with(&self, beginning: usize) -> &[Entry] {
        let range = self.begin.get(beginning).zip(self.begin.get(beginning + 1));
        range.and_then(|(from, to)| self.entries.get(*from..*to)).unwrap_or_default()
    }
}

/// A number for the first two letters of a word, which rises with them.
fn beginning(word: &str) -> usize {
    let mut letters = word.bytes().map(|letter| usize::from(letter.saturating_sub(b'a')) + 1);
    let first = letters.next().unwrap_or_default();
    first * LETTERS + letters.next().unwrap_or_default()
}

/// The spellings of a phrase without spaces.
fn spelt(phrase: &str) -> Vec<String> {
    let joined = phrase.replace(' ', "");
    match joined.strip_suffix('#') {
        Some(stem) => NUMBER.split(", ").map(|number| format!("{stem}{number}")).collect(),
        None => vec![joined],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_of_small_letters_and_found_where_it_stands() {
        let of_rules = RULES.iter().map(|rule| rule.phrases);
        let tables = [
            (&PHRASES, of_rules.enumerate().collect::<Vec<_>>()),
            (&BESIDE, LISTS.into_iter().map(|(list, words)| (list as usize, words)).collect()),
        ];
        for (table, lists) in tables {
            for (place, list) in lists {
                for word in list.split(", ").flat_map(spelt) {
                    assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
                    assert!(table.of_word(&word).has_at(place), "{word}");
                    assert!(table.is_in(&format!("xx{word}xx")), "{word}");
                }
            }
        }
    }
}
