//! What is said to the person: short words, no jargon, and nothing that judges.
//!
//! `{on}` stands for a day, as `on 28 March 2026`.

/// What is said to the person of one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// What the record says.
    pub(super) found: &'static str,
    /// Why it matters.
    pub(super) why: &'static str,
    /// What the service can offer.
    pub(super) offer: &'static str,
}

/// What is said of a level of a factor; `None` of one that is not known here.
pub(super) fn told(factor: &str, level: &str) -> Option<Told> {
    let [found, why, offer] = match (factor, level) {
        ("age", "35-44") => [
            "You are between 35 and 44 years old.",
            "People of your age who use opioids die of an overdose more often than people under 35.",
            GENERAL_HEALTH,
        ],
        ("age", "45-and-over") => [
            "You are 45 or older.",
            "People from 45 to 54 who use opioids die of an overdose more often than people under 35. \
             We go on counting age after 54, so that no birthday takes anybody off the list.",
            GENERAL_HEALTH,
        ],
        ("opioid-use", "off-treatment") => [
            "You use opioids, such as heroin, and have no prescription for methadone or buprenorphine.",
            "Fewer people die while they have that prescription.",
            "A prescription for methadone or buprenorphine, with as few steps as we can.",
        ],
        ("opioid-use", "on-top-of-treatment") => [
            "You use opioids, such as heroin. You also have a prescription for methadone or buprenorphine, or \
             we do not know if you have.",
            "Using on top adds up. It can be a sign that the dose is too low for you.",
            "A check that you have your prescription and that the dose is enough.",
        ],
        ("opioid-use", "abstinent") => [
            "You used opioids, such as heroin, before. You do not use them now.",
            USED_TO_LESS,
            "A talk about how to stay alive if you ever use again.",
        ],
        ("prison-release", "due-within-14-days") => [
            "You are due to come out of prison {on}.",
            USED_TO_LESS,
            "An appointment, your prescription without a gap, and naloxone to take with you. We can set \
             these up before the day.",
        ],
        ("prison-release", "release-overdue") => [
            "You were due to come out of prison {on}. We do not know if you did.",
            USED_TO_LESS,
            "If you are out: an appointment soon, your prescription without a gap, and naloxone.",
        ],
        ("prison-release", _) => [
            "You came out of prison {on}.",
            USED_TO_LESS,
            "An appointment soon, your prescription without a gap, and naloxone to take home.",
        ],
        ("naloxone", "not-held") => ["You do not have naloxone at home.", NALOXONE, NALOXONE_KIT],
        ("naloxone", "expired") => {
            ["Your naloxone went out of date {on}.", NALOXONE, "A new naloxone kit."]
        }
        ("naloxone", "unconfirmed") => {
            ["We do not know if you have naloxone at home.", NALOXONE, NALOXONE_KIT]
        }
        ("ost-stopped", _) => [
            "Your prescription for methadone or buprenorphine seems to have stopped. The last thing we \
             have written down about it happened {on}.",
            USED_TO_LESS,
            RESTART,
        ],
        ("detox-exit", _) => ["You left detox or rehab {on}.", USED_TO_LESS, RESTART],
        ("hospital-discharge", _) => [
            "You left hospital {on}.",
            "The first days after hospital can be dangerous. Your body may be used to less.",
            "A call, and a check that you have your prescription.",
        ],
        ("treatment-exit", _) => [
            "You left treatment {on}.",
            "When contact stops, nobody notices if things go wrong.",
            RESTART,
        ],
        ("ost-started", _) => [
            "You started a prescription for methadone or buprenorphine {on}.",
            "The first weeks are the time when people need the most support. It is still right to start.",
            "Regular checks that the dose is right for you.",
        ],
        ("overdose", _) => [
            "You had an overdose {on}, and you survived it.",
            "People who have had one overdose are more likely to have another.",
            "A talk about what happened, if you want one, and a new naloxone kit.",
        ],
        ("injecting", _) => [
            "You inject.",
            "When you inject, the whole dose arrives at once.",
            "New needles and syringes, and a talk about other ways, such as smoking.",
        ],
        ("benzodiazepines", _) => {
            ["You take benzodiazepines, such as diazepam.", SLOW_BREATHING, NEVER_SUDDENLY]
        }
        ("gabapentinoids", _) => {
            ["You take pregabalin or gabapentin.", SLOW_BREATHING, NEVER_SUDDENLY]
        }
        ("z-drugs", _) => {
            ["You take sleeping tablets, such as zopiclone.", SLOW_BREATHING, NEVER_SUDDENLY]
        }
        ("alcohol", _) => [
            "Drinking is a problem for you.",
            SLOW_BREATHING,
            "Help with drinking. Please do not stop suddenly by yourself: that can be dangerous.",
        ],
        ("suicidality", _) => [
            "Somebody who works with you was worried that you might end your life.",
            "We want you to live. This list cannot say how you feel. You can.",
            "Time to talk about it, and a plan for staying alive that you make together with us.",
        ],
        ("respiratory-disease", _) => [
            "You have a disease of the lungs.",
            "Opioids slow your breathing, and your lungs have less to spare.",
            "A check of your breathing, and help if you want to stop smoking.",
        ],
        ("housing", "no-fixed-abode") => [
            "You have no home of your own at the moment.",
            "Life without a home is harder on the body, and help is harder to reach.",
            "Help with housing. We can come to where you are.",
        ],
        ("housing", "at-risk") => [
            "You might lose your home.",
            "Life without a home is harder on the body, and help is harder to reach.",
            "Advice about housing.",
        ],
        ("uses-alone", _) => [
            "You use when you are alone.",
            "Naloxone only helps if somebody is there to give it.",
            "A plan so that you are not alone when you use. There are also people who stay with you on the \
             phone.",
        ],
        _ => return None,
    };
    Some(Told { found, why, offer })
}

