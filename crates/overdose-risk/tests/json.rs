//! What others read: the shapes that the `serde` feature writes.

#![cfg(feature = "serde")]
use chrono::NaiveDate;
use expect_test::expect;
use overdose_risk::factor::Case;
use overdose_risk::{Age, CaseStatus, Event, Naloxone, Ost, Policy, Record, Status, YesNo, assess};
use overdose_risk_testkit::strategies::days_before;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

fn released() -> Record {
    Record {
        prison_release: days_before(as_of(), 1).into(),
        detox_exit: days_before(as_of(), 20).into(),
        naloxone: Naloxone::NotHeld.into(),
        z_drugs: YesNo::Yes.into(),
        case_status: CaseStatus::Closed.into(),
        ..Case::plain(as_of())
    }
}

#[test]
fn the_json_shape_of_an_explanation() {
    let record = Record { overdose: Event::default(), ..released() };
    let assessment = assess(&record, as_of(), Policy::practice_principles());
    let explained = serde_json::to_value(assessment.explain()).unwrap();
    assert_eq!(serde_json::to_value(assessment).unwrap(), explained);
    let expected = expect![[r#"
        {
          "as_of": "2026-03-31",
          "policy": "practice-principles@1#59693b438922",
          "tier": "act-now",
          "promise": "contact within one working day",
          "by_known_facts": "act-now",
          "points": 27,
          "could_reach": "act-now",
          "could_points": 34,
          "naloxone_gap": true,
          "in_custody": false,
          "reasons": [
            {
              "factor": "prison-release",
              "level": "days-0-14",
              "sentence": "Released from prison yesterday.",
              "points": 20,
              "not_counted": null,
              "floor": "act-now",
              "judgement": false,
              "sources": [
                "merrall-2010"
              ],
              "action": "Contact now: an appointment this week, the prescription bridged without a gap, take-home naloxone in hand.",
              "holds_until": "2026-04-13"
            },
            {
              "factor": "naloxone",
              "level": "not-held",
              "sentence": "Holds no take-home naloxone.",
              "points": 4,
              "not_counted": null,
              "floor": null,
              "judgement": true,
              "sources": [
                "bird-2016"
              ],
              "action": "Offer take-home naloxone and training, to the person and to those around them.",
              "holds_until": null
            },
            {
              "factor": "detox-exit",
              "level": "days-0-28",
              "sentence": "Left inpatient detoxification or residential rehabilitation 20 days ago.",
              "points": 0,
              "not_counted": "worth 16, but lost tolerance is counted once and release from prison counts most",
              "floor": "act-now",
              "judgement": true,
              "sources": [
                "emcdda-norway",
                "strang-2003"
              ],
              "action": "Call and offer an immediate restart of treatment; talk about lost tolerance.",
              "holds_until": "2026-04-08"
            },
            {
              "factor": "z-drugs",
              "level": "yes",
              "sentence": "Takes z-drugs.",
              "points": 3,
              "not_counted": null,
              "floor": null,
              "judgement": false,
              "sources": [
                "glancy-scotland"
              ],
              "action": "Review with the prescriber; never an abrupt stop.",
              "holds_until": null
            }
          ],
          "questions": [
            {
              "field": "overdose",
              "ask": "Has the person had a near-fatal overdose, and when was the last one?",
              "could_points": 34,
              "could_reach": "act-now"
            }
          ],
          "offers": [
            "Contact now: an appointment this week, the prescription bridged without a gap, take-home naloxone in hand.",
            "Offer take-home naloxone and training, to the person and to those around them.",
            "Call and offer an immediate restart of treatment; talk about lost tolerance.",
            "Review with the prescriber; never an abrupt stop."
          ],
          "levers": [
            {
              "step": "kit-handed-over",
              "tier": "act-now",
              "points": 23
            },
            {
              "step": "answer",
              "field": "overdose",
              "answer": "never",
              "tier": "act-now",
              "points": 27
            },
            {
              "step": "answer",
              "field": "overdose",
              "answer": "2026-03-31",
              "tier": "act-now",
              "points": 34
            },
            {
              "step": "time",
              "on": "2026-04-09",
              "tier": "act-now",
              "points": 27
            }
          ],
          "valid_until": "2026-04-08"
        }"#]];
    expected.assert_eq(&serde_json::to_string_pretty(&assessment).unwrap());
}

#[test]
fn the_json_shape_of_each_kind_of_lever() {
    let record = Record {
        age: Age::between(30, 39).unwrap().into(),
        opioid_use: Status::NotCollected,
        ost: Ost::NotPrescribed.into(),
        ..released()
    };
    let assessment = assess(&record, as_of(), Policy::practice_principles());
    let levers: Vec<String> =
        assessment.levers().iter().map(|lever| serde_json::to_string(lever).unwrap()).collect();
    let expected = expect![[r#"
        {"step":"kit-handed-over","tier":"not-enough-information","by_known_facts":"act-now","points":23}
        {"step":"treatment-started","tier":"act-now","points":38}
        {"step":"answer","field":"opioid_use","answer":"current","tier":"act-now","points":39}
        {"step":"answer","field":"opioid_use","answer":"past","tier":"act-now","points":31}
        {"step":"answer","field":"opioid_use","answer":"none","tier":"out-of-scope","points":0}
        {"step":"answer","field":"age","answer":"30-34","tier":"not-enough-information","by_known_facts":"act-now","points":27}
        {"step":"answer","field":"age","answer":"35-39","tier":"not-enough-information","by_known_facts":"act-now","points":30}
        {"step":"time","on":"2026-04-09","tier":"not-enough-information","by_known_facts":"act-now","points":27}"#]];
    expected.assert_eq(&levers.join("\n"));
}

#[test]
fn the_json_shape_of_a_tally() {
    let mut tally = overdose_risk::Tally::default();
    tally.add(&assess(&released(), as_of(), Policy::practice_principles()));
    tally.add(&assess(&Record::default(), as_of(), Policy::practice_principles()));
    let tally = serde_json::to_value(tally).unwrap();
    let short = serde_json::json!({
        "people": tally["people"],
        "not_enough_information": tally["not_enough_information"],
        "naloxone_gaps": tally["naloxone_gaps"],
        "in_custody": tally["in_custody"],
        "overdue": tally["levels"]["prison-release:release-overdue"],
        "released": tally["levels"]["prison-release:days-0-14"],
        "overdose": tally["fields"]["overdose"],
        "asked": tally["questions"]["opioid_use"],
    });
    let expected = expect![[r#"
        {
          "asked": 1,
          "in_custody": 0,
          "naloxone_gaps": 2,
          "not_enough_information": {
            "act-now": 0,
            "prioritise": 0,
            "standard": 1
          },
          "overdose": {
            "known": 0,
            "none_recorded": 1,
            "not_collected": 0,
            "unknown": 1
          },
          "overdue": 0,
          "people": {
            "act-now": 1,
            "not-enough-information": 1,
            "out-of-scope": 0,
            "prioritise": 0,
            "standard": 0
          },
          "released": 1
        }"#]];
    expected.assert_eq(&serde_json::to_string_pretty(&short).unwrap());
    assert_eq!(tally.as_object().unwrap().len(), 7);
}
