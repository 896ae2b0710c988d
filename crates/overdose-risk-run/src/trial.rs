//! What another policy would do to the people of an export.

use overdose_risk::policy::About;
use overdose_risk::{Assessment, Exposure, Policy, Record, Tier, Urgency, assess};
use overdose_risk_intake::Id;
use std::collections::BTreeMap;

mod file;
mod mixed;
mod moved;
mod told;

use mixed::Mixed;
use moved::Found;
pub use moved::{Because, Move};

/// Two policies held against each other on the same people on the same day.
///
/// Everybody is assessed under both. Of those whose urgency by the known facts is another, it also finds
/// why, by assessing them again with one setting at a time of one policy as in the other ([`Because`]).
/// Nothing is kept of anybody else but a count.
///
/// `Display` is the comparison in words, for a terminal of 80 columns.
///
/// ```
/// use overdose_risk::{Event, OpioidUse, Policy, Record, Urgency, policy::Settings};
/// use overdose_risk_intake::Id;
/// use overdose_risk_run::Trial;
///
/// let mut settings = Settings::default();
/// settings.name = "example-service".to_owned();
/// settings.act_now.points = 15;
/// settings.prioritise.points = 10;
/// for tier in [&mut settings.act_now, &mut settings.prioritise] {
///     tier.why = Some("An example.".to_owned());
/// }
/// let new = Policy::new(settings)?;
///
/// let as_of = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let overdose = Event::On(chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
/// let record = Record { opioid_use: OpioidUse::Current.into(), overdose, ..Record::default() };
/// let mut trial = Trial::new(Policy::practice_principles(), &new, as_of);
/// trial.add(Id::read(b"p-17").unwrap(), &record);
///
/// let moved = &trial.moves()[0];
/// assert_eq!((moved.from(), moved.to()), (Urgency::Standard, Urgency::ActNow));
/// assert_eq!(trial.because(moved).to_string(), "tiers.act-now+tiers.prioritise");
/// # Ok::<(), overdose_risk::policy::NotAccepted>(())
/// ```
#[derive(Debug)]
pub struct Trial<'p> {
    old: &'p Policy,
    new: &'p Policy,
    as_of: chrono::NaiveDate,
    /// The new policy with one setting as in the old one, for each that differs.
    undone: Vec<Mixed>,
    /// The old policy with one setting as in the new one.
    done: Vec<Mixed>,
    /// People by their urgency before and after, those with opioid exposure first, then those of whom
    /// it is not known.
    crossed: [Crossed; 2],
    out_of_scope: u64,
    naloxone_gaps: [u64; 2],
    counted_otherwise: u64,
    offered_otherwise: u64,
    moves: Vec<Move>,
}

/// People by their urgency under the old and the new policy.
type Crossed = BTreeMap<(Urgency, Urgency), u64>;

/// What is said below contacts a day.
pub(crate) const CALENDAR: &str = "prioritise is in days of the calendar: a team that works Monday to Friday\n\
    needs 7/5 as many a working day.";

/// How many people stand in a tier that promises to contact them within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// People in the tier.
    pub people: u64,
    /// People of whom opioid exposure is not known, and whom the known facts would place there.
    pub exposure_unknown: u64,
    /// The time that the tier promises: working days for `act-now`, days for `prioritise`.
    pub within: u8,
}

impl Load {
    /// How many people a day are contacted, rounded up, when everybody in the tier now is contacted once
    /// within its time: a working day for `act-now`, a day of the calendar for `prioritise`, of which a team
    /// that works Monday to Friday needs 7/5 as many a working day. It is no forecast: who comes into the
    /// tier in the meantime is not in it.
    pub fn a_day(self) -> u64 {
        self.people.div_ceil(u64::from(self.within.max(1)))
    }

    /// The same with those of whom opioid exposure is not known.
    pub fn a_day_with_exposure_unknown(self) -> u64 {
        Self { people: self.people + self.exposure_unknown, ..self }.a_day()
    }
}

impl<'p> Trial<'p> {
    /// A trial of a new policy beside the old one, as of a day, with nobody yet.
    pub fn new(old: &'p Policy, new: &'p Policy, as_of: chrono::NaiveDate) -> Self {
        Self {
            old,
            new,
            as_of,
            undone: mixed::each(new.settings(), old.settings()),
            done: mixed::each(old.settings(), new.settings()),
            crossed: Default::default(),
            out_of_scope: 0,
            naloxone_gaps: [0; 2],
            counted_otherwise: 0,
            offered_otherwise: 0,
            moves: Vec::new(),
        }
    }

    /// Adds a person. Whoever has died is not for it, as for [`assess`].
    pub fn add(&mut self, id: Id<'_>, record: &Record) {
        let old = assess(record, self.as_of, self.old);
        let new = assess(record, self.as_of, self.new);
        let [gaps_before, gaps_after] = &mut self.naloxone_gaps;
        *gaps_before += u64::from(old.naloxone_gap());
        *gaps_after += u64::from(new.naloxone_gap());
        let (Some(from), Some(to)) = (old.known_urgency(), new.known_urgency()) else {
            self.out_of_scope += 1;
            return;
        };
        let exposure_unknown = old.exposure() == Exposure::Unknown;
        let [known, unknown] = &mut self.crossed;
        let crossed = if exposure_unknown { unknown } else { known };
        *crossed.entry((from, to)).or_default() += 1;
        if from != to {
            self.moves.push(Move {
                id: id.as_str().to_owned(),
                exposure_unknown,
                urgency: [from, to],
                points: [old.points(), new.points()],
                because: self.found(record, from, to),
            });
        } else if counts(&old) != counts(&new) || !reasons(&old).eq(reasons(&new)) {
            self.counted_otherwise += 1;
        } else if !offers(&old).eq(offers(&new)) {
            self.offered_otherwise += 1;
        }
    }

