//! Bytes as a file that somebody writes by hand.

/// A file with a part of it replaced: where, and how much, by two bytes.
pub(super) fn spliced(file: &str, [at, removed]: [u8; 2], by: &[u8]) -> String {
    let at = file.len() * usize::from(at) / 256;
    let (before, rest) = file.as_bytes().split_at(at);
    let behind = &rest[usize::from(removed).min(rest.len())..];
    String::from_utf8_lossy(&[before, by, behind].concat()).into_owned()
}

/// Panics where a file is refused for nothing, or for something on a line that it does not have.
pub(super) fn assert_has_lines(file: &str, faults: impl Iterator<Item = usize>) {
    let lines: Vec<usize> = faults.collect();
    assert!(!lines.is_empty() && lines.is_sorted());
    let all = file.split('\n').count();
    assert!(lines.iter().all(|line| (1..=all).contains(line)), "{lines:?} of {all}");
}
