//! Which mapping files are refused, with the line and the reason, and what the others read.

use overdose_risk::{Fact, Field, Record};
use overdose_risk_intake::{Column, Mapping};
use proptest::prelude::*;

/// The least that a mapping has. Its last line is the third.
const LEAST: &str = "name = \"cms\"\n[fields]\nid = \"Ref\"\n";

fn mapping(fields: &str) -> Mapping {
    Mapping::from_toml(&format!("{LEAST}{fields}")).unwrap_or_else(|error| panic!("{error}"))
}

/// The lines of the faults, and all that is said of them.
fn faults(text: &str) -> (Vec<usize>, String) {
    let Err(error) = Mapping::from_toml(text) else { panic!("it is not refused: {text}") };
    (error.faults().iter().map(|fault| fault.line).collect(), error.to_string())
}

/// Files that are wrong as a whole: the text, the lines with faults, and a part of the message.
const BAD_FILES: [(&str, &[usize], &str); 23] = [
    ("", &[1, 1], "no name"),
    ("\n\nnot toml at all", &[3], "not valid TOML"),
    ("name = \"cms\n[fields]\nid = \"Ref\"\n", &[1], "not valid TOML"),
    ("name = \"cms\"\n[fields\nid = \"Ref\"\n", &[2], "not valid TOML"),
    ("name = \"cms\"\n[fields]\nid = Ref\n", &[3], "not valid TOML"),
    ("name = \"cms\"\nname = \"cms\"\n[fields]\nid = \"Ref\"\n", &[2], "second time"),
    ("name = \"cms\"\n[fields]\nid = \"Ref\"\n[fields]\n", &[4], "second time"),
    ("name = \"cms\"\n[fields]\nid = \"Ref\"\nid = \"No\"\n", &[4], "second time"),
    ("[fields]\nid = \"Ref\"\n", &[1], "name the mapping"),
    ("name = \"cms\"\n", &[1], "no [fields]"),
    ("name = 7\n[fields]\nid = \"Ref\"\n", &[1], "name must be a text in quotes"),
    ("name = \"\"\n[fields]\nid = \"Ref\"\n", &[1], "1 to 64 letters"),
    ("name = \" cms\"\n[fields]\nid = \"Ref\"\n", &[1], "1 to 64 letters"),
    ("name = \"a/b\"\n[fields]\nid = \"Ref\"\n", &[1], "1 to 64 letters"),
    ("\nname = \"unknown\"\n[fields]\nid = \"Ref\"\n", &[2], "1 to 64 letters"),
    ("name = \"ndtms\"\n[fields]\nid = \"Ref\"\n", &[1], "profile that is no mapping"),
    ("name = \"cms\"\nfields = 3\n", &[2], "fields must be a table"),
    ("name = \"cms\"\n\n[fields]\nage = \"Age\"\n", &[3], "no id"),
    ("name = \"cms\"\n[fields]\n", &[2], "pseudonym"),
    (
        "name = \"cms\"\nverison = 1\nage = \"Age\"\n[fields]\nid = \"Ref\"\n",
        &[2, 3],
        "no such key: a mapping has",
    ),
    ("name = \"cms\"\n[feilds]\nid = \"Ref\"\n", &[1, 2], "no such key, fields may be meant"),
    ("name = \"cms\"\n[[fields]]\nid = \"Ref\"\n", &[2], "must be a table"),
    ("name = \"cms\"\r\n\r\n[fields]\r\nid = \"Ref\"\r\nage = 3\r\n", &[5], "age must be"),
];

#[test]
fn a_file_that_is_wrong_as_a_whole_is_refused_with_every_line() {
    for (text, lines, part) in BAD_FILES {
        let (found, message) = faults(text);
        assert_eq!(found, lines, "{text:?}: {message}");
        assert!(message.contains(part), "{text:?}: {message}");
    }
}

/// Lines before `[fields]` that are wrong. The first is the second of its file.
const BAD_TOPS: [(&str, &[usize], &str); 10] = [
    ("dates = \"american\"", &[2], "day-first or month-first"),
    ("dates = \"Day-First\"", &[2], "day-first or month-first"),
    ("dates = true", &[2], "dates must be"),
    ("ignore = \"Notes\"", &[2], "ignore must be a list"),
    ("ignore = [\n\"Notes\",\n3]", &[4], "ignore must be a list"),
    ("ignore = [\n\"Notes\",\n\"Worker\",\n\"NO_TES\"]", &[5], "twice"),
    ("ignore = [\n\"Notes\",\n\" \"]", &[4], "without a name"),
    ("ignore = [\n\"Notes\",\n\"ref\"]", &[4], "in ignore and is read"),
    ("ignored = [\"Notes\"]", &[2], "ignore may be meant"),
    ("date = \"day-first\"", &[2], "dates may be meant"),
];

