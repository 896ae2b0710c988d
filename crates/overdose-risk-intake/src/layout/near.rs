//! Headers that almost name a column.

use super::{Name, NearMiss};
use crate::column::Column;

/// How like a name a header must be, at least.
pub(crate) const ALIKE: f64 = 0.75;

/// Names this short are in too many others to be looked for there.
const TELLING: usize = 5;

/// For each of these columns the header that is most like it, of those that are like no other column
/// more.
pub(super) fn near_misses(
    unread: &[(usize, &Name)],
    lacking: &[(Column, String)],
) -> Vec<NearMiss> {
    let mut nearest: Vec<(NearMiss, f64)> = Vec::new();
    for (position, name) in unread {
        let mut best = None;
        for (column, lacking) in lacking {
            let alike = alike(lacking, &name.simplified);
            if alike >= ALIKE && best.is_none_or(|(_, most)| alike > most) {
                best = Some((*column, alike));
            }
        }
        let Some((column, alike)) = best else { continue };
        let miss = NearMiss { position: *position, column };
        match nearest.iter_mut().find(|(other, _)| other.column == column) {
            Some(other) if alike > other.1 => *other = (miss, alike),
            Some(_) => {}
            None => nearest.push((miss, alike)),
        }
    }
    nearest.sort_by_key(|(miss, _)| miss.column.index());
    nearest.into_iter().map(|(miss, _)| miss).collect()
}

/// How like a name a header is, from 0 to 1. One that has the whole name in it is more like it than
/// one that is misspelt, and the longer the name the more.
pub(crate) fn alike(name: &str, header: &str) -> f64 {
    if name.len() >= TELLING && header.contains(name) {
        return 0.9 + 0.1 * name.len() as f64 / header.len() as f64;
    }
    strsim::normalized_damerau_levenshtein(name, header)
}
