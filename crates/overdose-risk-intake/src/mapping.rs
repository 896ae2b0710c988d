//! How the export of a case-management system maps to the native columns.

mod date;
mod fault;
mod field;
mod file;
mod normal;
mod target;
mod translate;

pub use fault::{MappingError, MappingFault};
pub(crate) use normal::normal;
pub use translate::Translated;

use crate::column::{Column, plain};
use date::DateOrder;
use fault::Cause;
use field::Draft;
use file::{Faults, File, Name};
use std::collections::HashSet;
use target::{Blank, Kind, Target};

/// How one system's export maps to the native columns: which of its columns, or paths into its JSON,
/// is which field, and what its own words, dates and blanks mean. `docs/mapping.md` is the manual.
///
/// A mapping only says what a cell means. What it makes of a cell is text that [`read_person`] reads
/// like a native export, so nothing can be said by a mapping that an export could not say itself. It
/// never makes an answer of a blank, of a text that means that nobody knows, or of a column that is
/// not there.
///
/// ```
/// use chrono::NaiveDate;
/// use overdose_risk::{OpioidUse, Status};
/// use overdose_risk_intake::{Mapping, read_person};
///
/// let mapping = Mapping::from_toml(
///     r#"
///     name = "example-cms"
///     [fields]
///     id = "Client Ref"
///     opioid_use = { from = "Opiates", values = { "Using on top" = "current" } }
///     "#,
/// )?;
/// let row = [b"p-17".as_slice(), b"USING ON TOP".as_slice()];
/// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
/// let told = mapping.translate(&|slot| row.get(slot).copied(), as_of, &mut |_| {});
/// let person = read_person(|column| told.get(column), as_of, &mut |_| {}).unwrap();
/// let record = person.facts.record(&mut |_| {});
/// assert_eq!(record.opioid_use, OpioidUse::Current.into());
/// assert_eq!(record.naloxone, Status::NotCollected);
/// # Ok::<(), overdose_risk_intake::MappingError>(())
/// ```
///
/// [`read_person`]: crate::read_person
#[derive(Clone, Debug)]
pub struct Mapping {
    name: String,
    sources: Vec<String>,
    ignored: Vec<String>,
    /// For each column what it is made of: nothing, one rule, or for the age up to two.
    rules: [Vec<Rule>; Column::COUNT],
    /// For each column the slots of its rules.
    slots: [Vec<usize>; Column::COUNT],
    dates_of_birth: Vec<usize>,
}

