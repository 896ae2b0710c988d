//! `changes.csv` read back.

use super::{Because, Change, ChangeKind, HEADER, MovedBy, OF_EARLIER};
use overdose_risk::Tier;
use overdose_risk_intake::Id;
use std::io;

/// Finds the change of one person in `changes.csv`; `None` where there is none.
///
/// # Errors
///
/// When it cannot be read, or is no such file.
pub fn change_of(id: Id<'_>, changes: impl io::Read) -> io::Result<Option<Change>> {
    let mut reader = csv::Reader::from_reader(changes);
    let header = reader.headers()?;
    if !header.iter().eq(HEADER) && !header.iter().eq(HEADER.into_iter().take(OF_EARLIER)) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row)? {
        if row.get(0) == Some(id.as_str()) {
            return change(&row).map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into());
        }
    }
    Ok(None)
}

fn change(row: &csv::StringRecord) -> Option<Change> {
    let kind = ChangeKind::ALL.into_iter().find(|kind| row.get(1) == Some(kind.name()))?;
    let because = row.get(4)?.split(';').filter(|item| !item.is_empty());
    Some(Change {
        kind,
        from: tier(row.get(2)?)?,
        to: tier(row.get(3)?)?,
        because: because.map(because_named).collect::<Option<_>>()?,
    })
}

/// The tier of this name; no tier where there is no name.
fn tier(name: &str) -> Option<Option<Tier>> {
    if name.is_empty() {
        return Some(None);
    }
    Tier::ALL.into_iter().find(|tier| tier.name() == name).map(Some)
}

fn because_named(item: &str) -> Option<Because> {
    let items = [
        Because::FirstSeen,
        Because::PolicyChanged,
        Because::Absent,
        Because::Quarantined,
        Because::WithoutConsent,
        Because::Died,
        Because::NoLongerCarried,
        Because::EndedByReview,
    ];
    items.into_iter().find(|known| known.to_string() == item).or_else(|| moved(item))
}

fn moved(item: &str) -> Option<Because> {
    let [what, from, to, by] = item.split(':').collect::<Vec<_>>().try_into().ok()?;
    let level = |name: &str| (name != "none").then(|| name.to_owned());
    let by = MovedBy::ALL.into_iter().find(|known| known.name() == by)?;
    Some(Because::Moved { what: what.to_owned(), from: level(from), to: level(to), by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::ChangesWriter;
    use overdose_risk::Policy;

    fn every_change() -> Vec<Change> {
        let level = |name: &str| Some(name.to_owned());
        let levels = [(None, level("current")), (level("current"), None), (level("a"), level("b"))];
        let moved = MovedBy::ALL.into_iter().flat_map(|by| {
            levels.clone().map(|(from, to)| Because::Moved {
                what: "injecting".to_owned(),
                from,
                to,
                by,
            })
        });
        let others = [
            Because::FirstSeen,
            Because::PolicyChanged,
            Because::Absent,
            Because::Quarantined,
            Because::WithoutConsent,
            Because::Died,
            Because::NoLongerCarried,
            Because::EndedByReview,
        ];
        let because: Vec<Because> = moved.chain(others).collect();
        let tiers = || std::iter::once(None).chain(Tier::ALL.map(Some));
        let kinds = ChangeKind::ALL.into_iter();
        kinds
            .flat_map(|kind| tiers().flat_map(move |from| tiers().map(move |to| (kind, from, to))))
            .zip((0..=because.len()).cycle())
            .map(|((kind, from, to), several)| Change {
                kind,
                from,
                to,
                because: because.iter().take(several).cloned().collect(),
            })
            .collect()
    }

    #[test]
    fn every_change_that_is_written_is_read_back() {
        let as_of = "2026-03-31".parse().unwrap();
        let policy = Policy::practice_principles();
        let mut writer = ChangesWriter::new(Vec::new(), as_of, policy).unwrap();
        let changes = every_change();
        let ids: Vec<String> = (0..changes.len()).map(|place| format!("p-{place}")).collect();
        for (id, change) in ids.iter().zip(&changes) {
            writer.write(Id::read(id.as_bytes()).unwrap(), change).unwrap();
        }
        let written = writer.finish().unwrap();
        for (id, change) in ids.iter().zip(changes) {
            let id = Id::read(id.as_bytes()).unwrap();
            assert_eq!(change_of(id, written.as_slice()).unwrap(), Some(change));
        }
        assert_eq!(change_of(Id::read(b"p").unwrap(), written.as_slice()).unwrap(), None);
    }

    #[test]
    fn what_is_no_such_file_is_an_error() {
        let id = Id::read(b"p-1").unwrap();
        for text in [
            "",
            "id,change\np-1,new\n",
            "id,change,from,to,because\np-1,better,,,\n",
            "id,change,from,to,because\np-1,new,low,,\n",
            "id,change,from,to,because\np-1,new,,,because\n",
            "id,change,from,to,because\np-1,new,,,age:none:35-44:magic\n",
            "id,change,from,to,because\np-1,new\n",
            "id,change,from,to,because,policy,as_of\np-2,new,,standard,first-seen,,\n",
        ] {
            assert!(change_of(id, text.as_bytes()).is_err(), "{text}");
        }
        let others = "id,change,from,to,because\np-2,better,,,\n";
        assert_eq!(change_of(id, others.as_bytes()).unwrap(), None);
    }

    #[test]
    fn what_an_earlier_version_wrote_is_read_without_the_day_and_the_policy() {
        let id = Id::read(b"p-1").unwrap();
        let before = "id,change,from,to,because\np-1,new,,standard,first-seen\n";
        let change = change_of(id, before.as_bytes()).unwrap().unwrap();
        assert_eq!((change.kind, change.because), (ChangeKind::New, vec![Because::FirstSeen]));
    }
}
