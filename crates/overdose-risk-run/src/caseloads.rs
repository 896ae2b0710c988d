//! The caseloads of everybody: each code is kept once, and of each person where the list of theirs
//! begins.

use overdose_risk_intake::{Caseload, Caseloads, Id};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The caseloads that a person is on. Only the [`CaseloadSets`] that gave it knows which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct CaseloadSet(u32);

impl CaseloadSet {
    /// Of a person whose rows name none.
    pub(crate) const NONE: Self = Self(0);

    /// The first of those that one person has alone.
    const FIRST_OWN: u32 = 1 << 31;

    /// The number of one that a person has alone, if it is one.
    fn own(self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(Self::FIRST_OWN)?).ok()
    }
}

/// Every set of caseloads that came up. A set is a list, and shares its rest with others: what is kept
/// grows with the sets that differ, and not with the people, nor with the square of how many codes a
/// person has. Whoever comes to have more than a list is looked through for has a set alone.
#[derive(Debug, Default)]
pub(crate) struct CaseloadSets {
    places: [HashMap<Arc<str>, u32>; Caseload::ALL.len()],
    codes: Vec<(Caseload, Arc<str>)>,
    /// Every shared set but the empty one.
    sets: Vec<Set>,
    /// The sets of people who have many codes.
    own: Vec<HashSet<u32>>,
    /// What came of adding a code to a set.
    added: HashMap<(CaseloadSet, u32), CaseloadSet>,
}

/// A code in front of those of another set.
#[derive(Clone, Copy, Debug)]
struct Set {
    code: u32,
    rest: CaseloadSet,
    codes: u32,
}

/// How many codes a set has that is shared. To add another one, all of them are looked at.
const MOST_SHARED: u32 = 32;

/// The codes of a person's caseloads, in byte order and each once.
#[derive(Debug, Default)]
pub(crate) struct Codes<'s> {
    service: Vec<Id<'s>>,
    team: Vec<Id<'s>>,
    worker: Vec<Id<'s>>,
}

impl CaseloadSets {
    /// The caseloads of a person whose rows name these, with those of one more row.
    pub(crate) fn with(&mut self, set: CaseloadSet, row: Caseloads<'_>) -> CaseloadSet {
        row.codes().fold(set, |set, (caseload, code)| {
            let code = self.place(caseload, code);
            self.add(set, code)
        })
    }

    /// The codes of a set.
    pub(crate) fn codes(&self, set: CaseloadSet) -> Codes<'_> {
        let mut codes = Codes::default();
        for (caseload, code) in self.members(set).filter_map(|place| self.code(place)) {
            codes.of_mut(caseload).push(code);
        }
        for caseload in Caseload::ALL {
            codes.of_mut(caseload).sort_unstable();
        }
        codes
    }

    /// How many different codes there are of a kind.
    pub(crate) fn count(&self, of: Caseload) -> usize {
        self.places.get(of as usize).map_or(0, HashMap::len)
    }

    /// How many different shared sets there are, one of each order in which codes came to be in it.
    #[cfg(test)]
    fn sets(&self) -> usize {
        self.sets.len()
    }

    /// The place of a code among all.
    fn place(&mut self, caseload: Caseload, code: Id<'_>) -> u32 {
        let Some(places) = self.places.get_mut(caseload as usize) else { return u32::MAX };
        if let Some(place) = places.get(code.as_str()) {
            return *place;
        }
        // Four billion codes would take hundreds of gigabytes.
        let place = u32::try_from(self.codes.len()).unwrap_or(u32::MAX);
        let code: Arc<str> = code.as_str().into();
        places.insert(Arc::clone(&code), place);
        self.codes.push((caseload, code));
        place
    }

    fn add(&mut self, set: CaseloadSet, code: u32) -> CaseloadSet {
        if let Some(own) = set.own().and_then(|own| self.own.get_mut(own)) {
            own.insert(code);
            return set;
        }
        if let Some(added) = self.added.get(&(set, code)) {
            return *added;
        }
        let codes = self.set(set).map_or(0, |set| set.codes);
        let added = if self.members(set).any(|member| member == code) {
            set
        } else if codes == MOST_SHARED {
            return self.own_set(set, code);
        } else {
            self.sets.push(Set { code, rest: set, codes: codes + 1 });
            CaseloadSet(u32::try_from(self.sets.len()).unwrap_or(u32::MAX))
        };
        self.added.insert((set, code), added);
        added
    }

    /// A set for one person alone, of the codes of this one and one more.
    fn own_set(&mut self, set: CaseloadSet, code: u32) -> CaseloadSet {
        let codes = self.members(set).chain([code]).collect();
        let number = u32::try_from(self.own.len()).unwrap_or(u32::MAX);
        self.own.push(codes);
        CaseloadSet(CaseloadSet::FIRST_OWN.saturating_add(number))
    }

    /// The places of the codes in a set.
    fn members(&self, set: CaseloadSet) -> impl Iterator<Item = u32> {
        let own = set.own().and_then(|own| self.own.get(own));
        let shared = std::iter::successors(self.set(set), |set| self.set(set.rest));
        shared.map(|set| set.code).chain(own.into_iter().flatten().copied())
    }

    /// What a shared set is; `None` of the empty one.
    fn set(&self, set: CaseloadSet) -> Option<&Set> {
        self.sets.get(usize::try_from(set.0).ok()?.checked_sub(1)?)
    }

    fn code(&self, place: u32) -> Option<(Caseload, Id<'_>)> {
        let (caseload, code) = self.codes.get(usize::try_from(place).ok()?)?;
        Some((*caseload, Id::read(code.as_bytes()).ok()?))
    }
}

