//! What is no text in UTF-8, known by how it begins.

/// Something that is often taken for an export, and is none that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Foreign {
    /// Compressed by gzip.
    #[error("it is compressed (gzip): unpack it")]
    Gzip,
    /// Compressed by another program.
    #[error("it is compressed: unpack it")]
    Compressed,
    /// A zip archive, which Excel workbooks are as well.
    #[error(
        "it is a zip archive or an Excel workbook (.xlsx): unpack it, or save it as CSV in UTF-8"
    )]
    Zip,
    /// A document of older Office programs.
    #[error("it is an Excel workbook (.xls): save it as CSV in UTF-8")]
    OldOffice,
    /// A document to be printed.
    #[error("it is a PDF document: export the records as CSV or NDJSON")]
    Pdf,
    /// A Parquet file.
    #[error("it is a Parquet file: export it as CSV or NDJSON")]
    Parquet,
    /// Text in UTF-32.
    #[error("it is in UTF-32: export it as UTF-8")]
    Utf32,
    /// Text in UTF-16 that does not begin with a byte order mark.
    #[error("it is in UTF-16 without a byte order mark: export it as UTF-8")]
    Utf16,
    /// Bytes that are no text.
    #[error("it begins with zero bytes: it is no text")]
    Zeros,
}

/// How files begin that are no text.
const SIGNATURES: [(&[u8], Foreign); 10] = [
    (b"\x1f\x8b", Foreign::Gzip),
    (b"PK\x03\x04", Foreign::Zip),
    (b"PK\x05\x06", Foreign::Zip),
    (b"\xd0\xcf\x11\xe0", Foreign::OldOffice),
    (b"\x28\xb5\x2f\xfd", Foreign::Compressed),
    (b"\xfd7zX", Foreign::Compressed),
    (b"7z\xbc\xaf", Foreign::Compressed),
    (b"%PDF", Foreign::Pdf),
    (b"PAR1", Foreign::Parquet),
    (b"\xff\xfe\0\0", Foreign::Utf32),
];

impl Foreign {
    /// How many bytes of a file tell, where it has as many.
    pub const TELLING: usize = 4;

    /// What a file is that begins so, if it can neither be text in UTF-8 nor text in UTF-16 with its
    /// byte order mark.
    pub fn beginning(start: &[u8]) -> Option<Self> {
        if let Some((_, foreign)) = SIGNATURES.iter().find(|(known, _)| start.starts_with(known)) {
            return Some(*foreign);
        }
        match *start {
            [0, 0, 0, 0, ..] => Some(Self::Zeros),
            [0, 0, _, _, ..] | [_, 0, 0, 0, ..] => Some(Self::Utf32),
            [0, _, ..] | [_, 0, ..] => Some(Self::Utf16),
            _ => None,
        }
    }
}
