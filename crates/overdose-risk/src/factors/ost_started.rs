use super::prelude::*;

pub(super) static OST_STARTED: Factor = Factor {
    name: "ost-started",
    title: "Opioid substitution treatment just begun",
    why: "In the first two weeks of treatment, deaths are more frequent than later in it. Not \
          everybody finds that: in New South Wales, fatal overdose was not more frequent in the first \
          four weeks (Drug and Alcohol Dependence 2022;236:109464), and in a meta-analysis deaths \
          were no more frequent at the start of buprenorphine than later (Sordo 2017, BMJ 357:j1550). This is a reason for \
          closer support, never for delaying treatment.",
    reads: &[Field::OstStarted, Field::Ost],
    asks: Asks::For(Field::OstStarted),
    mechanism: None,
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::nothing(&[]),
        Case::certain(&[Given::DaysAgo(Field::OstStarted, 0)], "days-0-14"),
        Case::certain(&[Given::DaysAgo(Field::OstStarted, 15)], "days-15-28"),
        Case::nothing(&[Given::DaysAgo(Field::OstStarted, 29)]),
        Case::nothing(&[
            Given::DaysAgo(Field::OstStarted, 5),
            Given::Is(Field::Ost, "not_prescribed"),
        ]),
        Case::certain(
            &[Given::DaysAgo(Field::OstStarted, 5), Given::Unknown(Field::Ost)],
            "days-0-14",
        ),
        Case::certain(
            &[Given::DaysAgo(Field::OstStarted, 5), Given::NotCollected(Field::Ost)],
            "days-0-14",
        ),
        Case::at_worst(&[Given::Unknown(Field::OstStarted)], "days-0-14"),
        Case::nothing(&[
            Given::Unknown(Field::OstStarted),
            Given::Is(Field::Ost, "not_prescribed"),
        ]),
        Case::nothing(&[Given::NotCollected(Field::OstStarted)]),
    ],
}
.checked();

const SENTENCE: &str = "Opioid substitution treatment began {when}.";
const OFFER: &str = "Review the dose often; support the person through the start of treatment.";

const LEVELS: &[Level] = &[
    Level {
        name: "days-0-14",
        when: When::Since(&[Field::OstStarted], Days::between(0, 14)),
        points: 11,
        floor: Some(Urgency::Prioritise),
        basis: Basis::Ratio(Ratio {
            hundredths: 310,
            source: &sources::CORNISH_2010,
            says: "first two weeks of treatment against the rest of the time on it: 3.1 (1.5-6.6)",
        }),
        sentence: SENTENCE,
        action: OFFER,
    },
    Level {
        name: "days-15-28",
        when: When::Since(&[Field::OstStarted], Days::between(15, 28)),
        points: 5,
        floor: Some(Urgency::Prioritise),
        basis: Basis::Judgement {
            why: "Admissions for overdose are more frequent through the first four weeks; no ratio \
                  for deaths in weeks 3-4 was found. We count about half.",
            leans_on: &[&sources::DOMZARIDOU_2022],
        },
        sentence: SENTENCE,
        action: OFFER,
    },
];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    if seen.record.ost.is(Ost::NotPrescribed) {
        return Finding::NOTHING;
    }
    seen.by_days(seen.record.ost_started)
}
