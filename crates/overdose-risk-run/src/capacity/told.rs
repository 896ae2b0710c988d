//! The thresholds that can be chosen, in words.

use super::{Candidate, Capacity};
use crate::notices::counted;
use crate::trial::{CALENDAR, Load};
use overdose_risk::{Tier, Urgency};
use std::fmt;

/// How many thresholds are shown for a tier; the CSV file has them all.
const ROWS: usize = 15;

impl fmt::Display for Capacity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, as of {}", self.policy, self.as_of)?;
        writeln!(
            f,
            "\nA HIGHER THRESHOLD DECIDES WHO IS CONTACTED LATER. To choose it by the staff\n\
             there is, is a choice for clinical governance. Nobody below it is safe."
        )?;
        for tier in [Urgency::ActNow, Urgency::Prioritise] {
            self.table(f, tier)?;
        }
        writeln!(
            f,
            "\n* in force. by floor: in the tier of the table whatever its threshold; by\n\
             points: in it by points alone. a day: contacts, rounded up, if everybody in the\n\
             tier now is contacted once within its time ({} for act-now,\n\
             {} for prioritise); no forecast, since whoever comes into it meanwhile is\n\
             not counted. n-e-i: those in not-enough-information whom the known facts would\n\
             place in the tier; they stand beside it on the worklist.\n\
             {CALENDAR}",
            counted(self.policy.settings().act_now.within.into(), "working day", "working days"),
            counted(self.policy.settings().prioritise.within.into(), "day", "days"),
        )?;
        let out = counted(self.out_of_scope, "person", "people");
        writeln!(f, "out-of-scope: {out} with no opioid exposure recorded, whatever the policy.")?;
        writeln!(f, "policy diff OLD NEW EXPORT --csv FILE names who would move.")
    }
}

impl Capacity<'_> {
    fn table(&self, f: &mut fmt::Formatter<'_>, tier: Urgency) -> fmt::Result {
        let candidates = self.candidates(tier);
        let steps = steps(&candidates);
        let shown = shown(&steps);
        let name = Tier::from(tier);
        write!(f, "\n{name} from so many points")?;
        match steps.len() - shown.len() {
            0 => writeln!(f, "\n")?,
            more => writeln!(f, " ({more} more rows with --csv)\n")?,
        }
        writeln!(
            f,
            "  {:>6} {:>9}{:>10}{:>9}{:>8}{:>11}{:>8}{:>6}{:>9}",
            "points",
            "by floor",
            "by points",
            "act-now",
            "a day",
            "prioritise",
            "a day",
            "n-e-i",
            "standard"
        )?;
        for Candidate { points, in_force, placed, .. } in shown {
            let mark = if *in_force { '*' } else { ' ' };
            let a_day = |tier| self.load(tier, placed).map_or(0, Load::a_day);
            let (by_floor, by_points) = placed.by_floor_and_points(tier);
            let unknown = self.load(tier, placed).map_or(0, |load| load.exposure_unknown);
            writeln!(
                f,
                "{mark} {points:>6} {by_floor:>9}{by_points:>10}{:>9}{:>8}{:>11}{:>8}{unknown:>6}{:>9}",
                placed.act_now(),
                a_day(Urgency::ActNow),
                placed.prioritise(),
                a_day(Urgency::Prioritise),
                placed.standard,
            )?;
        }
        Ok(())
    }
}

/// Those with which anybody stands elsewhere than with the one before, and the one in force.
fn steps(candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut steps: Vec<&Candidate> = Vec::new();
    for candidate in candidates {
        let is_same = steps.last().is_some_and(|last| last.placed == candidate.placed);
        if candidate.in_force || !is_same {
            steps.push(candidate);
        }
    }
    steps
}

/// As many as there is room for, at equal distances: the first, the last, and the one in force.
fn shown<'c>(steps: &[&'c Candidate]) -> Vec<&'c Candidate> {
    let last = steps.len().saturating_sub(1);
    let is_chosen = |place: usize| {
        let mut chosen = (0..ROWS).map(|row| row * last / (ROWS - 1));
        chosen.any(|chosen| chosen == place)
    };
    let places = steps.iter().enumerate();
    places
        .filter(|(place, step)| step.in_force || is_chosen(*place))
        .map(|(_, step)| *step)
        .collect()
}
