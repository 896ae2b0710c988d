//! What is true of an invented person, in days before the as-of date.

use crate::population::draw::Draw;

/// What both an extract and a native export can say of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) consents: bool,
    pub(super) age_in_days: i64,
    pub(super) began: i64,
    /// The end of an episode before this one.
    pub(super) left_before: Option<i64>,
    pub(super) referred: Referred,
    pub(super) opioids: Opioids,
    pub(super) benzodiazepines: bool,
    pub(super) alcohol: bool,
    pub(super) reviews: Vec<Review>,
    pub(super) courses: Vec<Course>,
    pub(super) injects: Injects,
    pub(super) lives: Lives,
    pub(super) naloxone: Answer,
    pub(super) was_given_naloxone: Answer,
    pub(super) left: Option<Left>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Referred {
    FromPrison,
    Otherwise,
    NotRecorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opioids {
    Current,
    Past,
    None,
    NotRecorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Review {
    pub(super) days_ago: i64,
    pub(super) opioid_days: u32,
    pub(super) injecting_days: u32,
}

/// A course of opioid substitution treatment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Course {
    pub(super) began: i64,
    pub(super) ended: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Injects {
    Now,
    Before,
    Never,
    Declined,
    NotRecorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lives {
    Nowhere,
    AtRisk,
    Settled,
    NotRecorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    NotRecorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) days_ago: i64,
    pub(super) died: bool,
}

impl Life {
    pub(super) fn draw(draw: &mut Draw) -> Self {
        let began = days(draw, [(400, 90), (300, 30)], 900);
        let opioids = draw.one_of(
            [(450, Opioids::Current), (250, Opioids::Past), (150, Opioids::None)],
            Opioids::NotRecorded,
        );
        let injects = draw.one_of(
            [
                (300, Injects::Now),
                (250, Injects::Before),
                (200, Injects::Never),
                (100, Injects::Declined),
            ],
            Injects::NotRecorded,
        );
        let courses = courses(draw, began);
        let is_treated = courses.iter().any(|course| course.ended.is_none());
        let last = courses.iter().filter_map(|course| course.ended).min().unwrap_or(began);
        let left = (!is_treated && draw.happens(300)).then(|| Left {
            days_ago: days(draw, [(500, 27)], last).min(last),
            died: draw.happens(200),
        });
        Self {
            consents: !draw.happens(60),
            age_in_days: i64::from(draw.between(18 * 366, 70 * 365)),
            began,
            left_before: draw.happens(200).then(|| began + 40),
            referred: draw.one_of(
                [(250, Referred::FromPrison), (650, Referred::Otherwise)],
                Referred::NotRecorded,
            ),
            opioids,
            benzodiazepines: draw.happens(250),
            alcohol: draw.happens(300),
            reviews: reviews(draw, opioids, injects, began),
            courses,
            injects,
            lives: draw.one_of(
                [(200, Lives::Nowhere), (200, Lives::AtRisk), (400, Lives::Settled)],
                Lives::NotRecorded,
            ),
            naloxone: answer(draw),
            was_given_naloxone: answer(draw),
            left,
        }
    }
}

fn answer(draw: &mut Draw) -> Answer {
    draw.one_of([(350, Answer::Yes), (350, Answer::No)], Answer::NotRecorded)
}

/// Days from 0 to the last of some, each with its share in a thousand, or else to the most.
fn days<const N: usize>(draw: &mut Draw, shares: [(u32, i64); N], most: i64) -> i64 {
    let last = draw.one_of(shares, most).min(most);
    i64::from(draw.between(0, u32::try_from(last).unwrap_or_default()))
}

/// None, one, or two courses one after the other, in the episode.
fn courses(draw: &mut Draw, began: i64) -> Vec<Course> {
    let first = days(draw, [(300, 60)], began);
    let end = draw.happens(500).then(|| days(draw, [(500, 28)], first));
    let one = Course { began: first, ended: end };
    match end {
        _ if draw.happens(350) => vec![],
        Some(ended) if draw.happens(300) => {
            vec![one, Course { began: days(draw, [], ended), ended: None }]
        }
        _ => vec![one],
    }
}

/// Reviews of the episode, the latest last. The last one of somebody who no longer uses says so, and
/// lies within half a year.
fn reviews(draw: &mut Draw, opioids: Opioids, injects: Injects, began: i64) -> Vec<Review> {
    let mut at = began;
    let mut reviews = Vec::new();
    let uses = matches!(opioids, Opioids::Current | Opioids::Past);
    for _ in 0..draw.below(4) {
        let opioid_days = if uses { draw.between(1, 28) } else { 0 };
        let injecting_days = if injects == Injects::Now { draw.below(29) } else { 0 };
        reviews.push(Review { days_ago: at, opioid_days, injecting_days });
        at = days(draw, [], at - 1);
        if at <= 0 {
            break;
        }
    }
    let latest = reviews.last().map_or(began, |review| review.days_ago - 1);
    if opioids == Opioids::Past {
        let days_ago = days(draw, [], latest.clamp(0, 183));
        reviews.retain(|review| review.days_ago > days_ago);
        reviews.push(Review { days_ago, opioid_days: 0, injecting_days: 0 });
    }
    reviews
}
