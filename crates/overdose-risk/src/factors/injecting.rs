use super::prelude::*;

pub(super) static INJECTING: Factor = Factor {
    name: "injecting",
    title: "Injecting",
    why: "An injected dose arrives all at once.",
    reads: &[Field::Injecting],
    asks: Asks::For(Field::Injecting),
    mechanism: None,
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::certain(&[Given::Is(Field::Injecting, "current")], "current"),
        Case::nothing(&[Given::Is(Field::Injecting, "previous")]),
        Case::nothing(&[Given::Is(Field::Injecting, "never")]),
        Case::at_worst(&[Given::Unknown(Field::Injecting)], "current"),
        Case::nothing(&[Given::NotCollected(Field::Injecting)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "current",
    when: When::Recorded,
    points: 9,
    floor: None,
    basis: Basis::Ratio(Ratio {
        hundredths: 252,
        source: &sources::BOGDANOWICZ_2016,
        says: "unsafe injecting in a brief clinical screen: subhazard ratio 2.52 (1.11-5.70)",
    }),
    sentence: "Injects now.",
    action: "Offer needle and syringe provision and alternatives such as smoking.",
}];
const CURRENT: Place = Place::of(LEVELS, "current");

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    match seen.record.injecting {
        Status::Known(Injecting::Current) => Finding::certain(CURRENT),
        Status::Known(Injecting::Previous | Injecting::Never) | Status::NotCollected => {
            Finding::NOTHING
        }
        Status::Unknown(_) => Finding::at_worst(CURRENT),
    }
}
