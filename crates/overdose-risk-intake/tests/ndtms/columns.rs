//! Each column by itself: its codes, its labels, and what it says of nothing.

use crate::{as_of, dated, facts, record, row};
use chrono::NaiveDate;
use overdose_risk::{
    Age, CaseStatus, Event, Field, Housing, Injecting, Naloxone, State, Status, Unknown, YesNo,
};
use overdose_risk_intake::ndtms::NdtmsColumn::{self, *};
use overdose_risk_intake::ndtms::{NdtmsRow, codes, is_identifier_of_the_format, looks_like_ndtms};
use overdose_risk_intake::{Column, ProblemKind};

#[test]
fn a_header_names_its_column_whatever_its_case_and_the_space_around_it_and_nothing_else() {
    for (place, column) in NdtmsColumn::ALL.into_iter().enumerate() {
        let name = column.name();
        for header in [name.to_owned(), name.to_lowercase(), format!("\t {name} ")] {
            assert_eq!(NdtmsColumn::named(header.as_bytes()), Some(column));
        }
        assert_eq!(column.index(), place);
        let longer = NdtmsColumn::named(format!("{name}WTH").as_bytes());
        assert_eq!(longer, column.is_stem().then_some(column), "{name}");
        assert_eq!(NdtmsColumn::named(&name.as_bytes()[1..]), None);
    }
    for other in ["", "CLIENT", "DRUG", "DRUG1AGE", "MODSET", "PHMAIN", "opioid_use", "id"] {
        assert_eq!(NdtmsColumn::named(other.as_bytes()), None, "{other}");
    }
}

#[test]
fn an_extract_is_known_by_its_headers_and_a_native_export_is_none() {
    let looks = |headers: &str| looks_like_ndtms(headers.split(' ').map(str::as_bytes));
    assert!(looks("AGNCY CLIENTID DRUG1 RFLS"));
    assert!(looks("FINITIAL dob agncy client ClientId EPISODID drug1 DRUG2"));
    for headers in
        ["AGNCY CLIENTID DRUG1", "AGNCY CLIENTID RFLS DOB", "AGNCY DRUG1 DOB", "CLIENTID DRUG1 DOB"]
    {
        assert!(!looks(headers), "{headers}");
    }
    assert!(!looks("AGNCY CLIENTID DRUG1 RFLS ID"));
    assert!(!looks(""));
}

#[test]
fn identifiers_that_the_format_always_carries_are_known_and_only_the_date_of_birth_is_read() {
    for header in ["FINITIAL", "SINITIAL", " dob", "pc", "CLIENT", "GPPTCE"] {
        assert!(is_identifier_of_the_format(header.as_bytes()), "{header}");
        let named = NdtmsColumn::named(header.as_bytes());
        assert_eq!(named, (header.trim() == "dob").then_some(Dob));
    }
    for header in ["CLIENTID", "NAME", "", "SEX"] {
        assert!(!is_identifier_of_the_format(header.as_bytes()), "{header}");
    }
}

/// What a column says of one cell, with `REFLD` and `DISD` beside it, and its own problems.
fn says(column: NdtmsColumn, field: Field, cell: &str) -> (String, Vec<ProblemKind>) {
    let day = dated(10);
    let beside = [(Refld, day.as_bytes()), (Disd, day.as_bytes()), (column, cell.as_bytes())];
    let (record, problems) = record(&beside);
    let own = problems.iter().filter(|(of, _)| *of == field).map(|(_, kind)| *kind).collect();
    let fact = match record.fact(field) {
        overdose_risk::Fact::Event(Event::On(_)) => "on".to_owned(),
        overdose_risk::Fact::Event(event) => match event.why_unknown() {
            Some(why) => format!("unknown:{why:?}"),
            None => "none".to_owned(),
        },
        fact => match fact.state() {
            State::Unknown(why) => format!("unknown:{why:?}"),
            _ => format!("{fact:?}").to_lowercase(),
        },
    };
    (fact, own)
}

/// The ways in which one label is written.
fn written(label: &str) -> [String; 5] {
    [
        label.to_owned(),
        label.to_uppercase(),
        format!(" {label}\u{a0}"),
        label.replace(' ', " \u{a0} "),
        label.replace('-', "\u{2013}"),
    ]
}

