//! What words say in each column, remembered.
//!
//! A column has few different words in it. So a [`RowReader`](crate::RowReader) asks the functions of
//! [`text`], which say what a cell says, once for each, and remembers the answer under the cell's exact
//! bytes. There is no second vocabulary, and another spelling is another word.

use crate::exact;
use crate::person::none_word;
use crate::text;
use overdose_risk::{
    CaseStatus, Event, Field, Housing, Injecting, Naloxone, OpioidUse, Ost, State, Status, Unknown,
    YesNo,
};

/// Who says what the words of a cell say. Numbers and dates are read as quickly as remembered.
pub(crate) trait Says {
    fn event(&mut self, field: Field, cell: &[u8]) -> Event;
    fn opioid_use(&mut self, cell: &[u8]) -> Status<OpioidUse>;
    fn ost(&mut self, cell: &[u8]) -> Status<Ost>;
    fn naloxone(&mut self, cell: &[u8]) -> Status<Naloxone>;
    fn injecting(&mut self, cell: &[u8]) -> Status<Injecting>;
    fn yes_no(&mut self, cell: &[u8]) -> Status<YesNo>;
    fn housing(&mut self, cell: &[u8]) -> Status<Housing>;
    fn case_status(&mut self, cell: &[u8]) -> Status<CaseStatus>;
}

/// Remembers nothing, and reads every cell by itself.
pub(crate) struct Afresh;

impl Says for Afresh {
    fn event(&mut self, field: Field, cell: &[u8]) -> Event {
        text::event(cell, none_word(field))
    }

    fn opioid_use(&mut self, cell: &[u8]) -> Status<OpioidUse> {
        text::code(cell)
    }

    fn ost(&mut self, cell: &[u8]) -> Status<Ost> {
        text::code(cell)
    }

    fn naloxone(&mut self, cell: &[u8]) -> Status<Naloxone> {
        text::code(cell)
    }

    fn injecting(&mut self, cell: &[u8]) -> Status<Injecting> {
        text::code(cell)
    }

    fn yes_no(&mut self, cell: &[u8]) -> Status<YesNo> {
        text::yes_no(cell)
    }

    fn housing(&mut self, cell: &[u8]) -> Status<Housing> {
        text::code(cell)
    }

    fn case_status(&mut self, cell: &[u8]) -> Status<CaseStatus> {
        text::code(cell)
    }
}

/// Remembers the words of all rows so far.
pub(crate) struct Words {
    event: Remembered<Event>,
    planned: Remembered<Event>,
    opioid_use: Remembered<Status<OpioidUse>>,
    ost: Remembered<Status<Ost>>,
    naloxone: Remembered<Status<Naloxone>>,
    injecting: Remembered<Status<Injecting>>,
    yes_no: Remembered<Status<YesNo>>,
    housing: Remembered<Status<Housing>>,
    case_status: Remembered<Status<CaseStatus>>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            event: Remembered::of(|cell| Afresh.event(Field::Overdose, cell)),
            planned: Remembered::of(|cell| Afresh.event(Field::PrisonReleaseDue, cell)),
            opioid_use: Remembered::of(text::code),
            ost: Remembered::of(text::code),
            naloxone: Remembered::of(text::code),
            injecting: Remembered::of(text::code),
            yes_no: Remembered::of(text::yes_no),
            housing: Remembered::of(text::code),
            case_status: Remembered::of(text::code),
        }
    }
}

impl Says for Words {
    #[inline]
    fn event(&mut self, field: Field, cell: &[u8]) -> Event {
        match cell {
            // There are too many dates to remember, and none is also a word.
            [b'0'..=b'9', ..] => match text::calendar_date(cell) {
                Some(day) => Event::On(day),
                None => Afresh.event(field, cell),
            },
            _ if field == Field::PrisonReleaseDue => self.planned.read(cell),
            _ => self.event.read(cell),
        }
    }

    #[inline]
    fn opioid_use(&mut self, cell: &[u8]) -> Status<OpioidUse> {
        self.opioid_use.read(cell)
    }

    #[inline]
    fn ost(&mut self, cell: &[u8]) -> Status<Ost> {
        self.ost.read(cell)
    }

    #[inline]
    fn naloxone(&mut self, cell: &[u8]) -> Status<Naloxone> {
        self.naloxone.read(cell)
    }

    #[inline]
    fn injecting(&mut self, cell: &[u8]) -> Status<Injecting> {
        self.injecting.read(cell)
    }

    #[inline]
    fn yes_no(&mut self, cell: &[u8]) -> Status<YesNo> {
        self.yes_no.read(cell)
    }

    #[inline]
    fn housing(&mut self, cell: &[u8]) -> Status<Housing> {
        self.housing.read(cell)
    }

    #[inline]
    fn case_status(&mut self, cell: &[u8]) -> Status<CaseStatus> {
        self.case_status.read(cell)
    }
}

/// In how many places, one behind the other, a word is looked for. Where all are taken it is not
/// remembered, so that there is no end of what rows can say, and one of what is kept.
const NEAR: usize = 4;

/// What words say, by the function that does say it.
struct Remembered<T> {
    says: fn(&[u8]) -> T,
    blank: T,
    words: [Option<(u128, T)>; exact::PLACES + NEAR - 1],
}

impl<T: Copy> Remembered<T>
where
    for<'t> State: From<&'t T>,
{
    fn of(says: fn(&[u8]) -> T) -> Self {
        Self { says, blank: says(b""), words: [None; exact::PLACES + NEAR - 1] }
    }

    /// Blank cells are the most frequent.
    #[inline]
    fn read(&mut self, cell: &[u8]) -> T {
        if cell.is_empty() { self.blank } else { self.word(cell) }
    }

    fn word(&mut self, cell: &[u8]) -> T {
        let Some(key) = exact::key(cell) else { return (self.says)(cell) };
        let first = exact::place(key);
        for word in self.words.get_mut(first..first + NEAR).unwrap_or_default() {
            match word {
                Some((known, said)) if *known == key => return *said,
                Some(_) => {}
                None => return remember(word, key, (self.says)(cell)),
            }
        }
        (self.says)(cell)
    }
}

/// What cannot be read may be anything, so it is not remembered.
#[cold]
fn remember<T: Copy>(word: &mut Option<(u128, T)>, key: u128, said: T) -> T
where
    for<'t> State: From<&'t T>,
{
    if State::from(&said) != State::Unknown(Unknown::Unreadable) {
        *word = Some((key, said));
    }
    said
}
