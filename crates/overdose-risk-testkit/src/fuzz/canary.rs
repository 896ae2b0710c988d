//! A value that no output may repeat, set among arbitrary bytes.

/// It cannot be a part of an id, which an output may repeat: a full stop breaks the id rule.
const CANARY: &str = "Kanarie.Vogel";

/// Neither half of it may show, in whatever case.
const HALVES: [&str; 2] = ["kanarie", "vogel"];

/// A template in which each `~` is replaced by the next piece of the bytes, and each `@` by the
/// canary. `None` where the bytes hold a part of the canary themselves.
pub(super) fn planted(template: &str, data: &[u8]) -> Option<Vec<u8>> {
    let places = template.matches('~').count();
    if is_in(data) {
        return None;
    }
    let mut pieces = data.chunks(data.len().div_ceil(places).max(1));
    let mut planted = Vec::with_capacity(template.len() + data.len() + 64);
    for byte in template.bytes() {
        match byte {
            b'~' => planted.extend_from_slice(pieces.next().unwrap_or_default()),
            b'@' => planted.extend_from_slice(CANARY.as_bytes()),
            byte => planted.push(byte),
        }
    }
    Some(planted)
}

/// Panics where a text repeats a part of the canary.
pub(super) fn assert_not_in(said: &str) {
    assert!(!is_in(said.as_bytes()), "an input value is repeated: {said}");
}

fn is_in(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    HALVES.iter().any(|half| text.contains(half))
}
