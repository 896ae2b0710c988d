//! What stands on the page, read as a browser reads it.

mod fixture;

use fixture::{page, person, policy, select, spaced, texts, worklist};
use overdose_risk::{FACTORS, Policy, Tier};
use overdose_risk_intake::Caseload;
use overdose_risk_report::*;
use proptest::prelude::*;
use scraper::{Html, Node};

fn text(page: &str) -> String {
    texts(page, "body").concat()
}

/// The name of each element and of its attributes, in order.
fn skeleton(page: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    let nodes = page.tree.nodes().map(|node| match node.value() {
        Node::Element(element) => {
            let attributes: Vec<_> = element.attrs().map(|(name, _)| name).collect();
            format!("{} {attributes:?}", element.name())
        }
        Node::Text(_) => String::new(),
        other => format!("{other:?}"),
    });
    nodes.filter(|node| !node.is_empty()).collect()
}

/// A page with the text in every place that a text can have.
fn page_with(text: &str) -> String {
    let mut people = [person("p-1", text), person("p-2", text)];
    people[1].standing = Standing::Assessed;
    let (code, file) = (format!("C{text}"), format!("f{text}"));
    let caseload = CaseloadOf { kind: Caseload::Worker, code: &code };
    let notices = [format!("Take care{text}")];
    let links =
        [Link { caseload: None, file: &file }, Link { caseload: Some(caseload), file: &file }];
    let program = format!("program{text}");
    page(&Worklist {
        policy: &policy(text),
        caseload: Some(caseload),
        notices: &notices,
        links: &links,
        program: &program,
        ..worklist(&people)
    })
}

const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}",
    "\" onclick=\"alert(1)",
    "' onclick='alert(1)",
    "--><!-- ",
    "<![CDATA[ ]]>",
    "</title></li></ol></main><h1>",
    "&lt;b&gt; &amp; &#60;",
    "javascript:alert(1)//",
    "{{ 7 * 7 }} {% if %}",
    "\0\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}\u{85}\u{9f}",
    "\u{202e}txet\u{202c}\u{2066}\u{200f}\u{61c}\u{200b}\u{2060}\u{feff}",
    "a\nb\tc\r\nd\u{2028}e",
];

fn is_hidden(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(character, '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{61C}')
}

fn is_only_text(hostile: &str) {
    let page = page_with(hostile);
    assert_eq!(skeleton(&page), skeleton(&page_with("x")), "{hostile:?}");
    assert!(!page.contains(is_hidden), "{hostile:?}");
    let expected: String = hostile
        .chars()
        .map(|one| match one {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            one if is_hidden(one) => '\u{FFFD}',
            one => one,
        })
        .collect();
    let text = text(&page);
    let places =
        ["Released 16 days ago", "Seen here", "Seen at home", "Take care", "Offer this", "program"];
    for place in places {
        let expected = spaced(&format!("{place}{expected}"));
        assert!(text.contains(&expected), "{expected:?} is not in {text:?}");
    }
    if !hostile.contains(overdose_risk::policy::is_hidden) {
        for place in ["Strong tablets", "Offer the leaflet"] {
            let expected = spaced(&format!("{place}{expected}"));
            assert!(text.contains(&expected), "{expected:?} is not in {text:?}");
        }
    }
}

