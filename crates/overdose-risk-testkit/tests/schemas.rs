//! The schemas say what the code writes: each key, each word, and nothing else.

use chrono::{Days, NaiveDate};
use jsonschema::{Validator, draft202012};
use overdose_risk::factor::{Factor, Mechanism, Urgency};
use overdose_risk::policy::{Alert, Settings};
use overdose_risk::{FACTORS, Field, Policy, Step, Tier, assess};
use overdose_risk_csv::Encoding;
use overdose_risk_intake::{
    Caseload, Column, Id, Intake, Principal, ProblemKind, PseudonymKey, Quarantine, Zeroizing,
};
use overdose_risk_json::{Answer, Reader};
use overdose_risk_run::{Job, Program, Published, Tolerated, run};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};
use std::{fs, iter};
use tempfile::TempDir;

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../../", $name))
    };
}

/// A schema, and documents that the code wrote.
struct Shape {
    schema: Value,
    documents: Vec<Value>,
}

/// Of lines of `flags.ndjson`, of answers, of receipts.
static SHAPES: LazyLock<[Shape; 3]> = LazyLock::new(|| {
    let (flags, receipts) = published();
    let shape = |text, documents| Shape { schema: serde_json::from_str(text).unwrap(), documents };
    [
        shape(file!("crates/overdose-risk-json/schemas/flags.schema.json"), flags),
        shape(file!("crates/overdose-risk-json/schemas/answer.schema.json"), answers()),
        shape(file!("crates/overdose-risk-run/schemas/run.schema.json"), receipts),
    ]
});

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// Records are quarantined, two fields waived, one column is almost `suicidality`, one not known.
const WANTING: &str = "\
id,age,opioid_use,ost,suicidalty,favourite_colour
p-1,44,current,not_prescribed,yes,blue
,30,current,prescribed,,
p-1,30,current,prescribed,,
p-2,30,current,prescribed,,,,
p-3,30,current,prescribed,\",
,,,,,
";

/// The file breaks off in the second record. The first is of somebody under 18.
const CUT: &str = r#"[
{"id": "p-1", "age": 17, "opioid_use": "current", "prison_release": null, "naloxone": "held"},
{"id": "p-2", "age": "#;

/// The lines of `flags.ndjson` and the receipts of several runs.
fn published() -> (Vec<Value>, Vec<Value>) {
    let as_it_is = |_: &mut Job| {};
    let waiving = |job: &mut Job| job.without = vec![Principal::PrisonRelease, Principal::Naloxone];
    let runs = [
        publish(file!("examples/data/export.csv"), as_it_is),
        publish(file!("examples/data/export.json"), as_it_is),
        publish(file!("examples/data/export.ndjson"), as_it_is),
        publish(file!("crates/overdose-risk-testkit/fixtures/vectors/messy.csv"), as_it_is),
        publish(WANTING, waiving),
        publish(CUT, |job| job.allow_partial = true),
        publish(WANTING.replace(',', ";"), waiving),
        publish(WANTING.replace(',', "\t"), waiving),
        publish(WANTING.replace(',', "|"), waiving),
        publish(WANTING, |job| {
            waiving(job);
            let key = Zeroizing::new((0..32_u8).map(|byte| byte.wrapping_mul(byte)).collect());
            job.key = Some(Arc::new(PseudonymKey::new(key).unwrap()));
        }),
        publish(utf_16(WANTING, u16::to_le_bytes), waiving),
        publish(utf_16(WANTING, u16::to_be_bytes), waiving),
        second_night(),
    ];
    let (flags, receipts): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
    (flags.concat(), receipts)
}

/// A night that is compared, of whom some are gone and some were reviewed, with little room.
fn second_night() -> (Vec<Value>, Value) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("export.csv");
    let reviewed = folder.path().join("reviewed.csv");
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let mut job = Job::new(program, vec![file.clone()], as_of(), folder.path().join("out"));
    fs::write(&file, file!("examples/data/export.csv")).unwrap();
    run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap();
    let rows = file!("examples/data/export.csv").lines();
    let kept: Vec<&str> = rows.take(451).collect();
    fs::write(&file, kept.join("\n")).unwrap();
    let reviews = "id,reviewed_on,until,outcome\nS1-0000433,2026-03-31,2026-04-30,called\n\
        S1-0000450,yesterday,2026-04-30,called\n";
    fs::write(&reviewed, reviews).unwrap();
    (job.as_of, job.capacity) = (as_of() + Days::new(1), 3);
    (job.reviewed, job.max_drop) = (Some(reviewed), 100);
    read(&run(&job, &own_policy(), &mut |_| ControlFlow::Continue(())).unwrap())
}

