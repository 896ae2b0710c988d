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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Intake;
    use overdose_risk::Field;

    const NALOXONE: Column = Column::Fact(Field::Naloxone);
    const OST: Column = Column::Fact(Field::Ost);

    /// What these headers, counted from 1, are near misses of.
    fn near(headers: &[&str], lacking: &[(Column, &str)]) -> Vec<(usize, Column)> {
        let names: Vec<Name> =
            headers.iter().map(|it| Name::of(it.as_bytes(), &Intake::default())).collect();
        let lacking: Vec<(Column, String)> =
            lacking.iter().map(|(column, name)| (*column, (*name).to_owned())).collect();
        let unread: Vec<(usize, &Name)> = (1..).zip(&names).collect();
        let misses = near_misses(&unread, &lacking);
        misses.into_iter().map(|miss| (miss.position, miss.column)).collect()
    }

    #[test]
    fn of_several_headers_the_most_like_is_named_and_of_equals_the_first() {
        let lacking = [(NALOXONE, "naloxone")];
        assert_eq!(near(&["nalloxonee", "nalloxone"], &lacking), [(2, NALOXONE)]);
        assert_eq!(near(&["nalloxone", "nalloxonee"], &lacking), [(1, NALOXONE)]);
        assert_eq!(near(&["nalloxone", "naloxxone"], &lacking), [(1, NALOXONE)]);
    }

    #[test]
    fn a_header_is_near_the_column_it_is_most_like_and_of_equals_the_first() {
        let of = |one, other| near(&["naloxone_kit"], &[(NALOXONE, one), (OST, other)]);
        assert_eq!(of("naloxone", "naloxonekits"), [(1, NALOXONE)]);
        assert_eq!(of("naloxonekits", "naloxone"), [(1, OST)]);
        assert_eq!(of("naloxonekits", "naloxonekid"), [(1, NALOXONE)]);
        assert_eq!(of("naloxoneki", "naloxonekid"), [(1, NALOXONE)]);
        assert_eq!(of("naloxonekat", "naloxonekid"), [(1, NALOXONE)]);
    }

    #[test]
    fn a_header_with_the_name_in_it_is_more_like_it_the_more_of_it_the_name_is() {
        let is = |header, expected: f64| (alike("naloxone", header) - expected).abs() < 1e-9;
        assert!(is("naloxone", 1.0));
        assert!(is("naloxonekitheld1", 0.95));
        assert!(is("kitnaloxonekitheldbefore2024now1", 0.925));
        assert!(is("nalloxone", 1.0 - 1.0 / 9.0));
        assert!(alike("age", "agency") < ALIKE, "too short a name to be looked for in others");
    }
}
