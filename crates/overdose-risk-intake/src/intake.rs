//! How an export is read, and the reading of one row.

use crate::caseload::{Caseload, Caseloads, KeptCodes};
use crate::cell::{Cell, Cells};
use crate::column::{Column, Principal};
use crate::facts::Facts;
use crate::id_guard::IdGuard;
use crate::identifier::Identifier;
use crate::learnt::Learnt;
use crate::ndtms::{self, NdtmsColumn, NdtmsRow};
use crate::person::{Id, certain_facts, read_facts};
use crate::problem::{Problem, ProblemKind, Quarantine};
use crate::profile::Profile;
use crate::pseudonym::PseudonymKey;
use crate::text;
use crate::values::UnreadValues;
use crate::words::{Afresh, Says, Words};
use chrono::NaiveDate;
use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
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
        Identifier::named(header).filter(|_| !self.bears(header))
    }

    /// The same of a key within others, given by its path.
    pub fn identifier_within(&self, path: &str) -> Option<Identifier> {
        Identifier::within(path).filter(|_| !self.bears(path.as_bytes()))
    }

    /// Whether an identifier that a key or a path names is none where an object stands under it: one
    /// that is only around what is read, or around a client.
    pub fn is_around(&self, path: &str, identifier: Identifier) -> bool {
        identifier == Identifier::Attributor || self.profile.leads_to(path)
    }

    fn bears(&self, header: &[u8]) -> bool {
        // A code is written as it stands, so of such a column none is read.
        let is_keyed = self.makes_ids_of(header) && !self.profile.names_caseload(header);
        self.profile.bears(header) || (self.key.is_some() && is_keyed)
    }

    /// Whether the ids are made of what a header, a key or a dotted path names.
    pub fn makes_ids_of(&self, header: &[u8]) -> bool {
        self.profile.makes_ids_of(header)
    }

    /// The slot of a column that is read.
    pub fn slot_of(&self, header: &[u8]) -> Option<usize> {
        self.profile.slot_of(header).filter(|_| self.identifier(header).is_none())
    }

    /// The slot of a key within others that is read, given by its path.
    pub fn slot_within(&self, path: &str) -> Option<usize> {
        let slot = self.profile.slot_of(path.as_bytes());
        slot.filter(|_| self.identifier_within(path).is_none())
    }
}

