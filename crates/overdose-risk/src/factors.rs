//! The risk factors of the catalogue, one file each, in the order of the policy.
//!
//! The four principal ones come first: age, opioid use, recent release from prison, no naloxone. Sex
//! carries no points, by design.

use crate::factor::{Factor, same};

mod age;
mod alcohol;
mod benzodiazepines;
mod detox_exit;
mod gabapentinoids;
mod hospital_discharge;
mod housing;
mod injecting;
mod naloxone;
mod opioid_use;
mod ost_started;
mod ost_stopped;
mod overdose;
mod prison_release;
mod respiratory_disease;
mod suicidality;
mod treatment_exit;
mod uses_alone;
mod yes_or_no;
mod z_drugs;

/// Every factor, in the order in which reasons are listed and ties are broken.
pub static FACTORS: &[&Factor] = &[
    &age::AGE,
    &opioid_use::OPIOID_USE,
    &prison_release::PRISON_RELEASE,
    &naloxone::NALOXONE,
    &ost_stopped::OST_STOPPED,
    &detox_exit::DETOX_EXIT,
    &hospital_discharge::HOSPITAL_DISCHARGE,
    &treatment_exit::TREATMENT_EXIT,
    &ost_started::OST_STARTED,
    &overdose::OVERDOSE,
    &injecting::INJECTING,
    &benzodiazepines::BENZODIAZEPINES,
    &gabapentinoids::GABAPENTINOIDS,
    &z_drugs::Z_DRUGS,
    &alcohol::ALCOHOL,
    &suicidality::SUICIDALITY,
    &respiratory_disease::RESPIRATORY_DISEASE,
    &housing::HOUSING,
    &uses_alone::USES_ALONE,
];

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
    pub(super) use crate::fact::Status;
    pub(super) use crate::factor::{
        Asks, Case, Days, Factor, Finding, Given, Level, Mechanism, Place, Seen, Urgency, When,
        days_between,
    };
    pub(super) use crate::record::Field;
}
