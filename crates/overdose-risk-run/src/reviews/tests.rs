//! What is read of a file of reviews.

use super::*;
use crate::ErrorKind;
use proptest::prelude::*;
use std::fs;
use tempfile::TempDir;

mod judging;

const NO_RUN: Then<std::iter::Empty<(&str, &str)>> = Then::NoRun;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn reviews(text: &str) -> Reviews {
    Reviews::of(text.as_bytes(), day("2026-03-31")).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The names in `factor:level;factor:level`.
fn names(reasons: &str) -> impl Iterator<Item = (&str, &str)> + Clone {
    reasons.split(';').filter_map(|reason| reason.split_once(':'))
}

fn written(reviews: &Reviews) -> String {
    let mut output = Vec::new();
    reviews.write(&mut output).unwrap();
    String::from_utf8(output).unwrap()
}

/// Rows below the header: whether each is a review, or why not.
fn kinds(rows: &[u8]) -> (usize, Vec<(u64, &'static str)>) {
    let text = [b"id,reviewed_on,until,outcome\n", rows].concat();
    let reviews = Reviews::of(&text, day("2026-03-31")).unwrap();
    let unusable = reviews.unusable.iter().map(|(line, fault)| (*line, fault.name()));
    (reviews.by_id.len(), unusable.collect())
}

#[test]
fn a_row_is_a_review_or_is_skipped_or_says_why_it_is_neither() {
    let long = |characters| format!("p-1,2026-03-30,2026-04-30,{}", "é".repeat(characters));
    let (longest, too_long) = (long(500), long(501));
    let table: &[(&str, Result<usize, &str>)] = &[
        ("p-1,2026-03-30,2026-04-30,called", Ok(1)),
        ("p-1,30/03/2026,30/04/2026,", Ok(1)),
        (" p-1 , 2026-03-30 , 20260430 ,x", Ok(1)),
        ("p-1,2026-03-31,2026-03-31,of today for today", Ok(1)),
        ("p-1,2024-03-31,2025-04-01,366 days", Ok(1)),
        ("p-1,2026-03-30,2026-04-30", Ok(1)),
        ("p-1,2026-03-30,2026-04-30,called,,,", Ok(1)),
        ("p-1,2026-03-30,2026-04-30,\"called, no answer\nagain, 2, times\"", Ok(1)),
        ("p-1,2026-03-30,2026-04-30,a \"quote\" within", Ok(1)),
        (&longest, Ok(1)),
        ("p-1,,,", Ok(0)),
        ("p-1, , ,\t", Ok(0)),
        ("p-1", Ok(0)),
        (",,,", Ok(0)),
        ("not an id,,,", Ok(0)),
        ("", Ok(0)),
        (",2026-03-30,2026-04-30,called", Err("id-missing")),
        ("unknown,2026-03-30,2026-04-30,called", Err("id-missing")),
        ("Jane Smith,2026-03-30,2026-04-30,called", Err("id-invalid")),
        ("=p-1,2026-03-30,2026-04-30,called", Err("id-invalid")),
        ("p-1,,2026-04-30,called", Err("reviewed-on-missing")),
        ("p-1,,,called", Err("reviewed-on-missing")),
        ("p-1,03/31/2026,2026-04-30,called", Err("reviewed-on-unreadable")),
        ("p-1,46112,2026-04-30,called", Err("reviewed-on-unreadable")),
        ("p-1,2026-02-29,2026-04-30,called", Err("reviewed-on-unreadable")),
        ("p-1,2026-04-01,2026-04-30,called", Err("reviewed-in-future")),
        ("p-1,2026-03-30,,called", Err("until-missing")),
        ("p-1,2026-03-30,soon,called", Err("until-unreadable")),
        ("p-1,2026-03-30,2026-03-29,called", Err("until-before-reviewed-on")),
        ("p-1,2024-03-31,2025-04-02,367 days", Err("until-too-far")),
        (&too_long, Err("outcome-too-long")),
        ("p-1,2026-03-30,2026-04-30,called, no answer", Err("field-count")),
        ("p-1,2026-03-30,2026-04-30,\"called", Err("quote-not-closed")),
        ("p-1,2026-03-30,2026-04-30,\"called\np-2,,2026-04-30,x\",", Err("quote-not-closed")),
    ];
    let faults: Vec<&str> = table.iter().filter_map(|(_, expected)| expected.err()).collect();
    for (row, expected) in table {
        let expected = match expected {
            Ok(count) => (*count, Vec::new()),
            Err(kind) => (0, vec![(2, *kind)]),
        };
        for end in ["", "\n", "\r\n", "\r"] {
            assert_eq!(kinds(format!("{row}{end}").as_bytes()), expected, "{row}");
        }
    }
    assert!(ALL.iter().all(|fault| faults.contains(&fault.name())));
}

const ALL: [RowFault; 12] = [
    RowFault::IdMissing,
    RowFault::IdInvalid,
    RowFault::ReviewedOnMissing,
    RowFault::ReviewedOnUnreadable,
    RowFault::ReviewedInFuture,
    RowFault::UntilMissing,
    RowFault::UntilUnreadable,
    RowFault::UntilBeforeReviewedOn,
    RowFault::UntilTooFar,
    RowFault::OutcomeTooLong,
    RowFault::FieldCount,
    RowFault::QuoteNotClosed,
];

#[test]
fn lines_are_counted_whatever_ends_them_and_blank_ones_too() {
    for end in ["\n", "\r\n", "\r"] {
        let rows =
            ["", "p-1,x,y,z", "", "", "p-2,2026-03-30,2026-04-30,\"a", "", "b\"", "p-3,x,y,z"];
        let expected = vec![(3, "reviewed-on-unreadable"), (9, "reviewed-on-unreadable")];
        assert_eq!(kinds(rows.join(end).as_bytes()), (1, expected), "{end:?}");
    }
}

#[test]
fn a_quote_that_is_not_closed_reviews_nobody_and_is_said() {
    let row = |id: &str| format!("{id},2026-03-01,2026-04-01,\"fine\"\n");
    let stray = "p-2,2026-03-01,2026-04-01,\"stray\n";
    let open = "p-2,2026-03-01,2026-04-01,\"stray\"\"\n";
    // The quote of the next row closes it, and what is left of that row goes with it.
    let rows = [&row("p-1"), stray, &row("p-3"), &row("p-4")].concat();
    assert_eq!(kinds(rows.as_bytes()), (2, vec![(3, "quote-not-closed")]));
    // Nothing closes it.
    let blank = "p-5,,,\n".repeat(3);
    let rows = [&row("p-1"), open, &blank].concat();
    assert_eq!(kinds(rows.as_bytes()), (1, vec![(3, "quote-not-closed")]));
    // The header opens it.
    let text = ["id,reviewed_on,until,outcome,\"note\n", &row("p-1")].concat();
    let reviews = Reviews::of(text.as_bytes(), day("2026-03-31")).unwrap();
    assert_eq!(reviews.unusable, [(1, RowFault::QuoteNotClosed)]);
    assert!(reviews.by_id.is_empty());
}

#[test]
fn a_filled_in_worklist_is_read_as_spreadsheets_save_it() {
    let lines = [
        "tier,ID,reasons,Reviewed_On ,Until,Outcome,place",
        "act-now,p-1,\"Released 3 days ago, alone.\",30/03/2026,06/04/2026,\"'=1+1, \"\"she\"\" said\",1",
        // Some leave the blank cells at the end out.
        "prioritise,p-2,Holds no kit.",
        "standard,p-3,,30/03/2026,06/04/2026,'quoted,3",
        ",,,,,,",
    ];
    for mark in ["", "\u{feff}"] {
        for end in ["\n", "\r\n"] {
            for delimiter in [",", ";", "\t"] {
                let mut text = mark.to_owned();
                for line in lines {
                    let kept = line.replace(", ", "\0").replace(',', delimiter);
                    text += &(kept.replace('\0', ", ") + end);
                }
                let reviews = reviews(&text);
                assert_eq!(reviews.unusable, []);
                let expected = "id,reviewed_on,until,outcome,state,reasons\n\
                    p-1,2026-03-30,2026-04-06,\"'=1+1, \"\"she\"\" said\",not-listed,\n\
                    p-3,2026-03-30,2026-04-06,'quoted,not-listed,\n";
                assert_eq!(written(&reviews), expected, "{text}");
                assert_eq!(reviews.by_id["p-1"].row.outcome, "=1+1, \"she\" said");
            }
        }
    }
}

#[test]
fn a_file_that_is_none_of_reviews_is_refused_by_what_it_lacks() {
    let refused = |bytes: &[u8]| {
        Reviews::of(bytes, day("2026-03-31")).err().map_or(String::new(), |fault| fault.to_string())
    };
    for (text, says) in [
        (&b""[..], "columns id, reviewed_on, until, outcome;"),
        (b"\n\n", "columns id, reviewed_on, until, outcome;"),
        (b"id,reviewed_on,outcome\n", "column until;"),
        (b"id,reviewed on,until,outcome\n", "column reviewed_on;"),
        (b"id;until;outcome\np-1;;\n", "column reviewed_on;"),
        (b"id,reviewed_on,until,outcome,ID\n", "the column id twice"),
        (b"id,reviewed_on,until,outcome\n\np-1,,,caf\xe9\n", "line 3 is no text"),
        (b"\xff\xfei\0d\0", "line 1 is no text"),
    ] {
        assert!(refused(text).contains(says), "{says}: {}", refused(text));
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_unreadable_and_one_that_cannot_be_used_is_refused() {
    let folder = TempDir::new().unwrap();
    let kind = |path: &Path| Reviews::read(path, day("2026-03-31")).err().unwrap().kind();
    assert_eq!(kind(&folder.path().join("missing.csv")), ErrorKind::Unreadable);
    assert_eq!(kind(folder.path()), ErrorKind::Unreadable);
    let path = folder.path().join("reviews.csv");
    fs::write(&path, "id\n").unwrap();
    assert_eq!(kind(&path), ErrorKind::Refused);
    fs::write(&path, "id,reviewed_on,until,outcome\np-1,2026-03-30,2026-04-30,\n").unwrap();
    assert_eq!(Reviews::read(&path, day("2026-03-31")).unwrap().by_id.len(), 1);
}

#[test]
fn no_value_is_in_what_is_said_of_a_file_or_a_row() {
    for text in [
        "canary,reviewed_on,until\ncanary,canary,canary\n",
        "id,id,canary,reviewed_on,until,outcome\n",
        "id,reviewed_on,until,outcome\ncanary,canary,canary,canary,canary\ncan ary,1,2,\"canary",
    ] {
        let said = match Reviews::of(text.as_bytes(), day("2026-03-31")) {
            Ok(reviews) => format!("{:?}", reviews.unusable),
            Err(fault) => {
                let error = Error::from(Cause::Reviews { path: "reviews.csv".to_owned(), fault });
                format!("{error} {error:?}")
            }
        };
        assert!(!said.is_empty() && !said.contains("can"), "{said}");
    }
}

#[test]
fn the_latest_review_of_a_person_counts_and_of_one_day_the_last() {
    for (rows, outcome) in [
        (["p-1,2026-03-02,2026-03-03,a", "p-1,2026-03-01,2026-04-30,b"], "a"),
        (["p-1,2026-03-01,2026-04-30,a", "p-1,2026-03-02,2026-03-03,b"], "b"),
        (["p-1,2026-03-02,2026-04-30,a", "p-1,2026-03-02,2026-04-01,b"], "b"),
        (["p-1,2026-03-02,2026-04-30,a", "p-1,2026-03-20,never,b"], "a"),
    ] {
        let text = format!("id,reviewed_on,until,outcome\n{}\n", rows.join("\n"));
        assert_eq!(reviews(&text).by_id["p-1"].row.outcome, outcome, "{rows:?}");
    }
}

#[test]
fn a_hundred_thousand_rows_take_far_less_than_a_minute() {
    let mut text = "id,reviewed_on,until,outcome\n".to_owned();
    for number in 0..100_000 {
        text += &format!("p-{number},2026-03-30,2026-04-30,\"called\nagain\"\n");
    }
    let began = std::time::Instant::now();
    assert_eq!(reviews(&text).by_id.len(), 100_000);
    // The same with a quote that takes in everything, as rows that may be filled in.
    let text = text.replace('"', "").replacen("called", "\"called", 1);
    assert_eq!(reviews(&text).unusable, [(2, RowFault::QuoteNotClosed)]);
    assert!(began.elapsed().as_secs() < 60);
}

/// A cell of a row, mostly as it should be.
fn cell(
    good: &'static [&'static str],
    bad: &'static [&'static str],
) -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => prop::sample::select(good), 1 => prop::sample::select(bad)]
}

