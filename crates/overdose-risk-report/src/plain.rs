//! Text that shows itself as it is: nothing in it is markup, moves the text around it, or hides.

use askama::filters::Escaper;
use overdose_risk::policy::is_hidden;
use std::borrow::Cow;
use std::fmt;

/// What stands in place of a character that cannot be seen.
const REPLACEMENT: char = '\u{FFFD}';

/// Writes text into HTML, between tags or between the quotes of an attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain;

impl Escaper for Plain {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for part in text.split_inclusive(is_special) {
            let mut chars = part.chars();
            let Some(last) = chars.next_back().filter(|last| is_special(*last)) else {
                out.write_str(part)?;
                continue;
            };
            out.write_str(chars.as_str())?;
            match last {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                other => out.write_char(shown(other))?,
            }
        }
        Ok(())
    }
}

fn is_special(character: char) -> bool {
    matches!(character, '&' | '<' | '>' | '"' | '\'') || shown(character) != character
}

/// The text without characters that cannot be seen: line ends and tabs are spaces, and in place of
/// control characters, those that turn the direction of text and those of no width stands U+FFFD.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().all(|one| shown(one) == one) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

fn shown(character: char) -> char {
    match character {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        hidden if is_hidden(hidden) => REPLACEMENT,
        other => other,
    }
}
