use super::prelude::*;

pub(super) static AGE: Factor = Factor {
    name: "age",
    title: "Age",
    why: "In the English cohort, drug-related deaths among people using opioids are more frequent \
          from 35 on: against under 35, 1.38 at 35 to 44, 1.50 at 45 to 54, and 1.05 at 55 to 64. \
          For 45 and over we follow the Scottish methadone cohort, and we keep the level after 55: a \
          birthday never lowers a tier. That is our choice, not a finding.",
    reads: &[Field::Age],
    asks: Asks::For(Field::Age),
    mechanism: None,
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::nothing(&[Given::Aged(0, 34)]),
        Case::certain(&[Given::Aged(35, 35)], "35-44"),
        Case::certain(&[Given::Aged(44, 44)], "35-44"),
        Case::certain(&[Given::Aged(45, 45)], "45-and-over"),
        Case::certain(&[Given::Aged(120, 120)], "45-and-over"),
        Case::at_worst(&[Given::Aged(30, 39)], "35-44"),
        Case::between(&[Given::Aged(40, 49)], "35-44", "45-and-over"),
        Case::at_worst(&[Given::BornYearsAgo(35)], "35-44"),
        Case::certain(&[Given::BornYearsAgo(36)], "35-44"),
        Case::between(&[Given::BornYearsAgo(45)], "35-44", "45-and-over"),
        Case::at_worst(&[Given::Unknown(Field::Age)], "45-and-over"),
        Case::at_worst(&[Given::NotCollected(Field::Age)], "45-and-over"),
    ],
}
.checked();

const LEVELS: &[Level] = &[
    Level {
        name: "35-44",
        when: When::Aged(35),
        points: 3,
        floor: None,
        basis: Basis::Ratio(Ratio {
            hundredths: 138,
            source: &sources::LEWER_2022_HUPIO,
            says: "35 to 44 against under 35: 1.38 (1.28-1.48), crude",
        }),
        sentence: "Aged 35 to 44.",
        action: "Offer a check of breathing and general health.",
    },
    Level {
        name: "45-and-over",
        when: When::Aged(45),
        points: 6,
        floor: None,
        basis: Basis::Ratio(Ratio {
            hundredths: 190,
            source: &sources::GAO_2016,
            says: "45 and over: hazard ratio 1.9 (1.5-2.4); the ages compared with were not seen",
        }),
        sentence: "Aged 45 or over.",
        action: "Offer a check of breathing and general health.",
    },
];
const OLDEST: Place = Place::of(LEVELS, "45-and-over");

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    match seen.record.age.known().and_then(|age| age.range_on(seen.on.date)) {
        Some((youngest, oldest)) => {
            Finding { low: seen.level_aged(youngest), high: seen.level_aged(oldest) }
        }
        None => Finding::at_worst(OLDEST),
    }
}