/// Reads rows one after the other. It holds the id of the last, what short words of earlier ones say,
/// some codes of caseloads, and what it learnt of the rows beside their facts.
pub struct RowReader {
    intake: Intake,
    id: String,
    codes: KeptCodes,
    words: Box<Words>,
    /// By what it tells texts apart of which it keeps none.
    hash: RandomState,
    learnt: Learnt,
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
        Self {
            intake,
            id: String::new(),
            codes: KeptCodes::default(),
            words: Box::default(),
            hash: RandomState::new(),
            learnt: Learnt::default(),
        }
    }

    /// A reader of other rows of the same export, which has learnt nothing yet. Each
    /// [hands over](Self::hand_over) what it learns, and one of them [learns](Self::learn) it.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use overdose_risk::Field;
    /// use overdose_risk_intake::{Column, Intake, RowReader};
    ///
    /// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    /// let cells = |slot| match slot {
    ///     _ if slot == Column::Id.index() => Some(b"p-17".as_slice()),
    ///     _ if slot == Column::Fact(Field::Ost).index() => Some(b"perhaps".as_slice()),
    ///     _ => None,
    /// };
    /// let mut reader = RowReader::new(Intake::default());
    /// let mut other = reader.another();
    /// reader.read(&cells, as_of, &mut |_| {})?;
    /// other.read(&cells, as_of, &mut |_| {})?;
    /// reader.learn(other.hand_over());
    /// // Both rows say the same.
    /// assert_eq!(reader.unread_values().of(Column::Fact(Field::Ost)), 1);
    /// # Ok::<(), overdose_risk_intake::Quarantine>(())
    /// ```
    #[doc(hidden)]
    pub fn another(&self) -> Self {
        Self { hash: self.hash.clone(), ..Self::new(self.intake.clone()) }
    }

    /// What it learnt of the rows since it was made or last handed over, and knows no longer.
    #[doc(hidden)]
    pub fn hand_over(&mut self) -> Learnt {
        std::mem::take(&mut self.learnt)
    }

    /// Takes in what [another](Self::another) learnt of the rows behind those of which it knows. If
    /// that is done in the order of the rows, it knows what it would if it had read them all.
    #[doc(hidden)]
    pub fn learn(&mut self, later: Learnt) {
        self.learnt.add(later);
    }

    /// How it reads.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Whether an id is what stands in one column, neither keyed nor joined.
    pub fn reads_ids_as_they_are(&self) -> bool {
        self.intake.key.is_none() && !self.intake.profile.joins_ids()
    }

    /// Whether what stands in the place of an id can be one.
    pub fn may_be_id(&self, cell: &[u8]) -> bool {
        match self.intake.key {
            None => Id::read(cell).is_ok(),
            Some(_) => is_something(cell) && !text::is_missing(cell),
        }
    }

    /// The id of the row that was read last, if it had one.
    pub fn id(&self) -> Option<Id<'_>> {
        Id::kept(&self.id)
    }

    /// The caseloads that the row named that was read last.
    pub fn caseloads(&self) -> Caseloads<'_> {
        self.codes.caseloads()
    }

    /// What the different ids look like that broke the id rule, if any did.
    pub fn broken_ids(&self) -> Option<&IdGuard> {
        self.learnt.broken_ids.together()
    }

    /// How many different values could not be read so far.
    pub fn unread_values(&self) -> &UnreadValues {
        &self.learnt.unread
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
        cells: &impl Cells<'c>,
        as_of: NaiveDate,
        problem: &mut impl FnMut(Problem),
    ) -> Result<Facts, Quarantine> {
        match self.read_if_certain(cells, as_of) {
            Some(facts) => Ok(facts),
            None => self.read_with_care(cells, as_of, problem),
        }
    }

    /// The same of a row in which there is no doubt about any cell: its id has a digit, its dates are
    /// plain, and its words, blank ones too, are known from rows before. `None` is no answer: before
    /// anybody asks for the id or the caseloads, the row has to be [read with care](Self::read_with_care).
    /// Until then, id and caseloads may be half of this row and half of the one before.
    #[doc(hidden)]
    pub fn read_if_certain<'c>(
        &mut self,
        cells: &impl Cells<'c>,
        as_of: NaiveDate,
    ) -> Option<Facts> {
        let Self { intake, id, codes, words, .. } = self;
        let is_native = matches!(intake.profile, Profile::Auto | Profile::Native);
        if !is_native || intake.key.is_some() || !Id::keep(cells.cell(Column::Id.index())?, id) {
            return None;
        }
        let mut is_certain = true;
        let code = |column: Column| cells.cell(column.index());
        codes.read(&code, &mut |_| is_certain = false);
        certain_facts(cells, words, as_of).filter(|_| is_certain)
    }

    /// The same cell by cell, as each has to be read. By it the words are learnt of which there is no
    /// doubt from then on.
    ///
    /// # Errors
    ///
    /// As of [`RowReader::read`].
    #[cold]
    #[doc(hidden)]
    pub fn read_with_care<'c>(
        &mut self,
        cells: &dyn Cells<'c>,
        as_of: NaiveDate,
        problem: &mut dyn FnMut(Problem),
    ) -> Result<Facts, Quarantine> {
        let Self { intake, id, codes, words, hash, learnt } = self;
        let profile = &intake.profile;
        let texts = &|slot| cells.cell(slot).map(Cell::text);
        let made;
        let cell_of_id = match profile {
            Profile::Auto | Profile::Native => cells.cell(Column::Id.index()).unwrap_or_default(),
            Profile::Mapped(mapping) => {
                made = mapping.id(texts).unwrap_or_default();
                Cell::from(&*made)
            }
            Profile::Ndtms => {
                made = Cow::Owned(ndtms_id(&|column: NdtmsColumn| texts(column.index())));
                Cell::from(&*made)
            }
        };
        let read = read_id(cell_of_id, intake.key.as_deref(), id);
        if let Err(kind) = read {
            codes.clear();
            if kind == Quarantine::IdInvalid {
                let cell = cell_of_id.text();
                learnt.broken_ids.add(hash.hash_one(cell), || {
                    let mut guard = IdGuard::new(as_of);
                    guard.look(cell);
                    guard
                });
            }
            return Err(kind);
        }
        let mut unreadable = |told: Problem| {
            if told.kind == ProblemKind::Unreadable {
                let slots = profile.slots_of(told.column);
                let is_only = slots.len() == 1;
                for slot in slots {
                    // Of several cells, the one that cannot be read by itself either.
                    let alone = |at| if at == slot { cells.cell(slot) } else { None };
                    let mut found = is_only;
                    if !is_only {
                        let codes = &mut KeptCodes::default();
                        let mut is_it = |problem| found |= problem == told;
                        facts(profile, &alone, &mut Afresh, as_of, codes, &mut is_it);
                    }
                    if let Some(cell) = texts(slot).filter(|_| found) {
                        learnt.unread.add(told.column, hash.hash_one(label(cell)));
                    }
                }
            }
            problem(told);
        };
        Ok(facts(profile, cells, &mut **words, as_of, codes, &mut unreadable))
    }
}

