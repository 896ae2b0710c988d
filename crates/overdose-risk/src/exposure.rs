//! Whether the rules apply to a person at all.

use crate::codes::{Injecting, OpioidUse, Ost};
use crate::fact::{State, Unknown};
use crate::factor::Day;
use crate::record::Record;

/// Whether the person uses or has used opioids, or is treated for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exposure {
    /// The record says so.
    Yes,
    /// The record says not, and nothing speaks against it.
    No,
    /// Not known.
    Unknown,
}

/// An overdose this many days back, or fewer, speaks against "no opioids".
const RECENT_OVERDOSE: std::ops::RangeInclusive<i32> = 0..=365;

impl Exposure {
    /// The exposure that a record shows on a day. The record is taken as [read on] that day.
    ///
    /// An explicit `none` stands against a blank, but not against current injecting, an overdose
    /// within a year, or a treatment field that was declined or cannot be right.
    ///
    /// [read on]: Record::as_read_on
    pub(crate) fn of(record: &Record, on: Day) -> Self {
        let use_known = record.opioid_use.known();
        let exposed = matches!(use_known, Some(OpioidUse::Current | OpioidUse::Past))
            || record.ost.is(Ost::Prescribed)
            || record.ost_ended.latest().is_some();
        if exposed {
            return Self::Yes;
        }

        let overdose = record.overdose.latest();
        let spoken_against = record.injecting.is(Injecting::Current)
            || overdose.is_some_and(|date| RECENT_OVERDOSE.contains(&on.days_since(date)))
            || is_doubtful((&record.ost).into())
            || is_doubtful((&record.ost_ended).into());
        if use_known == Some(OpioidUse::None) && !spoken_against { Self::No } else { Self::Unknown }
    }
}

/// Unknown in a way that is more than nobody having written it down.
fn is_doubtful(state: State) -> bool {
    match state {
        State::Unknown(why) => why != Unknown::NotRecorded,
        State::Known | State::NoneRecorded | State::NotCollected => false,
    }
}
