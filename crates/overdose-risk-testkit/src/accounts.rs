//! Whether what a run says of a CSV export adds up: the receipt and `quarantine.csv` as anybody reads
//! them, against lines that are counted here.

use serde_json::Value;
use std::collections::BTreeMap;

/// Kinds of quarantine that cost a record, however many lines it has, and not its first line alone.
const OF_RECORDS: [&str; 3] = ["id-missing", "id-invalid", "header-repeated"];

/// Holds the outputs of a run over one CSV export to its bytes and its lines.
///
/// # Panics
///
/// When something is not accounted for.
pub fn assert_add_up(export: &[u8], receipt: &Value, quarantine: &str, flags: &str) {
    let input = &receipt["inputs"][0];
    let bytes = numbers(&input["bytes_by_kind"]);
    assert_eq!(bytes.values().sum::<u64>(), export.len() as u64, "{bytes:?}");
    assert_eq!(input["bytes"], export.len());

    let mut records = numbers(&input["records"]);
    let read = records.remove("read").unwrap();
    assert_eq!(records.values().sum::<u64>(), read, "{records:?}");
    assert_eq!(records["assessed"], flags.lines().count() as u64 - 1);
    assert_eq!(records["quarantined"], quarantine.lines().count() as u64 - 1);
    assert_eq!(numbers(&receipt["quarantined"]).values().sum::<u64>(), records["quarantined"]);

    if export.starts_with(b"\xff\xfe") || export.starts_with(b"\xfe\xff") {
        assert_eq!(bytes["byte_order_mark"], 2);
        return;
    }
    assert_eq!(bytes["byte_order_mark"], if export.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 });
    let lines = lengths_of_lines(export);
    let mut named = 0;
    let mut is_exact = true;
    for row in quarantine.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        named += lines[cells[1].parse::<usize>().unwrap() - 1];
        is_exact &= !OF_RECORDS.contains(&cells[3]);
    }
    // Only a record that breaks no rule of CSV can have more lines than its first.
    let has_quotes = export.contains(&b'"');
    assert!(bytes["quarantined"] >= named);
    assert!(bytes["quarantined"] == named || (has_quotes && !is_exact));
    if !has_quotes {
        let rows = lines.len() as u64 - 1 - u64::from(bytes["separator_line"] > 0);
        assert_eq!(read, rows, "a line that is no record");
    }
}

fn numbers(object: &Value) -> BTreeMap<String, u64> {
    let object = object.as_object().unwrap().iter();
    object.map(|(key, number)| (key.clone(), number.as_u64().unwrap())).collect()
}

/// How many bytes each line has, with its LF, CRLF or CR.
fn lengths_of_lines(export: &[u8]) -> Vec<u64> {
    let mut lengths = vec![0];
    for (at, byte) in export.iter().enumerate() {
        *lengths.last_mut().unwrap() += 1;
        let is_end = *byte == b'\n' || (*byte == b'\r' && export.get(at + 1) != Some(&b'\n'));
        if is_end && at + 1 < export.len() {
            lengths.push(0);
        }
    }
    lengths
}
