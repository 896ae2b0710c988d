//! What the factors that are one yes-or-no question share: a yes is found, a no is not, and not
//! knowing leaves the yes possible.

use super::prelude::*;
use crate::codes::YesNo;

pub(super) fn find(seen: &Seen<'_>, answer: Status<YesNo>) -> Finding {
    match answer {
        Status::Known(YesNo::Yes) => Finding::certain(seen.first()),
        Status::Known(YesNo::No) | Status::NotCollected => Finding::NOTHING,
        Status::Unknown(_) => Finding::at_worst(seen.first()),
    }
}
