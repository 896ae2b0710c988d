//! What rows say of one status.

use chrono::NaiveDate;
use overdose_risk::{Status, Unknown};

/// What some rows say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said<T> {
    NotCollected,
    Unknown(Unknown),
    One(T),
    /// They know different things.
    Several,
}

impl<T: Copy> Said<T> {
    /// Both together; `join` says what two known things come to, if they do not exclude each other.
    pub(super) fn join(self, other: Self, join: fn(T, T) -> Option<T>) -> Self {
        match (self, other) {
            (Self::Several, _) | (_, Self::Several) => Self::Several,
            (Self::One(one), Self::One(other)) => join(one, other).map_or(Self::Several, Self::One),
            (known @ Self::One(_), _) | (_, known @ Self::One(_)) => known,
            (Self::Unknown(one), Self::Unknown(other)) => Self::Unknown(worse(one, other)),
            (unknown @ Self::Unknown(_), _) | (_, unknown @ Self::Unknown(_)) => unknown,
            (Self::NotCollected, Self::NotCollected) => Self::NotCollected,
        }
    }

    /// What that makes of the fact.
    pub(super) fn settle(self, disagree: impl FnOnce()) -> Status<T> {
        match self {
            Self::NotCollected => Status::NotCollected,
            Self::Unknown(why) => Status::Unknown(why),
            Self::One(value) => Status::Known(value),
            Self::Several => {
                disagree();
                Status::Unknown(Unknown::Contradictory)
            }
        }
    }
}

impl<T> From<Status<T>> for Said<T> {
    fn from(status: Status<T>) -> Self {
        match status {
            Status::Known(value) => Self::One(value),
            Status::Unknown(why) => Self::Unknown(why),
            Status::NotCollected => Self::NotCollected,
        }
    }
}

/// What all rows say of one status: those that know it and say when, of which only the latest count,
/// and the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claims<T> {
    latest_on: Option<NaiveDate>,
    latest: Said<T>,
    undated: Said<T>,
}

impl<T: Copy> Claims<T> {
    pub(super) fn new(status: Status<T>, recorded_on: Option<NaiveDate>) -> Self {
        match (status, recorded_on) {
            (Status::Known(value), Some(_)) => Self {
                latest_on: recorded_on,
                latest: Said::One(value),
                // What is known counts before this, so that a row without an answer adds nothing.
                undated: Said::Unknown(Unknown::NotRecorded),
            },
            (status, _) => {
                Self { latest_on: None, latest: Said::NotCollected, undated: status.into() }
            }
        }
    }

    pub(super) fn join(self, other: Self, join: fn(T, T) -> Option<T>) -> Self {
        let latest = if self.latest_on == other.latest_on {
            self.latest.join(other.latest, join)
        } else if self.latest_on > other.latest_on {
            self.latest
        } else {
            other.latest
        };
        Self {
            latest_on: self.latest_on.max(other.latest_on),
            latest,
            undated: self.undated.join(other.undated, join),
        }
    }

    /// A row that does not say when may be the latest of all.
    pub(super) fn settle(self, join: fn(T, T) -> Option<T>) -> Said<T> {
        self.latest.join(self.undated, join)
    }
}

/// Two things are the same or exclude each other.
pub(super) fn same<T: PartialEq>(one: T, other: T) -> Option<T> {
    (one == other).then_some(one)
}

/// The reason that says more. Somebody who declined, or wrote what nobody can read, did say something.
pub(super) fn worse(one: Unknown, other: Unknown) -> Unknown {
    let rank = |why| match why {
        Unknown::NotRecorded => 0,
        Unknown::Declined => 1,
        Unknown::Unreadable => 2,
        Unknown::Contradictory => 3,
    };
    if rank(one) >= rank(other) { one } else { other }
}
