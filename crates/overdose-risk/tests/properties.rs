//! What holds for the assessment of every record.

use chrono::NaiveDate;
use overdose_risk::factor::Urgency;
use overdose_risk::{
    Assessment, Exposure, FACTORS, Field, Injecting, Naloxone, OpioidUse, Policy, Record, Status,
    Tier, assess,
};
use overdose_risk_testkit::strategies::{
    as_of, put, record, record_and_date, record_without_contradictions,
};
use proptest::prelude::*;

fn assessed(record: &Record, as_of: NaiveDate) -> Assessment<'static> {
    assess(record, as_of, Policy::practice_principles())
}

/// Factor, known level and worst level, by name.
type Found = (&'static str, Option<&'static str>, Option<&'static str>);

fn found(assessment: &Assessment<'_>) -> Vec<Found> {
    assessment
        .findings()
        .map(|(factor, low, high)| {
            (factor.name, low.map(|level| level.name), high.map(|level| level.name))
        })
        .collect()
}

fn two_records() -> impl Strategy<Value = (Record, Record, NaiveDate)> {
    as_of()
        .prop_flat_map(|as_of| (record_without_contradictions(as_of), record(as_of), Just(as_of)))
}

proptest! {
    #[test]
    fn reasons_are_the_known_levels_and_their_points_add_up((record, as_of) in record_and_date()) {
        let assessment = assessed(&record, as_of);
        let reasons: Vec<_> =
            assessment.reasons().map(|reason| (reason.factor.name, reason.level.name)).collect();
        let known: Vec<_> = found(&assessment)
            .into_iter()
            .filter_map(|(factor, low, _)| Some((factor, low?)))
            .collect();
        prop_assert_eq!(reasons, known);
        let counted: u16 = assessment.reasons().map(|reason| u16::from(reason.counted)).sum();
        prop_assert_eq!(counted, assessment.points());
        for reason in assessment.reasons() {
            prop_assert_eq!(reason.set.points, reason.level.points);
            prop_assert!(reason.counted <= reason.set.points);
            let whole = reason.counted == reason.set.points;
            prop_assert!(whole || reason.factor.mechanism.is_some(), "{}", reason.factor);
        }
    }

    #[test]
    fn a_tier_follows_from_points_floors_and_exposure((record, as_of) in record_and_date()) {
        let assessment = assessed(&record, as_of);
        let by_points = |points| match points {
            50.. => Urgency::ActNow,
            20.. => Urgency::Prioritise,
            _ => Urgency::Standard,
        };
        let floors = |high: bool| {
            let levels = assessment.findings().map(move |(_, low, worst)| if high { worst } else { low });
            levels.flatten().filter_map(|level| level.floor).max()
        };
        let known = by_points(assessment.points()).max(floors(false).unwrap_or(Urgency::Standard));
        let worst = by_points(assessment.could_points()).max(floors(true).unwrap_or(Urgency::Standard));
        let expected = match assessment.exposure() {
            Exposure::Yes => (known.into(), worst.into(), Some(known)),
            Exposure::Unknown => (Tier::NotEnoughInformation, worst.into(), Some(known)),
            Exposure::No => (Tier::OutOfScope, Tier::OutOfScope, None),
        };
        let given = (assessment.tier(), assessment.could_reach(), assessment.known_urgency());
        prop_assert_eq!(given, expected);
    }

    #[test]
    fn out_of_scope_says_nothing_else((record, as_of) in record_and_date()) {
        let mut unexposed = record;
        unexposed.opioid_use = OpioidUse::None.into();
        unexposed.injecting = Injecting::Never.into();
        unexposed.ost = Status::default();
        unexposed.ost_ended = overdose_risk::Event::NoneRecorded;
        unexposed.overdose = overdose_risk::Event::NoneRecorded;
        let assessment = assessed(&unexposed, as_of);
        prop_assert_eq!(assessment.tier(), Tier::OutOfScope);
        prop_assert_eq!(assessment.could_reach(), Tier::OutOfScope);
        prop_assert_eq!((assessment.points(), assessment.could_points()), (0, 0));
        prop_assert_eq!(assessment.reasons().count(), 0);
        prop_assert!(assessment.unknowns().is_empty());
        prop_assert!(!assessment.naloxone_gap());
        prop_assert_eq!(assessment.valid_until(), None);
        prop_assert_eq!(assessment.priority(), None);
        prop_assert!(found(&assessment).iter().all(|(_, low, high)| low.is_none() && high.is_none()));
    }

    #[test]
    fn the_naloxone_gap_is_shown_in_every_tier((record, as_of) in record_and_date()) {
        let assessment = assessed(&record, as_of);
        let read = assessment.record();
        let expired = read.naloxone_expiry.known().is_some_and(|expiry| expiry < as_of);
        let gap = !read.naloxone.is(Naloxone::Held) || expired;
        prop_assert_eq!(assessment.naloxone_gap(), gap && assessment.exposure() != Exposure::No);
    }

    #[test]
    fn contradictory_facts_are_assessed_as_unknown((record, as_of) in record_and_date()) {
        let read = record.as_read_on(as_of, |_| {});
        let (as_written, as_read) = (assessed(&record, as_of), assessed(&read, as_of));
        prop_assert_eq!(as_written.record(), &read);
        prop_assert_eq!(found(&as_written), found(&as_read));
        prop_assert_eq!(as_written.tier(), as_read.tier());
        prop_assert_eq!(as_written.as_of(), as_of);
        prop_assert_eq!(as_written.policy(), Policy::practice_principles());
    }

    #[test]
    fn a_factor_looks_at_no_fact_but_those_that_it_reads((record, other, as_of) in two_records()) {
        for factor in FACTORS {
            let mut changed = other;
            factor.reads.iter().for_each(|field| put(record.fact(*field), changed.fact_mut(*field)));
            let mut record = record;
            for record in [&mut record, &mut changed] {
                // Out of scope nothing is found at all.
                record.injecting = Injecting::Current.into();
                if !factor.reads.contains(&Field::OpioidUse) {
                    record.opioid_use = OpioidUse::Current.into();
                }
            }
            let changed = changed.as_read_on(as_of, |_| {});
            if factor.reads.iter().all(|field| changed.fact(*field) == record.fact(*field)) {
                let of = |record| {
                    let all = found(&assessed(record, as_of));
                    all.into_iter().find(|(name, ..)| *name == factor.name)
                };
                prop_assert_eq!(of(&record), of(&changed));
            }
        }
    }

    #[test]
    fn every_record_is_assessed_on_every_day(
        (record, _) in record_and_date(),
        day in prop_oneof![
            Just(NaiveDate::MIN),
            Just(NaiveDate::MAX),
            (-95_000_000..95_000_000).prop_filter_map("no day", NaiveDate::from_num_days_from_ce_opt),
        ],
    ) {
        let assessment = assessed(&record, day);
        let until = assessment.valid_until();
        prop_assert!(until.is_none_or(|until| until >= day));
        prop_assert!(!assessment.explain().to_string().is_empty());
    }
}

#[test]
fn every_fact_that_a_factor_reads_can_change_what_it_finds() {
    use overdose_risk_testkit::strategies::settled;
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    for factor in FACTORS {
        for field in factor.reads {
            let of = |record: &Record| {
                let record = Record { injecting: record.injecting, ..*record };
                found(&assessed(&record, as_of)).into_iter().find(|row| row.0 == factor.name)
            };
            let changes = factor.cases.iter().any(|case| {
                let record = case.record(as_of);
                settled(&record, *field, as_of).iter().any(|other| of(other) != of(&record))
            });
            assert!(changes, "{factor} does not look at {field}");
        }
    }
}

#[test]
fn records_and_assessments_are_small_values() {
    fn size<T: Copy>() -> usize {
        size_of::<T>()
    }
    assert!(size::<Record>() <= 104, "{}", size::<Record>());
    assert!(size::<Assessment<'static>>() <= 256, "{}", size::<Assessment<'static>>());
}
