//! What all tables of a policy file have in common.

use crate::fault::Cause;
use crate::keys::{Table, unknown};
use crate::place::Faults;
use crate::value::Value;
use overdose_risk::policy::About;
use toml::de::DeTable;

/// Finds fault with every key that a table does not have, and that is no name.
pub(crate) fn check_keys(
    table: &DeTable<'_>,
    of: Table,
    is_name: impl Fn(&str) -> bool,
    faults: &mut Faults,
) {
    for (key, _) in table {
        let name = key.get_ref().as_ref();
        if !of.keys().contains(&name) && !is_name(name) {
            faults.add(key.span().start, unknown(of, name));
        }
    }
}

fn table<'v, 't>(
    value: &'v Value<'t>,
    at: usize,
    of: Table,
    faults: &mut Faults,
) -> Option<&'v DeTable<'t>> {
    let table = value.get_ref().as_table();
    if table.is_none() {
        faults.add(at, Cause::NotATable { table: of });
    }
    table
}

/// Every entry of a table of tables; `read` says whether it knows the name.
pub(crate) fn each(
    root: &DeTable<'_>,
    key: &str,
    of: Table,
    faults: &mut Faults,
    mut read: impl FnMut(&str, usize, &Value<'_>, &mut Faults) -> bool,
) {
    let Some((key, value)) = root.get_key_value(key) else { return };
    let Some(entries) = table(value, key.span().start, of, faults) else { return };
    for (key, value) in entries {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        if !read(name, at, value, faults) {
            faults.add(at, unknown(of, name));
        }
    }
}

/// Reads a table that is about one part of a policy.
pub(crate) fn part(
    about: About,
    at: usize,
    value: &Value<'_>,
    faults: &mut Faults,
    read: impl FnOnce(&DeTable<'_>, &mut Faults),
) {
    let of = Table::Of(about);
    let table = table(value, at, of, faults);
    let keys = table.into_iter().flatten().filter_map(|(key, _)| {
        let known = of.keys().iter().find(|known| **known == key.get_ref().as_ref());
        known.map(|known| (*known, key.span().start))
    });
    let keys = keys.collect();
    faults.mention(about, at, keys, |faults| {
        if let Some(table) = table {
            read(table, faults);
        }
    });
}

/// Puts what stands behind a key in place of what is there.
pub(crate) fn put<T>(
    table: &DeTable<'_>,
    key: &str,
    place: &mut T,
    read: impl FnOnce(&Value<'_>) -> Option<T>,
) {
    if let Some(read) = table.get(key).and_then(read) {
        *place = read;
    }
}
