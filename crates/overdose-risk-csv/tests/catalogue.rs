//! Everything that is known to go wrong with CSV, one record or one file at a time: what becomes of
//! it, and that nobody else's row changes by a byte.

use chrono::NaiveDate;
use overdose_risk::{Field, Policy, Record, State, Unknown, assess};
use overdose_risk_csv::{Entry, Error, ErrorKind, Export, FlagsWriter};
use overdose_risk_intake::{Problem, ProblemKind, Quarantine};
use std::fmt::Write as _;
use std::io::{self, Read};

/// What comes out of an export.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    flags: Vec<String>,
    /// The line, the id where one is given, and the kind.
    quarantined: Vec<(u64, String, Quarantine)>,
    problems: Vec<Problem>,
    /// What was read of the person of the case.
    case: Option<Record>,
}

/// Reads an export at once and in small pieces, which comes to the same, and repeats nothing of it.
fn read(export: &[u8]) -> (Outcome, Result<(), Error>) {
    let mut said = String::new();
    let [(outcome, result), (in_pieces, again)] = [export.len(), 7].map(|most| {
        let mut outcome = Outcome::default();
        let result = read_into(&mut outcome, &mut said, Pieces(export, most));
        if let Err(error) = &result {
            write!(said, "{error} {error:?}").unwrap();
        }
        (outcome, result)
    });
    assert_eq!((&outcome, result.is_ok()), (&in_pieces, again.is_ok()));
    assert!(!said.contains("CANARY"), "{said}");
    (outcome, result)
}

fn read_into(out: &mut Outcome, said: &mut String, source: Pieces) -> Result<(), Error> {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let bytes = source.0.len() as u64;
    let mut export = Export::open(source, as_of, &[])?;
    while let Some(row) = export.read(&mut |problem| out.problems.push(problem))? {
        match row.entry {
            Entry::Person(person) => {
                let assessment = assess(&person.record, as_of, Policy::practice_principles());
                let mut flags = FlagsWriter::new(Vec::new(), &[]).unwrap();
                flags.write(person.id, &assessment).unwrap();
                let flags = String::from_utf8(flags.finish().unwrap()).unwrap();
                out.flags.push(flags.lines().nth(1).unwrap().to_owned());
                if person.id.as_str() == "p-3" {
                    out.case = Some(person.record);
                }
            }
            Entry::Quarantined { id, kind } => {
                let id = id.map_or(String::new(), |id| id.to_string());
                out.quarantined.push((row.line, id, kind));
            }
            Entry::Blank => {}
        }
    }
    write!(said, "{export:?} {out:?}").unwrap();
    assert_eq!(export.bytes_read(), bytes);
    Ok(())
}

/// Bytes of which each read gives so many at most.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

/// Nobody reads the last five columns.
const HEADER: &str = "id,age,age_band,birth_year,opioid_use,ost,ost_started,ost_ended,\
    prison_release,prison_release_due,detox_exit,hospital_discharge,treatment_exit,overdose,\
    naloxone,naloxone_expiry,injecting,benzodiazepines,gabapentinoids,z_drugs,alcohol,\
    suicidality,respiratory_disease,housing,uses_alone,case_status,w,x,y,z,CANARY notes";
const COLUMNS: usize = 31;
const NOTES: &str = "CANARY notes";

/// The person of a case when nothing is wrong.
const CASE: &str = "p-3,44,,,current,not_prescribed,2024-06-30,2025-01-31,2026-03-28,2026-09-30,\
    2025-02-28,2025-03-31,2025-04-30,2024-05-31,held,2027-12-31,current,no,no,no,yes,no,no,\
    settled,yes,open,,,,,CANARY";

/// The person of the case, with these written over their cells.
fn with(changes: &[(&str, impl AsRef<[u8]>)]) -> Vec<u8> {
    assert!(changes.iter().all(|(changed, _)| HEADER.split(',').any(|column| column == *changed)));
    let cells = HEADER.split(',').zip(CASE.split(',')).map(|(column, cell)| {
        let change = changes.iter().find(|(changed, _)| *changed == column);
        change.map_or(cell.as_bytes(), |(_, cell)| cell.as_ref()).to_vec()
    });
    cells.collect::<Vec<_>>().join(&b',')
}

