//! A CSV export in UTF-8, cut up by other means than those of the crate that reads it.

use super::as_of;
use super::pass::{Became, Kept, Pass};
use overdose_risk_csv::Opening;
use overdose_risk_intake::{
    Column, Entry, Id, Intake, Layout, Principal, Problem, Quarantine, Row, read_person,
};

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The text behind the header, and how it is to be read.
pub(super) struct Sheet<'a> {
    /// The header and what follows it.
    text: &'a [u8],
    header: Vec<Vec<u8>>,
    /// The lines behind the header, ends and all.
    lines: Vec<&'a [u8]>,
    /// The physical line of the first of them, from 1.
    first: u64,
    delimiter: u8,
    layout: Layout,
    id_place: usize,
}

type Cells<'c> = Vec<&'c [u8]>;

impl<'a> Sheet<'a> {
    pub(super) fn new(export: &'a [u8], opening: &Opening, waive: &[Principal]) -> Self {
        let Opening { byte_order_mark, separator_line, blank, header, .. } = *opening;
        let start = (byte_order_mark + separator_line + blank) as usize;
        let text = &export[start..];
        let (header, body) = text.split_at(header as usize);
        let delimiter = opening.delimiter as u8;
        let [header] = &records(header, delimiter)[..] else { panic!("one header") };
        let layout =
            Layout::resolve(header, &Intake { waive: waive.to_vec(), ..Intake::default() })
                .unwrap();
        Self {
            text,
            header: header.clone(),
            lines: physical_lines(body),
            first: physical_lines(&export[..export.len() - body.len()]).len() as u64 + 1,
            delimiter,
            id_place: layout.place(Column::Id).unwrap(),
            layout,
        }
    }

    /// Each row begins on its line and takes whole lines, of which none but the first is somebody's.
    pub(super) fn assert_rows_are_where_they_say(&self, pass: &Pass) {
        let mut lines = self.lines.iter();
        let mut line = self.first;
        for (row, bytes) in pass.rows.iter().zip(&pass.spans) {
            assert_eq!(row.line, line);
            let mut taken: Vec<&[u8]> = Vec::new();
            let size = |taken: &[&[u8]]| taken.iter().map(|line| line.len() as u64).sum::<u64>();
            while size(&taken) < *bytes {
                taken.push(lines.next().unwrap());
            }
            assert_eq!(size(&taken), *bytes, "a part of a line");
            line += taken.len() as u64;
            if row.breaks_the_rules() {
                assert_eq!(taken.len(), 1, "more than its line");
            } else {
                self.assert_nobody_is_in(&taken[1..], taken[0], row);
            }
        }
    }

