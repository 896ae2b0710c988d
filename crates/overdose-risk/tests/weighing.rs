//! From levels to points and a tier: thresholds, floors, and what shares a mechanism.

use chrono::NaiveDate;
use overdose_risk::factor::{Case, Urgency};
use overdose_risk::policy::Settings;
use overdose_risk::{
    Age, Assessment, Event, Housing, Injecting, Naloxone, OpioidUse, Ost, Policy, Record, Status,
    Tier, YesNo, assess,
};
use overdose_risk_testkit::strategies::days_before;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn assessed(record: &Record) -> Assessment<'static> {
    let assessment = assess(record, as_of(), Policy::practice_principles());
    assert_eq!(assessment.points(), assessment.could_points(), "nothing is unknown here");
    assert_eq!(assessment.tier(), assessment.could_reach());
    assessment
}

/// One answer to a question, and the points and floor that the policy's table gives it.
struct Answer {
    put: fn(&mut Record),
    points: u16,
    floor: Option<Urgency>,
}

const fn answer(put: fn(&mut Record), points: u16) -> Answer {
    Answer { put, points, floor: None }
}

const fn with_floor(put: fn(&mut Record), points: u16, floor: Urgency) -> Answer {
    Answer { put, points, floor: Some(floor) }
}

fn tier_by_the_page(points: u16, floor: Option<Urgency>) -> Tier {
    match (points, floor) {
        (50.., _) | (_, Some(Urgency::ActNow)) => Tier::ActNow,
        (20.., _) | (_, Some(Urgency::Prioritise)) => Tier::Prioritise,
        (..20, None | Some(Urgency::Standard)) => Tier::Standard,
    }
}

/// Calls back with every choice of one answer to each question.
fn every_choice(questions: &[&[Answer]], check: &mut impl FnMut(&Record, &[&Answer])) {
    fn go<'a>(
        questions: &'a [&'a [Answer]],
        record: Record,
        chosen: &mut Vec<&'a Answer>,
        check: &mut impl FnMut(&Record, &[&Answer]),
    ) {
        let Some((question, rest)) = questions.split_first() else {
            return check(&record, chosen);
        };
        for answer in *question {
            let mut record = record;
            (answer.put)(&mut record);
            chosen.push(answer);
            go(rest, record, chosen, check);
            chosen.pop();
        }
    }
    go(questions, Case::plain(as_of()), &mut Vec::new(), check);
}

const NOTHING: Answer = answer(|_| {}, 0);

fn aged(record: &mut Record, years: u8) {
    record.age = Age::years(years).unwrap().into();
}

fn overdosed(record: &mut Record, days: i64) {
    record.overdose = days_before(as_of(), days).into();
}

#[test]
fn what_shares_no_mechanism_adds_up_to_a_tier() {
    let questions: [&[Answer]; 9] = [
        &[NOTHING, answer(|record| aged(record, 40), 3), answer(|record| aged(record, 50), 6)],
        &[
            NOTHING,
            answer(|record| record.opioid_use = OpioidUse::Current.into(), 4),
            answer(|record| record.ost = Ost::NotPrescribed.into(), 4),
            answer(
                |record| {
                    record.opioid_use = OpioidUse::Current.into();
                    record.ost = Ost::NotPrescribed.into();
                },
                12,
            ),
        ],
        &[NOTHING, answer(|record| record.naloxone = Naloxone::NotHeld.into(), 4)],
        &[
            NOTHING,
            with_floor(|record| overdosed(record, 5), 7, Urgency::ActNow),
            answer(|record| overdosed(record, 100), 7),
            answer(|record| overdosed(record, 300), 3),
        ],
        &[NOTHING, answer(|record| record.injecting = Injecting::Current.into(), 9)],
        &[
            NOTHING,
            with_floor(|record| record.suicidality = YesNo::Yes.into(), 11, Urgency::Prioritise),
        ],
        &[NOTHING, answer(|record| record.respiratory_disease = YesNo::Yes.into(), 5)],
        &[
            NOTHING,
            answer(|record| record.housing = Housing::AtRisk.into(), 2),
            answer(|record| record.housing = Housing::NoFixedAbode.into(), 4),
        ],
        &[NOTHING, answer(|record| record.uses_alone = YesNo::Yes.into(), 5)],
    ];
    let mut by_points_alone = [false; 80];
    every_choice(&questions, &mut |record, chosen| {
        let points: u16 = chosen.iter().map(|answer| answer.points).sum();
        let floor = chosen.iter().filter_map(|answer| answer.floor).max();
        let assessment = assessed(record);
        assert_eq!(assessment.points(), points, "{record:?}");
        assert_eq!(assessment.tier(), tier_by_the_page(points, floor), "{points} and {floor:?}");
        if floor.is_none() {
            by_points_alone[usize::from(points)] = true;
        }
    });
    for points in [19, 20, 48, 49] {
        assert!(by_points_alone[points], "no record has {points} points without a floor");
    }
}

