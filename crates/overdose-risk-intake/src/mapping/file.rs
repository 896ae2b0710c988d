//! A mapping file, and what is wrong with it.

use super::date::DateOrder;
use super::fault::{Cause, MappingFault};
use super::field::{self, Draft};
use super::target::Target;
use crate::column::{plain, simplified};
use crate::layout::{ALIKE, alike};
use crate::person::Id;
use std::collections::HashSet;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of a column, and where it stands in the file.
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) at: usize,
}

impl Name {
    /// What it has in common with all names of the same column.
    pub(crate) fn column(&self) -> Vec<u8> {
        plain(self.text.as_bytes()).collect()
    }
}

/// Everything that a file says.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) ignored: Vec<Name>,
}

/// The faults of a file, as they are found.
pub(crate) struct Faults {
    /// Where each line of the file ends.
    line_ends: Vec<usize>,
    pub(crate) found: Vec<MappingFault>,
}

pub(crate) type Value<'t> = Spanned<DeValue<'t>>;

impl Faults {
    pub(crate) fn of(text: &str) -> Self {
        let line_ends = text.match_indices('\n').map(|(at, _)| at).collect();
        Self { line_ends, found: Vec::new() }
    }

    pub(crate) fn add(&mut self, at: usize, cause: Cause) {
        let line = 1 + self.line_ends.partition_point(|end| *end < at);
        self.found.push(MappingFault { line, cause });
    }

    /// A text, or the fault that it is none.
    pub(crate) fn text<'v>(
        &mut self,
        value: &'v Value<'_>,
        key: &'static str,
        wanted: &'static str,
    ) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.add(value.span().start, Cause::WrongType { key, wanted });
        }
        text
    }

    /// The names of columns in a list, no two of them the same.
    pub(crate) fn names(&mut self, value: &Value<'_>, key: &'static str) -> Vec<Name> {
        let wanted = "a list of column names in quotes";
        let Some(list) = value.get_ref().as_array() else {
            self.add(value.span().start, Cause::WrongType { key, wanted });
            return Vec::new();
        };
        let (mut names, mut columns) = (Vec::new(), HashSet::new());
        for entry in list {
            let Some(name) = self.name(entry, key, wanted) else { continue };
            if columns.insert(name.column()) {
                names.push(name);
            } else {
                self.add(name.at, Cause::SourceTwice);
            }
        }
        names
    }

    /// The sources of a field, of which there is one at least.
    pub(crate) fn list(
        &mut self,
        target: Target,
        value: &Value<'_>,
        key: &'static str,
    ) -> Vec<Name> {
        if value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            self.add(value.span().start, Cause::NoSource { target });
        }
        self.names(value, key)
    }

    /// The name of a column, or the fault that it is none.
    pub(crate) fn name(
        &mut self,
        value: &Value<'_>,
        key: &'static str,
        wanted: &'static str,
    ) -> Option<Name> {
        let at = value.span().start;
        let text = self.text(value, key, wanted)?.to_owned();
        let name = Name { text, at };
        if name.column().is_empty() {
            self.add(at, Cause::SourceWithoutName);
            return None;
        }
        Some(name)
    }
}

/// Names of profiles that are no mappings.
const RESERVED: [&str; 3] = ["auto", "native", "ndtms"];

/// Reads a file as far as it goes; what is wrong with it is added to the faults.
pub(crate) fn read(text: &str, faults: &mut Faults) -> Option<File> {
    let root = match DeTable::parse(text) {
        Ok(root) => root.into_inner(),
        Err(error) => {
            let at = error.span().unwrap_or(text.len()..text.len()).start;
            let is_repeated = error.message() == "duplicate key";
            faults.add(at, if is_repeated { Cause::KeyTwice } else { Cause::NotToml });
            return None;
        }
    };
    for (key, _) in &root {
        const KEYS: [&str; 4] = ["name", "dates", "ignore", "fields"];
        if !KEYS.contains(&key.get_ref().as_ref()) {
            let near = nearest(key.get_ref(), KEYS);
            faults.add(key.span().start, Cause::UnknownKey { near });
        }
    }

    let name = match root.get("name") {
        None => {
            faults.add(0, Cause::Missing { key: "name" });
            String::new()
        }
        Some(value) => {
            let name = faults.text(value, "name", "a text in quotes").unwrap_or("-");
            let obeys = Id::read(name.as_bytes()).is_ok_and(|id| id.as_str() == name);
            if RESERVED.contains(&name) {
                faults.add(value.span().start, Cause::NameReserved);
            } else if value.get_ref().is_str() && !obeys {
                faults.add(value.span().start, Cause::NameBreaksRule);
            }
            name.to_owned()
        }
    };
    let order = root.get("dates").and_then(|value| date_order(value, faults));
    let ignored = root.get("ignore").map_or(Vec::new(), |value| faults.names(value, "ignore"));
    let drafts = fields(&root, order.unwrap_or(DateOrder::DayFirst), faults);
    Some(File { name, drafts, ignored })
}

pub(crate) fn date_order(value: &Value<'_>, faults: &mut Faults) -> Option<DateOrder> {
    let name = faults.text(value, "dates", "day-first or month-first, in quotes")?;
    let order = DateOrder::ALL.into_iter().find(|order| order.name() == name);
    if order.is_none() {
        faults.add(value.span().start, Cause::UnknownDateOrder);
    }
    order
}

fn fields(root: &DeTable<'_>, order: DateOrder, faults: &mut Faults) -> Vec<Draft> {
    let Some((key, value)) = root.get_key_value("fields") else {
        faults.add(0, Cause::Missing { key: "[fields]" });
        return Vec::new();
    };
    let Some(table) = value.get_ref().as_table() else {
        let wanted = "a table: write [fields] on a line by itself";
        faults.add(key.span().start, Cause::WrongType { key: "fields", wanted });
        return Vec::new();
    };
    if !table.contains_key("id") {
        faults.add(key.span().start, Cause::Missing { key: "id" });
    }
    let mut drafts = Vec::new();
    for (key, value) in table {
        match Target::named(key.get_ref()) {
            Some(target) => drafts.push(field::read(target, key.span(), value, order, faults)),
            None => {
                let near = nearest(key.get_ref(), Target::all().map(Target::name));
                faults.add(key.span().start, Cause::UnknownField { near });
            }
        }
    }
    drafts
}

/// The name that a misspelt one is most like, if it is like any.
pub(crate) fn nearest(
    misspelt: &str,
    names: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    let misspelt = simplified(misspelt.as_bytes());
    let alike =
        names.into_iter().map(|name| (alike(&simplified(name.as_bytes()), &misspelt), name));
    let most = alike.max_by(|(one, _), (other, _)| one.total_cmp(other));
    most.filter(|(alike, _)| *alike >= ALIKE).map(|(_, name)| name)
}
