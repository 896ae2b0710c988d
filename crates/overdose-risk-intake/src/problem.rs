//! What could not be used, in closed vocabularies. None of them has room for a value.

use crate::column::Column;
use crate::kinds::kinds;

/// A fact that could not be used. The person is assessed all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The column.
    pub column: Column,
    /// What was wrong with it.
    pub kind: ProblemKind,
}

kinds! {
    /// Why a fact could not be used, in `problems.csv`.
    ProblemKind;
    /// The cell says nothing that this field can say.
    Unreadable, "unreadable", "write one of the values that the field can have";
    /// The cell can be read, and cannot be true as of this day or beside the other facts.
    Contradictory, "contradictory", "check the date, or the facts that exclude each other";
    /// Rows of the person know different things, and not all say when they were recorded.
    RowsDisagree, "rows-disagree",
        "correct the row that is wrong, or say in recorded_on which is the later one";
    /// The fact is not recorded itself; it was inferred from another, and may be wrong.
    Inferred, "inferred", "ask, and record the fact itself";
}

kinds! {
    /// Why a record could not be assessed, in `quarantine.csv`.
    #[non_exhaustive]
    Quarantine;
    /// The id is blank or says `unknown`: whose record it is, nobody can say.
    IdMissing, "id-missing", "give every record its id";
    /// The id breaks the id rule, so it cannot be repeated in an output either. In JSON, an id that
    /// is not a string breaks it: a number may have lost its leading zeros.
    IdInvalid, "id-invalid",
        "use 1 to 64 letters, digits, hyphens and underscores, a letter or digit first; where the id \
         has a full stop or a plus sign, a spreadsheet may have made a number of it; where it is a \
         number in JSON, write it in quotes";
    /// A key of the record names a direct identifier, such as a name or a full date of birth, so
    /// nothing in it is read. A run refuses the whole export.
    Identifying, "identifying", "take the key out; a record says who somebody is by its id alone";
    /// The record has more or fewer fields than the header, so any of them may be in the wrong
    /// column.
    FieldCount, "field-count", "check quotes and delimiters on that line";
    /// A quote opens on that line and is not closed at the end of a field within 64 lines, 64 KiB and
    /// the file.
    QuoteNotClosed, "quote-not-closed",
        "close or double the stray quote on that line; a text in quotes has at most 64 lines and 64 KiB";
    /// Something other than a delimiter follows the quote that closes a field, so one of them may be
    /// a stray one.
    TextAfterQuote, "text-after-quote",
        "double the quotes in the text of that line, or remove the stray one";
    /// A field in quotes has a line in it that would be a record by itself, or begins like one, so a
    /// stray quote may have taken somebody in.
    RecordWithinQuotes, "record-within-quotes",
        "close or double the stray quote on that line, or take the line ends out of the text";
    /// The record has a NUL or another control byte in it, as crashes and binary data leave behind.
    ControlByte, "control-byte", "remove the control bytes, and check that the export is whole";
    /// The header stands here once more, as where several exports were joined. It is nobody's record.
    HeaderRepeated, "header-repeated", "give each export as a file of its own";
    /// The line or the element is not one valid JSON value and nothing else.
    NotJson, "not-json",
        "check brackets, quotes, escapes, numbers and line ends there; each line holds one object";
    /// The file breaks off within the record, which in CSV has too few fields and no line end; or, in
    /// a JSON array, is broken so that nothing after this can be read.
    BreaksOff, "breaks-off", "the export is not whole, so export it again";
    /// The JSON value is no object, so it has no fields.
    NotAnObject, "not-an-object", "export every record as an object";
    /// The record has a key twice, or two keys that name the same field: which counts, nobody can say.
    KeyRepeated, "key-repeated", "write each key once";
    /// Some bytes of a record of JSON are not UTF-8, be it in a field that nobody reads.
    NotUtf8, "not-utf-8", "export in UTF-8";
    /// The record is larger than 1 MiB in JSON; in CSV larger than 256 KiB, or 64 KiB in one field.
    TooLarge, "too-large",
        "leave out what is not needed; a record is at most 1 MiB in JSON, 256 KiB in CSV, and a field \
         there 64 KiB";
    /// The record has objects or arrays within each other more than 32 deep.
    TooDeep, "too-deep", "leave out what is not needed; a record is at most 32 deep";
    /// The record has more than 1,024 keys.
    TooManyKeys, "too-many-keys", "leave out what is not needed; a record has at most 1,024 keys";
}