#[test]
fn points_alone_reach_the_second_threshold() {
    let mut record = Record {
        age: Age::years(50).unwrap().into(),
        opioid_use: OpioidUse::Current.into(),
        ost: Ost::NotPrescribed.into(),
        naloxone: Naloxone::NotHeld.into(),
        injecting: Injecting::Current.into(),
        respiratory_disease: YesNo::Yes.into(),
        uses_alone: YesNo::Yes.into(),
        housing: Housing::NoFixedAbode.into(),
        ..Case::plain(as_of())
    };
    assert_eq!((assessed(&record).points(), assessed(&record).tier()), (45, Tier::Prioritise));
    record.housing = Housing::Settled.into();
    record.alcohol = YesNo::Yes.into();
    record.respiratory_disease = YesNo::No.into();
    record.z_drugs = YesNo::Yes.into();
    record.housing = Housing::AtRisk.into();
    assert_eq!((assessed(&record).points(), assessed(&record).tier()), (48, Tier::Prioritise));
    overdosed(&mut record, 300);
    record.housing = Housing::Settled.into();
    assert_eq!((assessed(&record).points(), assessed(&record).tier()), (49, Tier::Prioritise));
    record.z_drugs = YesNo::No.into();
    record.housing = Housing::NoFixedAbode.into();
    assert_eq!((assessed(&record).points(), assessed(&record).tier()), (50, Tier::ActNow));
}

/// Shares a limit out: largest first, ties in the order of the table, until it is used up.
fn counted_by_the_page(worth: &[u16], limit: u16) -> Vec<u16> {
    let mut order: Vec<usize> = (0..worth.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(worth[*index]), *index));
    let mut counted = vec![0; worth.len()];
    let mut left = limit;
    for index in order {
        counted[index] = worth[index].min(left);
        left -= counted[index];
    }
    counted
}

/// The points that the reasons count for these factors, 0 for one that is no reason.
fn counted(assessment: &Assessment<'_>, factors: &[&str]) -> Vec<u16> {
    let of = |name: &&str| {
        let reason = assessment.reasons().find(|reason| reason.factor.name == *name);
        reason.map_or(0, |reason| u16::from(reason.counted))
    };
    factors.iter().map(of).collect()
}

#[test]
fn depressants_count_to_fifteen_together() {
    let questions: [&[Answer]; 4] = [
        &[NOTHING, answer(|record| record.benzodiazepines = YesNo::Yes.into(), 11)],
        &[NOTHING, answer(|record| record.gabapentinoids = YesNo::Yes.into(), 8)],
        &[NOTHING, answer(|record| record.z_drugs = YesNo::Yes.into(), 3)],
        &[NOTHING, answer(|record| record.alcohol = YesNo::Yes.into(), 7)],
    ];
    let names = ["benzodiazepines", "gabapentinoids", "z-drugs", "alcohol"];
    every_choice(&questions, &mut |record, chosen| {
        let worth: Vec<u16> = chosen.iter().map(|answer| answer.points).collect();
        let expected = counted_by_the_page(&worth, 15);
        let assessment = assessed(record);
        assert_eq!(counted(&assessment, &names), expected, "{worth:?}");
        assert_eq!(assessment.points(), worth.iter().sum::<u16>().min(15));
        let reasons = worth.iter().filter(|points| **points > 0).count();
        assert_eq!(assessment.reasons().count(), reasons, "what counts nothing is still a reason");
    });
}

