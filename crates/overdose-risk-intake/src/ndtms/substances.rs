//! The problem substances of a row, in the three places that there are.

use super::codes::Substance;
use super::column::NdtmsColumn;
use super::row::{Row, said};
use crate::column::Column;
use crate::problem::ProblemKind;
use overdose_risk::{Field, Status, Unknown, YesNo};

/// What stands in the three places.
#[derive(Clone, Copy)]
pub(super) struct Substances([Place; 3]);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Names(Substance),
    /// A code in no list that begins as those of opioids do.
    LikeAnOpioid,
    Unknown(Unknown),
    NotCollected,
}

/// Whether there is an opioid among the substances.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opioid {
    Named,
    /// Only such a code. That is enough to be careful, and not enough to believe that what is
    /// prescribed replaces it.
    Likely,
    /// All three places are known, and none names one.
    None,
    Unknown(Unknown),
    NotCollected,
}

impl Substances {
    pub(super) fn read(row: &mut Row<'_, '_>) -> Self {
        use NdtmsColumn::{Drug1, Drug2, Drug3};
        Self([Drug1, Drug2, Drug3].map(|column| {
            match row.code(column) {
                // There is no first substance, says this, and yet somebody is in treatment.
                Status::Known(Substance::NoneFurther) if column == Drug1 => {
                    row.report(Column::Fact(Field::OpioidUse), ProblemKind::Unreadable);
                    Place::Unknown(Unknown::Unreadable)
                }
                Status::Known(substance) => Place::Names(substance),
                Status::Unknown(Unknown::Unreadable)
                    if row.cell(column).is_some_and(is_like_an_opioid) =>
                {
                    Place::LikeAnOpioid
                }
                Status::Unknown(why) => Place::Unknown(why),
                Status::NotCollected => Place::NotCollected,
            }
        }))
    }

    pub(super) fn opioid(&self) -> Opioid {
        let Self(places) = self;
        let any = |place| places.contains(&place);
        if any(Place::Names(Substance::Opioid)) {
            return Opioid::Named;
        }
        if any(Place::LikeAnOpioid) {
            return Opioid::Likely;
        }
        if places.iter().all(|place| matches!(place, Place::Names(_))) {
            return Opioid::None;
        }
        if self.are_not_collected() {
            return Opioid::NotCollected;
        }
        Opioid::Unknown(said(places.iter().map(|place| match place {
            Place::Unknown(why) => Some(*why),
            Place::Names(_) | Place::LikeAnOpioid | Place::NotCollected => None,
        })))
    }

    /// Whether one of these substances is among them. Three places are no complete list, so the
    /// answer is never no.
    pub(super) fn include(&self, substance: Substance) -> Status<YesNo> {
        let Self(places) = self;
        if places.contains(&Place::Names(substance)) {
            Status::Known(YesNo::Yes)
        } else if self.are_not_collected() {
            Status::NotCollected
        } else {
            Status::Unknown(Unknown::NotRecorded)
        }
    }

    fn are_not_collected(&self) -> bool {
        self.0.iter().all(|place| *place == Place::NotCollected)
    }
}

/// The codes that could be read begin with 1 if and only if they are of opioids.
fn is_like_an_opioid(cell: &[u8]) -> bool {
    matches!(cell.trim_ascii(), [b'1', rest @ ..] if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit))
}
