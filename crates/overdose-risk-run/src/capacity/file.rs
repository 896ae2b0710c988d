//! Every threshold, as CSV.

use super::{Candidate, Capacity, Placed};
use crate::trial::Load;
use overdose_risk::{Tier, Urgency};
use std::io;

const HEADER: [&str; 17] = [
    "tier",
    "points",
    "in_force",
    "act_now",
    "act_now_by_floor",
    "act_now_by_points",
    "prioritise",
    "prioritise_by_floor",
    "prioritise_by_points",
    "standard",
    "unknown_act_now",
    "unknown_prioritise",
    "unknown_standard",
    "act_now_a_working_day",
    "prioritise_a_day",
    "act_now_a_working_day_with_unknown",
    "prioritise_a_day_with_unknown",
];

impl Capacity<'_> {
    /// Writes every [candidate](Capacity::candidates) for `act-now` and then for `prioritise` as CSV.
    /// `unknown_` are people of whom opioid exposure is not known, who are in none of the other columns.
    /// `prioritise_a_day` is of the days of the calendar: a team that works Monday to Friday needs 7/5 as
    /// many a working day.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_csv<W: io::Write>(&self, output: W) -> io::Result<W> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(HEADER)?;
        for tier in [Urgency::ActNow, Urgency::Prioritise] {
            for candidate in self.candidates(tier) {
                self.write_row(&mut writer, &candidate)?;
            }
        }
        writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    fn write_row<W: io::Write>(
        &self,
        writer: &mut csv::Writer<W>,
        candidate: &Candidate,
    ) -> io::Result<()> {
        let Candidate { tier, points, in_force, placed } = candidate;
        let Placed {
            act_now_by_floor,
            act_now_by_points,
            prioritise_by_floor,
            prioritise_by_points,
            standard,
            unknown_act_now,
            unknown_prioritise,
            unknown_standard,
        } = *placed;
        let load = |urgency| self.load(urgency, placed);
        let a_day = |urgency| load(urgency).map_or(0, Load::a_day);
        let with_unknown = |urgency| load(urgency).map_or(0, Load::a_day_with_exposure_unknown);
        let numbers = [
            placed.act_now(),
            act_now_by_floor,
            act_now_by_points,
            placed.prioritise(),
            prioritise_by_floor,
            prioritise_by_points,
            standard,
            unknown_act_now,
            unknown_prioritise,
            unknown_standard,
            a_day(Urgency::ActNow),
            a_day(Urgency::Prioritise),
            with_unknown(Urgency::ActNow),
            with_unknown(Urgency::Prioritise),
        ];
        // None of it can be taken for a formula: names of tiers, numbers, and true or false.
        let which = [Tier::from(*tier).to_string(), points.to_string(), in_force.to_string()];
        let cells = which.into_iter().chain(numbers.iter().map(u64::to_string));
        Ok(writer.write_record(cells)?)
    }
}