#[test]
fn a_setting_that_is_wrong_is_refused_with_its_line() {
    for (top, lines, part) in BAD_TOPS {
        let text = format!("name = \"cms\"\n{top}\n[fields]\nid = \"Ref\"\n");
        let (found, message) = faults(&text);
        assert_eq!(found, lines, "{top:?}: {message}");
        assert!(message.contains(part), "{top:?}: {message}");
    }
}

/// Fields that are wrong. The first line of each is the fourth of its file.
const BAD_FIELDS: [(&str, &[usize], &str); 59] = [
    // Fields and their keys.
    ("naloxon = \"Kit\"", &[4], "no such field, naloxone may be meant"),
    ("favourite_colour = \"Colour\"", &[4], "no such field: a field is"),
    ("Age = \"Age\"", &[4], "no such field, age may be meant"),
    ("age = 44", &[4], "age must be a column name in quotes"),
    ("age = true", &[4], "age must be"),
    ("age = \"\"", &[4], "without a name"),
    ("age = \" - _\"", &[4], "without a name"),
    ("age = []", &[4], "age has no source"),
    ("age = [\"Age\", 3]", &[4], "list of column names"),
    ("age = {}", &[4], "age has no source"),
    ("[fields.age]\nblank = \"unknown\"", &[4], "age has no source"),
    ("age = { from = [] }", &[4], "age has no source"),
    ("age = { from = 3 }", &[4], "from must be a list"),
    ("age = { from = [\n\"Age\",\n\"Years\",\n\"AGE\"] }", &[7], "twice"),
    ("[fields.age]\nfrom = \"Age\"\nunits = \"years\"", &[6], "no such key of age: it has from"),
    ("[fields.age]\nfrom = \"Age\"\nvalue = {}", &[6], "values may be meant"),
    ("age = { from = \"Age\", dates = \"day-first\" }", &[4], "no such key of age"),
    ("age = { join = [\"Years\", \"Months\"] }", &[4, 4], "no such key of age"),
    ("[fields.overdose]\nfrom = \"OD\"\ndates = \"guess\"", &[6], "day-first or month-first"),
    ("age.from.first = \"Age\"", &[4], "from must be a list"),
    // What a blank means.
    ("naloxone = { from = \"Kit\", blank = \"held\" }", &[4], "a blank never means an answer"),
    ("naloxone = { from = \"Kit\", blank = \"not_held\" }", &[4], "write unknown or declined"),
    ("alcohol = { from = \"Drinks\", blank = \"no\" }", &[4], "a blank never means an answer"),
    ("alcohol = { from = \"Drinks\", blank = \"none-recorded\" }", &[4], "here it cannot mean"),
    ("alcohol = { from = \"Drinks\", blank = \"\" }", &[4], "a blank never means"),
    ("alcohol = { from = \"Drinks\", blank = false }", &[4], "a blank never means"),
    ("overdose = { from = \"OD\", blank = \"never\" }", &[4], "write none-recorded, unknown or"),
    ("naloxone_expiry = { from = \"D\", blank = \"none-recorded\" }", &[4], "unknown or declined"),
    // Values.
    ("alcohol = { from = \"Drinks\", values = \"yes\" }", &[4], "values must be a table"),
    ("alcohol = { from = \"Drinks\", values = [\"yes\"] }", &[4], "values must be a table"),
    ("[fields.alcohol]\nfrom = \"D\"\nvalues = { \"X\" = true }", &[6], "words in quotes"),
    ("[fields.alcohol]\nfrom = \"D\"\nvalues = { a.b = \"yes\" }", &[6], "words in quotes"),
    (
        "[fields.alcohol]\nfrom = \"D\"\n[fields.alcohol.values]\nX = \"yes\"\nY = \"maybe\"",
        &[8],
        "no word of alcohol: write yes, no, unknown or declined",
    ),
    (
        "[fields.opioid_use]\nfrom = \"O\"\n[fields.opioid_use.values]\nX = \"never\"",
        &[7],
        "write current, past, none, unknown or declined",
    ),
    ("overdose = { from = \"OD\", values = { \"X\" = \"none\" } }", &[4], "write never, unknown"),
    ("prison_release_due = { from = \"D\", values = { \"X\" = \"never\" } }", &[4], "write none,"),
    ("overdose = { from = \"OD\", values = { \"X\" = \"2026-03-01\" } }", &[4], "no word of"),
    ("overdose = { from = \"OD\", values = { \"X\" = \"\" } }", &[4], "no word of overdose"),
    (
        "naloxone_expiry = { from = \"D\", values = { \"X\" = \"never\" } }",
        &[4],
        "write unknown or",
    ),
    ("recorded_on = { from = \"D\", values = { \"X\" = \"2026-03-01\" } }", &[4], "write unknown"),
    ("date_of_birth = { from = \"D\", values = { \"X\" = \"44\" } }", &[4], "write unknown or"),
    ("age = { from = \"A\", values = { \"X\" = \"121\" } }", &[4], "whole number of years"),
    ("age_band = { from = \"A\", values = { \"X\" = \"44\" } }", &[4], "a band such as 35-44"),
    ("birth_year = { from = \"A\", values = { \"X\" = \"79\" } }", &[4], "a year such as 1979"),
    ("alcohol = { from = \"D\", values = { \"X\" = \"refused\" } }", &[4], "no word of alcohol"),
    ("naloxone = { from = \"Kit\", values = { \"\" = \"held\" } }", &[4], "blank text is no value"),
    ("naloxone = { from = \"Kit\", values = { \" \u{a0}\" = \"unknown\" } }", &[4], "blank text"),
    ("naloxone = { from = \"Kit\", values = { \"Unknown\" = \"held\" } }", &[4], "nobody knows"),
    ("naloxone = { from = \"Kit\", values = { \"?\" = \"held\" } }", &[4], "nobody knows"),
    ("ost = { from = \"Script\", values = { \"N/A\" = \"prescribed\" } }", &[4], "nobody knows"),
    (
        "opioid_use = { from = \"O\", values = { \"Not – asked\" = \"none\", \"\u{2013}\" = \"none\" } }",
        &[4],
        "nobody knows",
    ),
    ("alcohol = { from = \"D\", values = { \"Not stated\" = \"no\" } }", &[4], "nobody knows"),
    (
        "[fields.alcohol]\nfrom = \"D\"\n[fields.alcohol.values]\n\"Z -  a\" = \"yes\"\n\"z\u{a0}– A\" = \"yes\"",
        &[8],
        "same as an earlier one",
    ),
    // Sources that are at odds.
    ("date_of_birth = \"DOB\"\nbirth_year = \"dob\"", &[5], "kept nowhere"),
    ("date_of_birth = \"DOB\"\noverdose = [\"OD\", \"DOB\"]", &[5], "read it for no other field"),
    ("date_of_birth = \"Ref\"", &[3], "kept nowhere"),
    // Several at once.
    ("age = 3\nost = { from = \"S\", blank = \"no\" }\nwhat = \"W\"", &[4, 5, 6], "no such field"),
    (
        "[fields.alcohol]\nfrom = \"D\"\nblank = \"no\"\nvalues = { A = \"b\", B = \"c\" }",
        &[6, 7, 7],
        "no word",
    ),
    (
        "[fields.age]\nfrom = 3\n[fields.ost]\nfrom = 4\n[fields.nothing]\nfrom = 5",
        &[5, 7, 8],
        "from",
    ),
];

