//! Where a value ends, and what an object at the start of a file is.

use crate::source::space;
use memchr::{memchr, memchr_iter, memchr2};
use overdose_risk_intake::Profile;
use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// The length of the value that some JSON begins with.
///
/// This follows the grammar to the value's end and keeps nothing; it looks into no text and no
/// number.
pub(crate) fn value_end(json: &[u8]) -> serde_json::Result<usize> {
    let mut values = Deserializer::from_slice(json).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Err(error)) => Err(error),
        Some(Ok(_)) | None => Ok(values.byte_offset()),
    }
}

/// The length of the object that some JSON begins with, where nothing in it makes that hard to tell: no
/// object, no escape and no brace in text. Of JSON that is broken in it, the broken place is before
/// that.
pub(crate) fn plain_object_end(json: &[u8]) -> Option<usize> {
    let inside = json.strip_prefix(b"{")?;
    let inside = inside.get(..memchr(b'}', inside)?)?;
    let is_plain = memchr2(b'{', b'\\', inside).is_none()
        && memchr_iter(b'"', inside).count().is_multiple_of(2);
    is_plain.then_some(inside.len() + 2)
}

/// Whether some JSON ends before its first value does.
///
/// serde_json says so, but for a number that ends behind a sign, a point or an `e`, which it calls
/// broken: there, a digit more is tried.
pub(crate) fn ends_too_soon(json: &[u8]) -> bool {
    let Err(error) = value_end(json) else { return false };
    let may_be_in_number = matches!(json.last(), Some(b'-' | b'+' | b'.' | b'e' | b'E'));
    error.is_eof()
        || may_be_in_number && {
            let more = [json, b"0"].concat();
            value_end(&more).map_or_else(|error| error.is_eof(), |end| end == more.len())
        }
}

/// What an object at the start of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    /// A record, or whatever stands on a line by itself.
    Line,
    /// It has one key, and under it an array whose first element stands from here on.
    AroundArray(usize),
    /// It has an array among other keys, and is no record.
    AmongOtherKeys,
    /// It goes on behind the end of its first line, so that the lines are no records.
    OverSeveralLines,
}

/// Looks at the object that some JSON begins with; the JSON may break off.
pub(crate) fn object(json: &[u8], profile: &Profile) -> Object {
    let mut scan = Scan { json, at: 0 };
    let mut seen = Seen::default();
    let is_whole = scan.object(&mut seen, profile).is_some();
    match seen.array {
        Some(array) if seen.columns == 0 => {
            if seen.keys == 1 {
                Object::AroundArray(array)
            } else if is_whole && scan.token() == Some(b'{') {
                Object::Line
            } else {
                Object::AmongOtherKeys
            }
        }
        Some(_) | None if is_over_several_lines(json) => Object::OverSeveralLines,
        Some(_) | None => Object::Line,
    }
}

/// Whether the first value goes on behind the end of its line, as far as the JSON goes. One that is
/// broken is a bad line.
fn is_over_several_lines(json: &[u8]) -> bool {
    let end = match value_end(json) {
        Ok(end) => end,
        Err(error) if error.is_eof() => json.len(),
        Err(_) => return false,
    };
    json.get(..end).is_some_and(|value| value.trim_ascii_end().contains(&b'\n'))
}

#[derive(Debug, Default)]
struct Seen {
    keys: usize,
    columns: usize,
    /// Where the elements of the first array begin.
    array: Option<usize>,
}

/// A place in JSON.
pub(crate) struct Scan<'j> {
    pub(crate) json: &'j [u8],
    pub(crate) at: usize,
}

impl Scan<'_> {
    /// Follows an object to its end; `None` where the JSON breaks off or is broken.
    fn object(&mut self, seen: &mut Seen, profile: &Profile) -> Option<()> {
        self.take(b'{')?;
        loop {
            self.token()?;
            let from = self.at;
            self.value()?;
            let key: String = serde_json::from_slice(self.json.get(from..self.at)?).ok()?;
            seen.keys += 1;
            let is_column = profile.leads_to(&key) && !profile.names_caseload_alone(&key);
            seen.columns += usize::from(is_column);
            self.take(b':')?;
            if self.token()? == b'[' {
                seen.array.get_or_insert(self.at + 1);
            }
            self.value()?;
            if self.token()? == b'}' {
                return self.take(b'}');
            }
            self.take(b',')?;
        }
    }

    pub(crate) fn token(&mut self) -> Option<u8> {
        self.at += space(self.json.get(self.at..)?);
        self.json.get(self.at).copied()
    }

    pub(crate) fn take(&mut self, token: u8) -> Option<()> {
        (self.token()? == token).then(|| self.at += 1)
    }

    pub(crate) fn value(&mut self) -> Option<()> {
        self.at += value_end(self.json.get(self.at..)?).ok()?;
        Some(())
    }
}
