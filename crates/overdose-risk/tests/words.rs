//! The words of the catalogue: what no reader of an output may meet, and what must be offered.

use overdose_risk::{FACTORS, Field};

/// Words that no reader of an output may meet, in lower case.
const BANNED: [&str; 13] = [
    "addict",
    "abuse",
    "junkie",
    "clean",
    "non-compliant",
    "noncompliant",
    "low risk",
    "low-risk",
    "predict",
    "prognos",
    "relapse",
    "probability of",
    "guarantee",
];

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.map(str::to_lowercase).filter(|word| !word.is_empty()).collect()
}

#[test]
fn no_word_of_the_catalogue_blames_or_promises() {
    let levels = FACTORS.iter().flat_map(|factor| factor.levels);
    let texts = levels
        .flat_map(|level| [level.name, level.sentence, level.action])
        .chain(FACTORS.iter().flat_map(|factor| [factor.name, factor.title, factor.why]))
        .chain(FACTORS.iter().filter_map(|factor| factor.sharper.as_ref()).map(|one| one.sentence))
        .chain(Field::ALL.into_iter().flat_map(|field| [field.meaning(), field.question()]))
        .chain(overdose_risk::Tier::ALL.into_iter().flat_map(|tier| {
            [tier.name(), overdose_risk::Policy::practice_principles().promise(tier)]
        }));
    for text in texts {
        for banned in BANNED {
            assert!(!text.to_lowercase().contains(banned), "\"{text}\" says {banned}");
        }
        assert!(!words(text).contains(&"safe".to_owned()), "\"{text}\" calls something safe");
    }
}

#[test]
fn no_action_refuses_reduces_or_ends_treatment() {
    let withholds = [
        "refuse",
        "reduce",
        "end",
        "discharge",
        "exclude",
        "suspend",
        "withhold",
        "withdraw",
        "sanction",
        "terminate",
        "taper",
        "detoxify",
        "delay",
        "unless",
        "deny",
        "lower",
        "limit",
        "cancel",
        "cut",
    ];
    for factor in FACTORS {
        for level in factor.levels {
            // "within two days of the discharge" speaks of leaving hospital.
            let action = level.action.replace("of the discharge", "");
            let words = words(&action);
            for word in withholds {
                let inflected = [word.to_owned(), format!("{word}s"), format!("{word}d")];
                let says = inflected.iter().any(|form| words.contains(form));
                assert!(!says, "{factor}:{}: \"{}\" says {word}", level.name, level.action);
            }
            if words.contains(&"stop".to_owned()) {
                let kind = ["never an abrupt stop", "support to stop smoking"];
                assert!(kind.iter().any(|words| action.contains(words)), "\"{action}\"");
            }
        }
    }
}

#[test]
fn actions_offer_what_the_policy_names() {
    let table = [
        ("naloxone", "not-held", "take-home naloxone and training"),
        ("naloxone", "expired", "Re-supply"),
        ("naloxone", "unconfirmed", "Ask"),
        ("prison-release", "days-0-14", "appointment this week"),
        ("prison-release", "days-15-28", "bridged without a gap"),
        ("prison-release", "days-0-14", "naloxone in hand"),
        ("prison-release", "due-within-14-days", "before the date"),
        ("prison-release", "release-overdue", "Find out"),
        ("ost-stopped", "days-0-14", "immediate restart"),
        ("ost-stopped", "days-15-28", "lost tolerance"),
        ("detox-exit", "days-0-28", "immediate restart"),
        ("detox-exit", "days-0-28", "lost tolerance"),
        ("treatment-exit", "days-0-28", "immediate restart"),
        ("hospital-discharge", "days-0-2", "within two days"),
        ("hospital-discharge", "days-0-2", "check the prescription"),
        ("overdose", "days-0-28", "near-fatal overdose"),
        ("overdose", "days-184-365", "re-supply naloxone"),
        ("injecting", "current", "needle and syringe provision"),
        ("injecting", "current", "smoking"),
        ("benzodiazepines", "yes", "never an abrupt stop"),
        ("gabapentinoids", "yes", "prescriber"),
        ("z-drugs", "yes", "never an abrupt stop"),
        ("alcohol", "yes", "never an abrupt stop"),
        ("suicidality", "yes", "local safety plan"),
        ("housing", "no-fixed-abode", "Refer"),
        ("uses-alone", "yes", "spotting services"),
    ];
    for (factor, level, offer) in table {
        let mut levels = FACTORS.iter().filter(|f| f.name == factor).flat_map(|f| f.levels);
        let action = levels.find(|l| l.name == level).map_or("", |level| level.action);
        assert!(action.contains(offer), "{factor}:{level}: \"{action}\" has no \"{offer}\"");
    }
}
