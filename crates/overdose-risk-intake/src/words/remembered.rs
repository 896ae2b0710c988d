//! Words of one column and what they say.

use crate::cell::Cell;
use crate::exact::{self, NO_KEY};
use overdose_risk::{State, Unknown};

/// How many words are remembered, the blank one included, and how many that are too long for a key. So
/// there is no end of what rows can say, and one of what is kept.
const MOST: usize = 16;
const MOST_LONG: usize = 4;

/// No longer word is remembered, in bytes.
const LONGEST: usize = 32;

/// How often another way is tried to spread the words.
const TRIES: usize = 64;

/// What words say, by the function that does say it.
pub(super) struct Remembered<T> {
    says: fn(&[u8]) -> T,
    /// Each by its key, in the place of it. A blank cell is a word like any other.
    words: [(u128, T); exact::PLACES],
    /// By what the words are spread over the places: each has one of its own.
    spread: u64,
    /// Those that are too long for a key.
    long: Vec<(Box<[u8]>, T)>,
    /// How many more words are remembered that have one.
    left: usize,
}

impl<T: Copy> Remembered<T>
where
    for<'t> State: From<&'t T>,
{
    pub(super) fn of(says: fn(&[u8]) -> T) -> Self {
        Self {
            says,
            words: [(NO_KEY, says(b"")); exact::PLACES],
            spread: exact::SPREAD,
            long: Vec::new(),
            left: MOST,
        }
    }

    /// What a word says.
    pub(super) fn read(&mut self, cell: Cell<'_>) -> T {
        self.known(cell).unwrap_or_else(|| {
            let said = (self.says)(cell.text());
            // What cannot be read may be anything, so it is not remembered.
            if State::from(&said) != State::Unknown(Unknown::Unreadable) {
                self.remember(cell, said);
            }
            said
        })
    }

    fn known(&self, cell: Cell<'_>) -> Option<T> {
        let Some(key) = exact::key(cell) else {
            let mut long = self.long.iter();
            return long.find(|(known, _)| **known == *cell.text()).map(|(_, said)| *said);
        };
        let (known, said) = self.words.get(exact::place(key, self.spread))?;
        (*known == key).then_some(*said)
    }

    /// What a remembered word says. Of any other cell, `doubt` is no longer zero.
    #[inline(always)]
    pub(super) fn certain(&self, cell: Cell<'_>, doubt: &mut u64) -> T {
        let key = exact::key_at_hand(cell);
        let word = key.and_then(|key| Some((key, self.words.get(exact::place(key, self.spread))?)));
        let Some((key, (known, said))) = word else {
            return self.certain_of_other(cell, doubt);
        };
        let others = known ^ key;
        *doubt |= others as u64 | (others >> 64) as u64;
        *said
    }

    /// The same of a cell that is long, or has too little behind it.
    #[cold]
    fn certain_of_other(&self, cell: Cell<'_>, doubt: &mut u64) -> T {
        let known = self.known(cell);
        *doubt |= u64::from(known.is_none());
        known.unwrap_or_else(|| (self.says)(b""))
    }

    /// Gives a word a place of its own, and all others another one if need be.
    fn remember(&mut self, cell: Cell<'_>, said: T) {
        let Some(key) = exact::key(cell) else {
            if self.long.len() < MOST_LONG && cell.text().len() <= LONGEST {
                self.long.push((cell.text().into(), said));
            }
            return;
        };
        let Some(left) = self.left.checked_sub(1) else { return };
        let known = self.words.iter().filter(|(known, _)| *known != NO_KEY);
        let words: Vec<(u128, T)> = known.copied().chain([(key, said)]).collect();
        let nothing = (NO_KEY, (self.says)(b""));
        let mut spread = self.spread;
        for _ in 0..TRIES {
            let mut places = [nothing; exact::PLACES];
            let have_own = words.iter().all(|word| {
                let place = places.get_mut(exact::place(word.0, spread));
                place.filter(|(taken, _)| *taken == NO_KEY).map(|place| *place = *word).is_some()
            });
            if have_own {
                (self.words, self.spread, self.left) = (places, spread, left);
                return;
            }
            // Any odd number will do next.
            spread = spread.wrapping_mul(exact::SPREAD) | 1;
        }
        self.left = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;
    use overdose_risk::{Status, YesNo};

    fn words_of(count: usize) -> Vec<String> {
        // `yes` in every spelling, with spaces before it.
        let spelling = |number: usize| -> String {
            let letters = "yes".chars().zip(0..).map(|(letter, bit)| {
                if number >> bit & 1 == 1 { letter.to_ascii_uppercase() } else { letter }
            });
            let spaces = " ".repeat(number / 8);
            letters.fold(spaces, |mut word, letter| {
                word.push(letter);
                word
            })
        };
        (0..count).map(spelling).collect()
    }

    #[test]
    fn every_word_that_is_remembered_is_certain_and_no_other_is() {
        for count in 0..2 * MOST {
            let words = words_of(2 * MOST);
            let mut remembered: Remembered<Status<YesNo>> = Remembered::of(text::yes_no);
            for word in &words[..count] {
                // Read twice, so that nothing is remembered twice.
                for _ in 0..2 {
                    assert_eq!(remembered.read(word.as_bytes().into()), YesNo::Yes.into());
                }
            }
            let is_certain = |word: &String| {
                let text = format!("{word},and what stands behind");
                let mut doubt = 0;
                let cell = Cell::beginning(text.as_bytes(), word.len());
                let said = remembered.certain(cell, &mut doubt);
                assert!(doubt != 0 || said == YesNo::Yes.into(), "{word}");
                doubt == 0
            };
            let certain = words.iter().filter(|word| is_certain(word)).count();
            assert_eq!(certain, count.min(MOST));
            assert!(words[count..].iter().all(|word| !is_certain(word)));
        }
    }

    #[test]
    fn what_only_ends_otherwise_than_a_remembered_word_is_not_certain() {
        let mut remembered: Remembered<Status<YesNo>> = Remembered::of(text::yes_no);
        remembered.read(b"yes            ".as_slice().into());
        for number in 0..5_000 {
            let text = format!("yes     {number:07},and what stands behind");
            let mut doubt = 0;
            remembered.certain(Cell::beginning(text.as_bytes(), 15), &mut doubt);
            assert_ne!(doubt, 0, "{number}");
        }
    }

    #[test]
    fn a_few_long_words_are_certain_and_no_longer_ones() {
        let words = ["prefer not to say", "Prefer not to say", " yes               ", "no"];
        let longest = format!("no{}", " ".repeat(LONGEST));
        let mut remembered: Remembered<Status<YesNo>> = Remembered::of(text::yes_no);
        for word in words.into_iter().chain([&*longest]) {
            for _ in 0..2 {
                assert_eq!(remembered.read(word.as_bytes().into()), text::yes_no(word.as_bytes()));
            }
            let mut doubt = 0;
            let said = remembered.certain(word.as_bytes().into(), &mut doubt);
            assert_eq!(said == text::yes_no(word.as_bytes()), word.len() <= LONGEST);
            assert_eq!(doubt == 0, word.len() <= LONGEST);
        }
        for spaces in 14..=LONGEST {
            remembered.read(format!("no{}", " ".repeat(spaces)).as_bytes().into());
        }
        assert_eq!(remembered.long.len(), MOST_LONG);
    }

    #[test]
    fn what_cannot_be_read_is_never_certain() {
        let mut remembered: Remembered<Status<YesNo>> = Remembered::of(text::yes_no);
        let text = b"perhaps,and what stands behind";
        let cell = Cell::beginning(text, b"perhaps".len());
        let mut doubt = 0;
        assert_eq!(remembered.read(cell), Status::Unknown(Unknown::Unreadable));
        remembered.certain(cell, &mut doubt);
        assert_ne!(doubt, 0);
    }
}
