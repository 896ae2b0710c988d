//! Whether the ids of an export are pseudonyms, or are what they should stand for.

mod shape;

use chrono::{Datelike, NaiveDate};
use std::fmt;

/// What ids can be seen to be by their shape. None of them is a pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdShape {
    /// Ten digits whose last checks the others as in an NHS number, also as 3, 3 and 4 digits with
    /// spaces or hyphens between. Ten times the same digit is none: it fills a gap.
    NhsNumber,
    /// An e-mail address.
    Email,
    /// A date from 1900 to the as-of year: `YYYYMMDD`, `YYYY-MM-DD`, `DD/MM/YYYY` or `DD-MM-YYYY`.
    DateOfBirth,
    /// Two initials, eight digits that are a date with the year or the day first, and `M` or `F`,
    /// whatever follows.
    Attributor,
    /// A mobile number of eleven digits; another number of the United Kingdom with spaces or brackets
    /// in it; one that begins with `+` or `0044`.
    Telephone,
    /// Two words of at least two letters with a space, comma or dot between, or a word with an
    /// apostrophe in it, in any case; words joined by hyphens or underscores, or one of at least
    /// three letters, if each is a capital and small letters: `Anne-Marie`. So `brave-otter` and
    /// `QXJTV` are none.
    Name,
}

impl IdShape {
    /// Every kind, the surest first.
    pub const ALL: [Self; 6] = [
        Self::NhsNumber,
        Self::Email,
        Self::DateOfBirth,
        Self::Attributor,
        Self::Telephone,
        Self::Name,
    ];

    /// The name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NhsNumber => "nhs-number",
            Self::Email => "e-mail",
            Self::DateOfBirth => "date-of-birth",
            Self::Attributor => "attributor",
            Self::Telephone => "telephone",
            Self::Name => "name",
        }
    }

    /// What the ids look like.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::NhsNumber => "NHS numbers",
            Self::Email => "e-mail addresses",
            Self::DateOfBirth => "dates of birth",
            Self::Attributor => "attributors of initials, date of birth and sex",
            Self::Telephone => "telephone numbers",
            Self::Name => "names",
        }
    }
}

impl fmt::Display for IdShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Looks at the ids of an export, and says whether they are pseudonyms. It keeps counts and no id.
///
/// One id proves nothing: of pseudonyms that are drawn at random some look like anything. So ids are
/// refused from two of a kind on, and
///
/// - of **NHS numbers**, more than half of the ids with ten digits. Of those drawn at random 1 in 11
///   passes the check, so a list of random pseudonyms of ten digits is refused with odds of 1 in 121
///   if there are two and 31 in 1,331 (2.3%) if there are three, which is the worst. With four they
///   are below 0.3%, with five below 0.7%, from six on below 0.2%, from ten on below 1 in 5,000, from
///   twenty on below 1 in a million.
/// - of **dates of birth** and **telephone numbers**, more than half of all ids. A year and a number
///   that counts from `0001` make dates in at most 3 of 10, up to any number: `20260101` is the
///   hundred-and-first person of 2026. Of eleven random digits 1 in 100 is a mobile number.
/// - of the **others**, at least one in five of all ids, since people who typed them did not always.
///
/// What it cannot see are ids that were made from an identifier in another way, for instance hashed
/// without a key, or a number of a kind that has no check.
///
/// ```
/// use chrono::NaiveDate;
/// use overdose_risk_intake::{IdGuard, IdShape};
///
/// let mut guard = IdGuard::new(NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
/// for id in ["p-1", "p-2", "p-3"] {
///     guard.look(id.as_bytes());
/// }
/// assert_eq!(guard.verdict(), None);
///
/// for id in ["9990000018", "999 000 0026"] {
///     guard.look(id.as_bytes());
/// }
/// assert_eq!(guard.verdict(), Some(IdShape::NhsNumber));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdGuard {
    latest_year: i32,
    ids: u64,
    of_ten_digits: u64,
    of_shape: [u64; IdShape::ALL.len()],
}

/// How many ids of a kind it takes.
const LEAST: u64 = 2;

impl IdGuard {
    /// A guard that has seen no id.
    pub fn new(as_of: NaiveDate) -> Self {
        Self {
            latest_year: as_of.year(),
            ids: 0,
            of_ten_digits: 0,
            of_shape: [0; IdShape::ALL.len()],
        }
    }

    /// Looks at the next id: once at each *different* one, which is the caller's to see to, since
    /// one person on many lines must not outweigh the others. Look also at those that break the id
    /// rule. A cell that says nothing is none.
    pub fn look(&mut self, id: &[u8]) {
        let look = shape::look(id, self.latest_year);
        self.ids += u64::from(look.says_something);
        self.of_ten_digits += u64::from(look.has_ten_digits);
        if let Some(count) = look.shape.and_then(|shape| self.of_shape.get_mut(shape as usize)) {
            *count += 1;
        }
    }

    /// Adds what another guard has seen.
    pub fn add(&mut self, other: &Self) {
        self.ids += other.ids;
        self.of_ten_digits += other.of_ten_digits;
        for (count, other) in self.of_shape.iter_mut().zip(other.of_shape) {
            *count += other;
        }
    }

    /// What the ids are instead of pseudonyms, if anything: the surest kind.
    pub fn verdict(&self) -> Option<IdShape> {
        IdShape::ALL.into_iter().find(|shape| {
            let found = self.found(*shape);
            let enough = match shape {
                IdShape::NhsNumber => found * 2 > self.of_ten_digits,
                IdShape::DateOfBirth | IdShape::Telephone => found * 2 > self.ids,
                IdShape::Email | IdShape::Attributor | IdShape::Name => found * 5 >= self.ids,
            };
            found >= LEAST && enough
        })
    }

    /// How many ids there were.
    pub fn ids(&self) -> u64 {
        self.ids
    }

    /// How many of them had ten digits, as NHS numbers have, whether or not they passed the check.
    pub fn of_ten_digits(&self) -> u64 {
        self.of_ten_digits
    }

    /// How many of them had a shape.
    pub fn found(&self, shape: IdShape) -> u64 {
        self.of_shape.get(shape as usize).copied().unwrap_or_default()
    }
}
