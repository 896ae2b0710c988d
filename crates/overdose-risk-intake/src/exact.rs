//! The exact bytes of a short cell as a number, by which it is known again.

/// How many places keys are spread over, as a power of two.
const BITS: u32 = 6;

/// How many places keys are spread over.
pub(crate) const PLACES: usize = 1 << BITS;

/// All bytes of a cell and, in the highest, how many they are, so that no two cells have the same;
/// `None` of one that is blank or longer than 15.
#[inline]
pub(crate) fn key(cell: &[u8]) -> Option<u128> {
    let length = cell.len();
    let bytes = if let (Some(first), Some(last), 8..=15) =
        (cell.first_chunk(), cell.last_chunk(), length)
    {
        // Those of the last eight that are not among the first.
        let rest = (u64::from_le_bytes(*last) >> 8) >> (8 * (15 - length));
        u128::from(u64::from_le_bytes(*first)) | u128::from(rest) << 64
    } else if let (Some(first), Some(last), 4..=7) = (cell.first_chunk(), cell.last_chunk(), length)
    {
        u128::from(u32::from_le_bytes(*first)) | u128::from(u32::from_le_bytes(*last)) << 32
    } else if let (Some(first), Some(middle), Some(last), 1..=3) =
        (cell.first(), cell.get(length / 2), cell.last(), length)
    {
        // Some of them are the same, and no branch asks which: `yes` and `no` follow no pattern.
        u128::from(u32::from_le_bytes([*first, *middle, *last, 0]))
    } else {
        return None;
    };
    Some(bytes | (length as u128) << 120)
}

/// The first place of a key, spread by its highest bits when multiplied.
#[inline]
pub(crate) fn place(key: u128) -> usize {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let folded = (key as u64) ^ ((key >> 64) as u64).rotate_left(29);
    (folded.wrapping_mul(SPREAD) >> (64 - BITS)) as usize
}
