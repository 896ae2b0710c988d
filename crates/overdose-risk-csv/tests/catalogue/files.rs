//! Files: what is refused, and what comes to the same however it is written.

use super::*;
use Quarantine::FieldCount;

/// C2.
#[test]
fn a_header_that_cannot_be_used_is_refused_and_says_why() {
    let change = |from: &str, to: &str| HEADER.replacen(from, to, 1);
    let columns = |more: usize, name: &str| format!("{HEADER}{}", format!(",{name}").repeat(more));
    let long = "x".repeat(64 << 10);
    for (header, says) in [
        (change("id,", ""), "no column is named id"),
        (change("age,age_band,birth_year,", ""), "no column for age or age_band or birth_year"),
        (change("alcohol", "age"), "columns 2 and 21 both name age"),
        (change("alcohol", "\" z-drugs \""), "columns 20 and 21 both name z_drugs"),
        (change("naloxone,", "n\u{430}loxone,"), "column 15 is almost named naloxone"),
        (change("naloxone,", "\u{a0}naloxone,"), "column 15 is almost named naloxone"),
        (change("release,", "release CANARY,"), "column 9 is almost named prison_release"),
        (CASE.to_owned(), "no column is known, of 31"),
        (format!("CANARY\n{HEADER}"), "is there a title line above it"),
        (HEADER.replace(',', "^"), "is the delimiter a comma"),
        (
            format!("sep=;\n{HEADER}"),
            "with the delimiter that its first line names\n  no column is known, of 1",
        ),
        (format!("sep=,CANARY\n{HEADER}"), "is there a title line above it"),
        (format!("sep=^\n{HEADER}"), "names a delimiter that is none of"),
        (change("notes", "\u{1b}"), "line 1, is broken (control-byte)"),
        (format!("\"{HEADER}"), "line 1, is broken (quote-not-closed)"),
        (change(NOTES, "\"CANARY"), "line 1, is broken (quote-not-closed)"),
        (change(NOTES, "\"CANARY\nnotes\""), "a name has a line end in it"),
        (format!("\"i\"{HEADER}"), "line 1, is broken (text-after-quote)"),
        (format!("sep=,\n{}", columns(1025 - COLUMNS, "x")), "more than 1,024 columns"),
        (columns(1, &format!("{long}x")), "line 1, is broken (too-large)"),
        (columns(4, &long), "line 1, is broken (too-large)"),
    ] {
        refused(says, &under(header), says);
    }
}

#[test]
fn a_header_matches_however_it_is_spelt() {
    let spelt = HEADER.to_uppercase().replace('_', "- ").replace(',', " ,\t");
    reads_the_same("spelt otherwise", &under(spelt));
    reads_the_same("behind blank lines", &under(format!("\n \r\n,,,\n\t\n{HEADER}")));
    for named in ["sep=,", "SEP=,,,,", "sep=, , ,\r", "\"sep=,\"", "\"sep=,\",,"] {
        reads_the_same(named, &under(format!("{named}\n{HEADER}")));
    }
    reads_the_same("not UTF-8", &under([HEADER.as_bytes(), b"\xe9"].concat()));
    reads_the_same("64 KiB in a name", &under(HEADER.replace(NOTES, &"x".repeat(64 << 10))));
    let more = format!("{}\n", ",x".repeat(1024 - COLUMNS));
    reads_the_same("1,024 columns", whole().replace('\n', &more).as_bytes());
    let (outcome, result) = read(HEADER.as_bytes());
    assert_eq!((outcome, result.is_ok()), (Outcome::default(), true));
}

