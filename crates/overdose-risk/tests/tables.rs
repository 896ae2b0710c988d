//! Facts that are true or false now, exhaustively, against tables transcribed from the policy.

use chrono::NaiveDate;
use overdose_risk::factor::Case;
use overdose_risk::{
    Code, Event, Exposure, Fact, Field, Housing, Injecting, Naloxone, OpioidUse, Ost, Policy,
    Record, Status, Tier, Unknown, YesNo, assess,
};
use overdose_risk_testkit::strategies::{WHY_UNKNOWN, days_before};

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// The levels that a factor finds, known and at worst, `-` for none.
fn found(record: &Record, factor: &str) -> [&'static str; 2] {
    let assessment = assess(record, as_of(), Policy::practice_principles());
    let (_, low, high) = assessment.findings().find(|(known, ..)| known.name == factor).unwrap();
    [low, high].map(|level| level.map_or("-", |level| level.name))
}

/// Every known value, then every way of not knowing.
fn every<T: Code>() -> impl Iterator<Item = Status<T>> {
    T::ALL.iter().copied().map(Status::Known).chain(every_unknown())
}

fn every_unknown<T>() -> impl Iterator<Item = Status<T>> {
    WHY_UNKNOWN.into_iter().map(Status::Unknown).chain([Status::NotCollected])
}

#[test]
fn opioid_use_by_use_and_treatment() {
    use OpioidUse::{Current, None as NoUse, Past};
    use Ost::{NotPrescribed, Prescribed};
    let table = [
        (Some(Current), Some(NotPrescribed), ["off-treatment", "off-treatment"]),
        (Some(Current), Some(Prescribed), ["on-top-of-treatment", "on-top-of-treatment"]),
        (Some(Current), None, ["on-top-of-treatment", "off-treatment"]),
        (Some(Past), Some(NotPrescribed), ["abstinent", "abstinent"]),
        (Some(Past), Some(Prescribed), ["-", "-"]),
        (Some(Past), None, ["-", "abstinent"]),
        (Some(NoUse), Some(NotPrescribed), ["-", "-"]),
        (Some(NoUse), Some(Prescribed), ["-", "-"]),
        (Some(NoUse), None, ["-", "-"]),
        (None, Some(Prescribed), ["-", "on-top-of-treatment"]),
        (None, Some(NotPrescribed), ["-", "off-treatment"]),
        (None, None, ["-", "off-treatment"]),
    ];
    for opioid_use in every() {
        for ost in every() {
            // Injecting keeps an explicit "none" within the scope of the rules.
            let injecting = Injecting::Current.into();
            let record = Record { opioid_use, ost, injecting, ..Case::plain(as_of()) };
            let row = table.iter().find(|(used, prescribed, _)| {
                (*used, *prescribed) == (opioid_use.known(), ost.known())
            });
            assert_eq!(found(&record, "opioid-use"), row.unwrap().2, "{opioid_use:?} {ost:?}");
        }
    }
}

/// Section 2 of the policy, clause by clause.
fn exposure_by_the_page(record: &Record, days_since_overdose: Option<i64>) -> Exposure {
    let use_says_yes = matches!(
        record.opioid_use,
        Status::Known(OpioidUse::Current) | Status::Known(OpioidUse::Past)
    );
    let treated = record.ost == Status::Known(Ost::Prescribed);
    let was_treated =
        matches!(record.ost_ended, Event::On(_) | Event::Unknown { latest: Some(_), .. });
    if use_says_yes || treated || was_treated {
        return Exposure::Yes;
    }
    let says_none = record.opioid_use == Status::Known(OpioidUse::None);
    let injects = record.injecting == Status::Known(Injecting::Current);
    let overdosed = days_since_overdose.is_some_and(|days| days <= 365);
    let more_than_blank =
        |why| matches!(why, Unknown::Declined | Unknown::Unreadable | Unknown::Contradictory);
    let ost_in_doubt = matches!(record.ost, Status::Unknown(why) if more_than_blank(why));
    let end_in_doubt =
        matches!(record.ost_ended, Event::Unknown { why, .. } if more_than_blank(why));
    if says_none && !injects && !overdosed && !ost_in_doubt && !end_in_doubt {
        Exposure::No
    } else {
        Exposure::Unknown
    }
}

fn every_event(day: NaiveDate) -> Vec<Event> {
    let unknown = |latest| WHY_UNKNOWN.map(|why| Event::Unknown { why, latest });
    let mut events = vec![Event::On(day), Event::NoneRecorded, Event::NotCollected];
    events.extend(unknown(None));
    events.extend(unknown(Some(day)));
    events
}

