//! Which policy files are refused: each with every line and the whole message.

use expect_test::{Expect, expect};
use overdose_risk_policy::read_policy;

/// The first two lines of every file that says no other.
const BASE: &str = "based_on = \"practice-principles\"\nbased_on_version = 1\n";
/// The first three.
const NAMED: &str =
    "based_on = \"practice-principles\"\nbased_on_version = 1\nname = \"service\"\n";

fn message(text: &str) -> String {
    match read_policy(text) {
        Ok(policy) => panic!("it is not refused: {text}\n{policy}"),
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn check(files: &[&str], before: &str, expected: &Expect) {
    let mut all = String::new();
    for file in files {
        let message = message(&format!("{before}{file}"));
        let shown = file.replace('\n', "\\n").replace('\r', "\\r");
        let shown = shown.replace('\u{7}', "\\u{7}").replace('\u{feff}', "\\u{feff}");
        all += &format!("{shown}\n    {}\n", message.replace('\n', "\n    "));
    }
    expected.assert_eq(&all);
}

#[test]
fn what_is_not_toml_is_refused_with_its_line() {
    let files = [
        "based_on",
        "based_on = practice-principles",
        "\n\nbased_on = \"practice-principles",
        "[tiers.act-now\npoints = 45",
        "[alert]\ntext = \"\"\"never\nclosed\n\n",
        "[tiers.act-now]\npoints = 045",
        "[tiers.act-now]\npoints = 45 # why\nwhy = 'it's ours'",
        "[tiers.act-now]\n[tiers.act-now]",
        "[tiers.act-now]\npoints = 45\npoints = 44",
        "tiers.act-now.points = 45\n\n[tiers.act-now]\nwhy = \"w\"",
        "[factors.z-drugs]\noff = true\n[factors]\nz-drugs = {}",
        "version = 1\r\nname = \"a\r\nb\"",
        "[alert]\ntext = \"a \u{7} b\"",
    ];
    check(
        &files,
        "",
        &expect![[r#"
            based_on
                line 1: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
            based_on = practice-principles
                line 1: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
            \n\nbased_on = "practice-principles
                line 3: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
            [tiers.act-now\npoints = 45
                line 1: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
            [alert]\ntext = """never\nclosed\n\n
                line 3: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
            [tiers.act-now]\npoints = 045
                line 2: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
            [tiers.act-now]\npoints = 45 # why\nwhy = 'it's ours'
                line 3: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
            [tiers.act-now]\n[tiers.act-now]
                line 2: a key or table stands here for the second time: write each once
            [tiers.act-now]\npoints = 45\npoints = 44
                line 3: a key or table stands here for the second time: write each once
            tiers.act-now.points = 45\n\n[tiers.act-now]\nwhy = "w"
                line 3: a key or table stands here for the second time: write each once
            [factors.z-drugs]\noff = true\n[factors]\nz-drugs = {}
                line 4: a key or table stands here for the second time: write each once
            version = 1\r\nname = "a\r\nb"
                line 3: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
            [alert]\ntext = "a \u{7} b"
                line 2: this is not valid TOML: check quotes, brackets, commas and equals signs there; a number is whole, a day is 2027-03-31, off is true or false, and texts stand in straight quotes
        "#]],
    );
}

#[test]
fn a_file_for_another_policy_is_refused() {
    let files = [
        "",
        "based_on = \"practice-principles\"",
        "\nbased_on_version = 1",
        "based_on_version = 1\n\nbased_on = \"practice-principle\"",
        "based_on_version = 1\nbased_on = 1",
        "based_on = \"practice-principles\"\n\nbased_on_version = 2",
        "based_on = \"practice-principles\"\nbased_on_version = 0",
        "based_on = \"practice-principles\"\nbased_on_version = \"1\"",
        "based_on = \"practice-principles\"\nbased_on_version = 1.0",
        "\u{feff}based_on = \"practice-principles\"\r\nbased_on_version = 4294967296\r\n",
    ];
    check(
        &files,
        "",
        &expect![[r#"

            line 1: there is no based_on: write based_on = "practice-principles" and based_on_version = 1
            line 1: there is no based_on_version: write based_on = "practice-principles" and based_on_version = 1
        based_on = "practice-principles"
            line 1: there is no based_on_version: write based_on = "practice-principles" and based_on_version = 1
        \nbased_on_version = 1
            line 1: there is no based_on: write based_on = "practice-principles" and based_on_version = 1
        based_on_version = 1\n\nbased_on = "practice-principle"
            line 3: a policy is based on practice-principles and no other: write based_on = "practice-principles" and based_on_version = 1
        based_on_version = 1\nbased_on = 1
            line 2: a policy is based on practice-principles and no other: write based_on = "practice-principles" and based_on_version = 1
        based_on = "practice-principles"\n\nbased_on_version = 2
            line 3: this file was written for another version of practice-principles: look at each of its numbers again beside version 1, then write based_on_version = 1
        based_on = "practice-principles"\nbased_on_version = 0
            line 2: this file was written for another version of practice-principles: look at each of its numbers again beside version 1, then write based_on_version = 1
        based_on = "practice-principles"\nbased_on_version = "1"
            line 2: based_on_version must be a whole number
        based_on = "practice-principles"\nbased_on_version = 1.0
            line 2: based_on_version must be a whole number
        \u{feff}based_on = "practice-principles"\r\nbased_on_version = 4294967296\r\n
            line 2: based_on_version must be a whole number
    "#]],
    );
}

#[test]
fn a_key_that_no_file_has_is_refused_with_what_may_be_meant() {
    let files = [
        "verison = 2",
        "approved-by = \"Clinical governance group\"",
        "threshold = 20",
        "[limits.depressants]\npoints = 20\nwhy = \"w\"\napproved_by = \"Clinical governance group\"",
        "[tier.act-now]\npoints = 45",
        "[tiers.actnow]\npoints = 45",
        "[tiers.standard]\npoints = 1",
        "[tiers.not-enough-information]\noff = true",
        "not_enough_information = false",
        "[tiers.out-of-scope]",
        "naloxone_gap = false",
        "[tiers.act-now]\nwithin_days = 1",
        "[tiers.prioritise]\nwithin_day = 8",
        "[limits.depressant]\npoints = 20",
        "[limits.depressants]\nlimit = 20",
        "[factors.z_drugs]\noff = true",
        "[factors.sex]\noff = true",
        "[factors.prison-release.days-0-41]\npoints = 21",
        "[factors.prison-release.days-0-21]\npoints = 21",
        "[factors.alcohol.no]\npoints = 1",
        "[factors.z-drugs]\npoints = 4\nwhy = \"w\"",
        "[factors.housing]\nfloor = \"prioritise\"",
        "[factors.z-drugs]\nof = true",
        "[factors.overdose.days-0-28]\npoint = 8",
        "[factors.overdose.days-0-28]\nwindow = 40",
        "[factors.overdose.days-0-28]\nfrom_day = 1",
        "[factors.overdose]\ndays = \"0-40\"",
        "[factors.overdose.days-0-28]\nsentence = \"A near-fatal overdose.\"",
        "[factors.overdose]\ntitle = \"Overdose\"",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-04-01\nuntil = 2026-04-30\npoints = 3",
    ];
    check(
        &files,
        NAMED,
        &expect![[r#"
            verison = 2
                line 4: no such key of a policy file, version may be meant: it has based_on, based_on_version, name, version, approved_by, review_by, tiers, limits, factors, alert
            approved-by = "Clinical governance group"
                line 4: no such key of a policy file, approved_by may be meant: it has based_on, based_on_version, name, version, approved_by, review_by, tiers, limits, factors, alert
            threshold = 20
                line 4: no such key of a policy file: it has based_on, based_on_version, name, version, approved_by, review_by, tiers, limits, factors, alert
            [limits.depressants]\npoints = 20\nwhy = "w"\napproved_by = "Clinical governance group"
                line 7: approved_by belongs to the head of the file: write it above the first [table]
            [tier.act-now]\npoints = 45
                line 4: no such key of a policy file, tiers may be meant: it has based_on, based_on_version, name, version, approved_by, review_by, tiers, limits, factors, alert
            [tiers.actnow]\npoints = 45
                line 4: no such key of tiers, act-now may be meant: it has act-now, prioritise
            [tiers.standard]\npoints = 1
                line 4: standard has no settings: everybody below prioritise is in it; remove this
            [tiers.not-enough-information]\noff = true
                line 4: not-enough-information cannot be changed or removed: somebody whose opioid use is not known is always shown as that, so that a worker asks
            not_enough_information = false
                line 4: not-enough-information cannot be changed or removed: somebody whose opioid use is not known is always shown as that, so that a worker asks
            [tiers.out-of-scope]
                line 4: out-of-scope has no settings: it is for people whose record shows no opioid use; remove this
            naloxone_gap = false
                line 4: the naloxone gap is always shown, in every policy: remove this
            [tiers.act-now]\nwithin_days = 1
                line 5: no such key of tiers.act-now: it has points, within_working_days, why
            [tiers.prioritise]\nwithin_day = 8
                line 5: no such key of tiers.prioritise, within_days may be meant: it has points, within_days, why
            [limits.depressant]\npoints = 20
                line 4: no such key of limits, depressants may be meant: it has lost-tolerance, depressants
            [limits.depressants]\nlimit = 20
                line 5: no such key of limits.depressants: it has points, why
            [factors.z_drugs]\noff = true
                line 4: no such factor, z-drugs may be meant: the factors and their levels are the same in every policy
            [factors.sex]\noff = true
                line 4: no such factor: the factors and their levels are the same in every policy
            [factors.prison-release.days-0-41]\npoints = 21
                line 4: no such key or level of prison-release, days-0-14 may be meant: it has off, why, days-0-14, days-15-28, days-29-84, release-overdue, due-within-14-days; levels and their windows are the same in every policy, as the numbers rest on studies of just these
            [factors.prison-release.days-0-21]\npoints = 21
                line 4: no such key or level of prison-release, days-0-14 may be meant: it has off, why, days-0-14, days-15-28, days-29-84, release-overdue, due-within-14-days; levels and their windows are the same in every policy, as the numbers rest on studies of just these
            [factors.alcohol.no]\npoints = 1
                line 4: no such key or level of alcohol: it has off, why, yes; levels and their windows are the same in every policy, as the numbers rest on studies of just these
            [factors.z-drugs]\npoints = 4\nwhy = "w"
                line 5: points belongs to a level of z-drugs: write it below [factors.z-drugs.yes]
            [factors.housing]\nfloor = "prioritise"
                line 5: floor belongs to a level of housing: write it below [factors.housing.no-fixed-abode] or [factors.housing.at-risk]
            [factors.z-drugs]\nof = true
                line 5: no such key or level of z-drugs, off may be meant: it has off, why, yes; levels and their windows are the same in every policy, as the numbers rest on studies of just these
            [factors.overdose.days-0-28]\npoint = 8
                line 5: no such key of factors.overdose.days-0-28, points may be meant: it has points, floor, why, action
            [factors.overdose.days-0-28]\nwindow = 40
                line 5: windows and ages are the same in every policy, as the numbers rest on studies of just these: change points or floor, and remove this
            [factors.overdose.days-0-28]\nfrom_day = 1
                line 5: windows and ages are the same in every policy, as the numbers rest on studies of just these: change points or floor, and remove this
            [factors.overdose]\ndays = "0-40"
                line 5: windows and ages are the same in every policy, as the numbers rest on studies of just these: change points or floor, and remove this
            [factors.overdose.days-0-28]\nsentence = "A near-fatal overdose."
                line 5: titles, sentences, sources and what a factor looks for are the same in every policy: remove this; what a worker can offer is action
            [factors.overdose]\ntitle = "Overdose"
                line 5: titles, sentences, sources and what a factor looks for are the same in every policy: remove this; what a worker can offer is action
            [alert]\ntext = "t"\noffer = "o"\nfrom = 2026-04-01\nuntil = 2026-04-30\npoints = 3
                line 9: no such key of alert: it has text, offer, from, until
        "#]],
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_refused() {
    let files = [
        "version = \"2\"",
        "version = -1",
        "version = 4294967296",
        "approved_by = 3",
        "review_by = \"31/03/2027\"",
        "review_by = 2027-03-31T00:00:00Z",
        "review_by = \"2027-02-29\"",
        "review_by = \"2027-3-31\"",
        "review_by = 2027",
        "review_by = 1999-12-31",
        "tiers = 3",
        "[[tiers]]\npoints = 1",
        "tiers.act-now = 45",
        "factors = []",
        "factors.z-drugs = false",
        "factors.z-drugs.yes = 4",
        "limits.depressants = 20",
        "alert = \"Potent opioids.\"",
        "[factors.z-drugs.yes]\npoints = -3\nwhy = \"w\"",
        "[factors.z-drugs.yes]\npoints = 3.5\nwhy = \"w\"",
        "[factors.z-drugs.yes]\npoints = \"4\"\nwhy = \"w\"",
        "[factors.z-drugs.yes]\npoints = \"3 + 1\"\nwhy = \"w\"",
        "[factors.z-drugs.yes]\npoints = 256\nwhy = \"w\"",
        "[factors.z-drugs.yes]\nfloor = \"standard\"\nwhy = \"w\"",
        "[factors.z-drugs.yes]\nfloor = 0\nwhy = \"w\"",
        "[factors.z-drugs.yes]\npoints = 4\nwhy = [\"w\"]",
        "[factors.z-drugs.yes]\naction = true",
        "[factors.z-drugs]\noff = \"true\"\nwhy = \"w\"",
        "[factors.z-drugs]\nwhy = \"w\"",
        "[tiers.act-now]\npoints = -1\nwhy = \"w\"",
        "[tiers.act-now]\npoints = 65536\nwhy = \"w\"",
        "[tiers.act-now]\nwithin_working_days = \"two\"\nwhy = \"w\"",
        "[tiers.prioritise]\nwithin_days = 256\nwhy = \"w\"",
        "[limits.depressants]\npoints = \"all\"\nwhy = \"w\"",
        "[limits.depressants]\npoints = -1\nwhy = \"w\"",
        "[limits.lost-tolerance]\npoints = 256\nwhy = \"w\"",
        "[alert]",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-04-01",
        "[alert]\ntext = \"t\"\noffer = 1\nfrom = 2026-04-01\nuntil = 30",
    ];
    check(
        &files,
        NAMED,
        &expect![[r#"
            version = "2"
                line 4: version must be a whole number from 1
            version = -1
                line 4: version must be a whole number from 1
            version = 4294967296
                line 4: version must be a whole number from 1
            approved_by = 3
                line 4: approved_by must be a text in quotes
            review_by = "31/03/2027"
                line 4: review_by must be a day such as 2027-03-31
            review_by = 2027-03-31T00:00:00Z
                line 4: review_by must be a day such as 2027-03-31
            review_by = "2027-02-29"
                line 4: review_by must be a day such as 2027-03-31
            review_by = "2027-3-31"
                line 4: review_by must be a day such as 2027-03-31
            review_by = 2027
                line 4: review_by must be a day such as 2027-03-31
            review_by = 1999-12-31
                line 4: review_by: write a date of the years 2000 to 9999
            tiers = 3
                line 4: tiers must be a table: write [tiers] on a line by itself, and its keys below
            [[tiers]]\npoints = 1
                line 4: tiers must be a table: write [tiers] on a line by itself, and its keys below
            tiers.act-now = 45
                line 4: tiers.act-now must be a table: write [tiers.act-now] on a line by itself, and its keys below
            factors = []
                line 4: factors must be a table: write [factors] on a line by itself, and its keys below
            factors.z-drugs = false
                line 4: factors.z-drugs must be a table: write [factors.z-drugs] on a line by itself, and its keys below
            factors.z-drugs.yes = 4
                line 4: factors.z-drugs.yes must be a table: write [factors.z-drugs.yes] on a line by itself, and its keys below
            limits.depressants = 20
                line 4: limits.depressants must be a table: write [limits.depressants] on a line by itself, and its keys below
            alert = "Potent opioids."
                line 4: alert must be a table: write [alert] on a line by itself, and its keys below
            [factors.z-drugs.yes]\npoints = -3\nwhy = "w"
                line 5: points are never negative, as nothing that is found makes somebody less urgent: write 0 or more
            [factors.z-drugs.yes]\npoints = 3.5\nwhy = "w"
                line 5: points must be a whole number from 0 to 99
            [factors.z-drugs.yes]\npoints = "4"\nwhy = "w"
                line 5: points must be a whole number from 0 to 99
            [factors.z-drugs.yes]\npoints = "3 + 1"\nwhy = "w"
                line 5: points must be a whole number from 0 to 99
            [factors.z-drugs.yes]\npoints = 256\nwhy = "w"
                line 5: points must be a whole number from 0 to 99
            [factors.z-drugs.yes]\nfloor = "standard"\nwhy = "w"
                line 5: floor must be "act-now", "prioritise" or "none"
            [factors.z-drugs.yes]\nfloor = 0\nwhy = "w"
                line 5: floor must be "act-now", "prioritise" or "none"
            [factors.z-drugs.yes]\npoints = 4\nwhy = ["w"]
                line 6: why must be a text in quotes
            [factors.z-drugs.yes]\naction = true
                line 5: action must be a text in quotes
            [factors.z-drugs]\noff = "true"\nwhy = "w"
                line 5: off must be true or false, without quotes
            [factors.z-drugs]\nwhy = "w"
                line 5: a factor's why says why it is off: write off = true as well, or move why to the level that it is about
            [tiers.act-now]\npoints = -1\nwhy = "w"
                line 5: points must be a whole number from 1
            [tiers.act-now]\npoints = 65536\nwhy = "w"
                line 5: points must be a whole number from 1
            [tiers.act-now]\nwithin_working_days = "two"\nwhy = "w"
                line 5: within_working_days must be a whole number from 1 to 5
            [tiers.prioritise]\nwithin_days = 256\nwhy = "w"
                line 5: within_days must be a whole number from 1 to 28
            [limits.depressants]\npoints = "all"\nwhy = "w"
                line 5: points must be a whole number from 1 to 255, or "largest"
            [limits.depressants]\npoints = -1\nwhy = "w"
                line 5: points must be a whole number from 1 to 255, or "largest"
            [limits.lost-tolerance]\npoints = 256\nwhy = "w"
                line 5: points must be a whole number from 1 to 255, or "largest"
            [alert]
                line 4: the alert has no text: write text, offer, from and until, so that it ends by itself
                line 4: the alert has no offer: write text, offer, from and until, so that it ends by itself
                line 4: the alert has no from: write text, offer, from and until, so that it ends by itself
                line 4: the alert has no until: write text, offer, from and until, so that it ends by itself
            [alert]\ntext = "t"\noffer = "o"\nfrom = 2026-04-01
                line 4: the alert has no until: write text, offer, from and until, so that it ends by itself
            [alert]\ntext = "t"\noffer = 1\nfrom = 2026-04-01\nuntil = 30
                line 6: offer must be a text in quotes
                line 8: until must be a day such as 2027-03-31
        "#]],
    );
}

#[test]
fn what_no_policy_can_have_is_refused() {
    let long = "x".repeat(501);
    let long = format!("[factors.z-drugs.yes]\npoints = 4\nwhy = \"{long}\"");
    let files = [
        // Names and texts.
        "version = 0",
        "approved_by = \" \"",
        "[factors.z-drugs.yes]\npoints = 4\nwhy = \"\"",
        "[factors.z-drugs.yes]\npoints = 4\nwhy = \"\"\"two\nlines\"\"\"",
        "[factors.z-drugs.yes]\naction = \"Ask.\\tOffer.\"",
        "[factors.z-drugs.yes]\naction = \"\"",
        "[factors.z-drugs]\noff = true\nwhy = \"\\u0007\"",
        // No reason.
        "[factors.z-drugs.yes]\npoints = 4",
        "[factors.z-drugs.yes]\nfloor = \"prioritise\"",
        "[factors.z-drugs]\noff = true",
        "[tiers.act-now]\npoints = 45",
        "[tiers.prioritise]\nwithin_days = 5",
        "[limits.depressants]\npoints = 20",
        "limits = { lost-tolerance = { points = 30 } }",
        // Numbers.
        "[factors.z-drugs.yes]\nwhy = \"w\"\npoints = 100",
        "[tiers.prioritise]\nwhy = \"w\"\npoints = 0",
        "[tiers.prioritise]\nwhy = \"w\"\npoints = 50",
        "[tiers.act-now]\nwhy = \"w\"\npoints = 20",
        "[tiers.act-now]\nwhy = \"w\"\npoints = 300",
        "[tiers.act-now]\nwhy = \"w\"\nwithin_working_days = 0",
        "[tiers.act-now]\nwhy = \"w\"\nwithin_working_days = 6",
        "[tiers.prioritise]\nwhy = \"w\"\nwithin_days = 40",
        "[tiers.act-now]\nwhy = \"w\"\nwithin_working_days = 3\n\n[tiers.prioritise]\nwhy = \"w\"\nwithin_days = 2",
        "[limits.depressants]\nwhy = \"w\"\npoints = 0",
        // Risks that would make somebody less urgent.
        "[factors.hospital-discharge.days-3-14]\npoints = 16\nwhy = \"w\"",
        "[factors.overdose.days-29-183]\npoints = 7\nfloor = \"act-now\"\nwhy = \"w\"\n\n\
         [factors.overdose.days-0-28]\nfloor = \"prioritise\"\nwhy = \"w\"",
        "[factors.treatment-exit.days-0-28]\nfloor = \"act-now\"\nwhy = \"w\"\n\n\
         [factors.detox-exit.days-0-28]\nfloor = \"act-now\"\n\n\
         [factors.overdose.days-184-365]\nfloor = \"prioritise\"\nwhy = \"w\"",
        "[factors.age.45-and-over]\npoints = 2\nwhy = \"w\"",
        "[factors.naloxone.unconfirmed]\npoints = 5\nwhy = \"w\"",
        "[factors.housing.at-risk]\npoints = 5\nwhy = \"w\"",
        "[factors.opioid-use.abstinent]\npoints = 13\nwhy = \"w\"",
        "[factors.prison-release.release-overdue]\npoints = 4\nwhy = \"w\"",
        "[factors.ost-stopped]\noff = true\nwhy = \"w\"",
        "[factors.ost-stopped]\noff = true\nwhy = \"w\"\n\n[factors.ost-started.days-0-14]\npoints = 12\nwhy = \"w\"",
        "[factors.ost-stopped.days-15-28]\nfloor = \"none\"\nwhy = \"w\"",
        // Principal factors.
        "[factors.naloxone]\noff = true\nwhy = \"w\"",
        "[factors.age.35-44]\npoints = 0\nwhy = \"w\"",
        // The alert.
        "[alert]\ntext = \"\"\noffer = \"o\"\nfrom = 2026-04-01\nuntil = 2026-04-30",
        "[alert]\ntext = \"t\"\noffer = \"o\\n\"\nfrom = 2026-04-01\nuntil = 2026-04-30",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-04-01\nuntil = 2026-03-31",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-04-01\nuntil = \"2026-10-01\"",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-04-01\nuntil = 2026-10-18",
    ];
    check(
        &files,
        NAMED,
        &expect![[r#"
            version = 0
                line 4: version: write 1 or more
            approved_by = " "
                line 4: approved_by: write it as one line of 1 to 500 characters that can be seen, without tabs
            [factors.z-drugs.yes]\npoints = 4\nwhy = ""
                line 6: factors.z-drugs.yes: write why as one line of 1 to 500 characters that can be seen, without tabs
            [factors.z-drugs.yes]\npoints = 4\nwhy = """two\nlines"""
                line 6: factors.z-drugs.yes: write why as one line of 1 to 500 characters that can be seen, without tabs
            [factors.z-drugs.yes]\naction = "Ask.\tOffer."
                line 5: factors.z-drugs.yes: write action as one line of 1 to 500 characters that can be seen, without tabs
            [factors.z-drugs.yes]\naction = ""
                line 5: factors.z-drugs.yes: write action as one line of 1 to 500 characters that can be seen, without tabs
            [factors.z-drugs]\noff = true\nwhy = "\u0007"
                line 6: factors.z-drugs: write why as one line of 1 to 500 characters that can be seen, without tabs
            [factors.z-drugs.yes]\npoints = 4
                line 4: factors.z-drugs.yes: this is not as in the default: say why, why = "...", or remove it
            [factors.z-drugs.yes]\nfloor = "prioritise"
                line 4: factors.z-drugs.yes: this is not as in the default: say why, why = "...", or remove it
            [factors.z-drugs]\noff = true
                line 4: factors.z-drugs: this is not as in the default: say why, why = "...", or remove it
            [tiers.act-now]\npoints = 45
                line 4: tiers.act-now: this is not as in the default: say why, why = "...", or remove it
            [tiers.prioritise]\nwithin_days = 5
                line 4: tiers.prioritise: this is not as in the default: say why, why = "...", or remove it
            [limits.depressants]\npoints = 20
                line 4: limits.depressants: this is not as in the default: say why, why = "...", or remove it
            limits = { lost-tolerance = { points = 30 } }
                line 4: limits.lost-tolerance: this is not as in the default: say why, why = "...", or remove it
            [factors.z-drugs.yes]\nwhy = "w"\npoints = 100
                line 6: factors.z-drugs.yes: a level is worth 99 points at the most: write fewer
            [tiers.prioritise]\nwhy = "w"\npoints = 0
                line 6: tiers.prioritise: 0 points put everybody there: write 1 or more
            [tiers.prioritise]\nwhy = "w"\npoints = 50
                line 6: tiers.prioritise: prioritise must begin at fewer points than act-now: lower prioritise, or raise act-now
            [tiers.act-now]\nwhy = "w"\npoints = 20
                line 6: tiers.prioritise: prioritise must begin at fewer points than act-now: lower prioritise, or raise act-now
            [tiers.act-now]\nwhy = "w"\npoints = 300
                line 6: tiers.act-now: nobody can have more than 109 points by this policy: begin there or below
            [tiers.act-now]\nwhy = "w"\nwithin_working_days = 0
                line 6: tiers.act-now: promise contact within 1 to 5 working days
            [tiers.act-now]\nwhy = "w"\nwithin_working_days = 6
                line 6: tiers.act-now: promise contact within 1 to 5 working days
            [tiers.prioritise]\nwhy = "w"\nwithin_days = 40
                line 6: tiers.prioritise: promise contact within 1 to 28 days
            [tiers.act-now]\nwhy = "w"\nwithin_working_days = 3\n\n[tiers.prioritise]\nwhy = "w"\nwithin_days = 2
                line 6: tiers.act-now: working days run over a weekend, so within_days must be 2 more at the least than within_working_days: change one of the two
            [limits.depressants]\nwhy = "w"\npoints = 0
                line 6: limits.depressants: a limit of 0 counts nothing: write 1 or more, or "largest"
            [factors.hospital-discharge.days-3-14]\npoints = 16\nwhy = "w"
                line 4: factors.hospital-discharge.days-0-2: must be worth no less than days-3-14, in points and in floor: otherwise somebody at days-3-14 would become less urgent as more is known; raise the first or lower the second
            [factors.overdose.days-29-183]\npoints = 7\nfloor = "act-now"\nwhy = "w"\n\n[factors.overdose.days-0-28]\nfloor = "prioritise"\nwhy = "w"
                line 9: factors.overdose.days-0-28: must be worth no less than days-29-183, in points and in floor: otherwise somebody at days-29-183 would become less urgent as more is known; raise the first or lower the second
            [factors.treatment-exit.days-0-28]\nfloor = "act-now"\nwhy = "w"\n\n[factors.detox-exit.days-0-28]\nfloor = "act-now"\n\n[factors.overdose.days-184-365]\nfloor = "prioritise"\nwhy = "w"
                line 11: factors.overdose.days-29-183: must be worth no less than days-184-365, in points and in floor: otherwise somebody at days-184-365 would become less urgent as more is known; raise the first or lower the second
            [factors.age.45-and-over]\npoints = 2\nwhy = "w"
                line 4: factors.age.45-and-over: must be worth no less than 35-44, in points and in floor: otherwise somebody at 35-44 would become less urgent as more is known; raise the first or lower the second
            [factors.naloxone.unconfirmed]\npoints = 5\nwhy = "w"
                line 4: factors.naloxone.expired: must be worth no less than unconfirmed, in points and in floor: otherwise somebody at unconfirmed would become less urgent as more is known; raise the first or lower the second
            [factors.housing.at-risk]\npoints = 5\nwhy = "w"
                line 4: factors.housing.no-fixed-abode: must be worth no less than at-risk, in points and in floor: otherwise somebody at at-risk would become less urgent as more is known; raise the first or lower the second
            [factors.opioid-use.abstinent]\npoints = 13\nwhy = "w"
                line 4: factors.opioid-use.off-treatment: must be worth no less than abstinent, in points and in floor: otherwise somebody at abstinent would become less urgent as more is known; raise the first or lower the second
            [factors.prison-release.release-overdue]\npoints = 4\nwhy = "w"
                line 4: factors.prison-release.days-29-84: must be worth no less than release-overdue, in points and in floor: otherwise somebody at release-overdue would become less urgent as more is known; raise the first or lower the second
            [factors.ost-stopped]\noff = true\nwhy = "w"
                line 4: factors.ost-started.days-0-14: the start of treatment counts only where ost-stopped is on, and its level of the same days has the floor act-now: otherwise somebody would become less urgent when it is known that treatment has stopped again; restore that level, or give this one 0 points and the floor none
                line 4: factors.ost-started.days-15-28: the start of treatment counts only where ost-stopped is on, and its level of the same days has the floor act-now: otherwise somebody would become less urgent when it is known that treatment has stopped again; restore that level, or give this one 0 points and the floor none
            [factors.ost-stopped]\noff = true\nwhy = "w"\n\n[factors.ost-started.days-0-14]\npoints = 12\nwhy = "w"
                line 4: factors.ost-started.days-15-28: the start of treatment counts only where ost-stopped is on, and its level of the same days has the floor act-now: otherwise somebody would become less urgent when it is known that treatment has stopped again; restore that level, or give this one 0 points and the floor none
                line 8: factors.ost-started.days-0-14: the start of treatment counts only where ost-stopped is on, and its level of the same days has the floor act-now: otherwise somebody would become less urgent when it is known that treatment has stopped again; restore that level, or give this one 0 points and the floor none
            [factors.ost-stopped.days-15-28]\nfloor = "none"\nwhy = "w"
                line 4: factors.ost-started.days-15-28: the start of treatment counts only where ost-stopped is on, and its level of the same days has the floor act-now: otherwise somebody would become less urgent when it is known that treatment has stopped again; restore that level, or give this one 0 points and the floor none
            [factors.naloxone]\noff = true\nwhy = "w"
                line 5: factors.naloxone: is one of the four principal factors, which are always on: remove off
            [factors.age.35-44]\npoints = 0\nwhy = "w"
                line 4: factors.age.35-44: every level of a principal factor counts: give it points or a floor
            [alert]\ntext = ""\noffer = "o"\nfrom = 2026-04-01\nuntil = 2026-04-30
                line 5: alert: write text as one line of 1 to 500 characters that can be seen, without tabs
            [alert]\ntext = "t"\noffer = "o\n"\nfrom = 2026-04-01\nuntil = 2026-04-30
                line 6: alert: write offer as one line of 1 to 500 characters that can be seen, without tabs
            [alert]\ntext = "t"\noffer = "o"\nfrom = 2026-04-01\nuntil = 2026-03-31
                line 8: alert: it ends before it begins: change from or until
            [alert]\ntext = "t"\noffer = "o"\nfrom = 2026-04-01\nuntil = "2026-10-01"
                line 8: alert: it lasts 183 days at the most: end it earlier, and renew it then
            [alert]\ntext = "t"\noffer = "o"\nfrom = 2026-04-01\nuntil = 2026-10-18
                line 8: alert: it lasts 183 days at the most: end it earlier, and renew it then
        "#]],
    );
    assert_eq!(
        message(&format!("{NAMED}{long}")),
        "line 6: factors.z-drugs.yes: write why as one line of 1 to 500 characters that can be seen, without tabs"
    );
}

#[test]
fn a_policy_of_its_own_has_a_name_of_its_own() {
    let files = [
        "name = \"practice-principles\"\nversion = 2",
        "version = 2",
        "[factors.z-drugs.yes]\naction = \"Talk about z-drugs.\"",
        "name = \"our service\"",
        "name = \"-ours\"",
        "name = \"\"",
        "name = 1",
    ];
    check(
        &files,
        BASE,
        &expect![[r#"
        name = "practice-principles"\nversion = 2
            line 3: name: this policy is not practice-principles any more: give it a name of its own
        version = 2
            line 1: name: this policy is not practice-principles any more: give it a name of its own
        [factors.z-drugs.yes]\naction = "Talk about z-drugs."
            line 1: name: this policy is not practice-principles any more: give it a name of its own
        name = "our service"
            line 3: name: write 1 to 64 letters, digits, hyphens and underscores, a letter or digit first
        name = "-ours"
            line 3: name: write 1 to 64 letters, digits, hyphens and underscores, a letter or digit first
        name = ""
            line 3: name: write 1 to 64 letters, digits, hyphens and underscores, a letter or digit first
        name = 1
            line 3: name must be a text in quotes
    "#]],
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file() {
    let file = r#"
version = 0
review_by = "soon"

[factors.overdose.days-0-28]
points = "7"
why = "w"

# Worth more than the level above, which could not be read: nothing is said of that.
[factors.overdose.days-29-183]
points = 9
why = "w"

[factors.alcohol]
off = true

[factors.benzos.yes]
points = 12

[tiers.act-now]
points = 10
days = 3

[tiers.prioritise]
points = 25
within_days = 60

[alert]
until = 2026-04-30
text = "t"
"#;
    check(
        &[file],
        NAMED,
        &expect![[r#"
        \nversion = 0\nreview_by = "soon"\n\n[factors.overdose.days-0-28]\npoints = "7"\nwhy = "w"\n\n# Worth more than the level above, which could not be read: nothing is said of that.\n[factors.overdose.days-29-183]\npoints = 9\nwhy = "w"\n\n[factors.alcohol]\noff = true\n\n[factors.benzos.yes]\npoints = 12\n\n[tiers.act-now]\npoints = 10\ndays = 3\n\n[tiers.prioritise]\npoints = 25\nwithin_days = 60\n\n[alert]\nuntil = 2026-04-30\ntext = "t"\n
            line 5: version: write 1 or more
            line 6: review_by must be a day such as 2027-03-31
            line 9: points must be a whole number from 0 to 99
            line 17: factors.alcohol: this is not as in the default: say why, why = "...", or remove it
            line 20: no such factor: the factors and their levels are the same in every policy
            line 25: no such key of tiers.act-now: it has points, within_working_days, why
            line 27: tiers.prioritise: this is not as in the default: say why, why = "...", or remove it
            line 29: tiers.prioritise: promise contact within 1 to 28 days
            line 31: the alert has no offer: write text, offer, from and until, so that it ends by itself
            line 31: the alert has no from: write text, offer, from and until, so that it ends by itself
    "#]],
    );
}

/// A reader that follows brackets by calling itself would run out of its stack, which ends a process.
#[test]
fn nesting_of_any_depth_is_no_toml() {
    for depth in [1_000, 1_000_000] {
        let dotted = format!("{}a = 1", "a.".repeat(depth));
        let tables = format!("[{}a]", "a.".repeat(depth));
        for text in ["[".repeat(depth), format!("a = {}", "[".repeat(depth)), "a = {".repeat(depth)]
        {
            assert!(message(&text).starts_with("line 1: this is not valid TOML"));
        }
        for text in [dotted, tables] {
            assert!(message(&text).starts_with("line 1: "));
        }
    }
}
