//! The program that shows what of an export is read as what.

mod program;

use program::program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

const CANARY: &str = "Kanarienvogel9434765919";

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs the program in a folder with these files.
fn run(files: &[(&str, &str)], arguments: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = program("mapping");
    let output = command.current_dir(&folder).args(arguments).output().unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), files.len());
    output
}

/// What it says of this export.
fn shown(export: &str, arguments: &[&str]) -> String {
    let arguments = [&["export"], arguments].concat();
    let output = run(&[("export", export)], &arguments);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(output.stderr.is_empty());
    text(&output.stdout)
}

fn of_example(export: &str) -> String {
    let mut command = program("mapping");
    command.arg(data(export)).arg("--profile").arg(data("example-cms.toml"));
    let output = command.args(["--as-of", "2026-03-31"]).output().unwrap();
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn of_the_example_every_column_is_read_or_known_not_to_be() {
    let expected = "\
example-cms.csv, read as example-cms: 20 rows of people, 0 not read (quarantined), 0 blank

Read
  column   1   id
  column   2   age
  column   3   recorded_on
  column   4   case_status
  column   5   opioid_use
  column   6   opioid_use
  column   7   injecting
  column   8   benzodiazepines
  column   9   gabapentinoids
  column   9   z_drugs
  column  10   alcohol
  column  11   ost
  column  12   ost_started
  column  13   ost_ended
  column  14   treatment_exit
  column  15   detox_exit
  column  16   prison_release
  column  17   prison_release_due
  column  18   naloxone
  column  19   naloxone_expiry
  column  20   overdose
  column  21   hospital_discharge
  column  22   suicidality
  column  23   respiratory_disease
  column  24   housing
  column  25   uses_alone

OUT OF SCOPE: opioid_use none, in 4 rows, takes a person out of scope: use it only for
somebody who never used opioids; not lately is past.

Not understood                 cells   different values   first on line
  prison_release                   1                  1              20

Nothing was assessed, and nothing was published.
";
    assert_eq!(of_example("example-cms.csv"), expected);
}

#[test]
fn a_mapping_that_says_no_opioid_use_is_told_what_that_takes_away() {
    let warning = |rows: &str| {
        format!(
            "OUT OF SCOPE: opioid_use none, in {rows}, takes a person out of scope: use it only for\n\
             somebody who never used opioids; not lately is past."
        )
    };
    let mapping = |values: &str| {
        let field = format!("opioid_use = {{ from = \"Days\", values = {{ {values} }} }}");
        format!("name = \"cms\"\n[fields]\nid = \"Ref\"\n{field}\n")
    };
    let shown = |export: &str, mapping: &str| {
        let arguments = ["export", "--profile", "cms.toml", "--as-of", "2026-03-31"];
        let output = run(&[("export", export), ("cms.toml", mapping)], &arguments);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let none = mapping("\"0\" = \"none\", \"28\" = \"current\"");
    let said = shown("Ref,Days\np-1,0\np-2,28\np-3,0\n", &none);
    assert!(said.contains(&warning("2 rows")), "{said}");
    assert!(shown("Ref,Days\np-1,28\n", &none).contains(&warning("0 rows")));
    // A word that no mapping lists is read as in a native export.
    let past = mapping("\"0\" = \"past\"");
    assert!(shown("Ref,Days\np-1,None\np-2,0\n", &past).contains(&warning("1 row")));
    assert!(!shown("Ref,Days\np-1,0\n", &past).contains("OUT OF SCOPE"));
}

#[test]
fn of_the_example_in_json_the_same_is_read() {
    let [csv, json] = ["example-cms.csv", "example-cms.ndjson"].map(of_example);
    let fields = |shown: &str| {
        let is_read = |line: &&str| line.starts_with("  column ") || line.starts_with("  key ");
        let lines = shown.lines().filter(is_read);
        let mut fields: Vec<_> = lines.filter_map(|line| line.split("   ").last()).collect();
        fields.sort_unstable();
        fields.join(" ")
    };
    assert_eq!(fields(&json), fields(&csv));
    assert!(json.starts_with("example-cms.ndjson, read as example-cms: 20 rows of people, 0"));
    // The keys around those that are read are none that nobody reads.
    assert!(!json.contains("Not read"), "{json}");
}

#[test]
fn of_a_native_export_the_columns_speak_for_themselves() {
    let export = fs::read_to_string(data("export.csv")).unwrap();
    let shown = shown(&export, &["--as-of", "2026-03-31"]);
    assert!(shown.starts_with("export, read as native: 500 rows of people, 0 not"), "{shown}");
    for (place, column) in (1..).zip(export.lines().next().unwrap().split(',')) {
        assert!(shown.contains(&format!("\n  column {place:>3}   {column}\n")), "{shown}");
    }
    assert!(!shown.contains("MISSING") && !shown.contains("Not read"), "{shown}");
}

#[test]
fn near_misses_and_missing_principal_fields_are_named() {
    let export = "Colour,id,age,Naloxon,prison_relase,ost,comment\n,p-1,44,held,,yes,\n\
        ,p-2,44,held,,Yes,\n,,44,held,,perhaps,\nred,p-3,44,held,,maybe,\n,,,,,,\n";
    let expected = "\
export, read as native: 3 rows of people, 1 not read (quarantined), 1 blank

Read
  column   2   id
  column   3   age
  column   6   ost

MISSING: no column for prison_release; a run refuses that, unless --without prison_release says that the \
service does not record it.

MISSING: no column for naloxone; a run refuses that, unless --without naloxone says that the service does \
not record it.

Not read: columns 1, 4, 5, 7
column 5 is almost named as prison_release is.
column 4 is almost named as naloxone is.

Not understood                 cells   different values   first on line
  ost                              3                  2               2

Nothing was assessed, and nothing was published.
";
    assert_eq!(shown(export, &[]), expected);
    let json = r#"[{"id": "p-1", "age": 44, "opiod_use": "x"}, {"id": "p-2", "notes": [1]}]"#;
    let shown = shown(json, &[]);
    for says in ["no key for prison_release;", "Not read: keys 3, 4\nkey 3 is almost named as op"] {
        assert!(shown.contains(says), "{shown}");
    }
}

const MAPPING: &str = "\
name = \"example\"
[fields]
id = \"Ref\"
opioid_use = [\"Now\", \"At start\"]
naloxone = { from = \"Kit\", values = { \"has it\" = \"held\" } }
";

#[test]
fn values_that_are_not_understood_are_counted_each_once() {
    let export = "Ref,Now,At start,Kit\np-1,Foo,current,has it\np-2,Foo,past,HAS  IT\n\
        p-3,Foo,none,lost\np-4,current,,lost \np-5,Bar,Bar,held\np-6,,,\n";
    let output =
        run(&[("export", export), ("mapping", MAPPING)], &["export", "--profile", "mapping"]);
    let shown = text(&output.stdout);
    for line in [
        "  opioid_use                       4                  2               2\n",
        "  naloxone                         2                  1               4\n",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
}

#[test]
fn where_every_value_is_understood_that_is_said() {
    let shown = shown("id,age,ost\np-1,44,prescribed\n", &[]);
    assert!(shown.contains("\nEvery value is understood.\n"), "{shown}");
    assert!(!shown.contains("Not understood"), "{shown}");
}

#[test]
fn an_export_that_says_who_people_are_is_refused_unless_those_columns_are_dropped() {
    let csv = format!("id,age,Surname,DOB\np-1,44,{CANARY},{CANARY}\n");
    let json =
        format!("[{{\"id\": \"p-1\", \"age\": 4, \"contact\": {{\"email\": \"{CANARY}\"}}}}]");
    for (export, says) in
        [(&csv, "column 3 names a direct identifier (name)"), (&json, "key 3 names a direct")]
    {
        let output = run(&[("export", export)], &["export"]);
        assert_eq!(code(&output), 77);
        assert!(output.stdout.is_empty());
        let said = text(&output.stderr);
        assert!(said.starts_with("mapping: export is refused") && said.contains(says), "{said}");
        assert!(!said.contains(CANARY) && !said.contains("Surname"), "{said}");
        let dropped = shown(export, &["--drop-identifiers"]);
        assert!(dropped.contains("\nNot read: ") && !dropped.contains(CANARY), "{dropped}");
    }
}

#[test]
fn ids_that_say_who_people_are_are_refused_here_as_well() {
    let output = run(&[("export", "id,age\n9990000018,44\n9990000026,44\n")], &["export"]);
    assert_eq!(code(&output), 77, "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("look like NHS numbers"));
}

#[test]
fn every_fault_of_a_mapping_file_is_named_by_its_line() {
    let broken = "\
name = \"example\"
dates = \"year-first\"
Kanarienvogel9434765919 = 1
[fields]
id = [\"Kanarienvogel9434765919\"]
naloxon = \"Kanarienvogel9434765919\"
housing = { from = \"Kanarienvogel9434765919\", vaules = {} }
ost = { from = \"b\", values = { \"Kanarienvogel9434765919\" = \"yes\" } }
overdose = { from = \"c\", blank = \"never\" }
";
    for export in ["id,age\np-1,44\n", ""] {
        let files = [("export", export), ("broken", broken)];
        let output = run(&files, &["export", "--profile", "broken"]);
        assert_eq!(code(&output), 78);
        assert!(output.stdout.is_empty());
        let said = text(&output.stderr);
        let mut lines = said.lines();
        assert_eq!(lines.next(), Some("mapping: the mapping file broken is not valid"));
        let numbers = lines.map(|line| line.split(':').next().unwrap());
        let expected = [2, 3, 5, 6, 7, 8, 9].map(|line| format!("line {line}"));
        assert_eq!(numbers.collect::<Vec<_>>(), expected, "{said}");
        assert!(!said.contains(CANARY), "{said}");
    }
    for (mapping, says) in [
        ("name = \"x\"\n[fields]\nid = Ref\n", "\nline 3: this is not valid TOML"),
        ("name = \"x\"\n", "\nline 1: there is no [fields]"),
        ("name = \"x\"\n[fields]\nid = \"a\"\nid = \"b\"\n", "\nline 4: a key stands here"),
    ] {
        let files = [("export", "id,age\n"), ("mapping", mapping)];
        let output = run(&files, &["export", "--profile", "mapping"]);
        assert_eq!(code(&output), 78);
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    }
}

#[test]
fn what_cannot_be_read_and_what_is_no_usage_have_codes_of_their_own() {
    let export = ("export", "id,age\np-1,44\n");
    for (arguments, expected, says) in [
        (&["absent"][..], 66, "absent cannot be read"),
        (
            &["export", "--profile", "absent.toml"],
            66,
            "absent.toml cannot be read: there is no such file or folder; --profile takes",
        ),
        (&["export", "--profile", "."], 66, ". cannot be read"),
        (&[], 2, "Usage"),
        (&["export", "--as-of", "31/03/2026"], 2, "--as-of"),
    ] {
        let output = run(&[export], arguments);
        assert_eq!(code(&output), expected, "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    }
    for refused in ["", "colour,size\nred,1\n", "id,age,ID\n", "[{\"id\": \"p-1\"},"] {
        let output = run(&[("export", refused)], &["export"]);
        assert_eq!(code(&output), 65, "{refused}");
        // It never publishes anything.
        let said = text(&output.stderr);
        assert!(said.ends_with("\nnothing can be shown of it\n"), "{said}");
        assert!(!said.contains("published"), "{said}");
    }
}

#[test]
fn nothing_that_stands_in_an_export_is_repeated() {
    let quiet = |export: String, mapping: &str| {
        let files = [("export", export.as_str()), ("mapping", mapping)];
        for arguments in [
            &["export"][..],
            &["export", "--drop-identifiers"],
            &["export", "--profile", "mapping"],
        ] {
            let Output { stdout, stderr, .. } = run(&files, arguments);
            for said in [text(&stdout), text(&stderr)] {
                assert!(!said.to_lowercase().contains(&CANARY.to_lowercase()), "{said}");
            }
        }
    };
    for export in [
        format!("id,age,{CANARY}\np-1,44,{CANARY}\n"),
        format!("id,age,surname {CANARY}\np-1,{CANARY},{CANARY}\n"),
        format!("id {CANARY},age\n{CANARY} {CANARY},44\n"),
        format!("Ref,Now,At start,Kit\n{CANARY},{CANARY},{CANARY},{CANARY}\n"),
        format!("Ref,Now,At start,Kit,{CANARY}\n{CANARY} x,\"{CANARY}\n{CANARY}"),
        format!("{CANARY}\n"),
        format!(r#"[{{"id": "{CANARY}", "{CANARY}": {{"{CANARY}": "{CANARY}"}}}}]"#),
        format!(r#"{{"Ref": "{CANARY} x", "Now": ["{CANARY}"], "surname {CANARY}": 1}}"#),
        format!(r#"[{{"Ref": "p-1", "Kit": "{CANARY}"}}, {CANARY}]"#),
    ] {
        quiet(export, MAPPING);
    }
    let mapping = MAPPING.replace("Now", CANARY).replace("has it", CANARY);
    quiet(format!("Ref,{CANARY},At start,Kit\np-1,{CANARY},x,y\n"), &mapping);
    quiet("Ref,Now,At start,Kit\np-1,x,x,y\n".to_owned(), &mapping);
}
