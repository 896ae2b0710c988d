//! The text of one cell, and the cells of a row.

use std::fmt;

/// The text of one cell and, where a format has it at hand, what stands behind it.
///
/// Nobody reads what stands behind. But a short cell that has it is known again from one load of
/// 16 bytes, where one that stands alone takes a few, and branches on its length.
#[derive(Clone, Copy, Default)]
pub struct Cell<'c> {
    from: &'c [u8],
    /// The whole text where it is more.
    length: usize,
}

impl<'c> Cell<'c> {
    /// How far from its beginning a cell is looked at at once, in bytes.
    #[doc(hidden)]
    pub const REACH: usize = 16;

    /// The cell of this length with which a text begins; all of it where it is shorter.
    #[inline]
    pub fn beginning(text: &'c [u8], length: usize) -> Self {
        Self { from: text, length }
    }

    /// The text of the cell.
    #[inline]
    pub fn text(self) -> &'c [u8] {
        self.from.get(..self.length).unwrap_or(self.from)
    }

    /// The cell without the quotes around it, if there are any.
    #[inline]
    #[must_use]
    pub fn unquoted(self) -> Self {
        match self.text() {
            [b'"', inner @ .., b'"'] => {
                Self { from: self.from.get(1..).unwrap_or_default(), length: inner.len() }
            }
            _ => self,
        }
    }

    /// Whether it has no bytes; one of spaces has some.
    #[inline(always)]
    pub(crate) fn is_blank(self) -> bool {
        self.length == 0 || self.from.is_empty()
    }

    /// A short cell with other bytes behind it, and how long it is, where so many are at hand.
    #[inline(always)]
    pub(crate) fn reach(self) -> Option<(&'c [u8; Cell::REACH], usize)> {
        let reach = self.from.first_chunk()?;
        (self.length < Self::REACH).then_some((reach, self.length))
    }
}

/// A cell that stands alone.
impl<'c> From<&'c [u8]> for Cell<'c> {
    #[inline]
    fn from(text: &'c [u8]) -> Self {
        Self { from: text, length: text.len() }
    }
}

/// Says nothing of the text.
impl fmt::Debug for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cell").finish_non_exhaustive()
    }
}

/// The cells of one row.
#[doc(hidden)]
pub trait Cells<'c> {
    /// The cell in a slot of the profile, or `None` where the export lacks its column.
    fn cell(&self, slot: usize) -> Option<Cell<'c>>;
}

impl<'c, F: Fn(usize) -> Option<C>, C: Into<Cell<'c>>> Cells<'c> for F {
    #[inline]
    fn cell(&self, slot: usize) -> Option<Cell<'c>> {
        self(slot).map(Into::into)
    }
}
