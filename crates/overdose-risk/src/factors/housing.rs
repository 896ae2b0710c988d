use super::prelude::*;

pub(super) static HOUSING: Factor = Factor {
    name: "housing",
    title: "Housing",
    why: "Deaths are more frequent among people without a home, and help has to go out to find \
          them.",
    reads: &[Field::Housing],
    asks: Asks::For(Field::Housing),
    mechanism: None,
    levels: LEVELS,
    never_less: &[("no-fixed-abode", "at-risk")],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::Housing, "no_fixed_abode")], "no-fixed-abode"),
        Case::certain(&[Given::Is(Field::Housing, "at_risk")], "at-risk"),
        Case::nothing(&[Given::Is(Field::Housing, "settled")]),
        Case::at_worst(&[Given::Unknown(Field::Housing)], "no-fixed-abode"),
        Case::nothing(&[Given::NotCollected(Field::Housing)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[
    Level {
        name: "no-fixed-abode",
        when: When::Recorded,
        points: 4,
        floor: None,
        basis: Basis::Ratio(Ratio {
            hundredths: 153,
            source: &sources::BINSWANGER_2016,
            says: "homelessness, deaths from any cause: odds ratio 1.53 (1.06-2.23)",
        }),
        sentence: "Has no fixed abode.",
        action: "Refer for housing; go out to where the person is.",
    },
    Level {
        name: "at-risk",
        when: When::Recorded,
        points: 2,
        floor: None,
        basis: Basis::Judgement {
            why: "No ratio was found for a home at risk; we count half of having none.",
            leans_on: &[&sources::BINSWANGER_2016],
        },
        sentence: "Is at risk of losing their home.",
        action: "Refer for housing advice.",
    },
];
const NO_FIXED_ABODE: Place = Place::of(LEVELS, "no-fixed-abode");
const AT_RISK: Place = Place::of(LEVELS, "at-risk");

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    match seen.record.housing {
        Status::Known(Housing::NoFixedAbode) => Finding::certain(NO_FIXED_ABODE),
        Status::Known(Housing::AtRisk) => Finding::certain(AT_RISK),
        Status::Known(Housing::Settled) | Status::NotCollected => Finding::NOTHING,
        Status::Unknown(_) => Finding::at_worst(seen.worst()),
    }
}
