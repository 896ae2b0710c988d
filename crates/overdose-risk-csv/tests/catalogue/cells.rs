//! What cells say, and the bytes in them.

use super::*;
use Quarantine::{
    BreaksOff, ControlByte, FieldCount, IdInvalid, IdMissing, QuoteNotClosed, RecordWithinQuotes,
};

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