/// Two people before the record and two after it.
fn lines(record: &[u8]) -> [Vec<u8>; 6] {
    let others = [
        [("id", "p-1"), ("age", "31")],
        [("id", "p-2"), ("prison_release", "never")],
        [("id", "p-4"), ("naloxone", "not_held")],
        [("id", "p-5"), ("opioid_use", "past")],
    ];
    let [a, b, d, e] = others.map(|cells| with(&cells));
    [HEADER.into(), a, b, record.to_vec(), d, e]
}

fn export(record: impl AsRef<[u8]>) -> Vec<u8> {
    [lines(record.as_ref()).join(&b'\n').as_slice(), b"\n"].concat()
}

/// An export with nothing wrong but its header.
fn under(header: impl AsRef<[u8]>) -> Vec<u8> {
    [header.as_ref(), &export(CASE)[HEADER.len()..]].concat()
}

fn whole() -> String {
    String::from_utf8(export(CASE)).unwrap()
}

fn in_quotes(line: &str) -> String {
    format!("\"{}\"", line.replace(',', "\",\""))
}

/// In UTF-16, with half a pair of surrogates for U+E000.
fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = text.encode_utf16().map(|unit| if unit == 0xe000 { 0xd800 } else { unit });
    units.flat_map(bytes).collect()
}

/// What a case comes to.
#[derive(Clone, Copy, Debug)]
enum Is<'a> {
    /// The person comes out as if nothing were wrong.
    Same,
    /// The person is assessed, and nothing is unknown.
    Known,
    /// The person is assessed, and what this column says is unknown.
    Without(&'a str, Unknown),
    /// The line is quarantined under the person's id.
    Quarantined(Quarantine),
    /// The line is quarantined, and nobody says whose it is.
    Nameless(Quarantine),
    /// These lines are quarantined.
    Lines(&'a [(u64, &'a str, Quarantine)]),
}

/// Each of these, separated by bars, in a column; an age is then given nowhere else.
fn each(column: &str, cells: &str, is: Is) {
    for cell in cells.split('|') {
        check(&format!("{column} {cell}"), with(&[(column, cell), (fact(column), "")]), is);
    }
}

fn fact(column: &str) -> &str {
    if ["age_band", "birth_year"].contains(&column) { "age" } else { column }
}

fn check(name: &str, record: impl AsRef<[u8]>, is: Is) {
    let (clean, _) = read(&export(CASE));
    let (outcome, result) = read(&export(record));
    let name = format!("{name}: {:?} {:?}", outcome.quarantined, outcome.problems);
    result.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(others(&outcome), others(&clean), "{name}");

    let fault = match is {
        Same => return assert_eq!(outcome, clean, "{name}"),
        Quarantined(kind) => return quarantines(&outcome, &[(4, "p-3", kind)], &name),
        Nameless(kind) => return quarantines(&outcome, &[(4, "", kind)], &name),
        Lines(lines) => return quarantines(&outcome, lines, &name),
        Known => None,
        Without(column, why) => Some((column, why)),
    };
    assert!(outcome.quarantined.is_empty(), "{name}");
    let case = outcome.case.unwrap();
    let unknown = Field::ALL.map(|field| (field.name(), case.state(field)));
    let unknown = unknown.into_iter().filter(|(_, state)| matches!(state, State::Unknown(_)));
    assert!(unknown.eq(fault.map(|(column, why)| (fact(column), State::Unknown(why)))), "{name}");

    let told = outcome.problems.iter().map(|problem| match problem.kind {
        ProblemKind::Unreadable => (problem.column.name(), Unreadable),
        ProblemKind::Contradictory => (problem.column.name(), Contradictory),
    });
    assert!(told.eq(fault.filter(|(_, why)| [Unreadable, Contradictory].contains(why))), "{name}");
}

fn others(outcome: &Outcome) -> Vec<&String> {
    outcome
        .flags
        .iter()
        .filter(|row| ["p-1,", "p-2,", "p-4,", "p-5,"].iter().any(|id| row.starts_with(id)))
        .collect()
}

