//! What the values of a policy file are.

use crate::fault::Cause;
use crate::place::Faults;
use chrono::NaiveDate;
use overdose_risk::{Limit, Urgency};
use toml::Spanned;
use toml::de::{DeInteger, DeValue};

pub(crate) type Value<'t> = Spanned<DeValue<'t>>;

/// What a value must be to be read: the key that it stands behind, and what to write there.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) key: &'static str,
    pub(crate) wanted: &'static str,
}

impl Wanted {
    fn fault(self, value: &Value<'_>, faults: &mut Faults) {
        let Self { key, wanted } = self;
        faults.add(value.span().start, Cause::WrongType { key, wanted });
    }
}

/// A whole number that its type can hold.
pub(crate) fn number<T: TryFrom<u64>>(
    value: &Value<'_>,
    wanted: Wanted,
    faults: &mut Faults,
) -> Option<T> {
    let number = value.get_ref().as_integer().and_then(whole);
    if number.is_none() {
        wanted.fault(value, faults);
    }
    number
}

fn whole<T: TryFrom<u64>>(integer: &DeInteger<'_>) -> Option<T> {
    let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok()?;
    T::try_from(number).ok()
}

/// The points of a level.
pub(crate) fn points(value: &Value<'_>, faults: &mut Faults) -> Option<u8> {
    if value.get_ref().as_integer().is_some_and(|points| points.as_str().starts_with('-')) {
        faults.add(value.span().start, Cause::NegativePoints);
        return None;
    }
    number(value, Wanted { key: "points", wanted: "a whole number from 0 to 99" }, faults)
}

/// A text, whatever is in it.
pub(crate) fn text(value: &Value<'_>, key: &'static str, faults: &mut Faults) -> Option<String> {
    let text = value.get_ref().as_str();
    if text.is_none() {
        Wanted { key, wanted: "a text in quotes" }.fault(value, faults);
    }
    text.map(str::to_owned)
}

/// A day.
pub(crate) fn day(value: &Value<'_>, key: &'static str, faults: &mut Faults) -> Option<NaiveDate> {
    let day = match value.get_ref() {
        DeValue::String(text) => {
            text.parse().ok().filter(|day: &NaiveDate| day.to_string() == *text)
        }
        DeValue::Datetime(at) if at.time.is_none() && at.offset.is_none() => {
            at.date.and_then(|date| {
                NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
            })
        }
        DeValue::Datetime(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    };
    // Behind the year 9999, and before the year 0, no file has a date.
    let day = day.filter(|day| day.to_string().len() == "2027-03-31".len());
    if day.is_none() {
        Wanted { key, wanted: "a day such as 2027-03-31" }.fault(value, faults);
    }
    day
}

/// Yes or no.
pub(crate) fn truth(value: &Value<'_>, key: &'static str, faults: &mut Faults) -> Option<bool> {
    let truth = value.get_ref().as_bool();
    if truth.is_none() {
        Wanted { key, wanted: "true or false, without quotes" }.fault(value, faults);
    }
    truth
}

/// The limit of a mechanism.
pub(crate) fn limit(value: &Value<'_>, faults: &mut Faults) -> Option<Limit> {
    let wanted = "a whole number from 1 to 255, or \"largest\"";
    if value.get_ref().as_str() == Some("largest") {
        return Some(Limit::Largest);
    }
    number(value, Wanted { key: "points", wanted }, faults).map(Limit::Together)
}

/// The floor of a level, if it is to have one.
#[allow(clippy::option_option)]
pub(crate) fn floor(value: &Value<'_>, faults: &mut Faults) -> Option<Option<Urgency>> {
    let floor = match value.get_ref().as_str() {
        Some("act-now") => Some(Some(Urgency::ActNow)),
        Some("prioritise") => Some(Some(Urgency::Prioritise)),
        Some("none") => Some(None),
        Some(_) | None => None,
    };
    if floor.is_none() {
        let wanted = "\"act-now\", \"prioritise\" or \"none\"";
        Wanted { key: "floor", wanted }.fault(value, faults);
    }
    floor
}
