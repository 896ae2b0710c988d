//! The same people as an extract for NDTMS and as a native export have them are assessed the same.
//! One author wrote both sides: see [`overdose_risk_testkit::ndtms`].

use chrono::NaiveDate;
use expect_test::expect_file;
use overdose_risk::{Policy, Tier, assess};
use overdose_risk_intake::ndtms::{NdtmsColumn, NdtmsRow, looks_like_ndtms, read};
use overdose_risk_intake::{Column, Facts, Profile, read_person};
use overdose_risk_json::Flagged;
use overdose_risk_run::{Job, Program, Published, run};
use overdose_risk_testkit::ndtms::{COLUMNS, Extract, HEADER, Wording};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use tempfile::TempDir;

const PEOPLE: u64 = 4000;

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()
}

/// Everybody who consents, by id, and the ids of those who do not.
fn read_extract(extract: Extract, wording: Wording) -> (BTreeMap<String, Facts>, BTreeSet<String>) {
    let mut people: BTreeMap<String, Facts> = BTreeMap::new();
    let mut without_consent = BTreeSet::new();
    for row in extract.rows(0..PEOPLE, wording) {
        let cells = |column| {
            let named = |header: &&str| NdtmsColumn::named(header.as_bytes()) == Some(column);
            HEADER.iter().position(named).map(|at| row[at].as_bytes())
        };
        let cell = |column| String::from_utf8(cells(column).unwrap().to_vec()).unwrap();
        let id = format!("{}-{}", cell(NdtmsColumn::Agncy), cell(NdtmsColumn::ClientId));
        match read(&cells, as_of(), &mut |_| {}) {
            NdtmsRow::Facts(facts) => {
                people.entry(id).and_modify(|person| person.join(&facts)).or_insert(facts);
            }
            NdtmsRow::WithoutConsent => {
                without_consent.insert(id);
            }
        }
    }
    (people, without_consent)
}

fn read_native(cells: &[String; COLUMNS.len()]) -> Facts {
    let cells = |column| {
        let place = COLUMNS.iter().position(|name| Column::named(name.as_bytes()) == Some(column));
        place.map(|at| cells[at].as_bytes())
    };
    read_person(cells, as_of(), &mut |problem| panic!("{problem:?}")).unwrap().facts
}

#[test]
fn an_extract_in_codes_or_labels_gives_the_same_assessments_as_native_rows() {
    assert!(looks_like_ndtms(HEADER.iter().map(|header| header.as_bytes())));
    let extract = Extract::new(1, as_of());
    for wording in [Wording::Codes, Wording::Labels] {
        let (people, without_consent) = read_extract(extract, wording);
        let mut tiers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut died = 0;
        for person in (0..PEOPLE).map(|index| extract.person(index)) {
            assert_eq!(without_consent.contains(&person.id()), !person.consents());
            let Some(facts) = people.get(&person.id()) else {
                assert!(!person.consents(), "{}", person.id());
                continue;
            };
            let context = || format!("{:?} {person:#?}", person.native());
            let native = read_native(&person.native());
            assert_eq!(facts.has_died(), native.has_died(), "{}", context());
            if native.has_died() {
                died += 1;
                continue;
            }
            let records = [facts, &native].map(|facts| facts.record(&mut |_| {}));
            let [ours, theirs] = records
                .each_ref()
                .map(|record| assess(record, as_of(), Policy::practice_principles()));
            assert_eq!(ours.tier(), theirs.tier(), "{}", context());
            assert_eq!(ours.points(), theirs.points(), "{}", context());
            let reasons = |assessment: overdose_risk::Assessment<'_>| {
                assessment.reasons().map(|reason| format!("{reason:?}")).collect::<Vec<_>>()
            };
            assert_eq!(reasons(ours), reasons(theirs), "{}", context());
            // What neither says is unknown to both, so that they ask the same questions.
            assert_eq!(ours.could_reach(), theirs.could_reach(), "{}", context());
            assert_eq!(ours.could_points(), theirs.could_points(), "{}", context());
            *tiers.entry(ours.tier().name()).or_default() += 1;
        }
        // Each way to come out is often enough tried.
        assert_eq!(tiers.len(), Tier::ALL.len(), "{tiers:?}");
        assert!(tiers.values().all(|count| *count > 50), "{tiers:?}");
        assert!(died > 50 && without_consent.len() > 50);
    }
}

/// A run over an export, whose profile it finds by itself.
fn publish(export: &[u8]) -> (TempDir, Published) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("export.csv");
    fs::write(&file, export).unwrap();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let mut job = Job::new(program, vec![file], as_of(), folder.path().join("out"));
    // Of a few records, one is many per cent.
    job.max_quarantine = 100;
    let published =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap();
    (folder, published)
}

