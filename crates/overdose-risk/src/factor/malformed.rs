//! A factor that is not well formed does not compile; called at run time, the same check panics.

use super::{Asks, Case, Days, Factor, Finding, Level, Place, When};
use crate::evidence::Basis;
use crate::{FACTORS, Field};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn level(name: &'static str, when: When, points: u8) -> Level {
    Level {
        name,
        when,
        points,
        floor: None,
        basis: Basis::Judgement { why: "invented", leans_on: &[] },
        sentence: "Something was found.",
        action: "Offer something.",
    }
}

fn days(first: i64, last: i64) -> When {
    When::Since(&[], Days::between(first, last))
}

fn factor(levels: Vec<Level>) -> Factor {
    Factor {
        name: "made-up",
        title: "Made up",
        why: "It shows what is refused.",
        reads: &[Field::Overdose],
        asks: Asks::For(Field::Overdose),
        mechanism: None,
        levels: levels.leak(),
        never_less: &[],
        sharper: None,
        find: |_| Finding::NOTHING,
        cases: const { &[Case::nothing(&[])] },
    }
}

fn two_windows() -> Vec<Level> {
    vec![level("days-0-14", days(0, 14), 9), level("days-15-28", days(15, 28), 5)]
}

/// Why the factor is refused; nothing when it is not.
fn check(change: impl FnOnce(&mut Factor), expected: &str) {
    let mut factor = factor(two_windows());
    change(&mut factor);
    let name = factor.name;
    let refused = catch_unwind(AssertUnwindSafe(|| factor.checked())).err();
    let why = refused.map(|why| *why.downcast::<String>().unwrap()).unwrap_or_default();
    assert!(why == expected, "{name}: \"{why}\" instead of \"{expected}\"");
}

fn with(levels: Vec<Level>) -> impl FnOnce(&mut Factor) {
    |factor| factor.levels = levels.leak()
}

#[test]
fn every_factor_of_the_catalogue_is_well_formed() {
    check(|_| {}, "");
    for known in FACTORS {
        assert!(known.levels.len() <= 5 && !known.cases.is_empty(), "{known}");
        let asked: &[Field] = match &known.asks {
            Asks::For(field) => std::slice::from_ref(field),
            Asks::FirstUnknown(fields) | Asks::EachUnknown(fields) => fields,
        };
        assert!(asked.iter().all(|field| known.reads.contains(field)), "{known}");
        for level in known.levels {
            if let When::Since(fields, _) = level.when {
                assert!(!fields.is_empty(), "{known}");
                assert!(fields.iter().all(|field| known.reads.contains(field)), "{known}");
            }
        }
    }
}

#[test]
fn names_are_lower_case_words_joined_by_hyphens() {
    let factors = "a factor's name is lower-case words joined by hyphens";
    let levels = "a level's name is lower-case words joined by hyphens";
    for name in ["", "-", "Made-up", "made_up", "made--up", "-made", "made-", "made up", "m\u{e9}"]
    {
        check(|factor| factor.name = name, factors);
        check(with(vec![level(name, When::Recorded, 1)]), levels);
    }
    check(|factor| factor.name = "z-drugs-2", "");
}

#[test]
fn nothing_that_a_reader_needs_is_left_out() {
    let words = "a factor has a title and says why it matters";
    check(|factor| factor.title = "", words);
    check(|factor| factor.why = "", words);
    let facts = "a factor reads a fact and has worked cases";
    check(|factor| factor.reads = &[], facts);
    check(|factor| factor.cases = &[], facts);
    let said = "a level has a sentence and an action";
    check(with(vec![Level { sentence: "", ..level("yes", When::Recorded, 1) }]), said);
    check(with(vec![Level { action: "", ..level("yes", When::Recorded, 1) }]), said);
    let levels = "a factor has a level, and not more than the policy has room for";
    check(with(vec![]), levels);
    let many = |number| (0..number).map(|_| level("yes", When::Recorded, 1)).collect();
    check(with(many(6)), levels);
    check(with(many(5)), "");
}

#[test]
fn waiting_never_raises_points() {
    let backwards = "a window ends before it begins";
    check(with(vec![level("days-0-14", days(3, 2), 1)]), backwards);
    check(with(vec![level("days-3-3", days(3, 3), 1)]), "");
    let same_day = vec![level("days-0-14", days(0, 14), 1), level("days-0-28", days(0, 28), 2)];
    check(with(same_day), "");
    let later = "a later window is worth more than an earlier one";
    let windows = |one, other| {
        vec![level("days-0-14", days(0, 14), one), level("days-15-28", days(15, 28), other)]
    };
    check(with(windows(5, 6)), later);
    check(with(windows(5, 5)), "");
}

#[test]
fn only_levels_that_there_are_can_be_worth_no_less_than_others() {
    check(|it| it.never_less = &[("days-0-14", "days-15-28")], "");
    for pair in [&[("days-0-14", "yes")], &[("yes", "days-15-28")]] {
        check(|it| it.never_less = pair, "no level has this name");
    }
}

#[test]
fn a_level_is_found_by_its_name_or_not_at_all() {
    let levels = two_windows();
    let find = |name: &'static str| catch_unwind(AssertUnwindSafe(|| Place::of(&levels, name)));
    assert_ne!(find("days-0-14").unwrap(), find("days-15-28").unwrap());
    for name in ["", "days-0-1", "days-0-144", "days-15-29"] {
        assert!(find(name).is_err(), "\"{name}\" names no level");
    }
}

#[test]
fn windows_include_both_ends() {
    let window = Days::between(-14, 0);
    let within: Vec<i64> = (-20..20).filter(|day| window.contains(*day)).collect();
    assert_eq!(within, (-14..=0).collect::<Vec<_>>());
    let open = Days::from(1);
    assert!(!open.contains(0) && open.contains(1) && open.contains(i64::MAX));
}
