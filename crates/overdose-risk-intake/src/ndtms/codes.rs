//! The code lists: which code or label means what, each with where it was read.

use crate::text;
use overdose_risk::{Code, Housing, Injecting, Naloxone, Status, Unknown, YesNo};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const LISTS: &str = include_str!("codes.csv");

/// One line of a code list. A code or a label may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NdtmsCode {
    /// The column whose list it is; `DRUG` for all three.
    pub list: &'static str,
    /// The code.
    pub code: &'static str,
    /// The label.
    pub label: &'static str,
    /// What we take it to mean.
    pub means: &'static str,
    /// The public place where the code and the label were read, or `judgement` where the label was
    /// read nowhere and is only understood by its words.
    pub read_in: &'static str,
}

/// Every line of the code lists.
pub fn codes() -> impl Iterator<Item = NdtmsCode> {
    // No cell has a comma or a quote in it; a test holds the file to that.
    LISTS.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        let mut next = || cells.next();
        Some(NdtmsCode {
            list: next()?,
            code: next()?,
            label: next()?,
            means: next()?,
            read_in: next()?,
        })
    })
}

/// What each code and each label means, by list.
static MEANINGS: LazyLock<BTreeMap<(&str, String), &str>> = LazyLock::new(|| {
    let written = codes().flat_map(|code| [code.code, code.label].map(|text| (code, text)));
    written
        .filter_map(|(code, text)| {
            let text = text::normalised(text.as_bytes()).filter(|text| !text.is_empty())?;
            Some(((code.list, text), code.means))
        })
        .collect()
});

/// What the codes of one list can mean.
pub(super) trait Listed: Code {
    /// The name of the list.
    const LIST: &'static str;
}

macro_rules! listed {
    ($($Code:ident in $list:literal;)+) => {
        $(impl Listed for $Code { const LIST: &'static str = $list; })+
    };
}

listed! {
    Substance in "DRUG";
    Source in "RFLS";
    Modality in "MODAL";
    Injecting in "INJSTAT";
    Housing in "ACCMNEED";
    Naloxone in "NALOXISS";
    YesNo in "NALOXAD";
    Exit in "DISRSN";
}

/// What a cell says by the list of its column. What stands in no list is unreadable, unless it is
/// blank or a word for unknown.
pub(super) fn read<T: Listed>(cell: &[u8]) -> Status<T> {
    let Some(text) = text::normalised(cell) else { return Status::Unknown(Unknown::Unreadable) };
    match MEANINGS.get(&(T::LIST, text.clone())).copied() {
        Some("not_recorded") => Status::Unknown(Unknown::NotRecorded),
        Some("declined") => Status::Unknown(Unknown::Declined),
        Some(means) => {
            T::from_name(means).map_or(Status::Unknown(Unknown::Unreadable), Status::Known)
        }
        None => text::status(text.as_bytes(), |_| None),
    }
}

macro_rules! meanings {
    ($($(#[$about:meta])+ $Means:ident { $($(#[$doc:meta])* $Value:ident = $name:literal,)+ })+) => {
        $(
            $(#[$about])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub(super) enum $Means { $($(#[$doc])* $Value,)+ }

            impl Code for $Means {
                const ALL: &'static [Self] = &[$(Self::$Value,)+];

                fn name(self) -> &'static str {
                    match self { $(Self::$Value => $name,)+ }
                }
            }
        )+
    };
}

meanings! {
    /// A problem substance.
    Substance {
        Opioid = "opioid",
        Benzodiazepine = "benzodiazepine",
        Gabapentinoid = "gabapentinoid",
        Alcohol = "alcohol",
        Other = "other",
        /// An explicit "no second" or "no third".
        NoneFurther = "none_further",
    }
    /// Where a person was referred from.
    Source {
        Prison = "prison",
        Elsewhere = "elsewhere",
    }
    /// A kind of intervention.
    Modality {
        /// Of something, in a list from which OST follows for a person with an opioid.
        Prescribing = "prescribing",
        /// Of something, in lists where the reviews name it.
        Pharmacological = "pharmacological",
        Other = "other",
    }
    /// Why an episode ended.
    Exit {
        Died = "died",
        Left = "left",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knows<T: Listed>(code: NdtmsCode) -> bool {
        code.list == T::LIST
            && (T::from_name(code.means).is_some()
                || matches!(code.means, "not_recorded" | "declined"))
    }

    #[test]
    fn every_line_of_the_code_lists_means_something_that_its_column_can_say() {
        for code in codes() {
            let known = knows::<Substance>(code)
                || knows::<Source>(code)
                || knows::<Modality>(code)
                || knows::<Injecting>(code)
                || knows::<Housing>(code)
                || knows::<Naloxone>(code)
                || knows::<YesNo>(code)
                || knows::<Exit>(code);
            assert!(known, "{code:?}");
        }
    }

    #[test]
    fn every_line_says_where_it_was_read_and_no_code_or_label_stands_in_a_list_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for code in codes() {
            assert!(!code.read_in.is_empty(), "{code:?}");
            assert!(!code.code.is_empty() || !code.label.is_empty(), "{code:?}");
            // A number that nobody has read is none.
            assert!(code.read_in != "judgement" || code.code.is_empty(), "{code:?}");
            for text in [code.code, code.label] {
                let text = text::normalised(text.as_bytes()).unwrap();
                assert!(text.is_empty() || seen.insert((code.list, text)), "{code:?}");
            }
        }
        assert!(seen.len() > 150);
    }

    #[test]
    fn the_file_of_the_code_lists_has_five_plain_cells_on_every_line() {
        let mut lines = LISTS.lines();
        assert_eq!(lines.next(), Some("list,code,label,means,read_in"));
        assert_eq!(codes().count(), lines.clone().count());
        for line in lines {
            assert_eq!(line.split(',').count(), 5, "{line}");
            assert!(!line.contains('"') && line.is_ascii(), "{line}");
        }
    }

    #[test]
    fn every_code_and_label_means_what_its_line_says() {
        for code in codes().filter(|code| code.list == "DRUG") {
            for text in [code.code, code.label].into_iter().filter(|text| !text.is_empty()) {
                let read = read::<Substance>(text.as_bytes());
                assert_eq!(read, Substance::from_name(code.means).into(), "{code:?}");
            }
        }
    }
}