#[test]
fn hostile_text_stays_text_wherever_it_stands() {
    HOSTILE.into_iter().for_each(is_only_text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_stays_text(
        parts in prop::collection::vec(
            prop_oneof![prop::sample::select(&HOSTILE[..]), "[<>\"'&=/a-z \\-!\u{202e}\u{0}\u{ad}]{1,8}".prop_map(|text| &*text.leak())],
            1..4,
        ),
    ) {
        let page = page_with(&parts.concat());
        prop_assert_eq!(skeleton(&page), skeleton(&page_with("x")));
        prop_assert!(!page.contains(is_hidden));
    }
}

#[test]
fn a_link_leads_to_a_file_in_the_same_folder() {
    let page = Html::parse_document(&page_with("javascript:alert(1)//../?#"));
    let links = select("nav a");
    let targets: Vec<_> = page.select(&links).map(|link| link.attr("href").unwrap()).collect();
    assert_eq!(targets.len(), 2);
    for target in targets {
        let file = target.strip_prefix("./").unwrap();
        assert!(!file.contains(['/', ':', '?', '#']), "{file}");
    }
}

#[test]
fn nothing_is_loaded_from_anywhere_and_nothing_runs_but_what_the_policy_names() {
    let page = page_with("x");
    for never in ["http:", "https:", "url(", "src=", " on", "style=\""] {
        let found = page.match_indices(never).find(|(at, _)| {
            // " on" begins a word of English as well as the name of a handler.
            never != " on"
                || page[at + 3..].split('=').next().unwrap().chars().all(char::is_alphabetic)
        });
        assert_eq!(found, None, "{never}");
    }
    let policy = include_str!("../templates/worklist.csp").trim();
    let page = Html::parse_document(&page);
    let meta = select("meta[http-equiv=Content-Security-Policy]");
    assert_eq!(page.select(&meta).next().unwrap().attr("content"), Some(policy));
    for (block, text) in [
        ("style", include_str!("../templates/worklist.css")),
        ("script", include_str!("../templates/worklist.js")),
    ] {
        let blocks: Vec<String> =
            page.select(&select(block)).map(|one| one.text().collect()).collect();
        assert_eq!(blocks, [text], "{block}");
    }
}

#[test]
fn everything_that_is_known_of_a_person_is_on_the_page() {
    let people = [person("p-1", "")];
    let page = page(&worklist(&people));
    let shown = texts(&page, "#list > li").concat();
    for fact in [
        "Not enough information",
        "p-1",
        "By the known facts prioritise: contact within seven days.",
        "34 points; with what is not known it could reach act now, 52 points.",
        "Offer or ask about naloxone",
        "In custody: work with the prison's healthcare team",
        "Opioid exposure not recorded",
        "Released 16 days ago. 19 points (worth 23, but not all); at least prioritise; \
         counted until 14 April 2026 [source-1997]",
        "Uses alone. 1 point [judgement]",
        "Takes z-drugs. 5 points [set by the service: Seen here.]",
        "Is it so? could reach standard, 41 points",
        "Offer this.",
        "Offer that.",
        "As of 30 March 2026; these reasons counted until 12 April 2026.",
        "Service S · Team T · Worker W",
        "Not in today's export. What follows is from 30 March 2026, by policy.",
        "Not in today's export: was act now.",
        "moved, was: old; now: new (newly recorded).",
        "begun, new: first (time has passed; the record is the same).",
        "ended, no longer: last (newly recorded, or the policy or the program is another).",
        "No row that could be read is theirs.",
        "there is a new reason since 20 March 2026. Was reviewed until 3 April 2026. \
         Outcome: Seen at home",
    ] {
        assert!(shown.contains(fact), "{fact:?} is not in {shown:?}");
    }
}

#[test]
fn nobody_is_lost_and_the_order_stays() {
    let ids: Vec<String> = (0..300).map(|n| format!("p-{}", n * 7919 % 1009)).collect();
    let people: Vec<_> = ids.iter().map(|id| person(id, "")).collect();
    let page = page(&worklist(&people));
    assert_eq!(texts(&page, "#list > li > h3 > b"), ids);
    assert_eq!(texts(&page, "#shown"), ["300 people, in worklist order."]);
}

#[test]
fn the_people_come_before_the_numbers_and_the_other_pages() {
    let headings = texts(&page_with(""), "h1, h2");
    let expected = [
        "Worklist: worker C",
        "Local warning until 20 April 2026",
        "People",
        "How many people",
        "Other pages",
    ];
    assert_eq!(headings[..5], expected);
}

#[test]
fn the_reasons_of_who_was_assessed_still_count() {
    let people = [Listed { standing: Standing::Assessed, ..person("p-1", "") }];
    let shown = texts(&page(&worklist(&people)), "#list > li").concat();
    assert!(shown.contains("These reasons change after 12 April 2026."), "{shown}");
    assert!(shown.contains("; counts until 14 April 2026"), "{shown}");
    assert!(!shown.contains("counted until") && !shown.contains("olds until"), "{shown}");
}

#[test]
fn whoever_was_not_assessed_is_marked_loudly_and_nobody_else() {
    for (standing, said) in [
        (Standing::Assessed, None),
        (Standing::Gone, Some("Not in today's export.")),
        (Standing::Quarantined, Some("could not be read.")),
        (
            Standing::WithoutConsent,
            Some(
                "Not assessed today: no consent to this use of their record. This says nothing about \
                 treatment or contact.",
            ),
        ),
    ] {
        let people = [Listed { standing, ..person("p-1", "") }];
        let loud = texts(&page(&worklist(&people)), "#list .loud");
        assert_eq!(loud.len(), usize::from(said.is_some()), "{standing:?}");
        let first =
            "Before you call, look up whether they are still alive, and where they live now.";
        for loud in loud {
            assert!(loud.contains(said.unwrap()) && loud.contains(first), "{loud:?}");
        }
    }
}

#[test]
fn in_custody_and_under_18_say_whom_to_work_with() {
    let custody = "In custody: work with the prison's healthcare team, and check the release date.";
    let child = "Under 18: follow safeguarding; these rules were made from adults' figures.";
    for (in_custody, under_18) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut people = [person("p-1", "")];
        (people[0].flagged.in_custody, people[0].flagged.under_18) = (in_custody, under_18);
        let marks = texts(&page(&worklist(&people)), "#list .marks").concat();
        assert_eq!(marks.contains(custody), in_custody, "{marks}");
        assert_eq!(marks.contains(child), under_18, "{marks}");
    }
}