    /// Why somebody moves.
    fn found(&self, record: &Record, from: Urgency, to: Urgency) -> Found {
        let undone = self.giving(from, &self.undone, record);
        if !undone.is_empty() {
            return Found::Undone(undone);
        }
        let done = self.giving(to, &self.done, record);
        if done.is_empty() { Found::Neither } else { Found::Done(done) }
    }

    /// Those policies that give somebody an urgency; of one that mixes all that another one does, and
    /// more, only the other.
    fn giving(&self, urgency: Urgency, policies: &[Mixed], record: &Record) -> Vec<usize> {
        let mut giving: Vec<(usize, &Mixed)> = Vec::new();
        for (place, mixed) in policies.iter().enumerate() {
            if !giving.iter().any(|(_, smaller)| mixed.holds(smaller))
                && assess(record, self.as_of, &mixed.policy).known_urgency() == Some(urgency)
            {
                giving.push((place, mixed));
            }
        }
        giving.into_iter().map(|(place, _)| place).collect()
    }

    /// Everybody who moves, in the order in which they were added.
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// Everybody to whom the new policy gives a less urgent tier by the known facts, those who leave
    /// `act-now` first: whom to look at before it is approved.
    pub fn losses(&self) -> impl Iterator<Item = &Move> {
        let losses =
            |from| self.moves.iter().filter(move |moved| moved.is_a_loss() && moved.from() == from);
        Urgency::ALL.into_iter().flat_map(losses)
    }

    /// What made somebody move.
    pub fn because(&self, moved: &Move) -> Because<'_> {
        match &moved.because {
            Found::Undone(places) => Because::Needed(settings_of(&self.undone, places)),
            Found::Done(places) => Because::Enough(settings_of(&self.done, places)),
            Found::Neither => Because::Together,
        }
    }

    /// How many people have one urgency by the known facts under the old policy and one under the new,
    /// of those with opioid exposure, or of those of whom it is not known. Nobody else has one.
    pub fn people(&self, exposure: Exposure, from: Urgency, to: Urgency) -> u64 {
        let [known, unknown] = &self.crossed;
        match exposure {
            Exposure::Yes => known.get(&(from, to)).copied().unwrap_or(0),
            Exposure::Unknown => unknown.get(&(from, to)).copied().unwrap_or(0),
            Exposure::No => 0,
        }
    }

    /// How many people these rules do not apply to, whatever the policy.
    pub fn out_of_scope(&self) -> u64 {
        self.out_of_scope
    }

    /// How many people have a naloxone gap under the old and under the new policy, which is the same
    /// number: no policy hides one.
    pub fn naloxone_gaps(&self) -> [u64; 2] {
        self.naloxone_gaps
    }

    /// How many people keep their urgency, with other points, other bounds or other reasons.
    pub fn counted_otherwise(&self) -> u64 {
        self.counted_otherwise
    }

    /// How many people keep their urgency, their points and their reasons, and are offered something
    /// else.
    pub fn offered_otherwise(&self) -> u64 {
        self.offered_otherwise
    }

    /// What the old and the new policy ask a service to do for a tier; `None` for one without a time.
    pub fn loads(&self, urgency: Urgency) -> Option<[Load; 2]> {
        let load = |policy: &Policy, people: &dyn Fn(Exposure) -> u64| {
            let within = within(policy, urgency)?;
            let (people, exposure_unknown) = (people(Exposure::Yes), people(Exposure::Unknown));
            Some(Load { people, exposure_unknown, within })
        };
        let sum = |of: &dyn Fn(Urgency) -> u64| Urgency::ALL.into_iter().map(of).sum();
        let before = |exposure| sum(&|to| self.people(exposure, urgency, to));
        let after = |exposure| sum(&|from| self.people(exposure, from, urgency));
        Some([load(self.old, &before)?, load(self.new, &after)?])
    }
}

/// The time within which a policy has somebody contacted, where it promises one.
pub(crate) fn within(policy: &Policy, urgency: Urgency) -> Option<u8> {
    match urgency {
        Urgency::ActNow => Some(policy.settings().act_now.within),
        Urgency::Prioritise => Some(policy.settings().prioritise.within),
        Urgency::Standard => None,
    }
}

fn settings_of<'t>(policies: &'t [Mixed], places: &[usize]) -> Vec<&'t [About]> {
    let mixed = places.iter().filter_map(|place| policies.get(*place));
    mixed.map(|mixed| &*mixed.settings).collect()
}

/// What somebody's points come to.
fn counts(assessment: &Assessment<'_>) -> (u16, u16, Tier) {
    (assessment.points(), assessment.could_points(), assessment.could_reach())
}

/// What was counted for which level, and where it leads by itself.
fn reasons(
    assessment: &Assessment<'_>,
) -> impl Iterator<Item = (&'static str, &'static str, u8, Option<Urgency>)> {
    let reasons = assessment.reasons();
    reasons.map(|reason| (reason.factor.name, reason.level.name, reason.counted, reason.set.floor))
}

/// What a worker can offer.
fn offers<'p>(assessment: &Assessment<'p>) -> impl Iterator<Item = &'p str> {
    let alert = assessment.alert().map(|alert| [&*alert.text, &*alert.offer]);
    let actions = assessment.reasons().map(|reason| &*reason.set.action);
    actions.chain(alert.into_iter().flatten())
}
