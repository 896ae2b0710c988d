use super::prelude::*;

pub(super) static USES_ALONE: Factor = Factor {
    name: "uses-alone",
    title: "Uses alone",
    why: "Naloxone needs somebody else to give it.",
    reads: &[Field::UsesAlone],
    asks: Asks::For(Field::UsesAlone),
    mechanism: None,
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::UsesAlone, "yes")], "yes"),
        Case::nothing(&[Given::Is(Field::UsesAlone, "no")]),
        Case::at_worst(&[Given::Unknown(Field::UsesAlone)], "yes"),
        Case::nothing(&[Given::NotCollected(Field::UsesAlone)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "yes",
    when: When::Recorded,
    points: 5,
    floor: None,
    basis: Basis::Judgement {
        why: "No ratio was found. By a summary of Scotland's review of the deaths of 2019 and 2020, \
              63% of those who died a drug-related death lived alone all of the time, which is not \
              the same as using alone.",
        leans_on: &[&sources::PHS_NDRDD],
    },
    sentence: "Uses alone.",
    action: "Plan with the person not to use alone; tell them about spotting services.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    super::yes_or_no::find(seen, seen.record.uses_alone)
}
