//! Counts over many assessments: what a service looks at before it looks at people.

use crate::assessment::{Assessment, Tier};
use crate::fact::State;
use crate::factor::{Factor, Level, Urgency};
use crate::factors::FACTORS;
use crate::record::Field;

/// Counts over assessments. Its size does not grow with them, and two can be [merged](Tally::merge)
/// in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    people: u64,
    tiers: [u64; Tier::ALL.len()],
    not_enough_information: [u64; Urgency::ALL.len()],
    naloxone_gaps: u64,
    in_custody: u64,
    levels: [[u64; crate::factor::MOST_LEVELS]; FACTORS.len()],
    fields: [Completeness; Field::ALL.len()],
    questions: [u64; Field::ALL.len()],
}

/// How much of one field is recorded, in people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// With a known value, or a latest date.
    pub known: u64,
    /// With no such event recorded.
    pub none_recorded: u64,
    /// Not known, or not known to be the latest.
    pub unknown: u64,
    /// Whose source has no place for it.
    pub not_collected: u64,
}

impl Tally {
    /// Counts one more person.
    pub fn add(&mut self, assessment: &Assessment<'_>) {
        self.people += 1;
        for (count, tier) in self.tiers.iter_mut().zip(Tier::ALL) {
            *count += u64::from(assessment.tier() == tier);
        }
        let known = assessment.known_urgency();
        for (count, urgency) in self.not_enough_information.iter_mut().zip(Urgency::ALL) {
            let is_one = assessment.tier() == Tier::NotEnoughInformation && known == Some(urgency);
            *count += u64::from(is_one);
        }
        self.naloxone_gaps += u64::from(assessment.naloxone_gap());
        self.in_custody += u64::from(assessment.in_custody());
        for (counts, level) in self.levels.iter_mut().zip(assessment.known_levels()) {
            let count = level.and_then(|place| counts.get_mut(place.index()));
            count.into_iter().for_each(|count| *count += 1);
        }
        for (count, field) in self.fields.iter_mut().zip(Field::ALL) {
            match assessment.record().state(field) {
                State::Known => count.known += 1,
                State::NoneRecorded => count.none_recorded += 1,
                State::Unknown(_) => count.unknown += 1,
                State::NotCollected => count.not_collected += 1,
            }
        }
        let unknowns = assessment.unknowns();
        for (count, field) in self.questions.iter_mut().zip(Field::ALL) {
            *count += u64::from(unknowns.contains(&field));
        }
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: &Self) {
        let Self {
            people,
            tiers,
            not_enough_information,
            naloxone_gaps,
            in_custody,
            levels,
            fields,
            questions,
        } = other;
        sum(&mut self.not_enough_information, not_enough_information);
        self.people += people;
        self.naloxone_gaps += naloxone_gaps;
        self.in_custody += in_custody;
        sum(&mut self.tiers, tiers);
        sum(self.levels.as_flattened_mut(), levels.as_flattened());
        sum(&mut self.questions, questions);
        for (mine, theirs) in self.fields.iter_mut().zip(fields) {
            mine.known += theirs.known;
            mine.none_recorded += theirs.none_recorded;
            mine.unknown += theirs.unknown;
            mine.not_collected += theirs.not_collected;
        }
    }

    /// The people counted.
    pub fn people(&self) -> u64 {
        self.people
    }

    /// People by tier.
    pub fn tiers(&self) -> impl Iterator<Item = (Tier, u64)> {
        Tier::ALL.into_iter().zip(self.tiers)
    }

    /// People of whom opioid exposure is not known, by what the known facts call for.
    pub fn not_enough_information(&self) -> impl Iterator<Item = (Urgency, u64)> {
        Urgency::ALL.into_iter().zip(self.not_enough_information)
    }

    /// People to whom naloxone should be offered, or whom to ask about it.
    pub fn naloxone_gaps(&self) -> u64 {
        self.naloxone_gaps
    }

    /// People in custody.
    pub fn in_custody(&self) -> u64 {
        self.in_custody
    }

    /// People at each level of each factor, by the known facts.
    pub fn levels(&self) -> impl Iterator<Item = (&'static Factor, &'static Level, u64)> {
        FACTORS.iter().zip(&self.levels).flat_map(|(factor, counts)| {
            factor.levels.iter().zip(counts).map(|(level, count)| (*factor, level, *count))
        })
    }

    /// How much of each field is recorded.
    pub fn completeness(&self) -> impl Iterator<Item = (Field, Completeness)> {
        Field::ALL.into_iter().zip(self.fields)
    }

    /// The fields that would settle something for somebody, and for how many people: the question
    /// that would settle most comes first, ties in the order of the fields.
    pub fn questions(&self) -> Vec<(Field, u64)> {
        let mut asked: Vec<(Field, u64)> =
            Field::ALL.into_iter().zip(self.questions).filter(|(_, people)| *people > 0).collect();
        asked.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        asked
    }
}

fn sum(mine: &mut [u64], theirs: &[u64]) {
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine += theirs;
    }
}
