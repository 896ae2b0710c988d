//! The risk factors of the catalogue, one file each, in the order of the policy.
//!
//! The four principal ones come first: age, opioid use, recent release from prison, no naloxone. Sex
//! carries no points, by design.

use crate::factor::{Day, Factor, Seen, same};
use crate::policy::{Levels, Rules};
use crate::record::Record;

/// One line a factor: its file and its value. The catalogue and the pass over it follow from this
/// list.
macro_rules! factors {
    ($($file:ident::$FACTOR:ident,)+) => {
        $(mod $file;)+

        /// Every factor, in the order in which reasons are listed and ties are broken.
        pub static FACTORS: &[&Factor] = &[$(&$file::$FACTOR,)+];

        /// What each factor finds in a record on a day, in the same order: the low levels and the
        /// high ones.
        ///
        /// It calls every factor's function by its name: by way of [`Factor::find`] none could be
        /// compiled into the pass.
        pub(crate) fn find_each(
            record: &Record,
            on: Day,
            rules: &[Rules; FACTORS.len()],
        ) -> (Levels, Levels) {
            let [$($file,)+] = rules;
            $(let $file = $file.unless_off(|| $file::find(&Seen::new(record, on, $file)));)+
            ([$($file.low,)+].into(), [$($file.high,)+].into())
        }
    };
}

factors! {
    age::AGE,
    opioid_use::OPIOID_USE,
    prison_release::PRISON_RELEASE,
    naloxone::NALOXONE,
    ost_stopped::OST_STOPPED,
    detox_exit::DETOX_EXIT,
    hospital_discharge::HOSPITAL_DISCHARGE,
    treatment_exit::TREATMENT_EXIT,
    ost_started::OST_STARTED,
    overdose::OVERDOSE,
    injecting::INJECTING,
    benzodiazepines::BENZODIAZEPINES,
    gabapentinoids::GABAPENTINOIDS,
    z_drugs::Z_DRUGS,
    alcohol::ALCOHOL,
    suicidality::SUICIDALITY,
    respiratory_disease::RESPIRATORY_DISEASE,
    housing::HOUSING,
    uses_alone::USES_ALONE,
}

mod yes_or_no;

/// The place of the factor that makes a naloxone gap.
pub(crate) const NALOXONE: usize = place_of("naloxone");

const fn place_of(name: &str) -> usize {
    let mut place = 0;
    // The loop's condition keeps the index inside the slice.
    #[allow(clippy::indexing_slicing)]
    while !same(FACTORS[place].name.as_bytes(), name.as_bytes()) {
        place += 1;
    }
    place
}

/// What a factor's file uses.
mod prelude {
    pub(super) use crate::codes::{Housing, Injecting, Naloxone, OpioidUse, Ost};
    pub(super) use crate::evidence::{Basis, Ratio, sources};
    pub(super) use crate::fact::{Event, Status};
    pub(super) use crate::factor::{
        Asks, Case, Days, Factor, Finding, Given, Level, Mechanism, Place, Seen, Sharper, Urgency,
        When, days_between,
    };
    pub(super) use crate::record::{Field, Record};
}

#[cfg(test)]
mod tests {
    use super::{FACTORS, find_each};
    use crate::factor::Day;
    use crate::policy::Policy;
    use chrono::NaiveDate;

    #[test]
    fn the_pass_over_all_factors_finds_what_each_finds_by_itself() {
        let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let (on, rules) = (Day::of(as_of), Policy::practice_principles().rules());
        for case in FACTORS.iter().flat_map(|factor| factor.cases) {
            let record = case.record(as_of);
            let (low, high) = find_each(&record, on, rules);
            for (((factor, rules), low), high) in FACTORS.iter().zip(rules).zip(low).zip(high) {
                let alone = rules.find(&record, on);
                assert_eq!((alone.low, alone.high), (low, high), "{factor}");
            }
        }
    }
}
