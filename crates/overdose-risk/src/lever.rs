//! What would follow from what a service can do or find out, and from time going by.
//!
//! There is no second set of rules: a lever is the assessment of the record with one thing changed,
//! or of the same record on a later day. Of it, only what the change can reach is found anew.

use crate::assessment::{Assessment, Tier};
use crate::codes::{Naloxone, Ost};
use crate::explain::{in_words, plural};
use crate::exposure::Exposure;
use crate::fact::{Age, Event, Fact, FactMut, Status};
use crate::factor::{Day, When};
use crate::factors::FACTORS;
use crate::record::{Field, Record};
use chrono::NaiveDate;
use std::{fmt, iter};

/// One thing that a service can do or find out, or that time does, and what would follow.
///
/// It says how the same rules would list the person then, not what would become of the person. More
/// points are never a reason against doing or asking something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lever {
    /// What happens.
    pub step: Step,
    /// The tier that would follow.
    pub tier: Tier,
    /// The tier that the known facts would then call for: the tier itself, unless exposure would
    /// still not be known. The place in a worklist goes by it.
    pub by_known_facts: Tier,
    /// The points that would follow.
    pub points: u16,
}

/// One thing that a service can do or find out, or that time does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A take-home naloxone kit is handed over that has not expired. Offered wherever there is a
    /// [gap](Assessment::naloxone_gap).
    KitHandedOver,
    /// Opioid substitution treatment starts on the as-of date. Offered unless it is known to be
    /// prescribed.
    ///
    /// It may raise the points: its first four weeks are a time of danger too. That is a reason to
    /// stay in contact, and never a reason against treatment or for delaying it.
    TreatmentStarted,
    /// A [question](Assessment::unknowns) is answered.
    Answered {
        /// The field asked about.
        field: Field,
        /// The answer.
        answer: Answer,
    },
    /// Nothing happens until this day, the first on which a reason changes: the one after
    /// [`valid_until`](Assessment::valid_until).
    On(NaiveDate),
}

impl Step {
    /// The name in outputs, for instance `kit-handed-over`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KitHandedOver => "kit-handed-over",
            Self::TreatmentStarted => "treatment-started",
            Self::Answered { .. } => "answer",
            Self::On(_) => "time",
        }
    }
}

/// One way in which a question can be settled. Its `Display` is what the cell of an export could say;
/// of several ages, that of `age_band`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// This value of a closed vocabulary.
    Named(&'static str),
    /// An age from the youngest to the oldest, both included: the part of one age group that what is
    /// known allows.
    Aged {
        /// The youngest age in years.
        youngest: u8,
        /// The oldest age in years.
        oldest: u8,
    },
    /// This day. Of an event, either the as-of date, which is the latest that it can have been, or
    /// the latest date known, where there was none since. Of the expiry of a kit, the day before the
    /// as-of date, when it has expired, or that date, through which it still serves.
    On(NaiveDate),
    /// Of an event: there was none.
    NoneRecorded,
}

impl Assessment<'_> {
    /// What would follow from each thing that a service can do or find out, and from the next date
    /// on which a reason changes: first what can be done, then every answer to each of the
    /// [`unknowns`](Assessment::unknowns) in their order, then time.
    ///
    /// Each is the [assessment](crate::assess) of the changed record under the same policy, and an
    /// answer that changes nothing is there too: that asking changes nothing is worth knowing. There
    /// are none where these rules do not apply.
    ///
    /// No answer to what is unknown leads beyond the worst that its [question](crate::Question)
    /// names. Opioid use is also asked where a recorded `none` is not believed: an answer that
    /// corrects it may lead beyond.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use overdose_risk::factor::Case;
    /// use overdose_risk::{Naloxone, Policy, Record, Step, assess};
    ///
    /// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    /// let record = Record { naloxone: Naloxone::NotHeld.into(), ..Case::plain(as_of) };
    /// let assessment = assess(&record, as_of, Policy::practice_principles());
    /// let levers = assessment.levers();
    /// assert_eq!(levers[0].step, Step::KitHandedOver);
    /// assert_eq!((assessment.points(), levers[0].points), (4, 0));
    /// ```
    pub fn levers(&self) -> Vec<Lever> {
        self.levers_given(&self.unknowns(), self.valid_until())
    }

    /// The same, for those who have found out already what is unknown and until when it holds.
    pub(crate) fn levers_given(
        &self,
        unknowns: &[Field],
        valid_until: Option<NaiveDate>,
    ) -> Vec<Lever> {
        if self.exposure() == Exposure::No {
            return Vec::new();
        }
        let mut levers = Vec::with_capacity(2 * unknowns.len() + 3);
        let mut follow = |step| levers.push(self.lever(step));
        if self.naloxone_gap() {
            follow(Step::KitHandedOver);
        }
        if !self.record().ost.is(Ost::Prescribed) {
            follow(Step::TreatmentStarted);
        }
        for field in unknowns.iter().copied() {
            let answered = |answer| follow(Step::Answered { field, answer });
            each_answer(self.record().fact(field), self.as_of(), answered);
        }
        if let Some(day) = valid_until.and_then(|until| until.succ_opt()) {
            follow(Step::On(day));
        }
        levers
    }

    fn lever(&self, step: Step) -> Lever {
        let mut record = *self.record();
        let mut on = self.as_of();
        let mut changed = match step {
            Step::KitHandedOver => {
                record.naloxone = Naloxone::Held.into();
                record.naloxone_expiry = on.into();
                Fields::of(&[Field::Naloxone, Field::NaloxoneExpiry])
            }
            Step::TreatmentStarted => {
                record.ost = Ost::Prescribed.into();
                record.ost_started = on.into();
                Fields::of(&[Field::Ost, Field::OstStarted])
            }
            Step::Answered { field, answer } => {
                answer.put(&mut record, field);
                Fields::of(&[field])
            }
            Step::On(day) => {
                on = day;
                Fields::ALL
            }
        };
        let record = record.as_read_on(on, |contradicted| changed.add(contradicted));
        let on = Day::of(on);
        let mut levels = self.known_levels();
        for (place, (factor, rules)) in FACTORS.iter().zip(self.policy().rules()).enumerate() {
            // A factor that reads nothing that is changed finds what it has found.
            if factor.reads.iter().any(|field| changed.has(*field)) {
                levels.set(place, rules.find(&record, on).low);
            }
        }
        let weighed = self.policy().weigh(levels);
        let by_known_facts = weighed.urgency.into();
        let (tier, by_known_facts, points) = match Exposure::of(&record, on) {
            Exposure::Yes => (by_known_facts, by_known_facts, weighed.points),
            Exposure::Unknown => (Tier::NotEnoughInformation, by_known_facts, weighed.points),
            Exposure::No => (Tier::OutOfScope, Tier::OutOfScope, 0),
        };
        Lever { step, tier, by_known_facts, points }
    }
}

