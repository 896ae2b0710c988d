//! What the rows of one person say of age.

use super::said::{Said, same, worse};
use chrono::NaiveDate;
use overdose_risk::{Age, Field, Status, Unknown};

/// What rows say of age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ages {
    Unknown(Unknown),
    NotCollected,
    /// The ages that all rows allow, and the year of birth as far as any says one.
    Within {
        youngest: u8,
        oldest: u8,
        born_in: Said<i16>,
    },
    /// There is no age that all rows allow.
    Apart,
}

impl Ages {
    pub(super) fn new(age: Status<Age>, as_of: NaiveDate) -> Self {
        match age {
            Status::Known(age) => {
                let born_in = age.birth_year().and_then(|year| i16::try_from(year).ok());
                let born_in = born_in.map_or(Said::NotCollected, Said::One);
                age.range_on(as_of).map_or(Self::Apart, |(youngest, oldest)| Self::Within {
                    youngest,
                    oldest,
                    born_in,
                })
            }
            Status::Unknown(why) => Self::Unknown(why),
            Status::NotCollected => Self::NotCollected,
        }
    }

    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Apart, _) | (_, Self::Apart) => Self::Apart,
            (
                Self::Within { youngest, oldest, born_in },
                Self::Within { youngest: from, oldest: to, born_in: year },
            ) => {
                let (youngest, oldest) = (youngest.max(from), oldest.min(to));
                let born_in = born_in.join(year, same);
                if youngest <= oldest {
                    Self::Within { youngest, oldest, born_in }
                } else {
                    Self::Apart
                }
            }
            (known @ Self::Within { .. }, _) | (_, known @ Self::Within { .. }) => known,
            (Self::Unknown(one), Self::Unknown(other)) => Self::Unknown(worse(one, other)),
            (unknown @ Self::Unknown(_), _) | (_, unknown @ Self::Unknown(_)) => unknown,
            (Self::NotCollected, Self::NotCollected) => Self::NotCollected,
        }
    }

    pub(super) fn settle(self, as_of: NaiveDate, disagree: &mut impl FnMut(Field)) -> Status<Age> {
        match self {
            Self::Unknown(why) => Status::Unknown(why),
            Self::NotCollected => Status::NotCollected,
            Self::Apart => {
                disagree(Field::Age);
                Status::Unknown(Unknown::Contradictory)
            }
            Self::Within { youngest, oldest, born_in } => {
                // An age by year of birth rises with time. A narrower one is as of this day alone.
                let by_year = match born_in {
                    Said::One(year) => Some(Age::born_in(year)),
                    Said::NotCollected | Said::Unknown(_) | Said::Several => None,
                };
                by_year
                    .filter(|age| age.range_on(as_of) == Some((youngest, oldest)))
                    .or_else(|| Age::between(youngest, oldest).ok())
                    .map_or(Status::Unknown(Unknown::Contradictory), Status::Known)
            }
        }
    }
}
