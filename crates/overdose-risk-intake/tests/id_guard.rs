//! Ids that are no pseudonyms, and how many of them it takes.

use IdShape::{Attributor, DateOfBirth, Email, Name, NhsNumber, Telephone};
use chrono::NaiveDate;
use overdose_risk_intake::{IdGuard, IdShape};
use proptest::prelude::*;
use std::collections::HashSet;

fn guard() -> IdGuard {
    IdGuard::new(NaiveDate::from_ymd_opt(2026, 3, 31).unwrap())
}

fn look_at<I: AsRef<[u8]>>(ids: impl IntoIterator<Item = I>) -> IdGuard {
    let mut guard = guard();
    ids.into_iter().for_each(|id| guard.look(id.as_ref()));
    guard
}

#[test]
fn two_guards_together_have_seen_what_one_would_have() {
    let ids = ["9990000018", "1234567890", "p-1", "a@b.example", "", "1980-01-02", "p-2", "p-3"];
    for cut in 0..=ids.len() {
        let (one, other) = ids.split_at(cut);
        let mut together = look_at(one);
        together.add(&look_at(other));
        assert_eq!(together, look_at(ids), "{cut}");
    }
}

/// Whether ten digits pass the check, said in another way: with a weight of 1 for the last one, the
/// sum is a multiple of eleven.
fn passes(ten: &str) -> bool {
    let weighted =
        (1..=10).rev().zip(ten.bytes()).map(|(weight, digit)| weight * (digit - b'0') as u32);
    weighted.sum::<u32>().is_multiple_of(11)
}

/// Numbers of the range from 999 000 0000, of which those with the right last digit pass.
fn of_test_range(pass: impl Fn(&str) -> bool) -> impl Iterator<Item = String> {
    (9_990_000_000_u64..9_991_000_000).map(|ten| ten.to_string()).filter(move |ten| pass(ten))
}

/// So many ids of a kind, each of them different.
fn ids_of(shape: IdShape, count: usize) -> Vec<String> {
    let letters = |n: usize| ["ab", "cd", "ef", "gh", "jk", "lm"][n % 6];
    let id = |n: usize| match shape {
        NhsNumber => of_test_range(passes).nth(n).unwrap(),
        Email => format!("someone{n}@example.org"),
        DateOfBirth => format!("{}-02-03", 1950 + n),
        Attributor => format!("{}{}0203M", letters(n), 1950 + n),
        Telephone => format!("07700 900{n:03}"),
        Name => format!("Some {}{}", letters(n), letters(n / 6)),
        _ => unreachable!("every shape is listed"),
    };
    (0..count).map(id).collect()
}

/// The least part of the ids that refuses them, as the documentation has it: more than a half of
/// these, or a fifth of all.
fn is_refused_from(shape: IdShape, count: usize, others: usize) -> bool {
    let least = match shape {
        NhsNumber | DateOfBirth | Telephone => count > others,
        _ => 4 * count >= others,
    };
    count >= 2 && least
}

#[test]
fn every_shape_refuses_from_its_threshold_on_and_not_below() {
    for shape in IdShape::ALL {
        for count in 0..8 {
            for others in 0..40 {
                let mut ids = ids_of(shape, count);
                // Ten digits that fail the check, since only these are weighed against NHS numbers.
                ids.extend(of_test_range(|ten| !passes(ten)).take(others));
                let expected = is_refused_from(shape, count, others).then_some(shape);
                assert_eq!(look_at(&ids).verdict(), expected, "{shape}: {count} and {others}");
            }
        }
    }
}

#[test]
fn nhs_numbers_are_weighed_against_ids_of_ten_digits_and_no_others() {
    let pseudonyms = (0..1000).map(|n| format!("p-{n}"));
    let guard = look_at(ids_of(NhsNumber, 2).into_iter().chain(pseudonyms));
    assert_eq!(guard.verdict(), Some(NhsNumber));
    assert_eq!((guard.ids(), guard.of_ten_digits(), guard.found(NhsNumber)), (1002, 2, 2));
}

#[test]
fn the_surest_shape_is_the_verdict() {
    for (place, surer) in IdShape::ALL.into_iter().enumerate() {
        for shape in &IdShape::ALL[place..] {
            let mut ids = ids_of(*shape, 4);
            // A majority of the surer one, and still a fifth of the other.
            ids.extend(ids_of(surer, 9).into_iter().skip(4));
            assert_eq!(look_at(&ids).verdict(), Some(surer), "{surer} and {shape}");
        }
    }
}

/// Binomial odds that of so many ids enough have a shape that one in so many has, where it takes two
/// and more than a half.
fn odds(ids: u32, one_in: f64) -> f64 {
    let least = 2.max(ids / 2 + 1);
    let ways = |k: u32| (0..k).map(|i| f64::from(ids - i) / f64::from(i + 1)).product::<f64>();
    (least..=ids)
        .map(|k| {
            let (k, not) = (k, ids - k);
            ways(k) * one_in.recip().powi(k as i32) * (1.0 - one_in.recip()).powi(not as i32)
        })
        .sum()
}

