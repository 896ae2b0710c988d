use super::prelude::*;
use chrono::NaiveDate;

pub(super) static PRISON_RELEASE: Factor = Factor {
    name: "prison-release",
    title: "Release from prison",
    why: "The first two weeks after release are the most dangerous: a dose that was once usual can be \
          too much. A planned release is the chance to act before it; a planned date that has gone by without a \
          recorded release may mean that the person is already out.",
    reads: &[Field::PrisonRelease, Field::PrisonReleaseDue],
    asks: Asks::For(Field::PrisonRelease),
    mechanism: Some(Mechanism::LostTolerance),
    levels: LEVELS,
    never_less: &[("days-29-84", "release-overdue"), 
        // The planned day alone makes nobody less urgent.
        ("release-overdue", "due-within-14-days"),
    ],
    sharper: None,
    find,
    cases: &[
        Case::nothing(&[]),
        Case::certain(&[Given::DaysAgo(Field::PrisonRelease, 0)], "days-0-14"),
        Case::certain(&[Given::DaysAgo(Field::PrisonRelease, 14)], "days-0-14"),
        Case::certain(&[Given::DaysAgo(Field::PrisonRelease, 15)], "days-15-28"),
        Case::certain(&[Given::DaysAgo(Field::PrisonRelease, 84)], "days-29-84"),
        Case::nothing(&[Given::DaysAgo(Field::PrisonRelease, 85)]),
        Case::at_worst(&[Given::Unknown(Field::PrisonRelease)], "days-0-14"),
        Case::nothing(&[Given::NotCollected(Field::PrisonRelease)]),
        Case::between(
            &[Given::DaysAgoAtLeast(Field::PrisonRelease, 20)],
            "days-15-28",
            "days-0-14",
        ),
        Case::nothing(&[Given::DaysAgo(Field::PrisonReleaseDue, -15)]),
        Case::certain(&[Given::DaysAgo(Field::PrisonReleaseDue, -14)], "due-within-14-days"),
        Case::between(
            &[Given::DaysAgo(Field::PrisonReleaseDue, 0)],
            "due-within-14-days",
            "days-0-14",
        ),
        Case::between(
            &[Given::DaysAgo(Field::PrisonReleaseDue, 1)],
            "release-overdue",
            "days-0-14",
        ),
        Case::between(
            &[Given::DaysAgo(Field::PrisonReleaseDue, 84)],
            "release-overdue",
            "days-0-14",
        ),
        Case::nothing(&[Given::DaysAgo(Field::PrisonReleaseDue, 85)]),
        Case::nothing(&[Given::Unknown(Field::PrisonReleaseDue)]),
        // Released a little before the planned date: that was it.
        Case::certain(
            &[
                Given::DaysAgo(Field::PrisonReleaseDue, 10),
                Given::DaysAgo(Field::PrisonRelease, 38),
            ],
            "days-29-84",
        ),
        // An earlier release: the planned one may have happened unrecorded.
        Case::between(
            &[
                Given::DaysAgo(Field::PrisonReleaseDue, 10),
                Given::DaysAgo(Field::PrisonRelease, 39),
            ],
            "days-29-84",
            "days-0-14",
        ),
        Case::between(
            &[Given::DaysAgo(Field::PrisonReleaseDue, -7), Given::Unknown(Field::PrisonRelease)],
            "due-within-14-days",
            "days-0-14",
        ),
    ],
}
.checked();

const OFFER: &str = "Contact now: an appointment this week, the prescription bridged without a gap, \
                     take-home naloxone in hand.";

const RELEASED: &[Field] = &[Field::PrisonRelease];
const PLANNED: &[Field] = &[Field::PrisonReleaseDue];

const LEVELS: &[Level] = &[
    Level {
        name: "days-0-14",
        when: When::Since(RELEASED, Days::between(0, 14)),
        points: 20,
        floor: Some(Urgency::ActNow),
        basis: Basis::Ratio(Ratio {
            hundredths: 750,
            source: &sources::MERRALL_2010,
            says: "weeks 1-2 against weeks 3-12, United Kingdom: 7.5 (5.7-9.9)",
        }),
        sentence: "Released from prison {when}.",
        action: OFFER,
    },
    Level {
        name: "days-15-28",
        when: When::Since(RELEASED, Days::between(15, 28)),
        points: 5,
        floor: Some(Urgency::ActNow),
        basis: Basis::Ratio(Ratio {
            hundredths: 170,
            source: &sources::MERRALL_2010,
            says: "weeks 3-4 against weeks 5-12, pooled: 1.7 (1.3-2.2)",
        }),
        sentence: "Released from prison {when}.",
        action: OFFER,
    },
    Level {
        name: "days-29-84",
        when: When::Since(RELEASED, Days::between(29, 84)),
        points: 3,
        floor: Some(Urgency::Prioritise),
        basis: Basis::Judgement {
            why: "The published ratios take these weeks into their reference, so none says how much \
                  greater the danger still is. We hold that it does not end on day 28.",
            leans_on: &[&sources::MERRALL_2010],
        },
        sentence: "Released from prison {when}.",
        action: "Contact this week: check the appointment, the prescription and naloxone.",
    },
    Level {
        name: "release-overdue",
        when: When::Since(PLANNED, Days::between(1, 84)),
        points: 0,
        floor: Some(Urgency::Prioritise),
        basis: Basis::Judgement {
            why: "A planned date that has gone by is a question, not a release: no points, but \
                  somebody has to find out.",
            leans_on: &[&sources::MERRALL_2010],
        },
        sentence: "A release from prison was due on {date}, {when}, and none is recorded since.",
        action: "Find out whether the person is out; if so, act as for a release.",
    },
    Level {
        name: "due-within-14-days",
        when: When::Since(PLANNED, Days::between(-14, 0)),
        points: 0,
        floor: Some(Urgency::Prioritise),
        basis: Basis::Judgement {
            why: "Nothing has happened yet: no points, but what helps has to be arranged before \
                  the day.",
            leans_on: &[&sources::MERRALL_2010],
        },
        sentence: "A release from prison is due on {date}, {when}.",
        action: "Arrange before the date: an appointment, the prescription bridged without a gap, \
                 take-home naloxone in hand.",
    },
];
const DAYS_0_14: Place = Place::of(LEVELS, "days-0-14");
const OVERDUE: Place = Place::of(LEVELS, "release-overdue");
const DUE: Place = Place::of(LEVELS, "due-within-14-days");

/// A release this many days before its planned date, or later, was the planned one.
const EARLY_RELEASE: i32 = 28;

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    let by_release = seen.by_days(seen.record.prison_release);
    let Some(due) = seen.record.prison_release_due.latest() else { return by_release };
    if happened(seen, due) {
        return by_release;
    }
    let Finding { mut low, mut high } = by_release;
    if low.is_none() {
        low = [OVERDUE, DUE].into_iter().find(|level| seen.falls_into(*level, due));
        high = high.or(low);
    }
    if seen.falls_into(OVERDUE, due) || seen.days_since(due) == 0 {
        high = Some(DAYS_0_14);
    }
    Finding { low, high }
}

fn happened(seen: &Seen<'_>, due: NaiveDate) -> bool {
    let released = seen.record.prison_release.latest();
    released.is_some_and(|released| days_between(released, due) <= EARLY_RELEASE)
}
