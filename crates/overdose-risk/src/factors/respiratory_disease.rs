use super::prelude::*;

pub(super) static RESPIRATORY_DISEASE: Factor = Factor {
    name: "respiratory-disease",
    title: "Respiratory disease",
    why: "A disease of the lungs leaves less reserve when breathing slows.",
    reads: &[Field::RespiratoryDisease],
    asks: Asks::For(Field::RespiratoryDisease),
    mechanism: None,
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::RespiratoryDisease, "yes")], "yes"),
        Case::nothing(&[Given::Is(Field::RespiratoryDisease, "no")]),
        Case::at_worst(&[Given::Unknown(Field::RespiratoryDisease)], "yes"),
        Case::nothing(&[Given::NotCollected(Field::RespiratoryDisease)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "yes",
    when: When::Recorded,
    points: 5,
    floor: None,
    basis: Basis::Judgement {
        why: "Respiratory disease is far more frequent among people who use opioids, but no \
              ratio for fatal overdose was found.",
        leans_on: &[&sources::LEWER_2022_BMJ_MEDICINE],
    },
    sentence: "Has a respiratory disease.",
    action: "Offer a breathing check and support to stop smoking.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    super::yes_or_no::find(seen, seen.record.respiratory_disease)
}
