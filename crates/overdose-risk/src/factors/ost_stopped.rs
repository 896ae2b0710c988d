use super::prelude::*;

pub(super) static OST_STOPPED: Factor = Factor {
    name: "ost-stopped",
    title: "Opioid substitution treatment stopped",
    why: "The weeks after the last dose are among the most dangerous of all. A treatment that began within 28 days and is no longer prescribed has stopped \
          too, whether or not anybody recorded the end.",
    reads: &[Field::OstEnded, Field::Ost, Field::OstStarted],
    asks: Asks::EachUnknown(&[Field::OstEnded, Field::Ost, Field::OstStarted]),
    mechanism: Some(Mechanism::LostTolerance),
    levels: LEVELS,
    never_less: &[],
    sharper: Some(Sharper {
        sentence: "Opioid substitution treatment ended {when}.",
        when: "where it is not prescribed and its end is the last that is on record of it",
        holds: has_ended,
    }),
    find,
    cases: &[
        Case::nothing(&[Given::Is(Field::Ost, "not_prescribed")]),
        Case::certain(
            &[Given::Is(Field::Ost, "not_prescribed"), Given::DaysAgo(Field::OstEnded, 0)],
            "days-0-14",
        ),
        Case::certain(
            &[Given::Is(Field::Ost, "not_prescribed"), Given::DaysAgo(Field::OstEnded, 15)],
            "days-15-28",
        ),
        Case::nothing(&[
            Given::Is(Field::Ost, "not_prescribed"),
            Given::DaysAgo(Field::OstEnded, 29),
        ]),
        // Prescribed again: no longer stopped.
        Case::nothing(&[Given::DaysAgo(Field::OstEnded, 5), Given::DaysAgo(Field::OstStarted, 5)]),
        Case::nothing(&[Given::Unknown(Field::OstEnded)]),
        Case::at_worst(
            &[Given::Is(Field::Ost, "not_prescribed"), Given::Unknown(Field::OstEnded)],
            "days-0-14",
        ),
        Case::nothing(&[
            Given::Is(Field::Ost, "not_prescribed"),
            Given::NotCollected(Field::OstEnded),
        ]),
        Case::certain(
            &[Given::Unknown(Field::Ost), Given::DaysAgo(Field::OstEnded, 20)],
            "days-15-28",
        ),
        Case::certain(
            &[Given::NotCollected(Field::Ost), Given::DaysAgo(Field::OstEnded, 20)],
            "days-15-28",
        ),
        // Began ten days ago and is not prescribed: it has stopped, whenever that was.
        Case::certain(
            &[Given::Is(Field::Ost, "not_prescribed"), Given::DaysAgo(Field::OstStarted, 10)],
            "days-0-14",
        ),
        Case::certain(
            &[
                Given::Is(Field::Ost, "not_prescribed"),
                Given::DaysAgo(Field::OstStarted, 10),
                Given::DaysAgo(Field::OstEnded, 20),
            ],
            "days-0-14",
        ),
        Case::at_worst(
            &[Given::Unknown(Field::Ost), Given::DaysAgo(Field::OstStarted, 10)],
            "days-0-14",
        ),
        Case::at_worst(
            &[Given::Is(Field::Ost, "not_prescribed"), Given::Unknown(Field::OstStarted)],
            "days-0-14",
        ),
        Case::nothing(&[
            Given::Is(Field::Ost, "not_prescribed"),
            Given::NotCollected(Field::OstStarted),
        ]),
    ],
}
.checked();

const OFFER: &str = "Call and offer an immediate restart; talk about lost tolerance.";

const SENTENCE: &str = "Not known to be in opioid substitution treatment now; its last start or end on \
                        record was {when}.";
const ENDED_OR_STARTED: &[Field] = &[Field::OstEnded, Field::OstStarted];

const LEVELS: &[Level] = &[
    Level {
        name: "days-0-14",
        when: When::Since(ENDED_OR_STARTED, Days::between(0, 14)),
        points: 16,
        floor: Some(Urgency::ActNow),
        basis: Basis::Ratio(Ratio {
            hundredths: 474,
            source: &sources::CORNISH_2010,
            says: "weeks 1-2 after stopping, 9.0 (5.4-14.9), against the rest of the time off \
                   treatment, 1.9 (1.3-2.8), each against the rest of the time on it; the division 9.0 / \
                   1.9 is ours and has no interval",
        }),
        sentence: SENTENCE,
        action: OFFER,
    },
    Level {
        name: "days-15-28",
        when: When::Since(ENDED_OR_STARTED, Days::between(15, 28)),
        points: 14,
        floor: Some(Urgency::ActNow),
        basis: Basis::Ratio(Ratio {
            hundredths: 421,
            source: &sources::CORNISH_2010,
            says: "weeks 3-4 after stopping, 8.0 (4.7-13.7), against the rest of the time off \
                   treatment, 1.9 (1.3-2.8), each against the rest of the time on it; the division 8.0 / \
                   1.9 is ours and has no interval",
        }),
        sentence: SENTENCE,
        action: OFFER,
    },
];

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    let record = seen.record;
    let ost = record.ost.known();
    if ost == Some(Ost::Prescribed) {
        return Finding::NOTHING;
    }
    let ended = record.ost_ended.latest();
    let by_start = record
        .ost_started
        .latest()
        .filter(|started| ended.is_none_or(|ended| ended < *started))
        .and_then(|started| seen.level_since(started));

    let Finding { mut low, mut high } = seen.by_days(record.ost_ended);
    if ost == Some(Ost::NotPrescribed) {
        low = seen.raised(low, by_start);
    }
    high = seen.raised(high, by_start);
    if record.ost_started.why_unknown().is_some() {
        high = seen.raised(high, Some(seen.first()));
    }
    Finding { low, high }
}

/// Whether treatment ended for certain: the export says when, and that it has not begun again.
fn has_ended(record: &Record) -> bool {
    let Event::On(ended) = record.ost_ended else { return false };
    let began_again = record.ost_started.latest().is_some_and(|started| started > ended);
    record.ost.is(Ost::NotPrescribed) && !began_again
}
