//! Records that break the rules, and those that only look like it.

use super::*;
use Quarantine::{
    BreaksOff, ControlByte, FieldCount, HeaderRepeated, QuoteNotClosed, RecordWithinQuotes,
    TextAfterQuote, TooLarge,
};

/// C1. Any of the fields may be in the wrong column.
#[test]
fn a_record_of_another_shape_costs_its_line() {
    check("short", CASE.replacen(",,", ",", 1), Quarantined(FieldCount));
    check("long", format!("{CASE},"), Quarantined(FieldCount));
    check("1,025 columns", format!("p-3{}", ",".repeat(1024)), Quarantined(FieldCount));
    check("100,000 columns", format!("p-3{}", ",x".repeat(100_000)), Quarantined(FieldCount));
    each("housing", "settled, now|now,|settled;now,", Quarantined(FieldCount));
    for line in ["Total,100", "CANARY", "# CANARY", "(5 rows)", ",,CANARY", "CANARY\",c"] {
        check(line, line, Nameless(FieldCount));
    }
    for line in ["", "  ", ",,,", &",".repeat(26), &"\"\",".repeat(30), " ,\t, ", "\"\n\""] {
        check(line, line, Lines(&[]));
    }
}

/// What is left where exports were joined to one file.
#[test]
fn another_header_is_no_person_and_none_is_read_in_its_columns() {
    let marked = |header: &str| format!("\u{feff}{header}");
    let quoted = in_quotes(HEADER);
    let spaced = HEADER.replace(',', " , ");
    for again in
        [HEADER, &HEADER.to_uppercase(), &quoted, &marked(HEADER), &marked(&quoted), &spaced]
    {
        check(again, again, Nameless(HeaderRepeated));
    }
    // Behind a last line without an end, the same header costs that line.
    for joined in [format!("{CASE}{HEADER}"), format!("{HEADER}{CASE}")] {
        let is =
            if joined.starts_with('p') { Quarantined(FieldCount) } else { Nameless(FieldCount) };
        check("joined", joined, is);
    }

    // A few words that are names of columns make no header, where the row is broken or not.
    let words = [("w", "id"), ("x", "alcohol"), ("y", "housing"), ("age", "CANARY")];
    check("words", with(&words), Without("age", Unreadable));
    check("words", [&with(&words)[..], b","].concat(), Quarantined(FieldCount));
    check("words", with(&[("w", "alcohol"), ("x", "age"), ("y", "ost,")]), Quarantined(FieldCount));

    let swapped = HEADER.replacen("age,age_band", "age_band,age", 1);
    let with_a_digit =
        swapped.replacen("id,", "w,", 1).replacen(",w,", ",id,", 1).replacen("w,", "team2,", 1);
    let few = "id,age,naloxone,q,r,s,t,u,v,w,x,y,z,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,aa,bb";
    // Half of the names are enough.
    let half: Vec<&str> = HEADER
        .split(',')
        .enumerate()
        .map(|(at, name)| match at {
            0 => "w",
            16..26 => "u",
            26 => "id",
            _ => name,
        })
        .collect();
    for other in [
        swapped.clone(),
        marked(&swapped),
        in_quotes(&swapped),
        marked(&in_quotes(&swapped)),
        with_a_digit,
        format!("{CASE}{swapped}"),
        swapped.replacen("age_band", "\"age_band", 1),
        swapped.replacen("age_band", "age_band\0", 1),
        few.to_owned(),
        half.join(","),
    ] {
        let (outcome, result) = read(&export(&other));
        let error = result.expect_err(&other);
        assert_eq!((error.kind(), outcome.flags.len()), (ErrorKind::Refused, 2), "{other}");
        assert!(error.to_string().contains("line 4 is another header"), "{error}");
    }
}

#[test]
fn a_last_record_that_is_cut_short_is_quarantined_where_that_can_be_told() {
    let (clean, _) = read(&export(CASE));
    for line in [CASE.to_owned(), in_quotes(CASE)] {
        let last = line.rfind(',').unwrap();
        for end in line.find(',').unwrap() + 1..line.len() {
            let (outcome, _) = read(&[&export(""), &line.as_bytes()[..end]].concat());
            assert_eq!(others(&outcome), others(&clean));
            let is_closed = line[..end].matches('"').count() % 2 == 0;
            if is_closed && end > last {
                assert_eq!(outcome.case, clean.case);
            } else {
                let kind = if is_closed { BreaksOff } else { QuoteNotClosed };
                quarantines(&outcome, &[(7, "p-3", kind)], &line[..end]);
            }
        }
    }
}

