//! What people read of a run of `overdose-risk`: the worklist, what changed, one person's sheet; and of a
//! policy: the guide to it, what it has otherwise than another, and by what of it people may be missed.

// What a library may not do: panic, since a panic repeats the data that caused it; take a default
// arm, since a new variant must be looked at everywhere; write where the caller has not said.
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::string_slice,
        clippy::indexing_slicing,
        clippy::wildcard_enum_match_arm,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

mod change;
mod difference;
mod guide;
mod less_cautious;
mod listed;
mod plain;
mod sheet;
mod table;
mod words;
mod worklist;

pub use change::{Because, Change, ChangeKind, ChangesWriter, MovedBy, change_of};
pub use difference::difference;
pub use guide::Guide;
pub use less_cautious::{less_cautious, less_cautious_parted};
pub use listed::{Listed, Review, ReviewState, Standing};
pub use sheet::Sheet;
pub use table::{WorklistWriter, guarded, unguarded};
pub use worklist::{ByTier, CaseloadOf, Counts, Link, Worklist};
