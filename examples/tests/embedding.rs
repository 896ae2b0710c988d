//! The embedding examples, by what they print.

mod program;

use overdose_risk::Unknown::{Declined, NotRecorded};
use overdose_risk::{Field, Policy, State, Tally, Unknown, assess};
use overdose_risk_testkit::population::{Person, Population};
use program::program;

/// What an example, built beside this test, prints.
fn printed(example: &str, arguments: &[&str]) -> String {
    let output = program(example).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn one_record_asks_about_what_is_left_out_and_not_about_what_is_answered() {
    let printed = printed("one_record", &[]);
    let (explanation, _) = printed.split_once("The same person").unwrap();
    assert!(explanation.starts_with("standard: "), "{printed}");
    assert!(explanation.contains("with what is not known, at worst act-now"), "{printed}");

    let asks = |field: Field| explanation.contains(field.question());
    assert!([Field::PrisonRelease, Field::Naloxone, Field::UsesAlone].into_iter().all(asks));
    let answered = [Field::Age, Field::OpioidUse, Field::Ost, Field::OstStarted, Field::Overdose];
    assert!(!answered.into_iter().any(asks), "{printed}");
}

#[test]
fn one_record_needs_an_explicit_yes_to_naloxone() {
    let printed = printed("one_record", &[]);
    let (_, sayings) = printed.split_once("of naloxone:\n").unwrap();
    let expected = format!(
        "- nothing: a gap. {}\n- no kit is held: a gap. Nothing to ask.\n- a kit is held: no gap. {}\n",
        Field::Naloxone.question(),
        Field::NaloxoneExpiry.question(),
    );
    assert_eq!(sayings, expected);
}

/// Compares everything that `own_types` prints of one client, questions in any order. That the list
/// of questions is whole shows that none is asked about what the service has no table for.
fn check(id: &str, tiers: &str, why: &[&str], ask: &[(Field, Unknown)]) {
    let printed = printed("own_types", &[]);
    let mut lines = printed.lines().skip_while(|line| !line.starts_with(id));
    assert_eq!(lines.next(), Some(format!("{id}: {tiers}").as_str()), "{printed}");

    let (mut asked, found): (Vec<_>, Vec<_>) = lines
        .take_while(|line| line.starts_with(' '))
        .map(str::to_owned)
        .partition(|line| line.starts_with("  ask: "));
    let why: Vec<_> = why.iter().map(|sentence| format!("  why: {sentence}")).collect();
    assert_eq!(found, why, "{id}");
    let line = |(field, why): &(Field, Unknown)| {
        format!("  ask: {} {:?}", field.question(), State::Unknown(*why))
    };
    let mut ask: Vec<_> = ask.iter().map(line).collect();
    asked.sort();
    ask.sort();
    assert_eq!(asked, ask, "{id}");
}

#[test]
fn own_types_takes_what_is_recorded_as_it_is_and_no_prescription_as_no_answer() {
    let why = [
        "Uses opioids on top of opioid substitution treatment, or treatment is not known.",
        "Released from prison 11 days ago.",
    ];
    check("A-1", "act-now, at worst act-now", &why, &[(Field::Benzodiazepines, NotRecorded)]);
}

#[test]
fn own_types_takes_none_as_unknown_and_an_event_without_a_date_as_one_that_may_be_later() {
    let why = ["Released from prison 39 days ago.", "Not known to hold take-home naloxone."];
    let ask = [
        (Field::Age, NotRecorded),
        (Field::OpioidUse, NotRecorded),
        (Field::PrisonRelease, NotRecorded),
        (Field::Naloxone, NotRecorded),
        (Field::Benzodiazepines, NotRecorded),
    ];
    check("A-2", "not-enough-information, at worst act-now", &why, &ask);
}

#[test]
fn own_types_knows_what_runs_on_the_day_and_takes_declining_as_no_answer() {
    let why = [
        "Holds no take-home naloxone.",
        "Opioid substitution treatment ended today.",
        "Takes benzodiazepines.",
    ];
    let ask = [(Field::Age, NotRecorded), (Field::OpioidUse, Declined)];
    check("A-3", "act-now, at worst act-now", &why, &ask);
}

#[test]
fn own_types_tells_use_before_from_no_use_and_assesses_nobody_who_died() {
    let why = [
        "Used opioids before, does not now, and has no opioid substitution treatment.",
        "Not known to hold take-home naloxone.",
    ];
    let ask = [Field::Age, Field::Naloxone, Field::Benzodiazepines];
    let ask = ask.map(|field| (field, NotRecorded));
    check("A-4", "standard, at worst prioritise", &why, &ask);
    check("A-5", "out-of-scope, at worst out-of-scope, in custody", &[], &[]);
    check("A-6", "died, not assessed", &[], &[]);
}

#[test]
fn batch_prints_the_same_on_any_number_of_threads() {
    let alone = printed("batch", &["1"]);
    for threads in ["2", "7", "64"] {
        assert_eq!(printed("batch", &[threads]), alone, "{threads}");
    }
}

/// Ids, tiers, counts and order, worked out one record after the other: a result that goes to the
/// wrong person is seen here and not by comparing numbers of threads.
#[test]
fn batch_prints_what_assessing_one_by_one_gives() {
    let as_of = "2026-03-31".parse().unwrap();
    let people: Vec<Person> = Population::new(1, as_of).people(0..5_000).collect();
    let mut tally = Tally::default();
    let mut in_scope = Vec::new();
    for person in people.iter().filter(|person| !person.record().has_died()) {
        let assessment = assess(person.record(), as_of, Policy::practice_principles());
        tally.add(&assessment);
        if let Some(priority) = assessment.priority() {
            in_scope.push((priority, person.id(), assessment));
        }
    }
    in_scope.sort_by_key(|(priority, id, _)| (*priority, id.clone()));

    let died = people.len() as u64 - tally.people();
    assert!(died > 0);
    let mut expected = format!("{died} died and were not assessed, {} assessed\n", tally.people());
    for (tier, people) in tally.tiers() {
        expected += &format!("  {tier:<24} {people:>5}\n");
    }
    expected += &format!("Naloxone to offer or to ask about: {}\n", tally.naloxone_gaps());
    expected += &format!("First of {} on the worklist\n", in_scope.len());
    for (_, id, assessment) in &in_scope[..5] {
        expected += &format!("  {id} {} {} points\n", assessment.tier(), assessment.points());
    }
    assert_eq!(printed("batch", &["7"]), expected);
}
