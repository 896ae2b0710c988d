//! One fact about a person, and the several ways of not knowing it.

use crate::codes::{CaseStatus, Code, Housing, Injecting, Naloxone, OpioidUse, Ost, YesNo};
use chrono::{Datelike, NaiveDate};

/// Why a fact is unknown. None of these is a "no".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// Nobody has recorded it, or it says "unknown".
    NotRecorded,
    /// The person was asked and preferred not to say.
    Declined,
    /// Something is recorded that cannot be read.
    Unreadable,
    /// What is recorded cannot be true together with the rest.
    Contradictory,
}

/// A fact that is true or false now, such as whether treatment is prescribed.
///
/// A status has no "none recorded": a blank cell is [`Unknown`], never the harmless answer. For
/// things that happen on a day, see [`Event`].
///
/// ```
/// use overdose_risk::{Ost, Status};
///
/// let ost: Status<Ost> = Ost::Prescribed.into();
/// assert_eq!(ost.known(), Some(Ost::Prescribed));
/// assert_eq!(Status::<Ost>::default().known(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status<T> {
    /// Known to be this.
    Known(T),
    /// Asked for and not known.
    Unknown(Unknown),
    /// The source has no place for it, so nobody could have recorded it.
    NotCollected,
}

impl<T> Status<T> {
    /// Not known, and why.
    pub const fn unknown(why: Unknown) -> Self {
        Self::Unknown(why)
    }
}

impl<T: Copy> Status<T> {
    /// The value, when it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) | Self::NotCollected => None,
        }
    }
}

impl<T: Copy + PartialEq> Status<T> {
    /// Whether it is known to be exactly this.
    pub fn is(self, value: T) -> bool {
        self == Self::Known(value)
    }
}

/// Unknown, because nobody has recorded it.
impl<T> Default for Status<T> {
    fn default() -> Self {
        Self::Unknown(Unknown::NotRecorded)
    }
}

impl<T> From<T> for Status<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

/// Nothing is not recorded; it is never a "no". There is no such conversion to an [`Event`], where
/// nothing could also mean that it never happened.
impl<T> From<Option<T>> for Status<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown(Unknown::NotRecorded), Self::Known)
    }
}

/// Something that happens on a day: the latest date known, and whether a later one may be missing.
///
/// Services log events when they happen, so a blank cell reads as [`Event::NoneRecorded`]; a cell
/// that says "unknown", or that cannot be read, reads as [`Event::Unknown`].
///
/// ```
/// use chrono::NaiveDate;
/// use overdose_risk::{Event, Unknown};
///
/// let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
/// assert_eq!(Event::On(day).latest(), Some(day));
///
/// // An earlier release is known; whether there was another since is not.
/// let event = Event::Unknown { why: Unknown::Declined, latest: Some(day) };
/// assert_eq!(event.latest(), Some(day));
/// assert_eq!(event.why_unknown(), Some(Unknown::Declined));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The latest one was on this day.
    On(NaiveDate),
    /// No such event is recorded.
    NoneRecorded,
    /// There may be one, or a later one than `latest`, that is not known.
    Unknown {
        /// Why it is not known.
        why: Unknown,
        /// The latest date that is known all the same.
        latest: Option<NaiveDate>,
    },
    /// The source has no place for it.
    NotCollected,
}

impl Event {
    /// Not known, and why; no earlier date is known either.
    pub const fn unknown(why: Unknown) -> Self {
        Self::Unknown { why, latest: None }
    }

    /// The latest of a list of dates that is kept complete: an empty one says that it never happened.
    /// An entry without a date may be later than all the others, so that the event is then unknown.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use overdose_risk::{Event, Unknown};
    ///
    /// let (early, late) = (NaiveDate::from_ymd_opt(2025, 6, 3), NaiveDate::from_ymd_opt(2026, 3, 28));
    /// assert_eq!(Event::latest_of([late, early]), Event::On(late.unwrap()));
    /// assert_eq!(Event::latest_of([]), Event::NoneRecorded);
    /// let undated = Event::latest_of([early, None]);
    /// assert_eq!(undated, Event::Unknown { why: Unknown::NotRecorded, latest: early });
    /// ```
    pub fn latest_of(dates: impl IntoIterator<Item = Option<NaiveDate>>) -> Self {
        let mut latest = None;
        let mut is_dated = true;
        for date in dates {
            latest = latest.max(date);
            is_dated &= date.is_some();
        }
        match latest {
            _ if !is_dated => Self::Unknown { why: Unknown::NotRecorded, latest },
            Some(date) => Self::On(date),
            None => Self::NoneRecorded,
        }
    }