/// A policy with everything that the default has not.
fn own_policy() -> Policy {
    let mut settings = Settings::default();
    settings.name = "example-service".to_owned();
    settings.approved_by = Some("Clinical governance group".to_owned());
    settings.review_by = NaiveDate::from_ymd_opt(2027, 3, 31);
    let level = settings.level_mut("opioid-use", "off-treatment").unwrap();
    (level.points, level.why) = (14, Some("Invented for a test.".to_owned()));
    settings.factor_mut("z-drugs").unwrap().off = Some("Invented for a test.".to_owned());
    let (text, offer) = ("An invented warning.".to_owned(), "An invented offer.".to_owned());
    settings.alert = Some(Alert { text, offer, from: as_of(), until: as_of() + Days::new(14) });
    Policy::new(settings).unwrap()
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
}

fn publish(export: impl AsRef<[u8]>, change: impl FnOnce(&mut Job)) -> (Vec<Value>, Value) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("export");
    fs::write(&file, export).unwrap();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let mut job = Job::new(program, vec![file], as_of(), folder.path().join("out"));
    // Of a few records, one is many per cent; and many cells are there to be no value.
    (job.max_quarantine, job.tolerate) = (100, vec![Tolerated::Unreadable]);
    change(&mut job);
    let published =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap();
    read(&published)
}

/// The lines of `flags.ndjson` and the receipt.
fn read(published: &Published) -> (Vec<Value>, Value) {
    let read = |name: &str| fs::read_to_string(published.folder().join(name)).unwrap();
    let flags = read("flags.ndjson");
    let flags = flags.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (flags, serde_json::from_str(&read("run.json")).unwrap())
}

/// The answers to the sample records, to one that lacks much, to one of somebody under 18, and with each
/// kind of quarantine.
fn answers() -> Vec<Value> {
    const LACKING: &str = r#"{"id": "p-1", "birth_year": "1799", "ost": "sometimes"}"#;
    const YOUNG: &str = r#"{"id": "p-2", "age": 17, "opioid_use": "current", "ost": null}"#;
    let mut reader = Reader::new(Intake::default());
    let records = file!("examples/data/export.ndjson").lines().chain([LACKING, YOUNG]);
    let own = own_policy();
    let answer = |(line, record): (u64, &str)| {
        let mut problems = Vec::new();
        let person = reader.read(record.as_bytes(), as_of(), &mut |it| problems.push(it)).unwrap();
        if person.facts.has_died() {
            return json!(Answer::died(line, person.id));
        }
        let policy = if line % 2 == 0 { &own } else { Policy::practice_principles() };
        let assessment = assess(&person.facts.record(&mut |_| {}), as_of(), policy);
        json!(Answer::assessed(line, person.id, &assessment, &problems))
    };
    let mut answers: Vec<Value> = (1..).zip(records).map(answer).collect();
    for id in [Id::read(b"p-1").ok(), None] {
        let quarantined = |kind| json!(Answer::quarantined(7, id, kind));
        answers.extend(Quarantine::ALL.map(quarantined));
    }
    answers
}

/// Looks at no `format`, as most do not.
fn validator(schema: &Value) -> Validator {
    draft202012::new(schema).unwrap()
}

/// Every place in a document or a schema, as a pointer.
fn places(value: &Value) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    let deeper = below.into_iter().flat_map(|(key, value)| {
        places(value).into_iter().map(move |place| format!("/{key}{place}"))
    });
    iter::once(String::new()).chain(deeper).collect()
}

/// Where a schema describes an object key by key. A condition only looks at keys.
fn objects(schema: &Value) -> Vec<String> {
    let is_condition = |place: &str| place.split('/').any(|word| matches!(word, "if" | "then"));
    let describes = |place: &str| schema.pointer(place).unwrap().get("properties").is_some();
    let all = places(schema).into_iter();
    all.filter(|place| describes(place) && !is_condition(place)).collect()
}

/// The schema, refusing keys that it does not describe.
fn strict(schema: &Value) -> Value {
    let mut strict = schema.clone();
    for object in objects(schema) {
        strict.pointer_mut(&object).unwrap()["additionalProperties"] = json!(false);
    }
    strict
}

