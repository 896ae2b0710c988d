//! A number of threads on a command line.

use std::num::NonZeroUsize;

/// How many threads.
pub(crate) fn threads(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "a whole number, 1 or more")
}
