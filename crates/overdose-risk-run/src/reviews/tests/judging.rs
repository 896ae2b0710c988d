//! Whether a review still holds.

use super::*;

/// What becomes of a review of 2026-03-30 through 2026-04-02, on a day with these reasons.
fn judged(kept: &str, as_of: &str, today: &str, before: Then<&str>) -> (ReviewState, String) {
    let text = "id,reviewed_on,until,outcome\np-1,2026-03-30,2026-04-02,called\n";
    let mut reviews = Reviews::of(text.as_bytes(), day(as_of)).unwrap();
    reviews.remember(format!("id,reviewed_on,state,reasons\n{kept}\n").as_bytes());
    let before = || match &before {
        Then::NoRun => Then::NoRun,
        Then::NotAssessed => Then::NotAssessed,
        Then::Reasons(reasons) => Then::Reasons(names(reasons)),
    };
    let review =
        reviews.judge("p-1", names(today), None, before(), Policy::practice_principles()).unwrap();
    // A run can come to the same person twice.
    assert_eq!(
        reviews.judge("p-1", names(today), None, before(), Policy::practice_principles()).unwrap(),
        review
    );
    assert_eq!(
        reviews.judge("p-2", names(today), None, before(), Policy::practice_principles()),
        None
    );
    let row = written(&reviews);
    let reasons = row.trim_end().rsplit(',').next().unwrap();
    (review.state, reasons.to_owned())
}

#[test]
fn only_what_weighs_more_than_at_the_review_is_a_new_reason() {
    use ReviewState::{Holds, NewReason};
    for (kept, today, state, left) in [
        ("", "", Holds, ""),
        ("age:35-44", "age:35-44", Holds, "age:35-44"),
        ("age:35-44", "", Holds, ""),
        ("age:35-44", "age:45-and-over", NewReason, "age:35-44"),
        ("", "naloxone:not-held", NewReason, ""),
        ("naloxone:expired", "naloxone:not-held", Holds, "naloxone:not-held"),
        (
            "prison-release:days-0-14",
            "prison-release:days-15-28",
            Holds,
            "prison-release:days-15-28",
        ),
        (
            "prison-release:days-15-28",
            "prison-release:days-29-84",
            Holds,
            "prison-release:days-29-84",
        ),
        ("prison-release:days-29-84", "", Holds, ""),
        (
            "prison-release:days-29-84",
            "prison-release:days-0-14",
            NewReason,
            "prison-release:days-29-84",
        ),
        // As many points, and a release that nobody knew of.
        (
            "prison-release:due-within-14-days",
            "prison-release:release-overdue",
            Holds,
            "prison-release:release-overdue",
        ),
        (
            "prison-release:release-overdue",
            "prison-release:days-29-84",
            NewReason,
            "prison-release:release-overdue",
        ),
        // The others come down although one is new.
        (
            "prison-release:days-0-14;age:35-44",
            "prison-release:days-15-28;naloxone:not-held",
            NewReason,
            "prison-release:days-15-28",
        ),
        ("age:35-44", "age:no-such-level", NewReason, ""),
        ("age:no-such-level", "age:35-44", NewReason, ""),
        ("no-such-factor:a", "no-such-factor:a", NewReason, ""),
    ] {
        let kept = format!("p-1,2026-03-30,holds,{kept}");
        let found = judged(&kept, "2026-04-01", today, Then::NotAssessed);
        assert_eq!(found, (state, left.to_owned()), "{kept} {today}");
    }
}

#[test]
fn a_level_weighs_more_by_its_points_or_by_its_floor() {
    for factor in overdose_risk::FACTORS {
        for (was, is) in
            factor.levels.iter().flat_map(|l| factor.levels.iter().map(move |m| (l, m)))
        {
            let baseline = Baseline::of([(factor.name, was.name)].into_iter());
            let is_new = is.points > was.points || is.floor > was.floor;
            assert_eq!(
                baseline.is_exceeded_by((factor.name, is.name), Policy::practice_principles()),
                is_new,
                "{}",
                factor.name
            );
            assert_eq!(Baseline::read(&baseline.to_string()).to_string(), baseline.to_string());
        }
    }
}