/// How the cells of some sources become the text of a column.
#[derive(Clone, Debug)]
struct Rule {
    target: Target,
    slots: Vec<usize>,
    is_joined: bool,
    order: DateOrder,
    blank: Blank,
    /// Texts as they are compared, and the word for each; sorted.
    values: Vec<(String, String)>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    ///
    /// When it is not TOML, or when something in it is unknown, missing or at odds with the rest.
    /// Every fault names its line.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        let mut faults = Faults::of(text);
        let file = file::read(text, &mut faults);
        if let Some(file) = &file {
            check_uses(file, &mut faults);
        }
        let mut faults = faults.found;
        match file {
            Some(file) if faults.is_empty() => Ok(Self::of(file)),
            Some(_) | None => {
                faults.sort_by_key(|fault| fault.line);
                Err(MappingError { faults })
            }
        }
    }

    fn of(file: File) -> Self {
        let mut names: Vec<&Name> = file.drafts.iter().flat_map(|draft| &draft.sources).collect();
        names.sort_by_key(|name| name.at);
        let mut columns = HashSet::new();
        names.retain(|name| columns.insert(name.column()));
        let sources: Vec<String> = names.into_iter().map(|name| name.text.clone()).collect();
        let mut mapping = Self {
            name: file.name,
            sources,
            ignored: file.ignored.into_iter().map(|name| name.text).collect(),
            rules: [const { Vec::new() }; Column::COUNT],
            slots: [const { Vec::new() }; Column::COUNT],
            dates_of_birth: Vec::new(),
        };
        // In which order a TOML table gives its keys follows from the features it is built with.
        let mut drafts = file.drafts;
        drafts.sort_by_key(|draft| draft.target == Target::DateOfBirth);
        for draft in drafts {
            mapping.add(draft);
        }
        mapping
    }

    fn add(&mut self, draft: Draft) {
        let Draft { target, sources, is_joined, order, blank, values } = draft;
        let slot_of = |name: &Name| self.slot_of(name.text.as_bytes());
        let slots: Vec<usize> = sources.iter().filter_map(slot_of).collect();
        if target == Target::DateOfBirth {
            self.dates_of_birth.clone_from(&slots);
        }
        let at = target.column().index();
        if let (Some(of_column), Some(rules)) = (self.slots.get_mut(at), self.rules.get_mut(at)) {
            of_column.extend(&slots);
            rules.push(Rule { target, slots, is_joined, order, blank, values });
        }
    }

    /// The name of the mapping, which obeys the id rule.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The columns, or dotted paths, that are read, in the order in which the file first mentions
    /// them. The place of each, from 0, is its slot.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The slot of a header or a path, if it is read: without regard to case, to space around it, and
    /// to spaces, hyphens and underscores within.
    pub fn slot_of(&self, header: &[u8]) -> Option<usize> {
        self.sources.iter().position(|source| plain(source.as_bytes()).eq(plain(header)))
    }

    /// Whether a header or a path is known not to be read.
    pub fn is_ignored(&self, header: &[u8]) -> bool {
        self.ignored.iter().any(|ignored| plain(ignored.as_bytes()).eq(plain(header)))
    }

    /// The slots that a column is made of, the first to count first; none when it is not mapped.
    /// Those of a date of birth are behind the others of the age.
    pub fn slots_of(&self, column: Column) -> &[usize] {
        self.slots.get(column.index()).map_or(&[], Vec::as_slice)
    }

    /// The slots that are read as a date of birth.
    pub fn dates_of_birth(&self) -> &[usize] {
        &self.dates_of_birth
    }

    /// The slots that the id is made of.
    pub fn id_slots(&self) -> &[usize] {
        self.slots_of(Column::Id)
    }

    /// Whether the id is made of all its slots, and not of the first that has one.
    pub fn joins_ids(&self) -> bool {
        self.rules_of(Column::Id).iter().any(|rule| rule.is_joined)
    }

    /// Whether it translates a text to this word of a column.
    pub fn translates_to(&self, column: Column, word: &str) -> bool {
        let mut values = self.rules_of(column).iter().flat_map(|rule| &rule.values);
        values.any(|(_, to)| to.trim().eq_ignore_ascii_case(word))
    }

    fn rules_of(&self, column: Column) -> &[Rule] {
        self.rules.get(column.index()).map_or(&[], Vec::as_slice)
    }
}

/// A column is read or ignored, and one with a date of birth is read for nothing else. A code is
/// written as it stands, so none is read of a column with the whole id, which may be made a pseudonym.
fn check_uses(file: &File, faults: &mut Faults) {
    let names = |fits: &dyn Fn(&Draft) -> bool| -> Vec<&Name> {
        file.drafts.iter().filter(|draft| fits(draft)).flat_map(|draft| &draft.sources).collect()
    };
    let mut keep_apart = |names: Vec<&Name>, others: Vec<&Name>, cause: Cause| {
        let others: HashSet<Vec<u8>> = others.into_iter().map(Name::column).collect();
        for name in names.into_iter().filter(|name| others.contains(&name.column())) {
            faults.add(name.at, cause.clone());
        }
    };
    keep_apart(file.ignored.iter().collect(), names(&|_| true), Cause::IgnoredAndRead);
    let is_birth = |draft: &Draft| draft.target == Target::DateOfBirth;
    keep_apart(names(&|draft| !is_birth(draft)), names(&is_birth), Cause::BirthIsKept);
    let is_id = |draft: &Draft| draft.target.kind() == Kind::Id && !draft.is_joined;
    let is_code = |draft: &Draft| draft.target.kind() == Kind::Code;
    keep_apart(names(&is_code), names(&is_id), Cause::CodeOfPerson);
}
