//! What a service knows about one person, without anything that says who the person is.

use crate::codes::{CaseStatus, Housing, Injecting, Naloxone, OpioidUse, Ost, YesNo};
use crate::fact::{Age, Event, Fact, FactMut, State, Status};
use chrono::NaiveDate;
use std::fmt;

/// One line a fact: its name, its type, its [`Field`], what it means and how to ask for it.
/// The record, the fields and every walk over them follow from this table.
macro_rules! facts {
    ($($name:ident: $Type:ty, $Field:ident, $meaning:literal, $question:literal;)+) => {
        /// The facts about one person that an assessment looks at. It never carries an id.
        ///
        /// The default is everything unknown, so what a caller leaves out counts as a question to
        /// ask and never as a "no". What a source has no place for is `NotCollected` instead.
        ///
        /// ```
        /// use overdose_risk::{Age, OpioidUse, Record, State, Field};
        ///
        /// let record = Record {
        ///     age: Age::years(44)?.into(),
        ///     opioid_use: OpioidUse::Current.into(),
        ///     ..Record::default()
        /// };
        /// assert_eq!(record.state(Field::Age), State::Known);
        /// assert!(matches!(record.state(Field::Naloxone), State::Unknown(_)));
        /// # Ok::<(), overdose_risk::NotAnAge>(())
        /// ```
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Record { $(#[doc = $meaning] pub $name: $Type,)+ }

        /// The name of a fact in a [`Record`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field { $(#[doc = $meaning] $Field,)+ }

        impl Field {
            /// Every field, in the order of the native export.
            pub const ALL: [Self; [$(stringify!($name)),+].len()] = [$(Self::$Field),+];

            /// The name in exports and outputs, for instance `prison_release`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Field => stringify!($name),)+ }
            }

            /// What the fact means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$Field => $meaning,)+ }
            }

            /// The question that a worker would ask to find out.
            pub const fn question(self) -> &'static str {
                match self { $(Self::$Field => $question,)+ }
            }
        }

        impl Record {
            /// One fact, whatever its kind.
            pub fn fact(&self, field: Field) -> Fact {
                match field { $(Field::$Field => self.$name.into(),)+ }
            }

            /// Goes through every fact, in the order of the fields.
            ///
            /// Unlike a loop over [`Field::ALL`], it asks of no fact which kind it is.
            #[inline]
            pub(crate) fn each_fact_mut(&mut self, mut look: impl FnMut(Field, FactMut<'_>)) {
                $(look(Field::$Field, (&mut self.$name).into());)+
            }

            /// Goes through every [date](Fact::date) in it, in the order of the fields.
            #[inline]
            pub(crate) fn each_date(&self, mut look: impl FnMut(Field, NaiveDate)) {
                $(if let Some(date) = Fact::from(self.$name).date() {
                    look(Field::$Field, date);
                })+
            }

            /// The place of one fact, to be filled in by kind.
            pub fn fact_mut(&mut self, field: Field) -> FactMut<'_> {
                match field { $(Field::$Field => (&mut self.$name).into(),)+ }
            }
        }
    };
}

