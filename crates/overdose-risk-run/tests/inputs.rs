//! Which files a run takes for an export, and what it says of the others.

use chrono::NaiveDate;
use overdose_risk::Policy;
use overdose_risk_intake::Principal;
use overdose_risk_run::{Error, ErrorKind, Format, Job, Program, Progress, Published, run};
use serde_json::{Value, json};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const HEADER: &str = "id,age,opioid_use,prison_release,naloxone";

/// A folder with some exports in it.
struct Service(TempDir);

impl Service {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, export: impl AsRef<[u8]>) -> PathBuf {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), export).unwrap();
        self.path(name)
    }

    fn job(&self, exports: Vec<PathBuf>) -> Job {
        let program = Program { name: "test".to_owned(), version: "0".to_owned() };
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let mut job = Job::new(program, exports, as_of, self.path("out"));
        // Of a few records, one is many per cent.
        job.max_quarantine = 100;
        job
    }

    fn run(&self, exports: Vec<PathBuf>) -> Result<Published, Error> {
        run(&self.job(exports), Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
    }

    fn refuses(&self, job: &Job, says: &str) {
        let error = run(job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
            .unwrap_err();
        self.is_refused(&error, says);
    }

    fn is_refused(&self, error: &Error, says: &str) {
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.to_string().ends_with("\nnothing was published"), "{error}");
        assert!(!self.path("out/LATEST").exists());
    }
}

fn read(published: &Published, name: &str) -> String {
    fs::read_to_string(published.folder().join(name)).unwrap()
}

fn receipt(published: &Published) -> Value {
    serde_json::from_str(&read(published, "run.json")).unwrap()
}

fn people(ids: std::ops::Range<u32>) -> String {
    ids.map(|id| format!("p-{id},44,current,2026-03-28,held\n")).collect()
}

#[test]
fn several_files_are_one_export_whatever_their_columns_and_formats() {
    let service = Service::new();
    let one = service.write("one.csv", format!("{HEADER}\n{}p 1,,,,\n", people(1..4)));
    let two =
        "naloxone;colour;id;prison_release;opioid_use;age\nheld;red;p-4;2026-03-28;current;44\n";
    let two = service.write("two.csv", format!("{two};;;;;\nheld;;p-2;;;\n"));
    let three = json!([{ "id": "p-5", "age": 44, "opioid_use": "current",
        "prison_release": "2026-03-28", "naloxone": "held" }]);
    let three = service.write("three.json", three.to_string());
    let published = service.run(vec![one, two, three]).unwrap();

    let flags = read(&published, "flags.csv");
    let mut rows = flags.lines().skip(1);
    let facts = rows.clone().map(|row| row.split_once(',').unwrap().1);
    assert_eq!(facts.clone().collect::<Vec<_>>(), vec![facts.clone().next().unwrap(); 5]);
    assert!((1..=5).all(|id| rows.next().unwrap().starts_with(&format!("p-{id},"))));
    assert_eq!(read(&published, "quarantine.csv"), "source,line,id,kind\none.csv,5,,id-invalid\n");
    let receipt = receipt(&published);
    assert_eq!(
        receipt["records"],
        json!({ "read": 8, "assessed": 5, "died": 0, "merged": 1, "without_consent": 0,
            "quarantined": 1, "blank": 1 })
    );
    let of = |key: &str| {
        receipt["inputs"].as_array().unwrap().iter().map(|input| input[key].clone()).collect()
    };
    let of: [Vec<Value>; 4] = ["name", "format", "delimiter", "unread_columns"].map(of);
    assert_eq!(of[0], ["one.csv", "two.csv", "three.json"]);
    assert_eq!(of[1], ["csv", "csv", "json"]);
    assert_eq!(of[2], [json!(","), json!(";"), Value::Null]);
    assert_eq!(of[3], [json!([]), json!([2]), json!([])]);
    let said = published.to_string();
    assert!(said.contains("\ntogether: 8 records: 5 assessed"), "{said}");
    assert!(said.contains("\ntwo.csv: Columns that are not read: 2\n"), "{said}");
}

#[test]
fn the_same_people_in_one_file_or_in_several_get_the_same_flags() {
    let service = Service::new();
    let whole = service.write("whole.csv", format!("{HEADER}\n{}", people(1..40)));
    let parts = [(1..7), (7..8), (8..40)].map(|ids| {
        let name = format!("{}.csv", ids.start);
        service.write(&name, format!("{HEADER}\n{}", people(ids)))
    });
    let [whole, parts] = [vec![whole], parts.to_vec()].map(|exports| {
        let published = service.run(exports).unwrap();
        ["flags.csv", "flags.ndjson"].map(|name| read(&published, name))
    });
    assert_eq!(whole, parts);
}

#[test]
fn files_that_no_output_could_tell_apart_are_refused() {
    let service = Service::new();
    let [here, there] =
        ["here/export.csv", "there/export.csv"].map(|name| service.write(name, HEADER));
    service.refuses(&service.job(vec![here.clone(), there]), "two exports are named export.csv");
    service.refuses(&service.job(vec![here.clone(), here]), "two exports are named export.csv");
    service.refuses(&service.job(vec![]), "no export is given");
}