#[test]
fn every_code_and_label_says_what_its_line_in_the_lists_means() {
    let of_list = |list| match list {
        "DRUG" => None,
        "RFLS" => Some((Rfls, Field::PrisonRelease)),
        "MODAL" => None,
        "INJSTAT" => Some((InjStat, Field::Injecting)),
        "ACCMNEED" => Some((AccmNeed, Field::Housing)),
        "NALOXISS" => Some((Naloxiss, Field::Naloxone)),
        "NALOXAD" => Some((Naloxad, Field::Overdose)),
        "DISRSN" => Some((DisRsn, Field::CaseStatus)),
        list => panic!("{list}"),
    };
    let mut seen = 0;
    for line in codes() {
        let Some((column, field)) = of_list(line.list) else { continue };
        let expected = match (line.list, line.means) {
            ("RFLS", "prison") => "on",
            ("RFLS", _) | ("NALOXAD", "no") => "none",
            ("DISRSN", "left") | ("NALOXAD", "yes") | (_, "not_recorded") => "unknown:NotRecorded",
            (_, "declined") => "unknown:Declined",
            (_, means) => means,
        };
        for text in written(line.label).iter().map(String::as_str).chain([line.code]) {
            if text.trim().is_empty() {
                continue;
            }
            let (fact, problems) = says(column, field, text);
            let expected = expected.replace('_', "");
            assert!(
                fact == expected || fact.contains(&format!("known({expected})")),
                "{text}: {fact}"
            );
            let inferred = line.means == "prison";
            assert_eq!(problems, [ProblemKind::Inferred][..usize::from(inferred)], "{text}");
            seen += 1;
        }
    }
    assert!(seen > 400);
}

#[test]
fn a_code_or_label_in_no_list_is_unreadable_and_a_problem() {
    for (column, field) in [
        (Rfls, Field::PrisonRelease),
        (InjStat, Field::Injecting),
        (Inject, Field::Injecting),
        (IvDrgUse, Field::Injecting),
        (AccmNeed, Field::Housing),
        (Naloxiss, Field::Naloxone),
        (Naloxad, Field::Overdose),
        (DisRsn, Field::CaseStatus),
        (Dob, Field::Age),
        (Modal, Field::Ost),
        (PhMeth, Field::Ost),
        (Drug1, Field::OpioidUse),
        (OpiUse, Field::OpioidUse),
    ] {
        for cell in ["999", "maybe", "\u{663}", "13.0"] {
            let (fact, problems) = says(column, field, cell);
            assert_eq!(fact, "unknown:Unreadable", "{column} {cell}");
            assert_eq!(problems, [ProblemKind::Unreadable], "{column} {cell}");
        }
        for cell in ["", " ", "NA", "na", "unknown"] {
            let (fact, problems) = says(column, field, cell);
            assert_eq!(fact, "unknown:NotRecorded", "{column} {cell}");
            assert_eq!(problems, [], "{column} {cell}");
        }
    }
    // Numbers that nobody has read: neither list has any.
    for cell in ["0", "1", "true"] {
        assert_eq!(says(Naloxiss, Field::Naloxone, cell).0, "unknown:Unreadable");
        assert_eq!(says(Naloxad, Field::Overdose, cell).0, "unknown:Unreadable");
    }
}

#[test]
fn every_column_that_the_extract_has_leaves_its_facts_unknown_and_every_other_not_collected() {
    for column in NdtmsColumn::ALL {
        let (record, problems) = record(&[(column, b"")]);
        assert_eq!(problems, []);
        for field in Field::ALL {
            let is_given = column.gives() == Column::Fact(field)
                || (matches!(column, Drug1 | Drug2 | Drug3)
                    && matches!(
                        field,
                        Field::Benzodiazepines | Field::Gabapentinoids | Field::Alcohol
                    ))
                || (column == Naloxiss && field == Field::NaloxoneExpiry);
            let expected = match (is_given, column) {
                // Without the kind of intervention, its dates say nothing.
                (false, _) | (_, ModSt | ModEnd) => State::NotCollected,
                (true, Disd) => State::NoneRecorded,
                (true, _) => State::Unknown(Unknown::NotRecorded),
            };
            assert_eq!(record.state(field), expected, "{column}: {field}");
        }
    }
    assert_eq!(record(&[]).0, facts(&[]).0.record(&mut |_| {}));
    assert!(Field::ALL.iter().all(|field| record(&[]).0.state(*field) == State::NotCollected));
}

#[test]
fn the_age_is_in_whole_years_and_rises_on_the_birthday() {
    for (born, expected) in [
        ("19800331", Some(46)),
        ("1980-04-01", Some(45)),
        ("31/03/2026", Some(0)),
        ("19060331", Some(120)),
        ("19050331", None),
        ("20260401", None),
        ("18991231", None),
    ] {
        let (record, problems) = record(&[(Dob, born.as_bytes())]);
        let expected = expected.map(|years| Age::years(years).unwrap());
        assert_eq!(record.age.known(), expected, "{born}");
        let contradictory = [(Field::Age, ProblemKind::Contradictory)];
        assert_eq!(problems, contradictory[..usize::from(expected.is_none())], "{born}");
    }
    let leap = |as_of: NaiveDate| {
        let cells = |column| (column == Dob).then_some(b"20000229".as_slice());
        let read = overdose_risk_intake::ndtms::read(&cells, as_of, &mut |_| {});
        let NdtmsRow::Facts(facts) = read else { panic!() };
        facts.record(&mut |_| {}).age.known().unwrap().range_on(as_of).unwrap().0
    };
    assert_eq!(leap(NaiveDate::from_ymd_opt(2026, 2, 28).unwrap()), 25);
    assert_eq!(leap(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()), 26);
}

