use super::prelude::*;

pub(super) static BENZODIAZEPINES: Factor = Factor {
    name: "benzodiazepines",
    title: "Benzodiazepines",
    why: "Opioids and benzodiazepines both slow breathing.",
    reads: &[Field::Benzodiazepines],
    asks: Asks::For(Field::Benzodiazepines),
    mechanism: Some(Mechanism::Depressants),
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::Benzodiazepines, "yes")], "yes"),
        Case::nothing(&[Given::Is(Field::Benzodiazepines, "no")]),
        Case::at_worst(&[Given::Unknown(Field::Benzodiazepines)], "yes"),
        Case::nothing(&[Given::NotCollected(Field::Benzodiazepines)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "yes",
    when: When::Recorded,
    points: 11,
    floor: None,
    basis: Basis::Ratio(Ratio {
        hundredths: 296,
        source: &sources::MACLEOD_2019,
        says: "prescribed beside opioid agonist treatment: hazard ratio 2.96 (1.97-4.43)",
    }),
    sentence: "Takes benzodiazepines.",
    action: "Review with the prescriber; never an abrupt stop.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    super::yes_or_no::find(seen, seen.record.benzodiazepines)
}