/// C4.
#[test]
fn quotes_hold_a_field_together_and_a_stray_one_costs_its_line() {
    check("all in quotes", in_quotes(CASE), Same);
    each(NOTES, r#"a|""|a "b" c|it's|5"|“a”|"a ""b"""|" "" "|"a \""""#, Same);
    each(NOTES, "\"a\nb\"|\"\n\"|\"\r\n a, b\r\"|\"p-3\nwas, here\n,,\n\"\"a\"\"\n\"", Same);
    each(NOTES, r#"'a, b'|“a, b”| "a, b"|a "b, c"|"a \", b"|"a","b""#, Quarantined(FieldCount));
    each(NOTES, r#""a" b|"a" |"a \" b"|"a"b"|"a""b"c"|"" a"#, Quarantined(TextAfterQuote));
    each(NOTES, r#""a|"|"a, b|"""|"a""|"a”"#, Quarantined(QuoteNotClosed));
    let cells = "held\"|he\"ld|'held'| \"held\"|“held”|\"he\"\"ld\"|\"he\nld\"";
    each("naloxone", cells, Without("naloxone", Unreadable));

    let later = [(4, "p-3", QuoteNotClosed), (5, "", FieldCount)];
    each("housing", "\"a\nb\" c|\"a\nb\"\"c\"d", Lines(&later));

    let taken_in = with(&[("id", "q-3"), (NOTES, "is back\"")]);
    let record = [with(&[(NOTES, "\"was away")]), taken_in].join(&b'\n');
    check("somebody within quotes", &record, Quarantined(RecordWithinQuotes));
    assert!(read(&export(&record)).0.flags[2].starts_with("q-3,"));
}

#[test]
fn nothing_that_slips_into_a_record_or_drops_out_of_it_costs_anybody_else() {
    for quote in [str::to_owned, in_quotes] {
        let mut lines = lines(CASE.as_bytes())
            .map(|line| quote(&String::from_utf8(line).unwrap()).into_bytes());
        let (clean, _) = read(&lines.join(&b'\n'));
        let case = lines[3].clone();
        for (at, gone) in (0..case.len()).flat_map(|at| [(at, 0), (at, 1)]) {
            for slip in ["", "\"", ",", "\n", "\r", "\0", "\"\"", "\",\"", "\"\n\""] {
                lines[3] = [&case[..at], slip.as_bytes(), &case[at + gone..]].concat();
                let (outcome, result) = read(&lines.join(&b'\n'));
                assert_eq!(others(&outcome), others(&clean), "{at} {slip:?} {result:?}");
                assert!(outcome.quarantined.iter().all(|(line, ..)| [4, 5].contains(line)));
            }
        }
    }
}

/// C5: both sides of every limit.
#[test]
fn a_record_beyond_the_limits_is_quarantined() {
    let plain = |text: &str| with(&[(NOTES, text)]);
    let quoted = |text: &str| plain(&format!("\"{text}\""));
    let most = 64 << 10;
    check("64 KiB", plain(&"x".repeat(most)), Same);
    check("64 KiB in quotes", quoted(&",".repeat(most)), Same);
    check("64 KiB of quotes", quoted(&"\"\"".repeat(most / 2)), Same);
    for size in [most + 1, 4 * most, 8 << 20] {
        check("large", plain(&"x".repeat(size)), Quarantined(TooLarge));
        check("large in quotes", quoted(&",".repeat(size)), Quarantined(QuoteNotClosed));
    }
    for (size, is) in [(256 << 10, Same), ((256 << 10) + 1, Quarantined(TooLarge))] {
        let rest = size - CASE.len();
        let [most, last] = [rest / 4, rest - rest / 4 * 3].map(|size| "x".repeat(size));
        let record = with(&[("w", &most), ("x", &most), ("y", &most), ("z", &last)]);
        check("256 KiB", &record, is);
        check("256 KiB and CRLF", [&record, &b"\r"[..]].concat(), is);
    }
    for end in ["\n", "\r\n", "\r"] {
        let text = |lines: usize| quoted(&format!("{}x", format!("x{end}").repeat(lines - 1)));
        check("64 lines", text(64), Same);
        for lines in [65, 10_001] {
            let rest = (5..4 + lines as u64).map(|line| (line, "", FieldCount));
            let broken: Vec<_> = [(4, "p-3", QuoteNotClosed)].into_iter().chain(rest).collect();
            check("more lines", text(lines), Lines(&broken));
        }
    }
    let broken = [(4, "p-3", QuoteNotClosed), (10_004, "", QuoteNotClosed)];
    check("10,000 blank lines", quoted(&"\n".repeat(10_000)), Lines(&broken));
}

/// C7.
#[test]
fn a_control_byte_costs_its_line_and_white_space_nothing() {
    for byte in
        (0..0x20).chain([0x7f]).map(char::from).filter(|byte| !"\t\n\x0b\x0c\r".contains(*byte))
    {
        let cells = format!("{byte}|a{byte}b|\"{byte}\"");
        each(NOTES, &cells, Quarantined(ControlByte));
        each("naloxone", &cells, Quarantined(ControlByte));
        each("id", &cells, Nameless(ControlByte));
    }
    each(NOTES, "a\tb|a\x0bb|\x0ca|a\u{85}b|a\u{9b}b|a\u{2028}b|\"\x0b\"\"\x0c\"", Same);
    each("naloxone", " held|held\t|\x0cheld|\"\r\nheld\n\"|\" HELD \"", Same);
    let cells = "held\x0b|he\tld|held\u{a0}|held\u{85}|\u{9b}held|held\u{200b}|held\u{fffd}";
    each("naloxone", cells, Without("naloxone", Unreadable));

    let whole = export(CASE);
    let (clean, _) = read(&whole);
    for tail in [&[0; 4096][..], b"\x1a", b"\x1a\r\n"] {
        let (outcome, _) = read(&[&whole, tail].concat());
        assert_eq!(outcome.quarantined, [(7, String::new(), ControlByte)]);
        assert_eq!(outcome.flags, clean.flags);
        let (outcome, _) = read(&[whole.trim_ascii_end(), tail].concat());
        assert_eq!(outcome.quarantined, [(6, "p-5".to_owned(), ControlByte)]);
        assert_eq!(outcome.flags, clean.flags[..4]);
    }
}
