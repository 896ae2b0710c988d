use super::prelude::*;

pub(super) static OVERDOSE: Factor = Factor {
    name: "overdose",
    title: "Near-fatal overdose",
    why: "Those who survive one overdose are more likely to die of another.",
    reads: &[Field::Overdose],
    asks: Asks::For(Field::Overdose),
    mechanism: None,
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::nothing(&[]),
        Case::certain(&[Given::DaysAgo(Field::Overdose, 0)], "days-0-28"),
        Case::certain(&[Given::DaysAgo(Field::Overdose, 29)], "days-29-183"),
        Case::certain(&[Given::DaysAgo(Field::Overdose, 184)], "days-184-365"),
        Case::nothing(&[Given::DaysAgo(Field::Overdose, 366)]),
        Case::between(&[Given::DaysAgoAtLeast(Field::Overdose, 200)], "days-184-365", "days-0-28"),
        // As many points as the first level, and a lower floor: a later one would change the tier.
        Case::between(&[Given::DaysAgoAtLeast(Field::Overdose, 60)], "days-29-183", "days-0-28"),
        Case::at_worst(&[Given::Unknown(Field::Overdose)], "days-0-28"),
        Case::nothing(&[Given::NotCollected(Field::Overdose)]),
    ],
}
.checked();

const SENTENCE: &str = "Survived an overdose {when}.";
const OFFER: &str = "Review the near-fatal overdose with the person and re-supply naloxone.";

const LEVELS: &[Level] = &[
    Level {
        name: "days-0-28",
        when: When::Since(&[Field::Overdose], Days::between(0, 28)),
        points: 7,
        floor: Some(Urgency::ActNow),
        basis: Basis::Ratio(Ratio {
            hundredths: 195,
            source: &sources::CAUDARELLA_2016,
            says: "a recent non-fatal overdose against none: hazard ratio 1.95 (1.17-3.27)",
        }),
        sentence: SENTENCE,
        action: OFFER,
    },
    Level {
        name: "days-29-183",
        when: When::Since(&[Field::Overdose], Days::between(29, 183)),
        points: 7,
        floor: None,
        basis: Basis::Ratio(Ratio {
            hundredths: 195,
            source: &sources::CAUDARELLA_2016,
            says: "a recent non-fatal overdose against none: hazard ratio 1.95 (1.17-3.27); where \
                   \"recent\" ends is our judgement",
        }),
        sentence: SENTENCE,
        action: OFFER,
    },
    Level {
        name: "days-184-365",
        when: When::Since(&[Field::Overdose], Days::between(184, 365)),
        points: 3,
        floor: None,
        basis: Basis::Judgement {
            why: "No ratio was found for the second half of the year; we count less than half.",
            leans_on: &[&sources::CAUDARELLA_2016],
        },
        sentence: SENTENCE,
        action: OFFER,
    },
];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    seen.by_days(seen.record.overdose)
}