    /// The latest known date, if there is one.
    pub fn latest(self) -> Option<NaiveDate> {
        // No `match`: it would become a jump, and where to differs from person to person and from
        // event to event.
        let on = if let Self::On(date) = self { Some(date) } else { None };
        let at_least = if let Self::Unknown { latest, .. } = self { latest } else { None };
        on.or(at_least)
    }

    /// Why a later date may be missing, if one may be.
    pub fn why_unknown(self) -> Option<Unknown> {
        match self {
            Self::Unknown { why, .. } => Some(why),
            Self::On(_) | Self::NoneRecorded | Self::NotCollected => None,
        }
    }
}

/// Unknown, because nobody has recorded it.
impl Default for Event {
    fn default() -> Self {
        Self::Unknown { why: Unknown::NotRecorded, latest: None }
    }
}

impl From<NaiveDate> for Event {
    fn from(date: NaiveDate) -> Self {
        Self::On(date)
    }
}

/// How old a person is, as exactly as the source says: years, a band, or a year of birth.
///
/// There is no date of birth: a year of birth leaves two possible ages on every day of a year, and
/// both are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Age(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Years { youngest: u8, oldest: u8 },
    BornIn { year: i16 },
}

/// An age or a band of ages that no person can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ages run from 0 to {}, the younger first", Age::OLDEST)]
pub struct NotAnAge;

impl Age {
    /// The greatest age that is read, in years.
    pub const OLDEST: u8 = 120;

    /// An age in whole years.
    ///
    /// # Errors
    ///
    /// When it is above [`Age::OLDEST`].
    pub const fn years(years: u8) -> Result<Self, NotAnAge> {
        Self::between(years, years)
    }

    /// A band of ages in whole years, both ends included.
    ///
    /// # Errors
    ///
    /// When the first is above the second, or the second above [`Age::OLDEST`].
    pub const fn between(youngest: u8, oldest: u8) -> Result<Self, NotAnAge> {
        if youngest <= oldest && oldest <= Self::OLDEST {
            Ok(Self(Kind::Years { youngest, oldest }))
        } else {
            Err(NotAnAge)
        }
    }

    /// A year of birth. Whether anybody born then can be alive depends on the as-of date, and is
    /// answered by [`Age::range_on`].
    pub const fn born_in(year: i16) -> Self {
        Self(Kind::BornIn { year })
    }

    /// The year of birth, when that is what is known.
    pub const fn birth_year(self) -> Option<i32> {
        match self.0 {
            Kind::BornIn { year } => Some(year as i32),
            Kind::Years { .. } => None,
        }
    }

    /// The youngest and the oldest age in years that the person can have on a day; `None` when a
    /// year of birth makes nobody between 0 and [`Age::OLDEST`].
    ///
    /// Ages given as years or bands do not change with time. Ages from a year of birth rise on
    /// 1 January: before that, nobody knows whether the birthday has passed.
    pub fn range_on(self, day: NaiveDate) -> Option<(u8, u8)> {
        match self.0 {
            Kind::Years { youngest, oldest } => Some((youngest, oldest)),
            Kind::BornIn { year } => {
                let oldest = day.year() - i32::from(year);
                let youngest = oldest - 1;
                if oldest < 0 || youngest > i32::from(Self::OLDEST) {
                    return None;
                }
                let within = |years: i32| {
                    u8::try_from(years.max(0)).unwrap_or(Self::OLDEST).min(Self::OLDEST)
                };
                Some((within(youngest), within(oldest)))
            }
        }
    }

    /// The first day on which the person is certainly this old, when that depends on the day: the
    /// 1 January after the year of that birthday.
    pub(crate) fn is_certainly_from(self, years: u8) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.birth_year()? + i32::from(years) + 1, 1, 1)
    }
}

/// How much is known of a fact, whatever kind of fact it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A status, an age or a date is known; of an event, the latest date.
    Known,
    /// Of an event: none is recorded.
    NoneRecorded,
    /// Asked for and not known, or not known to be the latest.
    Unknown(Unknown),
    /// The source has no place for it.
    NotCollected,
}

impl<T> From<&Status<T>> for State {
    fn from(status: &Status<T>) -> Self {
        match status {
            Status::Known(_) => Self::Known,
            Status::Unknown(why) => Self::Unknown(*why),
            Status::NotCollected => Self::NotCollected,
        }
    }
}

