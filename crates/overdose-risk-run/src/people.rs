//! Everybody in an export whose rows were put together.

use crate::caseloads::{CaseloadSet, CaseloadSets};
use crate::index::IdIndex;
use overdose_risk_intake::{Facts, Id, Person};

/// What all rows of everybody say: at most 250 bytes a person.
pub(crate) struct People {
    places: IdIndex<u32>,
    /// In chunks: one that grew as a whole would take twice its size while it is moved.
    chunks: Vec<Vec<Gathered>>,
}

struct Gathered {
    facts: Facts,
    caseloads: CaseloadSet,
    had_their_turn: bool,
}

/// What a row adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adds {
    Person,
    /// Facts or caseloads.
    Facts,
    /// Nothing that the rows before it did not say.
    Nothing,
}

/// Whose turn it is in the second reading.
pub(crate) enum Turn<'p> {
    /// The first row of a person, of whom all rows say this and name these caseloads.
    First(&'p Facts, CaseloadSet),
    Later(&'p Facts),
    /// Of nobody who was there in the first reading.
    Nobody,
}

const CHUNK: usize = 1024;

impl People {
    pub(crate) fn new() -> Self {
        Self { places: IdIndex::new(), chunks: Vec::new() }
    }

    /// Adds a row. The caseloads that it names are kept among those of everybody.
    pub(crate) fn add(&mut self, row: &Person<'_>, sets: &mut CaseloadSets) -> Adds {
        let Person { id, facts, caseloads } = *row;
        let place = match self.chunks.last() {
            Some(last) => (self.chunks.len() - 1) * CHUNK + last.len(),
            None => 0,
        };
        // Four billion people would take a terabyte.
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        if let Some(person) = self.places.insert(id, place).and_then(|place| self.at(place)) {
            let before = (person.facts, person.caseloads);
            person.facts.join(&facts);
            person.caseloads = sets.with(person.caseloads, caseloads);
            let is_same = (person.facts, person.caseloads) == before;
            return if is_same { Adds::Nothing } else { Adds::Facts };
        }
        if self.chunks.last().is_none_or(|last| last.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        if let Some(last) = self.chunks.last_mut() {
            let caseloads = sets.with(CaseloadSet::NONE, caseloads);
            last.push(Gathered { facts, caseloads, had_their_turn: false });
        }
        Adds::Person
    }

    pub(crate) fn turn(&mut self, id: Id<'_>) -> Turn<'_> {
        match self.places.get(id).and_then(|place| self.at(place)) {
            None => Turn::Nobody,
            Some(person) if person.had_their_turn => Turn::Later(&person.facts),
            Some(person) => {
                person.had_their_turn = true;
                Turn::First(&person.facts, person.caseloads)
            }
        }
    }

    /// Whether anybody has this id.
    pub(crate) fn has(&self, id: Id<'_>) -> bool {
        self.places.get(id).is_some()
    }

    fn at(&mut self, place: u32) -> Option<&mut Gathered> {
        let place = usize::try_from(place).ok()?;
        self.chunks.get_mut(place / CHUNK)?.get_mut(place % CHUNK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_takes_at_most_250_bytes() {
        // A quarter of the index may be room to grow.
        let index = size_of::<([u8; 12], u32)>() * 5 / 4;
        assert!(index + size_of::<Gathered>() <= 250);
    }
}
