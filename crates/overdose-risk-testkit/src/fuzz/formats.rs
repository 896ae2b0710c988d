//! Bytes as the cells of rows, which say the same in CSV and in JSON, quoted or not, as texts or as
//! numbers.

use super::as_of;
use super::in_pieces::{Said, said};
use csv::QuoteStyle;
use overdose_risk_csv as csv_export;
use overdose_risk_intake::{Column, Intake};
use overdose_risk_json as json_export;
use serde_json::{Map, Value, json};

/// Panics where rows made of these bytes, one a line with commas between the cells, say in one format
/// what they do not say in another.
pub fn formats(data: &[u8]) {
    let rows: Vec<Vec<String>> = data.split(|byte| *byte == b'\n').map(cells).collect();
    let expected = in_csv(&rows, QuoteStyle::Necessary);
    assert_eq!(expected.len(), rows.len());
    assert_eq!(in_csv(&rows, QuoteStyle::Always), expected);
    assert_eq!(in_json(&rows, |_, cell| json!(cell)), expected);
    assert_eq!(in_json(&rows, reworded), expected);
}

/// A cell for each column. Every row has something in the place of an id, since a row of blanks is none
/// in CSV; and nothing that only CSV has no place for.
fn cells(line: &[u8]) -> Vec<String> {
    let mut cells = line.split(|byte| *byte == b',');
    let columns = Column::all().map(|column| {
        let cell = String::from_utf8_lossy(cells.next().unwrap_or_default());
        let cell = cell.replace(|letter: char| letter.is_ascii_control(), "?");
        if column == Column::Id { format!("p-{cell}") } else { cell }
    });
    columns.collect()
}

fn in_csv(rows: &[Vec<String>], quotes: QuoteStyle) -> Vec<Said> {
    let mut writer = csv::WriterBuilder::new().quote_style(quotes).from_writer(Vec::new());
    writer.write_record(Column::all().map(Column::name)).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    let text = writer.into_inner().unwrap();
    said(csv_export::Export::open(text.as_slice(), as_of(), &Intake::default()).unwrap())
}

fn in_json(rows: &[Vec<String>], value: fn(Column, &str) -> Value) -> Vec<Said> {
    let record = |row: &Vec<String>| {
        let pair = |(column, cell): (Column, &String)| (column.name().into(), value(column, cell));
        let object: Map<_, _> = Column::all().zip(row).map(pair).collect();
        format!("{}\n", Value::Object(object))
    };
    let text: String = rows.iter().map(record).collect();
    let format = Some(json_export::Format::Ndjson);
    said(json_export::Export::open(text.as_bytes(), as_of(), format, &Intake::default()).unwrap())
}

/// A cell as a value that means the same: a blank as null, a yes or a no as what it is, digits as a number.
fn reworded(column: Column, cell: &str) -> Value {
    let number = cell.parse::<u64>().ok().filter(|number| number.to_string() == cell);
    match (cell, number) {
        _ if matches!(column, Column::Id | Column::Caseload(_)) => json!(cell),
        ("", _) => Value::Null,
        ("yes", _) => json!(true),
        ("no", _) => json!(false),
        (_, Some(number)) => json!(number),
        (_, None) => json!(cell),
    }
}
