//! A service keeps its own types, and one function says what they mean as facts.
//!
//! A `None` or an empty list does not say why nothing is there. Somebody who knows the system has
//! to: is it a "no", is it not known, or could nobody have recorded it? So there is no
//! `unwrap_or(false)` here, no default arm and no `..Record::default()`: a new variant of ours, or a
//! new fact of the library's, does not compile until somebody has thought.
//!
//! ```sh
//! cargo run --example own_types
//! ```

use chrono::NaiveDate;
use overdose_risk::Unknown::{Declined, NotRecorded};
use overdose_risk::{Age, CaseStatus, Event, Naloxone, OpioidUse, Ost, Record, Status, YesNo};
use overdose_risk::{Policy, assess};

/// A person as the case-management system has them. The id stays here: a `Record` carries none.
struct Client {
    id: &'static str,
    birth_year: Option<i16>,
    stage: Stage,
    opioids: Opioids,
    naloxone_kit_issued: Option<bool>,
    courses: Vec<Course>,
    /// One entry a stay in prison, `None` where no release is written down.
    releases: Vec<Option<NaiveDate>>,
}

enum Stage {
    InTreatment,
    Left,
    InPrison,
    Died,
}

/// Use of opioids that nobody prescribed.
enum Opioids {
    Last28Days,
    Before,
    Never,
    NotAsked,
    PreferredNotToSay,
}

/// A whole course of treatment: were it one script, each new one would look like a beginning.
struct Course {
    medicine: Medicine,
    start: NaiveDate,
    end: Option<NaiveDate>,
}

enum Medicine {
    Methadone,
    Buprenorphine,
    Diazepam,
}

/// Not a `From`: whether a course runs is a question about a day.
fn record(client: &Client, as_of: NaiveDate) -> Record {
    // The pharmacy closes what is no longer collected, so an open course is an explicit yes.
    let runs = |course: &Course| course.end.is_none_or(|end| as_of < end);
    let mut ost = Vec::new();
    // A prescription is a yes, and none is no "no": what is taken need not be prescribed.
    let mut benzodiazepines = Status::Unknown(NotRecorded);
    for course in client.courses.iter().filter(|course| course.start <= as_of) {
        match course.medicine {
            Medicine::Methadone | Medicine::Buprenorphine => ost.push(course),
            Medicine::Diazepam if runs(course) => benzodiazepines = YesNo::Yes.into(),
            Medicine::Diazepam => {}
        }
    }
    let on_ost = ost.iter().any(|course| runs(course));

    Record {
        age: client.birth_year.map(Age::born_in).into(),
        opioid_use: match client.opioids {
            Opioids::Last28Days => OpioidUse::Current.into(),
            Opioids::Before => OpioidUse::Past.into(),
            Opioids::Never => OpioidUse::None.into(),
            Opioids::NotAsked => Status::Unknown(NotRecorded),
            Opioids::PreferredNotToSay => Status::Unknown(Declined),
        },
        // A "no" only because nobody else prescribes it here; otherwise it would be unknown.
        ost: if on_ost { Ost::Prescribed } else { Ost::NotPrescribed }.into(),
        ost_started: Event::latest_of(ost.iter().map(|course| Some(course.start))),
        ost_ended: Event::latest_of(
            ost.iter().filter(|course| !runs(course)).map(|course| course.end),
        ),
        // The lists are complete, so that an empty one says "never". An entry without a date: still
        // inside, or out and nobody wrote it down.
        prison_release: Event::latest_of(client.releases.iter().copied()),
        // Issued says held only because workers clear it when a kit is used, lost or out of date.
        naloxone: match client.naloxone_kit_issued {
            Some(true) => Naloxone::Held.into(),
            Some(false) => Naloxone::NotHeld.into(),
            None => Status::Unknown(NotRecorded),
        },
        benzodiazepines,
        case_status: Status::Known(match client.stage {
            Stage::InTreatment => CaseStatus::Open,
            Stage::Left => CaseStatus::Closed,
            Stage::InPrison => CaseStatus::InCustody,
            Stage::Died => CaseStatus::Died,
        }),
        // No table of ours has these. As unknown, they would be asked about every night, of
        // everybody, and there would be nowhere to put the answer.
        prison_release_due: Event::NotCollected,
        detox_exit: Event::NotCollected,
        hospital_discharge: Event::NotCollected,
        treatment_exit: Event::NotCollected,
        overdose: Event::NotCollected,
        naloxone_expiry: Status::NotCollected,
        injecting: Status::NotCollected,
        gabapentinoids: Status::NotCollected,
        z_drugs: Status::NotCollected,
        alcohol: Status::NotCollected,
        suicidality: Status::NotCollected,
        respiratory_disease: Status::NotCollected,
        housing: Status::NotCollected,
        uses_alone: Status::NotCollected,
    }
}

fn main() -> Result<(), chrono::ParseError> {
    let as_of = "2026-03-31".parse()?;
    for client in invented()? {
        let record = record(&client, as_of);
        if record.has_died() {
            println!("{}: died, not assessed", client.id);
            continue;
        }
        let assessment = assess(&record, as_of, Policy::practice_principles());
        let said = assessment.explain();
        let custody = if said.in_custody { ", in custody" } else { "" };
        println!("{}: {}, at worst {}{custody}", client.id, said.tier, said.could_reach);
        for reason in said.reasons {
            println!("  why: {}", reason.sentence);
        }
        for question in said.questions {
            let state = assessment.record().state(question.field);
            println!("  ask: {} {state:?}", question.ask);
        }
    }
    Ok(())
}

fn invented() -> Result<Vec<Client>, chrono::ParseError> {
    let course = |medicine, start: &str, end: Option<&str>| {
        Ok(Course { medicine, start: start.parse()?, end: end.map(str::parse).transpose()? })
    };
    let nothing_recorded = |id| Client {
        id,
        birth_year: None,
        stage: Stage::InTreatment,
        opioids: Opioids::NotAsked,
        naloxone_kit_issued: None,
        courses: vec![],
        releases: vec![],
    };
    Ok(vec![
        Client {
            birth_year: Some(1996),
            opioids: Opioids::Last28Days,
            naloxone_kit_issued: Some(true),
            courses: vec![course(Medicine::Methadone, "2024-11-04", Some("2026-06-30"))?],
            releases: vec![Some("2019-06-03".parse()?), Some("2026-03-20".parse()?)],
            ..nothing_recorded("A-1")
        },
        Client { releases: vec![Some("2026-02-20".parse()?), None], ..nothing_recorded("A-2") },
        Client {
            opioids: Opioids::PreferredNotToSay,
            naloxone_kit_issued: Some(false),
            courses: vec![
                course(Medicine::Buprenorphine, "2025-01-10", Some("2026-03-31"))?,
                course(Medicine::Methadone, "2026-04-07", None)?,
                course(Medicine::Diazepam, "2026-01-05", None)?,
            ],
            ..nothing_recorded("A-3")
        },
        Client { opioids: Opioids::Before, stage: Stage::Left, ..nothing_recorded("A-4") },
        Client { opioids: Opioids::Never, stage: Stage::InPrison, ..nothing_recorded("A-5") },
        Client { stage: Stage::Died, ..nothing_recorded("A-6") },
    ])
}