/// Some fields, a bit for each.
#[derive(Clone, Copy)]
struct Fields(u32);

const _: () = assert!(Field::ALL.len() <= 32, "a bit for each field");

impl Fields {
    const ALL: Self = Self(u32::MAX);

    fn of(fields: &[Field]) -> Self {
        let mut these = Self(0);
        fields.iter().for_each(|field| these.add(*field));
        these
    }

    fn add(&mut self, field: Field) {
        self.0 |= 1 << field as u32;
    }

    fn has(self, field: Field) -> bool {
        self.0 & 1 << field as u32 != 0
    }
}

/// Every way of settling a fact that matters, the end of what is known so far before a new event.
fn each_answer(fact: Fact, as_of: NaiveDate, mut each: impl FnMut(Answer)) {
    match fact {
        Fact::Age(age) => age_groups(age, as_of).into_iter().for_each(each),
        Fact::Event(event) => {
            let not_since = event.latest().map_or(Answer::NoneRecorded, Answer::On);
            each(not_since);
            if not_since != Answer::On(as_of) {
                each(Answer::On(as_of));
            }
        }
        Fact::Date(_) => as_of.pred_opt().into_iter().chain([as_of]).map(Answer::On).for_each(each),
        Fact::OpioidUse(_)
        | Fact::Ost(_)
        | Fact::Naloxone(_)
        | Fact::Injecting(_)
        | Fact::YesNo(_)
        | Fact::Housing(_)
        | Fact::CaseStatus(_) => {
            fact.vocabulary().into_iter().flatten().map(Answer::Named).for_each(each);
        }
    }
}

/// The ages that are possible, parted where a level of the catalogue begins.
fn age_groups(age: Status<Age>, as_of: NaiveDate) -> Vec<Answer> {
    let range = age.known().and_then(|age| age.range_on(as_of));
    let (youngest, oldest) = range.unwrap_or((0, Age::OLDEST));
    let begins = FACTORS.iter().flat_map(|factor| factor.levels).filter_map(|level| {
        let When::Aged(from) = level.when else { return None };
        (youngest < from && from <= oldest).then_some(from)
    });
    let mut begins: Vec<u8> = iter::once(youngest).chain(begins).collect();
    begins.sort_unstable();
    begins.dedup();
    let ends = begins.iter().skip(1).map(|next| next - 1).chain([oldest]);
    begins.iter().zip(ends).map(|(from, to)| Answer::Aged { youngest: *from, oldest: to }).collect()
}

impl Answer {
    fn put(self, record: &mut Record, field: Field) {
        match (self, record.fact_mut(field)) {
            (Self::Named(name), fact) => fact.set_named(name),
            (Self::Aged { youngest, oldest }, FactMut::Age(age)) => {
                *age = Age::between(youngest, oldest).ok().into();
            }
            (Self::On(day), FactMut::Event(event)) => *event = day.into(),
            (Self::On(day), FactMut::Date(date)) => *date = day.into(),
            (Self::NoneRecorded, FactMut::Event(event)) => *event = Event::NoneRecorded,
            // No other fact has such an answer.
            _ => {}
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Aged { youngest, oldest } if youngest == oldest => write!(f, "{youngest}"),
            Self::Aged { youngest, oldest: Age::OLDEST } => write!(f, "{youngest}+"),
            Self::Aged { youngest, oldest } => write!(f, "{youngest}-{oldest}"),
            Self::On(day) => write!(f, "{day}"),
            Self::NoneRecorded => f.write_str("never"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KitHandedOver => f.write_str("If a take-home naloxone kit is handed over"),
            Self::TreatmentStarted => f.write_str("If opioid substitution treatment starts today"),
            Self::Answered { field, answer } => write!(f, "If `{field}` is `{answer}`"),
            Self::On(day) => write!(f, "On {}, with the same facts", in_words(*day)),
        }
    }
}

impl fmt::Display for Lever {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.tier)?;
        if self.by_known_facts != self.tier {
            write!(f, ", by the known facts {}", self.by_known_facts)?;
        }
        write!(f, ", {}.", plural(self.points))?;
        if self.step == Step::TreatmentStarted {
            f.write_str(
                " Its first four weeks are a time of danger too: a reason to stay in contact, never \
                 one against treatment.",
            )?;
        }
        Ok(())
    }
}
