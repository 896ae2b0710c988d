//! Closed lists of what can be wrong.

/// One line a kind: what it means, its name, and what to do about it.
macro_rules! kinds {
    (
        $(#[$about:meta])+ $Kinds:ident;
        $($(#[doc = $means:literal])+ $Kind:ident, $name:literal, $remedy:literal;)+
    ) => {
        $(#[$about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $Kinds { $($(#[doc = $means])+ $Kind,)+ }

        impl $Kinds {
            /// Every kind.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$Kind),+];

            /// The name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Kind => $name,)+ }
            }

            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$Kind => concat!($($means),+).trim_ascii(),)+ }
            }

            /// What to do about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$Kind => $remedy,)+ }
            }
        }

        impl std::fmt::Display for $Kinds {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use kinds;
