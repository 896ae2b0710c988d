//! Ids that become pseudonyms only by a key, and rows behind a broken line.

use chrono::NaiveDate;
use overdose_risk_csv::{Entry, Export};
use overdose_risk_intake::{Facts, Intake, PseudonymKey, Zeroizing};
use std::sync::Arc;

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone,case_status,notes";

fn keyed() -> Intake {
    let key = Zeroizing::new((0..32_u8).map(|byte| byte.wrapping_mul(byte) ^ 90).collect());
    Intake { key: Some(Arc::new(PseudonymKey::new(key).unwrap())), ..Intake::default() }
}

/// The line and the facts of every person, and the line and the kind of what was quarantined, which is
/// never named.
fn read(rows: &[String], intake: &Intake) -> (Vec<(u64, Facts)>, Vec<String>) {
    let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    let export = format!("{HEADER}\n{}\n", rows.join("\n"));
    let mut export = Export::open(export.as_bytes(), as_of, intake).unwrap();
    let (mut people, mut quarantined) = (Vec::new(), Vec::new());
    while let Some(row) = export.read(&mut |_| {}).unwrap() {
        match row.entry {
            Entry::Person(person) => people.push((row.line, person.facts)),
            Entry::Quarantined { id, kind } => {
                assert!(id.is_none() || intake.key.is_none(), "a raw id is named");
                quarantined.push(format!("{} {kind}", row.line));
            }
            Entry::Blank => {}
        }
    }
    (people, quarantined)
}

fn lines(people: &[(u64, Facts)]) -> Vec<u64> {
    people.iter().map(|(line, _)| *line).collect()
}

#[test]
fn a_stray_quote_that_seems_to_be_closed_swallows_nobody_whatever_ids_look_like() {
    for scheme in [
        |person: u32| format!("999 000 {person:04}"),
        |person: u32| format!("person{person}@example.org"),
        |person: u32| format!("Surname {}", char::from(b'A' + person as u8)),
        |person: u32| format!("p-{person}"),
    ] {
        let row = |person, notes| {
            format!("{},44,current,2026-03-28,not_held,open,{notes}", scheme(person))
        };
        let rows = [row(1, ""), row(2, "\"stray"), row(3, "x"), row(4, "y\""), row(5, "")];
        let (people, quarantined) = read(&rows, &keyed());
        assert_eq!(lines(&people), [2, 4, 5, 6], "{}", scheme(1));
        assert_eq!(quarantined, ["3 record-within-quotes"], "{}", scheme(1));
    }
}

#[test]
fn a_line_of_a_broken_note_removes_nobody_who_is_known_to_live() {
    let rows = [
        "p-1,44,current,2026-03-28,not_held,open,".to_owned(),
        "p-2,31,current,,held,open,\"says \"so".to_owned(),
        "p-1,44,,,,died,".to_owned(),
        "p-3,31,,,,died,".to_owned(),
    ];
    let (people, _) = read(&rows, &Intake::default());
    let [(2, own), (4, note), (5, other)] = people[..] else { panic!("{:?}", lines(&people)) };
    // By itself it says what it says; beside a row that knows better it does not count.
    assert!(note.has_died() && other.has_died());
    let joined = |mut one: Facts, other: &Facts| {
        one.join(other);
        one.has_died()
    };
    assert!(!joined(own, &note) && !joined(note, &own));
    assert!(joined(own, &other));
}