#[test]
fn exposure_by_everything_that_bears_on_it() {
    let long_ago = days_before(as_of(), 900);
    let mut overdoses = vec![
        (Event::NoneRecorded, None),
        (Event::NotCollected, None),
        (Event::unknown(Unknown::Declined), None),
    ];
    for days in [0, 1, 364, 365, 366, 367] {
        let day = days_before(as_of(), days);
        overdoses.push((Event::On(day), Some(days)));
        let later_unknown = Event::Unknown { why: Unknown::NotRecorded, latest: Some(day) };
        overdoses.push((later_unknown, Some(days)));
    }
    let mut seen = [0_u32; 3];
    for opioid_use in every() {
        for ost in every() {
            for ost_ended in every_event(long_ago) {
                for injecting in every() {
                    for (overdose, days) in overdoses.iter().copied() {
                        let facts = Case::plain(as_of());
                        let record =
                            Record { opioid_use, ost, ost_ended, injecting, overdose, ..facts };
                        let expected = exposure_by_the_page(&record, days);
                        let assessment = assess(&record, as_of(), Policy::practice_principles());
                        assert_eq!(assessment.exposure(), expected, "{record:?}");
                        match (expected, assessment.tier()) {
                            (Exposure::No, Tier::OutOfScope) => seen[0] += 1,
                            (Exposure::Unknown, Tier::NotEnoughInformation) => seen[1] += 1,
                            (Exposure::Yes, tier) => {
                                assert_eq!(Some(tier), assessment.known_urgency().map(Tier::from));
                                seen[2] += 1;
                            }
                            (expected, tier) => panic!("{expected:?} is no {tier}: {record:?}"),
                        }
                    }
                }
            }
        }
    }
    assert!(seen.iter().all(|records| *records > 100), "{seen:?}");
}

#[test]
fn naloxone_by_kit_and_expiry() {
    let expiry_day = |days| Status::Known(days_before(as_of(), days));
    let in_date = [-1, 0].map(expiry_day);
    let expired = [1, 2, 4_000].map(expiry_day);
    for naloxone in every::<Naloxone>() {
        for naloxone_expiry in in_date.into_iter().chain(expired).chain(every_unknown()) {
            let expected = match (naloxone.known(), naloxone_expiry) {
                (Some(Naloxone::NotHeld), _) => ["not-held", "not-held"],
                (Some(Naloxone::Held), date) if expired.contains(&date) => ["expired", "expired"],
                (Some(Naloxone::Held), Status::Unknown(_)) => ["-", "expired"],
                (Some(Naloxone::Held), _) => ["-", "-"],
                (None, date) if expired.contains(&date) => ["expired", "not-held"],
                (None, _) => ["unconfirmed", "not-held"],
            };
            let record = Record { naloxone, naloxone_expiry, ..Case::plain(as_of()) };
            assert_eq!(found(&record, "naloxone"), expected, "{naloxone:?} {naloxone_expiry:?}");
        }
    }
}

/// What a status gives: its own level when known, nothing or the worst when unknown, nothing when
/// nobody could have recorded it.
fn check_status<T: Code>(
    factor: &str,
    put: impl Fn(&mut Record, Status<T>),
    level: impl Fn(T) -> &'static str,
    worst: &'static str,
) {
    for status in every::<T>() {
        let mut record = Case::plain(as_of());
        put(&mut record, status);
        let expected = match status {
            Status::Known(value) => [level(value), level(value)],
            Status::Unknown(_) => ["-", worst],
            Status::NotCollected => ["-", "-"],
        };
        assert_eq!(found(&record, factor), expected, "{factor}: {status:?}");
    }
}

#[test]
fn injecting_counts_only_while_it_is_current() {
    let level = |injecting| if injecting == Injecting::Current { "current" } else { "-" };
    check_status("injecting", |record, status| record.injecting = status, level, "current");
}

#[test]
fn housing_by_where_the_person_lives() {
    let level = |housing| match housing {
        Housing::Settled => "-",
        Housing::AtRisk => "at-risk",
        Housing::NoFixedAbode => "no-fixed-abode",
    };
    check_status("housing", |record, status| record.housing = status, level, "no-fixed-abode");
}

