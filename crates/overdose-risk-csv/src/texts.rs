//! The short texts of which a row of `flags.csv` is made, ready to be copied.
//!
//! A copy of so many bytes as it happens to be branches on how many, and from person to person that
//! follows no pattern. So each text stands at the start of a fixed number of bytes: all are copied, and
//! those behind it are cut off.

use overdose_risk::factor::Level;
use overdose_risk::{Field, Reason, Tier};
use std::ptr;

/// A text of so many bytes at most.
#[derive(Clone, Copy, Debug)]
struct Short<const MOST: usize> {
    bytes: [u8; MOST],
    length: usize,
}

impl<const MOST: usize> Short<MOST> {
    /// `None` where it is longer.
    fn of(text: &str) -> Option<Self> {
        let mut bytes = [0; MOST];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { bytes, length: text.len() })
    }

    #[inline]
    fn add(&self, rows: &mut Vec<u8>) {
        let end = rows.len() + self.length;
        rows.extend_from_slice(&self.bytes);
        rows.truncate(end);
    }
}

/// Adds a short text, or else the text itself.
#[inline]
fn add<const MOST: usize>(
    short: Option<&Option<Short<MOST>>>,
    text: impl FnOnce() -> String,
    rows: &mut Vec<u8>,
) {
    match short {
        Some(Some(short)) => short.add(rows),
        _ => rows.extend_from_slice(text().as_bytes()),
    }
}

/// How many points are ready as texts.
const POINTS: usize = 256;

/// How many reasons are ready as texts, as a power of two.
const REASON_BITS: u32 = 9;

/// Texts, each with the sign behind it.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    tiers: [Option<Short<24>>; Tier::ALL.len()],
    fields: [Option<Short<24>>; Field::ALL.len()],
    points: Vec<Option<Short<4>>>,
    /// Those that were there before, each in the place that follows from it.
    reasons: Vec<Option<Known>>,
}

/// A reason, which is of the factor that its level is of, and its text. No two levels have the same name and
/// sentence, so none stands where another does.
#[derive(Clone, Copy, Debug)]
struct Known {
    level: &'static Level,
    counted: u8,
    text: Option<Short<48>>,
}

impl Texts {
    pub(crate) fn new() -> Self {
        Self {
            tiers: Tier::ALL.map(|tier| Short::of(&of_tier(tier))),
            fields: Field::ALL.map(|field| Short::of(&of_field(field))),
            points: (0..POINTS).map(|points| Short::of(&of_points(points))).collect(),
            reasons: vec![None; 1 << REASON_BITS],
        }
    }

    #[inline]
    pub(crate) fn add_tier(&self, tier: Tier, rows: &mut Vec<u8>) {
        add(self.tiers.get(tier as usize), || of_tier(tier), rows);
    }

    #[inline]
    pub(crate) fn add_points(&self, points: u16, rows: &mut Vec<u8>) {
        let points = usize::from(points);
        add(self.points.get(points), || of_points(points), rows);
    }

    #[inline]
    pub(crate) fn add_field(&self, field: Field, rows: &mut Vec<u8>) {
        add(self.fields.get(field as usize), || of_field(field), rows);
    }

    #[inline]
    pub(crate) fn add_reason(&mut self, reason: &Reason<'_>, rows: &mut Vec<u8>) {
        let Some(place) = self.reasons.get_mut(place(reason)) else { return };
        let known = match place {
            Some(known) if known.is(reason) => known,
            _ => place.insert(Known::of(reason)),
        };
        add(Some(&known.text), || of_reason(reason), rows);
    }
}

impl Known {
    #[cold]
    fn of(reason: &Reason<'_>) -> Self {
        let Reason { level, counted, .. } = *reason;
        Self { level, counted, text: Short::of(&of_reason(reason)) }
    }

    #[inline]
    fn is(&self, reason: &Reason<'_>) -> bool {
        ptr::eq(self.level, reason.level) && self.counted == reason.counted
    }
}

/// Where a reason stands, spread by the highest bits of where its level does and of its points.
#[inline]
fn place(reason: &Reason<'_>) -> usize {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let level = ptr::from_ref(reason.level).addr() as u64;
    let mixed = level.wrapping_mul(31).wrapping_add(reason.counted.into()).wrapping_mul(SPREAD);
    (mixed >> (u64::BITS - REASON_BITS)) as usize
}

fn of_tier(tier: Tier) -> String {
    format!("{tier},")
}

fn of_points(points: usize) -> String {
    format!("{points},")
}

fn of_field(field: Field) -> String {
    format!("{field};")
}

fn of_reason(reason: &Reason<'_>) -> String {
    format!("{}:{}:{};", reason.factor.name, reason.level.name, reason.counted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use overdose_risk::{Event, OpioidUse, Policy, Record, assess};

    #[test]
    fn a_text_that_is_too_long_to_be_short_is_added_all_the_same() {
        let texts = Texts::new();
        let mut rows = b"p-1,".to_vec();
        for points in [0, 9, 10, 255, 256, 999, 1000, u16::MAX] {
            texts.add_points(points, &mut rows);
        }
        assert_eq!(rows, b"p-1,0,9,10,255,256,999,1000,65535,");

        assert!(Short::<4>::of("12345").is_none());
        add(Some(&Short::<4>::of("1234")), || unreachable!(), &mut rows);
        add(Some(&Short::<4>::of("12345")), || "12345".to_owned(), &mut rows);
        assert!(rows.ends_with(b",123412345"));
    }

    #[test]
    fn tiers_and_fields_are_added_by_name() {
        let texts = Texts::new();
        for tier in Tier::ALL {
            let mut rows = Vec::new();
            texts.add_tier(tier, &mut rows);
            assert_eq!(rows, of_tier(tier).as_bytes());
        }
        for field in Field::ALL {
            let mut rows = Vec::new();
            texts.add_field(field, &mut rows);
            assert_eq!(rows, of_field(field).as_bytes());
        }
    }

    #[test]
    fn a_reason_is_known_again_by_its_level_and_its_points() {
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let record = Record {
            opioid_use: OpioidUse::Current.into(),
            prison_release: Event::On(as_of),
            ..Record::default()
        };
        let assessment = assess(&record, as_of, Policy::practice_principles());
        let reasons: Vec<Reason<'_>> = assessment.reasons().collect();
        let [one, other] = [reasons[0], reasons[1]];
        assert!(Known::of(&one).is(&one));
        assert!(!Known { counted: one.counted + 1, ..Known::of(&one) }.is(&one));
        assert!(!Known { level: other.level, ..Known::of(&one) }.is(&one));
        assert!(!Known::of(&one).is(&other));
    }
}
