//! The reference pages in `docs/`, generated from the catalogue. This test fails when one of them
//! is stale; `UPDATE_EXPECT=1 cargo test -p overdose-risk --test pages` writes them anew.

use expect_test::expect_file;
use overdose_risk::evidence::sources::SOURCES;
use overdose_risk::evidence::{Basis, Outcome, Read, Source};
use overdose_risk::factor::{Case, Factor, Level, Mechanism, Urgency};
use overdose_risk::{Age, FACTORS, Fact, Field, Limit, Policy, Record, Tier};

const GENERATED: &str = "<!-- Generated from the catalogue by tests/pages.rs. Do not edit: \
     `UPDATE_EXPECT=1 cargo test -p overdose-risk --test pages` writes it anew. -->";

#[test]
fn the_default_policy_as_a_file_is_up_to_date() {
    expect_file!["../docs/practice-principles.toml"]
        .assert_eq(&Policy::practice_principles().with_sources());
}

#[test]
fn the_page_of_factors_is_up_to_date() {
    expect_file!["../docs/factors.md"].assert_eq(&factors_page());
}

#[test]
fn the_page_of_sources_is_up_to_date() {
    expect_file!["../docs/sources.md"].assert_eq(&sources_page());
}

#[test]
fn the_page_of_fields_is_up_to_date() {
    expect_file!["../docs/fields.md"].assert_eq(&fields_page());
}

fn lines(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().map(|part| part + "\n").collect()
}

/// A table: a heading row, then rows. A bar inside a cell would end it.
fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let row = |cells: [String; N]| {
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = format!("|{}\n", "---|".repeat(N));
    row(head.map(str::to_owned)) + &rule + &rows.into_iter().map(row).collect::<String>()
}

fn tier(floor: Option<Urgency>) -> String {
    floor.map_or(String::new(), |floor| format!("at least `{}`", Tier::from(floor)))
}

fn source_link(source: &Source) -> String {
    format!("[{key}](sources.md#{key})", key = source.key)
}

fn factors_page() -> String {
    let policy = Policy::practice_principles();
    let intro = format!(
        "{GENERATED}\n\n\
         # Risk factors\n\n\
         What each factor looks for in a record, what it is worth under `{policy}`, and on what \
         that rests.\n\n\
         Points follow from published ratios as `round(10 x ln(ratio))`, so that about seven \
         points double a ratio. Where no usable ratio was found for exactly this, the number is a \
         *judgement*: ours, open to challenge, and marked wherever it is shown. Points are not a \
         probability, and the rule set is not validated.\n\n\
         From {} points a person's tier is `{}`, from {} points `{}`. A floor is the least tier \
         that a level leads to, whatever the points. Where opioid exposure is not recorded, the tier \
         is `not-enough-information`, and what the known facts lead to is said beside it. Days are \
         counted from the event to the as-of \
         date; both ends of a window are included, and day 0 is the day of the event.\n\n\
         In the worked cases, *known* is the level that the known facts show and *at worst* the \
         worst that the unknown ones allow. What a case does not mention is as in a person of 30 \
         with past opioid use who is in treatment, holds an in-date naloxone kit, and of whom \
         nothing else is recorded.\n",
        policy.prioritise_from(),
        Tier::Prioritise,
        policy.act_now_from(),
        Tier::ActNow,
    );
    let contents = lines(
        FACTORS
            .iter()
            .map(|factor| format!("- [{}](#{}): {}", factor.name, factor.name, factor.title)),
    );
    let factors: String = FACTORS.iter().map(|factor| factor_section(factor)).collect();
    format!("{intro}\n{contents}{factors}")
}

fn factor_section(factor: &Factor) -> String {
    let reads: Vec<String> =
        factor.reads.iter().map(|field| format!("[`{field}`](fields.md#{field})")).collect();
    let mechanism = factor.mechanism.map_or(String::new(), |mechanism| {
        format!("\n**Shared mechanism:** {}.\n", shared(mechanism))
    });
    let levels = table(
        ["level", "points", "floor", "rests on"],
        factor.levels.iter().map(|level| {
            [format!("`{}`", level.name), level.points.to_string(), tier(level.floor), basis(level)]
        }),
    );
    let actions = table(
        ["level", "what a worker reads", "what to offer"],
        factor.levels.iter().map(|level| {
            [format!("`{}`", level.name), level.sentence.to_owned(), level.action.to_owned()]
        }),
    );
    let sharper = factor.sharper.as_ref().map_or(String::new(), |sharper| {
        format!("\nA worker reads \"{}\" {}.\n", sharper.sentence, sharper.when)
    });
    let cases = table(["given", "known", "at worst"], factor.cases.iter().map(case_row));
    format!(
        "\n## {name}\n\n**{title}.** {why}\n\n**Reads:** {reads}.\n{mechanism}\n{levels}\n{actions}{sharper}\n{cases}",
        name = factor.name,
        title = factor.title,
        why = factor.why,
        reads = reads.join(", "),
    )
}

