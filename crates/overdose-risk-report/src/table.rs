//! `worklist.csv`: the worklist for a spreadsheet, which can be filled in and fed back.

use crate::listed::{Listed, Standing};
use crate::plain::plain;
use chrono::NaiveDate;
use std::borrow::Cow;
use std::io;

/// The columns of `worklist.csv`.
const HEADER: [&str; 23] = [
    "id",
    "tier",
    "by_known_facts",
    "points",
    "could_reach",
    "could_points",
    "reasons",
    "offers",
    "questions",
    "naloxone_gap",
    "in_custody",
    "standing",
    "change",
    "because",
    "valid_until",
    "assessed_on",
    "service",
    "team",
    "worker",
    "reviewed_on",
    "until",
    "outcome",
    "policy",
];

/// Writes `worklist.csv`. The three columns before the last are what `--reviewed` reads, so that the
/// file can be filled in and fed back; they hold the latest review, which would otherwise be lost by
/// that.
///
/// A text that a spreadsheet would take for a formula is [`guarded`].
#[derive(Debug)]
pub struct WorklistWriter<W: io::Write>(csv::Writer<W>);

impl<W: io::Write> WorklistWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn new(output: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(HEADER)?;
        Ok(Self(writer))
    }

    /// Writes one person.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&mut self, person: &Listed) -> io::Result<()> {
        let Listed { flagged, standing, change, review } = person;
        let reasons = joined(flagged.reasons.iter().map(|reason| &reason.sentence));
        let questions = joined(flagged.questions.iter().map(|question| &question.ask));
        let because = change.iter().flat_map(|change| &change.because);
        let cells: [&str; HEADER.len()] = [
            &flagged.id,
            flagged.tier.name(),
            flagged.by_known_facts.name(),
            &flagged.points.to_string(),
            flagged.could_reach.name(),
            &flagged.could_points.to_string(),
            &reasons,
            &joined(&flagged.offers),
            &questions,
            yes_or_no(flagged.naloxone_gap),
            yes_or_no(flagged.in_custody),
            standing.name(),
            change.as_ref().map_or("", |change| change.kind.name()),
            &joined(because.map(ToString::to_string)),
            &iso(flagged.valid_until),
            &iso(Some(flagged.as_of)),
            &joined(&flagged.service),
            &joined(&flagged.team),
            &joined(&flagged.worker),
            &iso(review.as_ref().map(|review| review.reviewed_on)),
            &iso(review.as_ref().map(|review| review.until)),
            review.as_ref().map_or("", |review| &review.outcome),
            &flagged.policy,
        ];
        for cell in cells {
            self.0.write_field(&*guarded(&plain(cell)))?;
        }
        Ok(self.0.write_record(None::<&[u8]>)?)
    }

    /// Hands back the output, everything written to it.
    ///
    /// # Errors
    ///
    /// When the rest cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

impl Standing {
    /// The name in outputs, for instance `without-consent`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assessed => "assessed",
            Self::Gone => "gone",
            Self::Quarantined => "quarantined",
            Self::WithoutConsent => "without-consent",
        }
    }
}

fn joined<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let mut cell = String::new();
    for text in texts {
        if !cell.is_empty() {
            cell.push_str(" | ");
        }
        cell.push_str(text.as_ref());
    }
    cell
}

fn iso(date: Option<NaiveDate>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}

const fn yes_or_no(answer: bool) -> &'static str {
    if answer { "true" } else { "false" }
}

/// The text as a spreadsheet takes it for text: one that it could take for a formula gets an
/// apostrophe in front, and so does one that already has that.
///
/// ```
/// use overdose_risk_report::{guarded, unguarded};
///
/// assert_eq!(guarded("called twice"), "called twice");
/// assert_eq!(guarded("=1+1"), "'=1+1");
/// assert_eq!(unguarded(&guarded("'=1+1")), "'=1+1");
/// ```
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_like_a_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that was [`guarded`].
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_like_a_formula(rest)).unwrap_or(text)
}

/// Whether a spreadsheet could take the text for a formula, apostrophes in front apart: without those
/// a text that has one by itself would lose it on the way back.
fn is_like_a_formula(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}
