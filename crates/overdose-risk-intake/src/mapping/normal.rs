//! When two texts are the same label.

/// White space: that of ASCII, and the space that does not break, which web pages put into cells.
pub(crate) fn is_space(character: char) -> bool {
    character.is_ascii_whitespace() || character == '\u{a0}'
}

/// A text as it is compared: no space around it, one space within, lower case, every dash a hyphen.
pub(crate) fn normal(text: &str) -> impl Iterator<Item = char> {
    let words = text.split(is_space).filter(|word| !word.is_empty());
    words.enumerate().flat_map(|(place, word)| {
        let space = (place > 0).then_some(' ');
        space.into_iter().chain(word.chars().map(hyphen).flat_map(char::to_lowercase))
    })
}

fn hyphen(character: char) -> char {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

/// Whether there is nothing in a cell but white space.
pub(crate) fn is_blank(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| text.chars().all(is_space))
}

/// Texts that native columns do not know and that yet say nothing but that nobody knows.
const SAY_NOTHING: [&str; 9] = [
    "blank",
    "don't know",
    "dont know",
    "missing",
    "not answered",
    "not asked",
    "not completed",
    "not entered",
    "not stated",
];

/// Whether a text, as it is compared, means that nobody knows: no answer may be made of it.
pub(crate) fn says_nothing(normal: &str) -> bool {
    crate::text::is_missing(normal.as_bytes())
        || SAY_NOTHING.contains(&normal)
        || normal.chars().all(|character| "?-./*_{}[] ".contains(character))
}
