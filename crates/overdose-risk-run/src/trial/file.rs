//! Everybody who moves, as CSV.

use super::{Move, Trial};
use overdose_risk::Tier;
use overdose_risk_report::guarded;
use std::io;

const HEADER: [&str; 8] = [
    "id",
    "old_tier",
    "new_tier",
    "old_by_known_facts",
    "new_by_known_facts",
    "old_points",
    "new_points",
    "because",
];

impl Trial<'_> {
    /// Writes everybody who moves as CSV: first those who become less urgent, as in
    /// [`losses`](Trial::losses), then the others, in the order in which they were added.
    ///
    /// `because` are the settings, as a policy file has them, and as [`Because`](super::Because) puts them.
    /// Tiers differ where opioid exposure is known; `by_known_facts` always does.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write_csv<W: io::Write>(&self, output: W) -> io::Result<W> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(HEADER)?;
        let others = self.moves().iter().filter(|moved| !moved.is_a_loss());
        for moved in self.losses().chain(others) {
            let Move { id, urgency: [from, to], points: [old_points, new_points], .. } = moved;
            let cells = [
                id.clone(),
                moved.tier(*from).to_string(),
                moved.tier(*to).to_string(),
                Tier::from(*from).to_string(),
                Tier::from(*to).to_string(),
                old_points.to_string(),
                new_points.to_string(),
                self.because(moved).to_string(),
            ];
            writer.write_record(cells.iter().map(|cell| guarded(cell).into_owned()))?;
        }
        writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}