const GENERAL_HEALTH: &str = "A check of your breathing and your general health.";
const USED_TO_LESS: &str =
    "After a break the body is used to less. A dose that was normal before can be too much now.";
const NALOXONE: &str = "Naloxone can bring somebody back from an opioid overdose.";
const SLOW_BREATHING: &str =
    "Together with opioids it slows your breathing, and breathing can stop.";
const NEVER_SUDDENLY: &str = "A talk with whoever prescribes for you. Please do not stop suddenly: that can \
                              be dangerous.";
const RESTART: &str = "To start treatment again straight away, if you want to.";

/// The offer to everybody who may have no kit.
pub(super) const NALOXONE_KIT: &str =
    "Naloxone to take home, and training for you and the people around you.";

/// A question to the person; `None` where it is not put on paper.
pub(super) fn question(field: &str) -> Option<&'static str> {
    Some(match field {
        "age" | "age_band" | "birth_year" => "How old are you?",
        "opioid_use" => {
            "Have you ever used heroin or other opioids that were not prescribed? Was it in the last four weeks?"
        }
        "ost" => "Do you have a prescription for methadone or buprenorphine now?",
        "ost_started" => "When did you last start on methadone or buprenorphine?",
        "ost_ended" => "When did you last stop having methadone or buprenorphine prescribed?",
        "prison_release" => "Have you been in prison? When did you last come out?",
        "prison_release_due" => "Are you due to come out of prison? When?",
        "detox_exit" => "Have you been in detox or rehab? When did you leave?",
        "hospital_discharge" => "Have you been in hospital? When did you leave?",
        "treatment_exit" => "Have you left treatment before? When?",
        "overdose" => "Have you ever had an overdose? When was the last one?",
        "naloxone" => "Do you have naloxone at home?",
        "naloxone_expiry" => "When does your naloxone go out of date?",
        "injecting" => "Do you inject?",
        "benzodiazepines" => "Do you take benzodiazepines, such as diazepam?",
        "gabapentinoids" => "Do you take pregabalin or gabapentin?",
        "z_drugs" => "Do you take sleeping tablets, such as zopiclone?",
        "alcohol" => "Is drinking a problem for you?",
        "respiratory_disease" => "Do you have a disease of the lungs, such as asthma or COPD?",
        "housing" => "Where are you living at the moment?",
        "uses_alone" => "Do you use when you are alone?",
        "case_status" => "Are you with this service now?",
        // Asked by somebody who is there to listen.
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use overdose_risk::{FACTORS, Field};

    #[test]
    fn every_level_and_every_question_has_words_for_the_person() {
        for factor in FACTORS {
            for level in factor.levels {
                let told = told(factor.name, level.name);
                let told = told.unwrap_or_else(|| panic!("{} {}", factor.name, level.name));
                let has_day = level.sentence.contains("{when}");
                assert_eq!(told.found.contains("{on}"), has_day, "{} {}", factor.name, level.name);
                for text in [told.why, told.offer] {
                    assert!(text.ends_with('.') && !text.contains('{'), "{text}");
                }
            }
        }
        let unasked = Field::ALL.into_iter().filter(|field| question(field.name()).is_none());
        assert_eq!(unasked.collect::<Vec<_>>(), [Field::Suicidality]);
    }

    #[test]
    fn of_age_no_more_is_said_than_the_sources_say() {
        let why = |level| told("age", level).map(|told| told.why).unwrap_or_default();
        let than_young = "who use opioids die of an overdose more often than people under 35.";
        assert_eq!(why("35-44"), format!("People of your age {than_young}"));
        // Against under 35 the rate is 1.50 from 45 to 54, and 1.05 from 55 to 64.
        assert!(why("45-and-over").starts_with(&format!("People from 45 to 54 {than_young}")));
        let age = FACTORS.iter().find(|factor| factor.name == "age").map(|factor| factor.why);
        assert!(age.unwrap_or_default().contains("1.50 at 45 to 54, and 1.05 at 55 to 64"));
    }

    #[test]
    fn no_word_of_it_is_jargon_or_judges() {
        let mut words =
            Field::ALL.into_iter().filter_map(|field| question(field.name())).collect::<Vec<_>>();
        for factor in FACTORS {
            for told in factor.levels.iter().filter_map(|level| told(factor.name, level.name)) {
                words.extend([told.found, told.why, told.offer]);
            }
        }
        for text in words {
            let lower = text.to_lowercase();
            for word in [
                "clean",
                "junk",
                "drunk",
                "user",
                "addict",
                "abuse",
                "misuse",
                "compli",
                "risk of",
                "safe",
                "predict",
                "tier",
                "points",
                " ost ",
                "floor",
                "substitution",
                "detoxification",
                "tolerance",
                "commit",
                "refus",
            ] {
                assert!(!lower.contains(word), "{word}: {text}");
            }
            let longest =
                text.split(['.', '?', ':']).map(|one| one.split_whitespace().count()).max();
            assert!(longest <= Some(22), "{text}");
        }
    }
}