facts! {
    age: Status<Age>, Age,
        "Age in whole years, as a band, or by year of birth.",
        "How old is the person?";
    opioid_use: Status<OpioidUse>, OpioidUse,
        "Use of any non-prescribed opioid; current means in the last 28 days, past before that, and none never, as far as the service knows.",
        "Has the person ever used any opioid that was not prescribed, and was it in the last 28 days?";
    ost: Status<Ost>, Ost,
        "Opioid substitution treatment now.",
        "Is opioid substitution treatment prescribed now?";
    ost_started: Event, OstStarted,
        "When the latest course of opioid substitution treatment began; a renewed script is no beginning.",
        "When did opioid substitution treatment last begin, if ever?";
    ost_ended: Event, OstEnded,
        "When the latest course of opioid substitution treatment ended; a renewed script is no end.",
        "When did opioid substitution treatment last end, if ever?";
    prison_release: Event, PrisonRelease,
        "Latest release from prison.",
        "When was the person last released from prison, if ever?";
    prison_release_due: Event, PrisonReleaseDue,
        "Planned release from prison.",
        "Is a release from prison planned, and for when?";
    detox_exit: Event, DetoxExit,
        "When the person last left inpatient detoxification or residential rehabilitation.",
        "When did the person last leave inpatient detoxification or residential rehabilitation, if ever?";
    hospital_discharge: Event, HospitalDischarge,
        "Latest discharge from hospital.",
        "When was the person last discharged from hospital, if ever?";
    treatment_exit: Event, TreatmentExit,
        "When the person last left structured treatment, planned or not.",
        "When did the person last leave structured treatment, if ever?";
    overdose: Event, Overdose,
        "Latest near-fatal overdose.",
        "Has the person had a near-fatal overdose, and when was the last one?";
    naloxone: Status<Naloxone>, Naloxone,
        "Whether the person holds take-home naloxone.",
        "Does the person hold a take-home naloxone kit?";
    naloxone_expiry: Status<NaiveDate>, NaloxoneExpiry,
        "Expiry of the naloxone kit held.",
        "What is the expiry date of the naloxone kit?";
    injecting: Status<Injecting>, Injecting,
        "Injecting of any drug.",
        "Does the person inject now?";
    benzodiazepines: Status<YesNo>, Benzodiazepines,
        "Benzodiazepines used now, prescribed or not.",
        "Does the person take benzodiazepines, prescribed or not?";
    gabapentinoids: Status<YesNo>, Gabapentinoids,
        "Gabapentinoids (pregabalin, gabapentin) used now, prescribed or not.",
        "Does the person take pregabalin or gabapentin, prescribed or not?";
    z_drugs: Status<YesNo>, ZDrugs,
        "Z-drugs (such as zopiclone) used now, prescribed or not.",
        "Does the person take z-drugs such as zopiclone, prescribed or not?";
    alcohol: Status<YesNo>, Alcohol,
        "Problem alcohol use.",
        "Is alcohol use a problem for the person?";
    suicidality: Status<YesNo>, Suicidality,
        "Current concern about suicide, recorded by a worker.",
        "Is a worker concerned about suicide now?";
    respiratory_disease: Status<YesNo>, RespiratoryDisease,
        "Respiratory disease, such as COPD.",
        "Does the person have a respiratory disease?";
    housing: Status<Housing>, Housing,
        "Where the person lives.",
        "Where is the person living?";
    uses_alone: Status<YesNo>, UsesAlone,
        "Whether the person uses alone.",
        "Does the person use alone?";
    case_status: Status<CaseStatus>, CaseStatus,
        "Where the person stands with the service; no points.",
        "Is the case open?";
}

impl Field {
    /// The field with exactly this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether a fact that is not collected counts as unknown: age, opioid use, treatment for it and
    /// naloxone, about which silence is never an answer.
    pub const fn is_always_in_scope(self) -> bool {
        matches!(self, Self::Age | Self::OpioidUse | Self::Ost | Self::Naloxone)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Record {
    /// Whether the person has died. Count such a record and do not assess it: [`assess`] does not
    /// look, so that it can always answer.
    ///
    /// [`assess`]: crate::assess
    pub fn has_died(&self) -> bool {
        self.case_status.is(CaseStatus::Died)
    }

    /// How much is known of one fact.
    pub fn state(&self, field: Field) -> State {
        self.fact(field).state()
    }

    /// Whether an answer is missing that bounds and questions take into account: the fact is
    /// unknown, or not collected and [always in scope](Field::is_always_in_scope).
    pub fn is_open(&self, field: Field) -> bool {
        match self.state(field) {
            State::Unknown(_) => true,
            State::NotCollected => field.is_always_in_scope(),
            State::Known | State::NoneRecorded => false,
        }
    }
}
