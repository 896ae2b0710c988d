//! What a reader learns of rows beside their facts, to be put together with what others learn.

use crate::id_guard::IdGuard;
use crate::values::{Different, UnreadValues};
use std::fmt;

/// What a [`RowReader`](crate::RowReader) learnt of some rows beside their facts: how many different
/// values could not be read, and what the ids look like that broke the id rule.
///
/// Neither a value nor an id is in it: of each it has a keyed hash, by which it is told from others,
/// and of an id what it looks like.
#[doc(hidden)]
#[derive(Default)]
#[must_use = "it is known nowhere else: give it to what learns of the whole export"]
pub struct Learnt {
    pub(crate) unread: UnreadValues,
    pub(crate) broken_ids: BrokenIds,
}

/// Says nothing of the rows.
impl fmt::Debug for Learnt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Learnt").finish_non_exhaustive()
    }
}

impl Learnt {
    /// Whether there is nothing in it, as of nearly all rows.
    pub fn is_empty(&self) -> bool {
        self.unread.is_empty() && self.broken_ids.in_order.is_empty()
    }

    /// Adds what was learnt of the rows behind these, by the same reader or
    /// [another](crate::RowReader::another) of it.
    pub fn add(&mut self, later: Self) {
        self.unread.add_all(later.unread);
        for (hash, look) in later.broken_ids.in_order {
            self.broken_ids.add(hash, || look);
        }
    }
}

/// What the first thousand different ids look like that broke the id rule.
#[derive(Default)]
pub(crate) struct BrokenIds {
    told_apart: Different,
    /// Each by its hash, with what a guard saw that looked at it alone.
    in_order: Vec<(u64, IdGuard)>,
    together: Option<IdGuard>,
}

impl BrokenIds {
    /// Adds an id by its hash, if it is another one than those before: `look` looks at it.
    pub(crate) fn add(&mut self, hash: u64, look: impl FnOnce() -> IdGuard) {
        if self.told_apart.is_new(hash) {
            let look = look();
            match &mut self.together {
                Some(together) => together.add(&look),
                None => self.together = Some(look.clone()),
            }
            self.in_order.push((hash, look));
        }
    }

    pub(crate) fn together(&self) -> Option<&IdGuard> {
        self.together.as_ref()
    }
}