fn shared(mechanism: Mechanism) -> String {
    let limit = match Policy::practice_principles().limit(mechanism) {
        Limit::Largest => "only the largest counts".to_owned(),
        Limit::Together(limit) => format!("they count to {limit} together"),
    };
    let members = FACTORS.iter().filter(|factor| factor.mechanism == Some(mechanism));
    let members: Vec<String> = members.map(|factor| format!("`{factor}`")).collect();
    format!("{}, of {}; {limit}", mechanism.name(), members.join(", "))
}

fn basis(level: &Level) -> String {
    match &level.basis {
        Basis::Ratio(ratio) => {
            let figure = format!("{}.{:02}", ratio.hundredths / 100, ratio.hundredths % 100);
            format!("ratio {figure}, {}: {}", source_link(ratio.source), ratio.says)
        }
        Basis::Judgement { why, leans_on } => {
            let sources: Vec<String> = leans_on.iter().map(|source| source_link(source)).collect();
            let leans = if sources.is_empty() {
                String::new()
            } else {
                format!(" Leans on {}.", sources.join(", "))
            };
            format!("*judgement*: {why}{leans}")
        }
    }
}

fn case_row(case: &Case) -> [String; 3] {
    let given: Vec<String> = case.given.iter().map(ToString::to_string).collect();
    let given = if given.is_empty() { "nothing else".to_owned() } else { given.join(", ") };
    let level = |level: Option<&str>| level.map_or("-".to_owned(), |level| format!("`{level}`"));
    [given, level(case.low), level(case.high)]
}

fn sources_page() -> String {
    let intro = format!(
        "{GENERATED}\n\n\
         # Sources\n\n\
         Every publication that a number in [factors.md](factors.md) rests on, and the numbers \
         that rest on it.\n\n\
         **What was read.** Where a source says \"{}\", nobody opened the full text for this \
         project: the figure stood in the abstract or another excerpt, and tables in the paper \
         were not read. \"{}\" means that somebody else's account was read, and \"{}\" that the \
         figure was calculated. Check a figure against the original before relying on it.\n\n\
         **What is ours.** A *judgement* is a number for which no usable ratio was found. The \
         source that it leans on does not state it.\n\n\
         **What was counted.** A ratio for one outcome is no more than a hint for another: each \
         source says whether it counted {}, {}, {} or {}.\n",
        Read::Excerpt,
        Read::Summary,
        Read::Derived,
        Outcome::FatalOverdose,
        Outcome::NonFatalOverdose,
        Outcome::AnyDeath,
        Outcome::RespiratoryDisease,
    );
    let sections: String = SOURCES.iter().map(|source| source_section(source)).collect();
    intro + &sections
}

fn source_section(source: &Source) -> String {
    let year = source.year.map_or("year not seen".to_owned(), |year| year.to_string());
    let numbers = FACTORS.iter().flat_map(|factor| {
        let resting =
            factor.levels.iter().filter(|level| level.basis.sources().any(|s| s == source));
        resting.map(move |level| {
            let points = if level.points == 1 { "point" } else { "points" };
            let how =
                if level.basis.is_judgement() { ", a judgement that leans on it" } else { "" };
            format!(
                "- [`{factor}:{}`](factors.md#{factor}), {} {points}{how}",
                level.name, level.points
            )
        })
    });
    format!(
        "\n## {}\n\n{} ({year}). {}. <{}>\n\n- studied: {}\n- counted: {}\n- {}\n\n\
         What rests on it:\n\n{}",
        source.key,
        source.authors,
        source.published_in,
        source.identifier,
        source.population,
        source.outcome,
        source.read,
        lines(numbers),
    )
}

