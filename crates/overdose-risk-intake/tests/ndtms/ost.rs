//! Opioid substitution treatment, from the interventions.

use crate::{Cell, ago, dated, record, together};
use overdose_risk::{Event, Field, Ost, Policy, Record, Status, Unknown, assess};
use overdose_risk_intake::ProblemKind;
use overdose_risk_intake::ndtms::NdtmsColumn::{
    Disd, Drug1, Drug2, Drug3, ModEnd, ModSt, Modal, PhBudi, PhBupren, PhMeth,
};
use overdose_risk_intake::ndtms::of_one_stem;

const UNKNOWN: Event = Event::Unknown { why: Unknown::NotRecorded, latest: None };

/// A row with these substances and this intervention that began and ended so many days ago.
fn intervention(cells: &[Cell<'_>], began: Option<i64>, ended: Option<i64>) -> Record {
    let day = |days: Option<i64>| days.map_or("NA".to_owned(), dated);
    let (began, ended) = (day(began), day(ended));
    let dates = [(ModSt, began.as_bytes()), (ModEnd, ended.as_bytes())];
    record(&[cells, &dates].concat()).0
}

const HEROIN: Cell<'_> = (Drug1, b"Heroin");
const LIKE_AN_OPIOID: Cell<'_> = (Drug1, b"1234");
const ALCOHOL: [Cell<'_>; 3] = [(Drug1, b"7000"), (Drug2, b"9996"), (Drug3, b"9997")];

#[test]
fn treatment_is_prescribed_only_where_an_open_intervention_names_it_or_prescribes_to_an_opioid() {
    let [alcohol, second, third] = ALCOHOL;
    let named: [Cell<'_>; 3] = [(PhMeth, b"Y"), (PhBupren, b"yes"), (PhBudi, b"1")];
    let [meth, bupren, budi] = named;
    let denied: [Cell<'_>; 3] = [(PhMeth, b"N"), (PhBupren, b"n"), (PhBudi, b"0")];
    let yes = Some(true);
    let cases: [(&[Cell<'_>], Option<bool>); 21] = [
        (&[HEROIN, (Modal, b"2")], yes),
        (&[HEROIN, (Modal, b"3")], yes),
        (&[HEROIN, (Modal, b"gp prescribing")], yes),
        (&[(Drug3, b"1105"), (Modal, b"2")], yes),
        (&[HEROIN, (Modal, b"94")], None),
        (&[HEROIN, (Modal, b"94"), meth], yes),
        (&[HEROIN, (Modal, b"94"), bupren], yes),
        (&[HEROIN, (Modal, b"NA"), budi], yes),
        (&[alcohol, second, third, meth], yes),
        (&[(Modal, b"4711"), meth], yes),
        // The review is of another intervention than the row.
        (&[HEROIN, (Modal, b"95"), meth], None),
        (&[LIKE_AN_OPIOID, (Modal, b"2")], None),
        (&[alcohol, (Modal, b"2")], None),
        (&[(Modal, b"2")], None),
        (&[HEROIN, (Modal, b"4711")], None),
        (&[HEROIN, (Modal, b"")], None),
        (&[HEROIN, (Modal, b"2"), denied[0], denied[1], denied[2]], None),
        (&[HEROIN, (Modal, b"94"), denied[0], denied[1], denied[2]], Some(false)),
        (&[alcohol, second, third, (Modal, b"2")], Some(false)),
        (&[alcohol, second, third, (Modal, b"94")], Some(false)),
        (&[HEROIN, (Modal, b"96")], Some(false)),
    ];
    for (cells, is_ost) in cases {
        let open = intervention(cells, Some(20), None);
        let ended = intervention(cells, Some(200), Some(10));
        let unknown = Status::Unknown(Unknown::NotRecorded);
        let (expected, since, until) = match is_ost {
            Some(true) => (
                [Ost::Prescribed.into(), Ost::NotPrescribed.into()],
                Event::On(ago(20)),
                Event::On(ago(10)),
            ),
            Some(false) => ([unknown; 2], Event::NoneRecorded, Event::NoneRecorded),
            None => (
                [Status::Unknown(open.ost_started.why_unknown().unwrap()); 2],
                open.ost_started,
                open.ost_started,
            ),
        };
        assert_eq!([open.ost, ended.ost], expected, "{cells:?}");
        assert_eq!((open.ost_started, ended.ost_ended), (since, until), "{cells:?}");
        assert_eq!(open.ost_ended, Event::NoneRecorded, "{cells:?}");
    }
}

#[test]
fn an_intervention_is_open_from_its_start_until_its_end_or_that_of_the_episode() {
    let heroin = [HEROIN, (Modal, b"2".as_slice())];
    let read = |began, ended, discharged: Option<i64>| {
        let discharged = discharged.map_or(String::new(), dated);
        let cells = [heroin.as_slice(), &[(Disd, discharged.as_bytes())]].concat();
        let record = intervention(&cells, began, ended);
        (record.ost.known(), record.ost_started, record.ost_ended)
    };
    let on = |days| Event::On(ago(days));
    let (prescribed, ended) = (Some(Ost::Prescribed), Some(Ost::NotPrescribed));
    let contradictory = Event::unknown(Unknown::Contradictory);
    for (began, end, discharged, expected) in [
        (Some(0), None, None, (prescribed, on(0), Event::NoneRecorded)),
        (Some(0), Some(0), None, (ended, on(0), on(0))),
        (Some(90), Some(-1), None, (prescribed, on(90), Event::NoneRecorded)),
        (Some(90), None, Some(5), (ended, on(90), on(5))),
        (Some(90), Some(-1), Some(5), (ended, on(90), on(5))),
        (Some(90), Some(7), Some(5), (ended, on(90), on(7))),
        (None, None, None, (None, Event::NoneRecorded, Event::NoneRecorded)),
        (None, None, Some(5), (None, Event::NoneRecorded, Event::NoneRecorded)),
        (None, Some(7), None, (None, contradictory, contradictory)),
        (Some(7), Some(90), None, (None, contradictory, contradictory)),
        (Some(-1), None, None, (None, contradictory, contradictory)),
    ] {
        assert_eq!(read(began, end, discharged), expected, "{began:?} {end:?} {discharged:?}");
    }
}

#[test]
fn dates_that_contradict_each_other_are_a_problem_only_where_it_may_be_treatment() {
    let (began, ended) = (dated(7), dated(90));
    let days = [(ModSt, began.as_bytes()), (ModEnd, ended.as_bytes())];
    let problems = |cells: &[Cell<'_>]| record(&[cells, &days].concat()).1;
    assert_eq!(problems(&[HEROIN, (Modal, b"2")]), [(Field::OstEnded, ProblemKind::Contradictory)]);
    assert_eq!(problems(&[HEROIN, (Modal, b"96")]), []);
}

#[test]
fn an_extract_without_a_column_for_the_end_or_with_one_that_cannot_be_read_never_says_prescribed() {
    let began = dated(90);
    let since = (ModSt, began.as_bytes());
    let (without, _) = record(&[HEROIN, (Modal, b"2"), since]);
    assert_eq!(without.ost, Status::default());
    assert_eq!((without.ost_started, without.ost_ended), (Event::On(ago(90)), Event::NotCollected));

    for column in [ModEnd, Disd] {
        let (record, problems) = record(&[HEROIN, (Modal, b"2"), since, (column, b"soon")]);
        assert_eq!(record.ost.known(), None, "{column}");
        assert!(problems.contains(&(field(column), ProblemKind::Unreadable)), "{problems:?}");
    }
    // It has no end of its own, and may have ended with the episode.
    let open = [HEROIN, (Modal, b"2".as_slice()), since, (ModEnd, b"NA")];
    let (record_of_open, _) = record(&open);
    assert_eq!(record_of_open.ost, Ost::Prescribed.into());
    let (perhaps, _) = record(&[open.as_slice(), &[(Disd, b"soon")]].concat());
    assert_eq!(perhaps.ost, Status::Unknown(Unknown::Unreadable));
    let (none, problems) = record(&[HEROIN, since]);
    assert_eq!((none.ost, none.ost_started), (Status::NotCollected, Event::NotCollected));
    assert_eq!(problems, []);
}

#[test]
fn an_end_is_believed_from_either_column_where_the_other_says_nothing() {
    let (began, ended) = (dated(90), dated(7));
    let since = (ModSt, began.as_bytes());
    let until = |column| (column, ended.as_bytes());
    let ended_of = |cells: &[Cell<'_>]| {
        let record = record(&[&[HEROIN, (Modal, b"2".as_slice())], cells].concat()).0;
        (record.ost.known(), record.ost_started, record.ost_ended)
    };
    let over = Some(Ost::NotPrescribed);
    let (on, at) = (Event::On(ago(90)), Event::On(ago(7)));
    assert_eq!(ended_of(&[since, until(Disd)]), (over, on, at));
    assert_eq!(ended_of(&[since, until(ModEnd), (Disd, b"soon")]), (over, on, at));
    assert_eq!(ended_of(&[until(ModEnd)]), (over, Event::NotCollected, at));
    // The end of an episode is no end of treatment of which nobody says that it began.
    assert_eq!(ended_of(&[until(Disd)]), (None, Event::NotCollected, Event::NotCollected));
    assert_eq!(ended_of(&[until(Disd), (ModEnd, b"")]), (None, Event::NotCollected, UNKNOWN));
}

fn field(column: overdose_risk_intake::ndtms::NdtmsColumn) -> Field {
    if column == Disd { Field::TreatmentExit } else { Field::OstEnded }
}

#[test]
fn what_only_may_have_been_treatment_is_unknown_while_that_could_change_an_assessment() {
    let heroin = [HEROIN, (Modal, b"94".as_slice())];
    for (days, expected) in [(28, UNKNOWN), (29, Event::NoneRecorded)] {
        let open = intervention(&heroin, Some(days), None);
        let ended = intervention(&heroin, Some(400), Some(days));
        assert_eq!((open.ost_started, ended.ost_ended), (expected, expected), "{days}");

        // The core looks no further back than that, so nothing is lost.
        let shows = |record: Record| {
            assess(&record, crate::as_of(), Policy::practice_principles()).points() > 0
        };
        let since = Record { ost_started: Event::On(ago(days)), ..none() };
        let until = Record { ost_ended: Event::On(ago(days)), ..none() };
        assert_eq!((shows(since), shows(until)), (days <= 28, days <= 28));
    }
}

/// Nothing is recorded of anything that carries points.
fn none() -> Record {
    Record {
        opioid_use: overdose_risk::OpioidUse::Past.into(),
        naloxone: overdose_risk::Naloxone::Held.into(),
        ..Record::default()
    }
}

#[test]
fn an_open_intervention_counts_before_those_that_ended_in_whatever_order() {
    let days = [300, 200, 150, 40].map(dated);
    let row = |from: usize, until: Option<usize>| {
        let until = until.map_or(b"NA".as_slice(), |day| days[day].as_bytes());
        vec![HEROIN, (Modal, b"2".as_slice()), (ModSt, days[from].as_bytes()), (ModEnd, until)]
    };
    let talk =
        vec![HEROIN, (Modal, b"95".as_slice()), (ModSt, days[3].as_bytes()), (ModEnd, b"NA")];
    // The second course ends after the open one began.
    for (open, ended) in [(row(2, None), row(0, Some(1))), (row(0, None), row(1, Some(2)))] {
        let rows = [&ended, &open, &talk];
        for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1]] {
            assert_eq!(together(order.map(|at| rows[at])).ost, Ost::Prescribed.into());
        }
    }
    let record = together(&[row(0, Some(1)), row(2, None), talk]);
    assert_eq!((record.ost_started, record.ost_ended), (Event::On(ago(150)), Event::On(ago(200))));
}

#[test]
fn treatment_that_began_on_the_day_on_which_another_ended_is_prescribed() {
    for days in [0, 1, 20] {
        let (long_ago, day) = (dated(90), dated(days));
        let ended = vec![
            HEROIN,
            (Modal, b"2".as_slice()),
            (ModSt, long_ago.as_bytes()),
            (ModEnd, day.as_bytes()),
        ];
        let open = vec![HEROIN, (Modal, b"3".as_slice()), (ModSt, day.as_bytes()), (ModEnd, b"NA")];
        assert_eq!(together([&ended, &open]).ost, Ost::Prescribed.into(), "{days}");
        assert_eq!(together([&ended]).ost, Ost::NotPrescribed.into(), "{days}");
    }
}

#[test]
fn of_several_columns_with_one_stem_a_yes_counts_and_a_no_only_if_all_say_it() {
    let of = |cells: &[&'static str]| of_one_stem(cells.iter().map(|cell| cell.as_bytes()));
    assert_eq!(of(&["N", "Y", ""]), Some(b"Y".as_slice()));
    assert_eq!(of(&["N", "NA"]), Some(b"NA".as_slice()));
    assert_eq!(of(&["?", "NA", "N"]), Some(b"?".as_slice()));
    assert_eq!(of(&["N", "N"]), Some(b"N".as_slice()));
    assert_eq!(of(&[]), None);
}
