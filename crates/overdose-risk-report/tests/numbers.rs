//! How many people the page speaks of, and what it says first.

mod fixture;

use fixture::{page, person, texts, worklist};
use overdose_risk::Tier;
use overdose_risk_intake::Caseload;
use overdose_risk_report::*;

#[test]
fn who_does_not_fit_is_said_loudly() {
    let mut people = ["p-1", "p-2", "p-3", "p-4"].map(|id| person(id, ""));
    for one in [0, 2, 3] {
        people[one].flagged.by_known_facts = Tier::ActNow;
        people[one].flagged.tier = Tier::ActNow;
    }
    for one in [0, 1, 2] {
        people[one].standing = Standing::Assessed;
    }
    let notices = ["The key is another.".to_owned()];
    let beyond = [Tier::Prioritise, Tier::Standard, Tier::Standard].into_iter().collect();
    let counts =
        Counts { beyond_capacity: beyond, act_now_beyond_capacity: 1, ..Counts::default() };
    let list = Worklist { capacity: 1, counts, notices: &notices, ..worklist(&people) };
    let loud = texts(&page(&list), "header .loud").concat();
    for line in [
        "The key is another.",
        "All 2 act-now are shown, 1 more than the capacity of 1.",
        "Beyond the capacity of 1 and not on this page: 1 prioritise, 2 standard.",
        "They are in flags.csv.",
    ] {
        assert!(loud.contains(line), "{line:?} is not in {loud:?}");
    }
    let caseload = Some(CaseloadOf { kind: Caseload::Team, code: "T" });
    let loud = texts(&page(&Worklist { caseload, ..list }), "header .loud").concat();
    assert!(loud.contains("They are in flags.ndjson, by their codes."), "{loud}");
    assert!(!loud.contains("flags.csv"), "{loud}");
    people[0].flagged.tier = Tier::NotEnoughInformation;
    let list = Worklist { capacity: 1, counts, ..worklist(&people) };
    let loud = texts(&page(&list), "header .loud").concat();
    let unknown =
        "All 2 act-now (1 of them by the known facts; opioid exposure is not recorded) are";
    assert!(loud.contains(unknown), "{loud}");
}

#[test]
fn of_who_does_not_fit_the_known_tier_and_the_reviews_are_said() {
    let beyond = [Tier::Standard, Tier::NotEnoughInformation, Tier::NotEnoughInformation];
    let known = [Tier::Prioritise, Tier::Standard];
    for (reviewed, said) in [
        (0, ""),
        (1, " 1 of them is reviewed and not due again."),
        (2, " 2 of them are reviewed and not due again."),
    ] {
        let counts = Counts {
            beyond_capacity: beyond.into_iter().collect(),
            beyond_by_known_facts: known.into_iter().collect(),
            beyond_reviewed: reviewed,
            ..Counts::default()
        };
        let loud = texts(&page(&Worklist { counts, ..worklist(&[]) }), "header .loud").concat();
        let expected = format!(
            "Beyond the capacity of 500 and not on this page: 1 standard, 2 not enough information \
             (by the known facts 1 prioritise, 1 standard).{said} They are in flags.csv."
        );
        assert_eq!(loud, expected);
    }
}

#[test]
fn where_all_fit_nothing_is_loud() {
    let mut people = [person("p-1", "")];
    people[0].standing = Standing::Assessed;
    assert!(texts(&page(&worklist(&people)), ".loud").is_empty());
}

#[test]
fn whoever_is_carried_is_counted_apart() {
    for (assessed, carried, said) in [
        (0, 0, None),
        (1, 0, Some("1 person.")),
        (3, 0, Some("3 people.")),
        (2, 1, Some("3 people: 2 of today's export and 1 carried from earlier runs.")),
        (0, 2, Some("2 people, all carried from earlier runs.")),
    ] {
        let people: Vec<_> = (0..assessed + carried)
            .map(|place| {
                let standing = if place < assessed { Standing::Assessed } else { Standing::Gone };
                let mut one = Listed { standing, ..person(&format!("p-{place}"), "") };
                one.flagged.tier = Tier::ActNow;
                one
            })
            .collect();
        let assessed_by_tier = people[..assessed].iter().map(|one| one.flagged.tier).collect();
        let counts = Counts { assessed: assessed_by_tier, ..Counts::default() };
        let page = page(&Worklist { counts, ..worklist(&people) });
        assert_eq!(texts(&page, "header .day + p strong").first().map(String::as_str), said);
        let row = texts(&page, "tbody tr:first-child td");
        assert_eq!(row, [assessed.to_string(), assessed.to_string()], "People and Listed");
        let rows = texts(&page, "tbody tr");
        let row = format!("Carried from earlier runs{carried}");
        assert_eq!(rows.iter().filter(|one| **one == row).count(), usize::from(carried > 0));
    }
}

#[test]
fn everybodys_page_does_not_link_to_itself() {
    let caseload = Some(CaseloadOf { kind: Caseload::Team, code: "T" });
    let everybody = Link { caseload: None, file: "worklist.html" };
    let links = [everybody, Link { caseload, file: "worklist-team-T.html" }];
    let list = Worklist { links: &links, ..worklist(&[]) };
    assert_eq!(texts(&page(&list), "nav a"), ["T"]);
    assert_eq!(texts(&page(&Worklist { caseload, ..list }), "nav a"), ["Everybody", "T"]);
    let alone = Worklist { links: &links[..1], ..list };
    assert!(texts(&page(&alone), "nav").is_empty(), "there is no other page");
}