#[test]
fn a_reason_that_has_gone_and_comes_back_is_new() {
    let mut kept = String::new();
    let mut states = Vec::new();
    for today in ["days-0-14", "days-15-28", "days-15-28", "days-0-14"] {
        let today = format!("prison-release:{today}");
        let (state, reasons) = judged(&kept, "2026-04-01", &today, Then::NoRun);
        kept = format!("p-1,2026-03-30,holds,{reasons}");
        states.push(state == ReviewState::Holds);
    }
    assert_eq!(states, [true, true, true, false]);
}

#[test]
fn the_baseline_is_what_was_kept_then_the_run_before_then_today() {
    let today = "naloxone:not-held";
    let kept = "p-1,2026-03-30,holds,naloxone:not-held";
    use ReviewState::{Holds, NewReason};
    for (kept, before, state) in [
        ("", Then::NoRun, Holds),
        ("", Then::NotAssessed, NewReason),
        ("", Then::Reasons("age:35-44"), NewReason),
        ("", Then::Reasons("age:35-44;naloxone:expired"), Holds),
        (kept, Then::Reasons("age:35-44"), Holds),
        // It was kept of somebody who had no reasons.
        ("p-1,2026-03-30,holds,", Then::Reasons(today), NewReason),
        ("p-1,2026-03-30,lapsed,", Then::Reasons(today), NewReason),
        // Nobody knew the reasons.
        ("p-1,2026-03-30,not-listed,", Then::Reasons(today), Holds),
        ("p-1,2026-03-30,not-listed,naloxone:not-held", Then::NotAssessed, Holds),
        // Another review, somebody else's, or none.
        ("p-1,2026-03-29,holds,naloxone:not-held", Then::NotAssessed, NewReason),
        ("p-2,2026-03-30,holds,naloxone:not-held", Then::NotAssessed, NewReason),
        ("p-1,soon,holds,naloxone:not-held", Then::NotAssessed, NewReason),
        ("p-1,2026-03-30", Then::NotAssessed, NewReason),
        // Once there was a new reason, the review is over.
        ("p-1,2026-03-30,new-reason,naloxone:not-held", Then::Reasons(today), NewReason),
    ] {
        assert_eq!(judged(kept, "2026-04-01", today, before).0, state, "{kept}");
    }
}

#[test]
fn something_that_happened_after_the_review_ends_it_whatever_its_level() {
    use ReviewState::{Holds, NewReason};
    for (happened, state) in
        [("2026-03-29", Holds), ("2026-03-30", Holds), ("2026-03-31", NewReason)]
    {
        let mut reviews = reviews("id,reviewed_on,until,outcome\np-1,2026-03-30,2026-04-30,\n");
        reviews.remember(
            &b"id,reviewed_on,state,reasons\np-1,2026-03-30,holds,overdose:days-0-28\n"[..],
        );
        let today = names("overdose:days-0-28");
        let review = reviews
            .judge("p-1", today, Some(day(happened)), NO_RUN, Policy::practice_principles())
            .unwrap();
        assert_eq!(review.state, state, "{happened}");
    }
}

#[test]
fn a_review_holds_through_its_last_day_and_lapses_on_the_next() {
    use ReviewState::{Holds, Lapsed};
    for (as_of, state) in [("2026-03-30", Holds), ("2026-04-02", Holds), ("2026-04-03", Lapsed)] {
        assert_eq!(judged("", as_of, "age:35-44", Then::NoRun).0, state, "{as_of}");
    }
    let over = judged("p-1,2026-03-30,holds,", "2026-04-03", "age:35-44", Then::NoRun);
    assert_eq!(over.0, Lapsed);
}

