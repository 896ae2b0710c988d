use super::prelude::*;

pub(super) static HOSPITAL_DISCHARGE: Factor = Factor {
    name: "hospital-discharge",
    title: "Discharge from hospital",
    why: "Deaths are most frequent in the first two days after discharge, and still more frequent for \
          two weeks.",
    reads: &[Field::HospitalDischarge],
    asks: Asks::For(Field::HospitalDischarge),
    mechanism: Some(Mechanism::LostTolerance),
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::nothing(&[]),
        Case::certain(&[Given::DaysAgo(Field::HospitalDischarge, 0)], "days-0-2"),
        Case::certain(&[Given::DaysAgo(Field::HospitalDischarge, 3)], "days-3-14"),
        Case::certain(&[Given::DaysAgo(Field::HospitalDischarge, 15)], "days-15-28"),
        Case::nothing(&[Given::DaysAgo(Field::HospitalDischarge, 29)]),
        Case::between(
            &[Given::DaysAgoAtLeast(Field::HospitalDischarge, 10)],
            "days-3-14",
            "days-0-2",
        ),
        Case::at_worst(&[Given::Unknown(Field::HospitalDischarge)], "days-0-2"),
        Case::nothing(&[Given::NotCollected(Field::HospitalDischarge)]),
    ],
}
.checked();

const SENTENCE: &str = "Discharged from hospital {when}.";

const LEVELS: &[Level] = &[
    Level {
        name: "days-0-2",
        when: When::Since(&[Field::HospitalDischarge], Days::between(0, 2)),
        points: 15,
        floor: Some(Urgency::ActNow),
        basis: Basis::Ratio(Ratio {
            hundredths: 439,
            source: &sources::LEWER_2021,
            says: "days 1-2 after discharge against neither in hospital nor within 14 days of it: \
                   odds ratio 4.39 (3.75-5.14); the day of discharge itself is ours",
        }),
        sentence: SENTENCE,
        action: "Call within two days of the discharge and check the prescription.",
    },
    Level {
        name: "days-3-14",
        when: When::Since(&[Field::HospitalDischarge], Days::between(3, 14)),
        points: 7,
        floor: Some(Urgency::Prioritise),
        basis: Basis::Ratio(Ratio {
            hundredths: 209,
            source: &sources::LEWER_2021,
            says: "days 3-14 after discharge against neither in hospital nor within 14 days of \
                   it: odds ratio 2.09 (1.92-2.28)",
        }),
        sentence: SENTENCE,
        action: "Call this week and check the prescription.",
    },
    Level {
        name: "days-15-28",
        when: When::Since(&[Field::HospitalDischarge], Days::between(15, 28)),
        points: 3,
        floor: None,
        basis: Basis::Judgement {
            why: "Danger is still greater within 28 days, but that figure compares people and not \
                  times, so part of it is frailty.",
            leans_on: &[&sources::MERRALL_2013],
        },
        sentence: SENTENCE,
        action: "Check the prescription at the next contact.",
    },
];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    seen.by_days(seen.record.hospital_discharge)
}