    fn assert_nobody_is_in(&self, taken_in: &[&[u8]], first: &[u8], row: &Kept) {
        assert!(taken_in.is_empty() || first.contains(&b'"'), "taken in after line {}", row.line);
        for line in taken_in {
            let cells = self.cells(line);
            let id = Id::read(cells.get(self.id_place).copied().unwrap_or_default());
            // A row whose id says `id` is nobody.
            let is_header = |id: &str| Column::named(id.as_bytes()) == Some(Column::Id);
            let is_somebody = |id: Id<'_>| {
                let is_whole = cells.len() == self.header.len();
                is_whole && !is_header(id.as_str()) && !row.is_person(id.as_str())
            };
            assert!(!id.is_ok_and(is_somebody), "somebody is swallowed after line {}", row.line);
        }
    }

    /// Without quotes, lines are records.
    pub(super) fn assert_read_as_by_hand(&self, rows: &[Kept]) {
        if self.lines.iter().any(|line| line.contains(&b'"')) {
            return;
        }
        let mut was_whole = true;
        let mut last_id = String::new();
        let by_hand = (self.first..).zip(&self.lines).map(|(line, text)| {
            let cells = self.cells(text);
            let fault = self.fault(&cells).filter(|_| !is_blank(&cells));
            let is_cut =
                cells.len() < self.header.len() && !text.ends_with(b"\n") && !text.ends_with(b"\r");
            let broken = match fault {
                Some(Quarantine::FieldCount) if is_cut => Some(Quarantine::BreaksOff),
                fault => fault,
            };
            let mut problems = Vec::new();
            let entry = match broken {
                None if is_blank(&cells) => Entry::Blank,
                None => self.whole(&cells, &mut problems),
                Some(kind) => {
                    let id = self.broken_id(&cells, was_whole, &last_id);
                    Entry::Quarantined { id, kind }
                }
            };
            was_whole = broken.is_none() && (entry != Entry::Blank || was_whole);
            if let Entry::Person(person) = entry {
                last_id = person.id.to_string();
            }
            Kept::new(&Row { line, entry }, &problems)
        });
        assert_eq!(by_hand.collect::<Vec<_>>(), rows);
    }

    fn fault(&self, cells: &Cells<'_>) -> Option<Quarantine> {
        let controls = (0..0x20).chain([0x7f]).filter(|byte| !b"\t\n\x0b\x0c\r".contains(byte));
        let has_control = |cell: &&[u8]| controls.clone().any(|control| cell.contains(&control));
        if cells.iter().take(1024).any(has_control) {
            Some(Quarantine::ControlByte)
        } else {
            (cells.len() != self.header.len()).then_some(Quarantine::FieldCount)
        }
    }

    fn broken_id<'c>(&self, cells: &Cells<'c>, was_whole: bool, last_id: &str) -> Option<Id<'c>> {
        let up_to_id: Cells<'_> = cells.iter().take(self.id_place + 1).copied().collect();
        let id = Id::read(cells.get(self.id_place)?).ok()?;
        let is_sure = last_id == id.as_str()
            || pattern(last_id) == pattern(id.as_str())
            || (was_whole && self.id_place == 0 && cells.len() >= self.header.len());
        let is_followed = cells.len() > self.id_place + 1;
        let has_control = self.fault(&up_to_id) == Some(Quarantine::ControlByte);
        let is_name = id.as_str().eq_ignore_ascii_case("id");
        (is_sure && is_followed && !has_control && !is_name).then_some(id)
    }

    /// Where no row breaks the rules, every cell is what the csv crate says. To that, a byte order mark
    /// before a record is text.
    pub(super) fn assert_read_as_by_the_csv_crate(&self, rows: &[Kept]) {
        let is_marked = |line: &&[u8]| line.starts_with(MARK);
        if rows.iter().any(Kept::breaks_the_rules) || self.lines.iter().any(is_marked) {
            return;
        }
        let records = records(self.text, self.delimiter);
        let expected = records.iter().skip(1).filter_map(|record| {
            let cells: Cells<'_> = record.iter().map(Vec::as_slice).collect();
            if is_blank(&cells) {
                return None;
            }
            let mut problems = Vec::new();
            let entry = self.whole(&cells, &mut problems);
            Some((Became::from(&entry), problems))
        });
        let rows = rows.iter().filter(|row| row.became != Became::Blank);
        assert!(rows.map(|row| (row.became.clone(), row.problems.clone())).eq(expected));
    }

    /// A row with as many cells as the header.
    fn whole<'c>(&self, cells: &Cells<'c>, problems: &mut Vec<Problem>) -> Entry<'c> {
        let plain = |cell: &[u8]| cell.trim_ascii().to_ascii_lowercase();
        let is_same = self.header.iter().zip(cells).all(|(name, cell)| plain(name) == plain(cell));
        if is_same || Column::named(cells[self.id_place]) == Some(Column::Id) {
            return Entry::Quarantined { id: None, kind: Quarantine::HeaderRepeated };
        }
        let cell = |column| cells.get(self.layout.place(column)?).copied();
        read_person(cell, as_of(), &mut |problem| problems.push(problem))
            .map_or_else(|kind| Entry::Quarantined { id: None, kind }, Entry::Person)
    }

    fn cells<'l>(&self, line: &'l [u8]) -> Cells<'l> {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let text = text.strip_prefix(MARK).unwrap_or(text);
        text.split(|byte| *byte == self.delimiter).collect()
    }
}

/// What ids have in common: each number in them is one, but where there is nothing else.
fn pattern(id: &str) -> String {
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        return "1".repeat(id.len());
    }
    let mut pattern = String::new();
    for letter in id.chars() {
        match letter.is_ascii_digit() {
            true if pattern.ends_with('#') => {}
            true => pattern.push('#'),
            false => pattern.push(letter),
        }
    }
    pattern
}

fn is_blank(cells: &Cells<'_>) -> bool {
    cells.iter().all(|cell| cell.trim_ascii().is_empty())
}

/// The records of a text, as the csv crate reads them.
fn records(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut builder = csv::ReaderBuilder::new();
    let reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let cells = |record: csv::ByteRecord| record.iter().map(<[u8]>::to_vec).collect();
    reader.into_byte_records().map(|record| cells(record.unwrap())).collect()
}

/// The lines of a text with their ends: LF, CRLF or CR.
pub(super) fn physical_lines(mut text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    while !text.is_empty() {
        let end = text.iter().position(|byte| b"\r\n".contains(byte));
        let is_pair = end.is_some_and(|end| text[end..].starts_with(b"\r\n"));
        let length = end.map_or(text.len(), |end| end + 1 + usize::from(is_pair));
        let (line, rest) = text.split_at(length);
        lines.push(line);
        text = rest;
    }
    lines
}