#[test]
fn what_one_run_writes_the_next_remembers() {
    let text = "id,reviewed_on,until,outcome\n\
        p-1,2026-03-30,2026-04-30,\"+1, \n\"\"=1\"\"\"\np-2,2026-03-30,2026-03-30,\n\
        p-3,2026-03-30,2026-04-30,'@x\np-4,2026-03-30,2026-04-30,x\n";
    let mut first = reviews(text);
    let reasons = "age:35-44;prison-release:days-0-14";
    first.judge("p-1", names(reasons), None, NO_RUN, Policy::practice_principles()).unwrap();
    first.judge("p-2", names(""), None, NO_RUN, Policy::practice_principles()).unwrap();
    first
        .judge(
            "p-3",
            names(reasons),
            None,
            Then::Reasons(names("age:35-44")),
            Policy::practice_principles(),
        )
        .unwrap();
    let kept = written(&first);
    assert_eq!(
        kept,
        "id,reviewed_on,until,outcome,state,reasons\n\
         p-1,2026-03-30,2026-04-30,\"'+1, \n\"\"=1\"\"\",holds,age:35-44;prison-release:days-0-14\n\
         p-2,2026-03-30,2026-03-30,,lapsed,\n\
         p-3,2026-03-30,2026-04-30,'@x,new-reason,age:35-44\n\
         p-4,2026-03-30,2026-04-30,x,not-listed,\n"
    );
    let mut second = reviews(text);
    second.remember(kept.as_bytes());
    second
        .judge(
            "p-1",
            names(reasons),
            None,
            Then::NotAssessed::<std::iter::Empty<_>>,
            Policy::practice_principles(),
        )
        .unwrap();
    second.judge("p-2", names(""), None, NO_RUN, Policy::practice_principles()).unwrap();
    second.judge("p-3", names("age:35-44"), None, NO_RUN, Policy::practice_principles()).unwrap();
    assert_eq!(written(&second), kept);
}

#[test]
fn whatever_stands_in_the_place_of_what_was_kept_does_no_harm() {
    let text = "id,reviewed_on,until,outcome\np-1,2026-03-30,2026-04-30,\n";
    for previous in [
        &b""[..],
        b"\xff\xfe\0",
        b"id,state\np-1,holds\n",
        b"\"",
        b"id,reviewed_on,state,reasons\n\xff,\xff,\xff,\xff\np-1,2026-03-30,\xff,\n",
    ] {
        let mut reviews = reviews(text);
        reviews.remember(previous);
        let review = reviews
            .judge("p-1", names("age:35-44"), None, NO_RUN, Policy::practice_principles())
            .unwrap();
        assert_eq!(review.state, ReviewState::Holds);
    }
}

#[test]
fn what_weighs_more_by_the_policy_of_the_service_alone_is_a_new_reason() {
    let mut settings = overdose_risk::policy::Settings::default();
    settings.name = "example-service".to_owned();
    let level = settings.level_mut("naloxone", "not-held").unwrap();
    (level.points, level.why) = (9, Some("Invented for a test.".to_owned()));
    let level = settings.level_mut("prison-release", "release-overdue").unwrap();
    (level.points, level.why) = (3, Some("Invented for a test.".to_owned()));
    let level = settings.level_mut("age", "35-44").unwrap();
    (level.points, level.why) = (6, Some("Invented for a test.".to_owned()));
    let policy = Policy::new(settings).unwrap();
    for (was, is, is_new) in [
        ("naloxone:unconfirmed", "naloxone:not-held", true),
        ("naloxone:not-held", "naloxone:unconfirmed", false),
        ("naloxone:unconfirmed", "naloxone:expired", false),
        ("prison-release:due-within-14-days", "prison-release:release-overdue", true),
        ("prison-release:release-overdue", "prison-release:days-29-84", false),
        ("age:35-44", "age:45-and-over", false),
    ] {
        let mut reviews = reviews("id,reviewed_on,until,outcome\np-1,2026-03-30,2026-04-30,\n");
        let then = Then::Reasons(names(was));
        let review = reviews.judge("p-1", names(is), None, then, &policy).unwrap();
        assert_eq!(review.state == ReviewState::NewReason, is_new, "{was} {is}");
        // What weighs more is not taken in, and what weighs less is.
        let left = written(&reviews).trim_end().rsplit(',').next().unwrap().to_owned();
        assert_eq!(left, if is_new { was } else { is });
    }
}
