//! What there is to say of the policy.

use crate::receipt::{PolicyRecord, Receipt};
use chrono::NaiveDate;
use overdose_risk::Policy;

/// How many settings a notice names, and more of those that switch a factor off or lower a floor;
/// `policy diff` names them all.
const SETTINGS: usize = 6;

/// By when the built-in policy is to be looked at again: a year after its figures were read, which is a
/// judgement.
const BUILT_IN_REVIEW: Option<NaiveDate> = NaiveDate::from_ymd_opt(2027, 11, 22);

/// By what of the policy people can be missed, and whether somebody answers for it.
pub(super) fn of(policy: &PolicyRecord, as_of: NaiveDate) -> Vec<String> {
    let mut notices = Vec::new();
    let label = policy.label();
    let review_by = if policy.is_own() { policy.review_by } else { BUILT_IN_REVIEW };
    if let Some(day) = review_by.filter(|day| *day < as_of) {
        notices.push(format!(
            "POLICY REVIEW OVERDUE: {label} was to be looked at again by {day}. Until somebody has, its \
             numbers may be out of date."
        ));
    }
    notices.extend(less_cautious(policy));
    let what = match (&policy.approved_by, policy.review_by) {
        (None, None) => ("NOT APPROVED", "names nobody in approved_by and no day in review_by"),
        (None, Some(_)) => ("NOT APPROVED", "names nobody in approved_by"),
        (Some(_), None) => ("WITHOUT A REVIEW", "names no day in review_by"),
        (Some(_), Some(_)) => return notices,
    };
    if policy.is_own() {
        let (heading, names) = what;
        notices.push(format!("POLICY {heading}: {label} is the service's own, and {names}."));
    }
    notices
}

fn less_cautious(policy: &PolicyRecord) -> Option<String> {
    let settings = &policy.less_cautious;
    if settings.is_empty() {
        return None;
    }
    let named = settings.iter().take(policy.gravest.max(SETTINGS)).map(String::as_str);
    let named: Vec<&str> = named.collect();
    let more = match settings.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more; policy diff says all"),
    };
    Some(format!(
        "LESS CAUTIOUS THAN THE DEFAULT: {}{more}. People may be contacted later than by {}.",
        named.join("; "),
        Policy::practice_principles().name()
    ))
}

/// Which local warning somebody has taken back before its last day.
pub(super) fn no_longer_warned(receipt: &Receipt, as_of: NaiveDate) -> Option<String> {
    let previous = receipt.previous.as_ref()?;
    let until = previous.alert_until.filter(|until| *until >= as_of)?;
    let by = &previous.policy;
    let is_gone = receipt.policy().alert.is_none();
    is_gone.then(|| format!("LOCAL WARNING NO LONGER GIVEN: until {until} by {by}."))
}
