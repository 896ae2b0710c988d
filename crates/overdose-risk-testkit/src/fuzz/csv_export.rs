//! Bytes as a CSV export, and as a piece of one.

use super::pass::{Kept, Pass};
use super::{Trickle, after_mark, as_of, canary, lines_with_something};
use overdose_risk_csv::{Error, Export};
use overdose_risk_intake::{Column, Entry, Id, Layout, Principal, Quarantine, Row, read_person};
use std::io::Read;

/// A row that the bytes break, between two that they may not touch.
const IN_A_ROW: &str = "\
id,age,opioid_use,prison_release,naloxone,notes
p-1,44,current,2026-03-28,held,x
p-2,~@~,current,,held,~@~
p-3,44,current,,held,x
";

const IN_THE_HEADER: &str = "\
id,age,opioid_use,prison_release,naloxone,~@~
p-1,44,current,2026-03-28,held,@
";

/// Panics where reading these bytes as a CSV export, or as a piece of one, breaks what must hold.
pub fn csv(data: &[u8]) {
    check(data, &Principal::ALL);
    if let Some(export) = canary::planted(IN_A_ROW, data) {
        let pass = check(&export, &[]);
        canary::assert_not_in(&pass.said);
        assert_eq!(pass.error, None);
        assert!(pass.rows[0].is_person("p-1") && pass.rows[0].line == 2);
        let last = physical_lines(&export).count() as u64 - 1;
        assert!(pass.rows.last().is_some_and(|row| row.line == last));
    }
    if let Some(export) = canary::planted(IN_THE_HEADER, data) {
        canary::assert_not_in(&check(&export, &[]).said);
    }
}

fn check(export: &[u8], waive: &[Principal]) -> Pass {
    let mut pass = read(export, waive);
    assert_eq!(read(Trickle::new(export), waive), pass, "a byte at a time");
    pass.write();
    if pass.error.is_none() {
        assert_lines_are_accounted_for(export, &pass.rows);
        if !export.contains(&b'"') {
            assert_eq!(by_hand(export, waive), pass.rows);
        }
    }
    pass
}

fn read(source: impl Read, waive: &[Principal]) -> Pass {
    let mut pass = Pass::default();
    if let Err(error) = read_into(&mut pass, source, waive) {
        pass.fails(&error);
    }
    pass
}

fn read_into(pass: &mut Pass, source: impl Read, waive: &[Principal]) -> Result<(), Error> {
    let mut export = Export::open(source, as_of(), waive)?;
    pass.says(&export);
    let mut problems = Vec::new();
    while let Some(row) = export.read(&mut |problem| problems.push(problem))? {
        pass.rows.push(Kept::new(&row, &problems));
        pass.says(&row);
        pass.says(&problems);
        problems.clear();
        pass.says(&export);
    }
    assert!(export.read(&mut |_| {})?.is_none(), "something follows the end");
    pass.says(&export);
    Ok(())
}

/// Every line that has something on it starts a row, or is a part of a cell that a quote opened.
fn assert_lines_are_accounted_for(export: &[u8], rows: &[Kept]) {
    let lines: Vec<(u64, &[u8])> = lines_with_something(physical_lines(export)).collect();
    let (header_line, header) = lines[0];
    let starts = || std::iter::once(header_line).chain(rows.iter().map(|row| row.line));
    assert!(starts().is_sorted_by(|one, next| one < next));
    for (start, next) in starts().zip(starts().skip(1).chain([u64::MAX])) {
        let place = |wanted| lines.partition_point(|(line, _)| *line < wanted);
        let record = &lines[place(start)..place(next)];
        assert_eq!(record[0].0, start);
        let texts: Vec<&[u8]> = record.iter().map(|(_, text)| *text).collect();
        assert_is_one_record(&texts, header, start);
    }
}

fn assert_is_one_record(lines: &[&[u8]], header: &[u8], start: u64) {
    let [first, taken_in @ ..] = lines else { return };
    assert!(taken_in.is_empty() || first.contains(&b'"'), "lost after line {start}");
    if header.contains(&b'"') {
        return;
    }
    let is_whole = |text: &[u8]| commas(text) >= commas(header);
    let is_lost = |line: &&[u8]| !line.contains(&b'"') && is_whole(line);
    assert!(!taken_in.iter().any(is_lost), "maybe a person, lost after line {start}");

    let text = lines.join(&b'\n');
    if let [_, quoted, _] = text.split(|byte| *byte == b'"').collect::<Vec<_>>()[..] {
        let has_more = quoted.trim_ascii_end().contains(&b'\n') && is_whole(quoted);
        assert!(!has_more, "maybe a person, lost in quotes after line {start}");
    }
}

fn commas(line: &[u8]) -> usize {
    line.iter().filter(|byte| **byte == b',').count()
}

/// The lines of a file, which end with LF, CRLF or CR.
fn physical_lines(export: &[u8]) -> impl Iterator<Item = &[u8]> {
    let export = after_mark(export);
    let ends = move |at: usize, byte: &u8| match byte {
        b'\r' => export.get(at + 1) != Some(&b'\n'),
        byte => *byte == b'\n',
    };
    let mut at = 0;
    export
        .split(move |byte| {
            at += 1;
            ends(at - 1, byte)
        })
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// What an export without quotes comes to: its lines, split at commas.
fn by_hand(export: &[u8], waive: &[Principal]) -> Vec<Kept> {
    let mut lines = lines_with_something(physical_lines(export))
        .map(|(line, text)| (line, text.split(|byte| *byte == b',').collect::<Vec<_>>()));
    let (_, header) = lines.next().unwrap();
    let layout = Layout::resolve(&header, waive).unwrap();
    let mut is_sure = layout.place(Column::Id) == Some(0);
    lines
        .map(|(line, cells)| {
            let mut problems = Vec::new();
            let is_whole = cells.len() == header.len();
            let id = Id::read(cells[0]).ok().filter(|_| is_sure);
            let cell = |column| cells.get(layout.place(column)?).copied();
            let entry = if cells.iter().all(|cell| cell.trim_ascii().is_empty()) {
                Entry::Blank
            } else if is_whole {
                read_person(cell, as_of(), &mut |problem| problems.push(problem))
                    .map_or_else(|kind| Entry::Quarantined { id: None, kind }, Entry::Person)
            } else {
                Entry::Quarantined { id, kind: Quarantine::FieldCount }
            };
            is_sure = is_whole && layout.place(Column::Id) == Some(0);
            Kept::new(&Row { line, entry }, &problems)
        })
        .collect()
}
