use super::prelude::*;

pub(super) static GABAPENTINOIDS: Factor = Factor {
    name: "gabapentinoids",
    title: "Gabapentinoids",
    why: "Pregabalin and gabapentin slow breathing beside an opioid.",
    reads: &[Field::Gabapentinoids],
    asks: Asks::For(Field::Gabapentinoids),
    mechanism: Some(Mechanism::Depressants),
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::Gabapentinoids, "yes")], "yes"),
        Case::nothing(&[Given::Is(Field::Gabapentinoids, "no")]),
        Case::at_worst(&[Given::Unknown(Field::Gabapentinoids)], "yes"),
        Case::nothing(&[Given::NotCollected(Field::Gabapentinoids)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "yes",
    when: When::Recorded,
    points: 8,
    floor: None,
    basis: Basis::Ratio(Ratio {
        hundredths: 218,
        source: &sources::GLANCY_SCOTLAND,
        says: "prescribed beside opioid agonist treatment: hazard ratio 2.18 (1.92-2.46)",
    }),
    sentence: "Takes pregabalin or gabapentin.",
    action: "Review with the prescriber; never an abrupt stop.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    super::yes_or_no::find(seen, seen.record.gabapentinoids)
}
