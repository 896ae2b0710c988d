//! The closed vocabularies: what a status can say when it is known.
//!
//! Each is an enum, so a value outside the vocabulary cannot reach an assessment, and each knows
//! the one name under which it is read and written. Synonyms (`y`, `true`, `1`) are the business
//! of whoever reads text.

use std::fmt;

/// A closed vocabulary: every value it has, and the name of each.
pub trait Code: Copy + Eq + fmt::Debug + 'static {
    /// Every value, in the order in which the policy lists them.
    const ALL: &'static [Self];

    /// The value's name in exports and documentation, for instance `not_prescribed`.
    fn name(self) -> &'static str;

    /// The value with exactly this name, if there is one.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

macro_rules! code {
    ($(#[$about:meta])* $Code:ident { $($(#[$doc:meta])* $Value:ident = $name:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $Code { $($(#[$doc])* $Value,)+ }

        impl Code for $Code {
            const ALL: &'static [Self] = &[$(Self::$Value,)+];

            fn name(self) -> &'static str {
                match self { $(Self::$Value => $name,)+ }
            }
        }
    };
}

code! {
    /// Use of any non-prescribed opioid.
    OpioidUse {
        /// Used in the last 28 days.
        Current = "current",
        /// Used before, not in the last 28 days: tolerance may be lower than memory of it.
        Past = "past",
        /// An explicit "none"; whether it is believed depends on the rest of the record
        /// ([`Exposure`](crate::Exposure)).
        None = "none",
    }
}

code! {
    /// Opioid substitution treatment (OST) now.
    Ost {
        /// Prescribed now.
        Prescribed = "prescribed",
        /// Not prescribed now.
        NotPrescribed = "not_prescribed",
    }
}

code! {
    /// Take-home naloxone. `Held` needs an explicit yes in the source.
    Naloxone {
        /// The person holds a kit; whether it is in date is a fact of its own.
        Held = "held",
        /// The person holds none.
        NotHeld = "not_held",
    }
}

code! {
    /// Injecting of any drug.
    Injecting {
        /// Injects now.
        Current = "current",
        /// Has injected, does not now.
        Previous = "previous",
        /// Has never injected.
        Never = "never",
    }
}

code! {
    /// An answer to a yes-or-no question. There is no default.
    YesNo {
        /// Yes.
        Yes = "yes",
        /// An explicit no.
        No = "no",
    }
}

code! {
    /// Where the person lives.
    Housing {
        /// Settled accommodation.
        Settled = "settled",
        /// A home that may be lost.
        AtRisk = "at_risk",
        /// No fixed abode, rough sleeping included.
        NoFixedAbode = "no_fixed_abode",
    }
}

code! {
    /// Where the person stands with the service. It carries no points.
    CaseStatus {
        /// In treatment.
        Open = "open",
        /// Not in treatment. Risk does not end with a case.
        Closed = "closed",
        /// In prison or another secure setting: shown, and otherwise assessed like anybody.
        InCustody = "in_custody",
        /// Died. Counted and not assessed.
        Died = "died",
    }
}
