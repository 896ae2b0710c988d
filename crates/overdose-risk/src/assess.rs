//! The one pass from a record to an assessment.

use crate::assessment::Assessment;
use crate::exposure::Exposure;
use crate::factor::Day;
use crate::factors::find_each;
use crate::policy::{Levels, Policy};
use crate::record::Record;
use chrono::NaiveDate;

/// Assesses one record as of a day under a policy.
///
/// Always answers, looks at nothing but its arguments, and allocates nothing. Facts that cannot be
/// true on that day are [read as unknown](Record::as_read_on) first. A person who [has
/// died](Record::has_died) is for the caller to count and not to assess.
///
/// ```
/// use chrono::NaiveDate;
/// use overdose_risk::{Event, Naloxone, OpioidUse, Ost, Policy, Record, Tier, assess};
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let record = Record {
///     opioid_use: OpioidUse::Current.into(),
///     ost: Ost::NotPrescribed.into(),
///     prison_release: Event::On(day(28)),
///     naloxone: Naloxone::NotHeld.into(),
///     ..Record::default()
/// };
/// let assessment = assess(&record, day(31), Policy::practice_principles());
/// assert_eq!(assessment.tier(), Tier::ActNow);
/// assert_eq!(assessment.points(), 12 + 20 + 4);
/// ```
pub fn assess<'p>(record: &Record, as_of: NaiveDate, policy: &'p Policy) -> Assessment<'p> {
    let mut record = *record;
    record.read_on(as_of, &mut |_| {});
    let on = Day::of(as_of);
    let exposure = Exposure::of(&record, on);
    let (low, high) = match exposure {
        Exposure::Yes | Exposure::Unknown => find_each(&record, on, policy.rules()),
        Exposure::No => (Levels::NONE, Levels::NONE),
    };
    Assessment::new(record, as_of, policy, exposure, low, high)
}
