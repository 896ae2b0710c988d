//! Pseudonyms made with a secret key, for services that hold nothing but NHS numbers.

use crate::problem::Quarantine;
use crate::text;
use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Buffer, CoreProxy as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroizing, zeroize_stack};

/// HMAC, keyed. Unlike [`Hmac`], it has no buffer in it, whose unwritten bytes are copied with it and
/// can be those of a key that was on the stack.
type Keyed = HmacCore<Sha256>;

/// A secret key, ready to make pseudonyms.
///
/// A pseudonym is the first 128 bits of HMAC-SHA-256 over a label for this purpose and the id. The
/// same key and id give the same pseudonym, from night to night and from machine to machine. Nobody
/// without the key can make one, or try every NHS number there is until one fits.
///
/// It is as good as the key itself for making pseudonyms, so it cannot be copied, shows nothing of
/// itself, and is overwritten when it is dropped.
///
/// ```
/// use overdose_risk_intake::{PseudonymKey, Zeroizing};
///
/// // In earnest it comes from a file, and nobody has seen it.
/// let key = b"982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1";
/// let key = Zeroizing::new(key.to_vec());
/// let key = PseudonymKey::new(key).unwrap();
/// let pseudonym = key.pseudonym(b"999 000 0018").unwrap();
/// assert_eq!(pseudonym, key.pseudonym(b" 9990000018 ").unwrap());
/// assert_eq!(pseudonym.as_str(), "v1-gnvi6l3gtytc5cdiixpthkn63e");
/// ```
pub struct PseudonymKey {
    // In a box, so that only its address is copied where the key is moved.
    state: Box<Keyed>,
}

/// Why bytes are no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeakKey {
    /// There are fewer than [`PseudonymKey::SHORTEST`].
    #[error(
        "it has fewer than 32 bytes: draw a key with `umask 077; head -c 32 /dev/urandom > \
         pseudonym.key`"
    )]
    Short,
    /// They have fewer than 8 different values, or steps from one to the next, or they are one
    /// shorter text over and over.
    #[error(
        "it is too regular to have been drawn at random: draw a key with `umask 077; head -c 32 \
         /dev/urandom > pseudonym.key`"
    )]
    Regular,
}

/// What stands for a person in every output: `v1-` and 26 letters and digits, base32 of RFC 4648 in
/// lower case. It obeys the id rule. For whoever holds the key it is still personal data.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pseudonym([u8; Self::LENGTH]);

/// Which way of making pseudonyms this is. Whatever changes them changes this and [`PURPOSE_ID`].
const VERSION: &[u8] = b"v1-";

const PURPOSE_ID: &str = "overdose-risk/id/v1";
const PURPOSE_KEY_CHECK: &str = "overdose-risk/key-check/v1";

/// How many different values, and steps between them, a key has at least. Of 32 random bytes nearly
/// all differ, and of as many hexadecimal digits 8 or more.
const VARIED: usize = 8;

impl PseudonymKey {
    /// The shortest key, in bytes. Of random bytes, no more are needed.
    pub const SHORTEST: usize = 32;

