//! What words say in each column, remembered.
//!
//! A column has few different words in it. So a [`RowReader`](crate::RowReader) asks the functions of
//! [`text`], which say what a cell says, once for each, and remembers the answer under the cell's exact
//! bytes. There is no second vocabulary, and another spelling is another word.

use crate::cell::Cell;
use crate::exact::{self, NO_KEY};
use crate::person::none_word;
use crate::text;
use overdose_risk::{
    CaseStatus, Event, Field, Housing, Injecting, Naloxone, OpioidUse, Ost, State, Status, Unknown,
    YesNo,
};

/// Who says what the words of a cell say. Numbers and dates are read as quickly as remembered.
pub(crate) trait Says {
    fn event(&mut self, field: Field, cell: Cell<'_>) -> Event;
    fn opioid_use(&mut self, cell: Cell<'_>) -> Status<OpioidUse>;
    fn ost(&mut self, cell: Cell<'_>) -> Status<Ost>;
    fn naloxone(&mut self, cell: Cell<'_>) -> Status<Naloxone>;
    fn injecting(&mut self, cell: Cell<'_>) -> Status<Injecting>;
    fn yes_no(&mut self, cell: Cell<'_>) -> Status<YesNo>;
    fn housing(&mut self, cell: Cell<'_>) -> Status<Housing>;
    fn case_status(&mut self, cell: Cell<'_>) -> Status<CaseStatus>;
}

/// Remembers nothing, and reads every cell by itself.
pub(crate) struct Afresh;

impl Says for Afresh {
    fn event(&mut self, field: Field, cell: Cell<'_>) -> Event {
        text::event(cell.text(), none_word(field))
    }

    fn opioid_use(&mut self, cell: Cell<'_>) -> Status<OpioidUse> {
        text::code(cell.text())
    }

    fn ost(&mut self, cell: Cell<'_>) -> Status<Ost> {
        text::code(cell.text())
    }

    fn naloxone(&mut self, cell: Cell<'_>) -> Status<Naloxone> {
        text::code(cell.text())
    }

    fn injecting(&mut self, cell: Cell<'_>) -> Status<Injecting> {
        text::code(cell.text())
    }

    fn yes_no(&mut self, cell: Cell<'_>) -> Status<YesNo> {
        text::yes_no(cell.text())
    }

    fn housing(&mut self, cell: Cell<'_>) -> Status<Housing> {
        text::code(cell.text())
    }

    fn case_status(&mut self, cell: Cell<'_>) -> Status<CaseStatus> {
        text::code(cell.text())
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
            event: Remembered::of(|cell| text::event(cell, none_word(Field::Overdose))),
            planned: Remembered::of(|cell| text::event(cell, none_word(Field::PrisonReleaseDue))),
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
    #[inline(always)]
    fn event(&mut self, field: Field, cell: Cell<'_>) -> Event {
        match cell.text() {
            // The most frequent, and known without a look.
            [] => Event::NoneRecorded,
            // There are too many dates to remember, and none is also a word.
            [b'0'..=b'9', ..] => match text::calendar_date(cell.text()) {
                Some(day) => Event::On(day),
                None => Afresh.event(field, cell),
            },
            _ if field == Field::PrisonReleaseDue => self.planned.read(cell),
            _ => self.event.read(cell),
        }
    }

    #[inline(always)]
    fn opioid_use(&mut self, cell: Cell<'_>) -> Status<OpioidUse> {
        self.opioid_use.read(cell)
    }

    #[inline(always)]
    fn ost(&mut self, cell: Cell<'_>) -> Status<Ost> {
        self.ost.read(cell)
    }

    #[inline(always)]
    fn naloxone(&mut self, cell: Cell<'_>) -> Status<Naloxone> {
        self.naloxone.read(cell)
    }

    #[inline(always)]
    fn injecting(&mut self, cell: Cell<'_>) -> Status<Injecting> {
        self.injecting.read(cell)
    }

    #[inline(always)]
    fn yes_no(&mut self, cell: Cell<'_>) -> Status<YesNo> {
        self.yes_no.read(cell)
    }

    #[inline(always)]
    fn housing(&mut self, cell: Cell<'_>) -> Status<Housing> {
        self.housing.read(cell)
    }

    #[inline(always)]
    fn case_status(&mut self, cell: Cell<'_>) -> Status<CaseStatus> {
        self.case_status.read(cell)
    }
}

/// In how many places, one behind the other, a word is looked for. Where all are taken it is not
/// remembered, so that there is no end of what rows can say, and one of what is kept.
const NEAR: usize = 4;

/// What words say, by the function that does say it.
struct Remembered<T> {
    says: fn(&[u8]) -> T,
    /// Each by its key, in the first place of it or near. A blank cell is a word like any other.
    words: [(u128, T); exact::PLACES + NEAR - 1],
}

impl<T: Copy> Remembered<T>
where
    for<'t> State: From<&'t T>,
{
    fn of(says: fn(&[u8]) -> T) -> Self {
        Self { says, words: [(NO_KEY, says(b"")); exact::PLACES + NEAR - 1] }
    }

    #[inline(always)]
    fn read(&mut self, cell: Cell<'_>) -> T {
        let key = exact::key(cell).unwrap_or(NO_KEY);
        let first = exact::place(key);
        match self.words.get(first) {
            Some((known, said)) if *known == key && key != NO_KEY => *said,
            _ => self.look(cell.text(), key, first),
        }
    }

    /// What a word says that is not in its first place.
    #[inline(never)]
    fn look(&mut self, cell: &[u8], key: u128, first: usize) -> T {
        let says = self.says;
        if key == NO_KEY {
            return says(cell);
        }
        for word in self.words.get_mut(first..first + NEAR).unwrap_or_default() {
            match word {
                (NO_KEY, _) => return remember(word, key, says(cell)),
                (known, said) if *known == key => return *said,
                _ => {}
            }
        }
        says(cell)
    }
}

/// What cannot be read may be anything, so it is not remembered.
#[cold]
fn remember<T: Copy>(word: &mut (u128, T), key: u128, said: T) -> T
where
    for<'t> State: From<&'t T>,
{
    if State::from(&said) != State::Unknown(Unknown::Unreadable) {
        *word = (key, said);
    }
    said
}
