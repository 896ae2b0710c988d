//! What a mapping makes of the cells of a row: values, blanks, several sources, ids.

use chrono::NaiveDate;
use overdose_risk::{
    Age, Fact, Field, Injecting, Naloxone, OpioidUse, Record, State, Status, Unknown, YesNo,
};
use overdose_risk_intake::{Column, Id, Mapping, Problem, ProblemKind, Quarantine, read_person};
use proptest::prelude::*;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn mapping(fields: &str) -> Mapping {
    let text = format!("name = \"cms\"\n[fields]\nid = \"Ref\"\n{fields}\n");
    Mapping::from_toml(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// The record of a row with these cells behind the id, and its problems.
fn read(mapping: &Mapping, cells: &[Option<&[u8]>]) -> (Record, Vec<Problem>) {
    let mut problems = Vec::new();
    let cell = |slot: usize| if slot == 0 { Some(b"p-1".as_slice()) } else { cells[slot - 1] };
    let told = mapping.translate(&cell, as_of(), &mut |problem| problems.push(problem));
    let person = read_person(|column| told.get(column), as_of(), &mut |problem| {
        problems.push(problem);
    });
    (person.unwrap().facts.record(&mut |_| {}), problems)
}

/// What one cell says in a field that is mapped so, and the kinds of problem.
fn state(mapping: &Mapping, field: Field, cell: &[u8]) -> (State, Vec<ProblemKind>) {
    let (record, problems) = read(mapping, &[Some(cell)]);
    assert!(problems.iter().all(|problem| problem.column == Column::Fact(field)));
    (record.state(field), problems.iter().map(|problem| problem.kind).collect())
}

#[test]
fn a_text_is_found_whatever_its_case_its_white_space_and_its_dashes() {
    let mapping = mapping(
        "naloxone = { from = \"Kit\", values = { \"Yes  -  nasal\" = \"held\", \"NON\" = \"not_held\", \
         \"Été\" = \"held\", \"Weiß\" = \"not_held\", \"Not  given\" = \"unknown\", \"NO WAY\" = \"declined\" } }",
    );
    use Naloxone::{Held, NotHeld};
    let (unknown, declined) = (Unknown::NotRecorded, Unknown::Declined);
    for (cell, expected) in [
        ("Yes - nasal", Status::Known(Held)),
        ("YES – NASAL", Status::Known(Held)),
        ("\u{a0}yes\u{a0}—\tnasal\u{a0}\r\n", Status::Known(Held)),
        ("yes \u{2011} nasal", Status::Known(Held)),
        ("yes \u{2212}  nasal", Status::Known(Held)),
        ("ÉTÉ", Status::Known(Held)),
        ("été", Status::Known(Held)),
        ("non", Status::Known(NotHeld)),
        ("WEIß", Status::Known(NotHeld)),
        ("not given", Status::Unknown(unknown)),
        ("no\u{a0}way", Status::Unknown(declined)),
        ("held", Status::Known(Held)),
        ("Not_Held", Status::Known(NotHeld)),
        ("n/a", Status::Unknown(unknown)),
        ("refused", Status::Unknown(declined)),
        ("", Status::Unknown(unknown)),
        (" \u{a0}\t", Status::Unknown(unknown)),
        ("yes-nasal", Status::Unknown(Unknown::Unreadable)),
        ("yes - nasal.", Status::Unknown(Unknown::Unreadable)),
        ("yes nasal", Status::Unknown(Unknown::Unreadable)),
        ("yes", Status::Unknown(Unknown::Unreadable)),
        ("no", Status::Unknown(Unknown::Unreadable)),
        ("no n", Status::Unknown(Unknown::Unreadable)),
        ("WEISS", Status::Unknown(Unknown::Unreadable)),
    ] {
        let (record, problems) = read(&mapping, &[Some(cell.as_bytes())]);
        assert_eq!(record.naloxone, expected, "{cell:?}");
        let is_unreadable = expected == Status::Unknown(Unknown::Unreadable);
        assert_eq!(problems.len(), usize::from(is_unreadable), "{cell:?}");
    }
    let (_, problems) = state(&mapping, Field::Naloxone, b"Yes - nasal\xff");
    assert_eq!(problems, [ProblemKind::Unreadable]);
}

#[test]
fn a_mapped_text_is_read_as_its_word_even_where_it_is_a_word_itself() {
    let mapping = mapping(
        "injecting = { from = \"I\", values = { \"never\" = \"unknown\", \"current\" = \"previous\" } }\n\
         alcohol = { from = \"A\", values = { \"1\" = \"no\", \"2\" = \"yes\" } }",
    );
    let (record, _) = read(&mapping, &[Some(b"Never"), Some(b"1")]);
    assert_eq!(record.injecting, Status::Unknown(Unknown::NotRecorded));
    assert_eq!(record.alcohol, Status::Known(YesNo::No));
    let (record, _) = read(&mapping, &[Some(b"Current"), Some(b"2")]);
    assert_eq!(record.injecting, Status::Known(Injecting::Previous));
    assert_eq!(record.alcohol, Status::Known(YesNo::Yes));
}

#[test]
fn a_blank_means_what_the_mapping_says_and_never_an_answer() {
    let not_recorded = State::Unknown(Unknown::NotRecorded);
    for field in Field::ALL {
        let is_event = matches!(Record::default().fact(field), Fact::Event(_));
        for (blank, expected) in [
            ("", if is_event { State::NoneRecorded } else { not_recorded }),
            ("blank = \"unknown\"", not_recorded),
            ("blank = \"declined\"", State::Unknown(Unknown::Declined)),
            ("blank = \"none-recorded\"", State::NoneRecorded),
        ] {
            if blank.contains("none-recorded") && !is_event {
                continue;
            }
            let mapping = mapping(&format!("[fields.{field}]\nfrom = \"F\"\n{blank}"));
            for cell in ["", "  ", "\t\r\n", "\u{a0}"] {
                let said = state(&mapping, field, cell.as_bytes());
                assert_eq!(said, (expected, vec![]), "{field}: {blank} {cell:?}");
            }
            // What is no blank is not touched by it.
            let said = state(&mapping, field, b"Declined");
            assert_eq!(said.0, State::Unknown(Unknown::Declined), "{field}");
        }
    }
}

#[test]
fn a_column_that_is_not_mapped_or_not_there_is_not_collected() {
    let mapping = mapping("naloxone = [\"Kit\", \"kit.status\"]");
    let (record, problems) = read(&mapping, &[None, None]);
    assert!(Field::ALL.iter().all(|field| record.state(*field) == State::NotCollected));
    assert_eq!(problems, []);
    let (record, _) = read(&mapping, &[None, Some(b"")]);
    assert_eq!(record.naloxone, Status::Unknown(Unknown::NotRecorded));
}

#[test]
fn the_first_source_that_says_something_known_counts() {
    use ProblemKind::Unreadable;
    let mapping = mapping(
        "opioid_use = { from = [\"A\", \"B\", \"C\"], values = { \"?\" = \"unknown\", \"X\" = \"past\" } }",
    );
    let unknown = |why| Err(why);
    for ([a, b, c], expected, problems) in [
        ([Some("current"), Some("none"), Some("past")], Ok(OpioidUse::Current), 0),
        ([Some(""), Some("X"), Some("none")], Ok(OpioidUse::Past), 0),
        ([Some("?"), Some("declined"), Some("none")], Ok(OpioidUse::None), 0),
        ([None, None, Some("x")], Ok(OpioidUse::Past), 0),
        // A later one is taken, and somebody is told of the cell that was passed over, once.
        ([Some("soon"), Some("none"), Some("now")], Ok(OpioidUse::None), 1),
        ([Some("soon"), Some("now"), Some("none")], Ok(OpioidUse::None), 1),
        ([Some("current"), Some("soon"), Some("now")], Ok(OpioidUse::Current), 0),
        // None is known: what somebody wrote says why.
        ([Some(""), Some("declined"), Some("soon")], unknown(Unknown::Declined), 0),
        ([Some("soon"), Some("declined"), Some("")], unknown(Unknown::Unreadable), 1),
        ([Some("unknown"), Some("declined"), None], unknown(Unknown::Declined), 0),
        ([Some(""), Some("?"), None], unknown(Unknown::NotRecorded), 0),
        ([Some(""), None, Some("soon")], unknown(Unknown::Unreadable), 1),
        ([Some(""), None, Some(" ")], unknown(Unknown::NotRecorded), 0),
    ] {
        let cells = [a, b, c].map(|cell| cell.map(str::as_bytes));
        let (record, found) = read(&mapping, &cells);
        let expected = expected.map_or_else(Status::Unknown, Status::Known);
        assert_eq!(record.opioid_use, expected, "{a:?} {b:?} {c:?}");
        let column = Column::Fact(Field::OpioidUse);
        assert_eq!(
            found,
            vec![Problem { column, kind: Unreadable }; problems],
            "{a:?} {b:?} {c:?}"
        );
    }
}

#[test]
fn of_an_event_a_date_or_an_explicit_never_is_known_and_a_blank_is_not() {
    let not_recorded = State::Unknown(Unknown::NotRecorded);
    for (blank, [a, b], expected) in [
        ("none-recorded", ["", "2026-03-01"], State::Known),
        ("none-recorded", ["never", "2026-03-01"], State::NoneRecorded),
        ("none-recorded", ["unknown", "never"], State::NoneRecorded),
        ("none-recorded", ["unknown", ""], not_recorded),
        ("none-recorded", ["", "unknown"], not_recorded),
        ("none-recorded", ["", ""], State::NoneRecorded),
        ("unknown", ["", ""], not_recorded),
        ("unknown", ["", "declined"], State::Unknown(Unknown::Declined)),
        ("declined", ["", ""], State::Unknown(Unknown::Declined)),
        ("none-recorded", ["32/01/2026", ""], State::Unknown(Unknown::Unreadable)),
        ("none-recorded", ["32/01/2026", "31/01/2026"], State::Known),
    ] {
        let mapping =
            mapping(&format!("overdose = {{ from = [\"A\", \"B\"], blank = \"{blank}\" }}"));
        let (record, _) = read(&mapping, &[Some(a.as_bytes()), Some(b.as_bytes())]);
        assert_eq!(record.state(Field::Overdose), expected, "{blank} {a:?} {b:?}");
    }
}

#[test]
fn a_year_of_birth_that_nobody_can_have_gives_way_to_the_next() {
    let mapping = mapping("birth_year = [\"A\", \"B\"]");
    let (record, problems) = read(&mapping, &[Some(b"2030"), Some(b"1979")]);
    assert_eq!(record.age, Status::Known(Age::born_in(1979)));
    assert_eq!(problems, [Problem { column: Column::BirthYear, kind: ProblemKind::Contradictory }]);
}

#[test]
fn an_id_comes_from_the_first_column_that_has_one_or_is_joined_from_all_its_parts() {
    let id_of = |id: &str, cells: &[Option<&str>]| {
        let mapping = Mapping::from_toml(&format!("name = \"c\"\n[fields]\nid = {id}\n")).unwrap();
        let cell = |slot: usize| cells[slot].map(str::as_bytes);
        let told = mapping.translate(&cell, as_of(), &mut |_| panic!("an id has no problem"));
        Id::read(told.get(Column::Id).unwrap_or_default()).map(|id| id.as_str().to_owned())
    };
    let (missing, invalid) = (Err(Quarantine::IdMissing), Err(Quarantine::IdInvalid));
    let either = "{ from = [\"A\", \"B\"] }";
    let both = "{ join = [\"A\", \"B\"] }";
    let long = "a".repeat(64);
    for (id, cells, expected) in [
        (either, [Some("p-1"), Some("p-2")], Ok("p-1")),
        (either, [Some(" "), Some("p-2")], Ok("p-2")),
        (either, [Some("unknown"), Some("p-2")], Ok("p-2")),
        (either, [None, Some("p-2")], Ok("p-2")),
        (either, [Some("p 1"), Some("p-2")], invalid),
        (either, [Some(""), Some("n/a")], missing),
        (either, [None, None], missing),
        (both, [Some(" N7 "), Some("204")], Ok("N7-204")),
        (both, [Some("N-7"), Some("20-4")], Ok("N--7-20-4")),
        (both, [Some("N"), Some("7-204")], Ok("N-7-204")),
        (both, [Some("N-7"), Some("204")], Ok("N--7-204")),
        (both, [Some("N"), Some("")], missing),
        (both, [Some("unknown"), Some("204")], missing),
        (both, [Some("N"), None], missing),
        (both, [Some("N 7"), Some("204")], invalid),
        (both, [Some("N"), Some("-7")], invalid),
        (both, [Some(&long), Some("204")], invalid),
    ] {
        assert_eq!(id_of(id, &cells), expected.map(str::to_owned), "{id} {cells:?}");
    }
}

#[test]
fn nothing_that_was_read_can_be_printed() {
    let mapping = mapping("overdose = \"OD\"");
    let told = mapping.translate(&|_| Some(b"canary".as_slice()), as_of(), &mut |_| {});
    assert_eq!(format!("{told:?}"), "Translated { .. }");
}

/// Cells of a native export in any column: words, dates, numbers, unknowns, and what no column says.
fn cell() -> impl Strategy<Value = Option<String>> {
    let vocabulary =
        Field::ALL.into_iter().filter_map(|field| Record::default().fact(field).vocabulary());
    let mut words: Vec<&str> = vocabulary.flatten().collect();
    words.extend([
        "", " ", "never", "none", "y", "N", "TRUE", "0", "unknown", "Declined", "n/a", "-",
    ]);
    words.extend([
        "2026-03-01",
        "20260301",
        "01/03/2026",
        "2031-01-01",
        "2026-02-30",
        "1899-12-31",
    ]);
    words.extend(["44", "121", "35-44", "<35", "45+", "1979", "2030", "soon", "{}", " held ", "?"]);
    let word = prop::sample::select(words).prop_map(str::to_owned);
    let day =
        (1890..2080_i32, 1..13_u32, 1..32_u32).prop_map(|(y, m, d)| format!("{d:02}/{m:02}/{y}"));
    prop::option::weighted(0.9, prop_oneof![3 => word, 1 => day])
}

proptest! {
    #[test]
    fn a_mapping_of_each_column_to_itself_reads_a_native_row_as_it_is(
        row in prop::collection::vec(cell(), Column::COUNT)
    ) {
        let fields: String = Column::all().map(|column| format!("{column} = \"{column}\"\n")).collect();
        let mapping = Mapping::from_toml(&format!("name = \"same\"\n[fields]\n{fields}")).unwrap();
        let cell = |column: Column| match column {
            Column::Id => Some(b"p-1".as_slice()),
            _ => row[column.index()].as_ref().map(String::as_bytes),
        };
        let mut native = Vec::new();
        let expected = read_person(cell, as_of(), &mut |problem| native.push(problem)).unwrap();

        let mut problems = Vec::new();
        let by_slot = |slot: usize| cell(Column::named(mapping.sources()[slot].as_bytes()).unwrap());
        let told = mapping.translate(&by_slot, as_of(), &mut |problem| problems.push(problem));
        prop_assert!(problems.is_empty());
        let person = read_person(|column| told.get(column), as_of(), &mut |problem| {
            problems.push(problem);
        });
        prop_assert_eq!(person.unwrap(), expected);
        prop_assert_eq!(problems, native);
    }

    #[test]
    fn no_row_makes_a_mapping_panic(
        row in prop::collection::vec(prop::option::of(prop::collection::vec(any::<u8>(), 0..16)), 6),
        year in -9999..9999_i32,
    ) {
        let mapping = mapping(
            "date_of_birth = [\"A\", \"B\"]\noverdose = { from = [\"C\", \"D\"], blank = \"unknown\" }\n\
             ost = { from = \"E\", values = { \"x\" = \"prescribed\" } }",
        );
        let as_of = NaiveDate::from_ymd_opt(year, 2, 28).unwrap();
        let cell = |slot: usize| row[slot].as_deref();
        mapping.translate(&cell, as_of, &mut |_| {});
    }
}