#[test]
fn files_that_lack_other_principal_fields_are_no_one_export() {
    let service = Service::new();
    let one = service.write("one.csv", format!("{HEADER}\n{}", people(1..4)));
    let two = service.write("two.csv", "id,age,opioid_use,naloxone\np-9,44,current,held\n");
    let mut job = service.job(vec![one, two]);
    service.refuses(&job, "two.csv is refused: in its header\n  no column for prison_release");
    job.without = vec![Principal::PrisonRelease];
    service
        .refuses(&job, "two.csv is refused: it does not lack the same principal fields as one.csv");
}

#[test]
fn an_export_without_records_is_refused_unless_it_may_be_empty() {
    let service = Service::new();
    let whole = service.write("whole.csv", format!("{HEADER}\n{}", people(1..4)));
    for (name, export) in [
        ("a.csv", HEADER.to_owned()),
        ("b.csv", format!("\n{HEADER}\n\n,,,,\n")),
        ("c.json", "[]".to_owned()),
    ] {
        let empty = service.write(name, export);
        service.refuses(&service.job(vec![empty.clone()]), "it has no records");
        service.refuses(&service.job(vec![whole.clone(), empty.clone()]), "it has no records");
        for (exports, people) in [(vec![empty.clone()], 0), (vec![whole.clone(), empty], 3)] {
            let mut job = service.job(exports);
            job.allow_empty = true;
            let published =
                run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(()))
                    .unwrap();
            assert_eq!(receipt(&published)["records"]["assessed"], people);
            assert_eq!(read(&published, "flags.csv").lines().count(), 1 + people);
            fs::remove_dir_all(service.path("out")).unwrap();
        }
    }
    // That nobody could be assessed is another matter, and so is a file with nothing in it.
    for (export, says) in
        [(format!("{HEADER}\n,,,,held\n"), "none of its records"), (String::new(), "empty")]
    {
        let mut job = service.job(vec![service.write("export.csv", export)]);
        job.allow_empty = true;
        service.refuses(&job, says);
    }
}

#[test]
fn what_is_no_export_is_refused_by_name() {
    let service = Service::new();
    let person = format!("{HEADER}\n{}", people(1..2));
    let utf_16: Vec<u8> = person.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf_32: Vec<u8> = person.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let cases: [(&[u8], &str); 14] = [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b" \r\n\t\n", "it is empty"),
        (&utf_16, "UTF-16 without a byte order mark"),
        (&utf_32, "UTF-32"),
        (b"\xff\xfe\0\0i\0\0\0", "UTF-32"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"PK\x03\x04\x14\0", "Excel workbook (.xlsx)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel workbook (.xls)"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"\0\0\0\0\0", "zero bytes"),
        (b"\n <!DOCTYPE html>\n<title>Sign in</title>", "HTML"),
        (b"age,opioid_use,prison_release,naloxone\n44,,,\n", "no column is named id"),
        (b"id,ID,age,opioid_use,prison_release,naloxone\n", "columns 1 and 2 both name id"),
    ];
    for (export, says) in cases {
        service.refuses(&service.job(vec![service.write("export.csv", export)]), says);
    }
    for export in ["[]", " {\"id\": 1}", "\u{feff}[{}]"] {
        let mut job = service.job(vec![service.write("export.csv", export)]);
        job.format = Format::Csv;
        service.refuses(&job, "it is JSON and not CSV");
    }
}

#[test]
fn an_export_that_changes_while_it_is_read_is_refused() {
    let export = format!("{HEADER}\n{}", people(0..20_000));
    let changes: [fn(&Path); 4] = [
        |file| OpenOptions::new().append(true).open(file).unwrap().write_all(b"p-x,,,,\n").unwrap(),
        |file| OpenOptions::new().write(true).open(file).unwrap().set_len(400_000).unwrap(),
        |file| OpenOptions::new().write(true).open(file).unwrap().set_len(0).unwrap(),
        |file| OpenOptions::new().write(true).open(file).unwrap().write_all(b"ID").unwrap(),
    ];
    for change in changes {
        let service = Service::new();
        let file = service.write("export.csv", &export);
        // So that a clock of whole seconds, too, tells the change from what was before.
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        OpenOptions::new().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
        let mut changed = false;
        let mut progress = |Progress { .. }| {
            if !std::mem::replace(&mut changed, true) {
                change(&file);
            }
            ControlFlow::Continue(())
        };
        let job = service.job(vec![file.clone()]);
        let error = run(&job, Policy::practice_principles(), &mut progress).unwrap_err();
        service.is_refused(&error, "it changed while it was read");
    }
}