fn fields_page() -> String {
    let principal = Field::ALL
        .into_iter()
        .filter(|field| is_principal(*field))
        .map(|field| format!("`{field}`"));
    let principal: Vec<String> = principal.collect();
    let rows = Field::ALL.into_iter().map(|field| {
        let scope = if field.is_always_in_scope() { "as unknown" } else { "as nothing" };
        [
            format!("<a id=\"{field}\"></a>`{field}`"),
            field.meaning().to_owned(),
            kind(field).to_owned(),
            accepted(field),
            field.question().to_owned(),
            if is_principal(field) { "principal".to_owned() } else { String::new() },
            scope.to_owned(),
        ]
    });
    let fields = table(
        [
            "field",
            "meaning",
            "kind",
            "values",
            "question to ask",
            "principal",
            "not collected counts",
        ],
        rows,
    );
    format!(
        "{GENERATED}\n\n\
         # Fields\n\n\
         The facts that an assessment looks at, in the order of the native export. An export also \
         has `id`, a pseudonym of 1 to 64 characters (letters, digits, `_` and `-`, the first a \
         letter or digit); it is no part of a record.\n\n\
         {fields}\n{FIELD_RULES}\n\
         ## Principal fields\n\n\
         {} stand for the four principal factors: age, opioid use, recent release from prison, no \
         naloxone. An export must have a column for each of the four; `opioid_use` and `ost` serve \
         for one another. An export without one is refused unless that field is waived by name, \
         and then every output says that nobody could be assessed for it.\n",
        principal.join(", "),
    )
}

/// The columns of the four principal factors, either of two serving for opioid use.
fn is_principal(field: Field) -> bool {
    let always = [Field::Age, Field::OpioidUse, Field::Ost, Field::PrisonRelease, Field::Naloxone];
    always.contains(&field)
}

fn kind(field: Field) -> &'static str {
    match Record::default().fact(field) {
        Fact::Age(_) => "age",
        Fact::Event(_) => "event",
        Fact::Date(_) => "date",
        Fact::OpioidUse(_)
        | Fact::Ost(_)
        | Fact::Naloxone(_)
        | Fact::Injecting(_)
        | Fact::YesNo(_)
        | Fact::Housing(_)
        | Fact::CaseStatus(_) => "status",
    }
}

fn accepted(field: Field) -> String {
    let fact = Record::default().fact(field);
    if let Some(names) = fact.vocabulary() {
        let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
        return names.join(", ");
    }
    match fact {
        Fact::Age(_) => format!(
            "one of three columns: `age` (0 to {oldest}), `age_band` (`35-44`, `<35`, `45+`), \
             `birth_year` (`1979`)",
            oldest = Age::OLDEST
        ),
        Fact::Event(_) if field == Field::PrisonReleaseDue => "date, `none`".to_owned(),
        Fact::Event(_) => "date, `never`".to_owned(),
        _ => "date".to_owned(),
    }
}

const FIELD_RULES: &str = "\
## How a cell is read

White space around a value is ignored, and so is case. Yes-or-no facts also take `y`, `n`, `true`,
`false`, `1`, `0`. Dates are `2026-03-31`, `20260331` or `31/03/2026`; the month never comes first.

The age is read from one of the columns `age`, `age_band`, `birth_year`. If several are filled in,
the first that is known, in this order, counts. A year of birth leaves two possible ages, and both
are kept.

| a cell that | means |
|---|---|
| is blank, of a status, an age or the date of expiry | unknown: nobody has recorded it. It is never a \"no\" |
| is blank, of an event | none is recorded: services log such events when they happen. It is not asked about |
| says `unknown`, `not recorded`, `not known`, `n/a`, `na`, `null` or `-` | unknown: nobody has recorded it |
| says `declined`, `refused` or `prefer not to say` | unknown: the person preferred not to say |
| says anything that is no value of the field | unreadable: unknown, and reported as a problem; the person is still assessed |
| says what cannot be true | contradictory: unknown, and reported as a problem; the person is still assessed |
| is not there, because the export has no such column | not collected |

Of an event, an unknown says that there may be one, or a later one than is recorded. Unknown facts
count towards the tier that a person could reach. A fact that is not collected does not, except
where the table above says that it counts as unknown.

Contradictory are: a date before 1900; an event later than the as-of date; a planned release or a
date of expiry more than 50 years after it; a year of birth that makes nobody between 0 and 120; and
`ost`, when it says `prescribed` although `ost_ended` lies 0 to 28 days back and `ost_started` is
not a date on or after it.

A protective fact (naloxone held, treatment prescribed) needs an explicit yes.

## Two fields that are easily mistaken

`opioid_use` is `none` only for somebody who never used an opioid that was not prescribed, as far as
the service knows. With nothing that speaks against it, `none` takes a person out of scope. Somebody
who has used and does not now is `past`: no use in the last 28 days is not `none`, whether the person
comes fresh from prison or is stable in treatment.

`ost` is treatment now. When doses have been missed for so long that the prescription is stopped, say
`not_prescribed`, and in `ost_ended` the day on which it stopped, whether or not the case stays open:
tolerance may be lost by then. That is a judgement, and after how many missed doses a prescription is
stopped is for the prescriber.
";
