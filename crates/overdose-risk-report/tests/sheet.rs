//! One person: what the worker reads, and what the person does.

mod fixture;

use fixture::{flagged, person};
use overdose_risk::{FACTORS, Tier};
use overdose_risk_json::Flagged;
use overdose_risk_report::{ChangeKind, Review, ReviewState, Sheet, Standing};
use scraper::{Html, Selector};
use serde_json::json;

fn page(sheet: &Sheet<'_>) -> String {
    let mut page = Vec::new();
    sheet.write(&mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// What can be read on a page.
fn text(page: &str) -> String {
    let body = Selector::parse("body").unwrap();
    let page = Html::parse_document(page);
    let words: Vec<&str> = page.select(&body).flat_map(|body| body.text()).collect();
    words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assessed(flagged: &Flagged) -> Sheet<'_> {
    Sheet { flagged, standing: Some(Standing::Assessed), day: None, change: None, review: None }
}

/// Somebody with one reason, or who is to be asked about something.
fn with(reason: Option<(&str, &str)>, question: Option<&str>, tier: Tier) -> Flagged {
    let reasons = reason.map(|(factor, level)| {
        let known = FACTORS.iter().find(|one| one.name == factor);
        let known = known.and_then(|one| one.levels.iter().find(|one| one.name == level));
        json!({
            "factor": factor, "level": level, "sentence": "Something happened 3 days ago.", "points": 7,
            "not_counted": null, "floor": null, "judgement": true, "sources": [],
            "action": known.map_or("Do something.", |known| known.action), "holds_until": "2026-04-14",
        })
    });
    let questions = question.map(|field| {
        json!({ "field": field, "ask": "Is it?", "could_points": 41, "could_reach": "act-now" })
    });
    let line = json!({
        "schema_version": 1, "id": "p-17", "as_of": "2026-03-31", "policy": "practice-principles@1",
        "tier": tier.name(), "by_known_facts": tier.name(), "points": 7, "could_reach": "act-now",
        "could_points": 52, "naloxone_gap": false, "in_custody": false,
        "reasons": reasons.into_iter().collect::<Vec<_>>(),
        "questions": questions.into_iter().collect::<Vec<_>>(),
        "offers": [], "valid_until": null,
    });
    Flagged::read(line.to_string().as_bytes()).unwrap()
}

#[test]
fn the_worker_reads_everything_that_is_known() {
    let mut person = person("p-17", "");
    person.review = Some(Review {
        reviewed_on: fixture::day("2026-03-20"),
        until: fixture::day("2026-04-03"),
        outcome: "spoke".to_owned(),
        state: ReviewState::Holds,
    });
    let words = Sheet::from(&person).to_string();
    for expected in [
        "p-17, as of 30 March 2026, by policy",
        "NOT ASSESSED in that run: no row of that day's export is theirs. What follows is from 30 March 2026.\n\
         Before you call, look up whether they are still alive, and where they live now.\n",
        "Not enough information: ask about opioid use.",
        "In custody: work with the prison's healthcare team, and check the release date.\n",
        "Reviewed on 20 March 2026, until 3 April 2026. Outcome: spoke",
        "By the known facts prioritise: contact within seven days.",
        "34 points; with what is not known it could reach act now, 52 points.",
        "- Released 16 days ago. 19 points: worth 23, but not all. Whatever the points, at least prioritise. \
         Counted until 14 April 2026. The number is a published ratio from source-1997.",
        "- Uses alone. 1 point. The number is a judgement.",
        "- Takes z-drugs. 5 points. Set by the service: Seen here. Behind the default: Glancy and others.",
        "Local warning until 20 April 2026: Strong tablets.\n",
        "What changed\n- Not in that run's export: was act now.",
        "What to offer\n- Offer this.\n- Offer that.",
        "What to ask\n- Is it so? Could reach standard, 41 points.",
        "so that nobody was assessed for it\n- waived",
        "As of 30 March 2026; these reasons counted until 12 April 2026.",
        "nobody is called safe",
    ] {
        assert!(words.contains(expected), "{expected}\n\n{words}");
    }
}

/// Somebody asked about alcohol, with an answer that leads to this tier.
fn with_levers(yes: &str) -> Flagged {
    let mut flagged = with(None, Some("alcohol"), Tier::Prioritise);
    let levers = json!([
        { "step": "kit-handed-over", "tier": "prioritise", "points": 3 },
        { "step": "treatment-started", "tier": "act-now", "points": 51 },
        { "step": "answer", "field": "alcohol", "answer": "yes", "tier": yes, "points": 14 },
        { "step": "answer", "field": "alcohol", "answer": "no", "tier": "prioritise", "points": 7 },
        { "step": "answer", "field": "ost", "answer": "prescribed", "tier": "not-enough-information",
          "by_known_facts": "standard", "points": 1 },
        { "step": "time", "on": "2026-04-15", "tier": "standard", "points": 0 },
        { "step": "a step of the future", "tier": "standard", "points": 0 },
    ]);
    flagged.levers = serde_json::from_value(levers).unwrap();
    flagged
}

#[test]
fn the_worker_reads_what_would_follow_and_never_as_a_reason_against_treatment() {
    let words = assessed(&with_levers("act-now")).to_string();
    let expected = "What would follow\n\
        - A take-home naloxone kit is handed over: prioritise, 3 points.\n\
        - Opioid substitution treatment starts: act now, 51 points. Its first four weeks are a time of danger \
        too: a reason to stay in contact, never one against treatment.\n\
        - Is it? yes: act now, 14 points; no: prioritise, 7 points.\n\
        - ost prescribed: standard by the known facts, 1 point.\n\
        - Nothing is done and nothing changes until 15 April 2026: standard, 0 points.\n\n";
    assert!(words.contains(expected), "{words}");
}

#[test]
fn the_person_reads_that_an_answer_can_mean_to_be_contacted_sooner_and_no_more() {
    for (yes, is_sooner) in [("act-now", true), ("prioritise", false), ("standard", false)] {
        let page = text(&page(&assessed(&with_levers(yes))));
        assert_eq!(
            page.contains("answers could mean that somebody contacts you sooner"),
            is_sooner
        );
        assert!(
            !page.contains("treatment starts") && !page.contains("kit is handed over"),
            "{page}"
        );
    }
}

#[test]
fn out_of_scope_gives_neither_points_nor_reasons_nor_offers() {
    let flagged = with(Some(("age", "35-44")), Some("alcohol"), Tier::OutOfScope);
    let words = assessed(&flagged).to_string();
    assert!(
        !words.contains("7 points") && !words.contains("Why") && !words.contains("ask\n"),
        "{words}"
    );
    let page = text(&page(&assessed(&flagged)));
    assert!(!page.contains("between 35 and 44") && !page.contains("What we do not know"), "{page}");
    assert!(page.contains("it says nothing about you"), "{page}");
}

#[test]
fn the_person_reads_the_day_and_not_the_points() {
    let flagged = with(Some(("prison-release", "days-0-14")), Some("naloxone"), Tier::ActNow);
    let page = text(&page(&assessed(&flagged)));
    for expected in [
        "made from your record here on 31 March 2026",
        "Your number in it is p-17",
        "contact you within one working day",
        "You came out of prison on 28 March 2026.",
        "This counts until 14 April 2026.",
        "Do you have naloxone at home?",
        "An appointment soon, your prescription without a gap",
        "Article 16 of the UK GDPR",
        "It cannot see the future.",
        "It calls nobody safe.",
        "never a reason to refuse you treatment, to cut it or to end it",
        "They are called practice-principles@1",
        "call 999",
    ] {
        assert!(page.contains(expected), "{expected}\n\n{page}");
    }
    for never in ["7", "points", "tier", "Something happened", "act now", "Act now", "older record"]
    {
        let page = page.replace("7. It", "").replace("p-17", "");
        assert!(!page.contains(never), "{never}\n\n{page}");
    }
}

#[test]
fn whoever_is_under_18_is_for_safeguarding_and_reads_no_offer_for_adults() {
    let mut flagged = flagged("p-17", "");
    for under_18 in [false, true] {
        flagged.under_18 = under_18;
        let sheet = assessed(&flagged);
        let words = sheet.to_string();
        let said = "Under 18: follow safeguarding; these rules were made from adults' figures.\n";
        assert_eq!(words.contains(said), under_18, "{words}");
        assert!(words.contains("What to offer\n- Offer this."), "{words}");
        assert_eq!(sheet.before_showing().join(" ").contains("safeguarding"), under_18);
        let page = text(&page(&sheet));
        assert_eq!(page.contains("made from figures about adults"), under_18, "{page}");
        for offer in ["What we can offer you", "Because of it we can offer you this"] {
            assert_eq!(page.contains(offer), !under_18, "{page}");
        }
        for kept in ["What was counted", "What we do not know", "Article 16", "Strong tablets"] {
            assert!(page.contains(kept), "{kept}: {page}");
        }
    }
}

#[test]
fn a_last_day_is_said_only_beside_a_day() {
    for (level, says) in [("expired", true), ("not-held", false)] {
        let flagged = with(Some(("naloxone", level)), None, Tier::Standard);
        let page = text(&page(&assessed(&flagged)));
        assert_eq!(page.contains("This counts until 14 April 2026."), says, "{page}");
    }
}

#[test]
fn every_reason_is_told_and_one_that_is_not_known_here_in_its_own_words() {
    for factor in FACTORS {
        for level in factor.levels {
            let flagged = with(Some((factor.name, level.name)), None, Tier::Standard);
            let page = text(&page(&assessed(&flagged)));
            assert!(!page.contains("Something happened") && !page.contains("{on}"), "{page}");
            assert!(!page.contains("Nothing in your record was counted"));
        }
    }
    let flagged = with(Some(("new-factor", "yes")), Some("new_field"), Tier::Standard);
    let page = text(&page(&assessed(&flagged)));
    for expected in ["Something happened 3 days ago.", "Do something.", "Is it?"] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[test]
fn whoever_was_not_assessed_reads_that_it_is_older_and_why() {
    let flagged = flagged("p-17", "");
    let all = [
        (None, "We did not look again since."),
        (Some(Standing::Gone), "You were not in the records"),
        (Some(Standing::Quarantined), "we could not read your record"),
        (Some(Standing::WithoutConsent), "you do not agree to this"),
    ];
    for (standing, says) in all {
        let sheet = Sheet { standing, ..assessed(&flagged) };
        let page = text(&page(&sheet));
        assert!(page.contains("This is from an older record.") && page.contains(says), "{page}");
        assert!(sheet.to_string().contains("NOT ASSESSED in that run"), "{sheet}");
        assert!(sheet.to_string().contains("Before you call, look up whether"), "{sheet}");
    }
    let sheet = assessed(&flagged);
    assert!(!text(&page(&sheet)).contains("older record"));
    assert!(!sheet.to_string().contains("NOT ASSESSED"));
    assert!(!sheet.to_string().contains("Before you call"));
}

#[test]
fn a_reason_counts_until_its_day_and_one_of_an_older_record_counted() {
    let mut flagged = with(Some(("prison-release", "days-0-14")), None, Tier::ActNow);
    flagged.valid_until = Some(fixture::day("2026-04-14"));
    let all = [
        (Some(Standing::Assessed), "counts", "These reasons change after 14 April 2026."),
        (Some(Standing::Gone), "counted", "these reasons counted until 14 April 2026."),
        (None, "counted", "these reasons counted until 14 April 2026."),
    ];
    for (standing, counts, until) in all {
        let sheet = Sheet { standing, ..assessed(&flagged) };
        let said = format!("This {counts} until 14 April 2026.");
        assert!(text(&page(&sheet)).contains(&said), "{said}");
        let words = sheet.to_string();
        let said = said.replace("This c", "C");
        assert!(words.contains(&said) && words.contains(until), "{words}");
    }
}

#[test]
fn a_sheet_that_is_read_on_another_day_does_not_say_today() {
    let all = [
        Some(Standing::Assessed),
        Some(Standing::Gone),
        Some(Standing::Quarantined),
        Some(Standing::WithoutConsent),
        None,
    ];
    for standing in all {
        for kind in ChangeKind::ALL {
            let mut person = person("p-17", "");
            person.change.as_mut().unwrap().kind = kind;
            let sheet = Sheet { standing, ..Sheet::from(&person) };
            for shown in [sheet.to_string(), text(&page(&sheet))] {
                assert!(!shown.to_lowercase().contains("today"), "{shown}");
            }
        }
    }
}

#[test]
fn a_page_never_asks_about_suicide_and_the_worker_is_told_of_it_first() {
    let says = |sheet: &Sheet<'_>| sheet.before_showing().join(" ");
    let recorded = with(Some(("suicidality", "yes")), None, Tier::Prioritise);
    assert!(says(&assessed(&recorded)).contains("Talk about that first"));
    assert!(text(&page(&assessed(&recorded))).contains("We want you to live."));
    let unknown = with(None, Some("suicidality"), Tier::Prioritise);
    assert!(says(&assessed(&unknown)).contains("The page does not ask"));
    assert!(!text(&page(&assessed(&unknown))).contains("Is it?"));
    let neither = with(None, Some("alcohol"), Tier::Prioritise);
    assert!(!says(&assessed(&neither)).contains("suicide"));
    assert!(says(&assessed(&neither)).contains("Read the page before you show it"));
}

#[test]
fn hostile_text_is_text_on_the_page_and_gives_a_terminal_no_orders() {
    let hostile = "<script>alert(1)</script>\"'&\u{1b}[2J\u{202e}\n- not a reason\u{0}";
    let person = person("p-17", hostile);
    let sheet = Sheet::from(&person);
    let written = page(&sheet);
    let parsed = Html::parse_document(&written);
    assert_eq!(parsed.select(&Selector::parse("script").unwrap()).count(), 0);
    assert!(text(&written).contains("<script>alert(1)</script>"), "{written}");
    for shown in [written, sheet.to_string()] {
        let hidden = |one: char| one.is_control() && one != '\n' || one == '\u{202e}';
        assert!(!shown.contains(hidden), "{shown:?}");
        assert!(!shown.contains("\n- not a reason"), "{shown}");
    }
}

#[test]
fn a_page_loads_nothing_and_runs_nothing() {
    let flagged = flagged("p-17", "");
    let written = page(&assessed(&flagged));
    let policy = written.split("content=\"default-src").nth(1).unwrap().split('"').next().unwrap();
    assert!(
        policy.contains("style-src &#39;sha256-") && !policy.contains("script-src"),
        "{policy}"
    );
    for never in ["<script", "<img", "<link", "<a ", "<form", "src=", "href=", "style="] {
        assert!(!written.contains(never), "{never}");
    }
}