#[test]
fn the_page_says_of_which_day_it_is_and_has_a_place_for_how_old_it_is() {
    let people = [person("p-1", "")];
    for people in [&[][..], &people] {
        let page = page(&worklist(people));
        let day = texts(&page, "header .day").concat();
        assert!(day.starts_with("This list is of 31 March 2026. Changes are since"), "{day}");
        assert_eq!(texts(&page, "header .day time[datetime='2026-03-31'] ~ #age"), [""]);
    }
}

#[test]
fn every_page_says_that_a_blank_date_of_an_event_is_not_asked() {
    for people in [&[][..], &[person("p-1", "")]] {
        let foot = texts(&page(&worklist(people)), "footer").concat();
        let said = "never taken for “no”; but the date of an event, such as a release, that is blank \
                    in a column that is there counts as none recorded, and is not asked.";
        assert!(foot.contains(said), "{foot}");
    }
}

#[test]
fn a_consent_that_is_not_there_is_about_the_use_of_the_record() {
    let mut people = [person("p-1", "")];
    people[0].change.as_mut().unwrap().because = vec![Because::WithoutConsent];
    let changed = texts(&page(&worklist(&people)), ".changed").concat();
    assert!(changed.contains("There is no consent to this use of their record."), "{changed}");
}

#[test]
fn whose_exposure_is_not_recorded_any_more_is_not_called_lower() {
    for (to, said) in [
        (Tier::Standard, "Lowered from act now to standard."),
        (Tier::NotEnoughInformation, "Opioid exposure is not recorded any more: was act now."),
    ] {
        let mut people = [person("p-1", "")];
        let change = people[0].change.as_mut().unwrap();
        (change.kind, change.from, change.to) = (ChangeKind::Lowered, Some(Tier::ActNow), Some(to));
        assert!(texts(&page(&worklist(&people)), ".changed").concat().contains(said), "{to}");
    }
}

#[test]
fn each_state_of_a_review_has_words_of_its_own() {
    for (state, said) in [
        (ReviewState::Holds, "Reviewed on 20 March 2026, until 3 April 2026."),
        (ReviewState::Lapsed, "Review due again: reviewed on 20 March 2026, until 3 April"),
        (ReviewState::NewReason, "Review due again: there is a new reason since 20 March 2026."),
    ] {
        let mut people = [person("p-1", "")];
        people[0].review.as_mut().unwrap().state = state;
        assert!(texts(&page(&worklist(&people)), "#list li").concat().contains(said), "{state:?}");
    }
}

