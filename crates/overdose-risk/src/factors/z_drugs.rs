use super::prelude::*;

pub(super) static Z_DRUGS: Factor = Factor {
    name: "z-drugs",
    title: "Z-drugs",
    why: "Z-drugs slow breathing beside an opioid.",
    reads: &[Field::ZDrugs],
    asks: Asks::For(Field::ZDrugs),
    mechanism: Some(Mechanism::Depressants),
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::ZDrugs, "yes")], "yes"),
        Case::nothing(&[Given::Is(Field::ZDrugs, "no")]),
        Case::at_worst(&[Given::Unknown(Field::ZDrugs)], "yes"),
        Case::nothing(&[Given::NotCollected(Field::ZDrugs)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "yes",
    when: When::Recorded,
    points: 3,
    floor: None,
    basis: Basis::Ratio(Ratio {
        hundredths: 139,
        source: &sources::GLANCY_SCOTLAND,
        says: "prescribed beside opioid agonist treatment: hazard ratio 1.39 (1.15-1.66)",
    }),
    sentence: "Takes z-drugs.",
    action: "Review with the prescriber; never an abrupt stop.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    super::yes_or_no::find(seen, seen.record.z_drugs)
}