#[test]
fn of_lost_tolerance_only_the_largest_counts_and_every_floor_holds() {
    use Urgency::{ActNow, Prioritise};
    let questions: [&[Answer]; 5] = [
        &[
            NOTHING,
            with_floor(|record| record.prison_release = back(3), 20, ActNow),
            with_floor(|record| record.prison_release = back(20), 5, ActNow),
            with_floor(|record| record.prison_release = back(50), 3, Prioritise),
        ],
        &[
            NOTHING,
            with_floor(|record| record.ost_ended = back(3), 16, ActNow),
            with_floor(|record| record.ost_ended = back(20), 14, ActNow),
        ],
        &[NOTHING, with_floor(|record| record.detox_exit = back(3), 16, ActNow)],
        &[
            NOTHING,
            with_floor(|record| record.hospital_discharge = back(1), 15, ActNow),
            with_floor(|record| record.hospital_discharge = back(10), 7, Prioritise),
            answer(|record| record.hospital_discharge = back(20), 3),
        ],
        &[NOTHING, with_floor(|record| record.treatment_exit = back(3), 3, Prioritise)],
    ];
    let names =
        ["prison-release", "ost-stopped", "detox-exit", "hospital-discharge", "treatment-exit"];
    every_choice(&questions, &mut |record, chosen| {
        let worth: Vec<u16> = chosen.iter().map(|answer| answer.points).collect();
        let largest = worth.iter().copied().max().unwrap_or(0);
        let mut record = *record;
        record.ost = Status::Known(Ost::NotPrescribed);
        let assessment = assessed(&record);
        let expected = counted_by_the_page(&worth, largest);
        assert_eq!(counted(&assessment, &names), expected, "{worth:?}");
        // Past use without treatment is worth 4.
        assert_eq!(assessment.points(), largest + 4);
        let floor = chosen.iter().filter_map(|answer| answer.floor).max();
        assert_eq!(assessment.tier(), tier_by_the_page(largest + 4, floor), "{worth:?}");
        let alone = assessment.reasons().filter(|reason| names.contains(&reason.factor.name));
        let worth_alone: Vec<u16> = alone.map(|reason| u16::from(reason.set.points)).collect();
        let worth: Vec<u16> = worth.into_iter().filter(|points| *points > 0).collect();
        assert_eq!(worth_alone, worth);
    });
}

fn back(days: i64) -> overdose_risk::Event {
    days_before(as_of(), days).into()
}

#[test]
fn of_two_levels_that_weigh_the_same_the_first_that_was_found_is_said() {
    let mut settings = Settings::default();
    settings.name = "example-service".to_owned();
    let [heavier, lighter] = ["days-0-14", "days-15-28"]
        .map(|level| settings.level_mut("ost-stopped", level).unwrap().clone());
    let level = settings.level_mut("ost-stopped", "days-15-28").unwrap();
    assert_ne!(heavier.points, lighter.points);
    (level.points, level.floor) = (heavier.points, heavier.floor);
    level.why = Some("Invented for a test.".to_owned());
    let policy = Policy::new(settings).unwrap();
    let record = Record {
        opioid_use: OpioidUse::Current.into(),
        ost: Ost::NotPrescribed.into(),
        ost_ended: Event::On(days_before(as_of(), 20)),
        ost_started: Event::On(days_before(as_of(), 10)),
        ..Record::default()
    };
    let assessment = assess(&record, as_of(), &policy);
    let mut found = assessment.reasons().filter(|it| it.factor.name == "ost-stopped");
    assert_eq!(found.next().map(|it| it.level.name), Some("days-15-28"));
}