#[test]
fn a_field_that_is_wrong_is_refused_with_its_line() {
    for (fields, lines, part) in BAD_FIELDS {
        let (found, message) = faults(&format!("{LEAST}{fields}\n"));
        assert_eq!(found, lines, "{fields:?}: {message}");
        assert!(message.contains(part), "{fields:?}: {message}");
    }
}

#[test]
fn an_id_that_is_wrong_is_refused_with_its_line() {
    for (id, part) in [
        ("[\"Site\", \"Ref\"]", "{ join = [...] }"),
        ("{ from = \"Ref\", join = [\"Site\", \"No\"] }", "keep from or join"),
        ("{ join = [\"Ref\"] }", "at least two"),
        ("{ join = [] }", "at least two"),
        ("{ join = \"Ref\" }", "join must be a list"),
        ("{ join = [\"Ref\", \"REF\"] }", "twice"),
        ("{ from = \"Ref\", blank = \"unknown\" }", "no such key of id: it has from, join"),
        ("{ from = \"Ref\", values = {} }", "no such key of id"),
        ("{}", "id has no source"),
    ] {
        let (lines, message) = faults(&format!("name = \"cms\"\n\n[fields]\nid = {id}\n"));
        assert_eq!(lines, [4], "{id}: {message}");
        assert!(message.contains(part), "{id}: {message}");
    }
}