#[test]
fn a_release_is_inferred_only_where_prison_referred_on_a_day_that_is_known() {
    let (today, tomorrow) = (dated(0), dated(-1));
    for (referred, expected, kind) in [
        (today.as_bytes(), Event::On(as_of()), Some(ProblemKind::Inferred)),
        (b"NA", Event::unknown(Unknown::NotRecorded), None),
        (b"soon", Event::unknown(Unknown::Unreadable), None),
        (tomorrow.as_bytes(), Event::unknown(Unknown::Contradictory), None),
    ] {
        let (record, problems) = record(&[(Rfls, b"13"), (Refld, referred)]);
        assert_eq!(record.prison_release, expected);
        let kinds: Vec<_> = problems.into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(kinds, Vec::from_iter(kind));
    }
}

#[test]
fn current_injecting_is_believed_from_any_column_and_never_only_from_the_status() {
    for (status, lately, used, expected) in [
        ("N", "N", "0", Some(Injecting::Never)),
        ("P", "NA", "NA", Some(Injecting::Previous)),
        ("N", "Y", "0", Some(Injecting::Current)),
        ("N", "N", "1", Some(Injecting::Current)),
        ("C", "N", "0", Some(Injecting::Current)),
        ("NA", "N", "0", None),
        ("NA", "NA", "28", Some(Injecting::Current)),
        ("N", "NA", "29", Some(Injecting::Never)),
    ] {
        let cells = [
            (InjStat, status.as_bytes()),
            (Inject, lately.as_bytes()),
            (IvDrgUse, used.as_bytes()),
        ];
        assert_eq!(record(&cells).0.injecting.known(), expected, "{status} {lately} {used}");
    }
}

#[test]
fn substances_say_yes_and_never_no() {
    let cells = [(Drug1, b"2200".as_slice()), (Drug2, b"pregabalin"), (Drug3, b"Alcohol")];
    let (all, _) = record(&cells);
    assert_eq!([all.benzodiazepines, all.gabapentinoids, all.alcohol], [YesNo::Yes.into(); 3]);
    let (none, _) = record(&[(Drug1, b"5000"), (Drug2, b"9996"), (Drug3, b"9997")]);
    assert_eq!([none.benzodiazepines, none.gabapentinoids, none.alcohol], [Status::default(); 3]);
}

#[test]
fn nobody_is_taken_for_dead_without_a_day_on_which_the_episode_ended() {
    let (yesterday, tomorrow) = (dated(1), dated(-1));
    for (day, reason, died, exit) in [
        (yesterday.as_str(), "9", true, None),
        (yesterday.as_str(), "Died", true, None),
        (yesterday.as_str(), "incomplete \u{2013} client died", true, None),
        ("NA", "9", false, Some(Event::NoneRecorded)),
        (tomorrow.as_str(), "9", false, Some(Event::unknown(Unknown::Contradictory))),
        ("soon", "Died", false, Some(Event::unknown(Unknown::Unreadable))),
        (yesterday.as_str(), "NA", false, Some(Event::On(crate::ago(1)))),
        (yesterday.as_str(), "diedd", false, Some(Event::On(crate::ago(1)))),
        (yesterday.as_str(), "8", false, Some(Event::On(crate::ago(1)))),
    ] {
        let (record, _) = record(&[(Disd, day.as_bytes()), (DisRsn, reason.as_bytes())]);
        assert_eq!(record.case_status.is(CaseStatus::Died), died, "{day} {reason}");
        assert!(exit.is_none_or(|exit| exit == record.treatment_exit), "{day} {reason}");
    }
}

#[test]
fn a_kit_that_was_issued_is_held_with_an_unknown_expiry() {
    let (held, _) = record(&[(Naloxiss, "Yes – nasal".as_bytes())]);
    assert_eq!(held.naloxone, Naloxone::Held.into());
    assert_eq!(held.naloxone_expiry, Status::Unknown(Unknown::NotRecorded));
    assert_eq!(record(&[(AccmNeed, b"1")]).0.housing, Housing::NoFixedAbode.into());
}

#[test]
fn without_consent_nothing_is_read_and_anything_but_a_no_is_read() {
    for no in ["N", "n", " No ", "declined", "0", "false"] {
        let cells = [(Consent, no.as_bytes()), (Dob, b"?".as_slice()), (Drug1, b"?")];
        assert_eq!(row(&cells), (NdtmsRow::WithoutConsent, vec![]), "{no}");
    }
    for yes in ["Y", "yes", "", "NA"] {
        assert_eq!(facts(&[(Consent, yes.as_bytes())]).1, [], "{yes}");
    }
    let (_, problems) = facts(&[(Consent, b"2")]);
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].column, problems[0].kind), (Column::Id, ProblemKind::Unreadable));
}
