//! What one id looks like.

use crate::id_guard::IdShape;
use crate::text;
use chrono::Datelike;

/// What was seen of an id.
#[derive(Default)]
pub(super) struct Look {
    pub(super) says_something: bool,
    pub(super) has_ten_digits: bool,
    pub(super) shape: Option<IdShape>,
}

/// Looks at an id, spaces around it apart, when nobody is born after that year.
pub(super) fn look(id: &[u8], latest_year: i32) -> Look {
    let id = id.trim_ascii();
    let (mut digits, mut letters, mut ats) = (0_usize, 0_usize, 0_usize);
    for byte in id {
        digits += usize::from(byte.is_ascii_digit());
        letters += usize::from(is_letter(*byte));
        ats += usize::from(*byte == b'@');
    }
    let when = |is: bool, shape| is.then_some(shape);

    let mut has_ten_digits = false;
    let shape = if ats == 1 {
        when(is_email(id), IdShape::Email)
    } else if digits == 0 {
        if text::is_missing(id) {
            return Look::default();
        }
        when(is_name(id), IdShape::Name)
    } else if letters == 0 {
        let ten = ten_digits(id);
        has_ten_digits = ten.is_some();
        when(ten.is_some_and(|ten| is_nhs_number(&ten)), IdShape::NhsNumber)
            .or(when(is_date(id, latest_year), IdShape::DateOfBirth))
            .or(when(is_telephone(id, digits), IdShape::Telephone))
    } else {
        when(is_attributor(id, latest_year), IdShape::Attributor)
    };
    Look { says_something: true, has_ten_digits, shape }
}

/// Whether a byte is a letter of ASCII, or a part of any other character.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

fn is_email(id: &[u8]) -> bool {
    let mut parts = id.split(|byte| *byte == b'@');
    let (Some(name), Some(host)) = (parts.next(), parts.next()) else { return false };
    let has_space = id.iter().any(u8::is_ascii_whitespace);
    let mut labels = host.split(|byte| *byte == b'.');
    !name.is_empty() && !has_space && host.contains(&b'.') && labels.all(|label| !label.is_empty())
}

/// The ten digits of an id that has no others, with nothing between them or the same space or hyphen
/// behind the third and the sixth.
fn ten_digits(id: &[u8]) -> Option<[u8; 10]> {
    let ten = match *id {
        [a, b, c, d, e, f, g, h, i, j] => [a, b, c, d, e, f, g, h, i, j],
        [a, b, c, b' ', d, e, f, b' ', g, h, i, j] | [a, b, c, b'-', d, e, f, b'-', g, h, i, j] => {
            [a, b, c, d, e, f, g, h, i, j]
        }
        _ => return None,
    };
    ten.iter().all(u8::is_ascii_digit).then_some(ten)
}

/// Whether the tenth digit checks the nine before it: weights from 10 to 2, and eleven less what
/// dividing their sum by eleven leaves. Where that is eleven the digit is 0; where it is ten there is
/// none.
fn is_nhs_number(ten: &[u8; 10]) -> bool {
    let [nine @ .., last] = ten;
    let value = |digit: &u8| u32::from(*digit - b'0');
    let sum: u32 = (2..=10).rev().zip(nine).map(|(weight, digit)| weight * value(digit)).sum();
    let is_one_digit = nine.iter().all(|digit| digit == last);
    (11 - sum % 11) % 11 == value(last) && !is_one_digit
}

/// Whether an id is a date on which somebody can have been born.
fn is_date(id: &[u8], latest_year: i32) -> bool {
    let date = match *id {
        [d1, d2, b'-', m1, m2, b'-', y1, y2, y3, y4] => {
            text::calendar_date(&[y1, y2, y3, y4, m1, m2, d1, d2])
        }
        _ => text::calendar_date(id),
    };
    date.is_some_and(|date| (1900..=latest_year).contains(&date.year()))
}

fn is_attributor(id: &[u8], latest_year: i32) -> bool {
    let [first, last, a, b, c, d, e, f, g, h, b'M' | b'm' | b'F' | b'f', ..] = *id else {
        return false;
    };
    let has_initials = first.is_ascii_alphabetic() && last.is_ascii_alphabetic();
    let day_first = [e, f, g, h, c, d, a, b];
    has_initials
        && (is_date(&[a, b, c, d, e, f, g, h], latest_year) || is_date(&day_first, latest_year))
}

/// Whether an id with so many digits, and no letter, is a telephone number.
fn is_telephone(id: &[u8], digits: usize) -> bool {
    let is_spaced = id.iter().any(|byte| matches!(byte, b' ' | b'(' | b')'));
    let joins =
        |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'(' | b')' | b'-' | b'.');
    match id.strip_prefix(b"(").unwrap_or(id) {
        [b'+', rest @ ..] => (10..=15).contains(&digits) && rest.iter().all(joins),
        [b'0', b'0', b'4', b'4', ..] => digits == 14 && id.iter().all(joins),
        [b'0', b'7', ..] => digits == 11 && id.iter().all(joins),
        [b'0', b'1' | b'2' | b'3', ..] => digits == 11 && is_spaced && id.iter().all(joins),
        _ => false,
    }
}

fn is_name(id: &[u8]) -> bool {
    let is_between = |byte: &u8| matches!(byte, b' ' | b',' | b'.' | b'\'' | b'-' | b'_');
    if !id.iter().all(|byte| is_letter(*byte) || is_between(byte)) {
        return false;
    }
    let words = || id.split(is_between).filter(|word| !word.is_empty());
    let long = words().filter(|word| word.len() >= 2).count();
    let has = |joins: &[u8]| id.iter().any(|byte| joins.contains(byte));
    if has(b"'") {
        long >= 1
    } else if has(b" ,.") {
        long >= 2
    } else {
        words().all(is_capitalised) && (id.len() >= 3 && long >= 1)
    }
}

/// Whether a word is a capital and at least one small letter, and nothing else.
fn is_capitalised(word: &[u8]) -> bool {
    let [first, rest @ ..] = word else { return false };
    let is_small = |byte: &u8| byte.is_ascii_lowercase() || !byte.is_ascii();
    first.is_ascii_uppercase() && !rest.is_empty() && rest.iter().all(is_small)
}