#[test]
fn the_odds_of_refusing_pseudonyms_of_random_digits_are_those_documented() {
    let nhs = |ids| odds(ids, 11.0);
    assert!((nhs(2) - 1.0 / 121.0).abs() < 1e-12);
    assert!((nhs(3) - 31.0 / 1331.0).abs() < 1e-12);
    assert!((2..=1000).all(|ids| nhs(ids) <= nhs(3)));
    assert!(nhs(4) < 0.003 && nhs(5) < 0.007);
    assert!((6..=1000).all(|ids| nhs(ids) < 0.002));
    assert!((10..=1000).all(|ids| nhs(ids) < 1.0 / 5000.0));
    assert!((20..=1000).all(|ids| nhs(ids) < 1e-6));
    assert!((2..=1000).all(|ids| odds(ids, 100.0) < 0.0003));
}

#[test]
fn pseudonyms_of_random_digits_are_refused_no_more_often_than_the_odds_say() {
    let mut random = Random(1);
    let mut refused = |ids: u32, lists: u32| {
        let mut list =
            || look_at((0..ids).map(|_| format!("{:010}", random.below(10_000_000_000))));
        (0..lists).filter(|_| list().verdict() == Some(NhsNumber)).count() as f64
    };
    for ids in 2..=200 {
        let (lists, expected) = (1000, 1000.0 * odds(ids, 11.0));
        let refused = refused(ids, lists);
        let spread = 4.0 * expected.sqrt() + 1.0;
        assert!((refused - expected).abs() <= spread, "{ids}: {refused}, expected {expected}");
    }
}

/// A year and a number that counts are dates where the number happens to be a month and a day.
#[test]
fn years_with_a_counter_are_never_dates_enough() {
    for year in [1900, 1990, 2024] {
        let mut guard = guard();
        for counter in 1..=9999 {
            guard.look(format!("{year}{counter:04}").as_bytes());
            assert_eq!(guard.verdict(), None, "{year} up to {counter}");
            assert!(guard.found(DateOfBirth) * 10 <= guard.ids() * 3, "{year} up to {counter}");
        }
    }
}

#[test]
fn generated_pseudonyms_are_never_refused() {
    const HEX: &str = "0123456789abcdef";
    const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const ANIMALS: [&str; 4] = ["otter", "heron", "badger", "wren"];
    const TEMPERS: [&str; 4] = ["brave", "calm", "eager", "kind"];
    let ways: [fn(&mut Random, u64) -> String; 17] = [
        |_, n| format!("p-{n}"),
        |_, n| format!("S1-{n:07}"),
        |_, n| format!("{n}"),
        |_, n| format!("{:06}", n + 1),
        |_, n| format!("{:08}", n + 1),
        |_, n| format!("{:010}", n + 1),
        |_, n| format!("{}", 1_000_000_000 + n),
        |random, _| random.text(HEX, 8),
        |random, _| random.text(HEX, 16),
        |random, _| random.text(HEX, 64).to_uppercase(),
        |random, _| [8, 4, 4, 4, 12].map(|length| random.text(HEX, length)).join("-"),
        |random, _| random.text(BASE32, 5),
        |random, _| random.text(BASE32, 10).to_lowercase(),
        |random, _| [5, 5].map(|length| random.text(BASE32, length)).join("-"),
        |random, _| random.text(BASE64, 22),
        |random, _| format!("{:08}", random.below(100_000_000)),
        |random, _| {
            let [temper, animal] = [TEMPERS, ANIMALS].map(|words| words[random.below(4) as usize]);
            format!("{temper}-{animal}-{temper}")
        },
    ];
    let mut random = Random(2);
    for (place, way) in ways.into_iter().enumerate() {
        for ids in 2..=200 {
            let list: HashSet<String> = (0..ids).map(|n| way(&mut random, n)).collect();
            assert_eq!(look_at(&list).verdict(), None, "way {place}, {ids} ids");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_every_id_is_counted_once(
        ids in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..20),
    ) {
        let guard = look_at(&ids);
        let found: u64 = IdShape::ALL.into_iter().map(|shape| guard.found(shape)).sum();
        prop_assert!(found <= guard.ids() && guard.of_ten_digits() <= guard.ids());
        prop_assert!(guard.ids() <= ids.len() as u64);
    }

    /// Only digits, letters and what joins them, so that the shapes are met.
    #[test]
    fn no_text_of_an_id_shows_in_what_is_kept(id in "CANARY[-0-9a-zA-Z '.@+]{0,12}") {
        let kept = format!("{:?}", look_at([&id]));
        prop_assert!(!kept.contains("CANARY"));
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| letters[self.below(letters.len() as u64) as usize]).collect()
    }
}