/// The rows of `flags.csv`, in the order of the ids.
fn flags(published: &Published) -> Vec<String> {
    let flags = fs::read_to_string(published.folder().join("flags.csv")).unwrap();
    let mut rows: Vec<String> = flags.lines().skip(1).map(str::to_owned).collect();
    rows.sort();
    rows
}

/// The services of everybody, by id.
fn services(published: &Published) -> BTreeMap<String, Vec<String>> {
    let flags = fs::read(published.folder().join("flags.ndjson")).unwrap();
    let lines = flags.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let flagged = lines.map(|line| Flagged::read(line).unwrap());
    flagged.map(|flagged| (flagged.id, flagged.service)).collect()
}

#[test]
fn a_run_over_an_extract_publishes_the_same_flags_as_one_over_native_rows() {
    let extract = Extract::new(2, as_of());
    let people = 0..PEOPLE;
    let mut native = Vec::new();
    extract.write_native(people.clone(), &mut native).unwrap();
    let (_folder, native) = publish(&native);
    let expected = flags(&native);
    for wording in [Wording::Codes, Wording::Labels] {
        let mut csv = Vec::new();
        extract.write(people.clone(), wording, &mut csv).unwrap();
        let (_folder, published) = publish(&csv);
        // `unknowns` may differ: what an extract has no place for, nobody is asked.
        let cells = |row: &String| {
            let cells: Vec<String> = row.split(',').map(str::to_owned).collect();
            [&cells[..6], &cells[7..]].concat()
        };
        assert!(flags(&published).iter().map(cells).eq(expected.iter().map(cells)));
        let services = services(&published);
        assert_eq!(services, self::services(&native));
        assert!(services.iter().all(|(id, of)| of.len() == 1 && id.starts_with(&of[0])));

        let receipt = published.receipt();
        let records = receipt.records;
        let consenting = people.clone().filter(|index| extract.person(*index).consents()).count();
        assert_eq!(receipt.inputs[0].profile, "ndtms");
        assert!(published.to_string().contains("THAT IS EXPERIMENTAL"));
        assert_eq!(records.assessed + records.died, consenting as u64);
        assert_eq!(records.without_consent, PEOPLE - consenting as u64);
        assert_eq!((records.quarantined, records.blank), (0, 0));
        assert_eq!(records.read, PEOPLE + records.merged);
    }
}

#[test]
fn the_example_extract_is_what_these_people_give() {
    let mut csv = Vec::new();
    let extract = Extract::new(1, as_of());
    extract.write(0..100, Wording::Labels, &mut csv).unwrap();
    let file = expect_file!["../../../examples/data/ndtms.csv"];
    file.assert_eq(&String::from_utf8(csv).unwrap());
}

#[test]
fn of_an_id_in_two_columns_neither_half_is_one() {
    const HEADER: &str = "\"AGNCY\",\"CLIENTID\",\"DOB\",\"DRUG1\",\"RFLS\",\"NALOXISS\"";
    let row = |client: &str, naloxone: &str| {
        format!("\"N0001\",\"{client}\",\"19810214\",\"1105\",\"4\",{naloxone}\n")
    };
    let rows = [row("1000", "\"Yes\""), row("1001", "\"Yes"), row("NA", "\"Yes\"")].concat();
    let (_folder, published) = publish(format!("{HEADER}\n{rows}{}", row("1002", "NA")).as_bytes());
    let read = |name: &str| fs::read_to_string(published.folder().join(name)).unwrap();
    let ids: Vec<String> =
        flags(&published).iter().map(|row| row.split(',').next().unwrap().to_owned()).collect();
    assert_eq!(ids, ["N0001-1000", "N0001-1002"]);
    let quarantine =
        "source,line,id,kind\nexport.csv,3,,quote-not-closed\nexport.csv,4,,id-missing\n";
    assert_eq!(read("quarantine.csv"), quarantine);

    let folder = TempDir::new().unwrap();
    let file = folder.path().join("export.csv");
    fs::write(&file, format!("{HEADER}\n{rows}").replace("\"AGNCY\"", "\"AGENCY\"")).unwrap();
    let program = Program { name: "test".to_owned(), version: "0".to_owned() };
    let mut job = Job::new(program, vec![file], as_of(), folder.path().join("out"));
    job.profile = Profile::Ndtms;
    let refused =
        run(&job, Policy::practice_principles(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(refused.to_string().contains("the profile reads for id are not there"), "{refused}");
}
