//! The guide, read as a browser and as a reader of Markdown read it.

mod fixture;

use fixture::{policy, select, spaced, texts};
use overdose_risk::policy::Settings;
use overdose_risk::{FACTORS, Policy};
use overdose_risk_report::Guide;
use proptest::prelude::*;
use pulldown_cmark::{Options, Parser};
use scraper::Html;
use std::collections::BTreeSet;

fn html(policy: &Policy) -> String {
    let mut page = Vec::new();
    Guide { policy }.write_page(&mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// The Markdown as a page, with every extension that could make something of a text.
fn rendered(policy: &Policy) -> String {
    let markdown = Guide { policy }.markdown();
    let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
    let mut page = String::from("<!DOCTYPE html><main>");
    pulldown_cmark::html::push_html(&mut page, Parser::new_ext(&markdown, options));
    page + "</main>"
}

fn elements(page: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    let all = select("*");
    let attributes = |one: scraper::ElementRef<'_>| {
        let attributes =
            one.value().attrs().filter(|(name, _)| !matches!(*name, "content" | "data-day"));
        attributes.map(|(name, value)| format!(" {name}={value}")).collect::<String>()
    };
    page.select(&all).map(|one| one.value().name().to_owned() + &attributes(one)).collect()
}

fn text(page: &str) -> String {
    texts(page, "main").concat()
}

fn with(change: impl FnOnce(&mut Settings)) -> Policy {
    let mut settings = policy("").settings().clone();
    change(&mut settings);
    Policy::new(settings).unwrap()
}

/// A policy with the text, and nothing before it, in the first place of lines.
fn alone(text: &str) -> Policy {
    with(|settings| {
        let alert = settings.alert.as_mut().unwrap();
        (alert.text, alert.offer) = (text.to_owned(), text.to_owned());
        settings.level_mut("age", "35-44").unwrap().action = text.to_owned();
        settings.factor_mut("housing").unwrap().off = Some(text.to_owned());
        settings.act_now.why = Some(text.to_owned());
    })
}

const HOSTILE: [&str; 28] = [
    "<script>alert(1)</script>",
    "</dd></dl></main><h1>x</h1>",
    "\" onclick=\"alert(1)",
    "' onclick='alert(1)",
    "--><!-- ",
    "&lt;b&gt; &amp; &#60; &copy;",
    "{{ 7 * 7 }} {% if %} {#id}",
    "[x](javascript:alert(1))",
    "![x](https://overdose-risk.invalid/x.png)",
    "[x]: https://overdose-risk.invalid",
    "[x][merrall-2010] [^1] [[x]] [x]",
    "<https://overdose-risk.invalid> <a@b.invalid>",
    "a | b | c |",
    "| --- | --- |",
    "*one* **two** _three_ __four__ ***",
    "`one` ``two`` ```",
    "~~one~~ ~two~ ~~~",
    "# one",
    "- one",
    "+ one",
    "12. one",
    "3) one",
    "> one",
    "=== ",
    "--- ",
    "\\ \\[x](y) \\",
    "$x$ $$y$$ H~2~O x^2^ : one [ ] [x] :+1:",
    "    one\u{a0}two  ",
];

/// The text as a reader sees it.
fn seen(text: &str) -> String {
    spaced(text)
}

#[test]
fn a_text_of_the_policy_stays_text_in_both_forms() {
    for hostile in HOSTILE {
        for (policy, harmless) in [(policy(hostile), policy(" x")), (alone(hostile), alone("one"))]
        {
            for form in [html, rendered] {
                let page = form(&policy);
                let differ = |page: &str| {
                    elements(page)
                        .into_iter()
                        .filter(|one| !one.starts_with("meta"))
                        .collect::<Vec<_>>()
                };
                assert_eq!(differ(&page), differ(&form(&harmless)), "{hostile:?}");
                let text = text(&page);
                let times = text.matches(&seen(hostile)).count();
                assert!(times >= 5, "{hostile:?} is there {times} times in {text}");
            }
            let markdown = Guide { policy: &policy }.markdown();
            let mut bare = markdown.chars();
            let mut live = String::new();
            while let Some(one) = bare.next() {
                // What has a backslash before it is text.
                if one == '\\' {
                    bare.next();
                } else {
                    live.push(one);
                }
            }
            assert_eq!(live.matches('<').count(), live.matches("<http").count(), "{hostile:?}");
            assert_eq!(live.matches("](").count(), live.matches("](#").count(), "{hostile:?}");
            assert!(!live.contains("overdose-risk.invalid>") && !live.contains('|'), "{hostile:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_stays_text(
        parts in prop::collection::vec(
            prop_oneof![
                prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
                "[a1 .:/#*_`~|<>\\[\\]()!&+=^$\\\\-]{1,12}",
            ],
            1..4,
        ),
    ) {
        let hostile = format!("{}.", parts.concat());
        for form in [html, rendered] {
            let page = form(&alone(&hostile));
            prop_assert_eq!(elements(&page).len(), elements(&form(&alone("one"))).len());
            prop_assert!(text(&page).contains(&seen(&hostile)));
        }
    }
}

#[test]
fn both_forms_say_the_same() {
    for policy in [Policy::practice_principles(), &policy("")] {
        let (page, markdown) = (html(policy), rendered(policy));
        let of_page = texts(&page, "header, nav > ul, main").concat().replace(' ', "");
        let of_markdown = text(&markdown).replace(' ', "");
        let bare = |text: &str| text.replace(':', "");
        assert_eq!(bare(&of_page), bare(&of_markdown));
    }
}

#[test]
fn every_link_within_leads_to_a_heading_and_every_other_to_a_source() {
    for policy in [Policy::practice_principles(), &policy("")] {
        let page = html(policy);
        let parsed = Html::parse_document(&page);
        let ids: Vec<_> =
            parsed.select(&select("[id]")).map(|one| one.attr("id").unwrap()).collect();
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "an id is there twice: {ids:?}");
        for form in [&page, &rendered(policy)] {
            let parsed = Html::parse_document(form);
            let links: Vec<_> = parsed
                .select(&select("a"))
                .map(|one| one.attr("href").unwrap().to_owned())
                .collect();
            assert!(links.len() > 80, "{}", links.len());
            for link in links {
                let known = match link.strip_prefix('#') {
                    Some(id) => unique.contains(id),
                    None => FACTORS
                        .iter()
                        .flat_map(|factor| factor.sources())
                        .any(|source| source.identifier.to_string() == link),
                };
                assert!(known, "{link}");
            }
        }
    }
}

#[test]
fn what_the_service_has_set_is_said_with_its_reason_and_what_the_default_has() {
    let page = html(&policy(""));
    let text = text(&page);
    for said in [
        "Local warning Strong tablets Offer Offer the leaflet",
        "From 24 March 2026 to 20 April 2026. It ends by itself.",
        "Act now: contact within two working days. From 45 points, or by a reason that leads here whatever \
         the points. Set by this service: More workers. The default has: contact within one working day, \
         from 50 points.",
        "Prioritise: contact within seven days. From 20 points, or by a reason that leads here whatever the \
         points. Standard",
        "Standard: the standard harm-reduction offer at the next contact. Fewer than 20 points",
        "Not enough information: ask about opioid use.",
        "Out of scope: no opioid exposure recorded; these rules do not apply. That does not mean that nothing",
        "What this service does not count These factors are switched off.",
        "Respiratory disease: Nor is this. Housing: Not recorded here.",
        "Released from prison 0 to 14 days ago Offer Contact now",
        "20 points. Whatever the points, at least act now. Rests on A published ratio of 7.5, from \
         merrall-2010: weeks 1-2 against",
        "Released from prison 29 to 84 days ago Offer Call the prison The default offers Contact this week: \
         check the appointment, the prescription and naloxone. Counts 5 points. Whatever the points, at \
         least prioritise. Set by this service Seen at reviews. The default has 3 points. Whatever the \
         points, at least prioritise. A judgement. The published ratios",
        "Takes z-drugs Offer Ask the chemist The default offers Review with the prescriber; never an abrupt \
         stop. Counts 3 points. Rests on A published ratio of 1.39, from glancy-scotland",
        "A release from prison is due in 0 to 14 days Offer Arrange before the date",
        "Counts No points. Whatever the points, at least prioritise.",
        "Lost tolerance: Release from prison, ",
        "Only the one that is worth most counts points.",
        "Depressants: Benzodiazepines, Gabapentinoids, Z-drugs, Alcohol. Together they count 12 points at the \
         most. Set by this service: As agreed. By the default, together they count 15 points at the most.",
        "merrall-2010 Merrall and others 2010, ",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC2955973/",
    ] {
        assert!(text.contains(said), "{said:?} is not in {text:?}");
    }
    let head = texts(&page, "header").concat();
    let label = policy("").label().to_owned();
    let expected = format!(
        "The guide to the policy {label}. Approved by The lead. To be reviewed by 31 January 2027."
    );
    assert!(head.contains(&expected), "{head}");
    assert!(text.contains(&policy("").fingerprint().to_string()));
}

#[test]
fn the_default_says_that_nobody_approved_it_and_sets_nothing_itself() {
    let page = html(Policy::practice_principles());
    let head = texts(&page, "header").concat();
    for said in ["Nobody is named as having approved it.", "No day is named by which it is"] {
        assert!(head.contains(said), "{head}");
    }
    for never in ["Set by this service", "The default", "Local warning", "witched off", "ot count"]
    {
        assert!(!text(&page).contains(never), "{never}");
    }
}

#[test]
fn every_factor_is_there_in_order_and_every_level_that_counts() {
    let off = ["respiratory-disease", "housing"];
    for policy in [Policy::practice_principles(), &policy("")] {
        let page = html(policy);
        let is_default = policy == Policy::practice_principles();
        let titles: Vec<_> = FACTORS.iter().map(|factor| factor.title).collect();
        assert_eq!(texts(&page, "h3")[..titles.len()], titles);
        assert_eq!(texts(&page, "nav ul ul a"), titles);
        let on = FACTORS.iter().filter(|factor| is_default || !off.contains(&factor.name));
        let levels: Vec<_> = on.clone().flat_map(|factor| factor.levels).collect();
        assert_eq!(texts(&page, "h4").len(), levels.len());
        let all = text(&page);
        for factor in on {
            assert!(all.contains(factor.why), "{factor}");
            for field in factor.reads {
                assert!(
                    all.contains(field.question()) && all.contains(field.meaning()),
                    "{factor}"
                );
            }
        }
        let actions = policy.settings().factors().filter(|(_, set)| set.off.is_none());
        for level in actions.flat_map(|(_, set)| set.levels()) {
            assert!(all.contains(&level.action), "{}", level.action);
        }
        assert!(!all.contains(['{', '}']), "a sentence has a gap");
        let loud = texts(&page, "main .loud");
        assert_eq!(loud.len(), if is_default { 0 } else { 1 + off.len() });
    }
}

#[test]
fn a_factor_that_is_off_shares_nothing_and_rests_on_nothing() {
    let page = html(&with(|settings| {
        settings.factor_mut("detox-exit").unwrap().off = Some("Not recorded here".to_owned());
    }));
    let title = "Left inpatient detoxification or residential rehabilitation";
    for (page, times) in [(html(&policy("")), 1), (page, 0)] {
        let together = texts(&page, "#what-is-counted-together ~ ul > li").concat();
        assert_eq!(together.matches(title).count(), times, "{together}");
        assert_eq!(texts(&page, "h3#emcdda-norway").len(), times);
    }
}

#[test]
fn it_says_what_it_is_not() {
    for form in [html, rendered] {
        let text = text(&form(Policy::practice_principles()));
        for said in [
            "Decision support for trained staff.",
            "Not validated.",
            "No probability.",
            "Nobody is called safe.",
            "Never a reason to refuse, reduce or end treatment.",
            "never taken for “no”",
            "blank in a column that is there counts as none recorded, and is not asked.",
        ] {
            assert!(text.contains(said), "{said}");
        }
    }
}

#[test]
fn it_says_what_is_said_where_the_record_leaves_no_doubt() {
    let sharper: Vec<_> = FACTORS.iter().filter_map(|factor| factor.sharper.as_ref()).collect();
    assert!(!sharper.is_empty());
    for form in [html, rendered] {
        let text = text(&form(Policy::practice_principles()));
        for one in &sharper {
            assert!(text.contains(&one.sentence.replace(" {when}", "")), "{text}");
            assert!(text.contains(one.when), "{text}");
        }
    }
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let page = html(&policy(""));
    let csp = page.split("content=\"default-src").nth(1).unwrap().split('"').next().unwrap();
    assert!(csp.contains("style-src &#39;sha256-") && !csp.contains("script-src"), "{csp}");
    for never in ["<script", "<img", "<link", "<form", "src=", "style=\"", "@import", "url("] {
        assert!(!page.contains(never), "{never}");
    }
}