#[test]
fn no_text_of_a_file_is_repeated_in_its_faults() {
    let canary = "zqxcanary";
    for fields in BAD_FIELDS.map(|(fields, ..)| fields) {
        let text = format!("{LEAST}{fields}\n").replace("\"X\"", &format!("\"{canary}\""));
        let text = text.replace("Drinks", canary).replace("[\"OD\"", &format!("[\"{canary}\""));
        if let Err(error) = Mapping::from_toml(&text) {
            assert!(!format!("{error}{error:?}").contains(canary), "{text}");
        }
    }
    for text in [
        format!("{LEAST}{canary} = \"{canary}\"\n"),
        format!("{LEAST}age = {{ {canary} = \"{canary}\", blank = \"{canary}\" }}\n"),
        format!("{LEAST}age = {canary}\n"),
        format!("{LEAST}{canary} = 1\n{canary} = 2\n"),
        format!(
            "{LEAST}alcohol = {{ from = \"{canary}\", values = {{ {canary} = \"{canary}\" }} }}"
        ),
        format!(
            "name = \"{canary} {canary}\"\ndates = \"{canary}\"\n{canary} = 1979-05-27T99:00:00Z"
        ),
        format!("name = \"{canary} {canary}\"\ndates = \"{canary}\"\n{canary} = 3\n"),
    ] {
        let error = Mapping::from_toml(&text).unwrap_err();
        assert!(!format!("{error}{error:?}").contains(canary), "{text}");
    }
}

#[test]
fn every_fault_says_its_line_and_only_it_stands_on_a_line() {
    let (lines, message) = faults("x = 1\n[fields]\nage = 3\n");
    assert_eq!(lines, [1, 1, 2, 3]);
    let starts: Vec<&str> = message.lines().map(|line| line.split_once(": ").unwrap().0).collect();
    assert_eq!(starts, ["line 1", "line 1", "line 2", "line 3"]);
}

#[test]
fn every_native_column_can_be_mapped_in_each_way_of_writing_it() {
    for column in Column::all().filter(|column| *column != Column::Id) {
        for source in [
            "\"Its Source\"",
            "[\"Its Source\"]",
            "{ from = \"Its Source\" }",
            "{ from = [\"Its Source\"], values = {} }",
        ] {
            let mapping = mapping(&format!("{column} = {source}\n"));
            assert_eq!(mapping.sources(), ["Ref", "Its Source"], "{column}");
            assert_eq!(mapping.slots_of(column), [1], "{column}");
            let others = Column::all().filter(|other| ![Column::Id, column].contains(other));
            assert!(others.into_iter().all(|other| mapping.slots_of(other).is_empty()));
            assert_eq!(mapping.id_slots(), [0]);
            assert!(mapping.dates_of_birth().is_empty());
        }
    }
}

#[test]
fn every_word_of_a_column_can_stand_for_a_text_and_no_word_of_another_can() {
    let words: Vec<&str> = Field::ALL
        .into_iter()
        .filter_map(|field| Record::default().fact(field).vocabulary())
        .flatten()
        .chain(["never", "none", "true", "1", "n", "44", "35-44", "1979", "2026-03-01"])
        .collect();
    for field in Field::ALL {
        let fact = Record::default().fact(field);
        let own: Vec<&str> = match fact {
            Fact::Event(_) if field == Field::PrisonReleaseDue => vec!["none"],
            Fact::Event(_) => vec!["never"],
            Fact::Date(_) => vec![],
            Fact::Age(_) => vec!["1", "44"],
            Fact::YesNo(_) => vec!["yes", "no", "true", "1", "n"],
            _ => fact.vocabulary().unwrap(),
        };
        for word in words.iter().chain(&["unknown", "declined"]) {
            let taken = own.contains(word) || ["unknown", "declined"].contains(word);
            let field =
                format!("{LEAST}{field} = {{ from = \"F\", values = {{ T = \"{word}\" }} }}");
            assert_eq!(Mapping::from_toml(&field).is_ok(), taken, "{field}");
        }
    }
}

