//! What words say in each column, remembered.
//!
//! A column has few different words in it. So a [`RowReader`](crate::RowReader) asks the functions of
//! [`text`], which say what a cell says, once for each, and remembers the answer under the cell's exact
//! bytes. There is no second vocabulary, and another spelling is another word.

mod remembered;

use crate::cell::Cell;
use crate::person::{none_word, why_unknown};
use crate::text;
use chrono::NaiveDate;
use overdose_risk::{
    Age, CaseStatus, Event, Field, Housing, Injecting, Naloxone, OpioidUse, Ost, Status, Unknown,
    YesNo,
};
use remembered::Remembered;

/// Who says what cells say.
pub(crate) trait Says {
    /// Whether it says of a cell that nobody can read it.
    const SAYS_UNREADABLE: bool = true;

    fn age(&mut self, cell: Cell<'_>) -> Status<Age> {
        text::age(cell.text())
    }

    fn date(&mut self, cell: Cell<'_>) -> Status<NaiveDate> {
        text::date(cell.text())
    }

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
    date: Remembered<Status<NaiveDate>>,
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
            date: Remembered::of(text::date),
        }
    }
}

impl Says for Words {
    fn date(&mut self, cell: Cell<'_>) -> Status<NaiveDate> {
        // There are too many dates to remember.
        match cell.text().trim_ascii_start() {
            [b'0'..=b'9', ..] => Afresh.date(cell),
            _ => self.date.read(cell),
        }
    }

    fn event(&mut self, field: Field, cell: Cell<'_>) -> Event {
        match cell.text().trim_ascii_start() {
            [b'0'..=b'9', ..] => Afresh.event(field, cell),
            _ if field == Field::PrisonReleaseDue => self.planned.read(cell),
            _ => self.event.read(cell),
        }
    }

    fn opioid_use(&mut self, cell: Cell<'_>) -> Status<OpioidUse> {
        self.opioid_use.read(cell)
    }

    fn ost(&mut self, cell: Cell<'_>) -> Status<Ost> {
        self.ost.read(cell)
    }

    fn naloxone(&mut self, cell: Cell<'_>) -> Status<Naloxone> {
        self.naloxone.read(cell)
    }

    fn injecting(&mut self, cell: Cell<'_>) -> Status<Injecting> {
        self.injecting.read(cell)
    }

    fn yes_no(&mut self, cell: Cell<'_>) -> Status<YesNo> {
        self.yes_no.read(cell)
    }

    fn housing(&mut self, cell: Cell<'_>) -> Status<Housing> {
        self.housing.read(cell)
    }

    fn case_status(&mut self, cell: Cell<'_>) -> Status<CaseStatus> {
        self.case_status.read(cell)
    }
}

/// Says what remembered words say, and what plain dates and ages do. Where it has to say anything of
/// another cell, it is in doubt: then nothing counts that it said of the row.
pub(crate) struct Certain<'w> {
    words: &'w Words,
    doubt: u64,
}

impl<'w> Certain<'w> {
    pub(crate) fn of(words: &'w Words) -> Self {
        Self { words, doubt: 0 }
    }

    /// Is in doubt from now on if this is so.
    #[inline(always)]
    pub(crate) fn doubt_if(&mut self, is_so: bool) {
        self.doubt |= u64::from(is_so);
    }

    pub(crate) fn is_in_doubt(&self) -> bool {
        self.doubt != 0
    }
}

/// No word makes a branch here: whether all are certain is asked once a row.
impl Says for Certain<'_> {
    const SAYS_UNREADABLE: bool = false;

    #[inline(always)]
    fn age(&mut self, cell: Cell<'_>) -> Status<Age> {
        let age = text::age(cell.text());
        self.doubt_if(why_unknown(age) == Some(Unknown::Unreadable));
        age
    }

    #[inline(always)]
    fn date(&mut self, cell: Cell<'_>) -> Status<NaiveDate> {
        match cell.text() {
            [b'0'..=b'9', ..] => {
                let day = text::calendar_date(cell.text());
                self.doubt_if(day.is_none());
                day.into()
            }
            _ => self.words.date.certain(cell, &mut self.doubt),
        }
    }

    #[inline(always)]
    fn event(&mut self, field: Field, cell: Cell<'_>) -> Event {
        match cell.text() {
            [b'0'..=b'9', ..] => {
                let day = text::calendar_date(cell.text());
                self.doubt_if(day.is_none());
                day.map_or(Event::NoneRecorded, Event::On)
            }
            _ if field == Field::PrisonReleaseDue => {
                self.words.planned.certain(cell, &mut self.doubt)
            }
            _ => self.words.event.certain(cell, &mut self.doubt),
        }
    }

    #[inline(always)]
    fn opioid_use(&mut self, cell: Cell<'_>) -> Status<OpioidUse> {
        self.words.opioid_use.certain(cell, &mut self.doubt)
    }

    #[inline(always)]
    fn ost(&mut self, cell: Cell<'_>) -> Status<Ost> {
        self.words.ost.certain(cell, &mut self.doubt)
    }

    #[inline(always)]
    fn naloxone(&mut self, cell: Cell<'_>) -> Status<Naloxone> {
        self.words.naloxone.certain(cell, &mut self.doubt)
    }

    #[inline(always)]
    fn injecting(&mut self, cell: Cell<'_>) -> Status<Injecting> {
        self.words.injecting.certain(cell, &mut self.doubt)
    }

    #[inline(always)]
    fn yes_no(&mut self, cell: Cell<'_>) -> Status<YesNo> {
        self.words.yes_no.certain(cell, &mut self.doubt)
    }

    #[inline(always)]
    fn housing(&mut self, cell: Cell<'_>) -> Status<Housing> {
        self.words.housing.certain(cell, &mut self.doubt)
    }

    #[inline(always)]
    fn case_status(&mut self, cell: Cell<'_>) -> Status<CaseStatus> {
        self.words.case_status.certain(cell, &mut self.doubt)
    }
}
