//! The fields of a record.

use csv::ByteRecord;
use std::io::{self, Read};

/// Splits one framed record after the other. The `csv` crate does it: what a field says is its word.
pub(crate) struct Splitter {
    reader: csv::Reader<Given>,
    record: ByteRecord,
}

/// The record that is being split.
struct Given {
    text: Vec<u8>,
    read: usize,
}

impl Splitter {
    pub(crate) fn new(delimiter: u8) -> Self {
        let given = Given { text: Vec::new(), read: 0 };
        let mut builder = csv::ReaderBuilder::new();
        builder.delimiter(delimiter).has_headers(false).flexible(true);
        Self { reader: builder.from_reader(given), record: ByteRecord::new() }
    }

    /// The same for records behind a header: of the first text that it is given, the `csv` crate takes a
    /// byte order mark away.
    pub(crate) fn behind_header(delimiter: u8) -> Self {
        let mut splitter = Self::new(delimiter);
        // Memory gives everything.
        let _ = splitter.split(b"-");
        splitter
    }

    /// Splits a record, given without its line end. It is not empty: the `csv` crate would pass over
    /// that.
    pub(crate) fn split(&mut self, text: &[u8]) -> io::Result<&ByteRecord> {
        let given = self.reader.get_mut();
        given.text.clear();
        given.text.extend_from_slice(text);
        given.text.push(b'\n');
        given.read = 0;
        if !self.reader.read_byte_record(&mut self.record)? {
            // A record that came out as none would be lost.
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(&self.record)
    }

    /// The record that was split last.
    pub(crate) fn record(&self) -> &ByteRecord {
        &self.record
    }
}

impl Read for Given {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.get(self.read..).unwrap_or_default().read(buffer)?;
        self.read += read;
        Ok(read)
    }
}
