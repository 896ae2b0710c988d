use super::prelude::*;

pub(super) static DETOX_EXIT: Factor = Factor {
    name: "detox-exit",
    title: "Left inpatient detoxification or residential rehabilitation",
    why: "Leaving, completed or not, is followed by a time of lost tolerance.",
    reads: &[Field::DetoxExit],
    asks: Asks::For(Field::DetoxExit),
    mechanism: Some(Mechanism::LostTolerance),
    levels: LEVELS,
    never_less: &[],
    sharper: None,
    find,
    cases: &[
        Case::nothing(&[]),
        Case::certain(&[Given::DaysAgo(Field::DetoxExit, 0)], "days-0-28"),
        Case::certain(&[Given::DaysAgo(Field::DetoxExit, 28)], "days-0-28"),
        Case::nothing(&[Given::DaysAgo(Field::DetoxExit, 29)]),
        Case::at_worst(&[Given::DaysAgoAtLeast(Field::DetoxExit, 29)], "days-0-28"),
        Case::at_worst(&[Given::Unknown(Field::DetoxExit)], "days-0-28"),
        Case::nothing(&[Given::NotCollected(Field::DetoxExit)]),
    ],
}
.checked();

const LEVELS: &[Level] = &[Level {
    name: "days-0-28",
    when: When::Since(&[Field::DetoxExit], Days::between(0, 28)),
    points: 16,
    floor: Some(Urgency::ActNow),
    basis: Basis::Judgement {
        why: "A summary of one Norwegian study gives 15.7 (5.3-38.3) for the first four weeks, from 6 \
              deaths, all of people who had dropped out; in London, the 3 who died within four months \
              had all completed. That is too few to stand on; we hold it at the level of treatment \
              stopped.",
        leans_on: &[&sources::EMCDDA_NORWAY, &sources::STRANG_2003],
    },
    sentence: "Left inpatient detoxification or residential rehabilitation {when}.",
    action: "Call and offer an immediate restart of treatment; talk about lost tolerance.",
}];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    seen.by_days(seen.record.detox_exit)
}
