//! What is written of a person reads back as it was written.

use chrono::NaiveDate;
use overdose_risk::policy::{Alert, Settings};
use overdose_risk::{Assessment, Policy, Tier, assess};
use overdose_risk_csv::{Entry, Export};
use overdose_risk_intake::{Caseload, Id, Intake, Principal};
use overdose_risk_json::{Flag, Flagged, FlaggedAlert};
use overdose_risk_testkit::population::Population;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const VECTORS: [&str; 2] =
    [include_str!("../fixtures/vectors/clean.csv"), include_str!("../fixtures/vectors/messy.csv")];

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// A policy with an alert and a number of its own.
fn own_policy() -> Policy {
    let mut settings = Settings::default();
    settings.name = "example-service".to_owned();
    let level = settings.level_mut("opioid-use", "off-treatment").unwrap();
    (level.points, level.why) = (14, Some("Invented for a test.".to_owned()));
    let (text, offer) = ("An invented warning.".to_owned(), "An invented offer.".to_owned());
    settings.alert = Some(Alert { text, offer, from: as_of(), until: as_of() });
    Policy::new(settings).unwrap()
}

/// Everybody in some exports who has not died, by the default policy and by another.
fn each_assessed(mut each: impl FnMut(Id<'_>, &Assessment<'_>)) {
    let own = own_policy();
    let mut population = Vec::new();
    Population::new(3, as_of()).write_csv(0..3_000, &mut population).unwrap();
    for export in VECTORS.map(str::as_bytes).into_iter().chain([&population[..]]) {
        let mut export = Export::open(export, as_of(), &Intake::default()).unwrap();
        while let Some(row) = export.read(&mut |_| {}).unwrap() {
            let Entry::Person(person) = row.entry else { panic!("line {}", row.line) };
            if !person.facts.has_died() {
                let record = person.facts.record(&mut |_| {});
                for policy in [Policy::practice_principles(), &own] {
                    each(person.id, &assess(&record, as_of(), policy));
                }
            }
        }
    }
}

fn line(flag: &Flag<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    flag.write_line(&mut line).unwrap();
    line
}

#[test]
fn every_line_reads_back_as_the_assessment_that_it_was_written_of() {
    let codes: Vec<Id<'_>> = ["S1", "S1-T2", "W01", "W02"]
        .iter()
        .map(|code| Id::read(code.as_bytes()).unwrap())
        .collect();
    let waived = [vec![], vec![Principal::Naloxone], Principal::ALL.to_vec()];
    let mut tiers = BTreeSet::new();
    let mut number = 0;
    each_assessed(|id, assessment| {
        number += 1;
        let waived = &waived[number % waived.len()];
        let of = [&codes[..number % 2], &codes[1..1 + number % 3], &codes[number % 5..]];
        let each = Caseload::ALL.into_iter().zip(of);
        let flag =
            each.fold(Flag::new(id, assessment, waived), |flag, (of, codes)| flag.on(of, codes));
        let line = line(&flag);
        let read = Flagged::read(&line).unwrap();

        assert_eq!(read.id, id.as_str());
        assert_eq!(read.as_of, as_of());
        assert_eq!(read.tier, assessment.tier());
        assert_eq!(read.priority(), assessment.priority());
        assert_eq!(
            (read.points, read.could_points),
            (assessment.points(), assessment.could_points())
        );
        assert_eq!(read.could_reach, assessment.could_reach());
        assert_eq!(read.naloxone_gap, assessment.naloxone_gap());
        assert_eq!(read.in_custody, assessment.in_custody());
        assert_eq!(read.under_18, assessment.under_18());
        assert_eq!(read.valid_until, assessment.valid_until());
        assert!(read.waived.iter().eq(waived.iter().map(|field| field.name())));
        for (read, codes) in [&read.service, &read.team, &read.worker].into_iter().zip(of) {
            assert!(read.iter().eq(codes.iter().map(|code| code.as_str())));
        }
        // Everything that is written is read, but what has no place in it.
        let written: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(as_written(&read), written);
        tiers.insert(read.tier.name());
    });
    assert_eq!(tiers.len(), Tier::ALL.len());
    assert!(number > 4_000);
}

