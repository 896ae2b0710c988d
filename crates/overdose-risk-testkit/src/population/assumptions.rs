//! What the population is drawn from: every share, by treatment group, with its source.
//!
//! One table. The constants, [`ALL`] and the table in `examples/data/README.md` follow from it. All
//! shares are in a thousand. Where a source is named, the figure was seen in a stored copy of it;
//! "assumption" means that no figure was found and the number is ours.

/// A treatment group of the national statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Treatment for an opiate, whatever else.
    Opiate,
    /// Treatment for other drugs, with or without alcohol.
    NonOpiate,
    /// Treatment for alcohol alone.
    AlcoholOnly,
}

/// A share in a thousand for each treatment group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByGroup {
    /// In the opiate group.
    pub opiate: u32,
    /// In the non-opiate groups.
    pub non_opiate: u32,
    /// In the alcohol-only group.
    pub alcohol_only: u32,
}

impl ByGroup {
    /// The share in one group.
    pub const fn of(self, group: Group) -> u32 {
        match group {
            Group::Opiate => self.opiate,
            Group::NonOpiate => self.non_opiate,
            Group::AlcoholOnly => self.alcohol_only,
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Assumption {
    /// The constant's name.
    pub name: &'static str,
    /// What has this share, and of whom.
    pub what: &'static str,
    /// The shares.
    pub shares: ByGroup,
    /// The source and how the number follows from it, or "assumption".
    pub basis: &'static str,
}

macro_rules! assumptions {
    ($($NAME:ident $what:literal [$opiate:literal, $non_opiate:literal, $alcohol:literal] $basis:literal;)+) => {
        $(
            #[doc = concat!($what, ".\n\nBasis: ", $basis, ".")]
            pub const $NAME: ByGroup =
                ByGroup { opiate: $opiate, non_opiate: $non_opiate, alcohol_only: $alcohol };
        )+

        /// Every line, in order.
        pub const ALL: [Assumption; [$(stringify!($NAME)),+].len()] = [$(
            Assumption { name: stringify!($NAME), what: $what, shares: $NAME, basis: $basis },
        )+];
    };
}

assumptions! {
    IN_GROUP "People in treatment contact in the group" [444, 253, 303]
        "137,965 and 94,173 of 310,863 adults in England in 2023-24, the rest non-opiate: [OHID community statistics](https://gov.uk/government/statistics/substance-misuse-treatment-for-adults-statistics-2023-to-2024/adult-substance-misuse-treatment-statistics-2023-to-2024-report)";

    AGED_18_24 "Aged 18 to 24" [10, 190, 40] "assumption";
    AGED_25_34 "Aged 25 to 34" [130, 330, 170] "assumption";
    AGED_35_44 "Aged 35 to 44" [370, 290, 280] "assumption";
    AGED_45_54 "Aged 45 to 54" [340, 140, 250] "assumption";
    AGED_55_64 "Aged 55 to 64; the rest are 65 to 79" [130, 40, 190] "assumption";
    AGE_AS_BAND "Age given as a band" [100, 100, 100] "assumption";
    AGE_AS_BIRTH_YEAR "Age given as a year of birth" [25, 25, 25] "assumption";

    CLOSED "Case closed, within a year of the export" [130, 240, 240] "assumption";
    IN_CUSTODY "In custody" [30, 10, 3] "assumption";
    DIED "Died; the rest are open" [7, 2, 5] "assumption";

    NO_FIXED_ABODE "No fixed abode" [55, 30, 15]
        "18 % of the opiate group and 5 % of alcohol-only starters in 2024-25 had a housing risk, of all starters in 2021-22 and 2023-24 5 % an urgent and 11 to 12 % another housing problem (both from a secondary copy); non-opiate: assumption";
    HOUSING_AT_RISK "Housing at risk; the rest are settled" [125, 70, 35] "as for no fixed abode: the rest of the 18 % and the 5 %";

    ON_OST "OST prescribed now, of those with an open case" [700, 0, 0] "assumption";
    ON_OST_IN_CUSTODY "OST prescribed now, of those in custody" [600, 0, 0] "assumption";
    OST_BEFORE "OST at some time, of those without it now" [650, 0, 0] "assumption";
    OST_BEGAN_0_28 "OST began within 28 days, of those on it" [26, 0, 0] "assumption";
    OST_BEGAN_29_365 "OST began 29 to 365 days ago, of those on it" [230, 0, 0] "assumption";
    OST_BEGAN_1_5_YEARS "OST began one to five years ago, of those on it; the rest up to fifteen" [380, 0, 0] "assumption";
    OST_BEGAN_AGAIN "An earlier OST recorded as ended, of those on it" [200, 0, 0] "assumption";
    OST_START_BLANK "OST known to have begun, date left blank" [80, 0, 0] "assumption";
    OST_ENDED_0_28 "OST ended within 28 days, of open cases that had it before" [60, 0, 0] "assumption";
    OST_ENDED_29_365 "OST ended 29 to 365 days ago, of open cases that had it before; the rest up to eight years" [420, 0, 0] "assumption";
    OST_ENDED_AT_EXIT "OST ended in the week before the case closed, of closed cases that had it" [700, 0, 0] "assumption";

    USING_ON_OST "Opioid use in the last 28 days, of those on OST" [450, 0, 0] "assumption";
    USING_OFF_OST "Opioid use in the last 28 days, of the others with an open case" [600, 5, 3] "assumption";
    USING_CLOSED "Opioid use in the last 28 days, of closed cases" [350, 5, 3] "assumption";
    USING_IN_CUSTODY "Opioid use in the last 28 days, of those in custody" [200, 5, 3] "assumption";
    USED_BEFORE "Past opioid use, of those without current use" [1000, 15, 8] "assumption, beside what the groups mean";

    RELEASED "Released from prison within a year, evenly over it, of those with an abode" [97, 50, 8]
        "31,050 people left treatment in secure settings in England in 2023-24 ([OHID secure settings](https://gov.uk/government/statistics/substance-misuse-treatment-in-secure-settings-2023-to-2024/alcohol-and-drug-treatment-in-secure-settings-2023-to-2024-report)), 47 % of people treated there being in the opiate group (wrdnews.org summary): 106 for every 1,000 in the opiate group, with the line below, if a community service has a record of each, although 53 % began there within three weeks; evenly, and the other groups: assumption";
    RELEASED_NO_FIXED_ABODE "Released from prison within a year, of those of no fixed abode" [260, 150, 40] "assumption, so that the opiate group comes to 106";
    RELEASED_EARLIER "Latest release one to eight years ago, of the others" [180, 90, 25] "assumption";
    RELEASE_PLANNED "A planned release recorded, of those in custody" [500, 500, 500] "assumption";
    RELEASE_OVERDUE "Planned for a day up to three weeks back, of planned releases" [40, 40, 40] "assumption";
    RELEASE_PLAN_KEPT "The planned day of a release within the year still recorded" [200, 200, 200] "assumption";

    DETOX_EXIT "Left inpatient detoxification or rehabilitation within a year" [25, 20, 45] "assumption";
    DETOX_EXIT_EARLIER "Last left either one to eight years ago, of the others" [50, 30, 70] "assumption";
    DISCHARGED "A discharge from hospital recorded within a year" [110, 30, 100] "assumption";
    DISCHARGED_EARLIER "Latest discharge one to eight years ago, of the others" [80, 20, 60] "assumption";
    EARLIER_EPISODE "An earlier treatment episode recorded, of open cases" [450, 250, 250] "assumption";
    OVERDOSE "A near-fatal overdose recorded within a year, of those who do not inject now" [40, 6, 2] "assumption";
    OVERDOSE_INJECTING "A near-fatal overdose recorded within a year, of those who inject now" [90, 20, 15] "assumption";
    OVERDOSE_EARLIER "Latest near-fatal overdose one to eight years ago, of the others" [90, 8, 3] "assumption";

    NALOXONE_HELD "Take-home naloxone held, where recorded" [520, 30, 10] "assumption: no community figure was found";
    NALOXONE_AFTER_RELEASE "Take-home naloxone held, where recorded, within 28 days of a release" [170, 30, 10]
        "17 % of people leaving prison who had been dependent on heroin, 2018-19: [Collective Voice](https://www.collectivevoice.org.uk/news/fall-in-numbers-of-prisoners-in-treatment-for-drugs-and-alcohol); other groups: assumption";
    KIT_EXPIRED "Kit expired, where held and the expiry is recorded" [80, 80, 80] "assumption";

    INJECTS_USING "Injects now, of those with opioid use in the last 28 days" [330, 330, 330] "assumption";
    INJECTS_OTHERWISE "Injects now, of the others" [25, 8, 2] "assumption";
    INJECTED_BEFORE "Injected before, of those who do not now; the rest never" [450, 50, 20] "assumption";
    BENZODIAZEPINES_USING "Benzodiazepines used now, of those with opioid use in the last 28 days" [260, 260, 260] "assumption";
    BENZODIAZEPINES "Benzodiazepines used now, of the others" [100, 60, 30] "assumption";
    GABAPENTINOIDS "Gabapentinoids used now, of those who do not use benzodiazepines" [110, 35, 45] "assumption";
    GABAPENTINOIDS_TOO "Gabapentinoids used now, of those who use benzodiazepines" [300, 120, 120] "assumption";
    Z_DRUGS "Z-drugs used now" [40, 20, 25] "assumption";
    PROBLEM_ALCOHOL "Problem alcohol use" [240, 550, 1000] "assumption, beside what the groups mean";
    SUICIDALITY "A current concern about suicide" [45, 50, 55] "assumption";
    RESPIRATORY_UNDER_45 "Respiratory disease, under 45" [70, 40, 40] "assumption";
    RESPIRATORY_FROM_45 "Respiratory disease, 45 and over" [220, 90, 110] "assumption";
    USES_ALONE "Uses alone, where recorded" [450, 350, 500] "assumption";

    OPIOID_USE_MISSING "Opioid use not recorded" [200, 60, 60] "assumption: from the Treatment Outcomes Profile in the opiate group, from the substances at the start in the others";
    OST_MISSING "OST not recorded" [30, 250, 250] "assumption";
    NALOXONE_MISSING "Naloxone not recorded" [250, 600, 650] "assumption";
    EXPIRY_MISSING "Expiry not recorded, of kits held" [350, 350, 350] "assumption";
    INJECTING_MISSING "Injecting not recorded" [200, 200, 200] "assumption";
    ALCOHOL_MISSING "Alcohol not recorded" [200, 60, 10] "assumption";
    MEDICINES_MISSING "Benzodiazepines, gabapentinoids or z-drugs not recorded, each" [200, 250, 250] "assumption";
    HEALTH_MISSING "Suicidality or respiratory disease not recorded, each" [250, 250, 250] "assumption";
    HOUSING_MISSING "Housing not recorded" [100, 100, 100] "assumption";
    USES_ALONE_MISSING "Using alone not recorded" [450, 600, 700] "assumption";
    SERVICE_MISSING "Age, or case status, not recorded, each" [8, 8, 8] "assumption";
    DECLINED "Declined, of the questions that a person is asked, each" [15, 15, 15] "assumption";
    EVENT_UNKNOWN "An event recorded as unknown, each" [8, 8, 8] "assumption";
    EVENT_DECLINED "An event that a person is asked about declined, each" [2, 2, 2] "assumption";
    UNREADABLE "Something recorded that cannot be read, each status and each dated event" [1, 1, 1] "assumption";
}

/// Dates written as DD/MM/YYYY; all others are ISO. Assumption.
pub const DAY_FIRST: u32 = 10;

/// "never" (or "none") written where no event is recorded; otherwise blank. Assumption.
pub const SAYS_NEVER: u32 = 60;

/// A blank where a status is not recorded; otherwise in equal parts `unknown`, `not recorded` and
/// `NA`. Assumption.
pub const MISSING_IS_BLANK: u32 = 850;

/// In JSON, an age or a year of birth written as a string; all others are numbers. Assumption.
pub const NUMBER_AS_TEXT: u32 = 50;

/// In JSON, a yes or no written as `true` or `false`; all others are strings. Assumption.
pub const ANSWER_AS_BOOLEAN: u32 = 300;

/// In JSON, a blank written as `""`, in whole hundreds; all others are `null`. Assumption.
pub const BLANK_AS_TEXT: u32 = 100;
