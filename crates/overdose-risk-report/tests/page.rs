//! What stands on the page, read as a browser reads it.

mod fixture;

use fixture::{page, person, worklist};
use overdose_risk::{FACTORS, Tier};
use overdose_risk_intake::Caseload;
use overdose_risk_report::*;
use proptest::prelude::*;
use scraper::{Html, Node, Selector};

fn select(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

/// The text of every element that a selector finds, each run of white space one space.
fn texts(page: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let selector = select(selector);
    let found = page.select(&selector);
    found.map(|one| one.text().collect::<String>()).map(|text| spaced(&text)).collect()
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

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
    let people = [person("p-1", text), person("p-2", text)];
    let (code, file) = (format!("C{text}"), format!("f{text}"));
    let caseload = CaseloadOf { kind: Caseload::Worker, code: &code };
    let notices = [format!("Take care{text}")];
    let links =
        [Link { caseload: None, file: &file }, Link { caseload: Some(caseload), file: &file }];
    let (program, policy) = (format!("program{text}"), format!("policy{text}"));
    page(&Worklist {
        caseload: Some(caseload),
        notices: &notices,
        links: &links,
        program: &program,
        policy: &policy,
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
    for place in ["Released 16 days ago", "Seen at home", "Take care", "Offer this", "program"] {
        let expected = spaced(&format!("{place}{expected}"));
        assert!(text.contains(&expected), "{expected:?} is not in {text:?}");
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
        "In custody",
        "Opioid exposure not recorded",
        "Released 16 days ago. 19 points (worth 23, but not all); at least prioritise; \
         counted until 14 April 2026 [source-1997]",
        "Uses alone. 1 point [judgement]",
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
    assert!(text(&page).contains("The whole export lacks waived."));
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
fn the_people_come_before_the_numbers_and_the_other_pages() {
    let headings = texts(&page_with(""), "h1, h2");
    let expected = ["Worklist: worker C", "People", "How many people", "Other pages"];
    assert_eq!(headings[..4], expected);
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

#[test]
fn the_reasons_of_who_was_assessed_still_count() {
    let people = [Listed { standing: Standing::Assessed, ..person("p-1", "") }];
    let shown = texts(&page(&worklist(&people)), "#list > li").concat();
    assert!(shown.contains("These reasons change after 12 April 2026."), "{shown}");
    assert!(shown.contains("; counts until 14 April 2026"), "{shown}");
    assert!(!shown.contains("counted until") && !shown.contains("olds until"), "{shown}");
}

#[test]
fn where_all_fit_nothing_is_loud() {
    let mut people = [person("p-1", "")];
    (people[0].standing, people[0].flagged.waived) = (Standing::Assessed, Vec::new());
    assert!(texts(&page(&worklist(&people)), ".loud").is_empty());
}

#[test]
fn whoever_was_not_assessed_is_marked_loudly_and_nobody_else() {
    for (standing, said) in [
        (Standing::Assessed, None),
        (Standing::Gone, Some("Not in today's export.")),
        (Standing::Quarantined, Some("could not be read.")),
        (Standing::WithoutConsent, Some("they have not consented.")),
    ] {
        let people = [Listed { standing, ..person("p-1", "") }];
        let loud = texts(&page(&worklist(&people)), "#list .loud");
        assert_eq!(loud.len(), usize::from(said.is_some()), "{standing:?}");
        assert!(loud.iter().all(|loud| loud.contains(said.unwrap())), "{loud:?}");
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
            "As of 31 March 2026, by practice-principles@1, nightly 9.8.7.",
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
    assert!(elements <= 100 * 30, "{elements} elements of 100 people");
    assert!(page.len() < 100 * 2500, "{} bytes of 100 people", page.len());
}