fn quarantines(outcome: &Outcome, lines: &[(u64, &str, Quarantine)], name: &str) {
    let lines = lines.iter().map(|(line, id, kind)| (*line, (*id).to_owned(), *kind));
    assert!(lines.eq(outcome.quarantined.iter().cloned()), "{name}");
    assert_eq!((outcome.case, outcome.problems.len()), (None, 0), "{name}");
}

fn refused(name: &str, file: &[u8], says: &str) {
    let (outcome, result) = read(file);
    let error = result.expect_err(name);
    assert_eq!((error.kind(), outcome), (ErrorKind::Refused, Outcome::default()), "{name}");
    assert!(error.to_string().contains(says), "{name}: {error}");
}

fn reads_the_same(name: &str, file: &[u8]) {
    let (outcome, result) = read(file);
    result.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(outcome, read(&export(CASE)).0, "{name}");
}

use Is::{Known, Lines, Nameless, Quarantined, Same, Without};
use Quarantine::{
    BreaksOff, ControlByte, FieldCount, HeaderRepeated, IdInvalid, IdMissing, QuoteNotClosed,
    RecordWithinQuotes, TextAfterQuote, TooLarge,
};
use Unknown::{Contradictory, Declined, NotRecorded, Unreadable};

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

    let swapped = HEADER.replacen("age,age_band", "age_band,age", 1);
    let with_a_digit =
        swapped.replacen("id,", "w,", 1).replacen(",w,", ",id,", 1).replacen("w,", "team2,", 1);
    let few = "id,age,naloxone,q,r,s,t,u,v,w,x,y,z,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,aa,bb";
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
                let kind = if is_closed { FieldCount } else { QuoteNotClosed };
                quarantines(&outcome, &[(7, "p-3", kind)], &line[..end]);
            }
        }
    }
}

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

