//! What a mapping file says of one field.

use super::date::DateOrder;
use super::fault::{Cause, keys};
use super::file::{Faults, Name, Value, date_order, nearest};
use super::normal::{normal, says_nothing};
use super::target::{Blank, Kind, Target};
use std::ops::Range;

/// What a file says of one field.
pub(crate) struct Draft {
    pub(crate) target: Target,
    pub(crate) sources: Vec<Name>,
    pub(crate) is_joined: bool,
    pub(crate) order: DateOrder,
    pub(crate) blank: Blank,
    /// Texts as they are compared, and the word for each; sorted.
    pub(crate) values: Vec<(String, String)>,
}

/// Reads a field whose key stands there; what is wrong with it is added to the faults.
pub(crate) fn read(
    target: Target,
    key: Range<usize>,
    value: &Value<'_>,
    order: DateOrder,
    faults: &mut Faults,
) -> Draft {
    let kind = target.kind();
    let mut draft = Draft {
        target,
        sources: Vec::new(),
        is_joined: false,
        order,
        blank: Blank::of(kind),
        values: Vec::new(),
    };
    let Some(table) = value.get_ref().as_table() else {
        // Of an id, a list would take the parts of one for places of the same.
        if kind != Kind::Id && value.get_ref().is_array() {
            draft.sources = faults.list(target, value, target.name());
        } else {
            let wanted = match kind {
                Kind::Id => "a column name in quotes, { from = [...] } or { join = [...] }",
                Kind::Code | Kind::Status | Kind::Event | Kind::Date => {
                    "a column name in quotes, a list of them, or a table with from"
                }
            };
            draft.sources.extend(faults.name(value, target.name(), wanted));
        }
        return draft;
    };
    let (from, join) = (table.get("from"), table.get("join"));
    match (from, join.filter(|_| kind == Kind::Id)) {
        (Some(_), Some(join)) => faults.add(join.span().start, Cause::FromAndJoin),
        (Some(from), None) if from.get_ref().is_str() => {
            draft.sources.extend(faults.name(from, "from", "a column name in quotes"));
        }
        (Some(from), None) => draft.sources = faults.list(target, from, "from"),
        (None, Some(join)) => {
            draft.sources = faults.names(join, "join");
            draft.is_joined = true;
            if join.get_ref().as_array().is_some_and(|list| list.len() < 2) {
                faults.add(join.span().start, Cause::JoinOfOne);
            }
        }
        (None, None) => faults.add(key.start, Cause::NoSource { target }),
    }
    for (key, value) in table {
        match key.get_ref().as_ref() {
            name if !keys(kind).contains(&name) => {
                let near = nearest(name, keys(kind).iter().copied());
                faults.add(key.span().start, Cause::UnknownFieldKey { target, near });
            }
            "dates" => draft.order = date_order(value, faults).unwrap_or(order),
            "blank" => draft.blank = blank(kind, value, faults).unwrap_or(draft.blank),
            "values" => draft.values = values(target, value, faults),
            _ => {}
        }
    }
    draft
}

fn blank(kind: Kind, value: &Value<'_>, faults: &mut Faults) -> Option<Blank> {
    let name = value.get_ref().as_str();
    let blank = Blank::ALL.into_iter().find(|blank| Some(blank.name()) == name);
    let fits = |blank: &Blank| kind == Kind::Event || *blank != Blank::NoneRecorded;
    let blank = blank.filter(fits);
    if blank.is_none() {
        faults.add(value.span().start, Cause::BlankMeansNoAnswer { kind });
    }
    blank
}

fn values(target: Target, value: &Value<'_>, faults: &mut Faults) -> Vec<(String, String)> {
    let Some(table) = value.get_ref().as_table() else {
        let wanted = "a table of texts and the word for each, such as { \"Yes\" = \"yes\" }";
        faults.add(value.span().start, Cause::WrongType { key: "values", wanted });
        return Vec::new();
    };
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut values: Vec<(String, String)> = Vec::new();
    for (key, value) in entries {
        let at = key.span().start;
        let text: String = normal(key.get_ref()).collect();
        let wanted = "words in quotes, and each text before one as well";
        let Some(word) = faults.text(value, "values", wanted) else { continue };
        let is_unknown = matches!(word, "unknown" | "declined");
        if text.is_empty() {
            faults.add(at, Cause::BlankValue);
        } else if values.iter().any(|(other, _)| *other == text) {
            faults.add(at, Cause::ValueTwice);
        } else if !is_unknown && !target.takes(word) {
            faults.add(value.span().start, Cause::UnknownWord { target });
        } else if !is_unknown && says_nothing(&text) {
            faults.add(at, Cause::AnswerFromUnknown);
        } else {
            values.push((text, word.to_owned()));
        }
    }
    values.sort();
    values
}
