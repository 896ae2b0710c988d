//! Opioid use, from a review and from the substances.

use crate::{dated, record, together};
use overdose_risk::{Field, OpioidUse, Status, Unknown};
use overdose_risk_intake::ProblemKind;
use overdose_risk_intake::ndtms::NdtmsColumn::{Drug1, Drug2, Drug3, OpiUse, TopDate, Triaged};

/// What a cell with a substance says.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Opioid,
    NoOpioid,
    Nothing,
    Unreadable,
    NotThere,
}

const SUBSTANCES: [(Option<&str>, Says); 12] = [
    (None, Says::NotThere),
    (Some(""), Says::Nothing),
    (Some("NA"), Says::Nothing),
    (Some("7000"), Says::NoOpioid),
    (Some(" crack "), Says::NoOpioid),
    (Some("9997"), Says::NoOpioid),
    (Some("1105"), Says::Opioid),
    (Some("HEROIN"), Says::Opioid),
    // In no list, and begins as opioids do.
    (Some("1234"), Says::Opioid),
    (Some("12345"), Says::Unreadable),
    (Some("2345"), Says::Unreadable),
    (Some("9998"), Says::Unreadable),
];

#[test]
fn opioid_use_is_read_from_every_mixture_of_days_of_use_review_and_substances() {
    let reviews: Vec<Option<String>> = [None, Some(String::new()), Some("soon".to_owned())]
        .into_iter()
        .chain([-1, 0, 1, 182, 183, 184, 4000].map(|days| Some(dated(days))))
        .collect();
    let is_recent = [false, false, false, false, true, true, true, true, false, false];
    let days =
        [None, Some(""), Some("NA"), Some("0"), Some("1"), Some("28"), Some("29"), Some("x")];
    let mut seen = 0;
    for used in days {
        for (review, is_recent) in reviews.iter().zip(is_recent) {
            for (first, one) in SUBSTANCES {
                for (second, two) in SUBSTANCES {
                    for (third, three) in SUBSTANCES {
                        // There is a first substance.
                        let one = if first == Some("9997") { Says::Unreadable } else { one };
                        let places = [one, two, three];
                        let cells = [
                            (Drug1, first),
                            (Drug2, second),
                            (Drug3, third),
                            (OpiUse, used),
                            (TopDate, review.as_deref()),
                        ];
                        let cells: Vec<_> = cells
                            .into_iter()
                            .filter_map(|(column, cell)| Some((column, cell?.as_bytes())))
                            .collect();
                        let expected = expected(used, is_recent, places);
                        assert_eq!(record(&cells).0.opioid_use, expected, "{cells:?}");
                        seen += 1;
                    }
                }
            }
        }
    }
    assert_eq!(seen, 8 * 10 * 12 * 12 * 12);
}

/// As the page has it, line by line.
fn expected(used: Option<&str>, is_recent: bool, places: [Says; 3]) -> Status<OpioidUse> {
    let has_opioid = places.contains(&Says::Opioid);
    let are_known = !has_opioid && places.iter().all(|place| *place == Says::NoOpioid);
    let is_unreadable = matches!(used, Some("29" | "x"));
    match used {
        Some("1" | "28") => OpioidUse::Current.into(),
        Some("0") if is_recent && has_opioid => OpioidUse::Past.into(),
        _ if has_opioid => OpioidUse::Current.into(),
        _ if are_known && !is_unreadable => OpioidUse::None.into(),
        None if places == [Says::NotThere; 3] => Status::NotCollected,
        _ if is_unreadable || places.contains(&Says::Unreadable) => {
            Status::Unknown(Unknown::Unreadable)
        }
        _ => Status::Unknown(Unknown::NotRecorded),
    }
}

#[test]
fn a_code_that_is_only_like_those_of_opioids_is_one_and_a_problem() {
    let (of_one, problems) = record(&[(Drug1, b"1234")]);
    assert_eq!(of_one.opioid_use, OpioidUse::Current.into());
    assert_eq!(problems, [(Field::OpioidUse, ProblemKind::Unreadable)]);
    let (_, problems) = record(&[(Drug1, b"1105"), (Drug2, b"9996"), (Drug3, b"9997")]);
    assert_eq!(problems, []);
}

#[test]
fn an_episode_without_an_opioid_never_overrides_one_with_an_opioid() {
    let (early, late) = (dated(900), dated(3));
    let heroin = vec![(Triaged, early.as_bytes()), (Drug1, b"heroin".as_slice())];
    let alcohol = vec![
        (Triaged, late.as_bytes()),
        (Drug1, b"7000".as_slice()),
        (Drug2, b"9996"),
        (Drug3, b"9997"),
    ];
    assert_eq!(record(&alcohol).0.opioid_use, OpioidUse::None.into());
    assert_eq!(together([&heroin, &alcohol]).opioid_use, OpioidUse::Current.into());
    assert_eq!(together([&alcohol, &heroin]).opioid_use, OpioidUse::Current.into());
}

#[test]
fn the_latest_review_counts_also_one_of_the_day_on_which_the_episode_began() {
    let days = [400, 90, 20].map(dated);
    let review = |day: usize, used: &'static [u8]| {
        vec![
            (Triaged, days[0].as_bytes()),
            (Drug1, b"1105".as_slice()),
            (TopDate, days[day].as_bytes()),
            (OpiUse, used),
        ]
    };
    let without = vec![(Triaged, days[1].as_bytes()), (Drug1, b"1105".as_slice())];
    let used = |rows: [Vec<_>; 2]| together(&rows).opioid_use.known();
    assert_eq!(used([review(1, b"9"), review(2, b"0")]), Some(OpioidUse::Past));
    assert_eq!(used([review(1, b"0"), review(2, b"9")]), Some(OpioidUse::Current));
    // Of the same day: what was answered counts before what follows from the substances.
    assert_eq!(used([review(1, b"0"), without.clone()]), Some(OpioidUse::Past));
    // An episode that began after the review.
    let later = vec![(Triaged, days[2].as_bytes()), (Drug1, b"1105".as_slice())];
    assert_eq!(used([review(1, b"0"), later]), Some(OpioidUse::Current));
}