#[test]
fn everything_that_is_written_is_valid_and_every_key_of_it_described() {
    for (Shape { schema, documents }, name) in SHAPES.iter().zip(["flags", "answer", "run"]) {
        draft202012::meta::validate(schema).unwrap();
        assert_eq!(schema["$id"], format!("urn:overdose-risk:schema:{name}:1"));
        let formats = draft202012::options().should_validate_formats(true);
        for validator in [formats.build(schema).unwrap(), validator(&strict(schema))] {
            for document in documents {
                let errors: Vec<_> = validator.iter_errors(document).collect();
                assert!(errors.is_empty(), "{errors:#?}");
            }
        }
    }
}

#[test]
fn every_key_that_is_described_is_written_and_described_in_words() {
    for Shape { schema, documents } in SHAPES.iter() {
        for object in objects(schema) {
            let keys = schema.pointer(&object).unwrap()["properties"].as_object().unwrap();
            for (key, described) in keys {
                let words = described["description"].as_str();
                assert!(words.is_some_and(|words| words.ends_with('.')), "{object}: {key}");
                let mut forbidding = schema.clone();
                forbidding.pointer_mut(&object).unwrap()["properties"][key] = json!(false);
                let forbidding = validator(&forbidding);
                let is_written = documents.iter().any(|document| !forbidding.is_valid(document));
                assert!(is_written, "{object}: {key}");
            }
        }
    }
}

#[test]
fn what_two_schemas_share_is_the_same_in_both() {
    let [flags, answer, run] = SHAPES.each_ref().map(|shape| &shape.schema);
    for (one, other) in [(flags, answer), (flags, run), (answer, run)] {
        for (name, definition) in one["$defs"].as_object().unwrap() {
            assert_eq!(definition, other["$defs"].get(name).unwrap_or(definition), "{name}");
        }
    }
    let mut flag = flags["properties"].as_object().unwrap().clone();
    let is_of_the_export =
        |key: &str| Caseload::ALL.iter().any(|of| of.name() == key) || key == "waived";
    flag.retain(|key, _| {
        !matches!(key.as_str(), "schema_version" | "id") && !is_of_the_export(key)
    });
    assert_eq!(json!(flag), answer["$defs"]["assessment"]["properties"]);
}

#[track_caller]
fn assert_words<'w>(definition: &Value, words: impl IntoIterator<Item = &'w str>) {
    assert_eq!(definition["enum"], json!(words.into_iter().collect::<Vec<_>>()));
}

#[test]
fn the_words_of_every_closed_list_are_those_of_the_code() {
    let [flags, answer, _] = SHAPES.each_ref().map(|shape| &shape.schema["$defs"]);
    let bounds = Tier::ALL.into_iter().filter(|tier| *tier != Tier::NotEnoughInformation);
    let columns = || Column::all().filter(|column| *column != Column::Id).map(Column::name);
    let kinds = ProblemKind::ALL.map(ProblemKind::name);
    assert_words(&flags["tier"], Tier::ALL.map(Tier::name));
    assert_words(&flags["bound"], bounds.map(Tier::name));
    assert_words(&flags["urgency"], Urgency::ALL.map(|urgency| Tier::from(urgency).name()));
    assert_words(&flags["field"], Field::ALL.map(Field::name));
    let none = overdose_risk::Answer::NoneRecorded;
    let answered = Step::Answered { field: Field::Overdose, answer: none };
    let steps = [Step::KitHandedOver, Step::TreatmentStarted, answered, Step::On(as_of())];
    assert_words(&flags["lever"]["properties"]["step"], steps.map(Step::name));
    assert_words(&flags["principal"], Principal::ALL.map(Principal::name));
    assert_words(&answer["column"], columns());
    assert_words(&answer["problem_kind"], kinds);
    assert_words(&answer["quarantine"], Quarantine::ALL.map(Quarantine::name));

    let receipt = &SHAPES[2].schema["properties"];
    let columns: Vec<_> = columns().collect();
    let problems = format!("^({}):({})$", columns.join("|"), kinds.join("|"));
    assert_eq!(receipt["problems"]["propertyNames"]["pattern"], problems);
    let input = &SHAPES[2].schema["$defs"]["input"]["properties"];
    let documents = || SHAPES[2].documents.iter();
    let inputs = || documents().flat_map(|receipt| receipt["inputs"].as_array().unwrap());
    for word in receipt["exit_code"]["enum"].as_array().unwrap() {
        assert!(documents().any(|receipt| receipt["exit_code"] == *word), "{word}");
    }
    for key in ["format", "encoding", "delimiter"] {
        for word in input[key]["enum"].as_array().unwrap() {
            assert!(inputs().any(|input| input[key] == *word), "{word}");
        }
    }
    assert_words(&input["encoding"], Encoding::ALL.map(Encoding::name));
}

