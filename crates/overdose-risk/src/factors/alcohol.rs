use super::prelude::*;

pub(super) static ALCOHOL: Factor = Factor {
    name: "alcohol",
    title: "Alcohol",
    why: "Alcohol slows breathing beside an opioid.",
    reads: &[Field::Alcohol],
    asks: Asks::For(Field::Alcohol),
    mechanism: Some(Mechanism::Depressants),
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::Alcohol, "yes")], "yes"),
        Case::nothing(&[Given::Is(Field::Alcohol, "no")]),
        Case::at_worst(&[Given::Unknown(Field::Alcohol)], "yes"),
        Case::nothing(&[Given::NotCollected(Field::Alcohol)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "yes",
    when: When::Recorded,
    points: 7,
    floor: None,
    basis: Basis::Ratio(Ratio {
        hundredths: 205,
        source: &sources::SEAL_2001,
        says: "four or more drinks a day, non-fatal overdose: odds ratio 2.05 (1.37-3.05)",
    }),
    sentence: "Alcohol use is a problem.",
    action: "Offer help with alcohol; never an abrupt stop.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    super::yes_or_no::find(seen, seen.record.alcohol)
}