    /// A key of bytes as they stand, be they random bytes or the hexadecimal or base64 text of
    /// some. They are overwritten.
    ///
    /// Behind a text, one line end is no part of the key, since editors add them. Behind other
    /// bytes it is: one in 256 random keys ends in such a byte.
    ///
    /// # Errors
    ///
    /// When they are too few, or nobody can have drawn them at random. A passphrase can be as weak
    /// and is not recognised.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, WeakKey> {
        let state = wiping_the_stack(move || {
            let key = without_line_end(&bytes);
            if key.len() < Self::SHORTEST {
                return Err(WeakKey::Short);
            }
            if is_regular(key) {
                return Err(WeakKey::Regular);
            }
            // HMAC takes keys of any length, so this does not fail.
            Keyed::new_from_slice(key).map(Box::new).map_err(|_| WeakKey::Short)
        })?;
        Ok(Self { state })
    }

    /// The pseudonym of an id, white space around it apart.
    ///
    /// An NHS number is the same one as `9990000018`, `999 000 0018` and `999-000-0018`. Every other
    /// id counts as it stands, its case too: in some systems `p1` and `P1` are two people, and
    /// neither may be lost.
    ///
    /// # Errors
    ///
    /// [`Quarantine::IdMissing`] for an id that is blank or says `unknown` or the like, since all of
    /// them would be one person.
    pub fn pseudonym(&self, id: &[u8]) -> Result<Pseudonym, Quarantine> {
        let id = id.trim_ascii();
        if text::is_missing(id) {
            return Err(Quarantine::IdMissing);
        }
        let grouped = digits_of_groups(id);
        let id = grouped.as_ref().map_or(id, <[u8; 10]>::as_slice);
        Ok(Pseudonym::of(self.code(PURPOSE_ID, id)))
    }

    /// 64 bits in hexadecimal by which two runs can tell whether they had the same key. They say
    /// nothing of the key, and nothing of any pseudonym.
    pub fn fingerprint(&self) -> String {
        format!("{:016x}", self.code(PURPOSE_KEY_CHECK, b"") >> 64)
    }

    /// The first 128 bits of the code of a text. How long the purpose is stands before it, so that
    /// no other purpose and text are the same bytes.
    fn code(&self, purpose: &str, text: &[u8]) -> u128 {
        wiping_the_stack(|| {
            let mut mac = Hmac::compose(Keyed::clone(&self.state), Buffer::<Keyed>::default());
            mac.update(&(purpose.len() as u64).to_be_bytes());
            mac.update(purpose.as_bytes());
            mac.update(text);
            let code = mac.finalize();
            code.as_bytes().iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
        })
    }
}

/// Says nothing of the key.
impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PseudonymKey").finish_non_exhaustive()
    }
}

impl Pseudonym {
    /// How long every pseudonym is, in characters.
    pub const LENGTH: usize = VERSION.len() + 26;

    fn of(bits: u128) -> Self {
        Self(std::array::from_fn(|place| match VERSION.get(place) {
            Some(byte) => *byte,
            // The last digit has three bits left, and two zeros behind them.
            None => base32(bits << (5 * (place - VERSION.len()))),
        }))
    }

    /// The pseudonym as text.
    pub fn as_str(&self) -> &str {
        // All of it is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pseudonym").field(&self.as_str()).finish()
    }
}

/// The digit of the first five bits.
fn base32(bits: u128) -> u8 {
    let [first, ..] = bits.to_be_bytes();
    match first >> 3 {
        letter @ 0..26 => b'a' + letter,
        digit => b'2' + (digit - 26),
    }
}

/// The ten digits of a number in the groups in which NHS numbers are written.
fn digits_of_groups(id: &[u8]) -> Option<[u8; 10]> {
    let digits = match *id {
        [a, b, c, b' ', d, e, f, b' ', g, h, i, j] | [a, b, c, b'-', d, e, f, b'-', g, h, i, j] => {
            [a, b, c, d, e, f, g, h, i, j]
        }
        _ => return None,
    };
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    match bytes.strip_suffix(b"\n") {
        Some(text) if text.iter().all(is_text) => text.strip_suffix(b"\r").unwrap_or(text),
        _ => bytes,
    }
}

/// Whether bytes are such as random ones never are.
fn is_regular(key: &[u8]) -> bool {
    let pairs = |apart| key.iter().zip(key.iter().skip(apart));
    let is_step = |step: &u8| pairs(1).any(|(one, next)| next.wrapping_sub(*one) == *step);
    let values = (0..=u8::MAX).filter(|value| key.contains(value)).count();
    let steps = (0..=u8::MAX).filter(is_step).count();
    let repeats = |length| pairs(length).all(|(one, other)| one == other);
    values < VARIED || steps < VARIED || (VARIED..=key.len() / 2).any(repeats)
}

/// Computes something, then overwrites the stack on which that was done. `hmac` and `sha2` overwrite
/// their state when it is dropped, but neither the block that they make of the key nor what they
/// moved or spilled on the way.
///
/// This goes as far as safe code can: what is left in registers and in swap, it does not reach.
fn wiping_the_stack<T>(compute: impl FnOnce() -> T) -> T {
    /// Some times what is used without optimisation.
    const ENOUGH: usize = 1 << 14;
    let computed = apart(compute);
    zeroize_stack::<ENOUGH>();
    computed
}

/// In a frame of its own, which begins where that of `zeroize_stack` does.
#[inline(never)]
fn apart<T>(compute: impl FnOnce() -> T) -> T {
    compute()
}