#[test]
fn a_page_without_people_says_so_and_runs_nothing() {
    let page = page(&Worklist { compared_with: None, ..worklist(&[]) });
    assert!(text(&page).contains("Nobody is listed here on 31 March 2026."));
    assert!(text(&page).contains("Compared with no earlier run"));
    assert!(texts(&page, "script, form, #list").is_empty());
}

#[test]
fn every_page_says_what_it_is_not() {
    for people in [&[][..], &[person("p-1", "")]] {
        let foot = texts(&page(&worklist(people)), "footer").concat();
        for line in [
            "Decision support for trained staff.",
            "not a probability, and nobody is called safe",
            "never a reason to refuse, reduce or end treatment",
            "not validated",
            &format!("As of 31 March 2026, by {}, nightly 9.8.7.", Policy::practice_principles()),
        ] {
            assert!(foot.contains(line), "{line}");
        }
    }
}

#[test]
fn levels_of_the_catalogue_are_said_in_sentences_without_a_gap() {
    for factor in FACTORS {
        for level in factor.levels {
            let because = Because::Moved {
                what: factor.name.to_owned(),
                from: Some(level.name.to_owned()),
                to: None,
                by: MovedBy::WindowPassed,
            };
            let mut people = [person("p-1", "")];
            people[0].change.as_mut().unwrap().because = vec![because];
            let page = page(&worklist(&people));
            let changed = texts(&page, ".changed").concat();
            assert!(changed.contains(factor.title), "{changed}");
            assert!(!changed.contains(['{', '}']), "{changed}");
            assert!(changed.contains("no longer: “"), "{changed}");
        }
    }
}

#[test]
fn a_window_that_has_passed_is_named_by_its_days() {
    let because = |what: &str, from: &str, to: &str| Because::Moved {
        what: what.into(),
        from: Some(from.into()),
        to: Some(to.into()),
        by: MovedBy::WindowPassed,
    };
    let mut people = [person("p-1", "")];
    people[0].change.as_mut().unwrap().because = vec![
        because("prison-release", "days-0-14", "days-15-28"),
        because("exposure", "yes", "unknown"),
    ];
    let changed = texts(&page(&worklist(&people)), ".changed").concat();
    let release = "Release from prison, was: “Released from prison 0 to 14 days ago”; now: “Released \
                   16 days ago”";
    assert!(changed.contains(release), "{changed}");
    assert!(changed.contains("Opioid exposure, was: recorded; now: not recorded"), "{changed}");
}

#[test]
fn filters_offer_what_is_there_and_count_it() {
    let mut people = [person("p-1", ""), person("p-2", ""), person("p-3", "")];
    people[1].flagged.team = vec!["T2".into(), "T".into()];
    people[2].flagged.tier = Tier::ActNow;
    people[2].review = None;
    (people[0].change, people[2].flagged.worker) = (None, Vec::new());
    let page = page(&worklist(&people));
    let options = |name: &str| texts(&page, &format!("select[name={name}] option"));
    assert_eq!(options("tier"), ["Any", "Act now (1)", "Not enough information (2)"]);
    assert_eq!(options("team"), ["Any", "T (3)", "T2 (1)"]);
    assert_eq!(options("worker"), ["Any", "W (2)"]);
    assert_eq!(options("change"), ["Any", "Not in the export (2)", "Nothing changed (1)"]);
    assert_eq!(options("review"), ["Any", "Not reviewed (1)", "Reviewed, new reason since (2)"]);
    assert!(options("service").is_empty(), "everybody has the same");
    let names = ["tier", "team", "change", "reason", "question"];
    for name in names {
        let attribute = format!("#list > li[data-{name}]");
        assert_eq!(texts(&page, &attribute).len(), 3, "{name}");
    }
}

#[test]
fn a_person_takes_little_of_the_page() {
    let people: Vec<_> = (0..100).map(|n| person(&format!("p-{n}"), "")).collect();
    let page = page(&worklist(&people));
    let elements = Html::parse_document(&page).select(&select("#list *")).count();
    assert!(elements <= 100 * 32, "{elements} elements of 100 people");
    assert!(page.len() < 100 * 2500, "{} bytes of 100 people", page.len());
}
