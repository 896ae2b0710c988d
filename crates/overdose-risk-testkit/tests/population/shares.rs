//! That shares in the population are those that are assumed.

use super::{PEOPLE, as_cell, csv, date, ndjson, population};
use chrono::Datelike;
use overdose_risk::{
    CaseStatus, Event, Exposure, Housing, Injecting, Naloxone, OpioidUse, Ost, Policy, Record,
    Status, Unknown, YesNo, assess,
};
use overdose_risk_testkit::population::assumptions::{self, ByGroup};
use overdose_risk_testkit::population::{Group, Person, Population};
use serde_json::{Map, Value};

/// Of the people of whom `is` can be told, the share of whom it is so, against the assumption.
fn check(name: &str, wanted: u32, is: impl Fn(&Person) -> Option<bool>) {
    let told: Vec<bool> = population().people(0..PEOPLE).filter_map(|it| is(&it)).collect();
    check_share(name, wanted, &told);
}

/// The share of those of which it is so, against the assumption: no further off than four standard
/// errors.
fn check_share(name: &str, wanted: u32, told: &[bool]) {
    let (all, so) = (told.len() as i64, told.iter().filter(|so| **so).count() as i64);
    let wanted = i64::from(wanted);
    assert!(all >= 100, "{name}: only {all} to tell by");
    // |so/all - w/1000| <= 4 sqrt(w/1000 (1 - w/1000) / all), without division.
    let off = 1000 * so - wanted * all;
    assert!(
        off * off <= 16 * wanted * (1000 - wanted) * all,
        "{name}: {so} of {all}, wanted {wanted} in a thousand"
    );
}

/// As [`check`], in each group in turn.
fn check_by_group(name: &str, wanted: ByGroup, is: impl Fn(&Person) -> Option<bool>) {
    for group in [Group::Opiate, Group::NonOpiate, Group::AlcoholOnly] {
        let is = |it: &Person| is(it).filter(|_| it.group() == group);
        check(&format!("{name}, {group:?}"), wanted.of(group), is);
    }
}

fn known<T: Copy + PartialEq>(status: Status<T>, value: T) -> Option<bool> {
    status.known().map(|known| known == value)
}

fn within(event: Event, days: std::ops::RangeInclusive<i64>) -> bool {
    let days_ago = event.latest().map(|day| (population().as_of() - day).num_days());
    days_ago.is_some_and(|ago| days.contains(&ago))
}

#[test]
fn the_groups_have_their_national_shares() {
    use assumptions::IN_GROUP;
    for group in [Group::Opiate, Group::NonOpiate, Group::AlcoholOnly] {
        check("group", IN_GROUP.of(group), |it| Some(it.group() == group));
    }
}

#[test]
fn statuses_have_their_shares() {
    use assumptions::*;
    let record = |it: &Person| *it.record();
    let open = |it: &Person| it.record().case_status.is(CaseStatus::Open).then_some(*it.record());
    check_by_group("closed", CLOSED, |it| known(record(it).case_status, CaseStatus::Closed));
    check_by_group("no fixed abode", NO_FIXED_ABODE, |it| {
        known(record(it).housing, Housing::NoFixedAbode)
    });
    check_by_group("at risk", HOUSING_AT_RISK, |it| known(record(it).housing, Housing::AtRisk));
    check_by_group("on OST", ON_OST, |it| known(open(it)?.ost, Ost::Prescribed));
    check_by_group("alcohol", PROBLEM_ALCOHOL, |it| known(record(it).alcohol, YesNo::Yes));
    check_by_group("suicidality", SUICIDALITY, |it| known(record(it).suicidality, YesNo::Yes));
    check_by_group("uses alone", USES_ALONE, |it| known(record(it).uses_alone, YesNo::Yes));
    let using = |it: &Person, ost| {
        let record = open(it).filter(|record| record.ost.is(ost))?;
        known(record.opioid_use, OpioidUse::Current)
    };
    check("using on OST", USING_ON_OST.opiate, |it| using(it, Ost::Prescribed));
    check("using off OST", USING_OFF_OST.opiate, |it| {
        using(it, Ost::NotPrescribed).filter(|_| it.group() == Group::Opiate)
    });
    check("injects, using", INJECTS_USING.opiate, |it| {
        let using = record(it).opioid_use.is(OpioidUse::Current);
        known(record(it).injecting, Injecting::Current).filter(|_| using)
    });
}

#[test]
fn naloxone_is_held_by_fewer_after_a_release() {
    use assumptions::{NALOXONE_AFTER_RELEASE, NALOXONE_HELD};
    let held = |it: &Person, released: bool| {
        let record = it.record();
        let told = record.prison_release.why_unknown().is_none() && it.group() == Group::Opiate;
        let so = within(record.prison_release, 0..=28) == released;
        known(record.naloxone, Naloxone::Held).filter(|_| told && so)
    };
    check("held", NALOXONE_HELD.opiate, |it| held(it, false));
    let many = Population::new(5, population().as_of());
    let after: Vec<bool> = many.people(0..100_000).filter_map(|it| held(&it, true)).collect();
    let share = 1000 * after.iter().filter(|held| **held).count() / after.len();
    assert!(share.abs_diff(NALOXONE_AFTER_RELEASE.opiate as usize) < 90, "{share}");
}

