//! stub
use crate::column::Column;
use crate::facts::Facts;
use crate::problem::Problem;
use chrono::NaiveDate;
/// stub
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NdtmsColumn {
    /// a
    Agncy,
    /// b
    ClientId,
}
impl NdtmsColumn {
    /// a
    pub const ALL: [Self; 2] = [Self::Agncy, Self::ClientId];
    /// b
    pub const COUNT: usize = 2;
    /// c
    pub fn named(_: &[u8]) -> Option<Self> {
        None
    }
    /// d
    pub fn index(self) -> usize {
        self as usize
    }
    /// e
    pub fn gives(self) -> Column {
        Column::Id
    }
}
pub(crate) fn is_identifier_of_the_format(_: &[u8]) -> bool {
    false
}
pub(crate) fn looks_like_ndtms<'h>(_: impl Iterator<Item = &'h [u8]>) -> bool {
    false
}
pub(crate) fn read<'c>(
    _: &impl Fn(NdtmsColumn) -> Option<&'c [u8]>,
    as_of: NaiveDate,
    _: &mut impl FnMut(Problem),
) -> Facts {
    Facts::without_consent(as_of)
}
