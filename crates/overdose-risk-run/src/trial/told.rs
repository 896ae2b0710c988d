//! A trial in words.

use super::moved::joined;
use super::{Because, CALENDAR, Move, Trial};
use crate::notices::counted;
use overdose_risk::{Exposure, Tier, Urgency};
use overdose_risk_report::less_cautious;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

/// How many settings are shown for those who go from one tier to another; the CSV file has them all.
const SETTINGS: usize = 8;

impl fmt::Display for Trial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old  {}\nnew  {}", self.old, self.new)?;
        writeln!(f, "As of {}. Nobody is safe for being in a lower tier.", self.as_of)?;
        self.lost(f)?;
        self.crossed(f)?;
        self.moved(f)?;
        self.kept(f)?;
        self.asked(f)
    }
}

impl Trial<'_> {
    fn lost(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let losses = self.losses().count();
        let leave = self.losses().filter(|moved| moved.from() == Urgency::ActNow).count();
        match losses {
            0 => writeln!(
                f,
                "\nNobody would be in a less urgent tier under the new policy. That is true of\n\
                 these people on this day only."
            )?,
            _ => writeln!(
                f,
                "\nLOOK AT THESE FIRST: {} would be in a less urgent tier; {leave} of them\n\
                 would leave act-now. --csv lists them, those who leave act-now first. Somebody\n\
                 who is missed is the worst that a policy can do.",
                counted(losses as u64, "person", "people"),
            )?,
        }
        for urgency in [Urgency::ActNow, Urgency::Prioritise] {
            let Some([before, after]) = self.loads(urgency) else { continue };
            if after.within > before.within {
                let (tier, within) = (Tier::from(urgency), time(urgency, after.within));
                writeln!(f, "LATER: everybody in {tier} within {within}, not {}.", before.within)?;
            }
        }
        let less_cautious = less_cautious(self.old, self.new);
        if !less_cautious.is_empty() {
            writeln!(f, "\nLess cautious than before; others may be missed on other days:")?;
        }
        less_cautious.iter().try_for_each(|setting| writeln!(f, "- {setting}"))
    }

    fn crossed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (exposure, heading) in [
            (Exposure::Yes, "People by tier: old down, new across"),
            (
                Exposure::Unknown,
                "not-enough-information, where the known facts would place them:\n\
                 old down, new across",
            ),
        ] {
            writeln!(f, "\n{heading}\n")?;
            write!(f, "  {:<12}", "")?;
            for to in Urgency::ALL {
                write!(f, "{:>12}", Tier::from(to))?;
            }
            writeln!(f, "{:>12}", "old, all")?;
            for from in Urgency::ALL {
                let row = Urgency::ALL.map(|to| self.people(exposure, from, to));
                write_row(f, Tier::from(from).name(), row)?;
            }
            let column = |to| {
                Urgency::ALL.into_iter().map(|from| self.people(exposure, from, to)).sum::<u64>()
            };
            write_row(f, "new, all", Urgency::ALL.map(column))?;
        }
        let out = self.out_of_scope;
        let (number, whom) = (counted(out, "person", "people"), "no opioid exposure recorded");
        writeln!(f, "\nout-of-scope: {number} with {whom}, whatever the policy.")
    }

    fn moved(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.moves.is_empty() {
            return writeln!(f, "\nNobody moves from one tier to another.");
        }
        writeln!(
            f,
            "\nWho moves, and because of what. With any one of these settings as in the old\n\
             policy they would not move. \"enough\": with any one of these as in the new policy\n\
             alone they would. So somebody can count beside several. + goes with the above."
        )?;
        let crossings = Urgency::ALL.into_iter().flat_map(|from| Urgency::ALL.map(|to| (from, to)));
        for (from, to) in crossings {
            let crossing =
                self.moves.iter().filter(|moved| (moved.from(), moved.to()) == (from, to));
            let (mut people, mut settings) = (0_u64, BTreeMap::new());
            for moved in crossing {
                people += 1;
                for because in self.one_by_one(moved) {
                    *settings.entry(because).or_insert(0_u64) += 1;
                }
            }
            if people > 0 {
                let (from, to) = (Tier::from(from), Tier::from(to));
                writeln!(f, "\n  {from} to {to}: {}", counted(people, "person", "people"))?;
                write_settings(f, settings)?;
            }
        }
        Ok(())
    }

    /// The settings that made somebody move, each in words of its own.
    fn one_by_one(&self, moved: &Move) -> Vec<String> {
        match self.because(moved) {
            Because::Needed(sets) => sets.into_iter().map(joined).collect(),
            Because::Enough(sets) => {
                sets.into_iter().map(|set| format!("enough: {}", joined(set))).collect()
            }
            Because::Together => vec!["several together".to_owned()],
        }
    }

    fn kept(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nIn the same tier: {} with other points, bounds or reasons, and\n{} more who \
             would be offered something else.",
            counted(self.counted_otherwise, "person", "people"),
            self.offered_otherwise
        )?;
        let [before, after] = self.naloxone_gaps;
        writeln!(f, "Take-home naloxone to offer or to ask about: {before} before, {after} after.")
    }

    fn asked(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nContacts a day, rounded up, if everybody in a tier now is contacted once\n\
             within its time. No forecast: whoever comes into it meanwhile is not counted.\n"
        )?;
        writeln!(
            f,
            "  {:<12}{:>8}{:>10}{:>24}{:>10}{:>12}",
            "", "", "people", "within", "a day", "with n-e-i"
        )?;
        for urgency in [Urgency::ActNow, Urgency::Prioritise] {
            let Some(loads) = self.loads(urgency) else { continue };
            for (which, load) in ["old", "new"].into_iter().zip(loads) {
                let unit = time(urgency, load.within);
                writeln!(
                    f,
                    "  {:<12}{which:>8}{:>10}{unit:>24}{:>10}{:>12}",
                    Tier::from(urgency).name(),
                    load.people,
                    load.a_day(),
                    load.a_day_with_exposure_unknown()
                )?;
            }
        }
        writeln!(
            f,
            "\nWith n-e-i: with those in not-enough-information whom the known facts would\n\
             place there, since they stand on the worklist beside them.\n\
             {CALENDAR}"
        )
    }
}

/// A time that a tier promises.
fn time(urgency: Urgency, within: u8) -> String {
    match urgency {
        Urgency::ActNow => counted(within.into(), "working day", "working days"),
        Urgency::Prioritise | Urgency::Standard => counted(within.into(), "day", "days"),
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, name: &str, row: [u64; 3]) -> fmt::Result {
    write!(f, "  {name:<12}")?;
    row.iter().try_for_each(|people| write!(f, "{people:>12}"))?;
    writeln!(f, "{:>12}", row.iter().sum::<u64>())
}

/// The settings beside the number of people, the largest first.
fn write_settings(f: &mut fmt::Formatter<'_>, settings: BTreeMap<String, u64>) -> fmt::Result {
    let mut settings: Vec<(String, u64)> = settings.into_iter().collect();
    settings.sort_by_key(|(_, people)| Reverse(*people));
    for (setting, people) in settings.iter().take(SETTINGS) {
        // One a line: several are too long for one.
        writeln!(f, "  {people:>8}  {}", setting.replace('+', "\n            + "))?;
    }
    match settings.len().saturating_sub(SETTINGS) {
        0 => Ok(()),
        more => {
            writeln!(f, "            and {}", counted(more as u64, "setting more", "settings more"))
        }
    }
}