/// The object that a line is, of what was read of it.
fn as_written(read: &Flagged) -> Value {
    let reasons = read.reasons.iter().map(|reason| {
        let mut object = json!({
            "factor": reason.factor, "level": reason.level, "sentence": reason.sentence,
            "points": reason.points, "floor": reason.floor.map(Tier::name),
            "judgement": reason.judgement, "sources": reason.sources, "action": reason.action,
            "holds_until": reason.holds_until.map(|day| day.to_string()),
        });
        object["not_counted"] = json!(reason.not_counted);
        if let Some(why) = &reason.set_because {
            object["set_because"] = json!(why);
        }
        object
    });
    let questions = read.questions.iter().map(|question| {
        json!({
            "field": question.field, "ask": question.ask, "could_points": question.could_points,
            "could_reach": question.could_reach.name(),
        })
    });
    let levers = read.levers.iter().map(|lever| {
        let mut object = json!({
            "step": lever.step, "tier": lever.tier.name(), "points": lever.points,
        });
        let on = lever.on.map(|day| day.to_string());
        let by_known_facts = lever.by_known_facts.map(|tier| tier.name().to_owned());
        let some = [
            ("field", &lever.field),
            ("answer", &lever.answer),
            ("on", &on),
            ("by_known_facts", &by_known_facts),
        ];
        for (key, value) in some.into_iter().filter(|(_, value)| value.is_some()) {
            object[key] = json!(value);
        }
        object
    });
    let mut line = json!({
        "schema_version": 1, "id": read.id, "as_of": read.as_of.to_string(), "policy": read.policy,
        "tier": read.tier.name(), "by_known_facts": read.by_known_facts.name(),
        "points": read.points, "could_reach": read.could_reach.name(),
        "could_points": read.could_points, "naloxone_gap": read.naloxone_gap,
        "in_custody": read.in_custody, "reasons": reasons.collect::<Vec<_>>(),
        "questions": questions.collect::<Vec<_>>(), "offers": read.offers,
        "levers": levers.collect::<Vec<_>>(),
        "valid_until": read.valid_until.map(|day| day.to_string()),
    });
    line["promise"] = json!(read.promise);
    if let Some(promise) = &read.promise_by_known_facts {
        line["promise_by_known_facts"] = json!(promise);
    }
    if read.under_18 {
        line["under_18"] = json!(true);
    }
    if let Some(FlaggedAlert { text, offer, until, .. }) = &read.alert {
        line["alert"] = json!({ "text": text, "offer": offer, "until": until.to_string() });
    }
    let lists = [
        ("waived", &read.waived),
        ("service", &read.service),
        ("team", &read.team),
        ("worker", &read.worker),
    ];
    for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        line[key] = json!(list);
    }
    line
}

/// A line of somebody with a reason, a question and a code, changed.
fn changed(change: impl FnOnce(&mut Value)) -> Option<Flagged> {
    let mut found = None;
    each_assessed(|id, assessment| {
        if found.is_none() {
            let codes = [id];
            let flag = Flag::new(id, assessment, &[]).on(Caseload::Team, &codes);
            let line: Value = serde_json::from_slice(&line(&flag)).unwrap();
            let has_all = line["questions"][0].is_object()
                && line["levers"][1].is_object()
                && line["reasons"][0]["holds_until"].is_string()
                && line["valid_until"].is_string();
            found = has_all.then_some(line);
        }
    });
    let mut line = found.unwrap();
    assert!(Flagged::read(line.to_string().as_bytes()).is_some());
    change(&mut line);
    Flagged::read(line.to_string().as_bytes())
}

#[test]
fn a_line_of_another_version_or_with_what_no_run_writes_is_none() {
    let paths = [
        ("/schema_version", vec![json!(0), json!(2), json!("1"), json!(null)]),
        ("/id", vec![json!(""), json!("a b"), json!("unknown"), json!(7), json!("x".repeat(65))]),
        ("/as_of", vec![json!("2026-02-30"), json!("31/03/2026"), json!(null), json!(20_260_331)]),
        ("/valid_until", vec![json!("soon"), json!(1)]),
        ("/tier", vec![json!("low-risk"), json!("Act-Now"), json!(null)]),
        ("/by_known_facts", vec![json!("safe")]),
        ("/could_reach", vec![json!("none")]),
        ("/reasons/0/floor", vec![json!("urgent")]),
        ("/reasons/0/holds_until", vec![json!("never")]),
        ("/questions/0/could_reach", vec![json!("")]),
        ("/levers/0/tier", vec![json!("safer"), json!(null)]),
        ("/levers/0/by_known_facts", vec![json!("none")]),
        ("/levers/0/on", vec![json!("next week"), json!(7)]),
        ("/levers/0/points", vec![json!(-1), json!("3")]),
        ("/points", vec![json!(-1), json!(1.5), json!(70_000)]),
        ("/team", vec![json!("T1"), json!([1])]),
    ];
    for (path, values) in paths {
        for value in values {
            let said = format!("{path}: {value}");
            let put = |line: &mut Value| {
                let (object, key) = path.rsplit_once('/').unwrap();
                line.pointer_mut(object).unwrap()[key] = value;
            };
            assert_eq!(changed(put), None, "{said}");
        }
    }
    for key in ["schema_version", "id", "tier", "reasons", "valid_until"] {
        let without = |line: &mut Value| drop(line.as_object_mut().unwrap().remove(key));
        assert_eq!(changed(without), None, "{key}");
    }
    for no_line in ["", "{}", "[]", "null", "{", "\u{feff}{}"] {
        assert_eq!(Flagged::read(no_line.as_bytes()), None, "{no_line}");
    }
}

#[test]
fn a_line_of_an_earlier_night_without_levers_is_read() {
    let without = changed(|line| drop(line.as_object_mut().unwrap().remove("levers"))).unwrap();
    assert_eq!(without.levers, []);
    let as_it_is = changed(|_| {}).unwrap();
    assert!(as_it_is.levers.len() > 1);
    assert_eq!(as_written(&without)["reasons"], as_written(&as_it_is)["reasons"]);
}

#[test]
fn a_line_with_keys_that_nobody_knows_yet_is_read() {
    let as_it_is = changed(|_| {}).unwrap();
    let longer = changed(|line| {
        line["another"] = json!({"nested": [1, null]});
        line["reasons"][0]["another"] = json!("text");
        line["questions"][0]["another"] = json!(1);
        line["levers"][0]["another"] = json!([]);
    });
    assert_eq!(longer.unwrap(), as_it_is);
}