/// C6.
#[test]
fn bytes_that_are_not_text_cost_the_fact_in_whose_cell_they_stand() {
    let cells =
        b"\xff|\xc0\xaf|\xed\xa0\x80|\xf4\x90\x80\x80|\"\xc3\"|h\xe9ld|\x93held\x94|\x83e\x82\xc1";
    for cell in cells.split(|byte| *byte == b'|') {
        let name = format!("{cell:x?}");
        check(&name, with(&[(NOTES, cell)]), Same);
        check(&name, with(&[("naloxone", cell)]), Without("naloxone", Unreadable));
        check(&name, with(&[("overdose", cell)]), Without("overdose", Unreadable));
        check(&name, with(&[("id", cell)]), Nameless(IdInvalid));
    }
    check("a mark where files were joined", format!("\u{feff}{CASE}"), Same);

    let wide = |text: &str| utf16(&format!("\u{feff}{text}"), u16::to_le_bytes);
    for column in [NOTES, "naloxone", "id"] {
        for (cell, as_if) in [("\u{e000}", "\u{fffd}"), ("a\u{1f600}", "a\u{1f600}")] {
            let of = |cell| String::from_utf8(export(with(&[(column, cell)]))).unwrap();
            assert_eq!(read(&wide(&of(cell))).0, read(of(as_if).as_bytes()).0, "{column} {as_if}");
        }
    }
    let cut = wide(whole().trim_end());
    let (outcome, _) = read(&cut[..cut.len() - 1]);
    assert_eq!(outcome.quarantined, [(6, "p-5".to_owned(), BreaksOff)]);
    assert_eq!(outcome.flags, read(&export(CASE)).0.flags[..4]);
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

/// D1. None is guessed, and none costs more than itself.
#[test]
fn a_date_in_any_other_form_is_unreadable() {
    let dates = "2023-02-29|2026-02-30|2026-13-01|2026-00-10|2026-01-00|26-03-28|2026-3-28|\
        1-Mar-26|28-Mar-2026|28 March 2026|46109|46109.5|1774656000|1774656000000|2026-W13-6|\
        2026W136|2026-087|2026087|2026|2026-03|202603|--03-28|2026-03-28T00:00:00|\
        2026-03-28T00:00:00Z|2026-03-28 00:00|2026-03-28+01:00|2026-03-28T23:59:60Z|\
        2026-03-28[Europe/London]|00:00:00|03/28/2026|8/3/2026|28/03/26|2026/03/28|28.03.2026|\
        28-03-2026|20260230|29/02/2025|31/04/2026|00/03/2026|２０２６-03-28|٢026-03-28|\
        2026- 3-28|-2026-03-28|+2026-03-28|2026-03-28-|-009999-01-01|10000-01-01|2026‐03‐28|\
        2026−03−28|2026-03-28\u{a0}|=\"2026-03-28\"|'2026-03-28|NaN|0|-1|0000|none|no|today|\
        not asked|#VALUE!|#######|approx 2026-03-28|\"2026-03-28, or so\"|2026-03-28 2026-03-29";
    each("prison_release", dates, Without("prison_release", Unreadable));
    each("naloxone_expiry", dates, Without("naloxone_expiry", Unreadable));
    each("prison_release", "28/03/2026|20260328| 2026-03-28\t|\"\n28/03/2026\"", Same);
    each("prison_release", "02/03/2026|2024-02-29|29/02/2024", Known);
}

/// D2, as far as one record can show it.
#[test]
fn a_date_that_cannot_be_true_is_contradictory() {
    let past = "ost_started ost_ended prison_release detox_exit hospital_discharge treatment_exit \
        overdose";
    for (columns, known, not) in [
        (past, "19000101|2026-03-31", "18991231|31/12/1899|0000-01-01|2026-04-01|9999-12-31"),
        ("prison_release_due naloxone_expiry", "1900-01-01|2076-03-31", "1899-12-31|2076-04-01"),
    ] {
        for column in columns.split(' ') {
            each(column, known, Known);
            each(column, not, Without(column, Contradictory));
        }
    }
    for (started, ended, is) in [
        ("2024-06-30", "2026-03-31", Without("ost", Contradictory)),
        ("2024-06-30", "2026-03-03", Without("ost", Contradictory)),
        ("2026-03-09", "2026-03-10", Without("ost", Contradictory)),
        ("", "2026-03-10", Without("ost", Contradictory)),
        ("2024-06-30", "2026-03-02", Known),
        ("2026-03-10", "2026-03-10", Known),
    ] {
        let dates = [("ost", "prescribed"), ("ost_started", started), ("ost_ended", ended)];
        check(ended, with(&dates), is);
    }
}

/// N1.
#[test]
fn an_age_that_is_no_whole_number_of_years_is_unreadable() {
    for (column, cells) in [
        ("age", "-1|+5|44.5|44.0|\"1,5\"|4.4e1|1e3|1e999|1_000|-0|121|0044|9223372036854775808"),
        ("age", "NaN|inf|0x10|forty|50%|44 years|٤٤|４４|4 4|44-|=44|~44|>65|35-44|\"44\"\"\""),
        ("age_band", "44|44-35|<0|35-|-44|35–44|35 - 44|35to44|>35|35+5|121+|35-121|<|+|--|all"),
        ("birth_year", "79|979|19790|1979.0|+979|-979|1979-01-01|1979/80|١٩٧٩|MCML"),
    ] {
        each(column, cells, Without(column, Unreadable));
        each(column, &"4".repeat(400), Without(column, Unreadable));
    }
    each("birth_year", "1904|0000|2027|9999", Without("birth_year", Contradictory));
    each("birth_year", "1979|1905|2026|\" 1979\"", Known);
    each("age_band", "35-44|<35|<1|45+|0-120|44-44|120+", Known);
    each("age", "0|120", Known);
    each("age", "044| 44\t|\"44\"", Same);
    let (outcome, _) = read(&export(with(&[("age", "1e3"), ("age_band", "35-44")])));
    let case = outcome.case.unwrap();
    assert_eq!((case.state(Field::Age), outcome.problems.len()), (State::Known, 1));
}

/// V1. Not every word that is there means yes, and not every word with an N means no.
#[test]
fn a_word_that_a_column_does_not_know_is_unreadable() {
    let words = "CANARY|Y (PTCH)|NO RX BUT STRAWS|PCP NEG|STOLE MEDS|yes?|yes/no|no fixed|not asked|\
        none given|unknown?|N.A.|-1|\u{fffd}|‘yes’|“no”|\u{443}es|ye s|\u{a0}|?|.|*|''|=1+1";
    for column in HEADER.split(',').skip(1).take(COLUMNS - 6) {
        each(column, words, Without(column, Unreadable));
    }
    for (column, words) in [
        ("opioid_use", "yes|previous|heroin|currently"),
        ("naloxone", "yes|no|1|true|not held|not-held|notheld|expired"),
        ("housing", "homeless|NFA|no fixed abode"),
        ("case_status", "in custody|dead|discharged|1"),
        ("alcohol", "ja|T|F|on|yess|00|11|2|current"),
        ("prison_release_due", "never|no"),
    ] {
        each(column, words, Without(column, Unreadable));
    }
    each("alcohol", "y|True|1|\"yes\"|YES ", Same);
    each("z_drugs", "n|FALSE|0|\"no\"| No", Same);
    each("ost", "Not_Prescribed| NOT_PRESCRIBED|not_prescribed\t", Same);
}

/// V2.
#[test]
fn what_is_missing_is_unknown_and_never_a_no() {
    let not_recorded = "unknown|Not Recorded|NOT KNOWN|n/a|NA|null|-|\" - \"|\"unknown\"";
    for column in ["age", "ost", "naloxone", "naloxone_expiry", "alcohol", "overdose"] {
        each(column, not_recorded, Without(column, NotRecorded));
        each(column, "declined|Refused| prefer not to say ", Without(column, Declined));
    }
    each("naloxone", "|  |\"\"|\"\n\"", Without("naloxone", NotRecorded));
    each("overdose", "|  |\"\"|\"\n\"|Never", Known);
    each("prison_release_due", "|none", Known);
    let (outcome, _) = read(&export(with(&[("overdose", "")])));
    assert_eq!(outcome.case.unwrap().state(Field::Overdose), State::NoneRecorded);
    let (outcome, _) = read(&under(HEADER.replace("injecting", "unread")));
    assert_eq!(outcome.case.unwrap().state(Field::Injecting), State::NotCollected);
}

/// X1: none of it can stand in an output.
#[test]
fn an_id_that_does_something_elsewhere_is_quarantined_and_not_repeated() {
    let ids = "=1+CANARY|+CANARY|-CANARY|_CANARY|@CANARY(1)|\"=CANARY(\"\"http://a.test\"\")\"|\
        'CANARY|CANARY\tb|\u{ff1d}CANARY|\u{202e}CANARY|CANARY\u{200b}b|CANARY\u{9b}31m|\
        CANARY\u{85}b|CANARY\u{a0}|<script>CANARY</script>|&lt;CANARY|[CANARY](b)|`CANARY`|\
        ../../CANARY|C:\\CANARY|CANARY.csv|%43ANARY-CANARY|$(CANARY)|${jndi:CANARY}|{{CANARY}}|\
        CANARY;DROP|CANARY b|\"CANARY,b\"|\"CANARY\"\"b\"|CANAR\u{17f}CANARY|1.23457E+11";
    each("id", ids, Nameless(IdInvalid));
    for id in ids.split('|').chain(["=CANARY|' /C calc'!A0"]) {
        check(id, format!("{id},44"), Nameless(FieldCount));
        check(id, with(&[("id", id), (NOTES, "\"a")]), Nameless(QuoteNotClosed));
    }
    let over_lines = "\"CANARY\n(b)\"|\"CANARY\r-b\"|\"CANARY\r\n2026-03-31 ERROR\"";
    each("id", over_lines, Nameless(IdInvalid));
    let both = [(4, "", RecordWithinQuotes), (5, "", IdInvalid)];
    each("id", "\"CANARY\nb\"|\"-CANARY\rCANARY\"", Lines(&both));
    let escapes = "\u{1b}[31mCANARY|\u{1b}]8;;http://CANARY.test\u{7}|CANARY\0|CANARY\u{8}";
    each("id", escapes, Nameless(ControlByte));
    each("id", &"a".repeat(65), Nameless(IdInvalid));
    each("id", "|  |\"\"|unknown|N/A|-|null|refused", Nameless(IdMissing));
    each("id", " p-3 |\"p-3\"|\"\tp-3 \"", Same);
}
