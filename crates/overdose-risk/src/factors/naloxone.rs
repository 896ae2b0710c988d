use super::prelude::*;

pub(super) static NALOXONE: Factor = Factor {
    name: "naloxone",
    title: "No take-home naloxone",
    why: "Naloxone does not change whether an overdose happens, but whether it is survived. A gap \
          here is an offer to make, and is shown in every tier.",
    reads: &[Field::Naloxone, Field::NaloxoneExpiry],
    asks: Asks::FirstUnknown(&[Field::Naloxone, Field::NaloxoneExpiry]),
    mechanism: None,
    levels: LEVELS,
    never_less: &[("not-held", "expired"), ("expired", "unconfirmed")],
    sharper: None,
    find,
    cases: &[
        Case::nothing(&[Given::Is(Field::Naloxone, "held")]),
        // The kit serves through its expiry date.
        Case::nothing(&[Given::DaysAgo(Field::NaloxoneExpiry, 0)]),
        Case::certain(&[Given::DaysAgo(Field::NaloxoneExpiry, 1)], "expired"),
        Case::at_worst(&[Given::Unknown(Field::NaloxoneExpiry)], "expired"),
        Case::nothing(&[Given::NotCollected(Field::NaloxoneExpiry)]),
        Case::certain(&[Given::Is(Field::Naloxone, "not_held")], "not-held"),
        Case::between(&[Given::Unknown(Field::Naloxone)], "unconfirmed", "not-held"),
        Case::between(&[Given::NotCollected(Field::Naloxone)], "unconfirmed", "not-held"),
        Case::between(
            &[Given::Unknown(Field::Naloxone), Given::DaysAgo(Field::NaloxoneExpiry, 1)],
            "expired",
            "not-held",
        ),
        Case::between(
            &[Given::Unknown(Field::Naloxone), Given::DaysAgo(Field::NaloxoneExpiry, 0)],
            "unconfirmed",
            "not-held",
        ),
    ],
}
.checked();

const BASIS: Basis = Basis::Judgement {
    why: "No ratio for one person was found. With a national programme, the share of opioid-related \
          deaths that fell within four weeks of a release from prison went down by 36% (9.8% to \
          6.3%), and 1/0.64 would be 4 points.",
    leans_on: &[&sources::BIRD_2016],
};

const LEVELS: &[Level] = &[
    Level {
        name: "not-held",
        when: When::Recorded,
        points: 4,
        floor: None,
        basis: BASIS,
        sentence: "Holds no take-home naloxone.",
        action: "Offer take-home naloxone and training, to the person and to those around them.",
    },
    Level {
        name: "expired",
        when: When::Since(&[Field::NaloxoneExpiry], Days::from(1)),
        points: 4,
        floor: None,
        basis: BASIS,
        sentence: "The naloxone kit expired {when}.",
        action: "Re-supply take-home naloxone.",
    },
    Level {
        name: "unconfirmed",
        when: When::Recorded,
        points: 4,
        floor: None,
        basis: BASIS,
        sentence: "Not known to hold take-home naloxone.",
        action: "Ask about take-home naloxone; offer it and training.",
    },
];
const NOT_HELD: Place = Place::of(LEVELS, "not-held");
const EXPIRED: Place = Place::of(LEVELS, "expired");
const UNCONFIRMED: Place = Place::of(LEVELS, "unconfirmed");

pub(super) fn find(seen: &Seen<'_>) -> Finding {
    let expiry = seen.record.naloxone_expiry;
    let expired = expiry.known().is_some_and(|date| seen.falls_into(EXPIRED, date));
    match (seen.record.naloxone.known(), expiry) {
        (Some(Naloxone::NotHeld), _) => Finding::certain(NOT_HELD),
        (Some(Naloxone::Held), _) if expired => Finding::certain(EXPIRED),
        (Some(Naloxone::Held), Status::Unknown(_)) => Finding::at_worst(EXPIRED),
        (Some(Naloxone::Held), Status::Known(_) | Status::NotCollected) => Finding::NOTHING,
        (None, _) if expired => Finding::between(EXPIRED, NOT_HELD),
        (None, _) => Finding::between(UNCONFIRMED, NOT_HELD),
    }
}