impl<'s> Codes<'s> {
    /// The codes of a kind.
    pub(crate) fn of(&self, caseload: Caseload) -> &[Id<'s>] {
        match caseload {
            Caseload::Service => &self.service,
            Caseload::Team => &self.team,
            Caseload::Worker => &self.worker,
        }
    }

    fn of_mut(&mut self, caseload: Caseload) -> &mut Vec<Id<'s>> {
        match caseload {
            Caseload::Service => &mut self.service,
            Caseload::Team => &mut self.team,
            Caseload::Worker => &mut self.worker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use overdose_risk_intake::{Column, read_person};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// A row with codes of these numbers; 0 names none.
    type Row = [u8; 3];

    fn with(sets: &mut CaseloadSets, set: CaseloadSet, row: Row) -> CaseloadSet {
        let cells = row.map(|number| if number == 0 { String::new() } else { number.to_string() });
        let cell = |column| match column {
            Column::Id => Some(b"p-1".as_slice()),
            Column::Caseload(of) => Some(cells[of as usize].as_bytes()),
            _ => None,
        };
        let person = read_person(cell, chrono::NaiveDate::MIN, &mut |_| {}).unwrap();
        sets.with(set, person.caseloads)
    }

    fn codes(sets: &CaseloadSets, set: CaseloadSet) -> [Vec<String>; 3] {
        let codes = sets.codes(set);
        Caseload::ALL.map(|of| codes.of(of).iter().map(ToString::to_string).collect())
    }

    fn union(rows: &[Row]) -> [Vec<String>; 3] {
        Caseload::ALL.map(|of| {
            let numbers = rows.iter().map(|row| row[of as usize]).filter(|number| *number > 0);
            let codes: BTreeSet<String> = numbers.map(|number| number.to_string()).collect();
            codes.into_iter().collect()
        })
    }

    proptest! {
        #[test]
        fn a_person_is_on_the_caseloads_of_all_rows_in_whatever_order_and_beside_whomever(
            rows in prop::collection::vec((0..4_usize, [0..30_u8, 0..30_u8, 0..30_u8]), 0..120)
        ) {
            let mut sets = CaseloadSets::default();
            for rows in [rows.clone(), rows.iter().rev().copied().collect()] {
                let mut people = [CaseloadSet::NONE; 4];
                for (person, row) in &rows {
                    people[*person] = with(&mut sets, people[*person], *row);
                    let again = with(&mut sets, people[*person], *row);
                    prop_assert_eq!(again, people[*person]);
                }
                for (person, set) in people.into_iter().enumerate() {
                    let of = rows.iter().filter(|(other, _)| *other == person);
                    let of: Vec<Row> = of.map(|(_, row)| *row).collect();
                    prop_assert_eq!(codes(&sets, set), union(&of));
                }
            }
            let all: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
            let counts = Caseload::ALL.map(|of| sets.count(of));
            prop_assert_eq!(counts, union(&all).map(|codes| codes.len()));
        }
    }

    #[test]
    fn people_with_the_same_rows_share_their_set() {
        let mut sets = CaseloadSets::default();
        let rows = [[1, 1, 1], [1, 2, 0], [1, 1, 3]];
        let mut of_person =
            || rows.into_iter().fold(CaseloadSet::NONE, |set, row| with(&mut sets, set, row));
        let first = of_person();
        assert!((0..1000).all(|_| of_person() == first));
        assert_eq!(sets.sets(), 5);
    }

    /// An export in which each row has a code of its own, and an id that many share.
    #[test]
    fn a_hundred_thousand_codes_of_one_person_take_no_more_than_a_place_each_in_any_order() {
        let mut sets = CaseloadSets::default();
        let codes: Vec<String> = (0..100_000).map(|number| number.to_string()).collect();
        let mut of_person = |codes: &mut dyn Iterator<Item = &String>| {
            codes.fold(CaseloadSet::NONE, |set, code| {
                let place = sets.place(Caseload::Worker, Id::read(code.as_bytes()).unwrap());
                sets.add(set, place)
            })
        };
        let people = [of_person(&mut codes.iter()), of_person(&mut codes.iter().rev())];
        assert_eq!(sets.count(Caseload::Worker), 100_000);
        assert!(sets.sets() < 100 && sets.added.len() < 100);
        assert_eq!(sets.own.iter().map(HashSet::len).sum::<usize>(), 200_000);
        for set in people {
            assert_eq!(sets.codes(set).of(Caseload::Worker).len(), 100_000);
        }
    }

    #[test]
    fn whoever_has_many_codes_shares_them_with_nobody() {
        let mut sets = CaseloadSets::default();
        let rows: Vec<Row> = (1..=40).map(|number| [number; 3]).collect();
        let mut of_person = |rows: &[Row]| {
            rows.iter().fold(CaseloadSet::NONE, |set, row| with(&mut sets, set, *row))
        };
        let (first, other) = (of_person(&rows), of_person(&rows));
        let first_later = with(&mut sets, first, [41; 3]);
        assert_eq!(codes(&sets, first_later), union(&[&rows[..], &[[41; 3]]].concat()));
        assert_eq!(codes(&sets, other), union(&rows));
    }
}
