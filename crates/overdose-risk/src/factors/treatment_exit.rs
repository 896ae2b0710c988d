use super::prelude::*;

pub(super) static TREATMENT_EXIT: Factor = Factor {
    name: "treatment-exit",
    title: "Left structured treatment",
    why: "Leaving, planned or not, ends the contact that notices when things go wrong.",
    reads: &[Field::TreatmentExit, Field::Ost],
    asks: Asks::For(Field::TreatmentExit),
    mechanism: Some(Mechanism::LostTolerance),
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::nothing(&[Given::Is(Field::Ost, "not_prescribed")]),
        Case::certain(
            &[Given::Is(Field::Ost, "not_prescribed"), Given::DaysAgo(Field::TreatmentExit, 0)],
            "days-0-28",
        ),
        Case::certain(
            &[Given::Is(Field::Ost, "not_prescribed"), Given::DaysAgo(Field::TreatmentExit, 28)],
            "days-0-28",
        ),
        Case::nothing(&[
            Given::Is(Field::Ost, "not_prescribed"),
            Given::DaysAgo(Field::TreatmentExit, 29),
        ]),
        Case::nothing(&[Given::DaysAgo(Field::TreatmentExit, 5)]),
        Case::certain(
            &[Given::Unknown(Field::Ost), Given::DaysAgo(Field::TreatmentExit, 5)],
            "days-0-28",
        ),
        Case::certain(
            &[Given::NotCollected(Field::Ost), Given::DaysAgo(Field::TreatmentExit, 5)],
            "days-0-28",
        ),
        Case::at_worst(
            &[Given::Is(Field::Ost, "not_prescribed"), Given::Unknown(Field::TreatmentExit)],
            "days-0-28",
        ),
        Case::nothing(&[Given::Unknown(Field::TreatmentExit)]),
        Case::nothing(&[
            Given::Is(Field::Ost, "not_prescribed"),
            Given::NotCollected(Field::TreatmentExit),
        ]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "days-0-28",
    when: When::Since(&[Field::TreatmentExit], Days::between(0, 28)),
    points: 3,
    floor: Some(Urgency::Prioritise),
    basis: Basis::Judgement {
        why: "Out of treatment against in it is 1.73 (1.55-1.92), but most of that is already \
              counted as opioid use off treatment.",
        leans_on: &[&sources::PIERCE_2016],
    },
    sentence: "Left structured treatment {when}.",
    action: "Call and offer an immediate restart; talk about lost tolerance.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    if seen.record.ost.is(Ost::Prescribed) {
        return Finding::NOTHING;
    }
    seen.by_days(seen.record.treatment_exit)
}