/// What a row says of its person. The codes of the caseloads are kept.
fn facts<'c>(
    profile: &Profile,
    cells: &dyn Cells<'c>,
    words: &mut impl Says,
    as_of: NaiveDate,
    codes: &mut KeptCodes,
    problem: &mut dyn FnMut(Problem),
) -> Facts {
    let texts = &|slot| cells.cell(slot).map(Cell::text);
    let problem = &mut |told: Problem| problem(told);
    match profile {
        Profile::Auto | Profile::Native => {
            let facts = read_facts(cells, words, as_of, problem);
            codes.read(&|column: Column| cells.cell(column.index()), problem);
            facts
        }
        Profile::Mapped(mapping) => {
            let told = mapping.translate(texts, as_of, problem);
            let in_slot = |slot| Column::at(slot).and_then(|column| told.get(column));
            let facts = read_facts(&in_slot, words, as_of, problem);
            codes.read(&|column| told.get(column).map(Cell::from), problem);
            facts
        }
        Profile::Ndtms => {
            match ndtms::read(&|column: NdtmsColumn| texts(column.index()), as_of, problem) {
                NdtmsRow::Facts(facts) => {
                    let is_service = |column| column == Column::Caseload(Caseload::Service);
                    let agency = cells.cell(NdtmsColumn::Agncy.index());
                    let cells = |column| agency.filter(|_| is_service(column));
                    codes.read(&cells, problem);
                    facts
                }
                NdtmsRow::WithoutConsent => {
                    codes.clear();
                    Facts::without_consent(as_of)
                }
            }
        }
    }
}

/// A text as labels are compared.
fn label(cell: &[u8]) -> Vec<u8> {
    text::normalised(cell).map_or_else(|| cell.to_vec(), String::into_bytes)
}

/// Puts the id in a cell into its place or, where there is a key, its pseudonym.
fn read_id(cell: Cell<'_>, key: Option<&PseudonymKey>, id: &mut String) -> Result<(), Quarantine> {
    id.clear();
    let cell = cell.text();
    let Some(key) = key else {
        id.push_str(Id::read(cell)?.as_str());
        return Ok(());
    };
    if is_something(cell) {
        id.push_str(key.pseudonym(cell)?.as_str());
        Ok(())
    } else {
        Id::read(cell).and(Err(Quarantine::IdInvalid))
    }
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
        (Some(agency), Some(client)) => {
            // `A-1` and `2` are somebody else than `A` and `1-2`.
            let doubled = agency
                .iter()
                .flat_map(|byte| std::iter::repeat_n(*byte, if *byte == b'-' { 2 } else { 1 }));
            doubled.chain(*b"-").chain(client.iter().copied()).collect()
        }
        (_, _) => Vec::new(),
    }
}
