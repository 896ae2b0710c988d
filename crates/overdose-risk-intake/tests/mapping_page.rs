//! The manual of mapping files in `docs/`, generated from the vocabularies. This test fails when it
//! is stale; `UPDATE_EXPECT=1 cargo test -p overdose-risk-intake --test mapping_page` writes it anew.

use expect_test::expect_file;
use overdose_risk::{Fact, Field, Record};
use overdose_risk_intake::{Caseload, Column, Mapping};

const GENERATED: &str = "<!-- Generated from the vocabularies by tests/mapping_page.rs. Do not edit: \
     `UPDATE_EXPECT=1 cargo test -p overdose-risk-intake --test mapping_page` writes it anew. -->";

#[test]
fn the_page_of_mapping_files_is_up_to_date() {
    let fields: String = fields().iter().map(Row::line).collect();
    let page = format!("{GENERATED}\n\n{BEFORE}{fields}{AFTER}");
    expect_file!["../docs/mapping.md"].assert_eq(&page);
}

/// The page may say nothing that the code does not do.
#[test]
fn every_key_and_word_of_the_page_is_taken_and_every_other_key_is_not() {
    for Row { name, keys, words, .. } in fields() {
        for key in ["from", "join", "dates", "blank", "values"] {
            let value = match key {
                "dates" => "dates = \"month-first\"",
                "blank" => "blank = \"unknown\"",
                "values" => "values = {}",
                "join" => "join = [\"A\", \"B\"]",
                _ => "",
            };
            let from = if key == "join" { "" } else { "from = \"A\"" };
            assert_eq!(
                is_taken(name, &format!("{from}\n{value}")),
                keys.contains(&key),
                "{name} {key}"
            );
        }
        for word in words.iter().filter(|word| !word.contains(' ')) {
            let values = format!("from = \"A\"\n[fields.{name}.values]\nX = \"{word}\"");
            assert!(is_taken(name, &values), "{name} {word}");
        }
        for blank in ["unknown", "declined", "none-recorded"] {
            let is_event = keys.contains(&"dates") && words.len() == 3;
            let taken = keys.contains(&"blank") && (blank != "none-recorded" || is_event);
            assert_eq!(
                is_taken(name, &format!("from = \"A\"\nblank = \"{blank}\"")),
                taken,
                "{name}"
            );
        }
    }
}

#[test]
fn the_example_of_the_page_is_a_mapping() {
    let (_, rest) = BEFORE.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    Mapping::from_toml(example).unwrap_or_else(|error| panic!("{error}"));
}

fn is_taken(name: &str, field: &str) -> bool {
    let id = if name == "id" { "" } else { "id = \"Ref\"\n" };
    Mapping::from_toml(&format!("name = \"n\"\n[fields]\n{id}[fields.{name}]\n{field}\n")).is_ok()
}

/// A field of a mapping, as the page shows it.
struct Row {
    name: &'static str,
    gives: &'static str,
    keys: &'static [&'static str],
    words: Vec<&'static str>,
}

impl Row {
    fn line(&self) -> String {
        let code = |word: &&str| format!("`{word}`");
        let list = |words: &[&str]| words.iter().map(code).collect::<Vec<_>>().join(", ");
        format!(
            "| `{}` | {} | {} | {} |\n",
            self.name,
            self.gives,
            list(self.keys),
            list(&self.words)
        )
    }
}

fn fields() -> Vec<Row> {
    const STATUS: &[&str] = &["from", "blank", "values"];
    const DATE: &[&str] = &["from", "dates", "blank", "values"];
    let row = |column: Column| {
        let name = column.name();
        let (gives, keys, own): (_, _, Vec<&str>) = match column {
            Column::Id => {
                return Row {
                    name,
                    gives: "The pseudonym.",
                    keys: &["from", "join"],
                    words: vec![],
                };
            }
            Column::Fact(Field::Age) => ("Age in whole years.", STATUS, vec!["44"]),
            Column::AgeBand => ("Age as a band.", STATUS, vec!["35-44", "<35", "45+"]),
            Column::BirthYear => ("Age by year of birth.", STATUS, vec!["1979"]),
            Column::Caseload(of) => {
                let gives = match of {
                    Caseload::Service => "The code of the service on whose caseload the person is.",
                    Caseload::Team => "The code of the team.",
                    Caseload::Worker => "The code of the worker, never the name.",
                };
                (gives, STATUS, vec!["T-04"])
            }
            Column::RecordedOn => ("The day on which the row was recorded.", DATE, vec![]),
            Column::Fact(field) => match Record::default().fact(field) {
                Fact::Event(_) if field == Field::PrisonReleaseDue => {
                    (field.meaning(), DATE, vec!["none"])
                }
                Fact::Event(_) => (field.meaning(), DATE, vec!["never"]),
                Fact::Date(_) => (field.meaning(), DATE, vec![]),
                Fact::YesNo(_) => (
                    field.meaning(),
                    STATUS,
                    vec!["yes", "y", "true", "1", "no", "n", "false", "0"],
                ),
                fact => (field.meaning(), STATUS, fact.vocabulary().unwrap()),
            },
        };
        let words = own.into_iter().chain(["unknown", "declined"]).collect();
        Row { name, gives, keys, words }
    };
    let date_of_birth = Row {
        name: "date_of_birth",
        gives: "Age in whole years on the as-of date, where `age` says nothing known.",
        keys: DATE,
        words: vec!["unknown", "declined"],
    };
    Column::all().map(row).chain([date_of_birth]).collect()
}

