//! What every number rests on: a published ratio, or a judgement that says it is one.

use std::fmt;

pub mod sources;

/// A publication that somebody opened and read a figure in.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The key under which every output names it, for instance `merrall-2010`.
    pub key: &'static str,
    /// First author, or the body that published it.
    pub authors: &'static str,
    /// Year of publication, where it was seen.
    pub year: Option<u16>,
    /// Journal and place in it, or the report.
    pub published_in: &'static str,
    /// DOI, PubMed or PubMed Central number, or address.
    pub identifier: Identifier,
    /// Who was studied.
    pub population: &'static str,
    /// What was counted.
    pub outcome: Outcome,
    /// How the figure came here.
    pub read: Read,
}

/// Where to find a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// Digital object identifier.
    Doi(&'static str),
    /// PubMed number.
    Pmid(u32),
    /// PubMed Central number.
    Pmc(u32),
    /// Web address, where none of the others was seen.
    Address(&'static str),
}

/// The identifier as an address that can be opened.
impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Doi(doi) => write!(f, "https://doi.org/{doi}"),
            Self::Pmid(pmid) => write!(f, "https://pubmed.ncbi.nlm.nih.gov/{pmid}/"),
            Self::Pmc(pmc) => write!(f, "https://pmc.ncbi.nlm.nih.gov/articles/PMC{pmc}/"),
            Self::Address(address) => f.write_str(address),
        }
    }
}

/// What a study counted. A ratio for one outcome is no more than a hint for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Death from overdose or drug-related poisoning.
    FatalOverdose,
    /// Overdose survived.
    NonFatalOverdose,
    /// Death from any cause.
    AnyDeath,
    /// Death from, or diagnosis of, respiratory disease.
    RespiratoryDisease,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FatalOverdose => "fatal overdose",
            Self::NonFatalOverdose => "non-fatal overdose",
            Self::AnyDeath => "death from any cause",
            Self::RespiratoryDisease => "respiratory disease",
        })
    }
}

/// How a figure came from its source into this catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Read in the abstract or another excerpt of the publication. Tables in the full text were not
    /// read.
    Excerpt,
    /// Read in somebody else's summary of the publication.
    Summary,
    /// Calculated from data that the authors published.
    Derived,
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Excerpt => "read in the abstract or an excerpt",
            Self::Summary => "read in a summary by others",
            Self::Derived => "derived from the authors' data",
        })
    }
}

/// A ratio of rates, odds or hazards, and where it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Ratio {
    /// The ratio in hundredths: 750 is 7.50.
    pub hundredths: u16,
    /// Where it was read.
    pub source: &'static Source,
    /// What was compared with what, with the interval.
    pub says: &'static str,
}

/// What the points of a level rest on. There is no third kind.
#[derive(Debug, PartialEq, Eq)]
pub enum Basis {
    /// A published ratio: the points are `round(10 x ln(ratio))`, so that about seven points double
    /// it.
    Ratio(Ratio),
    /// No usable ratio was found for exactly this. The number is ours.
    Judgement {
        /// Why this number.
        why: &'static str,
        /// The sources that it leans on, which may be none.
        leans_on: &'static [&'static Source],
    },
}

impl Basis {
    /// The sources behind the number.
    pub fn sources(&self) -> impl Iterator<Item = &'static Source> + use<> {
        let (one, many) = match self {
            Self::Ratio(ratio) => (Some(ratio.source), [].as_slice()),
            Self::Judgement { leans_on, .. } => (None, *leans_on),
        };
        one.into_iter().chain(many.iter().copied())
    }

    /// Whether the number is a judgement and not a published figure.
    pub const fn is_judgement(&self) -> bool {
        matches!(self, Self::Judgement { .. })
    }
}
