//! Rows of an extract for the National Drug Treatment Monitoring System (NDTMS) of England.
//!
//! **Experimental.** The code lists of the current core data set could not be read; what is shipped
//! comes from an older exporter and from labels ([`codes`]). A code that stands in no list makes its
//! fact unknown and is a problem, so an extract in newer codes says little, and says so. The page
//! `docs/ndtms.md` has each column, what it gives and what is assumed.
//!
//! An extract has several rows a person: one for each episode, and one for each intervention and each
//! review in it. Each kind of fact has a day of its own, so one row becomes several [`Facts`], put
//! together as those of different rows are: an answer in a review counts before what an earlier
//! episode says, and an intervention that is open before one that ended.
//!
//! ```
//! use chrono::NaiveDate;
//! use overdose_risk::{Event, OpioidUse, Ost};
//! use overdose_risk_intake::ndtms::{NdtmsColumn, NdtmsRow, read};
//!
//! let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
//! let cells = |column| match column {
//!     NdtmsColumn::Drug1 => Some(b"Methadone".as_slice()),
//!     NdtmsColumn::Modal => Some(b"2".as_slice()),
//!     NdtmsColumn::ModSt => Some(b"20260107".as_slice()),
//!     NdtmsColumn::ModEnd => Some(b"NA".as_slice()),
//!     _ => None,
//! };
//! let NdtmsRow::Facts(facts) = read(&cells, day(3, 31), &mut |_| {}) else { panic!() };
//! let record = facts.record(&mut |_| {});
//! assert_eq!(record.opioid_use, OpioidUse::Current.into());
//! assert_eq!(record.ost, Ost::Prescribed.into());
//! assert_eq!(record.ost_started, Event::On(day(1, 7)));
//! ```

mod codes;
mod column;
mod episode;
mod intervention;
mod review;
mod row;
mod substances;

use crate::column::Column;
use crate::facts::Facts;
use crate::problem::Problem;
use crate::text;
use chrono::NaiveDate;
use overdose_risk::{Field, Record, Status, Unknown, YesNo};
use row::Row;
use substances::Substances;

pub use codes::{NdtmsCode, codes};
pub use column::NdtmsColumn;

/// What became of a row. Whose it is, the caller says: `AGNCY` and `CLIENTID`, joined by a hyphen.
// Nearly every one has facts, and each is handed on at once.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NdtmsRow {
    /// What the row says.
    Facts(Facts),
    /// The person did not consent: nothing but `CONSENT` was read.
    WithoutConsent,
}

/// Headers of identifiers that every extract has. Of all these, only `DOB` is read, and only for the
/// age.
const IDENTIFIERS: [&str; 6] = ["FINITIAL", "SINITIAL", "DOB", "PC", "CLIENT", "GPPTCE"];

/// Whether a header names something that identifies people and that the format always carries, so
/// that its presence says nothing of how the extract was made.
pub fn is_identifier_of_the_format(header: &[u8]) -> bool {
    let header = header.trim_ascii();
    IDENTIFIERS.iter().any(|name| header.eq_ignore_ascii_case(name.as_bytes()))
}

/// Whether headers are those of an NDTMS extract: the two halves of the id, the first substance, and
/// the source of referral or the date of birth; and no `id`, as native exports have.
pub fn looks_like_ndtms<'h>(headers: impl Iterator<Item = &'h [u8]>) -> bool {
    use NdtmsColumn::{Agncy, ClientId, Dob, Drug1, Rfls};
    let mut named = [false; NdtmsColumn::COUNT];
    for header in headers {
        if Column::Id.is_named(header) {
            return false;
        }
        let column = NdtmsColumn::named(header);
        if let Some(named) = column.and_then(|column| named.get_mut(column.index())) {
            *named = true;
        }
    }
    let has = |column: NdtmsColumn| named.get(column.index()).is_some_and(|named| *named);
    has(Agncy) && has(ClientId) && has(Drug1) && (has(Rfls) || has(Dob))
}

/// Of the cells of several headers with [one stem](NdtmsColumn::is_stem), the one that counts: one
/// that says yes, else one that cannot be read, else one that says nothing, and no only if all do.
pub fn of_one_stem<'a>(cells: impl IntoIterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    cells.into_iter().max_by_key(|cell| match text::yes_no(cell) {
        Status::Known(YesNo::Yes) => 3,
        Status::Unknown(Unknown::Unreadable) => 2,
        Status::Unknown(_) | Status::NotCollected => 1,
        Status::Known(YesNo::No) => 0,
    })
}

/// Reads one row. `cells` gives the text of a column, or `None` where the extract lacks it.
///
/// A cell that cannot be used makes its fact unknown, and `problem` hears of it, under the native
/// column that the cell's own [gives](NdtmsColumn::gives).
pub fn read<'a>(
    cells: &impl Fn(NdtmsColumn) -> Option<&'a [u8]>,
    as_of: NaiveDate,
    problem: &mut impl FnMut(Problem),
) -> NdtmsRow {
    let mut row = Row { cells, as_of, problem };
    if is_without_consent(&mut row) {
        return NdtmsRow::WithoutConsent;
    }
    let days = Days::read(&mut row);
    let substances = Substances::read(&mut row);
    let mut facts = episode::facts(&mut row, &days, &substances);
    facts.join(&review::opioid_use(&mut row, &days, &substances));
    facts.join(&review::injecting(&mut row, &days));
    facts.join(&intervention::facts(&mut row, &days, &substances));
    NdtmsRow::Facts(facts)
}

fn is_without_consent(row: &mut Row<'_, '_>) -> bool {
    match row.yes_no(NdtmsColumn::Consent) {
        Status::Known(YesNo::No) | Status::Unknown(Unknown::Declined) => true,
        // What cannot be read removes nobody, and is a problem.
        Status::Known(YesNo::Yes) | Status::Unknown(_) | Status::NotCollected => false,
    }
}

/// Of an episode without any day: earlier than all that have one.
const LONG_AGO: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The days of which the row speaks.
struct Days {
    /// Of what the episode says: the day before it began, so that a review of its first day counts
    /// before it.
    episode: NaiveDate,
    referred: Status<NaiveDate>,
    discharged: Status<NaiveDate>,
    review: Status<NaiveDate>,
}

impl Days {
    fn read(row: &mut Row<'_, '_>) -> Self {
        let triaged = row.past(NdtmsColumn::Triaged);
        let referred = row.past(NdtmsColumn::Refld);
        let began = triaged.known().or(referred.known()).unwrap_or(LONG_AGO);
        Self {
            episode: began.pred_opt().unwrap_or(began),
            referred,
            discharged: row.past(NdtmsColumn::Disd),
            review: row.past(NdtmsColumn::TopDate),
        }
    }

    /// Of what the review says. One without a day is as old as the episode.
    fn reviewed(&self) -> NaiveDate {
        self.review.known().unwrap_or(self.episode)
    }
}

/// A record that says nothing, to be filled in.
fn silent() -> Record {
    let mut record = Record::default();
    for field in Field::ALL {
        record.fact_mut(field).set_not_collected();
    }
    record
}