#[test]
fn yes_or_no_questions_have_no_default() {
    let level = |answer| if answer == YesNo::Yes { "yes" } else { "-" };
    type Put = fn(&mut Record, Status<YesNo>);
    let table: [(&str, Put); 7] = [
        ("benzodiazepines", |record, answer| record.benzodiazepines = answer),
        ("gabapentinoids", |record, answer| record.gabapentinoids = answer),
        ("z-drugs", |record, answer| record.z_drugs = answer),
        ("alcohol", |record, answer| record.alcohol = answer),
        ("suicidality", |record, answer| record.suicidality = answer),
        ("respiratory-disease", |record, answer| record.respiratory_disease = answer),
        ("uses-alone", |record, answer| record.uses_alone = answer),
    ];
    for (factor, put) in table {
        check_status(factor, put, level, "yes");
    }
}

#[test]
fn age_by_every_range_of_years() {
    let level = |years: i16| match years {
        ..=34 => "-",
        35..=44 => "35-44",
        _ => "45-and-over",
    };
    for youngest in 0..=120_u8 {
        for oldest in youngest..=120 {
            let age = overdose_risk::Age::between(youngest, oldest).unwrap().into();
            let record = Record { age, ..Case::plain(as_of()) };
            assert_eq!(found(&record, "age"), [youngest, oldest].map(|years| level(years.into())));
        }
    }
    for year in 1905..=2026_i16 {
        let age = overdose_risk::Age::born_in(year).into();
        let record = Record { age, ..Case::plain(as_of()) };
        let expected = [2026 - year - 1, 2026 - year].map(level);
        assert_eq!(found(&record, "age"), expected, "born in {year}");
    }
    for age in every_unknown() {
        let record = Record { age, ..Case::plain(as_of()) };
        assert_eq!(found(&record, "age"), ["-", "45-and-over"], "{age:?}");
    }
}

#[test]
fn four_status_facts_count_as_unknown_when_nobody_collects_them() {
    let always = Field::ALL.into_iter().filter(|field| field.is_always_in_scope());
    let expected = [Field::Age, Field::OpioidUse, Field::Ost, Field::Naloxone];
    assert_eq!(always.collect::<Vec<_>>(), expected);
    for field in Field::ALL {
        let mut record = Case::plain(as_of());
        record.fact_mut(field).set_not_collected();
        let asked = assess(&record, as_of(), Policy::practice_principles()).unknowns().to_vec();
        let expected = if expected.contains(&field) { vec![field] } else { vec![] };
        assert_eq!(asked, expected, "{field}");
    }
}

#[test]
fn where_the_person_stands_with_the_service_changes_no_assessment() {
    let plain = Case::plain(as_of());
    for case_status in every() {
        let record = Record { case_status, opioid_use: Status::default(), ..plain };
        let assessment = assess(&record, as_of(), Policy::practice_principles());
        let open = assess(
            &Record { case_status: overdose_risk::CaseStatus::Open.into(), ..record },
            as_of(),
            Policy::practice_principles(),
        );
        assert_eq!(assessment.tier(), open.tier());
        assert_eq!(assessment.points(), open.points());
        assert_eq!(assessment.unknowns().to_vec(), open.unknowns().to_vec());
        let in_custody = case_status == overdose_risk::CaseStatus::InCustody.into();
        assert_eq!(assessment.in_custody(), in_custody);
        let died = case_status == overdose_risk::CaseStatus::Died.into();
        assert_eq!(record.has_died(), died);
        assert!(matches!(record.fact(Field::CaseStatus), Fact::CaseStatus(_)));
    }
}

#[test]
fn ages_that_nobody_can_have_are_refused() {
    use overdose_risk::{Age, NotAnAge};
    for youngest in 0..=u8::MAX {
        for oldest in 0..=u8::MAX {
            let age = Age::between(youngest, oldest);
            if youngest <= oldest && oldest <= 120 {
                assert_eq!(age.unwrap().range_on(as_of()), Some((youngest, oldest)));
                assert_eq!(age.unwrap().birth_year(), None);
            } else {
                assert_eq!(age, Err(NotAnAge));
            }
        }
        assert_eq!(Age::years(youngest), Age::between(youngest, youngest));
    }
    assert_eq!(NotAnAge.to_string(), "ages run from 0 to 120, the younger first");
    assert_eq!(Age::born_in(1979).birth_year(), Some(1979));
}

#[test]
fn what_a_caller_leaves_out_is_unknown() {
    let record = Record::default();
    for field in Field::ALL {
        assert_eq!(record.state(field), overdose_risk::State::Unknown(Unknown::NotRecorded));
        assert!(record.is_open(field), "{field}");
    }
    let assessment = assess(&record, as_of(), Policy::practice_principles());
    assert_eq!(assessment.tier(), Tier::NotEnoughInformation);
    assert_eq!(assessment.could_reach(), Tier::ActNow);
    assert!(assessment.naloxone_gap());
    assert_eq!(assessment.points(), 4);
}