#[test]
fn it_is_known_which_words_it_translates_to_and_how_it_makes_ids() {
    let opioid_use = Column::Fact(Field::OpioidUse);
    let translated = mapping(
        "opioid_use = { from = \"Use\", values = { \"Never\" = \"none\", \"Now\" = \"current\" } }\n",
    );
    for (column, word, does) in [
        (opioid_use, "none", true),
        (opioid_use, "NONE", true),
        (opioid_use, "past", false),
        (Column::Fact(Field::Ost), "none", false),
    ] {
        assert_eq!(translated.translates_to(column, word), does, "{column} {word}");
    }
    assert!(!translated.joins_ids());
    let joined = "name = \"cms\"\n[fields]\nid = { join = [\"Site\", \"Ref\"] }\n";
    assert!(Mapping::from_toml(joined).unwrap().joins_ids());
}

#[test]
fn sources_are_numbered_as_the_file_first_mentions_them_and_found_as_headers_are() {
    let mapping = Mapping::from_toml(
        "name = \"cms-1\"\nignore = [\"Notes\", \"a.b c\"]\n[fields]\n\
         overdose = { from = [\"Z\", \"health.over dose\"] }\n\
         age = \"Age\"\ndate_of_birth = [\"DOB\", \"client.dob\"]\n\
         id = { join = [\"Site\", \"Client No\"] }\nost_ended = \"z\"\n",
    )
    .unwrap();
    assert_eq!(mapping.name(), "cms-1");
    let sources = ["Z", "health.over dose", "Age", "DOB", "client.dob", "Site", "Client No"];
    assert_eq!(mapping.sources(), sources);
    assert_eq!(mapping.id_slots(), [5, 6]);
    assert_eq!(mapping.dates_of_birth(), [3, 4]);
    assert_eq!(mapping.slots_of(Column::Fact(Field::Age)), [2, 3, 4]);
    assert_eq!(mapping.slots_of(Column::Fact(Field::Overdose)), [0, 1]);
    assert_eq!(mapping.slots_of(Column::Fact(Field::OstEnded)), [0]);
    for (header, slot) in [
        ("z", Some(0)),
        (" health.overdose\t", Some(1)),
        ("HEALTH.OVER-DOSE", Some(1)),
        ("client_no", Some(6)),
        ("client", None),
        ("dob", Some(3)),
        ("client.dob", Some(4)),
        ("Notes", None),
        ("", None),
    ] {
        assert_eq!(mapping.slot_of(header.as_bytes()), slot, "{header}");
    }
    for (header, is_ignored) in
        [("NOTES", true), ("A.BC", true), ("no-tes ", true), ("Z", false), ("", false)]
    {
        assert_eq!(mapping.is_ignored(header.as_bytes()), is_ignored, "{header}");
    }
}

/// Pieces of mapping files, whole and broken.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "name = \"cms\"\n",
        "[fields]\n",
        "id = \"Ref\"\n",
        "id = { join = [\"A\", \"B\"] }\n",
        "age = ",
        "\"Age\"\n",
        "[\"A\", \"B\"]\n",
        "{ from = \"A\", ",
        "values = { \"X\" = \"unknown\" } }\n",
        "blank = ",
        "[fields.overdose]\n",
        "[[fields]]\n",
        "date_of_birth = \"A\"\n",
        "dates = 1979-05-27\n",
        "\"\"\"",
        "\u{feff}",
        "\r\n",
        "# é\n",
        ".",
        "\0",
    ])
}

proptest! {
    #[test]
    fn no_file_makes_a_panic_and_every_line_of_a_fault_is_one_of_the_file(
        pieces in prop::collection::vec(piece(), 0..12)
    ) {
        let text = pieces.concat();
        if let Err(error) = Mapping::from_toml(&text) {
            let lines = text.split('\n').count();
            prop_assert!(!error.faults().is_empty());
            prop_assert!(error.faults().iter().all(|fault| (1..=lines).contains(&fault.line)));
            prop_assert!(error.faults().is_sorted_by_key(|fault| fault.line));
        }
    }
}

/// A reader that follows brackets by calling itself would run out of its stack, which ends a process.
#[test]
fn nesting_of_any_depth_is_refused() {
    for depth in [1_000, 1_000_000] {
        for text in ["[".repeat(depth), format!("a = {}", "[".repeat(depth)), "a = {".repeat(depth)]
        {
            let (lines, message) = faults(&text);
            assert!(lines == [1] && message.contains("not valid TOML"));
        }
        for text in [format!("{}a = 1", "a.".repeat(depth)), format!("[{}a]", "a.".repeat(depth))] {
            assert!(faults(&text).0.contains(&1));
        }
    }
}
