//! What two policies have otherwise, in words: every setting by itself, and any of them together.

use chrono::NaiveDate;
use overdose_risk::factor::Mechanism;
use overdose_risk::policy::{Alert, LevelSettings, Settings};
use overdose_risk::{FACTORS, Limit, Policy, Urgency};
use overdose_risk_report::difference;
use proptest::prelude::*;

type Set = Box<dyn Fn(&mut Settings)>;

/// A change of one setting, with what a sentence about it begins with and has in it.
struct Change {
    begins: String,
    has: &'static str,
    set: Set,
}

fn change(begins: &str, has: &'static str, set: impl Fn(&mut Settings) + 'static) -> Change {
    Change { begins: begins.to_owned(), has, set: Box::new(set) }
}

fn why() -> Option<String> {
    Some("As agreed.".to_owned())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The default under another name, with a warning.
fn base() -> Settings {
    let mut settings = Settings::default();
    settings.name = "north-service".to_owned();
    settings.alert = Some(Alert {
        text: "Strong tablets.".to_owned(),
        offer: "Offer a kit.".to_owned(),
        from: day("2026-03-24"),
        until: day("2026-04-20"),
    });
    settings
}

fn is_accepted(change: &Set) -> bool {
    let mut settings = base();
    change(&mut settings);
    Policy::new(settings).is_ok()
}

fn of_a_level(factor: &'static str, level: &'static str) -> Vec<Change> {
    let about = format!("{factor}:{level}: ");
    let with = |set: fn(&mut LevelSettings)| -> Set {
        Box::new(move |settings| {
            let level = settings.level_mut(factor, level).unwrap();
            level.why = why();
            set(level);
        })
    };
    let points = [with(|level| level.points += 1), with(|level| level.points -= 1)];
    let floors = [
        with(|level| {
            level.floor = if level.floor.is_none() { Some(Urgency::ActNow) } else { None }
        }),
        with(|level| level.floor = Some(Urgency::Prioritise)),
        with(|level| level.floor = Some(Urgency::ActNow)),
    ];
    let base = base();
    let (_, of) = base.factors().find(|(known, _)| known.name == factor).unwrap();
    let place = FACTORS.iter().find(|known| known.name == factor).unwrap().levels;
    let place = place.iter().position(|known| known.name == level).unwrap();
    let (has_points, floor) = (of.levels()[place].points > 0, of.levels()[place].floor);
    let [more, fewer] = points;
    let points = [Some(more), has_points.then_some(fewer)].into_iter().flatten().find(is_accepted);
    let floors = floors.into_iter().filter(|set| {
        let mut settings = base.clone();
        set(&mut settings);
        settings.level_mut(factor, level).unwrap().floor != floor
    });
    let floor = floors.into_iter().find(is_accepted);
    let points =
        points.map(|set| Change { begins: about.clone(), has: "because “As agreed.”", set });
    let floor = floor.map(|set| Change { begins: about.clone(), has: "floor ", set });
    let action = change(&format!("{about}the action"), "“Do more.”.", move |settings| {
        settings.level_mut(factor, level).unwrap().action = "Do more.".to_owned();
    });
    [points, floor, Some(action)].into_iter().flatten().collect()
}

/// Every setting that there is, each changed by itself.
fn changes() -> Vec<Change> {
    let mut changes = vec![
        change(
            "act-now: the threshold of 50 points becomes 45",
            "; because “As agreed.”.",
            |all| {
                (all.act_now.points, all.act_now.why) = (45, why());
            },
        ),
        change(
            "act-now: contact within one working day becomes",
            "two working days; because",
            |all| {
                (all.act_now.within, all.act_now.why) = (2, why());
            },
        ),
        change("prioritise: the threshold of 20 points becomes 21", "because “As", |all| {
            (all.prioritise.points, all.prioritise.why) = (21, why());
        }),
        change("prioritise: contact within seven days becomes", "within 14 days", |all| {
            (all.prioritise.within, all.prioritise.why) = (14, why());
        }),
        change("limit of lost tolerance: only the largest becomes", "30 points together", |all| {
            let limit = all.limit_mut(Mechanism::LostTolerance);
            (limit.limit, limit.why) = (Limit::Together(30), why());
        }),
        change("limit of depressants: 15 points together becomes", "only the largest", |all| {
            let limit = all.limit_mut(Mechanism::Depressants);
            (limit.limit, limit.why) = (Limit::Largest, why());
        }),
    ];
    for factor in FACTORS {
        // The start of treatment counts only beside its end.
        if !factor.is_principal() && factor.name != "ost-stopped" {
            let off = |all: &mut Settings| all.factor_mut(factor.name).unwrap().off = why();
            changes.push(change(&format!("{factor}: switched off"), "because “As agreed.”.", off));
        }
        changes.extend(factor.levels.iter().flat_map(|level| of_a_level(factor.name, level.name)));
    }
    changes.extend([
        change("alert: “Strong tablets.” from 24 March 2026 to 20 April", "is gone.", |all| {
            all.alert = None;
        }),
        change("alert: the text “Strong tablets.” becomes", "“Now.”.", |all| {
            all.alert.as_mut().unwrap().text = "Now.".to_owned();
        }),
        change("alert: the offer “Offer a kit.” becomes", "“Now.”.", |all| {
            all.alert.as_mut().unwrap().offer = "Now.".to_owned();
        }),
        change("alert: the first day 24 March 2026 becomes", "25 March 2026.", |all| {
            all.alert.as_mut().unwrap().from = day("2026-03-25");
        }),
        change("alert: the last day 20 April 2026 becomes", "21 April 2026.", |all| {
            all.alert.as_mut().unwrap().until = day("2026-04-21");
        }),
        change("name: north-service becomes", "south-service.", |all| {
            all.name = "south-service".to_owned();
        }),
        change("version: 1 becomes", "2.", |all| all.version = 2),
        change("approved_by: nobody becomes", "“The lead”.", |all| {
            all.approved_by = Some("The lead".to_owned());
        }),
        change("review_by: no day becomes", "31 January 2027.", |all| {
            all.review_by = Some(day("2027-01-31"));
        }),
    ]);
    changes
}

fn policy(change: impl FnOnce(&mut Settings)) -> Option<Policy> {
    let mut settings = base();
    change(&mut settings);
    Policy::new(settings).ok()
}

#[test]
fn each_changed_setting_is_one_sentence_that_names_it_in_both_directions() {
    let changes = changes();
    let levels = FACTORS.iter().flat_map(|factor| factor.levels).count();
    let principal = FACTORS.iter().filter(|factor| factor.is_principal()).count();
    let most = 6 + FACTORS.len() - principal + 3 * levels + 9;
    // Some floors are held by those of their neighbours.
    assert!(
        changes.len() + 15 >= most,
        "{} of {most} settings can be changed alone",
        changes.len()
    );
    let old = policy(|_| {}).unwrap();
    for Change { begins, has, set } in changes {
        let new = policy(set).unwrap_or_else(|| panic!("{begins}"));
        let found = difference(&old, &new);
        assert_eq!(found.len(), 1, "{begins}: {found:?}");
        assert!(found[0].starts_with(&begins) && found[0].contains(has), "{begins}: {found:?}");
        let back = difference(&new, &old);
        let about = begins.split(": ").next().unwrap();
        assert_eq!(back.len(), 1, "{begins}: {back:?}");
        assert!(back[0].starts_with(about), "{begins}: {back:?}");
    }
}

#[test]
fn another_reason_for_the_same_number_is_a_difference() {
    let with = |reason: &str| {
        let why = Some(reason.to_owned());
        let mut settings = base();
        (settings.act_now.points, settings.act_now.why) = (45, why.clone());
        let limit = settings.limit_mut(Mechanism::Depressants);
        (limit.limit, limit.why) = (Limit::Largest, why.clone());
        let level = settings.level_mut("uses-alone", "yes").unwrap();
        (level.points, level.why) = (9, why.clone());
        settings.factor_mut("housing").unwrap().off = why;
        Policy::new(settings).unwrap()
    };
    assert_eq!(
        difference(&with("One."), &with("Two.")),
        [
            "act-now: the numbers stay, the reason “One.” becomes “Two.”.",
            "limit of depressants: the numbers stay, the reason “One.” becomes “Two.”.",
            "housing: still off, the reason “One.” becomes “Two.”.",
            "uses-alone:yes: the numbers stay, the reason “One.” becomes “Two.”.",
        ]
    );
}

#[test]
fn points_and_floor_of_a_level_are_one_sentence() {
    let new = policy(|settings| {
        let level = settings.level_mut("prison-release", "days-29-84").unwrap();
        (level.points, level.why) = (5, Some("Seen at reviews.".to_owned()));
        let level = settings.level_mut("uses-alone", "yes").unwrap();
        (level.points, level.floor, level.why) = (1, Some(Urgency::Prioritise), why());
    });
    let (old, new) = (policy(|_| {}).unwrap(), new.unwrap());
    let points =
        FACTORS.iter().find(|factor| factor.name == "uses-alone").unwrap().levels[0].points;
    assert_eq!(
        difference(&old, &new),
        [
            "prison-release:days-29-84: 3 points become 5, floor prioritise stays; because “Seen at \
             reviews.”.",
            &format!(
                "uses-alone:yes: {points} points become 1, floor none becomes prioritise; because “As \
             agreed.”."
            ),
        ]
    );
    assert!(
        difference(&new, &old)[0]
            .ends_with("5 points become 3, floor prioritise stays, as in the default.")
    );
}

proptest! {
    #[test]
    fn there_is_a_difference_exactly_where_two_policies_are_not_equal(
        one in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        other in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        is_same in any::<bool>(),
    ) {
        let changes = changes();
        let of = |places: &[prop::sample::Index]| policy(|settings| {
            for place in places {
                // One that is taken back by another leaves nothing to change.
                if settings.alert.is_some() {
                    (place.get(&changes).set)(settings);
                }
            }
        });
        let (one, other) = (of(&one), of(if is_same { &one } else { &other }));
        if let (Some(one), Some(other)) = (one, other) {
            prop_assert_eq!(difference(&one, &other).is_empty(), one == other);
            prop_assert_eq!(difference(&other, &one).len(), difference(&one, &other).len());
        }
    }
}
