use super::prelude::*;

pub(super) static SUICIDALITY: Factor = Factor {
    name: "suicidality",
    title: "Concern about suicide",
    why: "An overdose may be intended. A tier says nothing about suicide: the local safety plan \
          comes first.",
    reads: &[Field::Suicidality],
    asks: Asks::For(Field::Suicidality),
    mechanism: None,
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::Suicidality, "yes")], "yes"),
        Case::nothing(&[Given::Is(Field::Suicidality, "no")]),
        Case::at_worst(&[Given::Unknown(Field::Suicidality)], "yes"),
        Case::nothing(&[Given::NotCollected(Field::Suicidality)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "yes",
    when: When::Recorded,
    points: 11,
    floor: Some(Urgency::Prioritise),
    basis: Basis::Ratio(Ratio {
        hundredths: 289,
        source: &sources::BOGDANOWICZ_2016,
        says: "suicidality in a brief clinical screen: subhazard ratio 2.89 (1.38-6.03)",
    }),
    sentence: "A worker has recorded a current concern about suicide.",
    action: "Follow the local safety plan.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    super::yes_or_no::find(seen, seen.record.suicidality)
}
