//! What tells two policies apart for certain.

use sha2::{Digest, Sha256};
use std::fmt;

/// The SHA-256 of a policy's canonical form. `Display` is all of it as 64 hexadecimal digits; with
/// `{:.12}`, the first 12, which every output has behind the policy's name and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(canonical: &str) -> Self {
        Self(Sha256::digest(canonical).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(64);
        let halves = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.take(digits).try_for_each(|half| write!(f, "{half:x}"))
    }
}