#[test]
fn the_levels_of_every_factor_are_those_of_the_code() {
    let reason = &SHAPES[0].schema["$defs"]["reason"];
    let levels = |factor: &Factor| factor.levels.iter().map(|level| level.name).collect::<Vec<_>>();
    let rule = |factor: &&Factor| {
        json!({
            "if": { "properties": { "factor": { "const": factor.name } } },
            "then": { "properties": { "level": { "enum": levels(factor) } } },
        })
    };
    assert_words(&reason["properties"]["factor"], FACTORS.iter().map(|factor| factor.name));
    assert_eq!(reason["allOf"], json!(FACTORS.iter().map(rule).collect::<Vec<_>>()));

    let named = |factor: &&Factor| {
        levels(factor).into_iter().map(|level| format!("{factor}:{level}")).collect::<Vec<_>>()
    };
    let all: Vec<_> = FACTORS.iter().flat_map(named).collect();
    let counted = &SHAPES[2].schema["properties"]["levels"]["propertyNames"];
    assert_words(counted, all.iter().map(String::as_str));
}

#[test]
fn tiers_quarantines_and_mechanisms_are_explained() {
    let [flags, answer, _] = SHAPES.each_ref().map(|shape| &shape.schema["$defs"]);
    let not_counted = &flags["reason"]["properties"]["not_counted"];
    let tier = |tier: Tier| {
        (&flags["tier"], format!("`{tier}`: {}.", Policy::practice_principles().promise(tier)))
    };
    let kind = |kind: Quarantine| (&answer["quarantine"], format!("`{kind}`: {}", kind.meaning()));
    let mechanism = |mechanism: Mechanism| (not_counted, mechanism.name().to_owned());
    let all = Tier::ALL.map(tier).into_iter().chain(Quarantine::ALL.map(kind));
    for (definition, words) in all.chain(Mechanism::ALL.map(mechanism)) {
        assert!(definition["description"].as_str().unwrap().contains(&words), "{words}");
    }
}

#[test]
fn a_key_may_be_added_to_all_but_maps_of_words_and_these_tests_would_see_it() {
    for Shape { schema, documents } in SHAPES.iter() {
        let (open, strict) = (validator(schema), validator(&strict(schema)));
        for document in telling(documents.iter()) {
            for place in places(document) {
                let mut added = document.clone();
                if let Some(object) = added.pointer_mut(&place).unwrap().as_object_mut() {
                    object.insert("added".to_owned(), json!(1));
                    let described = place.replace('/', "/properties/");
                    let names = schema.pointer(&format!("{described}/propertyNames"));
                    assert_eq!(open.is_valid(&added), names.is_none(), "{place}");
                    assert!(!strict.is_valid(&added), "{place}");
                }
            }
        }
    }
}

/// A place, whatever its position in each list.
fn general(place: &str) -> String {
    let word = |word: &str| if word.parse::<usize>().is_ok() { "*" } else { word }.to_owned();
    place.split('/').map(word).collect::<Vec<_>>().join("/")
}

/// The documents that have something, or have a null, where none before has.
fn telling<'d>(documents: impl Iterator<Item = &'d Value>) -> impl Iterator<Item = &'d Value> {
    let mut seen = BTreeSet::new();
    documents.filter(move |document| {
        let is_null = |place: &String| document.pointer(place).unwrap().is_null();
        let places = places(document).into_iter();
        let new = places.filter(|place| seen.insert((general(place), is_null(place))));
        new.count() > 0
    })
}

/// Maps of a receipt that have what occurred, and not every word of a closed list.
const OCCURRED: [&str; 5] =
    ["/questions", "/quarantined", "/problems", "/changes", "/worklist/not_listed"];

