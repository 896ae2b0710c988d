//! How an export is read, and the reading of one row.

use crate::column::{Column, Principal};
use crate::facts::Facts;
use crate::id_guard::IdGuard;
use crate::identifier::Identifier;
use crate::ndtms::{self, NdtmsColumn, NdtmsRow};
use crate::person::{Id, read_facts};
use crate::problem::{Problem, ProblemKind, Quarantine};
use crate::profile::Profile;
use crate::pseudonym::PseudonymKey;
use crate::text;
use crate::values::UnreadValues;
use chrono::NaiveDate;
use std::fmt;
use std::sync::Arc;

/// What becomes of an export with columns that name direct identifiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Identifiers {
    /// It is refused.
    #[default]
    Refuse,
    /// It is read without ever looking into those columns.
    Drop,
}

/// How an export is read.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// What its columns are called, and what they say.
    pub profile: Profile,
    /// Principal fields that it may lack.
    pub waive: Vec<Principal>,
    /// What becomes of it if columns name direct identifiers.
    pub identifiers: Identifiers,
    /// The key with which its ids are made pseudonyms; without one they are.
    pub key: Option<Arc<PseudonymKey>>,
}

impl Intake {
    /// The direct identifier that a header, a key or a dotted path names, unless it is there by
    /// leave: of the profile, or of the key where it is the id.
    pub fn identifier(&self, header: &[u8]) -> Option<Identifier> {
        let identifier = Identifier::named(header)?;
        let is_keyed = || {
            let slot = self.profile.slot_of(header);
            self.key.is_some() && slot.is_some_and(|slot| self.profile.id_slots().contains(&slot))
        };
        (!self.profile.bears(header) && !is_keyed()).then_some(identifier)
    }

    /// The slot of a column that is read.
    pub fn slot_of(&self, header: &[u8]) -> Option<usize> {
        self.profile.slot_of(header).filter(|_| self.identifier(header).is_none())
    }
}

/// Reads rows one after the other. It holds the id of the last, and counts what ids look like that
/// break the id rule.
pub struct RowReader {
    intake: Intake,
    id: String,
    broken_ids: Option<IdGuard>,
    unread: UnreadValues,
}

/// Says nothing of the row that was read last.
impl fmt::Debug for RowReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowReader").finish_non_exhaustive()
    }
}

impl RowReader {
    /// A reader of rows.
    pub fn new(intake: Intake) -> Self {
        Self { intake, id: String::new(), broken_ids: None, unread: UnreadValues::default() }
    }

    /// How it reads.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Whether an id is what stands in one column, neither keyed nor joined.
    pub fn reads_ids_as_they_are(&self) -> bool {
        self.intake.key.is_none() && !self.intake.profile.joins_ids()
    }

    /// The id of the row that was read last, if it had one.
    pub fn id(&self) -> Option<Id<'_>> {
        Id::read(self.id.as_bytes()).ok()
    }

    /// What the ids look like that broke the id rule, if any did.
    pub fn broken_ids(&self) -> Option<&IdGuard> {
        self.broken_ids.as_ref()
    }

    /// How many different values could not be read so far.
    pub fn unread_values(&self) -> &UnreadValues {
        &self.unread
    }

    /// Reads one row. `cells` gives the text in a slot, or `None` where the export lacks its column.
    ///
    /// A cell that cannot be used makes its fact unknown, and `problem` hears of it; the person is
    /// still there to be assessed.
    ///
    /// # Errors
    ///
    /// Only when it cannot be said whose row it is.
    pub fn read<'c>(
        &mut self,
        cells: &impl Fn(usize) -> Option<&'c [u8]>,
        as_of: NaiveDate,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Facts, Quarantine> {
        let Self { intake, id, broken_ids, unread } = self;
        let problem = &mut |told: Problem| {
            if told.kind == ProblemKind::Unreadable {
                let slots = intake.profile.slots_of(told.column);
                unread.add(told.column, slots.into_iter().map(cells));
            }
            problem(told);
        };
        let key = intake.key.as_deref();
        let mut take_id = |cell: &[u8]| {
            let read = read_id(cell, key, id);
            if read == Err(Quarantine::IdInvalid) {
                broken_ids.get_or_insert_with(|| IdGuard::new(as_of)).look(cell);
            }
            read
        };
        match &intake.profile {
            Profile::Auto | Profile::Native => {
                let cell = |column: Column| cells(column.index());
                take_id(cell(Column::Id).unwrap_or_default())?;
                Ok(read_facts(&cell, as_of, problem))
            }
            Profile::Mapped(mapping) => {
                let told = mapping.translate(&|slot| cells(slot), as_of, problem);
                take_id(told.get(Column::Id).unwrap_or_default())?;
                Ok(read_facts(&|column| told.get(column), as_of, problem))
            }
            Profile::Ndtms => {
                let cell = |column: NdtmsColumn| cells(column.index());
                take_id(&ndtms_id(&cell))?;
                Ok(match ndtms::read(&cell, as_of, problem) {
                    NdtmsRow::Facts(facts) => facts,
                    NdtmsRow::WithoutConsent => Facts::without_consent(as_of),
                })
            }
        }
    }
}

/// Puts the id in a cell into its place or, where there is a key, its pseudonym.
fn read_id(cell: &[u8], key: Option<&PseudonymKey>, id: &mut String) -> Result<(), Quarantine> {
    id.clear();
    match key {
        None => id.push_str(Id::read(cell)?.as_str()),
        Some(key) if is_something(cell) => id.push_str(key.pseudonym(cell)?.as_str()),
        Some(_) => return Id::read(cell).and(Err(Quarantine::IdInvalid)),
    }
    Ok(())
}

/// Whether a pseudonym can stand for a text: one that is empty or all signs would be many people.
fn is_something(cell: &[u8]) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control();
    let cell = cell.trim_ascii();
    cell.len() <= LONGEST_KEYED
        && cell.iter().any(u8::is_ascii_alphanumeric)
        && !cell.iter().any(is_control)
}

/// The longest text for which a pseudonym stands, in bytes.
const LONGEST_KEYED: usize = 256;

/// The agency and the client, with a hyphen between. Without one of them it is nobody.
fn ndtms_id<'c>(cell: &impl Fn(NdtmsColumn) -> Option<&'c [u8]>) -> Vec<u8> {
    let part = |column| cell(column).map(<[u8]>::trim_ascii).filter(|part| !text::is_missing(part));
    match (part(NdtmsColumn::Agncy), part(NdtmsColumn::ClientId)) {
        (Some(agency), Some(client)) => [agency, b"-", client].concat(),
        (_, _) => Vec::new(),
    }
}
