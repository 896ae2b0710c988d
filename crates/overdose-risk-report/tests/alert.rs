//! What a service's own policy says, on a worklist, to the worker and to the person.

mod fixture;

use fixture::{day, flagged, page, person, policy, spaced, texts, worklist};
use overdose_risk::Tier;
use overdose_risk_json::Flagged;
use overdose_risk_report::{Listed, Sheet, Standing, Worklist};

fn sheet(flagged: &Flagged, standing: Standing) -> Sheet<'_> {
    Sheet { flagged, standing: Some(standing), day: None, change: None, review: None }
}

fn shown(sheet: &Sheet<'_>) -> String {
    let mut page = Vec::new();
    sheet.write(&mut page).unwrap();
    spaced(&texts(&String::from_utf8(page).unwrap(), "main").concat())
}

#[test]
fn a_warning_stands_at_the_top_from_its_first_day_to_its_last() {
    let policy = policy("");
    for (as_of, is_on) in
        [("2026-03-23", false), ("2026-03-24", true), ("2026-04-20", true), ("2026-04-21", false)]
    {
        let list = Worklist { as_of: day(as_of), policy: &policy, ..worklist(&[]) };
        let alerts = texts(&page(&list), "header > section.alert[aria-labelledby=alert]");
        let expected = "Local warning until 20 April 2026 Strong tablets Offer to everybody on this \
                        list: Offer the leaflet";
        assert_eq!(alerts, [expected].repeat(usize::from(is_on)), "{as_of}");
    }
    assert!(texts(&page(&worklist(&[])), ".alert").is_empty(), "the default has none");
}

#[test]
fn what_a_tier_promises_is_what_the_policy_says() {
    let people = [person("p-1", "")];
    let list = Worklist { policy: &policy(""), ..worklist(&people) };
    assert!(texts(&page(&list), "tbody").concat().contains("Contact within two working days"));
    let mut counts = list.counts;
    counts.act_now_beyond_capacity = 1;
    let loud = texts(&page(&Worklist { counts, ..list }), "header .loud").concat();
    assert!(loud.contains("For each of them: contact within two working days."), "{loud}");
}

#[test]
fn the_person_reads_the_promise_of_the_policy_and_that_of_the_default_in_an_older_line() {
    let mut flagged = flagged("p-1", "");
    for (tier, promise, says) in [
        (Tier::ActNow, Some("contact within two working days"), "you within two working days."),
        (Tier::ActNow, None, "you within one working day."),
        (Tier::Prioritise, Some("contact within 14 days"), "you within 14 days."),
        (Tier::Prioritise, None, "you within seven days."),
        (Tier::Standard, Some("the standard offer"), "the next time you meet."),
    ] {
        (flagged.tier, flagged.promise) = (tier, promise.map(str::to_owned));
        let shown = shown(&sheet(&flagged, Standing::Assessed));
        assert!(shown.contains(says), "{says}\n\n{shown}");
    }
}

#[test]
fn the_person_and_the_worker_read_the_warning_that_is_in_the_line() {
    let flagged = flagged("p-1", "");
    for (standing, says) in [
        (Standing::Assessed, "There is a warning for this area until 20 April 2026."),
        (Standing::Gone, "When this page was made, there was a warning for this area, until 20"),
    ] {
        let sheet = sheet(&flagged, standing);
        let shown = shown(&sheet);
        for said in [says, "Strong tablets.", "we can offer you this: Offer this."] {
            assert!(shown.contains(said), "{said}\n\n{shown}");
        }
        let words = sheet.to_string();
        assert!(words.contains("Local warning until 20 April 2026: Strong tablets."), "{words}");
        assert!(sheet.before_showing().concat().contains("A local warning is on the page"));
    }
}

#[test]
fn neither_out_of_scope_nor_without_a_warning_is_one_shown() {
    let mut none = flagged("p-1", "");
    none.alert = None;
    let mut out_of_scope = flagged("p-1", "");
    out_of_scope.tier = Tier::OutOfScope;
    for flagged in [none, out_of_scope] {
        let sheet = sheet(&flagged, Standing::Assessed);
        for shown in [shown(&sheet), sheet.to_string(), sheet.before_showing().concat()] {
            assert!(!shown.contains("warning") && !shown.contains("Strong tablets"), "{shown}");
        }
    }
}

#[test]
fn the_person_is_offered_what_the_service_has_written_where_it_has() {
    let shown = shown(&sheet(&flagged("p-1", ""), Standing::Assessed));
    assert!(shown.contains("Ask the chemist."), "{shown}");
    assert!(!shown.contains("A talk with whoever prescribes for you."), "{shown}");
}

/// Points that the service has set are a judgement, and of a floor alone the points still rest on what
/// they rested on.
#[test]
fn a_number_that_the_service_has_set_is_never_called_published() {
    for judgement in [true, false] {
        let mut flagged = flagged("p-1", "");
        flagged.reasons.retain(|reason| reason.set_because.is_some());
        assert_eq!(flagged.reasons.len(), 1);
        flagged.reasons[0].judgement = judgement;
        let words = sheet(&flagged, Standing::Assessed).to_string();
        assert!(words.contains("Set by the service: Seen here."), "{words}");
        let people = [Listed { flagged, ..person("p-1", "") }];
        let card = texts(&page(&worklist(&people)), "#list dd small").concat();
        assert!(card.contains("[set by the service: Seen here.]"), "{card}");
        assert_eq!(words.contains("published ratio"), !judgement, "{words}");
        assert_eq!(card.contains("glancy-scotland"), !judgement, "{card}");
    }
}