#[test]
fn releases_in_the_opiate_group_come_to_the_national_figure() {
    let told = |it: &Person| {
        let release = it.record().prison_release;
        let known = release.why_unknown().is_none() && it.group() == Group::Opiate;
        known.then(|| within(release, 0..=365))
    };
    check("released within a year", 106, told);
    check("released within a year, of no fixed abode", 260, |it| {
        told(it).filter(|_| it.record().housing.is(Housing::NoFixedAbode))
    });
}

#[test]
fn gaps_have_their_shares() {
    use assumptions::*;
    let missing = |state: Option<bool>| Some(state.is_none());
    let gaps = |share: ByGroup| ByGroup {
        opiate: share.opiate + DECLINED.opiate + UNREADABLE.opiate,
        non_opiate: share.non_opiate + DECLINED.non_opiate + UNREADABLE.non_opiate,
        alcohol_only: share.alcohol_only + DECLINED.alcohol_only + UNREADABLE.alcohol_only,
    };
    check_by_group("opioid use", gaps(OPIOID_USE_MISSING), |it| {
        missing(known(it.record().opioid_use, OpioidUse::None))
    });
    check_by_group("injecting", gaps(INJECTING_MISSING), |it| {
        missing(known(it.record().injecting, Injecting::Never))
    });
    check_by_group("naloxone", gaps(NALOXONE_MISSING), |it| {
        missing(known(it.record().naloxone, Naloxone::Held))
    });
    check("unreadable", UNREADABLE.opiate, |it| {
        Some(it.record().housing == Status::Unknown(Unknown::Unreadable))
    });
}

#[test]
fn most_dates_are_iso_and_few_have_the_day_first() {
    let export = csv(population(), 0..PEOPLE);
    let cells = || export.lines().skip(1).flat_map(|line| line.split(','));
    let day_first = cells().filter(|cell| cell.contains('/')).count();
    let iso = cells().filter(|cell| cell.len() == 10 && date(cell).is_some()).count() - day_first;
    let share = 1000 * day_first / (day_first + iso);
    assert!(share.abs_diff(assumptions::DAY_FIRST as usize) <= 3, "{share}");
}

#[test]
fn ages_are_of_adults_and_mostly_in_years() {
    let as_of = population().as_of();
    let ages: Vec<Record> = population().people(0..PEOPLE).map(|it| *it.record()).collect();
    let ranges = ages.iter().filter_map(|record| record.age.known()?.range_on(as_of));
    assert!(ranges.clone().all(|(youngest, oldest)| youngest >= 17 && oldest >= 18));
    let years = ranges.filter(|(youngest, oldest)| youngest == oldest).count();
    assert!(years * 100 > 80 * ages.len(), "{years}");
    let born = ages.iter().filter_map(|record| record.age.known()?.birth_year());
    assert!(born.clone().count() > 0 && born.clone().all(|year| year < as_of.year() - 17));
}

#[test]
fn nobody_outside_the_opiate_group_is_exposed_but_for_a_few() {
    let as_of = population().as_of();
    let others = population().people(0..PEOPLE).filter(|it| it.group() != Group::Opiate);
    let exposure =
        |record: &Record| assess(record, as_of, Policy::practice_principles()).exposure();
    let exposures: Vec<Exposure> = others.map(|it| exposure(it.record())).collect();
    let share = |of| 1000 * exposures.iter().filter(|it| **it == of).count() / exposures.len();
    assert!((5..40).contains(&share(Exposure::Yes)), "{}", share(Exposure::Yes));
    assert!((50..130).contains(&share(Exposure::Unknown)), "{}", share(Exposure::Unknown));
}

#[test]
fn the_ways_of_writing_json_have_their_shares() {
    use assumptions::*;
    let (mut numbers, mut answers, mut blanks) = (Vec::new(), Vec::new(), Vec::new());
    for line in ndjson(population(), 0..PEOPLE).lines() {
        let object: Map<String, Value> = serde_json::from_str(line).unwrap();
        for value in object.values() {
            match as_cell(value).as_str() {
                "" => blanks.push(value.is_string()),
                "yes" | "no" => answers.push(value.is_boolean()),
                cell if cell.parse::<u16>().is_ok() => numbers.push(value.is_string()),
                _ => {}
            }
        }
    }
    check_share("numbers", NUMBER_AS_TEXT, &numbers);
    check_share("answers", ANSWER_AS_BOOLEAN, &answers);
    check_share("blanks", BLANK_AS_TEXT, &blanks);
}
