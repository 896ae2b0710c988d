//! The text of one cell.

use std::fmt;

/// The text of one cell and, where a format has it at hand, what stands behind it.
///
/// Nobody reads what stands behind. But a short cell that has it is known again from one load of
/// [`Cell::REACH`] bytes, where one that stands alone takes a few, and branches on its length.
#[derive(Clone, Copy, Default)]
pub struct Cell<'c> {
    from: &'c [u8],
    length: usize,
}

impl<'c> Cell<'c> {
    /// How far from its beginning a cell is looked at at once, in bytes.
    pub const REACH: usize = 16;

    /// The cell of this length with which a text begins; all of it where it is shorter.
    #[inline]
    pub fn beginning(text: &'c [u8], length: usize) -> Self {
        Self { from: text, length: length.min(text.len()) }
    }

    /// The text of the cell.
    #[inline]
    pub fn text(self) -> &'c [u8] {
        self.from.get(..self.length).unwrap_or_default()
    }

    /// How long it is, in bytes.
    #[inline]
    pub(crate) fn length(self) -> usize {
        self.length
    }

    /// Its first bytes and others behind it, where so many are at hand.
    #[inline]
    pub(crate) fn reach(self) -> Option<&'c [u8; Cell::REACH]> {
        self.from.first_chunk()
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