/// The document with one thing wrong in one place, in every way, and what is wrong.
fn damaged(document: &Value) -> Vec<(String, Value)> {
    let mut damaged = Vec::new();
    for place in places(document) {
        let mut put = |how: &str, value| {
            let mut wrong = document.clone();
            *wrong.pointer_mut(&place).unwrap() = value;
            damaged.push((format!("{} {how}", general(&place)), wrong));
        };
        match document.pointer(&place).unwrap() {
            Value::Null => put("a number", json!(1)),
            Value::Bool(_) => put("a word", json!("true")),
            Value::Number(number) => {
                put("a word", json!(number.to_string()));
                put("negative", json!(-1));
                put("a fraction", json!(number.as_f64().unwrap() + 0.5));
            }
            Value::String(_) => {
                put("a number", json!(1));
                put("another word", json!("No such word!"));
            }
            Value::Array(_) => put("an object", json!({})),
            Value::Object(map) => {
                put("a list", json!([]));
                for key in map.keys() {
                    let mut without = map.clone();
                    without.remove(key);
                    let what = if OCCURRED.contains(&place.as_str()) { "a word" } else { key };
                    put(&format!("without {what}"), json!(without));
                }
            }
        }
        put("null", Value::Null);
    }
    damaged
}

/// What can be wrong with documents and is valid all the same: these, and nothing else.
#[track_caller]
fn assert_passes<'d>(
    schema: &Value,
    documents: impl Iterator<Item = &'d Value>,
    expected: impl IntoIterator<Item = impl Into<String>>,
) {
    let validator = validator(schema);
    let wrong = telling(documents).flat_map(damaged);
    let passing = wrong.filter(|(_, document)| validator.is_valid(document));
    let passing: BTreeSet<String> = passing.map(|(what, _)| what).collect();
    assert_eq!(passing, expected.into_iter().map(Into::into).collect());
}

/// In an assessment: what is said in words, and what may be null.
const FREE: [&str; 18] = [
    " without alert",
    " without promise_by_known_facts",
    " without under_18",
    "/alert/offer another word",
    "/alert/text another word",
    "/offers/* another word",
    "/promise another word",
    "/promise_by_known_facts another word",
    "/questions/*/ask another word",
    "/reasons/* without set_because",
    "/reasons/*/action another word",
    "/reasons/*/floor null",
    "/reasons/*/holds_until null",
    "/reasons/*/not_counted another word",
    "/reasons/*/not_counted null",
    "/reasons/*/sentence another word",
    "/reasons/*/set_because another word",
    "/valid_until null",
];

#[test]
fn nothing_else_can_be_wrong_in_a_line_of_the_flags() {
    let Shape { schema, documents } = &SHAPES[0];
    let left_out = [" without service", " without team", " without waived", " without worker"];
    assert_passes(schema, documents.iter(), FREE.into_iter().chain(left_out));
}

#[test]
fn nothing_else_can_be_wrong_in_an_answer() {
    let Shape { schema, documents } = &SHAPES[1];
    let of = |outcome| documents.iter().filter(move |answer| answer["outcome"] == outcome);
    assert_passes(schema, of("assessed"), FREE.map(|what| format!("/assessment{what}")));
    assert_passes(schema, of("died"), [""; 0]);
    assert_passes(schema, of("quarantined"), ["/error/remedy another word", "/id null"]);
}

#[test]
fn nothing_else_can_be_wrong_in_a_receipt() {
    let free = [
        " without pseudonym_key",
        " without reviews",
        "/changes without a word",
        "/inputs/*/breaks_off another word",
        "/inputs/*/name another word",
        "/newest_date null",
        "/notices/* another word",
        "/outputs/*/name another word",
        "/policy/alert null",
        "/policy/alert/offer another word",
        "/policy/alert/text another word",
        "/policy/approved_by another word",
        "/policy/approved_by null",
        "/policy/file another word",
        "/policy/less_cautious/* another word",
        "/policy/promises/act-now another word",
        "/policy/promises/not-enough-information another word",
        "/policy/promises/out-of-scope another word",
        "/policy/promises/prioritise another word",
        "/policy/promises/standard another word",
        "/policy/review_by null",
        "/previous null",
        "/previous/folder another word",
        "/previous/policy another word",
        "/previous/program_version another word",
        "/problems without a word",
        "/program/name another word",
        "/program/version another word",
        "/quarantined without a word",
        "/questions without a word",
        "/reviews/file null",
        "/reviews/file/name another word",
        "/run/seconds a fraction",
        "/worklist/not_listed without a word",
    ];
    assert_passes(&SHAPES[2].schema, SHAPES[2].documents.iter(), free);
}
