use super::prelude::*;

pub(super) static OPIOID_USE: Factor = Factor {
    name: "opioid-use",
    title: "Opioid use, and treatment for it",
    why: "Among people who use opioids, deaths are fewer in opioid substitution treatment than out of \
          it. Using on top of treatment, or having stopped without it, we count as lesser forms of \
          using without it.",
    reads: &[Field::OpioidUse, Field::Ost],
    asks: Asks::EachUnknown(&[Field::OpioidUse, Field::Ost]),
    mechanism: None,
    levels: LEVELS,
    never_less: &[("off-treatment", "on-top-of-treatment"), ("off-treatment", "abstinent")],
    sharper: None,
    find,
    cases: &[
        Case::certain(
            &[Given::Is(Field::OpioidUse, "current"), Given::Is(Field::Ost, "not_prescribed")],
            "off-treatment",
        ),
        Case::certain(
            &[Given::Is(Field::OpioidUse, "current"), Given::Is(Field::Ost, "prescribed")],
            "on-top-of-treatment",
        ),
        Case::between(
            &[Given::Is(Field::OpioidUse, "current"), Given::Unknown(Field::Ost)],
            "on-top-of-treatment",
            "off-treatment",
        ),
        Case::certain(
            &[Given::Is(Field::OpioidUse, "past"), Given::Is(Field::Ost, "not_prescribed")],
            "abstinent",
        ),
        Case::nothing(&[Given::Is(Field::OpioidUse, "past"), Given::Is(Field::Ost, "prescribed")]),
        Case::at_worst(
            &[Given::Is(Field::OpioidUse, "past"), Given::Unknown(Field::Ost)],
            "abstinent",
        ),
        Case::at_worst(
            &[Given::Is(Field::OpioidUse, "past"), Given::NotCollected(Field::Ost)],
            "abstinent",
        ),
        Case::nothing(&[
            Given::Is(Field::OpioidUse, "none"),
            Given::Is(Field::Ost, "not_prescribed"),
        ]),
        Case::nothing(&[Given::Is(Field::OpioidUse, "none"), Given::Unknown(Field::Ost)]),
        Case::at_worst(
            &[Given::Unknown(Field::OpioidUse), Given::Is(Field::Ost, "prescribed")],
            "on-top-of-treatment",
        ),
        Case::at_worst(
            &[Given::Unknown(Field::OpioidUse), Given::Is(Field::Ost, "not_prescribed")],
            "off-treatment",
        ),
        Case::at_worst(
            &[Given::Unknown(Field::OpioidUse), Given::Unknown(Field::Ost)],
            "off-treatment",
        ),
        Case::at_worst(
            &[Given::NotCollected(Field::OpioidUse), Given::NotCollected(Field::Ost)],
            "off-treatment",
        ),
    ],
}
.checked();

const LEVELS: &[Level] = &[
    Level {
        name: "off-treatment",
        when: When::Recorded,
        points: 12,
        floor: None,
        basis: Basis::Ratio(Ratio {
            hundredths: 337,
            source: &sources::MCAULEY_2023,
            says: "off against on opioid agonist treatment: hazard ratio 3.37 (1.74-6.53)",
        }),
        sentence: "Uses opioids; opioid substitution treatment is not prescribed.",
        action: "Offer opioid substitution treatment with as few steps as possible.",
    },
    Level {
        name: "on-top-of-treatment",
        when: When::Recorded,
        points: 4,
        floor: None,
        basis: Basis::Judgement {
            why: "Use on top says that the treatment is not yet enough. No ratio was found for use \
                  on top against none; we count a third of what being off treatment counts.",
            leans_on: &[],
        },
        sentence: "Uses opioids on top of opioid substitution treatment, or treatment is not known.",
        action: "Check that opioid substitution treatment is prescribed and that its dose is enough.",
    },
    Level {
        name: "abstinent",
        when: When::Recorded,
        points: 4,
        floor: None,
        basis: Basis::Judgement {
            why: "Tolerance may be lost and no treatment replaces it, but how often use returns is \
                  not recorded; we count a third of what being off treatment counts.",
            leans_on: &[],
        },
        sentence: "Used opioids before, does not now, and has no opioid substitution treatment.",
        action: "Talk about lost tolerance and what to do if use returns.",
    },
];
const OFF_TREATMENT: Place = Place::of(LEVELS, "off-treatment");
const ON_TOP: Place = Place::of(LEVELS, "on-top-of-treatment");
const ABSTINENT: Place = Place::of(LEVELS, "abstinent");

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    use {OpioidUse as Use, Ost::NotPrescribed, Ost::Prescribed};
    match (seen.record.opioid_use.known(), seen.record.ost.known()) {
        (Some(Use::Current), Some(NotPrescribed)) => Finding::certain(OFF_TREATMENT),
        (Some(Use::Current), Some(Prescribed)) => Finding::certain(ON_TOP),
        (Some(Use::Current), None) => Finding::between(ON_TOP, OFF_TREATMENT),
        (Some(Use::Past), Some(NotPrescribed)) => Finding::certain(ABSTINENT),
        (Some(Use::Past), Some(Prescribed)) => Finding::NOTHING,
        (Some(Use::Past), None) => Finding::at_worst(ABSTINENT),
        (Some(Use::None), _) => Finding::NOTHING,
        (None, Some(Prescribed)) => Finding::at_worst(ON_TOP),
        (None, Some(NotPrescribed) | None) => Finding::at_worst(OFF_TREATMENT),
    }
}