#[test]
fn progress_and_what_breaks_off_are_told_of_all_files_together() {
    let service = Service::new();
    let person = |id: &str| {
        json!({ "id": id, "age": 44, "opioid_use": "current", "prison_release": null,
            "naloxone": "held" })
        .to_string()
    };
    let broken = service.write("broken.json", format!("[{},\n{{", person("p-1")));
    let whole = service.write("whole.json", format!("\u{feff}[{}]", person("p-2")));
    let csv = service.write("whole.csv", format!("{HEADER}\n{}", people(3..6_000)));
    let size: u64 =
        [&broken, &whole, &csv].map(|file| fs::metadata(file).unwrap().len()).iter().sum();
    for exports in [[&broken, &whole, &csv], [&csv, &whole, &broken]] {
        let mut job = service.job(exports.map(Clone::clone).to_vec());
        job.allow_partial = true;
        let mut told = Vec::new();
        let mut progress = |progress| {
            told.push(progress);
            ControlFlow::Continue(())
        };
        let published = run(&job, Policy::practice_principles(), &mut progress).unwrap();
        assert!(told.is_sorted_by_key(|progress| (progress.bytes, progress.records)));
        assert!(told.iter().all(|progress| progress.size == Some(size)));
        // The file that breaks off is not read to its end.
        let Progress { bytes, records, .. } = told.last().copied().unwrap();
        assert_eq!(records, 6_000);
        assert!(bytes > size - 20 && bytes <= size, "{bytes} of {size}");
        let receipt = receipt(&published);
        assert_eq!(receipt["complete"], false);
        assert_eq!(receipt["records"]["read"], 6_000);
        let breaking: Vec<&Value> = receipt["inputs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|input| input.get("breaks_off").is_some())
            .map(|input| &input["name"])
            .collect();
        assert_eq!(breaking, ["broken.json"]);
        assert!(published.to_string().contains("INCOMPLETE: nobody in broken.json was assessed"));
    }
}

#[test]
fn a_csv_or_ndjson_file_that_ends_within_its_last_record_is_published_and_said_to_be_incomplete() {
    let person = |id: &str| {
        json!({"id": id, "age": 44, "ost": null, "prison_release": null, "naloxone": null})
            .to_string()
    };
    let rows: String = (1..=40).map(|id| format!("p-{id},44,current,,held\n")).collect();
    let lines: String = (1..=40).map(|id| person(&format!("p-{id}")) + "\n").collect();
    for (name, text) in [("export.csv", format!("{HEADER}\n{rows}")), ("export.ndjson", lines)] {
        let service = Service::new();
        let cut = service.write(name, &text[..text.len() - 18]);
        let published = service.run(vec![cut]).unwrap();
        let receipt = receipt(&published);
        assert_eq!((&receipt["complete"], &receipt["exit_code"]), (&json!(false), &json!(3)));
        assert_eq!(receipt["quarantined"], json!({ "breaks-off": 1 }));
        assert_eq!(receipt["records"]["assessed"], 39);
        let line = text.lines().count();
        let notice = format!(
            "INCOMPLETE: nobody in {name} was assessed after this: the file breaks off in the record that \
             begins on line {line}."
        );
        assert!(published.to_string().contains(&notice), "{published}");
        let whole = service.run(vec![service.write(name, &text)]).unwrap();
        assert_eq!(self::receipt(&whole)["complete"], true);
    }
}

#[test]
fn people_who_died_are_people() {
    let service = Service::new();
    let rows = "p-1,44,current,,held,died\np-1,44,current,,held,open\n";
    let file = service.write("export.csv", format!("{HEADER},case_status\n{rows}"));
    let published = service.run(vec![file]).unwrap();
    let receipt = receipt(&published);
    assert_eq!((&receipt["records"]["died"], &receipt["exit_code"]), (&json!(1), &json!(0)));
    assert_eq!(receipt["inputs"][0]["bytes_by_kind"]["records"], rows.len());
}

#[test]
fn where_nobody_can_be_assessed_the_first_line_is_named() {
    let service = Service::new();
    let file = service.write("export.csv", format!("{HEADER}\n\n1\n=x,,,,\n"));
    service.refuses(
        &service.job(vec![file]),
        "(2) could be assessed; the first is on line 3, field-count",
    );
}

#[test]
fn no_cell_of_any_output_can_start_a_formula() {
    let service = Service::new();
    let hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u{ff1d}1", "p-1;=1"];
    let mut export = format!("{HEADER},=1+1\n{}", people(1..4));
    for cell in hostile {
        export += &format!("\"{cell}\",\"{cell}\",\"{cell}\",,,\"{cell}\"\n");
        export += &format!("p{},\"{cell}\",\"{cell}\",\"{cell}\",\"{cell}\",\n", export.len());
        export += &format!("\"{cell}\",\"{cell}\n");
    }
    for name in ["=cmd.csv", "-x.csv", "@x.csv", "+x.csv"] {
        let published = service.run(vec![service.write(name, &export)]).unwrap();
        for output in ["flags.csv", "quarantine.csv", "problems.csv"] {
            let output = read(&published, output);
            let mut reader = csv::ReaderBuilder::new();
            for record in reader.has_headers(false).from_reader(output.as_bytes()).records() {
                for cell in &record.unwrap() {
                    let is_harmless = |first: char| first.is_ascii_alphanumeric() || first == '.';
                    assert!(cell.chars().next().is_none_or(is_harmless), "{cell:?}");
                }
            }
        }
        assert_eq!(receipt(&published)["inputs"][0]["name"], format!("./{name}"));
    }
}
