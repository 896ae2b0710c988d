//! What is made of a piece of an export, on any thread.

use crate::error::{Cause, Error};
use crate::pieces::InPieces;
use crate::reading::Sink;
use overdose_risk::Record;
use overdose_risk_intake::{Caseload, Entry, Facts, Id, Person, Problem, Quarantine};
use std::mem;
use std::ops::Range;

/// Reads pieces, and makes of people what the sink would.
pub(super) struct Worker<X: InPieces, S: Sink> {
    pub(super) reader: X::Reader,
    pub(super) maker: S::Maker,
    pub(super) rows: RowsOf,
}

/// How many rows a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowsOf {
    /// One, as far as is known.
    OneEach,
    /// Perhaps several, which have been put together.
    Several,
}

/// What was made of a piece.
pub(super) struct Made<X: InPieces, S: Sink> {
    rows: Vec<MadeRow>,
    /// Ids and codes.
    text: Vec<u8>,
    problems: Vec<Problem>,
    people: S::Made,
    learnt: Result<X::Learnt, X::Error>,
}

impl<X: InPieces, S: Sink> Default for Made<X, S> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            text: Vec::new(),
            problems: Vec::new(),
            people: S::Made::default(),
            learnt: Ok(X::Learnt::default()),
        }
    }
}

/// One row of it.
#[derive(Clone, Debug)]
struct MadeRow {
    line: u64,
    bytes: u64,
    what: What,
    /// Where its problems end.
    problems: usize,
}

// Nearly every one is of a person.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
enum What {
    Blank,
    Quarantined {
        id: Option<Range<usize>>,
        kind: Quarantine,
    },
    Person {
        id: Range<usize>,
        codes: [Option<Range<usize>>; Caseload::ALL.len()],
        facts: Facts,
        record: Option<Record>,
    },
}

/// A row, and what was made of its person.
pub(super) struct Read<'m> {
    pub(super) line: u64,
    pub(super) bytes: u64,
    pub(super) entry: Entry<'m>,
    /// What is assessed, where the person has one row and is to be assessed. The sink has made of it
    /// what it could.
    pub(super) record: Option<&'m Record>,
    /// What could not be used of the row and, if there is a record, of that.
    pub(super) problems: &'m [Problem],
}

impl<X: InPieces, S: Sink> Worker<X, S> {
    /// Reads a piece into what is made of it.
    pub(super) fn work(&mut self, piece: &X::Piece, made: &mut Made<X, S>) {
        let Self { reader, maker, rows: of } = self;
        let Made { rows, text, problems, people, learnt } = made;
        rows.clear();
        text.clear();
        problems.clear();
        S::begin_piece(people);
        let mut keep = |id: Id<'_>| {
            let start = text.len();
            text.extend_from_slice(id.as_str().as_bytes());
            start..text.len()
        };
        *learnt = X::read(reader, piece, &mut |row, bytes, found| {
            problems.extend_from_slice(found);
            let what = match row.entry {
                Entry::Blank => What::Blank,
                Entry::Quarantined { id, kind } => {
                    What::Quarantined { id: id.map(&mut keep), kind }
                }
                Entry::Person(Person { id, facts, caseloads }) => {
                    let is_assessed = !facts.has_died() && !facts.is_without_consent();
                    let record = (*of == RowsOf::OneEach && is_assessed)
                        .then(|| facts.record(&mut |problem| problems.push(problem)));
                    if let Some(record) = &record {
                        S::make(maker, id, record, caseloads, people);
                    }
                    let codes = Caseload::ALL.map(|of| caseloads.code(of).map(&mut keep));
                    What::Person { id: keep(id), codes, facts, record }
                }
            };
            rows.push(MadeRow { line: row.line, bytes, what, problems: problems.len() });
        });
    }
}

impl<X: InPieces, S: Sink> Made<X, S> {
    /// The rows in turn, and what the sink made of people.
    pub(super) fn rows(&mut self) -> (impl Iterator<Item = Result<Read<'_>, Error>>, &mut S::Made) {
        let Self { rows, text, problems, people, .. } = self;
        let (text, problems) = (&*text, &*problems);
        let id = move |place: &Range<usize>| {
            let text = text.get(place.clone()).unwrap_or_default();
            Id::read(text).map_err(|_| Error::from(Cause::NotMade))
        };
        let mut problems_from = 0;
        let rows = rows.iter().map(move |MadeRow { line, bytes, what, problems: to }| {
            let of_row = problems.get(problems_from..*to).unwrap_or_default();
            problems_from = *to;
            let (entry, record) = match what {
                What::Blank => (Entry::Blank, None),
                What::Quarantined { id: place, kind } => {
                    let id = place.as_ref().map(id).transpose()?;
                    (Entry::Quarantined { id, kind: *kind }, None)
                }
                What::Person { id: place, codes, facts, record } => {
                    let codes = Caseload::ALL.into_iter().zip(codes);
                    let codes = codes.filter_map(|(of, place)| Some((of, place.as_ref()?)));
                    let codes = codes.map(|(of, place)| Ok((of, id(place)?)));
                    let caseloads = codes.collect::<Result<_, Error>>()?;
                    let person = Person { id: id(place)?, facts: *facts, caseloads };
                    (Entry::Person(person), record.as_ref())
                }
            };
            Ok(Read { line: *line, bytes: *bytes, entry, record, problems: of_row })
        });
        (rows, people)
    }

    /// What the sink made of people.
    pub(super) fn people(&self) -> &S::Made {
        &self.people
    }

    /// What was learnt of the piece, or what ended it.
    pub(super) fn learnt(&mut self) -> Result<X::Learnt, X::Error> {
        mem::replace(&mut self.learnt, Ok(X::Learnt::default()))
    }
}