impl From<&Event> for State {
    fn from(event: &Event) -> Self {
        match event {
            Event::On(_) => Self::Known,
            Event::NoneRecorded => Self::NoneRecorded,
            Event::Unknown { why, .. } => Self::Unknown(*why),
            Event::NotCollected => Self::NotCollected,
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $Kind:ident($Of:ty),)+) => {
        /// One fact of a record, for those who go through a record field by field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fact { $($(#[$doc])* $Kind($Of),)+ }

        /// The place of one fact in a record, to be filled in.
        ///
        /// Its kind says what may be put there, so a reader of text is one `match` over kinds
        /// instead of one arm for every field.
        #[derive(Debug)]
        pub enum FactMut<'r> { $($(#[$doc])* $Kind(&'r mut $Of),)+ }

        $(
            impl From<$Of> for Fact {
                fn from(fact: $Of) -> Self {
                    Self::$Kind(fact)
                }
            }

            impl<'r> From<&'r mut $Of> for FactMut<'r> {
                fn from(fact: &'r mut $Of) -> Self {
                    Self::$Kind(fact)
                }
            }
        )+

        impl Fact {
            /// How much is known.
            pub fn state(&self) -> State {
                match self { $(Self::$Kind(fact) => fact.into(),)+ }
            }
        }

        impl FactMut<'_> {
            /// Says that it is not known, and why. Of an event, no earlier date is kept.
            pub fn set_unknown(self, why: Unknown) {
                match self { $(Self::$Kind(fact) => *fact = <$Of>::unknown(why),)+ }
            }

            /// Says that the source has no place for this fact.
            pub fn set_not_collected(self) {
                match self { $(Self::$Kind(fact) => *fact = <$Of>::NotCollected,)+ }
            }
        }
    };
}

kinds! {
    /// An age or range of ages.
    Age(Status<Age>),
    /// Something that happens on a day.
    Event(Event),
    /// A date that is a property, not an event.
    Date(Status<NaiveDate>),
    /// Opioid use.
    OpioidUse(Status<OpioidUse>),
    /// Opioid substitution treatment.
    Ost(Status<Ost>),
    /// Take-home naloxone.
    Naloxone(Status<Naloxone>),
    /// Injecting.
    Injecting(Status<Injecting>),
    /// A yes-or-no question.
    YesNo(Status<YesNo>),
    /// Housing.
    Housing(Status<Housing>),
    /// Case status.
    CaseStatus(Status<CaseStatus>),
}

impl FactMut<'_> {
    /// Says the value with this name; what is in no vocabulary is unreadable, and what has none
    /// stays as it is.
    pub(crate) fn set_named(self, name: &str) {
        fn set<T: Code>(status: &mut Status<T>, name: &str) {
            *status = T::from_name(name).map_or(Status::Unknown(Unknown::Unreadable), From::from);
        }
        match self {
            Self::Age(_) | Self::Event(_) | Self::Date(_) => {}
            Self::OpioidUse(status) => set(status, name),
            Self::Ost(status) => set(status, name),
            Self::Naloxone(status) => set(status, name),
            Self::Injecting(status) => set(status, name),
            Self::YesNo(status) => set(status, name),
            Self::Housing(status) => set(status, name),
            Self::CaseStatus(status) => set(status, name),
        }
    }
}

impl Fact {
    /// The date in it: of an event the latest known, of a date the date.
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            Self::Event(event) => event.latest(),
            Self::Date(date) => date.known(),
            Self::Age(_)
            | Self::OpioidUse(_)
            | Self::Ost(_)
            | Self::Naloxone(_)
            | Self::Injecting(_)
            | Self::YesNo(_)
            | Self::Housing(_)
            | Self::CaseStatus(_) => None,
        }
    }

    /// The names of the values that it can have, when they are a closed vocabulary.
    pub fn vocabulary(self) -> Option<Vec<&'static str>> {
        fn names<T: Code>(_: Status<T>) -> Option<Vec<&'static str>> {
            Some(T::ALL.iter().map(|code| code.name()).collect())
        }
        match self {
            Self::Age(_) | Self::Event(_) | Self::Date(_) => None,
            Self::OpioidUse(status) => names(status),
            Self::Ost(status) => names(status),
            Self::Naloxone(status) => names(status),
            Self::Injecting(status) => names(status),
            Self::YesNo(status) => names(status),
            Self::Housing(status) => names(status),
            Self::CaseStatus(status) => names(status),
        }
    }
}
