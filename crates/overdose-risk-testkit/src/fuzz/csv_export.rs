//! Bytes as a CSV export, and as a piece of one.

use super::canary;
use super::pass::{Kept, Pass};
use super::sheet::{Sheet, physical_lines};
use super::{Trickle, as_of};
use overdose_risk_csv::{Encoding, Error, Export, Opening};
use overdose_risk_intake::{Intake, Principal};
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

/// No field and no record of an export is too large that is shorter than this.
const SHORT: usize = 60_000;

/// Panics where reading these bytes as a CSV export, or as a piece of one, breaks what must hold.
pub fn csv(data: &[u8]) {
    check(data, &Principal::ALL);
    if let Some(export) = canary::planted(IN_A_ROW, data) {
        let pass = check(&export, &[]);
        canary::assert_not_in(&pass.said);
        assert!(pass.rows[0].is_person("p-1") && pass.rows[0].line == 2);
        let last = physical_lines(&export).len() as u64;
        let is_last = |row: &Kept| row.is_person("p-3") && row.line == last;
        assert!(pass.error.is_some() || pass.rows.last().is_some_and(is_last));
    }
    if let Some(export) = canary::planted(IN_THE_HEADER, data) {
        canary::assert_not_in(&check(&export, &[]).said);
    }
}

/// Panics where reading an export breaks what must hold of every one.
pub(super) fn check(export: &[u8], waive: &[Principal]) -> Pass {
    let (mut pass, opening) = read(export, waive);
    let (in_pieces, _) = read(Trickle::new(export), waive);
    assert_eq!(in_pieces, pass, "a byte at a time");
    pass.write();
    let Some(opening) = opening else { return pass };
    assert_bytes_add_up(export, &opening, &pass);
    if opening.encoding == Encoding::Utf8 {
        let sheet = Sheet::new(export, &opening, waive);
        sheet.assert_rows_are_where_they_say(&pass);
        if pass.error.is_none() && export.len() < SHORT {
            sheet.assert_read_as_by_hand(&pass.rows);
            sheet.assert_read_as_by_the_csv_crate(&pass.rows);
        }
    }
    pass
}

pub(super) fn read(source: impl Read, waive: &[Principal]) -> (Pass, Option<Opening>) {
    let mut pass = Pass::default();
    let mut opening = None;
    if let Err(error) = read_into(&mut pass, &mut opening, source, waive) {
        pass.fails(&error);
    }
    (pass, opening)
}

fn read_into(
    pass: &mut Pass,
    opening: &mut Option<Opening>,
    source: impl Read,
    waive: &[Principal],
) -> Result<(), Error> {
    let mut export =
        Export::open(source, as_of(), &Intake { waive: waive.to_vec(), ..Intake::default() })?;
    *opening = Some(export.opening());
    pass.says(&export);
    let mut problems = Vec::new();
    let mut before = export.bytes_read();
    while let Some(row) = export.read(&mut |problem| problems.push(problem))? {
        pass.rows.push(Kept::new(&row, &problems));
        pass.says(&row);
        pass.says(&problems);
        problems.clear();
        pass.says(&export);
        pass.spans.push(export.bytes_read() - before);
        before = export.bytes_read();
    }
    assert!(export.read(&mut |_| {})?.is_none(), "something follows the end");
    assert_eq!(export.bytes_read(), before);
    pass.says(&export);
    Ok(())
}

/// Every byte belongs to the opening or to one row.
fn assert_bytes_add_up(export: &[u8], opening: &Opening, pass: &Pass) {
    let Opening { byte_order_mark, separator_line, blank, header, .. } = opening;
    let opened = byte_order_mark + separator_line + blank + header;
    let all = opened + pass.spans.iter().sum::<u64>();
    let size = export.len() as u64;
    assert!(if pass.error.is_none() { all == size } else { all < size }, "{all} of {size}");
    assert!(pass.spans.iter().all(|bytes| *bytes > 0));
}
