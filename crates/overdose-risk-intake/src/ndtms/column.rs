//! The columns of an NDTMS extract that are read.

use crate::column::Column;
use overdose_risk::Field;
use std::fmt;

/// One line a column: its header, the native column that it feeds, what it gives, what is assumed.
macro_rules! columns {
    ($($Column:ident, $header:literal, $feeds:expr, $gives:literal, $assumed:literal;)+) => {
        /// A column of an NDTMS extract that is read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum NdtmsColumn { $(#[doc = concat!("`", $header, "`: ", $gives, ".")] $Column,)+ }

        impl NdtmsColumn {
            /// Every column that is read.
            pub const ALL: [Self; [$($header),+].len()] = [$(Self::$Column),+];

            /// How many columns are read.
            pub const COUNT: usize = Self::ALL.len();

            /// The header; of a [stem](Self::is_stem), how it begins.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Column => $header,)+ }
            }

            /// The native column that it feeds, and under which its problems are reported. Others may
            /// follow from it too, as `alcohol` does from `DRUG1`: [`Self::meaning`] names them.
            ///
            /// What says whose row it is, or whether it may be read, counts to the id; what only
            /// says of which day the others speak, to `recorded_on`.
            pub const fn gives(self) -> Column {
                match self { $(Self::$Column => $feeds,)+ }
            }

            /// What it gives, in words.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$Column => $gives,)+ }
            }

            /// What is assumed where it is read.
            pub const fn assumed(self) -> &'static str {
                match self { $(Self::$Column => $assumed,)+ }
            }
        }
    };
}

columns! {
    Agncy, "AGNCY", Column::Id,
        "the first half of the id, before a hyphen, and the `service`",
        "a person in two agencies is two people, since each agency numbers for itself";
    ClientId, "CLIENTID", Column::Id,
        "the second half of the id",
        "it holds a number without meaning, never a name or a date of birth";
    Consent, "CONSENT", Column::Id,
        "no: the row is counted as without consent and nothing else in it is read",
        "a row without an answer, or with one that cannot be read, may be read";
    Dob, "DOB", Column::Fact(Field::Age),
        "`age` in whole years on the as-of date",
        "the date of birth is true; it is forgotten once the age is known";
    Triaged, "TRIAGED", Column::RecordedOn,
        "the day of which the facts of the episode speak",
        "`REFLD` serves where it is missing; an episode with neither is older than all others. A review of \
         the same day counts as later";
    Refld, "REFLD", Column::RecordedOn,
        "the day of `prison_release`, where `RFLS` says prison",
        "a referral from prison is made on the day of release";
    Rfls, "RFLS", Column::Fact(Field::PrisonRelease),
        "`prison_release` at `REFLD` where it says prison, always with a problem of kind `inferred`; \
         where it says anything else that is known, none recorded",
        "other sources of referral speak of no release; a release without a referral is not seen";
    Drug1, "DRUG1", Column::Fact(Field::OpioidUse),
        "`opioid_use` together with `OPIUSE`, and yes to `benzodiazepines`, `gabapentinoids` or \
         `alcohol`",
        "what is a problem substance is used now; an unknown code of four digits that begins with 1 \
         is an opioid";
    Drug2, "DRUG2", Column::Fact(Field::OpioidUse),
        "the same as `DRUG1`",
        "9996 or 9997 says that there is no further one. Some exporters write them for a blank, too";
    Drug3, "DRUG3", Column::Fact(Field::OpioidUse),
        "the same as `DRUG1`",
        "the same as of `DRUG2`";
    OpiUse, "OPIUSE", Column::Fact(Field::OpioidUse),
        "days of opioid use in the last 28. Above 0: `current`. 0 on a `TOPDATE` within 183 days and \
         an opioid among the substances: `past`",
        "the days count non-prescribed opioids alone";
    TopDate, "TOPDATE", Column::RecordedOn,
        "the day of which `OPIUSE` and `IVDRGUSE` speak",
        "where it is missing, they are as old as the episode";
    IvDrgUse, "IVDRGUSE", Column::Fact(Field::Injecting),
        "days of injecting in the last 28. Above 0: `injecting` is `current`",
        "0 does not say that the person never injects";
    InjStat, "INJSTAT", Column::Fact(Field::Injecting),
        "`injecting`",
        "it speaks of the start of the episode";
    Inject, "INJECT", Column::Fact(Field::Injecting),
        "yes: `injecting` is `current`",
        "no does not say that the person never injects";
    AccmNeed, "ACCMNEED", Column::Fact(Field::Housing),
        "`housing`",
        "a housing problem that is not urgent is `at_risk`; no housing problem is `settled`";
    Modal, "MODAL", Column::Fact(Field::Ost),
        "the kind of intervention. Prescribing (2, 3) is `ost` for a person with a listed opioid \
         among the substances",
        "what is prescribed to such a person is methadone or buprenorphine. A pharmacological \
         intervention (94) alone does not say what is prescribed";
    ModSt, "MODST", Column::Fact(Field::OstStarted),
        "`ost_started`, where the intervention is OST",
        "a blank says that it has not begun";
    ModEnd, "MODEND", Column::Fact(Field::OstEnded),
        "`ost_ended`, where the intervention is OST. Without an end until the as-of date, `ost` is \
         `prescribed`, else `not_prescribed`",
        "a blank says that it goes on, at most until `DISD`; an extract without this column never \
         says `prescribed`";
    PhMeth, "PHMETH", Column::Fact(Field::Ost),
        "yes: the intervention of the row is OST, unless `MODAL` says that it prescribes nothing",
        "the headers end in letters for the intention (as PHSTIMWTH does) that could not be read, so \
         that all that begin so count alike; the review belongs to the intervention of its row";
    PhBupren, "PHBUPREN", Column::Fact(Field::Ost),
        "the same as `PHMETH`",
        "the same as of `PHMETH`";
    PhBudi, "PHBUDI", Column::Fact(Field::Ost),
        "the same as `PHMETH`",
        "the same as of `PHMETH`";
    Naloxiss, "NALOXISS", Column::Fact(Field::Naloxone),
        "`naloxone`, with an unknown expiry",
        "what was issued at the start of the episode is still held; issued means held; only labels and \
         the words yes and no are read";
    Naloxad, "NALOXAD", Column::Fact(Field::Overdose),
        "yes: an `overdose` without a date, which makes it unknown; no: none recorded",
        "naloxone is given for an overdose alone";
    Disd, "DISD", Column::Fact(Field::TreatmentExit),
        "`treatment_exit`, unless the person died",
        "a blank says that the episode goes on; every reason but death is an exit";
    DisRsn, "DISRSN", Column::Fact(Field::CaseStatus),
        "`case_status` `died`, together with a `DISD`",
        "9 is death, as in the one list that could be read";
}

impl NdtmsColumn {
    /// The column that a header names, if it is one that is read: without regard to case and to space
    /// around it.
    pub fn named(header: &[u8]) -> Option<Self> {
        let header = header.trim_ascii();
        Self::ALL.into_iter().find(|column| {
            let name = column.name().as_bytes();
            let named = if column.is_stem() { header.get(..name.len()) } else { Some(header) };
            named.is_some_and(|named| named.eq_ignore_ascii_case(name))
        })
    }

    /// The column's place in [`NdtmsColumn::ALL`], from 0.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether every header that begins so is this column. An extract may have several; which of
    /// their cells counts is answered by [`of_one_stem`](super::of_one_stem).
    pub const fn is_stem(self) -> bool {
        matches!(self, Self::PhMeth | Self::PhBupren | Self::PhBudi)
    }
}

impl fmt::Display for NdtmsColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
