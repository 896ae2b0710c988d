//! The exact bytes of a short cell as a number, by which it is known again.

use crate::cell::Cell;

/// How many places keys are spread over, as a power of two.
const BITS: u32 = 6;

/// How many places keys are spread over.
pub(crate) const PLACES: usize = 1 << BITS;

/// The longest cell that has a key, in bytes.
pub(crate) const LONGEST: usize = Cell::REACH - 1;

/// The key of no cell.
pub(crate) const NO_KEY: u128 = u128::MAX;

/// All bytes of a cell and, in the highest, how many they are, so that no two cells have the same: 0 of
/// a blank one. `None` of one that is longer than 15.
#[inline]
pub(crate) fn key(cell: Cell<'_>) -> Option<u128> {
    key_at_hand(cell).or_else(|| key_alone(cell.text()))
}

/// The same; `None` also of one that has too little behind it.
#[inline(always)]
pub(crate) fn key_at_hand(cell: Cell<'_>) -> Option<u128> {
    let (reach, length) = cell.reach()?;
    let own = OWN.get(length)?;
    Some(u128::from_le_bytes(*reach) & own | (length as u128) << 120)
}

/// The bytes of a cell among those within its reach, by its length.
const OWN: [u128; LONGEST + 1] = {
    let mut own = [0; LONGEST + 1];
    let mut rest = own.as_mut_slice();
    let mut bytes = 0;
    while let [first, others @ ..] = rest {
        *first = bytes;
        bytes = bytes << 8 | 0xff;
        rest = others;
    }
    own
};

/// The bytes of the cell with a key, and zeros behind them.
#[inline]
pub(crate) fn bytes(key: u128) -> [u8; Cell::REACH] {
    (key & (u128::MAX >> 8)).to_le_bytes()
}

/// The same of a cell that has less than that behind it, in which bytes that are looked at twice come
/// to stand at the same place.
#[inline(never)]
fn key_alone(cell: &[u8]) -> Option<u128> {
    let length = cell.len();
    let bytes = if let (Some(first), Some(last), 8..=LONGEST) =
        (cell.first_chunk(), cell.last_chunk(), length)
    {
        u128::from(u64::from_le_bytes(*first))
            | u128::from(u64::from_le_bytes(*last)) << (8 * (length - 8))
    } else if let (Some(first), Some(last), 4..=7) = (cell.first_chunk(), cell.last_chunk(), length)
    {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4));
        u128::from(u64::from(u32::from_le_bytes(*first)) | last)
    } else if let (Some(first), Some(middle), Some(last), 1..=3) =
        (cell.first(), cell.get(length / 2), cell.last(), length)
    {
        // No branch asks for the length: `yes` and `no` follow no pattern.
        let middle = u32::from(*middle) << (8 * (length / 2));
        u128::from(u32::from(*first) | middle | u32::from(*last) << (8 * (length - 1)))
    } else {
        return (length == 0).then_some(0);
    };
    Some(bytes | (length as u128) << 120)
}

/// What keys can be multiplied with to be spread. Found by trying: so, no two words of a column have the
/// same place.
pub(crate) const SPREAD: u64 = 0x7e61_2d7d_ebf4_6055;

/// The place of a key, spread by its highest bits when multiplied.
#[inline(always)]
pub(crate) fn place(key: u128, spread: u64) -> usize {
    let folded = (key as u64) ^ ((key >> 64) as u64).rotate_left(29);
    (folded.wrapping_mul(spread) >> (64 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_two_words_of_a_column_have_the_same_place() {
        let everywhere = ["", "unknown", "not recorded", "not known", "n/a", "na", "null", "-"];
        let columns: [&[&str]; 8] = [
            &["current", "past", "none"],
            &["prescribed", "not_prescribed"],
            &["held", "not_held"],
            &["current", "previous", "never"],
            &["yes", "no", "y", "n", "true", "false", "1", "0"],
            &["settled", "at_risk", "no_fixed_abode"],
            &["open", "closed", "in_custody", "died"],
            &["never"],
        ];
        for words in columns {
            let words: Vec<&str> =
                words.iter().chain(&everywhere).chain(&["declined", "refused"]).copied().collect();
            let place = |word: &&str| key(word.as_bytes().into()).map(|key| place(key, SPREAD));
            let places: std::collections::HashSet<_> = words.iter().map(place).collect();
            assert_eq!(places.len(), words.len(), "{words:?}");
        }
    }

    proptest! {
        #[test]
        fn the_key_of_a_cell_is_its_bytes_and_length_whatever_stands_behind(
            text in prop::collection::vec(any::<u8>(), 0..40),
            length in 0..20_usize,
        ) {
            let length = length.min(text.len());
            let mut bytes = [0; Cell::REACH];
            bytes.iter_mut().zip(&text[..length]).for_each(|(place, byte)| *place = *byte);
            bytes[LONGEST] = length as u8;
            let expected = (length <= LONGEST).then(|| u128::from_le_bytes(bytes));
            prop_assert_eq!(key(Cell::beginning(&text, length)), expected);
            prop_assert_eq!(key(Cell::from(&text[..length])), expected);
        }
    }
}