/// C3 and C9.
#[test]
fn a_file_that_is_no_export_is_refused_as_what_it_is() {
    for text in ["", " \t\n\r\n ", "\n", ",,,\n;;\n", "sep=;\n", "SEP=,\r\n\n,,,"] {
        let marked = format!("\u{feff}{text}");
        for file in [text.as_bytes(), marked.as_bytes(), &utf16(&marked, u16::to_le_bytes)] {
            refused(text, file, "it is empty");
        }
    }
    let wide = |bytes: fn(u32) -> [u8; 4], mark: &str| -> Vec<u8> {
        format!("{mark}{HEADER}\n{CASE}\n").chars().flat_map(|c| bytes(c.into())).collect()
    };
    let cases: [(&[u8], &str); 17] = [
        (&utf16(HEADER, u16::to_le_bytes), "in UTF-16 without a byte order mark"),
        (&utf16(HEADER, u16::to_be_bytes), "in UTF-16 without a byte order mark"),
        (&wide(u32::to_le_bytes, "\u{feff}"), "in UTF-32"),
        (&wide(u32::to_be_bytes, "\u{feff}"), "in UTF-32"),
        (&wide(u32::to_le_bytes, ""), "in UTF-32"),
        (&wide(u32::to_be_bytes, ""), "in UTF-32"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03CANARY", "compressed (gzip)"),
        (b"PK\x03\x04\x14\0\x06\0CANARY", "a zip archive or an Excel workbook (.xlsx)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1CANARY", "an Excel workbook (.xls)"),
        (b"PAR1\x15\x04CANARY", "a Parquet file"),
        (&[0; 4096], "begins with zero bytes"),
        (b"<!DOCTYPE html><title>CANARY</title>", "it is HTML or XML"),
        (b"\xef\xbb\xbf\n  <html>CANARY", "it is HTML or XML"),
        (&utf16("\u{feff}<?xml version=\"1.0\"?><CANARY/>", u16::to_be_bytes), "HTML or XML"),
        (b"[\n  {\"id\": \"CANARY\", \"age\": 44}\n]", "it is JSON"),
        (b"{\"id\": \"CANARY\", \"age\": 44}\n", "it is JSON"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj CANARY", "it is a PDF document"),
    ];
    for (file, says) in cases {
        refused(says, file, says);
    }
}

/// C2, C6 and C8.
#[test]
fn an_export_says_the_same_however_it_is_written() {
    let encodings: [fn(&str) -> Vec<u8>; 4] = [
        |text| text.into(),
        |text| format!("\u{feff}{text}").into(),
        |text| utf16(&format!("\u{feff}{text}"), u16::to_le_bytes),
        |text| utf16(&format!("\u{feff}{text}"), u16::to_be_bytes),
    ];
    let whole = whole();
    for way in 0..768 {
        let (encode, way) = (encodings[way % 4], way / 4);
        let (delimiter, way) = ([",", ";", "\t", "|"][way % 4], way / 4);
        let (end, way) = (["\n", "\r\n", "\r"][way % 3], way / 3);
        let [is_reversed, is_quoted, is_named, is_ended] = [1, 2, 4, 8].map(|bit| way & bit > 0);
        let quote = if is_quoted { "\"" } else { "" };
        let rows = whole.lines().map(|line| {
            let cells = line.split(',').map(|cell| format!("{quote}{cell}{quote}"));
            let mut cells: Vec<String> = cells.collect();
            let text = format!("\"a{delimiter} b{end}\"\"c\"");
            cells.insert(COLUMNS / 2, if line == HEADER { "unread".to_owned() } else { text });
            if is_reversed {
                cells.reverse();
            }
            cells.join(delimiter)
        });
        let rows: Vec<String> = rows.collect();
        let named = if is_named { format!("sep={delimiter}{end}") } else { String::new() };
        let export = format!("{named}{}{}", rows.join(end), if is_ended { end } else { "" });
        reads_the_same(&export, &encode(&export));
    }
}

#[test]
fn line_ends_may_be_mixed_and_one_without_quotes_ends_a_record() {
    let whole = whole();
    for end in ["\r\r\n", "\n\r", "\n\n\n", "\r\n \r", "\n,,\n"] {
        reads_the_same(end, whole.replace('\n', end).as_bytes());
    }
    let mixed = ["\r\n", "\r", "\n", "\n\r\n", "\r", ""].into_iter().zip(whole.lines());
    let mixed: Vec<String> = mixed.map(|(end, line)| format!("{line}{end}")).collect();
    reads_the_same("mixed", mixed.concat().as_bytes());
    let both = [(4, "p-3", FieldCount), (5, "", FieldCount)];
    each("housing", "set\ntled|set\rtled|set\r\ntled", Lines(&both));
}
