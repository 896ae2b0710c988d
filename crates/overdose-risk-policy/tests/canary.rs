//! No value, key or comment of a file is repeated in what is said of it.

use overdose_risk_policy::read_policy;

const CANARY: &str = "zzcanary7316";

/// Files with the canary in the place of `@`.
const FILES: [&str; 24] = [
    "@",
    "@ = 1",
    "\"@\" = 1",
    "[@]",
    "name = \"@",
    "name = \"@ @\"",
    "name = @",
    "version = \"@\"",
    "based_on = \"@\"",
    "based_on_version = \"@\"",
    "approved_by = [\"@\"]",
    "review_by = \"@\"",
    "tiers = \"@\"",
    "[tiers.@]",
    "[tiers.act-now]\n@ = 3",
    "[tiers.act-now]\npoints = \"@\"",
    "[limits.@]\npoints = 3",
    "[limits.depressants]\npoints = \"@\"",
    "[factors.@.yes]\npoints = 3",
    "[factors.z-drugs.@]\npoints = 3",
    "[factors.z-drugs.yes]\nfloor = \"@\"\npoints = 4",
    "[factors.z-drugs.yes]\naction = \"@\\u0007\"\nwhy = \"@\\t@\"\npoints = 9",
    "[factors.z-drugs]\noff = \"@\"\nwhy = \"@\"",
    "[alert]\ntext = \"@\\n\"\noffer = \"@\\n\"\nfrom = \"@\"\nuntil = \"@\"\n@ = \"@\"",
];

#[test]
fn no_text_of_a_file_is_repeated() {
    for file in FILES {
        let error = read_policy(&file.replace('@', CANARY)).unwrap_err();
        for said in [error.to_string(), format!("{error:?}"), format!("{:?}", error.faults())] {
            assert!(!said.contains(CANARY), "{said}");
        }
    }
}

/// Numbers are values too.
#[test]
fn no_number_of_a_file_is_repeated() {
    for file in [
        "version = -7316",
        "based_on_version = 7316",
        "[tiers.act-now]\npoints = 7316\nwhy = \"w\"",
        "[tiers.act-now]\npoints = -7316",
        "[tiers.prioritise]\npoints = 7316\nwithin_days = 7316",
        "[limits.depressants]\npoints = 7316",
        "[factors.z-drugs.yes]\npoints = 7316\nfloor = 7316",
        "[factors.z-drugs.yes]\npoints = 7316.5",
        "[factors.z-drugs.days-0-7316]\npoints = 1",
        "review_by = 7316-02-30",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 7316-01-01\nuntil = 7315-01-01",
        "[alert]\ntext = \"t\"\noffer = \"o\"\nfrom = 2026-01-01\nuntil = 7316-01-01",
    ] {
        let error = read_policy(file).unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(!said.contains("7316") && !said.contains("7315"), "{said}");
    }
}
