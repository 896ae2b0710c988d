//! Exports that are read in pieces tell what they tell record by record: above all records that are
//! nearly like the one before.

use overdose_risk_testkit::fuzz;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What may stand as a value, or where one should.
const VALUES: [&str; 46] = [
    "null",
    "true",
    "false",
    "0",
    "44",
    "120",
    "-0",
    "-1",
    "01",
    "00",
    "1e5",
    "1E5",
    "1.",
    "1.0",
    "0.5",
    "9999999999999999999",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "1e999",
    "+1",
    "nul",
    "nulll",
    "True",
    "NaN",
    "",
    " ",
    "\"",
    "\"\"",
    "\"held\"",
    "\" held \"",
    "\"hel\\u0064\"",
    "\"a\\\"b\"",
    "\"\\ud800\"",
    "\"a\tb\"",
    "\"a\nb\"",
    "\"a\u{0}b\"",
    "\"caf\u{e9} \u{1f600}\"",
    "\"a long text, and after it another\"",
    "\"2026-03-28\"",
    "\"perhaps\"",
    "\"{}\"",
    "{}",
    "[]",
    "{\"a\":{\"b\":1}}",
    "[1,\"}\"]",
];

const KEYS: [&str; 14] = [
    "id",
    "age",
    "AGE",
    "\\u0061ge",
    "opioid_use",
    "ost",
    "prison_release",
    "naloxone",
    "team",
    "notes",
    "",
    "k",
    "a-key-of-more-than-thirty-two-bytes-altogether",
    "caf\u{e9}",
];

/// What may be put in between.
const INSERTED: [&str; 12] =
    [" ", "\t", "\n", "\r", ",", "\"", "\\", "}", "{", "\u{0}", "\u{e9}", ",\"age\":1"];

/// A record as it is written: an id, then keys with values.
fn record(id: &str, entries: &[(&str, &str)], space: &str) -> String {
    let entries: Vec<String> = std::iter::once(("id", format!("\"{id}\"")))
        .chain(entries.iter().map(|(key, value)| (*key, (*value).to_owned())))
        .map(|(key, value)| format!("\"{key}\":{space}{value}"))
        .collect();
    format!("{{{}}}", entries.join(&format!(",{space}")))
}

/// Keys as an exporter would write them, none twice.
fn keys() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(&KEYS[1..], 0..8).prop_shuffle()
}

/// What is done to a record that is like the others.
#[derive(Clone, Debug)]
enum Change {
    None,
    Byte(Index, u8),
    Insert(Index, &'static str),
    Cut(Index, Index),
    Value(Index, &'static str),
    Key(Index, &'static str),
    Swap(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        4 => Just(Change::None),
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        2 => (at(), select(&INSERTED[..])).prop_map(|(at, text)| Change::Insert(at, text)),
        1 => (at(), at()).prop_map(|(from, to)| Change::Cut(from, to)),
        4 => (at(), select(&VALUES[..])).prop_map(|(at, value)| Change::Value(at, value)),
        1 => (at(), select(&KEYS[..])).prop_map(|(at, key)| Change::Key(at, key)),
        1 => (at(), at()).prop_map(|(one, other)| Change::Swap(one, other)),
    ]
}

/// Records with the same keys, each changed a little.
fn alike() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let values = || vec(select(&VALUES[..]), 8);
    let changed = vec((values(), change(), any::<bool>()), 1..12);
    (keys(), select(&["", " "][..]), changed).prop_map(|(keys, space, records)| {
        let records = records.into_iter().enumerate().map(|(n, (mut values, change, is_plain))| {
            if is_plain {
                values.fill("\"held\"");
            }
            let mut entries: Vec<_> = keys.iter().copied().zip(values).collect();
            match &change {
                Change::Value(at, value) if !entries.is_empty() => {
                    at.get_mut(&mut entries).1 = value;
                }
                Change::Key(at, key) if !entries.is_empty() => at.get_mut(&mut entries).0 = key,
                Change::Swap(one, other) if !entries.is_empty() => {
                    let (one, other) = (one.index(entries.len()), other.index(entries.len()));
                    entries.swap(one, other);
                }
                _ => {}
            }
            let mut bytes = record(&format!("p-{n}"), &entries, space).into_bytes();
            match change {
                Change::Byte(at, byte) => *at.get_mut(&mut bytes) = byte,
                Change::Insert(at, text) => {
                    let at = at.index(bytes.len());
                    bytes.splice(at..at, text.bytes());
                }
                Change::Cut(from, to) => {
                    let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
                    bytes.drain(from.min(to)..from.max(to));
                }
                _ => {}
            }
            bytes
        });
        records.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn records_that_are_nearly_alike_are_read_with_care(
        records in alike(),
        end in select(&["\n", "\r\n", "\n \n", ""][..]),
        comma in select(&[",", ",\n", " ,\r\n  "][..]),
    ) {
        fuzz::json_export_in_pieces(&records.join(end.as_bytes()));
        let array = [b"[", &*records.join(comma.as_bytes()), b"]"].concat();
        fuzz::json_export_in_pieces(&array);
        fuzz::json_export_in_pieces(&[b"{\"records\":", &*array, b"}\n"].concat());
    }

    #[test]
    fn any_text_is_read_in_pieces_as_record_by_record(
        tokens in vec(prop_oneof![
            select(&VALUES[..]),
            select(&["{", "}", "[", "]", ",", ":", "\n", "\r\n", "\"id\":\"a\"", "\"age\":", "{\"id\":\"a\",\"x\":1}"][..]),
        ], 0..40),
    ) {
        let text = tokens.concat();
        fuzz::json_export_in_pieces(text.as_bytes());
        fuzz::json_export_in_pieces(format!("[{text}]").as_bytes());
    }

    #[test]
    fn a_value_in_the_place_of_another_is_what_it_is_read_as_with_care(value in ".{0,24}", raw in vec(any::<u8>(), 0..24)) {
        fuzz::json_pieces(value.as_bytes());
        fuzz::json_pieces(&raw);
    }
}

#[test]
fn each_value_after_a_plain_one_is_what_it_is_read_as_with_care() {
    for value in VALUES {
        fuzz::json_pieces(value.as_bytes());
        for key in &KEYS[1..] {
            let plain = record("p-1", &[(key, "\"held\""), ("k2", "1")], " ");
            let other = record("p-2", &[(key, value), ("k2", "1")], " ");
            fuzz::json_export_in_pieces(format!("{plain}\n{other}\n{plain}\n{other}").as_bytes());
            fuzz::json_export_in_pieces(format!("[{plain},{other},\n{plain},{other}]").as_bytes());
        }
    }
}