const BEFORE: &str = r#"# Mapping files

A mapping says how the export of one case-management system maps to the native columns, so that nobody
has to rename columns, recode values or rewrite dates. It is a file in [TOML](https://toml.io), written
once for a system. A whole one with comments is `examples/data/example-cms.toml`.

```toml
name = "example-cms"
dates = "day-first"
ignore = ["Worker", "Notes"]

[fields]
id = "Client Ref"
date_of_birth = "DOB"
recorded_on = ["Last reviewed", "review.date"]
naloxone = { from = "Kit", values = { "Issued - has it" = "held", "Not issued" = "not_held" } }

[fields.prison_release]
from = ["Prison exit", "custody.released"]
dates = "month-first"
blank = "unknown"
values = { "Never in prison" = "never" }
```

Whatever is not on this page is an error. Every error names its line, and all are told at once; where a
file is no TOML, the first. No error repeats what the file says.

## The file

| key | what it says |
|---|---|
| `name` | The name of the mapping in the receipt of a run: 1 to 64 letters, digits, `_` and `-`, the first a letter or digit. It is needed. |
| `dates` | `day-first`, which holds where nothing is said, or `month-first`. |
| `ignore` | A list of columns that are known not to be read. |
| `[fields]` | Which column is which field. `id` is needed; a field that is left out is not collected. |

## A field

A field is a column name, a list of column names, or a table with these keys:

| key | what it says |
|---|---|
| `from` | A column name, or a list of them of which the first that says something known counts. |
| `values` | What a text in the column means: on the left the text, on the right a word of the field, `unknown` or `declined`. |
| `blank` | What a blank means: `unknown` or `declined`, and of an event also `none-recorded`. |
| `dates` | The order of dates in these columns, where it is not that of the file. |
| `join` | Of the id only, in place of `from`: the columns whose texts make the id together. |

`service`, `team` and `worker` are codes that obey the id rule, written as they stand; `values` gives a code
to what is none, such as the name of a team. No column that is the id by itself is read for a code.

The id is a column name or a table, never a list, since a list of the parts of an id would take the first
part for all of it.

**Columns** are found without regard to case, to space around the name, and to spaces, hyphens and
underscores within: `Client Ref` is `client_ref`. In JSON a name is the path to a value, with dots between
the keys: `custody.released`. Where an export, or a record of JSON, has none of the columns of a field, the
field is not collected. One column may be read for several fields.

**Several columns.** Known are a value, an age, a date, and of an event an explicit `never` or `none`.
Where no column says something known, the first that says why not counts, and a blank only if all are
blank. A cell that cannot be read is reported also where a later column is taken in its place.

**Values** are compared without regard to case, to white space around them and to how much of it is within,
spaces that do not break included, and every dash is a hyphen. A text that is not listed is read as in a
native export: with `values = { "2" = "no" }`, `1` still means yes. So list every code where values are
codes. A text that is not a word of the field either is unreadable: the fact is unknown, and it is reported.

**What a mapping cannot say.** A blank never means an answer, and nor does a text that means that nobody
knows (`unknown`, `n/a`, `not asked`, `?`, `-` and the like): it can be mapped to `unknown` and `declined`
only. So naloxone held, treatment prescribed and no opioid use always need a text that says so.

**No opioid use** is `none` only of somebody who never used an opioid that was not prescribed, as far as the
service knows: it takes a person out of scope. Somebody who has used and does not now is `past`. A text such as
`0 days of the last 28`, `abstinent` or `not using` says nothing of before: map it to `past`, or to `unknown`
where nobody knows whether the person ever used. `mapping` says how many rows become `none`.

**Blanks.** Where nothing is said, a blank event is none recorded, since services log events when they
happen, and every other blank is unknown. A blank is white space and nothing else.

**Dates** are always read as `2026-04-03` and `20260403`, and with the English name of a month or the first
three letters of it: `3-Apr-2026`, `03 April 2026`. Where a date is all numbers, with `/`, `-` or `.`
between them and one or two digits for day and month, the order decides: `03/04/2026` is 3 April day first
and 4 March month first. Month first, `31/03/2026` is no date. A year has four digits. A time of day behind
a date is cut off (`2026-04-03T09:30:00Z`, `03/04/2026 00:00`), and nothing is converted between time zones:
the day is the one that stands there. Everything else is unreadable, and nothing is guessed.

**The date of birth** gives the age in whole years on the as-of date. Somebody born on 29 February has a
birthday on 1 March in other years. The date is kept nowhere, so its column can be read for no other field.
One that makes nobody between 0 and 120 is reported as contradictory, and gives no age.

**A joined id** has a hyphen between its parts: `Site` and `Client No` make `N7-204`. A hyphen within a part
that is not the last is doubled, so that no two people get the same id. Where a part is blank or unknown,
the id is missing; each part obeys the rule for ids.

## The fields

| field | gives | keys | words on the right of `values` |
|---|---|---|---|
"#;

const AFTER: &str = r"
Of the ages, any number of years from 0 to 120, any band of them and any year of four digits can stand on
the right.
";
