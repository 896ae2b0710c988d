//! A value that no output may repeat, set among arbitrary bytes.

use super::filled;

/// It cannot be a part of an id, which an output may repeat: a full stop breaks the id rule.
const CANARY: &str = "Kanarie.Vogel";

/// Neither half of it may show, in whatever case.
const HALVES: [&str; 2] = ["kanarie", "vogel"];

/// A template in which each `~` is replaced by the next part of the bytes, and each `@` by the
/// canary. `None` where the bytes hold a part of the canary themselves.
pub(super) fn planted(template: &str, data: &[u8]) -> Option<Vec<u8>> {
    (!is_in(data)).then(|| filled(&template.replace('@', CANARY), data))
}

/// Panics where a text repeats a part of the canary.
pub(super) fn assert_not_in(said: &str) {
    assert!(!is_in(said.as_bytes()), "an input value is repeated: {said}");
}

fn is_in(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    HALVES.iter().any(|half| text.contains(half))
}