proptest! {
    #[test]
    fn the_order_of_the_rows_changes_nothing(
        (rows, shuffled) in prop::collection::btree_map(
            (0..6_u8, 1..28_u8),
            (cell(&["2026-04-15", "15/04/2026"], &["", "x", "2029-01-01"]), cell(&["a", "=b", "c, d"], &["", "a\nb"])),
            0..30,
        )
        .prop_map(|rows| {
            rows.into_iter().map(|((id, on), (until, outcome))| {
                format!("p-{id},2026-03-{on:02},{until},\"{outcome}\"\n")
            }).collect::<Vec<_>>()
        })
        .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        let read = |rows: &[String]| {
            let mut reviews = reviews(&format!("id,reviewed_on,until,outcome\n{}", rows.concat()));
            reviews.judge("p-1", names("age:35-44"), None, NO_RUN, Policy::practice_principles());
            let mut kinds: Vec<_> = reviews.unusable.iter().map(|(_, fault)| fault.name()).collect();
            kinds.sort_unstable();
            (written(&reviews), kinds)
        };
        prop_assert_eq!(read(&rows), read(&shuffled));
    }

    #[test]
    fn no_bytes_make_it_panic_and_every_line_that_is_told_of_is_there(
        text in "(id,reviewed_on,until,outcome[\n\r]{1,2})?([\"a,\n\r;=]|p-1,2026-03-30,2026-04-30,x|é|\u{feff}){0,40}"
    ) {
        if let Ok(reviews) = Reviews::of(text.as_bytes(), day("2026-03-31")) {
            let lines = 1 + text.matches(['\n', '\r']).count() as u64;
            let told: Vec<u64> = reviews.unusable.iter().map(|(line, _)| *line).collect();
            prop_assert!(told.is_sorted() && told.iter().all(|line| (1..=lines).contains(line)));
        }
    }
}
