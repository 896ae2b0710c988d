//! What a review says of use in the last 28 days, beside what the episode says of it.

use super::column::NdtmsColumn;
use super::row::{Row, said};
use super::substances::{Opioid, Substances};
use super::{Days, silent};
use crate::facts::Facts;
use crate::person::why_unknown;
use chrono::NaiveDate;
use overdose_risk::{Injecting, OpioidUse, Record, Status, Unknown, YesNo};

/// For so many days a review without opioid use stands against the substances.
const REVIEW_COUNTS_FOR: std::ops::RangeInclusive<i64> = 0..=183;

pub(super) fn opioid_use(row: &mut Row<'_, '_>, days: &Days, substances: &Substances) -> Facts {
    let used = row.days(NdtmsColumn::OpiUse);
    let (opioid_use, on) = match (used.known(), substances.opioid()) {
        (Some(1..), _) => (OpioidUse::Current.into(), days.reviewed()),
        (Some(0), Opioid::Named | Opioid::Likely) if is_recent(days, row.as_of) => {
            (OpioidUse::Past.into(), days.reviewed())
        }
        (_, Opioid::Named | Opioid::Likely) => (OpioidUse::Current.into(), days.episode),
        // A cell that nobody can read may well say that there was use.
        (None, Opioid::None) if why_unknown(used) == Some(Unknown::Unreadable) => {
            (Status::Unknown(Unknown::Unreadable), days.episode)
        }
        // Older than anything: a later episode for alcohol alone does not undo one for heroin.
        (_, Opioid::None) => (OpioidUse::None.into(), NaiveDate::MIN),
        (Some(0), Opioid::NotCollected) => (Status::default(), days.episode),
        (None, Opioid::NotCollected) => (unanswered(used), days.episode),
        (_, Opioid::Unknown(why)) => {
            (Status::Unknown(said([Some(why), why_unknown(used)])), days.episode)
        }
    };
    Facts::new(&Record { opioid_use, ..silent() }, Some(on), row.as_of)
}

pub(super) fn injecting(row: &mut Row<'_, '_>, days: &Days) -> Facts {
    let status: Status<Injecting> = row.code(NdtmsColumn::InjStat);
    let lately = row.yes_no(NdtmsColumn::Inject);
    let used = row.days(NdtmsColumn::IvDrgUse);

    let by_review = used.known().is_some_and(|days| days > 0);
    let by_episode = status.is(Injecting::Current) || lately.is(YesNo::Yes);
    let reasons = [why_unknown(status), why_unknown(lately), why_unknown(used)];
    let injecting = match status {
        _ if by_episode => Injecting::Current.into(),
        _ if by_review => Status::NotCollected,
        Status::Known(status) => status.into(),
        Status::NotCollected
            if matches!(lately, Status::NotCollected) && matches!(used, Status::NotCollected) =>
        {
            Status::NotCollected
        }
        Status::Unknown(_) | Status::NotCollected => Status::Unknown(said(reasons)),
    };
    let mut facts = Facts::new(&Record { injecting, ..silent() }, Some(days.episode), row.as_of);
    if by_review {
        let record = Record { injecting: Injecting::Current.into(), ..silent() };
        facts.join(&Facts::new(&record, Some(days.reviewed()), row.as_of));
    }
    facts
}

fn is_recent(days: &Days, as_of: NaiveDate) -> bool {
    days.review.known().is_some_and(|day| REVIEW_COUNTS_FOR.contains(&(as_of - day).num_days()))
}

/// Nothing is known: what was not asked for was not recorded either.
fn unanswered<T, U>(status: Status<T>) -> Status<U> {
    match status {
        Status::NotCollected => Status::NotCollected,
        Status::Unknown(why) => Status::Unknown(why),
        Status::Known(_) => Status::Unknown(Unknown::NotRecorded),
    }
}
